/*
 * A request whose answer takes its time: asked in a thread of its own, so that
 * the test can play the miner meanwhile.
 */
#ifndef TESTS_ASKING_H
#define TESTS_ASKING_H

#include "tests/lib/fetch.h"

struct asking;

/* What the ask points to stays until asking_end. */
struct asking *asking_begin(const struct fetch_ask *);
/* Waits for the answer, the caller's to clear; and frees the asking. */
void asking_end(struct asking *, struct fetch_answer *);

#endif

/*
 * Epochs of a suite whose blocks are made when told (block_ms below 0): block
 * by block, each looked at by weightsetterd before the next. What does not
 * happen in time fails the test.
 */
#ifndef TESTS_EPOCHS_H
#define TESTS_EPOCHS_H

#include <stdint.h>

struct suite;

enum { EPOCHS_BLOCKS = 10, EPOCHS_WAIT_MS = 60000 }; /* as suite.c configures */

void epochs_make_block(struct suite *); /* and wait for nobody */
void epochs_see_block(struct suite *);
/* The next block begins an epoch. */
void epochs_go_to_end(struct suite *);

/* The newest scoring round's epoch; -1. */
int64_t epochs_last(struct suite *);
/* Until there is a newer round than that. */
void epochs_wait_after(struct suite *, int64_t epoch);
/* A whole epoch later, with its round. */
void epochs_pass(struct suite *);

#endif

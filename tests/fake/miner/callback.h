/*
 * What a miner sends when it is done: Dippy's multipart form, or the native
 * one: JSON, or a part `result` where there is a file. Pure but for the
 * time and the boundary.
 */
#ifndef MINER_CALLBACK_H
#define MINER_CALLBACK_H

#include "common/buf.h"

struct job;

struct callback {
	char type[160]; /* "Content-Type: ..." */
	char *secret;	/* "X-Callback-Secret: ..." */
	struct buf body;
};

void callback_build(const struct job *, const char *secret, struct callback *);
void callback_clear(struct callback *);

#endif

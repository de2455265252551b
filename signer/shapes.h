/*
 * The closed table of what signerd signs. Each shape has a check that takes
 * the request apart and says which bytes are to be signed, or refuses.
 *
 * Pure: no clock, socket, key or log.
 */
#ifndef SIGNER_SHAPES_H
#define SIGNER_SHAPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "signer/weights.h"
#include "subtensor/ss58.h"

struct buf;
struct sign_request;

enum { SHAPE_CLOCK_MS = 60000, SHAPE_MAX_TEXT = 16384 };

/* What the checks are measured by. */
struct shape_rules {
	char hotkey[SS58_MAX_TEXT]; /* our own */
	struct weights_rules weights;
};

struct refusal {
	const char *code; /* constant: for programs */
	char message[160];
};

enum shape_id {
	SHAPE_EPISTULA,
	SHAPE_DENDRITE,
	SHAPE_WEIGHTS,
	SHAPE_STATEMENT,
	SHAPE_WHOAMI,
	N_SHAPES,
};

struct shape {
	const char *name;
	/* Adds the bytes to sign; 0, or -1 and the refusal. NULL: nothing is
	 * signed, the request only asks who we are. */
	int (*check)(const struct shape_rules *, const struct sign_request *,
	    int64_t now_ms, struct buf *to_sign, struct refusal *);
	double per_second, burst; /* unless configured otherwise */
};

extern const struct shape shapes[N_SHAPES];

/* The shape of that name, or N_SHAPES. */
enum shape_id shape_find(const char *name);

/* Always -1. */
int refuse(struct refusal *, const char *code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#endif

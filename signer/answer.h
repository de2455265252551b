/*
 * One request line to one reply line: parse, rate, check, sign.
 *
 * No socket and no clock; the key is borrowed. What is refused is logged
 * here, as sign.refused, and counted.
 */
#ifndef SIGNER_ANSWER_H
#define SIGNER_ANSWER_H

#include <stddef.h>
#include <stdint.h>

#include "signer/bucket.h"
#include "signer/shapes.h"

struct buf;
struct metric;
struct metrics;
struct sr25519_keypair;

struct answerer {
	const struct sr25519_keypair *key;
	struct shape_rules rules;
	struct bucket buckets[N_SHAPES];
	/* Where a call was last seen to have moved; -1: nowhere. */
	int moved_to[N_WEIGHTS_CALLS];
	struct metric *done[N_SHAPES]; /* NULL: not counted */
	struct metric *refused[N_SHAPES + 1];
	char public_0x[2 + 64 + 1];
};

/* The caller fills rules.weights; metrics may be NULL. Buckets are as the
 * table of shapes has them, and full. */
void answer_init(struct answerer *, const struct sr25519_keypair *,
    struct metrics *, int64_t mono_us);

/* Add the reply to the line (without its newline). */
void answer_line(struct answerer *, const char *line, size_t len,
    int64_t mono_us, int64_t wall_ms, struct buf *reply);

/* Add a refusal of no request in particular, as for a line too long. */
void answer_refusal(const char *code, const char *message, struct buf *reply);

#endif

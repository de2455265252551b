/*
 * Validators' weights, ours among them: whose are to be read at a snapshot,
 * and what was read.
 *
 * Pure. Weights change in two ways: a validator sets them, and his LastUpdate
 * with them; or an epoch reveals what he committed, and LastUpdate stays. So
 * all are read when an epoch has begun since they were last written down, and
 * in between those whose LastUpdate has changed. What was written down is
 * remembered in memory alone: after a restart all are read once.
 */
#ifndef WEIGHTSETTER_PEERS_H
#define WEIGHTSETTER_PEERS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;
struct metadata;
struct snapshot;

enum {
	PEERS_PAGE = 64,  /* keys a request */
	PEERS_MAX = 2048, /* in all; the rest is left out */
};

/* What was written down last. {0}: nothing yet. */
struct peers_seen {
	bool is_known;
	uint64_t epoch;
	size_t n_neurons, mechanisms;
	uint64_t *updates; /* by mechanism, then uid */
};

void peers_seen_clear(struct peers_seen *);
/* The snapshot has been written down. */
void peers_seen_take(struct peers_seen *, const struct snapshot *);

/* Whose weights to read, into the snapshot, which has its hyper-parameters,
 * neurons and own standing. */
void peers_plan(struct snapshot *, const struct peers_seen *);

/* How many there are in a page, from the first-th on. */
size_t peers_in_page(const struct snapshot *, size_t first);
/* The keys of a page of them, from the first-th on; NULL and why if the
 * runtime has other storage than we know. */
json_t *peers_keys(const struct metadata *, const struct snapshot *,
    size_t first, struct err *);
/* What the node says of them. Weights of another form are not read. */
void peers_take(const struct metadata *, struct snapshot *, size_t first,
    const json_t *answer);

#endif

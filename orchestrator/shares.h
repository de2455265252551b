/*
 * How the instances of orchestratord share a miner's slots, without asking
 * each other for each attempt. Pure.
 *
 * Who shares is the roster: the instances that have a session at PostgreSQL,
 * were seen there within a lease, and have not left. A lane's slots are dealt
 * to them one by one, in an order of the lane's own (rendezvous hashing). An
 * instance more never makes another's share greater; so the shares of all add
 * up to no more than there are as long as each reckons with all that take part.
 * Therefore a new one has no share until every other has written down the
 * roster that has it, and one that lost its session, or could not write for
 * most of a lease, has none any more and is new again.
 */
#ifndef ORCHESTRATOR_SHARES_H
#define ORCHESTRATOR_SHARES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/uuid.h"

enum { ROSTER_MAX = 64, ROSTER_HASH = 33 }; /* instances; text and NUL */

/* An instance, as its row has it. */
struct peer {
	char id[UUID_TEXT];
	int64_t joined_us;	  /* wall: as new as that */
	char roster[ROSTER_HASH]; /* that it reckons with; "": none yet */
};

struct shares {
	struct peer me; /* roster: to be written down */
	int64_t lease_us;
	int64_t until_us; /* wall: no share from then on; 0: not yet any */
	bool is_in, has_left;
	size_t n, mine; /* of those below */
	uint64_t peers[ROSTER_MAX];
};

void shares_init(struct shares *, const char *my_id, int64_t lease_us);

/* We are about to say that we are there: after too long a silence, as new. */
void shares_beat(struct shares *, int64_t now_us);
/* The others have gone on without us: we are new again. */
void shares_lost(struct shares *);
/* What was said at that time is in PostgreSQL. */
void shares_beaten(struct shares *, int64_t at_us);

/* The roster was read. Whether anybody's share may be another now. */
bool shares_read(struct shares *, const struct peer *, size_t n);

/* We take part no more. */
void shares_leave(struct shares *);

/* For shares_of: a lane, or an instance. */
uint64_t shares_hash(const char *a, const char *b);

/* How many of a lane's slots are ours now; NULL shares: all. */
int shares_of(const struct shares *, int slots, uint64_t lane, int64_t now_us);

/* Whether we have any share of anything now. */
bool shares_are_held(const struct shares *, int64_t now_us);

#endif

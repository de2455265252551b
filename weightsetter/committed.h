/*
 * The commits of one subnet's mechanism that wait for their reveal. At each
 * snapshot it is seen whether they opened; a plain one is revealed, in its one
 * epoch, by a row of its own.
 */
#ifndef WEIGHTSETTER_COMMITTED_H
#define WEIGHTSETTER_COMMITTED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct committed;
struct ledger_row;
struct snapshot;
struct store;
struct uid_weights;
struct vectors_when;

struct committed_parts {
	struct store *store;
	uint16_t netuid;
	uint8_t mecid;
	/* One of them has ended, and that is written down. Borrowed. */
	void (*on_end)(const struct ledger_row *, void *arg);
	/* They have been read; or are to be read again. */
	void (*on_loaded)(bool was_read, void *arg);
	void *arg;
};

struct committed *committed_new(const struct committed_parts *);
void committed_free(struct committed *); /* after its pg; NULL is fine */

/* Read those of a hotkey from PostgreSQL, and forget any others. */
void committed_load(struct committed *, const char *hotkey);

/* One that the chain has now; copied. */
void committed_add(struct committed *, const struct ledger_row *);

/* Which have opened, and which never will. best: the best block's number;
 * opening: the commit whose reveal is in flight, which is proven first, or
 * NULL. */
void committed_judge(struct committed *, const struct snapshot *, uint64_t best,
    const char *opening);

/* The commit that is to be revealed now, or NULL. */
const struct ledger_row *committed_due(
    const struct committed *, const struct snapshot *, uint64_t best);
/* Its reveal did not come through. */
void committed_reveal_failed(struct committed *, const char *id,
    const char *reason, const struct vectors_when *);

size_t committed_count(const struct committed *);
bool committed_in_epoch(const struct committed *, uint64_t epoch);
bool committed_holds(const struct committed *, const struct uid_weights *);
/* Where the newest was included; 0: there is none. */
uint64_t committed_block(const struct committed *);

#endif

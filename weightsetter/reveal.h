/*
 * When committed weights open, and what a snapshot says of a commit that
 * waits for that.
 *
 * Pure. A snapshot is of a finalized block, and what is sent now lands behind
 * the best one: epochs are counted on from the one to the other.
 */
#ifndef WEIGHTSETTER_REVEAL_H
#define WEIGHTSETTER_REVEAL_H

#include <stdbool.h>
#include <stdint.h>

#include "weightsetter/ledger.h"

struct commit;
struct epochs;
struct own;
struct snapshot;

enum {
	REVEAL_BORDER = 3, /* blocks before an epoch in which none commits */
	REVEAL_MAX_SKEW_MS = 20000,
	REVEAL_MAX_COMMITS = 10, /* the chain's limit */
	REVEAL_SLOT_MS = 12000,	 /* where the runtime does not say */
};

struct reveal_time {
	uint64_t epoch; /* the commit is counted to */
	uint64_t block; /* it opens at */
	uint64_t round; /* the beacon's, that opens it; 0: it has none */
};

/*
 * For a commit that lands in block best + 1, at that wall clock. NULL, or why
 * there should be none now: "no_epoch" (the tempo is 0), "epoch_border"; and of
 * timelocked ones "tempo_too_short" (the round would be out after the epoch's
 * end) and "InvalidRevealRound" (the chain has a later round already: our clock
 * or its beacon is wrong).
 */
const char *reveal_plan(const struct snapshot *, enum ledger_action,
    uint64_t best, int64_t now_ms, struct reveal_time *);

/* What keeps commits from ever opening, by the two lasting reasons above; NULL:
 * nothing. */
const char *reveal_alarm(const struct snapshot *, enum ledger_action);

/* Is our clock further than REVEAL_MAX_SKEW_MS from a block's? 0: the block
 * has none. */
bool reveal_is_skewed(uint64_t timestamp_ms, int64_t now_ms);

/* Epochs as they will stand at a later block, if nobody moves them. */
void reveal_advance(struct epochs *, uint64_t to);

/* That commit among those the chain has of us, or NULL. */
const struct commit *reveal_find(const struct own *, const struct ledger_row *);

enum reveal_verdict {
	REVEAL_WAIT,
	REVEAL_NOW,    /* a plain commit in its one epoch: reveal it */
	REVEAL_SHOWN,  /* it opened: Weights are what was committed */
	REVEAL_MISSED, /* its epoch is over, or it was dropped */
};

/* Of a row that is committed. */
enum reveal_verdict reveal_judge(
    const struct snapshot *, uint64_t best, const struct ledger_row *);

/* How many blocks, behind best, a reveal still has. */
uint64_t reveal_room(const struct snapshot *, uint64_t best);

#endif

/*
 * Why a miner has the score it has: where it stands, what each of its events
 * gave, what would raise it. Of a finished run (run.h), which is not changed.
 *
 * Pure. The others are taken as they are: their scores, and where speed is a
 * rank among them (the form percentile) their speeds, too.
 */
#ifndef SCORER_EXPLAIN_H
#define SCORER_EXPLAIN_H

#include <stddef.h>

#include "scorer/run.h"

struct explain_stand {
	size_t scored;	   /* miners with a score above 0 */
	size_t rank;	   /* 1: nobody scored more; 0: it has no score */
	double percentile; /* of those that scored, the share that did not
			    * score more: 1 is the best; NaN: it has no score */
};

void explain_stand(const struct run *, size_t miner, struct explain_stand *);

/*
 * What an event gave: the score less what it would be had that event not been
 * there; where posts count, of the score by attempts. All of the miner's events
 * are folded again for it, as averages that move are not sums. event is its
 * place in run_events(), and the miner's.
 */
double explain_gave(const struct run *, size_t miner, size_t event);

/* What the miner would have come to. */
struct explain_change {
	enum run_change what;
	double score;
	double win_rate; /* minus infinity: none */
	double weight;
	struct explain_stand stand;
};

/* The changes of run_what_if() that would raise the score, best first, those
 * that come to the same in the order of the enum; how many. */
size_t explain_changes(
    const struct run *, size_t miner, struct explain_change out[RUN_N_CHANGES]);

/* "no failures" */
const char *explain_change_name(enum run_change);

#endif

/*
 * What we add to a job's time, in three parts: until it is stored and its
 * sender has its 202; until an attempt that was made has left; and from its
 * result's arrival until that is stored. Waiting for a free miner is no part
 * of it, nor is the miner's own time.
 */
#ifndef ORCHESTRATOR_OVERHEAD_H
#define ORCHESTRATOR_OVERHEAD_H

#include <stdint.h>

struct metric;
struct metrics;

enum overhead_part {
	OVERHEAD_ACCEPT,
	OVERHEAD_DISPATCH,
	OVERHEAD_RESULT,
	N_OVERHEAD_PARTS,
};

struct overhead {
	struct metric *parts[N_OVERHEAD_PARTS];
};

void overhead_init(struct overhead *, struct metrics *);
/* Times are of the wall; from_us 0: it is not known, and nothing is noted. */
void overhead_note(
    struct overhead *, enum overhead_part, int64_t from_us, int64_t to_us);

#endif

/*
 * How many attempts of one kind a miner is trusted with at once: at most what
 * it says, and of that as much as it has earned. Pure.
 *
 * A result delivered while the lane was at least half used raises it by its
 * own inverse, one slot for a window of successes; a failure of the miner's
 * cuts it to 0.7, once for a burst. What is learnt is gathered as a factor
 * and a raise, which mean the same in whatever order several instances write
 * them down: earned * factor + raise.
 */
#ifndef ORCHESTRATOR_EARNED_H
#define ORCHESTRATOR_EARNED_H

#include <stdbool.h>
#include <stdint.h>

struct earned {
	double slots;	      /* as far as we know */
	double factor, raise; /* learnt, and not yet written down */
	int64_t cut_us;	      /* wall: of the last cut; 0: none */
};

/* Of a miner we know nothing of; start 0: all that it says. */
double earned_start(int start, int said);

/* As a row has it (bounded by what the miner says). Keeps what was learnt
 * meanwhile, on top of it. */
void earned_read(struct earned *, double slots, int said);

void earned_deliver(struct earned *, int said, bool is_half_used);
void earned_fail(struct earned *, int said, int64_t now_us);

bool earned_has_news(const struct earned *);
void earned_told(struct earned *); /* it is written down */

/* What is left of it when the miner was down since then: half of what is
 * above one slot after five minutes. */
double earned_decayed(double slots, int64_t down_us, int64_t now_us);

/* Whole slots: 1 to said; 0 if it says none. */
int earned_slots(const struct earned *, int said);

#endif

/*
 * One number out of a miner's attempts in their order: a moving average that
 * fades while nothing comes. As Dippy's orchestrator replays a window of jobs
 * from nothing at every run (bittensor-subnet-studio, its score engine at
 * 2025-12); what it leaves to its caller, we do: events ordered by time, those
 * of the same time as they stand.
 *
 *   fading     average *= 0.5 ^ (time since the last event / half-life)
 *   a success  average = alpha * value + (1 - alpha) * average;
 *              the first one: value
 *   a failure  average *= 1 - penalty
 *
 * The score is the average, but never above what it was before a failure
 * behind it. Values, averages and scores are 0..1; times are seconds.
 *
 * Pure.
 */
#ifndef SCORER_MOVING_H
#define SCORER_MOVING_H

#include <stdbool.h>

struct moving_policy {
	double alpha;	    /* 1: the last success alone; 0: the first alone */
	double half_life_s; /* 1 at least */
	double penalty;	    /* 0..1 of the average */
};

enum moving_event { MOVING_SUCCESS, MOVING_FAILURE, MOVING_NOTHING };

/* Zero-initialised it is a miner of whom nothing is known. */
struct moving {
	double average, score;
	int successes, failures;
	bool has_time;
	double at_s; /* of the last event, or of the end */
};

/* value counts for a success only. One that lies before the last one fades
 * nothing, and later ones are reckoned from it. */
void moving_add(struct moving *, const struct moving_policy *, double at_s,
    enum moving_event, double value);

/* Fade until then: a replay ends with the time it is made for. */
void moving_end(struct moving *, const struct moving_policy *, double at_s);

#endif

/*
 * How quick a miner was: 1 at once, falling in a straight line to 0 at a
 * longest time of the policy's.
 *
 * Pure.
 */
#ifndef SCORER_SPEED_H
#define SCORER_SPEED_H

/* 0..1. A latency that is no number, or a max_ms that is not positive, gives
 * 0; a negative latency counts as none. */
double speed_score(double latency_ms, double max_ms);

#endif

/*
 * Violet's scores of one response (SN49), as its validators reckon them.
 *
 * The first form: 40 % speed, 40 % accuracy, 20 % stake. The later one: up to
 * 500 points for accuracy, speed and quality, weighed by the type of task; its
 * accuracy asks only whether there is an output, and how long it is.
 *
 * Pure. Times are seconds.
 */
#ifndef SCORER_VIOLET_H
#define SCORER_VIOLET_H

#include <stdbool.h>

/* exp(-t / 10), and 0 for a time that is 0, negative or no number. */
double violet_speed_v1(double t);

/* .4 speed + .4 accuracy + .2 min(1, stake / max_stake); no stake counts
 * where max_stake is not positive. */
double violet_score_v1(
    double t, double accuracy, double stake, double max_stake);

enum { VIOLET_POINTS = 500 };

/* In steps of what is best for the type: 1, .8 up to twice as long, .6 up to
 * five times, .3. A time of 0 or NaN (none given) counts as 10 s. */
double violet_speed_v2(const char *type, double t);

/* 0 without the output that the type asks for; else .7, or what the miner
 * claims if that is more (NaN: nothing), and .1 more for a long output. */
double violet_accuracy_v2(bool has_output, bool is_long, double claimed);

/* 0..500 points. A type that is not known is weighed as any other. */
double violet_score_v2(
    const char *type, double accuracy, double speed, double quality);

/* What its validators remember of a miner, in memory alone. */
struct violet_record {
	double tasks, done, recent; /* recent: share done of the last ones */
	double mean_s;		    /* of those done */
	double load, capacity;	    /* tasks out, of at most so many */
	double task_success;	    /* of the type asked for; of tasks >= 5 */
};

/* How well it does: .5 of a new one, else .4 success + .3 max(0, 1 - mean / 30)
 * + .2 recent + .1 task_success - .1 load / capacity, 0..1. */
double violet_performance(const struct violet_record *);

/* By which it is chosen: .3 of the largest stake, .4 performance, .2 free
 * capacity, and from three tasks on .1 success. */
double violet_composite(
    const struct violet_record *, double stake, double max_stake);

/* What a miner's weight is made of there, each 0..1. */
struct violet_parts {
	double uptime, invocation, diversity, bounty;
};

/* 0..500: 55 % uptime, 25 % invocation, 15 % diversity, 5 % bounty. */
double violet_final_v2(const struct violet_parts *);

/* What its validators put for them: of 100 tasks the share that was done, has
 * any had a score, of 10 the share of distinct ones, nothing. */
struct violet_parts violet_count_parts(
    double tasks, double distinct, bool any_scored);

#endif

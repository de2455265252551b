/*
 * Two orchestrators on one PostgreSQL and Redis, with clients and miners that
 * go on by themselves: what tests of kills, faults and rolling restarts are
 * made on. Each has its own port, and is the miners' door for what it sends.
 */
#ifndef TESTS_PAIR_H
#define TESTS_PAIR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct crowd;
struct jobs;
struct load;
struct proc;
struct suite;

struct pair_options {
	const char *name;
	bool durable;
	int n_miners;
	double per_second;
	int least_ms, most_ms;	 /* what work takes */
	int slow_every, slow_ms; /* of each so many one takes so long */
	bool is_strict;		 /* miners call once, where they were told */
	const char *ini;	 /* more configuration, or NULL */
	uint64_t seed;
};

struct pair {
	struct suite *s;
	struct proc *at[2]; /* NULL: not running */
	int ports[2];
	struct crowd *crowd;
	struct load *load;
};

/* All of it, ready; the clients are paused. NULL, having said why. */
struct pair *pair_new(const struct pair_options *);
int pair_end(struct pair *, bool failed); /* as suite_end */

/* Until it is ready to take jobs. 0, or -1 having said why. */
int pair_start(struct pair *, int i);
void pair_kill(struct pair *, int i);
/* SIGTERM, and its exit status. */
int pair_stop(struct pair *, int i);

/* What has come of jobs that clients were told 202 for, once all is over. */
struct pair_toll {
	int64_t jobs;
	int64_t lost;	 /* not done, though every miner can do them; and
			    results that miners were thanked for in vain */
	int64_t doubled; /* delivered above what their jobs asked for */
	int64_t rerun;	 /* jobs with more than one attempt */
	double gap_s;	 /* the longest time in which no job was done */
};

/* Pause the clients, wait until all is over, and count since the last time.
 * from_us (wall): when they began. -1, having said why, if it does not end or
 * a rule of rows is broken. */
int pair_count(struct pair *, int64_t from_us, struct pair_toll *);

/* Jobs done a second, of those two times (wall). */
double pair_rate(struct pair *, int64_t from_us, int64_t until_us);

/* Wait; the clients and miners go on. */
void pair_rest(int ms);

#endif

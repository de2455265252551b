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
struct dice;
struct hand;
struct jobs;
struct load;
struct proc;
struct suite;
struct suite_options;

struct pair_options {
	const char *name;
	bool durable;
	int n_miners;
	double per_second;
	int least_ms, most_ms;	 /* what work takes */
	int slow_every, slow_ms; /* of each so many one takes so long */
	int strict_every;	 /* see crowd.h */
	const char *attempt;	 /* what one may take; NULL: 20s */
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

/* The parts of pair_new, for a test with miners of its own: the ports; a file
 * of the one kind, "chore", the caller's to free; a job of it; and suites
 * whose api_url is to be the first's. */
void pair_choose_ports(struct pair *);
char *pair_kinds(const char *name, const char *attempt);
extern const char pair_job[];
void pair_join(struct pair *, struct suite *);

/* The same with miners played by hand: the suite of these options, of which an
 * attempt may take so long, and the first of the two. 0, or -1. */
int pair_begin(
    struct pair *, struct hand *, struct suite_options *, const char *attempt);

/* Until it is ready to take jobs. 0, or -1 having said why. */
int pair_start(struct pair *, int i);
void pair_kill(struct pair *, int i);
/* SIGTERM, and its exit status; or wait for the end of one told before. */
int pair_stop(struct pair *, int i);
int pair_await_end(struct pair *, int i);

/* How many attempts of jobs that it holds are at miners; -1. */
int64_t pair_at_miners(struct pair *, int i);

/* One of the two, by chance, is killed at a moment by chance, and started
 * again after a while; so many times. */
int pair_kill_often(struct pair *, struct dice *, int n);

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

/*
 * Clients of two orchestrators: a steady number of jobs a second, each asked
 * of one door, the next of the other, and once more at the other door if the
 * first has no answer for it, or one of 5xx. A third try there is not.
 */
#ifndef TESTS_LOAD_H
#define TESTS_LOAD_H

#include <stddef.h>
#include <stdint.h>

struct jobs;
struct load;

struct load_options {
	int ports[2];
	double per_second;
	const char *job; /* the request's body */
};

/* Paused until load_go. */
struct load *load_new(const struct load_options *);
void load_free(struct load *); /* NULL is fine */

void load_go(struct load *);
/* No more, and all that was asked is answered when it returns. 0, or -1 having
 * said how many are not. */
int load_pause(struct load *);

struct load_counts {
	int64_t asked;	  /* jobs */
	int64_t accepted; /* 202 */
	int64_t retried;  /* asked at the other door, too */
	int64_t refused;  /* 5xx at both doors: a client's error */
	int64_t unheard;  /* no answer at the second door */
	int64_t odd;	  /* any other answer */
	int64_t skipped;  /* not asked, as too many wait */
	int64_t waiting;
};
void load_counts(struct load *, struct load_counts *);

/* The jobs answered 202 since the last call; the caller's to jobs_clear. */
void load_take(struct load *, struct jobs *);

#endif

/*
 * Miners that answer by themselves: each request is taken at once, and its
 * result called back after a time by chance.
 *
 * A miner calls back at the URL it was given. With a second door known to it
 * (as behind a balancer), it tries there when the first does not answer, and
 * again a few times; but a strict one calls once, and what is lost is lost.
 * crowd_join them to the options of a suite, and end that suite first.
 */
#ifndef TESTS_CROWD_H
#define TESTS_CROWD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct crowd;
struct jobs;
struct suite_options;

enum { CROWD_MAX = 8 };

struct crowd_options {
	int n;
	const char *capacity_key; /* of which each takes many */
	int least_ms, most_ms;	  /* what work takes */
	int slow_every, slow_ms;  /* of each so many one takes so long; 0: no */
	uint64_t seed;
	int ports[2];	  /* of the orchestrators */
	int strict_every; /* of each so many results one is called once; 0: no
			   */
};

struct crowd *crowd_new(const struct crowd_options *);
void crowd_free(struct crowd *); /* NULL is fine */
void crowd_join(const struct crowd *, struct suite_options *);

/* Miners from first to the last are gone, or there again: nobody listens at
 * their ports. What they have begun is called back all the same. */
void crowd_close(struct crowd *, int first, bool closed);

struct crowd_counts {
	int64_t asked;	  /* requests taken */
	int64_t thanked;  /* told "accepted" */
	int64_t again;	  /* told "duplicate": a first answer was lost */
	int64_t unwanted; /* told anything else */
	int64_t unheard;  /* given up */
	int64_t under_way;
};
void crowd_counts(struct crowd *, struct crowd_counts *);

/* The attempts whose results were accepted; the caller's to jobs_clear. */
void crowd_thanked(struct crowd *, struct jobs *);

#endif

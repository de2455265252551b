/*
 * Clients that submit jobs on kept connections: each in a closed loop (the
 * next job when the last is done), or all together at a fixed rate, where a
 * latency counts from the moment the job should have gone out.
 */
#ifndef TESTS_BENCH_JOBS_LOAD_H
#define TESTS_BENCH_JOBS_LOAD_H

#include <stdbool.h>
#include <stddef.h>

struct event_base;
struct miners;

struct load_plan {
	int port;	  /* of 127.0.0.1 */
	const char *path; /* NULL: /v1/jobs */
	int clients;
	double rate;	/* jobs a second; 0: closed loops */
	double seconds; /* how long jobs are sent, or */
	long jobs;	/* how many */
	bool is_bare;	/* the answer is all there is to wait for */
	void (*on_progress)(long done, void *arg); /* NULL is fine */
	void *arg;
};

struct load_result {
	long accepted, refused, done;
	double seconds;	       /* from the first sent to the last done */
	double p50_us, p99_us; /* of being accepted */
	double done_p50_us;    /* from sending to the callback's answer */
};

/* Runs the loop until all that was sent is done. -1, having said why, if
 * something was refused or nothing moves. */
int load_run(struct event_base *, struct miners *, const struct load_plan *,
    struct load_result *);

#endif

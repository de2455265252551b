/*
 * The work itself: fetch what there is to fetch, run what there is to run,
 * fill in the outcome, call job_worked().
 */
#ifndef MINER_WORK_H
#define MINER_WORK_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct job;

/* What a miner can do; one row each. A task is known by its place. */
struct task {
	const char *name;  /* the last part of its path */
	const char *offer; /* its name in /capacity */
	bool is_dippy;	   /* the form of requests and callbacks */
	/* NULL, or what is wrong with a request. */
	const char *(*check)(const json_t *body);
	void (*run)(struct job *); /* its input is there */
};

enum { N_TASKS = 11 };

extern const struct task tasks[N_TASKS];

/* NULL: none of that name. */
const struct task *task_find(const char *name);

void work_start(struct job *);

/* It went wrong: error, a constant text, is what the miner will say. */
void work_fail(struct job *, const char *error, const char *detail);
/* It went well: a JSON output, whose reference is taken over. */
void work_done(struct job *, json_t *output);

#endif

/*
 * A development miner: what its parts share.
 *
 * door.c takes requests, job.c leads one job from acceptance to callback,
 * work.c does the work, callback.c says what came of it.
 */
#ifndef MINER_MINER_H
#define MINER_MINER_H

#include <stddef.h>
#include <sys/queue.h>

#include "subtensor/ss58.h"
#include "tests/fake/miner/persona.h"
#include "tests/fake/miner/work.h"

struct children;
struct event_base;
struct http_client;
struct job;
struct seen;

TAILQ_HEAD(job_list, job);

struct miner {
	struct event_base *base;
	struct http_client *client;
	struct children *children;
	struct seen *seen;
	struct persona persona;
	char hotkey[SS58_MAX_TEXT];
	char *dir; /* for the files of jobs under way */
	struct job_list jobs;
	size_t running[N_TASKS]; /* by the task's place */
	long accepted;		 /* so far, for --fail-every */
};

#endif

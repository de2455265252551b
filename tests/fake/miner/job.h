/*
 * One job: accepted, worked on, called back about.
 *
 * A job is freed when its last callback has been answered, by itself.
 */
#ifndef MINER_JOB_H
#define MINER_JOB_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "common/buf.h"
#include "common/uuid.h"
#include "tests/fake/miner/miner.h"

struct child;
struct event;
struct http_call;
struct http_req;

/* What came of the work. */
struct outcome {
	const char *error; /* NULL if it went well; a constant text */
	json_t *output;	   /* or NULL: a file */
	struct buf file;   /* of a recording or a picture, or empty */
	const char *type;  /* its media type */
};

struct job {
	TAILQ_ENTRY(job) link;
	struct miner *miner;
	char id[UUID_TEXT];
	const struct task *task;
	json_t *body;			   /* of the request; the job's own */
	const char *callback_url, *secret; /* in body */
	int64_t deadline_ms;		   /* wall; 0: none was given */
	struct http_req *req; /* not yet answered: calls back early */
	char *dir;
	struct buf input;
	struct outcome outcome;
	struct http_call *call;
	struct child *child;
	struct event *timer;
	int calls_left;
};

/* Take a job on, and answer its request: 202, or 409, 422, 503. Takes over
 * a reference of body. */
void job_accept(
    struct miner *, struct http_req *, const struct task *, json_t *body);

/* Give a job up; nothing is called back. 0, or -1: it is not running. */
int job_cancel(struct miner *, const char *id);

/* work.c's report: the outcome is filled in. */
void job_worked(struct job *);

void jobs_free(struct miner *); /* all that run */

/* A file of the job's, "dir/name"; the caller frees. */
char *job_path(const struct job *, const char *name);

/* "2025-12-01T00:00:00Z" or milliseconds since 1970; 0 if it is neither. */
int64_t job_parse_deadline(const json_t *);

#endif

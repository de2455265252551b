/*
 * Requests that are answered with what a row says: the part that all of them
 * have. One lives from v1_read_new to the callback of its query, which frees
 * it.
 */
#ifndef ORCHESTRATOR_V1_READ_H
#define ORCHESTRATOR_V1_READ_H

#include <libpq-fe.h>
#include <stdbool.h>

#include "common/pg.h"
#include "common/uuid.h"

struct http_req;
struct orchestrator;

struct v1_read {
	struct orchestrator *o;
	struct http_req *req;
	char id[UUID_TEXT]; /* of what is asked for, or "" */
	const char *what;   /* is not there if there is no row: "job" */
};

struct v1_read *v1_read_new(
    struct orchestrator *, struct http_req *, const char *what);

/* A request about the job named in its path; NULL if it was answered. */
struct v1_read *v1_read_job(struct orchestrator *, struct http_req *);

/* The only tenant whose jobs are there for its sender; NULL: anybody's. */
const char *v1_read_sees(const struct v1_read *);

/* The row to answer with; NULL if it was answered: the database did not, or
 * there is none. */
const PGresult *v1_read_row(const struct v1_read *, const struct pg_answer *);

/* A callback: answers 200 with the column body, and frees. */
void v1_read_on_body(const struct pg_answer *, void *read);

/* Headers of what the row says of a job: traceparent and Server-Timing. */
void v1_read_job_headers(struct http_req *, const PGresult *);

#endif

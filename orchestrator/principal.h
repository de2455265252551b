/*
 * Who asks: what the gate has found out before a handler runs, and what
 * follows from it for jobs: whose they are, and who sees them. Pure.
 */
#ifndef ORCHESTRATOR_PRINCIPAL_H
#define ORCHESTRATOR_PRINCIPAL_H

#include <jansson.h>
#include <stdbool.h>

#include "common/api_key.h"
#include "orchestrator/job.h"

struct err;
struct http_req;

struct principal {
	char id[API_KEY_MOST_ID + 1];	 /* of the key; "": nobody was asked */
	enum role role;			 /* 0: the public, which reads */
	char tenant[JOB_MAX_TENANT + 1]; /* whose jobs its jobs are */
	bool has_quota;			 /* quotas are to be asked about */
};

/* Of a request that has passed the gate: it has one. */
const struct principal *principal_of(const struct http_req *);

/* The only tenant whose jobs it may see and cancel; NULL: anybody's. */
const char *principal_sees(const struct principal *);

/*
 * Whose a job is that names a tenant, or none (""): an operator may name any,
 * a client its own. 0; -1 and why not.
 */
int principal_take_tenant(const struct principal *, const char *named,
    char out[JOB_MAX_TENANT + 1], struct err *);

#endif

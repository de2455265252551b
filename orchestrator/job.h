/*
 * A job in memory: what its row says, for as long as something is being done
 * about it. Nothing depends on it staying there; the row is the truth.
 */
#ifndef ORCHESTRATOR_JOB_H
#define ORCHESTRATOR_JOB_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "common/uuid.h"
#include "orchestrator/states.h"
#include "orchestrator/trace.h"

struct idempotency;
struct kind;

enum { JOB_MAX_TENANT = 64 }; /* bytes */

struct job {
	char id[UUID_TEXT];
	const struct kind *kind; /* borrowed from the kinds in memory */
	enum job_state state;
	json_t *params;
	json_t *expect;			/* of a job being accepted; else NULL */
	const struct idempotency *name; /* of its request; of such a job, too */
	char *sticky;			/* key for routing; NULL: none */
	char *webhook_url;	  /* where its end is told; NULL: nowhere */
	const char *webhook_form; /* order.h; borrowed */
	char *only; /* the only miner that may have it; NULL: any */
	char tenant[JOB_MAX_TENANT + 1]; /* whose; "": nobody's in particular */
	char trace[TRACE_TEXT];		 /* "": none is kept with it */
	char *input_type;		 /* NULL: no input */
	char input_sha256[65];
	char input_of[UUID_TEXT]; /* it is that file; "": its own */
	int64_t input_bytes;
	json_t *input_measured; /* of a job being accepted; else NULL */
	int wanted, min, priority;
	int retries_left, tries;
	int64_t created_us, deadline_us; /* wall */
	json_t *tried;		       /* hotkeys that have or had an attempt */
	int open, received, delivered; /* attempts; open has the received */
	bool is_hedged;		       /* the attempt being made is its hedge */
	bool round_failed;    /* of the last attempts, not by our fault alone */
	char best[UUID_TEXT]; /* attempt; "" if none */
};

void job_free(struct job *); /* NULL is fine */

#endif

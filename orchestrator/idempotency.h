/*
 * Requests that may be sent twice: a client names one by an Idempotency-Key
 * (draft-ietf-httpapi-idempotency-key-header), and however often it is sent,
 * and whatever dies meanwhile, one job is made.
 *
 * A name is claimed in PostgreSQL before the job is made, and the job's id is
 * written beside it in the job's own transaction, which fails if the claim has
 * become another's: one by an instance that is dead may be taken over.
 */
#ifndef ORCHESTRATOR_IDEMPOTENCY_H
#define ORCHESTRATOR_IDEMPOTENCY_H

#include <jansson.h>
#include <stdint.h>

#include "common/api_key.h"
#include "common/uuid.h"

struct idempotencies;
struct orchestrator;

enum { IDEMPOTENCY_MOST_NAME = 255, IDEMPOTENCY_RETRY_S = 1 };

/* A job is kept for as long by its name; a claim that is not done after so
 * long is given up, whoever has it. */
extern const int64_t idempotency_kept_us, idempotency_given_up_us;

struct idempotency {
	char key_id[API_KEY_MOST_ID + 1]; /* whose name it is */
	char name[IDEMPOTENCY_MOST_NAME + 1];
	char fingerprint[65];  /* of what is asked for */
	char claim[UUID_TEXT]; /* of this request */
};

enum idempotency_outcome {
	IDEMPOTENCY_CLAIMED, /* ours to do */
	IDEMPOTENCY_DONE,    /* the job that was made is told */
	IDEMPOTENCY_OPEN,    /* another is at it */
	IDEMPOTENCY_OTHER,   /* something else was asked for by that name */
	IDEMPOTENCY_AWAY,    /* PostgreSQL is */
};

/* Of a name and fingerprint; fills in the claim. on_claimed is called once,
 * later; job_id is "" unless it is done. */
void idempotency_claim(struct orchestrator *, struct idempotency *,
    void (*on_claimed)(enum idempotency_outcome, const char *job_id, void *arg),
    void *arg);
/* No job was made. */
void idempotency_release(struct orchestrator *, const struct idempotency *);

/* What is too old is forgotten, by the clock. */
struct idempotencies *idempotencies_new(struct orchestrator *);
void idempotencies_free(struct idempotencies *); /* NULL is fine */

/* -- pure --------------------------------------------------------------- */

/* The header's value: a quoted string of structured fields, or the characters
 * themselves. -1: not 1 to 255 printable ones. */
int idempotency_read(const char *value, char name[IDEMPOTENCY_MOST_NAME + 1]);

/* Of what counts: in a form, the boundary does not. file_sha256: "" if there
 * is no file. */
void idempotency_fingerprint(const char *method, const char *path,
    const json_t *request, const char *file_sha256, char out[65]);

#endif

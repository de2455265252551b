/*
 * Rows of references: what is looked for, and what came of it. As store.h,
 * each call answers once, later, on the loop.
 */
#ifndef VALIDATOR_STORE_REFERENCE_H
#define VALIDATOR_STORE_REFERENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/uuid.h"
#include "validator/store.h"

struct audit_rule;

/* -- wanting and giving up -- */

/* Batched with what else is written in this turn of the loop. STORE_DONE,
 * too, if it was wanted before. */
void store_want_reference(struct store *, const char *job_id,
    const char *source, int64_t now_us, int64_t wait_ms, store_on_written *,
    void *arg);

/* Those past their deadline, and while the service is out those it was to be
 * asked for. has_trusted: trusted miners may be asked in the service's stead.
 * STORE_TAKEN: there were none. */
void store_expire_references(struct store *, bool service_is_out,
    bool has_trusted, int64_t now_us, int64_t wait_ms, store_on_written *,
    void *arg);

/* -- the service -- */

/* A reference that we have taken to ask for. Texts are borrowed; NULL: null. */
struct reference_ask {
	const char *job_id;
	const char *scoring;
	const char *params;   /* JSON */
	const char *input_of; /* the job under whose id its file is kept */
	const char *input_sha256, *input_type;
	int64_t input_bytes;
};

typedef void store_on_asks(
    const struct reference_ask *, size_t n, const char *why, void *arg);

enum { STORE_MAX_ASKS = 16 }; /* taken at once */

/* Ours until until_us. */
void store_take_references(struct store *, int64_t now_us, int64_t until_us,
    size_t limit, store_on_asks *, void *arg);

/* -- trusted miners -- */

/* A job that was to be given to a trusted miner. Texts are borrowed. */
struct reference_given {
	const char *job_id;  /* NULL: there was none */
	const char *trusted; /* who has it now; NULL: nobody, */
	const char *why;     /* as this says; or why nothing was written */
	char as[UUID_TEXT];  /* the trusted miner's job */
};

typedef void store_on_given(const struct reference_given *, void *arg);

/* The oldest one that is over, within the rule's budget. */
void store_give_reference(struct store *, const struct audit_rule *,
    int64_t now_us, int64_t wait_ms, store_on_given *, void *arg);

/* -- texts to take a reference from -- */

/* One text of a job that is over. */
struct reference_said {
	const char *attempt_id, *hotkey;
	const char *text; /* NULL: none that can be compared */
};

/* job_id is NULL if there is none, or why not. */
struct reference_due {
	const char *job_id, *scoring, *params;
	const char *language; /* that the kind assumes, or NULL */
	const struct reference_said *said;
	size_t n;
};

typedef void store_on_due(
    const struct reference_due *, const char *why, void *arg);

/* A job whose miners' texts are to be compared: all of them. */
void store_read_due(struct store *, size_t max_text, store_on_due *, void *arg);
/* One that a trusted miner is done with: what it said, if it delivered. */
void store_read_heard(
    struct store *, size_t max_text, store_on_due *, void *arg);

/* -- the end -- */

struct reference_settled {
	const char *job_id, *source;
	const char *text;   /* NULL: none was found, */
	const char *why;    /* as this says */
	const char *medoid; /* consensus: the attempt whose text it is */
	double agreement;
	const char *outliers; /* JSON array of hotkeys; NULL: none */
	bool has_trusted; /* without the service's, a trusted miner's is wanted
			   */
};

/* STORE_TAKEN: somebody else has. */
void store_settle_reference(struct store *, const struct reference_settled *,
    int64_t now_us, int64_t wait_ms, store_on_written *, void *arg);

#endif

/*
 * A job as any door asks for it: checked, its input looked at, stored; and
 * when that is committed, and not before, the door is told.
 */
#ifndef ORCHESTRATOR_ORDER_H
#define ORCHESTRATOR_ORDER_H

#include <jansson.h>
#include <stdint.h>

struct blob_writer;
struct err;
struct http_req;
struct job;
struct kinds;
struct orchestrator;
struct refusal;

struct order_request {
	/*
	 * Whose it is, its name and its place in quotas (admission.h); headers
	 * of its answer are set meanwhile. NULL: our own.
	 */
	struct http_req *req;
	/*
	 * {"kind", "params", "miners"?, "deadline_ms"?, "priority"?, "tenant"?,
	 * "sticky"?, "expect"?, "input_file"?, "webhook_url"?}; borrowed.
	 */
	const json_t *json;
	const char *id; /* a lower-case UUID it is to have; NULL: a new one */
	struct blob_writer *file; /* its input, which is taken; NULL: none */
	const char *file_type;	  /* as its sender says; borrowed */
	const char *traceparent;  /* the header, any; NULL: none. Borrowed */
	/* Whose members a message to webhook_url has beside the standard's
	 * ("dippy"); NULL: nobody's. A constant. */
	const char *webhook_form;
	/* Of several jobs for one request, which (from 0) and of how many:
	 * each has the request's Idempotency-Key for itself. */
	unsigned part, parts;
};

/*
 * on_placed is called once, now or later: with the job as it was committed,
 * for this request or for an earlier one of the same Idempotency-Key,
 * borrowed, or NULL and why there is none. A refusal of code "unknown" (503)
 * is one of which nobody can tell whether it was stored; "exists" (409): there
 * is a job of that id.
 */
typedef void order_on_placed(
    const struct job *, const struct refusal *, void *arg);

void order_place(struct orchestrator *, const struct order_request *,
    order_on_placed *, void *arg);

/* Whether jobs are taken at all; else why not. */
int order_check_open(const struct orchestrator *, struct refusal *);

/* The request's JSON as a job, without id, input or lease. Pure. NULL and
 * the reason: field, limit, fix. */
struct job *order_parse(
    const struct kinds *, const json_t *request, int64_t now_us, struct err *);

#endif

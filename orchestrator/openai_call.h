/*
 * A request at the OpenAI door while it waits for its jobs: placed as any
 * door's, watched, and answered when all of them are over.
 *
 * The jobs are ordinary ones and do not hang on the request: a client that
 * goes leaves them running, and so does an instance that stops.
 */
#ifndef ORCHESTRATOR_OPENAI_CALL_H
#define ORCHESTRATOR_OPENAI_CALL_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "common/uuid.h"

struct blob_writer;
struct http_req;
struct openai_call;
struct openai_error;
struct openai_fault;
struct orchestrator;
struct refusal;

enum { OPENAI_MAX_JOBS = 10 }; /* of one request */

/* arg is freed with the call. */
struct openai_call *openai_call_new(struct orchestrator *, struct http_req *,
    void (*free_arg)(void *), void *arg);
void *openai_call_arg(const struct openai_call *);
struct orchestrator *openai_call_orchestrator(const struct openai_call *);

/* Jobs to be placed; borrowed, but for the file, which is taken. */
struct openai_order {
	const json_t *jobs[OPENAI_MAX_JOBS]; /* as order.h has them */
	size_t n;
	struct blob_writer *file; /* or NULL */
	const char *file_type;
	const char *file_field; /* what the client calls it */
	const json_t *table;	/* of the kind, for the names of fields */
	bool has_size;		/* width and height are the client's size */
};

/*
 * Place them and wait. on_done is called once when all are done, and never if
 * the call ended otherwise: its client was answered, or has gone. May be
 * called again from on_done. Of jobs with a file, each is placed when the one
 * before it is stored, and has a copy of its own.
 */
typedef void openai_call_on_done(struct openai_call *, void *arg);
void openai_call_place(
    struct openai_call *, const struct openai_order *, openai_call_on_done *);

/* What the jobs placed last came to, borrowed. */
struct openai_result {
	char job_id[UUID_TEXT], attempt_id[UUID_TEXT];
	char sha256[65]; /* of the file; "": the result is JSON */
	char *type;
	json_t *json;
};
const struct openai_result *openai_call_result(
    const struct openai_call *, size_t i);
size_t openai_call_n(const struct openai_call *);

/* Open the files of all results: on_open is called as on_done is, if they are
 * all there; it takes each, as a descriptor, which is then its own. */
void openai_call_open(struct openai_call *, openai_call_on_done *on_open);
int openai_call_take_file(struct openai_call *, size_t i, uint64_t *bytes);

/*
 * Something of the caller's own is under way, in on_done or behind it: the
 * call stays. When it is back and the client has gone meanwhile, the call is
 * freed and the answer is false.
 */
void openai_call_away(struct openai_call *);
bool openai_call_back(struct openai_call *);

/* Each answers and frees the call. */
void openai_call_refuse(struct openai_call *, const struct openai_error *);
void openai_call_fault(struct openai_call *, const struct openai_fault *);
void openai_call_refusal(struct openai_call *, const struct refusal *);
void openai_call_answer(
    struct openai_call *, const char *type, const void *body, size_t len);
/* fd is taken. */
void openai_call_answer_file(
    struct openai_call *, const char *type, int fd, uint64_t bytes);
/* Its request, with the jobs' ids in its headers, which the caller answers. */
struct http_req *openai_call_take(struct openai_call *);

/* Answer all that wait: this instance stops, their jobs go on. */
void openai_calls_drain(struct orchestrator *);

#endif

/*
 * A request at the OpenAI door read and understood: its fields, the kind that
 * its model is, the file it brings. What is wrong with it is answered here.
 */
#ifndef ORCHESTRATOR_OPENAI_REQUEST_H
#define ORCHESTRATOR_OPENAI_REQUEST_H

#include <stddef.h>

#include "orchestrator/openai_kind.h"
#include "orchestrator/openai_params.h"

struct http_req;
struct openai_call;
struct orchestrator;

/* What each endpoint's own struct begins with; all of it freed with the call.
 */
struct openai_request {
	enum openai_endpoint endpoint;
	struct orchestrator *o;
	struct http_req *req; /* until there is a call */
	struct form *form;
	struct openai_fields fields;
	const struct kind *kind;
	const json_t *table; /* the kind's, for the endpoint */
	char model[65];
	void (*start)(struct openai_call *, struct openai_request *);
};

/* size: of the endpoint's struct. start is called once, later or now, if the
 * request is one to go on with. */
void openai_request_read(struct http_req *, struct orchestrator *,
    enum openai_endpoint, size_t size,
    void (*start)(struct openai_call *, struct openai_request *));

/* A number in a field, within limits; *out stays if it is absent. */
int openai_request_number(const struct openai_request *, const char *name,
    double least, double most, double *out, struct openai_fault *);
/* Which of the names (ends with NULL) a field has; the first if it is absent.
 * -1, and the fault, if it is another. */
int openai_request_word(const struct openai_request *, const char *name,
    const char *const *names, struct openai_fault *);

/* {"kind", "params"}: the job asked for, the caller's to decref. NULL, and
 * the fault. */
json_t *openai_request_job(
    const struct openai_request *, struct openai_fault *);

#endif

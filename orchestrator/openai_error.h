/*
 * Refusals in OpenAI's form, which its SDKs turn into their own errors:
 *
 *   {"error": {"message", "type", "param", "code"}}
 */
#ifndef ORCHESTRATOR_OPENAI_ERROR_H
#define ORCHESTRATOR_OPENAI_ERROR_H

#include <stdbool.h>

struct http_req;

struct openai_error {
	int status; /* of its code; 415 and 422 are sent as 400 */
	const char *code;
	const char *param; /* the field; NULL or "": none */
	const char *why;   /* a sentence */
	bool is_final;	   /* the same request again would be another job */
};

void openai_error_reply(struct http_req *, const struct openai_error *);

/* An http_problem_form: of what others refuse on the door's paths. */
char *openai_error_problem(
    const char *path, int status, const char *code, const char *detail);

#endif

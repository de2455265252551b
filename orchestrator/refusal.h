/*
 * Why a request is not done: what its client is told, in whatever form its
 * door speaks.
 */
#ifndef ORCHESTRATOR_REFUSAL_H
#define ORCHESTRATOR_REFUSAL_H

#include <stdint.h>

struct http_req;

struct refusal {
	int status;	  /* of HTTP */
	const char *code; /* a constant: "bad_job" */
	char why[640];	  /* a sentence: the field, the limit, the fix */
	int64_t reset_us; /* wall: from when on it may be done; 0: unsaid */
};

void refusal_set(struct refusal *, int status, const char *code,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* As a problem of RFC 9457, with the member reset_at if that is said. */
void refusal_reply(struct http_req *, const struct refusal *);

#endif

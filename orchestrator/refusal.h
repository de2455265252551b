/*
 * Why a request is not done: what its client is told, in whatever form its
 * door speaks.
 */
#ifndef ORCHESTRATOR_REFUSAL_H
#define ORCHESTRATOR_REFUSAL_H

struct refusal {
	int status;	  /* of HTTP */
	const char *code; /* a constant: "bad_job" */
	char why[640];	  /* a sentence: the field, the limit, the fix */
};

void refusal_set(struct refusal *, int status, const char *code,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));

#endif

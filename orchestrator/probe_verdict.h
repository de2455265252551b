/*
 * What is made of a file that was looked at, at the client's upload and at the
 * miner's result alike: whether its kind takes it, and why not. Pure.
 *
 * The closed list of faults, each a reason of attempts (table reason) and a
 * code of POST /v1/jobs:
 *
 *   bad_media        it does not decode
 *   bad_header       its header says what cannot be
 *   truncated        there is less of it than it says
 *   no_content       no sample, picture or page is in it
 *   silent           a result of speech without a sound
 *   bomb             it would unpack to far more than it is
 *   too_many_pixels  of a picture
 *   too_costly       decoding it takes too long
 *
 * Silence of an input is measured, and no fault: to find it may be the job.
 */
#ifndef ORCHESTRATOR_PROBE_VERDICT_H
#define ORCHESTRATOR_PROBE_VERDICT_H

#include <jansson.h>

#include "orchestrator/probe.h"

struct kind;

struct probe_verdict {
	int status;	  /* HTTP; 200: it is what its kind takes */
	const char *code; /* of the refusal */
	char why[640];	  /* a sentence for the client: what, and the fix */
};

/* A client's input: 200, 415 wrong_input_type, 422 and a fault, 503
 * unavailable. */
void probe_judge_input(const struct kind *, enum probe_outcome,
    const json_t *measured, struct probe_verdict *out);

/* A miner's result, measured or bad: NULL if it is what its kind gives, else
 * the attempt's reason: wrong_type, or a fault. */
const char *probe_judge_result(
    const struct kind *, enum probe_outcome, const json_t *measured);

/* The fault that a file which is broken has. */
const char *probe_fault_said(const json_t *measured);

/* What is to be done about a fault; NULL if it is none of the list. */
const char *probe_fault_fix(const char *code);

#endif

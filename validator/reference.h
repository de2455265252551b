/*
 * Against what a response is judged, in this order: the answer its job knows;
 * a reference service's; a trusted miner's, who does the job again (audit);
 * what most miners of the job said (consensus).
 *
 * Pure: which of them an attempt has to wait for. Whatever is missing is
 * missing by our doing: the attempt is then judged without accuracy.
 */
#ifndef VALIDATOR_REFERENCE_H
#define VALIDATOR_REFERENCE_H

#include <stdbool.h>

struct judge_case;
struct policy;

struct reference_rule {
	bool has_service;
	double rate; /* share of jobs that it, or a trusted miner, is asked */
	bool has_trusted; /* there are trusted miners, and they may be asked */
};

enum reference_plan {
	REFERENCE_JUDGE, /* nothing to wait for */
	REFERENCE_ASK,	 /* the service is to be asked */
	REFERENCE_TRUST, /* a trusted miner is to do the job again */
	REFERENCE_MEET,	 /* the job's other miners are waited for */
};

enum reference_plan reference_plan(const struct judge_case *,
    const struct policy *, const struct reference_rule *);

/* As in reference.source; NULL of REFERENCE_JUDGE. */
const char *reference_plan_source(enum reference_plan);

/*
 * Whether a job is among those drawn: the same answer for ever and at every
 * instance, by the hash of what it is drawn for and its id. Of many jobs the
 * share that is drawn is rate.
 */
bool reference_is_drawn(const char *purpose, const char *job_id, double rate);

#endif

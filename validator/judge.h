/*
 * The verdict on one attempt.
 *
 * Pure: rows and a policy in, a judgement out. Texts and JSON come from
 * miners and clients; what does not parse is worth nothing, and never more.
 */
#ifndef VALIDATOR_JUDGE_H
#define VALIDATOR_JUDGE_H

#include <stdbool.h>

struct policy;

/* An attempt and its job, as in the database; NULL where there is null. */
struct judge_case {
	const char *id, *hotkey, *kind;
	const char *state, *reason;
	const char *side;	     /* of the reason: whose doing it was */
	const char *scoring;	     /* the kind's rule */
	const char *params, *expect; /* JSON, the job's */
	const char *result_json, *measured; /* JSON, the attempt's */
	double miner_ms;		    /* NaN: not measured */
};

struct judgement {
	/* false: our doing or the client's; it is no mark for or against the
	 * miner, and the rest is not to be used. */
	bool counts;
	bool success;
	double speed;	 /* 0..1; NaN: not measured */
	double accuracy; /* likewise */
	char *detail;	 /* JSON: how it came about; the judgement's own */
};

/*
 * What was delivered is measured. What failed by the miner's doing is 0 in
 * speed, and in accuracy if its kind and its job have one to measure.
 */
void judge_attempt(
    const struct judge_case *, const struct policy *, struct judgement *);
void judgement_clear(struct judgement *);

#endif

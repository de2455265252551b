/*
 * The verdict on one attempt.
 *
 * Pure: rows and a policy in, a judgement out. Texts and JSON come from
 * miners and clients; what does not parse is worth nothing, and never more.
 * What is missing on our side is not measured, and never counts as nothing.
 */
#ifndef VALIDATOR_JUDGE_H
#define VALIDATOR_JUDGE_H

#include <jansson.h>
#include <stdbool.h>

struct metric;
struct policy;

enum { JUDGE_SHA256 = 65, JUDGE_MAX_REASON = 160 };

/* An attempt and its job, as in the database; NULL where there is null. */
struct judge_case {
	const char *id, *job_id, *hotkey, *kind;
	const char *state, *reason;
	const char *side;     /* of the reason: whose doing it was */
	const char *source;   /* of the job: "client", .. */
	const char *scoring;  /* the kind's rule */
	const char *language; /* that the kind assumes of a job without one */
	const char *params, *expect;	    /* JSON, the job's */
	const char *result_json, *measured; /* JSON, the attempt's */
	const char *result_sha256;	    /* of its file */
	double queue_ms, miner_ms;	    /* NaN: not measured */
	int miners;			    /* its job asked for */
	const char *protocol;		    /* the kind's: "native", .. */
	bool is_deterministic;		    /* likewise */
	bool is_unproven; /* whoever had it did not prove to be its miner */

	/* What was found to compare it with, should the job not know its
	 * answer: where it came from ("service", "audit", "consensus"; NULL: it
	 * was not looked for), its text, or why there is none. */
	const char *found_by, *found_text, *found_not;
	const char *medoid;   /* consensus: the attempt whose text it is, */
	double agreement;     /* how like it the majority's are, */
	const char *outliers; /* JSON: and hotkeys whose texts are not */
};

struct judgement {
	/* false: our doing or the client's; it is no mark for or against the
	 * miner, and the rest is not to be used. */
	bool counts;
	bool success;
	double speed;	    /* 0..1; NaN: not measured */
	double accuracy;    /* likewise */
	double total_ms;    /* from our accepting the job to the result; NaN */
	const char *source; /* the case's */
	const char *metric; /* "wer", ..; "none": a constant */
	const char *reference; /* "known", "none", or the case's found_by */
	char result_sha256[JUDGE_SHA256];    /* "": nothing came */
	char reference_sha256[JUDGE_SHA256]; /* "": no reference */
	char reason[JUDGE_MAX_REASON];	     /* a sentence: why this accuracy */
	char *detail; /* JSON: how it came about; the judgement's own */
};

/*
 * What was delivered is measured. What failed by the miner's doing is 0 in
 * speed, and in accuracy if its kind and its job have one to measure.
 */
void judge_attempt(
    const struct judge_case *, const struct policy *, struct judgement *);
void judgement_clear(struct judgement *);

/* Whether a verdict on it says anything about its miner. */
bool judge_counts(const struct judge_case *);

/*
 * The language of a result, by which its text is compared: the one it was to
 * be in, that of the job, or what its kind assumes, "en" if it says nothing.
 * What the miner says it heard does not count: it would choose its measure.
 * params: the case's, parsed; borrowed.
 */
const char *judge_language(const struct judge_case *, const json_t *params);

/* How its text is compared; NULL: it is not. */
const struct metric *judge_metric(
    const struct judge_case *, const struct policy *);

/* Whether the job knows a text to compare with. */
bool judge_is_known(const struct judge_case *);

/* 64 hex digits of a text's SHA-256. */
void judge_hash(const char *text, char sha256[JUDGE_SHA256]);

#endif

/*
 * What a service that scores submissions is asked, and what it says.
 *
 * Pure. An answer is of a stranger: {"status": "COMPLETED", "score":
 * {"judge_score": 0.8, ..}, ..}; what is not of that form is none.
 */
#ifndef VALIDATOR_SUBMISSIONS_ANSWER_H
#define VALIDATOR_SUBMISSIONS_ANSWER_H

#include <stddef.h>

#include "scorer/submission.h"

struct err;

enum { SUBMISSIONS_STATUS = 32 };

struct submissions_answer {
	enum submission_state state;
	char status[SUBMISSIONS_STATUS]; /* its word */
	double score;			 /* NaN unless it is completed */
};

/* 0, or -1 and why it is no answer. */
int submissions_read_answer(
    const void *body, size_t len, struct submissions_answer *, struct err *);

/* A commitment, as it is noted. */
struct submissions_text {
	char *wrong; /* why it is of no use, or NULL and */
	char repo[SUBMISSION_REPO];
	char hash[SUBMISSION_HASH];
	char *query; /* "repo_namespace=..&.." */
};

void submissions_read_text(
    const char *text, const char *hotkey, struct submissions_text *);
void submissions_text_clear(struct submissions_text *);

#endif

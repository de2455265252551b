/*
 * How like a reference a response is, by the scoring rule of its kind: the
 * one table of which text is measured by what.
 *
 * Pure. Both texts may be anybody's; what is too long or has nothing to
 * measure by is told apart from what is bad.
 */
#ifndef VALIDATOR_METRIC_H
#define VALIDATOR_METRIC_H

#include <stdbool.h>

struct metric {
	const char *name;  /* as in judgement.metric */
	const char *value; /* what its value is: "error_rate" */
	/* -1, and *value as it was, if the reference is nothing to measure
	 * by. A text beyond bounds is measured all the same, as wrong. */
	int (*measure)(const char *reference, const char *text, double *value);
	double (*accuracy)(double value); /* 0..1 */
	double alike; /* an accuracy from which two texts say the same */
};

/* The metric of a rule, for texts written with or without spaces between
 * words; NULL if responses by that rule are not compared as texts. */
const struct metric *metric_of(const char *scoring, bool by_letter);

#endif

/*
 * What most miners of a job said: of their texts the one that is most like
 * the others (the medoid), if more than half of all are like it
 * (scorer/consensus.h).
 *
 * Two texts are as alike as the kind's own metric says, the worse of both
 * directions. Texts that are the same letter by letter are nothing to wonder
 * at: there is one right answer.
 *
 * Pure. A pair of long texts takes a while, so pairs are compared one by one,
 * as the caller finds time. Texts come from miners; the order they are given
 * in is that of all sums, and of two texts as good the first one counts.
 */
#ifndef VALIDATOR_REFERENCE_CONSENSUS_H
#define VALIDATOR_REFERENCE_CONSENSUS_H

#include <stdbool.h>
#include <stddef.h>

#include "scorer/consensus.h"

struct metric;

enum { REFERENCE_LEAST_MINERS = 3 }; /* asked, and that said something */

struct reference_consensus {
	const struct metric *metric;
	const char *texts[CONSENSUS_MAX]; /* borrowed; NULL: said nothing */
	size_t n;
	double alike[CONSENSUS_MAX * CONSENSUS_MAX]; /* 0..1, symmetric */
	size_t i, j;				     /* the next pair */
};

struct reference_found {
	long medoid;	  /* its index; -1: no majority */
	double agreement; /* how like it the rest of the majority is, mean */
	bool is_outlier[CONSENSUS_MAX]; /* not like the medoid */
	const char *why;		/* there is none; NULL: there is */
};

/* texts: those beyond CONSENSUS_MAX are not looked at. */
void reference_consensus_begin(struct reference_consensus *,
    const struct metric *, const char *const *texts, size_t n);
/* Compare one pair; false: there was none left. */
bool reference_consensus_step(struct reference_consensus *);
/* Once there is none left. */
void reference_consensus_end(
    const struct reference_consensus *, struct reference_found *);

#endif

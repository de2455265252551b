/*
 * What several responses to one job agree on, where nobody knows the answer:
 * the response most like all others, and those unlike it.
 *
 * Pure. The similarity is the caller's (text metrics, for instance), need not
 * be symmetric, and may be of any scale where more is more alike.
 */
#ifndef SCORER_CONSENSUS_H
#define SCORER_CONSENSUS_H

#include <stdbool.h>
#include <stddef.h>

enum { CONSENSUS_MAX = 10 };

struct consensus {
	/* The medoid: whose similarities to the others have the largest sum;
	 * of equal ones the first. */
	size_t medoid;
	/* Of each to the others; NaN where there are no others. */
	double mean[CONSENSUS_MAX];
	/* More than half of all, the medoid among them, are like it. */
	bool is_reached;
	/* Those whose similarity to the medoid is below the floor. Without a
	 * majority there is no consensus, and nobody is an outlier. */
	bool is_outlier[CONSENSUS_MAX];
};

/*
 * Of n responses; similarity[i * n + j] is how like the jth the ith is, and
 * what it says of i and i is not looked at. 0; -1 if n is 0 or above
 * CONSENSUS_MAX, or if a similarity is not finite. Sums are made in the order
 * of j.
 */
int consensus_find(
    const double *similarity, size_t n, double floor, struct consensus *);

#endif

/*
 * One case of a weight-setter's daemon test: from a vector to its proof, with
 * a line of the table that the test prints.
 */
#ifndef TESTS_WEIGHTS_CASE_H
#define TESTS_WEIGHTS_CASE_H

#include <stddef.h>
#include <stdint.h>

struct weights_rig;

struct weights_case {
	struct weights_rig *w;
	const char *name;
	uint16_t netuid;
	uint8_t mecid;
	size_t accepted; /* extrinsics before it */
	int64_t block;	 /* finalized, when time began to count */
	char vector[40];
};

/* The heading of the table. */
void weights_case_heading(void);

/* Of WEIGHTS_RIG_NETUID and mechanism 0. Waits until its rate limit has let
 * go of what was set before. All of them fail the test if they cannot. */
void weights_case_begin(
    struct weights_case *, struct weights_rig *, const char *name);

/* Write the vector, time counts from now. */
void weights_case_vector(struct weights_case *);
/* The chain is well again, time counts from now. */
void weights_case_well(struct weights_case *);

/* Until the vector is proven; the audit; the line. It took that many
 * submissions, and at most `blocks` blocks since time began to count. */
void weights_case_proven(
    struct weights_case *, size_t submissions, int64_t blocks);

/* It is not proven now and not under way; the audit; the line. */
void weights_case_refused(
    struct weights_case *, size_t submissions, const char *reason);

/* The row of the vector with that reason has come. */
void weights_case_wait_reason(struct weights_case *, const char *reason);

#endif

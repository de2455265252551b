/*
 * Two weight vectors beside each other, entry by entry: of two statements, of
 * two validators. Pure.
 */
#ifndef SUBNETCTL_DIFFER_H
#define SUBNETCTL_DIFFER_H

#include <jansson.h>
#include <stddef.h>

struct differ_row {
	int uid;
	const char *hotkey; /* borrowed; NULL: nobody's */
	double a, b;	    /* weights in any scale, then shares of 1 */
};

struct differ {
	double cosine, moved; /* of scorer/compare.h */
};

/* The two compared, in the order of the rows; then each row's weights are made
 * shares of their vector, and the rows sorted, largest difference first, and
 * of equal ones the smaller uid. */
void differ_compute(struct differ_row *, size_t n, struct differ *);

/* The first so many that differ: [{"uid", "hotkey", a, b, "difference"}], the
 * latter b less a. */
json_t *differ_json(const struct differ_row *, size_t n, size_t limit,
    const char *a, const char *b);

#endif

/*
 * A token bucket: how many of something may be done a second, and how many at
 * once after a quiet time. Pure; the time is given.
 */
#ifndef SIGNER_BUCKET_H
#define SIGNER_BUCKET_H

#include <stdbool.h>
#include <stdint.h>

struct bucket {
	double per_second;
	double burst;
	double tokens;
	int64_t filled_us; /* monotonic; when tokens was right */
};

/* Full at now_us. burst under 1 lets nothing through. */
void bucket_init(
    struct bucket *, double per_second, double burst, int64_t now_us);

/* Take one token, if there is one. */
bool bucket_take(struct bucket *, int64_t now_us);

#endif

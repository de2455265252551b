/*
 * How likely the followers of an account are bots, by a sample of them: a
 * statistical and a temporal analyzer, and the two together.
 *
 * Upstream's (InfiniteVibe, SN89) look at nothing if a single follower lacks
 * a field; ENGAGE_BOTS_WHOLE does as they do. ENGAGE_BOTS_PARTS looks at each
 * feature by itself, of those followers that have it; what too few have gives
 * its share to the others and lowers the confidence by it. On samples without
 * gaps the two are the same.
 *
 * Pure. Higher scores are more like people.
 */
#ifndef SCORER_ENGAGE_BOTS_H
#define SCORER_ENGAGE_BOTS_H

#include <stdbool.h>
#include <stddef.h>

enum engage_bots_mode { ENGAGE_BOTS_WHOLE, ENGAGE_BOTS_PARTS };

/* NULL and NaN: not known. An empty text is known. */
struct engage_follower {
	const char *username, *bio, *location; /* UTF-8 */
	double followers, following, posts;
	double created_days; /* the account's age, in days */
	double posted_days;  /* since its last post */
};

/* Bits: of the letters in lower case. 0 of an empty one. */
double engage_bots_entropy(const char *username);

enum { ENGAGE_BOTS_FEATURES = 5 };

enum engage_bots_statistical {
	ENGAGE_BOTS_USERNAMES,
	ENGAGE_BOTS_RATIOS,
	ENGAGE_BOTS_BIOS,
	ENGAGE_BOTS_LOCATIONS,
	ENGAGE_BOTS_POSTS,
};

enum engage_bots_temporal {
	ENGAGE_BOTS_CLUSTERS, /* accounts made on one day */
	ENGAGE_BOTS_AGES,
	ENGAGE_BOTS_ACTIVITY,
};

struct engage_bots_verdict {
	bool ran; /* else the rest is NaN */
	double score, confidence;
	double features[ENGAGE_BOTS_FEATURES]; /* NaN: not looked at */
};

struct engage_bots_verdict engage_bots_statistical(
    enum engage_bots_mode, const struct engage_follower *, size_t n);
struct engage_bots_verdict engage_bots_temporal(
    enum engage_bots_mode, const struct engage_follower *, size_t n);

enum engage_bots_risk {
	ENGAGE_BOTS_UNKNOWN,
	ENGAGE_BOTS_LOW,
	ENGAGE_BOTS_MEDIUM,
	ENGAGE_BOTS_HIGH,
	ENGAGE_BOTS_CRITICAL,
};

struct engage_bots {
	double authenticity, confidence; /* 0.5 and 0 if none ran */
	double p_bot;
	enum engage_bots_risk risk;
};

/* Both count alike. */
struct engage_bots engage_bots_combine(
    const struct engage_bots_verdict *, size_t n);

const char *engage_bots_risk_name(enum engage_bots_risk);

#endif

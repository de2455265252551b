/*
 * A subnet's policy: every number of its incentive mechanism, read from ini
 * text (deploy/policies/default.ini explains each).
 *
 * Pure: reading the file is the caller's. Each key must be there exactly
 * once; a key we do not know is an error that names the nearest.
 */
#ifndef SCORER_POLICY_H
#define SCORER_POLICY_H

#include <stdbool.h>
#include <stddef.h>

#include "scorer/curve.h"
#include "scorer/score.h"
#include "scorer/speech.h"

struct err;

enum {
	POLICY_MAX_NAME = 64,
	POLICY_MAX_KINDS = 32,
	POLICY_MAX_LANGUAGES = 16,
};

struct policy_kind {
	char name[POLICY_MAX_NAME];
	double max_ms;
};

struct policy {
	char name[POLICY_MAX_NAME];
	struct score_shares shares;
	double stake_cap; /* alpha */
	double max_ms;	  /* the latency at which speed is 0 */
	struct policy_kind kinds[POLICY_MAX_KINDS]; /* with one of their own */
	size_t n_kinds;
	/* Languages written without spaces: measured by letters. */
	char by_letter[POLICY_MAX_LANGUAGES][8];
	size_t n_by_letter;
	struct speech_rule speech;
	struct curve_rule curve;
	double burn_uid; /* whole; CURVE_NO_TARGET: nobody */
};

/* 0, or -1 and why; *policy is then not to be used. */
int policy_parse(const char *text, struct policy *, struct err *);

double policy_max_ms(const struct policy *, const char *kind);
bool policy_is_by_letter(const struct policy *, const char *language);

#endif

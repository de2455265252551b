/*
 * A subnet's policy: every number of its incentive mechanism, read from ini
 * text (deploy/policies/default.ini explains each).
 *
 * Pure: reading the file is the caller's. Each key must be there exactly
 * once, those of a [kind NAME] at most once, and those of [engagement] too
 * unless the fold is engagement; a key we do not know is an error that names
 * the nearest.
 */
#ifndef SCORER_POLICY_H
#define SCORER_POLICY_H

#include <stdbool.h>
#include <stddef.h>

#include "scorer/curve.h"
#include "scorer/engagement.h"
#include "scorer/moving.h"
#include "scorer/penalty.h"
#include "scorer/score.h"
#include "scorer/speech.h"
#include "scorer/speed.h"
#include "scorer/submission.h"

struct err;

enum {
	POLICY_MAX_NAME = 64,
	POLICY_MAX_KINDS = 32,
	POLICY_MAX_LANGUAGES = 16,
	POLICY_MAX_TEXT = 65536, /* bytes of the ini text */
};

/* How a miner's attempts become one number. */
enum policy_fold {
	POLICY_MEAN,   /* means of a kind; kinds by weight times attempts */
	POLICY_MOVING, /* one moving average of weight times value, all kinds */
	POLICY_MOVING_KINDS, /* one each kind; kinds by weight */
	POLICY_SUBMISSION,   /* its submission's score; attempts do not count */
	POLICY_ENGAGEMENT,   /* its posts' growth, payments, and attempts */
};

enum policy_stake { POLICY_STAKE_SHARE, POLICY_STAKE_OF_MAX };
enum policy_population { POLICY_ALL, POLICY_SCORED };
enum policy_basis { POLICY_BY_WIN_RATE, POLICY_BY_SCORE };

/* Where a job came from; in the order of the database's job_source. */
enum policy_source {
	POLICY_CLIENT,
	POLICY_SCHEDULE,
	POLICY_AUDIT,
	POLICY_CHALLENGE,
	POLICY_N_SOURCES,
};

struct policy_kind {
	char name[POLICY_MAX_NAME];
	double weight;	/* against other kinds; 0: not counted at all */
	double fail_ms; /* a slower success is a failure; 0: none is */
	struct speed_rule speed;
	struct score_shares shares; /* stake's is the policy's */
};

struct policy {
	char name[POLICY_MAX_NAME];
	int fold;		/* enum policy_fold */
	int stake_form;		/* enum policy_stake */
	double stake_cap;	/* alpha */
	double min_successes;	/* whole; fewer: the score is 0 */
	struct policy_kind any; /* of kinds that have no section */
	struct policy_kind kinds[POLICY_MAX_KINDS];
	size_t n_kinds;
	double sources[POLICY_N_SOURCES]; /* what an attempt weighs; 0: none */
	struct moving_policy moving;
	int out_banned, out_audits, out_twins; /* 1: they have no rate */
	int reset_on_register; /* 1: what came before does not count */
	struct submission_rule submission;
	struct engagement_rule engagement; /* of that fold; else all 0 */
	int population;			   /* enum policy_population */
	struct penalty_rule penalty;
	/* Languages written without spaces: measured by letters. */
	char by_letter[POLICY_MAX_LANGUAGES][8];
	size_t n_by_letter;
	struct speech_rule speech;
	double picture_side; /* pixels; what has less is no picture */
	int basis;	     /* enum policy_basis */
	struct curve_rule curve;
	double burn_uid;     /* whole; CURVE_NO_TARGET: nobody */
	double smooth_alpha; /* share of the new vector; 1: all */
	double guard_floor;  /* of validator trust; 0: no guard */
};

/* 0, or -1 and why; *policy is then not to be used. */
int policy_parse(const char *text, struct policy *, struct err *);

/* Its section, or what holds for all. */
const struct policy_kind *policy_kind_of(
    const struct policy *, const char *kind);

bool policy_is_by_letter(const struct policy *, const char *language);

/* -1 if there is no such source. */
int policy_source_of(const char *name);
const char *policy_source_name(enum policy_source);

#endif

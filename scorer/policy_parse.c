/*
 * Two tables say what a policy has, numbers and choices; the name, the list
 * of languages and the sections of kinds are read by hand.
 */
#include <ini.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/config_parse.h"
#include "common/err.h"
#include "scorer/policy.h"

struct number {
	const char *key;
	size_t offset;
	double min, max;
};

struct choice {
	const char *key;
	size_t offset;
	const char *names[6]; /* in the order of the enum; NULL ends */
};

#define NUMBER(key, member, min, max)                                          \
	{                                                                      \
		key, offsetof(struct policy, member), min, max                 \
	}

#define CHOICE(key, member, ...)                                               \
	{                                                                      \
		key, offsetof(struct policy, member),                          \
		{                                                              \
			__VA_ARGS__                                            \
		}                                                              \
	}

enum { MOST_BUCKETS = GROWTH_MAX_BUCKETS };

static const struct number numbers[] = {
    NUMBER("score.speed", any.shares.speed, 0, 1),
    NUMBER("score.accuracy", any.shares.accuracy, 0, 1),
    NUMBER("score.quality", any.shares.quality, 0, 1),
    NUMBER("score.stake", any.shares.stake, 0, 1),
    NUMBER("score.min_successes", min_successes, 1, 1e6),
    NUMBER("stake.cap", stake_cap, 0, 1e12),
    NUMBER("speed.max_ms", any.speed.max_ms, 1, 7e8),
    NUMBER("speed.decay_ms", any.speed.decay_ms, 1, 7e8),
    NUMBER("speed.best_ms", any.speed.best_ms, 1, 7e8),
    NUMBER("speed.fail_ms", any.fail_ms, 0, 7e8),
    NUMBER("moving.alpha", moving.alpha, 0, 1),
    NUMBER("moving.half_life_s", moving.half_life_s, 1, 1e9),
    NUMBER("moving.penalty", moving.penalty, 0, 1),
    NUMBER("source.client", sources[POLICY_CLIENT], 0, 1),
    NUMBER("source.schedule", sources[POLICY_SCHEDULE], 0, 1),
    NUMBER("source.audit", sources[POLICY_AUDIT], 0, 1),
    NUMBER("source.challenge", sources[POLICY_CHALLENGE], 0, 1),
    NUMBER("submission.from_block", submission.from_block, 0, 1e15),
    NUMBER("submission.max_age_s", submission.max_age_s, 0, 1e9),
    NUMBER("engagement.bucket_blocks", engagement.growth.bucket_blocks, 1, 1e6),
    NUMBER("engagement.delay", engagement.growth.delay, 0, MOST_BUCKETS),
    NUMBER("engagement.window", engagement.growth.window, 1, MOST_BUCKETS),
    NUMBER("engagement.view", engagement.growth.view, 0, 1e6),
    NUMBER("engagement.like", engagement.growth.like, 0, 1e6),
    NUMBER("engagement.comment", engagement.growth.comment, 0, 1e6),
    NUMBER("engagement.span", engagement.growth.span, 1, MOST_BUCKETS),
    NUMBER("engagement.spike", engagement.growth.spike, 1, 1e9),
    NUMBER("engagement.spike_least", engagement.growth.spike_least, 0, 1e9),
    NUMBER("engagement.reach", engagement.growth.reach, 0, 1e6),
    NUMBER("engagement.followers", engagement.growth.followers, 0, 1e9),
    NUMBER("engagement.rate_least", engagement.growth.rate_least, 0, 1),
    NUMBER("engagement.rate_most", engagement.growth.rate_most, 0, 10),
    NUMBER("engagement.comment_part", engagement.growth.comment_part, 0, 1),
    NUMBER("engagement.hidden", engagement.growth.hidden, 0, 1),
    NUMBER("engagement.ai_least", engagement.ai_least, 0, 1),
    NUMBER("engagement.illicit_most", engagement.illicit_most, 0, 1),
    NUMBER("engagement.lead_s", engagement.lead_s, 0, 1e9),
    NUMBER("engagement.bots", engagement.bots, 0, 1),
    NUMBER("engagement.bots_sure", engagement.bots_sure, 0, 1),
    NUMBER("engagement.bots_penalty", engagement.bots_penalty, 0, 10),
    NUMBER("engagement.bots_floor", engagement.bots_floor, 0, 1),
    NUMBER("engagement.gone", engagement.gone, 0, 1),
    NUMBER("engagement.collateral_least", engagement.collateral_least, 0, 1e12),
    NUMBER("engagement.collateral_cap", engagement.collateral_cap, 0, 1e12),
    NUMBER("engagement.collateral_bonus", engagement.collateral_bonus, 0, 2),
    NUMBER("engagement.jobs", engagement.jobs, 0, 1),
    NUMBER("engagement.paid", engagement.paid, 0, 1),
    NUMBER("engagement.paid_cap", engagement.paid_cap, 0, 1e15),
    NUMBER("penalty.p", penalty.p, 0, 1),
    NUMBER("penalty.k", penalty.k, 0, 100),
    NUMBER("penalty.window", penalty.window, 1, PENALTY_MAX_WINDOW),
    NUMBER("penalty.threshold", penalty.threshold, 0, 1e9),
    NUMBER("speech.slowest", speech.slowest, 0, 100),
    NUMBER("speech.slow", speech.slow, 0, 100),
    NUMBER("speech.fast", speech.fast, 0, 100),
    NUMBER("speech.fastest", speech.fastest, 0, 100),
    NUMBER("speech.silent_db", speech.silent_db, -200, 0),
    NUMBER("speech.quiet_db", speech.quiet_db, -200, 0),
    NUMBER("speech.least_voiced", speech.least_voiced, 0, 1),
    NUMBER("speech.voiced", speech.voiced, 0, 1),
    NUMBER("speech.least_uneven", speech.least_uneven, 0, 1),
    NUMBER("speech.uneven", speech.uneven, 0, 1),
    NUMBER("speech.clipped_db", speech.clipped_db, -200, 0),
    NUMBER("speech.clipped_factor", speech.clipped_factor, 0, 1),
    NUMBER("speech.least_rate_hz", speech.least_rate_hz, 0, 1e6),
    NUMBER("speech.letters_per_word", speech.letters_per_word, 0.1, 100),
    NUMBER("picture.least_side", picture_side, 1, 65536),
    NUMBER("curve.temperature", curve.temperature, 1e-4, 1e4),
    NUMBER("curve.top", curve.top, 0, 65536),
    NUMBER("burn.rate", curve.burn_rate, 0, 1),
    NUMBER("burn.uid", burn_uid, -1, 65535),
    NUMBER("smooth.alpha", smooth_alpha, 1e-6, 1),
    NUMBER("guard.vtrust", guard_floor, 0, 1),
};

static const struct choice choices[] = {
    CHOICE("score.fold", fold, "mean", "moving", "moving_kinds", "submission",
	"engagement"),
    CHOICE("engagement.needs_ai", engagement.needs_ai, "no", "yes"),
    CHOICE("engagement.needs_moderation", engagement.needs_moderation, "no",
	"yes"),
    CHOICE("engagement.collateral", engagement.collateral, "alpha", "locked",
	"locked_own", "either"),
    CHOICE("stake.form", stake_form, "share", "of_max"),
    CHOICE("speed.form", any.speed.form, "linear", "exponential", "steps",
	"percentile"),
    CHOICE("out.banned", out_banned, "no", "yes"),
    CHOICE("out.failed_audits", out_audits, "no", "yes"),
    CHOICE("out.coldkey_twins", out_twins, "no", "yes"),
    CHOICE("reset.on_register", reset_on_register, "no", "yes"),
    CHOICE("rate.population", population, "all", "scored"),
    CHOICE("penalty.mode", penalty.mode, "none", "flat", "gap"),
    CHOICE("curve.basis", basis, "win_rate", "score"),
    CHOICE("curve.shape", curve.shape, "softmax", "linear"),
    CHOICE("burn.form", curve.burn, "corrected", "compat"),
};

/* Of a section [kind NAME]; what is left out is as for all. */
static const struct number kind_numbers[] = {
    {"weight", offsetof(struct policy_kind, weight), 0, 1},
    {"max_ms", offsetof(struct policy_kind, speed.max_ms), 1, 7e8},
    {"decay_ms", offsetof(struct policy_kind, speed.decay_ms), 1, 7e8},
    {"best_ms", offsetof(struct policy_kind, speed.best_ms), 1, 7e8},
    {"fail_ms", offsetof(struct policy_kind, fail_ms), 0, 7e8},
    {"speed", offsetof(struct policy_kind, shares.speed), 0, 1},
    {"accuracy", offsetof(struct policy_kind, shares.accuracy), 0, 1},
    {"quality", offsetof(struct policy_kind, shares.quality), 0, 1},
};

/* Keys that are in no table, for the sake of "did you mean". */
static const char *const others[] = {
    "policy.name", "language.by_letter", "score.weight"};

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

enum {
	N_NUMBERS = LENGTH(numbers),
	N_CHOICES = LENGTH(choices),
	N_KIND_NUMBERS = LENGTH(kind_numbers),
	N_OTHERS = LENGTH(others),
	SEEN_NAME = N_NUMBERS + N_CHOICES,
	SEEN_LANGUAGES,
	SEEN_WEIGHT,
	N_SEEN,
};

struct reading {
	struct policy *policy;
	struct err *err;
	bool failed;
	bool seen[N_SEEN];
	bool seen_of_kind[POLICY_MAX_KINDS][N_KIND_NUMBERS];
};

static const char *
known_key(size_t i)
{
	if (i < N_NUMBERS)
		return numbers[i].key;
	if (i < N_NUMBERS + N_CHOICES)
		return choices[i - N_NUMBERS].key;
	return others[i - N_NUMBERS - N_CHOICES];
}

static const char *
nearest(const char *key)
{
	const char *best = "";
	size_t least = SIZE_MAX;

	for (size_t i = 0; i < N_SEEN; i++) {
		size_t d = config_distance(key, known_key(i));

		if (d < least) {
			least = d;
			best = known_key(i);
		}
	}
	return best;
}

/* -- values ------------------------------------------------------------- */

static int
read_real(const char *key, const char *text, const struct number *n,
    double *out, struct err *err)
{
	char *end;
	double v = strtod(text, &end);

	if (end == text || *end != '\0' || !isfinite(v))
		return err_set(err, "%s: \"%s\" is not a number", key, text);
	if (v < n->min || v > n->max)
		return err_set(err, "%s: %g is not between %g and %g", key, v,
		    n->min, n->max);
	*out = v;
	return 0;
}

static int
read_choice(const struct choice *c, const char *text, int *out, struct err *err)
{
	char list[128] = "";
	size_t len = 0;

	for (int i = 0; c->names[i] != NULL; i++) {
		if (strcmp(c->names[i], text) == 0) {
			*out = i;
			return 0;
		}
		len += snprintf(list + len, sizeof(list) - len, "%s%s",
		    i > 0 ? ", " : "", c->names[i]);
	}
	return err_set(err, "%s: \"%s\" is none of %s", c->key, text, list);
}

static int
read_name(struct reading *r, const char *text)
{
	if (text[0] == '\0' || strlen(text) >= sizeof(r->policy->name))
		return err_set(r->err, "policy.name: 1 to %zu characters",
		    sizeof(r->policy->name) - 1);
	snprintf(r->policy->name, sizeof(r->policy->name), "%s", text);
	return 0;
}

static int
read_languages(struct reading *r, const char *text)
{
	struct policy *policy = r->policy;

	for (;;) {
		size_t len;

		text += strspn(text, " ,\t");
		len = strcspn(text, " ,\t");
		if (len == 0)
			return 0;
		if (policy->n_by_letter == POLICY_MAX_LANGUAGES ||
		    len >= sizeof(policy->by_letter[0]))
			return err_set(r->err,
			    "language.by_letter: at most %d, of 7 letters",
			    POLICY_MAX_LANGUAGES);
		memcpy(policy->by_letter[policy->n_by_letter++], text, len);
		text += len;
	}
}

/* -- keys --------------------------------------------------------------- */

static int
read_key(struct reading *r, size_t which, const char *key, const char *text)
{
	static const struct number weight = {NULL, 0, 0, 1};
	char *base = (char *)r->policy;

	if (which == SEEN_NAME)
		return read_name(r, text);
	if (which == SEEN_LANGUAGES)
		return read_languages(r, text);
	if (which == SEEN_WEIGHT)
		return read_real(
		    key, text, &weight, &r->policy->any.weight, r->err);
	if (which < N_NUMBERS)
		return read_real(key, text, &numbers[which],
		    (double *)(void *)(base + numbers[which].offset), r->err);
	which -= N_NUMBERS;
	return read_choice(&choices[which], text,
	    (int *)(void *)(base + choices[which].offset), r->err);
}

static int
read_pair(struct reading *r, const char *key, const char *text)
{
	for (size_t i = 0; i < N_SEEN; i++) {
		if (strcmp(known_key(i), key) != 0)
			continue;
		if (r->seen[i])
			return err_set(r->err, "%s is there twice", key);
		r->seen[i] = true;
		return read_key(r, i, key, text);
	}
	return err_set(
	    r->err, "unknown key \"%s\"; did you mean %s?", key, nearest(key));
}

/* Its place, made if it is new; -1 and why. */
static int
kind_place(struct reading *r, const char *kind)
{
	struct policy *policy = r->policy;
	size_t n = policy->n_kinds;

	for (size_t i = 0; i < n; i++) {
		if (strcmp(policy->kinds[i].name, kind) == 0)
			return i;
	}
	if (n == POLICY_MAX_KINDS)
		return err_set(r->err, "more than %d kinds", POLICY_MAX_KINDS);
	if (kind[0] == '\0' || strlen(kind) >= sizeof(policy->kinds[n].name))
		return err_set(r->err, "\"%s\" is not a kind's name", kind);
	snprintf(
	    policy->kinds[n].name, sizeof(policy->kinds[n].name), "%s", kind);
	policy->n_kinds++;
	return n;
}

static int
read_of_kind(
    struct reading *r, const char *kind, const char *name, const char *text)
{
	int place = kind_place(r, kind);
	char *base;

	if (place < 0)
		return -1;
	base = (char *)&r->policy->kinds[place];
	for (size_t i = 0; i < N_KIND_NUMBERS; i++) {
		const struct number *n = &kind_numbers[i];

		if (strcmp(n->key, name) != 0)
			continue;
		if (r->seen_of_kind[place][i])
			return err_set(
			    r->err, "kind %s has %s twice", kind, name);
		r->seen_of_kind[place][i] = true;
		if (read_real(name, text, n,
			(double *)(void *)(base + n->offset), r->err) != 0)
			return err_wrap(r->err, "kind %s", kind);
		return 0;
	}
	return err_set(r->err,
	    "unknown key \"%s\" of kind %s: weight, max_ms, decay_ms, best_ms, "
	    "fail_ms, speed, accuracy and quality are known",
	    name, kind);
}

static int
on_line(void *arg, const char *section, const char *name, const char *text)
{
	struct reading *r = arg;
	char key[160];
	int failed;

	if (r->failed)
		return 1;
	snprintf(key, sizeof(key), "%s.%s", section, name);
	if (strncmp(section, "kind ", 5) == 0)
		failed = read_of_kind(r, section + 5, name, text);
	else
		failed = read_pair(r, key, text);
	r->failed = failed != 0;
	return 1;
}

/* -- the whole ---------------------------------------------------------- */

static bool
may_be_missing(const struct policy *policy, const char *key)
{
	static const char section[] = "engagement.";

	return policy->fold != POLICY_ENGAGEMENT &&
	       strncmp(key, section, sizeof(section) - 1) == 0;
}

static int
check_missing(const struct reading *r)
{
	for (size_t i = 0; i < N_SEEN; i++) {
		if (!r->seen[i] && !may_be_missing(r->policy, known_key(i)))
			return err_set(r->err, "%s is missing", known_key(i));
	}
	return 0;
}

/* What a kind's section does not say is as for all. */
static void
inherit(struct reading *r)
{
	const struct policy_kind *any = &r->policy->any;

	for (size_t k = 0; k < r->policy->n_kinds; k++) {
		struct policy_kind *kind = &r->policy->kinds[k];

		kind->speed.form = any->speed.form;
		kind->shares.stake = any->shares.stake;
		for (size_t i = 0; i < N_KIND_NUMBERS; i++) {
			size_t offset = kind_numbers[i].offset;

			if (!r->seen_of_kind[k][i])
				memcpy((char *)kind + offset,
				    (const char *)any + offset, sizeof(double));
		}
	}
}

static bool
is_whole(double v)
{
	return v == (double)(long)v;
}

static bool
has_shares(const struct score_shares *s)
{
	return s->speed + s->accuracy + s->quality > 0;
}

static int
check_shares(const struct policy *p, struct err *err)
{
	if (!has_shares(&p->any.shares))
		return err_set(err, "under [score] speed, accuracy and quality "
				    "are all 0");
	for (size_t i = 0; i < p->n_kinds; i++) {
		if (!has_shares(&p->kinds[i].shares))
			return err_set(err,
			    "kind %s: speed, accuracy and quality are all 0",
			    p->kinds[i].name);
	}
	return 0;
}

static int
check_engagement(const struct engagement_rule *e, struct err *err)
{
	const struct growth_rule *g = &e->growth;

	if (!is_whole(g->bucket_blocks) || !is_whole(g->delay) ||
	    !is_whole(g->window) || !is_whole(g->span))
		return err_set(err, "[engagement] wants whole numbers of "
				    "bucket_blocks, delay, window and span");
	if (g->delay + g->window > MOST_BUCKETS)
		return err_set(err,
		    "[engagement] delay and window are together at most %d",
		    MOST_BUCKETS);
	if (!(g->rate_least <= g->rate_most))
		return err_set(
		    err, "[engagement] wants rate_least <= rate_most");
	if (e->jobs + e->paid > 1)
		return err_set(
		    err, "[engagement] jobs and paid are more than 1");
	return 0;
}

static int
check_sense(const struct policy *p, struct err *err)
{
	const struct speech_rule *s = &p->speech;

	if (check_shares(p, err) != 0)
		return -1;
	if (!(s->slowest < s->slow && s->slow <= s->fast &&
		s->fast < s->fastest))
		return err_set(
		    err, "[speech] wants slowest < slow <= fast < fastest");
	if (!(s->silent_db < s->quiet_db && s->least_voiced < s->voiced))
		return err_set(err, "[speech] wants silent_db < quiet_db and "
				    "least_voiced < voiced");
	if (!(s->least_uneven < s->uneven))
		return err_set(err, "[speech] wants least_uneven < uneven");
	if (!is_whole(p->burn_uid) || !is_whole(p->min_successes) ||
	    !is_whole(p->curve.top) || !is_whole(p->penalty.window))
		return err_set(err, "burn.uid, score.min_successes, curve.top "
				    "and penalty.window are whole numbers");
	if (!is_whole(p->submission.from_block))
		return err_set(err, "submission.from_block is a whole number");
	if (check_engagement(&p->engagement, err) != 0)
		return -1;
	if (p->curve.burn_rate > 0 && p->burn_uid == CURVE_NO_TARGET)
		return err_set(err, "burn.rate wants a burn.uid");
	return 0;
}

int
policy_parse(const char *text, struct policy *policy, struct err *err)
{
	struct reading r = {.policy = policy, .err = err};
	int line;

	memset(policy, 0, sizeof(*policy));
	if (strlen(text) > POLICY_MAX_TEXT)
		return err_set(err, "more than %d bytes", POLICY_MAX_TEXT);
	line = ini_parse_string(text, on_line, &r);
	if (r.failed)
		return -1;
	if (line != 0)
		return err_set(err, "line %d is not \"key = value\"", line);
	if (check_missing(&r) != 0)
		return -1;
	inherit(&r);
	return check_sense(policy, err);
}

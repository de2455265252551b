/*
 * One table of numbers says what a policy has; the two lists and the sections
 * of kinds are read by hand.
 */
#include "scorer/policy.h"

#include <ini.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/config_parse.h"
#include "common/err.h"

#define NUMBER(key, member, min, max)                                          \
	{                                                                      \
		key, offsetof(struct policy, member), min, max                 \
	}

static const struct number {
	const char *key;
	size_t offset;
	double min, max;
} numbers[] = {
    NUMBER("score.speed", shares.speed, 0, 1),
    NUMBER("score.accuracy", shares.accuracy, 0, 1),
    NUMBER("score.stake", shares.stake, 0, 1),
    NUMBER("score.min_successes", shares.min_successes, 1, 1e6),
    NUMBER("stake.cap", stake_cap, 0, 1e12),
    NUMBER("speed.max_ms", max_ms, 1, 7e8),
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
    NUMBER("curve.temperature", curve.temperature, 1e-4, 1e4),
    NUMBER("burn.rate", curve.burn_rate, 0, 1),
    NUMBER("burn.uid", burn_uid, -1, 65535),
};

enum { N_NUMBERS = sizeof(numbers) / sizeof(numbers[0]) };

/* Keys that are no numbers, for the sake of "did you mean". */
static const char *const others[] = {
    "policy.name", "language.by_letter", "kind NAME.max_ms"};

enum { N_OTHERS = sizeof(others) / sizeof(others[0]) };

struct reading {
	struct policy *policy;
	struct err *err;
	bool failed;
	bool seen[N_NUMBERS], seen_name, seen_languages;
};

static const char *
nearest(const char *key)
{
	const char *best = others[0];
	size_t least = SIZE_MAX;

	for (size_t i = 0; i < N_NUMBERS + N_OTHERS; i++) {
		const char *known =
		    i < N_NUMBERS ? numbers[i].key : others[i - N_NUMBERS];
		size_t d = config_distance(key, known);

		if (d < least) {
			least = d;
			best = known;
		}
	}
	return best;
}

static int
read_real(const char *key, const char *text, double min, double max,
    double *out, struct err *err)
{
	char *end;
	double v = strtod(text, &end);

	if (end == text || *end != '\0' || !isfinite(v))
		return err_set(err, "%s: \"%s\" is not a number", key, text);
	if (v < min || v > max)
		return err_set(
		    err, "%s: %g is not between %g and %g", key, v, min, max);
	*out = v;
	return 0;
}

static int
read_name(struct reading *r, const char *text)
{
	if (r->seen_name)
		return err_set(r->err, "policy.name is there twice");
	if (text[0] == '\0' || strlen(text) >= sizeof(r->policy->name))
		return err_set(r->err, "policy.name: 1 to %zu characters",
		    sizeof(r->policy->name) - 1);
	snprintf(r->policy->name, sizeof(r->policy->name), "%s", text);
	r->seen_name = true;
	return 0;
}

static int
read_languages(struct reading *r, const char *text)
{
	struct policy *policy = r->policy;

	if (r->seen_languages)
		return err_set(r->err, "language.by_letter is there twice");
	r->seen_languages = true;
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

static int
read_kind(
    struct reading *r, const char *kind, const char *name, const char *text)
{
	struct policy *policy = r->policy;
	struct policy_kind *k = &policy->kinds[policy->n_kinds];

	if (strcmp(name, "max_ms") != 0)
		return err_set(r->err,
		    "unknown key \"%s\" of kind %s; did you mean max_ms?", name,
		    kind);
	if (policy->n_kinds == POLICY_MAX_KINDS)
		return err_set(r->err, "more than %d kinds", POLICY_MAX_KINDS);
	if (kind[0] == '\0' || strlen(kind) >= sizeof(k->name))
		return err_set(r->err, "\"%s\" is not a kind's name", kind);
	for (size_t i = 0; i < policy->n_kinds; i++) {
		if (strcmp(policy->kinds[i].name, kind) == 0)
			return err_set(r->err, "kind %s is there twice", kind);
	}
	if (read_real(kind, text, 1, 7e8, &k->max_ms, r->err) != 0)
		return -1;
	snprintf(k->name, sizeof(k->name), "%s", kind);
	policy->n_kinds++;
	return 0;
}

static int
read_number(struct reading *r, const char *key, const char *text)
{
	for (size_t i = 0; i < N_NUMBERS; i++) {
		const struct number *n = &numbers[i];
		char *at = (char *)r->policy + n->offset;

		if (strcmp(n->key, key) != 0)
			continue;
		if (r->seen[i])
			return err_set(r->err, "%s is there twice", key);
		r->seen[i] = true;
		return read_real(
		    key, text, n->min, n->max, (double *)(void *)at, r->err);
	}
	return err_set(
	    r->err, "unknown key \"%s\"; did you mean %s?", key, nearest(key));
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
		failed = read_kind(r, section + 5, name, text);
	else if (strcmp(key, "policy.name") == 0)
		failed = read_name(r, text);
	else if (strcmp(key, "language.by_letter") == 0)
		failed = read_languages(r, text);
	else
		failed = read_number(r, key, text);
	r->failed = failed != 0;
	return 1;
}

static int
check_missing(const struct reading *r)
{
	if (!r->seen_name)
		return err_set(r->err, "policy.name is missing");
	if (!r->seen_languages)
		return err_set(r->err, "language.by_letter is missing");
	for (size_t i = 0; i < N_NUMBERS; i++) {
		if (!r->seen[i])
			return err_set(r->err, "%s is missing", numbers[i].key);
	}
	return 0;
}

static bool
is_whole(double v)
{
	return v == (double)(long)v;
}

static int
check_sense(const struct policy *p, struct err *err)
{
	const struct speech_rule *s = &p->speech;

	if (!(p->shares.speed + p->shares.accuracy + p->shares.stake > 0))
		return err_set(err, "the shares under [score] are all 0");
	if (!(s->slowest < s->slow && s->slow <= s->fast &&
		s->fast < s->fastest))
		return err_set(
		    err, "[speech] wants slowest < slow <= fast < fastest");
	if (!(s->silent_db < s->quiet_db && s->least_voiced < s->voiced))
		return err_set(err, "[speech] wants silent_db < quiet_db and "
				    "least_voiced < voiced");
	if (!(s->least_uneven < s->uneven))
		return err_set(err, "[speech] wants least_uneven < uneven");
	if (!is_whole(p->burn_uid) || !is_whole(p->shares.min_successes))
		return err_set(
		    err, "burn.uid and score.min_successes are whole numbers");
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
	line = ini_parse_string(text, on_line, &r);
	if (r.failed)
		return -1;
	if (line != 0)
		return err_set(err, "line %d is not \"key = value\"", line);
	if (check_missing(&r) != 0)
		return -1;
	return check_sense(policy, err);
}

double
policy_max_ms(const struct policy *policy, const char *kind)
{
	for (size_t i = 0; i < policy->n_kinds; i++) {
		if (strcmp(policy->kinds[i].name, kind) == 0)
			return policy->kinds[i].max_ms;
	}
	return policy->max_ms;
}

bool
policy_is_by_letter(const struct policy *policy, const char *language)
{
	for (size_t i = 0; i < policy->n_by_letter; i++) {
		size_t len = strlen(policy->by_letter[i]);

		/* "zh" covers "zh-TW", too. */
		if (strncmp(policy->by_letter[i], language, len) == 0 &&
		    (language[len] == '\0' || language[len] == '-' ||
			language[len] == '_'))
			return true;
	}
	return false;
}

/* Which attempts are done again, and what two results come to. */
#include "validator/audit.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "common/err.h"
#include "common/hex.h"
#include "common/job_seed.h"
#include "scorer/picture.h"
#include "validator/judge.h"
#include "validator/reference.h"

/* -- before --------------------------------------------------------------- */

int
audit_trust(struct audit_rule *rule, const char *hotkeys, struct err *err)
{
	static const char between[] = " ,\t";
	size_t len;

	rule->n_trusted = 0;
	for (const char *p = hotkeys + strspn(hotkeys, between); *p != '\0';
	     p += len, p += strspn(p, between)) {
		len = strcspn(p, between);
		if (rule->n_trusted == AUDIT_MAX_TRUSTED)
			return err_set(err, "more than %d trusted hotkeys",
			    AUDIT_MAX_TRUSTED);
		if (len >= AUDIT_MAX_HOTKEY)
			return err_set(
			    err, "\"%.*s\" is no hotkey", (int)len, p);
		snprintf(rule->trusted[rule->n_trusted++], AUDIT_MAX_HOTKEY,
		    "%.*s", (int)len, p);
	}
	return 0;
}

static bool
is_trusted(const struct audit_rule *rule, const char *hotkey)
{
	for (size_t i = 0; i < rule->n_trusted; i++) {
		if (strcmp(rule->trusted[i], hotkey) == 0)
			return true;
	}
	return false;
}

/* The seed that the miner was sent: its parameters', or by Dippy's protocol
 * what that makes of them. 0, or -1: there is none. */
static int
seed_of(const struct judge_case *c, int64_t *seed)
{
	json_t *params =
	    c->params != NULL ? json_loads(c->params, 0, NULL) : NULL;
	const json_t *said = json_object_get(params, "seed");
	bool is_dippy =
	    c->protocol != NULL && strcmp(c->protocol, "dippy") == 0;
	bool has_own = json_is_integer(said) &&
		       (!is_dippy || json_integer_value(said) >= 0);

	*seed = -1;
	if (!has_own && is_dippy)
		*seed = job_seed_sent(said, c->job_id);
	json_decref(params);
	return has_own || is_dippy ? 0 : -1;
}

bool
audit_plan(const struct judge_case *c, const struct audit_rule *rule,
    struct audit_plan *plan)
{
	uint32_t turn = job_seed(c->id);

	if (rule->n_trusted == 0 || !c->is_deterministic ||
	    strcmp(c->state, "delivered") != 0 ||
	    (c->source != NULL && strcmp(c->source, "audit") == 0) ||
	    is_trusted(rule, c->hotkey) || seed_of(c, &plan->seed) != 0 ||
	    !reference_is_drawn("audit", c->id, rule->rate))
		return false;
	plan->trusted = rule->trusted[turn % rule->n_trusted];
	plan->budget = rule->budget;
	return true;
}

/* -- after ---------------------------------------------------------------- */

static int
read_phash(const char *text, uint64_t *hash)
{
	uint8_t bytes[AUDIT_PHASH_BITS / 8];

	if (text == NULL || hex_decode_exact(text, bytes, sizeof(bytes)) != 0)
		return -1;
	*hash = 0;
	for (size_t i = 0; i < sizeof(bytes); i++)
		*hash = *hash << 8 | bytes[i];
	return 0;
}

static enum audit_verdict
compare_hashes(
    uint64_t own, uint64_t trusted, int distance, char why[AUDIT_MAX_WHY])
{
	int n = picture_distance(own, trusted);

	snprintf(why, AUDIT_MAX_WHY, "the pictures differ by %d bits of %d", n,
	    AUDIT_PHASH_BITS);
	return n <= distance ? AUDIT_PASSED : AUDIT_FAILED;
}

/* Two that are not the same bytes. */
static enum audit_verdict
compare_pictures(
    const struct audit_results *r, int distance, char why[AUDIT_MAX_WHY])
{
	uint64_t own, trusted;
	bool has_own = read_phash(r->own_phash, &own) == 0;
	bool has_trusted = read_phash(r->trusted_phash, &trusted) == 0;

	if (has_own != has_trusted) {
		snprintf(why, AUDIT_MAX_WHY, "only one picture was measured");
		return AUDIT_VOID;
	}
	if (has_own && !r->own_blank && !r->trusted_blank)
		return compare_hashes(own, trusted, distance, why);
	if (has_own && r->own_blank != r->trusted_blank)
		snprintf(why, AUDIT_MAX_WHY, "one picture shows nothing");
	else
		snprintf(why, AUDIT_MAX_WHY, "other bytes than the trusted");
	return AUDIT_FAILED;
}

enum audit_verdict
audit_compare(
    const struct audit_results *r, int distance, char why[AUDIT_MAX_WHY])
{
	if (r->trusted_sha256 == NULL) {
		snprintf(why, AUDIT_MAX_WHY, "the trusted miner has no result");
		return AUDIT_VOID;
	}
	if (r->is_lost) {
		snprintf(
		    why, AUDIT_MAX_WHY, "the attempt is not kept any more");
		return AUDIT_VOID;
	}
	if (r->own_sha256 == NULL) {
		snprintf(why, AUDIT_MAX_WHY, "it delivered and has no result");
		return AUDIT_FAILED;
	}
	if (strcmp(r->own_sha256, r->trusted_sha256) == 0) {
		snprintf(why, AUDIT_MAX_WHY, "the same bytes");
		return AUDIT_PASSED;
	}
	return compare_pictures(r, distance, why);
}

const char *
audit_verdict_name(enum audit_verdict verdict)
{
	switch (verdict) {
	case AUDIT_PASSED:
		return "passed";
	case AUDIT_FAILED:
		return "failed";
	case AUDIT_VOID:
		break;
	}
	return "void";
}

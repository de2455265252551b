/* Which reference an attempt waits for. */
#include "validator/reference.h"

#include <sodium.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "validator/judge.h"
#include "validator/reference_consensus.h"

enum { DRAW_BITS = 53 }; /* what a double holds */

/* BLAKE2b of "purpose id", its first bits as a number below 1. */
static double
lot_of(const char *purpose, const char *job_id)
{
	crypto_generichash_state state;
	uint64_t lot = 0;
	uint8_t hash[16];

	crypto_generichash_init(&state, NULL, 0, sizeof(hash));
	crypto_generichash_update(
	    &state, (const uint8_t *)purpose, strlen(purpose) + 1);
	crypto_generichash_update(
	    &state, (const uint8_t *)job_id, strlen(job_id));
	crypto_generichash_final(&state, hash, sizeof(hash));
	for (int i = 0; i < 8; i++)
		lot = lot << 8 | hash[i];
	return (double)(lot >> (64 - DRAW_BITS)) / (double)(1LL << DRAW_BITS);
}

bool
reference_is_drawn(const char *purpose, const char *job_id, double rate)
{
	return lot_of(purpose, job_id) < rate;
}

enum reference_plan
reference_plan(const struct judge_case *c, const struct policy *policy,
    const struct reference_rule *rule)
{
	bool was_looked_for = c->found_by != NULL;
	bool is_audit = c->source != NULL && strcmp(c->source, "audit") == 0;

	if (was_looked_for || is_audit || !judge_counts(c) ||
	    judge_metric(c, policy) == NULL || judge_is_known(c))
		return REFERENCE_JUDGE;
	if ((rule->has_service || rule->has_trusted) &&
	    reference_is_drawn("reference", c->job_id, rule->rate))
		return rule->has_service ? REFERENCE_ASK : REFERENCE_TRUST;
	return c->miners >= REFERENCE_LEAST_MINERS ? REFERENCE_MEET
						   : REFERENCE_JUDGE;
}

const char *
reference_plan_source(enum reference_plan plan)
{
	switch (plan) {
	case REFERENCE_JUDGE:
		break;
	case REFERENCE_ASK:
		return "service";
	case REFERENCE_TRUST:
		return "audit";
	case REFERENCE_MEET:
		return "consensus";
	}
	return NULL;
}

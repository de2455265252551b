/*
 * Why a node, or the chain, refused a transaction, by name; and whether to
 * try the same vector again.
 *
 * Pure. Names of the pool's refusals are those of the runtime's enum ("Stale",
 * "BadProof") and of subtensor's custom errors ("RateLimitExceeded"); of
 * dispatch errors the pallet's ("SubtensorModule.SettingWeightsTooFast").
 */
#ifndef WEIGHTSETTER_REFUSAL_H
#define WEIGHTSETTER_REFUSAL_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

enum { REFUSAL_MAX = 96 }; /* a name, with the NUL */

/* Of an error of author_submit*: its code, message and data. */
void refusal_of_submission(
    int64_t code, const char *message, const char *data, char out[REFUSAL_MAX]);

/* Of TaggedTransactionQueue_validate_transaction's decoded Err. */
void refusal_of_validity(const json_t *err, char out[REFUSAL_MAX]);

enum refusal_kind {
	REFUSAL_PASSING, /* another try, later, may well do it */
	REFUSAL_LASTING, /* the same vector would be refused again */
	REFUSAL_UNCLEAR, /* it may be in the pool or in a block: ask */
};

enum refusal_kind refusal_judge(const char *name);

#endif

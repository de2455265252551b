/*
 * Why a node, or the chain, refused a transaction, or we could not send it, by
 * name; and what is to be done then.
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
	/* The vector itself: it would be refused again. */
	REFUSAL_LASTING,
	/* Another try, later, may do it; their number is limited. */
	REFUSAL_PASSING,
	/* What we went by has changed (nonce, runtime, the commit-reveal flag,
	 * the subnet's size): read it again and try at once, one time. */
	REFUSAL_CHANGED,
	/* It was not asked, or nobody minds: patience grows, without end. */
	REFUSAL_HINDERED,
	/* The chain's time must come: rate limit, stake, permit, epoch. */
	REFUSAL_WAIT,
	/* Not before the next epoch. */
	REFUSAL_EPOCH,
	/* A person must act first. */
	REFUSAL_ALARM,
	/* It may be in the pool or in a block: ask. */
	REFUSAL_UNCLEAR,
};

/* A name not listed anywhere is PASSING. */
enum refusal_kind refusal_judge(const char *name);

/* For REFUSAL_CHANGED: what has, as a number from 0 to 31. */
int refusal_fault(const char *name);

#endif

/*
 * Whether an extrinsic may go into a block: signature, nonce, era, versions,
 * genesis, payment, and the pool checks of its call. Asked by the pool, by
 * validate_transaction, and again when a block is made.
 */
#ifndef DEVCHAIN_VALIDITY_H
#define DEVCHAIN_VALIDITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct extrinsic;
struct runtime;
struct view;

/* The metadata's order, so that a verdict is its own SCALE. */
enum invalid {
	INVALID_CALL,
	INVALID_PAYMENT,
	INVALID_FUTURE,
	INVALID_STALE,
	INVALID_BAD_PROOF,
	INVALID_ANCIENT_BIRTH,
	INVALID_EXHAUSTS,
	INVALID_CUSTOM,
	INVALID_BAD_MANDATORY,
	INVALID_MANDATORY,
	INVALID_BAD_SIGNER,
	INVALID_INDETERMINATE,
	INVALID_UNKNOWN_ORIGIN,
};

enum verdict { VERDICT_VALID, VERDICT_INVALID, VERDICT_UNKNOWN };

struct validity {
	enum verdict verdict;
	enum invalid invalid;	/* if VERDICT_INVALID */
	uint8_t custom;		/* if INVALID_CUSTOM */
	uint32_t account_nonce; /* what the state expects next */
	uint64_t longevity;	/* blocks it stays valid */
};

/* The extrinsic as parsed by this runtime, to be put into block `number` on
 * top of the view. A nonce ahead of the account's is valid here. */
struct validity validity_of(const struct view *, const struct runtime *,
    const uint8_t genesis[32], uint32_t number, const uint8_t *data, size_t len,
    const struct extrinsic *);

/* "Transaction is outdated", "Custom error: 6", ...; at most 96 bytes. */
void validity_text(const struct validity *, char out[96]);

/* Result<ValidTransaction, TransactionValidityError>. */
void validity_encode(
    const struct validity *, const struct extrinsic *, struct buf *);

#endif

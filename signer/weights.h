/*
 * The payload of a weight extrinsic, taken apart before it is signed: call,
 * era, nonce, tip, metadata mode, and the 73 bytes only the signature covers.
 *
 * Pure. signerd has no metadata, so the arguments of the calls it knows are a
 * table here; a call that is not in it is not signed.
 */
#ifndef SIGNER_WEIGHTS_H
#define SIGNER_WEIGHTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { WEIGHTS_MAX_CALLS = 16, WEIGHTS_MAX_NETUIDS = 64 };

/* What may be signed. */
struct weights_rules {
	uint8_t pallet;
	uint8_t calls[WEIGHTS_MAX_CALLS];
	size_t n_calls;
	uint16_t netuids[WEIGHTS_MAX_NETUIDS];
	size_t n_netuids;
	bool has_genesis; /* false: any chain */
	uint8_t genesis[32];
};

enum weights_verdict {
	WEIGHTS_GOOD,
	WEIGHTS_MALFORMED,
	WEIGHTS_CALL_NOT_ALLOWED,
	WEIGHTS_NETUID_NOT_ALLOWED,
	WEIGHTS_HAS_TIP,
	WEIGHTS_WRONG_GENESIS,
};

/* Do we know the arguments of the call? */
bool weights_knows_call(uint8_t call);

enum weights_verdict weights_check(
    const struct weights_rules *, const uint8_t *payload, size_t len);

#endif

/*
 * The payload of a weight extrinsic, taken apart before it is signed: call,
 * era, nonce, tip, metadata mode, and the 73 bytes only the signature covers.
 *
 * Pure. signerd has no metadata, so the calls it knows are a table here, each
 * by its name with its arguments; a call that is not in it is not signed. A
 * runtime upgrade may move a call to another index, and its arguments are then
 * still checked by its name.
 */
#ifndef SIGNER_WEIGHTS_H
#define SIGNER_WEIGHTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { WEIGHTS_MAX_NETUIDS = 64 };

/* What the chain takes at most: a subnet's uids, a ciphertext's bytes. */
enum { WEIGHTS_MAX_LIST = 4096, WEIGHTS_MAX_COMMIT = 5000 };

enum weights_call {
	WEIGHTS_SET,
	WEIGHTS_COMMIT,
	WEIGHTS_REVEAL,
	WEIGHTS_COMMIT_CRV3,
	WEIGHTS_COMMIT_TIMELOCKED,
	WEIGHTS_COMMIT_MECHANISM,
	WEIGHTS_REVEAL_MECHANISM,
	WEIGHTS_COMMIT_CRV3_MECHANISM,
	WEIGHTS_COMMIT_TIMELOCKED_MECHANISM,
	WEIGHTS_SET_MECHANISM,
	N_WEIGHTS_CALLS,
};

/* What may be signed. */
struct weights_rules {
	uint8_t pallet;
	bool calls[N_WEIGHTS_CALLS];
	uint16_t netuids[WEIGHTS_MAX_NETUIDS];
	size_t n_netuids;
	bool has_genesis; /* false: any chain */
	uint8_t genesis[32];
};

enum weights_verdict {
	WEIGHTS_GOOD,
	WEIGHTS_MALFORMED,
	WEIGHTS_TOO_LONG,
	WEIGHTS_CALL_NOT_ALLOWED,
	WEIGHTS_INDEX_NOT_ALLOWED,
	WEIGHTS_NETUID_NOT_ALLOWED,
	WEIGHTS_HAS_TIP,
	WEIGHTS_WRONG_GENESIS,
};

/* By name ("set_weights") or by the index we know; N_WEIGHTS_CALLS if none. */
enum weights_call weights_find(const char *name);
enum weights_call weights_at(long index);

/* Is that not the index we know the call by? */
bool weights_has_moved(enum weights_call, uint8_t index);

/* name is what the client says the call is; NULL: what we know its index
 * as. */
enum weights_verdict weights_check(const struct weights_rules *,
    const char *name, const uint8_t *payload, size_t len);

#endif

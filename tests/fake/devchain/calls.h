/*
 * The calls a client may send: which there are, who pays, what the pool and
 * what the runtime check, and what they do.
 */
#ifndef DEVCHAIN_CALLS_H
#define DEVCHAIN_CALLS_H

#include <stdbool.h>
#include <stdint.h>

#include "subtensor/scale.h"

struct extrinsic;
struct metadata;
struct view;
struct work;

/* What the functions below answer if nothing is wrong; else an error's index
 * in the call's pallet, or a pool error's number (0..255). */
enum { CALL_OK = -1 };

/* InvalidTransaction::Custom of SubtensorModule. */
enum custom_error {
	CUSTOM_STAKE_TOO_LOW = 1,
	CUSTOM_RATE_LIMIT = 6,
	CUSTOM_NOT_IN_NETWORK = 10,
	CUSTOM_BAD_IP = 11,
	CUSTOM_SERVING_RATE = 12,
	CUSTOM_BAD_PORT = 13,
	CUSTOM_BAD_ROUND = 15,
	CUSTOM_NO_COMMIT = 16,
	CUSTOM_BAD_REVEAL_TIME = 17,
	CUSTOM_NO_UID = 19,
};

/* SubtensorModule's errors, by their metadata indices. */
enum subtensor_error {
	ERROR_INVALID_IP_TYPE = 1,
	ERROR_INVALID_IP_ADDRESS = 2,
	ERROR_INVALID_PORT = 3,
	ERROR_NOT_IN_SUBNET = 4,
	ERROR_NOT_IN_NETWORK = 6,
	ERROR_STAKE_TOO_LOW = 10,
	ERROR_NO_PERMIT = 15,
	ERROR_NOT_EQUAL_SIZE = 16,
	ERROR_DUPLICATE_UIDS = 17,
	ERROR_INVALID_UID = 18,
	ERROR_TOO_FEW = 19,
	ERROR_SETTING_TOO_FAST = 29,
	ERROR_VERSION_KEY = 30,
	ERROR_SERVING_TOO_FAST = 31,
	ERROR_TOO_MANY_UIDS = 32,
	ERROR_ROOT_WEIGHTS = 47,
	ERROR_NO_COMMIT = 51,
	ERROR_REVEAL_MISMATCH = 52,
	ERROR_COMMIT_REVEAL_ENABLED = 53,
	ERROR_COMMIT_REVEAL_DISABLED = 54,
	ERROR_NO_MECHANISM = 74,
	ERROR_TOO_MANY_COMMITS = 77,
	ERROR_EXPIRED_COMMIT = 78,
	ERROR_REVEAL_TOO_EARLY = 79,
	ERROR_COMMITTING_TOO_FAST = 81,
	ERROR_COMMIT_VERSION = 110,
	ERROR_REVEAL_ROUND = 111,
};

/* A call's bytes, read as far as all calls of a pallet agree. */
struct call_args {
	const uint8_t *signer;
	uint32_t block; /* the one it is to be in */
	uint16_t netuid;
	uint8_t mecid;
	uint16_t index;	       /* mecid * 4096 + netuid */
	struct scale_reader r; /* at the first argument of its own */
};

struct call_kind {
	const char *pallet, *name;
	bool pays; /* Pays::Yes: the account must exist */
	bool has_netuid, has_mecid;
	/* The pool's check: CALL_OK or a custom_error. NULL: none. */
	int (*validate)(const struct view *, struct call_args *);
	/* CALL_OK or the error's index in its pallet; nothing is written
	 * unless it is CALL_OK. */
	int (*run)(struct work *, struct call_args *);
};

/* The kind of a parsed extrinsic's call; NULL for one nobody may send. */
const struct call_kind *call_kind_of(
    const struct metadata *, const struct extrinsic *);

struct call_args call_args_of(
    const struct call_kind *, const struct extrinsic *, uint32_t block);

#endif

/*
 * Signed extrinsics, version 4: the payload that is signed, the bytes that
 * are sent, their hash, and taking one apart again, be it signed or bare.
 *
 * The signed extensions are walked in metadata's order; one we do not know
 * must be empty in both slots, or we refuse to sign and say which. The tip is
 * always 0 and the metadata hash always disabled.
 */
#ifndef SUBTENSOR_EXTRINSIC_H
#define SUBTENSOR_EXTRINSIC_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "subtensor/era.h"

struct buf;
struct err;
struct metadata;

struct extrinsic_env {
	uint32_t spec_version;
	uint32_t transaction_version;
	uint8_t genesis[32];
	struct era era;
	uint8_t birth_hash[32]; /* of block era_birth(); genesis if immortal */
	uint32_t nonce;
};

/* call || extra || implicit, unhashed; what signerd is shown. */
int extrinsic_payload(const struct metadata *, const struct extrinsic_env *,
    const void *call, size_t call_len, struct buf *, struct err *);

/* What is really signed: the payload, or its blake2b-256 over 256 bytes. */
void extrinsic_signing_bytes(const struct buf *payload, struct buf *out);

/* The extrinsic with its length prefix, and its hash. */
int extrinsic_build(const struct metadata *, const struct extrinsic_env *,
    const void *call, size_t call_len, const uint8_t public[32],
    const uint8_t sig[64], struct buf *, uint8_t hash[32], struct err *);

struct extrinsic {
	bool is_signed;
	uint8_t signer[32];
	uint8_t sig[64];
	struct era era;
	uint32_t nonce;
	uint64_t tip;
	uint8_t mode;	     /* CheckMetadataHash */
	const uint8_t *call; /* borrowed from the bytes given */
	size_t call_len;
	uint8_t pallet, variant;
	json_t *args; /* object; the caller's to json_decref */
	uint8_t hash[32];
};

/* Signed of version 4 or bare of 4 or 5; the length prefix and the call must
 * use up the bytes. Nothing is verified. 0, or -1 with nothing to clear. */
int extrinsic_parse(const struct metadata *, const void *, size_t len,
    struct extrinsic *, struct err *);
void extrinsic_clear(struct extrinsic *);

/* One decoded dispatch error as a name:
 * "SubtensorModule.SettingWeightsTooFast", "BadOrigin", ...; err_json is
 * decode_value's form. The caller frees. */
char *dispatch_error_name(const struct metadata *, const json_t *err_json);

#endif

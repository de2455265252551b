/*
 * A runtime's metadata, versions 14, 15 and 16: what types there are, and
 * what each call, storage entry, event, error, constant and runtime API is
 * made of.
 *
 * Parsed once per spec version, then read only. Docs are skipped. Every
 * length is checked against the bytes left before anything is allocated.
 */
#ifndef SUBTENSOR_METADATA_H
#define SUBTENSOR_METADATA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;

enum { METADATA_MAX_BYTES = 8 * 1024 * 1024, METADATA_MAX_DEPTH = 64 };

enum type_kind {
	TYPE_COMPOSITE,
	TYPE_VARIANT,
	TYPE_SEQUENCE,
	TYPE_ARRAY,
	TYPE_TUPLE,
	TYPE_PRIMITIVE,
	TYPE_COMPACT,
	TYPE_BITS,
};

enum primitive {
	PRIM_BOOL,
	PRIM_CHAR,
	PRIM_STR,
	PRIM_U8,
	PRIM_U16,
	PRIM_U32,
	PRIM_U64,
	PRIM_U128,
	PRIM_U256,
	PRIM_I8,
	PRIM_I16,
	PRIM_I32,
	PRIM_I64,
	PRIM_I128,
	PRIM_I256,
};

struct field {
	const char *name; /* NULL if it has none */
	uint32_t type;
	const char *type_name; /* as the runtime's source wrote it, or NULL */
};

struct variant {
	const char *name;
	uint8_t index;
	const struct field *fields;
	size_t n_fields;
};

struct type {
	const char *path; /* "sp_core::crypto::AccountId32"; "" if none */
	enum type_kind kind;
	enum primitive primitive;
	uint32_t inner; /* sequence, array, compact: the item; bits: store */
	uint32_t array_len;
	const struct field *fields; /* composite, tuple (names NULL) */
	size_t n_fields;
	const struct variant *variants;
	size_t n_variants;
	uint32_t min_bytes; /* no value is shorter; 0: none has a byte */
};

enum hasher {
	HASH_BLAKE2_128,
	HASH_BLAKE2_256,
	HASH_BLAKE2_128_CONCAT,
	HASH_TWOX_128,
	HASH_TWOX_256,
	HASH_TWOX_64_CONCAT,
	HASH_IDENTITY,
};

struct storage_entry {
	const char *name;
	bool has_default; /* modifier Default: a missing value is the default */
	const enum hasher *hashers; /* none for a plain value */
	const uint32_t *keys;	    /* one key type per hasher */
	size_t n_hashers;
	uint32_t value;
	const uint8_t *fallback; /* the default's bytes */
	size_t fallback_len;
};

struct constant {
	const char *name;
	uint32_t type;
	const uint8_t *value;
	size_t value_len;
};

struct pallet {
	const char *name;
	uint8_t index;
	const char *prefix; /* of storage; NULL if there is none */
	const struct storage_entry *storage;
	size_t n_storage;
	int64_t calls, events, errors; /* variant type ids, -1 if none */
	const struct constant *constants;
	size_t n_constants;
};

struct extension {
	const char *identifier;
	uint32_t type;	   /* in the extrinsic */
	uint32_t implicit; /* in the signed payload only */
};

struct runtime_method {
	const char *api, *name;
	const struct field *inputs;
	size_t n_inputs;
	uint32_t output;
};

struct metadata {
	uint8_t version;
	const struct type *types;
	size_t n_types;
	const struct pallet *pallets;
	size_t n_pallets;
	const struct extension *extensions;
	size_t n_extensions;
	bool has_v4; /* extrinsic version 4 may be sent */
	const struct runtime_method *methods; /* none in V14 */
	size_t n_methods;
	uint32_t spec_version; /* of System.Version inside the blob */
	uint32_t transaction_version;
	char *spec_name;
	void *arena; /* owns everything above */
};

struct metadata *metadata_parse(const void *, size_t len, struct err *);
void metadata_free(struct metadata *); /* NULL is fine */

const struct pallet *metadata_pallet(const struct metadata *, const char *);
const struct pallet *metadata_pallet_at(const struct metadata *, uint8_t index);
const struct storage_entry *metadata_storage(const struct metadata *,
    const char *pallet, const char *entry, const struct pallet **);
const struct variant *metadata_call(const struct metadata *, const char *pallet,
    const char *call, const struct pallet **);
const struct variant *metadata_error(
    const struct metadata *, uint8_t pallet, uint8_t error);
const struct runtime_method *metadata_method(const struct metadata *,
    const char *api_method); /* "NeuronInfoRuntimeApi_get_neurons_lite" */
const struct constant *metadata_constant(
    const struct metadata *, const char *pallet, const char *name);
const struct variant *type_variant_at(const struct type *, uint8_t index);
/* The type of System.Events' value: Vec<EventRecord>. -1 if there is none. */
int64_t metadata_events_type(const struct metadata *);

#endif

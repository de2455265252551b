/*
 * What the development chain's runtime is made of, as constant tables: types,
 * pallets, extensions and runtime APIs, under finney's names and indices.
 *
 * Types are written as Rust writes them: "u16", "Vec<(u16, u64)>",
 * "[u8; 32]", "Option<T>", "Result<T, E>", "BoundedVec<T>", "Compact<T>", or a
 * name of meta_types. The body of a named type tells its kind by its first
 * character: "{a: T, b: T}" a struct, "(T, T)" a tuple struct, "|A|B(T)|7 C{a:
 * T}" an enum whose indices count up from the last one written, "=T" an alias,
 * "@x" one that meta_generated.c spells out.
 * Type parameters come before the body: "<A: u8>(u8)". "Extra" is the tuple of
 * the extensions' types.
 */
#ifndef DEVCHAIN_META_TABLE_H
#define DEVCHAIN_META_TABLE_H

#include <stddef.h>
#include <stdint.h>

struct meta_type {
	const char *name;
	const char *path; /* "sp_core::crypto::AccountId32"; NULL: none */
	const char *body;
};

struct meta_storage {
	const char *name;
	const char *hashers; /* a letter each: i, b (concat), t (concat) */
	const char *keys;    /* a tuple if there are several hashers */
	const char *value;
	const char *fallback; /* hex; NULL: the entry is Optional */
};

struct meta_constant {
	const char *name, *type;
	const char *value; /* hex; NULL: of meta_write.c's making */
};

struct meta_pallet {
	const char *name;
	uint8_t index;
	const char *crate; /* where its enums live: "pallet_subtensor" */
	const char *calls, *events, *errors;   /* enum bodies; NULL: none */
	const struct meta_storage *storage;    /* ends with a NULL name */
	const struct meta_constant *constants; /* so does this; or NULL */
};

struct meta_extension {
	const char *identifier, *type, *implicit;
};

struct meta_method {
	const char *name, *inputs, *output;
};

struct meta_api {
	const char *name;
	uint32_t version;
	const struct meta_method *methods; /* ends with a NULL name */
};

extern const struct meta_type meta_types[];
extern const size_t meta_n_types;
extern const struct meta_pallet meta_pallets[];
extern const size_t meta_n_pallets;
extern const struct meta_extension meta_extensions[];
extern const size_t meta_n_extensions;
extern const struct meta_api meta_apis[];
extern const size_t meta_n_apis;

/* The pieces meta_pallets is put together from. */
extern const char meta_subtensor_calls[];
extern const char meta_subtensor_events[];
extern const char meta_subtensor_errors[];
extern const struct meta_storage meta_subtensor_storage[];

/* The body of a type written "@name"; the caller frees. */
char *meta_generated_body(const char *name);

#endif

/*
 * What the two halves of writing a blob share. Private to blob*.c.
 */
#ifndef FUZZ_BLOB_PARTS_H
#define FUZZ_BLOB_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/fuzz/blob.h"

struct pallet;
struct storage_entry;

struct blob {
	const struct metadata *md;
	struct buf *out;
	struct blob_form form;
	uint32_t *number; /* a type's, in the blob */
	uint32_t *order;  /* the types in the blob, by number */
	size_t n;
};

void blob_put_nothing(struct blob *); /* of a vector, a text; type 0 */
void blob_put_docs(struct blob *);
void blob_put_type(struct blob *, uint32_t id);

/* V16's note on an item: none, or why and since when. */
void blob_put_deprecation(struct blob *);

/* Vec<PortableType>. */
void blob_put_registry(struct blob *);

/* Number the types that are written. */
void blob_number_all(struct blob *);

/* The tuple of several keys, which was read apart. */
uint32_t blob_key_type(const struct blob *, const struct storage_entry *);

bool blob_keeps(const struct blob *, const struct pallet *);

#endif

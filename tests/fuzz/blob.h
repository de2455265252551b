/*
 * Metadata written: the bytes of a blob, in any of the versions, from what
 * the reader made of one.
 */
#ifndef FUZZ_BLOB_H
#define FUZZ_BLOB_H

#include <stdbool.h>

struct buf;
struct metadata;

struct blob_form {
	int version;
	/* Empty where the reader skips something, or with something there. */
	bool is_dressed;
	/*
	 * Only those pallets, without calls and events, and the types they
	 * need, renumbered: small enough to be mutated. Ends with NULL; if it
	 * is NULL, all.
	 */
	const char *const *keep;
};

void blob_encode(
    const struct metadata *, const struct blob_form *, struct buf *);

#endif

/*
 * One version of the runtime: its metadata, as bytes for clients and parsed
 * for ourselves. Blocks point to the runtime that is in force after them.
 */
#ifndef DEVCHAIN_RUNTIME_H
#define DEVCHAIN_RUNTIME_H

#include "common/buf.h"
#include "tests/fake/devchain/meta_registry.h"
#include "tests/fake/devchain/storage.h"

struct runtime {
	struct runtime_spec spec;
	struct buf v14, v15;
	struct metadata *md;  /* of v15 */
	struct metadata *all; /* what is hidden from clients as well */
};

struct runtime *runtime_new(const struct runtime_spec *);
void runtime_free(struct runtime *); /* NULL is fine */

/* Storage as that runtime's block, at that place, sees it. */
struct view runtime_view(
    const struct runtime *, struct state *, const struct place *);

#endif

/*
 * What an older runtime has not: calls, storage entries and runtime API
 * methods that are hidden from clients, so that they meet a chain from before
 * these came.
 *
 * Pure. The chain itself goes on using what it hides, but for the entries that
 * count epochs: without SubnetEpochIndex epochs follow the older rule.
 */
#ifndef DEVCHAIN_OLDER_H
#define DEVCHAIN_OLDER_H

#include <stdbool.h>
#include <stddef.h>

struct err;
struct runtime_spec;

/* Hide "SubtensorModule.LastEpochBlock" or "SubnetInfoRuntimeApi.get_metagraph"
 * as well. -1 and why: there is no such thing, or no room. */
int older_hide(struct runtime_spec *, const char *name, struct err *);

/* A call or entry of a pallet, or a method of a runtime API. */
bool older_hides(const struct runtime_spec *, const char *of, const char *name);
/* A runtime API's method as state_call names it, "Api_method". */
bool older_hides_method(const struct runtime_spec *, const char *method);
/* A key of storage. */
bool older_hides_key(const struct runtime_spec *, const void *key, size_t len);

/* Whether epochs follow from the block's number and the tempo alone. */
bool older_epochs(const struct runtime_spec *);

#endif

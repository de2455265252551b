/*
 * What first draws were expected to come to, and came to, since it was last
 * written down: by capacity key and hotkey. Pure.
 *
 * A router counts them while it is in use; here those of all routers of a
 * while are added up, until they are one statement's rows.
 */
#ifndef ORCHESTRATOR_FIRSTS_H
#define ORCHESTRATOR_FIRSTS_H

#include <stddef.h>
#include <stdint.h>

struct firsts;
struct router;

struct firsts_row {
	char *capacity_key, *hotkey;
	int uid;
	int64_t draws; /* that it was among */
	int64_t drawn; /* that fell on it */
	double expected, variance;
};

struct firsts *firsts_new(void);
void firsts_free(struct firsts *); /* NULL is fine */

/* What it has counted is ours, and it begins anew. */
void firsts_take(struct firsts *, struct router *);

size_t firsts_count(const struct firsts *);
/* In the order of their keys. */
const struct firsts_row *firsts_at(const struct firsts *, size_t i);
void firsts_clear(struct firsts *);

#endif

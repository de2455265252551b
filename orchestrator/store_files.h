/*
 * The table file. tenant NULL: anybody's.
 */
#ifndef ORCHESTRATOR_STORE_FILES_H
#define ORCHESTRATOR_STORE_FILES_H

#include <jansson.h>
#include <stdint.h>

#include "common/pg.h"

struct orchestrator;

struct store_file {
	const char *id, *tenant, *sha256, *type;
	int64_t bytes, created_us, expires_us;
	const json_t *measured;
};

void store_file_insert(struct orchestrator *, const struct store_file *,
    pg_on_answer *, void *arg);
void store_file_get(struct orchestrator *, const char *id, const char *tenant,
    int64_t now_us, pg_on_answer *, void *arg);
/* behind: an id, or NULL. */
void store_file_list(struct orchestrator *, const char *tenant, int64_t now_us,
    const char *behind, int most, pg_on_answer *, void *arg);
void store_file_use(struct orchestrator *, const char *id, const char *tenant,
    int64_t now_us, pg_on_answer *, void *arg);
void store_file_delete(struct orchestrator *, const char *id,
    const char *tenant, pg_on_answer *, void *arg);
void store_file_expire(
    struct orchestrator *, int64_t now_us, int most, pg_on_answer *, void *arg);

#endif

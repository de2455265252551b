/*
 * Roll-ups for dashboards, and their sessions: on whatever connection is
 * given, as it may take a while.
 */
#ifndef ORCHESTRATOR_STORE_ROLLUPS_H
#define ORCHESTRATOR_STORE_ROLLUPS_H

#include <stdint.h>

#include "common/pg.h"

struct firsts;

/* Column minutes: how many were written down; null: somebody else is at it. */
void store_rollup_keep(struct pg *, int netuid, int64_t now_us, int64_t keep_ms,
    pg_on_answer *, void *arg);

/* Add them to the hour of that time. */
void store_route_share_add(struct pg *, int netuid, int64_t now_us,
    const struct firsts *, pg_on_answer *, void *arg);
void store_route_share_trim(
    struct pg *, int netuid, int64_t before_us, pg_on_answer *, void *arg);

/* End dashboards' sessions whose transaction began before; column n. */
void store_dash_cut(struct pg *, int64_t before_us, pg_on_answer *, void *arg);

#endif

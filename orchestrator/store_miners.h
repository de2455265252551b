/*
 * Rows of miners, lanes, kinds and instances: the part of the store that is
 * not about jobs.
 */
#ifndef ORCHESTRATOR_STORE_MINERS_H
#define ORCHESTRATOR_STORE_MINERS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/breaker.h"
#include "common/pg.h"

struct orchestrator;
struct peer;
struct table;

void store_miner_table(struct orchestrator *, pg_on_answer *, void *arg);
void store_miner_probe(
    struct orchestrator *, int64_t before_us, pg_on_answer *, void *arg);
void store_miner_seen(struct orchestrator *, const char *hotkey, bool is_up,
    const json_t *capacity);
/* So many of its judgements, behind that attempt unless it is NULL. */
void store_score_show(struct orchestrator *, const char *hotkey, int64_t limit,
    const char *before, pg_on_answer *, void *arg);

/* A failure of the miner's; with the ejection that it led to, or none. The
 * answer has the row's breaker. */
void store_miner_failed(struct orchestrator *, const char *hotkey,
    const struct breaker *ejected, pg_on_answer *, void *arg);
void store_miner_ejected(
    struct orchestrator *, const char *hotkey, const struct breaker *);
void store_miner_well(struct orchestrator *, const char *hotkey);
struct breaker store_breaker_from_row(const PGresult *, int row);

/* What lanes have earned since the last time, all in one statement; nothing if
 * there is no news. The table takes it as written down. */
void store_miner_learnt(struct orchestrator *, struct table *);

/* The roster, and what is in flight: two results, of one moment; behind all
 * that was written before. from_us: open_from.h. */
void store_miner_open(struct orchestrator *, int64_t seen_us, int64_t from_us,
    pg_on_answer *, void *arg);
/* Rows of a roster as peers: their number, at most max. */
size_t store_peers_from_rows(const PGresult *, struct peer *, size_t max);

void store_kind_seed(
    struct orchestrator *, const char *rows, pg_on_answer *, void *arg);
void store_kind_list(struct orchestrator *, pg_on_answer *, void *arg);

/* We are there, as new and with the roster that our row shall have; and we
 * take part no more. Behind all that was written before. */
void store_instance_seen(struct orchestrator *, const struct peer *me,
    int64_t now_us, pg_on_answer *, void *arg);
/* Rows for store_peers_from_rows. */
void store_instance_roster(
    struct orchestrator *, int64_t seen_us, pg_on_answer *, void *arg);
void store_instance_lock(struct orchestrator *);
void store_instance_left(struct orchestrator *);

#endif

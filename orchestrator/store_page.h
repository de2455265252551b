/*
 * What the page shows, as the database makes it: one row with a JSON text. And
 * jobs that came to nothing, begun once more.
 *
 * The page's questions have a connection of their own, one behind the other:
 * however many people look, nothing that a job waits for stands behind them.
 */
#ifndef ORCHESTRATOR_STORE_PAGE_H
#define ORCHESTRATOR_STORE_PAGE_H

#include "common/pg.h"

struct orchestrator;
struct page_ask;

void store_page(
    struct orchestrator *, const struct page_ask *, pg_on_answer *, void *arg);

/* So many receipts, of attempts older than that one; NULL: the newest. */
void store_page_receipts(struct orchestrator *, const char *before, int limit,
    pg_on_answer *, void *arg);

/* what: a job's id, or a group of failures; ids, "{id,id}", for the new ones,
 * as many as there may be; since_us: those that ended after it, 0: all. A row
 * (id, redrive_of, kind) for each. */
void store_redrive(struct orchestrator *, const char *what, const char *ids,
    int64_t since_us, pg_on_answer *, void *arg);

#endif

/*
 * Questions to PostgreSQL. What an answer is for waits in a struct question,
 * in the store's list until the answer is here.
 */
#include "weightsetter/store.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/log.h"
#include "common/pg.h"
#include "common/xalloc.h"
#include "sql.h"
#include "weightsetter/store_impl.h"

struct store *
store_new(struct pg *pg)
{
	struct store *s = xcalloc(1, sizeof(*s));

	s->pg = pg;
	LIST_INIT(&s->open);
	return s;
}

struct question *
store_ask(struct store *store, const char *what, void *arg)
{
	struct question *q = xcalloc(1, sizeof(*q));

	q->store = store;
	q->what = what;
	q->arg = arg;
	LIST_INSERT_HEAD(&store->open, q, link);
	return q;
}

void
store_answered(struct question *q)
{
	LIST_REMOVE(q, link);
	free(q);
}

void
store_free(struct store *store)
{
	if (store == NULL)
		return;
	while (!LIST_EMPTY(&store->open))
		store_answered(LIST_FIRST(&store->open));
	free(store);
}

enum store_outcome
store_outcome_of(const struct question *q, const struct pg_answer *a)
{
	if (a->outcome != PG_DONE) {
		log_warn("store.failed", "what=%s why=\"%s\"", q->what, a->why);
		return STORE_FAILED;
	}
	return PQntuples(a->results[0]) > 0 ? STORE_DONE : STORE_NOTHING;
}

void
store_on_done(const struct pg_answer *a, void *arg)
{
	struct question *q = arg;
	enum store_outcome outcome = store_outcome_of(q, a);

	if (q->on_done != NULL)
		q->on_done(outcome, q->arg);
	store_answered(q);
}

void
store_on_write(const struct pg_answer *a, void *arg)
{
	struct question *q = arg;
	enum store_outcome outcome = store_outcome_of(q, a);

	if (q->on_done != NULL)
		q->on_done(outcome == STORE_FAILED ? STORE_FAILED : STORE_DONE,
		    q->arg);
	store_answered(q);
}

void
store_copy_cell(
    const PGresult *res, int row, const char *column, char *out, size_t size)
{
	snprintf(out, size, "%s",
	    pg_is_null(res, row, column) ? "" : pg_text(res, row, column));
}

/* -- being there --------------------------------------------------------- */

void
store_seen(struct store *store, const char *instance, uint16_t netuid,
    int64_t started_us, int64_t now_us)
{
	struct pg_params p = {0};

	pg_add_text(&p, instance);
	pg_add_text(&p, "weightsetterd");
	pg_add_int(&p, netuid);
	pg_add_us(&p, started_us);
	pg_add_us(&p, now_us);
	pg_query(store->pg, sql_instance_alive, p.n, p.values, store_on_done,
	    store_ask(store, "seen", NULL));
}

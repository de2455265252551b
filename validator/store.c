/* Questions asked, and being there. */
#include "validator/store.h"

#include <stdlib.h>

#include "common/pg.h"
#include "common/xalloc.h"
#include "sql.h"
#include "validator/store_impl.h"

struct question *
store_ask(struct store *store, void *arg)
{
	struct question *q = xcalloc(1, sizeof(*q));

	q->store = store;
	q->arg = arg;
	q->next = store->open;
	q->link = &store->open;
	if (q->next != NULL)
		q->next->link = &q->next;
	store->open = q;
	return q;
}

void
store_answered(struct question *q)
{
	*q->link = q->next;
	if (q->next != NULL)
		q->next->link = q->link;
	free(q);
}

void
store_on_changed(const struct pg_answer *answer, void *question)
{
	struct question *q = question;

	if (answer->outcome != PG_DONE)
		q->on_written(STORE_FAILED, answer->why, q->arg);
	else if (PQntuples(answer->results[0]) == 0)
		q->on_written(STORE_TAKEN, NULL, q->arg);
	else
		q->on_written(STORE_DONE, NULL, q->arg);
	store_answered(q);
}

void
store_clear(struct store *store)
{
	while (store->open != NULL)
		store_answered(store->open);
}

const char *
store_cell(const PGresult *res, int row, const char *column)
{
	return pg_is_null(res, row, column) ? NULL : pg_text(res, row, column);
}

void
store_seen(
    struct store *store, const char *id, int64_t started_us, int64_t now_us)
{
	struct pg_params p = {0};

	pg_add_text(&p, id);
	pg_add_text(&p, "validatord");
	pg_add_int(&p, store->netuid);
	pg_add_us(&p, started_us);
	pg_add_us(&p, now_us);
	pg_query(store->pg, sql_instance_alive, p.n, p.values, NULL, NULL);
}

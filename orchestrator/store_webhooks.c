/* The tables webhook and webhook_delivery. */
#include "orchestrator/store_webhooks.h"

#include "common/buf.h"
#include "common/clock.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/store_op.h"
#include "sql.h"

/* -- the outbox ---------------------------------------------------------- */

void
store_webhook_claim(struct orchestrator *o, const struct webhook_room *room,
    pg_on_answer *on_answer, void *arg)
{
	struct buf receivers = {0}, counts = {0};
	struct pg_params p = {0};

	for (size_t i = 0; i < room->n_busy; i++) {
		char before = i == 0 ? '{' : ',';

		buf_add_byte(&receivers, before);
		pg_add_element(&receivers, room->busy[i].receiver);
		buf_printf(&counts, "%c%d", before, room->busy[i].n);
	}
	buf_add_str(&receivers, room->n_busy == 0 ? "{}" : "}");
	buf_add_str(&counts, room->n_busy == 0 ? "{}" : "}");
	pg_add_int(&p, o->netuid);
	pg_add_us(&p, clock_wall_us());
	pg_add_us(&p, room->until_us);
	pg_add_int(&p, room->all);
	pg_add_int(&p, room->of_one);
	pg_add_text(&p, buf_str(&receivers));
	pg_add_text(&p, buf_str(&counts));
	store_query_back(o, sql_webhook_claim, &p, on_answer, arg);
	buf_free(&receivers);
	buf_free(&counts);
}

void
store_webhook_outcome(struct orchestrator *o, const struct webhook_outcome *w,
    pg_on_answer *on_answer, void *arg)
{
	struct pg_params p = {0};

	pg_add_text(&p, w->id);
	pg_add_int(&p, w->tries);
	pg_add_int(&p, w->status);
	if (w->status == 0)
		p.values[p.n - 1] = NULL;
	pg_add_text(&p, w->why);
	pg_add_us(&p, w->next_us);
	pg_add_us(&p, w->next_us == 0 ? clock_wall_us() : 0);
	pg_add_bool(&p, w->why == NULL);
	store_query_back(o, sql_webhook_outcome, &p, on_answer, arg);
}

void
store_webhook_gone(struct orchestrator *o, const char *id, int status,
    pg_on_answer *on_answer, void *arg)
{
	struct pg_params p = {0};

	pg_add_text(&p, id);
	pg_add_us(&p, clock_wall_us());
	pg_add_int(&p, status);
	store_query_back(o, sql_webhook_gone, &p, on_answer, arg);
}

void
store_webhook_age(struct orchestrator *o, pg_on_answer *on_answer, void *arg)
{
	struct pg_params p = {0};

	pg_add_int(&p, o->netuid);
	store_query_back(o, sql_webhook_age, &p, on_answer, arg);
}

void
store_webhook_trim(struct orchestrator *o, int64_t before_us, int lot,
    pg_on_answer *on_answer, void *arg)
{
	struct pg_params p = {0};

	pg_add_int(&p, o->netuid);
	pg_add_us(&p, before_us);
	pg_add_int(&p, lot);
	store_query_back(o, sql_webhook_trim, &p, on_answer, arg);
}

/* -- endpoints ----------------------------------------------------------- */

static void
add_events(struct buf *out, const json_t *events)
{
	json_t *item;
	size_t i;

	buf_add_str(out, "{");
	json_array_foreach(events, i, item)
	{
		if (i > 0)
			buf_add_str(out, ",");
		pg_add_element(out, json_string_value(item));
	}
	buf_add_str(out, "}");
}

void
store_webhook_insert(struct orchestrator *o, const struct webhook_row *w,
    int most, pg_on_answer *on_answer, void *arg)
{
	struct pg_params p = {0};
	struct buf events = {0};

	add_events(&events, w->events);
	pg_add_text(&p, w->id);
	pg_add_int(&p, o->netuid);
	pg_add_text(&p, w->tenant);
	pg_add_text(&p, w->url);
	pg_add_text(&p, w->secret);
	pg_add_text(&p, buf_str(&events));
	pg_add_us(&p, clock_wall_us());
	pg_add_int(&p, most);
	store_query(o, sql_webhook_insert, &p, on_answer, arg);
	buf_free(&events);
}

void
store_webhook_unnamed(struct orchestrator *o, const struct webhook_row *w,
    pg_on_answer *on_answer, void *arg)
{
	struct pg_params p = {0};

	pg_add_text(&p, w->id);
	pg_add_int(&p, o->netuid);
	pg_add_text(&p, w->tenant);
	pg_add_text(&p, w->secret);
	pg_add_us(&p, clock_wall_us());
	store_query(o, sql_webhook_unnamed, &p, on_answer, arg);
}

void
store_webhook_list(struct orchestrator *o, const char *tenant, const char *id,
    pg_on_answer *on_answer, void *arg)
{
	struct pg_params p = {0};

	pg_add_int(&p, o->netuid);
	pg_add_text(&p, tenant);
	pg_add_text(&p, id);
	store_query(o, sql_webhook_list, &p, on_answer, arg);
}

/* The parameters that all statements about one endpoint begin with. */
static void
add_one(struct pg_params *p, const struct orchestrator *o, const char *tenant,
    const char *id)
{
	pg_add_text(p, id);
	pg_add_int(p, o->netuid);
	pg_add_text(p, tenant);
}

void
store_webhook_delete(struct orchestrator *o, const char *tenant, const char *id,
    pg_on_answer *on_answer, void *arg)
{
	struct pg_params p = {0};

	add_one(&p, o, tenant, id);
	pg_add_us(&p, clock_wall_us());
	store_query(o, sql_webhook_delete, &p, on_answer, arg);
}

void
store_webhook_rotate(struct orchestrator *o, const struct webhook_row *w,
    int64_t old_until_us, pg_on_answer *on_answer, void *arg)
{
	struct pg_params p = {0};

	add_one(&p, o, w->tenant, w->id);
	pg_add_text(&p, w->secret);
	pg_add_us(&p, old_until_us);
	store_query(o, sql_webhook_rotate, &p, on_answer, arg);
}

void
store_webhook_test(struct orchestrator *o, const char *tenant, const char *id,
    pg_on_answer *on_answer, void *arg)
{
	struct pg_params p = {0};

	add_one(&p, o, tenant, id);
	pg_add_us(&p, clock_wall_us());
	store_query(o, sql_webhook_test, &p, on_answer, arg);
}

void
store_webhook_log(struct orchestrator *o, const char *tenant, const char *id,
    int limit, pg_on_answer *on_answer, void *arg)
{
	struct pg_params p = {0};

	add_one(&p, o, tenant, id);
	pg_add_int(&p, limit);
	store_query(o, sql_webhook_log, &p, on_answer, arg);
}

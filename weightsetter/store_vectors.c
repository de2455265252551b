/* Weight vectors, and how the setters of them stand. */
#include "weightsetter/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "common/pg.h"
#include "common/xalloc.h"
#include "sql.h"
#include "weightsetter/preflight.h"
#include "weightsetter/snapshot.h"
#include "weightsetter/standing.h"
#include "weightsetter/store_impl.h"

enum { MAX_ENTRIES = 65536 };

/* -- what waits ---------------------------------------------------------- */

static void
on_waiting(const struct pg_answer *a, void *arg)
{
	struct question *q = arg;
	enum store_outcome outcome = store_outcome_of(q, a);
	struct vector *v = NULL;
	int source;

	if (outcome == STORE_DONE) {
		v = xcalloc(1, sizeof(*v));
		store_copy_cell(a->results[0], 0, "id", v->id, sizeof(v->id));
		source = vector_source_of(pg_text(a->results[0], 0, "source"));
		if (source >= 0)
			v->source = (enum vector_source)source;
		v->is_accepted = pg_bool(a->results[0], 0, "is_accepted");
		v->created_us = pg_int(a->results[0], 0, "created_us");
	}
	q->on_vector(outcome, v, q->arg);
	store_answered(q);
}

void
store_waiting(struct store *store, uint16_t netuid, uint8_t mecid,
    store_vector_cb *cb, void *arg)
{
	struct question *q = store_ask(store, "waiting", arg);
	struct pg_params p = {0};

	q->on_vector = cb;
	pg_add_int(&p, netuid);
	pg_add_int(&p, mecid);
	pg_query(store->pg, sql_weights_waiting, p.n, p.values, on_waiting, q);
}

static void
take_entry(const PGresult *res, int row, struct vector_entry *e)
{
	snprintf(
	    e->hotkey, sizeof(e->hotkey), "%s", pg_text(res, row, "hotkey"));
	e->uid = pg_int(res, row, "uid");
	e->weight = pg_real(res, row, "weight");
}

static void
on_entries(const struct pg_answer *a, void *arg)
{
	struct question *q = arg;
	enum store_outcome outcome = store_outcome_of(q, a);
	size_t n = outcome == STORE_DONE ? (size_t)PQntuples(a->results[0]) : 0;
	struct vector_entry *entries = NULL;

	if (n > MAX_ENTRIES) {
		outcome = STORE_FAILED;
		n = 0;
	}
	if (n > 0)
		entries = xcalloc(n, sizeof(*entries));
	for (size_t i = 0; i < n; i++)
		take_entry(a->results[0], (int)i, &entries[i]);
	q->on_entries(outcome, entries, n, q->arg);
	store_answered(q);
}

void
store_entries(
    struct store *store, const char *vector_id, store_entries_cb *cb, void *arg)
{
	struct question *q = store_ask(store, "entries", arg);
	struct pg_params p = {0};

	q->on_entries = cb;
	pg_add_text(&p, vector_id);
	pg_query(store->pg, sql_weights_entries, p.n, p.values, on_entries, q);
}

/* -- what is decided ----------------------------------------------------- */

void
store_refuse(struct store *store, const char *vector_id, const char *reason,
    int64_t now_us, store_cb *cb, void *arg)
{
	struct question *q = store_ask(store, "refuse", arg);
	struct pg_params p = {0};

	q->on_done = cb;
	pg_add_text(&p, vector_id);
	pg_add_text(&p, reason);
	pg_add_us(&p, now_us);
	pg_query(
	    store->pg, sql_weights_refuse, p.n, p.values, store_on_done, q);
}

static void
on_superseded(const struct pg_answer *a, void *arg)
{
	struct question *q = arg;

	if (store_outcome_of(q, a) == STORE_DONE) {
		for (int i = 0; i < PQntuples(a->results[0]); i++)
			log_info("weights.superseded", "vector=%s",
			    pg_text(a->results[0], i, "id"));
	}
	store_answered(q);
}

void
store_supersede(struct store *store, uint16_t netuid, uint8_t mecid,
    const char *waiting, const char *under_way, int64_t now_us)
{
	struct question *q = store_ask(store, "supersede", NULL);
	struct pg_params p = {0};

	pg_add_int(&p, netuid);
	pg_add_int(&p, mecid);
	pg_add_text(&p, waiting);
	pg_add_text(&p, under_way[0] == '\0' ? NULL : under_way);
	pg_add_us(&p, now_us);
	pg_query(
	    store->pg, sql_weights_supersede, p.n, p.values, on_superseded, q);
}

/* -- what is made for want of anything else ------------------------------ */

void
store_again(struct store *store, const struct store_again *want, store_cb *cb,
    void *arg)
{
	struct question *q = store_ask(store, "again", arg);
	struct pg_params p = {0};

	q->on_done = cb;
	pg_add_text(&p, want->id);
	pg_add_int(&p, want->netuid);
	pg_add_int(&p, want->mecid);
	pg_add_text(&p, want->hotkey);
	pg_add_int(&p, (int64_t)want->block);
	pg_add_us(&p, want->now_us);
	pg_add_us(&p, want->made_after_us);
	pg_add_int(&p, (int64_t)want->last_block);
	pg_query(store->pg, sql_weights_again, p.n, p.values, store_on_done, q);
}

void
store_fallback(struct store *store, const struct store_again *want,
    const char *hotkey, uint16_t uid, store_cb *cb, void *arg)
{
	struct question *q = store_ask(store, "fallback", arg);
	struct pg_params p = {0};

	q->on_done = cb;
	pg_add_text(&p, want->id);
	pg_add_int(&p, want->netuid);
	pg_add_int(&p, want->mecid);
	pg_add_int(&p, (int64_t)want->block);
	pg_add_us(&p, want->now_us);
	pg_add_text(&p, hotkey);
	pg_add_int(&p, uid);
	pg_add_int(&p, (int64_t)want->last_block);
	pg_query(
	    store->pg, sql_weights_fallback, p.n, p.values, store_on_done, q);
}

/* -- how a setter stands ------------------------------------------------- */

void
store_setter(struct store *store, const struct snapshot *s,
    const struct standing_facts *f, int64_t now_us, store_cb *cb, void *arg)
{
	struct question *q = store_ask(store, "setter", arg);
	double behind = standing_tempos_behind(s, f->mecid);
	struct pg_params p = {0};

	q->on_done = cb;
	pg_add_int(&p, s->netuid);
	pg_add_int(&p, f->mecid);
	pg_add_text(&p, s->hotkey);
	pg_add_int(&p, (int64_t)s->block);
	pg_add_us(&p, now_us);
	pg_add_text(&p, f->call);
	pg_add_int(&p, (int64_t)s->own[f->mecid].last_update);
	pg_add_int(&p, (int64_t)preflight_next_block(s, f->mecid));
	if (behind < 0)
		pg_add_text(&p, NULL);
	else
		pg_add_real(&p, behind);
	pg_add_int(&p, (int64_t)f->committed);
	pg_add_text(&p, f->vector_id);
	pg_add_text(&p, f->waits_for);
	if (f->waits_for == NULL || f->until_block == 0)
		pg_add_text(&p, NULL);
	else
		pg_add_int(&p, (int64_t)f->until_block);
	pg_add_text(&p, f->alarm);
	pg_query(
	    store->pg, sql_weights_setter, p.n, p.values, store_on_write, q);
}

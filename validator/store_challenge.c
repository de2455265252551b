/* The table challenge, and the jobs that challenges are made after. */
#include "validator/store_challenge.h"

#include <stdlib.h>

#include "common/log.h"
#include "sql.h"
#include "validator/store.h"

/* A number, or null where there is none. */
static void
add_known(struct pg_params *p, int64_t v)
{
	if (v < 0)
		pg_add_text(p, NULL);
	else
		pg_add_int(p, v);
}

void
store_challenge_look(struct store *store, int64_t born_since_us,
    int64_t jobs_since_us, int most, pg_on_answer *on_answer, void *arg)
{
	struct pg_op *op = pg_op_new("challenge");
	struct pg_params state = {0}, past = {0};

	pg_add_int(&state, store->netuid);
	pg_add_us(&state, born_since_us);
	pg_op_add(op, sql_challenge_state, state.n, state.values);
	pg_add_int(&past, store->netuid);
	pg_add_us(&past, jobs_since_us);
	pg_add_int(&past, most);
	pg_op_add(op, sql_challenge_past, past.n, past.values);
	pg_op_run(store->pg, op, on_answer, arg);
}

void
store_challenge_latest(struct store *store, pg_on_answer *on_answer, void *arg)
{
	struct pg_params p = {0};

	pg_add_int(&p, store->netuid);
	pg_query(
	    store->pg, sql_challenge_latest, p.n, p.values, on_answer, arg);
}

void
store_challenge_hours(struct store *store, int64_t since_us, int64_t most,
    pg_on_answer *on_answer, void *arg)
{
	struct pg_params p = {0};

	pg_add_int(&p, store->netuid);
	pg_add_us(&p, since_us);
	pg_add_int(&p, most);
	pg_query(store->pg, sql_challenge_hours, p.n, p.values, on_answer, arg);
}

void
store_challenge_bear(struct store *store, int64_t seen_us, int64_t now_us,
    const json_t *births, pg_on_answer *on_answer, void *arg)
{
	char *rows = json_dumps(births, JSON_COMPACT);
	struct pg_params p = {0};

	pg_add_int(&p, store->netuid);
	add_known(&p, seen_us);
	pg_add_us(&p, now_us);
	pg_add_text(&p, rows);
	pg_query(store->pg, sql_challenge_bear, p.n, p.values, on_answer, arg);
	free(rows);
}

void
store_challenge_take(struct store *store, const char *owner, int64_t now_us,
    int64_t before_us, int64_t lease_until_us, int most,
    pg_on_answer *on_answer, void *arg)
{
	struct pg_params p = {0};

	pg_add_int(&p, store->netuid);
	pg_add_text(&p, owner);
	pg_add_us(&p, now_us);
	pg_add_us(&p, before_us);
	pg_add_us(&p, lease_until_us);
	pg_add_int(&p, most);
	pg_query(store->pg, sql_challenge_take, p.n, p.values, on_answer, arg);
}

void
store_challenge_make(struct store *store, const struct store_challenge *c,
    int64_t now_us, pg_on_answer *on_answer, void *arg)
{
	struct pg_params p = {0};

	pg_add_text(&p, c->id);
	pg_add_int(&p, store->netuid);
	pg_add_text(&p, c->owner);
	pg_add_us(&p, now_us);
	pg_add_text(&p, c->params);
	pg_add_text(&p, c->expect);
	pg_add_text(&p, c->sha256);
	pg_add_text(&p, c->type);
	add_known(&p, c->sha256 != NULL ? c->bytes : -1);
	pg_add_text(&p, c->item);
	pg_query(store->pg, sql_challenge_make, p.n, p.values, on_answer, arg);
}

/* If that fails, its lease ends, and it is tried again. */
static void
on_written(const struct pg_answer *answer, void *arg)
{
	if (answer->outcome != PG_DONE)
		log_warn("challenge.not_stored", "what=%s why=\"%s\"",
		    (const char *)arg, answer->why);
}

void
store_challenge_drop(struct store *store, const char *id, const char *owner,
    int64_t now_us, const char *why)
{
	static char what[] = "drop";
	struct pg_params p = {0};

	pg_add_text(&p, id);
	pg_add_int(&p, store->netuid);
	pg_add_text(&p, owner);
	pg_add_us(&p, now_us);
	pg_add_text(&p, why);
	pg_query(
	    store->pg, sql_challenge_drop, p.n, p.values, on_written, what);
}

void
store_challenge_uses(
    struct store *store, const char *keys, pg_on_answer *on_answer, void *arg)
{
	struct pg_params p = {0};

	pg_add_int(&p, store->netuid);
	pg_add_text(&p, keys);
	pg_query(store->pg, sql_challenge_uses, p.n, p.values, on_answer, arg);
}

void
store_challenge_forget(struct store *store, int64_t before_us)
{
	static char what[] = "forget";
	struct pg_params p = {0};

	pg_add_int(&p, store->netuid);
	pg_add_us(&p, before_us);
	pg_query(
	    store->pg, sql_challenge_forget, p.n, p.values, on_written, what);
}

/* The tables of API keys. */
#include "orchestrator/store_keys.h"

#include <stdlib.h>

#include "common/clock.h"
#include "orchestrator/idempotency.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/store_op.h"
#include "sql.h"

enum { FORGET_LOT = 1000 };

static const int64_t minute_us = 60 * 1000000LL;

/* -- keys --------------------------------------------------------------- */

static void
fill_id(struct pg_params *p, const struct orchestrator *o, const char *id)
{
	pg_add_text(p, id);
	pg_add_int(p, o->netuid);
}

void
store_key_get(
    struct orchestrator *o, const char *id, pg_on_answer *on_answer, void *arg)
{
	struct pg_params p = {0};

	fill_id(&p, o, id);
	store_query(o, sql_key_get, &p, on_answer, arg);
}

void
store_key_used(struct orchestrator *o, const char *id, int64_t now_us)
{
	struct pg_params p = {0};

	pg_add_text(&p, id);
	pg_add_us(&p, now_us);
	pg_add_us(&p, now_us - minute_us);
	store_query_back(o, sql_key_used, &p, store_on_quiet, "key_used");
}

static void
add_show(struct pg_op *op, const struct orchestrator *o, const char *id)
{
	struct pg_params p = {0};

	fill_id(&p, o, id);
	pg_op_add(op, sql_key_show, p.n, p.values);
}

static void
add_limit(struct pg_op *op, const struct orchestrator *o, const char *id,
    const json_t *quotas)
{
	struct pg_params p = {0};
	char *text = store_json(quotas);

	fill_id(&p, o, id);
	pg_add_text(&p, text);
	pg_op_add(op, sql_key_limit, p.n, p.values);
	free(text);
}

void
store_key_new(struct orchestrator *o, const struct new_key *key,
    pg_on_answer *on_answer, void *arg)
{
	struct pg_op *op = pg_op_new(key->id);
	struct pg_params p = {0};

	fill_id(&p, o, key->id);
	pg_add_text(&p, key->hash);
	pg_add_text(&p, key->name);
	pg_add_text(&p, key->role);
	pg_add_text(&p, key->tenant);
	pg_add_us(&p, key->created_us);
	pg_add_text(&p, key->created_by[0] != '\0' ? key->created_by : NULL);
	pg_add_us(&p, key->expires_us);
	pg_op_add(op, sql_key_new, p.n, p.values);
	add_limit(op, o, key->id, key->quotas);
	add_show(op, o, key->id);
	pg_op_run(o->pg, op, on_answer, arg);
}

void
store_key_show(
    struct orchestrator *o, const char *id, pg_on_answer *on_answer, void *arg)
{
	struct pg_params p = {0};

	fill_id(&p, o, id);
	store_query(o, sql_key_show, &p, on_answer, arg);
}

void
store_key_list(struct orchestrator *o, int limit, const char *before,
    pg_on_answer *on_answer, void *arg)
{
	struct pg_params p = {0};

	pg_add_int(&p, o->netuid);
	pg_add_int(&p, limit);
	pg_add_text(&p, before);
	store_query(o, sql_key_list, &p, on_answer, arg);
}

void
store_key_revoke(struct orchestrator *o, const char *id, int64_t now_us,
    pg_on_answer *on_answer, void *arg)
{
	struct pg_op *op = pg_op_new(id);
	struct pg_params p = {0};

	fill_id(&p, o, id);
	pg_add_us(&p, now_us);
	pg_op_add(op, sql_key_revoke, p.n, p.values);
	add_show(op, o, id);
	pg_op_run(o->pg, op, on_answer, arg);
}

void
store_key_limit(struct orchestrator *o, const char *id, const json_t *quotas,
    pg_on_answer *on_answer, void *arg)
{
	struct pg_op *op = pg_op_new(id);

	add_limit(op, o, id, quotas);
	add_show(op, o, id);
	pg_op_run(o->pg, op, on_answer, arg);
}

/* -- quotas ------------------------------------------------------------- */

static void
fill_use(struct pg_params *p, const char *key_id, const char *kind, int64_t us)
{
	pg_add_text(p, key_id);
	pg_add_text(p, kind);
	pg_add_us(p, us);
}

void
store_quota_take(struct orchestrator *o, const char *key_id, const char *kind,
    int64_t now_us, pg_on_answer *on_answer, void *arg)
{
	struct pg_params p = {0};

	fill_use(&p, key_id, kind, now_us);
	store_query(o, sql_quota_take, &p, on_answer, arg);
}

void
store_quota_give_back(struct orchestrator *o, const char *key_id,
    const char *kind, int64_t taken_us)
{
	struct pg_params p = {0};

	fill_use(&p, key_id, kind, taken_us);
	store_query(
	    o, sql_quota_give_back, &p, store_on_quiet, "quota_give_back");
}

/* -- what may be sent twice --------------------------------------------- */

static void
fill_name(struct pg_params *p, const struct orchestrator *o,
    const struct idempotency *i)
{
	pg_add_int(p, o->netuid);
	pg_add_text(p, i->key_id);
	pg_add_text(p, i->name);
}

void
store_idempotency_claim(struct orchestrator *o, const struct idempotency *i,
    int64_t now_us, pg_on_answer *on_answer, void *arg)
{
	struct pg_op *op = pg_op_new(i->claim);
	struct pg_params p = {0}, get = {0};

	fill_name(&p, o, i);
	pg_add_text(&p, i->fingerprint);
	pg_add_text(&p, i->claim);
	pg_add_text(&p, o->id);
	pg_add_us(&p, now_us);
	pg_add_us(&p, now_us - o->lease_ms * 1000);
	pg_add_us(&p, now_us - idempotency_given_up_us);
	pg_add_us(&p, now_us - idempotency_kept_us);
	pg_op_add(op, sql_idempotency_claim, p.n, p.values);
	fill_name(&get, o, i);
	pg_op_add(op, sql_idempotency_get, get.n, get.values);
	pg_op_run(o->pg, op, on_answer, arg);
}

void
store_idempotency_add_done(struct pg_op *op, const struct orchestrator *o,
    const struct idempotency *i, const char *job_id)
{
	struct pg_params p = {0};

	fill_name(&p, o, i);
	pg_add_text(&p, i->claim);
	pg_add_text(&p, job_id);
	pg_op_add(op, sql_idempotency_done, p.n, p.values);
}

void
store_idempotency_release(struct orchestrator *o, const struct idempotency *i)
{
	struct pg_params p = {0};

	fill_name(&p, o, i);
	pg_add_text(&p, i->claim);
	store_query(o, sql_idempotency_release, &p, store_on_quiet,
	    "idempotency_release");
}

void
store_idempotency_forget(struct orchestrator *o, int64_t before_us)
{
	struct pg_params p = {0};

	pg_add_int(&p, o->netuid);
	pg_add_us(&p, before_us);
	pg_add_int(&p, FORGET_LOT);
	store_query_back(o, sql_idempotency_forget, &p, store_on_quiet,
	    "idempotency_forget");
}

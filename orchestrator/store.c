/* Rows to structs and back. */
#include "orchestrator/store.h"

#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/clock.h"
#include "common/xalloc.h"
#include "orchestrator/kinds.h"
#include "orchestrator/miners.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/queue.h"
#include "orchestrator/router.h"
#include "orchestrator/store_keys.h"
#include "orchestrator/store_op.h"
#include "sql.h"

static json_t *
json_cell(const PGresult *res, int row, const char *column)
{
	return json_loads(pg_text(res, row, column), JSON_DECODE_ANY, NULL);
}

static int64_t
lease_until_us(const struct orchestrator *o, int64_t now_us)
{
	return now_us + o->lease_ms * 1000;
}

/* -- jobs --------------------------------------------------------------- */

void
job_free(struct job *job)
{
	if (job == NULL)
		return;
	json_decref(job->params);
	json_decref(job->expect);
	json_decref(job->tried);
	free(job->sticky);
	free(job->webhook_url);
	free(job->only);
	free(job->input_type);
	json_decref(job->input_measured);
	free(job);
}

struct job *
store_job_from_row(const struct orchestrator *o, const PGresult *res, int i)
{
	struct job *job = xcalloc(1, sizeof(*job));

	snprintf(job->id, sizeof(job->id), "%s", pg_text(res, i, "id"));
	job->kind = kinds_find(o->kinds, pg_text(res, i, "kind"));
	job->state = job_state_parse(pg_text(res, i, "state"));
	job->params = json_cell(res, i, "params");
	job->tried = json_cell(res, i, "tried");
	if (!pg_is_null(res, i, "input_type"))
		job->input_type = xstrdup(pg_text(res, i, "input_type"));
	snprintf(job->input_sha256, sizeof(job->input_sha256), "%s",
	    pg_text(res, i, "input_sha256"));
	job->input_bytes = pg_int(res, i, "input_bytes");
	snprintf(job->input_of, sizeof(job->input_of), "%s",
	    pg_text(res, i, "input_of"));
	if (!pg_is_null(res, i, "sticky"))
		job->sticky = xstrdup(pg_text(res, i, "sticky"));
	if (!pg_is_null(res, i, "only_hotkey"))
		job->only = xstrdup(pg_text(res, i, "only_hotkey"));
	trace_take(pg_text(res, i, "traceparent"), job->trace);
	job->min = pg_int(res, i, "miners_min");
	job->wanted = pg_int(res, i, "miners_wanted");
	job->retries_left = pg_int(res, i, "retries_left");
	job->tries = pg_int(res, i, "tries");
	job->created_us = pg_int(res, i, "created_us");
	job->deadline_us = pg_int(res, i, "deadline_us");
	job->open = pg_int(res, i, "open");
	job->received = pg_int(res, i, "received");
	job->delivered = pg_int(res, i, "delivered");
	job->round_failed = pg_bool(res, i, "round_failed");
	snprintf(job->best, sizeof(job->best), "%s", pg_text(res, i, "best"));
	return job;
}

/* A new job, in the state that it begins with. */
static void
add_new_job(struct pg_op *op, const struct orchestrator *o,
    const struct job *job, enum job_state state)
{
	struct pg_params p = {0};
	bool has_input = job->input_type != NULL;
	char *params = store_json(job->params);
	char *expect = store_json(job->expect);
	char *measured = store_json(job->input_measured);

	pg_add_text(&p, job->id);
	pg_add_int(&p, o->netuid);
	pg_add_text(&p, job->kind->name);
	pg_add_text(&p, job_state_name(state));
	pg_add_text(&p, params);
	pg_add_text(&p, expect);
	pg_add_text(&p, has_input ? job->input_sha256 : NULL);
	pg_add_text(&p, job->input_type);
	pg_add_int(&p, job->input_bytes);
	if (!has_input)
		p.values[p.n - 1] = NULL;
	pg_add_int(&p, job->min);
	pg_add_int(&p, job->wanted);
	pg_add_int(&p, job->priority);
	pg_add_int(&p, job->retries_left);
	pg_add_us(&p, job->created_us);
	pg_add_us(&p, job->deadline_us);
	pg_add_us(
	    &p, queue_rank_us(job->created_us, job->priority, o->ageing_ms));
	pg_add_text(&p, job->sticky);
	pg_add_text(&p, job->tenant);
	pg_add_text(&p, measured);
	pg_add_text(&p, job->input_of[0] != '\0' ? job->input_of : NULL);
	pg_add_text(&p, job->webhook_url);
	pg_add_text(&p, job->trace[0] != '\0' ? job->trace : NULL);
	pg_add_text(&p, job->webhook_form);
	pg_op_add_row(op, sql_job_insert, p.n, p.values);
	if (job->name != NULL)
		store_idempotency_add_done(op, o, job->name, job->id);
	free(params);
	free(expect);
	free(measured);
}

void
store_job_insert(struct orchestrator *o, const struct job *job,
    pg_on_answer *on_answer, void *arg)
{
	struct pg_op *op = pg_op_new(job->id);

	add_new_job(op, o, job, JOB_QUEUED);
	pg_op_batch(o->pg, op, on_answer, arg);
}

/* Queries of one id and the netuid. */
static void
query_id(struct orchestrator *o, const char *sql, const char *id,
    pg_on_answer *on_answer, void *arg)
{
	struct pg_params p = {0};

	pg_add_text(&p, id);
	pg_add_int(&p, o->netuid);
	store_query(o, sql, &p, on_answer, arg);
}

void
store_job_get(
    struct orchestrator *o, const char *id, pg_on_answer *on_answer, void *arg)
{
	query_id(o, sql_job_get, id, on_answer, arg);
}

void
store_job_show(struct orchestrator *o, const char *id, const char *tenant,
    pg_on_answer *on_answer, void *arg)
{
	store_query_owned(o, sql_job_show, id, tenant, on_answer, arg);
}

void
store_job_result(struct orchestrator *o, const char *id, const char *tenant,
    pg_on_answer *on_answer, void *arg)
{
	store_query_owned(o, sql_job_result, id, tenant, on_answer, arg);
}

void
store_job_later(struct orchestrator *o, const char *id, int64_t next_try_us)
{
	struct pg_params p = {0};

	pg_add_text(&p, id);
	pg_add_text(&p, o->id);
	pg_add_us(&p, next_try_us);
	store_batch(o, id, sql_job_later, &p, store_on_quiet, "job_later");
}

void
store_job_wait(
    struct orchestrator *o, const char *id, pg_on_answer *on_answer, void *arg)
{
	struct pg_params p = {0};

	pg_add_text(&p, id);
	pg_add_text(&p, o->id);
	pg_add_us(&p, clock_wall_us());
	store_batch(o, id, sql_job_wait, &p, on_answer, arg);
}

void
store_job_claim(struct orchestrator *o, const struct claim_ask *asks, size_t n,
    pg_on_answer *on_answer, void *arg)
{
	struct pg_params p = {0};
	struct buf kinds = {0}, room = {0};
	int64_t now_us = clock_wall_us();

	for (size_t i = 0; i < n; i++) {
		buf_add_byte(&kinds, i == 0 ? '{' : ',');
		pg_add_element(&kinds, asks[i].kind);
		buf_printf(&room, "%c%d", i == 0 ? '{' : ',', asks[i].room);
	}
	buf_add_str(&kinds, n == 0 ? "{}" : "}");
	buf_add_str(&room, n == 0 ? "{}" : "}");
	pg_add_int(&p, o->netuid);
	pg_add_text(&p, o->id);
	pg_add_us(&p, now_us);
	pg_add_us(&p, lease_until_us(o, now_us));
	pg_add_text(&p, buf_str(&kinds));
	pg_add_text(&p, buf_str(&room));
	store_query(o, sql_job_claim, &p, on_answer, arg);
	buf_free(&kinds);
	buf_free(&room);
}

void
store_job_watch(struct orchestrator *o, const char *ids, const char *marks,
    pg_on_answer *on_answer, void *arg)
{
	struct pg_params p = {0};

	pg_add_text(&p, ids);
	pg_add_text(&p, marks);
	pg_add_int(&p, o->netuid);
	store_query(o, sql_job_watch, &p, on_answer, arg);
}

void
store_job_unsettled(struct orchestrator *o, int64_t from_us, int64_t to_us,
    pg_on_answer *on_answer, void *arg)
{
	struct pg_params p = {0};

	pg_add_int(&p, o->netuid);
	pg_add_us(&p, clock_wall_us());
	pg_add_us(&p, from_us);
	pg_add_us(&p, to_us);
	store_query_back(o, sql_job_unsettled, &p, on_answer, arg);
}

/* -- attempts ----------------------------------------------------------- */

/* [{"id", "hotkey", "uid", "address", "receipt"}, ...] of a route. */
static char *
attempts_text(const struct route *route, char (*ids)[UUID_TEXT])
{
	struct buf out = {0};

	for (int i = 0; i < route->n; i++) {
		const struct miner *m = route->miners[i];

		buf_printf(&out,
		    "%c{\"id\":\"%s\",\"hotkey\":\"%s\",\"uid\":%d,"
		    "\"address\":\"%s\",\"receipt\":%s}",
		    i == 0 ? '[' : ',', ids[i], m->hotkey, m->uid, m->address,
		    route->receipts[i]);
	}
	buf_add_str(&out, "]");
	return buf_take_str(&out);
}

/* The table that receipts name is kept before the first of them. */
static void
keep_router(struct orchestrator *o, struct pg_op *op)
{
	struct pg_params p = {0};

	if (strcmp(o->kept, router_id(o->router)) == 0)
		return;
	snprintf(o->kept, sizeof(o->kept), "%s", router_id(o->router));
	pg_add_text(&p, o->kept);
	pg_add_int(&p, o->netuid);
	pg_add_us(&p, clock_wall_us());
	pg_add_text(&p, router_text(o->router));
	pg_op_add(op, sql_route_keep, p.n, p.values);
}

/* What a row begins with: sent, as its request leaves once that is written;
 * unless its miner has to come for it. */
static const char *
first_state(const struct kind *kind)
{
	return attempt_state_name(
	    kind_is_pulled(kind) ? ATTEMPT_PREPARED : ATTEMPT_SENT);
}

static void
add_new_attempt(struct pg_op *op, const struct orchestrator *o,
    const struct job *job, const char *id, const struct miner *m,
    const char *receipt, int64_t deadline_us)
{
	struct pg_params p = {0};
	int64_t now_us = clock_wall_us();

	pg_add_text(&p, id);
	pg_add_text(&p, job->id);
	pg_add_int(&p, o->netuid);
	pg_add_text(&p, job->kind->name);
	pg_add_text(&p, m->hotkey);
	pg_add_int(&p, m->uid);
	pg_add_text(&p, m->address);
	pg_add_text(&p, receipt);
	pg_add_us(&p, now_us);
	pg_add_real(&p, (now_us - job->created_us) / 1000.0);
	pg_add_us(&p, deadline_us);
	pg_add_text(&p, o->id);
	pg_add_text(&p, first_state(job->kind));
	pg_op_add_row(op, sql_attempt_add, p.n, p.values);
}

void
store_job_accept(struct orchestrator *o, const struct job *job,
    const struct route *route, char (*ids)[UUID_TEXT], int64_t deadline_us,
    pg_on_answer *on_answer, void *arg)
{
	struct pg_op *op = pg_op_new(job->id);

	add_new_job(op, o, job, JOB_ASSIGNED);
	for (int i = 0; i < route->n; i++)
		add_new_attempt(op, o, job, ids[i], route->miners[i],
		    route->receipts[i], deadline_us);
	keep_router(o, op);
	pg_op_batch(o->pg, op, on_answer, arg);
}

/* Attempts of a job that is stored already; more: what the statement wants
 * beside what both have. */
static void
insert_attempts(struct orchestrator *o, const char *sql, const struct job *job,
    const struct route *route, char (*ids)[UUID_TEXT], int64_t deadline_us,
    const char *more, pg_on_answer *on_answer, void *arg)
{
	struct pg_op *op = pg_op_new(job->id);
	char *text = attempts_text(route, ids);
	struct pg_params p = {0};

	pg_add_text(&p, job->id);
	pg_add_text(&p, o->id);
	pg_add_us(&p, clock_wall_us());
	pg_add_us(&p, deadline_us);
	pg_add_text(&p, text);
	pg_add_text(&p, more);
	pg_op_add(op, sql, p.n, p.values);
	keep_router(o, op);
	pg_op_batch(o->pg, op, on_answer, arg);
	free(text);
}

void
store_attempts_insert(struct orchestrator *o, const struct job *job,
    const struct route *route, char (*ids)[UUID_TEXT], int64_t deadline_us,
    pg_on_answer *on_answer, void *arg)
{
	insert_attempts(o, sql_attempt_insert, job, route, ids, deadline_us,
	    first_state(job->kind), on_answer, arg);
}

void
store_attempt_hedge(struct orchestrator *o, const struct job *job,
    const struct route *route, char (*id)[UUID_TEXT], const char *slow_id,
    int64_t deadline_us, pg_on_answer *on_answer, void *arg)
{
	insert_attempts(o, sql_attempt_hedge, job, route, id, deadline_us,
	    slow_id, on_answer, arg);
}

void
store_attempt_get(
    struct orchestrator *o, const char *id, pg_on_answer *on_answer, void *arg)
{
	query_id(o, sql_attempt_get, id, on_answer, arg);
}

void
store_attempt_turned_away(
    struct orchestrator *o, const char *ids, pg_on_answer *on_answer, void *arg)
{
	struct pg_params p = {0};

	pg_add_text(&p, ids);
	pg_add_us(&p, clock_wall_us());
	store_query_back(o, sql_attempt_turned_away, &p, on_answer, arg);
}

void
store_attempt_stuck(struct orchestrator *o, int64_t from_us, int64_t to_us,
    pg_on_answer *on_answer, void *arg)
{
	struct pg_params p = {0};
	int64_t now_us = clock_wall_us();

	pg_add_int(&p, o->netuid);
	pg_add_us(&p, now_us);
	pg_add_us(&p, now_us - o->lease_ms * 1000);
	pg_add_us(&p, from_us);
	pg_add_us(&p, to_us);
	store_query_back(o, sql_attempt_stuck, &p, on_answer, arg);
}

void
store_open_from(struct orchestrator *o, const struct open_from *from,
    int64_t now_us, pg_on_answer *on_answer, void *arg)
{
	struct pg_params p = {0};

	pg_add_int(&p, o->netuid);
	pg_add_us(&p, now_us);
	pg_add_us(&p, from->attempt_us);
	pg_add_us(&p, from->job_us);
	store_query_back(o, sql_open_from, &p, on_answer, arg);
}

void
store_attempt_open(struct orchestrator *o, pg_on_answer *on_answer, void *arg)
{
	query_id(o, sql_attempt_open, o->id, on_answer, arg);
}

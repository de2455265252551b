/* Rows of miners, lanes, kinds and instances. */
#include "orchestrator/store_miners.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/clock.h"
#include "common/log.h"
#include "orchestrator/miners.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/shares.h"
#include "orchestrator/store_op.h"
#include "sql.h"

/* In a batch, behind every id and hotkey. */
static const char last[] = "~";

static void
query_netuid(
    struct orchestrator *o, const char *sql, pg_on_answer *on_answer, void *arg)
{
	struct pg_params p = {0};

	pg_add_int(&p, o->netuid);
	store_query(o, sql, &p, on_answer, arg);
}

/* -- miners ---------------------------------------------------------------- */

void
store_miner_table(struct orchestrator *o, pg_on_answer *on_answer, void *arg)
{
	struct pg_params p = {0};
	int64_t now_us = clock_wall_us();

	pg_add_int(&p, o->netuid);
	pg_add_us(&p, now_us);
	pg_add_us(&p, now_us - MINERS_POLL_MS * 1000LL);
	pg_add_int(&p, o->mecid);
	pg_query(o->back, sql_miner_table, p.n, p.values, on_answer, arg);
}

void
store_score_show(struct orchestrator *o, const char *hotkey, int64_t limit,
    const char *before, pg_on_answer *on_answer, void *arg)
{
	struct pg_params p = {0};

	pg_add_int(&p, o->netuid);
	pg_add_text(&p, hotkey);
	pg_add_int(&p, limit);
	pg_add_text(&p, before);
	pg_add_int(&p, o->mecid);
	store_query_back(o, sql_score_show, &p, on_answer, arg);
}

void
store_miner_probe(struct orchestrator *o, int64_t before_us,
    pg_on_answer *on_answer, void *arg)
{
	struct pg_params p = {0};

	pg_add_int(&p, o->netuid);
	pg_add_us(&p, clock_wall_us());
	pg_add_us(&p, before_us);
	store_query(o, sql_miner_probe, &p, on_answer, arg);
}

void
store_miner_seen(struct orchestrator *o, const char *hotkey, bool is_up,
    const json_t *capacity)
{
	char *text = json_dumps(capacity, JSON_COMPACT);
	struct pg_params p = {0};

	pg_add_int(&p, o->netuid);
	pg_add_text(&p, hotkey);
	pg_add_bool(&p, is_up);
	pg_add_text(&p, text != NULL ? text : "{}");
	pg_add_us(&p, clock_wall_us());
	store_batch(
	    o, hotkey, sql_miner_seen, &p, store_on_quiet, "miner_seen");
	free(text);
}

/* -- their breakers -------------------------------------------------------- */

static void
add_ejection(struct pg_params *p, const struct breaker *b)
{
	pg_add_int(p, b != NULL ? b->ejections : 0);
	pg_add_us(p, b != NULL ? b->ejected_us : 0);
	pg_add_us(p, b != NULL ? b->until_us : 0);
}

void
store_miner_failed(struct orchestrator *o, const char *hotkey,
    const struct breaker *ejected, pg_on_answer *on_answer, void *arg)
{
	struct pg_params p = {0};

	pg_add_int(&p, o->netuid);
	pg_add_text(&p, hotkey);
	pg_add_us(&p, clock_wall_us());
	add_ejection(&p, ejected);
	store_batch(o, hotkey, sql_miner_failed, &p, on_answer, arg);
}

void
store_miner_ejected(
    struct orchestrator *o, const char *hotkey, const struct breaker *b)
{
	struct pg_params p = {0};

	pg_add_int(&p, o->netuid);
	pg_add_text(&p, hotkey);
	add_ejection(&p, b);
	store_batch(
	    o, hotkey, sql_miner_ejected, &p, store_on_quiet, "miner_ejected");
}

void
store_miner_well(struct orchestrator *o, const char *hotkey)
{
	struct pg_params p = {0};

	pg_add_int(&p, o->netuid);
	pg_add_text(&p, hotkey);
	store_batch(
	    o, hotkey, sql_miner_well, &p, store_on_quiet, "miner_well");
}

struct breaker
store_breaker_from_row(const PGresult *res, int row)
{
	return (struct breaker){
	    .streak = (int)pg_int(res, row, "streak"),
	    .ejections = (int)pg_int(res, row, "ejections"),
	    .ejected_us = pg_int(res, row, "ejected_us"),
	    .until_us = pg_int(res, row, "until_us"),
	};
}

/* -- what their lanes have earned ------------------------------------------ */

/* Arrays as PostgreSQL reads them, one cell a lane. */
struct learnt {
	struct buf hotkeys, keys, factors, raises, said, starts;
};

/* Keys are of the kinds, hotkeys of the chain: still, they are quoted. */
static void
add_quoted(struct buf *b, const char *text)
{
	buf_add_str(b, b->len == 0 ? "{\"" : ",\"");
	for (; *text != '\0'; text++) {
		if (*text == '"' || *text == '\\')
			buf_add_byte(b, '\\');
		buf_add_byte(b, (uint8_t)*text);
	}
	buf_add_byte(b, '"');
}

static void
add_number(struct buf *b, double number)
{
	buf_printf(b, "%c%.17g", b->len == 0 ? '{' : ',', number);
}

static void
add_lane(struct learnt *learnt, const struct miner *m, const struct lane *l)
{
	const struct table *t = m->table;

	add_quoted(&learnt->hotkeys, m->hotkey);
	add_quoted(&learnt->keys, t->keys[l->key].name);
	add_number(&learnt->factors, l->earned.factor);
	add_number(&learnt->raises, l->earned.raise);
	add_number(&learnt->said, l->said > 0 ? l->said : 1);
	add_number(
	    &learnt->starts, earned_start(t->policy.capacity_start, l->said));
}

static void
add_array(struct pg_params *p, struct buf *b)
{
	buf_add_byte(b, '}');
	pg_add_text(p, buf_str(b));
}

static void
send_learnt(struct orchestrator *o, struct learnt *learnt)
{
	struct pg_params p = {0};

	pg_add_int(&p, o->netuid);
	add_array(&p, &learnt->hotkeys);
	add_array(&p, &learnt->keys);
	add_array(&p, &learnt->factors);
	add_array(&p, &learnt->raises);
	add_array(&p, &learnt->said);
	add_array(&p, &learnt->starts);
	pg_add_us(&p, clock_wall_us());
	store_query(o, sql_miner_learnt, &p, store_on_quiet, "miner_learnt");
}

void
store_miner_learnt(struct orchestrator *o, struct table *t)
{
	struct learnt learnt = {0};

	for (size_t i = 0; i < t->n; i++) {
		const struct miner *m = &t->miners[i];

		for (size_t k = 0; k < m->n_lanes; k++) {
			struct lane *l = &m->lanes[k];

			if (!earned_has_news(&l->earned))
				continue;
			add_lane(&learnt, m, l);
			earned_told(&l->earned);
		}
	}
	if (learnt.hotkeys.len > 0)
		send_learnt(o, &learnt);
	buf_free(&learnt.hotkeys);
	buf_free(&learnt.keys);
	buf_free(&learnt.factors);
	buf_free(&learnt.raises);
	buf_free(&learnt.said);
	buf_free(&learnt.starts);
}

/* -- kinds ----------------------------------------------------------------- */

void
store_kind_list(struct orchestrator *o, pg_on_answer *on_answer, void *arg)
{
	query_netuid(o, sql_kind_list, on_answer, arg);
}

void
store_kind_seed(struct orchestrator *o, const char *rows,
    pg_on_answer *on_answer, void *arg)
{
	pg_query(o->pg, sql_kind_seed, 1, &rows, on_answer, arg);
}

/* -- instances ------------------------------------------------------------- */

void
store_instance_seen(struct orchestrator *o, const struct peer *me,
    int64_t now_us, pg_on_answer *on_answer, void *arg)
{
	struct pg_params p = {0};

	pg_add_text(&p, o->id);
	pg_add_text(&p, o->service.program);
	pg_add_int(&p, o->netuid);
	pg_add_us(&p, o->started_us);
	pg_add_us(&p, now_us);
	pg_add_text(&p, o->public_url);
	pg_add_us(&p, me->joined_us);
	pg_add_text(&p, me->roster);
	store_batch(o, last, sql_instance_seen, &p, on_answer, arg);
}

void
store_instance_lock(struct orchestrator *o)
{
	const char *const params[] = {o->id};

	pg_query(o->pg, sql_instance_lock, 1, params, store_on_quiet,
	    "instance_lock");
}

void
store_instance_left(struct orchestrator *o)
{
	struct pg_params p = {0};

	pg_add_text(&p, o->id);
	pg_add_us(&p, clock_wall_us());
	store_batch(
	    o, last, sql_instance_left, &p, store_on_quiet, "instance_left");
}

static void
fill_roster(struct pg_params *p, const struct orchestrator *o, int64_t seen_us)
{
	pg_add_text(p, o->service.program);
	pg_add_int(p, o->netuid);
	pg_add_us(p, seen_us);
}

void
store_instance_roster(
    struct orchestrator *o, int64_t seen_us, pg_on_answer *on_answer, void *arg)
{
	struct pg_params p = {0};

	fill_roster(&p, o, seen_us);
	store_batch(o, last, sql_instance_roster, &p, on_answer, arg);
}

/* The second statement sees at least what the first one did: whoever is off
 * the roster, or has agreed to us, has written all that he had begun. */
void
store_miner_open(struct orchestrator *o, int64_t seen_us, int64_t from_us,
    pg_on_answer *on_answer, void *arg)
{
	struct pg_op *op = pg_op_new(last);
	struct pg_params roster = {0}, open = {0};

	fill_roster(&roster, o, seen_us);
	pg_add_int(&open, o->netuid);
	pg_add_text(&open, o->id);
	pg_add_us(&open, from_us);
	pg_op_add(op, sql_instance_roster, roster.n, roster.values);
	pg_op_add(op, sql_miner_open, open.n, open.values);
	pg_op_run(o->back, op, on_answer, arg);
}

size_t
store_peers_from_rows(const PGresult *res, struct peer *peers, size_t max)
{
	size_t n = (size_t)PQntuples(res);

	for (size_t i = 0; i < n && i < max; i++) {
		snprintf(peers[i].id, sizeof(peers[i].id), "%s",
		    pg_text(res, (int)i, "id"));
		snprintf(peers[i].roster, sizeof(peers[i].roster), "%s",
		    pg_text(res, (int)i, "roster"));
		peers[i].joined_us = pg_int(res, (int)i, "joined_us");
	}
	return n < max ? n : max;
}

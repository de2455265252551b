/* Rows of Violet's door. */
#include "orchestrator/store_violet.h"

#include <stdlib.h>

#include "common/buf.h"
#include "common/clock.h"
#include "orchestrator/miners.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/store_op.h"
#include "orchestrator/violet.h"
#include "sql.h"

/* So long finished tasks are shown to validators. */
enum { DONE_MS = 24 * 3600 * 1000 };

/* Texts and answers of a page of tasks: whoever reads a list, and whoever
 * filled it, takes no more of our memory. */
enum { PAGE_BYTES = 8 * 1024 * 1024 };

/* The kinds that are tasks of Violet's, as an array's text. */
static char *
kinds_text(void)
{
	const struct violet_type *types;
	struct buf text = {0};
	size_t n;

	types = violet_types(&n);
	for (size_t i = 0; i < n; i++) {
		buf_add_byte(&text, i == 0 ? '{' : ',');
		pg_add_element(&text, types[i].kind);
	}
	buf_add_str(&text, "}");
	return buf_take_str(&text);
}

static void
add_uid(struct pg_params *p, int64_t uid)
{
	pg_add_int(p, uid);
	if (uid < 0)
		p->values[p->n - 1] = NULL;
}

static int64_t
there_since_us(void)
{
	return clock_wall_us() - MINERS_POLL_MS * 1000LL;
}

/* -- tasks --------------------------------------------------------------- */

void
store_violet_task(struct orchestrator *o, const char *id, const char *tenant,
    pg_on_answer *on_answer, void *arg)
{
	store_query_owned(o, sql_violet_task, id, tenant, on_answer, arg);
}

void
store_violet_file(struct orchestrator *o, const char *id, const char *tenant,
    pg_on_answer *on_answer, void *arg)
{
	store_query_owned(o, sql_violet_file, id, tenant, on_answer, arg);
}

void
store_violet_tasks(struct orchestrator *o, const char *tenant,
    const char *states, const char *behind, int64_t limit,
    pg_on_answer *on_answer, void *arg)
{
	struct pg_params p = {0};
	char *kinds = kinds_text();

	pg_add_int(&p, o->netuid);
	pg_add_text(&p, tenant);
	pg_add_text(&p, states);
	pg_add_text(&p, kinds);
	pg_add_text(&p, behind);
	pg_add_int(&p, limit);
	pg_add_int(&p, PAGE_BYTES);
	store_query_back(o, sql_violet_tasks, &p, on_answer, arg);
	free(kinds);
}

/* -- miners -------------------------------------------------------------- */

void
store_violet_nonce(struct orchestrator *o, const char *hotkey, const char *uuid,
    int64_t forget_us, pg_on_answer *on_answer, void *arg)
{
	struct pg_params p = {0};

	pg_add_int(&p, o->netuid);
	pg_add_text(&p, hotkey);
	pg_add_text(&p, uuid);
	pg_add_us(&p, clock_wall_us());
	pg_add_us(&p, forget_us);
	store_query(o, sql_violet_nonce, &p, on_answer, arg);
}

void
store_violet_neuron(struct orchestrator *o, const char *hotkey,
    pg_on_answer *on_answer, void *arg)
{
	struct pg_params p = {0};

	pg_add_int(&p, o->netuid);
	pg_add_text(&p, hotkey);
	store_query(o, sql_violet_neuron, &p, on_answer, arg);
}

void
store_violet_poll(struct orchestrator *o, int64_t uid, const char *hotkey,
    const json_t *pulls, pg_on_answer *on_answer, void *arg)
{
	struct pg_params p = {0};
	char *text = store_json(pulls);

	pg_add_int(&p, o->netuid);
	pg_add_int(&p, uid);
	pg_add_text(&p, hotkey);
	pg_add_text(&p, pulls != NULL ? text : NULL);
	pg_add_us(&p, clock_wall_us());
	store_query(o, sql_violet_poll, &p, on_answer, arg);
	free(text);
}

void
store_violet_open(struct orchestrator *o, const char *hotkey, bool is_proven,
    pg_on_answer *on_answer, void *arg)
{
	struct pg_params p = {0};
	char *kinds = kinds_text();

	pg_add_int(&p, o->netuid);
	pg_add_text(&p, hotkey);
	pg_add_text(&p, kinds);
	pg_add_bool(&p, !is_proven);
	pg_add_us(&p, clock_wall_us());
	store_query(o, sql_violet_open, &p, on_answer, arg);
	free(kinds);
}

void
store_violet_unproven(
    struct orchestrator *o, const char *ids, pg_on_answer *on_answer, void *arg)
{
	struct pg_params p = {0};

	pg_add_text(&p, ids);
	store_query(o, sql_violet_unproven, &p, on_answer, arg);
}

static void
on_gone(const struct pg_answer *answer, void *arg)
{
	(void)arg;
	store_is_done(answer, "violet_gone");
}

void
store_violet_gone(struct orchestrator *o, const char *attempt_id)
{
	struct pg_params p = {0};

	pg_add_text(&p, attempt_id);
	store_query(o, sql_violet_gone, &p, on_gone, NULL);
}

void
store_violet_attempt(struct orchestrator *o, const char *job_id,
    const char *hotkey, int64_t uid, pg_on_answer *on_answer, void *arg)
{
	struct pg_params p = {0};

	pg_add_text(&p, job_id);
	pg_add_int(&p, o->netuid);
	pg_add_text(&p, hotkey);
	add_uid(&p, uid);
	store_query(o, sql_violet_attempt, &p, on_answer, arg);
}

/* -- validators, and who watches ------------------------------------------ */

void
store_violet_done(struct orchestrator *o, const char *validator,
    const char *behind, int64_t limit, pg_on_answer *on_answer, void *arg)
{
	struct pg_params p = {0};
	char *kinds = kinds_text();

	pg_add_int(&p, o->netuid);
	pg_add_text(&p, validator);
	pg_add_text(&p, behind);
	pg_add_text(&p, kinds);
	pg_add_int(&p, limit);
	pg_add_us(&p, clock_wall_us() - DONE_MS * 1000LL);
	pg_add_int(&p, PAGE_BYTES);
	store_query_back(o, sql_violet_done, &p, on_answer, arg);
	free(kinds);
}

void
store_violet_seen(struct orchestrator *o, const char *job_id,
    const char *validator, int64_t uid, pg_on_answer *on_answer, void *arg)
{
	struct pg_params p = {0};

	pg_add_int(&p, o->netuid);
	pg_add_text(&p, job_id);
	pg_add_text(&p, validator);
	add_uid(&p, uid);
	pg_add_us(&p, clock_wall_us());
	store_query(o, sql_violet_seen, &p, on_answer, arg);
}

void
store_violet_evaluated(struct orchestrator *o, const char *validator,
    const char *behind, int64_t limit, pg_on_answer *on_answer, void *arg)
{
	struct pg_params p = {0};

	pg_add_int(&p, o->netuid);
	pg_add_text(&p, validator);
	pg_add_text(&p, behind);
	pg_add_int(&p, limit);
	store_query(o, sql_violet_evaluated, &p, on_answer, arg);
}

void
store_violet_board(struct orchestrator *o, int64_t uid, const char *sort_by,
    bool is_down, int64_t limit, pg_on_answer *on_answer, void *arg)
{
	struct pg_params p = {0};

	pg_add_int(&p, o->netuid);
	add_uid(&p, uid);
	pg_add_text(&p, sort_by);
	pg_add_bool(&p, is_down);
	pg_add_int(&p, limit);
	pg_add_us(&p, there_since_us());
	pg_add_int(&p, o->mecid);
	store_query_back(o, sql_violet_board, &p, on_answer, arg);
}

void
store_violet_stats(struct orchestrator *o, pg_on_answer *on_answer, void *arg)
{
	struct pg_params p = {0};
	char *kinds = kinds_text();

	pg_add_int(&p, o->netuid);
	pg_add_us(&p, there_since_us());
	pg_add_text(&p, kinds);
	store_query_back(o, sql_violet_stats, &p, on_answer, arg);
	free(kinds);
}

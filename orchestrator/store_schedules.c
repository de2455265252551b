/* The table schedule. */
#include "orchestrator/store_schedules.h"

#include <stdlib.h>

#include "common/log.h"
#include "orchestrator/orchestrator.h"
#include "sql.h"

void
store_schedule_seed(struct orchestrator *o, const char *rows,
    pg_on_answer *on_answer, void *arg)
{
	struct pg_params p = {0};

	pg_add_int(&p, o->netuid);
	pg_add_text(&p, rows);
	pg_query(o->pg, sql_schedule_seed, p.n, p.values, on_answer, arg);
}

void
store_schedule_list(struct orchestrator *o, pg_on_answer *on_answer, void *arg)
{
	struct pg_params p = {0};

	pg_add_int(&p, o->netuid);
	pg_query(o->pg, sql_schedule_list, p.n, p.values, on_answer, arg);
}

/* It is looked at again in a second in any case. */
static void
on_planned(const struct pg_answer *answer, void *arg)
{
	(void)arg;
	if (answer->outcome != PG_DONE)
		log_warn("store.failed", "what=schedule_plan why=\"%s\"",
		    answer->why);
}

void
store_schedule_plan(struct orchestrator *o, const char *name, int64_t next_us)
{
	struct pg_params p = {0};

	pg_add_int(&p, o->netuid);
	pg_add_text(&p, name);
	pg_add_us(&p, next_us);
	pg_query(o->pg, sql_schedule_plan, p.n, p.values, on_planned, NULL);
}

void
store_schedule_fire(struct orchestrator *o, const json_t *due, int64_t now_us,
    pg_on_answer *on_answer, void *arg)
{
	char *rows = json_dumps(due, JSON_COMPACT);
	struct pg_params p = {0};

	pg_add_int(&p, o->netuid);
	pg_add_text(&p, rows);
	pg_add_us(&p, now_us);
	pg_query(o->pg, sql_schedule_fire, p.n, p.values, on_answer, arg);
	free(rows);
}

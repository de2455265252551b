/* One statement to PostgreSQL, by itself or in the batch; JSON as its text. */
#include "orchestrator/store_op.h"

#include "common/log.h"
#include "orchestrator/orchestrator.h"

void
store_query(struct orchestrator *o, const char *sql, const struct pg_params *p,
    pg_on_answer *on_answer, void *arg)
{
	pg_query(o->pg, sql, p->n, p->values, on_answer, arg);
}

void
store_query_owned(struct orchestrator *o, const char *sql, const char *id,
    const char *tenant, pg_on_answer *on_answer, void *arg)
{
	struct pg_params p = {0};

	pg_add_text(&p, id);
	pg_add_int(&p, o->netuid);
	pg_add_text(&p, tenant);
	store_query(o, sql, &p, on_answer, arg);
}

void
store_query_back(struct orchestrator *o, const char *sql,
    const struct pg_params *p, pg_on_answer *on_answer, void *arg)
{
	pg_query(o->back, sql, p->n, p->values, on_answer, arg);
}

void
store_batch(struct orchestrator *o, const char *key, const char *sql,
    const struct pg_params *p, pg_on_answer *on_answer, void *arg)
{
	struct pg_op *op = pg_op_new(key);

	pg_op_add(op, sql, p->n, p->values);
	pg_op_batch(o->pg, op, on_answer, arg);
}

bool
store_is_done(const struct pg_answer *answer, const char *what)
{
	if (answer->outcome == PG_DONE)
		return true;
	log_warn("store.failed", "what=%s why=\"%s\"", what, answer->why);
	return false;
}

const char *
store_why(const struct pg_answer *answer)
{
	return answer->outcome == PG_REFUSED && answer->sqlstate[0] != '\0'
		   ? "the database refused that; orchestratord's log says why"
		   : "the database is away";
}

void
store_on_quiet(const struct pg_answer *answer, void *what)
{
	store_is_done(answer, what);
}

char *
store_json(const json_t *json)
{
	return json != NULL ? json_dumps(json, JSON_COMPACT | JSON_ENCODE_ANY)
			    : NULL;
}

/* The table file. */
#include "orchestrator/store_files.h"

#include <stdlib.h>

#include "orchestrator/orchestrator.h"
#include "orchestrator/store_op.h"
#include "sql.h"

void
store_file_insert(struct orchestrator *o, const struct store_file *file,
    pg_on_answer *on_answer, void *arg)
{
	struct pg_params p = {0};
	char *measured = store_json(file->measured);

	pg_add_text(&p, file->id);
	pg_add_int(&p, o->netuid);
	pg_add_text(&p, file->tenant);
	pg_add_text(&p, file->sha256);
	pg_add_int(&p, file->bytes);
	pg_add_text(&p, file->type);
	pg_add_us(&p, file->created_us);
	pg_add_us(&p, file->expires_us);
	pg_add_text(&p, measured);
	store_query(o, sql_file_insert, &p, on_answer, arg);
	free(measured);
}

void
store_file_get(struct orchestrator *o, const char *id, const char *tenant,
    int64_t now_us, pg_on_answer *on_answer, void *arg)
{
	struct pg_params p = {0};

	pg_add_text(&p, id);
	pg_add_int(&p, o->netuid);
	pg_add_text(&p, tenant);
	pg_add_us(&p, now_us);
	store_query(o, sql_file_get, &p, on_answer, arg);
}

void
store_file_list(struct orchestrator *o, const char *tenant, int64_t now_us,
    const char *behind, int most, pg_on_answer *on_answer, void *arg)
{
	struct pg_params p = {0};

	pg_add_int(&p, o->netuid);
	pg_add_text(&p, tenant);
	pg_add_us(&p, now_us);
	pg_add_text(&p, behind);
	pg_add_int(&p, most);
	store_query(o, sql_file_list, &p, on_answer, arg);
}

void
store_file_use(struct orchestrator *o, const char *id, const char *tenant,
    int64_t now_us, pg_on_answer *on_answer, void *arg)
{
	struct pg_params p = {0};

	pg_add_text(&p, id);
	pg_add_int(&p, o->netuid);
	pg_add_text(&p, tenant);
	pg_add_us(&p, now_us);
	store_query(o, sql_file_use, &p, on_answer, arg);
}

void
store_file_delete(struct orchestrator *o, const char *id, const char *tenant,
    pg_on_answer *on_answer, void *arg)
{
	struct pg_params p = {0};

	pg_add_text(&p, id);
	pg_add_int(&p, o->netuid);
	pg_add_text(&p, tenant);
	store_query(o, sql_file_delete, &p, on_answer, arg);
}

void
store_file_expire(struct orchestrator *o, int64_t now_us, int most,
    pg_on_answer *on_answer, void *arg)
{
	struct pg_params p = {0};

	pg_add_int(&p, o->netuid);
	pg_add_us(&p, now_us);
	pg_add_int(&p, most);
	store_query_back(o, sql_file_expire, &p, on_answer, arg);
}

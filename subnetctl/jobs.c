/* subnetctl jobs: what clients asked for and what became of it. */
#include <stdio.h>
#include <string.h>

#include "common/err.h"
#include "common/pg.h"
#include "common/uuid.h"
#include "sql.h"
#include "subnetctl/ctl.h"
#include "subnetctl/db.h"
#include "subnetctl/show.h"

static const char *const states[] = {"queued", "assigned", "running", "done",
    "failed", "expired", "cancelled", NULL};

static bool
is_state(const char *word)
{
	for (int i = 0; states[i] != NULL; i++) {
		if (strcmp(states[i], word) == 0)
			return true;
	}
	return false;
}

/* A list of rows, under that name. */
static int
list(const struct ctl *ctl, const char *name, const char *sql, size_t n,
    const char *const *params)
{
	PGconn *conn = ctl_connect(ctl);
	PGresult *res;
	struct err err;

	if (conn == NULL)
		return CTL_FAILED;
	res = db_query(conn, sql, n, params, &err);
	PQfinish(conn);
	if (res == NULL)
		return ctl_fail(ctl, CTL_FAILED, &err);
	if (ctl->json)
		show_json(json_pack("{s:o}", name, show_rows(res)));
	else
		show_table(res);
	PQclear(res);
	return CTL_OK;
}

int
ctl_jobs_list(const struct ctl *ctl)
{
	const char *state = ctl->n_args > 0 ? ctl->args[0] : NULL;
	const char *const params[] = {ctl->netuid, state, ctl->limit};
	struct err err;

	if (state != NULL && !is_state(state)) {
		err_set(&err, "\"%s\" is no state of a job", state);
		return ctl_fail(ctl, CTL_USAGE, &err);
	}
	return list(ctl, "jobs", sql_ctl_job_list, 3, params);
}

int
ctl_jobs_failures(const struct ctl *ctl)
{
	const char *const params[] = {ctl->netuid, ctl->limit};

	return list(ctl, "failures", sql_ctl_job_failures, 2, params);
}

static void
show_job(const struct ctl *ctl, const PGresult *job, const PGresult *attempts)
{
	json_t *object;

	if (!ctl->json) {
		show_pairs(job, 0);
		putchar('\n');
		show_table(attempts);
		return;
	}
	object = show_row(job, 0);
	json_object_set_new(object, "attempts", show_rows(attempts));
	show_json(json_pack("{s:o}", "job", object));
}

int
ctl_jobs_show(const struct ctl *ctl)
{
	PGresult *job, *attempts = NULL;
	PGconn *conn;
	struct err err;
	int code = CTL_OK;

	if (!uuid_is_valid(ctl->args[0])) {
		err_set(&err, "\"%s\" is no id of a job", ctl->args[0]);
		return ctl_fail(ctl, CTL_USAGE, &err);
	}
	conn = ctl_connect(ctl);
	if (conn == NULL)
		return CTL_FAILED;
	job = db_query(conn, sql_ctl_job_show, 1, ctl->args, &err);
	if (job != NULL)
		attempts =
		    db_query(conn, sql_ctl_job_attempts, 1, ctl->args, &err);
	if (job != NULL && PQntuples(job) == 0)
		err_set(&err, "there is no job %s", ctl->args[0]);
	if (attempts == NULL || PQntuples(job) == 0)
		code = ctl_fail(ctl, CTL_FAILED, &err);
	else
		show_job(ctl, job, attempts);
	PQclear(job);
	PQclear(attempts);
	PQfinish(conn);
	return code;
}

/*
 * subnetctl jobs cancel: one job ends, whoever ordered it. The step is the one
 * that orchestratord makes for a client; what the job's miners still have, an
 * orchestratord takes back at its next sweep, and tells receivers of webhooks.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/clock.h"
#include "common/err.h"
#include "common/pg.h"
#include "common/uuid.h"
#include "orchestrator/states.h"
#include "sql.h"
#include "subnetctl/ctl.h"
#include "subnetctl/db.h"
#include "subnetctl/rows.h"
#include "subnetctl/show.h"

enum { N_STEP = 8 }; /* parameters of job_step.sql, each an array of one */

/* "{queued,assigned,running}": from where a job may be cancelled. */
static void
add_sources(struct buf *out)
{
	buf_add_str(out, "{");
	for (int s = 0; s < N_JOB_STATES; s++) {
		if (job_next(s, JOB_CANCEL) == JOB_CANCELLED)
			buf_printf(out, "%s%s", out->len > 1 ? "," : "",
			    job_state_name(s));
	}
	buf_add_str(out, "}");
}

static PGresult *
step(PGconn *conn, const char *id, int64_t now_us, struct err *err)
{
	struct buf arrays[N_STEP] = {{0}}, sources = {0};
	const char *params[N_STEP];
	struct pg_params now = {.n = 0};
	PGresult *res;

	add_sources(&sources);
	pg_add_us(&now, now_us);
	for (int i = 0; i < N_STEP; i++) {
		const char *const elements[N_STEP] = {id, buf_str(&sources),
		    job_state_name(JOB_CANCELLED), "cancelled", now.values[0],
		    NULL, NULL, "0"};

		buf_add_str(&arrays[i], "{");
		pg_add_element(&arrays[i], elements[i]);
		buf_add_str(&arrays[i], "}");
		params[i] = buf_str(&arrays[i]);
	}
	res = db_query(conn, sql_job_step, N_STEP, params, err);
	for (int i = 0; i < N_STEP; i++)
		buf_free(&arrays[i]);
	buf_free(&sources);
	return res;
}

static const struct rows_column columns[] = {{"id", ROWS_TEXT},
    {"was", ROWS_TEXT}, {"state", ROWS_TEXT}, {"left", ROWS_BOOL}};

static void
show(const struct ctl *ctl, const PGresult *moved)
{
	PGresult *rows = rows_new(columns, 4);

	rows_text(rows, 0, 0, ctl->args[0]);
	rows_text(rows, 0, 1, pg_text(moved, 0, "was"));
	rows_text(rows, 0, 2, job_state_name(JOB_CANCELLED));
	rows_bool(rows, 0, 3, pg_bool(moved, 0, "left"));
	if (ctl->json)
		show_json(json_pack("{s:o}", "job", show_row(rows, 0)));
	else
		show_pairs(rows, 0);
	if (!ctl->json && pg_bool(moved, 0, "left"))
		puts("its miners are told by an orchestratord, within seconds");
	PQclear(rows);
}

/* It did not move: it is not there, or was over. */
static enum ctl_exit
refuse(PGconn *conn, const char *id, struct err *err)
{
	PGresult *job = db_query(conn, sql_ctl_job_show, 1, &id, err);
	enum ctl_exit code = CTL_FAILED;

	if (job != NULL && PQntuples(job) == 0)
		err_set(err, "there is no job %s", id);
	if (job != NULL && PQntuples(job) == 1) {
		err_set(err,
		    "job %s is %s since %s: there is nothing to "
		    "cancel",
		    id, pg_text(job, 0, "state"),
		    pg_text(job, 0, "finished_at"));
		code = CTL_REFUSED;
	}
	PQclear(job);
	return code;
}

int
ctl_jobs_cancel(const struct ctl *ctl)
{
	enum ctl_exit code = CTL_FAILED;
	PGresult *moved;
	PGconn *conn;
	struct err err;

	if (!uuid_is_valid(ctl->args[0])) {
		err_set(&err, "\"%s\" is no id of a job", ctl->args[0]);
		return ctl_fail(ctl, CTL_USAGE, &err);
	}
	conn = ctl_connect(ctl);
	if (conn == NULL)
		return CTL_FAILED;
	moved = step(conn, ctl->args[0], clock_wall_us(), &err);
	if (moved != NULL && PQntuples(moved) == 1) {
		code = CTL_OK;
		show(ctl, moved);
	} else if (moved != NULL) {
		code = refuse(conn, ctl->args[0], &err);
	}
	PQclear(moved);
	PQfinish(conn);
	return code == CTL_OK ? CTL_OK : ctl_fail(ctl, code, &err);
}

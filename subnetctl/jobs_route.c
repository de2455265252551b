/* subnetctl jobs route: why a job went where it went; the draw, once more. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/config.h"
#include "common/err.h"
#include "common/uuid.h"
#include "orchestrator/replay.h"
#include "sql.h"
#include "subnetctl/ctl.h"
#include "subnetctl/db.h"
#include "subnetctl/routes.h"
#include "subnetctl/rows.h"
#include "subnetctl/show.h"

enum { COL_ATTEMPT = 1, COL_HOTKEY, COL_STATE, COL_RECEIPT, COL_STICKY };

static const char most_attempts[] = "1000";

static PGresult *
read_receipts(const struct ctl *ctl, PGconn *conn, struct err *err)
{
	const char *const params[] = {
	    ctl->netuid, ctl->args[0], NULL, most_attempts};
	PGresult *res = db_query(conn, sql_ctl_route_receipts, 4, params, err);

	if (res != NULL && PQntuples(res) == 0) {
		err_set(err, "job %s has no attempt", ctl->args[0]);
		PQclear(res);
		return NULL;
	}
	return res;
}

/* -- the receipts ---------------------------------------------------------- */

static int
show_receipts(const struct ctl *ctl, const PGresult *res)
{
	json_t *list = json_array();

	for (int i = PQntuples(res) - 1; i >= 0; i--) {
		json_t *row =
		    json_loads(PQgetvalue(res, i, COL_RECEIPT), 0, NULL);

		json_object_set_new(row, "attempt",
		    json_string(PQgetvalue(res, i, COL_ATTEMPT)));
		json_object_set_new(
		    row, "state", json_string(PQgetvalue(res, i, COL_STATE)));
		json_array_append_new(list, row);
	}
	if (ctl->json) {
		show_json(json_pack("{s:o}", "receipts", list));
		return CTL_OK;
	}
	for (size_t i = 0; i < json_array_size(list); i++) {
		char *text = json_dumps(
		    json_array_get(list, i), JSON_INDENT(2) | JSON_ENCODE_ANY);

		puts(text);
		free(text);
	}
	json_decref(list);
	return CTL_OK;
}

/* -- once more ------------------------------------------------------------- */

static const struct rows_column columns[] = {{"attempt", ROWS_TEXT},
    {"step", ROWS_INT}, {"uid", ROWS_INT}, {"hotkey", ROWS_TEXT},
    {"chance", ROWS_REAL}, {"what", ROWS_TEXT}};

struct steps {
	PGresult *rows;
	const char *attempt;
	int n; /* of this attempt */
};

static void
on_step(const struct replay_step *step, void *arg)
{
	struct steps *s = arg;
	int row = PQntuples(s->rows);

	rows_text(s->rows, row, 0, s->attempt);
	rows_int(s->rows, row, 1, s->n++);
	rows_int(s->rows, row, 2, step->uid);
	rows_text(s->rows, row, 3, step->hotkey);
	rows_real(s->rows, row, 4, step->chance);
	rows_text(s->rows, row, 5, step->what);
}

static int
replay_one(struct routes *routes, const PGresult *res, int i,
    struct steps *steps, struct err *err)
{
	const char *sticky = PQgetisnull(res, i, COL_STICKY)
				 ? NULL
				 : PQgetvalue(res, i, COL_STICKY);
	json_t *receipt = json_loads(PQgetvalue(res, i, COL_RECEIPT), 0, NULL);
	struct replay *replay = routes_find(routes, receipt, err);
	struct err why = {""};
	int rc = -1;

	steps->attempt = PQgetvalue(res, i, COL_ATTEMPT);
	steps->n = 0;
	if (replay != NULL)
		rc = replay_receipt(
		    replay, receipt, sticky, on_step, steps, &why);
	if (replay != NULL && rc != 0)
		err_set(err, "attempt %s: %s", steps->attempt, why.text);
	json_decref(receipt);
	return rc;
}

static int
replay_all(const struct ctl *ctl, PGconn *conn, const PGresult *res)
{
	struct routes *routes = routes_new(conn, ctl->netuid);
	struct steps steps = {.rows = rows_new(columns, 6)};
	struct err err = {""};
	int rc = 0;

	for (int i = PQntuples(res) - 1; rc == 0 && i >= 0; i--)
		rc = replay_one(routes, res, i, &steps, &err);
	if (rc == 0 && ctl->json)
		show_json(json_pack("{s:o}", "steps", show_rows(steps.rows)));
	else if (rc == 0)
		show_table(steps.rows);
	routes_free(routes);
	PQclear(steps.rows);
	return rc == 0 ? CTL_OK : ctl_fail(ctl, CTL_REFUSED, &err);
}

int
ctl_jobs_route(const struct ctl *ctl)
{
	PGresult *res;
	PGconn *conn;
	struct err err;
	int code;

	if (!uuid_is_valid(ctl->args[0])) {
		err_set(&err, "\"%s\" is no id of a job", ctl->args[0]);
		return ctl_fail(ctl, CTL_USAGE, &err);
	}
	conn = ctl_connect(ctl);
	if (conn == NULL)
		return CTL_FAILED;
	res = read_receipts(ctl, conn, &err);
	if (res == NULL)
		code = ctl_fail(ctl, CTL_FAILED, &err);
	else if (config_bool(ctl->config, "subnetctl.replay"))
		code = replay_all(ctl, conn, res);
	else
		code = show_receipts(ctl, res);
	PQclear(res);
	PQfinish(conn);
	return code;
}

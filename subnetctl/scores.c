/* subnetctl scores: the latest round, or one miner's last ones. */
#include <stdio.h>

#include "common/err.h"
#include "common/pg.h"
#include "sql.h"
#include "subnetctl/ctl.h"
#include "subnetctl/db.h"
#include "subnetctl/show.h"

static int
show_history(const struct ctl *ctl, PGconn *conn, struct err *err)
{
	const char *const params[] = {
	    ctl->netuid, ctl->args[0], ctl->limit, ctl->mecid};
	PGresult *res = db_query(conn, sql_ctl_score_history, 4, params, err);

	if (res == NULL)
		return -1;
	if (ctl->json)
		show_json(json_pack("{s:s, s:o}", "hotkey", ctl->args[0],
		    "scores", show_rows(res)));
	else
		show_table(res);
	PQclear(res);
	return 0;
}

static void
show_run(const struct ctl *ctl, const PGresult *run, const PGresult *entries)
{
	if (ctl->json) {
		show_json(json_pack("{s:o, s:o}", "run", show_row(run, 0),
		    "scores", show_rows(entries)));
		return;
	}
	printf("epoch %s at block %s, policy %s\n", pg_text(run, 0, "epoch"),
	    pg_text(run, 0, "block"), pg_text(run, 0, "policy"));
	show_table(entries);
}

static int
show_latest(const struct ctl *ctl, PGconn *conn, struct err *err)
{
	const char *const mechanism[] = {ctl->netuid, ctl->mecid};
	PGresult *run = db_query(conn, sql_ctl_score_run, 2, mechanism, err);
	PGresult *entries = NULL;
	const char *id[1];

	if (run != NULL && PQntuples(run) == 0) {
		if (ctl->json)
			show_json(json_pack("{s:n, s:[]}", "run", "scores"));
		else
			puts("none");
		PQclear(run);
		return 0;
	}
	if (run != NULL) {
		id[0] = pg_text(run, 0, "id");
		entries = db_query(conn, sql_ctl_score_entries, 1, id, err);
	}
	if (entries != NULL)
		show_run(ctl, run, entries);
	PQclear(run);
	PQclear(entries);
	return entries != NULL ? 0 : -1;
}

int
ctl_scores_show(const struct ctl *ctl)
{
	PGconn *conn;
	struct err err;
	int failed;

	if (ctl->n_args > 0 && ctl_hotkey(ctl->args[0], &err) != 0)
		return ctl_fail(ctl, CTL_USAGE, &err);
	conn = ctl_connect(ctl);
	if (conn == NULL)
		return CTL_FAILED;
	failed = ctl->n_args > 0 ? show_history(ctl, conn, &err)
				 : show_latest(ctl, conn, &err);
	PQfinish(conn);
	return failed ? ctl_fail(ctl, CTL_FAILED, &err) : CTL_OK;
}

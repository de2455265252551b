/* One moment of the database, and a check that nothing is missing. */
#include "subnetctl/rounds.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "common/pg.h"
#include "scorer/run.h"
#include "sql.h"
#include "subnetctl/ctl.h"
#include "subnetctl/db.h"
#include "validator/run_rows.h"

static void
set_round(struct run *run, const struct ctl *ctl, const PGresult *row)
{
	const struct run_round round = {
	    .netuid = atoi(ctl->netuid),
	    .mecid = atoi(ctl->mecid),
	    .epoch = pg_int(row, 0, "epoch"),
	    .block = pg_int(row, 0, "block"),
	    .from_us = pg_int(row, 0, "from_us"),
	    .at_us = pg_int(row, 0, "at_us"),
	};

	run_set_round(run, &round);
}

/* Of a round by what posts gained; there are none of others. */
static int
read_posts(
    struct run *run, PGconn *conn, const char *const *id, struct err *err)
{
	PGresult *posts = db_query(conn, sql_ctl_export_posts, 1, id, err);
	const char *why;

	if (posts == NULL)
		return -1;
	why = run_rows_posts(run, posts);
	PQclear(posts);
	return why == NULL ? 0 : err_set(err, "%s", why);
}

static int
read_inputs(struct run *run, const struct ctl *ctl, PGconn *conn,
    const char *id, struct err *err)
{
	const char *const params[] = {ctl->netuid, id};
	PGresult *miners =
	    db_query(conn, sql_ctl_export_miners, 1, &params[1], err);
	PGresult *events = NULL;
	const char *why = NULL;

	if (miners != NULL)
		events = db_query(conn, sql_ctl_export_events, 2, params, err);
	if (events != NULL) {
		why = run_rows_miners(run, miners);
		if (why == NULL)
			why = run_rows_events(run, events);
		if (why != NULL)
			err_set(err, "%s", why);
	}
	PQclear(miners);
	PQclear(events);
	return events != NULL && why == NULL
		   ? read_posts(run, conn, &params[1], err)
		   : -1;
}

/* Rows that were dropped since would make it another round. */
static int
check_whole(const struct run *run, const PGresult *row, struct err *err)
{
	char hash[RUN_ROWS_HASH];

	run_rows_hash(run, hash);
	if (strcmp(hash, pg_text(row, 0, "inputs_sha256")) == 0)
		return 0;
	return err_set(err,
	    "the rows of epoch %s are not all there any more: they hash to "
	    "%.16s.., the round's to %.16s..",
	    pg_text(row, 0, "epoch"), hash, pg_text(row, 0, "inputs_sha256"));
}

static struct run *
make_run(
    const struct ctl *ctl, PGconn *conn, const PGresult *row, struct err *err)
{
	struct run *run = run_new(pg_text(row, 0, "policy"), err);

	if (run == NULL) {
		err_wrap(err, "the round's policy");
		return NULL;
	}
	set_round(run, ctl, row);
	if (read_inputs(run, ctl, conn, pg_text(row, 0, "id"), err) == 0 &&
	    check_whole(run, row, err) == 0)
		return run;
	run_free(run);
	return NULL;
}

static struct run *
read_epoch(const struct ctl *ctl, PGconn *conn, int64_t epoch,
    char vector[ROUNDS_ID], struct err *err)
{
	char number[24];
	const char *const params[] = {
	    ctl->netuid, ctl->mecid, epoch >= 0 ? number : NULL};
	struct run *run = NULL;
	PGresult *row;

	snprintf(number, sizeof(number), "%lld", (long long)epoch);
	row = db_query(conn, sql_ctl_export_run, 3, params, err);
	if (row == NULL)
		return NULL;
	if (PQntuples(row) == 0) {
		err_set(err,
		    "there is no scoring round%s%s made since rounds "
		    "can be made again",
		    epoch >= 0 ? " of epoch " : "", epoch >= 0 ? number : "");
	} else {
		run = make_run(ctl, conn, row, err);
		snprintf(vector, ROUNDS_ID, "%s", pg_text(row, 0, "vector"));
	}
	PQclear(row);
	return run;
}

struct run *
rounds_read(const struct ctl *ctl, PGconn *conn, int64_t epoch,
    char vector[ROUNDS_ID], struct err *err)
{
	if (db_run(conn, sql_ctl_begin, err) != 0 ||
	    db_run(conn, sql_run_begin, err) != 0)
		return NULL;
	return read_epoch(ctl, conn, epoch, vector, err);
}

/*
 * What the floor stands on: inserts of one row as pgbench makes them, with a
 * commit each, and as libpq does in pipelines of 64 with one commit. Context,
 * without a limit.
 */
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/uuid.h"
#include "common/xalloc.h"
#include "tests/bench/jobs/figures.h"
#include "tests/bench/jobs/rows.h"
#include "tests/bench/jobs/world.h"
#include "tests/lib/cluster.h"
#include "tests/lib/db.h"
#include "tests/lib/proc.h"
#include "tests/lib/sandbox.h"
#include "tests/lib/suite.h"

enum { LOT = 64, MAX_RESULTS = 2 * LOT + 2, WAIT_MS = 120000, N_ARMS = 3 };

static const char *const pgbench_clients[] = {"1", "50"};
static const char *const names[N_ARMS] = {"inserts/s, pgbench, 1 client",
    "inserts/s, pgbench, 50 clients", "inserts/s, libpq, 64 a commit"};

static const char script[] =
    "insert into bench_inserts values (gen_random_uuid(), 'this is some text "
    "to be worked on, as long as that of a job of this benchmark');\n";

/* A pgbench of so many clients: transactions a second, -1 if it fails. */
static double
pgbench_tps(struct world *w, const char *file, const char *clients)
{
	const char *conninfo = cluster_conninfo(sandbox_cluster(w->suite->box));
	char *seconds = xasprintf("%.0f", rows_seconds());
	const char *argv[] = {"pgbench", "-n", "-M", "prepared", "-c", clients,
	    "-T", seconds, "-f", file, conninfo, NULL};
	struct proc_options o = {.name = "pgbench", .argv = argv};
	struct proc_output said;
	const char *at;
	double tps = -1;

	proc_run(&o, WAIT_MS, &said);
	at = said.out != NULL ? strstr(said.out, "tps = ") : NULL;
	if (said.status == 0 && at != NULL)
		tps = atof(at + strlen("tps = "));
	else
		fprintf(stderr, "bench: pgbench: status %d\n%s", said.status,
		    said.err != NULL ? said.err : "");
	proc_output_clear(&said);
	free(seconds);
	return tps;
}

/* One pipeline, one commit. */
static bool
insert_lot(PGconn *conn)
{
	bool is_over = false, is_good = true;

	for (int i = 0; i < LOT; i++) {
		char id[UUID_TEXT];
		const char *params[] = {id, script};

		uuid_new(id);
		if (!PQsendQueryPrepared(conn, "in", 2, params, NULL, NULL, 0))
			return false;
	}
	if (!PQpipelineSync(conn))
		return false;
	for (int i = 0; i < MAX_RESULTS && !is_over; i++) {
		PGresult *res = PQgetResult(conn);
		ExecStatusType status = PQresultStatus(res);

		is_over = res != NULL && status == PGRES_PIPELINE_SYNC;
		is_good &= res == NULL || is_over || status == PGRES_COMMAND_OK;
		PQclear(res);
	}
	return is_over && is_good;
}

/* Rows a second by one connection; -1 if it fails. */
static double
pipelined_rate(struct world *w)
{
	const char *conninfo = cluster_conninfo(sandbox_cluster(w->suite->box));
	PGconn *conn = PQconnectdb(conninfo);
	int64_t from_us = clock_mono_us();
	double until_us = from_us + rows_seconds() * 1e6, rate = -1;
	PGresult *res = PQprepare(
	    conn, "in", "insert into bench_inserts values ($1, $2)", 2, NULL);
	bool is_good = PQresultStatus(res) == PGRES_COMMAND_OK &&
		       PQenterPipelineMode(conn);
	long lots = 0;

	PQclear(res);
	for (; is_good && clock_mono_us() < until_us; lots++)
		is_good = insert_lot(conn);
	if (is_good)
		rate = lots * LOT / ((clock_mono_us() - from_us) / 1e6);
	else
		fprintf(stderr, "bench: %s", PQerrorMessage(conn));
	PQfinish(conn);
	return rate;
}

static bool
measure(struct world *w, const char *file, struct figures rates[N_ARMS])
{
	double rate = pipelined_rate(w);

	figures_add(&rates[2], rate);
	for (int i = 0; i < 2 && rate > 0; i++) {
		rate = pgbench_tps(w, file, pgbench_clients[i]);
		figures_add(&rates[i], rate);
	}
	return rate > 0;
}

int
row_inserts(struct world *w)
{
	struct figures rates[N_ARMS] = {{.n = 0}};
	char *file = sandbox_write(w->suite->box, "insert.sql", 0644, script);
	bool is_good = db_exec(w->db, "create table if not exists "
				      "bench_inserts (id uuid primary key, "
				      "body text not null)") == 0;

	for (int n = rows_rounds(); n > 0 && is_good; n--)
		is_good = measure(w, file, rates);
	for (int i = 0; i < N_ARMS; i++) {
		if (is_good)
			printf("%-38s %10.1f %10s %7s   %.0f to %.0f\n",
			    names[i], figures_median(&rates[i]), "", "",
			    figures_quantile(&rates[i], 0),
			    figures_quantile(&rates[i], 1));
		figures_clear(&rates[i]);
	}
	free(file);
	return rows_verdict(is_good, true);
}

/*
 * How long a client waits for its 202: alone, against a bare commit of one
 * row, and at 1,000 jobs a second, the slow against the median.
 */
#include <libpq-fe.h>
#include <stdio.h>

#include "common/clock.h"
#include "common/uuid.h"
#include "tests/bench/jobs/figures.h"
#include "tests/bench/jobs/rows.h"
#include "tests/bench/jobs/world.h"
#include "tests/lib/cluster.h"
#include "tests/lib/sandbox.h"
#include "tests/lib/suite.h"

enum { COMMITS = 500, RATE = 1000 };

static const double alone_limit = 2, slow_limit = 10;

/* -- alone -------------------------------------------------------------- */

static PGconn *
bare_open(struct world *w)
{
	const char *conninfo = cluster_conninfo(sandbox_cluster(w->suite->box));
	PGconn *conn = PQconnectdb(conninfo);
	PGresult *made, *prepared;
	bool is_good;

	made = PQexec(conn, "set client_min_messages = warning; create table "
			    "if not exists bench_bare (id uuid primary key, "
			    "body text not null)");
	prepared = PQprepare(
	    conn, "in", "insert into bench_bare values ($1, $2)", 2, NULL);
	is_good = PQresultStatus(made) == PGRES_COMMAND_OK &&
		  PQresultStatus(prepared) == PGRES_COMMAND_OK;
	PQclear(made);
	PQclear(prepared);
	if (is_good)
		return conn;
	fprintf(stderr, "bench: %s", PQerrorMessage(conn));
	PQfinish(conn);
	return NULL;
}

/* The median of so many commits, each of one row; -1 if one fails. */
static double
bare_p50_us(PGconn *conn)
{
	static const char body[] = "this is some text to be worked on, as long "
				   "as that of a job of this benchmark";
	struct figures us = {.n = 0};
	bool is_good = true;
	double p50;

	for (int i = 0; i < COMMITS && is_good; i++) {
		char id[UUID_TEXT];
		const char *params[] = {id, body};
		int64_t from_us = clock_mono_us();
		PGresult *res;

		uuid_new(id);
		res = PQexecPrepared(conn, "in", 2, params, NULL, NULL, 0);
		is_good = PQresultStatus(res) == PGRES_COMMAND_OK;
		PQclear(res);
		figures_add(&us, clock_mono_us() - from_us);
	}
	p50 = is_good ? figures_median(&us) : -1;
	figures_clear(&us);
	return p50;
}

static bool
measure_alone(struct world *w, PGconn *conn, struct figures *ours,
    struct figures *bare, struct figures *floor)
{
	struct load_plan plan = {.clients = 1, .seconds = rows_seconds()};
	struct load_result r;
	double bare_us = bare_p50_us(conn);

	if (bare_us < 0 || world_run(w, false, &plan, &r) != 0)
		return false;
	figures_add(ours, r.p50_us);
	figures_add(bare, bare_us);
	if (world_run(w, true, &plan, &r) != 0)
		return false;
	figures_add(floor, r.p50_us);
	return true;
}

int
row_accept(struct world *w)
{
	struct figures ours = {0}, bare = {0}, floor = {0};
	PGconn *conn = bare_open(w);
	bool is_good = conn != NULL, is_kept = false;

	for (int n = rows_rounds(); n > 0 && is_good; n--)
		is_good = measure_alone(w, conn, &ours, &bare, &floor);
	if (is_good) {
		is_kept = figures_row("accept p50 us, 1 client / bare commit",
		    &ours, &bare, AT_MOST, alone_limit);
		printf(
		    "  the floor's server: %.0f us\n", figures_median(&floor));
	}
	PQfinish(conn);
	figures_clear(&ours);
	figures_clear(&bare);
	figures_clear(&floor);
	return rows_verdict(is_good, is_kept);
}

/* -- at a rate ---------------------------------------------------------- */

static bool
measure_rate(struct world *w, bool is_floor, struct figures *slow,
    struct figures *middle)
{
	struct load_plan plan = {
	    .clients = WORLD_CLIENTS, .rate = RATE, .seconds = rows_seconds()};
	struct load_result r;

	if (world_run(w, is_floor, &plan, &r) != 0)
		return false;
	figures_add(slow, r.p99_us);
	figures_add(middle, r.p50_us);
	return true;
}

int
row_rate(struct world *w)
{
	struct figures slow = {0}, middle = {0};
	struct figures floor_slow = {0}, floor_middle = {0};
	bool is_good = true, is_kept = false;

	for (int n = rows_rounds(); n > 0 && is_good; n--)
		is_good = measure_rate(w, false, &slow, &middle) &&
			  measure_rate(w, true, &floor_slow, &floor_middle);
	if (is_good) {
		is_kept = figures_row("accept us, 1,000 jobs/s: p99 / p50",
		    &slow, &middle, AT_MOST, slow_limit);
		printf("  the floor's server: p99 %.0f us, p50 %.0f us\n",
		    figures_median(&floor_slow), figures_median(&floor_middle));
	}
	figures_clear(&slow);
	figures_clear(&middle);
	figures_clear(&floor_slow);
	figures_clear(&floor_middle);
	return rows_verdict(is_good, is_kept);
}

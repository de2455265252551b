/*
 * What the database carries beside the jobs at hand: a reader whose snapshot
 * keeps every dead row alive, and a long history.
 */
#include <stdio.h>
#include <stdlib.h>

#include "common/xalloc.h"
#include "tests/bench/jobs/figures.h"
#include "tests/bench/jobs/rows.h"
#include "tests/bench/jobs/world.h"
#include "tests/lib/cluster.h"
#include "tests/lib/db.h"
#include "tests/lib/sandbox.h"
#include "tests/lib/suite.h"

enum {
	READER_S = 600,
	HISTORY = 10000000,
	LOT = 50000,
	PUMP_MS = 20,
	TRIES = 3
};

static const double limit = 0.95;

static bool
add_rate(struct world *w, struct figures *rates)
{
	double rate = rows_rate(w, false, rows_seconds());

	if (rate > 0)
		figures_add(rates, rate);
	return rate > 0;
}

/* -- a reader ----------------------------------------------------------- */

/* Loaded all the time that it is open, and measured at the end of it. */
static bool
measure_with_reader(struct world *w, struct figures *with)
{
	double seconds = rows_number("BENCH_READER_S", READER_S);
	struct db *reader =
	    db_open(cluster_conninfo(sandbox_cluster(w->suite->box)));
	bool is_good =
	    reader != NULL &&
	    db_exec(reader, "begin isolation level repeatable read") == 0 &&
	    db_int(reader, "select count(*) from job") >= 0 &&
	    rows_rate(w, false, seconds) > 0;

	for (int n = rows_rounds(); n > 0 && is_good; n--)
		is_good = add_rate(w, with);
	is_good = is_good && db_exec(reader, "commit") == 0;
	rows_statements(w);
	db_close(reader);
	return is_good;
}

int
row_reader(struct world *w)
{
	struct figures with = {0}, without = {0};
	bool is_good = true, is_kept = false;
	int rounds = rows_rounds();

	for (int n = rounds - rounds / 2; n > 0 && is_good; n--)
		is_good = add_rate(w, &without);
	is_good = is_good && measure_with_reader(w, &with) &&
		  db_exec(w->db, "vacuum analyze") == 0;
	for (int n = rounds / 2; n > 0 && is_good; n--)
		is_good = add_rate(w, &without);
	if (is_good)
		is_kept = figures_row("jobs/s with an old reader / without",
		    &with, &without, AT_LEAST, limit);
	figures_clear(&with);
	figures_clear(&without);
	return rows_verdict(is_good, is_kept);
}

/* -- a history ---------------------------------------------------------- */

/*
 * The columns of an old row, made of one that is there (t) and a number (g):
 * ids that sort before all others, times that go back by the number, hotkeys
 * in turn, everything else as it is. The caller frees.
 */
static char *
old_columns(struct world *w, const char *table)
{
	static const char old_id[] = "overlay('00000000-0000-7000-8000-' || "
				     "lpad(to_hex(g), 12, '0') placing '%c' "
				     "from 18)::uuid";
	char *job = xasprintf(old_id, 'a'), *attempt = xasprintf(old_id, 'b');
	char *columns = db_text(w->db,
	    "select string_agg(case "
	    "when column_name in ('job_id', '%s') then $$%s$$ "
	    "when column_name in ('best_attempt', '%s') then $$%s$$ "
	    "when column_name = 'hotkey' then "
	    "'(select array_agg(hotkey) from neuron)[1 + g %% %d]' "
	    "when column_name = 'judged_at' then 't.finished_at' "
	    "when udt_name = 'timestamptz' then "
	    "format('t.%%I - g * $$200 ms$$::interval', column_name) "
	    "else format('t.%%I', column_name) end, ', ' "
	    "order by ordinal_position) from information_schema.columns "
	    "where table_name = '%s' and table_schema = 'public'",
	    table[0] == 'j' ? "id" : "", job, table[0] == 'a' ? "id" : "",
	    attempt, WORLD_MINERS, table);

	free(job);
	free(attempt);
	return columns;
}

/* A lot at a time: the miners are asked for their capacity meanwhile. */
static bool
add_old(struct world *w, const char *table, const char *state, long n)
{
	char *columns = old_columns(w, table);
	bool is_good = columns != NULL;

	for (long from = 1; from <= n && is_good; from += LOT) {
		long to = from + LOT - 1 < n ? from + LOT - 1 : n;

		is_good = db_exec(w->db,
			      "insert into %s select %s from (select * from %s "
			      "where state = '%s' order by id desc limit 1) t, "
			      "generate_series(%ld, %ld) g",
			      table, columns, table, state, from, to) == 0;
		world_pump(w, PUMP_MS);
	}
	free(columns);
	return is_good;
}

static struct world *
world_with_history(const struct world *beside, long n)
{
	struct world *w = NULL;

	/* Its port may have become that of one of our connections. */
	for (int i = 0; i < TRIES && w == NULL; i++)
		w = world_new("bench-old", beside);
	if (w == NULL)
		return NULL;
	if (add_old(w, "job", "done", n) &&
	    add_old(w, "attempt", "delivered", n) &&
	    db_exec(w->db, "vacuum analyze") == 0 &&
	    db_exec(w->db, "checkpoint") == 0 &&
	    db_int(w->db, "select count(*) from attempt") >= n) {
		w->jobs += n;
		return w;
	}
	world_end(w, true);
	return NULL;
}

static bool
empty(struct world *w)
{
	w->jobs = 0;
	return db_exec(w->db, "truncate job cascade") == 0 &&
	       rows_rate(w, false, rows_seconds()) > 0 &&
	       db_exec(w->db, "vacuum analyze") == 0;
}

int
row_history(struct world *w)
{
	long n = rows_number("BENCH_HISTORY", HISTORY);
	struct figures with = {0}, without = {0};
	struct world *old = world_with_history(w, n);
	bool is_good = old != NULL && empty(w), is_kept = false;
	char name[64];

	for (int i = rows_rounds(); i > 0 && is_good; i--)
		is_good = add_rate(old, &with) && add_rate(w, &without);
	if (is_good) {
		snprintf(
		    name, sizeof(name), "jobs/s after %ld jobs / empty", n);
		is_kept = figures_row(name, &with, &without, AT_LEAST, limit);
		rows_statements(old);
	}
	if (old != NULL && world_end(old, !is_good) != 0)
		is_good = false;
	figures_clear(&with);
	figures_clear(&without);
	return rows_verdict(is_good, is_kept);
}

/* What rows share. */
#include "tests/bench/jobs/rows.h"

#include <stdio.h>
#include <stdlib.h>

#include "tests/bench/jobs/world.h"
#include "tests/lib/db.h"

enum { ROUNDS = 5, MAX_ROUNDS = 1000, SECONDS = 5 };

long
rows_number(const char *name, long otherwise)
{
	const char *set = getenv(name);

	return set != NULL && atol(set) > 0 ? atol(set) : otherwise;
}

int
rows_rounds(void)
{
	long n = rows_number("ROUNDS", ROUNDS);

	return n <= MAX_ROUNDS ? n : ROUNDS;
}

double
rows_seconds(void)
{
	return rows_number("BENCH_SECONDS", SECONDS);
}

int
rows_verdict(bool is_measured, bool is_kept)
{
	return !is_measured ? 2 : !is_kept;
}

double
rows_rate(struct world *w, bool floor, double seconds)
{
	struct load_plan plan = {.clients = WORLD_CLIENTS, .seconds = seconds};
	struct load_result r;

	return world_run(w, floor, &plan, &r) == 0 ? r.done / r.seconds : -1;
}

void
rows_statements(struct world *w)
{
	PGresult *res;

	if (!w->counts_statements)
		return;
	res = db_rows(w->db,
	    "select calls, total_exec_time * 1000 as us, "
	    "left(regexp_replace(query, '\\s+', ' ', 'g'), 64) as text "
	    "from pg_stat_statements join pg_database d on d.oid = dbid "
	    "where d.datname = current_database() and query !~ '^(vacuum|"
	    "insert into (job|attempt) select)' "
	    "order by total_exec_time desc limit 16");
	for (int i = 0; res != NULL && i < PQntuples(res); i++)
		printf("  %6.3f a job, %5.1f us a job: %s\n",
		    atof(PQgetvalue(res, i, 0)) / w->measured,
		    atof(PQgetvalue(res, i, 1)) / w->measured,
		    PQgetvalue(res, i, 2));
	PQclear(res);
}

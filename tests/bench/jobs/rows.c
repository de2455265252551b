/* What rows share. */
#include "tests/bench/jobs/rows.h"

#include <stdlib.h>

#include "tests/bench/jobs/world.h"

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

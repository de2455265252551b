/* The demonstration's table of miners. */
#include "tests/demo/report.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/pg.h"
#include "tests/demo/cast.h"
#include "tests/lib/db.h"
#include "tests/lib/suite.h"

static const char last_proven_run[] =
    "select e.*, (n.alpha_stake / 1e9)::double precision as stake "
    "from score_entry e "
    "join neuron n on n.netuid = e.netuid and n.hotkey = e.hotkey "
    "where e.run_id = (select v.run_id from ledger l "
    "join weight_vector v on v.id = l.vector_id where l.state = 'proven' "
    "order by l.proven_block desc limit 1) "
    "order by e.weight desc, e.hotkey";

static int
miner_of(const struct suite *s, const char *hotkey)
{
	for (size_t i = 0; i < s->n_miners; i++) {
		if (strcmp(s->miner_hotkeys[i], hotkey) == 0)
			return i;
	}
	return -1;
}

static void
print_row(const PGresult *rows, int i, const char *character)
{
	char accuracy[16] = "-", p50[16] = "-", rate[16] = "-";

	if (!pg_is_null(rows, i, "accuracy"))
		snprintf(accuracy, sizeof(accuracy), "%.3f",
		    pg_real(rows, i, "accuracy"));
	if (!pg_is_null(rows, i, "latency_p50_ms"))
		snprintf(p50, sizeof(p50), "%.0f",
		    pg_real(rows, i, "latency_p50_ms"));
	if (!pg_is_null(rows, i, "win_rate"))
		snprintf(
		    rate, sizeof(rate), "%.3f", pg_real(rows, i, "win_rate"));
	printf("%-10s %.12s.. %6.0f %5s %7s %6.3f %8s %6.3f %8s %8.4f\n",
	    character, pg_text(rows, i, "hotkey"), pg_real(rows, i, "stake"),
	    pg_text(rows, i, "jobs"), p50, pg_real(rows, i, "speed"), accuracy,
	    pg_real(rows, i, "score"), rate, pg_real(rows, i, "weight"));
}

/* 0 good, 1 with a fault, 2 silent: a lower class must weigh more. */
static int
class_of(enum character c)
{
	switch (c) {
	case CAST_GOOD:
	case CAST_CAREFUL:
		return 0;
	case CAST_SLOW:
	case CAST_TRUNCATING:
	case CAST_FAILING:
	case CAST_LYING:
	case CAST_MUTE:
	case CAST_COPYING:
		return 1;
	case CAST_SILENT:
		return 2;
	}
	return 2;
}

/* The rows come by falling weight, so the classes must come by rising. */
static bool
is_in_order(
    const PGresult *rows, const struct suite *s, const struct cast *cast)
{
	int last = 0;

	for (int i = 0; i < PQntuples(rows); i++) {
		int m = miner_of(s, pg_text(rows, i, "hotkey"));
		int class = m < 0 ? -1 : class_of(cast->characters[m]);

		if (class < last)
			return false;
		if (class == 2 && pg_real(rows, i, "weight") != 0)
			return false;
		last = class;
	}
	return PQntuples(rows) == CAST_N;
}

int
report_miners(struct suite *s, const struct cast *cast)
{
	PGresult *rows = db_rows(s->db, last_proven_run);
	bool good;

	if (rows == NULL)
		return -1;
	printf("\n%-10s %-14s %6s %5s %7s %6s %8s %6s %8s %8s\n", "character",
	    "hotkey", "stake", "jobs", "p50 ms", "speed", "accuracy", "score",
	    "win rate", "weight");
	for (int i = 0; i < PQntuples(rows); i++) {
		int m = miner_of(s, pg_text(rows, i, "hotkey"));

		print_row(
		    rows, i, m >= 0 ? cast_name(cast->characters[m]) : "?");
	}
	good = is_in_order(rows, s, cast);
	if (!good)
		fprintf(stderr, "demo: the weights do not follow the "
				"miners' characters\n");
	PQclear(rows);
	return good ? 0 : -1;
}

/*
 * What a job costs, row by row, each with its floor of the same run:
 *
 *   jobs [ROW...]     rows by their names; none: all
 *
 * Exit status 1 if a row misses its limit, 2 if one could not be measured.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/bench/jobs/figures.h"
#include "tests/bench/jobs/rows.h"
#include "tests/bench/jobs/world.h"

static const struct {
	const char *name;
	int (*run)(struct world *);
	bool needs_world;
} rows[] = {
    {"draw", row_draw, false},
    {"full", row_full, true},
    {"cpu", row_cpu, true},
    {"accept", row_accept, true},
    {"rate", row_rate, true},
    {"inserts", row_inserts, true},
    {"history", row_history, true},
    {"reader", row_reader, true},
    {"memory", row_memory, true},
    {"idle", row_idle, true},
};

enum { N_ROWS = sizeof(rows) / sizeof(rows[0]) };

static bool
is_asked(const char *name, int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], name) == 0)
			return true;
	}
	return argc < 2;
}

static int
usage(void)
{
	fprintf(stderr, "usage: jobs [ROW...]; rows:");
	for (int i = 0; i < N_ROWS; i++)
		fprintf(stderr, " %s", rows[i].name);
	fprintf(stderr, "\n");
	return 64;
}

static bool
is_row(const char *name)
{
	for (int i = 0; i < N_ROWS; i++) {
		if (strcmp(rows[i].name, name) == 0)
			return true;
	}
	return false;
}

/* The world is made when the first row needs it. */
static int
run_row(int i, struct world **w)
{
	int status = 2;

	if (rows[i].needs_world && *w == NULL)
		*w = world_new("bench", NULL);
	if (!rows[i].needs_world || *w != NULL)
		status = rows[i].run(*w);
	if (status == 2)
		printf("%-38s could not be measured\n", rows[i].name);
	return status;
}

int
main(int argc, char **argv)
{
	struct world *w = NULL;
	int worst = 0;

	for (int i = 1; i < argc; i++) {
		if (!is_row(argv[i]))
			return usage();
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	figures_head();
	for (int i = 0; i < N_ROWS; i++) {
		int status = 0;

		if (is_asked(rows[i].name, argc, argv))
			status = run_row(i, &w);
		worst = status > worst ? status : worst;
	}
	if (w != NULL && world_end(w, worst == 2) != 0)
		worst = 2;
	return worst;
}

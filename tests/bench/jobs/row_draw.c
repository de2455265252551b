/*
 * Instructions of a draw, counted by callgrind: over 65,536 miners against
 * 256, which is twice as much if it grows as log n does.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/xalloc.h"
#include "tests/bench/jobs/figures.h"
#include "tests/bench/jobs/rows.h"
#include "tests/lib/paths.h"
#include "tests/lib/proc.h"

enum { FEW = 256, MANY = 65536, DRAWS = 1000, WAIT_MS = 300000 };

/* Twice, and something for what does not grow by whole levels. */
static const double limit = 2.5;

/* Of tests/bench/draw with these arguments; -1 if it cannot be told. */
static double
instructions(long miners, long draws)
{
	char *program = paths_program("tests/bench/draw");
	char *n = xasprintf("%ld", miners), *k = xasprintf("%ld", draws);
	const char *argv[] = {"valgrind", "--tool=callgrind",
	    "--callgrind-out-file=/dev/null", program, n, k, NULL};
	struct proc_options o = {.name = "valgrind", .argv = argv};
	struct proc_output said;
	const char *at;
	double count = -1;

	proc_run(&o, WAIT_MS, &said);
	at = said.err != NULL ? strstr(said.err, "Collected : ") : NULL;
	if (said.status == 0 && at != NULL)
		count = atof(at + strlen("Collected : "));
	else
		fprintf(stderr, "bench: valgrind: status %d\n%s", said.status,
		    said.err != NULL ? said.err : "");
	proc_output_clear(&said);
	free(program);
	free(n);
	free(k);
	return count;
}

/* Of one draw, without what was there before the first. */
static double
of_a_draw(long miners)
{
	double none = instructions(miners, 0), all;

	all = none > 0 ? instructions(miners, DRAWS) : -1;
	return all > none ? (all - none) / DRAWS : -1;
}

int
row_draw(struct world *w)
{
	struct figures many = {0}, few = {0};
	bool is_good, is_kept = false;

	(void)w;
	figures_add(&few, of_a_draw(FEW));
	figures_add(&many, of_a_draw(MANY));
	is_good = few.values[0] > 0 && many.values[0] > 0;
	if (is_good)
		is_kept = figures_row("instructions a draw, 65,536 / 256",
		    &many, &few, AT_MOST, limit);
	figures_clear(&many);
	figures_clear(&few);
	return rows_verdict(is_good, is_kept);
}

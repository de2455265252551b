/*
 * Draws, for callgrind to count: draw MINERS DRAWS makes the weights of so
 * many miners and draws a winner so many times, as routing does for a job.
 * The instructions of a run with draws, less those of one without, are what
 * drawing costs.
 */
#include <stdio.h>
#include <stdlib.h>

#include "common/xalloc.h"
#include "orchestrator/draw.h"

static long
draw_one(const double *weights, size_t n, uint64_t seed)
{
	struct draw *draw = draw_new(weights, n, seed);
	long winner = draw_next(draw);

	draw_free(draw);
	return winner;
}

int
main(int argc, char **argv)
{
	long n = argc == 3 ? atol(argv[1]) : 0;
	long draws = argc == 3 ? atol(argv[2]) : 0;
	double *weights;

	if (n < 1 || draws < 0) {
		fprintf(stderr, "usage: draw miners draws\n");
		return 64;
	}
	weights = xcalloc(n, sizeof(*weights));
	for (long i = 0; i < n; i++)
		weights[i] = 1 + i % 500;
	for (long i = 0; i < draws; i++) {
		if (draw_one(weights, n, i * 0x9e3779b97f4a7c15u) < 0)
			return EXIT_FAILURE;
	}
	free(weights);
	return EXIT_SUCCESS;
}

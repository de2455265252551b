/*
 * The rows: each measures, prints its lines, and returns 0, 1 if it misses
 * its limit, or 2 if it could not be measured.
 */
#ifndef TESTS_BENCH_JOBS_ROWS_H
#define TESTS_BENCH_JOBS_ROWS_H

struct world;

/* Whole numbers and times from the environment. */
long rows_number(const char *name, long otherwise);
int rows_rounds(void);	   /* ROUNDS */
double rows_seconds(void); /* BENCH_SECONDS: of one arm in one round */

/* Full jobs at 64 clients against the floor; where the time goes. */
int row_full(struct world *);

#endif

/*
 * The rows: each measures, prints its lines, and returns 0, 1 if it misses
 * its limit, or 2 if it could not be measured.
 */
#ifndef TESTS_BENCH_JOBS_ROWS_H
#define TESTS_BENCH_JOBS_ROWS_H

#include <stdbool.h>

struct world;

/* A whole number above zero from the environment. */
long rows_number(const char *name, long otherwise);
int rows_rounds(void);	   /* ROUNDS: 5 */
double rows_seconds(void); /* BENCH_SECONDS: 5, of one arm in one round */
/* What a row returns. */
int rows_verdict(bool is_measured, bool is_kept);
/* Full jobs a second at 64 clients for so long; -1 if it fails. */
double rows_rate(struct world *, bool floor, double seconds);

/* What PostgreSQL was asked for the jobs so far, if it counts statements. */
void rows_statements(struct world *);

/* Full jobs at 64 clients against the floor; where the time goes. */
int row_full(struct world *);
/* Being accepted: one client against a bare commit; p99 at 1,000 jobs/s. */
int row_accept(struct world *);
int row_rate(struct world *);
/* orchestratord's CPU a job against a bare request and a signature. */
int row_cpu(struct world *);
/* Memory after BENCH_JOBS jobs. */
int row_memory(struct world *);
/* Memory of clients that keep a connection, watch a stream, or wait. */
int row_idle(struct world *);
/* With a reader of BENCH_READER_S seconds; with BENCH_HISTORY old jobs. */
int row_reader(struct world *);
int row_history(struct world *);
/* Instructions of a draw over few and many miners; needs no world. */
int row_draw(struct world *);
/* Inserts as libpq and pgbench make them: what the floor stands on. */
int row_inserts(struct world *);

#endif

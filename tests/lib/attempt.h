/*
 * What a suite holds of an attempt: rows, files and counts, for tests that
 * something changed, or that nothing did.
 */
#ifndef TESTS_ATTEMPT_H
#define TESTS_ATTEMPT_H

#include <stdint.h>

struct suite;

/* Until the attempt, or job, is in that state; 0, or -1 having said what it is
 * in. */
int attempt_await(struct suite *, const char *id, const char *state);
int attempt_await_job(struct suite *, const char *job_id, const char *state);
int attempt_await_judged(struct suite *, const char *id);

/* Everything that hangs on it: the rows of its job (but for the lease, which
 * is renewed), of itself, of its miner's failures and its judgement, and how
 * many files it has. The caller frees. */
char *attempt_all(struct suite *, const char *id);

/* A column as text; the caller frees. NULL: null. */
char *attempt_column(struct suite *, const char *id, const char *column);

/* Its files in the store; and those in the store that are being written. */
int attempt_files(struct suite *, const char *id);
int attempt_files_open(struct suite *);
/* Until the attempt has that many and none is being written: they are removed
 * behind the answer's back. 0, or -1 having said what there is. */
int attempt_await_files(struct suite *, const char *id, int n);

/* A series of the orchestrator's /metrics, name and labels; NaN if it is not
 * there. */
double attempt_metric(struct suite *, const char *series);

#endif

/*
 * Jobs as a client of the whole suite sees them, and the rules that hold of
 * all of them once nothing is under way, whatever was killed meanwhile.
 */
#ifndef TESTS_JOBS_H
#define TESTS_JOBS_H

#include <stddef.h>
#include <stdint.h>

struct suite;

/* Those that were answered 202. */
struct jobs {
	char (*ids)[40];
	size_t n;
	size_t refused; /* answers and lost answers before these */
};

/* Submit until it is answered 202: a 503 or a lost connection is tried again.
 * 0, or -1 having said why, if it takes longer than timeout_ms (0: 30 s) or
 * the answer is another. */
int jobs_submit(
    struct suite *, struct jobs *, const char *job_json, int timeout_ms);
void jobs_add(struct jobs *, const char *id);
void jobs_clear(struct jobs *);
/* "{id,id}", for SQL; the caller frees. */
char *jobs_array(const struct jobs *);

int jobs_cancel(struct suite *, const char *id); /* the HTTP status */

/* Until every job and attempt in the database is over and judged. 0, or -1
 * having said what is left. */
int jobs_wait_quiet(struct suite *, int timeout_ms);

/* The same, and what came of these jobs: all that was submitted has finished,
 * all attempts are judged, no rule of rows is broken; else -1, having said
 * why. Time is taken from since_us (mono). */
struct jobs_tally {
	int64_t submitted, finished, done, attempts, judged;
	double quiet_s;
};
int jobs_tally(struct suite *, const struct jobs *, int64_t since_us,
    int timeout_ms, struct jobs_tally *);

/* One of validatord's or orchestratord's metrics, as "name{labels}"; -1. */
int64_t jobs_metric(int port, const char *series);

/* How many of the rules are broken, each named on stderr: of the rows, and of
 * the logs of all daemons and miners from the suite's beginning. */
int jobs_audit_rows(struct suite *);
int jobs_audit_logs(struct suite *);

#endif

/*
 * Redis loses everything again and again, and validatord hears of nothing for
 * a while: every job ends and every attempt is judged within two sweeps. The
 * sweeps are what does it: without them the same storm leaves work undone.
 * Then Redis is killed, and PostgreSQL crashes under clients that try again.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/xalloc.h"
#include "tests/lib/cluster.h"
#include "tests/lib/db.h"
#include "tests/lib/jobs.h"
#include "tests/lib/kinds.h"
#include "tests/lib/proc.h"
#include "tests/lib/sandbox.h"
#include "tests/lib/suite.h"

#ifdef __SANITIZE_ADDRESS__
enum { SLOWER = 3 };
#else
enum { SLOWER = 1 };
#endif

enum {
	SWEEP_MS = 1000,
	WORK_MS = 1000 * SLOWER, /* for the work itself, beside the sweeps */
	EVENT_MS = 20000 * SLOWER,
	QUIET_MS = 40000 * SLOWER,
	N_JOBS = 48,
	N_CLIENTS = 3,
	N_EACH = 12, /* jobs of a client */
};

/* -- the cast ----------------------------------------------------------- */

enum { QUICK, STEADY, FLOP, MUTE, N_MINERS };

static const struct suite_miner cast[N_MINERS] = {
    [QUICK] = {200,
	{"--offer", "any,unheard", "--delay-ms", "200", "--capacity", "99"}},
    [STEADY] = {200,
	{"--offer", "any", "--delay-ms", "1000", "--capacity", "99"}},
    [FLOP] = {200, {"--offer", "any", "--fail-every", "3", "--capacity", "99"}},
    [MUTE] = {200, {"--offer", "any,unheard", "--silent", "--capacity", "99"}},
};

/* name, offer, work; attempt, answer, deadline; budget, wanted */
static const struct kind_row kinds[] = {
    {"one", "any", WORK_PICTURE, "2s", "1s", "5m", 3, 1},
    {"two", "any", WORK_PICTURE, "2s", "1s", "5m", 3, 2},
    {"speak", "any", WORK_SPEECH, "3s", "1s", "5m", 3, 1},
    /* Both are asked, and one of them is silent. */
    {"unheard", "unheard", WORK_PICTURE, "2s", "1s", "5m", 3, 2},
};

enum { N_KINDS = sizeof(kinds) / sizeof(kinds[0]) };

/* How long an end waited for what should follow it, at most. */
struct lags {
	double expire_s; /* attempts, from their deadline */
	double job_s;	 /* jobs, from the end of their last attempt */
	double judge_s;	 /* verdicts, from the attempt's end or a time given */
};

struct row {
	const char *what;
	struct jobs_tally tally;
	struct lags lags;
	int64_t under_way, unheard;
	size_t refused;
};

struct rig {
	struct suite *s;
	double storm_s; /* what the storm with sweeps took */
	struct row rows[8];
	size_t n_rows;
};

/* -- steps -------------------------------------------------------------- */

static void
submit(struct suite *s, struct jobs *jobs, size_t i)
{
	char *job = kinds_job(&kinds[i % N_KINDS]);

	assert_int_equal(jobs_submit(s, jobs, job, EVENT_MS), 0);
	free(job);
}

/* How many are at their miners, once there are any: all may wait for their
 * next ones just now. */
static int64_t
under_way(struct suite *s)
{
	static const char open[] =
	    "select count(*) from attempt where finished_at is null";
	char *some = xasprintf("select ((%s) > 0)::integer", open);
	int failed = db_wait_int(s->db, 1, EVENT_MS, "%s", some);

	free(some);
	assert_int_equal(failed, 0);
	return db_int(s->db, "%s", open);
}

/* Redis is emptied for as long as an attempt is under way that ends without
 * a sweep. */
static void
flush_while_busy(struct suite *s)
{
	int64_t until = clock_mono_us() + EVENT_MS * 1000LL;
	int64_t busy;

	do {
		assert_int_equal(sandbox_redis(s->box, "FLUSHALL"), 0);
		busy = db_int(s->db,
		    "select count(*) from attempt "
		    "where finished_at is null and hotkey <> '%s'",
		    s->miner_hotkeys[MUTE]);
		proc_nap();
	} while (busy != 0 && clock_mono_us() < until);
	assert_int_equal(busy, 0);
	assert_int_equal(sandbox_redis(s->box, "FLUSHALL"), 0);
}

/* Seconds, of all attempts and jobs since a time (wall). */
static void
measure(struct suite *s, int64_t from_us, int64_t heard_us, struct lags *lags)
{
	lags->expire_s = db_real(s->db,
	    "select coalesce(max(extract(epoch from finished_at - "
	    "deadline_at)), 0) from attempt where reason = 'no_result' and "
	    "prepared_at > to_timestamp(%f)",
	    from_us / 1e6);
	lags->job_s = db_real(s->db,
	    "select max(extract(epoch from j.finished_at - a.ended)) from job "
	    "j join (select job_id, max(finished_at) as ended from attempt "
	    "where state <> 'cancelled' group by 1) a on a.job_id = j.id "
	    "where j.created_at > to_timestamp(%f)",
	    from_us / 1e6);
	lags->judge_s = db_real(s->db,
	    "select max(extract(epoch from judged_at - greatest(finished_at, "
	    "to_timestamp(%f)))) from attempt "
	    "where prepared_at > to_timestamp(%f)",
	    heard_us / 1e6, from_us / 1e6);
}

static void
assert_within_two_sweeps(const struct lags *lags)
{
	static const double most_s = (2 * SWEEP_MS + WORK_MS) / 1e3;

	if (!(lags->expire_s <= most_s && lags->job_s <= most_s &&
		lags->judge_s <= most_s))
		fail_msg("more than %.1f s: expiry %.2f, end %.2f, verdict "
			 "%.2f",
		    most_s, lags->expire_s, lags->job_s, lags->judge_s);
}

/* Jobs under way, Redis emptied between and behind them; validatord stopped
 * when it has heard of the first, and heard of no other since. Ends with
 * validatord going on, at *heard_us (wall). */
static void
storm(struct suite *s, struct jobs *jobs, struct row *row, int64_t *heard_us)
{
	struct proc *validator = s->daemons[SUITE_VALIDATOR];

	proc_skip_to_now(validator);
	for (size_t i = 0; i < N_JOBS / 2; i++) {
		submit(s, jobs, i);
		if (i % 4 == 3)
			sandbox_redis(s->box, "FLUSHALL");
	}
	assert_non_null(
	    proc_wait_event(validator, "attempt.judged", NULL, EVENT_MS));
	proc_signal(validator, SIGSTOP);
	for (size_t i = N_JOBS / 2; i < N_JOBS; i++)
		submit(s, jobs, i);
	row->under_way = under_way(s);
	flush_while_busy(s);
	row->unheard = db_int(s->db,
	    "select count(*) from attempt "
	    "where finished_at is not null and judged_at is null");
	*heard_us = clock_wall_us();
	proc_signal(validator, SIGCONT);
	assert_true(row->unheard > 0);
}

static void
settle(struct rig *rig, struct jobs *jobs, struct row *row, int64_t from_us,
    int64_t heard_us, int64_t since_us)
{
	int failed = jobs_tally(rig->s, jobs, since_us, QUIET_MS, &row->tally);

	measure(rig->s, from_us, heard_us, &row->lags);
	row->refused = jobs->refused;
	rig->rows[rig->n_rows++] = *row;
	jobs_clear(jobs);
	assert_int_equal(failed, 0);
}

/* -- Redis emptied ------------------------------------------------------ */

static void
everything_ends_within_two_sweeps(void **state)
{
	struct rig *rig = *state;
	struct row row = {.what = "FLUSHALL"};
	struct jobs jobs = {0};
	int64_t from_us = clock_wall_us(), begun_us = clock_mono_us();
	int64_t heard_us;

	storm(rig->s, &jobs, &row, &heard_us);
	settle(rig, &jobs, &row, from_us, heard_us, begun_us);
	rig->storm_s = row.tally.quiet_s;
	assert_within_two_sweeps(&row.lags);
}

static void
restart_with(struct suite *s, const char *ini)
{
	assert_int_equal(suite_configure(s, ini), 0);
	for (int i = SUITE_ORCHESTRATOR; i <= SUITE_VALIDATOR; i++) {
		assert_int_equal(suite_stop(s, i), 0);
		assert_int_equal(suite_start(s, i), 0);
	}
}

/* A condition that must not come cannot be waited for: the time that it took
 * with sweeps, twice. */
static void
rest_until(int64_t until_us)
{
	while (clock_mono_us() < until_us)
		proc_nap();
}

static void
without_sweeps_it_does_not(void **state)
{
	struct rig *rig = *state;
	struct suite *s = rig->s;
	struct row row = {.what = "no sweep, then sweep"};
	struct jobs jobs = {0};
	int64_t from_us, begun_us, heard_us, unjudged, unfinished;

	assert_true(rig->storm_s > 0);
	restart_with(s, "[orchestrator]\nsweep = 0\n[validator]\nsweep = 0\n");
	from_us = clock_wall_us();
	begun_us = clock_mono_us();
	storm(s, &jobs, &row, &heard_us);
	rest_until(begun_us + (int64_t)(2 * rig->storm_s * 1e6));
	unjudged = db_int(s->db,
	    "select count(*) from attempt "
	    "where finished_at is not null and judged_at is null");
	unfinished =
	    db_int(s->db, "select count(*) from job where finished_at is null");
	printf("# without sweeps, after %.1f s: %ld attempts ended and were "
	       "not judged, %ld jobs did not end\n",
	    2 * rig->storm_s, (long)unjudged, (long)unfinished);
	assert_true(unjudged > 0);
	assert_true(unfinished > 0);
	restart_with(
	    s, "[orchestrator]\nsweep = 1s\n[validator]\nsweep = 1s\n");
	heard_us = clock_wall_us();
	settle(rig, &jobs, &row, from_us, heard_us, clock_mono_us());
	assert_true(row.lags.judge_s <= (2 * SWEEP_MS + WORK_MS) / 1e3);
}

/* -- Redis gone --------------------------------------------------------- */

static void
redis_may_be_killed_and_come_back(void **state)
{
	struct rig *rig = *state;
	struct suite *s = rig->s;
	struct proc *orchestrator = s->daemons[SUITE_ORCHESTRATOR];
	struct proc *validator = s->daemons[SUITE_VALIDATOR];
	struct row row = {.what = "Redis killed"};
	struct jobs jobs = {0};
	int64_t from_us = clock_wall_us(), begun_us = clock_mono_us();

	for (size_t i = 0; i < N_JOBS / 2; i++)
		submit(s, &jobs, i);
	row.under_way = under_way(s);
	proc_skip_to_now(orchestrator);
	proc_skip_to_now(validator);
	sandbox_redis_halt(s->box);
	assert_non_null(
	    proc_wait_event(orchestrator, "redis.down", NULL, EVENT_MS));
	assert_non_null(
	    proc_wait_event(validator, "redis.down", NULL, EVENT_MS));
	for (size_t i = N_JOBS / 2; i < N_JOBS; i++)
		submit(s, &jobs, i);
	/* Without it, too: by the sweep. */
	assert_non_null(
	    proc_wait_event(validator, "attempt.judged", NULL, EVENT_MS));
	assert_int_equal(sandbox_redis_start(s->box), 0);
	assert_non_null(
	    proc_wait_event(orchestrator, "redis.up", "stream=-", EVENT_MS));
	assert_non_null(proc_wait_event(
	    validator, "redis.up", "stream=subnetd:results", EVENT_MS));
	settle(rig, &jobs, &row, from_us, from_us, begun_us);
	assert_within_two_sweeps(&row.lags);
}

/* -- PostgreSQL gone ---------------------------------------------------- */

/* A client in a process of its own: it submits until each of its jobs is
 * taken, and then writes their ids, and how often it was refused. */
static void
be_client(struct suite *s, size_t n, int out)
{
	struct jobs jobs = {0};
	int failed = 0;

	for (size_t i = 0; i < n && !failed; i++) {
		char *job = kinds_job(&kinds[i % N_KINDS]);

		failed = jobs_submit(s, &jobs, job, QUIET_MS);
		free(job);
	}
	dprintf(out, "%zu\n", jobs.refused);
	for (size_t i = 0; i < jobs.n; i++)
		dprintf(out, "%s\n", jobs.ids[i]);
	_exit(failed ? EXIT_FAILURE : EXIT_SUCCESS);
}

static pid_t
start_client(struct suite *s, size_t n, FILE **answers)
{
	int ends[2];
	pid_t pid;

	assert_int_equal(pipe(ends), 0);
	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		close(ends[0]);
		be_client(s, n, ends[1]);
	}
	close(ends[1]);
	assert_true(pid > 0);
	*answers = fdopen(ends[0], "r");
	return pid;
}

/* What it writes fits into a pipe: it does not wait for us. */
static void
end_client(pid_t pid, FILE *answers, struct jobs *jobs)
{
	char line[64];
	int status;

	assert_non_null(fgets(line, sizeof(line), answers));
	jobs->refused += strtoul(line, NULL, 10);
	while (fgets(line, sizeof(line), answers) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		jobs_add(jobs, line);
	}
	fclose(answers);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void
crash_postgres(struct suite *s)
{
	struct proc *orchestrator = s->daemons[SUITE_ORCHESTRATOR];
	struct proc *validator = s->daemons[SUITE_VALIDATOR];

	proc_skip_to_now(orchestrator);
	proc_skip_to_now(validator);
	cluster_halt(sandbox_cluster(s->box), CLUSTER_IMMEDIATE);
	assert_non_null(
	    proc_wait_event(orchestrator, "pg.down", NULL, EVENT_MS));
	assert_non_null(proc_wait_event(validator, "pg.down", NULL, EVENT_MS));
	assert_int_equal(cluster_start(sandbox_cluster(s->box)), 0);
	assert_non_null(proc_wait_event(orchestrator, "pg.up", NULL, EVENT_MS));
	assert_non_null(proc_wait_event(validator, "pg.up", NULL, EVENT_MS));
}

static void
postgres_may_crash_under_clients_that_try_again(void **state)
{
	struct rig *rig = *state;
	struct suite *s = rig->s;
	struct row row = {.what = "PostgreSQL crashed"};
	struct jobs jobs = {0};
	FILE *answers[N_CLIENTS];
	pid_t pids[N_CLIENTS];
	int64_t from_us = clock_wall_us(), begun_us = clock_mono_us();
	int64_t before = db_int(s->db, "select count(*) from job");

	for (int i = 0; i < N_CLIENTS; i++)
		pids[i] = start_client(s, N_EACH, &answers[i]);
	assert_int_equal(db_wait_int(s->db, 1, EVENT_MS,
			     "select (count(*) - %ld >= %d)::int from job",
			     (long)before, N_CLIENTS * N_EACH / 4),
	    0);
	row.under_way = under_way(s);
	crash_postgres(s);
	for (int i = 0; i < N_CLIENTS; i++)
		end_client(pids[i], answers[i], &jobs);
	assert_int_equal(jobs.n, N_CLIENTS * N_EACH);
	settle(rig, &jobs, &row, from_us, clock_wall_us(), begun_us);
}

/* -- all of it ---------------------------------------------------------- */

static void
no_log_tells_of_anything_twice(void **state)
{
	struct rig *rig = *state;

	assert_int_equal(jobs_audit_logs(rig->s), 0);
}

static int
start(void **state)
{
	/* The silent one shall be asked all the time. */
	static const char *const ini =
	    "\n[orchestrator]\nsweep = 1s\neject_after = 0\n"
	    "capacity_start = 0\n[validator]\nsweep = 1s\n";
	struct suite_options o = {
	    .name = "flush", .n_miners = N_MINERS, .ini = ini};
	struct rig *rig = xcalloc(1, sizeof(*rig));
	char *path = kinds_write("flush-kinds", kinds, N_KINDS);

	*state = rig;
	memcpy(o.miners, cast, sizeof(cast));
	o.kinds = path;
	if (path != NULL)
		rig->s = suite_new(&o);
	free(path);
	return rig->s != NULL ? suite_wait_ready(rig->s, N_MINERS) : -1;
}

static void
print_rows(const struct rig *rig)
{
	printf("# %-20s %9s %7s %7s %9s %8s %5s %8s %6s %7s %8s %8s %8s\n", "",
	    "under way", "unheard", "refused", "submitted", "finished", "done",
	    "attempts", "judged", "quiet s", "expire s", "end s", "verdict s");
	for (size_t i = 0; i < rig->n_rows; i++) {
		const struct row *r = &rig->rows[i];
		const struct jobs_tally *t = &r->tally;

		printf("# %-20s %9ld %7ld %7zu %9ld %8ld %5ld %8ld %6ld %7.1f "
		       "%8.2f %8.2f %8.2f\n",
		    r->what, (long)r->under_way, (long)r->unheard, r->refused,
		    (long)t->submitted, (long)t->finished, (long)t->done,
		    (long)t->attempts, (long)t->judged, t->quiet_s,
		    r->lags.expire_s, r->lags.job_s, r->lags.judge_s);
	}
}

static int
end(void **state)
{
	struct rig *rig = *state;
	int failed;

	print_rows(rig);
	failed = suite_end(rig->s, false);
	free(rig);
	return failed;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(everything_ends_within_two_sweeps),
	    cmocka_unit_test(without_sweeps_it_does_not),
	    cmocka_unit_test(redis_may_be_killed_and_come_back),
	    cmocka_unit_test(postgres_may_crash_under_clients_that_try_again),
	    cmocka_unit_test(no_log_tells_of_anything_twice),
	};

	return cmocka_run_group_tests(tests, start, end);
}

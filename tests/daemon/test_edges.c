/*
 * orchestratord is killed on every edge of the job's and the attempt's tables
 * with other attempts in flight. After its next start every job that was
 * accepted ends, every attempt is judged once, and no result is lost or
 * delivered twice. The list of edges is the tables' own.
 *
 * One suite serves all tests; its kinds have short times, and each is taken
 * by the miner whose character brings the edge about.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glob.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/xalloc.h"
#include "orchestrator/states.c"
#include "tests/lib/db.h"
#include "tests/lib/jobs.h"
#include "tests/lib/kinds.h"
#include "tests/lib/probe_gate.h"
#include "tests/lib/proc.h"
#include "tests/lib/puller.h"
#include "tests/lib/sandbox.h"
#include "tests/lib/suite.h"

#ifdef __SANITIZE_ADDRESS__
enum { SLOWER = 3 };
#else
enum { SLOWER = 1 };
#endif

enum {
	EVENT_MS = 20000 * SLOWER,
	QUIET_MS = 25000 * SLOWER,
	OTHERS_MS = 2000, /* others are under way for longer */
	MAX_ROWS = 64
};

/* -- the cast ----------------------------------------------------------- */

enum { GOOD, STEADY, FLOP, MUTE, EARLY, YELP, HOLD, GONE, N_MINERS };

static const struct suite_miner cast[N_MINERS] = {
    [GOOD] = {200, {"--offer", "good,duo,pair,text", "--delay-ms", "300",
		       "--capacity", "40"}},
    [STEADY] = {200,
	{"--offer", "slow,duo", "--delay-ms", "3000", "--capacity", "40"}},
    [FLOP] = {200, {"--offer", "flop,pair", "--fail-every", "1", "--delay-ms",
		       "300", "--capacity", "40"}},
    [MUTE] = {200, {"--offer", "mute", "--silent", "--capacity", "40"}},
    [EARLY] = {200, {"--offer", "early", "--call-back-early", "--delay-ms",
			"1500", "--capacity", "40"}},
    [YELP] = {200, {"--offer", "yelp", "--call-back-early", "--fail-every", "1",
		       "--capacity", "40"}},
    /* Leaves the request unanswered until it calls back. */
    [HOLD] = {200, {"--offer", "hold", "--call-back-early", "--delay-ms",
		       "3000", "--capacity", "40"}},
    /* Killed before the first job: its address is there, it is not. */
    [GONE] = {200, {"--offer", "gone", "--capacity", "40"}},
};

/* name, offer, work; attempt, answer, deadline; budget, wanted */
static const struct kind_row kinds[] = {
    {"slow", "slow", WORK_PICTURE, "5s", "1s", "5m", 2, 1},
    {"duo", "duo", WORK_PICTURE, "5s", "1s", "5m", 2, 2},
    {"speak", "good", WORK_SPEECH, "5s", "1s", "5m", 2, 1},
    {"good", "good", WORK_PICTURE, "5s", "1s", "5m", 2, 1},
    {"text", "text", WORK_TEXT, "5s", "1s", "5m", 2, 1},
    {"text.early", "early", WORK_TEXT, "8s", "6s", "5m", 0, 1},
    {"unwelcome", "good", WORK_UNWELCOME, "5s", "1s", "5m", 2, 1},
    {"tardy", "slow", WORK_PICTURE, "500ms", "1s", "5m", 0, 1},
    {"flop", "flop", WORK_PICTURE, "5s", "1s", "5m", 3, 1},
    {"flop.once", "flop", WORK_PICTURE, "5s", "1s", "5m", 0, 1},
    {"pair", "pair", WORK_PICTURE, "5s", "1s", "5m", 3, 2},
    {"mute", "mute", WORK_PICTURE, "700ms", "1s", "5m", 0, 1},
    {"mute.long", "mute", WORK_PICTURE, "5s", "1s", "5m", 0, 1},
    {"mute.brief", "mute", WORK_PICTURE, "5s", "1s", "700ms", 0, 1},
    {"early", "early", WORK_PICTURE, "8s", "6s", "5m", 0, 1},
    {"yelp", "yelp", WORK_PICTURE, "5s", "1s", "5m", 0, 1},
    {"hold", "hold", WORK_PICTURE, "5s", "2s", "5m", 0, 1},
    {"hold.brief", "hold", WORK_PICTURE, "5s", "2s", "700ms", 0, 1},
    {"gone", "gone", WORK_PICTURE, "5s", "1s", "5m", 3, 1},
    {"gone.once", "gone", WORK_PICTURE, "5s", "1s", "5m", 0, 1},
    {"nobody", "nobody", WORK_PICTURE, "5s", "1s", "5m", 0, 1},
    {"nobody.brief", "nobody", WORK_PICTURE, "5s", "1s", "700ms", 0, 1},
    /* Its miner says that it is there, and does not come. */
    {"text.summarize", "asked", WORK_ASKED, "5s", "1s", "10s", 0, 1},
    {"text.translate", "asked", WORK_ASKED, "500ms", "1s", "10s", 0, 1},
};

enum { N_KINDS = sizeof(kinds) / sizeof(kinds[0]) };

static const struct kind_row *
kind_of(const char *name)
{
	for (int i = 0; i < N_KINDS; i++) {
		if (strcmp(kinds[i].name, name) == 0)
			return &kinds[i];
	}
	abort();
}

/* -- the scenarios ------------------------------------------------------ */

enum whose { JOB, ATTEMPT };

/* What is done between the job's submission, or its first step that is named,
 * and the edge. */
enum deed {
	WAIT,
	CANCEL,	      /* DELETE /v1/jobs/{id} */
	DIE,	      /* SIGKILL, and start again */
	DIE_AND_LOSE, /* ... without the attempt's file */
	TURN_AWAY,    /* what it brought, as it is noted */
};

enum { HOLD_SIGNER = 1, HOLD_PROBE = 2 }; /* meanwhile they do nothing */

struct scenario {
	enum whose whose;
	int state, event;
	const char *kind;
	const char *first; /* a step, "attempt.step to=sent"; NULL: none */
	enum deed deed;
	int holds;
};

static const struct scenario scenarios[] = {
    {JOB, JOB_QUEUED, JOB_ASSIGN, "good", NULL, WAIT, 0},
    {JOB, JOB_QUEUED, JOB_GIVE_UP, "flop", NULL, WAIT, 0},
    {JOB, JOB_QUEUED, JOB_EXPIRE, "nobody.brief", NULL, WAIT, 0},
    {JOB, JOB_QUEUED, JOB_CANCEL, "nobody", NULL, CANCEL, 0},
    {JOB, JOB_QUEUED, JOB_FINISH, "pair", NULL, WAIT, 0},
    {JOB, JOB_ASSIGNED, JOB_ACCEPT, "good", NULL, WAIT, 0},
    {JOB, JOB_ASSIGNED, JOB_REQUEUE, "gone", NULL, WAIT, 0},
    /* Its answer went to one that was killed; its result comes. */
    {JOB, JOB_ASSIGNED, JOB_FINISH, "early", "attempt.step to=sent", DIE, 0},
    {JOB, JOB_ASSIGNED, JOB_GIVE_UP, "gone.once", NULL, WAIT, 0},
    {JOB, JOB_ASSIGNED, JOB_EXPIRE, "hold.brief", NULL, WAIT, 0},
    {JOB, JOB_ASSIGNED, JOB_CANCEL, "hold", "attempt.step to=sent", CANCEL, 0},
    {JOB, JOB_RUNNING, JOB_REQUEUE, "flop", NULL, WAIT, 0},
    {JOB, JOB_RUNNING, JOB_FINISH, "good", NULL, WAIT, 0},
    {JOB, JOB_RUNNING, JOB_GIVE_UP, "flop.once", NULL, WAIT, 0},
    {JOB, JOB_RUNNING, JOB_EXPIRE, "mute.brief", NULL, WAIT, 0},
    {JOB, JOB_RUNNING, JOB_CANCEL, "slow", "job.step to=running", CANCEL, 0},
    {ATTEMPT, ATTEMPT_PREPARED, ATTEMPT_SEND, "good", NULL, WAIT, 0},
    {ATTEMPT, ATTEMPT_PREPARED, ATTEMPT_DROP, "text.summarize",
	"job.step to=assigned", CANCEL, 0},
    {ATTEMPT, ATTEMPT_PREPARED, ATTEMPT_ABANDON, "text.translate", NULL, WAIT,
	0},
    {ATTEMPT, ATTEMPT_SENT, ATTEMPT_ACCEPT, "good", NULL, WAIT, 0},
    {ATTEMPT, ATTEMPT_SENT, ATTEMPT_REFUSE, "gone", NULL, WAIT, 0},
    {ATTEMPT, ATTEMPT_SENT, ATTEMPT_RESULT, "early", NULL, WAIT, 0},
    {ATTEMPT, ATTEMPT_SENT, ATTEMPT_FAIL, "yelp", NULL, WAIT, 0},
    {ATTEMPT, ATTEMPT_SENT, ATTEMPT_DROP, "hold", "attempt.step to=sent",
	CANCEL, 0},
    {ATTEMPT, ATTEMPT_SENT, ATTEMPT_ABANDON, "good", "job.step to=assigned",
	DIE, HOLD_SIGNER},
    {ATTEMPT, ATTEMPT_ACCEPTED, ATTEMPT_RESULT, "good", NULL, WAIT, 0},
    {ATTEMPT, ATTEMPT_SENT, ATTEMPT_BRING, "text.early", NULL, WAIT, 0},
    {ATTEMPT, ATTEMPT_ACCEPTED, ATTEMPT_BRING, "text", NULL, WAIT, 0},
    {ATTEMPT, ATTEMPT_ACCEPTED, ATTEMPT_FAIL, "flop", NULL, WAIT, 0},
    {ATTEMPT, ATTEMPT_ACCEPTED, ATTEMPT_EXPIRE, "mute", NULL, WAIT, 0},
    {ATTEMPT, ATTEMPT_ACCEPTED, ATTEMPT_DROP, "slow",
	"attempt.step to=accepted", CANCEL, 0},
    {ATTEMPT, ATTEMPT_ACCEPTED, ATTEMPT_ABANDON, "mute.long",
	"attempt.step to=accepted", TURN_AWAY, 0},
    {ATTEMPT, ATTEMPT_RECEIVED, ATTEMPT_PASS, "good", NULL, WAIT, 0},
    {ATTEMPT, ATTEMPT_RECEIVED, ATTEMPT_REJECT, "unwelcome", NULL, WAIT, 0},
    {ATTEMPT, ATTEMPT_RECEIVED, ATTEMPT_DROP, "good",
	"attempt.step to=received", CANCEL, HOLD_PROBE},
    {ATTEMPT, ATTEMPT_RECEIVED, ATTEMPT_ABANDON, "good",
	"attempt.step to=received", DIE_AND_LOSE, HOLD_PROBE},
    {ATTEMPT, ATTEMPT_TIMED_OUT, ATTEMPT_RESULT, "tardy",
	"attempt.step to=timed_out", WAIT, 0},
};

enum { N_SCENARIOS = sizeof(scenarios) / sizeof(scenarios[0]) };

static int
next_of(enum whose whose, int state, int event)
{
	return whose == JOB ? job_next(state, event)
			    : attempt_next(state, event);
}

static const char *
state_name(enum whose whose, int state)
{
	return whose == JOB ? job_state_name(state) : attempt_state_name(state);
}

static const char *
event_name(enum whose whose, int event)
{
	return whose == JOB ? job_event_name(event) : attempt_event_name(event);
}

static int
count_scenarios(enum whose whose, int state, int event)
{
	int n = 0;

	for (int i = 0; i < N_SCENARIOS; i++)
		n += scenarios[i].whose == whose &&
		     scenarios[i].state == state && scenarios[i].event == event;
	return n;
}

/* An edge has one scenario, and what is no edge has none. */
static void
every_edge_has_its_scenario(void **state)
{
	static const int sizes[][2] = {
	    {N_JOB_STATES, N_JOB_EVENTS}, {N_ATTEMPT_STATES, N_ATTEMPT_EVENTS}};

	(void)state;
	for (enum whose w = JOB; w <= ATTEMPT; w++) {
		for (int s = 0; s < sizes[w][0]; s++) {
			for (int e = 0; e < sizes[w][1]; e++) {
				bool edge = next_of(w, s, e) >= 0;

				if (count_scenarios(w, s, e) != edge)
					fail_msg("%s on %s: %d scenarios",
					    state_name(w, s), event_name(w, e),
					    count_scenarios(w, s, e));
			}
		}
	}
}

/* -- the rig ------------------------------------------------------------ */

struct row {
	char whose[16], from[16], event[16], to[16];
	int64_t in_flight;
	struct jobs_tally tally;
};

struct rig {
	struct suite *s;
	struct puller *asker;
	char *kinds;
	struct row rows[MAX_ROWS];
	size_t n_rows;
};

struct run {
	struct rig *rig;
	const struct scenario *scenario;
	char name[64];
};

/* The miners are probed once, so that the one that is gone is still drawn. */
static struct suite *
start_suite(const char *kinds_path)
{
	struct suite_options o = {.name = "edges",
	    .n_miners = N_MINERS,
	    .kinds = kinds_path,
	    .ini = "\n[orchestrator]\nlease = 1s\nsweep = 250ms\n"
		   "probe_interval = 1h\n[validator]\nsweep = 1s\n",
	    .leave_stopped = {[SUITE_ORCHESTRATOR] = true}};
	struct suite *s;

	memcpy(o.miners, cast, sizeof(cast));
	s = suite_new(&o);
	if (s == NULL)
		return NULL;
	if (probe_gate_add(s) != 0 || suite_start(s, SUITE_ORCHESTRATOR) != 0 ||
	    suite_wait_ready(s, N_MINERS) != 0) {
		suite_end(s, true);
		return NULL;
	}
	proc_kill(s->miners[GONE]);
	return s;
}

static void
release(struct rig *rig)
{
	probe_gate_open(rig->s);
	proc_signal(rig->s->daemons[SUITE_SIGNER], SIGCONT);
}

/* Whatever a test that failed left behind. */
static int
mend(void **state)
{
	struct run *run = *state;
	struct suite *s = run->rig->s;

	release(run->rig);
	if (s->daemons[SUITE_ORCHESTRATOR] == NULL &&
	    suite_start(s, SUITE_ORCHESTRATOR) != 0)
		return -1;
	if (s->daemons[SUITE_VALIDATOR] == NULL &&
	    suite_start(s, SUITE_VALIDATOR) != 0)
		return -1;
	return 0;
}

/* -- steps -------------------------------------------------------------- */

static void
submit(struct rig *rig, struct jobs *jobs, const char *kind)
{
	char *job = kinds_job(kind_of(kind));

	if (kind_of(kind)->work == WORK_ASKED)
		json_decref(puller_poll(rig->asker, ""));
	assert_int_equal(jobs_submit(rig->s, jobs, job, EVENT_MS), 0);
	free(job);
}

/* Others, of which some are under way for three seconds from here. */
static void
submit_others(struct rig *rig, struct jobs *jobs)
{
	static const char *const others[] = {"slow", "slow", "duo", "speak"};
	size_t first = jobs->n;

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		submit(rig, jobs, others[i]);
	for (size_t i = first; i < first + 2; i++)
		assert_int_equal(db_wait_int(rig->s->db, 1, EVENT_MS,
				     "select count(*) from attempt where "
				     "job_id = '%s' and state >= 'accepted'",
				     jobs->ids[i]),
		    0);
}

static bool
has_come(struct rig *rig, const char *event, const char *id, const char *pairs,
    int within_ms)
{
	char *all = xasprintf("%s=%s %s",
	    strcmp(event, "job.step") == 0 ? "id" : "job", id, pairs);
	const char *line = proc_wait_event(
	    rig->s->daemons[SUITE_ORCHESTRATOR], event, all, within_ms);

	free(all);
	return line != NULL;
}

static void
await_step(
    struct rig *rig, const char *event, const char *id, const char *pairs)
{
	if (!has_come(rig, event, id, pairs, EVENT_MS))
		fail_msg("no %s of %s %s", event, id, pairs);
}

/* The edge. What follows a death may take longer than others are under way:
 * there are more of them until it comes. */
static void
await_edge(struct rig *rig, const struct scenario *sc, struct jobs *jobs,
    const char *id, const char *pairs)
{
	const char *event = sc->whose == JOB ? "job.step" : "attempt.step";
	bool is_late = sc->deed != WAIT && sc->deed != CANCEL;

	for (int i = 0; is_late && i < EVENT_MS / OTHERS_MS; i++) {
		if (has_come(rig, event, id, pairs, OTHERS_MS))
			return;
		submit_others(rig, jobs);
	}
	await_step(rig, event, id, pairs);
}

/* The miner of the job's only attempt. */
static struct proc *
asked(struct rig *rig, const char *id)
{
	char *hotkey = db_text(
	    rig->s->db, "select hotkey from attempt where job_id = '%s'", id);
	int i = 0;

	assert_non_null(hotkey);
	while (strcmp(rig->s->miner_hotkeys[i], hotkey) != 0)
		i++;
	free(hotkey);
	return rig->s->miners[i];
}

/* The step a scenario begins with. One that was sent has arrived, too. */
static void
await_first(struct rig *rig, const char *first, const char *id)
{
	char event[32], *attempt, *pairs;

	sscanf(first, "%31s", event);
	await_step(rig, event, id, first + strlen(event) + 1);
	if (strstr(first, "to=sent") == NULL)
		return;
	attempt = db_text(
	    rig->s->db, "select id from attempt where job_id = '%s'", id);
	pairs = xasprintf("job=%s", attempt);
	assert_non_null(
	    proc_wait_event(asked(rig, id), "miner.accepted", pairs, EVENT_MS));
	free(pairs);
	free(attempt);
}

/* The files of the attempts of a job. */
static void
lose_files(struct rig *rig, const char *id)
{
	char *attempt = db_text(
	    rig->s->db, "select id from attempt where job_id = '%s'", id);
	char *files = sandbox_path(rig->s->box, "files");
	char *pattern = xasprintf("%s/*/%s.*", files, attempt);
	glob_t found;

	assert_int_equal(glob(pattern, 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++)
		assert_int_equal(unlink(found.gl_pathv[i]), 0);
	globfree(&found);
	free(pattern);
	free(files);
	free(attempt);
}

static void
take_hold(struct rig *rig, int holds)
{
	if (holds & HOLD_SIGNER)
		proc_signal(rig->s->daemons[SUITE_SIGNER], SIGSTOP);
	if (holds & HOLD_PROBE)
		assert_int_equal(probe_gate_close(rig->s), 0);
}

static void
act(struct rig *rig, enum deed deed, const char *id)
{
	switch (deed) {
	case WAIT:
		return;
	case CANCEL:
		assert_int_equal(jobs_cancel(rig->s, id), 200);
		return;
	case DIE:
	case DIE_AND_LOSE:
		suite_kill(rig->s, SUITE_ORCHESTRATOR);
		release(rig);
		if (deed == DIE_AND_LOSE)
			lose_files(rig, id);
		assert_int_equal(suite_start(rig->s, SUITE_ORCHESTRATOR), 0);
		return;
	case TURN_AWAY:
		assert_int_equal(
		    db_exec(rig->s->db,
			"update attempt set turned_away_at = now() "
			"where job_id = '%s'",
			id),
		    0);
		return;
	}
}

/* -- what came of it ---------------------------------------------------- */

static void
await_quiet(
    struct rig *rig, struct row *row, struct jobs *jobs, int64_t killed_us)
{
	int failed = jobs_tally(rig->s, jobs, killed_us, QUIET_MS, &row->tally);

	rig->rows[rig->n_rows++] = *row;
	jobs_clear(jobs);
	assert_int_equal(failed, 0);
}

static int64_t
others_in_flight(struct rig *rig, const char *id)
{
	return db_int(rig->s->db,
	    "select count(*) from attempt "
	    "where finished_at is null and job_id <> '%s'",
	    id);
}

/* One of a row's short texts. */
static void
set(char field[16], const char *text)
{
	snprintf(field, 16, "%s", text);
}

static void
name_edge(const struct scenario *sc, struct row *row)
{
	int next = next_of(sc->whose, sc->state, sc->event);

	*row = (struct row){0};
	set(row->whose, sc->whose == JOB ? "job" : "attempt");
	set(row->from, state_name(sc->whose, sc->state));
	set(row->event, event_name(sc->whose, sc->event));
	set(row->to, next >= 0 ? state_name(sc->whose, next) : "-");
}

static void
a_kill_on_the_edge_loses_nothing(void **state)
{
	struct run *run = *state;
	struct rig *rig = run->rig;
	const struct scenario *sc = run->scenario;
	struct jobs jobs = {0};
	struct row row;
	char id[40], *pairs;
	int64_t killed_us;

	name_edge(sc, &row);
	submit_others(rig, &jobs);
	take_hold(rig, sc->holds);
	submit(rig, &jobs, sc->kind);
	snprintf(id, sizeof(id), "%s", jobs.ids[jobs.n - 1]);
	if (sc->first != NULL)
		await_first(rig, sc->first, id);
	act(rig, sc->deed, id);
	if (sc->first != NULL && sc->deed != CANCEL)
		submit_others(rig, &jobs);
	pairs = xasprintf("from=%s to=%s on=%s", row.from, row.to, row.event);
	await_edge(rig, sc, &jobs, id, pairs);
	suite_kill(rig->s, SUITE_ORCHESTRATOR);
	killed_us = clock_mono_us();
	row.in_flight = others_in_flight(rig, id);
	assert_true(row.in_flight > 0);
	release(rig);
	assert_int_equal(suite_start(rig->s, SUITE_ORCHESTRATOR), 0);
	free(pairs);
	await_quiet(rig, &row, &jobs, killed_us);
}

/* -- all of it ---------------------------------------------------------- */

/* validatord has not been killed so far: it has counted every attempt, and
 * each once. Its counters follow the commits a moment later. */
static void
the_validator_counted_every_attempt_once(void **state)
{
	struct run *run = *state;
	struct suite *s = run->rig->s;
	static const char name[] = "subnetd_attempts_judged_total";
	int64_t until = clock_mono_us() + EVENT_MS * 1000LL;
	int64_t counted = db_int(s->db, "select count(*) from judgement");
	int64_t passed =
	    db_int(s->db, "select count(*) from attempt") - counted;
	char *yes = xasprintf("%s{counted=\"yes\"}", name);
	char *no = xasprintf("%s{counted=\"no\"}", name);
	int port = s->ports[SUITE_VALIDATOR];

	while ((jobs_metric(port, yes) != counted ||
		   jobs_metric(port, no) != passed) &&
	       clock_mono_us() < until)
		proc_nap();
	assert_int_equal(jobs_metric(port, yes), counted);
	assert_int_equal(jobs_metric(port, no), passed);
	free(yes);
	free(no);
}

/* Both are killed, and the verdict at hand is one of each sort. */
static void
a_kill_on_a_verdict_loses_none(void **state)
{
	static const struct {
		const char *kind, *verdict;
		bool cancel;
	} cases[] = {{"good", "success=yes", false},
	    {"flop", "success=no", false}, {"mute", "counted=no", true}};
	struct run *run = *state;
	struct rig *rig = run->rig;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct row row = {.whose = "verdict"};
		struct jobs jobs = {0};
		int64_t killed_us;

		set(row.event, cases[i].verdict);
		submit_others(rig, &jobs);
		proc_skip_to_now(rig->s->daemons[SUITE_VALIDATOR]);
		submit(rig, &jobs, cases[i].kind);
		if (cases[i].cancel)
			jobs_cancel(rig->s, jobs.ids[jobs.n - 1]);
		assert_non_null(
		    proc_wait_event(rig->s->daemons[SUITE_VALIDATOR],
			"attempt.judged", cases[i].verdict, EVENT_MS));
		suite_kill(rig->s, SUITE_VALIDATOR);
		suite_kill(rig->s, SUITE_ORCHESTRATOR);
		killed_us = clock_mono_us();
		row.in_flight = others_in_flight(rig, jobs.ids[jobs.n - 1]);
		assert_true(row.in_flight > 0);
		assert_int_equal(suite_start(rig->s, SUITE_ORCHESTRATOR), 0);
		assert_int_equal(suite_start(rig->s, SUITE_VALIDATOR), 0);
		await_quiet(rig, &row, &jobs, killed_us);
	}
}

static void
no_log_tells_of_anything_twice(void **state)
{
	struct run *run = *state;

	assert_int_equal(jobs_audit_logs(run->rig->s), 0);
}

static void
print_rows(const struct rig *rig)
{
	struct jobs_tally sum = {0};

	printf("# %-8s %-10s %-11s %-10s %9s %9s %9s %5s %9s %7s %7s\n", "",
	    "from", "event", "to", "in flight", "submitted", "finished", "done",
	    "attempts", "judged", "quiet s");
	for (size_t i = 0; i < rig->n_rows; i++) {
		const struct row *r = &rig->rows[i];
		const struct jobs_tally *t = &r->tally;

		printf("# %-8s %-10s %-11s %-10s %9ld %9ld %9ld %5ld %9ld "
		       "%7ld %7.1f\n",
		    r->whose, r->from, r->event, r->to, (long)r->in_flight,
		    (long)t->submitted, (long)t->finished, (long)t->done,
		    (long)t->attempts, (long)t->judged, t->quiet_s);
		sum.submitted += t->submitted;
		sum.finished += t->finished;
		sum.attempts += t->attempts;
		sum.judged += t->judged;
	}
	printf("# %zu kills, %ld jobs submitted, %ld finished; %ld attempts, "
	       "%ld judged\n",
	    rig->n_rows, (long)sum.submitted, (long)sum.finished,
	    (long)sum.attempts, (long)sum.judged);
}

static void
add(struct CMUnitTest *tests, size_t *n, struct run *run, CMUnitTestFunction fn,
    const char *name)
{
	tests[(*n)++] = (struct CMUnitTest){
	    .name = name,
	    .test_func = fn,
	    .setup_func = mend,
	    .initial_state = run,
	};
}

/* A test for each edge, between those of the whole. */
static size_t
fill(struct CMUnitTest *tests, struct run *runs, struct rig *rig)
{
	size_t n = 0;

	for (int i = 0; i < N_SCENARIOS; i++) {
		runs[i].rig = rig;
		runs[i].scenario = &scenarios[i];
	}
	add(tests, &n, &runs[0], every_edge_has_its_scenario,
	    "every_edge_has_its_scenario");
	for (int i = 0; i < N_SCENARIOS; i++) {
		struct row row;

		name_edge(&scenarios[i], &row);
		snprintf(runs[i].name, sizeof(runs[i].name),
		    "a_kill_on_the_edge_loses_nothing: %s %s %s", row.whose,
		    row.from, row.event);
		add(tests, &n, &runs[i], a_kill_on_the_edge_loses_nothing,
		    runs[i].name);
	}
	add(tests, &n, &runs[0], the_validator_counted_every_attempt_once,
	    "the_validator_counted_every_attempt_once");
	add(tests, &n, &runs[0], a_kill_on_a_verdict_loses_none,
	    "a_kill_on_a_verdict_loses_none");
	add(tests, &n, &runs[0], no_log_tells_of_anything_twice,
	    "no_log_tells_of_anything_twice");
	return n;
}

int
main(void)
{
	struct rig *rig = xcalloc(1, sizeof(*rig));
	struct CMUnitTest tests[N_SCENARIOS + 4];
	struct run runs[N_SCENARIOS] = {0};
	size_t n = fill(tests, runs, rig);
	int failed = -1;

	rig->kinds = kinds_write("edges-kinds", kinds, N_KINDS);
	if (rig->kinds != NULL)
		rig->s = start_suite(rig->kinds);
	if (rig->s != NULL)
		rig->asker = puller_new(rig->s, GOOD);
	if (rig->asker != NULL)
		failed = _cmocka_run_group_tests("edges", tests, n, NULL, NULL);
	print_rows(rig);
	if (suite_end(rig->s, failed != 0) != 0)
		failed = -1;
	puller_free(rig->asker);
	free(rig->kinds);
	free(rig);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

/*
 * A miner's score goes on where it stood at Dippy: what is imported of its
 * jobs gives, in validatord's first round, the moving average that Dippy's
 * own formula gives; and the round can be made again.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/buf.h"
#include "common/clock.h"
#include "tests/lib/db.h"
#include "tests/lib/proc.h"
#include "tests/lib/sandbox.h"
#include "tests/lib/suite.h"
#include "tests/lib/tool.h"

enum { MINERS = 3, WAIT_MS = 60000, GOOD = 0, FAILING = 1, SILENT = 2 };

static int
set_up(void **state)
{
	static const struct suite_options o = {.name = "import",
	    .policy = "deploy/policies/sn11.ini",
	    .ini = "window = 7d\n", /* of the validator */
	    .n_miners = MINERS,
	    .miners = {{.alpha = 100}, {.alpha = 200}, {.alpha = 300}},
	    .leave_stopped = {[SUITE_VALIDATOR] = true}};
	struct suite *s = suite_new(&o);

	*state = s;
	return s == NULL || suite_wait_ready(s, MINERS) != 0 ? -1 : 0;
}

static int
tear_down(void **state)
{
	return suite_end(*state, false);
}

static void
add_time(struct buf *out, const char *name, int64_t us)
{
	time_t seconds = (time_t)(us / 1000000);
	char text[32];
	struct tm tm;

	assert_non_null(gmtime_r(&seconds, &tm));
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
	buf_printf(
	    out, ",\"%s\":\"%s.%06dZ\"", name, text, (int)(us % 1000000));
}

/* An edit that ended so long ago, having taken that time. */
static void
add_job(struct buf *out, int n, const char *hotkey, int ago_s, int ms,
    const char *status)
{
	int64_t end_us = clock_wall_us() - ago_s * INT64_C(1000000);

	buf_printf(out,
	    "{\"job_id\":\"0190a1b2-017f-7abc-8def-%012d\",\"job_type\":"
	    "\"img-h100_pcie\",\"miner_hotkey\":\"%s\",\"payload\":{\"prompt\":"
	    "\"x\"},\"status\":\"%s\",\"failure_reason\":\"callback_status:"
	    "failed\"",
	    n, hotkey, status);
	add_time(out, "creation_timestamp", end_us - ms * 1000);
	add_time(out, "prepared_at", end_us - ms * 1000);
	add_time(out, "response_timestamp", end_us);
	add_time(out, "completed_at", end_us);
	buf_add_str(out, "}\n");
}

/* Dippy's cases E1 and E4: a success of 1 s; the same, and a failure. */
static void
import_history(struct suite *s)
{
	struct buf text = {0};
	const char *args[] = {
	    "-c", s->ini, "import", "dippy", NULL, "--write", "--json", NULL};
	struct tool_answer got;
	char *path;
	int n = 0;

	for (int i = 0; i < 5; i++)
		add_job(&text, n++, s->miner_hotkeys[GOOD], 900 - i * 60, 8000,
		    "success");
	add_job(&text, n++, s->miner_hotkeys[GOOD], 120, 1000, "success");
	add_job(&text, n++, s->miner_hotkeys[FAILING], 180, 1000, "success");
	add_job(&text, n++, s->miner_hotkeys[FAILING], 120, 1000, "failed");
	path =
	    sandbox_write(s->box, "inference_jobs.jsonl", 0600, buf_str(&text));
	args[4] = path;
	tool_run(args, NULL, 0, &got);
	if (got.status != 0)
		fail_msg("%s%s", got.out, got.err);
	tool_answer_clear(&got);
	buf_free(&text);
	free(path);
}

static double
score_of(struct suite *s, int miner)
{
	return db_real(s->db,
	    "select score from score_entry e join score_run r on r.id = "
	    "e.run_id where hotkey = '%s' order by r.at limit 1",
	    s->miner_hotkeys[miner]);
}

static void
check_score(struct suite *s, int miner, double want)
{
	double got = score_of(s, miner);

	/* It has faded by some minutes of a half-life of seven days. */
	if (!(fabs(got - want) < 0.002))
		fail_msg("miner %d: %.6f, not %.6f", miner, got, want);
}

static void
a_score_goes_on_where_it_stood(void **state)
{
	struct suite *s = *state;

	import_history(s);
	assert_int_equal(suite_start(s, SUITE_VALIDATOR), 0);
	assert_int_equal(db_wait_int(s->db, 1, WAIT_MS,
			     "select least(count(*), 1) from score_run"),
	    0);
	check_score(s, GOOD, 0.786666666666667);
	check_score(s, FAILING, 0.629333333333333);
	check_score(s, SILENT, 0);
}

static void
the_round_can_be_made_again(void **state)
{
	struct suite *s = *state;
	const char *const args[] = {"-c", s->ini, "export", NULL};
	const char *const again[] = {"replay", NULL};
	struct tool_answer exported, got;

	tool_run(args, NULL, 0, &exported);
	if (exported.status != 0)
		fail_msg("export: %s", exported.err);
	tool_run(again, exported.out, strlen(exported.out), &got);
	if (got.status != 0)
		fail_msg("replay: %s%s", got.out, got.err);
	tool_answer_clear(&got);
	tool_answer_clear(&exported);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_score_goes_on_where_it_stood),
	    cmocka_unit_test(the_round_can_be_made_again),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

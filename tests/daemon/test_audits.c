/*
 * What a miner delivered, done again by one that is trusted: the same picture,
 * another one, none at either side; and what that is to the miner. Both are
 * played by hand.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/buf.h"
#include "common/uuid.h"
#include "common/xalloc.h"
#include "tests/lib/attempt.h"
#include "tests/lib/callback.h"
#include "tests/lib/db.h"
#include "tests/lib/fetch.h"
#include "tests/lib/jobs.h"
#include "tests/lib/proc.h"
#include "tests/lib/rig.h"
#include "tests/lib/sample.h"
#include "tests/lib/sandbox.h"

enum { TRUSTED, WORKER, MINERS, MAX_PICTURE = 1 << 20 };

static struct rig *rig;

/* The first two look the same, the third does not. */
static struct picture {
	const char *type;
	struct buf bytes;
} bars = {"image/png", {0}}, bars_again = {"image/jpeg", {0}},
  fractal = {"image/png", {0}};

static void
edit_kinds(json_t *kinds)
{
	static const char *const names[] = {"image.generate", "image.edit"};

	for (int i = 0; i < 2; i++) {
		json_t *kind = sample_kind(kinds, names[i]);

		json_object_set_new(kind, "retry_budget", json_integer(0));
		json_object_set_new(kind, "hedge", json_false());
		json_object_set_new(kind, "attempt", json_string("6s"));
	}
}

static int
draw(const char *source, const char *name, struct picture *out)
{
	char *path = sandbox_path(rig->s->box, name);
	const char *const argv[] = {"ffmpeg", "-v", "error", "-y", "-f",
	    "lavfi", "-i", source, "-frames:v", "1", path, NULL};
	const struct proc_options o = {
	    .name = argv[0], .log = "/dev/null", .argv = argv};
	struct proc_output output;
	FILE *f;
	int status;

	proc_run(&o, 0, &output);
	status = output.status;
	proc_output_clear(&output);
	f = fopen(path, "r");
	free(path);
	if (f == NULL)
		return -1;
	out->bytes.len =
	    fread(buf_reserve(&out->bytes, MAX_PICTURE), 1, MAX_PICTURE, f);
	fclose(f);
	return status;
}

static int
set_up(void **state)
{
	const struct suite_options o = {
	    .name = "audits", .leave_stopped[SUITE_VALIDATOR] = true};
	char *ini;
	int failed;

	if (rig_set_up(state, &o, MINERS, edit_kinds) != 0)
		return -1;
	rig = *state;
	if (draw("testsrc=s=128x128", "bars.png", &bars) != 0 ||
	    draw("testsrc=s=128x128", "bars.jpg", &bars_again) != 0 ||
	    draw("mandelbrot=s=128x128", "fractal.png", &fractal) != 0)
		return -1;
	ini = xasprintf("[validator]\ntrusted_hotkeys = %s\naudit_rate = 1\n"
			"audit_budget = 1000\naudit_penalty = 3d\n",
	    rig->s->miner_hotkeys[TRUSTED]);
	failed = suite_configure(rig->s, ini) != 0 ||
		 suite_start(rig->s, SUITE_VALIDATOR) != 0;
	free(ini);
	return failed ? -1 : 0;
}

static int
tear_down(void **state)
{
	buf_free(&bars.bytes);
	buf_free(&bars_again.bytes);
	buf_free(&fractal.bytes);
	return rig_tear_down(state);
}

/* -- work ----------------------------------------------------------------- */

/* A job for one miner alone, as validatord makes them; its input is that of
 * another one, or NULL. */
static void
submit_for(int miner, const char *kind, const char *input_of, char id[40])
{
	uuid_new(id);
	assert_int_equal(
	    db_exec(rig->s->db,
		"insert into job (id, netuid, kind, state, params, miners_min, "
		"miners_wanted, retries_left, created_at, deadline_at, "
		"next_try_at, rank_at, only_hotkey, input_of, input_type, "
		"input_sha256, input_bytes) select '%s', 1, '%s', 'queued', "
		"'{\"prompt\": \"a house\"}', 1, 1, 0, now(), now() + interval "
		"'30 s', now(), now(), '%s', j.id, j.input_type, "
		"j.input_sha256, j.input_bytes from (select 1) one left join "
		"job j on j.id = nullif('%s', '')::uuid",
		id, kind, rig->s->miner_hotkeys[miner],
		input_of != NULL ? input_of : ""),
	    0);
}

/* NULL: it says that it failed. */
static void
deliver(const struct hand_task *task, const struct picture *picture)
{
	struct callback_dippy answer = {.job_id = task->id};
	struct callback_told told;

	assert_int_equal(attempt_await(rig->s, task->id, "accepted"), 0);
	if (picture == NULL) {
		answer.status = "failed";
		answer.error = "out of memory";
	} else {
		answer.status = "completed";
		answer.image_type = picture->type;
		answer.image = picture->bytes.data;
		answer.len = picture->bytes.len;
	}
	callback_dippy(task, task->secret, &answer, &told);
	assert_int_equal(told.status, 200);
}

/* One that the worker has delivered and that is being audited: its id, and
 * what the trusted miner was sent. */
struct affair {
	char job[40], attempt[40], again[40];
	struct hand_task *task;
};

static void
begin_kind(struct affair *c, const char *kind, const char *input_of)
{
	struct hand_task *task;
	char *again;

	submit_for(WORKER, kind, input_of, c->job);
	task = rig_next(rig, c->job);
	assert_non_null(task);
	assert_int_equal(task->miner, WORKER);
	snprintf(c->attempt, sizeof(c->attempt), "%s", task->id);
	deliver(task, &bars);
	hand_drop(rig->hand, task);
	assert_int_equal(attempt_await_judged(rig->s, c->attempt), 0);
	again = db_text(rig->s->db,
	    "select job_id from audit where attempt_id = '%s'", c->attempt);
	assert_non_null(again);
	snprintf(c->again, sizeof(c->again), "%s", again);
	free(again);
	c->task = rig_next(rig, c->again);
	assert_non_null(c->task);
	assert_int_equal(c->task->miner, TRUSTED);
}

static void
begin(struct affair *c)
{
	begin_kind(c, "image.generate", NULL);
}

static void
end(struct affair *c)
{
	hand_drop(rig->hand, c->task);
}

/* Its state and why, and so many failures that count against the worker. */
static void
assert_settled(const struct affair *c, const char *expected, int failures)
{
	struct db *db = rig->s->db;
	char *is;

	assert_int_equal(db_wait_int(db, 1, 0,
			     "select count(*) from audit where attempt_id = "
			     "'%s' and state <> 'running'",
			     c->attempt),
	    0);
	is = db_text(db,
	    "select format('%%s: %%s', state, regexp_replace(why, 'by \\d+', "
	    "'by so many')) from audit where attempt_id = '%s'",
	    c->attempt);
	assert_string_equal(is, expected);
	free(is);
	assert_int_equal(
	    db_int(db,
		"select count(*) from audit_failure where attempt_id = '%s' "
		"and hotkey = '%s'",
		c->attempt, rig->s->miner_hotkeys[WORKER]),
	    failures);
	assert_int_equal(db_int(db,
			     "select count(*) from audit_failure where hotkey "
			     "<> '%s'",
			     rig->s->miner_hotkeys[WORKER]),
	    0);
}

static void
await_out(const char *pairs)
{
	assert_non_null(proc_wait_event(
	    rig->s->daemons[SUITE_ORCHESTRATOR], "miners.out", pairs, 0));
}

/* -- what comes of it ----------------------------------------------------- */

static void
the_same_picture_passes(void **state)
{
	struct affair c;

	(void)state;
	begin(&c);
	/* The verdict on the work itself did not wait for it. */
	assert_int_equal(db_int(rig->s->db,
			     "select count(*) from judgement where attempt_id "
			     "= '%s' and success and source = 'client'",
			     c.attempt),
	    1);
	deliver(c.task, &bars);
	assert_settled(&c, "passed: the same bytes", 0);
	assert_int_equal(attempt_await_judged(rig->s, c.task->id), 0);
	assert_int_equal(db_int(rig->s->db,
			     "select count(*) from judgement where attempt_id "
			     "= '%s' and source = 'audit'",
			     c.task->id),
	    1);
	assert_int_equal(
	    db_int(rig->s->db,
		"select count(*) from audit where attempt_id = '%s'",
		c.task->id),
	    0);
	end(&c);
}

static void
a_picture_that_looks_the_same_passes(void **state)
{
	struct affair c;

	(void)state;
	begin(&c);
	deliver(c.task, &bars_again);
	assert_settled(
	    &c, "passed: the pictures differ by so many bits of 64", 0);
	end(&c);
}

/* Nothing in it says what it is for, and the seed is the one first sent. */
static void
an_audit_looks_like_any_job(void **state)
{
	struct hand_task *task;
	struct affair c;
	char id[40];

	(void)state;
	submit_for(WORKER, "image.generate", NULL, id);
	task = rig_next(rig, id);
	assert_non_null(task);
	deliver(task, &bars);
	assert_int_equal(attempt_await_judged(rig->s, task->id), 0);
	snprintf(c.attempt, sizeof(c.attempt), "%s", task->id);
	c.task = hand_take(rig->hand, 0);
	assert_non_null(c.task);
	assert_int_equal(c.task->miner, TRUSTED);
	assert_string_equal(c.task->path, task->path);
	assert_true(json_is_integer(json_object_get(task->body, "seed")));
	for (int i = 0; i < 2; i++) {
		static const char *const own[] = {"job_id", "callback_secret"};

		json_object_del(task->body, own[i]);
		assert_int_equal(json_object_del(c.task->body, own[i]), 0);
	}
	assert_true(json_equal(task->body, c.task->body));
	hand_drop(rig->hand, task);
	hand_drop(rig->hand, c.task);
	/* It comes to nothing in time, and that is nobody's fault. */
	assert_settled(&c, "void: the trusted miner has no result", 0);
}

static void
another_picture_fails_until_that_expires(void **state)
{
	struct db *db = rig->s->db;
	struct affair c;
	char id[40];
	struct hand_task *task;

	(void)state;
	begin(&c);
	deliver(c.task, &fractal);
	assert_settled(
	    &c, "failed: the pictures differ by so many bits of 64", 1);
	assert_int_equal(db_int(db,
			     "select extract(epoch from expires_at - at)::int "
			     "from audit_failure where attempt_id = '%s'",
			     c.attempt),
	    3 * 86400);
	await_out("n=1 of=2");
	/* A job that is for it alone waits: it is asked for nothing. */
	submit_for(WORKER, "image.generate", NULL, id);
	assert_int_equal(db_wait_int(db, 1, 0,
			     "select count(*) from job where id = '%s' and "
			     "state = 'queued' and tries >= 2",
			     id),
	    0);
	assert_int_equal(
	    db_int(db, "select count(*) from attempt where job_id = '%s'", id),
	    0);
	assert_int_equal(
	    db_exec(db, "update audit_failure set expires_at = now()"), 0);
	await_out("n=0 of=2");
	task = rig_next(rig, id);
	assert_non_null(task);
	assert_int_equal(task->miner, WORKER);
	deliver(task, NULL);
	hand_drop(rig->hand, task);
	end(&c);
}

static void
a_trusted_miner_that_fails_slashes_nobody(void **state)
{
	struct affair c;

	(void)state;
	begin(&c);
	deliver(c.task, NULL);
	assert_settled(&c, "void: the trusted miner has no result", 0);
	end(&c);
}

static void
who_delivered_and_has_no_result_fails(void **state)
{
	struct affair c;

	(void)state;
	begin(&c);
	assert_int_equal(db_exec(rig->s->db,
			     "update attempt set result_sha256 = null where id "
			     "= '%s'",
			     c.attempt),
	    0);
	deliver(c.task, &bars);
	assert_settled(&c, "failed: it delivered and has no result", 1);
	await_out("n=1 of=2");
	assert_int_equal(
	    db_exec(rig->s->db, "update audit_failure set expires_at = now()"),
	    0);
	await_out("n=0 of=2");
	end(&c);
}

/* The file is still the first job's. */
static void
the_trusted_miner_gets_the_same_input(void **state)
{
	static const char job[] =
	    "{\"kind\":\"image.edit\",\"params\":{\"prompt\":\"a house\"}}";
	struct buf picture = {0};
	struct fetch_answer answer;
	struct hand_task *task;
	struct affair c;
	char id[40];

	(void)state;
	sample_png(1, &picture);
	assert_int_equal(suite_submit_file(rig->s, job, picture.data,
			     picture.len, "image/png", id),
	    202);
	task = rig_next(rig, id);
	assert_non_null(task);
	deliver(task, NULL);
	hand_drop(rig->hand, task);
	begin_kind(&c, "image.edit", id);
	fetch_get(c.task->input_url, &answer);
	assert_int_equal(answer.status, 200);
	assert_int_equal(answer.len, picture.len);
	assert_memory_equal(answer.body, picture.data, picture.len);
	fetch_clear(&answer);
	deliver(c.task, &bars);
	assert_settled(&c, "passed: the same bytes", 0);
	buf_free(&picture);
	end(&c);
}

static void
an_audit_outlives_the_validator(void **state)
{
	struct affair c;

	(void)state;
	begin(&c);
	suite_kill(rig->s, SUITE_VALIDATOR);
	deliver(c.task, &fractal);
	assert_int_equal(attempt_await_job(rig->s, c.again, "done"), 0);
	assert_int_equal(suite_start(rig->s, SUITE_VALIDATOR), 0);
	assert_settled(
	    &c, "failed: the pictures differ by so many bits of 64", 1);
	await_out("n=1 of=2");
	assert_int_equal(
	    db_exec(rig->s->db, "update audit_failure set expires_at = now()"),
	    0);
	await_out("n=0 of=2");
	end(&c);
}

/* Every attempt was audited once at most, and no rule of the suite broken. */
static void
all_is_well_in_the_end(void **state)
{
	struct suite *s = rig->s;

	(void)state;
	assert_int_equal(jobs_wait_quiet(s, 60000), 0);
	assert_int_equal(jobs_audit_rows(s), 0);
	assert_int_equal(db_wait_int(s->db, 0, 0,
			     "select count(*) from audit where state = "
			     "'running'"),
	    0);
	assert_int_equal(
	    db_int(s->db,
		"select count(*) from audit u join attempt a on a.job_id = "
		"u.job_id where a.hotkey <> '%s'",
		s->miner_hotkeys[TRUSTED]),
	    0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_same_picture_passes),
	    cmocka_unit_test(a_picture_that_looks_the_same_passes),
	    cmocka_unit_test(an_audit_looks_like_any_job),
	    cmocka_unit_test(another_picture_fails_until_that_expires),
	    cmocka_unit_test(a_trusted_miner_that_fails_slashes_nobody),
	    cmocka_unit_test(who_delivered_and_has_no_result_fails),
	    cmocka_unit_test(the_trusted_miner_gets_the_same_input),
	    cmocka_unit_test(an_audit_outlives_the_validator),
	    cmocka_unit_test(all_is_well_in_the_end),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

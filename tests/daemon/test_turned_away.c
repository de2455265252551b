/*
 * A result that comes while we cannot keep it: its miner calls back once, and
 * is not blamed for what came of it. One that calls back again is taken.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/lib/attempt.h"
#include "tests/lib/callback.h"
#include "tests/lib/db.h"
#include "tests/lib/proc.h"
#include "tests/lib/rig.h"
#include "tests/lib/sandbox.h"

static const char speech[] = "{\"kind\":\"audio.speak\",\"params\":{\"text\":"
			     "\"good day\",\"language\":\"en\"},"
			     "\"miners\":1}";

static void
as_shipped(json_t *kinds)
{
	(void)kinds;
}

static int
set_up(void **state)
{
	const struct suite_options o = {
	    .name = "turned-away", .ini = "[orchestrator]\nsweep = 250ms\n"};

	return rig_set_up(state, &o, 2, as_shipped);
}

/* The store is not where it was; a file is. */
static void
break_store(struct rig *r)
{
	char *files = sandbox_path(r->s->box, "files");
	char *aside = sandbox_path(r->s->box, "files.aside");
	FILE *f;

	assert_int_equal(rename(files, aside), 0);
	f = fopen(files, "w");
	assert_non_null(f);
	fclose(f);
	free(files);
	free(aside);
}

static void
mend_store(struct rig *r)
{
	char *files = sandbox_path(r->s->box, "files");
	char *aside = sandbox_path(r->s->box, "files.aside");

	assert_int_equal(remove(files), 0);
	assert_int_equal(rename(aside, files), 0);
	free(files);
	free(aside);
}

/* A job whose miner has called back, and was sent away. */
static struct hand_task *
task_turned_away(struct rig *r, char id[40])
{
	struct callback_told told;
	struct hand_task *task = rig_task(r, speech, id);

	assert_non_null(task);
	assert_int_equal(attempt_await(r->s, task->id, "accepted"), 0);
	break_store(r);
	callback_file(
	    task, task->secret, "result", "audio/wav", "RIFF", 4, &told);
	mend_store(r);
	assert_int_equal(told.status, 503);
	assert_string_equal(told.word, "unavailable");
	assert_non_null(strstr(told.detail, "send it again"));
	while (db_int(r->s->db,
		   "select count(*) from attempt where id = '%s' "
		   "and turned_away_at is not null",
		   task->id) == 0)
		proc_nap();
	return task;
}

/* Its deadline is now. */
static void
let_end(struct rig *r, const struct hand_task *task)
{
	assert_int_equal(
	    db_exec(r->s->db,
		"update attempt set deadline_at = now() where id = '%s'",
		task->id),
	    0);
}

static void
its_miner_is_not_blamed(void **state)
{
	struct rig *r = *state;
	struct hand_task *task, *next;
	char id[40], *reason;

	task = task_turned_away(r, id);
	let_end(r, task);
	assert_int_equal(attempt_await(r->s, task->id, "abandoned"), 0);
	reason = attempt_column(r->s, task->id, "reason");
	assert_string_equal(reason, "lost_result");
	assert_int_equal(attempt_await_judged(r->s, task->id), 0);
	assert_int_equal(
	    db_int(r->s->db,
		"select count(*) from judgement where attempt_id = '%s'",
		task->id),
	    0);
	next = rig_next(r, id); /* the job is not lost for it */
	assert_non_null(next);
	free(reason);
	hand_drop(r->hand, next);
	hand_drop(r->hand, task);
}

static void
what_comes_again_is_taken(void **state)
{
	struct rig *r = *state;
	struct callback_told told;
	struct hand_task *task;
	char id[40];

	task = task_turned_away(r, id);
	callback_file(
	    task, task->secret, "result", "audio/wav", "RIFF", 4, &told);
	assert_int_equal(told.status, 200);
	assert_string_equal(told.word, "accepted");
	hand_drop(r->hand, task);
}

/* With a wrong secret nobody excuses an attempt. */
static void
a_stranger_excuses_nobody(void **state)
{
	struct rig *r = *state;
	struct callback_told told;
	struct hand_task *task;
	char id[40];

	task = rig_task(r, speech, id);
	assert_non_null(task);
	assert_int_equal(attempt_await(r->s, task->id, "accepted"), 0);
	break_store(r);
	callback_file(task, "wrong", "result", "audio/wav", "RIFF", 4, &told);
	mend_store(r);
	assert_int_equal(told.status, 403);
	let_end(r, task);
	assert_int_equal(attempt_await(r->s, task->id, "timed_out"), 0);
	hand_drop(r->hand, task);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(its_miner_is_not_blamed),
	    cmocka_unit_test(what_comes_again_is_taken),
	    cmocka_unit_test(a_stranger_excuses_nobody),
	};

	return cmocka_run_group_tests_name(
	    "turned away", tests, set_up, rig_tear_down);
}

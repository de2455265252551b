/*
 * Deadlines of a week: a job that takes seven days is waited for, over an end
 * of its orchestrator, and its result taken; one that takes longer is not. The
 * days pass in the rows, which are moved back by them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/lib/attempt.h"
#include "tests/lib/callback.h"
#include "tests/lib/db.h"
#include "tests/lib/proc.h"
#include "tests/lib/rig.h"

static const char job[] = "{\"kind\":\"text.translate\",\"params\":{\"text\":"
			  "\"good day\",\"language\":\"en\","
			  "\"target_language\":\"fr\"},\"miners\":1}";
static const char brings[] = "{\"output\":{\"text\":\"bonjour\"}}";

/* Translations take a week. */
static void
for_a_week(json_t *kinds)
{
	json_t *kind;
	size_t i;

	json_array_foreach(kinds, i, kind)
	{
		const char *name =
		    json_string_value(json_object_get(kind, "name"));

		if (strcmp(name, "text.translate") != 0)
			continue;
		json_object_set_new(kind, "deadline", json_string("7d"));
		json_object_set_new(kind, "attempt", json_string("7d"));
	}
}

static int
set_up(void **state)
{
	const struct suite_options o = {
	    .name = "deadlines", .ini = "[orchestrator]\nsweep = 250ms\n"};

	return rig_set_up(state, &o, 2, for_a_week);
}

/* So much of it is over. */
static void
let_pass(struct rig *r, const char *id, const char *interval)
{
	assert_int_equal(
	    db_exec(r->s->db,
		"update job set created_at = created_at - interval '%s', "
		"deadline_at = deadline_at - interval '%s' where id = '%s'",
		interval, interval, id),
	    0);
	assert_int_equal(
	    db_exec(r->s->db,
		"update attempt set sent_at = sent_at - interval '%s', "
		"accepted_at = accepted_at - interval '%s', "
		"prepared_at = prepared_at - interval '%s', "
		"deadline_at = deadline_at - interval '%s' "
		"where job_id = '%s'",
		interval, interval, interval, interval, id),
	    0);
}

static void
restart(struct rig *r)
{
	suite_kill(r->s, SUITE_ORCHESTRATOR);
	assert_int_equal(suite_start(r->s, SUITE_ORCHESTRATOR), 0);
	assert_non_null(proc_wait_event(
	    r->s->daemons[SUITE_ORCHESTRATOR], "kinds.read", NULL, 0));
}

static void
a_week_is_waited_for(void **state)
{
	struct rig *r = *state;
	struct callback_told told;
	struct hand_task *task;
	char id[40];

	task = rig_task(r, job, id);
	assert_non_null(task);
	assert_int_equal(attempt_await(r->s, task->id, "accepted"), 0);
	let_pass(r, id, "6 days 23 hours 58 minutes");
	restart(r);
	callback_json(task, task->secret, brings, &told);
	assert_int_equal(told.status, 200);
	assert_string_equal(told.word, "accepted");
	assert_int_equal(attempt_await_job(r->s, id, "done"), 0);
	assert_int_equal(
	    db_int(r->s->db,
		"select count(*) from attempt where job_id = '%s' and "
		"miner_ms > 6.99 * 86400000 and miner_ms < 7 * 86400000",
		id),
	    1);
	hand_drop(r->hand, task);
}

static void
more_than_a_week_is_not(void **state)
{
	struct rig *r = *state;
	struct callback_told told;
	struct hand_task *task;
	char id[40];

	task = rig_task(r, job, id);
	assert_non_null(task);
	assert_int_equal(attempt_await(r->s, task->id, "accepted"), 0);
	let_pass(r, id, "7 days");
	assert_int_equal(attempt_await_job(r->s, id, "expired"), 0);
	assert_int_equal(attempt_await(r->s, task->id, "timed_out"), 0);
	callback_json(task, task->secret, brings, &told);
	assert_string_equal(told.word, "late");
	assert_int_equal(attempt_await_job(r->s, id, "expired"), 0);
	hand_drop(r->hand, task);
}

static void
nobody_asks_for_more(void **state)
{
	static const char longer[] =
	    "{\"kind\":\"text.translate\",\"params\":{\"text\":\"good day\","
	    "\"language\":\"en\",\"target_language\":\"fr\"},"
	    "\"deadline_ms\":604800001}";
	struct rig *r = *state;
	char id[40];

	assert_int_equal(suite_submit(r->s, longer, id), 422);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_week_is_waited_for),
	    cmocka_unit_test(more_than_a_week_is_not),
	    cmocka_unit_test(nobody_asks_for_more),
	};

	return cmocka_run_group_tests(tests, set_up, rig_tear_down);
}

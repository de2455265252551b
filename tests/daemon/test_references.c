/*
 * A reference service that is right, slow, broken or away: what it says is
 * what responses are compared with, and what it does not say lowers nobody.
 * The service is tests/fake/reference; the miners are played by hand.
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
#include "common/xalloc.h"
#include "tests/lib/attempt.h"
#include "tests/lib/callback.h"
#include "tests/lib/db.h"
#include "tests/lib/fetch.h"
#include "tests/lib/jobs.h"
#include "tests/lib/paths.h"
#include "tests/lib/proc.h"
#include "tests/lib/rig.h"
#include "tests/lib/sample.h"
#include "tests/lib/sandbox.h"

enum { MINERS = 3, FAILURES = 3 };

#define FOX "the quick brown fox"

static const char job[] =
    "{\"kind\":\"audio.transcribe\",\"params\":{\"language\":\"en\"}}";
static const char job_of_three[] =
    "{\"kind\":\"audio.transcribe\",\"params\":{\"language\":\"en\"},"
    "\"miners\":3}";

struct world {
	struct rig *rig;
	struct proc *service;
	char address[32];
	struct buf wav;
};

static struct world world;

/* -- the world ------------------------------------------------------------ */

static void
edit_kinds(json_t *kinds)
{
	json_object_set_new(sample_kind(kinds, "audio.transcribe"),
	    "retry_budget", json_integer(0));
}

static int
start_service(void)
{
	char *program = paths_program("tests/reference");
	const char *argv[] = {program, world.address, NULL};
	const char *line = NULL;
	char port[16];

	world.service =
	    sandbox_start(world.rig->s->box, "reference", argv, NULL);
	free(program);
	if (world.service != NULL)
		line = proc_wait_event(
		    world.service, "reference.listening", NULL, 0);
	if (line == NULL || proc_value(line, "port", port, sizeof(port)) != 0)
		return -1;
	snprintf(world.address, sizeof(world.address), "127.0.0.1:%s", port);
	return 0;
}

static void
script(const char *json)
{
	char *url = xasprintf("http://%s/script", world.address);
	const struct fetch_ask ask = {
	    .method = "PUT", .url = url, .body = json, .len = strlen(json)};
	struct fetch_answer answer;

	assert_int_equal(fetch(&ask, &answer), 0);
	assert_int_equal(answer.status, 200);
	fetch_clear(&answer);
	free(url);
}

static json_t *
told(void)
{
	char *url = xasprintf("http://%s/script", world.address);
	struct fetch_answer answer;
	json_t *json;

	fetch_get(url, &answer);
	json = fetch_json(&answer);
	assert_non_null(json);
	fetch_clear(&answer);
	free(url);
	return json;
}

static int
times_asked(void)
{
	json_t *json = told();
	int n = (int)json_integer_value(json_object_get(json, "asked"));

	json_decref(json);
	return n;
}

/* The validator with what these lines add. */
static int
restart(const char *ini)
{
	struct suite *s = world.rig->s;

	if (s->daemons[SUITE_VALIDATOR] != NULL &&
	    suite_stop(s, SUITE_VALIDATOR) != 0)
		return -1;
	return suite_configure(s, ini) != 0 ||
		       suite_start(s, SUITE_VALIDATOR) != 0
		   ? -1
		   : 0;
}

static int
set_up(void **state)
{
	const struct suite_options o = {
	    .name = "references", .leave_stopped[SUITE_VALIDATOR] = true};
	char *key, *ini;
	int failed;

	snprintf(world.address, sizeof(world.address), "127.0.0.1:0");
	if (rig_set_up(state, &o, MINERS, edit_kinds) != 0)
		return -1;
	world.rig = *state;
	sample_wav(440, 1, &world.wav);
	if (start_service() != 0)
		return -1;
	key = sandbox_write(world.rig->s->box, "key", 0600, "sk-one-two\n");
	ini = xasprintf("[validator]\nreference_url = http://%s/v1\n"
			"reference_key = @%s\nreference_rate = 1\n"
			"reference_deadline = 1s\nreference_failures = %d\n"
			"reference_out = 10m\n"
			"development = yes\n",
	    world.address, key, FAILURES);
	failed = restart(ini);
	free(key);
	free(ini);
	return failed;
}

static int
tear_down(void **state)
{
	buf_free(&world.wav);
	return rig_tear_down(state);
}

/* A breaker that knows of nothing, and a service that is right. */
static int
afresh(void **state)
{
	(void)state;
	script("{\"mode\":\"right\",\"text\":\"" FOX "\"}");
	return restart("[validator]\nreference_out = 10m\n");
}

/* -- jobs ----------------------------------------------------------------- */

static void
submit(const char *job_json, char id[40])
{
	assert_int_equal(suite_submit_file(world.rig->s, job_json,
			     world.wav.data, world.wav.len, "audio/wav", id),
	    202);
}

/* The next miner of the job says that; its attempt. NULL: it failed. */
static void
say(const char *job_id, const char *text, char attempt_id[40])
{
	struct hand_task *task = rig_next(world.rig, job_id);
	struct callback_told told;
	char *json = text == NULL
			 ? xstrdup("{\"status\":\"failed\"}")
			 : xasprintf("{\"output\":{\"text\":\"%s\"}}", text);

	assert_non_null(task);
	snprintf(attempt_id, 40, "%s", task->id);
	assert_int_equal(attempt_await(world.rig->s, task->id, "accepted"), 0);
	callback_json(task, task->secret, json, &told);
	assert_int_equal(told.status, 200);
	free(json);
	hand_drop(world.rig->hand, task);
}

static void
hear(const char *text, char attempt_id[40])
{
	char id[40];

	submit(job, id);
	say(id, text, attempt_id);
}

/* How it was judged, as "reference accuracy reason"; "null" for none. Success
 * and speed are what the miner did, whatever the service does. */
static void
assert_judged(const char *attempt_id, const char *expected)
{
	struct db *db = world.rig->s->db;
	char *is;

	assert_int_equal(attempt_await_judged(world.rig->s, attempt_id), 0);
	is = db_text(db,
	    "select format('%%s %%s %%s', reference, coalesce(round("
	    "accuracy::numeric, 4)::text, 'null'), reason) from judgement "
	    "where attempt_id = '%s'",
	    attempt_id);
	assert_string_equal(is, expected);
	free(is);
	assert_int_equal(
	    db_int(db,
		"select count(*) from judgement g join attempt a on a.id = "
		"g.attempt_id where a.id = '%s' and g.success = (a.state = "
		"'delivered') and (g.speed > 0.5) = (a.state = 'delivered')",
		attempt_id),
	    1);
}

static void
fail_so_often(int n, const char *reason)
{
	for (int i = 0; i < n; i++) {
		char attempt[40];

		hear(FOX, attempt);
		assert_judged(attempt, reason);
	}
}

/* -- a service that is right ---------------------------------------------- */

static void
what_the_service_says_is_what_counts(void **state)
{
	char attempt[40];
	json_t *json, *last;

	(void)state;
	hear("the quick brown", attempt);
	assert_judged(attempt,
	    "service 0.7500 error_rate 0.2500 against the service reference");
	json = told();
	last = json_object_get(json, "last");
	assert_string_equal(
	    json_string_value(json_object_get(last, "language")), "en");
	assert_string_equal(
	    json_string_value(json_object_get(last, "model")), "whisper-1");
	assert_string_equal(
	    json_string_value(json_object_get(last, "filename")), "input.wav");
	assert_string_equal(json_string_value(json_object_get(last, "key")),
	    "Bearer sk-one-two");
	assert_int_equal(
	    json_integer_value(json_object_get(last, "file")), world.wav.len);
	json_decref(json);
	assert_int_equal(
	    db_int(world.rig->s->db,
		"select count(*) from judgement where attempt_id = '%s' and "
		"metric = 'wer' and source = 'client' and reference_sha256 = "
		"encode(sha256('" FOX "'), 'hex') and result_sha256 = "
		"encode(sha256('the quick brown'), 'hex') and total_ms > 0",
		attempt),
	    1);
}

static void
a_job_is_asked_about_once(void **state)
{
	int before = times_asked();
	char id[40], attempts[MINERS][40];

	(void)state;
	submit(job_of_three, id);
	say(id, FOX, attempts[0]);
	assert_judged(attempts[0],
	    "service 1.0000 error_rate 0.0000 against the service reference");
	say(id, "a hare", attempts[1]);
	say(id, NULL, attempts[2]);
	assert_judged(attempts[1],
	    "service 0.0000 error_rate 1.0000 against the service reference");
	assert_judged(attempts[2], "service 0.0000 failed: miner_failed");
	assert_int_equal(times_asked(), before + 1);
}

/* Not a file, but a text and what to do with it. */
static void
a_summary_is_asked_for_in_words(void **state)
{
	static const char summarize[] =
	    "{\"kind\":\"text.summarize\",\"params\":{\"text\":\"The quick "
	    "brown "
	    "fox, which was not lazy, jumped over a dog that was.\","
	    "\"language\":\"en\"}}";
	const json_t *messages;
	char id[40], attempt[40];
	json_t *json, *last;

	(void)state;
	assert_int_equal(suite_submit(world.rig->s, summarize, id), 202);
	say(id, "the quick fox", attempt);
	assert_judged(attempt,
	    "service 0.8571 score 0.8571 against the service reference");
	json = told();
	last = json_object_get(json, "last");
	messages = json_object_get(last, "messages");
	assert_string_equal(
	    json_string_value(json_object_get(last, "model")), "gpt-4o-mini");
	assert_memory_equal(json_string_value(json_object_get(
				json_array_get(messages, 1), "content")),
	    "The quick brown fox, which", 26);
	json_decref(json);
}

/* -- a service that is not ------------------------------------------------ */

static void
a_slow_service_lowers_nobody(void **state)
{
	char attempt[40];

	(void)state;
	script("{\"mode\":\"slow\"}");
	hear("a hare", attempt);
	assert_judged(attempt,
	    "none null not measured: the service did not answer: timeout");
	hear(NULL, attempt);
	assert_judged(attempt, "none null failed: miner_failed");
}

static void
a_broken_service_is_left_alone_and_lowers_nobody(void **state)
{
	int before = times_asked();
	char attempt[40];

	(void)state;
	script("{\"mode\":\"refuse\",\"status\":500}");
	fail_so_often(
	    FAILURES, "none null not measured: the service answered 500");
	assert_non_null(proc_wait_event(world.rig->s->daemons[SUITE_VALIDATOR],
	    "reference.service_out", "failures=3", 0));
	hear("a hare", attempt);
	assert_judged(
	    attempt, "none null not measured: the reference service is out");
	assert_int_equal(times_asked(), before + FAILURES);
}

static void
nonsense_is_a_failure_of_the_service(void **state)
{
	(void)state;
	script("{\"mode\":\"garbage\"}");
	fail_so_often(
	    FAILURES, "none null not measured: the answer is no JSON");
	fail_so_often(
	    1, "none null not measured: the reference service is out");
}

static void
a_question_that_is_refused_is_not_the_services_failure(void **state)
{
	char attempt[40];

	(void)state;
	script("{\"mode\":\"refuse\",\"status\":415}");
	fail_so_often(
	    FAILURES + 1, "none null not measured: the service answered 415");
	script("{\"mode\":\"right\",\"text\":\"" FOX "\"}");
	hear(FOX, attempt);
	assert_judged(attempt,
	    "service 1.0000 error_rate 0.0000 against the service reference");
}

/* Jobs are judged without it until it is tried again, and with it from then
 * on. */
static void
a_service_that_comes_back_is_asked_again(void **state)
{
	struct db *db = world.rig->s->db;
	char attempt[40];
	bool is_measured = false;

	(void)state;
	assert_int_equal(restart("[validator]\nreference_out = 1s\n"), 0);
	sandbox_drop(world.rig->s->box, world.service);
	fail_so_often(FAILURES,
	    "none null not measured: the service did not answer: connect");
	assert_int_equal(start_service(), 0);
	script("{\"mode\":\"right\",\"text\":\"" FOX "\"}");
	for (int i = 0; i < 1000 && !is_measured; i++) {
		hear("the quick brown", attempt);
		assert_int_equal(
		    attempt_await_judged(world.rig->s, attempt), 0);
		is_measured = db_int(db,
				  "select count(*) from judgement where "
				  "attempt_id = '%s' and accuracy = 0.75",
				  attempt) == 1;
		assert_true(
		    is_measured || db_int(db,
				       "select count(*) from judgement where "
				       "attempt_id = '%s' and accuracy is null",
				       attempt) == 1);
	}
	assert_true(is_measured);
	assert_non_null(proc_wait_event(world.rig->s->daemons[SUITE_VALIDATOR],
	    "reference.service_well", NULL, 0));
}

static void
three_miners_stand_in_for_the_service(void **state)
{
	char id[40], attempts[MINERS][40];

	(void)state;
	script("{\"mode\":\"refuse\",\"status\":503}");
	submit(job_of_three, id);
	say(id, FOX, attempts[0]);
	say(id, FOX, attempts[1]);
	say(id, "a hare", attempts[2]);
	assert_judged(attempts[2],
	    "consensus 0.0000 an outlier: 0.0000 like what most "
	    "miners said");
	assert_int_equal(attempt_await_judged(world.rig->s, attempts[0]), 0);
	assert_int_equal(attempt_await_judged(world.rig->s, attempts[1]), 0);
	assert_int_equal(
	    db_int(world.rig->s->db,
		"select count(*) from judgement g join attempt a on a.id = "
		"g.attempt_id where a.job_id = '%s' and accuracy = 1 and "
		"reference = 'consensus'",
		id),
	    2);
}

/* -- we die while it thinks ----------------------------------------------- */

static void
a_question_of_the_dead_is_asked_again(void **state)
{
	struct db *db = world.rig->s->db;
	int before = times_asked();
	char id[40], attempt[40];

	(void)state;
	script("{\"mode\":\"slow\"}");
	submit(job, id);
	say(id, "the quick brown", attempt);
	assert_int_equal(
	    db_wait_int(db, 1, 0,
		"select count(*) from reference where job_id = '%s' and state "
		"= 'asked'",
		id),
	    0);
	assert_non_null(proc_wait_event(
	    world.service, "reference.asked", "mode=slow sense=yes", 0));
	suite_kill(world.rig->s, SUITE_VALIDATOR);
	script("{\"mode\":\"right\",\"text\":\"" FOX "\"}");
	assert_int_equal(suite_start(world.rig->s, SUITE_VALIDATOR), 0);
	assert_judged(attempt,
	    "service 0.7500 error_rate 0.2500 against the service reference");
	assert_int_equal(times_asked(), before + 2);
}

/* Nothing is left to wait for, and no rule of the suite is broken. */
static void
all_is_judged_once(void **state)
{
	struct suite *s = world.rig->s;

	(void)state;
	assert_int_equal(jobs_wait_quiet(s, 30000), 0);
	assert_int_equal(jobs_audit_rows(s), 0);
	assert_int_equal(db_int(s->db, "select count(*) from reference where "
				       "state in ('wanted', 'asked')"),
	    0);
	assert_int_equal(
	    db_int(s->db, "select count(*) from judgement where accuracy is "
			  "not null and reference = 'none'"),
	    0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(
		what_the_service_says_is_what_counts, afresh),
	    cmocka_unit_test_setup(a_job_is_asked_about_once, afresh),
	    cmocka_unit_test_setup(a_summary_is_asked_for_in_words, afresh),
	    cmocka_unit_test_setup(a_slow_service_lowers_nobody, afresh),
	    cmocka_unit_test_setup(
		a_broken_service_is_left_alone_and_lowers_nobody, afresh),
	    cmocka_unit_test_setup(
		nonsense_is_a_failure_of_the_service, afresh),
	    cmocka_unit_test_setup(
		a_question_that_is_refused_is_not_the_services_failure, afresh),
	    cmocka_unit_test_setup(
		a_service_that_comes_back_is_asked_again, afresh),
	    cmocka_unit_test_setup(
		three_miners_stand_in_for_the_service, afresh),
	    cmocka_unit_test_setup(
		a_question_of_the_dead_is_asked_again, afresh),
	    cmocka_unit_test(all_is_judged_once),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

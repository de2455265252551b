/*
 * Texts that are compared with what a trusted miner says: it is given the same
 * job, as any job; it is right, fails, or is silent, and nobody is lowered by
 * that. The miners are played by hand. All of them are trusted: whoever was
 * not among a job's own may be given it.
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

enum { MINERS = 4, OWN = 3, JOBS = 10 };

#define FOX "the quick brown fox"
#define NOT_MEASURED "none null not measured: "

static const char job[] =
    "{\"kind\":\"audio.transcribe\",\"params\":{\"language\":\"en\"}}";
static const char job_of_three[] =
    "{\"kind\":\"audio.transcribe\",\"params\":{\"language\":\"en\"},"
    "\"miners\":3}";
static const char job_of_all[] =
    "{\"kind\":\"audio.transcribe\",\"params\":{\"language\":\"en\"},"
    "\"miners\":4}";

static struct rig *rig;
static struct buf wav;

static void
edit_kinds(json_t *kinds)
{
	static const char *const names[] = {
	    "audio.transcribe", "text.summarize"};

	for (int i = 0; i < 2; i++) {
		json_t *kind = sample_kind(kinds, names[i]);

		json_object_set_new(kind, "retry_budget", json_integer(0));
		json_object_set_new(kind, "hedge", json_false());
	}
}

/* The validator with what these lines add. */
static int
restart(const char *ini)
{
	struct suite *s = rig->s;

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
	    .name = "trusted", .leave_stopped[SUITE_VALIDATOR] = true};
	char *hotkeys, *path, *ini;
	int failed;

	if (rig_set_up(state, &o, MINERS, edit_kinds) != 0)
		return -1;
	rig = *state;
	sample_wav(440, 1, &wav);
	hotkeys = xasprintf("%s, %s %s,%s\n", rig->s->miner_hotkeys[0],
	    rig->s->miner_hotkeys[1], rig->s->miner_hotkeys[2],
	    rig->s->miner_hotkeys[3]);
	path = sandbox_write(rig->s->box, "hotkeys", 0600, hotkeys);
	ini = xasprintf("[validator]\ntrusted_hotkeys = @%s\n"
			"audit_budget = 1000\nreference_rate = 1\n",
	    path);
	failed = restart(ini);
	free(hotkeys);
	free(path);
	free(ini);
	return failed;
}

static int
tear_down(void **state)
{
	buf_free(&wav);
	return rig_tear_down(state);
}

/* -- work ----------------------------------------------------------------- */

static void
submit(const char *job_json, char id[40])
{
	assert_int_equal(suite_submit_file(rig->s, job_json, wav.data, wav.len,
			     "audio/wav", id),
	    202);
}

/* NULL: it failed. */
static void
answer(const struct hand_task *task, const char *text)
{
	struct callback_told told;
	char *json = text == NULL
			 ? xstrdup("{\"status\":\"failed\"}")
			 : xasprintf("{\"output\":{\"text\":\"%s\"}}", text);

	assert_int_equal(attempt_await(rig->s, task->id, "accepted"), 0);
	callback_json(task, task->secret, json, &told);
	assert_int_equal(told.status, 200);
	free(json);
}

/* The job's next miner says that; which one it is, and its attempt. */
static int
say(const char *job_id, const char *text, char attempt_id[40])
{
	struct hand_task *task = rig_next(rig, job_id);
	int miner;

	assert_non_null(task);
	miner = task->miner;
	snprintf(attempt_id, 40, "%s", task->id);
	answer(task, text);
	hand_drop(rig->hand, task);
	return miner;
}

/* The job as which a trusted miner has been given this one. */
static void
await_given(const char *job_id, char again[40])
{
	char *id;

	assert_int_equal(db_wait_int(rig->s->db, 1, 0,
			     "select count(*) from reference where job_id = "
			     "'%s' and source = 'audit' and state = 'asked'",
			     job_id),
	    0);
	id = db_text(rig->s->db,
	    "select audit_job from reference where job_id = '%s'", job_id);
	assert_non_null(id);
	snprintf(again, 40, "%s", id);
	free(id);
}

/* What the trusted miner was sent, to be dropped. */
static struct hand_task *
next_given(const char *job_id)
{
	struct hand_task *task;
	char again[40];

	await_given(job_id, again);
	task = rig_next(rig, again);
	assert_non_null(task);
	return task;
}

/* The trusted miner says that; NULL: it failed. */
static void
say_again(const char *job_id, const char *text)
{
	struct hand_task *task = next_given(job_id);

	answer(task, text);
	hand_drop(rig->hand, task);
}

static int
count_judged(const char *attempt_id)
{
	return (int)db_int(rig->s->db,
	    "select count(*) from judgement where attempt_id = '%s'",
	    attempt_id);
}

/* How it was judged, as "reference accuracy reason"; "null" for none. */
static void
assert_judged(const char *attempt_id, const char *expected)
{
	char *is;

	assert_int_equal(attempt_await_judged(rig->s, attempt_id), 0);
	is = db_text(rig->s->db,
	    "select format('%%s %%s %%s', reference, coalesce(round("
	    "accuracy::numeric, 4)::text, 'null'), reason) from judgement "
	    "where attempt_id = '%s' and success = (speed > 0.5)",
	    attempt_id);
	assert_non_null(is);
	assert_string_equal(is, expected);
	free(is);
}

/* -- it is right ---------------------------------------------------------- */

static void
what_a_trusted_miner_says_is_what_counts(void **state)
{
	struct hand_task *task;
	char id[40], attempt[40];
	int own;

	(void)state;
	submit(job, id);
	own = say(id, "the quick brown", attempt);
	task = next_given(id);
	assert_int_not_equal(task->miner, own);
	assert_int_equal(count_judged(attempt), 0);
	answer(task, FOX);
	assert_judged(attempt,
	    "audit 0.7500 error_rate 0.2500 against the audit reference");
	assert_int_equal(
	    db_int(rig->s->db,
		"select count(*) from judgement where attempt_id = '%s' and "
		"metric = 'wer' and source = 'client' and reference_sha256 = "
		"encode(sha256('" FOX "'), 'hex')",
		attempt),
	    1);
	assert_int_equal(jobs_metric(rig->s->ports[SUITE_VALIDATOR],
			     "subnetd_references_total{source=\"audit\","
			     "found=\"yes\"}"),
	    1);
	/* Its own work is compared with nothing, and done again by nobody. */
	assert_judged(task->id, NOT_MEASURED "no reference");
	assert_int_equal(
	    db_int(rig->s->db,
		"select count(*) from judgement g join attempt a on a.id = "
		"g.attempt_id left join reference f on f.job_id = a.job_id "
		"where a.id = '%s' and g.source = 'audit' and f.job_id is null",
		task->id),
	    1);
	hand_drop(rig->hand, task);
}

/* But for the names of the attempts, and where their files are. */
static void
it_is_sent_what_the_others_were(void **state)
{
	static const char *const own[] = {
	    "job_id", "callback_secret", "callback_url", "deadline"};
	struct hand_task *first, *second;
	struct fetch_answer file;
	json_t *input;
	char id[40];

	(void)state;
	submit(job, id);
	first = rig_next(rig, id);
	assert_non_null(first);
	answer(first, FOX);
	second = next_given(id);
	assert_string_equal(first->path, second->path);
	fetch_get(second->input_url, &file);
	assert_int_equal(file.status, 200);
	assert_int_equal(file.len, wav.len);
	assert_memory_equal(file.body, wav.data, wav.len);
	fetch_clear(&file);
	answer(second, FOX);
	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
		assert_int_equal(json_object_del(first->body, own[i]), 0);
		assert_int_equal(json_object_del(second->body, own[i]), 0);
	}
	input = json_object_get(first->body, "input");
	assert_int_equal(json_object_del(input, "url"), 0);
	input = json_object_get(second->body, "input");
	assert_int_equal(json_object_del(input, "url"), 0);
	assert_true(json_equal(first->body, second->body));
	hand_drop(rig->hand, first);
	hand_drop(rig->hand, second);
}

/* Before they are over there is nobody to be given it. */
static void
one_that_was_not_asked_is_given_what_three_did(void **state)
{
	struct hand_task *task;
	char id[40], attempts[OWN][40];
	int miners[OWN];

	(void)state;
	submit(job_of_three, id);
	miners[0] = say(id, FOX, attempts[0]);
	miners[1] = say(id, "a hare", attempts[1]);
	assert_int_equal(
	    db_wait_int(rig->s->db, 1, 0,
		"select count(*) from reference where job_id = '%s' and "
		"source = 'audit' and state = 'wanted'",
		id),
	    0);
	miners[2] = say(id, NULL, attempts[2]);
	task = next_given(id);
	for (int i = 0; i < OWN; i++)
		assert_int_not_equal(task->miner, miners[i]);
	answer(task, FOX);
	hand_drop(rig->hand, task);
	assert_judged(attempts[0],
	    "audit 1.0000 error_rate 0.0000 against the audit reference");
	assert_judged(attempts[1],
	    "audit 0.0000 error_rate 1.0000 against the audit reference");
	assert_judged(attempts[2], "audit 0.0000 failed: miner_failed");
}

static void
a_summary_is_compared_with_a_trusted_one(void **state)
{
	static const char summarize[] =
	    "{\"kind\":\"text.summarize\",\"params\":{\"text\":\"The quick "
	    "brown fox, which was not lazy, jumped over a dog.\","
	    "\"language\":\"en\"}}";
	char id[40], attempt[40];

	(void)state;
	assert_int_equal(suite_submit(rig->s, summarize, id), 202);
	say(id, "the quick fox", attempt);
	say_again(id, FOX);
	assert_judged(
	    attempt, "audit 0.8571 score 0.8571 against the audit reference");
}

/* -- it is not ------------------------------------------------------------ */

static void
one_that_fails_lowers_nobody(void **state)
{
	char id[40], attempt[40];

	(void)state;
	submit(job, id);
	say(id, "a hare", attempt);
	say_again(id, NULL);
	assert_judged(attempt, NOT_MEASURED "the trusted miner gave no text");
}

static void
one_that_says_nothing_lowers_nobody(void **state)
{
	char id[40], attempt[40];

	(void)state;
	submit(job, id);
	say(id, "a hare", attempt);
	say_again(id, " ");
	assert_judged(attempt, NOT_MEASURED "the trusted miner gave no text");
}

static void
assert_consensus(const char *id, char attempts[][40])
{
	assert_judged(attempts[2], "consensus 0.0000 an outlier: 0.0000 like "
				   "what most miners said");
	assert_int_equal(attempt_await_judged(rig->s, attempts[0]), 0);
	assert_int_equal(attempt_await_judged(rig->s, attempts[1]), 0);
	assert_int_equal(
	    db_int(rig->s->db,
		"select count(*) from judgement g join attempt a on a.id = "
		"g.attempt_id where a.job_id = '%s' and accuracy = 1 and "
		"reference = 'consensus'",
		id),
	    2);
}

static void
three_stand_in_for_one_that_fails(void **state)
{
	char id[40], attempts[OWN][40];

	(void)state;
	submit(job_of_three, id);
	say(id, FOX, attempts[0]);
	say(id, FOX, attempts[1]);
	say(id, "a hare", attempts[2]);
	say_again(id, NULL);
	assert_consensus(id, attempts);
}

static void
nobody_is_given_what_all_have_done(void **state)
{
	char id[40], attempts[MINERS][40];

	(void)state;
	submit(job_of_all, id);
	say(id, FOX, attempts[0]);
	say(id, FOX, attempts[1]);
	say(id, "a hare", attempts[2]);
	say(id, NULL, attempts[3]);
	assert_consensus(id, attempts);
	assert_int_equal(
	    db_int(rig->s->db,
		"select count(*) from reference where job_id = '%s' and "
		"audit_job is null and trusted is null",
		id),
	    1);
}

/* What comes behind the time is nobody's reference. */
static void
one_that_is_late_lowers_nobody(void **state)
{
	struct hand_task *task;
	char id[40], attempt[40];

	(void)state;
	assert_int_equal(
	    restart("[validator]\nreference_wait = 1s\nsweep = 200ms\n"), 0);
	submit(job, id);
	say(id, "a hare", attempt);
	assert_judged(attempt, NOT_MEASURED "no reference came in time");
	assert_int_equal(
	    restart("[validator]\nreference_wait = 10m\nsweep = 5s\n"), 0);
	task = hand_take(rig->hand, 0);
	assert_non_null(task);
	answer(task, FOX);
	assert_judged(task->id, NOT_MEASURED "no reference");
	assert_int_equal(
	    db_int(rig->s->db,
		"select count(*) from reference where job_id = '%s' and state "
		"= 'none' and text is null",
		id),
	    1);
	hand_drop(rig->hand, task);
}

/* -- it stands in for the service ----------------------------------------- */

static void
it_stands_in_for_a_service_that_is_away(void **state)
{
	char id[40], attempt[40];

	(void)state;
	assert_int_equal(
	    restart("[validator]\nreference_url = http://127.0.0.1:1/v1\n"
		    "reference_failures = 1\nreference_out = 10m\n"
		    "development = yes\n"),
	    0);
	for (int i = 0; i < 2; i++) { /* it fails; it is out */
		submit(job, id);
		say(id, "the quick brown", attempt);
		say_again(id, FOX);
		assert_judged(attempt,
		    "audit 0.7500 error_rate 0.2500 against the audit "
		    "reference");
	}
	assert_int_equal(restart("[validator]\nreference_url =\n"), 0);
}

static void
no_more_are_given_than_the_budget_has(void **state)
{
	char id[40], attempt[40];

	(void)state;
	assert_int_equal(restart("[validator]\naudit_budget = 1\n"), 0);
	submit(job, id);
	say(id, "a hare", attempt);
	assert_judged(
	    attempt, NOT_MEASURED "the audits of this hour are used up");
	assert_int_equal(restart("[validator]\naudit_budget = 1000\n"), 0);
}

/* -- we die --------------------------------------------------------------- */

/* Between giving and settling, and while nobody has noticed that it is over. */
static void
what_was_given_outlives_the_validator(void **state)
{
	struct hand_task *task;
	char id[40], again[40], attempt[40];

	(void)state;
	submit(job, id);
	say(id, "the quick brown", attempt);
	await_given(id, again);
	suite_kill(rig->s, SUITE_VALIDATOR);
	task = rig_next(rig, again);
	assert_non_null(task);
	answer(task, FOX);
	assert_int_equal(attempt_await_job(rig->s, again, "done"), 0);
	assert_int_equal(count_judged(attempt), 0);
	assert_int_equal(suite_start(rig->s, SUITE_VALIDATOR), 0);
	assert_judged(attempt,
	    "audit 0.7500 error_rate 0.2500 against the audit reference");
	hand_drop(rig->hand, task);
}

static void
what_was_given_is_not_given_again(void **state)
{
	char id[40], again[40], attempt[40];

	(void)state;
	submit(job, id);
	say(id, "the quick brown", attempt);
	await_given(id, again);
	suite_kill(rig->s, SUITE_VALIDATOR);
	assert_int_equal(suite_start(rig->s, SUITE_VALIDATOR), 0);
	say_again(id, FOX);
	assert_judged(attempt,
	    "audit 0.7500 error_rate 0.2500 against the audit reference");
}

/* -- two of us ------------------------------------------------------------ */

static struct proc *
start_another(void)
{
	char *program = paths_program("bin/validatord");
	const char *argv[] = {program, "-c", rig->s->ini,
	    "--validator.metrics=", "--validator.sweep=100ms", NULL};
	struct proc *another =
	    sandbox_start(rig->s->box, "validatord-2", argv, NULL);

	free(program);
	if (another == NULL ||
	    proc_wait_event(another, "service.ready", NULL, 0) == NULL)
		fail_msg("there is no other");
	return another;
}

static void
two_validators_give_each_job_once(void **state)
{
	char ids[JOBS][40], attempts[JOBS][40];
	struct proc *another;

	(void)state;
	assert_int_equal(restart("[validator]\nsweep = 100ms\n"), 0);
	another = start_another();
	for (int i = 0; i < JOBS; i++) {
		submit(job, ids[i]);
		say(ids[i], "the quick brown", attempts[i]);
		say_again(ids[i], FOX);
	}
	for (int i = 0; i < JOBS; i++)
		assert_judged(attempts[i],
		    "audit 0.7500 error_rate 0.2500 against the audit "
		    "reference");
	assert_int_equal(proc_stop(another), 0);
}

/* Each job was given once at most, to who had not done it, and no rule of the
 * suite is broken. */
static void
all_is_well_in_the_end(void **state)
{
	struct suite *s = rig->s;

	(void)state;
	assert_int_equal(jobs_wait_quiet(s, 60000), 0);
	assert_int_equal(jobs_audit_rows(s), 0);
	assert_int_equal(db_int(s->db, "select count(*) from reference where "
				       "state in ('wanted', 'asked')"),
	    0);
	assert_int_equal(
	    db_int(s->db, "select count(*) from job j full join reference f on "
			  "f.audit_job = j.id where (j.source = 'audit') is "
			  "distinct from (f.audit_job is not null) and "
			  "(j.source = 'audit' or f.audit_job is not null)"),
	    0);
	assert_int_equal(
	    db_int(s->db,
		"select count(*) from reference f join attempt a using "
		"(job_id) where a.hotkey = f.trusted"),
	    0);
	assert_int_equal(
	    db_int(s->db, "select count(*) from audit_failure"), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_a_trusted_miner_says_is_what_counts),
	    cmocka_unit_test(it_is_sent_what_the_others_were),
	    cmocka_unit_test(one_that_was_not_asked_is_given_what_three_did),
	    cmocka_unit_test(a_summary_is_compared_with_a_trusted_one),
	    cmocka_unit_test(one_that_fails_lowers_nobody),
	    cmocka_unit_test(one_that_says_nothing_lowers_nobody),
	    cmocka_unit_test(three_stand_in_for_one_that_fails),
	    cmocka_unit_test(nobody_is_given_what_all_have_done),
	    cmocka_unit_test(one_that_is_late_lowers_nobody),
	    cmocka_unit_test(it_stands_in_for_a_service_that_is_away),
	    cmocka_unit_test(no_more_are_given_than_the_budget_has),
	    cmocka_unit_test(what_was_given_outlives_the_validator),
	    cmocka_unit_test(what_was_given_is_not_given_again),
	    cmocka_unit_test(two_validators_give_each_job_once),
	    cmocka_unit_test(all_is_well_in_the_end),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

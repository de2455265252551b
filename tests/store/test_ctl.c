/* subnetctl's lists and details, as people and as programs get them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "tests/lib/chaindata.h"
#include "tests/lib/db.h"
#include "tests/lib/proc.h"
#include "tests/lib/sandbox.h"

#define JOB "01890000-0000-7000-8000-000000000001"
#define HOTKEY "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"

enum { MAX_ARGS = 6 };

/* A job that two miners tried, one of them in vain; a round; two weights. */
static const char *const rows[] = {
    "insert into kind values (1, 'audio.speak', 'native', '/speak', 'speak', "
    "1000, 1000, 1000, 2, 1, 1, 3, '{}', 0, '{}', 1000, '{}', 'speech')",
    "insert into job (id, netuid, kind, state, params, miners_min, "
    "miners_wanted, retries_left, created_at, deadline_at, finished_at, "
    "rank_at) "
    "values ('" JOB "', 1, 'audio.speak', 'done', '{\"text\": \"hm\"}', 1, 1, "
    "2, '2026-01-02 03:04:05.678+00', '2026-01-02 03:05:05+00', "
    "'2026-01-02 03:04:07.178+00', now()), "
    "('01890000-0000-7000-8000-000000000002', 1, 'audio.speak', 'queued', "
    "'{}', 1, 1, 2, '2026-01-02 03:04:06+00', '2026-01-02 03:05:05+00', null, "
    "now()), "
    "('01890000-0000-7000-8000-000000000003', 1, 'audio.speak', 'queued', "
    "'{}', 1, 1, 2, '2026-01-02 03:04:07+00', '2026-01-02 03:05:05+00', null, "
    "now())",
    "insert into neuron values (1, 5, '" HOTKEY "', 'c', 9, 2500000000, 0, "
    "2500000000, false, 8, '127.0.0.1:8091', 7), "
    "(1, 6, 'quiet', 'c', 9, 0, 0, 0, true, 8, null, null), "
    "(1, 7, 'bad', 'c', 9, 0, 0, 0, false, 8, '127.0.0.1:8092', 7)",
    "insert into miner values (1, '" HOTKEY "', '{\"speak\": 2}', null, true)",
    "insert into miner (netuid, hotkey, banned_at, ejected_until) values "
    "(1, 'bad', now(), '2026-01-02 03:04:05+00')",
    "insert into lane values (1, '" HOTKEY "', 'speak', 1.251, now()), "
    "(2, '" HOTKEY "', 'speak', 9, now())",
    "insert into attempt (id, job_id, netuid, kind, hotkey, uid, address, "
    "state, receipt, prepared_at, deadline_at, finished_at, reason, miner_ms) "
    "values ('01890000-0000-7000-8000-00000000000a', '" JOB "', 1, "
    "'audio.speak', 'bad', 7, 'a', 'failed', '{}', now() - interval '9 s', "
    "now(), now(), 'miner_failed', null), "
    "('01890000-0000-7000-8000-00000000000b', '" JOB "', 1, 'audio.speak', "
    "'" HOTKEY
    "', 5, 'a', 'delivered', '{}', now(), now(), now(), null, 812.5)",
    "insert into judgement (attempt_id, netuid, hotkey, kind, at, success, "
    "speed, accuracy, detail, ended_at) values "
    "('01890000-0000-7000-8000-00000000000b', 1, "
    "'" HOTKEY "', 'audio.speak', now(), true, 0.9, 0.75, '{}', now())",
    "insert into score_run values ('01890000-0000-7000-8000-0000000000aa', 1, "
    "0, 3, 60, '2026-01-02 03:00:00+00', 'sn49', '2026-01-01 03:00:00+00'), "
    "('01890000-0000-7000-8000-0000000000ab', 1, 0, 4, 80, "
    "'2026-01-02 04:00:00+00', 'sn49', '2026-01-01 03:00:00+00')",
    "insert into score_entry values "
    "('01890000-0000-7000-8000-0000000000aa', 1, '" HOTKEY "', 5, 4, 4, 800, "
    "0.9, 0.75, 0.5, 0.6, 0.5, 0.5), "
    "('01890000-0000-7000-8000-0000000000ab', 1, '" HOTKEY "', 5, 5, 4, 812.5, "
    "0.9, 0.75, 0.5, 0.8, 1, 1), "
    "('01890000-0000-7000-8000-0000000000ab', 1, 'bad', 7, 1, 0, null, "
    "0, null, 0, 0, 0, 0)",
    "insert into ledger (id, netuid, state, hotkey, uids, weights, "
    "version_key, call, nonce, extrinsic_hash, intended_at, proven_block, "
    "ended_at) "
    "values ('01890000-0000-7000-8000-0000000000ba', 1, 'proven', 'v', "
    "'{5,7}', '{65535,0}', 0, 'set_weights', 3, '0xab', "
    "'2026-01-02 04:00:01+00', 99, '2026-01-02 04:00:13+00'), "
    "('01890000-0000-7000-8000-0000000000bb', 1, 'unknown', 'v', '{5}', "
    "'{65535}', 0, 'set_weights', 4, null, '2026-01-02 05:00:01+00', null, "
    "null)",
    /* On another subnet, three jobs that failed: two of one cause. */
    "insert into kind values (3, 'audio.speak', 'native', '/speak', 'speak', "
    "1000, 1000, 1000, 2, 1, 1, 3, '{}', 0, '{}', 1000, '{}', 'speech')",
    "insert into job (id, netuid, kind, state, params, miners_min, "
    "miners_wanted, retries_left, created_at, deadline_at, finished_at, "
    "reason, rank_at) select ('01890000-0000-7000-8000-0000000001' || "
    "lpad(i::text, "
    "2, '0'))::uuid, 3, 'audio.speak', 'failed', '{}', 1, 1, 0, now(), now(), "
    "now() + i * interval '1 s', 'no_budget', now() from "
    "generate_series(1, 3) i",
    "insert into attempt (id, job_id, netuid, kind, hotkey, uid, address, "
    "state, receipt, prepared_at, deadline_at, finished_at, reason) select "
    "gen_random_uuid(), j.id, 3, 'audio.speak', h, 7, 'a', 'failed', '{}', "
    "now(), now(), now(), case when j.id::text like '%3' then 'no_result' "
    "else 'miner_failed' end from job j, (values ('a'), ('b')) m (h) where "
    "j.netuid = 3",
    NULL,
};

static int
make_sandbox(void **state)
{
	const struct sandbox_options o = {.name = "ctl", .postgres = true};
	struct sandbox *sb = sandbox_new(&o);
	struct db *db = sb != NULL ? db_open(sandbox_conninfo(sb)) : NULL;
	int failed = db == NULL;

	for (int i = 0; !failed && rows[i] != NULL; i++)
		failed = db_exec(db, "%s", rows[i]) != 0;
	db_close(db);
	*state = sb;
	return failed ? -1 : 0;
}

static int
end_sandbox(void **state)
{
	return sandbox_end(*state, false);
}

/* The caller frees. */
static char *
say(void **state, const char *const *args)
{
	struct proc_output got;
	char *text;

	sandbox_ctl(*state, args, &got);
	if (got.status != 0)
		fail_msg("exit %d: %s%s", got.status, got.out, got.err);
	text = got.out;
	got.out = NULL;
	proc_output_clear(&got);
	return text;
}

/* With --json; the caller decrefs. */
static json_t *
say_json(void **state, const char *const *args)
{
	const char *all[MAX_ARGS + 2] = {NULL};
	size_t n = 0;
	json_error_t why;
	json_t *json;
	char *text;

	while (args[n] != NULL && n < MAX_ARGS) {
		all[n] = args[n];
		n++;
	}
	all[n] = "--json";
	text = say(state, all);
	json = json_loads(text, 0, &why);
	if (json == NULL)
		fail_msg("%s in: %s", why.text, text);
	free(text);
	return json;
}

static const json_t *
at(const json_t *json, const char *list, size_t i, const char *key)
{
	return json_object_get(
	    json_array_get(json_object_get(json, list), i), key);
}

static void
jobs_are_listed_latest_first(void **state)
{
	static const char *const all[] = {"jobs", "list", NULL};
	static const char *const one[] = {"jobs", "list", "--limit", "1", NULL};
	static const char *const done[] = {"jobs", "list", "done", NULL};
	static const char *const other[] = {
	    "jobs", "list", "--netuid", "2", NULL};
	json_t *json = say_json(state, all);

	assert_int_equal(json_array_size(json_object_get(json, "jobs")), 3);
	assert_string_equal(json_string_value(at(json, "jobs", 2, "id")), JOB);
	json_decref(json);
	json = say_json(state, one);
	assert_int_equal(json_array_size(json_object_get(json, "jobs")), 1);
	json_decref(json);
	json = say_json(state, other);
	assert_int_equal(json_array_size(json_object_get(json, "jobs")), 0);
	json_decref(json);
	json = say_json(state, done);
	assert_int_equal(json_array_size(json_object_get(json, "jobs")), 1);
	assert_int_equal(
	    json_integer_value(at(json, "jobs", 0, "total_ms")), 1500);
	assert_int_equal(
	    json_integer_value(at(json, "jobs", 0, "attempts")), 2);
	assert_int_equal(
	    json_integer_value(at(json, "jobs", 0, "delivered")), 1);
	assert_true(json_is_null(at(json, "jobs", 0, "reason")));
	json_decref(json);
}

static void
a_job_is_shown_with_its_attempts(void **state)
{
	static const char *const args[] = {"jobs", "show", JOB, NULL};
	json_t *json = say_json(state, args);
	const json_t *job = json_object_get(json, "job");

	assert_string_equal(
	    json_string_value(json_object_get(job, "created_at")),
	    "2026-01-02T03:04:05.678Z");
	assert_string_equal(json_string_value(json_object_get(
				json_object_get(job, "params"), "text")),
	    "hm");
	assert_int_equal(json_array_size(json_object_get(job, "attempts")), 2);
	assert_string_equal(
	    json_string_value(at(job, "attempts", 0, "side")), "miner");
	assert_true(
	    json_real_value(at(job, "attempts", 1, "miner_ms")) == 812.5);
	assert_true(
	    json_real_value(at(job, "attempts", 1, "accuracy")) == 0.75);
	assert_true(json_is_true(at(job, "attempts", 1, "success")));
	json_decref(json);
}

static void
failures_are_grouped_by_their_cause(void **state)
{
	static const char *const args[] = {
	    "jobs", "failures", "--netuid", "3", NULL};
	static const char *const none[] = {
	    "jobs", "failures", "--netuid", "1", NULL};
	json_t *json = say_json(state, args);

	assert_int_equal(json_array_size(json_object_get(json, "failures")), 2);
	assert_int_equal(
	    json_integer_value(at(json, "failures", 0, "jobs")), 2);
	assert_string_equal(
	    json_string_value(at(json, "failures", 0, "attempts")),
	    "miner_failed");
	assert_string_equal(
	    json_string_value(at(json, "failures", 0, "example")),
	    "01890000-0000-7000-8000-000000000102");
	assert_string_equal(
	    json_string_value(at(json, "failures", 1, "attempts")),
	    "no_result");
	assert_string_equal(
	    json_string_value(at(json, "failures", 1, "reason")), "no_budget");
	json_decref(json);
	json = say_json(state, none);
	assert_int_equal(json_array_size(json_object_get(json, "failures")), 0);
	json_decref(json);
}

static void
a_job_that_is_not_there_fails(void **state)
{
	static const char *const args[] = {"jobs", "show",
	    "01890000-0000-7000-8000-0000000000ff", "--json", NULL};
	struct proc_output got;
	json_t *json;

	sandbox_ctl(*state, args, &got);
	assert_int_equal(got.status, 1);
	json = json_loads(got.out, 0, NULL);
	assert_true(json_is_string(json_object_get(json, "error")));
	json_decref(json);
	proc_output_clear(&got);
}

static void
miners_are_listed_best_first(void **state)
{
	static const char *const args[] = {"miners", "list", NULL};
	json_t *json = say_json(state, args);

	/* The validator said nowhere where it is, and serves nothing. */
	assert_int_equal(json_array_size(json_object_get(json, "miners")), 2);
	assert_string_equal(
	    json_string_value(at(json, "miners", 0, "hotkey")), HOTKEY);
	assert_true(json_real_value(at(json, "miners", 0, "stake")) == 2.5);
	assert_true(json_real_value(at(json, "miners", 0, "score")) == 0.8);
	assert_true(json_is_true(at(json, "miners", 0, "is_up")));
	assert_int_equal(json_integer_value(json_object_get(
			     at(json, "miners", 0, "capacity"), "speak")),
	    2);
	assert_true(json_number_value(json_object_get(
			at(json, "miners", 0, "earned"), "speak")) == 1.25);
	assert_true(json_is_null(at(json, "miners", 0, "ejected")));
	assert_non_null(json_string_value(at(json, "miners", 1, "ejected")));
	assert_true(json_is_true(at(json, "miners", 1, "banned")));
	json_decref(json);
}

static void
scores_are_the_latest_rounds(void **state)
{
	static const char *const args[] = {"scores", "show", NULL};
	static const char *const none[] = {
	    "scores", "show", "--netuid", "2", NULL};
	json_t *json = say_json(state, args);

	assert_int_equal(json_integer_value(json_object_get(
			     json_object_get(json, "run"), "epoch")),
	    4);
	assert_int_equal(json_array_size(json_object_get(json, "scores")), 2);
	assert_true(json_real_value(at(json, "scores", 0, "weight")) == 1);
	assert_true(json_is_null(at(json, "scores", 1, "accuracy")));
	json_decref(json);
	json = say_json(state, none);
	assert_true(json_is_null(json_object_get(json, "run")));
	json_decref(json);
}

static void
a_miners_scores_are_its_last_rounds(void **state)
{
	static const char *const args[] = {"scores", "show", HOTKEY, NULL};
	json_t *json = say_json(state, args);

	assert_int_equal(json_array_size(json_object_get(json, "scores")), 2);
	assert_int_equal(json_integer_value(at(json, "scores", 0, "epoch")), 4);
	assert_int_equal(json_integer_value(at(json, "scores", 1, "epoch")), 3);
	json_decref(json);
}

static void
the_weights_history_is_the_ledger(void **state)
{
	static const char *const args[] = {"weights", "history", NULL};
	json_t *json = say_json(state, args);

	assert_int_equal(json_array_size(json_object_get(json, "weights")), 2);
	assert_string_equal(
	    json_string_value(at(json, "weights", 0, "state")), "unknown");
	assert_int_equal(
	    json_integer_value(at(json, "weights", 1, "proven_block")), 99);
	assert_int_equal(json_integer_value(json_array_get(
			     at(json, "weights", 1, "weights"), 0)),
	    65535);
	json_decref(json);
}

/* Where a word stands in its line. */
static long
column_of(const char *text, const char *word)
{
	const char *at = strstr(text, word), *line = at;

	if (at == NULL)
		fail_msg("no %s in: %s", word, text);
	while (line > text && line[-1] != '\n')
		line--;
	return at - line;
}

static void
people_get_aligned_tables(void **state)
{
	static const struct {
		const char *args[4];
		const char *head, *cell; /* begin in one column */
	} lists[] = {
	    {{"jobs", "list", NULL}, "kind", "audio.speak"},
	    {{"jobs", "show", JOB, NULL}, "hotkey", HOTKEY},
	    {{"miners", "list", NULL}, "address", "127.0.0.1:8091"},
	    {{"scores", "show", NULL}, "hotkey", HOTKEY},
	    {{"weights", "history", NULL}, "call", "set_weights"},
	};

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		char *text = say(state, lists[i].args);

		assert_int_equal(column_of(text, lists[i].head),
		    column_of(text, lists[i].cell));
		assert_null(strstr(text, "(null)"));
		free(text);
	}
}

static void
nothing_to_list_is_none(void **state)
{
	static const char *const lists[][5] = {
	    {"jobs", "list", "--netuid", "2", NULL},
	    {"miners", "list", "--netuid", "2", NULL},
	    {"scores", "show", "--netuid", "2", NULL},
	    {"weights", "history", "--netuid", "2", NULL}};

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		char *text = say(state, lists[i]);

		assert_string_equal(text, "none\n");
		free(text);
	}
}

static void
no_database_is_a_failure_that_says_so(void **state)
{
	static const char *const args[] = {
	    "jobs", "list", "--db.url", "host=/nowhere dbname=x", NULL};
	struct proc_output got;

	sandbox_ctl(*state, args, &got);
	assert_int_equal(got.status, 1);
	assert_non_null(strstr(got.err, "/nowhere"));
	proc_output_clear(&got);
}

static void
metadata_is_shown_whole(void **state)
{
	static const char file[] = "finney_spec343_v15.scale";
	char *path;
	json_t *json;
	const json_t *pallets;

	chaindata_or_skip();
	path = chaindata_path(file);
	json = say_json(
	    state, (const char *const[]){"metadata", "show", path, NULL});
	pallets = json_object_get(json, "pallets");
	assert_int_equal(
	    json_integer_value(json_object_get(json, "version")), 15);
	assert_int_equal(
	    json_integer_value(json_object_get(json, "spec_version")), 343);
	assert_int_equal(json_array_size(pallets), 26);
	assert_string_equal(
	    json_string_value(at(json, "pallets", 0, "name")), "System");
	json_decref(json);
	free(path);
}

static void
what_is_no_metadata_is_refused(void **state)
{
	static const char *const cases[] = {
	    "/nowhere", "/dev/null", "Makefile", "."};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *args[] = {"metadata", "show", cases[i], NULL};
		struct proc_output got;

		sandbox_ctl(*state, args, &got);
		assert_int_equal(got.status, 1);
		assert_true(got.err[0] != '\0');
		proc_output_clear(&got);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(jobs_are_listed_latest_first),
	    cmocka_unit_test(a_job_is_shown_with_its_attempts),
	    cmocka_unit_test(failures_are_grouped_by_their_cause),
	    cmocka_unit_test(a_job_that_is_not_there_fails),
	    cmocka_unit_test(miners_are_listed_best_first),
	    cmocka_unit_test(scores_are_the_latest_rounds),
	    cmocka_unit_test(a_miners_scores_are_its_last_rounds),
	    cmocka_unit_test(the_weights_history_is_the_ledger),
	    cmocka_unit_test(people_get_aligned_tables),
	    cmocka_unit_test(nothing_to_list_is_none),
	    cmocka_unit_test(no_database_is_a_failure_that_says_so),
	    cmocka_unit_test(metadata_is_shown_whole),
	    cmocka_unit_test(what_is_no_metadata_is_refused),
	};

	return cmocka_run_group_tests(tests, make_sandbox, end_sandbox);
}

/* Violet's records: tasks, whose responses are whose, and keys. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "subnetctl/import_field.c"
#include "subnetctl/import_id.c"
#include "subnetctl/import_past.c"
#include "subnetctl/import_rows.c"
#include "subnetctl/import_violet.c"

#define ALICE "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"
#define BOB "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty"
#define TASK "7b0d9f0e-9a5c-4f55-8a53-2c1d3e4f5a6b"
#define KEY "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKL0123E"

static const int64_t day_us = 86400 * INT64_C(1000000);

/* 2025-12-19 10:00 UTC: Alice has had uid 3 for long, Bob has 4 since a minute
 * ago, and of 5 nobody knows. */
static const int64_t ten_us = 1766138400 * INT64_C(1000000);

struct world {
	struct import_neuron neurons[3];
	struct import_view view;
	json_t *kinds;
	struct import_rows rows;
	struct import_why why;
};

static void
world_init(struct world *w)
{
	*w = (struct world){
	    .neurons = {{3, ten_us - day_us, ALICE},
		{4, ten_us + 60 * INT64_C(1000000), BOB}, {5, 0, BOB}},
	    .kinds = json_pack("{s:s, s:s, s:s}", "audio.transcribe",
		"audio.transcribe", "audio.speak", "audio.speak",
		"text.summarize", "text.summarize"),
	};
	w->view = (struct import_view){
	    .now_us = ten_us + day_us,
	    .kinds = w->kinds,
	    .neurons = w->neurons,
	    .n_neurons = 3,
	    .keep_keys_ms = 1000,
	    .tenant = "",
	};
}

static void
world_clear(struct world *w)
{
	import_rows_clear(&w->rows);
	json_decref(w->kinds);
}

static enum import_outcome
take(struct world *w, const char *table, json_t *record)
{
	const struct import_table *t = import_find_table(&import_violet, table);
	enum import_outcome got;

	assert_non_null(t);
	if (record == NULL)
		fail_msg("no record");
	got = t->take(&w->view, record, &w->rows, &w->why);
	json_decref(record);
	return got;
}

/* As pg_dump gives it: all texts. */
static json_t *
task_of(const char *type, const char *status, const char *responses)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s}",
	    "task_id", TASK, "task_type", type, "status", status, "priority",
	    "HIGH", "source_language", "en", "created_at",
	    "2025-12-19 10:00:00", "distributed_at", "2025-12-19 10:00:10",
	    "completed_at", "2025-12-19 10:01:00", "miner_responses",
	    responses);
}

#define RESPONSE(uid, output)                                                  \
	"{\"miner_uid\": " uid ", \"submitted_at\": "                          \
	"\"2025-12-19T10:00:30.5\", \"response\": {\"miner_uid\": " uid        \
	", \"response_data\": {\"output_data\": " output                       \
	", \"processing_time\": 1.2, \"accuracy_score\": 0.95}}}"

static const json_t *
row(const struct world *w, enum import_made made, size_t i)
{
	const json_t *row = json_array_get(w->rows.of[made], i);

	if (row == NULL)
		fail_msg("no row %zu of %d", i, made);
	return row;
}

static void
check_text(const json_t *object, const char *name, const char *want)
{
	const char *got = json_string_value(json_object_get(object, name));

	if (want == NULL ? got != NULL : got == NULL || strcmp(got, want) != 0)
		fail_msg("%s is %s, not %s", name, got != NULL ? got : "null",
		    want != NULL ? want : "null");
}

static void
a_task_keeps_its_id_and_its_text(void **state)
{
	const json_t *job, *attempt;
	struct world w;

	(void)state;
	world_init(&w);
	assert_int_equal(
	    take(&w, "tasks",
		task_of("TRANSCRIPTION", "COMPLETED",
		    "[" RESPONSE("3", "{\"transcript\": \"good day\", "
				      "\"confidence\": 0.95, \"language\": "
				      "\"en\"}") "]")),
	    IMPORT_TAKEN);
	job = row(&w, IMPORT_JOBS, 0);
	check_text(job, "id", TASK);
	check_text(job, "kind", "audio.transcribe");
	check_text(job, "state", "done");
	assert_int_equal(
	    json_integer_value(json_object_get(job, "priority")), 10);
	attempt = row(&w, IMPORT_ATTEMPTS, 0);
	check_text(attempt, "hotkey", ALICE);
	check_text(attempt, "state", "delivered");
	check_text(json_object_get(attempt, "result_json"), "text", "good day");
	assert_true(
	    json_real_value(json_object_get(attempt, "miner_ms")) == 20500);
	/* What its miner said of itself counts for nothing. */
	assert_null(w.rows.of[IMPORT_JUDGEMENTS]);
	world_clear(&w);
}

static void
a_response_is_found_in_any_of_its_shapes(void **state)
{
	static const char *const shapes[] = {
	    "[" RESPONSE("3", "{\"summary\": \"short\"}") "]",
	    "[" RESPONSE("3", "\"short\"") "]",
	    "[{\"miner_uid\": 3, \"submitted_at\": \"2025-12-19T10:00:30\", "
	    "\"response_data\": {\"summary\": \"short\"}}]",
	    "[{\"miner_uid\": 3, \"submitted_at\": \"2025-12-19T10:00:30\", "
	    "\"summary\": \"short\"}]",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
		struct world w;

		world_init(&w);
		assert_int_equal(
		    take(&w, "tasks",
			task_of("summarization", "done", shapes[i])),
		    IMPORT_TAKEN);
		check_text(
		    json_object_get(row(&w, IMPORT_ATTEMPTS, 0), "result_json"),
		    "text", "short");
		world_clear(&w);
	}
}

static void
a_uid_is_whose_it_was_or_nobodys(void **state)
{
	static const struct {
		const char *responses, *why;
	} cases[] = {
	    {"[" RESPONSE("4", "{\"transcript\": \"a\"}") "]",
		"uid 4 is " BOB "'s only since then"},
	    {"[" RESPONSE("5", "{\"transcript\": \"a\"}") "]",
		"since when uid 5 is " BOB "'s the chain does not say"},
	    {"[" RESPONSE("77", "{\"transcript\": \"a\"}") "]",
		"nobody has uid 77 now"},
	    {"[{\"submitted_at\": \"2025-12-19T10:00:30\"}]",
		"miner_uid is missing, or no number"},
	    {"[{\"miner_uid\": 3, \"submitted_at\": \"soon\"}]",
		"submitted_at of uid 3 is no time"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct world w;

		world_init(&w);
		assert_int_equal(take(&w, "tasks",
				     task_of("TRANSCRIPTION", "COMPLETED",
					 cases[i].responses)),
		    IMPORT_REFUSED);
		assert_string_equal(w.why.field, "miner_responses");
		assert_string_equal(w.why.text, cases[i].why);
		/* The task itself stands, without a result. */
		check_text(row(&w, IMPORT_JOBS, 0), "state", "failed");
		check_text(row(&w, IMPORT_JOBS, 0), "reason", "lost_result");
		assert_null(w.rows.of[IMPORT_ATTEMPTS]);
		world_clear(&w);
	}
}

static void
a_broken_file_is_a_failure(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	assert_int_equal(take(&w, "tasks",
			     task_of("TRANSCRIPTION", "COMPLETED",
				 "[" RESPONSE("3", "{\"transcript\": "
						   "\"broken file\"}") "]")),
	    IMPORT_TAKEN);
	check_text(row(&w, IMPORT_ATTEMPTS, 0), "state", "failed");
	check_text(row(&w, IMPORT_ATTEMPTS, 0), "reason", "miner_failed");
	check_text(row(&w, IMPORT_JOBS, 0), "state", "failed");
	world_clear(&w);
}

/* The table has one attempt of a miner's; the best must be that one. */
static void
a_miners_second_response_is_none(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	assert_int_equal(
	    take(&w, "tasks",
		task_of("TRANSCRIPTION", "COMPLETED",
		    "[" RESPONSE("3", "{\"transcript\": \"\"}") ", " RESPONSE(
			"3", "{\"transcript\": \"good day\"}") "]")),
	    IMPORT_TAKEN);
	assert_int_equal(json_array_size(w.rows.of[IMPORT_ATTEMPTS]), 1);
	check_text(row(&w, IMPORT_ATTEMPTS, 0), "state", "failed");
	check_text(row(&w, IMPORT_JOBS, 0), "best", NULL);
	check_text(row(&w, IMPORT_JOBS, 0), "state", "failed");
	world_clear(&w);
}

static void
tasks_end_as_they_did(void **state)
{
	static const struct {
		const char *type, *status, *responses;
		enum import_outcome outcome;
		const char *state, *reason;
	} cases[] = {
	    {"TRANSCRIPTION", "PENDING", "[]", IMPORT_LEFT, NULL, NULL},
	    {"TRANSCRIPTION", "ASSIGNED", "[]", IMPORT_LEFT, NULL, NULL},
	    {"TRANSCRIPTION", "FAILED", "[]", IMPORT_TAKEN, "failed",
		"no_miner"},
	    {"TRANSCRIPTION", "CANCELLED", "[]", IMPORT_TAKEN, "cancelled",
		"cancelled"},
	    {"TTS", "COMPLETED", "[" RESPONSE("3", "{\"audio_file\": {}}") "]",
		IMPORT_TAKEN, "failed", "lost_result"},
	    {"TRANSCRIPTION", "COMPLETED", "null", IMPORT_TAKEN, "failed",
		"no_miner"},
	    {"TRANSCRIPTION", "COMPLETED", "[{", IMPORT_REFUSED, NULL, NULL},
	    {"TRANSCRIPTION", "COMPLETED", "{}", IMPORT_REFUSED, NULL, NULL},
	    {"TRANSCRIPTION", "BANANA", "[]", IMPORT_REFUSED, NULL, NULL},
	    {"TRANSCRIPTION", "", "[]", IMPORT_REFUSED, NULL, NULL},
	    {"WEAVING", "COMPLETED", "[]", IMPORT_REFUSED, NULL, NULL},
	    {"DOCUMENT_TRANSLATION", "COMPLETED", "[]", IMPORT_REFUSED, NULL,
		NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct world w;

		world_init(&w);
		assert_int_equal(take(&w, "tasks",
				     task_of(cases[i].type, cases[i].status,
					 cases[i].responses)),
		    cases[i].outcome);
		if (cases[i].state == NULL) {
			assert_int_equal(w.rows.n, 0);
		} else {
			check_text(
			    row(&w, IMPORT_JOBS, 0), "state", cases[i].state);
			check_text(
			    row(&w, IMPORT_JOBS, 0), "reason", cases[i].reason);
		}
		world_clear(&w);
	}
}

static void
a_task_of_the_future_is_refused(void **state)
{
	json_t *record = task_of("TRANSCRIPTION", "COMPLETED", "[]");
	struct world w;

	(void)state;
	world_init(&w);
	json_object_set_new(
	    record, "completed_at", json_string("2100-01-01 00:00:00"));
	assert_int_equal(take(&w, "tasks", record), IMPORT_REFUSED);
	assert_string_equal(w.why.field, "completed_at");
	assert_int_equal(w.rows.n, 0);
	world_clear(&w);
}

static json_t *
user_of(const char *role, const char *key, bool is_active)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:b}", "user_id",
	    "0a1b2c3d-0000-4000-8000-000000000001", "email", "ann@example.com",
	    "role", role, "api_key", key, "is_active", is_active);
}

static void
a_users_key_is_kept_as_a_hash(void **state)
{
	struct api_key key;
	const json_t *kept;
	struct world w;
	char *text;

	(void)state;
	world_init(&w);
	assert_int_equal(
	    take(&w, "users", user_of("CLIENT", KEY, true)), IMPORT_TAKEN);
	kept = row(&w, IMPORT_KEYS, 0);
	assert_int_equal(api_key_parse(KEY, &key), 0);
	check_text(kept, "id", key.id);
	check_text(kept, "role", "client");
	check_text(kept, "name", "ann@example.com");
	check_text(kept, "tenant", "0a1b2c3d-0000-4000-8000-000000000001");
	assert_true(json_integer_value(json_object_get(kept, "expires_us")) ==
		    w.view.now_us + 1000000);
	text = json_dumps(kept, 0);
	assert_null(strstr(text, KEY));
	assert_null(strstr(text, key.secret));
	free(text);
	world_clear(&w);
}

static void
keys_that_nobody_should_have_are_not_kept(void **state)
{
	struct world w;
	json_t *record;

	(void)state;
	world_init(&w);
	assert_int_equal(
	    take(&w, "users", user_of("ADMIN", KEY, true)), IMPORT_REFUSED);
	assert_string_equal(w.why.field, "role");
	assert_int_equal(take(&w, "users", user_of("client", "short", true)),
	    IMPORT_REFUSED);
	assert_string_equal(w.why.field, "api_key");
	assert_null(strstr(w.why.text, "short"));
	assert_int_equal(
	    take(&w, "users", user_of("client", KEY, false)), IMPORT_LEFT);
	record = user_of("client", KEY, true);
	json_object_set_new(record, "is_active", json_integer(0));
	assert_int_equal(take(&w, "users", record), IMPORT_LEFT);
	record = user_of("client", KEY, true);
	json_object_set_new(record, "is_active", json_string("perhaps"));
	assert_int_equal(take(&w, "users", record), IMPORT_REFUSED);
	assert_string_equal(w.why.field, "is_active");
	w.view.keep_keys_ms = 0;
	assert_int_equal(
	    take(&w, "users", user_of("client", KEY, true)), IMPORT_LEFT);
	assert_int_equal(w.rows.n, 0);
	world_clear(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_task_keeps_its_id_and_its_text),
	    cmocka_unit_test(a_response_is_found_in_any_of_its_shapes),
	    cmocka_unit_test(a_uid_is_whose_it_was_or_nobodys),
	    cmocka_unit_test(a_broken_file_is_a_failure),
	    cmocka_unit_test(a_miners_second_response_is_none),
	    cmocka_unit_test(tasks_end_as_they_did),
	    cmocka_unit_test(a_task_of_the_future_is_refused),
	    cmocka_unit_test(a_users_key_is_kept_as_a_hash),
	    cmocka_unit_test(keys_that_nobody_should_have_are_not_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Dippy's records: which job, attempt and judgement each becomes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "subnetctl/import_dippy.c"
#include "subnetctl/import_field.c"
#include "subnetctl/import_id.c"
#include "subnetctl/import_past.c"
#include "subnetctl/import_rows.c"

#define ALICE "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"
#define JOB "0190a1b2-017f-7abc-8def-0123456789ab"

enum { DAY_MS = 86400000 };

static const int64_t now_us = 1761600000 * INT64_C(1000000);

static struct import_view
view_of(const json_t *kinds)
{
	return (struct import_view){
	    .now_us = now_us,
	    .kinds = kinds,
	    .penalty_ms = 7 * (int64_t)DAY_MS,
	    .tenant = "",
	};
}

/* A row of the relay's with the members of one that was published, and then
 * these. */
static json_t *
job_with(const char *members)
{
	json_t *job = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:b}",
	    "job_id", JOB, "job_type", "generate", "miner_hotkey", ALICE,
	    "creation_timestamp", "2025-10-27T05:35:01.224473Z", "prepared_at",
	    "2025-10-27T05:35:01.233046Z", "dispatched_at",
	    "2025-10-27T05:35:01.823290Z", "completed_at",
	    "2025-10-27T05:35:15.137944Z", "expires_at",
	    "2025-11-03T05:35:01.224473Z", "is_audit_job", 0);
	json_t *more = json_loads(members, 0, NULL);

	json_object_set_new(job, "payload",
	    json_pack("{s:s, s:I, s:i, s:s, s:s}", "prompt", "a cat", "seed",
		(json_int_t)3400790532, "num_inference_steps", 60,
		"callback_secret", "0123456789abcdef", "webhook_url",
		"https://client.example/hook"));
	if (more == NULL)
		fail_msg("no JSON: %s", members);
	json_object_update(job, more);
	json_decref(more);
	return job;
}

static enum import_outcome
take(json_t *record, const char *table, struct import_rows *rows,
    struct import_why *why)
{
	json_t *kinds = json_pack("{s:s, s:s}", "base-h100_pcie",
	    "image.generate", "img-h100_pcie", "image.edit");
	struct import_view view = view_of(kinds);
	const struct import_table *t = import_find_table(&import_dippy, table);
	enum import_outcome got;

	assert_non_null(t);
	got = t->take(&view, record, rows, why);
	json_decref(kinds);
	json_decref(record);
	return got;
}

static const json_t *
row(const struct import_rows *rows, enum import_made made)
{
	const json_t *row = json_array_get(rows->of[made], 0);

	if (row == NULL)
		fail_msg("no row of %d", made);
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
a_job_becomes_a_job_an_attempt_and_a_judgement(void **state)
{
	json_t *record = job_with(
	    "{\"status\": \"success\", \"response_payload\": {"
	    "\"callback_received_at\": \"2025-10-27T05:35:14.756561+00:00\", "
	    "\"total_runtime_ms\": 13532, \"latency_ms\": 12933, "
	    "\"image_url\": \"https://media.example/x.png\", "
	    "\"callback_metadata\": {\"has_image\": true}}}");
	struct import_rows rows = {{0}, 0};
	struct import_why why;
	const json_t *job, *attempt, *judgement, *params;

	(void)state;
	assert_int_equal(
	    take(record, "inference_jobs", &rows, &why), IMPORT_TAKEN);
	assert_int_equal(rows.n, 3);
	job = row(&rows, IMPORT_JOBS);
	check_text(job, "id", JOB);
	check_text(job, "kind", "image.generate");
	check_text(job, "state", "done");
	check_text(job, "reason", NULL);
	check_text(job, "source", "client");
	assert_true(json_integer_value(json_object_get(job, "created_us")) ==
		    1761543301224473);
	/* What a miner was asked for, and nobody's secret. */
	params = json_object_get(job, "params");
	check_text(params, "prompt", "a cat");
	assert_int_equal(json_object_size(params), 3);
	attempt = row(&rows, IMPORT_ATTEMPTS);
	check_text(attempt, "state", "delivered");
	check_text(attempt, "hotkey", ALICE);
	check_text(
	    job, "best", json_string_value(json_object_get(attempt, "id")));
	check_text(json_object_get(attempt, "result_json"), "image_url",
	    "https://media.example/x.png");
	/* From its sending to its coming, not Dippy's from the job's making. */
	assert_true(
	    json_real_value(json_object_get(attempt, "miner_ms")) == 13523.515);
	judgement = row(&rows, IMPORT_JUDGEMENTS);
	assert_true(json_is_true(json_object_get(judgement, "success")));
	assert_true(json_integer_value(json_object_get(
			judgement, "ended_us")) == 1761543315137944);
	import_rows_clear(&rows);
}

static void
each_end_is_whose_doing_it_was(void **state)
{
	static const struct {
		const char *members;
		const char *job, *attempt, *reason;
		int judged; /* -1: not */
	} cases[] = {
	    {"{\"status\": \"SUCCESS\"}", "done", "delivered", NULL, 1},
	    {"{\"status\": \" completed \"}", "done", "delivered", NULL, 1},
	    {"{\"status\": \"success\", \"is_audit_job\": true}", "done",
		"delivered", NULL, -1},
	    {"{\"status\": \"success\", \"is_audit_job\": 1}", "done",
		"delivered", NULL, -1},
	    {"{\"status\": \"success\", \"response_payload\": "
	     "\"{\\\"callback_metadata\\\": {\\\"has_image\\\": false}}\"}",
		"failed", "failed", "empty_result", 0},
	    {"{\"status\": \"timeout\"}", "expired", "timed_out", "no_result",
		0},
	    {"{\"status\": \"failed\", \"failure_reason\": "
	     "\"dispatch_error:[Errno 111] Connection refused\"}",
		"failed", "refused", "unreachable", 0},
	    {"{\"status\": \"failed\", \"failure_reason\": "
	     "\"dispatch_error:timed out\"}",
		"failed", "refused", "unreachable", 0},
	    {"{\"status\": \"failed\", \"failure_reason\": "
	     "\"dispatch_error:Bad Gateway\"}",
		"failed", "refused", "refused", 0},
	    {"{\"status\": \"failed\", \"failure_reason\": "
	     "\"empty_image_payload\"}",
		"failed", "failed", "empty_result", 0},
	    {"{\"status\": \"failed\", \"failure_reason\": "
	     "\"callback_status:failed\"}",
		"failed", "failed", "miner_failed", 0},
	    {"{\"status\": \"failed\", \"failure_reason\": "
	     "\"flux_kontext_max_latency_violation\"}",
		"failed", "late", "came_late", 0},
	    /* A stranger's wrong secret, our upload, a quick one thrown away.
	     */
	    {"{\"status\": \"failed\", \"failure_reason\": "
	     "\"callback_secret_mismatch\"}",
		"failed", "abandoned", "lost_result", -1},
	    {"{\"status\": \"failed\", \"failure_reason\": "
	     "\"callback_upload_failed\"}",
		"failed", "abandoned", "lost_result", -1},
	    {"{\"status\": \"failed\", \"failure_reason\": "
	     "\"flux_kontext_min_runtime_violation\"}",
		"failed", "abandoned", "lost_result", -1},
	    {"{\"status\": \"failed\", \"failure_reason\": "
	     "\"prepare_failed:KeyError\"}",
		"failed", "abandoned", "not_sent", -1},
	    {"{\"status\": \"failed\"}", "failed", "abandoned", "lost_result",
		-1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct import_rows rows = {{0}, 0};
		struct import_why why;
		const json_t *attempt, *judged;

		assert_int_equal(
		    take(job_with(cases[i].members), "jobs.json", &rows, &why),
		    IMPORT_TAKEN);
		check_text(row(&rows, IMPORT_JOBS), "state", cases[i].job);
		check_text(row(&rows, IMPORT_JOBS), "reason", cases[i].reason);
		attempt = row(&rows, IMPORT_ATTEMPTS);
		check_text(attempt, "state", cases[i].attempt);
		check_text(attempt, "reason", cases[i].reason);
		judged = json_array_get(rows.of[IMPORT_JUDGEMENTS], 0);
		if ((judged != NULL) != (cases[i].judged >= 0))
			fail_msg("%s: judged or not", cases[i].members);
		if (judged != NULL)
			assert_int_equal(
			    json_is_true(json_object_get(judged, "success")),
			    cases[i].judged);
		import_rows_clear(&rows);
	}
}

static void
what_is_open_is_left(void **state)
{
	static const char *const open[] = {"{\"status\": \"pending\"}",
	    "{\"status\": \"banana\"}", "{\"status\": null}"};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct import_rows rows = {{0}, 0};
		struct import_why why;

		assert_int_equal(
		    take(job_with(open[i]), "inference_jobs", &rows, &why),
		    IMPORT_LEFT);
		assert_int_equal(rows.n, 0);
	}
}

static void
what_is_wrong_is_said_by_field(void **state)
{
	static const struct {
		const char *members, *field, *why;
	} cases[] = {
	    {"{\"job_id\": \"17\"}", "job_id", "\"17\" is no UUID"},
	    {"{\"job_id\": null}", "job_id", "it is missing"},
	    {"{\"miner_hotkey\": \"5Nobody\"}", "miner_hotkey",
		"\"5Nobody\" is no hotkey's address"},
	    {"{\"creation_timestamp\": \"yesterday\"}", "creation_timestamp",
		"\"yesterday\" is no time"},
	    {"{\"job_type\": \"lora\"}", "job_type",
		"no kind of this subnet has the capacity_key \"lora\""},
	    {"{\"payload\": \"[1]\"}", "payload", "it is no JSON object"},
	    {"{\"payload\": null}", "payload", "it is missing"},
	    {"{\"is_audit_job\": \"perhaps\"}", "is_audit_job",
		"it is neither true nor false"},
	    {"{\"miner_hotkey\": 7}", "miner_hotkey", "it is no text"},
	    {"{\"creation_timestamp\": 1761543301}", "creation_timestamp",
		"it is no text"},
	    {"{\"completed_at\": \"2099-10-27T05:35:15Z\"}", "completed_at",
		"it is ahead of now"},
	    {"{\"creation_timestamp\": \"2099-10-27T05:35:15Z\"}",
		"completed_at", "it is ahead of now"},
	    {"{\"payload\": \"{\\\"seed\\\": 99999999999999999999}\"}",
		"payload", "too big integer"},
	    /* Whether there is a picture stands in it. */
	    {"{\"response_payload\": \"{\"}", "response_payload",
		"it is no JSON object"},
	    {"{\"response_payload\": [1]}", "response_payload",
		"it is no JSON object"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		json_t *record = job_with("{\"status\": \"success\"}");
		json_t *more = json_loads(cases[i].members, 0, NULL);
		struct import_rows rows = {{0}, 0};
		struct import_why why;

		json_object_update(record, more);
		json_decref(more);
		assert_int_equal(take(record, "inference_jobs", &rows, &why),
		    IMPORT_REFUSED);
		assert_string_equal(why.field, cases[i].field);
		if (strstr(why.text, cases[i].why) == NULL)
			fail_msg("%s: %s", cases[i].members, why.text);
		assert_int_equal(rows.n, 0);
	}
}

static void
a_miner_with_failed_audits_has_one(void **state)
{
	struct import_rows rows = {{0}, 0};
	struct import_why why;
	const json_t *audit;

	(void)state;
	assert_int_equal(take(json_pack("{s:s, s:s}", "hotkey", ALICE, "value",
				  "{\"failed_audits\": 0}"),
			     "miners", &rows, &why),
	    IMPORT_LEFT);
	/* Whose count cannot be read is not let off. */
	assert_int_equal(take(json_pack("{s:s, s:s}", "hotkey", ALICE, "value",
				  "{\"failed_audits\": \"some\"}"),
			     "miners", &rows, &why),
	    IMPORT_REFUSED);
	assert_string_equal(why.field, "failed_audits");
	assert_int_equal(take(json_pack("{s:s, s:s}", "hotkey", ALICE, "value",
				  "{\"failed_audits\": 12"),
			     "miners", &rows, &why),
	    IMPORT_REFUSED);
	assert_string_equal(why.field, "value");
	assert_int_equal(rows.n, 0);
	assert_int_equal(take(json_pack("{s:s, s:s}", "hotkey", ALICE, "value",
				  "{\"failed_audits\": 12}"),
			     "miners", &rows, &why),
	    IMPORT_TAKEN);
	assert_int_equal(rows.n, 1);
	audit = row(&rows, IMPORT_AUDITS);
	check_text(audit, "hotkey", ALICE);
	assert_true(json_integer_value(json_object_get(audit, "expires_us")) ==
		    now_us + 7 * DAY_MS * INT64_C(1000));
	import_rows_clear(&rows);
}

/* Found again by the attempt that was looked into. */
static void
an_audit_is_of_its_attempt(void **state)
{
	json_t *record = json_pack("{s:s, s:s, s:s, s:s}", "audit_job_id",
	    "0190a1b2-017f-7abc-8def-0123456789ff", "target_job_id", JOB,
	    "miner_hotkey", ALICE, "created_at", "2025-10-27T05:35:01Z");
	struct import_rows rows = {{0}, 0};
	char id[UUID_TEXT];
	struct import_why why;

	(void)state;
	assert_int_equal(
	    take(record, "audit_failures.csv", &rows, &why), IMPORT_TAKEN);
	import_id("dippy attempt", JOB, ALICE, id);
	check_text(row(&rows, IMPORT_AUDITS), "id", id);
	import_rows_clear(&rows);
}

static void
an_address_on_the_list_is_banned(void **state)
{
	struct import_rows rows = {{0}, 0};
	struct import_why why;

	(void)state;
	assert_int_equal(take(json_pack("{s:s}", "address", ALICE),
			     "addresses.json", &rows, &why),
	    IMPORT_TAKEN);
	check_text(row(&rows, IMPORT_BANS), "hotkey", ALICE);
	assert_int_equal(
	    take(json_pack("{s:s}", "address", "not checked there"),
		"bans.json", &rows, &why),
	    IMPORT_REFUSED);
	assert_string_equal(why.field, "address");
	assert_int_equal(rows.n, 1);
	import_rows_clear(&rows);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_job_becomes_a_job_an_attempt_and_a_judgement),
	    cmocka_unit_test(each_end_is_whose_doing_it_was),
	    cmocka_unit_test(what_is_open_is_left),
	    cmocka_unit_test(what_is_wrong_is_said_by_field),
	    cmocka_unit_test(a_miner_with_failed_audits_has_one),
	    cmocka_unit_test(an_audit_is_of_its_attempt),
	    cmocka_unit_test(an_address_on_the_list_is_banned),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

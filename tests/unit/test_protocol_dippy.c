/*
 * What Dippy's miners are sent of what a job says: Dippy's own cases, and
 * where we differ on purpose (docs/dippy.md).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "common/job_seed.h"
#include "orchestrator/job.h"
#include "orchestrator/kinds.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/protocol.h"

#define ATTEMPT "01234567-89ab-7cde-8f01-23456789abcd"
#define JOB "0190a0a0-0000-7000-8000-000000000009"
#define GENERATE "base-h100_pcie"
#define EDIT "img-h100_pcie"

/* What a miner of that key is sent; the caller decrefs. */
static json_t *
sent(const char *capacity_key, const char *params, const char *wire,
    const char *input_type)
{
	struct orchestrator o = {.public_url = "https://o.example"};
	struct kind kind = {.name = "image",
	    .protocol = "dippy",
	    .capacity_key = (char *)capacity_key,
	    .wire = json_loads(wire, 0, NULL)};
	struct job job = {.id = JOB,
	    .kind = &kind,
	    .params = json_loads(params, 0, NULL),
	    .input_type = (char *)input_type};
	struct protocol_ask ask = {
	    .o = &o, .job = &job, .attempt_id = ATTEMPT, .deadline_us = 1};
	struct protocol_sending sending = {0};
	json_t *body, *before = json_deep_copy(job.params);
	struct err err;

	assert_non_null(job.params);
	assert_int_equal(
	    secrets_init(&o.secrets, "0123456789abcdef0123456789abcdef", &err),
	    0);
	assert_int_equal(protocol_dippy.build(&ask, &sending, &err), 0);
	body = json_loads(sending.body, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(body);
	assert_true(json_equal(before, job.params)); /* not changed */
	json_decref(before);
	json_decref(kind.wire);
	json_decref(job.params);
	protocol_sending_clear(&sending);
	return body;
}

/* The member of what is sent is that JSON. */
static void
expect(json_t *body, const char *member, const char *want)
{
	json_t *value = json_loads(want, JSON_DECODE_ANY, NULL);

	assert_non_null(value);
	if (!json_equal(json_object_get(body, member), value))
		fail_msg("%s is not %s", member, want);
	json_decref(value);
}

static void
seeds_are_read_as_dippy_reads_them(void **state)
{
	static const struct {
		const char *said; /* NULL: absent */
		int64_t want;	  /* -1: the job's own, for one by chance */
	} cases[] = {
	    {NULL, -1},
	    {"null", -1},
	    {"true", 1},
	    {"false", 0},
	    {"\"12\"", 12},
	    {"\" +12\\n\"", 12},
	    {"\"\"", -1},
	    {"\"x\"", -1},
	    {"\"12x\"", -1},
	    {"\"3.9\"", -1},
	    {"\"-1\"", -1},
	    {"-1", -1},
	    {"0", 0},
	    {"3.9", 3},
	    {"-0.5", 0},
	    {"-1.0", -1},
	    {"1099511627776", INT64_C(1) << 40},
	    {"9223372036854775807", INT64_MAX},
	    {"1e300", -1},
	    {"[]", -1},
	    {"{}", -1},
	    {"\"99999999999999999999\"", -1},
	};
	char params[64];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t want =
		    cases[i].want >= 0 ? cases[i].want : job_seed(JOB);
		json_t *body, *seed;

		snprintf(params, sizeof(params), "{%s%s}",
		    cases[i].said != NULL ? "\"seed\":" : "",
		    cases[i].said != NULL ? cases[i].said : "");
		body = sent(GENERATE, params, "{}", NULL);
		seed = json_object_get(body, "seed");
		assert_true(json_is_integer(seed));
		if (json_integer_value(seed) != want)
			fail_msg("%s gives another seed", params);
		json_decref(body);
	}
}

static void
types_are_defaults_and_no_more(void **state)
{
	json_t *body = sent(GENERATE, "{}", "{}", NULL);

	(void)state;
	expect(body, "task_type", "\"base-h100_pcie\"");
	expect(body, "flux_mode", "\"dev\"");
	json_decref(body);
	body = sent(EDIT, "{}", "{}", NULL);
	expect(body, "task_type", "\"img-h100_pcie\"");
	expect(body, "flux_mode", "\"kontext\"");
	json_decref(body);
	body = sent("flux_kontext", "{}", "{}", NULL);
	expect(body, "flux_mode", "\"kontext\"");
	json_decref(body);
	body = sent(EDIT, "{\"task_type\": \"x\", \"flux_mode\": \"y\"}", "{}",
	    "image/png");
	expect(body, "task_type", "\"x\"");
	expect(body, "flux_mode", "\"y\"");
	json_decref(body);
}

static void
steps_of_edits_are_cut(void **state)
{
	static const struct {
		const char *wire, *said, *want;
	} cases[] = {
	    {"{\"at_most\": {\"num_inference_steps\": 10}}", "30", "10"},
	    {"{\"at_most\": {\"num_inference_steps\": 10}}", "25", "10"},
	    {"{\"at_most\": {\"num_inference_steps\": 10}}", "10", "10"},
	    {"{\"at_most\": {\"num_inference_steps\": 10}}", "8", "8"},
	    {"{\"at_most\": {\"num_inference_steps\": 10}}", "\"30\"",
		"\"30\""},
	    {"{}", "42", "42"},
	};
	char params[64];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		json_t *body;

		snprintf(params, sizeof(params), "{\"num_inference_steps\":%s}",
		    cases[i].said);
		body = sent(EDIT, params, cases[i].wire, NULL);
		expect(body, "num_inference_steps", cases[i].want);
		json_decref(body);
	}
}

/* Dippy's template of an edit, as data. */
static void
defaults_fill_in_and_never_overwrite(void **state)
{
	static const char template[] =
	    "{\"defaults\": {\"width\": 1024, \"height\": 1024, "
	    "\"guidance_scale\": 4.0, \"num_inference_steps\": 10, "
	    "\"enable_safety_checker\": false}}";
	json_t *body = sent(EDIT, "{\"prompt\": \"p\"}", template, NULL);

	(void)state;
	expect(body, "width", "1024");
	expect(body, "height", "1024");
	expect(body, "guidance_scale", "4.0");
	expect(body, "num_inference_steps", "10");
	expect(body, "enable_safety_checker", "false");
	expect(body, "prompt", "\"p\"");
	assert_null(json_object_get(body, "webhook_url"));
	json_decref(body);
	body = sent(EDIT,
	    "{\"width\": 512, \"height\": 768, \"guidance_scale\": 7.5, "
	    "\"num_inference_steps\": 20, \"enable_safety_checker\": true, "
	    "\"seed\": 1234}",
	    template, NULL);
	expect(body, "width", "512");
	expect(body, "height", "768");
	expect(body, "guidance_scale", "7.5");
	expect(body, "num_inference_steps", "20");
	expect(body, "enable_safety_checker", "true");
	expect(body, "seed", "1234");
	json_decref(body);
}

/* Of what a client says, none takes the place of ours. */
static void
whose_job_it_is_is_ours_to_say(void **state)
{
	json_t *body = sent(EDIT,
	    "{\"job_id\": \"theirs\", \"callback_url\": \"http://theirs\", "
	    "\"callback_secret\": \"theirs\", \"image_url\": "
	    "\"http://theirs\"}",
	    "{}", "image/png");
	char *text = json_dumps(body, 0);

	(void)state;
	expect(body, "job_id", "\"" ATTEMPT "\"");
	expect(body, "callback_url", "\"https://o.example/results/callback\"");
	assert_int_equal(
	    json_string_length(json_object_get(body, "callback_secret")),
	    SECRET_TEXT - 1);
	assert_null(strstr(text, "theirs"));
	free(text);
	json_decref(body);
	/* Nor does it go along where we have none. */
	body = sent(EDIT,
	    "{\"image_url\": \"https://theirs/a.png\", "
	    "\"webhook_url\": \"https://theirs/w\"}",
	    "{}", NULL);
	assert_null(json_object_get(body, "image_url"));
	assert_null(json_object_get(body, "webhook_url"));
	json_decref(body);
}

/* -- the kind's wire ------------------------------------------------------- */

static void
a_bad_wire_is_named(void **state)
{
	static const struct {
		const char *wire;
		const char *why; /* NULL: good */
	} cases[] = {
	    {"{}", NULL},
	    {"{\"defaults\": {\"a\": [1]}, \"at_most\": {\"b\": 2.5}}", NULL},
	    {"7", "wire must be an object"},
	    {"{\"default\": {}}", "wire.default is nothing this protocol has"},
	    {"{\"defaults\": []}", "wire.defaults must be an object"},
	    {"{\"defaults\": {\"seed\": 1}}",
		"wire.defaults must not have seed: each job has its own"},
	    {"{\"defaults\": {\"callback_url\": \"x\"}}",
		"wire.defaults must not have callback_url: it is ours to say"},
	    {"{\"defaults\": {\"webhook_url\": \"x\"}}",
		"wire.defaults must not have webhook_url: it is ours to say"},
	    {"{\"at_most\": 1}", "wire.at_most must be an object"},
	    {"{\"at_most\": {\"steps\": \"10\"}}",
		"wire.at_most.steps must be a number"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		json_t *kind = json_pack("{s:o}", "wire",
		    json_loads(cases[i].wire, JSON_DECODE_ANY, NULL));
		struct err err = {""};
		int rc = protocol_dippy.check(kind, &err);

		assert_string_equal(
		    err.text, cases[i].why != NULL ? cases[i].why : "");
		assert_int_equal(rc, cases[i].why != NULL ? -1 : 0);
		json_decref(kind);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(seeds_are_read_as_dippy_reads_them),
	    cmocka_unit_test(types_are_defaults_and_no_more),
	    cmocka_unit_test(steps_of_edits_are_cut),
	    cmocka_unit_test(defaults_fill_in_and_never_overwrite),
	    cmocka_unit_test(whose_job_it_is_is_ours_to_say),
	    cmocka_unit_test(a_bad_wire_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

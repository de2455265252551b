/* Dippy's job types and payloads as our kinds and parameters. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

#include "orchestrator/dippy_payload.c"

static struct kind
kind_of(const char *name, const char *key, bool edits)
{
	struct kind k = {.name = (char *)name, .capacity_key = (char *)key};

	k.params = json_pack("{s:{}, s:{}, s:{}, s:{}}", "prompt", "seed",
	    "num_inference_steps", "guidance_scale");
	k.input_types = edits ? json_pack("[s]", "image/png") : json_array();
	if (!edits)
		json_object_set_new(k.params, "width", json_object());
	return k;
}

enum { GENERATE, EDIT, TRAIN, N_KINDS };

static int
make_kinds(void **state)
{
	static struct kind items[N_KINDS];
	static struct kinds kinds = {items, N_KINDS};

	items[GENERATE] = kind_of("image.generate", "base-h100_pcie", false);
	items[EDIT] = kind_of("image.edit", "img-h100_pcie", true);
	items[TRAIN] = kind_of("lora.train", "lora.train", false);
	*state = &kinds;
	return 0;
}

static int
end_kinds(void **state)
{
	struct kinds *kinds = *state;

	for (size_t i = 0; i < kinds->n; i++) {
		json_decref(kinds->items[i].params);
		json_decref(kinds->items[i].input_types);
	}
	return 0;
}

static void
a_job_type_has_its_kind(void **state)
{
	struct kinds *kinds = *state;

	assert_ptr_equal(
	    dippy_kind(kinds, "base-h100_pcie"), &kinds->items[GENERATE]);
	assert_ptr_equal(
	    dippy_kind(kinds, "generate"), &kinds->items[GENERATE]);
	assert_ptr_equal(
	    dippy_kind(kinds, "img-h100_pcie"), &kinds->items[EDIT]);
	assert_ptr_equal(dippy_kind(kinds, "lora"), &kinds->items[TRAIN]);
	assert_null(dippy_kind(kinds, "h100_pcie"));
}

/* The parameters as text, or "field: ..." of the error. */
static char *
params_text(const struct kind *kind, const char *payload)
{
	json_t *given = json_loads(payload, 0, NULL), *params;
	struct err err;
	char *text;

	assert_non_null(given);
	params = dippy_params(kind, given, &err);
	text = params != NULL ? json_dumps(params, JSON_COMPACT)
			      : strdup(err.text);
	json_decref(params);
	json_decref(given);
	return text;
}

static void
assert_params(
    const struct kind *kind, const char *payload, const char *expected)
{
	char *text = params_text(kind, payload);

	assert_string_equal(text, expected);
	free(text);
}

static void
dippy_10_4_seeds(void **state)
{
	static const char *const cases[][2] = {
	    {"null", "{}"},
	    {"true", "{\"seed\":1}"},
	    {"false", "{\"seed\":0}"},
	    {"\"12\"", "{\"seed\":12}"},
	    {"-1", "{}"},
	    {"\"x\"", "{}"},
	    {"3.9", "{\"seed\":3}"},
	    {"1099511627776", "{\"seed\":1099511627776}"},
	    {"\" 12 \"", "{\"seed\":12}"},
	    {"\"12x\"", "{}"},
	    {"-0.5", "{\"seed\":0}"},
	    {"1e300", "{}"},
	    {"[1]", "{}"},
	};
	struct kinds *kinds = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char payload[64];

		snprintf(
		    payload, sizeof(payload), "{\"seed\":%s}", cases[i][0]);
		assert_params(&kinds->items[GENERATE], payload, cases[i][1]);
	}
}

/* They are cut where they are sent. */
static void
steps_are_what_the_client_says(void **state)
{
	static const char given[] = "{\"num_inference_steps\":30}";
	struct kinds *kinds = *state;

	assert_params(&kinds->items[EDIT], given, given);
	assert_params(&kinds->items[GENERATE], given, given);
}

static void
what_only_the_orchestrator_reads_is_left_out(void **state)
{
	struct kinds *kinds = *state;

	assert_params(&kinds->items[GENERATE],
	    "{\"prompt\":\"p\",\"job_id\":\"x\",\"callback_url\":\"y\","
	    "\"callback_secret\":\"z\",\"webhook_url\":\"w\",\"task_type\":"
	    "\"t\",\"flux_mode\":\"f\",\"enable_safety_checker\":false}",
	    "{\"prompt\":\"p\"}");
	assert_params(&kinds->items[EDIT],
	    "{\"prompt\":\"p\",\"image_url\":\"u\",\"width\":1,\"height\":2}",
	    "{\"prompt\":\"p\"}");
}

static void
what_nobody_reads_is_refused_by_name(void **state)
{
	struct kinds *kinds = *state;
	char *text = params_text(
	    &kinds->items[GENERATE], "{\"prompt\":\"p\",\"promt\":\"q\"}");

	assert_string_equal(text,
	    "payload.promt is nothing that a miner of image.generate is "
	    "given; leave it out");
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_job_type_has_its_kind),
	    cmocka_unit_test(dippy_10_4_seeds),
	    cmocka_unit_test(steps_are_what_the_client_says),
	    cmocka_unit_test(what_only_the_orchestrator_reads_is_left_out),
	    cmocka_unit_test(what_nobody_reads_is_refused_by_name),
	};

	return cmocka_run_group_tests(tests, make_kinds, end_kinds);
}

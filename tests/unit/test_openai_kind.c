/* The OpenAI door's data: kinds by model, fields as parameters. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "orchestrator/kinds.h"
#include "orchestrator/openai_kind.c"
#include "orchestrator/openai_params.c"

/* No test here has a form. */
const char *
form_field(const struct form *f, const char *name)
{
	(void)f;
	return strcmp(name, "temperature") == 0 ? "0.5" : NULL;
}

bool
form_has(const struct form *f, const char *name)
{
	return form_field(f, name) != NULL;
}

static const char speak[] =
    "{\"params\":{\"language\":\"en\"},\"fields\":{\"input\":\"text\"},"
    "\"choices\":{\"voice\":{\"alloy\":{\"voice\":\"slt\"},"
    "\"slow\":{\"pace\":2}},\"quality\":{\"hd\":{\"pace\":9}}}}";

static struct kind
kind_of(const char *name, const char *aliases, const char *endpoint,
    const char *table)
{
	struct kind k = {.name = (char *)name,
	    .aliases = json_loads(aliases, 0, NULL),
	    .openai = json_object(),
	    .params = json_loads("{\"text\":{\"type\":\"string\"},"
				 "\"voice\":{\"type\":\"string\"},"
				 "\"temperature\":{\"type\":\"number\"},"
				 "\"language\":{\"type\":\"language\"}}",
		0, NULL)};

	if (endpoint != NULL)
		json_object_set_new(
		    k.openai, endpoint, json_loads(table, 0, NULL));
	return k;
}

static void
kind_clear(struct kind *k)
{
	json_decref(k->aliases);
	json_decref(k->openai);
	json_decref(k->params);
}

/* -- the file -------------------------------------------------------------- */

static const struct {
	const char *kind, *why; /* why NULL: good */
} files[] = {
    {"{\"name\":\"a\"}", NULL},
    {"{\"name\":\"a\",\"aliases\":[\"tts-1\"],\"openai\":{}}", NULL},
    {"{\"name\":\"a\",\"aliases\":\"x\"}", "kind a: aliases must be"},
    {"{\"name\":\"a\",\"aliases\":[7]}", "kind a: aliases must be"},
    {"{\"name\":\"a\",\"aliases\":[\"a b\"]}", "kind a: aliases must be"},
    {"{\"name\":\"a\",\"aliases\":[\"\"]}", "kind a: aliases must be"},
    {"{\"name\":\"a\",\"openai\":[]}", "kind a: openai must be an object"},
    {"{\"name\":\"a\",\"openai\":{\"chat\":{}}}", "made of transcriptions"},
    {"{\"name\":\"a\",\"openai\":{\"speech\":[]}}", "openai.speech must be"},
    {"{\"name\":\"a\",\"openai\":{\"speech\":{\"voices\":{}}}}",
	"made of params, fields"},
    {"{\"name\":\"a\",\"openai\":{\"speech\":{\"params\":[]}}}",
	"and its params too"},
    {"{\"name\":\"a\",\"openai\":{\"speech\":{\"fields\":{\"a\":1}}}}",
	"fields name a parameter"},
    {"{\"name\":\"a\",\"openai\":{\"speech\":{\"choices\":{\"a\":{\"b\":1}}}}}",
	"choices have parameters"},
    {"{\"name\":\"a\",\"openai\":{\"edits\":{\"b64_json\":\"x\"}}}",
	"b64_json is a list"},
    {"{\"name\":\"a\",\"openai\":{\"translations\":{\"then\":{}}}}",
	"then names a kind"},
};

static void
a_kinds_members_are_checked(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		json_t *kind = json_loads(files[i].kind, 0, NULL);
		struct err err = {""};
		int result = openai_kind_check(kind, &err);

		assert_non_null(kind);
		if (result != (files[i].why == NULL ? 0 : -1) ||
		    (files[i].why != NULL &&
			strstr(err.text, files[i].why) == NULL))
			fail_msg("%s: %d %s", files[i].kind, result, err.text);
		json_decref(kind);
	}
}

static void
a_name_is_one_kinds_at_an_endpoint(void **state)
{
	static const struct {
		const char *file;
		int result;
	} cases[] = {
	    {"[{\"name\":\"a\",\"aliases\":[\"x\"],\"openai\":{\"edits\":{}}},"
	     "{\"name\":\"b\",\"aliases\":[\"x\"],\"openai\":"
	     "{\"generations\":{}}}]",
		0},
	    {"[{\"name\":\"a\",\"aliases\":[\"x\"],\"openai\":{\"edits\":{}}},"
	     "{\"name\":\"b\",\"aliases\":[\"x\"],\"openai\":{\"edits\":{}}}]",
		-1},
	    {"[{\"name\":\"a\",\"aliases\":[\"b\"],\"openai\":{\"edits\":{}}},"
	     "{\"name\":\"b\",\"openai\":{\"edits\":{}}}]",
		-1},
	    {"[{\"name\":\"a\",\"aliases\":[\"x\"]},"
	     "{\"name\":\"b\",\"aliases\":[\"x\"]}]",
		0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		json_t *file = json_loads(cases[i].file, 0, NULL);
		struct err err;

		assert_non_null(file);
		assert_int_equal(
		    openai_kinds_check(file, &err), cases[i].result);
		json_decref(file);
	}
}

static void
the_shipped_kinds_are_good(void **state)
{
	json_t *file = json_load_file("deploy/kinds.json", 0, NULL), *kind;
	struct err err = {""};
	size_t i, n = 0;

	(void)state;
	assert_non_null(file);
	json_array_foreach(file, i, kind)
	{
		assert_int_equal(openai_kind_check(kind, &err), 0);
		n += json_object_size(json_object_get(kind, "openai"));
	}
	assert_int_equal(n, N_OPENAI_ENDPOINTS);
	assert_int_equal(openai_kinds_check(file, &err), 0);
	json_decref(file);
}

/* -- models ---------------------------------------------------------------- */

static void
a_model_is_a_kind_by_name_or_alias_at_its_endpoint(void **state)
{
	struct kind items[] = {
	    kind_of("draw", "[\"gpt\",\"dall\"]", "generations",
		"{\"b64_json\":[\"gpt\"]}"),
	    kind_of("edit", "[\"gpt\"]", "edits", "{}"),
	    kind_of("other", "[\"gpt\"]", NULL, NULL),
	};
	const struct kinds kinds = {items, 3};
	const json_t *table;
	json_t *list, *one;

	(void)state;
	assert_ptr_equal(
	    openai_kind_find(&kinds, OPENAI_GENERATIONS, "gpt"), &items[0]);
	assert_ptr_equal(
	    openai_kind_find(&kinds, OPENAI_EDITS, "gpt"), &items[1]);
	assert_ptr_equal(
	    openai_kind_find(&kinds, OPENAI_EDITS, "edit"), &items[1]);
	assert_null(openai_kind_find(&kinds, OPENAI_EDITS, "dall"));
	assert_null(openai_kind_find(&kinds, OPENAI_SPEECH, "gpt"));
	assert_true(openai_kind_any(&kinds, OPENAI_EDITS));
	assert_false(openai_kind_any(&kinds, OPENAI_SPEECH));
	table = openai_kind_table(&items[0], OPENAI_GENERATIONS);
	assert_true(openai_kind_lists(table, "b64_json", "gpt"));
	assert_false(openai_kind_lists(table, "b64_json", "dall"));
	list = openai_models(&kinds);
	assert_int_equal(json_array_size(json_object_get(list, "data")), 4);
	one = openai_model(&kinds, "dall");
	assert_string_equal(
	    json_string_value(json_object_get(one, "object")), "model");
	json_decref(one);
	assert_null(openai_model(&kinds, "other"));
	json_decref(list);
	for (size_t i = 0; i < 3; i++)
		kind_clear(&items[i]);
}

/* -- parameters ------------------------------------------------------------ */

static const struct {
	const char *request, *params; /* or the field at fault, and words */
	const char *words;
} asks[] = {
    {"{\"input\":\"hi\"}", "{\"language\":\"en\",\"text\":\"hi\"}", NULL},
    {"{\"input\":\"hi\",\"language\":\"de\"}",
	"{\"language\":\"de\",\"text\":\"hi\"}", NULL},
    {"{\"input\":null,\"voice\":\"alloy\"}",
	"{\"language\":\"en\",\"voice\":\"slt\"}", NULL},
    {"{\"voice\":\"slow\"}", "{\"language\":\"en\",\"pace\":2}", NULL},
    {"{\"voice\":\"rms\"}", "{\"language\":\"en\",\"voice\":\"rms\"}", NULL},
    {"{\"quality\":\"hd\"}", "{\"language\":\"en\",\"pace\":9}", NULL},
    {"{\"text\":\"by its own name\"}", "{\"language\":\"en\"}", NULL},
    {"{\"user\":\"u\",\"seed\":7}", "{\"language\":\"en\"}", NULL},
    {"{\"quality\":\"best\"}", "quality", "must be one of hd"},
    {"{\"quality\":7}", "quality", "must be a string"},
    {"{\"voice\":{\"id\":\"x\"}}", "voice", "must be a string"},
};

static void
fields_become_parameters_by_the_table(void **state)
{
	struct kind k = kind_of("speak", "[]", "speech", speak);
	const json_t *table = openai_kind_table(&k, OPENAI_SPEECH);

	(void)state;
	for (size_t i = 0; i < sizeof(asks) / sizeof(asks[0]); i++) {
		json_t *request = json_loads(asks[i].request, 0, NULL);
		const struct openai_fields fields = {.json = request};
		struct openai_fault fault = {"", ""};
		json_t *got = openai_params(&k, table, &fields, &fault);
		json_t *want = json_loads(asks[i].params, 0, NULL);

		if (asks[i].words != NULL) {
			assert_null(got);
			assert_string_equal(fault.param, asks[i].params);
			assert_non_null(strstr(fault.why, asks[i].words));
		} else if (!json_equal(got, want)) {
			fail_msg(
			    "%s is %s", asks[i].request, json_dumps(got, 0));
		}
		json_decref(request);
		json_decref(want);
		json_decref(got);
	}
	kind_clear(&k);
}

static void
a_forms_text_is_read_by_the_parameters_type(void **state)
{
	struct kind k = kind_of("hear", "[]", "transcriptions", "{}");
	const json_t *table = openai_kind_table(&k, OPENAI_TRANSCRIPTIONS);
	const struct openai_fields fields = {.form = (void *)&k};
	struct openai_fault fault;
	json_t *got = openai_params(&k, table, &fields, &fault);

	(void)state;
	assert_true(
	    json_real_value(json_object_get(got, "temperature")) == 0.5);
	assert_int_equal(json_object_size(got), 1);
	json_decref(got);
	kind_clear(&k);
}

static void
a_client_knows_a_parameter_by_its_field(void **state)
{
	struct kind k = kind_of("speak", "[]", "speech", speak);
	const json_t *table = openai_kind_table(&k, OPENAI_SPEECH);

	(void)state;
	assert_string_equal(openai_field_of(table, "text"), "input");
	assert_string_equal(openai_field_of(table, "voice"), "voice");
	assert_true(openai_has_field(&k, table, "input"));
	assert_true(openai_has_field(&k, table, "voice"));
	assert_true(openai_has_field(&k, table, "quality"));
	assert_false(openai_has_field(&k, table, "speed"));
	kind_clear(&k);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_kinds_members_are_checked),
	    cmocka_unit_test(a_name_is_one_kinds_at_an_endpoint),
	    cmocka_unit_test(the_shipped_kinds_are_good),
	    cmocka_unit_test(
		a_model_is_a_kind_by_name_or_alias_at_its_endpoint),
	    cmocka_unit_test(fields_become_parameters_by_the_table),
	    cmocka_unit_test(a_forms_text_is_read_by_the_parameters_type),
	    cmocka_unit_test(a_client_knows_a_parameter_by_its_field),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

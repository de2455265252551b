/* The kinds of job: from the file to rows, and from rows to structs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/config_parse.h"
#include "orchestrator/kinds.c"
#include "orchestrator/openai_kind.c"
#include "orchestrator/params.c"

static const char good[] =
    "{\"name\": \"audio.speak\", \"protocol\": \"native\","
    " \"path\": \"/jobs/audio.speak\", \"capacity_key\": \"audio.speak\","
    " \"deadline\": \"10m\", \"attempt\": \"90s\", \"answer\": \"250ms\","
    " \"retry_budget\": 2, \"miners_min\": 1, \"miners_wanted\": 2,"
    " \"miners_max\": 3, \"input_types\": [], \"max_input_bytes\": 0,"
    " \"output_types\": [\"audio/wav\"], \"max_output_bytes\": 1000,"
    " \"scoring\": \"speech\", \"params\": {\"text\": {\"type\":"
    " \"string\"}}}";

/* The good kind with one field set to a value, or away (NULL), in a file. */
static char *
file_with(const char *field, const char *value)
{
	json_t *kind = json_loads(good, 0, NULL), *file = json_array();
	char *text;

	if (value == NULL)
		json_object_del(kind, field);
	else
		json_object_set_new(
		    kind, field, json_loads(value, JSON_DECODE_ANY, NULL));
	json_array_append_new(file, kind);
	text = json_dumps(file, 0);
	json_decref(file);
	return text;
}

static const struct {
	const char *field, *value; /* value NULL: absent */
	const char *why;	   /* NULL: good */
} fields[] = {
    {"deadline", "\"7d\"", NULL},
    {"miners_max", "10", NULL},
    {"scoring", "\"none\"", NULL},
    {"name", NULL, "kind without a name: name must be a string"},
    {"name", "7", "kind without a name: name must be a string"},
    {"protocol", NULL, "kind audio.speak: protocol must be a string"},
    {"protocol", "\"pigeon\"",
	"kind audio.speak: protocol must be native, dippy, synapse or violet"},
    {"protocol", "\"violet\"", NULL},
    {"pull_capacity", "5", NULL},
    {"pull_capacity", "0",
	"kind audio.speak: pull_capacity must be between 1 and 1000"},
    {"pull_capacity", "\"5\"",
	"kind audio.speak: pull_capacity must be between 1 and 1000"},
    {"path", "\"\"",
	"kind audio.speak: path must be a path that begins with /"},
    {"path", "\"x/y\"",
	"kind audio.speak: path must be a path that begins with /"},
    {"capacity_key", "true", "kind audio.speak: capacity_key must be a string"},
    {"scoring", "\"luck\"",
	"kind audio.speak: scoring must be transcript, summary, translation, "
	"speech, sound, image or none"},
    {"deadline", "\"169h\"",
	"kind audio.speak: deadline must be a time such as 2m, at most 7d"},
    {"deadline", "600",
	"kind audio.speak: deadline must be a time such as 2m, at most 7d"},
    {"attempt", "\"0s\"",
	"kind audio.speak: attempt must be a time such as 2m, at most 7d"},
    {"attempt", "\"-1m\"",
	"kind audio.speak: attempt must be a time such as 2m, at most 7d"},
    {"answer", NULL,
	"kind audio.speak: answer must be a time such as 2m, at most 7d"},
    {"retry_budget", "-1",
	"kind audio.speak: retry_budget must be a number >= 0"},
    {"retry_budget", "1.5",
	"kind audio.speak: retry_budget must be a number >= 0"},
    {"max_output_bytes", "\"1\"",
	"kind audio.speak: max_output_bytes must be a number >= 0"},
    {"hedge", "true", NULL},
    {"hedge", "false", NULL},
    {"hedge", "1", "kind audio.speak: hedge must be true or false"},
    {"hedge", "null", "kind audio.speak: hedge must be true or false"},
    {"aliases", "[\"tts-1\"]", NULL},
    {"aliases", "7",
	"kind audio.speak: aliases must be an array of names: letters, "
	"digits, dots, dashes, colons and underscores, 64 at most"},
    {"openai", "{\"speech\":{}}", NULL},
    {"openai", "7", "kind audio.speak: openai must be an object"},
    {"deterministic", "true", NULL},
    {"deterministic", "\"yes\"",
	"kind audio.speak: deterministic must be true or false"},
    {"wire", "{}", NULL},
    {"wire", "{\"fields\": {}}",
	"kind audio.speak: wire must be absent: its protocol has no use for "
	"it"},
    {"wire", "\"x\"",
	"kind audio.speak: wire must be absent: its protocol has no use for "
	"it"},
    {"scoring", "\"translation\"", NULL},
    {"miners_max", "0",
	"kind audio.speak: miners_max must be between 1 and 10"},
    {"miners_max", "11",
	"kind audio.speak: miners_max must be between 1 and 10"},
    {"miners_min", "0",
	"kind audio.speak: miners_wanted must be between miners_min, which is "
	"1 or more, and miners_max"},
    {"miners_wanted", "4",
	"kind audio.speak: miners_wanted must be between miners_min, which is "
	"1 or more, and miners_max"},
    {"miners_min", "3",
	"kind audio.speak: miners_wanted must be between miners_min, which is "
	"1 or more, and miners_max"},
    {"input_types", "\"audio/wav\"",
	"kind audio.speak: input_types must be an array of media types"},
    {"output_types", "[7]",
	"kind audio.speak: output_types must be an array of media types"},
    {"params", NULL, "kind audio.speak: params must be an object"},
    {"params", "{\"a\": {\"type\": \"int\"}}",
	"kind audio.speak: params.a.type must be string, integer, number, "
	"boolean or language"},
};

static void
a_bad_field_is_named_with_its_kind(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		char *file = file_with(fields[i].field, fields[i].value);
		struct err err = {""};
		char *rows = kinds_rows(file, 11, &err);

		if (fields[i].why == NULL)
			assert_non_null(rows);
		else
			assert_null(rows);
		assert_string_equal(
		    err.text, fields[i].why != NULL ? fields[i].why : "");
		free(rows);
		free(file);
	}
}

static const struct {
	const char *text, *why;
} files[] = {
    {"", "line 1: '[' or '{' expected near end of file"},
    {"[{\"name\": }]", "line 1: unexpected token near '}'"},
    {"{}", "it must be an array of kinds"},
    {"[\n\n7]", "kind without a name: name must be a string"},
    {"[{\"name\": \"a\", \"name\": \"b\"}]",
	"line 1: duplicate object key near '\"name\"'"},
};

static void
a_file_that_is_no_list_of_kinds_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		struct err err = {""};

		assert_null(kinds_rows(files[i].text, 11, &err));
		assert_string_equal(err.text, files[i].why);
	}
}

static void
rows_have_the_tables_columns(void **state)
{
	char *file = file_with("retry_budget", "2"), *text;
	json_t *rows, *row;

	(void)state;
	text = kinds_rows(file, 49, NULL);
	rows = json_loads(text, 0, NULL);
	row = json_array_get(rows, 0);
	assert_int_equal(json_array_size(rows), 1);
	assert_int_equal(
	    json_integer_value(json_object_get(row, "netuid")), 49);
	assert_int_equal(
	    json_integer_value(json_object_get(row, "deadline_ms")), 600000);
	assert_int_equal(
	    json_integer_value(json_object_get(row, "attempt_ms")), 90000);
	assert_int_equal(
	    json_integer_value(json_object_get(row, "answer_ms")), 250);
	assert_int_equal(
	    json_integer_value(json_object_get(row, "pull_capacity")), 1);
	assert_int_equal(json_object_size(json_object_get(row, "wire")), 0);
	assert_true(json_is_object(json_object_get(row, "wire")));
	assert_true(json_is_false(json_object_get(row, "of_axons")));
	json_decref(rows);
	free(text);
	free(file);
}

/* -- the file we ship ---------------------------------------------------- */

static const char *const shipped[] = {"image.generate", "image.edit",
    "lora.train", "audio.transcribe", "audio.speak", "audio.enhance",
    "audio.analyze", "video.transcribe", "text.summarize", "text.translate",
    "document.translate"};

static char *
cell_text(const json_t *cell)
{
	if (json_is_boolean(cell))
		return strdup(json_is_true(cell) ? "t" : "f");
	return json_is_string(cell) ? strdup(json_string_value(cell))
				    : json_dumps(cell, JSON_ENCODE_ANY);
}

/* Every column of sql_kind_list from the rows that sql_kind_seed is given. */
static PGresult *
result_of(const json_t *rows)
{
	static const char *const columns[] = {"name", "protocol", "path",
	    "capacity_key", "deadline_ms", "attempt_ms", "answer_ms",
	    "retry_budget", "miners_min", "miners_wanted", "miners_max",
	    "input_types", "max_input_bytes", "output_types",
	    "max_output_bytes", "params", "scoring", "hedge", "wire", "aliases",
	    "openai", "pull_capacity"};
	enum { N = sizeof(columns) / sizeof(columns[0]) };
	PGresult *res = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
	PGresAttDesc attributes[N] = {0};
	json_t *row;
	size_t i;

	for (int c = 0; c < N; c++)
		attributes[c].name = (char *)columns[c];
	PQsetResultAttrs(res, N, attributes);
	json_array_foreach(rows, i, row)
	{
		for (int c = 0; c < N; c++) {
			json_t *cell = json_object_get(row, columns[c]);
			char *text = cell_text(cell);

			PQsetvalue(res, i, c, text, strlen(text));
			free(text);
		}
	}
	return res;
}

static struct kinds *
kinds_of(const char *text)
{
	struct err err = {""};
	char *rows_text = kinds_rows(text, 11, &err);
	struct kinds *kinds;
	PGresult *res;
	json_t *rows;

	assert_string_equal(err.text, "");
	rows = json_loads(rows_text, 0, NULL);
	res = result_of(rows);
	kinds = kinds_from_rows(res);
	PQclear(res);
	json_decref(rows);
	free(rows_text);
	return kinds;
}

static void
the_shipped_kinds_are_good(void **state)
{
	char *text = config_read_file("deploy/kinds.json", NULL);
	struct kinds *kinds = kinds_of(text);

	(void)state;
	assert_int_equal(kinds->n, sizeof(shipped) / sizeof(shipped[0]));
	for (size_t i = 0; i < kinds->n; i++) {
		const struct kind *k = kinds_find(kinds, shipped[i]);

		assert_non_null(k);
		assert_true(k->attempt_ms <= k->deadline_ms);
		assert_true(k->answer_ms < k->attempt_ms);
		assert_true((json_array_size(k->input_types) > 0) ==
			    (k->max_input_bytes > 0));
		assert_true(k->max_output_bytes > 0);
	}
	assert_int_equal(
	    kinds_find(kinds, "lora.train")->deadline_ms, 7 * 86400000);
	assert_string_equal(
	    kinds_find(kinds, "image.generate")->protocol, "dippy");
	assert_true(kinds_find(kinds, "audio.speak")->hedge);
	assert_true(kinds_find(kinds, "text.translate")->hedge);
	assert_false(kinds_find(kinds, "lora.train")->hedge);
	assert_string_equal(json_string_value(json_array_get(
				kinds_find(kinds, "audio.speak")->aliases, 0)),
	    "tts-1");
	assert_int_equal(
	    json_object_size(kinds_find(kinds, "lora.train")->openai), 0);
	assert_true(kinds_find(kinds, "audio.speak")->is_speech);
	assert_false(kinds_find(kinds, "audio.enhance")->is_speech);
	kinds_free(kinds);
	free(text);
}

/* Each speech and text kind is told its language. */
static void
speech_and_text_kinds_take_a_language(void **state)
{
	char *text = config_read_file("deploy/kinds.json", NULL);
	struct kinds *kinds = kinds_of(text);

	(void)state;
	for (size_t i = 0; i < kinds->n; i++) {
		const struct kind *k = &kinds->items[i];
		const json_t *language = json_object_get(k->params, "language");

		if (strncmp(k->name, "image.", 6) == 0 ||
		    strcmp(k->name, "lora.train") == 0 ||
		    strcmp(k->name, "audio.enhance") == 0)
			continue;
		assert_string_equal(
		    json_string_value(json_object_get(language, "type")),
		    "language");
	}
	kinds_free(kinds);
	free(text);
}

static void
kinds_are_found_by_name(void **state)
{
	char *file = file_with("retry_budget", "5");
	struct kinds *kinds = kinds_of(file);
	const struct kind *k = kinds_find(kinds, "audio.speak");

	(void)state;
	assert_int_equal(k->retry_budget, 5);
	assert_int_equal(k->miners_wanted, 2);
	assert_string_equal(k->path, "/jobs/audio.speak");
	assert_null(kinds_find(kinds, "audio.spea"));
	assert_null(kinds_find(kinds, ""));
	assert_null(kinds_find(NULL, "audio.speak")); /* not read yet */
	kinds_free(kinds);
	kinds_free(NULL);
	free(file);
}

static const struct {
	const char *type;
	bool good;
} types_given[] = {
    {"audio/wav", true},
    {"AUDIO/Wav", true},
    {"audio/wav; rate=8000", true},
    {"audio/wav;rate=8000", true},
    {"audio/wave", false},
    {"audio/wa", false},
    {"audio/mpeg", false},
    {"", false},
    {";", false},
};

static void
media_types_are_compared_without_their_parameters(void **state)
{
	char *file = file_with("input_types", "[\"text/plain\"]");
	struct kinds *kinds = kinds_of(file);
	const struct kind *k = &kinds->items[0];

	(void)state;
	for (size_t i = 0; i < sizeof(types_given) / sizeof(types_given[0]);
	     i++) {
		assert_int_equal(
		    kind_gives(k, types_given[i].type), types_given[i].good);
		assert_false(kind_takes(k, types_given[i].type));
	}
	assert_true(kind_takes(k, "text/plain"));
	kinds_free(kinds);
	free(file);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_bad_field_is_named_with_its_kind),
	    cmocka_unit_test(a_file_that_is_no_list_of_kinds_is_refused),
	    cmocka_unit_test(rows_have_the_tables_columns),
	    cmocka_unit_test(the_shipped_kinds_are_good),
	    cmocka_unit_test(speech_and_text_kinds_take_a_language),
	    cmocka_unit_test(kinds_are_found_by_name),
	    cmocka_unit_test(media_types_are_compared_without_their_parameters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * Synapses: what of a job is a field, what of an axon's answer is a result,
 * and what a kind may say of both.
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
#include "orchestrator/job.h"
#include "orchestrator/kinds.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/protocol.h"

/* Violet's, as data. */
#define AUDIO                                                                  \
	"{\"fields\": {\"task_type\": \"transcription\", "                     \
	"\"language\": {\"param\": \"language\"}, "                            \
	"\"input_data\": {\"input\": \"base64\"}}, "                           \
	"\"output\": {\"field\": \"output_data\", \"as\": \"base64\", "        \
	"\"text\": \"transcript\"}, \"error\": \"error_message\", "            \
	"\"hash_fields\": [\"task_type\", \"language\"]}"

/* -- what is sent ---------------------------------------------------------- */

/* 0, and the body, the caller's to free; or -1. */
static int
build(const char *wire, const char *params, const char *input, char **body,
    char hash[SYNAPSE_HASH_TEXT])
{
	struct orchestrator o = {0};
	struct kind kind = {.name = "k", .wire = json_loads(wire, 0, NULL)};
	struct job job = {.kind = &kind, .params = json_loads(params, 0, NULL)};
	struct protocol_ask ask = {.o = &o,
	    .job = &job,
	    .attempt_id = "",
	    .input = input,
	    .input_len = input != NULL ? strlen(input) : 0};
	struct protocol_sending sending = {0};
	struct err err = {""};
	int rc;

	assert_non_null(kind.wire);
	assert_non_null(job.params);
	rc = protocol_synapse.build(&ask, &sending, &err);
	assert_true((rc == 0) == (err.text[0] == '\0'));
	if (rc == 0) {
		json_t *again = json_loads(sending.body, 0, NULL);

		assert_true(json_equal(again, sending.fields));
		json_decref(again);
		*body = sending.body;
		sending.body = NULL;
		memcpy(hash, sending.body_hash, SYNAPSE_HASH_TEXT);
	}
	protocol_sending_clear(&sending);
	json_decref(kind.wire);
	json_decref(job.params);
	return rc;
}

static void
fields_are_what_the_wire_says(void **state)
{
	static const struct {
		const char *wire, *params, *input, *body;
	} cases[] = {
	    {AUDIO, "{\"language\": \"fr\"}", "RIFF\x01",
		"{\"task_type\":\"transcription\",\"language\":\"fr\","
		"\"input_data\":\"UklGRgE=\"}"},
	    {"{}", "{\"text\": \"\xc3\xa9\", \"n\": 2.0}", NULL,
		"{\"text\":\"\\u00e9\",\"n\":2.0}"},
	    {"{\"fields\": {\"d\": {\"param\": \"text\", \"as\": \"base64\"}, "
	     "\"o\": {\"x\": 1}, \"gone\": {\"param\": \"none\"}}}",
		"{\"text\": \"hi\"}", NULL, "{\"d\":\"aGk=\",\"o\":{\"x\":1}}"},
	};
	char *body, hash[SYNAPSE_HASH_TEXT];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(build(cases[i].wire, cases[i].params,
				     cases[i].input, &body, hash),
		    0);
		assert_string_equal(body, cases[i].body);
		free(body);
	}
}

static void
the_hash_is_of_the_fields_named(void **state)
{
	char *body, a[SYNAPSE_HASH_TEXT], b[SYNAPSE_HASH_TEXT];

	(void)state;
	assert_int_equal(
	    build(AUDIO, "{\"language\": \"fr\"}", "x", &body, a), 0);
	free(body);
	assert_int_equal(
	    build(AUDIO, "{\"language\": \"fr\"}", "y", &body, b), 0);
	free(body);
	assert_string_equal(a, b); /* of the input it is not */
	assert_int_equal(
	    build(AUDIO, "{\"language\": \"de\"}", "x", &body, b), 0);
	free(body);
	assert_string_not_equal(a, b);
	/* A field that is not there has no hash. */
	assert_int_equal(build(AUDIO, "{}", "x", &body, a), -1);
}

/* -- what comes back ------------------------------------------------------- */

enum gives { A_FILE, JSON_BASE64, JSON_TEXT, JSON_JSON };

static const char *const wires[] = {
    [A_FILE] = "{\"output\": {\"field\": \"out\", \"as\": \"base64\"}}",
    [JSON_BASE64] = AUDIO,
    [JSON_TEXT] = "{\"output\": {\"field\": \"out\", \"as\": \"text\"}}",
    [JSON_JSON] = "{\"output\": {\"field\": \"out\", \"as\": \"json\"}}",
};

struct said {
	const char *status;
};

static const char *
header(const void *arg, const char *name)
{
	const struct said *said = arg;

	return strcmp(name, "bt_header_axon_status_code") == 0 ? said->status
							       : "";
}

static void
read_answer(enum gives gives, int status, const char *said, const char *body,
    struct protocol_reply *reply)
{
	struct kind kind = {.wire = json_loads(wires[gives], 0, NULL),
	    .output_types = json_array()};
	struct said headers = {said};
	struct protocol_answer a = {
	    status, header, &headers, body, strlen(body)};

	if (gives == A_FILE)
		json_array_append_new(
		    kind.output_types, json_string("audio/wav"));
	memset(reply, 0, sizeof(*reply));
	protocol_synapse.read(&kind, &a, reply);
	json_decref(kind.wire);
	json_decref(kind.output_types);
}

static void
an_axons_status_is_an_outcome(void **state)
{
	static const char good[] = "{\"out\": \"aGk=\"}";
	static const struct {
		int status;
		const char *said; /* by the axon's header */
		enum protocol_outcome want;
	} cases[] = {
	    {200, "200", PROTOCOL_RESULT},
	    {200, "", PROTOCOL_RESULT},
	    {201, "", PROTOCOL_RESULT},
	    /* No status at all: HTTP's counts. */
	    {200, "garbage", PROTOCOL_RESULT},
	    {200, "99999999999999999999", PROTOCOL_RESULT},
	    {200, "500", PROTOCOL_FAILED},
	    {200, "403", PROTOCOL_REFUSED},
	    {200, "408", PROTOCOL_TIMED_OUT},
	    {400, "", PROTOCOL_REFUSED},
	    {401, "200", PROTOCOL_REFUSED},
	    {403, "", PROTOCOL_REFUSED},
	    {404, "", PROTOCOL_REFUSED},
	    {422, "", PROTOCOL_REFUSED},
	    {429, "", PROTOCOL_REFUSED},
	    {503, "", PROTOCOL_REFUSED},
	    {301, "", PROTOCOL_REFUSED},
	    {408, "", PROTOCOL_TIMED_OUT},
	    {504, "", PROTOCOL_TIMED_OUT},
	    {500, "", PROTOCOL_FAILED},
	    {502, "", PROTOCOL_FAILED},
	};
	struct protocol_reply r;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		read_answer(A_FILE, cases[i].status, cases[i].said, good, &r);
		if (r.outcome != cases[i].want)
			fail_msg("%d, %s: outcome %d", cases[i].status,
			    cases[i].said, r.outcome);
		assert_int_equal(
		    r.file.len, cases[i].want == PROTOCOL_RESULT ? 2 : 0);
		assert_true(
		    (r.why[0] == '\0') == (cases[i].want == PROTOCOL_RESULT));
		protocol_reply_clear(&r);
	}
}

static const struct {
	enum gives gives;
	const char *body;
	enum protocol_outcome want;
	const char *output; /* JSON, or the file's bytes; NULL: none */
	uint64_t bytes;
} outputs[] = {
    {A_FILE, "{\"out\": \"UklG Rg==\"}", PROTOCOL_RESULT, "RIFF", 0},
    {A_FILE, "{\"out\": \"\"}", PROTOCOL_RESULT, NULL, 0},
    {A_FILE, "{\"out\": null}", PROTOCOL_RESULT, NULL, 0},
    {A_FILE, "{}", PROTOCOL_RESULT, NULL, 0},
    {A_FILE, "{\"out\": \"!\"}", PROTOCOL_FAILED, NULL, 0},
    {A_FILE, "{\"out\": \"UklGR\"}", PROTOCOL_FAILED, NULL, 0},
    {A_FILE, "{\"out\": [1]}", PROTOCOL_FAILED, NULL, 0},
    {A_FILE, "[]", PROTOCOL_FAILED, NULL, 0},
    {A_FILE, "", PROTOCOL_FAILED, NULL, 0},
    {A_FILE, "<html>", PROTOCOL_FAILED, NULL, 0},
    {A_FILE, "{\"out\": \"aGk=\", \"out\": \"aGk=\"}", PROTOCOL_FAILED, NULL,
	0},
    {JSON_TEXT, "{\"out\": \"hi\"}", PROTOCOL_RESULT, "{\"text\": \"hi\"}", 2},
    {JSON_TEXT, "{\"out\": \"{\\\"a\\\": 1}\"}", PROTOCOL_RESULT, "{\"a\": 1}",
	8},
    {JSON_TEXT, "{\"out\": 7}", PROTOCOL_FAILED, NULL, 0},
    {JSON_JSON, "{\"out\": {\"a\": [1]}}", PROTOCOL_RESULT, "{\"a\": [1]}", 9},
    /* {"transcript": "one two", "language": "en"} */
    {JSON_BASE64,
	"{\"output_data\": \"eyJ0cmFuc2NyaXB0IjogIm9uZSB0d28iLCAibGFuZ3"
	"VhZ2UiOiAiZW4ifQ==\"}",
	PROTOCOL_RESULT,
	"{\"transcript\": \"one two\", \"language\": \"en\", "
	"\"text\": \"one two\"}",
	43},
    /* "handshake_ack" */
    {JSON_BASE64, "{\"output_data\": \"aGFuZHNoYWtlX2Fjaw==\"}",
	PROTOCOL_RESULT, "{\"text\": \"handshake_ack\"}", 13},
    {JSON_BASE64, "{\"output_data\": \"!\"}", PROTOCOL_FAILED, NULL, 0},
    /* no UTF-8 */
    {JSON_BASE64, "{\"output_data\": \"/////w==\"}", PROTOCOL_FAILED, NULL, 0},
    {JSON_BASE64,
	"{\"output_data\": \"aGk=\", \"error_message\": \"no model\"}",
	PROTOCOL_FAILED, NULL, 0},
    {JSON_BASE64, "{\"output_data\": \"aGk=\", \"error_message\": \" \"}",
	PROTOCOL_RESULT, "{\"text\": \"hi\"}", 2},
    {JSON_BASE64, "{\"output_data\": \"aGk=\", \"error_message\": null}",
	PROTOCOL_RESULT, "{\"text\": \"hi\"}", 2},
};

static void
an_output_is_what_the_wire_says(void **state)
{
	struct protocol_reply r;

	(void)state;
	for (size_t i = 0; i < sizeof(outputs) / sizeof(outputs[0]); i++) {
		const char *want = outputs[i].output;

		read_answer(outputs[i].gives, 200, NULL, outputs[i].body, &r);
		if (r.outcome != outputs[i].want)
			fail_msg(
			    "outcome %d of %s", r.outcome, outputs[i].body);
		if (outputs[i].gives == A_FILE) {
			assert_null(r.output);
			assert_int_equal(
			    r.file.len, want != NULL ? strlen(want) : 0);
			if (want != NULL)
				assert_memory_equal(
				    r.file.data, want, strlen(want));
		} else if (want != NULL) {
			json_t *json = json_loads(want, 0, NULL);

			assert_true(json_equal(r.output, json));
			assert_int_equal(r.output_bytes, outputs[i].bytes);
			json_decref(json);
		} else {
			assert_null(r.output);
		}
		protocol_reply_clear(&r);
	}
}

/* -- the kind's wire ------------------------------------------------------- */

static const char kind_text[] =
    "{\"name\": \"k\", \"path\": \"/AudioTask\", \"attempt\": \"1m\", "
    "\"answer\": \"1m\", \"input_types\": [\"audio/wav\"], "
    "\"output_types\": [], \"max_input_bytes\": 1000, "
    "\"max_output_bytes\": 1000, \"params\": {\"language\": {\"required\": "
    "true}}, "
    "\"wire\": " AUDIO "}";

/* The kind with a member at a path ("wire.output.as") set, or away. */
static json_t *
kind_with(const char *path, const char *value)
{
	json_t *kind = json_loads(kind_text, 0, NULL), *at = kind;
	char part[64];

	assert_non_null(kind);
	for (const char *dot; (dot = strchr(path, '.')) != NULL;
	     path = dot + 1) {
		snprintf(part, sizeof(part), "%.*s", (int)(dot - path), path);
		at = json_object_get(at, part);
	}
	if (value == NULL)
		json_object_del(at, path);
	else
		json_object_set_new(
		    at, path, json_loads(value, JSON_DECODE_ANY, NULL));
	return kind;
}

#define HASH_WHY                                                               \
	"wire.hash_fields must be names of fields that each job has, as a "    \
	"text or a number"

static const struct {
	const char *path, *value; /* NULL: absent */
	const char *why;	  /* NULL: good */
} faults[] = {
    {"name", "\"k\"", NULL},
    {"wire.slots", "8", NULL},
    {"wire.hash_fields", NULL, NULL},
    {"wire.error", NULL, NULL},
    {"answer", "\"2m\"", NULL},
    {"wire", "[]", "wire must be an object"},
    {"wire.field", "{}", "wire.field is nothing this protocol has"},
    {"path", "\"/jobs/x\"", "path must be / and a synapse's name"},
    {"path", "\"/\"", "path must be / and a synapse's name"},
    {"wire.fields", "7", "wire.fields must be an object"},
    {"wire.fields.a b", "1",
	"wire.fields must have names of letters, digits and "
	"underscores, of fewer than 64 characters"},
    {"wire.fields.language", "{\"param\": \"voice\"}",
	"wire.fields.language.param must be one of the kind's params"},
    {"wire.fields.language", "{\"param\": 7}",
	"wire.fields.language.param must be one of the kind's params"},
    {"wire.fields.language", "{\"param\": \"language\", \"as\": 1}",
	"wire.fields.language.as must be base64, of a param"},
    {"wire.fields.language", "{\"as\": \"base64\"}",
	"wire.fields.language.as must be base64, of a param"},
    {"wire.fields.input_data", "{\"input\": \"url\"}",
	"wire.fields.input_data.input must be base64"},
    {"wire.fields.input_data", NULL,
	"wire.fields must have a field {\"input\": \"base64\"}, as the "
	"kind takes a file"},
    {"input_types", "[]",
	"wire.fields must not have an input: the kind takes no file"},
    {"wire.fields", NULL,
	"wire.fields must have a field {\"input\": \"base64\"}, as the "
	"kind takes a file"},
    {"wire.hash_fields", "{}", "wire.hash_fields must be an array"},
    {"wire.hash_fields", "[\"x\"]", HASH_WHY},
    {"params.language.required", "false", HASH_WHY},
    {"params.language", "{\"default\": \"en\"}", NULL},
    {"wire.fields.task_type", "[]", HASH_WHY},
    {"wire.fields.task_type", "{}", HASH_WHY},
    {"wire.hash_fields", "[\"input_data\"]", NULL},
    {"wire.hash_fields", "[7]", HASH_WHY},
    {"wire.output", NULL, "wire.output.field must be the name of a field"},
    {"wire.output.field", "\"a b\"",
	"wire.output.field must be the name of a field"},
    {"wire.output.as", "\"xml\"",
	"wire.output.as must be base64, text or json"},
    {"wire.output.text", "7",
	"wire.output.text must be the name of a member of a result "
	"that is JSON"},
    {"output_types", "[\"audio/wav\"]",
	"wire.output.text must be the name of a member of a result "
	"that is JSON"},
    {"max_input_bytes", "16777217",
	"max_input_bytes and max_output_bytes must be at most "
	"16777216: they go along in JSON"},
    {"max_output_bytes", "16777217",
	"max_input_bytes and max_output_bytes must be at most "
	"16777216: they go along in JSON"},
    {"answer", "\"59s\"",
	"answer must be no less than attempt: the answer brings the "
	"result"},
    {"wire.slots", "0", "wire.slots must be between 1 and 64"},
    {"wire.slots", "65", "wire.slots must be between 1 and 64"},
    {"wire.slots", "\"8\"", "wire.slots must be between 1 and 64"},
    {"wire.error", "\"a b\"", "wire.error must be the name of a field"},
};

static void
a_bad_wire_is_named(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		json_t *kind = kind_with(faults[i].path, faults[i].value);
		struct err err = {""};
		int rc = protocol_synapse.check(kind, &err);

		assert_string_equal(
		    err.text, faults[i].why != NULL ? faults[i].why : "");
		assert_int_equal(rc, faults[i].why != NULL ? -1 : 0);
		json_decref(kind);
	}
}

static void
too_many_fields_are_refused(void **state)
{
	json_t *kind = json_loads(kind_text, 0, NULL);
	json_t *fields =
	    json_object_get(json_object_get(kind, "wire"), "fields");
	struct err err = {""};
	char name[16];

	(void)state;
	for (int i = 0; json_object_size(fields) < SYNAPSE_MAX_FIELDS; i++) {
		snprintf(name, sizeof(name), "f%d", i);
		json_object_set_new(fields, name, json_integer(1));
	}
	assert_int_equal(protocol_synapse.check(kind, &err), 0);
	json_object_set_new(fields, "one_more", json_integer(1));
	assert_int_equal(protocol_synapse.check(kind, &err), -1);
	assert_string_equal(err.text, "wire.fields must be at most 32");
	json_decref(kind);
}

/* An answer has room for a result and for what was sent, which comes back. */
static void
an_answer_may_be_as_large_as_its_kind_needs(void **state)
{
	const struct kind kind = {
	    .max_input_bytes = 3000000, .max_output_bytes = 6000000};

	(void)state;
	assert_int_equal(
	    protocol_synapse.most_answer(&kind), 12000000 + 1048576);
}

static void
axons_have_the_slots_of_their_kinds(void **state)
{
	struct kind items[] = {
	    {.protocol = "native", .capacity_key = "a"},
	    {.protocol = "synapse",
		.capacity_key = "b",
		.wire = json_pack("{s:i}", "slots", 8)},
	    {.protocol = "synapse", .capacity_key = "c", .wire = json_object()},
	};
	struct kinds kinds = {items, 3};
	json_t *capacity = protocol_axon_capacity(&kinds);
	json_t *want = json_pack("{s:i, s:i}", "b", 8, "c", 1);

	(void)state;
	assert_true(json_equal(capacity, want));
	json_decref(capacity);
	json_decref(want);
	capacity = protocol_axon_capacity(NULL);
	assert_int_equal(json_object_size(capacity), 0);
	json_decref(capacity);
	json_decref(items[1].wire);
	json_decref(items[2].wire);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(fields_are_what_the_wire_says),
	    cmocka_unit_test(the_hash_is_of_the_fields_named),
	    cmocka_unit_test(an_axons_status_is_an_outcome),
	    cmocka_unit_test(an_output_is_what_the_wire_says),
	    cmocka_unit_test(a_bad_wire_is_named),
	    cmocka_unit_test(too_many_fields_are_refused),
	    cmocka_unit_test(an_answer_may_be_as_large_as_its_kind_needs),
	    cmocka_unit_test(axons_have_the_slots_of_their_kinds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

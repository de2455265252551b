/*
 * Neurons and verdicts where metadata does not say what they are made of, held
 * against metadata that does and against what a node with version 14 answered.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/err.h"
#include "subtensor/decode.h"
#include "subtensor/metadata.h"
#include "tests/lib/chaindata.h"
#include "tests/lib/chainmeta.h"
/* included whole */
#include "weightsetter/apis.c"

static const char lite[] = "NeuronInfoRuntimeApi_get_neurons_lite";

static json_t *
decode(const struct metadata *md, const struct buf *bytes)
{
	struct err err = {""};
	json_t *json = decode_all(md, metadata_method(md, lite)->output,
	    bytes->data, bytes->len, &err);

	if (json == NULL)
		fail_msg("%s", err.text);
	return json;
}

static void
metadata_that_names_them_is_what_counts(void **state)
{
	struct metadata *v14, *v15;

	(void)state;
	chaindata_or_skip();
	v14 = chainmeta_load("finney_spec343_v14.scale");
	v15 = chainmeta_load("finney_spec343_v15.scale");
	assert_ptr_equal(apis_of(v15), v15);
	assert_ptr_not_equal(apis_of(v14), v14);
	assert_non_null(metadata_method(apis_of(v14), lite));
	assert_null(metadata_method(
	    apis_of(v14), "SubnetInfoRuntimeApi_get_selective_metagraph"));
	metadata_free(v14);
	metadata_free(v15);
}

/* 1024 neurons of spec 343, read both ways. */
static void
neurons_are_what_version_15_says(void **state)
{
	struct metadata *v15;
	json_t *file, *by_metadata, *by_us;
	struct buf bytes;

	(void)state;
	chaindata_or_skip();
	v15 = chainmeta_load("finney_spec343_v15.scale");
	file =
	    chaindata_json("rpc_state_call_recorded_bittensor_sdk_tests.json");
	bytes = chainmeta_bytes(json_string_value(json_object_get(
	    json_object_get(
		file, "metagraph:NeuronInfoRuntimeApi_get_neurons_lite"),
	    "result")));
	by_metadata = decode(v15, &bytes);
	by_us = decode(&known, &bytes);
	assert_int_equal(json_array_size(by_us), 1024);
	assert_true(json_equal(by_us, by_metadata));
	json_decref(by_us);
	json_decref(by_metadata);
	json_decref(file);
	buf_free(&bytes);
	metadata_free(v15);
}

/* Each verdict there is, read both ways. */
static void
verdicts_are_what_version_15_says(void **state)
{
	static const char method[] =
	    "TaggedTransactionQueue_validate_transaction";
	static const struct {
		const char *hex;
		bool is_good;
	} cases[] = {{"00"
		      "0102030405060708"
		      "04080102"
		      "080c0102030420"
		      "0900000000000000"
		      "01",
			 true},
	    {"00"
	     "0000000000000000"
	     "00"
	     "00"
	     "0000000000000000"
	     "00",
		true},
	    {"00"
	     "0000000000000000"
	     "00"
	     "00"
	     "0000000000000000"
	     "02",
		false},
	    {"010000", true}, {"010001", true}, {"010002", true},
	    {"010003", true}, {"010004", true}, {"010005", true},
	    {"010006", true}, {"010007ff", true}, {"010008", true},
	    {"010009", true}, {"01000a", true}, {"01000b", true},
	    {"010100", true}, {"010101", true}, {"01010205", true},
	    {"0100", false}, {"02", false}, {"010007", false},
	    {"010300", false}, {"010103", false}, {"01000d", false}};
	struct metadata *v15;
	uint32_t theirs;

	(void)state;
	chaindata_or_skip();
	v15 = chainmeta_load("finney_spec343_v15.scale");
	theirs = metadata_method(v15, method)->output;
	assert_int_equal(metadata_method(&known, method)->output, VALIDITY);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf b = chainmeta_bytes(cases[i].hex);
		json_t *by_metadata =
		    decode_all(v15, theirs, b.data, b.len, NULL);
		json_t *by_us =
		    decode_all(&known, VALIDITY, b.data, b.len, NULL);

		if ((by_us != NULL) != cases[i].is_good ||
		    (by_metadata != NULL) != cases[i].is_good ||
		    (by_us != NULL && !json_equal(by_us, by_metadata)))
			fail_msg("%s is read otherwise", cases[i].hex);
		json_decref(by_metadata);
		json_decref(by_us);
		buf_free(&b);
	}
	metadata_free(v15);
}

/* The shortest a neuron can be, so that no count is believed that cannot be. */
static void
sizes_are_those_of_metadata(void **state)
{
	struct metadata *v15;
	const struct type *theirs;

	(void)state;
	chaindata_or_skip();
	v15 = chainmeta_load("finney_spec343_v15.scale");
	theirs = &v15->types[metadata_method(v15, lite)->output];
	assert_int_equal(types[NEURONS].min_bytes, theirs->min_bytes);
	theirs = &v15->types[theirs->inner];
	assert_int_equal(types[NEURON].min_bytes, theirs->min_bytes);
	assert_int_equal(types[NEURON].n_fields, theirs->n_fields);
	for (size_t i = 0; i < theirs->n_fields; i++) {
		const struct field *own = &types[NEURON].fields[i];

		assert_string_equal(own->name, theirs->fields[i].name);
		assert_int_equal(types[own->type].min_bytes,
		    v15->types[theirs->fields[i].type].min_bytes);
	}
	metadata_free(v15);
}

static const json_t *
recorded_of_293(const json_t *file)
{
	const json_t *one;
	size_t i;

	json_array_foreach((json_t *)file, i, one)
	{
		if (strcmp(json_string_value(json_object_get(one, "method")),
			lite) == 0)
			return json_object_get(one, "result");
	}
	return NULL;
}

static void
an_answer_of_spec_293_decodes_to_its_end(void **state)
{
	struct metadata *v14;
	json_t *file, *neurons, *one;
	struct buf bytes;
	size_t i;

	(void)state;
	chaindata_or_skip();
	v14 = chainmeta_load("metadata-293.scale");
	file = chaindata_json("runtime-apis-293.json");
	bytes = chainmeta_bytes(json_string_value(recorded_of_293(file)));
	neurons = decode(apis_of(v14), &bytes);
	assert_int_equal(json_array_size(neurons), 5);
	json_array_foreach(neurons, i, one)
	{
		assert_int_equal(
		    json_integer_value(json_object_get(one, "uid")), i);
		assert_int_equal(
		    json_integer_value(json_object_get(one, "netuid")), 2);
	}
	bytes.len--;
	assert_null(
	    decode_all(apis_of(v14), NEURONS, bytes.data, bytes.len, NULL));
	json_decref(neurons);
	json_decref(file);
	buf_free(&bytes);
	metadata_free(v14);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(metadata_that_names_them_is_what_counts),
	    cmocka_unit_test(neurons_are_what_version_15_says),
	    cmocka_unit_test(verdicts_are_what_version_15_says),
	    cmocka_unit_test(sizes_are_those_of_metadata),
	    cmocka_unit_test(an_answer_of_spec_293_decodes_to_its_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

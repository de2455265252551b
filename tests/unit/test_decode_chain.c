/*
 * What nodes really answered: runtime API results of specs 208 to 438, each
 * decoded to the last byte and encoded again.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/buf.h"
#include "common/err.h"
#include "subtensor/decode.h"
#include "subtensor/metadata.h"
#include "subtensor/scale.h"
#include "tests/lib/chaindata.h"
#include "tests/lib/chainmeta.h"

static const char recorded_file[] =
    "rpc_state_call_recorded_bittensor_sdk_tests.json";

static uint32_t
output_of(const struct metadata *md, const char *method)
{
	const struct runtime_method *m = metadata_method(md, method);

	if (m == NULL)
		fail_msg("there is no %s", method);
	return m->output;
}

static json_t *
round_trip(const struct metadata *md, const char *method, const char *hex)
{
	struct buf bytes = chainmeta_bytes(hex);
	json_t *json =
	    chainmeta_round_trip(md, output_of(md, method), &bytes, method);

	buf_free(&bytes);
	return json;
}

static const char *
text_at(const json_t *json, const char *key)
{
	return json_string_value(json_object_get(json, key));
}

static json_int_t
number_at(const json_t *json, const char *key)
{
	return json_integer_value(json_object_get(json, key));
}

/* The recorded answer to `method` in the SDK's test called `test`. */
static const char *
recorded(const json_t *file, const char *test_and_method)
{
	const char *hex =
	    text_at(json_object_get(file, test_and_method), "result");

	assert_non_null(hex);
	return hex;
}

/* Three answers about one subnet at one block say the same of it. */
static void
the_metagraph_of_spec_343_is_one_in_three_answers(void **state)
{
	json_t *file, *neurons, *subnet, *graph, *neuron;
	struct metadata *md;
	size_t i;

	(void)state;
	chaindata_or_skip();
	md = chainmeta_load("finney_spec343_v15.scale");
	file = chaindata_json(recorded_file);
	neurons = round_trip(md, "NeuronInfoRuntimeApi_get_neurons_lite",
	    recorded(file, "metagraph:NeuronInfoRuntimeApi_get_neurons_lite"));
	subnet = round_trip(md, "SubnetInfoRuntimeApi_get_subnet_state",
	    recorded(file, "metagraph:SubnetInfoRuntimeApi_get_subnet_state"));
	graph = round_trip(md, "SubnetInfoRuntimeApi_get_selective_mechagraph",
	    recorded(file,
		"metagraph:SubnetInfoRuntimeApi_get_selective_mechagraph"));
	assert_int_equal(
	    json_array_size(neurons), number_at(graph, "num_uids"));
	assert_int_equal(json_array_size(neurons), 1024);
	assert_int_equal(number_at(graph, "netuid"), 1);
	assert_int_equal(number_at(graph, "block"), 6852690);
	json_array_foreach(neurons, i, neuron)
	{
		const char *hotkey = text_at(neuron, "hotkey");

		assert_int_equal(number_at(neuron, "uid"), i);
		assert_int_equal(number_at(neuron, "netuid"), 1);
		assert_string_equal(hotkey,
		    json_string_value(
			json_array_get(json_object_get(subnet, "hotkeys"), i)));
		assert_string_equal(hotkey,
		    json_string_value(
			json_array_get(json_object_get(graph, "hotkeys"), i)));
		assert_true(json_equal(json_object_get(neuron, "last_update"),
		    json_array_get(json_object_get(subnet, "last_update"), i)));
	}
	print_message("%s: 3 of 3 of spec 343\n", recorded_file);
	json_decref(neurons);
	json_decref(subnet);
	json_decref(graph);
	json_decref(file);
	metadata_free(md);
}

/* Answers of 315 whose types have not changed up to 343. */
static void
answers_of_spec_315_decode_with_343(void **state)
{
	struct metadata *md;
	json_t *file, *json;

	(void)state;
	chaindata_or_skip();
	md = chainmeta_load("finney_spec343_v15.scale");
	file = chaindata_json(recorded_file);
	json = round_trip(md, "SubnetInfoRuntimeApi_get_subnets_info_v2",
	    recorded(file,
		"get_all_subnets_info:SubnetInfoRuntimeApi_get_subnets_info_"
		"v2"));
	assert_int_equal(json_array_size(json), 129);
	assert_int_equal(number_at(json_array_get(json, 1), "netuid"), 1);
	json_decref(json);
	json = round_trip(md, "NeuronInfoRuntimeApi_get_neuron",
	    recorded(file,
		"get_neuron_for_pubkey_and_subnet:NeuronInfoRuntimeApi_get_"
		"neuron"));
	assert_int_equal(number_at(json, "netuid"), 14);
	assert_int_equal(number_at(json, "uid"), 29);
	json_decref(json);
	json = round_trip(md,
	    "SubnetRegistrationRuntimeApi_get_network_registration_cost",
	    recorded(file,
		"get_subnet_burn_cost:SubnetRegistrationRuntimeApi_get_"
		"network_registration_cost"));
	assert_int_equal(json_integer_value(json), 1485558848);
	json_decref(json);
	print_message("%s: 3 of 3 of specs to 315\n", recorded_file);
	json_decref(file);
	metadata_free(md);
}

/* A result that an old spec wrapped once more in Vec<u8>. */
static struct buf
unwrap(const char *hex)
{
	struct buf bytes = chainmeta_bytes(hex);
	struct scale_reader r;
	size_t len;

	scale_read_init(&r, bytes.data, bytes.len);
	len = scale_count(&r, 1);
	assert_int_equal(len, scale_left(&r));
	buf_drop(&bytes, r.pos);
	return bytes;
}

static void
doubly_encoded_answers_of_spec_208_are_refused(void **state)
{
	static const char *const tests[] = {
	    "get_commitment:NeuronInfoRuntimeApi_get_neurons_lite",
	    "neurons:NeuronInfoRuntimeApi_get_neurons_lite",
	    "neurons_lite:NeuronInfoRuntimeApi_get_neurons_lite",
	    "get_subnet_hyperparameters:SubnetInfoRuntimeApi_get_subnet_"
	    "hyperparams",
	};
	struct metadata *md;
	json_t *file;

	(void)state;
	chaindata_or_skip();
	md = chainmeta_load("finney_spec343_v15.scale");
	file = chaindata_json(recorded_file);
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		uint32_t type = output_of(md, strchr(tests[i], ':') + 1);
		struct buf whole = chainmeta_bytes(recorded(file, tests[i]));
		struct buf inner = unwrap(recorded(file, tests[i]));
		struct err err = {""};

		assert_null(decode_all(md, type, whole.data, whole.len, &err));
		assert_true(err.text[0] != '\0');
		/* Hyper-parameters were no Option then. */
		if (strstr(tests[i], "hyperparams") != NULL)
			type = md->types[type].variants[1].fields[0].type;
		json_decref(chainmeta_round_trip(md, type, &inner, tests[i]));
		buf_free(&whole);
		buf_free(&inner);
	}
	print_message("%s: 4 of 4 of spec 208, unwrapped\n", recorded_file);
	json_decref(file);
	metadata_free(md);
}

/* The runtime of 293 described its APIs to nobody, but those of 343 are the
 * same but for one field. */
static void
answers_of_spec_293_decode_with_343(void **state)
{
	size_t i, same = 0, longer = 0;
	struct metadata *md;
	json_t *file, *call;

	(void)state;
	chaindata_or_skip();
	md = chainmeta_load("finney_spec343_v15.scale");
	file = chaindata_json("runtime-apis-293.json");
	json_array_foreach(file, i, call)
	{
		const char *method = text_at(call, "method");
		const char *hex = text_at(call, "result");
		bool is_shorter = strstr(method, "selective") != NULL;
		struct buf bytes = chainmeta_bytes(hex);

		/* SelectiveMetagraph has grown its commitments since. */
		if (is_shorter)
			scale_put_u8(&bytes, 0);
		json_decref(chainmeta_round_trip(
		    md, output_of(md, method), &bytes, method));
		buf_free(&bytes);
		same += !is_shorter;
		longer += is_shorter;
	}
	print_message("runtime-apis-293.json: %zu of %zu, %zu more with a "
		      "field added\n",
	    same, json_array_size(file), longer);
	assert_int_equal(same + longer, json_array_size(file));
	json_decref(file);
	metadata_free(md);
}

/* The arguments of those calls, by the types of their inputs. */
static void
arguments_of_spec_293_decode_with_343(void **state)
{
	size_t i, k, n = 0;
	struct metadata *md;
	json_t *file, *call;

	(void)state;
	chaindata_or_skip();
	md = chainmeta_load("finney_spec343_v15.scale");
	file = chaindata_json("runtime-apis-293.json");
	json_array_foreach(file, i, call)
	{
		const struct runtime_method *m =
		    metadata_method(md, text_at(call, "method"));
		struct buf bytes = chainmeta_bytes(text_at(call, "params"));
		struct buf again = {0};
		struct scale_reader r;

		scale_read_init(&r, bytes.data, bytes.len);
		for (k = 0; k < m->n_inputs; k++) {
			uint32_t type = m->inputs[k].type;
			json_t *arg = decode_value(md, type, &r, NULL);

			assert_int_equal(
			    encode_value(md, type, arg, &again, NULL), 0);
			json_decref(arg);
		}
		assert_true(scale_done(&r));
		assert_true(chainmeta_is(&again, text_at(call, "params")));
		buf_free(&again);
		buf_free(&bytes);
		n++;
	}
	print_message("runtime-apis-293.json: arguments of %zu of %zu\n", n,
	    json_array_size(file));
	json_decref(file);
	metadata_free(md);
}

/* As recorded, where what is recorded is a number and ours is its text. */
static void
assert_same_number(const json_t *ours, const json_t *theirs)
{
	char text[32];

	if (json_is_string(ours)) {
		snprintf(text, sizeof(text), "%lld",
		    (long long)json_integer_value(theirs));
		assert_string_equal(json_string_value(ours), text);
	} else {
		assert_true(json_equal(ours, theirs));
	}
}

static void
answers_of_spec_438_decode_with_424(void **state)
{
	struct metadata *md;
	json_t *file, *call, *json, *want;
	const char *key;
	size_t i, n = 0, fields = 0;

	(void)state;
	chaindata_or_skip();
	md = chainmeta_load("finney_taohop_20260704.scale");
	file = chaindata_json("golden_spec438.json");
	json_array_foreach(json_object_get(file, "runtime_calls"), i, call)
	{
		json_t *decoded = json_object_get(call, "decoded");

		json = round_trip(
		    md, text_at(call, "method"), text_at(call, "result"));
		if (json_is_integer(decoded))
			assert_true(json_equal(json, decoded));
		json_object_foreach(decoded, key, want)
		{
			assert_same_number(json_object_get(json, key), want);
			fields++;
		}
		if (json_is_object(decoded))
			assert_int_equal(
			    json_object_size(json), json_object_size(decoded));
		json_decref(json);
		n++;
	}
	print_message("golden_spec438.json runtime_calls: %zu of 4 with the "
		      "metadata of 424, %zu hyper-parameters\n",
	    n, fields);
	assert_int_equal(n, 4);
	assert_int_equal(fields, 27);
	json_decref(file);
	metadata_free(md);
}

static json_int_t
constant_of(const struct metadata *md, const char *pallet, const char *name)
{
	const struct constant *c = metadata_constant(md, pallet, name);
	json_t *json = decode_all(md, c->type, c->value, c->value_len, NULL);
	json_int_t v = json_integer_value(json);

	json_decref(json);
	return v;
}

static void
constants_are_as_recorded(void **state)
{
	struct metadata *md;
	json_t *file, *want;
	const char *name;
	size_t n = 0;

	(void)state;
	chaindata_or_skip();
	md = chainmeta_load("finney_taohop_20260704.scale");
	file = chaindata_json("golden_spec438.json");
	json_object_foreach(json_object_get(file, "constants"), name, want)
	{
		char pallet[32];
		size_t dot = strcspn(name, ".");

		snprintf(pallet, sizeof(pallet), "%.*s", (int)dot, name);
		assert_int_equal(constant_of(md, pallet, name + dot + 1),
		    json_integer_value(want));
		n++;
	}
	print_message("golden_spec438.json constants: %zu of 4\n", n);
	assert_int_equal(n, 4);
	json_decref(file);
	metadata_free(md);
}

static void
check_value(const struct metadata *md, uint32_t type, const uint8_t *value,
    size_t len, const char *name)
{
	struct buf b = {0};

	buf_add(&b, value, len);
	json_decref(chainmeta_round_trip(md, type, &b, name));
	buf_free(&b);
}

/* How many constants and defaults the pallet has, all of them values. */
static size_t
check_pallet(const struct metadata *md, const struct pallet *p)
{
	size_t n = p->n_constants;

	for (size_t i = 0; i < p->n_constants; i++) {
		const struct constant *c = &p->constants[i];

		check_value(md, c->type, c->value, c->value_len, c->name);
	}
	for (size_t i = 0; i < p->n_storage; i++) {
		const struct storage_entry *e = &p->storage[i];

		if (!e->has_default)
			continue;
		check_value(
		    md, e->value, e->fallback, e->fallback_len, e->name);
		n++;
	}
	return n;
}

static void
constants_and_defaults_are_values(void **state)
{
	static const char *const files[] = {"metadata-293.scale",
	    "finney_spec343_v14.scale", "finney_spec343_v15.scale",
	    "finney_taohop_20260704.scale",
	    "finney_one-covenant_bittensor-rs_20251227.scale",
	    "subtensor_devnet_spec246ish_20250307.scale"};

	(void)state;
	chaindata_or_skip();
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		struct metadata *md = chainmeta_load(files[i]);
		size_t n = 0;

		for (size_t k = 0; k < md->n_pallets; k++)
			n += check_pallet(md, &md->pallets[k]);
		print_message("%s: %zu constants and defaults\n", files[i], n);
		metadata_free(md);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_metagraph_of_spec_343_is_one_in_three_answers),
	    cmocka_unit_test(answers_of_spec_315_decode_with_343),
	    cmocka_unit_test(doubly_encoded_answers_of_spec_208_are_refused),
	    cmocka_unit_test(answers_of_spec_293_decode_with_343),
	    cmocka_unit_test(arguments_of_spec_293_decode_with_343),
	    cmocka_unit_test(answers_of_spec_438_decode_with_424),
	    cmocka_unit_test(constants_are_as_recorded),
	    cmocka_unit_test(constants_and_defaults_are_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

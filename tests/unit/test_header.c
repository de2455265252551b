/* Headers hash to what the chain says they hash to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "common/buf.h"
#include "common/hex.h"
#include "common/xalloc.h"
#include "subtensor/hash.h"
#include "subtensor/header.h"
#include "tests/lib/chaindata.h"

/* As a node gives it: 0x before everything, the number in hex. */
static json_t *
as_a_node_gives_it(const json_t *from)
{
	static const char *const names[] = {
	    "parentHash", "stateRoot", "extrinsicsRoot"};
	json_t *header = json_object(), *logs = json_array();
	const json_t *log;
	char text[256];
	size_t i;

	for (i = 0; i < 3; i++) {
		snprintf(text, sizeof(text), "0x%s",
		    json_string_value(json_object_get(from, names[i])));
		json_object_set_new(header, names[i], json_string(text));
	}
	snprintf(text, sizeof(text), "0x%llx",
	    (unsigned long long)json_integer_value(
		json_object_get(from, "number")));
	json_object_set_new(header, "number", json_string(text));
	json_array_foreach(json_object_get(from, "logs"), i, log)
	{
		char *hex = xasprintf("0x%s", json_string_value(log));

		json_array_append_new(logs, json_string(hex));
		free(hex);
	}
	json_object_set_new(header, "digest", json_pack("{s:o}", "logs", logs));
	return header;
}

static void
the_golden_block_has_its_hash(void **state)
{
	json_t *file, *header;
	const json_t *golden;
	uint8_t hash[32], expected[32];

	(void)state;
	chaindata_or_skip();
	file = chaindata_json("golden_spec438.json");
	golden = json_object_get(file, "header_block6");
	header = as_a_node_gives_it(golden);
	assert_int_equal(header_hash(header, hash), 0);
	assert_int_equal(
	    hex_decode_exact(json_string_value(json_object_get(golden, "hash")),
		expected, sizeof(expected)),
	    0);
	assert_memory_equal(hash, expected, sizeof(hash));
	print_message("1 vector of golden_spec438.json (header)\n");
	json_decref(header);
	json_decref(file);
}

enum { LONG_LOG = 100000 };

/* A block full of Ethereum transactions lists the hash of each. */
static void
a_log_may_be_long(void **state)
{
	static const char zeros[] = "0x0000000000000000000000000000000000000000"
				    "000000000000000000000000";
	uint8_t *bytes = xcalloc(1, LONG_LOG), hash[32], expected[32];
	struct buf scale = {0};
	json_t *header;
	char *log;

	(void)state;
	memset(bytes, 0x5a, LONG_LOG);
	log = hex_0x(bytes, LONG_LOG);
	header = json_pack("{s:s, s:s, s:s, s:s, s:{s:[s]}}", "parentHash",
	    zeros, "number", "0x7", "stateRoot", zeros, "extrinsicsRoot", zeros,
	    "digest", "logs", log);
	assert_int_equal(header_hash(header, hash), 0);
	memset(buf_reserve(&scale, 98), 0, 98);
	scale.len = 98;
	scale.data[32] = 7 << 2;
	scale.data[97] = 1 << 2;
	buf_add(&scale, bytes, LONG_LOG);
	hash_blake2_256(scale.data, scale.len, expected);
	assert_memory_equal(hash, expected, sizeof(hash));
	buf_free(&scale);
	json_decref(header);
	free(log);
	free(bytes);
}

static void
what_is_no_header_has_no_hash(void **state)
{
	static const char *const texts[] = {
	    "null",
	    "{}",
	    "{\"parentHash\":\"0x00\",\"number\":\"0x1\"}",
	};
	uint8_t hash[32];

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		json_t *value = json_loads(texts[i], JSON_DECODE_ANY, NULL);

		assert_int_equal(header_hash(value, hash), -1);
		json_decref(value);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_golden_block_has_its_hash),
	    cmocka_unit_test(a_log_may_be_long),
	    cmocka_unit_test(what_is_no_header_has_no_hash),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

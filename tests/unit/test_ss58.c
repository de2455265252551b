/* SS58 addresses, both ways. */
#include "subtensor/ss58.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "common/hex.h"
#include "tests/lib/chaindata.h"

static const struct {
	const char *key, *text;
} accounts[] = {
    {"d43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d",
	"5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"},
    {"8eaf04151687736326c9fea17e25fc5287613693c912909cb226aa4794f26a48",
	"5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty"},
    {"0000000000000000000000000000000000000000000000000000000000000000",
	"5C4hrfjw9DjXZTzV3MwzrrAr9P1MJhSrvWGWqi1eSuyUpnhM"},
};

static void
check_account(const char *hex, const char *text)
{
	uint8_t key[32], decoded[32];
	char out[SS58_MAX_TEXT];

	assert_int_equal(hex_decode_exact(hex, key, sizeof(key)), 0);
	assert_int_equal(ss58_encode(SS58_BITTENSOR, key, out), 0);
	assert_string_equal(out, text);
	assert_int_equal(ss58_decode_account(text, decoded), 0);
	assert_memory_equal(decoded, key, sizeof(key));
}

static void
known_accounts_go_both_ways(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(accounts) / sizeof(accounts[0]); i++)
		check_account(accounts[i].key, accounts[i].text);
}

static void
recorded_accounts_go_both_ways(void **state)
{
	json_t *golden, *pair;
	size_t i;

	(void)state;
	chaindata_or_skip();
	golden = chaindata_json("golden_spec438.json");
	assert_true(json_array_size(json_object_get(golden, "ss58")) > 0);
	json_array_foreach(json_object_get(golden, "ss58"), i, pair)
	    check_account(json_string_value(json_array_get(pair, 0)),
		json_string_value(json_array_get(pair, 1)));
	json_decref(golden);
}

static void
every_prefix_comes_back(void **state)
{
	uint8_t key[32], decoded[32];
	char text[SS58_MAX_TEXT];
	uint16_t prefix;

	(void)state;
	for (int i = 0; i < 32; i++)
		key[i] = i * 7;
	for (unsigned p = 0; p < 16384; p++) {
		if (p == 46 || p == 47)
			continue;
		assert_int_equal(ss58_encode(p, key, text), 0);
		assert_int_equal(ss58_decode(text, &prefix, decoded), 0);
		assert_int_equal(prefix, p);
		assert_memory_equal(decoded, key, sizeof(key));
	}
}

static void
reserved_prefixes_are_refused(void **state)
{
	static const uint16_t refused[] = {46, 47, 16384, 65535};
	uint8_t key[32] = {0};
	char text[SS58_MAX_TEXT];

	(void)state;
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		assert_int_equal(ss58_encode(refused[i], key, text), -1);
}

static void
what_is_no_address_is_refused(void **state)
{
	static const char *const texts[] = {
	    "",
	    "5",
	    "1",
	    "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQZ", /* checksum */
	    "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQ",
	    "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQYY",
	    " 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY",
	    "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY ",
	    "15GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY",
	    "0GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY", /* no 0 */
	    "5Grwv\xc3\xa4"
	    "EF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKut",
	    "0xd43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7",
	    "11111111111111111111111111111111111111111111111111111111",
	    "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz",
	};
	uint8_t key[32];
	uint16_t prefix;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_int_equal(ss58_decode(texts[i], &prefix, key), -1);
}

static void
another_network_is_no_account(void **state)
{
	uint8_t key[32] = {1}, decoded[32];
	char text[SS58_MAX_TEXT];
	uint16_t prefix;

	(void)state;
	assert_int_equal(ss58_encode(0, key, text), 0);
	assert_int_equal(ss58_decode(text, &prefix, decoded), 0);
	assert_int_equal(ss58_decode_account(text, decoded), -1);
}

/* Prefixes under 64 have a two-byte spelling, too; only one may be right. */
static void
a_prefix_spelled_long_is_refused(void **state)
{
	uint8_t raw[MAX_RAW] = {0x40 | 42 >> 2, (42 & 3) << 6}, key[32];
	char text[SS58_MAX_TEXT];
	uint16_t prefix;

	(void)state;
	checksum(raw, 34, raw + 34);
	base58_encode(raw, sizeof(raw), text);
	assert_int_equal(ss58_decode(text, &prefix, key), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(known_accounts_go_both_ways),
	    cmocka_unit_test(recorded_accounts_go_both_ways),
	    cmocka_unit_test(every_prefix_comes_back),
	    cmocka_unit_test(reserved_prefixes_are_refused),
	    cmocka_unit_test(what_is_no_address_is_refused),
	    cmocka_unit_test(another_network_is_no_account),
	    cmocka_unit_test(a_prefix_spelled_long_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

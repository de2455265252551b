/* Storage by name on the development chain: keys, defaults, vectors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/buf.h"
#include "common/hex.h"
#include "common/xalloc.h"
#include "subtensor/decode.h"
#include "subtensor/metadata.h"
#include "subtensor/scale.h"
#include "tests/fake/devchain/account.h"
#include "tests/fake/devchain/runtime.h"
#include "tests/fake/devchain/storage.h"
#include "tests/lib/chaindata.h"

struct fixture {
	struct runtime *rt;
	struct state *state;
	struct place place;
	struct view v;
};

static int
set_up(void **state)
{
	const struct runtime_spec spec = {
	    .spec_version = 424, .transaction_version = 1};
	struct fixture *f = xcalloc(1, sizeof(*f));

	f->rt = runtime_new(&spec);
	f->state = state_new();
	f->v = runtime_view(f->rt, f->state, &f->place);
	*state = f;
	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *f = *state;

	state_free(f->state);
	runtime_free(f->rt);
	free(f);
	return 0;
}

/* A key of the recorded ones, "u16:1" or "acc:<hex>", added to the item. */
static struct item
with_recorded_key(struct item i, const char *text)
{
	uint8_t bytes[32];

	if (strncmp(text, "u16:", 4) == 0) {
		uint16_t v = atoi(text + 4);

		bytes[0] = v & 0xff;
		bytes[1] = v >> 8;
		return item_with(i, bytes, 2);
	}
	assert_int_equal(hex_decode_exact(text + 4, bytes, 32), 0);
	return item_with(i, bytes, 32);
}

static void
keys_are_the_recorded_ones(void **state)
{
	struct fixture *f = *state;
	json_t *golden, *one, *key;
	size_t i, k, checked = 0;

	chaindata_or_skip();
	golden = chaindata_json("golden_spec438.json");
	json_array_foreach(json_object_get(golden, "storage_keys"), i, one)
	{
		const char *pallet = json_string_value(json_array_get(one, 0));
		const char *entry = json_string_value(json_array_get(one, 1));
		struct item it = item(pallet, entry);
		struct buf b = {0};
		char *hex;

		if (metadata_storage(f->rt->md, pallet, entry, NULL) == NULL)
			continue;
		json_array_foreach(json_array_get(one, 2), k, key) it =
		    with_recorded_key(it, json_string_value(key));
		item_key(f->rt->md, it, &b);
		hex = hex_0x(b.data, b.len);
		assert_string_equal(
		    hex + 2, json_string_value(json_array_get(one, 3)));
		free(hex);
		buf_free(&b);
		checked++;
	}
	assert_true(checked >= 9);
	json_decref(golden);
}

static void
what_is_not_stored_is_the_default(void **state)
{
	struct fixture *f = *state;
	struct bytes b;

	assert_int_equal(view_uint(&f->v, item_net("Tempo", 7)), 360);
	assert_int_equal(
	    view_uint(&f->v, item_net("WeightsSetRateLimit", 7)), 100);
	assert_false(view_has(&f->v, item_net("Tempo", 7)));
	assert_false(view_get(
	    &f->v, item_net_account("Uids", 7, (const uint8_t[32]){1}), &b));
}

static void
integers_are_stored_in_their_types_width(void **state)
{
	static const struct {
		const char *entry;
		size_t width;
	} cases[] = {{"Tempo", 2}, {"WeightsVersionKey", 8},
	    {"NetworksAdded", 1}, {"SubnetVolume", 16}};
	struct fixture *f = *state;
	struct bytes b;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct item it = item_net(cases[i].entry, 3);

		view_put_uint(&f->v, it, 1);
		assert_true(view_get(&f->v, it, &b));
		assert_int_equal(b.len, cases[i].width);
		assert_int_equal(view_uint(&f->v, it), 1);
	}
}

static void
a_vector_grows_to_the_item_that_is_set(void **state)
{
	struct fixture *f = *state;
	struct item it = item_net("LastUpdate", 1);
	struct bytes b;

	view_put_nth(&f->v, it, 2, 77);
	view_put_nth(&f->v, it, 0, 5);
	assert_int_equal(view_nth(&f->v, it, 0), 5);
	assert_int_equal(view_nth(&f->v, it, 1), 0);
	assert_int_equal(view_nth(&f->v, it, 2), 77);
	assert_int_equal(view_nth(&f->v, it, 3), 0);
	assert_true(view_get(&f->v, it, &b));
	assert_int_equal(b.len, 1 + 3 * 8);
}

static void
an_account_written_is_read_and_decodes(void **state)
{
	struct fixture *f = *state;
	const struct account a = {.nonce = 3, .providers = 1, .free = 500};
	const uint8_t id[32] = {9};
	const struct storage_entry *e =
	    metadata_storage(f->rt->md, "System", "Account", NULL);
	struct bytes b;
	json_t *j;

	account_write(&f->v, id, &a);
	assert_int_equal(account_read(&f->v, id).nonce, 3);
	assert_int_equal(account_read(&f->v, id).free, 500);
	assert_true(
	    view_get(&f->v, item_with(item("System", "Account"), id, 32), &b));
	j = decode_all(f->rt->md, e->value, b.data, b.len, NULL);
	assert_int_equal(json_integer_value(json_object_get(j, "nonce")), 3);
	json_decref(j);
}

static void
an_account_is_named_in_three_ways(void **state)
{
	static const char *const names[] = {"//Alice",
	    "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY",
	    "0xd43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27"
	    "d"};
	uint8_t id[32];
	char hex[65];

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(account_parse(names[i], id, NULL), 0);
		hex_encode(id, 32, hex);
		assert_string_equal(hex, names[2] + 2);
	}
	assert_int_equal(account_parse("nobody knows", id, NULL), -1);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    CASE(keys_are_the_recorded_ones),
	    CASE(what_is_not_stored_is_the_default),
	    CASE(integers_are_stored_in_their_types_width),
	    CASE(a_vector_grows_to_the_item_that_is_set),
	    CASE(an_account_written_is_read_and_decodes),
	    CASE(an_account_is_named_in_three_ways),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

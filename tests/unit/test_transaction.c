/*
 * By which call weights are set on a runtime, and the bytes of each: real
 * metadata, recorded vectors, commits that really open.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "subtensor/metadata.h"
#include "tests/lib/chaindata.h"
#include "tests/lib/chainmeta.h"
#include "weightsetter/method.c"
#include "weightsetter/runtime.h"
#include "weightsetter/seal.c"
#include "weightsetter/transaction.c"

enum { MOST_NUMBERS = 256 };

static const char spec_293[] = "metadata-293.scale";
static const char spec_343[] = "finney_spec343_v15.scale";
static const char spec_424[] = "finney_taohop_20260704.scale";
static const char alice[] = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";

/* In the place of ledger.c and snapshot.c. */
bool
ledger_is_commit(enum ledger_action action)
{
	return action == LEDGER_TIMELOCK || action == LEDGER_HASH;
}

uint16_t
snapshot_index(uint16_t netuid, uint8_t mecid)
{
	return (uint16_t)(mecid * 4096 + netuid);
}

/* -- which call ---------------------------------------------------------- */

static struct snapshot
subnet(bool commit_reveal, uint64_t version)
{
	struct snapshot s = {.netuid = 11};

	s.hyper.commit_reveal = commit_reveal;
	s.hyper.commit_reveal_version = version;
	s.beacon.exists = true;
	memcpy(s.beacon.public, timelock_quicknet, TIMELOCK_PUBLIC);
	s.beacon.times = (struct beacon_times){1692803367, 3};
	return s;
}

static void
the_call_goes_with_runtime_subnet_and_wish(void **state)
{
	static const struct {
		const char *file;
		bool commit_reveal;
		uint64_t version;
		uint8_t mecid;
		enum method_commits wish;
		enum ledger_action action;
		const char *call, *alarm;
	} cases[] = {
	    {spec_424, false, 4, 0, METHOD_AUTO, LEDGER_SET,
		"set_mechanism_weights", NULL},
	    {spec_424, false, 0, 3, METHOD_PLAIN, LEDGER_SET,
		"set_mechanism_weights", NULL},
	    {spec_424, true, 4, 0, METHOD_AUTO, LEDGER_TIMELOCK,
		"commit_timelocked_mechanism_weights", NULL},
	    {spec_424, true, 4, 1, METHOD_TIMELOCK, LEDGER_TIMELOCK,
		"commit_timelocked_mechanism_weights", NULL},
	    {spec_424, true, 5, 0, METHOD_AUTO, LEDGER_TIMELOCK,
		"commit_timelocked_mechanism_weights", "commit_reveal_version"},
	    {spec_424, true, 3, 0, METHOD_AUTO, LEDGER_TIMELOCK,
		"commit_timelocked_mechanism_weights", "commit_reveal_version"},
	    {spec_424, true, 5, 0, METHOD_PLAIN, LEDGER_HASH,
		"commit_mechanism_weights", NULL},
	    {spec_343, true, 4, 0, METHOD_AUTO, LEDGER_TIMELOCK,
		"commit_timelocked_mechanism_weights", NULL},
	    {spec_293, false, 0, 0, METHOD_AUTO, LEDGER_SET, "set_weights",
		NULL},
	    {spec_293, false, 0, 1, METHOD_AUTO, LEDGER_SET, NULL, "no_call"},
	    {spec_293, true, 0, 0, METHOD_AUTO, LEDGER_TIMELOCK,
		"commit_crv3_weights", NULL},
	    {spec_293, true, 5, 0, METHOD_AUTO, LEDGER_TIMELOCK,
		"commit_crv3_weights", "commit_reveal_version"},
	    {spec_293, true, 0, 1, METHOD_AUTO, LEDGER_TIMELOCK, NULL,
		"no_call"},
	    {spec_293, true, 0, 0, METHOD_PLAIN, LEDGER_HASH, "commit_weights",
		NULL},
	};

	(void)state;
	chaindata_or_skip();
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct metadata *md = chainmeta_load(cases[i].file);
		struct snapshot s =
		    subnet(cases[i].commit_reveal, cases[i].version);
		struct method m =
		    method_choose(md, &s, cases[i].mecid, cases[i].wish, true);

		assert_int_equal(m.action, cases[i].action);
		if (cases[i].call == NULL)
			assert_null(m.call);
		else
			assert_string_equal(m.call, cases[i].call);
		if (cases[i].alarm == NULL)
			assert_null(m.alarm);
		else
			assert_string_equal(m.alarm, cases[i].alarm);
		metadata_free(md);
	}
}

static void
a_beacon_must_be_quicknet_where_others_use_it(void **state)
{
	struct snapshot s = subnet(true, 4);
	struct metadata *md;

	(void)state;
	chaindata_or_skip();
	md = chainmeta_load(spec_424);
#define ALARM(must) method_choose(md, &s, 0, METHOD_AUTO, must).alarm
	assert_null(ALARM(true));
	s.beacon.public[5] ^= 1;
	assert_string_equal(ALARM(true), "beacon_differs");
	assert_null(ALARM(false));
	s = subnet(true, 4);
	s.beacon.times.genesis_s++;
	assert_string_equal(ALARM(true), "beacon_differs");
	s = subnet(true, 4);
	s.beacon.times.period_s = 30;
	assert_string_equal(ALARM(true), "beacon_differs");
	s.beacon.times.period_s = 0;
	assert_string_equal(ALARM(false), "no_beacon");
	s.beacon.exists = false;
	assert_string_equal(ALARM(false), "no_beacon");
#undef ALARM
	metadata_free(md);
}

static void
finney_is_known_by_its_genesis(void **state)
{
	uint8_t genesis[32];

	(void)state;
	assert_int_equal(
	    hex_decode_exact("0x2f0555cc76fc2840a25a6ea3b9637146806f1f44b090c17"
			     "5ffde2a7e5ab36c03",
		genesis, sizeof(genesis)),
	    0);
	assert_true(method_is_public(genesis));
	genesis[0]++;
	assert_false(method_is_public(genesis));
}

static void
wishes_by_name(void **state)
{
	(void)state;
	assert_int_equal(method_commits_of("auto"), METHOD_AUTO);
	assert_int_equal(method_commits_of("timelock"), METHOD_TIMELOCK);
	assert_int_equal(method_commits_of("plain"), METHOD_PLAIN);
	assert_int_equal(method_commits_of("maybe"), -1);
}

/* -- its bytes ----------------------------------------------------------- */

static uint16_t two[] = {0, 5}, two_weights[] = {65535, 32768};
static uint16_t seven[] = {7}, most[] = {65535};

struct order {
	enum ledger_action action;
	const char *call;
	uint8_t mecid;
	uint16_t *uids, *weights;
	size_t n;
	uint64_t version_key;
	const char *commit_hash, *vector; /* of derived_vectors.json */
};

static struct ledger_row
row_of(const struct order *o)
{
	struct ledger_row row = {.netuid = 11,
	    .mecid = o->mecid,
	    .action = o->action,
	    .version_key = o->version_key,
	    .sent = {o->uids, o->weights, o->n},
	    .reveal_round = 1000,
	    .salt = {1, 2},
	    .n_salt = 2};

	snprintf(row.call, sizeof(row.call), "%s", o->call);
	snprintf(row.hotkey, sizeof(row.hotkey), "%s", alice);
	if (o->commit_hash != NULL)
		snprintf(row.commit_hash, sizeof(row.commit_hash), "%s",
		    o->commit_hash);
	return row;
}

#define AB "abababababababababababababababababababababababababababababababab"
#define CD "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd"

static const struct order orders[] = {
    {LEDGER_SET, "set_weights", 0, two, two_weights, 2, 1, NULL,
	"set_weights(11,[0,5],[65535,32768],1)"},
    {LEDGER_SET, "set_mechanism_weights", 0, two, two_weights, 2, 10002000,
	NULL, "set_mechanism_weights(11,0,[0,5],[65535,32768],10002000)"},
    {LEDGER_HASH, "commit_mechanism_weights", 1, NULL, NULL, 0, 0, "0x" AB,
	"commit_mechanism_weights(11,1,hash ab*32)"},
    {LEDGER_HASH, "commit_weights", 0, NULL, NULL, 0, 0, "0x" CD,
	"commit_weights(11, cd*32)"},
    {LEDGER_REVEAL, "reveal_mechanism_weights", 1, seven, most, 1, 3, NULL,
	"reveal_mechanism_weights(11,1,[7],[65535],[1,2],3)"},
    {LEDGER_TIMELOCK, "commit_timelocked_mechanism_weights", 0, NULL, NULL, 0,
	0, NULL,
	"commit_timelocked_mechanism_weights(11,0,[de ad be ef],round 1000,"
	"version 4)"},
    {LEDGER_TIMELOCK, "commit_timelocked_weights", 0, NULL, NULL, 0, 0, NULL,
	"commit_timelocked_weights(11,[de ad be ef],1000,4)"},
};

static int
make_row(const struct metadata *md, const struct ledger_row *row,
    struct transaction *t, struct err *err)
{
	struct runtime r = {.spec_version = 424,
	    .transaction_version = 1,
	    .md = (struct metadata *)md};
	const uint8_t genesis[32] = {0};
	uint8_t dead[] = {0xde, 0xad, 0xbe, 0xef};
	struct buf sealed = {dead, sizeof(dead), sizeof(dead)};

	return transaction_make(
	    t, &r, row, &sealed, era_at(64, 100), genesis, "0x" AB, err);
}

static void
calls_are_the_recorded_bytes(void **state)
{
	struct transaction t = {0};
	struct metadata *md;
	json_t *file;
	struct err err;

	(void)state;
	chaindata_or_skip();
	md = chainmeta_load(spec_424);
	file = chaindata_json("derived_vectors.json");
	for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
		struct ledger_row row = row_of(&orders[i]);
		const char *want = json_string_value(json_object_get(
		    json_object_get(file, "calls"), orders[i].vector));

		assert_non_null(want);
		if (make_row(md, &row, &t, &err) != 0)
			fail_msg("%s: %s", orders[i].call, err.text);
		assert_true(chainmeta_is(&t.call, want));
		/* and the payload begins with the call */
		assert_memory_equal(t.payload.data, t.call.data, t.call.len);
	}
	transaction_clear(&t);
	json_decref(file);
	metadata_free(md);
}

/* The form before has neither a mechanism nor a version. */
static void
older_calls_fit_their_runtime(void **state)
{
	static const struct order old[] = {
	    {LEDGER_TIMELOCK, "commit_crv3_weights", 0, NULL, NULL, 0, 0, NULL,
		NULL},
	    {LEDGER_HASH, "commit_weights", 0, NULL, NULL, 0, 0, "0x" CD, NULL},
	    {LEDGER_REVEAL, "reveal_weights", 0, seven, most, 1, 3, NULL, NULL},
	    {LEDGER_SET, "set_weights", 0, two, two_weights, 2, 1, NULL, NULL},
	};
	struct transaction t = {0};
	struct metadata *md;
	struct err err;

	(void)state;
	chaindata_or_skip();
	md = chainmeta_load(spec_293);
	for (size_t i = 0; i < sizeof(old) / sizeof(old[0]); i++) {
		struct ledger_row row = row_of(&old[i]);

		if (make_row(md, &row, &t, &err) != 0)
			fail_msg("%s: %s", old[i].call, err.text);
	}
	transaction_clear(&t);
	metadata_free(md);
}

static void
a_call_of_another_shape_is_refused(void **state)
{
	struct transaction t = {0};
	struct metadata *md;
	struct ledger_row row;
	struct err err = {{0}};

	(void)state;
	chaindata_or_skip();
	md = chainmeta_load(spec_424);
	row = row_of(&orders[0]);
	snprintf(row.call, sizeof(row.call), "serve_axon");
	assert_int_equal(make_row(md, &row, &t, &err), -1);
	assert_string_not_equal(err.text, "");
	snprintf(row.call, sizeof(row.call), "no_such_call");
	assert_int_equal(make_row(md, &row, &t, &err), -1);
	transaction_clear(&t);
	metadata_free(md);
}

/* -- seals --------------------------------------------------------------- */

static size_t
take_numbers(const json_t *list, uint16_t *out)
{
	const json_t *item;
	size_t i;

	assert_true(json_array_size(list) <= MOST_NUMBERS);
	json_array_foreach((json_t *)list, i, item) out[i] =
	    (uint16_t)json_integer_value(item);
	return json_array_size(list);
}

static void
hashes_are_the_recorded_ones(void **state)
{
	uint16_t uids[MOST_NUMBERS], values[MOST_NUMBERS];
	const json_t *one;
	json_t *file;
	size_t i;

	(void)state;
	chaindata_or_skip();
	file = chaindata_json("derived_vectors.json");
	json_array_foreach(json_object_get(file, "plain_commit_hash"), i, one)
	{
		struct ledger_row row = {.sent = {uids, values, 0}};
		uint64_t index = (uint64_t)json_integer_value(
		    json_object_get(one, "netuid_index"));
		uint8_t account[32], hash[32], want[32];

		hex_decode_exact(
		    json_string_value(json_object_get(one, "account")), account,
		    sizeof(account));
		ss58_encode(42, account, row.hotkey);
		row.netuid = index % 4096;
		row.mecid = (uint8_t)(index / 4096);
		row.sent.n = take_numbers(json_object_get(one, "uids"), uids);
		take_numbers(json_object_get(one, "values"), values);
		row.n_salt =
		    take_numbers(json_object_get(one, "salt"), row.salt);
		row.version_key = (uint64_t)json_integer_value(
		    json_object_get(one, "version_key"));
		assert_int_equal(seal_hash_of(&row, hash), 0);
		hex_decode_exact(
		    json_string_value(json_object_get(one, "hash")), want,
		    sizeof(want));
		assert_memory_equal(hash, want, sizeof(want));
	}
	print_message("derived_vectors.json plain_commit_hash: %zu\n", i);
	json_decref(file);
}

static void
each_plain_commit_has_a_salt_of_its_own(void **state)
{
	struct ledger_row a = row_of(&orders[0]), b = row_of(&orders[0]);
	uint8_t hash[32], named[32];

	(void)state;
	assert_int_equal(seal_hash(&a, NULL), 0);
	assert_int_equal(seal_hash(&b, NULL), 0);
	assert_true(a.n_salt >= 8);
	assert_memory_not_equal(a.salt, b.salt, sizeof(a.salt));
	assert_string_not_equal(a.commit_hash, b.commit_hash);
	assert_int_equal(seal_hash_of(&a, hash), 0);
	assert_int_equal(hex_decode_exact(a.commit_hash, named, 32), 0);
	assert_memory_equal(hash, named, sizeof(hash));
}

static void
expect_opened(const char *call, bool has_hotkey)
{
	static const uint8_t secret[32] = {[31] = 7};
	struct order o = orders[0];
	struct beacon beacon = {.exists = true};
	struct buf sealed = {0}, text = {0}, want = {0};
	uint8_t signature[TIMELOCK_SIGNATURE], public[32], hash[32], named[32];
	struct ledger_row row;
	struct err err;

	o.call = call;
	row = row_of(&o);
	timelock_public_of(secret, beacon.public);
	assert_int_equal(seal_timelock(&row, &beacon, 4711, &sealed, &err), 0);
	assert_int_equal(row.reveal_round, 4711);
	timelock_sign(secret, 4711, signature);
	assert_int_equal(
	    timelock_decrypt(signature, sealed.data, sealed.len, &text, &err),
	    0);
	ss58_decode_account(alice, public);
	timelock_weights(
	    has_hotkey ? public : NULL, two, two_weights, 2, 1, &want);
	assert_int_equal(text.len, want.len);
	assert_memory_equal(text.data, want.data, want.len);
	hash_blake2_256(sealed.data, sealed.len, hash);
	assert_int_equal(hex_decode_exact(row.commit_hash, named, 32), 0);
	assert_memory_equal(hash, named, sizeof(hash));
	buf_free(&sealed);
	buf_free(&text);
	buf_free(&want);
}

static void
timelocked_weights_open_to_what_was_sealed(void **state)
{
	(void)state;
	expect_opened("commit_timelocked_mechanism_weights", true);
	expect_opened("commit_crv3_mechanism_weights", true);
	expect_opened("commit_crv3_weights", false);
}

static void
a_beacon_that_is_none_seals_nothing(void **state)
{
	struct ledger_row row = row_of(&orders[0]);
	struct beacon beacon = {.exists = true};
	struct buf sealed = {0};
	struct err err = {{0}};

	(void)state;
	assert_int_equal(seal_timelock(&row, &beacon, 1, &sealed, &err), -1);
	assert_string_not_equal(err.text, "");
	buf_free(&sealed);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_call_goes_with_runtime_subnet_and_wish),
	    cmocka_unit_test(a_beacon_must_be_quicknet_where_others_use_it),
	    cmocka_unit_test(finney_is_known_by_its_genesis),
	    cmocka_unit_test(wishes_by_name),
	    cmocka_unit_test(calls_are_the_recorded_bytes),
	    cmocka_unit_test(older_calls_fit_their_runtime),
	    cmocka_unit_test(a_call_of_another_shape_is_refused),
	    cmocka_unit_test(hashes_are_the_recorded_ones),
	    cmocka_unit_test(each_plain_commit_has_a_salt_of_its_own),
	    cmocka_unit_test(timelocked_weights_open_to_what_was_sealed),
	    cmocka_unit_test(a_beacon_that_is_none_seals_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Signed statements: their bytes, what breaks them; vectors side by side. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "subnetctl/differ.c"
#include "subnetctl/statement.c"
#include "subtensor/suri.h"

static const char hash_a[] =
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
static const char hash_b[] =
    "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

static void
make_key(const char *suri, struct sr25519_keypair *pair, char hotkey[])
{
	assert_int_equal(suri_to_keypair(suri, pair, NULL), 0);
	assert_int_equal(ss58_encode(SS58_BITTENSOR, pair->public, hotkey), 0);
}

static void
sign(struct statement *s, const struct sr25519_keypair *pair)
{
	struct buf text = {0};

	buf_printf(&text, "subnetd/%s\n", s->whole ? "scores" : "score");
	statement_text(s, &text);
	sr25519_sign(pair, text.data, text.len, s->signature);
	buf_free(&text);
}

static int
by_hotkey(const void *a, const void *b)
{
	return strcmp(((const struct statement_entry *)a)->hotkey,
	    ((const struct statement_entry *)b)->hotkey);
}

/* Of so many miners, signed by //Alice; the caller clears it. */
static struct statement
make(bool whole, size_t n)
{
	struct statement s = {.whole = whole,
	    .netuid = 11,
	    .mecid = 0,
	    .epoch = 7,
	    .block = 700,
	    .n = n};
	struct sr25519_keypair pair;
	char suri[32];

	memcpy(s.inputs_sha256, hash_a, STATEMENT_HASH);
	memcpy(s.policy_sha256, hash_b, STATEMENT_HASH);
	s.entries = xcalloc(n + 1, sizeof(*s.entries));
	for (size_t i = 0; i < n; i++) {
		struct statement_entry *e = &s.entries[i];

		snprintf(suri, sizeof(suri), "//Miner%zu", i);
		make_key(suri, &pair, e->hotkey);
		e->uid = 3 + (int)i;
		e->score = 0.1 + (double)i;
		e->win_rate = i == 0 ? NAN : 0.5;
		e->weight = 1. / 3;
		e->jobs = 12;
		e->successes = 10;
	}
	qsort(s.entries, n, sizeof(*s.entries), by_hotkey);
	make_key("//Alice", &pair, s.validator);
	sign(&s, &pair);
	return s;
}

/* -- the bytes ---------------------------------------------------------- */

static void
one_hotkey_is_signed_as_these_lines(void **state)
{
	struct statement s = make(false, 1);
	struct buf text = {0}, want = {0};

	(void)state;
	statement_text(&s, &text);
	buf_printf(&want,
	    "netuid 11\nmecid 0\nepoch 7\nblock 700\nvalidator "
	    "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY\n"
	    "inputs_sha256 %s\npolicy_sha256 %s\nhotkey %s\nuid 3\n"
	    "score 0.1\nwin_rate -\nweight 0.3333333333333333\njobs 12\n"
	    "successes 10\n",
	    hash_a, hash_b, s.entries[0].hotkey);
	assert_string_equal(buf_str(&text), buf_str(&want));
	buf_free(&text);
	buf_free(&want);
	statement_clear(&s);
}

static void
a_round_is_signed_by_the_hash_of_its_lines(void **state)
{
	struct statement s = make(true, 2);
	unsigned char digest[32];
	struct buf text = {0}, want = {0}, lines = {0};
	char hex[65];

	(void)state;
	for (size_t i = 0; i < 2; i++)
		buf_printf(&lines, "%s %d %s 0.3333333333333333 12 10\n",
		    s.entries[i].hotkey, s.entries[i].uid,
		    s.entries[i].uid == 3 ? "0.1 -" : "1.1 0.5");
	crypto_hash_sha256(digest, lines.data, lines.len);
	hex_encode(digest, 32, hex);
	buf_printf(&want,
	    "netuid 11\nmecid 0\nepoch 7\nblock 700\nvalidator "
	    "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY\n"
	    "inputs_sha256 %s\npolicy_sha256 %s\nentries 2\n"
	    "entries_sha256 %s\n",
	    hash_a, hash_b, hex);
	statement_text(&s, &text);
	assert_string_equal(buf_str(&text), buf_str(&want));
	buf_free(&text);
	buf_free(&want);
	buf_free(&lines);
	statement_clear(&s);
}

/* -- there and back ----------------------------------------------------- */

static void
what_was_printed_is_read_and_holds(void **state)
{
	(void)state;
	for (int whole = 0; whole < 2; whole++) {
		struct statement s = make(whole, whole ? 5 : 1), back;
		json_t *json = statement_print(&s);
		char *text = json_dumps(json, 0);
		json_t *again = json_loads(text, 0, NULL);
		struct err err;

		assert_int_equal(statement_parse(again, &back, &err), 0);
		assert_true(statement_is_signed(&back));
		assert_int_equal(back.n, s.n);
		assert_memory_equal(back.signature, s.signature, 64);
		statement_clear(&s);
		statement_clear(&back);
		json_decref(json);
		json_decref(again);
		free(text);
	}
}

static void
check_broken(const json_t *json, const char *what)
{
	struct statement s;
	struct err err;

	if (statement_parse(json, &s, &err) == 0 && statement_is_signed(&s))
		fail_msg("another %s, and still signed", what);
	statement_clear(&s);
}

/* Another value of the same type. */
static json_t *
other(const json_t *v)
{
	if (json_is_integer(v))
		return json_integer(json_integer_value(v) + 1);
	if (json_is_real(v))
		return json_real(json_real_value(v) * (1 + 1e-15));
	if (json_is_null(v))
		return json_real(0.25);
	if (strlen(json_string_value(v)) == 64)
		return json_string("cccccccccccccccccccccccccccccccccccccccccc"
				   "cccccccccccccccccccccc");
	return json_string("5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty");
}

static void
whatever_is_changed_breaks_it(void **state)
{
	static const char *const head[] = {"netuid", "mecid", "epoch", "block",
	    "validator", "inputs_sha256", "policy_sha256"};
	static const char *const entry[] = {"hotkey", "uid", "score",
	    "win_rate", "weight", "jobs", "successes"};

	(void)state;
	for (size_t i = 0; i < 14; i++) {
		const char *name = i < 7 ? head[i] : entry[i - 7];
		struct statement one = make(false, 1), all = make(true, 2);
		json_t *a = statement_print(&one), *b = statement_print(&all);
		json_t *in =
		    i < 7 ? b
			  : json_array_get(json_object_get(b, "entries"), 1);

		json_object_set_new(a, name, other(json_object_get(a, name)));
		json_object_set_new(in, name, other(json_object_get(in, name)));
		check_broken(a, name);
		check_broken(b, name);
		json_decref(a);
		json_decref(b);
		statement_clear(&one);
		statement_clear(&all);
	}
}

static void
entries_cannot_come_or_go_or_change_places(void **state)
{
	struct statement s = make(true, 3);
	json_t *json = statement_print(&s);
	json_t *list = json_object_get(json, "entries");
	json_t *first = json_incref(json_array_get(list, 0));

	(void)state;
	json_array_remove(list, 0);
	check_broken(json, "number of entries");
	json_array_append(list, first);
	check_broken(json, "order of entries");
	json_decref(first);
	json_decref(json);
	statement_clear(&s);
}

static void
another_key_does_not_sign_for_it(void **state)
{
	struct statement s = make(true, 2);
	struct sr25519_keypair bob;
	char hotkey[SS58_MAX_TEXT];

	(void)state;
	make_key("//Bob", &bob, hotkey);
	assert_true(statement_is_signed(&s));
	sign(&s, &bob);
	assert_false(statement_is_signed(&s));
	memcpy(s.validator, hotkey, sizeof(hotkey));
	assert_false(statement_is_signed(&s)); /* that was said by Alice */
	sign(&s, &bob);
	assert_true(statement_is_signed(&s));
	statement_clear(&s);
}

static void
one_is_not_taken_for_the_other(void **state)
{
	struct statement s = make(false, 1);

	(void)state;
	s.whole = true;
	assert_false(statement_is_signed(&s));
	statement_clear(&s);
}

static void
check_refused(const char *name, json_t *value, const char *why)
{
	struct statement s = make(false, 1), back;
	json_t *json = statement_print(&s);
	struct err err = {""};

	if (value != NULL)
		json_object_set_new(json, name, value);
	else
		json_object_del(json, name);
	assert_int_equal(statement_parse(json, &back, &err), -1);
	if (strstr(err.text, why) == NULL)
		fail_msg("%s: %s", name, err.text);
	statement_clear(&back);
	statement_clear(&s);
	json_decref(json);
}

static void
what_is_no_statement_is_refused(void **state)
{
	(void)state;
	check_refused("netuid", NULL, "netuid");
	check_refused("netuid", json_integer(65536), "netuid");
	check_refused("epoch", json_real(7), "epoch");
	check_refused("epoch", json_integer(-1), "epoch");
	check_refused("validator", json_string("5Grwva"), "validator");
	check_refused("inputs_sha256", json_string("AB"), "inputs_sha256");
	check_refused("score", json_string("1"), "score");
	check_refused("score", NULL, "score");
	check_refused("signature", json_string("0x00"), "signature");
	check_refused("entries", json_integer(1), "entries");
	check_refused("entries", json_pack("[i]", 1), "entry 0");
}

/* -- side by side ------------------------------------------------------- */

static void
differences_come_largest_first(void **state)
{
	struct differ_row rows[] = {{1, "5A", 2, 10}, {2, "5B", 1, 30},
	    {3, NULL, 1, 0}, {4, "5D", 4, 40}};
	struct differ how;
	json_t *json;

	(void)state;
	differ_compute(rows, 4, &how); /* .25 .125 .125 .5, .125 .375 0 .5 */
	assert_true(fabs(how.moved - 0.25) < 1e-12);
	assert_true(
	    fabs(how.cosine - 0.328125 / sqrt(0.34375 * 0.40625)) < 1e-12);
	assert_int_equal(rows[0].uid, 2);
	assert_int_equal(rows[1].uid, 1); /* as far apart as 3 */
	assert_int_equal(rows[2].uid, 3);
	json = differ_json(rows, 4, 10, "ours", "theirs");
	assert_int_equal(json_array_size(json), 3); /* 4 does not differ */
	assert_true(
	    json_is_null(json_object_get(json_array_get(json, 2), "hotkey")));
	assert_true(json_number_value(json_object_get(
			json_array_get(json, 0), "difference")) == 0.25);
	json_decref(json);
	json = differ_json(rows, 4, 1, "ours", "theirs");
	assert_int_equal(json_array_size(json), 1);
	json_decref(json);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(one_hotkey_is_signed_as_these_lines),
	    cmocka_unit_test(a_round_is_signed_by_the_hash_of_its_lines),
	    cmocka_unit_test(what_was_printed_is_read_and_holds),
	    cmocka_unit_test(whatever_is_changed_breaks_it),
	    cmocka_unit_test(entries_cannot_come_or_go_or_change_places),
	    cmocka_unit_test(another_key_does_not_sign_for_it),
	    cmocka_unit_test(one_is_not_taken_for_the_other),
	    cmocka_unit_test(what_is_no_statement_is_refused),
	    cmocka_unit_test(differences_come_largest_first),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}

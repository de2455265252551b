/* API keys: their form, what is none, their hash; roles by name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/api_key.h"
#include "common/hex.h"

#define ID "abcdefgh0123"
#define SECRET                                                                 \
	"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void
a_key_is_read_as_it_is_printed(void **state)
{
	struct api_key key, again;
	char text[API_KEY_TEXT];

	(void)state;
	assert_int_equal(api_key_parse("snk_" ID "_" SECRET, &key), 0);
	assert_string_equal(key.id, ID);
	assert_string_equal(key.secret, SECRET);
	api_key_make(&key);
	api_key_print(&key, text);
	assert_int_equal(api_key_parse(text, &again), 0);
	assert_string_equal(again.id, key.id);
	assert_string_equal(again.secret, key.secret);
	assert_true(api_key_id_is_valid(key.id));
}

static void
what_has_another_form_is_none(void **state)
{
	static const char *const bad[] = {"", "snk_", "snk__", "snk_" ID,
	    "snk_" ID "_", "skn_" ID "_" SECRET, "SNK_" ID "_" SECRET,
	    " snk_" ID "_" SECRET, "snk_" ID "_" SECRET " ",
	    "snk_" ID "_" SECRET "0", "snk_" ID "_0" SECRET,
	    "snk_" ID "__" SECRET, "snk_" ID SECRET, "snk_abcdefgh012_" SECRET,
	    "snk_Abcdefgh0123_" SECRET, "snk_abcdefgh-123_" SECRET,
	    "snk_" ID "abcdefghijabcdefghij_1_" SECRET,
	    "snk_" ID "abcdefghijabcdefghijk_" SECRET,
	    "snk_" ID "_0123456789ABCDEF0123456789abcdef"
	    "0123456789abcdef0123456789abcdef"};
	struct api_key key;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (api_key_parse(bad[i], &key) == 0)
			fail_msg("\"%s\" is taken for a key", bad[i]);
	}
	assert_int_equal(
	    api_key_parse("snk_" ID "abcdefghijabcdefghij_" SECRET, &key), 0);
	assert_false(api_key_id_is_valid("short"));
	assert_false(api_key_id_is_valid("' or true --"));
}

#define OLD "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKL0123E"

/* Of another system: two hashes of it, by sha256sum, are its id and secret. */
static void
a_key_that_was_brought_along_is_one_by_its_hashes(void **state)
{
	static const char *const bad[] = {
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKL0123", OLD "E",
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKL0123B",
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKL01+3E",
	    "snk_efghijklmnopqrstuvwxyzABCDEFGHIJKL0123E"};
	struct api_key key, again;
	char text[API_KEY_TEXT];

	(void)state;
	assert_int_equal(api_key_parse(OLD, &key), 0);
	assert_string_equal(key.id, "old6770b941c54ba97d529ef6ad");
	assert_string_equal(key.secret, "002da669cc93df76f5675b1ef054a559"
					"1e26c8b593cb98cc464c2f91bf00e34f");
	/* And so it is a key as any other. */
	api_key_print(&key, text);
	assert_int_equal(api_key_parse(text, &again), 0);
	assert_string_equal(again.secret, key.secret);
	assert_int_equal(api_key_parse_old(text, &again), -1);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (api_key_parse(bad[i], &key) == 0)
			fail_msg("\"%s\" is taken for a key", bad[i]);
	}
}

static void
no_two_are_alike(void **state)
{
	struct api_key a, b;

	(void)state;
	api_key_make(&a);
	api_key_make(&b);
	assert_string_not_equal(a.id, b.id);
	assert_string_not_equal(a.secret, b.secret);
	b = a;
	api_key_make_secret(&b);
	assert_string_equal(a.id, b.id);
	assert_string_not_equal(a.secret, b.secret);
}

/* The hash of these 64 characters, by sha256sum. */
static void
a_secret_fits_its_hash_alone(void **state)
{
	static const char hash_hex[] = "a8ae6e6ee929abea3afcfc5258c8ccd6"
				       "f85273e0d4626d26c7279f3250f77c8e";
	uint8_t hash[API_KEY_HASH], ours[API_KEY_HASH];
	char other[] = SECRET;

	(void)state;
	assert_int_equal(hex_decode_exact(hash_hex, hash, sizeof(hash)), 0);
	api_key_hash(SECRET, ours);
	assert_memory_equal(ours, hash, sizeof(hash));
	assert_true(api_key_fits(SECRET, hash));
	for (size_t i = 0; i < strlen(other); i++) {
		char was = other[i];

		other[i] = was == '0' ? '1' : '0';
		assert_false(api_key_fits(other, hash));
		other[i] = was;
	}
}

static void
roles_go_by_their_names(void **state)
{
	static const char *const names[] = {
	    "client", "miner", "validator", "operator", "admin"};
	unsigned all = 0;

	(void)state;
	for (size_t i = 0; i < 5; i++) {
		assert_string_equal(role_name(role_parse(names[i])), names[i]);
		assert_int_equal(all & role_parse(names[i]), 0);
		all |= role_parse(names[i]);
	}
	assert_int_equal(all, ROLES_ALL);
	assert_int_equal(role_parse("root"), 0);
	assert_int_equal(role_parse("Admin"), 0);
	assert_int_equal(role_parse(""), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_key_is_read_as_it_is_printed),
	    cmocka_unit_test(what_has_another_form_is_none),
	    cmocka_unit_test(a_key_that_was_brought_along_is_one_by_its_hashes),
	    cmocka_unit_test(no_two_are_alike),
	    cmocka_unit_test(a_secret_fits_its_hash_alone),
	    cmocka_unit_test(roles_go_by_their_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Secrets of attempts: derived, never stored. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "orchestrator/secrets.c"

static const char key[] = "0123456789abcdef0123456789abcdef";
static const char other_key[] = "0123456789abcdef0123456789abcdeF";
static const char one[] = "01234567-89ab-7cde-8f01-23456789abcd";
static const char two[] = "01234567-89ab-7cde-8f01-23456789abce";

static struct secrets
secrets_of(const char *text)
{
	struct secrets s;

	assert_int_equal(secrets_init(&s, text, NULL), 0);
	return s;
}

static void
a_short_secret_is_refused_with_the_fix(void **state)
{
	struct secrets s;
	struct err err;

	(void)state;
	assert_int_equal(
	    secrets_init(&s, "0123456789abcdef0123456789abcde", &err), -1);
	assert_string_equal(err.text,
	    "the secret has 31 characters and must have 32 or more; make one "
	    "with: openssl rand -hex 32");
	assert_int_equal(secrets_init(&s, "", &err), -1);
	assert_int_equal(secrets_init(&s, key, &err), 0);
}

/* Another instance, or this one after a restart, has the same. */
static void
a_secret_is_constant_for_its_key_and_id(void **state)
{
	struct secrets a = secrets_of(key), b = secrets_of(key);
	char x[SECRET_TEXT], y[SECRET_TEXT];

	(void)state;
	secrets_callback(&a, one, x);
	secrets_callback(&b, one, y);
	assert_string_equal(x, y);
	assert_int_equal(strlen(x), SECRET_TEXT - 1);
	assert_int_equal(strspn(x, "0123456789abcdef"), SECRET_TEXT - 1);
}

static void
another_key_id_or_purpose_is_another_secret(void **state)
{
	struct secrets a = secrets_of(key), b = secrets_of(other_key);
	char texts[6][SECRET_TEXT];

	(void)state;
	secrets_callback(&a, one, texts[0]);
	secrets_callback(&a, two, texts[1]);
	secrets_callback(&b, one, texts[2]);
	secrets_url(&a, SECRETS_INPUT, one, 1000, texts[3]);
	secrets_url(&a, SECRETS_INPUT, one, 1001, texts[4]);
	secrets_url(&a, SECRETS_INPUT, two, 1000, texts[5]);
	for (int i = 0; i < 6; i++) {
		for (int k = 0; k < i; k++)
			assert_string_not_equal(texts[i], texts[k]);
	}
}

static void
only_the_attempts_own_secret_is_taken(void **state)
{
	struct secrets s = secrets_of(key);
	char own[SECRET_TEXT + 1], bad[SECRET_TEXT + 1];

	(void)state;
	secrets_callback(&s, one, own);
	assert_true(secrets_check_callback(&s, one, own));
	assert_false(secrets_check_callback(&s, two, own));
	assert_false(secrets_check_callback(&s, one, NULL));
	assert_false(secrets_check_callback(&s, one, ""));
	for (int i = 0; i < SECRET_TEXT - 1; i++) {
		snprintf(bad, sizeof(bad), "%s", own);
		bad[i] ^= 1;
		assert_false(secrets_check_callback(&s, one, bad));
		bad[i] = '\0'; /* the front of it */
		assert_false(secrets_check_callback(&s, one, bad));
	}
	snprintf(bad, sizeof(bad), "%s0", own);
	assert_false(secrets_check_callback(&s, one, bad));
}

static const struct {
	int64_t expires_s, now_s;
	bool good;
} times[] = {
    {1000, 0, true},
    {1000, 999, true},
    {1000, 1000, true},
    {1000, 1001, false},
    {0, 1, false},
    {-1, 0, false},
    {INT64_MAX, 1, true},
};

static void
an_url_is_good_until_it_expires(void **state)
{
	struct secrets s = secrets_of(key);
	char signature[SECRET_TEXT];

	(void)state;
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		secrets_url(
		    &s, SECRETS_INPUT, one, times[i].expires_s, signature);
		assert_int_equal(
		    secrets_check_url(&s, SECRETS_INPUT, one,
			times[i].expires_s, signature, times[i].now_s),
		    times[i].good);
	}
}

static void
an_url_cannot_be_made_to_last(void **state)
{
	struct secrets s = secrets_of(key);
	char signature[SECRET_TEXT], callback[SECRET_TEXT], file[SECRET_TEXT];

	(void)state;
	secrets_url(&s, SECRETS_INPUT, one, 1000, signature);
	secrets_callback(&s, one, callback);
	assert_false(
	    secrets_check_url(&s, SECRETS_INPUT, one, 2000, signature, 500));
	assert_false(
	    secrets_check_url(&s, SECRETS_INPUT, two, 1000, signature, 500));
	assert_false(
	    secrets_check_url(&s, SECRETS_INPUT, one, 1000, callback, 500));
	assert_false(
	    secrets_check_url(&s, SECRETS_INPUT, one, 1000, NULL, 500));
	assert_false(
	    secrets_check_url(&s, SECRETS_FILE, one, 1000, signature, 500));
	secrets_url(&s, SECRETS_FILE, one, 1000, file);
	assert_true(secrets_check_url(&s, SECRETS_FILE, one, 1000, file, 500));
	assert_true(secrets_check_url(&s, SECRETS_FILE, one, 1000, file, 1000));
	assert_false(
	    secrets_check_url(&s, SECRETS_FILE, one, 1000, file, 1001));
	assert_false(secrets_check_url(&s, SECRETS_FILE, one, 2000, file, 500));
	assert_false(secrets_check_url(&s, SECRETS_FILE, two, 1000, file, 500));
	assert_false(
	    secrets_check_url(&s, SECRETS_INPUT, one, 1000, file, 500));
	assert_true(
	    secrets_check_url(&s, SECRETS_INPUT, one, 1000, signature, 500));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_short_secret_is_refused_with_the_fix),
	    cmocka_unit_test(a_secret_is_constant_for_its_key_and_id),
	    cmocka_unit_test(another_key_id_or_purpose_is_another_secret),
	    cmocka_unit_test(only_the_attempts_own_secret_is_taken),
	    cmocka_unit_test(an_url_is_good_until_it_expires),
	    cmocka_unit_test(an_url_cannot_be_made_to_last),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

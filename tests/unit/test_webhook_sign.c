/* Signatures of webhooks, against published ones and against OpenSSL. */
#include "common/webhook_sign.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "common/xalloc.h"

/* The example of the specification's own libraries. */
static const char secret_text[] = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
static const char id[] = "msg_p5jXN8AQM9LWM0D4loKWxJek";
static const int64_t at_s = 1614265330;
static const char body[] = "{\"test\": 2432232314}";
static const char signature[] =
    "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

static void
parse(const char *text, struct webhook_secret *secret)
{
	struct err err = {""};

	if (webhook_secret_parse(text, secret, &err) != 0)
		fail_msg("%s: %s", text, err.text);
}

static void
the_published_example_comes_out(void **state)
{
	struct webhook_secret secret;
	struct buf out = {0};

	(void)state;
	parse(secret_text, &secret);
	assert_int_equal(secret.len, 24);
	webhook_sign(&secret, 1, id, at_s, body, strlen(body), &out);
	assert_string_equal(buf_str(&out), signature);
	buf_free(&out);
}

/* What OpenSSL makes of the same. */
static char *
reference(const struct webhook_secret *secret, const char *message, size_t len)
{
	uint8_t mac[EVP_MAX_MD_SIZE];
	char text[64];
	unsigned n = 0;

	HMAC(EVP_sha256(), secret->bytes, (int)secret->len,
	    (const uint8_t *)message, len, mac, &n);
	EVP_EncodeBlock((uint8_t *)text, mac, (int)n);
	return xasprintf("v1,%s", text);
}

/* Secrets of every length, bodies of any bytes. */
static void
they_are_those_of_another_library(void **state)
{
	uint8_t bytes[300];

	(void)state;
	for (size_t len = WEBHOOK_LEAST_SECRET; len <= WEBHOOK_MOST_SECRET;
	     len++) {
		struct webhook_secret secret = {.len = len};
		struct buf message = {0}, out = {0};
		char *want;

		randombytes_buf(secret.bytes, len);
		randombytes_buf(bytes, sizeof(bytes));
		webhook_sign(
		    &secret, 1, "msg_1", 77, bytes, len * 4 - 90, &out);
		buf_add_str(&message, "msg_1.77.");
		buf_add(&message, bytes, len * 4 - 90);
		want =
		    reference(&secret, (const char *)message.data, message.len);
		assert_string_equal(buf_str(&out), want);
		free(want);
		buf_free(&message);
		buf_free(&out);
	}
}

static void
each_secret_signs_beside_the_others(void **state)
{
	struct webhook_secret secrets[2] = {{.len = 24, .bytes = "another"}};
	struct buf both = {0}, first = {0};
	char *want;

	(void)state;
	parse(secret_text, &secrets[1]);
	webhook_sign(secrets, 2, id, at_s, body, strlen(body), &both);
	webhook_sign(secrets, 1, id, at_s, body, strlen(body), &first);
	want = xasprintf("%s %s", buf_str(&first), signature);
	assert_string_equal(buf_str(&both), want);
	assert_string_not_equal(buf_str(&first), signature);
	free(want);
	buf_free(&both);
	buf_free(&first);
}

/* Whatever is signed changes the signature. */
static void
every_part_is_signed(void **state)
{
	struct webhook_secret secret;
	struct buf out[4] = {{0}};

	(void)state;
	parse(secret_text, &secret);
	webhook_sign(&secret, 1, id, at_s, body, strlen(body), &out[0]);
	webhook_sign(&secret, 1, "msg_2", at_s, body, strlen(body), &out[1]);
	webhook_sign(&secret, 1, id, at_s + 1, body, strlen(body), &out[2]);
	webhook_sign(&secret, 1, id, at_s, body, strlen(body) - 1, &out[3]);
	for (int i = 0; i < 4; i++) {
		for (int k = 0; k < i; k++)
			assert_string_not_equal(
			    buf_str(&out[i]), buf_str(&out[k]));
	}
	for (int i = 0; i < 4; i++)
		buf_free(&out[i]);
}

static void
a_secret_reads_back(void **state)
{
	char text[WEBHOOK_SECRET_TEXT];

	(void)state;
	for (size_t len = WEBHOOK_LEAST_SECRET; len <= WEBHOOK_MOST_SECRET;
	     len++) {
		struct webhook_secret secret = {.len = len}, again;

		randombytes_buf(secret.bytes, len);
		webhook_secret_format(&secret, text);
		parse(text, &again);
		assert_int_equal(again.len, len);
		assert_memory_equal(again.bytes, secret.bytes, len);
	}
}

static void
what_is_no_secret_is_refused(void **state)
{
	static const char *const bad[] = {"", "whsec_",
	    "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
	    "whpk_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
	    "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS", /* 23 bytes and a half */
	    "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLQ==",
	    "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw ",
	    "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS-",
	    "whsec_"
	    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	    "AAAAAAAAAAAAAAAAAAAAAAA="};
	struct webhook_secret secret;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct err err = {""};

		if (webhook_secret_parse(bad[i], &secret, &err) == 0)
			fail_msg("%s is taken", bad[i]);
		assert_string_not_equal(err.text, "");
		if (strlen(bad[i]) > 8)
			assert_null(strstr(err.text, bad[i] + 6));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_published_example_comes_out),
	    cmocka_unit_test(they_are_those_of_another_library),
	    cmocka_unit_test(each_secret_signs_beside_the_others),
	    cmocka_unit_test(every_part_is_signed),
	    cmocka_unit_test(a_secret_reads_back),
	    cmocka_unit_test(what_is_no_secret_is_refused),
	};

	return sodium_init() < 0 ? 1
				 : cmocka_run_group_tests(tests, NULL, NULL);
}

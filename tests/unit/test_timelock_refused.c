/* Timelock encryption: nothing but the ciphertext itself is opened. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "common/hex.h"
#include "common/xalloc.h"
#include "subtensor/timelock.c"

static struct timelock_secrets
some_secrets(void)
{
	struct timelock_secrets s;

	memset(s.sigma, 1, sizeof(s.sigma));
	memset(s.esk, 2, sizeof(s.esk));
	memset(s.nonce, 3, sizeof(s.nonce));
	return s;
}

/* A beacon, a round's signature and two bytes locked to it. */
struct lock {
	uint8_t public[TIMELOCK_PUBLIC], sig[TIMELOCK_SIGNATURE];
	struct buf sealed;
};

static void
lock_init(struct lock *l)
{
	struct timelock_secrets s = some_secrets();
	uint8_t secret[32];

	*l = (struct lock){0};
	memset(secret, 7, sizeof(secret));
	timelock_public_of(secret, l->public);
	timelock_sign(secret, 5, l->sig);
	assert_int_equal(
	    timelock_encrypt(l->public, 5, &s, "hi", 2, &l->sealed, NULL), 0);
}

static void
assert_refused(const uint8_t *sig, const void *bytes, size_t len)
{
	struct err err = {""};
	struct buf out = {0};

	assert_int_equal(timelock_decrypt(sig, bytes, len, &out, &err), -1);
	assert_int_equal(out.len, 0);
	assert_true(err.text[0] != '\0');
	buf_free(&out);
}

static void
no_other_bit_is_let_through(void **state)
{
	struct lock l;

	(void)state;
	lock_init(&l);
	for (size_t i = 0; i < 8 * l.sealed.len; i++) {
		l.sealed.data[i / 8] ^= 1 << i % 8;
		assert_refused(l.sig, l.sealed.data, l.sealed.len);
		l.sealed.data[i / 8] ^= 1 << i % 8;
	}
	for (size_t i = 0; i < 8 * sizeof(l.sig); i++) {
		l.sig[i / 8] ^= 1 << i % 8;
		assert_refused(l.sig, l.sealed.data, l.sealed.len);
		assert_false(timelock_verify(l.public, 5, l.sig));
		l.sig[i / 8] ^= 1 << i % 8;
	}
	assert_true(timelock_verify(l.public, 5, l.sig));
	buf_free(&l.sealed);
}

/* Each cut from a block of its own, so that a sanitizer sees a byte more. */
static void
what_is_cut_or_longer_is_refused(void **state)
{
	struct lock l;

	(void)state;
	lock_init(&l);
	for (size_t n = 0; n < l.sealed.len; n++) {
		uint8_t *cut = xmemdup(l.sealed.data, n > 0 ? n : 1);

		assert_refused(l.sig, cut, n);
		free(cut);
	}
	buf_add_byte(&l.sealed, 0);
	assert_refused(l.sig, l.sealed.data, l.sealed.len);
	buf_free(&l.sealed);
}

/* Lengths inside that promise more than there is; more than we look at. */
static void
lengths_that_lie_are_refused(void **state)
{
	static const size_t at[] = {96, 136, 176, 184, 210, 230};
	const struct timelock_secrets secrets = some_secrets();
	uint8_t *large = xcalloc(TIMELOCK_MAX + 1, 1);
	struct buf out = {0};
	struct lock l;

	(void)state;
	lock_init(&l);
	for (size_t i = 0; i < sizeof(at) / sizeof(at[0]); i++) {
		uint8_t old[8];

		memcpy(old, l.sealed.data + at[i], 8);
		assert_int_equal(old[7], 0);
		memset(l.sealed.data + at[i], 0xff, 8);
		assert_refused(l.sig, l.sealed.data, l.sealed.len);
		memcpy(l.sealed.data + at[i], old, 8);
	}
	memcpy(large, l.sealed.data, l.sealed.len);
	assert_refused(l.sig, large, TIMELOCK_MAX + 1);
	assert_int_equal(timelock_encrypt(l.public, 5, &secrets, large,
			     TIMELOCK_MAX - TIMELOCK_OVERHEAD + 1, &out, NULL),
	    -1);
	assert_int_equal(out.len, 0);
	free(large);
	buf_free(&l.sealed);
}

/* Points that are none, are zero, or lie on the curve outside the group. */
static void
points_outside_the_group_are_refused(void **state)
{
	static const char *const keys[] = {
	    "", /* all zero: not the compressed form */
	    "c0",
	    "80",
	    "a0",
	    "e0",
	    "ffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
	    "9a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f624"
	    "1eabfffeb153ffffb9feffffffffaaab",
	};
	struct timelock_secrets s = some_secrets();
	size_t outside = 0;
	struct lock l;

	(void)state;
	lock_init(&l);
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		uint8_t key[TIMELOCK_PUBLIC] = {0};
		struct err err = {""};
		struct buf out = {0};

		hex_decode(keys[i], key, sizeof(key));
		assert_int_equal(
		    timelock_encrypt(key, 5, &s, "x", 1, &out, &err), -1);
		assert_int_equal(out.len, 0);
		assert_non_null(strstr(err.text, "key"));
		assert_false(timelock_verify(key, 5, l.sig));
		assert_false(timelock_verify(l.public, 5, key));
		assert_refused(key, l.sealed.data, l.sealed.len);
	}
	for (unsigned x = 1; x < 40; x++) {
		uint8_t key[TIMELOCK_PUBLIC] = {0x80}, sig[FP] = {0x80};
		blst_p2_affine p2;
		blst_p1_affine p1;

		key[TIMELOCK_PUBLIC - 1] = sig[FP - 1] = x;
		if (blst_p2_uncompress(&p2, key) == BLST_SUCCESS) {
			assert_false(read_g2(key, &p2));
			outside++;
		}
		if (blst_p1_uncompress(&p1, sig) == BLST_SUCCESS) {
			assert_false(read_g1(sig, &p1));
			assert_refused(sig, l.sealed.data, l.sealed.len);
			outside++;
		}
	}
	assert_true(outside > 10);
	buf_free(&l.sealed);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(no_other_bit_is_let_through),
	    cmocka_unit_test(what_is_cut_or_longer_is_refused),
	    cmocka_unit_test(lengths_that_lie_are_refused),
	    cmocka_unit_test(points_outside_the_group_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

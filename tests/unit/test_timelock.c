/*
 * Timelock encryption: the recorded vectors with every value between, real
 * pulses of drand, and round trips.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "common/hex.h"
#include "common/xalloc.h"
#include "subtensor/timelock.c"
#include "tests/lib/chaindata.h"

#define ROUND_1000                                                             \
	"b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342" \
	"b73a8dd2bacbe47e4b6b63ed5e39"

enum { MAX_HEX = 1024 };

static const char vector_file[] = "tlock_vectors_blst.txt";
static const char rfc_file[] = "bls12381g1_xmd_sha256_sswu_ro_rfc9380.json";

static void
assert_hex(const void *bytes, size_t len, const char *expected)
{
	char text[2 * MAX_HEX + 1];

	assert_true(len <= MAX_HEX);
	hex_encode(bytes, len, text);
	assert_string_equal(text, expected);
}

static void
from_hex(const char *text, uint8_t *out, size_t len)
{
	assert_int_equal(hex_decode_exact(text, out, len), 0);
}

/* The secrets of the recorded vectors. */
static struct timelock_secrets
recorded_secrets(void)
{
	struct timelock_secrets s;
	uint8_t t[32];

	memset(t, 1, sizeof(t));
	crypto_hash_sha256(s.sigma, t, sizeof(t));
	memset(s.esk, 2, sizeof(s.esk));
	memset(s.nonce, 3, sizeof(s.nonce));
	return s;
}

/* All that is computed on the way to a ciphertext, by its recorded name. */
struct stages {
	uint8_t id[HASH], q_id[TIMELOCK_SIGNATURE], hash[HASH], r[HASH];
	uint8_t gt[GT], mask[HASH];
	struct header header;
	struct timelock_secrets secrets;
	uint8_t payload[64];
	size_t payload_len;
};

static void
sample_payload(struct stages *st)
{
	static const uint16_t uids[] = {0, 1, 2, 7};
	static const uint16_t values[] = {10, 20, 30, 65535};
	struct buf out = {0};
	uint8_t hotkey[32];

	for (int i = 0; i < 32; i++)
		hotkey[i] = i;
	timelock_weights(hotkey, uids, values, 4, 841, &out);
	assert_true(out.len <= sizeof(st->payload));
	memcpy(st->payload, out.data, out.len);
	st->payload_len = out.len;
	buf_free(&out);
}

static void
compute_stages(uint64_t round, struct stages *st)
{
	uint8_t both[64];
	blst_p1 point;
	blst_p1_affine affine;
	blst_p2_affine beacon;
	blst_scalar r;

	st->secrets = recorded_secrets();
	sample_payload(st);
	round_id(round, st->id);
	round_point(round, &point);
	blst_p1_compress(st->q_id, &point);
	memcpy(both, st->secrets.sigma, 32);
	memcpy(both + 32, st->secrets.esk, 32);
	crypto_hash_sha256(st->hash, both, sizeof(both));
	assert_true(exponent(st->secrets.sigma, st->secrets.esk, &r));
	blst_bendian_from_scalar(st->r, &r);
	blst_sign_pk_in_g2(&point, &point, &r);
	blst_p1_to_affine(&affine, &point);
	assert_true(read_g2(timelock_quicknet, &beacon));
	pair(&affine, &beacon, st->gt);
	pair_hash(&affine, &beacon, st->mask);
	assert_true(make_header(&beacon, round, &st->secrets, &st->header));
}

static void
assert_seals(uint64_t round, const struct stages *st, const void *text,
    size_t len, const char *expected)
{
	struct buf out = {0}, back = {0};
	struct sealed s;

	assert_int_equal(timelock_encrypt(timelock_quicknet, round,
			     &st->secrets, text, len, &out, NULL),
	    0);
	assert_int_equal(out.len, len + TIMELOCK_OVERHEAD);
	assert_hex(out.data, out.len, expected);
	assert_int_equal(take_apart(out.data, out.len, &s, NULL), 0);
	assert_int_equal(open_sealed(&s, st->mask, &back, NULL), 0);
	assert_int_equal(back.len, len);
	assert_memory_equal(back.data, text, len);
	buf_free(&out);
	buf_free(&back);
}

/* One "name=value" of the file; false if there is no such name. */
static bool
assert_stage(uint64_t round, const struct stages *st, const char *name,
    const char *value)
{
	static const char test_text[] = "this is a test";
	const struct {
		const char *name;
		const void *bytes;
		size_t len;
	} known[] = {
	    {"id_sha256", st->id, HASH},
	    {"Q_id_compressed", st->q_id, sizeof(st->q_id)},
	    {"sigma", st->secrets.sigma, 32},
	    {"sha256(sigma||esk)", st->hash, HASH},
	    {"r_be", st->r, HASH},
	    {"U", st->header.u, sizeof(st->header.u)},
	    {"gt_first48_le", st->gt, FP},
	    {"h2=sha256(gt)", st->mask, HASH},
	    {"V", st->header.v, sizeof(st->header.v)},
	    {"W", st->header.w, sizeof(st->header.w)},
	    {"PAYLOAD", st->payload, st->payload_len},
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (strcmp(name, known[i].name) != 0)
			continue;
		assert_hex(known[i].bytes, known[i].len, value);
		return true;
	}
	if (strcmp(name, "CT1") == 0)
		assert_seals(round, st, test_text, strlen(test_text), value);
	else if (strcmp(name, "CT2") == 0 || strcmp(name, "CT3") == 0)
		assert_seals(round, st, st->payload, st->payload_len, value);
	else
		return false;
	return true;
}

/* Two rounds, one after the other; each begins with its id. Lines that tell
 * of a decryption or a verification hold no value: tests below do both. */
static void
every_recorded_value_is_reached(void **state)
{
	static const uint64_t rounds[] = {1000, 17200000};
	size_t len, tested = 0, unknown = 0, block = 0;
	struct stages st;
	char *text, *save = NULL;

	(void)state;
	chaindata_or_skip();
	text = (char *)chaindata_read(vector_file, &len);
	for (char *line = strtok_r(text, "\n", &save); line != NULL;
	     line = strtok_r(NULL, "\n", &save)) {
		char *value = strrchr(line, '=');

		if (value == NULL || strchr(line, ' ') != NULL)
			continue;
		*value++ = '\0';
		if (strcmp(line, "id_sha256") == 0) {
			assert_true(block < 2);
			compute_stages(rounds[block++], &st);
		}
		assert_true(block > 0);
		if (assert_stage(rounds[block - 1], &st, line, value))
			tested++;
		else
			unknown++;
	}
	free(text);
	print_message("%zu vectors of %s\n", tested, vector_file);
	assert_int_equal(tested, 24);
	assert_int_equal(unknown, 0);
}

/* The two ciphertexts of round 1000, by the signature drand published. */
static void
a_published_signature_opens_what_was_recorded(void **state)
{
	uint8_t sig[TIMELOCK_SIGNATURE], bytes[MAX_HEX];
	size_t len, opened = 0;
	char *text, *save = NULL;

	(void)state;
	chaindata_or_skip();
	from_hex(ROUND_1000, sig, sizeof(sig));
	text = (char *)chaindata_read(vector_file, &len);
	for (char *line = strtok_r(text, "\n", &save); line != NULL;
	     line = strtok_r(NULL, "\n", &save)) {
		bool is_ours = strncmp(line, "CT1=", 4) == 0 ||
			       strncmp(line, "CT2=", 4) == 0;
		struct buf out = {0};
		long n;

		if (!is_ours && strncmp(line, "CT3=", 4) != 0)
			continue;
		n = hex_decode(line + 4, bytes, sizeof(bytes));
		assert_true(n > 0);
		assert_int_equal(timelock_decrypt(sig, bytes, n, &out, NULL),
		    is_ours ? 0 : -1);
		assert_int_equal(out.len, is_ours ? n - TIMELOCK_OVERHEAD : 0);
		opened += is_ours;
		buf_free(&out);
	}
	free(text);
	print_message("%zu decryptions of %s\n", opened, vector_file);
	assert_int_equal(opened, 2);
}

static void
pulses_of_drand_are_verified(void **state)
{
	json_t *file, *pulse;
	size_t i;

	(void)state;
	chaindata_or_skip();
	file = chaindata_json("golden_spec438.json");
	json_array_foreach(json_object_get(file, "drand_pulses"), i, pulse)
	{
		uint64_t round =
		    json_integer_value(json_object_get(pulse, "round"));
		uint8_t sig[TIMELOCK_SIGNATURE], hash[HASH];

		from_hex(json_string_value(json_object_get(pulse, "signature")),
		    sig, sizeof(sig));
		assert_true(timelock_verify(timelock_quicknet, round, sig));
		assert_false(
		    timelock_verify(timelock_quicknet, round + 1, sig));
		crypto_hash_sha256(hash, sig, sizeof(sig));
		assert_hex(hash, sizeof(hash),
		    json_string_value(json_object_get(pulse, "randomness")));
	}
	print_message("%zu vectors of golden_spec438.json drand_pulses\n", i);
	assert_int_equal(i, 4);
	json_decref(file);
}

static void
round_1000_is_verified(void **state)
{
	uint8_t sig[TIMELOCK_SIGNATURE];

	(void)state;
	from_hex(ROUND_1000, sig, sizeof(sig));
	assert_true(timelock_verify(timelock_quicknet, 1000, sig));
	assert_false(timelock_verify(timelock_quicknet, 1001, sig));
}

static void
read_fp(const json_t *text, blst_fp *out)
{
	uint8_t bytes[FP];

	from_hex(json_string_value(text), bytes, sizeof(bytes));
	blst_fp_from_bendian(out, bytes);
}

static void
read_point(const json_t *row, const char *name, blst_p1 *out)
{
	const json_t *point = json_object_get(row, name);
	blst_p1_affine affine;

	read_fp(json_object_get(point, "x"), &affine.x);
	read_fp(json_object_get(point, "y"), &affine.y);
	blst_p1_from_affine(out, &affine);
}

/* The message to P, the field elements to P, and Q0 + Q1 times the effective
 * cofactor to P. */
static void
assert_hashes(const json_t *row, const char *dst)
{
	static const uint8_t cofactor[] = {
	    0x01, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01, 0xd2};
	const char *msg = json_string_value(json_object_get(row, "msg"));
	const json_t *u = json_object_get(row, "u");
	blst_p1 expected, got, q0, q1;
	blst_fp u0, u1;

	read_point(row, "P", &expected);
	read_point(row, "Q0", &q0);
	read_point(row, "Q1", &q1);
	read_fp(json_array_get(u, 0), &u0);
	read_fp(json_array_get(u, 1), &u1);
	assert_true(blst_p1_in_g1(&expected));
	blst_hash_to_g1(&got, (const byte *)msg, strlen(msg), (const byte *)dst,
	    strlen(dst), NULL, 0);
	assert_true(blst_p1_is_equal(&got, &expected));
	blst_map_to_g1(&got, &u0, &u1);
	assert_true(blst_p1_is_equal(&got, &expected));
	blst_p1_add_or_double(&got, &q0, &q1);
	blst_p1_unchecked_mult(&got, &got, cofactor, 64);
	assert_true(blst_p1_is_equal(&got, &expected));
}

static void
hashing_to_the_curve_is_rfc_9380(void **state)
{
	json_t *file, *row;
	const char *dst;
	size_t i;

	(void)state;
	chaindata_or_skip();
	file = chaindata_json(rfc_file);
	dst = json_string_value(json_object_get(file, "dst"));
	json_array_foreach(json_object_get(file, "vectors"), i, row)
	    assert_hashes(row, dst);
	print_message("%zu vectors of %s\n", i, rfc_file);
	assert_int_equal(i, 5);
	json_decref(file);
}

/* Cubed, as arkworks and the chain have it. */
static void
the_pairing_of_the_generators_is_the_known_one(void **state)
{
	uint8_t gt[GT], be[FP];

	(void)state;
	pair(blst_p1_affine_generator(), blst_p2_affine_generator(), gt);
	for (int i = 0; i < FP; i++)
		be[i] = gt[FP - 1 - i];
	assert_hex(be, FP,
	    "1250ebd871fc0a92a7b2d83168d0d727272d441befa15c503dd8e90ce98db3e7"
	    "b6d194f60839c508a84305aaca1789b6");
}

/* The order, and the order plus five. */
static void
secrets_are_taken_modulo_the_order(void **state)
{
	uint8_t large[32], five[32] = {0}, zero[32] = {0};
	uint8_t a[TIMELOCK_PUBLIC], b[TIMELOCK_PUBLIC];
	uint8_t sig_a[TIMELOCK_SIGNATURE], sig_b[TIMELOCK_SIGNATURE];

	(void)state;
	from_hex("73eda753299d7d483339d80809a1d805"
		 "53bda402fffe5bfeffffffff00000006",
	    large, 32);
	five[31] = 5;
	timelock_public_of(large, a);
	timelock_public_of(five, b);
	assert_memory_equal(a, b, sizeof(a));
	timelock_sign(large, 77, sig_a);
	timelock_sign(five, 77, sig_b);
	assert_memory_equal(sig_a, sig_b, sizeof(sig_a));
	assert_true(timelock_verify(a, 77, sig_a));
	assert_false(timelock_verify(a, 78, sig_a));
	assert_false(timelock_verify(timelock_quicknet, 77, sig_a));
	timelock_public_of(zero, a);
	timelock_sign(zero, 77, sig_a);
	assert_false(timelock_verify(a, 77, sig_a));
}

static void
what_a_beacon_of_ours_locks_it_opens(void **state)
{
	static const size_t lengths[] = {0, 1, 15, 16, 17, 1313, 100000};

	(void)state;
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		uint8_t secret[32], public[TIMELOCK_PUBLIC];
		uint8_t sig[TIMELOCK_SIGNATURE];
		uint8_t *text = xmalloc(lengths[i] + 1);
		struct buf sealed = {0}, back = {0};
		struct timelock_secrets s;
		uint64_t round;

		randombytes_buf(secret, sizeof(secret));
		randombytes_buf(&round, sizeof(round));
		randombytes_buf(text, lengths[i]);
		timelock_public_of(secret, public);
		timelock_sign(secret, round, sig);
		assert_true(timelock_verify(public, round, sig));
		timelock_secrets_new(&s);
		buf_add_str(&sealed, "x");
		buf_add_str(&back, "yz");
		assert_int_equal(timelock_encrypt(public, round, &s, text,
				     lengths[i], &sealed, NULL),
		    0);
		assert_int_equal(
		    sealed.len, 1 + lengths[i] + TIMELOCK_OVERHEAD);
		assert_int_equal(timelock_decrypt(sig, sealed.data + 1,
				     sealed.len - 1, &back, NULL),
		    0);
		assert_int_equal(back.len, 2 + lengths[i]);
		assert_memory_equal(back.data + 2, text, lengths[i]);
		buf_free(&sealed);
		buf_free(&back);
		free(text);
	}
}

static void
weights_are_laid_out_as_the_runtime_reads_them(void **state)
{
	static const uint16_t uids[] = {0, 1, 2, 7};
	static const uint16_t values[] = {10, 20, 30, 65535};
	struct buf out = {0};
	struct stages st;

	(void)state;
	sample_payload(&st);
	assert_int_equal(st.payload_len, 59);
	assert_hex(st.payload, st.payload_len,
	    "80000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e"
	    "1f100000010002000700100a0014001e00ffff4903000000000000");
	timelock_weights(NULL, uids, values, 4, 841, &out);
	assert_hex(out.data, out.len,
	    "100000010002000700100a0014001e00ffff4903000000000000");
	buf_reset(&out);
	timelock_weights(NULL, NULL, NULL, 0, 1, &out);
	assert_hex(out.data, out.len, "00000100000000000000");
	buf_free(&out);
}

static void
secrets_are_new_each_time(void **state)
{
	struct timelock_secrets a, b;

	(void)state;
	timelock_secrets_new(&a);
	timelock_secrets_new(&b);
	assert_memory_not_equal(a.sigma, b.sigma, sizeof(a.sigma));
	assert_memory_not_equal(a.esk, b.esk, sizeof(a.esk));
	assert_memory_not_equal(a.nonce, b.nonce, sizeof(a.nonce));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_recorded_value_is_reached),
	    cmocka_unit_test(a_published_signature_opens_what_was_recorded),
	    cmocka_unit_test(pulses_of_drand_are_verified),
	    cmocka_unit_test(round_1000_is_verified),
	    cmocka_unit_test(hashing_to_the_curve_is_rfc_9380),
	    cmocka_unit_test(the_pairing_of_the_generators_is_the_known_one),
	    cmocka_unit_test(secrets_are_taken_modulo_the_order),
	    cmocka_unit_test(what_a_beacon_of_ours_locks_it_opens),
	    cmocka_unit_test(weights_are_laid_out_as_the_runtime_reads_them),
	    cmocka_unit_test(secrets_are_new_each_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

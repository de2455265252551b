/* SCALE's integers, lengths and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/buf.h"
#include "subtensor/hash.h"
#include "subtensor/scale.h"
#include "tests/lib/chaindata.h"
#include "tests/lib/chainmeta.h"

static void
compacts_are_as_recorded(void **state)
{
	json_t *file, *pair;
	size_t i, n = 0;

	(void)state;
	chaindata_or_skip();
	file = chaindata_json("derived_vectors.json");
	json_array_foreach(json_object_get(file, "compact"), i, pair)
	{
		const char *number = json_string_value(json_array_get(pair, 0));
		const char *hex = json_string_value(json_array_get(pair, 1));
		uint64_t v = strtoull(number, NULL, 10);
		struct buf out = {0};
		struct scale_reader r;

		scale_put_compact(&out, v);
		assert_true(chainmeta_is(&out, hex));
		scale_read_init(&r, out.data, out.len);
		assert_true(scale_compact(&r) == v);
		assert_true(scale_done(&r));
		buf_free(&out);
		n++;
	}
	print_message("derived_vectors.json compact: %zu of %zu\n", n,
	    json_array_size(json_object_get(file, "compact")));
	json_decref(file);
}

static void
every_width_of_compact_goes_there_and_back(void **state)
{
	(void)state;
	for (unsigned bit = 0; bit < 64; bit++) {
		for (int off = -1; off <= 1; off++) {
			uint64_t v = ((uint64_t)1 << bit) + off;
			struct buf out = {0};
			struct scale_reader r;

			scale_put_compact(&out, v);
			scale_read_init(&r, out.data, out.len);
			assert_true(scale_compact(&r) == v);
			assert_true(scale_done(&r));
			buf_free(&out);
		}
	}
}

static void
a_compact_that_has_a_shorter_form_is_refused(void **state)
{
	static const char *const refused[] = {
	    "",			    /* nothing */
	    "01",		    /* two-byte mode, one byte */
	    "0100",		    /* 0 in two bytes */
	    "fd00",		    /* 63 in two bytes */
	    "02000000",		    /* 0 in four bytes */
	    "feff0000",		    /* 16383 in four bytes */
	    "020001",		    /* breaks off */
	    "0300000000",	    /* 0 in five bytes */
	    "03ffffff3f",	    /* 2^30 - 1 in five bytes */
	    "07ffffffff00",	    /* 2^32 - 1 in six bytes */
	    "0bffffffffff00",	    /* leading zero */
	    "13ffffffffffffff00",   /* leading zero */
	    "13ffffffffffffff",	    /* breaks off */
	    "17ffffffffffffffffff", /* 72 bits */
	    "ff",		    /* 67 bytes, none there */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		struct buf in = chainmeta_bytes(refused[i]);
		struct scale_reader r;

		scale_read_init(&r, in.data, in.len);
		assert_int_equal(scale_compact(&r), 0);
		assert_true(r.failed);
		assert_false(scale_done(&r));
		buf_free(&in);
	}
}

static void
a_wide_compact_fits_its_type_or_is_refused(void **state)
{
	static const struct {
		const char *hex;
		size_t max;
		bool good;
	} cases[] = {
	    {"fc", 1, true},
	    {"fd03", 1, true},			/* 255 */
	    {"0104", 1, false},			/* 256 */
	    {"feff0300", 2, true},		/* 65535 */
	    {"02000400", 2, false},		/* 65536 */
	    {"03ffffffff", 4, true},		/* 2^32 - 1 */
	    {"070000000001", 4, false},		/* 2^32 */
	    {"13ffffffffffffffff", 8, true},	/* 2^64 - 1 */
	    {"17000000000000000001", 8, false}, /* 2^64 */
	    {"17000000000000000001", 16, true},
	    {"17010000000000000000", 16, false}, /* leading zero */
	    {"33ffffffffffffffffffffffffffffffff", 16, true},
	    {"370000000000000000000000000000000001", 16, false},
	    {"370000000000000000000000000000000001", 32, true},
	    {"33ffffffffffffffffffffffffffffff", 16, false}, /* breaks off */
	    {"ff", 32, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf in = chainmeta_bytes(cases[i].hex), out = {0};
		uint8_t le[SCALE_WIDE];
		struct scale_reader r;

		scale_read_init(&r, in.data, in.len);
		scale_compact_wide(&r, cases[i].max, le);
		assert_int_equal(scale_done(&r), cases[i].good);
		scale_put_compact_wide(&out, le);
		if (cases[i].good)
			assert_true(chainmeta_is(&out, cases[i].hex));
		buf_free(&out);
		buf_free(&in);
	}
}

static void
the_first_error_sticks(void **state)
{
	static const uint8_t data[] = {1, 2, 3};
	struct scale_reader r;

	(void)state;
	scale_read_init(&r, data, sizeof(data));
	assert_int_equal(scale_u16(&r), 0x0201);
	assert_int_equal(scale_u16(&r), 0);
	assert_true(r.failed);
	assert_int_equal(scale_u8(&r), 0);
	assert_int_equal(scale_left(&r), 0);
	assert_null(scale_bytes(&r, 0));
	assert_false(scale_done(&r));
}

static void
a_bool_is_nought_or_one(void **state)
{
	static const uint8_t data[] = {0, 1, 2};
	struct scale_reader r;

	(void)state;
	scale_read_init(&r, data, sizeof(data));
	assert_false(scale_bool(&r));
	assert_true(scale_bool(&r));
	assert_false(r.failed);
	scale_bool(&r);
	assert_true(r.failed);
}

static void
a_count_is_held_against_the_bytes_left(void **state)
{
	static const struct {
		const char *hex;
		size_t min_size, count;
		bool good;
	} cases[] = {
	    {"080000", 1, 2, true}, {"0800", 1, 0, false},
	    {"0800000000", 2, 2, true}, {"08000000", 2, 0, false},
	    {"13ffffffffffffffff", 8, 0, false}, {"02000400", 0, 65536, true},
	    {"06000400", 0, 0, false}, /* 65537 of nothing */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf in = chainmeta_bytes(cases[i].hex);
		struct scale_reader r;

		scale_read_init(&r, in.data, in.len);
		assert_int_equal(
		    scale_count(&r, cases[i].min_size), cases[i].count);
		assert_int_equal(!r.failed, cases[i].good);
		buf_free(&in);
	}
}

static void
integers_are_little_endian(void **state)
{
	struct buf out = {0};
	struct scale_reader r;

	(void)state;
	scale_put_u8(&out, 0x12);
	scale_put_u16(&out, 0x1234);
	scale_put_u32(&out, 0x12345678);
	scale_put_u64(&out, 0x123456789abcdef0);
	scale_put_str(&out, "hi");
	assert_true(chainmeta_is(&out, "12341278563412f0debc9a78563412"
				       "086869"));
	scale_read_init(&r, out.data, out.len);
	assert_int_equal(scale_u8(&r), 0x12);
	assert_int_equal(scale_u16(&r), 0x1234);
	assert_int_equal(scale_u32(&r), 0x12345678);
	assert_true(scale_u64(&r) == 0x123456789abcdef0);
	assert_int_equal(scale_count(&r, 1), 2);
	assert_memory_equal(scale_bytes(&r, 2), "hi", 2);
	assert_true(scale_done(&r));
	buf_free(&out);
}

static void
put_list(struct buf *out, const json_t *list)
{
	scale_put_compact(out, json_array_size(list));
	for (size_t i = 0; i < json_array_size(list); i++)
		scale_put_u16(out, json_integer_value(json_array_get(list, i)));
}

/* What a plain weight commit is the hash of: all kinds of putting at once. */
static void
commit_preimages_are_as_recorded(void **state)
{
	json_t *file, *list, *row;
	size_t i;

	(void)state;
	chaindata_or_skip();
	file = chaindata_json("derived_vectors.json");
	list = json_object_get(file, "plain_commit_hash");
	json_array_foreach(list, i, row)
	{
		struct buf b = chainmeta_bytes(
		    json_string_value(json_object_get(row, "account")));
		uint8_t hash[32];

		scale_put_u16(&b,
		    json_integer_value(json_object_get(row, "netuid_index")));
		put_list(&b, json_object_get(row, "uids"));
		put_list(&b, json_object_get(row, "values"));
		put_list(&b, json_object_get(row, "salt"));
		scale_put_u64(&b,
		    json_integer_value(json_object_get(row, "version_key")));
		assert_true(chainmeta_is(
		    &b, json_string_value(json_object_get(row, "preimage"))));
		hash_blake2_256(b.data, b.len, hash);
		buf_reset(&b);
		buf_add(&b, hash, 32);
		assert_true(chainmeta_is(
		    &b, json_string_value(json_object_get(row, "hash"))));
		buf_free(&b);
	}
	print_message("derived_vectors.json plain_commit_hash: %zu of 3\n", i);
	assert_int_equal(i, 3);
	json_decref(file);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(compacts_are_as_recorded),
	    cmocka_unit_test(every_width_of_compact_goes_there_and_back),
	    cmocka_unit_test(a_compact_that_has_a_shorter_form_is_refused),
	    cmocka_unit_test(a_wide_compact_fits_its_type_or_is_refused),
	    cmocka_unit_test(the_first_error_sticks),
	    cmocka_unit_test(a_bool_is_nought_or_one),
	    cmocka_unit_test(a_count_is_held_against_the_bytes_left),
	    cmocka_unit_test(integers_are_little_endian),
	    cmocka_unit_test(commit_preimages_are_as_recorded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

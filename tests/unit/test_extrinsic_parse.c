/* Extrinsics taken apart: real ones, spoilt ones and none at all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/buf.h"
#include "common/err.h"
#include "subtensor/extrinsic.h"
#include "subtensor/metadata.h"
#include "subtensor/scale.h"
#include "tests/lib/chaindata.h"
#include "tests/lib/chainmeta.h"

/* The recordings of spec 438 are read with the metadata of 424: extensions,
 * calls and events in them are the same. */
static const char metadata_file[] = "finney_taohop_20260704.scale";

struct fixture {
	struct metadata *md;
	json_t *file;
};

static void
fixture_init(struct fixture *f)
{
	f->md = chainmeta_load(metadata_file);
	f->file = chaindata_json("golden_spec438.json");
}

static void
fixture_clear(struct fixture *f)
{
	json_decref(f->file);
	metadata_free(f->md);
}

static const char *
text_at(const json_t *json, const char *path)
{
	return json_string_value(chainmeta_at(json, path));
}

static struct extrinsic
parse(const struct fixture *f, const struct buf *bytes)
{
	struct err err = {""};
	struct extrinsic x;

	if (extrinsic_parse(f->md, bytes->data, bytes->len, &x, &err) != 0)
		fail_msg("%s", err.text);
	return x;
}

static void
extrinsics_of_spec_438_are_taken_apart(void **state)
{
	static const struct {
		bool is_signed;
		uint32_t nonce;
		uint64_t period;
		unsigned pallet, variant;
		const char *path;
		json_int_t value;
	} want[] = {
	    {true, 0, 0, 5, 3, "value", 12345},
	    {true, 11, 64, 5, 3, "value", 12345},
	    {true, 0, 0, 5, 3, "value", 1000000000},
	    {false, 0, 0, 2, 0, "now", 1784809824006},
	    {false, 0, 0, 26, 0, "pulses_payload.pulses.0.round", 30668812},
	};
	struct fixture f;
	json_t *list, *row;
	size_t i;

	(void)state;
	chaindata_or_skip();
	fixture_init(&f);
	list = json_object_get(f.file, "extrinsics");
	json_array_foreach(list, i, row)
	{
		struct buf bytes = chainmeta_bytes(text_at(row, "hex"));
		struct extrinsic x = parse(&f, &bytes);
		struct buf hash = {0};

		assert_int_equal(x.is_signed, want[i].is_signed);
		assert_int_equal(x.nonce, want[i].nonce);
		assert_true(x.era.period == want[i].period);
		assert_int_equal(x.tip, 0);
		assert_int_equal(x.mode, 0);
		assert_int_equal(x.pallet, want[i].pallet);
		assert_int_equal(x.variant, want[i].variant);
		assert_ptr_equal(x.call + x.call_len, bytes.data + bytes.len);
		assert_true(json_integer_value(chainmeta_at(
				x.args, want[i].path)) == want[i].value);
		buf_add(&hash, x.hash, 32);
		assert_true(chainmeta_is(&hash, text_at(row, "hash")));
		buf_free(&hash);
		extrinsic_clear(&x);
		buf_free(&bytes);
	}
	print_message("golden_spec438.json extrinsics: %zu of %zu\n", i,
	    json_array_size(list));
	assert_int_equal(i, 5);
	fixture_clear(&f);
}

static void
bytes_that_are_no_extrinsic_are_refused(void **state)
{
	static const struct {
		const char *hex, *why;
	} cases[] = {
	    {"", "length"},
	    {"00", "version"},
	    {"2c0502000b069ff48e9f01", "length"},
	    {"280502000b069ff48e9f0100", "length"},
	    {"280302000b069ff48e9f01", "version is 0x03"},
	    {"284502000b069ff48e9f01", "version is 0x45"},
	    {"048c", "version is 0x8c"},
	    {"0484", "breaks off"},
	    {"088401", "signer"},
	    {"0c840000", "breaks off"},
	    {"0405", "there is no call"},
	    {"0c05c800", "there is no call 200.0"},
	    {"0c0502c8", "there is no call 2.200"},
	    {"0c050200", "Timestamp.set"},
	    {"2c0502000b069ff48e9f0100", "Timestamp.set: 1 bytes too many"},
	};
	struct fixture f;

	(void)state;
	chaindata_or_skip();
	fixture_init(&f);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf b = chainmeta_bytes(cases[i].hex);
		struct err err = {""};
		struct extrinsic x;

		assert_int_equal(
		    extrinsic_parse(f.md, b.data, b.len, &x, &err), -1);
		if (strstr(err.text, cases[i].why) == NULL)
			fail_msg("%s: \"%s\" is not \"%s\"", cases[i].hex,
			    err.text, cases[i].why);
		buf_free(&b);
	}
	fixture_clear(&f);
}

static void
assert_refused_with(
    const struct fixture *f, struct buf bytes, size_t at, const char *why)
{
	uint8_t was = bytes.data[at];
	struct err err = {""};
	struct extrinsic x;

	bytes.data[at] = 2;
	assert_int_equal(
	    extrinsic_parse(f->md, bytes.data, bytes.len, &x, &err), -1);
	if (strstr(err.text, why) == NULL)
		fail_msg("\"%s\" is not \"%s\"", err.text, why);
	bytes.data[at] = was;
}

/* Where the parts of a signed extrinsic with a two-byte prefix begin. */
enum { AT_ADDRESS = 3, AT_SCHEME = 36, AT_EXTRA = 101 };

static void
what_we_cannot_check_is_refused(void **state)
{
	struct fixture f;
	struct buf bytes;

	(void)state;
	chaindata_or_skip();
	fixture_init(&f);
	bytes = chainmeta_bytes(text_at(f.file, "extrinsics.0.hex"));
	assert_refused_with(&f, bytes, AT_ADDRESS, "no account");
	assert_refused_with(&f, bytes, AT_SCHEME, "not of sr25519");
	assert_refused_with(&f, bytes, AT_EXTRA + 3, "CheckMetadataHash");
	buf_free(&bytes);
	fixture_clear(&f);
}

static size_t
extension_at(const struct metadata *md, const char *name)
{
	size_t i = 0;

	while (strcmp(md->extensions[i].identifier, name) != 0)
		i++;
	return i;
}

/* Reading is not signing: what an extension we do not know put in is read
 * past by its type. */
static void
an_extension_we_do_not_know_is_read_past(void **state)
{
	struct extension list[16];
	struct metadata other;
	struct buf bytes, out = {0};
	struct fixture f;
	struct extrinsic x;
	size_t weight;

	(void)state;
	chaindata_or_skip();
	fixture_init(&f);
	other = *f.md;
	weight = extension_at(f.md, "CheckWeight");
	memcpy(list, f.md->extensions, f.md->n_extensions * sizeof(list[0]));
	list[weight].identifier = "CheckStrange";
	list[weight].type = list[extension_at(f.md, "CheckNonce")].type;
	other.extensions = list;
	bytes = chainmeta_bytes(text_at(f.file, "extrinsics.0.hex"));
	scale_put_compact(&out, bytes.len - 2 + 1);
	buf_add(&out, bytes.data + 2, AT_EXTRA);
	scale_put_u8(&out, 0x1c);
	buf_add(&out, bytes.data + 2 + AT_EXTRA, bytes.len - 2 - AT_EXTRA);
	assert_int_equal(
	    extrinsic_parse(&other, out.data, out.len, &x, NULL), 0);
	assert_int_equal(
	    json_integer_value(chainmeta_at(x.args, "value")), 12345);
	extrinsic_clear(&x);
	assert_int_equal(
	    extrinsic_parse(f.md, out.data, out.len, &x, NULL), -1);
	buf_free(&out);
	buf_free(&bytes);
	fixture_clear(&f);
}

/* Cut anywhere and with the length put right, or one byte spoilt. */
static void
a_spoilt_extrinsic_does_no_harm(void **state)
{
	struct fixture f;
	struct buf bytes;

	(void)state;
	chaindata_or_skip();
	fixture_init(&f);
	bytes = chainmeta_bytes(text_at(f.file, "extrinsics.1.hex"));
	for (size_t len = 0; len + 2 < bytes.len; len++) {
		struct extrinsic x;
		struct buf cut = {0};

		scale_put_bytes(&cut, bytes.data + 2, len);
		assert_int_equal(
		    extrinsic_parse(f.md, cut.data, cut.len, &x, NULL), -1);
		buf_free(&cut);
	}
	for (size_t at = 0; at < bytes.len; at++) {
		struct extrinsic x;

		bytes.data[at] ^= 0x81;
		if (extrinsic_parse(f.md, bytes.data, bytes.len, &x, NULL) == 0)
			extrinsic_clear(&x);
		bytes.data[at] ^= 0x81;
	}
	buf_free(&bytes);
	fixture_clear(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(extrinsics_of_spec_438_are_taken_apart),
	    cmocka_unit_test(bytes_that_are_no_extrinsic_are_refused),
	    cmocka_unit_test(what_we_cannot_check_is_refused),
	    cmocka_unit_test(an_extension_we_do_not_know_is_read_past),
	    cmocka_unit_test(a_spoilt_extrinsic_does_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* WAVE files of every form that is read, and files that lie. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/err.h"
#include "common/xalloc.h"
#include "scorer/wav.h"

struct form {
	int code, channels, rate, bits;
	bool is_extensible;
	bool has_odd_chunk; /* in front */
	long said;	    /* of the data's bytes; -1: as it is */
};

static void
add_le(struct buf *b, uint64_t v, int bytes)
{
	for (int i = 0; i < bytes; i++)
		buf_add_byte(b, v >> (8 * i));
}

static void
add_format(struct buf *b, const struct form *f)
{
	static const uint8_t tail[] = {
	    0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71};
	int stride = f->channels * f->bits / 8;

	buf_add(b, "fmt ", 4);
	add_le(b, f->is_extensible ? 40 : 16, 4);
	add_le(b, f->is_extensible ? 0xfffe : f->code, 2);
	add_le(b, f->channels, 2);
	add_le(b, f->rate, 4);
	add_le(b, (uint64_t)f->rate * stride, 4);
	add_le(b, stride, 2);
	add_le(b, f->bits, 2);
	if (!f->is_extensible)
		return;
	add_le(b, 22, 2);
	add_le(b, f->bits, 2);
	add_le(b, 0, 4);
	add_le(b, f->code, 2);
	buf_add(b, tail, sizeof(tail));
}

static void
make_file(
    struct buf *b, const struct form *f, const void *data, size_t data_len)
{
	buf_reset(b);
	buf_add(b, "RIFF", 4);
	add_le(b, 0xffffffff, 4);
	buf_add(b, "WAVE", 4);
	if (f->has_odd_chunk) {
		buf_add(b, "LIST", 4);
		add_le(b, 3, 4);
		buf_add(b, "abc\0", 4);
	}
	add_format(b, f);
	buf_add(b, "data", 4);
	add_le(b, f->said < 0 ? data_len : (size_t)f->said, 4);
	buf_add(b, data, data_len);
}

static const struct {
	struct form form;
	const char *data;
	size_t len;
	double want[4];
} cases[] = {
    {{1, 1, 8000, 8, false, false, -1}, "\x00\x80\xff\xc0", 4,
	{-1, 0, 127 / 128.0, 0.5}},
    {{1, 1, 8000, 16, false, true, -1}, "\x00\x80\x00\x00\xff\x7f\x00\xc0", 8,
	{-1, 0, 32767 / 32768.0, -0.5}},
    {{1, 1, 8000, 24, false, false, -1},
	"\x00\x00\x80\x01\x00\x00\xff\xff\x7f\xff\xff\xff", 12,
	{-1, 1 / 8388608.0, 8388607 / 8388608.0, -1 / 8388608.0}},
    {{1, 1, 8000, 32, true, false, -1},
	"\x00\x00\x00\x80\x00\x00\x00\x00\xff\xff\xff\x7f\x00\x00\x00\x40", 16,
	{-1, 0, 2147483647 / 2147483648.0, 0.5}},
    {{3, 1, 8000, 32, false, false, -1},
	"\x00\x00\x80\x3f\x00\x00\x00\xbf\x00\x00\x00\x40\x00\x00\x00\x00", 16,
	{1, -0.5, 2, 0}},
    {{3, 1, 8000, 64, true, true, -1},
	"\x00\x00\x00\x00\x00\x00\xf0\x3f\x00\x00\x00\x00\x00\x00\xe0\xbf"
	"\x9a\x99\x99\x99\x99\x99\xb9\x3f\x00\x00\x00\x00\x00\x00\x00\x00",
	32, {1, -0.5, 0.1, 0}},
};

static void
every_form_is_read(void **state)
{
	struct buf file = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct err err;
		double got[4];
		struct wav w;

		make_file(&file, &cases[i].form, cases[i].data, cases[i].len);
		if (wav_parse(file.data, file.len, &w, &err) != 0)
			fail_msg("case %zu: %s", i, err.text);
		assert_int_equal(w.frames, 4);
		assert_int_equal(w.rate_hz, 8000);
		assert_int_equal(wav_mono(&w, got, &err), 0);
		for (int k = 0; k < 4; k++) {
			if (got[k] != cases[i].want[k])
				fail_msg("case %zu, %d: %.17g", i, k, got[k]);
		}
	}
	buf_free(&file);
}

static void
channels_are_averaged(void **state)
{
	static const struct form stereo = {1, 2, 44100, 16, false, false, -1};
	struct buf file = {0};
	struct wav w;
	double got[2];

	(void)state;
	make_file(&file, &stereo, "\x00\x40\x00\xc0\x00\x40\x00\x20", 8);
	assert_int_equal(wav_parse(file.data, file.len, &w, NULL), 0);
	assert_int_equal(w.frames, 2);
	assert_true(wav_sample(&w, 1, 0) == 0.5);
	assert_true(wav_sample(&w, 1, 1) == 0.25);
	assert_int_equal(wav_mono(&w, got, NULL), 0);
	assert_true(got[0] == 0);
	assert_true(got[1] == 0.375);
	buf_free(&file);
}

static void
what_is_there_counts(void **state)
{
	struct form f = {1, 1, 8000, 16, false, false, 0x7fffffff};
	struct buf file = {0};
	struct wav w;

	(void)state;
	make_file(&file, &f, "abcdefg", 7); /* half a sample at the end */
	assert_int_equal(wav_parse(file.data, file.len, &w, NULL), 0);
	assert_int_equal(w.frames, 3);
	f.said = 4;
	make_file(&file, &f, "abcdefg", 7);
	assert_int_equal(wav_parse(file.data, file.len, &w, NULL), 0);
	assert_int_equal(w.frames, 2);
	f.said = 0;
	make_file(&file, &f, "", 0);
	assert_int_equal(wav_parse(file.data, file.len, &w, NULL), 0);
	assert_int_equal(w.frames, 0);
	buf_free(&file);
}

static const struct {
	struct form form;
	const char *says;
} refused[] = {
    {{2, 1, 8000, 16, false, false, -1}, "format 2 of 16 bits is not read"},
    {{1, 1, 8000, 12, false, false, -1}, "format 1 of 12 bits is not read"},
    {{3, 1, 8000, 16, true, false, -1}, "format 3 of 16 bits is not read"},
    {{0xfffe, 1, 8000, 16, false, false, -1},
	"format 0 of 16 bits is not read"},
    {{1, 0, 8000, 16, false, false, -1}, "0 channels"},
    {{1, 33, 8000, 16, false, false, -1}, "33 channels"},
    {{1, 1, 0, 16, false, false, -1}, "0 samples a second"},
    {{1, 1, 768001, 16, false, false, -1}, "768001 samples a second"},
};

static void
other_forms_are_refused(void **state)
{
	struct buf file = {0};
	struct err err;
	struct wav w;

	(void)state;
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		make_file(&file, &refused[i].form, "abcd", 4);
		assert_int_equal(wav_parse(file.data, file.len, &w, &err), -1);
		assert_string_equal(err.text, refused[i].says);
	}
	buf_free(&file);
}

static void
samples_that_are_no_numbers_are_refused(void **state)
{
	static const struct form f = {3, 1, 8000, 32, false, false, -1};
	static const char *const bad[] = {
	    "\x00\x00\xc0\x7f", "\x00\x00\x80\xff", "\x00\x00\x80\x4f"};
	struct buf file = {0};
	struct err err;
	struct wav w;
	double got[1];

	(void)state;
	for (int i = 0; i < 3; i++) {
		make_file(&file, &f, bad[i], 4);
		assert_int_equal(wav_parse(file.data, file.len, &w, &err), 0);
		assert_int_equal(wav_mono(&w, got, &err), -1);
		assert_string_equal(
		    err.text, "sample 0 is no number, or too large");
	}
	buf_free(&file);
}

/* In memory of its own size, so that a checker sees a byte too many. */
static void
read_all(const void *bytes, size_t len)
{
	void *copy = xmemdup(bytes, len > 0 ? len : 1);
	struct err err;
	struct wav w;

	if (wav_parse(copy, len, &w, &err) == 0) {
		size_t size = w.frames * w.channels * (w.bits / 8);
		double *out = xcalloc(w.frames + 1, sizeof(*out));

		assert_true(w.data >= (uint8_t *)copy);
		assert_true(w.data + size <= (uint8_t *)copy + len);
		wav_mono(&w, out, &err);
		free(out);
	}
	free(copy);
}

static void
cut_and_turned_files_are_read_within_their_bytes(void **state)
{
	struct buf file = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		make_file(&file, &cases[i].form, cases[i].data, cases[i].len);
		for (size_t len = 0; len <= file.len; len++)
			read_all(file.data, len);
		for (size_t at = 0; at < file.len; at++) {
			uint8_t was = file.data[at];

			for (int v = 0; v < 256; v++) {
				file.data[at] = v;
				read_all(file.data, file.len);
			}
			file.data[at] = was;
		}
	}
	buf_free(&file);
	assert_int_equal(
	    wav_parse("RIFF....WAVE", 12, &(struct wav){0}, NULL), -1);
	assert_int_equal(wav_parse("", 0, &(struct wav){0}, NULL), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_form_is_read),
	    cmocka_unit_test(channels_are_averaged),
	    cmocka_unit_test(what_is_there_counts),
	    cmocka_unit_test(other_forms_are_refused),
	    cmocka_unit_test(samples_that_are_no_numbers_are_refused),
	    cmocka_unit_test(cut_and_turned_files_are_read_within_their_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* subnetctl calc of recordings, as scripts use it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/xalloc.h"
#include "tests/lib/paths.h"
#include "tests/lib/tool.h"

enum { N = 4000, BIG = 63 * 1024 * 1024 };

struct place {
	char *dir;
	char *path; /* of a file in it */
};

static int
make_place(void **state)
{
	struct place *p = xcalloc(1, sizeof(*p));

	p->dir = paths_make_tmp();
	p->path = xasprintf("%s/sound.wav", p->dir);
	*state = p;
	return 0;
}

static int
end_place(void **state)
{
	struct place *p = *state;

	paths_remove(p->dir);
	free(p->dir);
	free(p->path);
	free(p);
	return 0;
}

static void
add_le(struct buf *b, uint32_t v, int bytes)
{
	for (int i = 0; i < bytes; i++)
		buf_add_byte(b, v >> (8 * i));
}

/* A tone with so much of another one in it, of 16 bits. */
static void
make_wav(struct buf *b, int rate, int samples, double gain, double other)
{
	buf_reset(b);
	buf_add(b, "RIFF", 4);
	add_le(b, 36 + 2 * samples, 4);
	buf_add(b, "WAVEfmt ", 8);
	add_le(b, 16, 4);
	add_le(b, 1, 2);
	add_le(b, 1, 2);
	add_le(b, rate, 4);
	add_le(b, 2 * rate, 4);
	add_le(b, 2, 2);
	add_le(b, 16, 2);
	buf_add(b, "data", 4);
	add_le(b, 2 * samples, 4);
	for (int i = 0; i < samples; i++)
		add_le(b,
		    (uint16_t)lrint(32767 * gain *
				    (sin(2 * M_PI * i / 40) +
					other * cos(2 * M_PI * i / 40))),
		    2);
}

static void
save(const struct place *p, const struct buf *b)
{
	FILE *f = fopen(p->path, "wb");

	assert_int_equal(fwrite(b->data, 1, b->len, f), b->len);
	fclose(f);
}

static json_t *
base64(const struct buf *b)
{
	size_t room =
	    sodium_base64_encoded_len(b->len, sodium_base64_VARIANT_ORIGINAL);
	char *text = xmalloc(room);
	json_t *json;

	sodium_bin2base64(
	    text, room, b->data, b->len, sodium_base64_VARIANT_ORIGINAL);
	json = json_string(text);
	free(text);
	return json;
}

/* The input is taken. */
static void
calc(const char *formula, json_t *in, struct tool_answer *got)
{
	const char *const args[] = {"calc", formula, NULL};
	char *text = json_dumps(in, 0);

	tool_run(args, text, strlen(text), got);
	free(text);
	json_decref(in);
}

static double
value_of(const char *formula, json_t *in)
{
	struct tool_answer got;
	double value;

	calc(formula, in, &got);
	if (got.status != 0)
		fail_msg("%s: %s", formula, got.err);
	value = json_number_value(json_object_get(got.json, "value"));
	tool_answer_clear(&got);
	return value;
}

static void
assert_refused(json_t *in, const char *why)
{
	struct tool_answer got;

	calc("si_sdr", in, &got);
	assert_int_equal(got.status, 1);
	if (strstr(got.err, why) == NULL)
		fail_msg("no \"%s\" in %s", why, got.err);
	tool_answer_clear(&got);
}

static void
a_file_and_base64_are_the_same(void **state)
{
	struct place *p = *state;
	struct buf clean = {0}, noisy = {0};
	double by_path, by_text;

	make_wav(&clean, 8000, N, .5, 0);
	make_wav(&noisy, 8000, N, .25, .1);
	save(p, &clean);
	by_path =
	    value_of("si_sdr", json_pack("{s:s, s:o}", "reference_wav", p->path,
				   "estimate_wav", base64(&noisy)));
	by_text = value_of(
	    "si_sdr", json_pack("{s:o, s:o}", "reference_wav", base64(&clean),
			  "estimate_wav", base64(&noisy)));
	assert_true(by_path == by_text);
	assert_true(fabs(by_path - 20) < 0.01);
	/* half of it is missing, and there is a twentieth of another tone */
	assert_true(fabs(value_of("segmental_snr",
			     json_pack("{s:s, s:o}", "reference_wav", p->path,
				 "estimate_wav", base64(&noisy))) +
			 10 * log10(.25 + .0025)) < .001);
	buf_free(&clean);
	buf_free(&noisy);
}

static void
a_recording_is_its_own_equal(void **state)
{
	struct place *p = *state;
	struct buf wav = {0};

	make_wav(&wav, 8000, N, .5, 0);
	save(p, &wav);
	assert_true(value_of("si_sdr",
			json_pack("{s:s, s:s, s:b}", "reference_wav", p->path,
			    "estimate_wav", p->path, "zero_mean", 0)) == 100);
	assert_true(value_of("segmental_snr",
			json_pack("{s:s, s:s}", "reference_wav", p->path,
			    "estimate_wav", p->path)) == 35);
	buf_free(&wav);
}

static void
what_is_wrong_is_named(void **state)
{
	struct place *p = *state;
	struct buf a = {0}, b = {0};

	make_wav(&a, 8000, N, .5, 0);
	save(p, &a);
	assert_refused(json_pack("{s:s}", "reference_wav", p->path),
	    "\"estimate_wav\" is missing");
	assert_refused(json_pack("{s:s, s:s}", "reference_wav", p->dir,
			   "estimate_wav", p->path),
	    "\"reference_wav\": ");
	assert_refused(json_pack("{s:s, s:s}", "reference_wav", p->path,
			   "estimate_wav", "/no/such/file"),
	    "\"estimate_wav\": /no/such/file: No such file");
	assert_refused(json_pack("{s:s, s:s}", "reference_wav", p->path,
			   "estimate_wav", "UklGR!"),
	    "\"estimate_wav\": not base64");
	assert_refused(json_pack("{s:s, s:s}", "reference_wav", p->path,
			   "estimate_wav", "UklGRgAA"),
	    "\"estimate_wav\": not a RIFF/WAVE file");
	assert_refused(json_pack("{s:s, s:s, s:s}", "reference_wav", p->path,
			   "estimate_wav", p->path, "zero_mean", "no"),
	    "\"zero_mean\" is true or false");
	make_wav(&b, 16000, N, .5, 0);
	assert_refused(json_pack("{s:s, s:o}", "reference_wav", p->path,
			   "estimate_wav", base64(&b)),
	    "rates differ: 8000 and 16000 samples a second");
	make_wav(&b, 8000, N / 2, .5, 0);
	assert_refused(json_pack("{s:s, s:o}", "reference_wav", p->path,
			   "estimate_wav", base64(&b)),
	    "lengths differ: 4000 and 2000 samples");
	make_wav(&b, 8000, 0, .5, 0);
	assert_refused(json_pack("{s:o, s:o}", "reference_wav", base64(&b),
			   "estimate_wav", base64(&b)),
	    "a recording without samples");
	buf_free(&a);
	buf_free(&b);
}

/* White space of so many bytes in front. */
static void
run_padded(size_t padding, struct tool_answer *got)
{
	static const char *const args[] = {"calc", "difflib", NULL};
	static const char object[] =
	    "{\"reference\": \"a\", \"hypothesis\": \"a\"}";
	struct buf text = {0};

	memset(buf_reserve(&text, padding), ' ', padding);
	text.len = padding;
	buf_add_str(&text, object);
	tool_run(args, text.data, text.len, got);
	buf_free(&text);
}

static void
the_input_may_be_large_but_not_endless(void **state)
{
	struct tool_answer got;

	(void)state;
	run_padded(BIG, &got);
	assert_int_equal(got.status, 0);
	tool_answer_clear(&got);
	run_padded(BIG + 1024 * 1024, &got);
	assert_int_equal(got.status, 1);
	assert_non_null(strstr(got.err, "stdin is longer than 67108864 bytes"));
	tool_answer_clear(&got);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_place, end_place)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(a_file_and_base64_are_the_same),
	    TEST(a_recording_is_its_own_equal),
	    TEST(what_is_wrong_is_named),
	    TEST(the_input_may_be_large_but_not_endless),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

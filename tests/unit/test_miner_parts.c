/* The development miner's pure parts: its flags, its memory, its files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/fake/miner/persona.c"
#include "tests/fake/miner/seen.c"
#include "tests/fake/miner/wav.c"

static int
parse(struct persona *p, struct err *err, const char *a, const char *b)
{
	char *argv[] = {"miner", (char *)a, (char *)b, NULL};

	optind = 0; /* getopt begins anew */
	opterr = 0;
	return persona_parse(p, b != NULL ? 3 : a != NULL ? 2 : 1, argv, err);
}

static void
flags_make_a_persona(void **state)
{
	struct persona p;
	struct err err;

	(void)state;
	assert_int_equal(parse(&p, &err, NULL, NULL), 0);
	assert_string_equal(p.suri, "//Miner1");
	assert_int_equal(p.capacity, 2);
	assert_int_equal(p.late_ms, -1);
	assert_int_equal(parse(&p, &err, "--delay-ms", "1500"), 0);
	assert_int_equal(p.delay_ms, 1500);
	assert_int_equal(parse(&p, &err, "--truncate", "0.4"), 0);
	assert_true(p.truncate == 0.4);
	assert_int_equal(parse(&p, &err, "--voice", "espeak"), 0);
	assert_true(p.speaks_by_espeak);
	assert_int_equal(parse(&p, &err, "--silent", NULL), 0);
	assert_true(p.is_silent);
}

static void
bad_flags_are_refused(void **state)
{
	static const char *const bad[][2] = {
	    {"--truncate", "1.5"},
	    {"--truncate", "x"},
	    {"--fail-every", "0"},
	    {"--delay-ms", "-1"},
	    {"--delay-ms", "1s"},
	    {"--voice", "opera"},
	    {"--unknown", NULL},
	    {"more", NULL},
	};
	struct persona p;
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(parse(&p, &err, bad[i][0], bad[i][1]), -1);
}

static void
a_request_is_seen_once_while_it_could_be_sent_again(void **state)
{
	struct seen *s = seen_new();

	(void)state;
	assert_false(seen_before(s, "a", 1000000));
	assert_true(seen_before(s, "a", 1000001));
	assert_false(seen_before(s, "b", 1000001));
	assert_true(seen_before(s, "a", 1000000 + SEEN_MS));
	assert_true(seen_before(s, "b", 1000000 + SEEN_MS + 1));
	seen_free(s);
	seen_free(NULL);
}

static void
a_full_memory_forgets_the_oldest(void **state)
{
	struct seen *s = seen_new();
	char name[16];

	(void)state;
	for (int i = 0; i < 2 * SEEN_SLOTS; i++) {
		snprintf(name, sizeof(name), "%d", i);
		assert_false(seen_before(s, name, 1000000));
	}
	assert_true(seen_before(s, name, 1000000));
	assert_false(seen_before(s, "0", 1000000));
	seen_free(s);
}

/* Four frames of one channel, between two chunks that mean nothing. */
static const uint8_t recording[] = "RIFF\x44\0\0\0WAVE"
				   "LIST\x03\0\0\0abc\0"
				   "fmt \x10\0\0\0\x01\0\x01\0\x80\x3e\0\0"
				   "\0\x7d\0\0\x02\0\x10\0"
				   "data\x08\0\0\0ABCDEFGH"
				   "more\x04\0\0\0wxyz";

static void
a_recording_is_found_among_its_chunks(void **state)
{
	struct wav wav;

	(void)state;
	assert_int_equal(
	    wav_parse(recording, sizeof(recording) - 1, &wav, NULL), 0);
	assert_int_equal(wav.channels, 1);
	assert_int_equal(wav.rate, 16000);
	assert_int_equal(wav.data_len, 8);
	assert_memory_equal(recording + wav.data_at, "ABCDEFGH", 8);
}

static void
a_recording_cut_anywhere_is_no_crash(void **state)
{
	struct wav wav;

	(void)state;
	for (size_t len = 0; len < sizeof(recording); len++) {
		uint8_t *copy = xmemdup(recording, len + 1);

		copy = xrealloc(copy, len > 0 ? len : 1, 1);
		if (wav_parse(copy, len, &wav, NULL) == 0)
			assert_true(wav.data_at + wav.data_len <= len);
		free(copy);
	}
}

static void
the_end_of_a_recording_can_be_lost(void **state)
{
	struct buf file = {0};
	struct wav wav;

	(void)state;
	buf_add(&file, recording, sizeof(recording) - 1);
	assert_int_equal(wav_cut(&file, 0.5, NULL), 0);
	assert_int_equal(wav_parse(file.data, file.len, &wav, NULL), 0);
	assert_int_equal(wav.data_len, 4);
	assert_int_equal(wav.data_at + wav.data_len, file.len);
	buf_reset(&file);
	buf_add_str(&file, "RIFF");
	assert_int_equal(wav_cut(&file, 0.5, NULL), -1);
	buf_free(&file);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(flags_make_a_persona),
	    cmocka_unit_test(bad_flags_are_refused),
	    cmocka_unit_test(
		a_request_is_seen_once_while_it_could_be_sent_again),
	    cmocka_unit_test(a_full_memory_forgets_the_oldest),
	    cmocka_unit_test(a_recording_is_found_among_its_chunks),
	    cmocka_unit_test(a_recording_cut_anywhere_is_no_crash),
	    cmocka_unit_test(the_end_of_a_recording_can_be_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

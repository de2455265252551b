/* Sound for challenges: read, trimmed, put into a length, under known noise. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/lib/sample.h"
#include "validator/challenge_dice.c"
#include "validator/challenge_sound.c"

enum { RATE = 16000 };

static struct challenge_dice
dice_of(uint8_t seed)
{
	struct challenge_dice dice = {.n = 0};

	memset(dice.key, seed, sizeof(dice.key));
	return dice;
}

/* A tone of so many seconds, with silence before and behind it. */
static struct challenge_sound
tone(double seconds, double before, double behind)
{
	size_t lead = before * RATE, n = seconds * RATE;
	struct challenge_sound s = {RATE, lead + n + behind * RATE, NULL};

	s.v = xcalloc(s.n, sizeof(*s.v));
	for (size_t i = 0; i < n; i++)
		s.v[lead + i] = 0.25F * sinf(0.3F * i);
	return s;
}

static void
what_was_written_is_read(void **state)
{
	struct challenge_sound s = tone(0.5, 0, 0), again;
	struct buf wav = {0};
	struct err err;

	(void)state;
	challenge_sound_write(&s, &wav);
	assert_int_equal(
	    challenge_sound_read(wav.data, wav.len, &again, &err), 0);
	assert_int_equal(again.rate, RATE);
	assert_int_equal(again.n, s.n);
	for (size_t i = 0; i < s.n; i++)
		assert_true(fabsf(s.v[i] - again.v[i]) < 1e-4F);
	challenge_sound_clear(&s);
	challenge_sound_clear(&again);
	buf_free(&wav);
}

/* Each byte of the head wrong, and each length too short: an answer, no
 * crash, and never more samples than bytes. */
static void
bad_files_are_refused(void **state)
{
	struct challenge_sound got;
	struct buf wav = {0};
	struct err err;
	int refused = 0;

	(void)state;
	sample_wav(440, 0.01, &wav);
	for (size_t i = 0; i < wav.len; i++)
		if (challenge_sound_read(wav.data, i, &got, &err) == 0) {
			assert_true(got.n <= i / 2);
			challenge_sound_clear(&got);
		}
	for (size_t i = 0; i < HEAD; i++) {
		uint8_t was = wav.data[i];

		wav.data[i] ^= 0xff;
		if (challenge_sound_read(wav.data, wav.len, &got, &err) != 0)
			refused++;
		else
			assert_true(got.n <= wav.len / 2);
		challenge_sound_clear(&got);
		wav.data[i] = was;
	}
	assert_true(refused > 20);
	assert_int_equal(challenge_sound_read(wav.data, 20, &got, &err), -1);
	assert_string_equal(err.text, "no RIFF/WAVE");
	wav.data[22] = 2; /* channels */
	assert_int_equal(
	    challenge_sound_read(wav.data, wav.len, &got, &err), -1);
	assert_string_equal(err.text, "not 16 bits, mono");
	buf_free(&wav);
}

static void
silence_at_the_ends_is_cut(void **state)
{
	struct challenge_sound s = tone(0.5, 0.2, 0.3);

	(void)state;
	challenge_sound_trim(&s);
	assert_true(fabs(challenge_sound_seconds(&s) - 0.5) < 0.002);
	challenge_sound_clear(&s);
	s = tone(0, 0.2, 0.3);
	challenge_sound_trim(&s);
	assert_int_equal(s.n, 0);
	challenge_sound_clear(&s);
}

/* The noise before and behind the tone, against the tone: as loud as said. */
static void
noise_is_as_loud_as_said(void **state)
{
	static const double snrs[] = {5, 12, 20, 35};
	struct challenge_dice dice = dice_of(1);

	(void)state;
	for (int i = 0; i < 8; i++) {
		struct challenge_noise noise = {snrs[i / 2], i % 2 == 1, 3};
		struct challenge_sound s = tone(1, 0, 0);
		double all, hiss, snr, n;

		challenge_sound_set(&s, 3, &noise, &dice);
		assert_int_equal(s.n, 3 * RATE);
		assert_true(fabs(peak_of(&s) - pow(10, -3 / 20.0)) < 1e-3);
		/* The tone is somewhere in the middle: most of the rest is
		 * noise, and the quietest fifth of a second is all noise. */
		hiss = 9;
		for (size_t at = 0; at + RATE / 5 <= s.n; at += RATE / 5) {
			double is = challenge_sound_rms(s.v + at, RATE / 5);

			hiss = is < hiss ? is : hiss;
		}
		all = challenge_sound_rms(s.v, s.n);
		n = hiss * hiss;
		snr = 10 * log10((3 * (all * all - n)) / n);
		assert_true(fabs(snr - snrs[i / 2]) < 2);
		challenge_sound_clear(&s);
	}
}

/* Pink has more below than white, for the same power. */
static void
pink_is_lower_than_white(void **state)
{
	double steps[2];

	(void)state;
	for (int pink = 0; pink < 2; pink++) {
		static float v[RATE];
		double sum = 0;

		fill_noise(v, RATE, pink, 77);
		for (int i = 1; i < RATE; i++)
			sum += (v[i] - v[i - 1]) * (v[i] - v[i - 1]);
		steps[pink] = sqrt(sum / RATE) / challenge_sound_rms(v, RATE);
	}
	assert_true(fabs(steps[0] - sqrt(2)) < 0.05);
	assert_true(steps[1] < 0.8 * steps[0]);
}

static void
speech_is_placed_anywhere_and_kept_whole(void **state)
{
	struct challenge_noise noise = {60, false, 0};
	struct challenge_dice dice = dice_of(2);
	size_t first = SIZE_MAX, last = 0;

	(void)state;
	for (int i = 0; i < 40; i++) {
		struct challenge_sound s = tone(1, 0, 0);
		size_t at = 0;

		challenge_sound_set(&s, 2, &noise, &dice);
		while (fabsf(s.v[at]) < 0.2F)
			at++;
		first = at < first ? at : first;
		last = at > last ? at : last;
		challenge_sound_clear(&s);
	}
	assert_true(first < RATE / 4 && last > RATE * 3 / 4);
	struct challenge_sound s = tone(1, 0, 0);

	challenge_sound_set(&s, 0.5, &noise, &dice);
	assert_int_equal(s.n, RATE);
	challenge_sound_clear(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_was_written_is_read),
	    cmocka_unit_test(bad_files_are_refused),
	    cmocka_unit_test(silence_at_the_ends_is_cut),
	    cmocka_unit_test(noise_is_as_loud_as_said),
	    cmocka_unit_test(pink_is_lower_than_white),
	    cmocka_unit_test(speech_is_placed_anywhere_and_kept_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

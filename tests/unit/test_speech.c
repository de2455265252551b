/* Plausibility of spoken output, under the shipped policy's numbers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "scorer/speech.h"

static const struct speech_rule rule = {
    .slowest = 0.25,
    .slow = 1,
    .fast = 4,
    .fastest = 6.5,
    .silent_db = -60,
    .quiet_db = -45,
    .least_voiced = 0.05,
    .voiced = 0.3,
    .clipped_db = -0.01,
    .clipped_factor = 0.5,
    .least_rate_hz = 8000,
    .letters_per_word = 2,
};

static const struct {
	struct speech_sound sound; /* duration, rms, peak, voiced, rate */
	double words, want;
} cases[] = {
    /* nine words by flite's rms voice, as measured */
    {{3.47, -21.6, -6.6, 0.8, 16000}, 9, 1},
    {{0.81, -22.8, -5.9, 0.8, 16000}, 1, 1},
    /* too fast: 5.25 a second is half way down */
    {{4, -21, -6, 0.8, 16000}, 21, 0.5},
    {{1, -21, -6, 0.8, 16000}, 7, 0},
    /* too slow */
    {{8, -21, -6, 0.8, 16000}, 5, 0.5},
    {{100, -21, -6, 0.8, 16000}, 5, 0},
    /* quiet and silent */
    {{4, -52.5, -40, 0.8, 16000}, 10, 0.5},
    {{4, -60, -50, 0.8, 16000}, 10, 0},
    {{4, -INFINITY, -INFINITY, 0, 16000}, 10, 0},
    /* a click in silence */
    {{4, -30, -1, 0.05, 16000}, 10, 0},
    {{4, -30, -1, 0.175, 16000}, 10, 0.5},
    /* clipped */
    {{4, -10, 0, 0.8, 16000}, 10, 0.5},
    /* a telephone is worse than the least */
    {{4, -21, -6, 0.8, 4000}, 10, 0},
    /* not measured does not lower */
    {{4, NAN, NAN, NAN, NAN}, 10, 1},
    /* but a duration must be there */
    {{NAN, -21, -6, 0.8, 16000}, 10, 0},
    {{0, -21, -6, 0.8, 16000}, 10, 0},
    {{-3, -21, -6, 0.8, 16000}, 10, 0},
    {{4, -21, -6, 0.8, 16000}, 0, 0},
    {{4, -21, -6, 0.8, 16000}, NAN, 0},
    {{INFINITY, -21, -6, 0.8, 16000}, 10, 0},
};

static void
sound_fits_words_or_not(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		double got =
		    speech_score(&rule, &cases[i].sound, cases[i].words);

		if (fabs(got - cases[i].want) > 1e-12)
			fail_msg("case %zu: %g, not %g", i, got, cases[i].want);
	}
}

static void
words_are_counted_by_spaces_or_letters(void **state)
{
	(void)state;
	assert_true(speech_words(&rule, "Nine, ten!", 0) == 2);
	assert_true(speech_words(&rule, "", 0) == 0);
	assert_true(speech_words(&rule,
			"\u4eca\u5929\u5929\u6c14\u5f88\u597d\u3002", 1) == 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(sound_fits_words_or_not),
	    cmocka_unit_test(words_are_counted_by_spaces_or_letters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

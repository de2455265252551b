/* Plausibility of spoken output, under the shipped policy's numbers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

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
    .least_uneven = 0.02,
    .uneven = 0.05,
    .clipped_db = -0.01,
    .clipped_factor = 0.5,
    .least_rate_hz = 8000,
    .letters_per_word = 2,
};

static const struct {
	struct speech_sound
	    sound; /* duration, rms, peak, voiced, rate, uneven */
	double words, want;
	const char *faults;
} cases[] = {
    /* nine words by flite's rms voice, as measured */
    {{3.47, -21.6, -6.6, 0.8, 16000, 0.4}, 9, 1, ""},
    {{0.81, -22.8, -5.9, 0.8, 16000, 0.6}, 1, 1, ""},
    /* too fast: 5.25 a second is half way down */
    {{4, -21, -6, 0.8, 16000, 0.4}, 21, 0.5, "too_short "},
    {{1, -21, -6, 0.8, 16000, 0.4}, 7, 0, "too_short "},
    /* too slow */
    {{8, -21, -6, 0.8, 16000, 0.4}, 5, 0.5, "too_long "},
    {{100, -21, -6, 0.8, 16000, 0.4}, 5, 0, "too_long "},
    /* quiet and silent */
    {{4, -52.5, -40, 0.8, 16000, 0.4}, 10, 0.5, "silent "},
    {{4, -60, -50, 0.8, 16000, 0.4}, 10, 0, "silent "},
    {{4, -INFINITY, -INFINITY, 0, 16000, 0}, 10, 0, "silent even "},
    /* a click in silence */
    {{4, -30, -1, 0.05, 16000, 0.4}, 10, 0, "silent "},
    {{4, -30, -1, 0.175, 16000, 0.4}, 10, 0.5, "silent "},
    /* a tone; noise whose loudness wavers; the least of speech */
    {{4, -21, -6, 1, 16000, 0}, 10, 0, "even "},
    {{4, -21, -6, 1, 16000, 0.0133}, 10, 0, "even "},
    {{4, -21, -6, 1, 16000, 0.035}, 10, 0.5, "even "},
    {{4, -21, -6, 1, 16000, 0.05}, 10, 1, ""},
    /* clipped */
    {{4, -10, 0, 0.8, 16000, 0.4}, 10, 0.5, "clipped "},
    {{8, -52.5, 0, 0.8, 16000, 0.4}, 5, 0.125, "too_long silent clipped "},
    /* a telephone is worse than the least */
    {{4, -21, -6, 0.8, 4000, 0.4}, 10, 0, "low_rate "},
    /* not measured does not lower */
    {{4, NAN, NAN, NAN, NAN, NAN}, 10, 1, ""},
    /* but a duration must be there */
    {{NAN, -21, -6, 0.8, 16000, 0.4}, 10, 0, "too_short "},
    {{0, -21, -6, 0.8, 16000, 0.4}, 10, 0, "too_short "},
    {{-3, -21, -6, 0.8, 16000, 0.4}, 10, 0, "too_short "},
    {{4, -21, -6, 0.8, 16000, 0.4}, 0, 0, "too_long "},
    {{4, -21, -6, 0.8, 16000, 0.4}, NAN, 0, ""},
    {{INFINITY, -21, -6, 0.8, 16000, 0.4}, 10, 0, "too_long "},
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
what_lowers_a_score_is_named(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		unsigned faults =
		    speech_faults(&rule, &cases[i].sound, cases[i].words);
		char names[128] = "";

		for (int k = 0; k < SPEECH_N_FAULTS; k++) {
			if (faults >> k & 1)
				snprintf(names + strlen(names),
				    sizeof(names) - strlen(names), "%s ",
				    speech_fault_name(k));
		}
		assert_string_equal(names, cases[i].faults);
	}
	assert_string_equal(speech_fault_name(SPEECH_N_FAULTS), "unknown");
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
	    cmocka_unit_test(what_lowers_a_score_is_named),
	    cmocka_unit_test(words_are_counted_by_spaces_or_letters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

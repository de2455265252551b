/* Plausibility of spoken output. */
#include "scorer/speech.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "scorer/math.h"
#include "scorer/text.h"

/* 0 up to zero, 1 from one on, a straight line between. */
static double
rising(double v, double zero, double one)
{
	if (isnan(v))
		return 1;
	if (v >= one)
		return 1;
	return v > zero ? (v - zero) / (one - zero) : 0;
}

static double
pace_score(const struct speech_rule *rule, double words_per_s)
{
	if (words_per_s < rule->slow)
		return rising(words_per_s, rule->slowest, rule->slow);
	return rising(-words_per_s, -rule->fastest, -rule->fast);
}

/* What each fault leaves of the score, 1 where there is none. */
static void
factors_of(const struct speech_rule *rule, const struct speech_sound *sound,
    double words, double factors[SPEECH_N_FAULTS])
{
	double pace = words / sound->duration_s;
	bool is_slow = pace < rule->slow;

	factors[SPEECH_TOO_LONG] = is_slow ? pace_score(rule, pace) : 1;
	factors[SPEECH_TOO_SHORT] = is_slow ? 1 : pace_score(rule, pace);
	factors[SPEECH_SILENT] =
	    rising(sound->rms_db, rule->silent_db, rule->quiet_db) *
	    rising(sound->voiced, rule->least_voiced, rule->voiced);
	factors[SPEECH_EVEN] =
	    rising(sound->uneven, rule->least_uneven, rule->uneven);
	factors[SPEECH_CLIPPED] =
	    sound->peak_db > rule->clipped_db ? rule->clipped_factor : 1;
	factors[SPEECH_LOW_RATE] = sound->rate_hz < rule->least_rate_hz ? 0 : 1;
}

double
speech_score(const struct speech_rule *rule, const struct speech_sound *sound,
    double words)
{
	double factors[SPEECH_N_FAULTS], score = 1;

	if (!(sound->duration_s > 0) || !(words > 0))
		return 0;
	factors_of(rule, sound, words, factors);
	for (int i = 0; i < SPEECH_N_FAULTS; i++)
		score *= factors[i];
	return math_clamp01(score);
}

unsigned
speech_faults(const struct speech_rule *rule, const struct speech_sound *sound,
    double words)
{
	double factors[SPEECH_N_FAULTS];
	unsigned faults = 0;

	if (!(sound->duration_s > 0))
		return 1u << SPEECH_TOO_SHORT;
	factors_of(rule, sound, words, factors);
	for (int i = 0; i < SPEECH_N_FAULTS; i++)
		faults |= (unsigned)(factors[i] < 1) << i;
	return faults;
}

const char *
speech_fault_name(enum speech_fault fault)
{
	switch (fault) {
	case SPEECH_TOO_SHORT:
		return "too_short";
	case SPEECH_TOO_LONG:
		return "too_long";
	case SPEECH_SILENT:
		return "silent";
	case SPEECH_EVEN:
		return "even";
	case SPEECH_CLIPPED:
		return "clipped";
	case SPEECH_LOW_RATE:
		return "low_rate";
	case SPEECH_N_FAULTS:
		break;
	}
	return "unknown";
}

double
speech_words(const struct speech_rule *rule, const char *text, int by_letter)
{
	char *normal = text_normalise(text);
	double words = 0;

	if (normal != NULL && by_letter)
		words = text_count_letters(normal) / rule->letters_per_word;
	else if (normal != NULL)
		words = text_count_words(normal);
	free(normal);
	return words;
}

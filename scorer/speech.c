/* Plausibility of spoken output. */
#include "scorer/speech.h"

#include <math.h>
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

double
speech_score(const struct speech_rule *rule, const struct speech_sound *sound,
    double words)
{
	double score;

	if (!(sound->duration_s > 0) || !(words > 0))
		return 0;
	if (sound->rate_hz < rule->least_rate_hz)
		return 0;
	score = pace_score(rule, words / sound->duration_s);
	score *= rising(sound->rms_db, rule->silent_db, rule->quiet_db);
	score *= rising(sound->voiced, rule->least_voiced, rule->voiced);
	if (sound->peak_db > rule->clipped_db)
		score *= rule->clipped_factor;
	return math_clamp01(score);
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

/*
 * Whether a recording can be somebody speaking a text: it has sound, it is
 * not clipped, and its length fits the number of words.
 *
 * It cannot tell which words were spoken. Pure.
 */
#ifndef SCORER_SPEECH_H
#define SCORER_SPEECH_H

#include <stddef.h>

/* As measured from the decoded samples; NaN where it was not. */
struct speech_sound {
	double duration_s;
	double rms_db;	/* of full scale: 0 is the loudest there is */
	double peak_db; /* likewise */
	double voiced;	/* share of the time that is not silence, 0..1 */
	double rate_hz;
	double uneven; /* share of soft moments, 0..1: sound.h */
};

/* The numbers, from the policy. */
struct speech_rule {
	/* Words a second: the score is 1 between slow and fast, and falls in
	 * a straight line to 0 at slowest and fastest. */
	double slowest, slow, fast, fastest;
	double silent_db, quiet_db;  /* 0 below the first, 1 above the 2nd */
	double least_voiced, voiced; /* likewise, of voiced */
	double least_uneven, uneven; /* likewise, of uneven */
	double clipped_db;	     /* a peak above this is clipped */
	double clipped_factor;	     /* and the score times this */
	double least_rate_hz;	     /* 0 below */
	double letters_per_word;     /* where words have no spaces */
};

/*
 * 0..1: rate of words x loudness x voice x unevenness, x clipped_factor if
 * clipped. What was not measured does not lower it, but a duration there must
 * be: without one, or without words, 0.
 */
double speech_score(
    const struct speech_rule *, const struct speech_sound *, double words);

/* What has lowered a score. */
enum speech_fault {
	SPEECH_TOO_SHORT, /* for its words; or no duration */
	SPEECH_TOO_LONG,
	SPEECH_SILENT, /* too soft, or for too much of the time */
	SPEECH_EVEN,   /* as a tone or noise is */
	SPEECH_CLIPPED,
	SPEECH_LOW_RATE, /* too few samples a second */
	SPEECH_N_FAULTS,
};

/* A set of them, 1 << fault each. 0 if and only if speech_score is 1, with
 * words. */
unsigned speech_faults(
    const struct speech_rule *, const struct speech_sound *, double words);

/* "too_short" and so on. */
const char *speech_fault_name(enum speech_fault);

/* How many words a text counts for; by_letter: its letters divided by
 * letters_per_word. 0 if the text is too long to look at. */
double speech_words(
    const struct speech_rule *, const char *text, int by_letter);

#endif

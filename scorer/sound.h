/*
 * What a recording is like, sample by sample: how long, how loud, how much of
 * it is silence, clipped, or as even as no speech is.
 *
 * Loudness goes by frames of 20 ms, of all channels together. A frame of more
 * than SOUND_VOICED_DB is voiced; silence is what is not. `uneven` is the low
 * short-time energy ratio (Lu, Zhang, Jiang: Content analysis for audio
 * classification and segmentation, IEEE Transactions on Speech and Audio
 * Processing 10(7), 2002) of the voiced frames alone: the share of them with
 * less than half the mean power of their second, the rest at the end being
 * left out if it is less than half a second, but for one that is all there
 * is. Speech has a tenth and more of such frames; a tone and hiss have next to
 * none. Rumble and music may have as many as speech.
 *
 * Pure, in constant memory; sums run in the order of the samples.
 */
#ifndef SCORER_SOUND_H
#define SCORER_SOUND_H

#include <stdint.h>

enum {
	SOUND_FRAME_MS = 20,
	SOUND_WINDOW_FRAMES = 50, /* a second */
	SOUND_MAX_CHANNELS = 64,
};

#define SOUND_VOICED_DB (-45.0)
#define SOUND_LEAST_DB (-120.0) /* what silence has */

/* Clipped is a run of so many samples of a channel at full scale. */
enum { SOUND_CLIPPED_RUN = 3 };

struct sound_measure {
	double duration_s;
	double rms_db, peak_db; /* of full scale; SOUND_LEAST_DB at least */
	double voiced;		/* share of the frames */
	double clipped;		/* share of the samples */
	/* Silence in front, behind, and the longest between. All of a silent
	 * recording is in front. */
	double lead_s, trail_s, gap_s;
	double offset; /* mean of the samples, in units of full scale */
	double uneven; /* share of the frames */
};

/* What is being measured. Its members are sound.c's. */
struct sound {
	int rate_hz, channels;
	double full_scale;
	uint64_t samples; /* of all channels, as all numbers of samples here */
	double sum, sum_squares, peak;
	int runs[SOUND_MAX_CHANNELS]; /* at full scale; negative: downwards */
	uint64_t clipped;
	uint64_t frame_len, frame_samples;
	double frame_squares;
	uint64_t frames, voiced_frames;
	uint64_t lead, silence, gap; /* silence: since the last voiced frame */
	double window[SOUND_WINDOW_FRAMES];
	int window_frames;
	uint64_t judged_frames, low_frames;
};

/* full_scale: from where on a sample is as loud as its format can say. -1 if
 * there are no channels, more than SOUND_MAX_CHANNELS, or no rate. */
int sound_init(struct sound *, int rate_hz, int channels, double full_scale);

/* One sample of each channel. What is no number, or beyond 1e9, is passed
 * over. */
void sound_add(struct sound *, const double *values);

/* 0, or -1 if there was no sample. Nothing can be added any more. */
int sound_end(struct sound *, struct sound_measure *);

#endif

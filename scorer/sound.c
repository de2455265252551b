/* Samples into frames, frames into seconds. */
#include "scorer/sound.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "scorer/math.h"

static const double voiced_power = 3.1622776601683795e-5; /* SOUND_VOICED_DB */
static const double largest = 1e9;

int
sound_init(struct sound *s, int rate_hz, int channels, double full_scale)
{
	if (rate_hz < 1 || channels < 1 || channels > SOUND_MAX_CHANNELS)
		return -1;
	memset(s, 0, sizeof(*s));
	s->rate_hz = rate_hz;
	s->channels = channels;
	s->full_scale = full_scale;
	s->frame_len = (uint64_t)rate_hz * channels * SOUND_FRAME_MS / 1000 + 1;
	return 0;
}

/* -- seconds ------------------------------------------------------------- */

static void
end_window(struct sound *s)
{
	double mean = 0;

	for (int i = 0; i < s->window_frames; i++)
		mean += s->window[i];
	mean /= s->window_frames;
	for (int i = 0; i < s->window_frames; i++)
		s->low_frames += s->window[i] < mean / 2;
	s->judged_frames += s->window_frames;
	s->window_frames = 0;
}

/* -- frames -------------------------------------------------------------- */

static void
note_silence(struct sound *s, bool voiced)
{
	if (!voiced) {
		s->silence += s->frame_samples;
		return;
	}
	if (s->voiced_frames == 0)
		s->lead = s->silence;
	else if (s->silence > s->gap)
		s->gap = s->silence;
	s->silence = 0;
}

static void
end_frame(struct sound *s)
{
	double power = s->frame_squares / s->frame_samples;
	bool voiced = power > voiced_power;

	note_silence(s, voiced);
	s->frames++;
	s->voiced_frames += voiced;
	if (voiced)
		s->window[s->window_frames++] = power;
	if (s->window_frames == SOUND_WINDOW_FRAMES)
		end_window(s);
	s->frame_squares = 0;
	s->frame_samples = 0;
}

/* -- samples ------------------------------------------------------------- */

static void
note_clipping(struct sound *s, int *run, double v)
{
	int way = v >= s->full_scale ? 1 : v <= -s->full_scale ? -1 : 0;

	if (way == 0 || (*run > 0) != (way > 0))
		*run = 0;
	if (way == 0)
		return;
	*run += way;
	if (abs(*run) == SOUND_CLIPPED_RUN) {
		s->clipped += SOUND_CLIPPED_RUN;
	} else if (abs(*run) > SOUND_CLIPPED_RUN) {
		s->clipped++;
		*run -= way; /* long enough: it need not be counted on */
	}
}

static void
add_value(struct sound *s, int *run, double v)
{
	double size = fabs(v);

	if (!(size <= largest))
		return;
	s->samples++;
	s->sum += v;
	s->sum_squares += v * v;
	s->frame_squares += v * v;
	if (size > s->peak)
		s->peak = size;
	note_clipping(s, run, v);
	if (++s->frame_samples >= s->frame_len)
		end_frame(s);
}

void
sound_add(struct sound *s, const double *values)
{
	for (int c = 0; c < s->channels; c++)
		add_value(s, &s->runs[c], values[c]);
}

/* -- the end ------------------------------------------------------------- */

static double
seconds(const struct sound *s, uint64_t samples)
{
	return (double)samples / s->channels / s->rate_hz;
}

int
sound_end(struct sound *s, struct sound_measure *m)
{
	if (s->samples == 0)
		return -1;
	if (s->frame_samples > 0)
		end_frame(s);
	if (s->window_frames >= SOUND_WINDOW_FRAMES / 2 ||
	    (s->window_frames > 0 && s->judged_frames == 0))
		end_window(s);
	memset(m, 0, sizeof(*m));
	m->duration_s = seconds(s, s->samples);
	m->rms_db = math_decibels(s->sum_squares / s->samples, SOUND_LEAST_DB);
	m->peak_db = math_decibels(s->peak * s->peak, SOUND_LEAST_DB);
	m->voiced = (double)s->voiced_frames / s->frames;
	m->clipped = (double)s->clipped / s->samples;
	m->offset = s->sum / s->samples;
	m->lead_s = seconds(s, s->voiced_frames > 0 ? s->lead : s->samples);
	m->trail_s = seconds(s, s->voiced_frames > 0 ? s->silence : 0);
	m->gap_s = seconds(s, s->gap);
	if (s->judged_frames > 0)
		m->uneven = (double)s->low_frames / s->judged_frames;
	return 0;
}

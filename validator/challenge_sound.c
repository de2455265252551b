/* Samples in a row. The noise is xorshift64*'s, from a throw of the dice;
 * pink is white through three one-pole low passes. */
#include "validator/challenge_sound.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/err.h"
#include "common/xalloc.h"
#include "validator/challenge_dice.h"

enum { HEAD = 44, LEAST_RATE = 4000, MOST_RATE = 192000 };

static const float silence = 0.01F; /* of the loudest sample */

void
challenge_sound_clear(struct challenge_sound *s)
{
	free(s->v);
	*s = (struct challenge_sound){.v = NULL};
}

double
challenge_sound_seconds(const struct challenge_sound *s)
{
	return (double)s->n / s->rate;
}

double
challenge_sound_rms(const float *v, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += (double)v[i] * v[i];
	return n > 0 ? sqrt(sum / n) : 0;
}

/* -- RIFF/WAVE ------------------------------------------------------------ */

static uint32_t
le(const uint8_t *p, int bytes)
{
	uint32_t v = 0;

	for (int i = bytes - 1; i >= 0; i--)
		v = v << 8 | p[i];
	return v;
}

static void
take_samples(const uint8_t *p, size_t n, struct challenge_sound *out)
{
	out->n = n;
	out->v = xcalloc(n + 1, sizeof(*out->v));
	for (size_t i = 0; i < n; i++)
		out->v[i] = (int16_t)le(p + 2 * i, 2) / 32768.0F;
}

int
challenge_sound_read(
    const uint8_t *p, size_t len, struct challenge_sound *out, struct err *err)
{
	size_t at = 12;

	*out = (struct challenge_sound){.v = NULL};
	if (len < HEAD || memcmp(p, "RIFF", 4) != 0 ||
	    memcmp(p + 8, "WAVE", 4) != 0)
		return err_set(err, "no RIFF/WAVE");
	while (at + 8 <= len) {
		size_t size = le(p + at + 4, 4), left = len - at - 8;
		const uint8_t *body = p + at + 8;

		if (memcmp(p + at, "data", 4) == 0) {
			/* Who writes to a pipe does not know the size. */
			size = size < left ? size : left;
			if (out->rate == 0 ||
			    size / 2 / out->rate > CHALLENGE_SOUND_MAX_S)
				return err_set(err, "too long, or no format");
			take_samples(body, size / 2, out);
			return 0;
		}
		if (size > left)
			break;
		if (memcmp(p + at, "fmt ", 4) == 0 && size >= 16) {
			out->rate = le(body + 4, 4);
			if (le(body, 2) != 1 || le(body + 2, 2) != 1 ||
			    le(body + 14, 2) != 16 || out->rate < LEAST_RATE ||
			    out->rate > MOST_RATE)
				return err_set(err, "not 16 bits, mono");
		}
		at += 8 + size + size % 2;
	}
	return err_set(err, "no samples");
}

static void
put_le(struct buf *out, uint32_t v, int bytes)
{
	for (int i = 0; i < bytes; i++)
		buf_add_byte(out, v >> (8 * i) & 0xff);
}

void
challenge_sound_write(const struct challenge_sound *s, struct buf *out)
{
	uint32_t bytes = 2 * s->n;

	buf_add(out, "RIFF", 4);
	put_le(out, HEAD - 8 + bytes, 4);
	buf_add(out, "WAVEfmt ", 8);
	put_le(out, 16, 4);
	put_le(out, 1, 2);
	put_le(out, 1, 2);
	put_le(out, s->rate, 4);
	put_le(out, 2 * s->rate, 4);
	put_le(out, 2, 2);
	put_le(out, 16, 2);
	buf_add(out, "data", 4);
	put_le(out, bytes, 4);
	for (size_t i = 0; i < s->n; i++)
		put_le(out, (uint16_t)(int16_t)lrintf(s->v[i] * 32767), 2);
}

/* -- what is done to it --------------------------------------------------- */

static float
peak_of(const struct challenge_sound *s)
{
	float peak = 0;

	for (size_t i = 0; i < s->n; i++) {
		if (fabsf(s->v[i]) > peak)
			peak = fabsf(s->v[i]);
	}
	return peak;
}

void
challenge_sound_trim(struct challenge_sound *s)
{
	float least = peak_of(s) * silence;
	size_t first = 0, end = s->n;

	while (first < end && fabsf(s->v[first]) <= least)
		first++;
	while (end > first && fabsf(s->v[end - 1]) <= least)
		end--;
	memmove(s->v, s->v + first, (end - first) * sizeof(*s->v));
	s->n = end - first;
}

static float
white(uint64_t *state)
{
	double sum = 0;

	/* Three even throws: near enough to a bell. */
	for (int i = 0; i < 3; i++) {
		*state ^= *state >> 12;
		*state ^= *state << 25;
		*state ^= *state >> 27;
		sum += (double)(*state * 0x2545f4914f6cdd1dULL >> 11) * 0x1p-53;
	}
	return (float)(sum - 1.5);
}

static void
fill_noise(float *v, size_t n, bool is_pink, uint64_t seed)
{
	static const float keep[] = {0.997F, 0.96F, 0.6F};
	float low[3] = {0};

	seed |= 1;
	for (size_t i = 0; i < n; i++) {
		float w = white(&seed);

		v[i] = is_pink ? 0 : w;
		for (int k = 0; k < 3 && is_pink; k++) {
			low[k] = keep[k] * low[k] +
				 (1 - keep[k]) * w * (float)(4 >> k);
			v[i] += low[k];
		}
	}
}

static void
scale(float *v, size_t n, double by)
{
	for (size_t i = 0; i < n; i++)
		v[i] = (float)(v[i] * by);
}

void
challenge_sound_set(struct challenge_sound *s, double seconds,
    const struct challenge_noise *noise, struct challenge_dice *dice)
{
	size_t wanted = seconds > 0 ? (size_t)(seconds * s->rate) : 0;
	struct challenge_sound all = {s->rate, wanted, NULL};
	double loud = challenge_sound_rms(s->v, s->n), hiss, peak;
	size_t before;

	if (all.n < s->n)
		all.n = s->n;
	before = challenge_dice_below(dice, all.n - s->n + 1);
	all.v = xcalloc(all.n + 1, sizeof(*all.v));
	fill_noise(all.v, all.n, noise->is_pink, challenge_dice_throw(dice));
	hiss = challenge_sound_rms(all.v, all.n);
	if (hiss > 0)
		scale(all.v, all.n, loud * pow(10, -noise->snr_db / 20) / hiss);
	for (size_t i = 0; i < s->n; i++)
		all.v[before + i] += s->v[i];
	peak = peak_of(&all);
	if (peak > 0)
		scale(all.v, all.n, pow(10, -noise->peak_db / 20) / peak);
	challenge_sound_clear(s);
	*s = all;
}

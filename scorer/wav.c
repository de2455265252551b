/* Chunks, until the samples are found. */
#include "scorer/wav.h"

#include <math.h>
#include <string.h>

#include "common/err.h"

enum {
	RIFF_HEAD = 12,
	CHUNK_HEAD = 8,
	FMT_LEN = 16,
	FMT_EXTENSIBLE_LEN = 40,
	FMT_SUBFORMAT = 24, /* where the code stands then */
	CODE_PCM = 1,
	CODE_FLOAT = 3,
	CODE_EXTENSIBLE = 0xfffe,
};

/* Behind the code in the names of subformats. */
static const uint8_t subformat_tail[14] = {
    0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71};

static uint64_t
little_endian(const uint8_t *at, int bytes)
{
	uint64_t v = 0;

	while (bytes > 0)
		v = v << 8 | at[--bytes];
	return v;
}

/* -- the header ---------------------------------------------------------- */

static bool
is_known(int code, int bits)
{
	if (code == CODE_PCM)
		return bits == 8 || bits == 16 || bits == 24 || bits == 32;
	return code == CODE_FLOAT && (bits == 32 || bits == 64);
}

/* The format's code, of an extensible one its subformat's; 0 is none. */
static int
code_of(const uint8_t *fmt, size_t len)
{
	int code = little_endian(fmt, 2);

	if (code != CODE_EXTENSIBLE)
		return code;
	if (len < FMT_EXTENSIBLE_LEN ||
	    memcmp(fmt + FMT_SUBFORMAT + 2, subformat_tail,
		sizeof(subformat_tail)) != 0)
		return 0;
	return little_endian(fmt + FMT_SUBFORMAT, 2);
}

static int
read_format(const uint8_t *fmt, size_t len, struct wav *w, struct err *err)
{
	size_t stride;
	int code;

	if (len < FMT_LEN)
		return err_set(err, "a format of %zu bytes", len);
	code = code_of(fmt, len);
	w->channels = little_endian(fmt + 2, 2);
	w->rate_hz = little_endian(fmt + 4, 4);
	stride = little_endian(fmt + 12, 2);
	w->bits = little_endian(fmt + 14, 2);
	w->is_float = code == CODE_FLOAT;
	if (!is_known(code, w->bits))
		return err_set(
		    err, "format %d of %d bits is not read", code, w->bits);
	if (w->channels < 1 || w->channels > WAV_MAX_CHANNELS)
		return err_set(err, "%d channels", w->channels);
	if (w->rate_hz < 1 || w->rate_hz > WAV_MAX_RATE)
		return err_set(err, "%u samples a second", w->rate_hz);
	if (stride != (size_t)w->channels * w->bits / 8)
		return err_set(err, "%zu bytes for %d channels of %d bits",
		    stride, w->channels, w->bits);
	return 0;
}

static bool
is_named(const uint8_t *chunk, const char *name)
{
	return memcmp(chunk, name, 4) == 0;
}

int
wav_parse(const void *bytes, size_t len, struct wav *w, struct err *err)
{
	const uint8_t *file = bytes;
	size_t at = RIFF_HEAD;
	bool has_format = false;

	memset(w, 0, sizeof(*w));
	if (len < RIFF_HEAD || !is_named(file, "RIFF") ||
	    !is_named(file + 8, "WAVE"))
		return err_set(err, "not a RIFF/WAVE file");
	while (len - at >= CHUNK_HEAD) {
		const uint8_t *chunk = file + at;
		size_t said = little_endian(chunk + 4, 4), has;

		at += CHUNK_HEAD;
		has = said < len - at ? said : len - at;
		if (is_named(chunk, "fmt ")) {
			if (read_format(file + at, has, w, err) != 0)
				return -1;
			has_format = true;
		} else if (is_named(chunk, "data")) {
			if (!has_format)
				return err_set(err, "samples without a format");
			w->data = file + at;
			w->frames = has / ((size_t)w->channels * w->bits / 8);
			return 0;
		}
		at += has;
		at += said % 2 == 1 && at < len;
	}
	return err_set(err, "no samples in it");
}

/* -- the samples --------------------------------------------------------- */

static double
float32_at(const uint8_t *at)
{
	uint32_t bits = little_endian(at, 4);
	float v;

	memcpy(&v, &bits, sizeof(v));
	return v;
}

static double
float64_at(const uint8_t *at)
{
	uint64_t bits = little_endian(at, 8);
	double v;

	memcpy(&v, &bits, sizeof(v));
	return v;
}

/* Two's complement, made a fraction. */
static double
pcm_at(const uint8_t *at, int bits)
{
	int64_t half = (int64_t)1 << (bits - 1);
	int64_t v = little_endian(at, bits / 8);

	if (v >= half)
		v -= 2 * half;
	return (double)v / half;
}

double
wav_sample(const struct wav *w, size_t frame, int channel)
{
	size_t bytes = w->bits / 8;
	const uint8_t *at = w->data + (frame * w->channels + channel) * bytes;

	if (w->is_float)
		return w->bits == 32 ? float32_at(at) : float64_at(at);
	if (w->bits == 8)
		return (*at - 128) / 128.0;
	return pcm_at(at, w->bits);
}

int
wav_mono(const struct wav *w, double *out, struct err *err)
{
	for (size_t i = 0; i < w->frames; i++) {
		double sum = 0;

		for (int c = 0; c < w->channels; c++) {
			double v = wav_sample(w, i, c);

			if (!(fabs(v) <= WAV_MAX_SAMPLE))
				return err_set(err,
				    "sample %zu is no number, or too large", i);
			sum += v;
		}
		out[i] = sum / w->channels;
	}
	return 0;
}

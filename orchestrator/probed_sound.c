/*
 * Decoded sound: measured, or written out at another rate.
 *
 * Its rate and its channels are those of the first frame; where they change
 * on the way, it ends.
 */
#include <endian.h>
#include <libavformat/avformat.h>
#include <libavutil/samplefmt.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "orchestrator/probed.h"
#include "scorer/resample.h"
#include "scorer/sound.h"

/* Of all channels: an hour of two at 48 kHz. How long the rest is, its packets
 * say without being decoded. */
enum { MAX_MEASURED = 2 * 48000 * 3600 };

struct listener {
	int rate_hz, channels; /* 0: no frame came yet */
	struct sound sound;
	struct resample *resample; /* NULL: measure */
	int to_hz;
	bool has_changed; /* on the way: what follows was not looked at */
	long
	    left; /* samples still to be written, or of all channels measured */
	long written;
};

/* -- frames -------------------------------------------------------------- */

static double
sample_at(const uint8_t *data, enum AVSampleFormat format, int i)
{
	switch (format) {
	case AV_SAMPLE_FMT_U8:
		return (data[i] - 128) / 128.0;
	case AV_SAMPLE_FMT_S16:
		return ((const int16_t *)data)[i] / 32768.0;
	case AV_SAMPLE_FMT_S32:
		return ((const int32_t *)data)[i] / 2147483648.0;
	case AV_SAMPLE_FMT_FLT:
		return ((const float *)data)[i];
	case AV_SAMPLE_FMT_DBL:
		return ((const double *)data)[i];
	default:
		return 0;
	}
}

/* Bytes are at their loudest at 127; what was of 16 bits once, at 32,767. */
static double
full_scale_of(enum AVSampleFormat packed)
{
	return packed == AV_SAMPLE_FMT_U8 ? 127 / 128.0 : 32767 / 32768.0;
}

static void
begin(struct listener *l, const AVFrame *f)
{
	if (sound_init(&l->sound, f->sample_rate, f->ch_layout.nb_channels,
		full_scale_of(av_get_packed_sample_fmt(f->format))) != 0)
		return;
	l->rate_hz = f->sample_rate;
	l->channels = f->ch_layout.nb_channels;
	if (l->to_hz > 0)
		l->resample = resample_new(l->rate_hz, l->to_hz);
}

static bool
is_alike(struct listener *l, const AVFrame *f)
{
	if (l->rate_hz == 0)
		begin(l, f);
	return l->rate_hz > 0 && f->sample_rate == l->rate_hz &&
	       f->ch_layout.nb_channels == l->channels;
}

static void
read_values(const AVFrame *f, int i, int channels, double *values)
{
	enum AVSampleFormat packed = av_get_packed_sample_fmt(f->format);
	bool planar = av_sample_fmt_is_planar(f->format);

	for (int c = 0; c < channels; c++)
		values[c] =
		    planar ? sample_at(f->extended_data[c], packed, i)
			   : sample_at(f->data[0], packed, i * channels + c);
}

/* -- measuring ----------------------------------------------------------- */

static bool
on_measure(const AVFrame *f, void *arg)
{
	struct listener *l = arg;
	double values[SOUND_MAX_CHANNELS];

	if (!is_alike(l, f)) {
		l->has_changed = l->rate_hz > 0;
		return false;
	}
	for (int i = 0; i < f->nb_samples; i++) {
		read_values(f, i, l->channels, values);
		sound_add(&l->sound, values);
	}
	l->left -= (long)f->nb_samples * l->channels;
	return l->left > 0;
}

static void
add_measure(struct probed *p, const struct listener *l,
    const struct sound_measure *m, double duration_s)
{
	probed_add(p,
	    ",\"duration_s\":%.4f,\"rate\":%d,\"channels\":%d,"
	    "\"rms_db\":%.2f,\"peak_db\":%.2f,\"voiced\":%.4f,"
	    "\"silence\":%.4f,\"uneven\":%.4f,\"clipped\":%.6f",
	    duration_s, l->rate_hz, l->channels, m->rms_db, m->peak_db,
	    m->voiced, 1 - m->voiced, m->uneven, m->clipped);
	probed_add(p,
	    ",\"lead_s\":%.2f,\"trail_s\":%.2f,\"gap_s\":%.2f,"
	    "\"offset\":%.5f",
	    m->lead_s, m->trail_s, m->gap_s, m->offset);
	if (m->duration_s < duration_s)
		probed_add(p, ",\"measured_s\":%.4f", m->duration_s);
}

static int
check_length(struct probed *p, AVFormatContext *media, int index,
    const struct probed_shape *shape, double is_s)
{
	int rate_hz = media->streams[index]->codecpar->sample_rate;
	double says_s = probed_says_s(media, index);

	if (shape->format == PROBED_OGG)
		says_s = rate_hz > 0 ? (double)shape->granule / rate_hz : 0;
	if (shape->format == PROBED_WAV)
		says_s = shape->says_s;
	if (probed_is_short(says_s, is_s)) {
		probed_add(p, ",\"says_s\":%.4f", says_s);
		return probed_fault(p, "truncated",
		    "the container says %.1f s, %.1f s decode", says_s, is_s);
	}
	/* Some count their bytes wrongly and have all the sound they say. */
	if (!shape->is_cut || (says_s > 0 && shape->format != PROBED_OGG) ||
	    shape->format == PROBED_WAV)
		return 0;
	if (shape->says_bytes > 0)
		return probed_fault(p, "truncated",
		    "the container says %lld bytes, there are %lld; %.1f s "
		    "decode",
		    (long long)shape->says_bytes, (long long)probed_size(),
		    is_s);
	return probed_fault(p, "truncated",
	    "it ends in the middle of a page; %.1f s decode", is_s);
}

int
probed_sound(struct probed *p, AVFormatContext *media, int index,
    const struct probed_shape *shape)
{
	const AVStream *stream = media->streams[index];
	struct listener l = {.left = MAX_MEASURED};
	struct probed_count n;
	struct sound_measure m;
	double is_s, last_s;

	probed_add_names(p, media, index);
	if (stream->codecpar->ch_layout.nb_channels > SOUND_MAX_CHANNELS)
		return probed_fault(p, "bad_header",
		    "the header says %d channels; 1 to %d can be",
		    stream->codecpar->ch_layout.nb_channels,
		    SOUND_MAX_CHANNELS);
	n = probed_decode(media, index, on_measure, &l);
	if (n.frames == 0 || l.rate_hz == 0 || sound_end(&l.sound, &m) != 0)
		return shape->is_cut ? check_length(p, media, index, shape, 0)
				     : probed_nothing(p, &n);
	is_s = m.duration_s;
	if (l.left <= 0) {
		last_s = probed_last_s(media, index, LONG_MAX);
		is_s = last_s > is_s ? last_s : is_s;
	}
	add_measure(p, &l, &m, is_s);
	return l.has_changed ? 0 : check_length(p, media, index, shape, is_s);
}

/* -- samples ------------------------------------------------------------- */

static void
write_ready(struct listener *l)
{
	double v;

	while (l->left > 0 && resample_take(l->resample, &v)) {
		float f = (float)v;
		uint32_t bits;

		memcpy(&bits, &f, sizeof(bits));
		bits = htole32(bits);
		fwrite(&bits, sizeof(bits), 1, stdout);
		l->written++;
		l->left--;
	}
}

static double
mean_of(const double *values, int n)
{
	double sum = 0;

	for (int c = 0; c < n; c++)
		sum += fabs(values[c]) <= 1e9 ? values[c] : 0;
	return sum / n;
}

static bool
on_rewrite(const AVFrame *f, void *arg)
{
	struct listener *l = arg;
	double values[SOUND_MAX_CHANNELS];

	if (!is_alike(l, f) || l->resample == NULL)
		return false;
	for (int i = 0; i < f->nb_samples && l->left > 0; i++) {
		read_values(f, i, l->channels, values);
		resample_put(l->resample, mean_of(values, l->channels));
		write_ready(l);
	}
	return l->left > 0;
}

int
probed_write_samples(AVFormatContext *media, int index, int rate_hz)
{
	struct listener l = {
	    .to_hz = rate_hz, .left = (long)rate_hz * PROBED_MAX_SAMPLES_S};

	probed_decode(media, index, on_rewrite, &l);
	if (l.resample == NULL)
		return -1;
	resample_end(l.resample);
	write_ready(&l);
	return l.written > 0 ? 0 : -1;
}

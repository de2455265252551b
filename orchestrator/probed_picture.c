/*
 * A picture, or a video's first one: its size, and of pictures what the
 * scorer makes of their colours.
 *
 * Colours are made R, G, B of 8 bits here, in whole numbers, whatever they
 * are stored as: a wider one is scaled down, Y, Cb, Cr are taken as BT.601,
 * chroma as its nearest sample, and what shines through is white.
 */
#include <libavformat/avformat.h>
#include <libavutil/pixdesc.h>
#include <string.h>

#include "orchestrator/probed.h"
#include "scorer/picture.h"

enum { MAX_SECONDS = 12 * 3600, MAX_DEPTH = 16, MAX_PACKETS = 500000 };

struct looker {
	bool wants_hash;
	int width, height;
	bool has_hash;
	struct picture_measure measure;
};

/* -- colours ------------------------------------------------------------- */

struct row {
	const AVFrame *frame;
	const AVPixFmtDescriptor *desc;
	int y;
	uint16_t (*parts)[PICTURE_MAX_SIDE]; /* of it, as they are stored */
};

static int
clamp255(int v)
{
	return v < 0 ? 0 : v > 255 ? 255 : v;
}

static void
read_part(const struct row *r, int part)
{
	bool is_chroma =
	    (part == 1 || part == 2) && !(r->desc->flags & AV_PIX_FMT_FLAG_RGB);
	int shift_x = is_chroma ? r->desc->log2_chroma_w : 0;
	int shift_y = is_chroma ? r->desc->log2_chroma_h : 0;
	int width = AV_CEIL_RSHIFT(r->frame->width, shift_x);

	av_read_image_line2(r->parts[part], (const uint8_t **)r->frame->data,
	    r->frame->linesize, r->desc, 0, r->y >> shift_y, part, width, 0,
	    sizeof(uint16_t));
}

/* 0..255 */
static int
part_at(const struct row *r, int part, int x)
{
	int most = (1 << r->desc->comp[part].depth) - 1;
	bool is_chroma =
	    (part == 1 || part == 2) && !(r->desc->flags & AV_PIX_FMT_FLAG_RGB);
	int v = r->parts[part][is_chroma ? x >> r->desc->log2_chroma_w : x];

	return most == 255 ? v : (v * 255 + most / 2) / most;
}

static bool
has_full_range(const AVFrame *f)
{
	switch (f->format) {
	case AV_PIX_FMT_YUVJ420P:
	case AV_PIX_FMT_YUVJ422P:
	case AV_PIX_FMT_YUVJ444P:
	case AV_PIX_FMT_YUVJ440P:
	case AV_PIX_FMT_YUVJ411P:
		return true;
	default:
		return f->color_range == AVCOL_RANGE_JPEG;
	}
}

/* In 65,536ths; the second set is of Y in 16..235, Cb and Cr in 16..240. */
static void
colours_of(const AVFrame *f, int y, int cb, int cr, int rgb[3])
{
	static const int full[] = {65536, 0, 91881, 22554, 46802, 116130};
	static const int narrow[] = {76309, 16, 104597, 25675, 53279, 132201};
	const int *k = has_full_range(f) ? full : narrow;
	int light = k[0] * (y - k[1]) + 32768;

	cb -= 128;
	cr -= 128;
	rgb[0] = clamp255((light + k[2] * cr) / 65536);
	rgb[1] = clamp255((light - k[3] * cb - k[4] * cr) / 65536);
	rgb[2] = clamp255((light + k[5] * cb) / 65536);
}

/* Red, green, blue, and how much does not shine through. */
static void
pixel_of(const struct row *r, int x, int rgba[4])
{
	int parts = r->desc->nb_components;
	bool has_alpha = r->desc->flags & AV_PIX_FMT_FLAG_ALPHA;

	rgba[3] = 255;
	if (r->desc->flags & AV_PIX_FMT_FLAG_PAL) {
		uint32_t argb = ((const uint32_t *)(const void *)
				     r->frame->data[1])[r->parts[0][x] & 255];

		for (int i = 0; i < 4; i++)
			rgba[i] = argb >> (i < 3 ? 16 - 8 * i : 24) & 255;
		return;
	}
	for (int i = 0; i < 3; i++)
		rgba[i] = part_at(r, parts < 3 ? 0 : i, x);
	if (has_alpha)
		rgba[3] = part_at(r, parts - 1, x);
	if (parts >= 3 && !(r->desc->flags & AV_PIX_FMT_FLAG_RGB))
		colours_of(r->frame, rgba[0], rgba[1], rgba[2], rgba);
}

static void
read_row(struct row *r, uint8_t *rgb)
{
	for (int part = 0; part < r->desc->nb_components; part++)
		read_part(r, part);
	for (int x = 0; x < r->frame->width; x++) {
		int rgba[4];

		pixel_of(r, x, rgba);
		for (int i = 0; i < 3; i++)
			*rgb++ =
			    (rgba[i] * rgba[3] + 255 * (255 - rgba[3]) + 127) /
			    255;
	}
}

/* -- measuring ----------------------------------------------------------- */

static bool
is_readable(const AVPixFmtDescriptor *desc)
{
	const uint64_t strange = AV_PIX_FMT_FLAG_HWACCEL |
				 AV_PIX_FMT_FLAG_BAYER | AV_PIX_FMT_FLAG_FLOAT;

	if (desc == NULL || (desc->flags & strange) != 0)
		return false;
	for (int i = 0; i < desc->nb_components; i++) {
		if (desc->comp[i].depth < 1 || desc->comp[i].depth > MAX_DEPTH)
			return false;
	}
	return desc->nb_components > 0;
}

static int
measure(const AVFrame *f, struct picture_measure *out)
{
	/* Not asked for when a picture may have left no memory. */
	static uint16_t parts[4][PICTURE_MAX_SIDE];
	static uint8_t rgb[3 * PICTURE_MAX_SIDE];
	struct row r = {
	    .frame = f, .parts = parts, .desc = av_pix_fmt_desc_get(f->format)};
	struct picture pic;

	if (!is_readable(r.desc) || picture_init(&pic, f->width, f->height))
		return -1;
	for (r.y = 0; r.y < f->height; r.y++) {
		read_row(&r, rgb);
		picture_add_row(&pic, rgb);
	}
	return picture_end(&pic, out);
}

/* One picture is proof enough. */
static bool
on_picture(const AVFrame *f, void *arg)
{
	struct looker *l = arg;

	l->width = f->width;
	l->height = f->height;
	if (l->wants_hash)
		l->has_hash = measure(f, &l->measure) == 0;
	return false;
}

static void
add_hashes(struct probed *p, const struct looker *l)
{
	if (l->has_hash)
		probed_add(p,
		    ",\"phash\":\"%016llx\",\"dhash\":\"%016llx\","
		    "\"blank\":%s",
		    (unsigned long long)l->measure.phash,
		    (unsigned long long)l->measure.dhash,
		    l->measure.blank ? "true" : "false");
}

/* How long a film is; and, where its container ends too early, how much of it
 * is there. */
static int
measure_film(struct probed *p, AVFormatContext *media, int index,
    const struct probed_shape *shape)
{
	double says_s = probed_says_s(media, index), is_s;

	if (says_s > 0 && says_s < MAX_SECONDS)
		probed_add(p, ",\"duration_s\":%.3f", says_s);
	if (!shape->is_cut)
		return 0;
	is_s = probed_last_s(media, index, MAX_PACKETS);
	if (probed_is_short(says_s, is_s))
		return probed_fault(p, "truncated",
		    "the container says %.1f s, %.1f s are there", says_s,
		    is_s);
	if (says_s > 0 && is_s > 0)
		return 0; /* some count their bytes wrongly */
	return probed_fault(p, "truncated",
	    "the container says %lld bytes, there are %lld",
	    (long long)shape->says_bytes, (long long)probed_size());
}

int
probed_picture(struct probed *p, AVFormatContext *media, int index,
    const struct probed_shape *shape)
{
	bool is_film = strncmp(p->type, "video/", 6) == 0;
	struct looker l = {.wants_hash = !is_film};
	struct probed_count n = probed_decode(media, index, on_picture, &l);

	if ((n.frames == 0 || l.width <= 0 || l.height <= 0) && !shape->is_cut)
		return probed_nothing(p, &n);
	probed_add_names(p, media, index);
	probed_add(p, ",\"width\":%d,\"height\":%d", l.width, l.height);
	add_hashes(p, &l);
	return is_film ? measure_film(p, media, index, shape) : 0;
}

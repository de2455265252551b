/* A gradient, a dozen discs, a banner with letters of five by seven dots. */
#include "tests/fake/miner/picture.h"

#include <png.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/xalloc.h"

enum { DISCS = 12, GLYPH_W = 5, GLYPH_H = 7 };

struct canvas {
	unsigned width, height;
	uint8_t *rgb;
	uint64_t dice;
};

/* Rows of dots, the lowest bit rightmost. */
static const struct glyph {
	char letter;
	uint8_t rows[GLYPH_H];
} glyphs[] = {
    {'S', {0x0f, 0x10, 0x10, 0x0e, 0x01, 0x01, 0x1e}},
    {'T', {0x1f, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04}},
    {'A', {0x0e, 0x11, 0x11, 0x1f, 0x11, 0x11, 0x11}},
    {'N', {0x11, 0x19, 0x15, 0x13, 0x11, 0x11, 0x11}},
    {'D', {0x1e, 0x11, 0x11, 0x11, 0x11, 0x11, 0x1e}},
    {'-', {0x00, 0x00, 0x00, 0x1f, 0x00, 0x00, 0x00}},
    {'I', {0x0e, 0x04, 0x04, 0x04, 0x04, 0x04, 0x0e}},
};

static const char label[] = "STAND-IN";

/* xorshift64 */
static unsigned
roll(struct canvas *c, unsigned sides)
{
	c->dice ^= c->dice << 13;
	c->dice ^= c->dice >> 7;
	c->dice ^= c->dice << 17;
	return (unsigned)(c->dice >> 33) % sides;
}

static void
roll_colour(struct canvas *c, uint8_t colour[3])
{
	for (int i = 0; i < 3; i++)
		colour[i] = roll(c, 256);
}

static uint8_t *
pixel(struct canvas *c, unsigned x, unsigned y)
{
	return c->rgb + 3 * ((size_t)y * c->width + x);
}

static void
paint_gradient(struct canvas *c)
{
	uint8_t top[3], bottom[3];

	roll_colour(c, top);
	roll_colour(c, bottom);
	for (unsigned y = 0; y < c->height; y++) {
		uint8_t *row = pixel(c, 0, y);

		for (unsigned i = 0; i < 3; i++)
			row[i] = (top[i] * (c->height - y) + bottom[i] * y) /
				 c->height;
		for (unsigned x = 1; x < c->width; x++)
			memcpy(row + 3 * x, row, 3);
	}
}

static void
paint_disc(struct canvas *c)
{
	unsigned least = c->width < c->height ? c->width : c->height;
	long r = 2 + roll(c, least / 5), x0 = roll(c, c->width);
	long y0 = roll(c, c->height);
	uint8_t colour[3];

	roll_colour(c, colour);
	for (long y = y0 - r; y <= y0 + r; y++) {
		for (long x = x0 - r; x <= x0 + r; x++) {
			long dx = x - x0, dy = y - y0;

			if (x < 0 || y < 0 || x >= (long)c->width ||
			    y >= (long)c->height || dx * dx + dy * dy > r * r)
				continue;
			memcpy(pixel(c, x, y), colour, 3);
		}
	}
}

static const struct glyph *
glyph_of(char letter)
{
	const struct glyph *g = glyphs;

	while (g->letter != letter)
		g++;
	return g;
}

static void
paint_dot(struct canvas *c, unsigned x, unsigned y, unsigned scale)
{
	for (unsigned i = 0; i < scale; i++)
		memset(pixel(c, x, y + i), 0xff, 3 * scale);
}

/* A dark band at the foot with the label as large as fits. */
static void
paint_label(struct canvas *c)
{
	unsigned n = sizeof(label) - 1;
	unsigned scale = c->width / (n * (GLYPH_W + 1) + 2);
	unsigned top;

	if (scale * (GLYPH_H + 2) > c->height / 4)
		scale = c->height / 4 / (GLYPH_H + 2);
	scale = scale > 0 ? scale : 1;
	top = c->height - scale * (GLYPH_H + 2);
	memset(pixel(c, 0, top), 0x20,
	    3 * (size_t)c->width * scale * (GLYPH_H + 2));
	for (unsigned i = 0; i < n; i++) {
		const struct glyph *g = glyph_of(label[i]);

		for (unsigned dot = 0; dot < GLYPH_W * GLYPH_H; dot++) {
			unsigned x = dot % GLYPH_W, y = dot / GLYPH_W;

			if ((g->rows[y] >> (GLYPH_W - 1 - x) & 1) != 0)
				paint_dot(c,
				    scale * (1 + i * (GLYPH_W + 1) + x),
				    top + scale * (1 + y), scale);
		}
	}
}

static int
encode(const struct canvas *c, struct buf *png)
{
	png_image image = {.version = PNG_IMAGE_VERSION,
	    .width = c->width,
	    .height = c->height,
	    .format = PNG_FORMAT_RGB,
	    .flags = PNG_IMAGE_FLAG_FAST};
	png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(image);

	if (!png_image_write_to_memory(
		&image, buf_reserve(png, size), &size, 0, c->rgb, 0, NULL))
		return -1;
	png->len += size;
	return 0;
}

int
picture_render(
    const uint8_t seed[32], unsigned width, unsigned height, struct buf *png)
{
	struct canvas c = {.width = width, .height = height, .dice = 1};
	int failed;

	if (width < PICTURE_MIN || width > PICTURE_MAX ||
	    height < PICTURE_MIN || height > PICTURE_MAX)
		return -1;
	for (int i = 0; i < 32; i++)
		c.dice = c.dice * 1099511628211u + seed[i];
	if (c.dice == 0)
		c.dice = 1;
	c.rgb = xcalloc(3 * (size_t)width, height);
	paint_gradient(&c);
	for (int i = 0; i < DISCS; i++)
		paint_disc(&c);
	paint_label(&c);
	failed = encode(&c, png);
	free(c.rgb);
	return failed;
}

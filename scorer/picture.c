/* Rows into grids, grids into bits. */
#include "scorer/picture.h"

#include <stdlib.h>
#include <string.h>

#include "scorer/math.h"

enum { LOW = 8, BITS = LOW * LOW };

/* Far below a grey level of one field, far above what rounding leaves. */
static const double rounding = 1e-6;

int
picture_init(struct picture *pic, unsigned width, unsigned height)
{
	memset(pic, 0, sizeof(*pic));
	if (width == 0 || height == 0 || width > PICTURE_MAX_SIDE ||
	    height > PICTURE_MAX_SIDE)
		return -1;
	pic->width = width;
	pic->height = height;
	return 0;
}

/* -- grids --------------------------------------------------------------- */

/*
 * How much of the i-th of n pixels lies in the k-th of so many fields. In
 * units of which a pixel has `fields` and a field has n.
 */
static uint64_t
overlap(uint64_t i, uint64_t n, uint64_t k, uint64_t fields)
{
	uint64_t from = i * fields, to = from + fields;

	if (from < k * n)
		from = k * n;
	if (to > (k + 1) * n)
		to = (k + 1) * n;
	return to > from ? to - from : 0;
}

/* A row's greys, in thousandths, into the fields of a row of the grid. */
static void
sum_columns(const uint8_t *rgb, uint64_t width, unsigned fields, uint64_t *out)
{
	memset(out, 0, fields * sizeof(*out));
	for (uint64_t x = 0; x < width; x++, rgb += 3) {
		uint64_t grey = 299 * rgb[0] + 587 * rgb[1] + 114 * rgb[2];

		for (uint64_t k = x * fields / width;
		     k < fields && k * width < (x + 1) * fields; k++)
			out[k] += grey * overlap(x, width, k, fields);
	}
}

/* The row into the rows of the grid; `grid` has so many rows and columns. */
static void
add_to_grid(const struct picture *pic, const uint8_t *rgb, uint64_t *grid,
    unsigned rows, unsigned columns)
{
	uint64_t y = pic->rows, height = pic->height;
	uint64_t sums[PICTURE_P_SIDE];

	sum_columns(rgb, pic->width, columns, sums);
	for (uint64_t k = y * rows / height;
	     k < rows && k * height < (y + 1) * rows; k++) {
		uint64_t share = overlap(y, height, k, rows);

		for (unsigned c = 0; c < columns; c++)
			grid[k * columns + c] += share * sums[c];
	}
}

void
picture_add_row(struct picture *pic, const uint8_t *rgb)
{
	if (pic->rows >= pic->height)
		return;
	add_to_grid(pic, rgb, &pic->d[0][0], PICTURE_D_ROWS, PICTURE_D_COLUMNS);
	add_to_grid(pic, rgb, &pic->p[0][0], PICTURE_P_SIDE, PICTURE_P_SIDE);
	for (size_t i = 0; i < (size_t)pic->width * 3; i++) {
		pic->sums[i % 3] += rgb[i];
		pic->squares[i % 3] += (uint64_t)rgb[i] * rgb[i];
	}
	pic->rows++;
}

/* -- bits ---------------------------------------------------------------- */

static uint64_t
dhash_of(const struct picture *pic)
{
	uint64_t half_a_level = 500 * (uint64_t)pic->width * pic->height;
	uint64_t bits = 0;

	for (int y = 0; y < PICTURE_D_ROWS; y++) {
		const uint64_t *row = pic->d[y];

		for (int x = 0; x + 1 < PICTURE_D_COLUMNS; x++)
			bits = bits << 1 | (row[x + 1] > row[x] + half_a_level);
	}
	return bits;
}

/* cos(pi (2 i + 1) u / 64) */
static double
wave(int u, int i)
{
	return math_cos_pi((double)((2 * i + 1) * u) / (2 * PICTURE_P_SIDE));
}

/* The lowest frequencies, along each row and then down the columns, with each
 * sum from the first field to the last. */
static void
transform(const struct picture *pic, double low[BITS])
{
	double area = 1000.0 * pic->width * pic->height;
	double rows[PICTURE_P_SIDE][LOW];

	for (int y = 0; y < PICTURE_P_SIDE; y++) {
		for (int u = 0; u < LOW; u++) {
			double sum = 0;

			for (int x = 0; x < PICTURE_P_SIDE; x++)
				sum += pic->p[y][x] / area * wave(u, x);
			rows[y][u] = sum;
		}
	}
	for (int v = 0; v < LOW; v++) {
		for (int u = 0; u < LOW; u++) {
			double sum = 0;

			for (int y = 0; y < PICTURE_P_SIDE; y++)
				sum += rows[y][u] * wave(v, y);
			low[v * LOW + u] = sum;
		}
	}
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static uint64_t
phash_of(const struct picture *pic)
{
	double low[BITS], sorted[BITS], median;
	uint64_t bits = 0;

	transform(pic, low);
	memcpy(sorted, low, sizeof(low));
	qsort(sorted, BITS, sizeof(sorted[0]), compare);
	median = (sorted[BITS / 2 - 1] + sorted[BITS / 2]) / 2;
	for (int i = 0; i < BITS; i++)
		bits = bits << 1 | (low[i] > median + rounding);
	return bits;
}

static bool
is_blank(const struct picture *pic)
{
	const double most = PICTURE_BLANK_LEVELS * PICTURE_BLANK_LEVELS;
	double n = (double)pic->width * pic->height;

	for (int i = 0; i < 3; i++) {
		double mean = pic->sums[i] / n;

		if (pic->squares[i] / n - mean * mean > most)
			return false;
	}
	return true;
}

int
picture_end(const struct picture *pic, struct picture_measure *m)
{
	if (pic->rows < pic->height)
		return -1;
	m->dhash = dhash_of(pic);
	m->phash = phash_of(pic);
	m->blank = is_blank(pic);
	return 0;
}

int
picture_distance(uint64_t a, uint64_t b)
{
	uint64_t differing = a ^ b;
	int n = 0;

	for (; differing != 0; differing &= differing - 1)
		n++;
	return n;
}

bool
picture_is_real(double width, double height, bool blank, double least_side)
{
	return width >= least_side && height >= least_side && !blank;
}

/* Hashes of pictures made here: known bits, and what changes them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/xalloc.h"
#include "scorer/picture.h"

enum { DISCS = 12, MANY = 40 };

struct canvas {
	unsigned width, height;
	uint8_t *rgb;
};

static struct picture_measure
measure(const struct canvas *c)
{
	struct picture_measure m;
	struct picture pic;

	assert_int_equal(picture_init(&pic, c->width, c->height), 0);
	for (unsigned y = 0; y < c->height; y++) {
		assert_int_equal(picture_end(&pic, &m), -1);
		picture_add_row(&pic, c->rgb + 3 * (size_t)y * c->width);
	}
	assert_int_equal(picture_end(&pic, &m), 0);
	return m;
}

static struct canvas
make(unsigned width, unsigned height)
{
	return (struct canvas){width, height, xcalloc(width * height, 3)};
}

static uint32_t
roll(uint64_t *dice)
{
	*dice = *dice * 6364136223846793005u + 1442695040888963407u;
	return *dice >> 33;
}

/* Discs on a slope of grey, by shares of the sides, so that every size shows
 * the same. */
static void
paint(struct canvas *c, uint64_t seed)
{
	uint64_t dice = seed * 1099511628211u + 7;
	double x0[DISCS], y0[DISCS], r[DISCS];
	uint8_t colour[DISCS][3];
	int top = roll(&dice) % 256, bottom = roll(&dice) % 256;

	for (int i = 0; i < DISCS; i++) {
		x0[i] = roll(&dice) % 1000 / 1000.0;
		y0[i] = roll(&dice) % 1000 / 1000.0;
		r[i] = .03 + roll(&dice) % 1000 / 5000.0;
		for (int k = 0; k < 3; k++)
			colour[i][k] = roll(&dice) % 256;
	}
	for (size_t at = 0; at < (size_t)c->width * c->height; at++) {
		double x = (at % c->width + .5) / c->width;
		double y = (at / c->width + .5) / c->height;
		uint8_t *pixel = c->rgb + 3 * at;

		memset(pixel, top * (1 - y) + bottom * y, 3);
		for (int i = 0; i < DISCS; i++)
			if (hypot(x - x0[i], y - y0[i]) < r[i])
				memcpy(pixel, colour[i], 3);
	}
}

static struct picture_measure
measure_painted(unsigned width, unsigned height, uint64_t seed)
{
	struct canvas c = make(width, height);
	struct picture_measure m;

	paint(&c, seed);
	m = measure(&c);
	free(c.rgb);
	return m;
}

/* -- known bits ----------------------------------------------------------- */

static void
a_slope_has_the_bits_of_a_slope(void **state)
{
	struct canvas c = make(90, 80);
	struct picture_measure m;

	(void)state;
	for (int at = 0; at < 90 * 80; at++)
		memset(c.rgb + 3 * at, 2 * (at % 90), 3);
	m = measure(&c);
	assert_true(m.dhash == UINT64_MAX);
	for (int at = 0; at < 90 * 80; at++)
		memset(c.rgb + 3 * at, 250 - 2 * (at % 90), 3);
	m = measure(&c);
	assert_true(m.dhash == 0);
	/* darker from left to right: the constant, and the first waves */
	assert_true(m.phash >> 62 == 3);
	assert_true((m.phash & 0x00ffffffffffffff) == 0);
	/* a light column in the fourth field */
	memset(c.rgb, 0, 90 * 80 * 3);
	for (int at = 0; at < 90 * 80; at++)
		if (at % 90 / 10 == 3)
			memset(c.rgb + 3 * at, 200, 3);
	m = measure(&c);
	assert_true(m.dhash == 0x2020202020202020);
	free(c.rgb);
}

/* Against the formula, in libm's cosines and another order. */
static void
phash_is_what_its_formula_says(void **state)
{
	struct canvas c = make(32, 32);
	struct picture_measure m;
	double low[64], sorted = 0;
	uint64_t want = 0;
	int above = 0;

	(void)state;
	paint(&c, 5);
	m = measure(&c);
	for (int i = 0; i < 64; i++) {
		low[i] = 0;
		for (int at = 0; at < 1024; at++) {
			const uint8_t *p = c.rgb + 3 * at;
			double grey = .299 * p[0] + .587 * p[1] + .114 * p[2];

			low[i] += grey *
				  cos(M_PI * (at % 32 + .5) * (i % 8) / 32) *
				  cos(M_PI * (at / 32 + .5) * (i / 8) / 32);
		}
	}
	/* half of them are above the median */
	for (int i = 0; i < 64; i++) {
		int greater = 0;

		for (int k = 0; k < 64; k++)
			greater += low[k] > low[i];
		want = want << 1 | (greater < 32);
		above += greater < 32;
		sorted += greater;
	}
	assert_int_equal(above, 32);
	assert_true(sorted == 63 * 64 / 2);
	assert_true(m.phash == want);
	free(c.rgb);
}

/* Sides that the grid does not divide: each pixel's area counts, none twice. */
static void
areas_are_whole(void **state)
{
	static const unsigned sides[][2] = {
	    {1, 1}, {7, 5}, {31, 33}, {100, 3}, {13, 200}};

	(void)state;
	for (size_t i = 0; i < sizeof(sides) / sizeof(sides[0]); i++) {
		struct canvas c = make(sides[i][0], sides[i][1]);
		uint64_t area = (uint64_t)c.width * c.height, sum = 0, all = 0;
		struct picture pic;

		paint(&c, 3);
		picture_init(&pic, c.width, c.height);
		for (unsigned y = 0; y < c.height; y++)
			picture_add_row(&pic, c.rgb + 3 * y * c.width);
		for (size_t at = 0; at < area; at++)
			all += 299 * c.rgb[3 * at] + 587 * c.rgb[3 * at + 1] +
			       114 * c.rgb[3 * at + 2];
		for (int y = 0; y < PICTURE_P_SIDE; y++)
			for (int x = 0; x < PICTURE_P_SIDE; x++)
				sum += pic.p[y][x];
		assert_true(sum == all * PICTURE_P_SIDE * PICTURE_P_SIDE);
		sum = 0;
		for (int y = 0; y < PICTURE_D_ROWS; y++)
			for (int x = 0; x < PICTURE_D_COLUMNS; x++)
				sum += pic.d[y][x];
		assert_true(sum == all * PICTURE_D_ROWS * PICTURE_D_COLUMNS);
		free(c.rgb);
	}
}

/* -- likeness ------------------------------------------------------------- */

static void
another_size_is_near_another_picture_is_not(void **state)
{
	struct picture_measure seen[MANY];
	int near_p = 0, near_d = 0, far_p = 64, far_d = 64;

	(void)state;
	for (int i = 0; i < MANY; i++) {
		struct picture_measure small = measure_painted(200, 150, i);
		struct picture_measure wide = measure_painted(511, 97, i);

		seen[i] = measure_painted(640, 480, i);
		near_p =
		    fmax(near_p, picture_distance(seen[i].phash, small.phash));
		near_d =
		    fmax(near_d, picture_distance(seen[i].dhash, small.dhash));
		near_p =
		    fmax(near_p, picture_distance(seen[i].phash, wide.phash));
		near_d =
		    fmax(near_d, picture_distance(seen[i].dhash, wide.dhash));
		for (int k = 0; k < i; k++) {
			far_p = fmin(far_p,
			    picture_distance(seen[i].phash, seen[k].phash));
			far_d = fmin(far_d,
			    picture_distance(seen[i].dhash, seen[k].dhash));
		}
	}
	print_message("the same: phash %d, dhash %d at most; others: phash "
		      "%d, dhash %d at least\n",
	    near_p, near_d, far_p, far_d);
	assert_true(near_p <= 8 && near_d <= 8);
	assert_true(far_p >= 12 && far_d >= 10);
}

static void
brightness_and_colour_count_little(void **state)
{
	struct canvas c = make(320, 200);
	struct picture_measure before, after;

	(void)state;
	paint(&c, 9);
	before = measure(&c);
	for (int i = 0; i < 320 * 200 * 3; i++)
		c.rgb[i] = 40 + c.rgb[i] * 3 / 4;
	after = measure(&c);
	print_message("brighter: phash %d, dhash %d\n",
	    picture_distance(before.phash, after.phash),
	    picture_distance(before.dhash, after.dhash));
	assert_true(picture_distance(before.phash, after.phash) <= 4);
	assert_true(picture_distance(before.dhash, after.dhash) <= 4);
	free(c.rgb);
}

static void
distances_are_bits(void **state)
{
	(void)state;
	assert_int_equal(picture_distance(0, UINT64_MAX), 64);
	assert_int_equal(picture_distance(0x8000000000000001, 0), 2);
	assert_int_equal(picture_distance(7, 7), 0);
}

/* -- real or not ---------------------------------------------------------- */

static void
one_colour_is_blank_a_word_is_not(void **state)
{
	struct canvas c = make(256, 256);
	uint64_t dice = 1;

	(void)state;
	for (int i = 0; i < 3; i++) {
		memset(c.rgb, 100 * i, 256 * 256 * 3);
		assert_true(measure(&c).blank);
	}
	/* a breath of noise; grain; a small word on it */
	for (int i = 0; i < 256 * 256 * 3; i++)
		c.rgb[i] = 128 + roll(&dice) % 4;
	assert_true(measure(&c).blank);
	for (int i = 0; i < 256 * 256 * 3; i++)
		c.rgb[i] = 128 + roll(&dice) % 16;
	assert_false(measure(&c).blank);
	memset(c.rgb, 255, 256 * 256 * 3);
	for (int y = 100; y < 108; y++)
		memset(c.rgb + 3 * (256 * y + 100), 0, 3 * 20);
	assert_false(measure(&c).blank);
	/* of one grey, but in two colours */
	for (int at = 0; at < 256 * 256; at++) {
		c.rgb[3 * at] = at % 256 < 128 ? 117 : 0;
		c.rgb[3 * at + 1] = at % 256 < 128 ? 0 : 60;
		c.rgb[3 * at + 2] = 0;
	}
	assert_false(measure(&c).blank);
	free(c.rgb);
}

static void
a_real_picture_is_large_and_shows_something(void **state)
{
	(void)state;
	assert_true(picture_is_real(512, 512, false, 64));
	assert_true(picture_is_real(64, 64, false, 64));
	assert_false(picture_is_real(63, 512, false, 64));
	assert_false(picture_is_real(512, 63, false, 64));
	assert_false(picture_is_real(1, 1, false, 64));
	assert_false(picture_is_real(512, 512, true, 64));
	assert_false(picture_is_real(NAN, 512, false, 64));
}

static void
sides_are_bounded(void **state)
{
	struct picture pic;
	struct picture_measure m;

	(void)state;
	assert_int_equal(picture_init(&pic, 0, 5), -1);
	assert_int_equal(picture_init(&pic, 5, 0), -1);
	assert_int_equal(picture_init(&pic, PICTURE_MAX_SIDE + 1, 5), -1);
	/* a row too many changes nothing */
	assert_int_equal(picture_init(&pic, 1, 1), 0);
	picture_add_row(&pic, (const uint8_t *)"abc");
	picture_add_row(&pic, (const uint8_t *)"\xff\xff\xff");
	assert_int_equal(picture_end(&pic, &m), 0);
	assert_true(pic.sums[0] == 'a');
	assert_true(m.blank);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_slope_has_the_bits_of_a_slope),
	    cmocka_unit_test(phash_is_what_its_formula_says),
	    cmocka_unit_test(areas_are_whole),
	    cmocka_unit_test(another_size_is_near_another_picture_is_not),
	    cmocka_unit_test(brightness_and_colour_count_little),
	    cmocka_unit_test(distances_are_bits),
	    cmocka_unit_test(one_colour_is_blank_a_word_is_not),
	    cmocka_unit_test(a_real_picture_is_large_and_shows_something),
	    cmocka_unit_test(sides_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

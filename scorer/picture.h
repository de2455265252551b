/*
 * What a picture is like: two perceptual hashes, and whether it shows
 * anything at all.
 *
 * Grey is (299 R + 587 G + 114 B) / 1000. A hash goes by the mean grey of the
 * fields of a grid laid over the picture, each pixel counting by the area of
 * it that lies in the field, in whole numbers.
 *
 *   dhash  9 x 8 fields (N. Krawetz: Kind of Like That, 2013): a bit for each
 *          field but the last of its row, set if its right neighbour is
 *          brighter by more than half a level of 255, so that what is
 *          flat stays so in any format
 *   phash  32 x 32 fields, DCT-II of rows and columns, its 8 x 8 lowest
 *          frequencies, the constant included (C. Zauner: Implementation and
 *          Benchmarking of Perceptual Image Hash Functions, 2010): a bit for
 *          each, set if it is greater than the median
 *
 * Row by row from the upper left, the first bit highest. The bits are laid out
 * as Python's imagehash has them, which scales differently, so that a few of
 * them may differ from its own.
 *
 * Pure, in constant memory but for one row of sums; the same bits on every
 * machine.
 */
#ifndef SCORER_PICTURE_H
#define SCORER_PICTURE_H

#include <stdbool.h>
#include <stdint.h>

enum {
	PICTURE_MAX_SIDE = 65535,
	PICTURE_D_COLUMNS = 9,
	PICTURE_D_ROWS = 8,
	PICTURE_P_SIDE = 32,
};

/* Blank: no colour strays from its mean by more than so many of 255 levels
 * (standard deviation). */
#define PICTURE_BLANK_LEVELS 2.0

struct picture_measure {
	uint64_t dhash, phash;
	bool blank;
};

/* What is being measured. Its members are picture.c's. */
struct picture {
	unsigned width, height;
	unsigned rows; /* that came */
	uint64_t d[PICTURE_D_ROWS][PICTURE_D_COLUMNS];
	uint64_t p[PICTURE_P_SIDE][PICTURE_P_SIDE];
	uint64_t sums[3], squares[3]; /* of the colours */
};

/* -1 if a side is 0 or over PICTURE_MAX_SIDE. */
int picture_init(struct picture *, unsigned width, unsigned height);

/* The next row from the top: width times R, G, B. No more than height. */
void picture_add_row(struct picture *, const uint8_t *rgb);

/* 0, or -1 if rows are missing. */
int picture_end(const struct picture *, struct picture_measure *);

/* In how many bits two hashes differ, 0..64. The same picture in another
 * format, size or brightness has a few, 6 and less; others mostly have a third
 * of all, drawings with flat grounds now and then but 9 of dhash, 14 of phash.
 * Hashes of blank pictures say nothing. */
int picture_distance(uint64_t, uint64_t);

/* Is it one that could be what was asked for: no side shorter than the least,
 * and not blank? */
bool picture_is_real(
    double width, double height, bool blank, double least_side);

#endif

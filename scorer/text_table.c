/* Ranges of code points, in order, found by halving. */
#include "scorer/text_table.h"

#include <stdbool.h>
#include <stddef.h>

#include "scorer/text.h"

struct range {
	uint32_t first, last;
};

static const struct range joining[] = {
    {0x27, 0x27},     /* ' */
    {0x60, 0x60},     /* ` */
    {0xad, 0xad},     /* soft hyphen */
    {0xb4, 0xb4},     /* acute accent by itself */
    {0x2b9, 0x2bc},   /* modifier primes and apostrophes */
    {0x200b, 0x200f}, /* zero width */
    {0x2018, 0x201b}, /* single quotation marks */
    {0x2032, 0x2032}, /* prime */
    {0x2060, 0x2064}, /* zero width */
    {0xfe00, 0xfe0f}, /* variation selectors */
    {0xfeff, 0xfeff}, /* byte order mark */
    {0xff07, 0xff07}, /* full-width apostrophe */
};

static const struct range parting[] = {
    {0x00, 0x2f},
    {0x3a, 0x40},
    {0x5b, 0x60},
    {0x7b, 0xa9},
    {0xab, 0xb1},
    {0xb4, 0xb4},
    {0xb6, 0xb8},
    {0xbb, 0xbb},
    {0xbf, 0xbf},
    {0xd7, 0xd7},
    {0xf7, 0xf7},
    {0x37e, 0x37e},
    {0x387, 0x387},
    {0x55a, 0x55f},
    {0x589, 0x58a},
    {0x60c, 0x60c},
    {0x61b, 0x61f},
    {0x66a, 0x66d},
    {0x6d4, 0x6d4},
    {0x964, 0x965},
    {0x1680, 0x1680},
    {0x2000, 0x206f},
    {0x20a0, 0x20cf},
    {0x2190, 0x2bff},
    {0x3000, 0x3004},
    {0x3008, 0x3020},
    {0x3030, 0x3030},
    {0x303d, 0x303f},
    {0x30a0, 0x30a0},
    {0x30fb, 0x30fb},
    {0xfe10, 0xfe1f},
    {0xfe30, 0xfe6f},
    {0xff00, 0xff0f},
    {0xff1a, 0xff20},
    {0xff3b, 0xff40},
    {0xff5b, 0xff65},
    {0xfff0, 0xffff},
    {0x1f000, 0x1faff},
};

/* Upper to lower case: a fixed distance, or pairs side by side whose first
 * is the capital (distance 0; first gives the parity). */
static const struct lower {
	uint32_t first, last;
	int32_t distance;
} lowers[] = {
    {0x41, 0x5a, 32},  /* ASCII */
    {0xc0, 0xd6, 32},  /* Latin-1 */
    {0xd8, 0xde, 32},  /* Latin-1 */
    {0x100, 0x12f, 0}, /* Latin Extended-A */
    {0x130, 0x130, 0x69 - 0x130}, {0x132, 0x137, 0}, {0x139, 0x148, 0},
    {0x14a, 0x177, 0}, {0x178, 0x178, 0xff - 0x178}, {0x179, 0x17e, 0},
    {0x1cd, 0x1dc, 0}, /* Latin Extended-B: pinyin and more */
    {0x1de, 0x1ef, 0}, {0x1f8, 0x21f, 0}, {0x222, 0x233, 0},
    {0x386, 0x386, 0x3ac - 0x386}, /* Greek */
    {0x388, 0x38a, 0x3ad - 0x388}, {0x38c, 0x38c, 0x3cc - 0x38c},
    {0x38e, 0x38f, 0x3cd - 0x38e}, {0x391, 0x3a1, 32}, {0x3a3, 0x3ab, 32},
    {0x3c2, 0x3c2, 1},	/* final sigma */
    {0x400, 0x40f, 80}, /* Cyrillic */
    {0x410, 0x42f, 32}, {0x460, 0x481, 0}, {0x48a, 0x4bf, 0}, {0x4c1, 0x4ce, 0},
    {0x4d0, 0x52f, 0}, {0x1e00, 0x1e95, 0},    /* Latin Extended Additional */
    {0x1ea0, 0x1eff, 0}, {0xff21, 0xff3a, 32}, /* full width */
};

static bool
is_in(const struct range *ranges, size_t n, uint32_t code)
{
	size_t low = 0;

	while (low < n) {
		size_t middle = low + (n - low) / 2;

		if (code < ranges[middle].first)
			n = middle;
		else if (code > ranges[middle].last)
			low = middle + 1;
		else
			return true;
	}
	return false;
}

enum text_class
text_class(uint32_t code)
{
	if (is_in(joining, sizeof(joining) / sizeof(joining[0]), code))
		return TEXT_JOINS;
	if (is_in(parting, sizeof(parting) / sizeof(parting[0]), code))
		return TEXT_PARTS;
	return TEXT_LETTER;
}

uint32_t
text_lower(uint32_t code)
{
	size_t low = 0, n = sizeof(lowers) / sizeof(lowers[0]);

	while (low < n) {
		size_t middle = low + (n - low) / 2;
		const struct lower *r = &lowers[middle];

		if (code < r->first)
			n = middle;
		else if (code > r->last)
			low = middle + 1;
		else if (r->distance != 0)
			return code + r->distance;
		else
			return code + ((code - r->first) % 2 == 0);
	}
	return code;
}

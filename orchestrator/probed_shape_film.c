/*
 * The structure of what holds film, or sound alone: MP4 and QuickTime by
 * their outermost boxes (ISO/IEC 14496-12, section 4.2), Matroska and WebM by
 * their outermost elements (RFC 8794, section 4 and 5; RFC 9559).
 */
#include <string.h>

#include "orchestrator/probed.h"

/* -- MP4 ----------------------------------------------------------------- */

enum { BOX_HEADER = 8, LARGE_HEADER = 16, MAX_BOXES = 1000000 };

static uint64_t
be(const uint8_t *p, int bytes)
{
	uint64_t v = 0;

	for (int i = 0; i < bytes; i++)
		v = v << 8 | p[i];
	return v;
}

static int
lacks_index(struct probed *p)
{
	return probed_fault(p, "truncated",
	    "its index (moov) is missing or cut; the end of the file did not "
	    "come");
}

int
probed_shape_mp4(struct probed *p, struct probed_shape *shape)
{
	int64_t end = probed_size(), at = 0;
	bool has_index = false;

	for (int i = 0; i < MAX_BOXES && at < end; i++) {
		uint8_t head[LARGE_HEADER];
		size_t n = probed_read(at, head, sizeof(head));
		uint64_t size = n >= BOX_HEADER ? be(head, 4) : BOX_HEADER;

		if (size == 1 && n == sizeof(head))
			size = be(head + BOX_HEADER, 8);
		else if (size == 0)
			size = end - at; /* as far as there is anything */
		if (size < BOX_HEADER)
			return probed_fault(p, "bad_media",
			    "it has a box that is shorter than its own header");
		if (n < BOX_HEADER || size > (uint64_t)(end - at)) {
			shape->is_cut = true;
			if (size < (uint64_t)INT64_MAX - at)
				shape->says_bytes = at + size;
			break;
		}
		has_index |= memcmp(head + 4, "moov", 4) == 0;
		at += size;
	}
	return has_index ? 0 : lacks_index(p);
}

/* -- Matroska ------------------------------------------------------------ */

enum { MAX_ELEMENTS = 64, MAX_ID_BYTES = 4, MAX_SIZE_BYTES = 8 };

#define ID_SEGMENT 0x18538067u

/* A number of variable length, with its marker or without; its bytes, 0 if it
 * is none. All ones: *v is UINT64_MAX, of unknown size. */
static int
read_number(
    const uint8_t *p, size_t n, int most, bool keeps_marker, uint64_t *v)
{
	int len = 1;
	uint64_t ones;

	if (n == 0 || p[0] == 0)
		return 0;
	while ((p[0] >> (8 - len)) == 0)
		len++;
	if (len > most || (size_t)len > n)
		return 0;
	*v = be(p, len);
	if (keeps_marker)
		return len;
	ones = (1ull << 7 * len) - 1;
	*v &= ones;
	if (*v == ones)
		*v = UINT64_MAX;
	return len;
}

int
probed_shape_matroska(struct probed *p, struct probed_shape *shape)
{
	int64_t end = probed_size(), at = 0;

	(void)p;
	for (int i = 0; i < MAX_ELEMENTS && at < end; i++) {
		uint8_t head[MAX_ID_BYTES + MAX_SIZE_BYTES];
		size_t n = probed_read(at, head, sizeof(head));
		uint64_t id = 0, size = 0;
		int a = read_number(head, n, MAX_ID_BYTES, true, &id), b;

		b = a > 0 ? read_number(
				head + a, n - a, MAX_SIZE_BYTES, false, &size)
			  : 0;
		if (b == 0 || size == UINT64_MAX)
			return 0; /* the decoder's; or it has no end */
		at += a + b;
		if (size > (uint64_t)(end - at)) {
			shape->is_cut = true;
			if (size < (uint64_t)INT64_MAX - at)
				shape->says_bytes = at + size;
			return 0;
		}
		at += size;
		if (id == ID_SEGMENT)
			return 0;
	}
	return 0;
}

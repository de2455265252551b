/*
 * The structure of pictures: PNG by its chunks (ISO/IEC 15948, section 5),
 * JPEG by its markers (ITU-T T.81, annex B), WebP by its first chunk (RFC
 * 9649). How large one says it is, is read before anything is unpacked.
 */
#include <string.h>

#include "orchestrator/probed.h"

enum { MAX_PIECES = 4000000, SCAN_BYTES = 65536 };

static uint32_t
be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | p[1] << 16 | p[2] << 8 | p[3];
}

static unsigned
be16(const uint8_t *p)
{
	return p[0] << 8 | p[1];
}

static uint32_t
le24(const uint8_t *p)
{
	return p[0] | p[1] << 8 | (uint32_t)p[2] << 16;
}

static int
check_size(struct probed *p, uint32_t width, uint32_t height)
{
	if (width == 0 || height == 0)
		return probed_fault(p, "bad_header",
		    "the header says a picture of %u x %u", width, height);
	if ((uint64_t)width * height > PROBED_MAX_PIXELS)
		return probed_fault(p, "too_many_pixels",
		    "the header says %u x %u pixels; at most %d million are "
		    "unpacked",
		    width, height, PROBED_MAX_PIXELS / 1000000);
	return 0;
}

/* -- PNG ----------------------------------------------------------------- */

int
probed_shape_png(struct probed *p, struct probed_shape *shape)
{
	int64_t end = probed_size(), at = 8;

	(void)shape;
	for (int i = 0; i < MAX_PIECES && at < end; i++) {
		uint8_t head[16] = {0};
		size_t n = probed_read(at, head, sizeof(head));
		int64_t len = 12 + (int64_t)be32(head);

		if (n < 8 || len > end - at)
			break;
		if (memcmp(head + 4, "IHDR", 4) == 0 &&
		    check_size(p, be32(head + 8), be32(head + 12)) != 0)
			return -1;
		if (memcmp(head + 4, "IEND", 4) == 0)
			return 0;
		at += len;
	}
	return probed_fault(p, "truncated",
	    "it ends in the middle of a chunk, or before the last one; there "
	    "are %lld bytes",
	    (long long)end);
}

/* -- JPEG ---------------------------------------------------------------- */

enum { SOI = 0xd8, EOI = 0xd9, SOS = 0xda, TEM = 0x01 };

static bool
is_frame(int marker)
{
	return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 &&
	       marker != 0xc8 && marker != 0xcc;
}

static bool
has_no_length(int marker)
{
	return marker == TEM || (marker >= 0xd0 && marker <= SOI);
}

/* The end of the picture somewhere behind the beginning of its scans. */
static bool
has_end(int64_t at)
{
	static uint8_t block[SCAN_BYTES];
	static const uint8_t eoi[] = {0xff, EOI};
	size_t n;

	while ((n = probed_read(at, block, sizeof(block))) >= 2) {
		if (memmem(block, n, eoi, sizeof(eoi)) != NULL)
			return true;
		at += n - 1;
	}
	return false;
}

static int
jpeg_ends(struct probed *p)
{
	return probed_fault(p, "truncated",
	    "it ends before its end mark; there are %lld bytes",
	    (long long)probed_size());
}

int
probed_shape_jpeg(struct probed *p, struct probed_shape *shape)
{
	int64_t at = 2;

	(void)shape;
	for (int i = 0; i < MAX_PIECES; i++) {
		uint8_t head[9];
		size_t n = probed_read(at, head, sizeof(head));

		if (n < 4)
			return jpeg_ends(p);
		if (head[0] != 0xff)
			return probed_fault(p, "bad_media",
			    "there is no marker where one must be");
		if (head[1] == 0xff) {
			at++; /* filling */
		} else if (head[1] == SOS) {
			return has_end(at + 2) ? 0 : jpeg_ends(p);
		} else if (has_no_length(head[1])) {
			at += 2;
		} else {
			if (is_frame(head[1]) && n == sizeof(head) &&
			    check_size(p, be16(head + 7), be16(head + 5)) != 0)
				return -1;
			at += 2 + be16(head + 2);
		}
	}
	return jpeg_ends(p);
}

/* -- WebP ---------------------------------------------------------------- */

/* The size as the first chunk has it; 0 x 0 if it is none we know. */
static void
webp_size(const uint8_t *chunk, uint32_t *width, uint32_t *height)
{
	const uint8_t *data = chunk + 8;

	if (memcmp(chunk, "VP8X", 4) == 0) {
		*width = le24(data + 4) + 1;
		*height = le24(data + 7) + 1;
	} else if (memcmp(chunk, "VP8L", 4) == 0) {
		uint32_t bits = le24(data + 1) | (uint32_t)data[4] << 24;

		*width = (bits & 0x3fff) + 1;
		*height = (bits >> 14 & 0x3fff) + 1;
	} else if (memcmp(chunk, "VP8 ", 4) == 0) {
		*width = (data[6] | data[7] << 8) & 0x3fff;
		*height = (data[8] | data[9] << 8) & 0x3fff;
	}
}

int
probed_shape_webp(struct probed *p, struct probed_shape *shape)
{
	uint8_t head[30] = {0};
	size_t n = probed_read(0, head, sizeof(head));
	uint32_t width = 0, height = 0;
	int64_t says, is = probed_size();

	(void)shape;
	says = 8 + (int64_t)(le24(head + 4) | (uint32_t)head[7] << 24);
	if (n < sizeof(head) || is < says)
		return probed_fault(p, "truncated",
		    "the header says %lld bytes, there are %lld",
		    (long long)says, (long long)is);
	webp_size(head + 12, &width, &height);
	return check_size(p, width, height);
}

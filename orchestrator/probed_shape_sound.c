/*
 * The structure of recordings: RIFF/WAVE by its chunks (Microsoft and IBM,
 * Multimedia Programming Interface and Data Specifications 1.0, 1991), Ogg by
 * its pages (RFC 3533, section 6).
 */
#include <string.h>

#include "orchestrator/probed.h"
#include "scorer/sound.h"

/* -- RIFF/WAVE ----------------------------------------------------------- */

enum {
	RIFF_HEADER = 12,
	CHUNK_HEADER = 8,
	FORMAT_BYTES = 16,
	MAX_CHUNKS = 1000,
	MAX_HZ = 768000,
	TAG_PCM = 1,
	TAG_FLOAT = 3,
	TAG_EXTENSIBLE = 0xfffe,
};

/* From here on a length of samples means: they went to a pipe, and the length
 * was not known when the header was written. */
#define WAV_OPEN_BYTES 0x7ff00000u

static unsigned
le16(const uint8_t *p)
{
	return p[0] | p[1] << 8;
}

static uint32_t
le32(const uint8_t *p)
{
	return le16(p) | (uint32_t)le16(p + 2) << 16;
}

/* As it follows from the samples, if they are of one size. */
static uint32_t
bytes_a_second(const uint8_t *format)
{
	unsigned tag = le16(format);

	if (tag == TAG_PCM || tag == TAG_FLOAT || tag == TAG_EXTENSIBLE)
		return le32(format + 4) * le16(format + 12);
	return le32(format + 8) > 0 ? le32(format + 8) : le32(format + 4);
}

static int
check_wav_format(struct probed *p, const uint8_t *format)
{
	unsigned tag = le16(format), channels = le16(format + 2);
	uint32_t rate_hz = le32(format + 4);
	unsigned block = le16(format + 12), bits = le16(format + 14);
	unsigned takes = channels * ((bits + 7) / 8);

	if (rate_hz == 0 || rate_hz > MAX_HZ)
		return probed_fault(p, "bad_header",
		    "the header says a sample rate of %u Hz; 1 to %d can be",
		    rate_hz, MAX_HZ);
	if (channels == 0 || channels > SOUND_MAX_CHANNELS)
		return probed_fault(p, "bad_header",
		    "the header says %u channels; 1 to %d can be", channels,
		    SOUND_MAX_CHANNELS);
	if (tag != TAG_PCM && tag != TAG_FLOAT && tag != TAG_EXTENSIBLE)
		takes = block > 0 ? block : 1;
	if (block == 0 || block != takes)
		return probed_fault(p, "bad_header",
		    "the header says blocks of %u bytes; %u channels of %u "
		    "bits take %u",
		    block, channels, bits, takes);
	return 0;
}

/* A second of samples takes so many bytes; 0: its format was not said. */
static int
check_wav_samples(struct probed *p, struct probed_shape *shape, uint32_t size,
    int64_t left, uint32_t a_second)
{
	if (a_second == 0)
		return probed_fault(p, "bad_header",
		    "its samples come before their format is said");
	if (size < WAV_OPEN_BYTES && size > left) {
		shape->is_cut = true;
		shape->says_s = (double)size / a_second;
		shape->says_bytes = probed_size() - left + size;
	}
	if (left <= 0)
		return size == 0 ? probed_fault(p, "no_content",
				       "there is not one sample in it")
				 : probed_fault(p, "truncated",
				       "the header says %u bytes of samples, "
				       "there are none",
				       size);
	return 0;
}

int
probed_shape_wav(struct probed *p, struct probed_shape *shape)
{
	int64_t end = probed_size(), at = RIFF_HEADER;
	uint32_t a_second = 0;

	for (int i = 0; i < MAX_CHUNKS; i++) {
		uint8_t head[CHUNK_HEADER + FORMAT_BYTES];
		size_t n = probed_read(at, head, sizeof(head));
		uint32_t size = n >= CHUNK_HEADER ? le32(head + 4) : 0;
		int64_t left = end - at - CHUNK_HEADER;

		if (n < CHUNK_HEADER)
			break;
		if (memcmp(head, "data", 4) == 0)
			return check_wav_samples(
			    p, shape, size, left, a_second);
		if (memcmp(head, "fmt ", 4) == 0) {
			if (n < sizeof(head))
				break;
			if (check_wav_format(p, head + CHUNK_HEADER) != 0)
				return -1;
			a_second = bytes_a_second(head + CHUNK_HEADER);
		}
		at += CHUNK_HEADER + (int64_t)size + size % 2;
	}
	return probed_fault(
	    p, "truncated", "the file ends before its samples begin");
}

/* -- Ogg ----------------------------------------------------------------- */

enum { PAGE_HEADER = 27, PAGE_GRANULE = 6, PAGE_SEGMENTS = 26 };

static int64_t
le64(const uint8_t *p)
{
	return le32(p) | (int64_t)le32(p + 4) << 32;
}

int
probed_shape_ogg(struct probed *p, struct probed_shape *shape)
{
	int64_t end = probed_size(), at = 0;

	(void)p;
	while (at < end) {
		uint8_t head[PAGE_HEADER + 255];
		size_t n = probed_read(at, head, sizeof(head));
		int64_t len = PAGE_HEADER;

		if (n >= 4 && memcmp(head, "OggS", 4) != 0)
			return 0; /* what follows is no page; the decoder's */
		if (n >= PAGE_HEADER)
			len += head[PAGE_SEGMENTS];
		if ((int64_t)n < len) {
			shape->is_cut = true;
			return 0;
		}
		for (int i = 0; i < head[PAGE_SEGMENTS]; i++)
			len += head[PAGE_HEADER + i];
		if (at + len > end) {
			shape->is_cut = true;
			shape->says_bytes = at + len;
			shape->granule = le64(head + PAGE_GRANULE);
			return 0;
		}
		at += len;
	}
	return 0;
}

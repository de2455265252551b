/* Walking the chunks of a WAVE file. */
#include "tests/fake/miner/wav.h"

#include <string.h>

#include "common/buf.h"
#include "common/err.h"

enum { HEADER = 12, CHUNK = 8, FORMAT = 16, PCM = 1 };

static uint32_t
le32(const uint8_t *p)
{
	return p[0] | p[1] << 8 | p[2] << 16 | (uint32_t)p[3] << 24;
}

static void
put_le32(uint8_t *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = v >> (8 * i);
}

static int
take_format(const uint8_t *p, size_t len, struct wav *wav, struct err *err)
{
	if (len < FORMAT)
		return err_set(err, "its format is cut off");
	if ((p[0] | p[1] << 8) != PCM || (p[14] | p[15] << 8) != 16)
		return err_set(err, "its samples are not of 16 bits");
	wav->channels = p[2] | p[3] << 8;
	wav->rate = le32(p + 4);
	return 0;
}

int
wav_parse(const uint8_t *p, size_t len, struct wav *wav, struct err *err)
{
	size_t at = HEADER;

	memset(wav, 0, sizeof(*wav));
	if (len < HEADER || memcmp(p, "RIFF", 4) != 0 ||
	    memcmp(p + 8, "WAVE", 4) != 0)
		return err_set(err, "it is not a WAVE file");
	while (len - at >= CHUNK) {
		const uint8_t *chunk = p + at;
		size_t size = le32(chunk + 4), left = len - at - CHUNK;

		at += CHUNK;
		if (memcmp(chunk, "fmt ", 4) == 0 &&
		    take_format(p + at, size < left ? size : left, wav, err) !=
			0)
			return -1;
		if (memcmp(chunk, "data", 4) == 0) {
			wav->data_at = at;
			wav->data_len = size < left ? size : left;
			break;
		}
		if (size + size % 2 > left)
			break;
		at += size + size % 2;
	}
	if (wav->channels == 0 || wav->rate == 0 || wav->data_len == 0)
		return err_set(err, "it has no samples");
	return 0;
}

int
wav_cut(struct buf *file, double fraction, struct err *err)
{
	struct wav wav;
	size_t frames, frame;

	if (wav_parse(file->data, file->len, &wav, err) != 0)
		return -1;
	frame = 2 * wav.channels;
	frames = (size_t)(wav.data_len / frame * (1 - fraction));
	file->len = wav.data_at + frames * frame;
	put_le32(file->data + 4, file->len - 8);
	put_le32(file->data + wav.data_at - 4, frames * frame);
	return 0;
}

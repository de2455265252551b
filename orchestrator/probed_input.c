/* Standard input as bytes, and which format they begin as. */
#include <errno.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include "orchestrator/probed.h"

int64_t
probed_size(void)
{
	off_t here = lseek(STDIN_FILENO, 0, SEEK_CUR);
	off_t end = lseek(STDIN_FILENO, 0, SEEK_END);

	lseek(STDIN_FILENO, here, SEEK_SET);
	return end;
}

size_t
probed_read(int64_t at, void *out, size_t len)
{
	size_t got = 0;

	while (at >= 0 && got < len) {
		ssize_t n =
		    pread(STDIN_FILENO, (char *)out + got, len - got, at + got);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		got += n;
	}
	return got;
}

static const struct {
	const char *bytes;
	size_t at, len;
	enum probed_format format;
} magics[] = {
    {"WAVE", 8, 4, PROBED_WAV},
    {"WEBP", 8, 4, PROBED_WEBP},
    {"\x89PNG", 0, 4, PROBED_PNG},
    {"\xff\xd8\xff", 0, 3, PROBED_JPEG},
    {"GIF8", 0, 4, PROBED_GIF},
    {"fLaC", 0, 4, PROBED_FLAC},
    {"OggS", 0, 4, PROBED_OGG},
    {"ID3", 0, 3, PROBED_MP3},
    {"\xff\xfb", 0, 2, PROBED_MP3},
    {"\xff\xf3", 0, 2, PROBED_MP3},
    {"\xff\xfa", 0, 2, PROBED_MP3},
    {"\xff\xf2", 0, 2, PROBED_MP3},
    {"ftyp", 4, 4, PROBED_MP4},
    {"\x1a\x45\xdf\xa3", 0, 4, PROBED_MATROSKA},
    {"RIFF", 0, 4, PROBED_UNKNOWN},
    {"RF64", 0, 4, PROBED_UNKNOWN},
};

enum probed_format
probed_format(void)
{
	uint8_t head[16];
	size_t n = probed_read(0, head, sizeof(head));
	bool is_riff = n >= 4 && (memcmp(head, "RIFF", 4) == 0 ||
				     memcmp(head, "RF64", 4) == 0);

	for (size_t i = 0; i < sizeof(magics) / sizeof(magics[0]); i++) {
		if (magics[i].at == 8 && !is_riff)
			continue;
		if (n >= magics[i].at + magics[i].len &&
		    memcmp(head + magics[i].at, magics[i].bytes,
			magics[i].len) == 0)
			return magics[i].format;
	}
	return PROBED_DOCUMENT;
}

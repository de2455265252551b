/*
 * subnetd-probe [--samples RATE]: what media is on standard input, as one JSON
 * object on standard output; or its sound's samples, at that rate. Exit 1 if
 * it is broken: the object then says why in "fault" and "why", and of samples
 * nothing is written; exit 2 if the program could not lock itself in; exit 64
 * for wrong arguments.
 *
 * A program of its own because its input is hostile and its decoders are
 * large: memory, time and system calls are limited before the first byte is
 * read. See probe.h for what it prints, probed.h for the samples.
 */
#include "orchestrator/probed.h"

#include <libavformat/avformat.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "orchestrator/probed_cage.h"

enum { EXIT_NO_CAGE = 2, EXIT_USAGE = 64, MAX_OUTPUT = 65536 };

/* -- what is said -------------------------------------------------------- */

int
probed_fault(struct probed *p, const char *code, const char *fmt, ...)
{
	va_list args;

	if (p->fault[0] != '\0')
		return -1;
	snprintf(p->fault, sizeof(p->fault), "%s", code);
	va_start(args, fmt);
	vsnprintf(p->why, sizeof(p->why), fmt, args);
	va_end(args);
	return -1;
}

void
probed_add(struct probed *p, const char *fmt, ...)
{
	size_t room = sizeof(p->measured) - p->len;
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(p->measured + p->len, room, fmt, args);
	va_end(args);
	if (n < 0 || (size_t)n >= room)
		p->measured[p->len] = '\0'; /* it says less, but all is JSON */
	else
		p->len += n;
}

static void
print(const struct probed *p)
{
	printf("{\"bytes\":%lld", (long long)probed_size());
	if (p->type[0] != '\0')
		printf(",\"type\":\"%s\"", p->type);
	if (p->fault[0] != '\0')
		printf(",\"fault\":\"%s\",\"why\":\"%s\"", p->fault, p->why);
	printf("%s}\n", p->measured);
}

/* -- what it is --------------------------------------------------------- */

static const struct {
	const char *name;
	const char *audio, *video; /* NULL: not known with such a stream */
} formats[] = {
    [PROBED_WAV] = {"wav", "audio/wav", NULL},
    [PROBED_WEBP] = {"webp_pipe", NULL, "image/webp"},
    [PROBED_PNG] = {"png_pipe", NULL, "image/png"},
    [PROBED_JPEG] = {"jpeg_pipe", NULL, "image/jpeg"},
    [PROBED_GIF] = {"gif", NULL, "image/gif"},
    [PROBED_FLAC] = {"flac", "audio/flac", NULL},
    [PROBED_OGG] = {"ogg", "audio/ogg", "video/ogg"},
    [PROBED_MP3] = {"mp3", "audio/mpeg", NULL},
    [PROBED_MP4] = {"mov", "audio/mp4", "video/mp4"},
    [PROBED_MATROSKA] = {"matroska", "audio/webm", "video/webm"},
};

/* By the name of the demuxer, which may be several with commas. */
static int
format_of(const AVFormatContext *media)
{
	const char *name = media->iformat->name;
	size_t n = sizeof(formats) / sizeof(formats[0]);

	for (size_t i = PROBED_WAV; i < n; i++) {
		size_t len = strlen(formats[i].name);

		if (strncmp(name, formats[i].name, len) == 0 &&
		    (name[len] == '\0' || name[len] == ','))
			return i;
	}
	return -1;
}

/* Film of the two containers that have more than one name; sound in them has
 * the one that everybody calls it by. */
static const char *
film_type(enum probed_format format)
{
	uint8_t head[64] = {0};
	size_t n = probed_read(0, head, sizeof(head));

	if (format == PROBED_MATROSKA && memmem(head, n, "webm", 4) == NULL)
		return "video/x-matroska";
	if (format == PROBED_MP4 && memcmp(head + 4, "ftypqt  ", 8) == 0)
		return "video/quicktime";
	return formats[format].video;
}

static void
set_type(struct probed *p, const char *type)
{
	snprintf(p->type, sizeof(p->type), "%s", type != NULL ? type : "");
}

/* What its first bytes say, for formats that hold one sort of thing. */
static void
guess_type(struct probed *p, enum probed_format format)
{
	if (format == PROBED_DOCUMENT || format == PROBED_UNKNOWN)
		return;
	if (formats[format].video == NULL)
		set_type(p, formats[format].audio);
	else if (formats[format].audio == NULL)
		set_type(p, formats[format].video);
}

/* -- looking ------------------------------------------------------------- */

static int
look_at_shape(struct probed *p, struct probed_shape *shape)
{
	switch (shape->format) {
	case PROBED_WAV:
		return probed_shape_wav(p, shape);
	case PROBED_WEBP:
		return probed_shape_webp(p, shape);
	case PROBED_PNG:
		return probed_shape_png(p, shape);
	case PROBED_JPEG:
		return probed_shape_jpeg(p, shape);
	case PROBED_OGG:
		return probed_shape_ogg(p, shape);
	case PROBED_MP4:
		return probed_shape_mp4(p, shape);
	case PROBED_MATROSKA:
		return probed_shape_matroska(p, shape);
	case PROBED_GIF:
	case PROBED_FLAC:
	case PROBED_MP3:
	case PROBED_UNKNOWN:
	case PROBED_DOCUMENT:
		break;
	}
	return 0;
}

/* No demuxer takes it. */
static int
refuse_unopened(struct probed *p, const struct probed_shape *shape)
{
	if (shape->is_cut && shape->says_bytes > 0)
		return probed_fault(p, "truncated",
		    "the container says %lld bytes, there are %lld",
		    (long long)shape->says_bytes, (long long)probed_size());
	if (shape->is_cut)
		return probed_fault(
		    p, "truncated", "it ends in the middle of its beginning");
	return probed_fault(p, "bad_media",
	    "it begins as a media file does, and cannot be read as one");
}

/* A picture beside sound: no film. */
static bool
is_cover(const AVStream *stream)
{
	return (stream->disposition & AV_DISPOSITION_ATTACHED_PIC) != 0;
}

static int
look_at_streams(struct probed *p, AVFormatContext *media,
    const struct probed_shape *shape, int samples_hz)
{
	int audio, video, format = format_of(media);

	audio = av_find_best_stream(media, AVMEDIA_TYPE_AUDIO, -1, -1, NULL, 0);
	video = av_find_best_stream(media, AVMEDIA_TYPE_VIDEO, -1, -1, NULL, 0);
	if (video >= 0 && is_cover(media->streams[video]))
		video = -1;
	if (format < 0)
		return probed_fault(
		    p, "bad_media", "its container is none that is known");
	if (audio < 0 && video < 0)
		return probed_fault(p, "no_content",
		    "it has neither sound nor picture that can be decoded");
	set_type(p, video >= 0 ? film_type(format) : formats[format].audio);
	if (p->type[0] == '\0')
		return probed_fault(p, "bad_media",
		    "it has a picture where its container has sound, or the "
		    "other way round");
	if (samples_hz > 0)
		return audio >= 0
			   ? probed_write_samples(media, audio, samples_hz)
			   : -1;
	return video >= 0 ? probed_picture(p, media, video, shape)
			  : probed_sound(p, media, audio, shape);
}

static int
look_at_media(struct probed *p, struct probed_shape *shape, int samples_hz)
{
	AVFormatContext *media;

	guess_type(p, shape->format);
	if (look_at_shape(p, shape) != 0)
		return -1;
	media = probed_open();
	if (media == NULL)
		return refuse_unopened(p, shape);
	return look_at_streams(p, media, shape, samples_hz);
}

/* What looks like media must decode; only what does not is a document. */
static int
look(struct probed *p, int samples_hz)
{
	struct probed_shape shape = {.format = probed_format()};

	if (shape.format != PROBED_DOCUMENT)
		return look_at_media(p, &shape, samples_hz);
	return samples_hz > 0 ? -1 : probed_document(p);
}

/* -- the program ------------------------------------------------------- */

/* The rate asked for, 0 without; -1 if it is none. */
static int
samples_rate(int argc, char **argv)
{
	char *end;
	long rate_hz;

	if (argc == 1)
		return 0;
	if (argc != 3 || strcmp(argv[1], "--samples") != 0)
		return -1;
	rate_hz = strtol(argv[2], &end, 10);
	if (end == argv[2] || *end != '\0' || rate_hz < PROBED_MIN_HZ ||
	    rate_hz > PROBED_MAX_HZ)
		return -1;
	return (int)rate_hz;
}

int
main(int argc, char **argv)
{
	int samples_hz = samples_rate(argc, argv), failed;
	uint64_t max_output = MAX_OUTPUT;
	struct probed p = {0};

	if (samples_hz < 0) {
		fprintf(stderr,
		    "usage: subnetd-probe [--samples RATE] <FILE\n"
		    "RATE is %d to %d\n",
		    PROBED_MIN_HZ, PROBED_MAX_HZ);
		return EXIT_USAGE;
	}
	if (samples_hz > 0)
		max_output =
		    (uint64_t)samples_hz * PROBED_MAX_SAMPLES_S * sizeof(float);
	av_log_set_level(AV_LOG_QUIET);
	/* A file may say when it was made. The zone that is put into words in
	 * stands in no file this way: none can be opened then. */
	setenv("TZ", "UTC0", 1);
	tzset();
	setvbuf(stdout, NULL, _IOFBF, 65536);
	if (probed_cage(max_output) != 0) {
		fputs("fatal subnetd-probe probe.cage "
		      "why=\"cannot limit itself\"\n",
		    stderr);
		return EXIT_NO_CAGE;
	}
	failed = look(&p, samples_hz);
	if (samples_hz == 0)
		print(&p);
	fflush(stdout);
	_exit(failed ? EXIT_FAILURE : EXIT_SUCCESS);
}

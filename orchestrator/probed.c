/*
 * subnetd-probe [--samples RATE]: what media is on standard input, as one JSON
 * object on standard output; or its sound's samples, at that rate. Exit 1, and
 * nothing written, if it does not decode; exit 2 if the program could not lock
 * itself in; exit 64 for wrong arguments.
 *
 * A program of its own because its input is hostile and its decoders are
 * large: memory, time and system calls are limited before the first byte is
 * read. See probe.h for what it prints, probed.h for the samples.
 */
#include "orchestrator/probed.h"

#include <libavformat/avformat.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
enum { IS_SANITIZED = 1 };
#else
enum { IS_SANITIZED = 0 };
#endif

enum {
	EXIT_NO_CAGE = 2,
	EXIT_USAGE = 64,
	MAX_MEMORY = 1024 * 1024 * 1024,
	MAX_CPU_S = 15,
	MAX_OUTPUT = 65536,
};

/* -- the cage ----------------------------------------------------------- */

static const int allowed_calls[] = {SCMP_SYS(read), SCMP_SYS(lseek),
    SCMP_SYS(write), SCMP_SYS(mmap), SCMP_SYS(munmap), SCMP_SYS(mremap),
    SCMP_SYS(mprotect), SCMP_SYS(madvise), SCMP_SYS(brk), SCMP_SYS(futex),
    SCMP_SYS(fstat), SCMP_SYS(newfstatat), SCMP_SYS(getrandom),
    SCMP_SYS(clock_gettime), SCMP_SYS(sched_getaffinity),
    SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigreturn),
    SCMP_SYS(getpid), SCMP_SYS(gettid), SCMP_SYS(exit), SCMP_SYS(exit_group)};

static int
lock_in(uint64_t max_output)
{
	struct rlimit memory = {MAX_MEMORY, MAX_MEMORY};
	struct rlimit cpu = {MAX_CPU_S, MAX_CPU_S}, none = {0, 0};
	struct rlimit file = {max_output, max_output};
	scmp_filter_ctx filter;
	int failed = 0;

	/* Whatever our parent has open is not for us. */
	if (close_range(3, ~0U, 0) != 0)
		return -1;
	if (IS_SANITIZED)
		return 0; /* the sanitizers need more than we would allow */
	if (setrlimit(RLIMIT_AS, &memory) != 0 ||
	    setrlimit(RLIMIT_CPU, &cpu) != 0 ||
	    setrlimit(RLIMIT_CORE, &none) != 0 ||
	    setrlimit(RLIMIT_FSIZE, &file) != 0)
		return -1;
	filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
	if (filter == NULL)
		return -1;
	for (size_t i = 0; i < sizeof(allowed_calls) / sizeof(allowed_calls[0]);
	     i++)
		failed |= seccomp_rule_add(
		    filter, SCMP_ACT_ALLOW, allowed_calls[i], 0);
	/* The standard streams are looked at, never controlled. */
	failed |= seccomp_rule_add(
	    filter, SCMP_ACT_ERRNO(ENOTTY), SCMP_SYS(ioctl), 0);
	failed |= seccomp_load(filter);
	seccomp_release(filter);
	return failed ? -1 : 0;
}

/* -- what it is --------------------------------------------------------- */

static const struct {
	const char *format, *audio, *video;
} types[] = {
    {"wav", "audio/wav", NULL},
    {"mp3", "audio/mpeg", NULL},
    {"flac", "audio/flac", NULL},
    {"ogg", "audio/ogg", "video/ogg"},
    {"mov", "audio/mp4", "video/mp4"},
    {"matroska", "audio/webm", "video/webm"},
    {"png_pipe", NULL, "image/png"},
    {"jpeg_pipe", NULL, "image/jpeg"},
    {"webp_pipe", NULL, "image/webp"},
};

static const char *
type_of(const AVFormatContext *media, bool has_video)
{
	const char *name = media->iformat->name;

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		size_t len = strlen(types[i].format);

		if (strncmp(name, types[i].format, len) == 0 &&
		    (name[len] == '\0' || name[len] == ','))
			return has_video ? types[i].video : types[i].audio;
	}
	return NULL;
}

static int
look_at_media(int samples_hz)
{
	AVFormatContext *media = probed_open();
	int audio, video;
	const char *type;

	if (media == NULL)
		return -1;
	audio = av_find_best_stream(media, AVMEDIA_TYPE_AUDIO, -1, -1, NULL, 0);
	video = av_find_best_stream(media, AVMEDIA_TYPE_VIDEO, -1, -1, NULL, 0);
	type = type_of(media, video >= 0);
	if (type == NULL)
		return -1;
	if (samples_hz > 0)
		return audio >= 0
			   ? probed_write_samples(media, audio, samples_hz)
			   : -1;
	if (video >= 0)
		return probed_print_picture(media, video, type);
	return audio >= 0 ? probed_print_sound(media, audio, type) : -1;
}

/* What looks like media must decode; only what does not is a document. */
static bool
looks_like_media(void)
{
	static const struct {
		const char *bytes;
		size_t at, len;
	} magics[] = {{"RIFF", 0, 4}, {"\x89PNG", 0, 4}, {"\xff\xd8\xff", 0, 3},
	    {"fLaC", 0, 4}, {"OggS", 0, 4}, {"ID3", 0, 3}, {"\xff\xfb", 0, 2},
	    {"\xff\xf3", 0, 2}, {"ftyp", 4, 4}, {"\x1a\x45\xdf\xa3", 0, 4}};
	uint8_t head[16] = {0};
	ssize_t n = read(STDIN_FILENO, head, sizeof(head));

	lseek(STDIN_FILENO, 0, SEEK_SET);
	for (size_t i = 0; i < sizeof(magics) / sizeof(magics[0]); i++) {
		if (n >= (ssize_t)(magics[i].at + magics[i].len) &&
		    memcmp(head + magics[i].at, magics[i].bytes,
			magics[i].len) == 0)
			return true;
	}
	return false;
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

static int
look(int samples_hz)
{
	if (looks_like_media())
		return look_at_media(samples_hz);
	return samples_hz > 0 ? -1 : probed_print_document();
}

int
main(int argc, char **argv)
{
	int samples_hz = samples_rate(argc, argv), failed;
	uint64_t max_output = MAX_OUTPUT;

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
	setvbuf(stdout, NULL, _IOFBF, 65536);
	if (lock_in(max_output) != 0) {
		fputs("fatal subnetd-probe probe.cage "
		      "why=\"cannot limit itself\"\n",
		    stderr);
		return EXIT_NO_CAGE;
	}
	failed = look(samples_hz);
	fflush(stdout);
	_exit(failed ? EXIT_FAILURE : EXIT_SUCCESS);
}

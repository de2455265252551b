/*
 * subnetd-probe: what media is on standard input, as one JSON object on
 * standard output. Exit 1, and nothing written, if it does not decode; exit
 * 2 if the program could not lock itself in.
 *
 * A program of its own because its input is hostile and its decoders are
 * large: memory, time and system calls are limited before the first byte is
 * read. See probe.h for what it prints.
 */
#include <errno.h>
#include <inttypes.h>
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/samplefmt.h>
#include <math.h>
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
	MAX_MEMORY = 1024 * 1024 * 1024,
	MAX_CPU_S = 15,
	MAX_OUTPUT = 65536,
	IO_BYTES = 32768,
	MAX_SECONDS = 12 * 3600,
	TAIL_BYTES =
	    65536,     /* of a zip file: its list of names, or much of it */
	FRAME_MS = 20, /* of the voiced measure */
};

/* A frame louder than this is voice, or at least not silence. */
static const double voiced_db = -45;

struct sound {
	double sum_squares, peak;
	uint64_t samples;     /* of all channels */
	double frame_squares; /* of the frame being gathered */
	uint64_t frame_samples, frame_len;
	uint64_t frames, voiced_frames;
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
lock_in(void)
{
	struct rlimit memory = {MAX_MEMORY, MAX_MEMORY};
	struct rlimit cpu = {MAX_CPU_S, MAX_CPU_S}, none = {0, 0};
	struct rlimit file = {MAX_OUTPUT, MAX_OUTPUT};
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

/* -- input -------------------------------------------------------------- */

static int
read_packet(void *arg, uint8_t *out, int size)
{
	ssize_t n;

	(void)arg;
	do
		n = read(STDIN_FILENO, out, size);
	while (n < 0 && errno == EINTR);
	return n > 0 ? (int)n : AVERROR_EOF;
}

static int64_t
seek(void *arg, int64_t offset, int whence)
{
	off_t here, end;

	(void)arg;
	if (whence != AVSEEK_SIZE)
		return lseek(STDIN_FILENO, offset, whence & ~AVSEEK_FORCE);
	here = lseek(STDIN_FILENO, 0, SEEK_CUR);
	end = lseek(STDIN_FILENO, 0, SEEK_END);
	lseek(STDIN_FILENO, here, SEEK_SET);
	return end;
}

static AVFormatContext *
open_media(void)
{
	AVFormatContext *media = avformat_alloc_context();
	uint8_t *space = av_malloc(IO_BYTES);

	if (media == NULL || space == NULL)
		return NULL;
	media->pb = avio_alloc_context(
	    space, IO_BYTES, 0, NULL, read_packet, NULL, seek);
	if (avformat_open_input(&media, "", NULL, NULL) < 0 ||
	    avformat_find_stream_info(media, NULL) < 0)
		return NULL;
	return media;
}

/* -- sound -------------------------------------------------------------- */

static double
db(double rms)
{
	return rms > 1e-6 ? 20 * log10(rms) : -120;
}

static void
end_frame(struct sound *s)
{
	if (s->frame_samples == 0)
		return;
	s->frames++;
	if (db(sqrt(s->frame_squares / s->frame_samples)) > voiced_db)
		s->voiced_frames++;
	s->frame_squares = 0;
	s->frame_samples = 0;
}

static void
add_sample(struct sound *s, double v)
{
	if (!isfinite(v))
		return;
	s->sum_squares += v * v;
	s->frame_squares += v * v;
	s->samples++;
	if (fabs(v) > s->peak)
		s->peak = fabs(v);
	if (++s->frame_samples >= s->frame_len)
		end_frame(s);
}

static double
sample_at(const uint8_t *data, enum AVSampleFormat format, int i)
{
	switch (format) {
	case AV_SAMPLE_FMT_U8:
		return (data[i] - 128) / 128.0;
	case AV_SAMPLE_FMT_S16:
		return ((const int16_t *)data)[i] / 32768.0;
	case AV_SAMPLE_FMT_S32:
		return ((const int32_t *)data)[i] / 2147483648.0;
	case AV_SAMPLE_FMT_FLT:
		return ((const float *)data)[i];
	case AV_SAMPLE_FMT_DBL:
		return ((const double *)data)[i];
	default:
		return 0;
	}
}

static void
add_audio(struct sound *s, const AVFrame *f)
{
	enum AVSampleFormat packed = av_get_packed_sample_fmt(f->format);
	bool planar = av_sample_fmt_is_planar(f->format);
	int channels = f->ch_layout.nb_channels;

	s->frame_len =
	    (uint64_t)f->sample_rate * channels * FRAME_MS / 1000 + 1;
	for (int i = 0; i < f->nb_samples; i++) {
		for (int c = 0; c < channels; c++)
			add_sample(s,
			    planar ? sample_at(f->extended_data[c], packed, i)
				   : sample_at(
					 f->data[0], packed, i * channels + c));
	}
}

/* -- decoding ----------------------------------------------------------- */

static AVCodecContext *
open_decoder(const AVStream *stream)
{
	const AVCodec *codec = avcodec_find_decoder(stream->codecpar->codec_id);
	AVCodecContext *decoder = codec ? avcodec_alloc_context3(codec) : NULL;

	if (decoder == NULL)
		return NULL;
	avcodec_parameters_to_context(decoder, stream->codecpar);
	decoder->thread_count = 1;
	if (avcodec_open2(decoder, codec, NULL) < 0)
		return NULL;
	return decoder;
}

/* Decode all of one stream; returns the frames that came out. */
static long
decode(AVFormatContext *media, int index, struct sound *s)
{
	AVCodecContext *decoder = open_decoder(media->streams[index]);
	AVPacket *packet = av_packet_alloc();
	AVFrame *frame = av_frame_alloc();
	long n = 0;
	bool more = true;

	if (decoder == NULL)
		return 0;
	while (more) {
		more = av_read_frame(media, packet) >= 0;
		if (more && packet->stream_index != index) {
			av_packet_unref(packet);
			continue;
		}
		avcodec_send_packet(decoder, more ? packet : NULL);
		if (more)
			av_packet_unref(packet);
		while (avcodec_receive_frame(decoder, frame) >= 0) {
			n++;
			if (s != NULL)
				add_audio(s, frame);
			av_frame_unref(frame);
			if (s == NULL)
				return n; /* one picture is proof enough */
		}
	}
	if (s != NULL)
		end_frame(s);
	return n;
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
print_audio(AVFormatContext *media, int index, const char *type)
{
	const AVCodecParameters *p = media->streams[index]->codecpar;
	struct sound s = {0};
	int channels = p->ch_layout.nb_channels;
	double seconds;

	if (p->sample_rate <= 0 || channels <= 0 ||
	    decode(media, index, &s) == 0 || s.samples == 0)
		return -1;
	seconds = (double)s.samples / channels / p->sample_rate;
	printf("{\"type\":\"%s\",\"duration_s\":%.4f,\"rate\":%d,"
	       "\"channels\":%d,\"rms_db\":%.2f,\"peak_db\":%.2f,"
	       "\"voiced\":%.4f}\n",
	    type, seconds, p->sample_rate, channels,
	    db(sqrt(s.sum_squares / s.samples)), db(s.peak),
	    (double)s.voiced_frames / s.frames);
	return 0;
}

static int
print_picture(AVFormatContext *media, int index, const char *type)
{
	const AVCodecParameters *p = media->streams[index]->codecpar;
	double seconds = (double)media->duration / AV_TIME_BASE;

	if (decode(media, index, NULL) == 0 || p->width <= 0 || p->height <= 0)
		return -1;
	printf("{\"type\":\"%s\",\"width\":%d,\"height\":%d", type, p->width,
	    p->height);
	if (strncmp(type, "video/", 6) == 0 && seconds > 0 &&
	    seconds < MAX_SECONDS)
		printf(",\"duration_s\":%.3f", seconds);
	printf("}\n");
	return 0;
}

static int
print_media(void)
{
	AVFormatContext *media = open_media();
	int audio, video;
	const char *type;

	if (media == NULL)
		return -1;
	audio = av_find_best_stream(media, AVMEDIA_TYPE_AUDIO, -1, -1, NULL, 0);
	video = av_find_best_stream(media, AVMEDIA_TYPE_VIDEO, -1, -1, NULL, 0);
	type = type_of(media, video >= 0);
	if (type == NULL)
		return -1;
	if (video >= 0)
		return print_picture(media, video, type);
	return audio >= 0 ? print_audio(media, audio, type) : -1;
}

static const char docx[] =
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

/* The names of a zip file stand, as they are, at its end. */
static const char *
zip_type(void)
{
	static const char name[] = "word/document.xml";
	static uint8_t tail[TAIL_BYTES];
	off_t end = lseek(STDIN_FILENO, 0, SEEK_END);
	size_t len = 0;
	ssize_t n;

	lseek(STDIN_FILENO, end > TAIL_BYTES ? end - TAIL_BYTES : 0, SEEK_SET);
	while (len < sizeof(tail) &&
	       (n = read(STDIN_FILENO, tail + len, sizeof(tail) - len)) > 0)
		len += n;
	if (memmem(tail, len, name, strlen(name)) != NULL)
		return docx;
	return "application/zip";
}

/* Documents are known by how they begin; their insides are not our business. */
static int
print_document(void)
{
	uint8_t head[512];
	ssize_t n;
	const char *type = "text/plain";

	lseek(STDIN_FILENO, 0, SEEK_SET);
	n = read(STDIN_FILENO, head, sizeof(head));
	if (n <= 0)
		return -1;
	if (n >= 5 && memcmp(head, "%PDF-", 5) == 0)
		type = "application/pdf";
	else if (n >= 4 && memcmp(head, "PK\3\4", 4) == 0)
		type = zip_type();
	else if (memchr(head, '\0', n) != NULL)
		type = "application/octet-stream";
	printf("{\"type\":\"%s\"}\n", type);
	return 0;
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

int
main(void)
{
	int failed;

	av_log_set_level(AV_LOG_QUIET);
	setvbuf(stdout, NULL, _IOFBF, 4096);
	if (lock_in() != 0) {
		fputs("fatal subnetd-probe probe.cage "
		      "why=\"cannot limit itself\"\n",
		    stderr);
		return EXIT_NO_CAGE;
	}
	failed = looks_like_media() ? print_media() : print_document();
	fflush(stdout);
	_exit(failed ? EXIT_FAILURE : EXIT_SUCCESS);
}

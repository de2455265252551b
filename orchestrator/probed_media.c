/* Standard input as media: libavformat and libavcodec, read by read. */
#include <errno.h>
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "orchestrator/probed.h"

enum { IO_BYTES = 32768 };

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

AVFormatContext *
probed_open(void)
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

static AVCodecContext *
open_decoder(const AVStream *stream)
{
	const AVCodec *codec = avcodec_find_decoder(stream->codecpar->codec_id);
	AVCodecContext *decoder = codec ? avcodec_alloc_context3(codec) : NULL;

	if (decoder == NULL)
		return NULL;
	avcodec_parameters_to_context(decoder, stream->codecpar);
	decoder->thread_count = 1;
	decoder->max_pixels = PROBED_MAX_PIXELS;
	if (avcodec_open2(decoder, codec, NULL) < 0)
		return NULL;
	return decoder;
}

void
probed_add_names(struct probed *p, const AVFormatContext *media, int index)
{
	const char *name = media->iformat->name;
	int len = strcspn(name, ",_"); /* "mov,mp4,m4a", "png_pipe" */

	probed_add(p, ",\"container\":\"%.*s\",\"codec\":\"%s\"", len, name,
	    avcodec_get_name(media->streams[index]->codecpar->codec_id));
}

/* -- how long it is ------------------------------------------------------ */

double
probed_says_s(const AVFormatContext *media, int index)
{
	const AVStream *stream = media->streams[index];

	/* What was guessed from bit rates or from the last packets that are
	 * there is no word of the container's. */
	if (media->duration_estimation_method != AVFMT_DURATION_FROM_STREAM)
		return 0;
	if (stream->duration != AV_NOPTS_VALUE && stream->duration > 0)
		return stream->duration * av_q2d(stream->time_base);
	if (media->duration != AV_NOPTS_VALUE && media->duration > 0)
		return (double)media->duration / AV_TIME_BASE;
	return 0;
}

bool
probed_is_short(double says_s, double is_s)
{
	return says_s > 0 && is_s < says_s - (0.25 + says_s / 100);
}

double
probed_last_s(AVFormatContext *media, int index, long max_packets)
{
	const AVStream *stream = media->streams[index];
	AVPacket *packet = av_packet_alloc();
	int64_t first = stream->start_time, last = 0;

	if (first == AV_NOPTS_VALUE)
		first = 0;
	while (max_packets-- > 0 && av_read_frame(media, packet) >= 0) {
		if (packet->stream_index == index &&
		    packet->pts != AV_NOPTS_VALUE &&
		    packet->pts - first + packet->duration > last)
			last = packet->pts - first + packet->duration;
		av_packet_unref(packet);
	}
	return last * av_q2d(stream->time_base);
}

/* -- decoding ----------------------------------------------------------- */

int
probed_nothing(struct probed *p, const struct probed_count *count)
{
	if (count->packets > 0)
		return probed_fault(
		    p, "bad_media", "nothing of it can be decoded");
	return probed_fault(
	    p, "no_content", "there is neither a sample nor a picture in it");
}

struct probed_count
probed_decode(
    AVFormatContext *media, int index, probed_on_frame *on_frame, void *arg)
{
	AVCodecContext *decoder = open_decoder(media->streams[index]);
	AVPacket *packet = av_packet_alloc();
	AVFrame *frame = av_frame_alloc();
	struct probed_count n = {0};
	bool more = true, enough = false;

	if (decoder == NULL) {
		n.packets = 1; /* there may be some; nobody can read them */
		return n;
	}
	while (more && !enough) {
		more = av_read_frame(media, packet) >= 0;
		if (more && packet->stream_index != index) {
			av_packet_unref(packet);
			continue;
		}
		n.packets += more && packet->size > 0;
		avcodec_send_packet(decoder, more ? packet : NULL);
		if (more)
			av_packet_unref(packet);
		while (!enough && avcodec_receive_frame(decoder, frame) >= 0) {
			n.frames++;
			enough = !on_frame(frame, arg);
			av_frame_unref(frame);
		}
	}
	return n;
}

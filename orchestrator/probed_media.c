/* Standard input as media: libavformat and libavcodec, read by read. */
#include <errno.h>
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <stdbool.h>
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

long
probed_decode(
    AVFormatContext *media, int index, probed_on_frame *on_frame, void *arg)
{
	AVCodecContext *decoder = open_decoder(media->streams[index]);
	AVPacket *packet = av_packet_alloc();
	AVFrame *frame = av_frame_alloc();
	bool more = true, enough = false;
	long n = 0;

	if (decoder == NULL)
		return 0;
	while (more && !enough) {
		more = av_read_frame(media, packet) >= 0;
		if (more && packet->stream_index != index) {
			av_packet_unref(packet);
			continue;
		}
		avcodec_send_packet(decoder, more ? packet : NULL);
		if (more)
			av_packet_unref(packet);
		while (!enough && avcodec_receive_frame(decoder, frame) >= 0) {
			n++;
			enough = !on_frame(frame, arg);
			av_frame_unref(frame);
		}
	}
	return n;
}

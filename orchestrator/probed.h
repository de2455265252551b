/*
 * What subnetd-probe is made of: finding the stream, decoding it, and saying
 * what it is, or why it is broken. Only the probe's own program includes
 * this: what is here works on standard input and standard output, and leaves
 * its memory to the end of the process.
 */
#ifndef ORCHESTRATOR_PROBED_H
#define ORCHESTRATOR_PROBED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct AVFormatContext;
struct AVFrame;

enum {
	PROBED_MIN_HZ = 8000,
	PROBED_MAX_HZ = 96000,
	PROBED_MAX_SAMPLES_S = 15 * 60,
	PROBED_MAX_PIXELS = 64 * 1024 * 1024,
};

/* -- what is said -------------------------------------------------------- */

/* The first fault counts; what was measured before it stays. */
struct probed {
	char type[96];	     /* media type by the bytes; "": not known */
	char fault[24];	     /* a code of probe_fault.h; "": none */
	char why[256];	     /* of the fault */
	char measured[1024]; /* members of a JSON object, each ",\"n\":v" */
	size_t len;
};

/* Always -1, to be returned. The reason must not quote the file. */
int probed_fault(struct probed *, const char *code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void probed_add(struct probed *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* -- standard input ------------------------------------------------------ */

int64_t probed_size(void);
/* So many bytes from there on, or fewer at the end of the file. */
size_t probed_read(int64_t at, void *out, size_t len);

/* -- containers, before a decoder sees them ------------------------------ */

enum probed_format {
	PROBED_DOCUMENT, /* none of the others */
	PROBED_WAV,
	PROBED_WEBP,
	PROBED_PNG,
	PROBED_JPEG,
	PROBED_GIF,
	PROBED_FLAC,
	PROBED_OGG,
	PROBED_MP3,
	PROBED_MP4,
	PROBED_MATROSKA,
	PROBED_UNKNOWN, /* it begins as media do, and is none we know */
};

/* What a container's own structure says. */
struct probed_shape {
	enum probed_format format;
	bool is_cut;	    /* it ends before its end */
	double says_s;	    /* WAVE, is_cut: how long it says it is */
	int64_t says_bytes; /* is_cut: how many it says it has; 0: unknown */
	int64_t granule;    /* Ogg, is_cut: where its last page would end; 0 */
};

enum probed_format probed_format(void);

/* -1: it has a fault that no decoder is needed for. */
int probed_shape_wav(struct probed *, struct probed_shape *);
int probed_shape_mp4(struct probed *, struct probed_shape *);
int probed_shape_matroska(struct probed *, struct probed_shape *);
int probed_shape_ogg(struct probed *, struct probed_shape *);
int probed_shape_png(struct probed *, struct probed_shape *);
int probed_shape_jpeg(struct probed *, struct probed_shape *);
int probed_shape_webp(struct probed *, struct probed_shape *);

/* -- decoding ------------------------------------------------------------ */

/* The streams of standard input; NULL if it is no media. */
struct AVFormatContext *probed_open(void);

/* false: it was enough. */
typedef bool probed_on_frame(const struct AVFrame *, void *arg);

struct probed_count {
	long packets, frames; /* that went in, and that came out */
};

/* Decode a stream from where it is. */
struct probed_count probed_decode(
    struct AVFormatContext *, int index, probed_on_frame *, void *arg);

/* Packets from where it is to the end, so many at most: at which second the
 * stream's last one ends, 0 if there is none. */
double probed_last_s(struct AVFormatContext *, int index, long max_packets);

/* "container" and "codec", as libavformat calls them. */
void probed_add_names(struct probed *, const struct AVFormatContext *, int);

/* At which second the container says the stream ends; 0 if it does not. */
double probed_says_s(const struct AVFormatContext *, int index);

/* Whether there is less than it says, by more than rounding and padding. */
bool probed_is_short(double says_s, double is_s);

/* The fault of a stream of which no frame came out. */
int probed_nothing(struct probed *, const struct probed_count *);

/* -- measuring ----------------------------------------------------------- */

/* Each adds what it measures; -1 and the fault. */
int probed_sound(struct probed *, struct AVFormatContext *, int index,
    const struct probed_shape *);
int probed_picture(struct probed *, struct AVFormatContext *, int index,
    const struct probed_shape *);
int probed_document(struct probed *);
int probed_zip(struct probed *);
int probed_pdf(struct probed *);

/* The sound's first PROBED_MAX_SAMPLES_S seconds as 32-bit floating point,
 * little-endian, at another rate, with the channels averaged. -1, and nothing
 * written, if there is no sound. */
int probed_write_samples(struct AVFormatContext *, int index, int rate_hz);

#endif

/*
 * What subnetd-probe is made of: finding the stream, decoding it, and saying
 * what it is. Only the probe's own program includes this: what is here works
 * on standard input and standard output, and leaves its memory to the end of
 * the process.
 */
#ifndef ORCHESTRATOR_PROBED_H
#define ORCHESTRATOR_PROBED_H

#include <stdbool.h>

struct AVFormatContext;
struct AVFrame;

/* The streams of standard input; NULL if it is no media. */
struct AVFormatContext *probed_open(void);

/* false: it was enough. */
typedef bool probed_on_frame(const struct AVFrame *, void *arg);

/* Decode a stream from where it is; returns the frames that came out. */
long probed_decode(
    struct AVFormatContext *, int index, probed_on_frame *, void *arg);

/* Each prints one JSON object; -1, and nothing printed, if there is nothing
 * of the kind. */
int probed_print_sound(struct AVFormatContext *, int index, const char *type);
int probed_print_picture(struct AVFormatContext *, int index, const char *type);
int probed_print_document(void);

enum {
	PROBED_MIN_HZ = 8000,
	PROBED_MAX_HZ = 96000,
	PROBED_MAX_SAMPLES_S = 15 * 60,
};

/* The sound's first PROBED_MAX_SAMPLES_S seconds as 32-bit floating point,
 * little-endian, at another rate, with the channels averaged. -1, and nothing
 * written, if there is no sound. */
int probed_write_samples(struct AVFormatContext *, int index, int rate_hz);

#endif

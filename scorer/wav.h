/*
 * RIFF/WAVE files: what the header says, and the samples behind it.
 *
 * PCM of 8 (unsigned), 16, 24 and 32 bits, floating point of 32 and 64, plain
 * or "extensible". (Microsoft, IBM: Multimedia Programming Interface and Data
 * Specifications 1.0; Microsoft: Multiple Channel Audio Data and WAVE Files.)
 * What the file is said to hold and does not have is not there: a size that
 * points behind the end, as streams write it, is cut to what there is.
 *
 * Pure. The bytes are borrowed as long as the struct is used. Any bytes may
 * come.
 */
#ifndef SCORER_WAV_H
#define SCORER_WAV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;

enum { WAV_MAX_CHANNELS = 32, WAV_MAX_RATE = 768000 };

/* Beyond this, in units of full scale, a sample is a mistake. */
#define WAV_MAX_SAMPLE 1e9

struct wav {
	uint32_t rate_hz; /* 1..WAV_MAX_RATE */
	int channels;	  /* 1..WAV_MAX_CHANNELS */
	int bits;	  /* of a sample as it is stored */
	bool is_float;
	const uint8_t *data; /* channels beside each other */
	size_t frames;	     /* of a sample of each channel; may be 0 */
};

/* 0, or -1 and why. */
int wav_parse(const void *bytes, size_t len, struct wav *, struct err *);

/* A sample in units of full scale: PCM -1..1; floating point may be anything,
 * NaN too. frame < frames, channel < channels. */
double wav_sample(const struct wav *, size_t frame, int channel);

/* The mean of the channels, into out[frames]. 0, or -1 and why if a sample is
 * no number or beyond WAV_MAX_SAMPLE. */
int wav_mono(const struct wav *, double *out, struct err *);

#endif

/*
 * Recordings as RIFF/WAVE files of 16-bit samples. Pure.
 */
#ifndef MINER_WAV_H
#define MINER_WAV_H

#include <stddef.h>
#include <stdint.h>

struct buf;
struct err;

struct wav {
	unsigned channels, rate;
	size_t data_at, data_len; /* of the samples, within the file */
};

/* 0, or -1 if it is no such file. */
int wav_parse(const uint8_t *, size_t len, struct wav *, struct err *);

/* Cut the last fraction of the samples off; -1 if it is no such file. */
int wav_cut(struct buf *file, double fraction, struct err *);

#endif

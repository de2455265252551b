/*
 * Sound in memory: one channel, put into a length of time, with noise of a
 * known loudness under it. Pure.
 */
#ifndef VALIDATOR_CHALLENGE_SOUND_H
#define VALIDATOR_CHALLENGE_SOUND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct challenge_dice;
struct err;

enum { CHALLENGE_SOUND_MAX_S = 1800 };

struct challenge_sound {
	int rate; /* Hz */
	size_t n;
	float *v; /* -1 to 1 */
};

void challenge_sound_clear(struct challenge_sound *);
double challenge_sound_seconds(const struct challenge_sound *);
double challenge_sound_rms(const float *, size_t n);

/* RIFF/WAVE of 16 bits and one channel, as flite and espeak-ng write it. -1
 * and why. */
int challenge_sound_read(
    const uint8_t *, size_t len, struct challenge_sound *, struct err *);
void challenge_sound_write(const struct challenge_sound *, struct buf *);

/* Without the silence at both ends. */
void challenge_sound_trim(struct challenge_sound *);

struct challenge_noise {
	double snr_db;	/* of the speech's mean power to the noise's */
	bool is_pink;	/* else white */
	double peak_db; /* of the whole, below full scale */
};

/*
 * Speech within so many seconds (at least its own length), at a place by
 * chance, with noise under all of it. It replaces the sound.
 */
void challenge_sound_set(struct challenge_sound *, double seconds,
    const struct challenge_noise *, struct challenge_dice *);

#endif

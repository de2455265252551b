/*
 * How near an estimate of a recording is to the clean one, in decibels.
 *
 * Scale-invariant signal-to-distortion ratio (Le Roux, Wisdom, Erdogan,
 * Hershey: SDR - half-baked or well done?, ICASSP 2019, eq. 4), of the
 * reference s and the estimate e, both less their means:
 *
 *   a = <e,s> / <s,s>        SI-SDR = 10 log10(|a s|^2 / |a s - e|^2)
 *
 * Segmental signal-to-noise ratio (Hansen and Pellom: An effective quality
 * evaluation protocol for speech enhancement algorithms, ICSLP 1998): the mean
 * over frames of 10 log10(|s|^2 / |s - e|^2), each kept within -10..35 dB. Our
 * frames have 30 ms, one behind the other, without a window; a rest at the
 * end is left out, and so are frames of s that are SDR_QUIET_DB below its
 * loudest or have no sound at all. It is not scale-invariant.
 *
 * Samples are of any unit; sums run from the first sample to the last. Both
 * recordings must begin at the same moment: a shift of a few samples costs
 * more than any noise. Pure.
 */
#ifndef SCORER_SDR_H
#define SCORER_SDR_H

#include <stdbool.h>
#include <stddef.h>

struct err;

/* A recording and its equal are infinitely alike, and to silence there is no
 * likeness: results are kept within these. 100 dB is beyond what 16 bits can
 * tell. */
#define SDR_MAX_DB 100.0
#define SDR_MIN_DB (-100.0)

#define SDR_SEGMENT_MAX_DB 35.0
#define SDR_SEGMENT_MIN_DB (-10.0)
#define SDR_QUIET_DB (-60.0)

/* Lengths that differ by at most so many hundredths of the longer are cut to
 * the shorter. */
enum { SDR_LENGTH_PERCENT = 5, SDR_FRAME_MS = 30 };

/* Borrowed samples. */
struct sdr_sound {
	const double *at;
	size_t n;
};

/*
 * 0 and *db in SDR_MIN_DB..SDR_MAX_DB: SDR_MAX_DB if nothing is left of the
 * difference, SDR_MIN_DB if the reference or the estimate is silent (constant,
 * if zero_mean), even where both are. -1, and why, if one of them is empty,
 * the lengths differ by more, or samples are too large or no numbers.
 */
int sdr_si(struct sdr_sound reference, struct sdr_sound estimate,
    bool zero_mean, double *db, struct err *);

/* As sdr_si, in SDR_SEGMENT_MIN_DB..SDR_SEGMENT_MAX_DB: the former where all
 * frames are left out. -1, too, if there is no whole frame. */
int sdr_segmental(struct sdr_sound reference, struct sdr_sound estimate,
    double rate_hz, double *db, struct err *);

#endif

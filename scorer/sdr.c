/* Two recordings, sample by sample. */
#include "scorer/sdr.h"

#include <math.h>

#include "common/err.h"
#include "scorer/math.h"

/* How many samples both have; 0, and why. */
static size_t
common_length(size_t a, size_t b, struct err *err)
{
	size_t shorter = a < b ? a : b, longer = a < b ? b : a;

	if (shorter == 0) {
		err_set(err, "a recording without samples");
		return 0;
	}
	if (longer - shorter > longer / 100 * SDR_LENGTH_PERCENT +
				   longer % 100 * SDR_LENGTH_PERCENT / 100) {
		err_set(err,
		    "lengths differ: %zu and %zu samples, by more than %d in "
		    "100",
		    a, b, SDR_LENGTH_PERCENT);
		return 0;
	}
	return shorter;
}

/* In two steps: the second finds what the first one's sum had lost, so that
 * of a constant nothing is left. */
static double
mean_of(const double *at, size_t n)
{
	double sum = 0, mean;

	for (size_t i = 0; i < n; i++)
		sum += at[i];
	mean = sum / n;
	sum = 0;
	for (size_t i = 0; i < n; i++)
		sum += at[i] - mean;
	return mean + sum / n;
}

struct powers {
	double s, e, both; /* <s,s>, <e,e>, <s,e> */
};

static struct powers
powers_of(
    const double *s, double s_mean, const double *e, double e_mean, size_t n)
{
	struct powers p = {0};

	for (size_t i = 0; i < n; i++) {
		double x = s[i] - s_mean, y = e[i] - e_mean;

		p.s += x * x;
		p.e += y * y;
		p.both += x * y;
	}
	return p;
}

static double
kept_within(double v, double least, double most)
{
	return v < least ? least : v > most ? most : v;
}

/* 10 log10(a / b), a and b not negative. */
static double
ratio_db(double a, double b, double least, double most)
{
	if (!(b > 0))
		return a > 0 ? most : least;
	return kept_within(math_decibels(a / b, least), least, most);
}

int
sdr_si(struct sdr_sound reference, struct sdr_sound estimate, bool zero_mean,
    double *db, struct err *err)
{
	size_t n = common_length(reference.n, estimate.n, err);
	const double *s = reference.at, *e = estimate.at;
	double s_mean, e_mean, scale, noise = 0;
	struct powers p;

	if (n == 0)
		return -1;
	s_mean = zero_mean ? mean_of(s, n) : 0;
	e_mean = zero_mean ? mean_of(e, n) : 0;
	p = powers_of(s, s_mean, e, e_mean, n);
	if (!isfinite(p.s) || !isfinite(p.e) || !isfinite(p.both))
		return err_set(err, "samples too large, or no numbers");
	*db = SDR_MIN_DB;
	if (!(p.s > 0) || !(p.e > 0))
		return 0;
	scale = p.both / p.s;
	for (size_t i = 0; i < n; i++) {
		double d = scale * (s[i] - s_mean) - (e[i] - e_mean);

		noise += d * d;
	}
	*db = ratio_db(scale * scale * p.s, noise, SDR_MIN_DB, SDR_MAX_DB);
	return 0;
}

/* -- frame by frame ------------------------------------------------------ */

static double
power_of(const double *at, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += at[i] * at[i];
	return sum;
}

static double
power_between(const double *a, const double *b, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += (a[i] - b[i]) * (a[i] - b[i]);
	return sum;
}

static double
loudest_frame(const double *at, size_t n, size_t len)
{
	double most = 0;

	for (size_t i = 0; i + len <= n; i += len) {
		double power = power_of(at + i, len);

		most = power > most ? power : most;
	}
	return most;
}

/* The mean over the frames that count. */
static double
frames_mean(const double *s, const double *e, size_t n, size_t len)
{
	double quiet = loudest_frame(s, n, len) * 1e-6; /* SDR_QUIET_DB */
	double sum = 0;
	size_t frames = 0;

	for (size_t i = 0; i + len <= n; i += len) {
		double power = power_of(s + i, len);

		if (!(power > quiet))
			continue;
		sum += ratio_db(power, power_between(s + i, e + i, len),
		    SDR_SEGMENT_MIN_DB, SDR_SEGMENT_MAX_DB);
		frames++;
	}
	return frames > 0 ? sum / frames : SDR_SEGMENT_MIN_DB;
}

int
sdr_segmental(struct sdr_sound reference, struct sdr_sound estimate,
    double rate_hz, double *db, struct err *err)
{
	size_t n = common_length(reference.n, estimate.n, err), len;

	if (n == 0)
		return -1;
	if (!(rate_hz >= 1000.0 / SDR_FRAME_MS && rate_hz <= 1e9))
		return err_set(err, "%g samples a second", rate_hz);
	len = (size_t)(rate_hz * SDR_FRAME_MS / 1000);
	if (n < len)
		return err_set(err, "less than a frame of %d ms", SDR_FRAME_MS);
	if (!isfinite(power_of(reference.at, n)) ||
	    !isfinite(power_between(reference.at, estimate.at, n)))
		return err_set(err, "samples too large, or no numbers");
	*db = frames_mean(reference.at, estimate.at, n, len);
	return 0;
}

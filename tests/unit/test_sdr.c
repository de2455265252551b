/* Signal-to-distortion ratios of signals whose ratio is known. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "common/err.h"
#include "scorer/sdr.h"

enum { N = 8000 };

static double s[N], noise[N], e[N];

static struct sdr_sound
sound_of(const double *at, size_t n)
{
	return (struct sdr_sound){at, n};
}

/* Whole periods of a sine and of a cosine: orthogonal, of equal power, and
 * without a mean. */
static int
make_signals(void **state)
{
	(void)state;
	for (int i = 0; i < N; i++) {
		s[i] = sin(2 * M_PI * 37 * i / N);
		noise[i] = cos(2 * M_PI * 37 * i / N);
	}
	return 0;
}

static void
mix(double gain, double noise_db, double offset)
{
	double amount = pow(10, noise_db / 20);

	for (int i = 0; i < N; i++)
		e[i] = gain * (s[i] + amount * noise[i]) + offset;
}

static double
si(bool zero_mean)
{
	struct err err;
	double db;

	if (sdr_si(sound_of(s, N), sound_of(e, N), zero_mean, &db, &err) != 0)
		fail_msg("%s", err.text);
	return db;
}

static void
orthogonal_noise_is_measured_as_it_was_mixed(void **state)
{
	static const double gains[] = {1, 0.001, -3, 1e6};

	(void)state;
	for (int db = -80; db <= 80; db += 5) {
		for (int g = 0; g < 4; g++) {
			double got;

			mix(gains[g], -db, 0);
			got = si(true);
			if (fabs(got - db) > 1e-6)
				fail_msg(
				    "%d dB, x %g: %.12g", db, gains[g], got);
		}
	}
}

/* A constant of the sine's own power is noise as loud, or nothing. */
static void
a_mean_counts_only_if_it_is_left(void **state)
{
	(void)state;
	mix(1, -40, M_SQRT1_2);
	assert_true(fabs(si(true) - 40) < 1e-9);
	mix(1, -200, M_SQRT1_2);
	assert_true(fabs(si(false)) < 1e-9);
	/* of the reference, too */
	mix(1, -40, 0);
	for (int i = 0; i < N; i++)
		s[i] += M_SQRT1_2;
	assert_true(fabs(si(true) - 40) < 1e-9);
	assert_true(fabs(si(false)) < 1e-3);
}

static void
identity_and_silence_are_the_ends(void **state)
{
	static const double constants[] = {0, 0.1, -1.0 / 3, 1e6};
	double keep[N];

	(void)state;
	mix(0.3, -INFINITY, 0);
	assert_true(si(true) == SDR_MAX_DB);
	mix(0.3, -130, 0.01);
	assert_true(si(true) == SDR_MAX_DB);
	for (int i = 0; i < N; i++)
		e[i] = noise[i]; /* nothing of s in it, but rounding */
	assert_true(si(true) == SDR_MIN_DB);
	memcpy(keep, s, sizeof(s));
	for (int k = 0; k < 4; k++) {
		for (int i = 0; i < N; i++)
			e[i] = constants[k];
		assert_true(si(true) == SDR_MIN_DB);
		memcpy(s, e, sizeof(s));
		assert_true(si(true) == SDR_MIN_DB); /* both */
		memcpy(e, keep, sizeof(s));
		assert_true(si(true) == SDR_MIN_DB);
		memcpy(s, keep, sizeof(s));
	}
}

static void
lengths_may_differ_a_little(void **state)
{
	const size_t least = N - N * SDR_LENGTH_PERCENT / 100;
	struct err err;
	double a, b;

	(void)state;
	mix(1, -20, 0);
	assert_int_equal(
	    sdr_si(sound_of(s, N), sound_of(e, least), true, &a, &err), 0);
	assert_int_equal(
	    sdr_si(sound_of(s, least), sound_of(e, N), true, &b, &err), 0);
	assert_true(a == b);
	assert_true(fabs(a - 20) < 0.1);
	assert_int_equal(
	    sdr_si(sound_of(s, N), sound_of(e, least - 1), true, &a, &err), -1);
	assert_string_equal(err.text, "lengths differ: 8000 and 7599 samples, "
				      "by more than 5 in 100");
	assert_int_equal(
	    sdr_si(sound_of(s, 0), sound_of(e, 0), true, &a, &err), -1);
}

static void
what_is_no_number_is_refused(void **state)
{
	static const double bad[] = {NAN, INFINITY, -INFINITY, 1e200};
	struct err err;
	double db;

	(void)state;
	for (int k = 0; k < 4; k++) {
		mix(1, -20, 0);
		e[77] = bad[k];
		assert_int_equal(
		    sdr_si(sound_of(s, N), sound_of(e, N), true, &db, &err),
		    -1);
		assert_int_equal(
		    sdr_si(sound_of(e, N), sound_of(s, N), false, &db, &err),
		    -1);
		assert_int_equal(sdr_segmental(sound_of(s, N), sound_of(e, N),
				     8000, &db, &err),
		    -1);
	}
}

/* -- segmental ------------------------------------------------------------ */

static double
segmental(double rate_hz)
{
	struct err err;
	double db;

	if (sdr_segmental(sound_of(s, N), sound_of(e, N), rate_hz, &db, &err) !=
	    0)
		fail_msg("%s", err.text);
	return db;
}

/* 400 samples a frame: 20 frames, and every one has whole periods of 40. */
static void
make_frames(void)
{
	for (int i = 0; i < N; i++) {
		s[i] = sin(2 * M_PI * i / 40);
		noise[i] = cos(2 * M_PI * i / 40);
	}
}

static const double frames_hz = 400 * 1000.0 / SDR_FRAME_MS + 1e-6;

static void
each_frame_counts_the_same(void **state)
{
	(void)state;
	make_frames();
	/* a quarter of the frames at 10 dB, the others at 20; loud or not */
	for (int i = 0; i < N; i++) {
		double amount = i < N / 4 ? sqrt(0.1) : 0.1;

		s[i] *= i < N / 2 ? 0.05 : 1;
		e[i] = s[i] + amount * noise[i] * (i < N / 2 ? 0.05 : 1);
	}
	assert_true(fabs(segmental(frames_hz) - 17.5) < 1e-9);
}

static void
a_frame_is_kept_within_its_ends(void **state)
{
	(void)state;
	make_frames();
	memcpy(e, s, sizeof(e));
	assert_true(segmental(frames_hz) == SDR_SEGMENT_MAX_DB);
	for (int i = 0; i < N; i++)
		e[i] = s[i] + (i < N / 2 ? 0 : 100 * noise[i]);
	assert_true(fabs(segmental(frames_hz) - (35 - 10) / 2.0) < 1e-9);
}

static void
silent_frames_are_left_out(void **state)
{
	(void)state;
	make_frames();
	for (int i = 0; i < N; i++) {
		s[i] *= i < N / 2 ? 1 : i < 3 * N / 4 ? 0 : 0.9e-3;
		e[i] = s[i] + 0.1 * noise[i];
	}
	assert_true(fabs(segmental(frames_hz) - 20) < 1e-9);
	memset(s, 0, sizeof(s));
	assert_true(segmental(frames_hz) == SDR_SEGMENT_MIN_DB);
}

static void
less_than_a_frame_is_refused(void **state)
{
	struct err err;
	double db;

	(void)state;
	assert_int_equal(
	    sdr_segmental(sound_of(s, 239), sound_of(s, 239), 8000, &db, &err),
	    -1);
	assert_int_equal(
	    sdr_segmental(sound_of(s, 240), sound_of(s, 240), 8000, &db, &err),
	    0);
	assert_int_equal(
	    sdr_segmental(sound_of(s, N), sound_of(s, N), 1, &db, &err), -1);
	assert_int_equal(
	    sdr_segmental(sound_of(s, N), sound_of(s, N), NAN, &db, &err), -1);
}

#define TEST(name) cmocka_unit_test_setup(name, make_signals)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(orthogonal_noise_is_measured_as_it_was_mixed),
	    TEST(a_mean_counts_only_if_it_is_left),
	    TEST(identity_and_silence_are_the_ends),
	    TEST(lengths_may_differ_a_little),
	    TEST(what_is_no_number_is_refused),
	    TEST(each_frame_counts_the_same),
	    TEST(a_frame_is_kept_within_its_ends),
	    TEST(silent_frames_are_left_out),
	    TEST(less_than_a_frame_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

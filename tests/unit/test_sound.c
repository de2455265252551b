/* Recordings made here, of which every measure is known. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "scorer/sound.h"

enum { RATE = 8000 };

static const double full = 32767 / 32768.0;

/* A part of a recording: a tone, noise if its frequency is negative. */
struct part {
	double seconds, hz, loudness;
};

struct making {
	struct sound sound;
	uint64_t dice;
	long at;
};

static void
make(struct making *m, int channels)
{
	memset(m, 0, sizeof(*m));
	m->dice = 42;
	assert_int_equal(sound_init(&m->sound, RATE, channels, full), 0);
}

/* -1..1 */
static double
roll(struct making *m)
{
	m->dice = m->dice * 6364136223846793005u + 1442695040888963407u;
	return (double)(m->dice >> 32) / 2147483648.0 - 1;
}

static void
add_part(struct making *m, const struct part *p)
{
	long n = lrint(p->seconds * RATE);

	for (long i = 0; i < n; i++, m->at++) {
		double v =
		    p->hz < 0 ? roll(m) : sin(2 * M_PI * p->hz * m->at / RATE);
		double values[SOUND_MAX_CHANNELS];

		for (int c = 0; c < m->sound.channels; c++)
			values[c] = p->loudness * v;
		sound_add(&m->sound, values);
	}
}

static struct sound_measure
measure(int channels, const struct part *parts)
{
	struct sound_measure got;
	struct making m;

	make(&m, channels);
	for (; parts->seconds > 0; parts++)
		add_part(&m, parts);
	assert_int_equal(sound_end(&m.sound, &got), 0);
	return got;
}

#define MEASURE(channels, ...)                                                 \
	measure(channels, (const struct part[]){__VA_ARGS__, {0, 0, 0}})

static int
is_near(double a, double b, double within)
{
	return fabs(a - b) <= within;
}

static void
loudness_is_of_full_scale(void **state)
{
	(void)state;
	for (int channels = 1; channels <= 2; channels++) {
		struct sound_measure m = MEASURE(channels, {2, 1000, .5});

		assert_true(m.duration_s == 2);
		assert_true(is_near(m.rms_db, -9.0309, 1e-4));
		assert_true(is_near(m.peak_db, -6.0206, 1e-4));
		assert_true(m.voiced == 1);
		assert_true(is_near(m.offset, 0, 1e-12));
		assert_true(m.lead_s == 0 && m.trail_s == 0 && m.gap_s == 0);
	}
}

static void
silence_is_found_where_it_is(void **state)
{
	struct sound_measure m =
	    MEASURE(2, {.4, 0, 0}, {.5, 440, .3}, {.2, 0, 0}, {.5, 440, .3},
		{.7, 440, .001}, {1, 440, .3}, {.3, 0, 0});

	(void)state;
	assert_true(is_near(m.lead_s, .4, .021));
	assert_true(is_near(m.gap_s, .7, .041));
	assert_true(is_near(m.trail_s, .3, .021));
	assert_true(is_near(m.voiced, 2 / 3.6, .02));
	/* nothing but silence */
	m = MEASURE(1, {1.5, 440, .004});
	assert_true(m.lead_s == 1.5 && m.trail_s == 0 && m.gap_s == 0);
	assert_true(m.voiced == 0 && m.uneven == 0);
	m = MEASURE(1, {1.5, 0, 0});
	assert_true(m.rms_db == SOUND_LEAST_DB && m.peak_db == SOUND_LEAST_DB);
}

/* A sine twice as loud as there is room for, cut off. */
static double
clipped_share(double loudness, int channels)
{
	struct sound_measure got;
	struct making m;

	make(&m, channels);
	for (int i = 0; i < RATE; i++) {
		double v = loudness * sin(2 * M_PI * 50 * i / RATE);
		double values[2] = {fmax(-1, fmin(full, v)), 0};

		sound_add(&m.sound, values);
	}
	assert_int_equal(sound_end(&m.sound, &got), 0);
	return got.clipped;
}

static void
clipping_is_runs_at_full_scale(void **state)
{
	double values[] = {1, 1, -1, -1, 1, 1, .5, 1, 1, 1, 1, .5};
	struct sound_measure got;
	struct making m;

	(void)state;
	assert_true(clipped_share(.9, 1) == 0);
	/* sin is above a half in two thirds of its way */
	assert_true(is_near(clipped_share(2, 1), 2 / 3.0, .02));
	assert_true(is_near(clipped_share(2, 2), 1 / 3.0, .02));
	/* two are no run, and up and down are not one; four are */
	make(&m, 1);
	for (int i = 0; i < 12; i++)
		sound_add(&m.sound, &values[i]);
	assert_int_equal(sound_end(&m.sound, &got), 0);
	assert_true(is_near(got.clipped, 4 / 12.0, 1e-12));
}

static void
an_offset_is_the_mean(void **state)
{
	struct sound_measure got;
	struct making m;

	(void)state;
	make(&m, 1);
	for (int i = 0; i < RATE; i++) {
		double v = -.125 + .25 * sin(2 * M_PI * 100 * i / RATE);

		sound_add(&m.sound, &v);
	}
	assert_int_equal(sound_end(&m.sound, &got), 0);
	assert_true(is_near(got.offset, -.125, 1e-12));
}

static void
tones_and_noise_are_even_syllables_are_not(void **state)
{
	struct sound_measure m = MEASURE(1, {3, 440, .3});

	(void)state;
	assert_true(m.uneven == 0);
	m = MEASURE(1, {3, 60, .3}); /* the last frame is a part of one */
	assert_true(m.uneven < .01);
	m = MEASURE(1, {3, -1, .3});
	assert_true(m.uneven < .01);
	/* loud for .15 s, soft for .1 */
	m = MEASURE(1, {.15, 300, .3}, {.1, 300, .05}, {.15, 300, .3},
	    {.1, 300, .05}, {.15, 300, .3}, {.1, 300, .05}, {.15, 300, .3},
	    {.1, 300, .05});
	assert_true(is_near(m.uneven, .4, .05));
	/* a tone between two silences is one in its middle */
	m = MEASURE(1, {2, 0, 0}, {6, 440, .3}, {2, 0, 0});
	assert_true(m.uneven < .03);
}

static void
what_is_no_number_is_passed_over(void **state)
{
	static const double bad[] = {NAN, INFINITY, -INFINITY, 1e10};
	struct sound_measure got;
	struct making m;

	(void)state;
	make(&m, 1);
	for (int i = 0; i < 4; i++)
		sound_add(&m.sound, &bad[i]);
	assert_int_equal(sound_end(&m.sound, &got), -1);
	make(&m, 1);
	add_part(&m, &(struct part){1, 440, .5});
	for (int i = 0; i < 4; i++)
		sound_add(&m.sound, &bad[i]);
	assert_int_equal(sound_end(&m.sound, &got), 0);
	assert_true(got.duration_s == 1);
	assert_true(is_near(got.peak_db, -6.02, .01));
}

static void
forms_that_cannot_be_are_refused(void **state)
{
	struct sound s;

	(void)state;
	assert_int_equal(sound_init(&s, 0, 1, full), -1);
	assert_int_equal(sound_init(&s, RATE, 0, full), -1);
	assert_int_equal(
	    sound_init(&s, RATE, SOUND_MAX_CHANNELS + 1, full), -1);
	assert_int_equal(sound_init(&s, 1, SOUND_MAX_CHANNELS, full), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(loudness_is_of_full_scale),
	    cmocka_unit_test(silence_is_found_where_it_is),
	    cmocka_unit_test(clipping_is_runs_at_full_scale),
	    cmocka_unit_test(an_offset_is_the_mean),
	    cmocka_unit_test(tones_and_noise_are_even_syllables_are_not),
	    cmocka_unit_test(what_is_no_number_is_passed_over),
	    cmocka_unit_test(forms_that_cannot_be_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

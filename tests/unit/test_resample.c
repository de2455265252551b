/* Tones at another rate against the same tones made there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>

#include "common/xalloc.h"
#include "scorer/resample.h"

enum { MAX_OUT = 400000 };

struct samples {
	double *at;
	long n;
};

static void
take_ready(struct resample *r, struct samples *out)
{
	double v;

	while (resample_take(r, &v)) {
		assert_true(out->n < MAX_OUT);
		out->at[out->n++] = v;
	}
}

/* So many samples of a tone, at another rate. */
static struct samples
convert(int from, int to, long n, double hz)
{
	struct resample *r = resample_new(from, to);
	struct samples out = {xcalloc(MAX_OUT, sizeof(double)), 0};

	assert_non_null(r);
	for (long i = 0; i < n; i++) {
		resample_put(r, sin(2 * M_PI * hz * i / from));
		take_ready(r, &out);
	}
	resample_end(r);
	take_ready(r, &out);
	resample_free(r);
	return out;
}

/* Power of what differs from the tone, without the ends, in dB. */
static double
difference_db(const struct samples *s, int rate, double hz)
{
	double sum = 0;
	long edge = s->n / 8, n = 0;

	for (long i = edge; i < s->n - edge; i++, n++) {
		double d = s->at[i] - sin(2 * M_PI * hz * i / rate);

		sum += d * d;
	}
	return 10 * log10(sum / n / .5);
}

static void
a_tone_stays_what_it_is(void **state)
{
	static const int rates[][2] = {{44100, 16000}, {16000, 44100},
	    {48000, 16000}, {8000, 48000}, {22050, 16000}, {16000, 8000},
	    {44099, 16000}, {11025, 96000}, {192000, 8000}};

	(void)state;
	for (size_t i = 0; i < sizeof(rates) / sizeof(rates[0]); i++) {
		int from = rates[i][0], to = rates[i][1];
		struct samples s = convert(from, to, from / 2, 1000);
		double db = difference_db(&s, to, 1000);

		print_message("%d to %d: %.1f dB\n", from, to, db);
		assert_true(db < -60);
		assert_int_equal(
		    s.n, ((long)(from / 2) * to + from - 1) / from);
		free(s.at);
	}
}

/* Nothing that the lower rate cannot hold comes back as another tone. */
static void
what_is_too_high_is_gone(void **state)
{
	struct samples s = convert(48000, 16000, 24000, 10000);
	double most = 0;

	(void)state;
	for (long i = s.n / 8; i < s.n - s.n / 8; i++)
		most = fmax(most, fabs(s.at[i]));
	print_message("10 kHz at 16 kHz: %.1f dB\n", 20 * log10(most));
	assert_true(most < .001);
	free(s.at);
}

static void
equal_rates_change_nothing(void **state)
{
	struct samples s = convert(16000, 16000, 5000, 777);

	(void)state;
	assert_int_equal(s.n, 5000);
	for (int i = 0; i < 5000; i++)
		assert_true(s.at[i] == sin(2 * M_PI * 777 * i / 16000));
	free(s.at);
}

static void
the_shortest_come_through(void **state)
{
	struct samples s = convert(8000, 16000, 0, 0);

	(void)state;
	assert_int_equal(s.n, 0);
	free(s.at);
	s = convert(8000, 16000, 1, 0);
	assert_int_equal(s.n, 2);
	free(s.at);
	s = convert(48000, 8000, 1, 0);
	assert_int_equal(s.n, 1);
	free(s.at);
}

static void
rates_out_of_bounds_are_refused(void **state)
{
	(void)state;
	assert_null(resample_new(RESAMPLE_MIN_HZ - 1, 16000));
	assert_null(resample_new(16000, RESAMPLE_MAX_HZ + 1));
	assert_null(resample_new(-16000, 16000));
	resample_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_tone_stays_what_it_is),
	    cmocka_unit_test(what_is_too_high_is_gone),
	    cmocka_unit_test(equal_rates_change_nothing),
	    cmocka_unit_test(the_shortest_come_through),
	    cmocka_unit_test(rates_out_of_bounds_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

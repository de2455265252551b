/* Latency to speed: reference values of Dippy's job score. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "scorer/speed.h"

static const struct {
	double ms, want;
} at_a_minute[] = {
    {0, 1},
    {1000, .983333333333},
    {5000, .916666666667},
    {8000, .866666666667},
    {12933, .78445},
    {13532, .774466666667},
    {15000, .75},
    {30000, .5},
    {54000, .1},
    {60000, 0},
    {90000, 0},
    {-5, 1},
};

static void
speed_falls_in_a_straight_line(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(at_a_minute) / sizeof(at_a_minute[0]);
	     i++) {
		double got = speed_score(at_a_minute[i].ms, 60000);

		assert_true(fabs(got - at_a_minute[i].want) < 1e-12);
	}
}

static void
what_is_no_number_earns_nothing(void **state)
{
	(void)state;
	assert_true(speed_score(NAN, 60000) == 0);
	assert_true(speed_score(INFINITY, 60000) == 0);
	assert_true(speed_score(-INFINITY, 60000) == 1);
	assert_true(speed_score(10, 0) == 0);
	assert_true(speed_score(0, -1) == 0);
	assert_true(speed_score(10, NAN) == 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(speed_falls_in_a_straight_line),
	    cmocka_unit_test(what_is_no_number_earns_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

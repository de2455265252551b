/* The moving average against what Dippy's engine gives (its cases E1 to E25).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "scorer/moving.h"

#define IMG_1S (0.8 * (1 - 1000 / 60000.0))
#define IMG_8S (0.8 * (1 - 8000 / 60000.0))
#define IMG_15S (0.8 * (1 - 15000 / 60000.0))
#define BASE_1S (0.2 * (1 - 1000 / 60000.0))
#define BASE_16S (0.2 * (1 - 16000 / 60000.0))

enum { WEEK_S = 604800 };

static const double close = 1e-14;
static const struct moving_policy first = {0.3, WEEK_S, 0.7},
				  later = {1, WEEK_S, 0.2},
				  stored = {0.5, 60, 0.5};

struct event {
	double at_s;
	enum moving_event what;
	double value;
};

#define S(at, value)                                                           \
	{                                                                      \
		at, MOVING_SUCCESS, value                                      \
	}
#define F(at)                                                                  \
	{                                                                      \
		at, MOVING_FAILURE, 0                                          \
	}
#define P(at)                                                                  \
	{                                                                      \
		at, MOVING_NOTHING, 0                                          \
	}
#define END                                                                    \
	{                                                                      \
		-1, 0, 0                                                       \
	}

static const struct {
	const char *name;
	struct event events[3];
	double at_s;
	double by_first, by_later;
} cases[] = {
    {"E1", {S(0, IMG_1S), END}, 0, .786666666666667, .786666666666667},
    {"E2", {S(0, IMG_1S), END}, WEEK_S, .393333333333333, .393333333333333},
    {"E4", {S(0, IMG_1S), F(60), END}, 120, .235967545339995, .629246787573319},
    {"E5", {F(0), S(60, IMG_1S), END}, 60, .786666666666667, .786666666666667},
    {"E6", {F(0), END}, 0, 0, 0},
    {"E8", {S(0, IMG_15S), END}, 0, .6, .6},
    {"E9", {S(0, BASE_16S), END}, 0, .146666666666667, .146666666666667},
    {"E10", {S(0, IMG_8S), S(60, BASE_1S), END}, 60, .544299960727635,
	.196666666666667},
    {"E13", {S(0, IMG_1S), P(60), END}, 60, .786612573706881, .786612573706881},
    {"E22", {S(0, IMG_1S), F(0), END}, 0, .236, .629333333333333},
    {"E23", {F(0), S(0, IMG_1S), END}, 0, .786666666666667, .786666666666667},
    {"E25", {S(60, IMG_1S), END}, 0, .786666666666667, .786666666666667},
};

static struct moving
replay(const struct event *e, const struct moving_policy *p, double at_s)
{
	struct moving m = {0};

	for (; e->at_s >= 0; e++)
		moving_add(&m, p, e->at_s, e->what, e->value);
	moving_end(&m, p, at_s);
	return m;
}

static void
it_is_what_dippy_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct moving a =
		    replay(cases[i].events, &first, cases[i].at_s);
		struct moving b =
		    replay(cases[i].events, &later, cases[i].at_s);

		if (fabs(a.score - cases[i].by_first) > close ||
		    fabs(b.score - cases[i].by_later) > close)
			fail_msg("%s: %.15g, %.15g", cases[i].name, a.score,
			    b.score);
	}
}

static void
other_settings_may_be_kept(void **state)
{
	static const struct event e19[] = {S(0, IMG_1S), F(60), END};

	(void)state;
	assert_true(
	    fabs(replay(e19, &stored, 60).score - .196666666666667) < close);
}

static void
what_came_is_counted(void **state)
{
	static const struct event events[] = {F(0), S(60, IMG_1S), END};
	struct moving m = replay(events, &first, 50);

	(void)state;
	assert_int_equal(m.successes, 1);
	assert_int_equal(m.failures, 1);
	assert_true(m.at_s == 50); /* the end, though it lies before */
}

static void
a_half_life_is_a_half(void **state)
{
	static const struct event events[] = {S(0, 1), END};

	(void)state;
	for (int n = 0; n < 60; n++)
		assert_true(replay(events, &later, (double)n * WEEK_S).score ==
			    ldexp(1, -n));
	assert_true(replay(events, &later, 1e12).score == 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(it_is_what_dippy_says),
	    cmocka_unit_test(other_settings_may_be_kept),
	    cmocka_unit_test(what_came_is_counted),
	    cmocka_unit_test(a_half_life_is_a_half),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

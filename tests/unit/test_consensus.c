/* Which of several responses the others agree with, and which do not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "scorer/consensus.h"

static const double floor_of_all = .5;

static struct consensus
find(const double *similarity, size_t n)
{
	struct consensus c;

	assert_int_equal(consensus_find(similarity, n, floor_of_all, &c), 0);
	return c;
}

static void
the_one_most_like_the_others_is_the_medoid(void **state)
{
	const double s[] = {
	    1, .6, .7, .1, /* */
	    .6, 1, .8, .2, /* */
	    .7, .8, 1, .3, /* */
	    .1, .2, .3, 1, /* */
	};
	struct consensus c = find(s, 4);

	(void)state;
	assert_int_equal(c.medoid, 2);
	assert_true(fabs(c.mean[0] - 1.4 / 3) < 1e-15);
	assert_true(fabs(c.mean[1] - 1.6 / 3) < 1e-15);
	assert_true(fabs(c.mean[2] - 1.8 / 3) < 1e-15);
	assert_true(fabs(c.mean[3] - .6 / 3) < 1e-15);
	assert_true(c.is_reached);
	assert_false(c.is_outlier[0]);
	assert_false(c.is_outlier[1]);
	assert_false(c.is_outlier[2]);
	assert_true(c.is_outlier[3]);
}

static void
of_equal_ones_the_first(void **state)
{
	const double s[] = {0, .9, .9, .9, 0, .9, .9, .9, 0};

	(void)state;
	assert_int_equal(find(s, 3).medoid, 0);
	assert_true(find(s, 3).is_reached);
}

/* Two against two, and one against one: nobody is more than half. */
static void
without_a_majority_nobody_is_an_outlier(void **state)
{
	const double halves[] = {
	    1, .9, .1, .1, /* */
	    .9, 1, .1, .1, /* */
	    .1, .1, 1, .9, /* */
	    .1, .1, .9, 1, /* */
	};
	const double two[] = {1, .2, .2, 1};
	struct consensus c = find(halves, 4);

	(void)state;
	assert_int_equal(c.medoid, 0);
	assert_false(c.is_reached);
	for (size_t i = 0; i < 4; i++)
		assert_false(c.is_outlier[i]);
	c = find(two, 2);
	assert_false(c.is_reached);
	assert_false(c.is_outlier[1]);
}

static void
two_of_three_are_a_majority(void **state)
{
	const double s[] = {1, .1, .9, .1, 1, .1, .9, .1, 1};
	struct consensus c = find(s, 3);

	(void)state;
	assert_int_equal(c.medoid, 0);
	assert_true(c.is_reached);
	assert_true(c.is_outlier[1]);
	assert_false(c.is_outlier[2]);
}

/* At the floor is like it; below is not. */
static void
the_floor_itself_is_enough(void **state)
{
	double s[] = {1, .5, .5, .5, 1, .4, .5, .4, 1};

	(void)state;
	assert_int_equal(find(s, 3).medoid, 0);
	assert_true(find(s, 3).is_reached);
	assert_false(find(s, 3).is_outlier[2]);
	s[6] = nextafter(.5, 0); /* how like the first the third is */
	assert_true(find(s, 3).is_outlier[2]);
}

/* Rows decide who the medoid is, its column who is like it. */
static void
similarity_need_not_be_symmetric(void **state)
{
	const double s[] = {
	    1, 0, 0,   /* */
	    .9, 1, .9, /* */
	    0, .8, 1,  /* */
	};
	struct consensus c = find(s, 3);

	(void)state;
	assert_int_equal(c.medoid, 1);
	assert_true(c.mean[1] == .9);
	assert_true(c.mean[2] == .4);
	assert_true(c.is_reached);
	assert_true(c.is_outlier[0]);
	assert_false(c.is_outlier[2]);
}

static void
one_alone_agrees_with_itself(void **state)
{
	const double s[] = {0};
	struct consensus c = find(s, 1);

	(void)state;
	assert_int_equal(c.medoid, 0);
	assert_true(c.is_reached);
	assert_false(c.is_outlier[0]);
	assert_true(isnan(c.mean[0]));
}

static void
what_cannot_be_compared_is_refused(void **state)
{
	double s[(CONSENSUS_MAX + 1) * (CONSENSUS_MAX + 1)] = {0};
	struct consensus c;

	(void)state;
	assert_int_equal(consensus_find(s, 0, .5, &c), -1);
	assert_int_equal(consensus_find(s, CONSENSUS_MAX + 1, .5, &c), -1);
	assert_int_equal(consensus_find(s, CONSENSUS_MAX, .5, &c), 0);
	s[1] = NAN;
	assert_int_equal(consensus_find(s, 2, .5, &c), -1);
	s[1] = INFINITY;
	assert_int_equal(consensus_find(s, 2, .5, &c), -1);
	s[1] = 0;
	s[3] = NAN; /* what the second is to itself */
	assert_int_equal(consensus_find(s, 2, .5, &c), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_one_most_like_the_others_is_the_medoid),
	    cmocka_unit_test(of_equal_ones_the_first),
	    cmocka_unit_test(without_a_majority_nobody_is_an_outlier),
	    cmocka_unit_test(two_of_three_are_a_majority),
	    cmocka_unit_test(the_floor_itself_is_enough),
	    cmocka_unit_test(similarity_need_not_be_symmetric),
	    cmocka_unit_test(one_alone_agrees_with_itself),
	    cmocka_unit_test(what_cannot_be_compared_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

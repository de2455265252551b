/* What most miners of a job said. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "validator/metric.c"
#include "validator/reference_consensus.c"

#define FOX "the quick brown fox jumps over the lazy dog at noon"
#define FOX1 "the quick brown fox jumps over the lazy dog at dawn"
#define FOX2 "the quick brown fox jumped over the lazy dogs at dawn"
#define HARE "a hare sat under a tree and waited for spring"

struct meeting {
	const char *what;
	const char *texts[CONSENSUS_MAX + 2];
	size_t n;
	long medoid;
	double agreement;
	const char *outliers; /* a letter each: x is one */
	const char *why;
};

static const char differ[] = "most miners did not say the same";
static const char few[] = "too few miners answered to compare them";

static const struct meeting meetings[] = {
    {"three who say the same", {FOX, FOX, FOX}, 3, 0, 1, "...", NULL},
    {"one liar of three", {HARE, FOX, FOX1}, 3, 1, 10.0 / 11, "x..", NULL},
    {"the one in the middle", {FOX, FOX1, FOX2}, 3, 1,
	(10.0 / 11 + 9.0 / 11) / 2, "...", NULL},
    {"two liars of five, of one mind", {HARE, FOX, FOX1, HARE, FOX2}, 5, 2,
	(10.0 / 11 + 9.0 / 11) / 2, "x..x.", NULL},
    {"half of them lie", {HARE, FOX, HARE, FOX}, 4, -1, NAN, NULL, differ},
    {"nobody says what another says", {HARE, FOX, "one two three"}, 3, -1, NAN,
	NULL, differ},
    {"who says nothing is of no party", {FOX, NULL, FOX}, 3, 0, 1, ".x.", NULL},
    {"most say nothing", {NULL, NULL, FOX}, 3, -1, NAN, NULL, differ},
    {"texts without a word are like nothing", {"", "...", ""}, 3, -1, NAN, NULL,
	differ},
    {"one word goes through no longer text", {"the", FOX, FOX}, 3, 1, 1, "x..",
	NULL},
    {"nor does a text that has it all", {FOX " " HARE " " HARE, FOX, FOX}, 3, 1,
	1, "x..", NULL},
    {"who leaves out four words of ten says another thing",
	{FOX, "the quick brown fox jumps over", FOX}, 3, 0, 1, ".x.", NULL},
    {"two are too few", {FOX, FOX}, 2, -1, NAN, NULL, few},
    {"none", {NULL}, 0, -1, NAN, NULL, few},
    {"case and marks are the same words",
	{"One, two. THREE!", "one two three", "one two 3"}, 3, 0,
	(1 + 2.0 / 3) / 2, "...", NULL},
};

static void
meet(const struct meeting *m, struct reference_found *found)
{
	struct reference_consensus c;
	size_t n = 0;

	reference_consensus_begin(
	    &c, metric_of("transcript", false), m->texts, m->n);
	while (reference_consensus_step(&c))
		n++;
	assert_int_equal(n, m->n < 2 ? 0 : m->n * (m->n - 1) / 2);
	reference_consensus_end(&c, found);
}

static void
the_majority_is_found(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(meetings) / sizeof(meetings[0]); i++) {
		const struct meeting *m = &meetings[i];
		struct reference_found found;

		meet(m, &found);
		if (found.medoid != m->medoid ||
		    (m->medoid >= 0 &&
			fabs(found.agreement - m->agreement) > 1e-12) ||
		    (m->why == NULL) != (found.why == NULL) ||
		    (m->why != NULL && strcmp(m->why, found.why) != 0))
			fail_msg("%s: medoid %ld agreement %.17g why %s",
			    m->what, found.medoid, found.agreement,
			    found.why != NULL ? found.why : "none");
		for (size_t k = 0; m->outliers != NULL && k < m->n; k++) {
			if (found.is_outlier[k] != (m->outliers[k] == 'x'))
				fail_msg("%s: text %zu", m->what, k);
		}
	}
}

static void
more_than_are_looked_at_are_passed_over(void **state)
{
	const char *texts[CONSENSUS_MAX + 2];
	struct reference_found found;
	struct reference_consensus c;
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < CONSENSUS_MAX + 2; i++)
		texts[i] = i < CONSENSUS_MAX ? FOX : HARE;
	reference_consensus_begin(
	    &c, metric_of("transcript", false), texts, CONSENSUS_MAX + 2);
	while (reference_consensus_step(&c))
		n++;
	reference_consensus_end(&c, &found);
	assert_int_equal(n, CONSENSUS_MAX * (CONSENSUS_MAX - 1) / 2);
	assert_int_equal(found.medoid, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_majority_is_found),
	    cmocka_unit_test(more_than_are_looked_at_are_passed_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

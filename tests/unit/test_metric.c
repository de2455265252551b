/* Which text is measured by what, and what of it is no text to measure. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "common/xalloc.h"
#include "validator/metric.c"

static const struct {
	const char *scoring;
	bool by_letter;
	const char *name, *reference, *text;
	double accuracy; /* NaN: nothing to measure by */
} cases[] = {
    {"transcript", false, "wer", "One two three four.", "one two four", 0.75},
    {"transcript", true, "cer", "abcd", "abc", 0.75},
    {"transcript", false, "wer", "...", "one", NAN},
    {"transcript", false, "wer", "one", "", 0},
    {"transcript", false, "wer", "one", "one two three four", 0},
    /* Half of the reference's row, the whole of the summary's: 2/3. */
    {"summary", false, "rouge_l", "One, two; three four", "one two", 2.0 / 3},
    {"summary", true, "rouge_l", "one two", "one two", 1},
    {"summary", false, "rouge_l", "one two", "three", 0},
    {"summary", false, "rouge_l", "one two", "", 0},
    {"summary", false, "rouge_l", "", "one", NAN},
    {"summary", false, "rouge_l", "?!", "one", NAN},
    {"translation", false, "chrf", "Guten Tag!", "Guten Tag!", 1},
    {"translation", false, "chrf", "Guten Tag!", "", 0},
    {"translation", false, "chrf", "abc", "xyz", 0},
    {"translation", false, "chrf", " ", "xyz", NAN},
};

static void
each_rule_has_its_metric(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct metric *m =
		    metric_of(cases[i].scoring, cases[i].by_letter);
		double value = -7;
		int result;

		assert_non_null(m);
		assert_string_equal(m->name, cases[i].name);
		result = m->measure(cases[i].reference, cases[i].text, &value);
		if (isnan(cases[i].accuracy)) {
			assert_int_equal(result, -1);
			assert_true(value == -7);
			continue;
		}
		assert_int_equal(result, 0);
		if (fabs(m->accuracy(value) - cases[i].accuracy) > 1e-12)
			fail_msg("%zu: %.17g", i, m->accuracy(value));
	}
	assert_null(metric_of("speech", false));
	assert_null(metric_of("image", false));
	assert_null(metric_of("sound", true));
	assert_null(metric_of("none", false));
}

/* Case and marks are a translator's affair, and nobody's who listens. */
static void
translations_are_compared_as_they_are(void **state)
{
	const struct metric *m = metric_of("translation", false);
	double value;

	(void)state;
	assert_int_equal(m->measure("Guten Tag!", "guten tag", &value), 0);
	assert_true(value > 0.2 && value < 0.9);
}

static void
what_is_too_long_is_wrong_and_no_reference(void **state)
{
	static const char *const rules[] = {
	    "transcript", "summary", "translation"};
	size_t len = 2 * (TEXT_MAX_BYTES + 2);
	char *text = xcalloc(len + 1, 1);

	(void)state;
	for (size_t i = 0; i < len; i += 2) {
		text[i] = 'a';
		text[i + 1] = ' ';
	}
	for (size_t i = 0; i < 3; i++) {
		const struct metric *m = metric_of(rules[i], false);
		double value = -7;

		assert_int_equal(m->measure(text, "a", &value), -1);
		assert_true(value == -7);
		assert_int_equal(m->measure("a", text, &value), 0);
		assert_true(m->accuracy(value) == 0);
		/* Over the one limit, not the other. */
		text[2 * (TEXT_MAX_SYMBOLS + 2)] = '\0';
		assert_int_equal(m->measure(text, "a", &value), -1);
		text[2 * (TEXT_MAX_SYMBOLS + 2)] = 'a';
	}
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_rule_has_its_metric),
	    cmocka_unit_test(translations_are_compared_as_they_are),
	    cmocka_unit_test(what_is_too_long_is_wrong_and_no_reference),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

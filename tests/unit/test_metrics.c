/* Prometheus' text: families together, each opened once, buckets that add. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <math.h>

#include "common/buf.h"
#include "common/metrics.h"

static int
set_up(void **state)
{
	*state = metrics_new();
	return 0;
}

static int
tear_down(void **state)
{
	metrics_free(*state);
	return 0;
}

enum { NOW_US = 1000000000 };

/* The caller frees. */
static char *
printed_at(const struct metrics *m, int64_t now_us)
{
	struct buf text = {0};

	metrics_print(m, now_us, &text);
	return buf_take_str(&text);
}

static char *
printed(const struct metrics *m)
{
	return printed_at(m, NOW_US);
}

static size_t
count(const char *text, const char *word)
{
	size_t n = 0;

	for (; (text = strstr(text, word)) != NULL; text++)
		n++;
	return n;
}

static void
nothing_prints_as_nothing(void **state)
{
	char *text = printed(*state);

	assert_string_equal(text, "");
	free(text);
}

static void
counters_and_gauges_print_their_values(void **state)
{
	struct metric *jobs =
	    metrics_counter(*state, "jobs_total", NULL, "Jobs.");
	struct metric *open =
	    metrics_gauge(*state, "open", "kind=\"a\"", "Now.");
	char *text;

	metric_add(jobs, 1);
	metric_add(jobs, 2);
	metric_set(open, 0.25);
	text = printed(*state);
	assert_string_equal(text, "# HELP jobs_total Jobs.\n"
				  "# TYPE jobs_total counter\n"
				  "jobs_total 3\n"
				  "# HELP open Now.\n"
				  "# TYPE open gauge\n"
				  "open{kind=\"a\"} 0.25\n");
	free(text);
}

static void
the_same_name_and_labels_are_one_series(void **state)
{
	struct metric *a = metrics_counter(*state, "n", "k=\"1\"", "N.");
	struct metric *b = metrics_counter(*state, "n", "k=\"2\"", "N.");

	assert_ptr_equal(a, metrics_counter(*state, "n", "k=\"1\"", "N."));
	assert_ptr_not_equal(a, b);
	assert_ptr_equal(metrics_gauge(*state, "g", NULL, "G."),
	    metrics_gauge(*state, "g", "", "G."));
}

/* A scraper refuses a family that is opened twice, or lies apart. */
static void
series_of_a_family_stand_together(void **state)
{
	const char *a, *b, *other;
	char *text;

	metrics_counter(*state, "n", "k=\"1\"", "N.");
	metrics_counter(*state, "other", NULL, "O.");
	metrics_counter(*state, "n", "k=\"2\"", "N.");
	text = printed(*state);
	assert_int_equal(count(text, "# TYPE n counter"), 1);
	a = strstr(text, "n{k=\"1\"}");
	b = strstr(text, "n{k=\"2\"}");
	other = strstr(text, "\nother 0");
	assert_true(a < b && b < other);
	free(text);
}

static void
buckets_hold_what_is_not_longer(void **state)
{
	struct metric *h = metrics_histogram(*state, "s", "k=\"1\"", "S.");
	static const double seconds[] = {0.0005, 0.001, 0.0011, 3, 1000, 5000};
	char *text;

	for (size_t i = 0; i < sizeof(seconds) / sizeof(seconds[0]); i++)
		metric_observe(h, seconds[i]);
	text = printed(*state);
	assert_non_null(strstr(text, "s_bucket{k=\"1\",le=\"0.0002\"} 0\n"));
	assert_non_null(strstr(text, "s_bucket{k=\"1\",le=\"0.0005\"} 1\n"));
	assert_non_null(strstr(text, "s_bucket{k=\"1\",le=\"0.001\"} 2\n"));
	assert_non_null(strstr(text, "s_bucket{k=\"1\",le=\"0.002\"} 3\n"));
	assert_non_null(strstr(text, "s_bucket{k=\"1\",le=\"2\"} 3\n"));
	assert_non_null(strstr(text, "s_bucket{k=\"1\",le=\"5\"} 4\n"));
	assert_non_null(strstr(text, "s_bucket{k=\"1\",le=\"1000\"} 5\n"));
	assert_non_null(strstr(text, "s_bucket{k=\"1\",le=\"+Inf\"} 6\n"));
	assert_non_null(strstr(text, "s_count{k=\"1\"} 6\n"));
	assert_non_null(strstr(text, "s_sum{k=\"1\"} 6003.0026\n"));
	free(text);
}

static void
an_age_grows_until_it_is_printed(void **state)
{
	struct metric *age = metrics_age(*state, "age_seconds", NULL, "Old.");
	char *text;

	metric_since(age, NOW_US - 1500000);
	text = printed_at(*state, NOW_US);
	assert_non_null(strstr(text, "# TYPE age_seconds gauge\n"
				     "age_seconds 1.5\n"));
	free(text);
	text = printed_at(*state, NOW_US + 1000000);
	assert_non_null(strstr(text, "\nage_seconds 2.5\n"));
	free(text);
	/* The clock was set back: it is young, and not from the future. */
	text = printed_at(*state, NOW_US - 2000000);
	assert_non_null(strstr(text, "\nage_seconds 0\n"));
	free(text);
	metric_since(age, 0);
	text = printed_at(*state, NOW_US);
	assert_non_null(strstr(text, "\nage_seconds 0\n"));
	free(text);
}

static void
what_is_not_known_is_not_printed(void **state)
{
	struct metric *a = metrics_gauge(*state, "g", "k=\"1\"", "G.");
	struct metric *b = metrics_gauge(*state, "g", "k=\"2\"", "G.");
	char *text;

	metrics_age(*state, "age", NULL, "A.");
	metric_set(a, NAN);
	metric_set(b, NAN);
	text = printed(*state);
	assert_string_equal(text, "");
	free(text);
	/* The family is opened by the first that is known. */
	metric_set(b, 3);
	text = printed(*state);
	assert_string_equal(
	    text, "# HELP g G.\n# TYPE g gauge\ng{k=\"2\"} 3\n");
	free(text);
	/* The same age again is not unknown again. */
	metric_since(metrics_age(*state, "age", NULL, "A."), 0);
	metrics_age(*state, "age", NULL, "A.");
	text = printed(*state);
	assert_non_null(strstr(text, "\nage 0\n"));
	free(text);
}

static void
labels_cannot_break_a_line(void **state)
{
	char *label = metrics_label("kind", "a\"b\\c\nd");

	(void)state;
	assert_string_equal(label, "kind=\"a\\\"b\\\\c\\nd\"");
	free(label);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(nothing_prints_as_nothing),
	    TEST(counters_and_gauges_print_their_values),
	    TEST(the_same_name_and_labels_are_one_series),
	    TEST(series_of_a_family_stand_together),
	    TEST(buckets_hold_what_is_not_longer),
	    TEST(an_age_grows_until_it_is_printed),
	    TEST(what_is_not_known_is_not_printed),
	    TEST(labels_cannot_break_a_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

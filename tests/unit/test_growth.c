/* Observations folded into what a post gained: hours, outages, losses, caps. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "scorer/growth.h"
#include "tests/lib/dice.h"

enum { DELAY = 72, WINDOW = 168, BOTH = DELAY + WINDOW, MOST_POSTS = 8 };

/* Views alone count, nothing is cut. */
static const struct growth_rule plain = {
    .bucket_blocks = 300,
    .delay = DELAY,
    .window = WINDOW,
    .view = 1,
    .span = 6,
    .spike = 1e9,
    .spike_least = 10,
    .reach = 1e6,
    .followers = 100,
    .rate_most = 1,
    .comment_part = 0.1,
    .hidden = 1,
};

struct told {
	struct growth_post posts[MOST_POSTS];
	size_t n;
};

static void
on_post(const struct growth_post *post, void *arg)
{
	struct told *told = arg;

	assert_true(told->n < MOST_POSTS);
	told->posts[told->n++] = *post;
}

static struct growth_row
row(int64_t bucket, double views)
{
	return (struct growth_row){.hotkey = "5A",
	    .content = "x/post:1",
	    .bucket = bucket,
	    .views = views,
	    .likes = NAN,
	    .comments = NAN,
	    .followers = 1000,
	    .owned = true,
	    .listed = true,
	    .ai = NAN,
	    .illicit = NAN,
	    .bots = NAN,
	    .bots_confidence = NAN,
	    .published_us = INT64_MIN,
	    .claimed_us = INT64_MIN};
}

static void
near(double got, double want)
{
	if (!(fabs(got - want) <= 1e-9 * fmax(1, fabs(want))))
		fail_msg("%.17g, not %.17g", got, want);
}

/* One post of these rows. */
static struct growth_post
fold(const struct growth_rule *rule, int64_t now, const struct growth_row *rows,
    size_t n)
{
	struct told told = {.n = 0};
	struct growth *g = growth_begin(rule, now, on_post, &told);

	for (size_t i = 0; i < n; i++)
		assert_int_equal(growth_add(g, &rows[i]), 0);
	growth_end(g);
	assert_int_equal(told.n, 1);
	return told.posts[0];
}

/* -- time --------------------------------------------------------------- */

static void
buckets_are_of_blocks(void **state)
{
	(void)state;
	assert_int_equal(growth_bucket(&plain, 0), 0);
	assert_int_equal(growth_bucket(&plain, 299), 0);
	assert_int_equal(growth_bucket(&plain, 300), 1);
	assert_int_equal(growth_first(&plain, 1000), 1000 - 2 * BOTH + 1);
}

static void
what_was_there_before_is_no_gain(void **state)
{
	struct growth_row one = row(900, 1e6);
	struct growth_post p = fold(&plain, 1000, &one, 1);

	(void)state;
	near(p.gained, 0);
	near(p.waiting, 0);
	near(p.value, 0);
	assert_int_equal(p.observed, 1);
	near(p.followers, 1000);
}

/* 100 an hour from bucket 0 on. */
static size_t
steady(struct growth_row *rows, int64_t to)
{
	for (int64_t b = 0; b <= to; b++)
		rows[b] = row(b, 100. * (double)b);
	return to + 1;
}

static void
a_gain_counts_after_its_delay_and_for_its_window(void **state)
{
	static const struct {
		int64_t now;
		double waiting, gained;
	} cases[] = {{0, 0, 0}, {1, 100, 0}, {72, 7200, 0}, {73, 7200, 100},
	    {240, 7200, 16800}, {300, 7200, 16800}};
	struct growth_row rows[301];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t n = steady(rows, cases[i].now);
		struct growth_post p = fold(&plain, cases[i].now, rows, n);

		near(p.waiting, cases[i].waiting);
		near(p.gained, cases[i].gained);
		near(p.value, cases[i].gained);
		near(p.debt, 0);
	}
}

static void
long_after_a_gain_it_is_forgotten(void **state)
{
	const struct growth_row rows[] = {
	    row(0, 0), row(1, 500), row(2, 500), row(600, 500)};

	(void)state;
	near(fold(&plain, 72, rows, 3).gained, 0);
	near(fold(&plain, 73, rows, 3).gained, 500);
	near(fold(&plain, 240, rows, 3).gained, 500);
	near(fold(&plain, 241, rows, 3).gained, 0);
	near(fold(&plain, 600, rows, 4).gained, 0);
}

/* Followers, too, are those of delay and window. */
static void
what_was_observed_long_ago_says_nothing(void **state)
{
	struct growth_row rows[] = {row(0, 0), row(1, 0), row(300, 0)};
	struct growth_post p;

	(void)state;
	rows[0].followers = rows[1].followers = 9;
	rows[2].followers = 500;
	p = fold(&plain, 300, rows, 3);
	near(p.followers, 500);
	assert_int_equal(p.observed, 1);
	p = fold(&plain, 600, rows, 3); /* not even that is left */
	assert_true(isnan(p.followers));
	assert_int_equal(p.observed, 0);
}

/* -- what is not there -------------------------------------------------- */

static void
an_outage_changes_nothing(void **state)
{
	struct growth_row all[301], some[301], said[301];
	struct dice dice = {.state = 7};
	struct growth_post whole, gaps, words;
	size_t n = steady(all, 300), m = 0;

	(void)state;
	for (size_t i = 0; i < n; i++) {
		bool away = i > 0 && i + 1 < n && dice_between(&dice, 0, 3) > 0;

		said[i] = all[i];
		if (away) {
			said[i].state = GROWTH_UNAVAILABLE;
			said[i].views = 0;
		} else {
			some[m++] = all[i];
		}
	}
	whole = fold(&plain, 300, all, n);
	gaps = fold(&plain, 300, some, m);
	words = fold(&plain, 300, said, n);
	near(gaps.value, whole.value);
	near(gaps.waiting, whole.waiting);
	assert_true(words.value == gaps.value);
	assert_true(words.waiting == gaps.waiting);
	assert_int_equal(words.observed, gaps.observed);
}

/* Counts that are hidden for a while, or said to be -1. */
static void
what_is_hidden_is_no_loss(void **state)
{
	const struct growth_row rows[] = {row(0, 0), row(10, 1000), row(11, -1),
	    row(12, NAN), row(20, 2000), row(200, 2000)};
	struct growth_post p = fold(&plain, 200, rows, 6);

	(void)state;
	near(p.gained, 2000);
	near(p.debt, 0);
}

static void
a_post_that_was_never_observed_has_nothing(void **state)
{
	struct growth_row r = row(900, NAN);
	struct growth_post p;

	(void)state;
	r.state = GROWTH_UNAVAILABLE;
	r.barred = "duplicate";
	p = fold(&plain, 1000, &r, 1);
	near(p.gained, 0);
	assert_int_equal(p.observed, 0);
	assert_true(isnan(p.followers));
	assert_string_equal(p.barred, "duplicate");
}

/* -- losses ------------------------------------------------------------- */

static void
a_loss_takes_back_the_newest_gains(void **state)
{
	const struct growth_row rows[] = {row(0, 0), row(10, 1000),
	    row(11, 1400), row(12, 900), row(200, 900)};
	struct growth_post p = fold(&plain, 200, rows, 5);

	(void)state;
	near(p.gained, 900);
	near(p.debt, 0);
}

/* Views bought, paid for after the delay, taken back by the platform later:
 * they leave the window they are still in. */
static void
a_late_loss_leaves_the_window(void **state)
{
	const struct growth_row rows[] = {
	    row(0, 0), row(1, 5000), row(100, 5000), row(101, 100)};

	(void)state;
	near(fold(&plain, 100, rows, 3).gained, 5000);
	near(fold(&plain, 101, rows, 4).gained, 100);
	near(fold(&plain, 101, rows, 4).debt, 0);
}

static void
what_was_paid_for_is_owed(void **state)
{
	const struct growth_row rows[] = {row(0, 0), row(1, 5000),
	    row(300, 5000), row(301, 1000), row(400, 1000), row(401, 1500),
	    row(600, 1500)};

	(void)state;
	near(fold(&plain, 300, rows, 3).debt, 0);
	near(fold(&plain, 301, rows, 4).debt, 4000);
	near(fold(&plain, 400, rows, 5).debt, 4000);
	near(fold(&plain, 540, rows, 6).debt, 4000);
	near(fold(&plain, 540, rows, 6).gained, 500);
	near(fold(&plain, 541, rows, 6).debt, 0); /* as long as a gain lasts */
}

/* Lost and won back is no gain; the same as never lost. */
static void
up_and_down_is_no_gain(void **state)
{
	struct growth_row rows[101];

	(void)state;
	for (int i = 0; i <= 100; i++)
		rows[i] = row(i, i % 2 == 0 ? 1000 : 0);
	near(fold(&plain, 172, rows, 101).gained, 1000);
	near(fold(&plain, 172, rows, 101).debt, 1000);
}

static void
what_is_not_owned_does_not_count(void **state)
{
	struct growth_row rows[] = {row(0, 0), row(1, 100), row(2, 400),
	    row(3, 900), row(4, 1000), row(5, 950)};
	struct growth_post p;

	(void)state;
	rows[2].owned = false;
	p = fold(&plain, 100, rows, 6);
	near(p.gained, 150); /* 0 to 1 and 3 to 4, less the loss */
	assert_true(p.owned);
	rows[5].owned = false; /* a loss counts all the same */
	p = fold(&plain, 100, rows, 6);
	near(p.gained, 150);
	assert_false(p.owned);
}

/* -- caps --------------------------------------------------------------- */

static struct growth_rule
strict(void)
{
	struct growth_rule rule = plain;

	rule.like = 5;
	rule.comment = 10;
	rule.spike = 10;
	rule.reach = 0.1;
	rule.rate_least = 0.005;
	rule.rate_most = 0.2;
	rule.hidden = 0.5;
	return rule;
}

/* 3 an hour, and 50000 within two hours. */
static void
a_spike_is_taken_for_what_is_usual(void **state)
{
	struct growth_rule rule = plain;
	struct growth_row rows[301];
	struct growth_post p;

	(void)state;
	rule.spike = 10;
	for (int b = 0; b <= 300; b++)
		rows[b] = row(b, 3 * b + (b > 120 ? 50000 : 0));
	p = fold(&rule, 300, rows, 301);
	near(p.gained, 168 * 3 + 50000);
	/* Its span of six hours counts as any other. */
	near(p.value, 168 * 3);
	near(p.spike, p.gained - p.value);
}

/* Its spans that are still delayed say what is usual. */
/* Up to the cap all counts, above it less, down to what is usual. */
static void
a_higher_spike_counts_less(void **state)
{
	static const struct {
		double height, counts;
	} cases[] = {
	    {100, 100}, {1000, 1000}, {2000, 500}, {1e4, 100}, {1e6, 100}};
	struct growth_rule rule = plain;
	struct growth_row rows[301];

	(void)state;
	rule.spike = 10;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		double views = 0;

		for (int b = 0; b <= 300; b++) {
			views += b >= 120 && b < 126 ? cases[i].height : 100;
			rows[b] = row(b, views);
		}
		near(fold(&rule, 300, rows, 301).value,
		    162 * 100 + 6 * cases[i].counts);
	}
}

static void
a_spike_at_the_begin_is_cut(void **state)
{
	struct growth_rule rule = plain;
	struct growth_row rows[80];

	(void)state;
	rule.spike = 10;
	for (int b = 0; b < 80; b++)
		rows[b] = row(b, b == 0 ? 0 : 50000);
	near(fold(&rule, 73, rows, 74).gained, 50000);
	assert_true(fold(&rule, 73, rows, 74).value < 6);
}

static void
steady_growth_is_not_cut(void **state)
{
	struct growth_rule rule = plain;
	struct growth_row rows[301];
	size_t n = steady(rows, 300);
	struct growth_post p;

	(void)state;
	rule.spike = 2;
	p = fold(&rule, 300, rows, n);
	near(p.value, 16800);
	near(p.spike, 0);
}

static void
no_more_views_than_followers_reach(void **state)
{
	struct growth_rule rule = plain;
	struct growth_row rows[301];
	size_t n = steady(rows, 300);
	struct growth_post p;

	(void)state;
	rule.reach = 0.1;
	for (size_t i = 0; i < n; i++) /* the median is 200 */
		rows[i].followers = i % 3 == 0 ? 1e6 : i % 3 == 1 ? 200 : 10;
	p = fold(&rule, 300, rows, n);
	near(p.followers, 200);
	near(p.value, 168 * 20);
	near(p.crowd, 168 * 80);
	for (size_t i = 0; i < n; i++)
		rows[i].followers = NAN;
	p = fold(&rule, 300, rows, n);
	assert_true(isnan(p.followers));
	near(p.value, 168 * 10);
}

/* Rows of views, likes and comments an hour. */
static struct growth_post
rates(double views, double likes, double comments)
{
	struct growth_rule rule = strict();
	struct growth_row rows[301];

	for (int b = 0; b <= 300; b++) {
		rows[b] = row(b, views * b);
		rows[b].likes = likes * b;
		rows[b].comments = comments * b;
	}
	return fold(&rule, 300, rows, 301);
}

static void
rates_are_held_within_their_limits(void **state)
{
	struct growth_post p = rates(60, 3, .3);

	(void)state;
	near(p.value, 168 * (60 + 5 * 3 + 10 * .3));
	near(p.thin, 0);
	p = rates(60, .225, 0); /* three quarters of the least */
	near(p.value, 168 * (30 + 5 * .225));
	near(p.thin, 168 * 30);
	near(rates(60, .15, 0).value, 0); /* half of it */
	p = rates(10, 100, 0); /* no more likes than a fifth of the views; */
	near(p.value, 168 * (10 + 5 * 2)); /* the rest no more than spikes */
	p = rates(60, 0, 0);
	near(p.value, 0);
}

static void
hidden_counts_are_guessed_at(void **state)
{
	struct growth_post p = rates(60, NAN, .3); /* as 3 with likes */

	(void)state;
	near(p.value, 168 * (60 + 10 * .3));
	p = rates(60, NAN, .0225); /* as .225 */
	near(p.value, 168 * (30 + 10 * .0225));
	p = rates(60, NAN, NAN);
	near(p.value, 168 * 30);
	p = rates(NAN, 3, .3); /* views withheld */
	near(p.value, 168 * (5 * 3 + 10 * .3));
	near(rates(NAN, NAN, NAN).value, 0);
}

/* -- one after the other ------------------------------------------------ */

static void
posts_are_told_in_order_and_apart(void **state)
{
	static const struct {
		const char *hotkey, *content;
	} names[] = {
	    {"5A", "x/post:1"}, {"5A", "x/post:2"}, {"5B", "x/post:1"}};
	struct told told = {.n = 0};
	struct growth *g = growth_begin(&plain, 300, on_post, &told);
	struct growth_row rows[301];
	size_t n = steady(rows, 300);

	(void)state;
	for (size_t k = 0; k < 3; k++) {
		for (size_t i = 0; i < n; i++) {
			rows[i].hotkey = names[k].hotkey;
			rows[i].content = names[k].content;
			rows[i].views = 100. * (double)(i * (k + 1));
			assert_int_equal(growth_add(g, &rows[i]), 0);
		}
	}
	growth_end(g);
	assert_int_equal(told.n, 3);
	for (size_t k = 0; k < 3; k++) {
		assert_string_equal(told.posts[k].hotkey, names[k].hotkey);
		assert_string_equal(told.posts[k].content, names[k].content);
		near(told.posts[k].value, 16800. * (double)(k + 1));
	}
}

static void
what_is_out_of_order_is_refused(void **state)
{
	struct told told = {.n = 0};
	struct growth *g = growth_begin(&plain, 300, on_post, &told);
	struct growth_row r = row(10, 5);
	char longest[GROWTH_MAX_CONTENT + 1];

	(void)state;
	assert_int_equal(growth_add(g, &r), 0);
	assert_int_equal(growth_add(g, &r), -1); /* the same bucket */
	r.bucket = 9;
	assert_int_equal(growth_add(g, &r), -1);
	r.bucket = 301;
	assert_int_equal(growth_add(g, &r), -1); /* after the round */
	r.bucket = 300;
	r.hotkey = "5";
	assert_int_equal(growth_add(g, &r), -1);
	r.hotkey = "";
	assert_int_equal(growth_add(g, &r), -1);
	r.hotkey = "5A";
	r.content = "x/post:0";
	assert_int_equal(growth_add(g, &r), -1);
	memset(longest, 'x', sizeof(longest));
	longest[GROWTH_MAX_CONTENT] = '\0';
	r.content = longest;
	assert_int_equal(growth_add(g, &r), -1);
	longest[GROWTH_MAX_CONTENT - 1] = '\0';
	assert_int_equal(growth_add(g, &r), 0);
	growth_end(g);
	assert_int_equal(told.n, 2);
	growth_free(NULL);
}

static void
what_is_said_last_stands(void **state)
{
	struct growth_row rows[] = {row(10, 5), row(11, 5)};
	struct growth_post p;

	(void)state;
	rows[0].ai = .2;
	rows[1].ai = .9;
	rows[1].listed = false;
	rows[1].illicit = 7; /* no share: not known */
	rows[1].claimed_us = 5;
	rows[1].state = GROWTH_GONE;
	p = fold(&plain, 100, rows, 2);
	near(p.ai, .9);
	assert_false(p.listed);
	assert_true(p.gone);
	assert_true(isnan(p.illicit));
	assert_int_equal(p.claimed_us, 5);
	assert_true(p.published_us == INT64_MIN);
	near(p.followers, 1000);
}

/* -- followers ---------------------------------------------------------- */

/* 500 followers, two more an hour, and in some hours so many at once. */
static size_t
followed(struct growth_row *rows, int n, int from, int to, double more)
{
	for (int b = 0; b < n; b++) {
		rows[b] = row(b, 100. * b);
		rows[b].followers = 500 + 2 * b + (b >= from && b < to) * more;
	}
	return n;
}

static void
followers_of_a_burst_do_not_count(void **state)
{
	struct growth_rule rule = plain;
	struct growth_row rows[301];
	struct growth_post with, without;

	(void)state;
	rule.spike = 10;
	without = fold(&rule, 300, rows, followed(rows, 301, 0, 0, 0));
	near(without.burst, 0);
	with = fold(&rule, 300, rows, followed(rows, 301, 50, 301, 5000));
	/* But for what the cap leaves of it. */
	assert_true(with.followers < without.followers + 72);
	assert_true(with.burst > .8 && with.burst < .85);
	/* Longer ago than is held, they are its followers like others. */
	with = fold(&rule, 1000, rows, followed(rows, 301, 50, 301, 5000));
	near(with.burst, 0);
}

/* What the platform takes back was no gain. */
static void
followers_that_left_were_no_burst(void **state)
{
	struct growth_rule rule = plain;
	struct growth_row rows[301];

	(void)state;
	rule.spike = 10;
	near(
	    fold(&rule, 300, rows, followed(rows, 301, 50, 60, 5000)).burst, 0);
}

static void
followers_that_came_slowly_count(void **state)
{
	struct growth_rule rule = plain;
	struct growth_row rows[301];
	struct growth_post p;
	size_t n = followed(rows, 301, 0, 0, 0);

	(void)state;
	rule.spike = 10;
	for (size_t i = 0; i < n; i++)
		rows[i].followers = 500 + 60. * (double)i;
	p = fold(&rule, 300, rows, n);
	near(p.burst, 0);
	near(p.followers, 500 + 60 * 180.5);
}

/* -- any story ---------------------------------------------------------- */

/* Whatever is said, the parts make the whole and none is negative; and what
 * lies before growth_first() changes nothing. */
static void
any_story_adds_up(void **state)
{
	struct growth_rule rule = strict();
	struct dice dice = {.state = 99};
	enum { N = 900 };
	static struct growth_row rows[N];

	(void)state;
	for (int round = 0; round < 200; round++) {
		double views = 0, likes = 0;
		struct growth_post p;
		size_t n = 0;

		for (int b = 0; b < N; b += (int)dice_between(&dice, 1, 9)) {
			views += (double)dice_between(&dice, 0, 400) - 100;
			likes += (double)dice_between(&dice, 0, 40) - 10;
			rows[n] = row(b, views);
			rows[n].likes = likes;
			rows[n].owned = dice_between(&dice, 0, 5) > 0;
			n++;
		}
		p = fold(&rule, N, rows, n);
		near(p.value + p.spike + p.crowd + p.thin, p.gained);
		assert_true(p.value >= 0 && p.spike >= 0 && p.crowd >= 0 &&
			    p.thin >= 0 && p.debt >= 0 && p.waiting >= 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(buckets_are_of_blocks),
	    cmocka_unit_test(what_was_there_before_is_no_gain),
	    cmocka_unit_test(a_gain_counts_after_its_delay_and_for_its_window),
	    cmocka_unit_test(long_after_a_gain_it_is_forgotten),
	    cmocka_unit_test(what_was_observed_long_ago_says_nothing),
	    cmocka_unit_test(an_outage_changes_nothing),
	    cmocka_unit_test(what_is_hidden_is_no_loss),
	    cmocka_unit_test(a_post_that_was_never_observed_has_nothing),
	    cmocka_unit_test(a_loss_takes_back_the_newest_gains),
	    cmocka_unit_test(a_late_loss_leaves_the_window),
	    cmocka_unit_test(what_was_paid_for_is_owed),
	    cmocka_unit_test(up_and_down_is_no_gain),
	    cmocka_unit_test(what_is_not_owned_does_not_count),
	    cmocka_unit_test(a_spike_is_taken_for_what_is_usual),
	    cmocka_unit_test(a_higher_spike_counts_less),
	    cmocka_unit_test(a_spike_at_the_begin_is_cut),
	    cmocka_unit_test(steady_growth_is_not_cut),
	    cmocka_unit_test(no_more_views_than_followers_reach),
	    cmocka_unit_test(rates_are_held_within_their_limits),
	    cmocka_unit_test(hidden_counts_are_guessed_at),
	    cmocka_unit_test(posts_are_told_in_order_and_apart),
	    cmocka_unit_test(what_is_out_of_order_is_refused),
	    cmocka_unit_test(what_is_said_last_stands),
	    cmocka_unit_test(followers_of_a_burst_do_not_count),
	    cmocka_unit_test(followers_that_left_were_no_burst),
	    cmocka_unit_test(followers_that_came_slowly_count),
	    cmocka_unit_test(any_story_adds_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

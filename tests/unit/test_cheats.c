/*
 * What is told of miners who cheat, against one who does not: two hundred
 * hours of observations to points and weights, by the shipped policy.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "scorer/policy.h"
#include "scorer/run.h"
#include "tests/lib/edit.h"

enum { HOURS = 200, START = 50000 };

/* -- stories ------------------------------------------------------------- */

struct counts {
	double views, likes, comments, followers;
};

/* What a post shows after so many hours. */
typedef struct counts story(double hour);

static struct counts
of_views(double views)
{
	return (struct counts){views, .05 * views, .005 * views, 5000};
}

/* Sixty an hour, slowly fading. */
static struct counts
honest(double hour)
{
	return of_views(60 * 200 * (1 - exp(-hour / 200)));
}

static struct counts
nothing(double hour)
{
	(void)hour;
	return of_views(0);
}

/* Fifty thousand views within two hours, nobody likes them. */
static struct counts
bought(double hour)
{
	double views = 3 * hour + 25000 * fmin(fmax(hour - 24, 0), 2);

	return (struct counts){views, .15 * hour, .015 * hour, 5000};
}

/* With likes in proportion; the platform takes nine tenths back. */
static struct counts
bought_whole(double hour)
{
	double views = 25000 * fmin(fmax(hour - 24, 0), 2);

	return of_views(3 * hour + (hour < 72 ? views : .1 * views));
}

static struct counts
steadily_bought(double hour)
{
	return (struct counts){500 * hour, .5 * hour, 0, 5000};
}

static struct counts
tiny(double hour)
{
	struct counts c = of_views(60 * hour);

	c.likes = 40 * hour;
	c.followers = 12;
	return c;
}

static struct counts
bought_likes(double hour)
{
	struct counts c = of_views(hour);

	c.likes = hour < 12 ? 0 : 3000;
	return c;
}

/* Five thousand followers within two hours, and nothing else. */
static struct counts
bought_followers(double hour)
{
	struct counts c = of_views(hour / 4);

	c.followers = 500 + 2500 * fmin(fmax(hour - 24, 0), 2);
	return c;
}

/* Sixty more in twelve hours, and on and on. */
static struct counts
more_followers(double hour)
{
	struct counts c = of_views(hour / 4);

	c.followers = 500 + 5 * hour;
	return c;
}

static struct counts
viral_long_ago(double hour)
{
	(void)hour;
	return of_views(2e6);
}

/* Likes of -1, and the constant 3. */
static struct counts
hidden_likes(double hour)
{
	struct counts c = of_views(25000 * fmin(fmax(hour - 24, 0), 2));

	c.likes = -1;
	c.comments = 0;
	return c;
}

static struct counts
hidden_but_honest(double hour)
{
	struct counts c = honest(hour);

	c.likes = -1;
	return c;
}

/* -- who does what ------------------------------------------------------- */

struct cheat {
	const char *what, *is;
	story *story;
	const char *why; /* of its post; NULL: not asked */
	double most;	 /* of the honest one's points */
	/* What is known of the post. */
	double ai, bots, confidence;
	const char *barred;
	bool unlisted, gone, unowned, old, no_stake;
	int from, to; /* observed; 0: always */
};

static const struct cheat cheats[] = {
    {"", "honest", honest, NULL, 1, .ai = .9, .bots = .1, .confidence = .6},
    {"C1", "claims another's post", honest, "not_owned", 0, .ai = .9,
	.unowned = true},
    {"C2", "one post under two hotkeys", honest, "duplicate", 0, .ai = .9,
	.barred = "duplicate"},
    {"C3", "one post by two names", honest, "duplicate", 0, .ai = .9,
	.barred = "duplicate"},
    {"C4", "lists, bursts, unlists", bought_whole, "unlisted", 0, .ai = .9,
	.unlisted = true},
    {"C4", "bursts, deletes", bought_whole, "gone", 0, .ai = .9, .gone = true},
    {"C5", "buys views for two hours", bought, "spike", .1, .ai = .9},
    {"C5", "and likes; they are taken back", bought_whole, NULL, .15, .ai = .9},
    {"C5", "buys views all day", steadily_bought, "thin", 0, .ai = .9},
    {"C6", "tiny account, bought likes", tiny, "few_followers", 0, .ai = .9},
    {"C6", "likes of what nobody sees", bought_likes, "spike", .05, .ai = .9},
    {"C7", "buys followers at once", bought_followers, "follower_burst", .01,
	.ai = .9},
    {"C7", "buys a few every hour", more_followers, NULL, .01, .ai = .9},
    {"C7", "followers are bots", honest, "bots", 0, .ai = .9, .bots = .9,
	.confidence = .65},
    {"C8", "viral long ago", viral_long_ago, "older_than_claim", 0, .ai = .9,
	.old = true},
    {"C9", "real footage", honest, "not_ai", 0, .ai = .1},
    {"C10", "cannot be decoded", honest, "no_ai_verdict", 0, .ai = NAN},
    {"C11", "another's video again", honest, "same_picture", 0, .ai = .9,
	.barred = "same_picture"},
    {"C12", "a tag that has expired", honest, "expired", 0, .ai = .9,
	.barred = "expired"},
    {"C13", "the gist is another's now", honest, "unlisted", 0, .ai = .9,
	.unlisted = true},
    {"C14", "junk ids", nothing, NULL, 0, .ai = .9},
    {"C15", "likes and comments hidden", hidden_likes, NULL, .05, .ai = .9},
    {"", "no stake at all", honest, NULL, 1, .ai = .9, .no_stake = true},
    {"", "honest, likes hidden", hidden_but_honest, NULL, 1, .ai = .9},
};

enum { N_CHEATS = sizeof(cheats) / sizeof(cheats[0]) };

static const int64_t hour_us = 3600 * (int64_t)1000000;

static struct growth_row
row_of(int i, int hour)
{
	const struct cheat *c = &cheats[i];
	struct counts n = c->story(hour);
	static char hotkey[8];
	struct growth_row r = {.hotkey = hotkey,
	    .content = "instagram/reel:X",
	    .bucket = START + hour,
	    .views = floor(n.views),
	    .likes = floor(n.likes),
	    .comments = floor(n.comments),
	    .followers = n.followers,
	    .owned = !c->unowned,
	    .listed = !c->unlisted,
	    .barred = c->barred,
	    .ai = c->ai,
	    .illicit = NAN,
	    .bots = c->confidence > 0 ? c->bots : NAN,
	    .bots_confidence = c->confidence > 0 ? c->confidence : NAN,
	    .published_us = c->old ? -5000 * hour_us : 0,
	    .claimed_us = hour_us};

	snprintf(hotkey, sizeof(hotkey), "5%02d", i);
	if (c->gone && hour == HOURS)
		r.state = GROWTH_GONE;
	return r;
}

/* -- the round ----------------------------------------------------------- */

static void
on_post(const struct growth_post *post, void *arg)
{
	assert_int_equal(run_add_post(arg, post), 0);
}

static struct run *
run_new_of(void)
{
	char *text = edit_file("deploy/policies/sn89.ini", NULL);
	struct run_miner m = {.locked = NAN, .locked_own = NAN};
	struct err err;
	struct run *run = run_new(text, &err);

	assert_non_null(run);
	for (int i = 0; i < N_CHEATS; i++) {
		m.uid = i;
		m.alpha = cheats[i].no_stake ? 0 : 100;
		m.locked = 0;
		snprintf(m.hotkey, sizeof(m.hotkey), "5%02d", i);
		assert_int_equal(run_add_miner(run, &m), 0);
	}
	free(text);
	return run;
}

/* Every `step` hours they are looked at, but for some in an outage. */
static struct run *
play(int step, int away_from, int away_to)
{
	struct run *run = run_new_of();
	struct growth *g = growth_begin(
	    &run_policy(run)->engagement.growth, START + HOURS, on_post, run);

	for (int i = 0; i < N_CHEATS; i++) {
		for (int hour = 0; hour <= HOURS; hour += step) {
			struct growth_row r = row_of(i, hour);

			if (hour > away_from && hour < away_to)
				continue;
			assert_int_equal(growth_add(g, &r), 0);
		}
	}
	growth_end(g);
	assert_null(run_finish(run));
	return run;
}

static void
print_table(const struct run *run)
{
	const struct run_entry *e;
	const struct run_post *posts;
	size_t n;

	e = run_entries(run, &n);
	posts = run_posts(run, &n);
	print_message(
	    "# %-4s %-32s %8s %7s  %s\n", "", "", "points", "weight", "why");
	for (int i = 0; i < N_CHEATS; i++)
		print_message("# %-4s %-32s %8.0f %7.4f  %s\n", cheats[i].what,
		    cheats[i].is, e[i].points, e[i].weight,
		    posts[i].why != NULL ? posts[i].why
		    : e[i].out != NULL	 ? e[i].out
					 : "");
}

static void
each_cheat_ends_near_zero_and_is_named(void **state)
{
	struct run *run = play(1, 0, 0);
	const struct run_entry *e;
	const struct run_post *posts;
	size_t n;

	(void)state;
	print_table(run);
	e = run_entries(run, &n);
	posts = run_posts(run, &n);
	for (int i = 0; i < N_CHEATS; i++) {
		const char *why = posts[i].why;

		if (e[i].points > cheats[i].most * e[0].points)
			fail_msg("%s: %g points", cheats[i].is, e[i].points);
		if (cheats[i].why != NULL &&
		    (why == NULL || strcmp(why, cheats[i].why) != 0))
			fail_msg("%s: %s", cheats[i].is, why);
		assert_true(e[i].weight <= e[0].weight);
	}
	run_free(run);
}

/* The honest one's points, however often it was looked at. */
static void
outages_change_nothing(void **state)
{
	static const struct {
		int step, from, to;
	} cases[] = {{2, 0, 0}, {4, 0, 0}, {1, 80, 104}, {1, 150, 190}};
	struct run *whole = play(1, 0, 0);
	const struct run_entry *e;
	double points;
	size_t n;

	(void)state;
	e = run_entries(whole, &n);
	points = e[0].points;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct run *run =
		    play(cases[i].step, cases[i].from, cases[i].to);

		e = run_entries(run, &n);
		if (!(fabs(e[0].points - points) < .01 * points))
			fail_msg(
			    "case %zu: %g, not %g", i, e[0].points, points);
		run_free(run);
	}
	run_free(whole);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_cheat_ends_near_zero_and_is_named),
	    cmocka_unit_test(outages_change_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * The services that watch posts, asked as validatord asks them: batches and
 * older forms, what is gone and what is away, limits, rests and budgets. The
 * services are tests/fake/watch.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/err.h"
#include "common/metrics.h"
#include "common/xalloc.h"
#include "tests/lib/paths.h"
#include "tests/lib/patience.h"
#include "tests/lib/watched.h"
#include "validator/watch.h"

enum { MAX_ASKS = 200, PATIENCE_S = 30 };

/* What came of one question. */
struct result {
	int told;
	enum watch_outcome outcome;
	char why[WATCH_WHY];
	int64_t views, likes;
	double score; /* of the detector, of the moderator */
	uint64_t hash;
	bool is_illicit;
	size_t followers;
};

static struct {
	char *dir;
	struct watched *services;
	struct event_base *base;
	struct metrics *metrics;
	struct watch *watch;
	struct result results[MAX_ASKS];
	int asked, told;
	bool frees; /* at the first answer */
} t;

static struct watch_setup
usual(void)
{
	struct watch_setup setup = {
	    .base = t.base, .metrics = t.metrics, .development = true};

	for (int i = 0; i < WATCH_AUDIENCE; i++)
		setup.services[i].url = watched_url(t.services);
	return setup;
}

static void
begin(const struct watch_setup *setup)
{
	struct err err;

	watch_free(t.watch);
	t.watch = watch_new(setup, &err);
	assert_non_null(t.watch);
	memset(t.results, 0, sizeof(t.results));
	t.asked = t.told = 0;
}

static void
on_answer(const struct watch_answer *a, void *arg)
{
	struct result *r = arg;

	r->told++;
	r->outcome = a->outcome;
	snprintf(r->why, sizeof(r->why), "%s", a->why);
	r->views = a->metrics.views;
	r->likes = a->metrics.likes;
	r->score = a->detection.score + a->verdict.score;
	r->hash = a->detection.hash;
	r->is_illicit = a->verdict.is_illicit;
	r->followers = a->audience.n;
	t.told++;
	if (t.frees) {
		watch_free(t.watch);
		t.watch = NULL;
	}
	if (t.told == t.asked || t.watch == NULL)
		event_base_loopbreak(t.base);
}

static struct watch_ask *
ask(const struct watch_question *q)
{
	return watch_ask(t.watch, q, on_answer, &t.results[t.asked++]);
}

static void
ask_post(const char *id, struct watch_budget *budget)
{
	const struct watch_question q = {.service = WATCH_TRACKER,
	    .platform = "x/post",
	    .id = id,
	    .budget = budget};

	ask(&q);
}

/* Posts "p0", "p1", .. */
static void
ask_posts(int n, struct watch_budget *budget)
{
	char id[16];

	for (int i = 0; i < n; i++) {
		snprintf(id, sizeof(id), "p%d", i);
		ask_post(id, budget);
	}
}

static void
wait_for_all(void)
{
	if (t.told < t.asked)
		patience_dispatch(t.base, PATIENCE_S);
	for (int i = 0; i < t.asked; i++)
		assert_int_equal(t.results[i].told, 1);
	assert_int_equal(watch_pending(t.watch), 0);
}

static int
count(enum watch_outcome outcome, const char *why)
{
	int n = 0;

	for (int i = 0; i < t.asked; i++)
		n += t.results[i].outcome == outcome &&
		     (why == NULL || strcmp(t.results[i].why, why) == 0);
	return n;
}

/* p0 has 1000 views, p1 1001, .. */
static int
set_up(void **state)
{
	static const char *const others[] = {"dead", "hidden", "away", "copy"};
	static const char *const stories[] = {
	    "deleted", "hidden", "outage", "reupload"};
	json_t *posts = json_array();
	char id[16];

	(void)state;
	t.services = watched_new(t.dir);
	t.base = event_base_new();
	t.metrics = metrics_new();
	t.frees = false;
	for (int i = 0; i < MAX_ASKS; i++) {
		snprintf(id, sizeof(id), "p%d", i);
		json_array_append_new(posts,
		    json_pack("{s:s, s:s, s:i, s:i}", "platform", "x/post",
			"id", id, "start", 1000 + i, "rate", 0));
	}
	for (int i = 0; i < 4; i++)
		json_array_append_new(posts,
		    json_pack("{s:s, s:s, s:s, s:s}", "platform", "x/post",
			"id", others[i], "story", stories[i], "same_as", "p0"));
	watched_put_json(t.services, "/contents", posts);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	watch_free(t.watch);
	t.watch = NULL;
	metrics_free(t.metrics);
	event_base_free(t.base);
	watched_free(t.services);
	return 0;
}

/* -- what is said -----------------------------------------------------------
 */

static void
posts_go_out_in_batches(void **state)
{
	const struct watch_setup setup = usual();

	(void)state;
	begin(&setup);
	ask_posts(120, NULL);
	wait_for_all();
	assert_int_equal(count(WATCH_OK, NULL), 120);
	for (int i = 0; i < 120; i++)
		assert_int_equal(t.results[i].views, 1000 + i);
	assert_int_equal(watch_requests(t.watch, WATCH_TRACKER), 3);
	assert_int_equal(watched_count(t.services, "tracker", "requests"), 3);
}

static void
each_story_has_its_outcome(void **state)
{
	const struct watch_setup setup = usual();

	(void)state;
	begin(&setup);
	watched_hour(t.services, 50);
	ask_post("dead", NULL);
	ask_post("nobody", NULL);
	ask_post("hidden", NULL);
	ask_post("p7", NULL);
	wait_for_all();
	assert_int_equal(count(WATCH_GONE, "the service says 404"), 2);
	assert_int_equal(t.results[2].outcome, WATCH_OK);
	assert_int_equal(t.results[2].likes, -1);
	assert_int_equal(t.results[3].views, 1007);
	watched_hour(t.services, 26);
	ask_post("away", NULL);
	ask_post("dead", NULL);
	wait_for_all();
	assert_int_equal(t.results[4].outcome, WATCH_UNAVAILABLE);
	assert_string_equal(t.results[4].why, "it answered 500");
	assert_int_equal(t.results[5].outcome, WATCH_OK);
}

static void
the_others_say_their_verdicts(void **state)
{
	const struct watch_setup setup = usual();
	struct watch_question q = {.service = WATCH_DETECTOR,
	    .platform = "x/post",
	    .id = "p0",
	    .account = "someone",
	    .url = "https://media.example.org/x/post/p0.mp4"};

	(void)state;
	watched_put(t.services, "/contents",
	    "[{\"platform\": \"x/post\", \"id\": \"bad\", \"story\": "
	    "\"illicit\"}]");
	begin(&setup);
	ask(&q);
	q.url = "https://media.example.org/x/post/copy.mp4";
	ask(&q);
	q.url = "https://media.example.org/x/post/none.mp4";
	ask(&q);
	q.service = WATCH_MODERATOR;
	ask(&q);
	q.id = "bad";
	ask(&q);
	q.service = WATCH_AUDIENCE;
	ask(&q);
	wait_for_all();
	assert_true(t.results[0].score > .94 && t.results[0].score < .96);
	assert_int_equal(
	    __builtin_popcountll(t.results[0].hash ^ t.results[1].hash), 2);
	assert_int_equal(t.results[2].outcome, WATCH_GONE);
	assert_int_equal(t.results[3].outcome, WATCH_OK);
	assert_false(t.results[3].is_illicit);
	assert_true(t.results[4].is_illicit);
	assert_int_equal(t.results[5].followers, 50);
}

/* -- forms ------------------------------------------------------------------
 */

static void
a_form_that_is_refused_is_not_asked_again(void **state)
{
	static const struct {
		const char *script;
		int refused;
	} forms[] = {{"{\"form\": \"post\"}", 1}, {"{\"form\": \"get\"}", 2},
	    {"{\"form\": \"path\"}", 2}};
	struct watch_setup setup = usual();

	(void)state;
	setup.services[WATCH_TRACKER].at_once = 1;
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		watched_put(t.services, "/services/tracker", forms[i].script);
		begin(&setup);
		ask_posts(7, NULL);
		ask_post("nobody", NULL);
		wait_for_all();
		assert_int_equal(count(WATCH_OK, NULL), 7);
		assert_int_equal(count(WATCH_GONE, NULL), 1);
		assert_int_equal(t.results[6].views, 1006);
		assert_int_equal(watch_requests(t.watch, WATCH_TRACKER),
		    8 + forms[i].refused);
		ask_posts(5, NULL);
		wait_for_all();
		assert_int_equal(watch_requests(t.watch, WATCH_TRACKER),
		    13 + forms[i].refused);
	}
}

/* A proxy that knows no path at all is no tracker without posts. */
static void
a_tracker_that_is_lost_says_of_no_post_that_it_is_gone(void **state)
{
	const struct watch_setup setup = usual();

	(void)state;
	watched_put(t.services, "/services/tracker", "{\"mode\": \"lost\"}");
	begin(&setup);
	ask_posts(60, NULL);
	wait_for_all();
	assert_int_equal(count(WATCH_UNAVAILABLE, NULL), 60);
	assert_true(watch_is_out(t.watch, WATCH_TRACKER));
}

static void
a_tracker_without_any_post_is_not_believed(void **state)
{
	struct watch_setup setup = usual();
	char id[16];

	(void)state;
	setup.services[WATCH_TRACKER].at_once = 1;
	begin(&setup);
	for (int i = 0; i < 100; i++) {
		snprintf(id, sizeof(id), "none%d", i);
		ask_post(id, NULL);
	}
	ask_post("p1", NULL);
	wait_for_all();
	assert_int_equal(count(WATCH_GONE, NULL), 32);
	assert_int_equal(
	    count(WATCH_UNAVAILABLE, "it says so of everything"), 68);
	assert_int_equal(count(WATCH_OK, NULL), 1);
}

/* -- trouble ----------------------------------------------------------------
 */

static const char *const troubles[] = {
    "{\"mode\": \"fail\"}",
    "{\"mode\": \"fail\", \"status\": 410}",
    "{\"mode\": \"fail\", \"status\": 401}",
    "{\"mode\": \"garbage\"}",
    "{\"mode\": \"empty\"}",
    "{\"mode\": \"slow\"}",
    "{\"key\": \"secret\"}",
};

static void
ask_until_it_is_well(void)
{
	int64_t end_us = clock_mono_us() + PATIENCE_S * 1000000LL;

	while (clock_mono_us() < end_us && count(WATCH_OK, NULL) == 0) {
		t.asked = t.told = 0;
		memset(t.results, 0, sizeof(t.results));
		ask_posts(1, NULL);
		wait_for_all();
	}
}

/* Batches of which none is answered; then it is well, and found to be so. */
static void
a_service_that_fails_is_left_alone_until_it_is_well(void **state)
{
	struct watch_setup setup = usual();

	(void)state;
	setup.services[WATCH_TRACKER].timeout_ms = 200;
	setup.services[WATCH_TRACKER].at_once = 2;
	setup.batch = 2;
	setup.failures = 3;
	setup.out_ms = 50;
	for (size_t i = 0; i < sizeof(troubles) / sizeof(troubles[0]); i++) {
		watched_put(t.services, "/services/tracker", troubles[i]);
		begin(&setup);
		ask_posts(60, NULL);
		wait_for_all();
		if (count(WATCH_UNAVAILABLE, NULL) != 60)
			fail_msg("%s: %d", troubles[i],
			    count(WATCH_UNAVAILABLE, NULL));
		assert_in_range(watch_requests(t.watch, WATCH_TRACKER), 3, 5);
		assert_true(count(WATCH_UNAVAILABLE,
				"the service is left alone") >= 50);
		watched_put(
		    t.services, "/services/tracker", "{\"mode\": \"ok\"}");
		ask_until_it_is_well();
		assert_int_equal(count(WATCH_OK, NULL), 1);
		ask_posts(60, NULL);
		wait_for_all();
		assert_int_equal(count(WATCH_OK, NULL), 61);
	}
}

static void
a_key_is_shown(void **state)
{
	struct watch_setup setup = usual();

	(void)state;
	watched_put(t.services, "/services/tracker",
	    "{\"key\": \"secret\", \"form\": \"get\"}");
	setup.services[WATCH_TRACKER].key = "secret";
	begin(&setup);
	ask_posts(3, NULL);
	wait_for_all();
	assert_int_equal(count(WATCH_OK, NULL), 3);
}

static void
a_rest_is_kept_and_then_asked_again(void **state)
{
	const struct watch_setup setup = usual();

	(void)state;
	watched_put(t.services, "/services/tracker",
	    "{\"mode\": \"limit\", \"retry_after\": 1, \"first\": 1}");
	begin(&setup);
	ask_posts(50, NULL);
	wait_for_all();
	assert_int_equal(count(WATCH_OK, NULL), 50);
	assert_int_equal(watch_requests(t.watch, WATCH_TRACKER), 2);
}

static void
who_cannot_wait_for_a_rest_is_told(void **state)
{
	struct watch_setup setup = usual();

	(void)state;
	watched_put(t.services, "/services/tracker",
	    "{\"mode\": \"limit\", \"retry_after\": 60}");
	setup.services[WATCH_TRACKER].wait_ms = 300;
	setup.services[WATCH_TRACKER].at_once = 1;
	begin(&setup);
	ask_posts(80, NULL);
	wait_for_all();
	assert_int_equal(count(WATCH_UNAVAILABLE, "it asks for a rest"), 50);
	assert_int_equal(count(WATCH_UNAVAILABLE, "it waited too long"), 30);
	assert_int_equal(watch_requests(t.watch, WATCH_TRACKER), 1);
	assert_false(watch_is_out(t.watch, WATCH_TRACKER));
}

/* -- limits -----------------------------------------------------------------
 */

static void
a_budget_is_what_is_asked_at_most(void **state)
{
	const struct watch_setup setup = usual();
	struct watch_budget mean = {.left = {[WATCH_TRACKER] = 3}},
			    ample = {.left = {[WATCH_TRACKER] = 100}};

	(void)state;
	/* What is asked again is paid for once. */
	watched_put(t.services, "/services/tracker", "{\"form\": \"post\"}");
	begin(&setup);
	ask_posts(10, &mean);
	ask_posts(10, &ample);
	wait_for_all();
	assert_int_equal(count(WATCH_OK, NULL), 13);
	assert_int_equal(count(WATCH_UNAVAILABLE, "budget"), 7);
	assert_int_equal(mean.left[WATCH_TRACKER], 0);
	assert_int_equal(ample.left[WATCH_TRACKER], 90);
	assert_int_equal(watched_count(t.services, "tracker", "contents"), 13);
}

static void
no_more_are_out_than_may_be(void **state)
{
	struct watch_setup setup = usual();
	const struct watch_question q = {.service = WATCH_DETECTOR,
	    .platform = "x/post",
	    .url = "https://media.example.org/x/post/p0.mp4"};

	(void)state;
	watched_put(t.services, "/services/detector", "{\"mode\": \"slow\"}");
	setup.services[WATCH_DETECTOR].at_once = 3;
	begin(&setup);
	for (int i = 0; i < 10; i++)
		ask(&q);
	while (watched_count(t.services, "detector", "requests") < 3)
		event_base_loop(t.base, EVLOOP_NONBLOCK);
	for (int i = 0; i < 50; i++) {
		event_base_loop(t.base, EVLOOP_NONBLOCK);
		assert_int_equal(
		    watched_count(t.services, "detector", "requests"), 3);
	}
	assert_int_equal(t.told, 0);
	assert_int_equal(watch_pending(t.watch), 10);
}

/* -- who asks ---------------------------------------------------------------
 */

static void
who_cancels_is_not_told(void **state)
{
	const struct watch_setup setup = usual();
	struct watch_question q = {
	    .service = WATCH_TRACKER, .platform = "x/post", .id = "p1"};
	struct watch_ask *waiting, *nowhere;

	(void)state;
	begin(&setup);
	waiting = ask(&q);
	q.service = WATCH_MODERATOR;
	nowhere = ask(&q);
	ask_posts(3, NULL);
	watch_cancel(waiting);
	watch_cancel(nowhere);
	t.told = 2;
	patience_dispatch(t.base, PATIENCE_S);
	assert_int_equal(t.results[0].told, 0);
	assert_int_equal(t.results[1].told, 0);
	assert_int_equal(t.results[4].views, 1002);
	assert_int_equal(watch_pending(t.watch), 0);
}

static void
all_may_end_inside_an_answer(void **state)
{
	const struct watch_setup setup = usual();

	(void)state;
	begin(&setup);
	t.frees = true;
	ask_posts(130, NULL);
	patience_dispatch(t.base, PATIENCE_S);
	assert_null(t.watch);
	assert_int_equal(t.told, 1);
}

static void
a_service_that_is_not_there_is_unavailable(void **state)
{
	struct watch_setup setup = usual();
	const struct watch_question q = {
	    .service = WATCH_MODERATOR, .platform = "x/post", .id = "p1"};
	struct err err;

	(void)state;
	setup.services[WATCH_MODERATOR].url = "";
	begin(&setup);
	ask(&q);
	wait_for_all();
	assert_int_equal(
	    count(WATCH_UNAVAILABLE, "there is no such service"), 1);
	assert_false(watch_has(t.watch, WATCH_MODERATOR));
	assert_true(watch_has(t.watch, WATCH_TRACKER));
	setup.services[WATCH_MODERATOR].url = "ftp://example.org";
	assert_null(watch_new(&setup, &err));
	assert_string_equal(err.text,
	    "moderator: \"ftp://example.org\" is no http or https address");
	setup.services[WATCH_MODERATOR].url = "http://example.org";
	setup.development = false;
	assert_null(watch_new(&setup, &err));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		posts_go_out_in_batches, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		each_story_has_its_outcome, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		the_others_say_their_verdicts, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		a_form_that_is_refused_is_not_asked_again, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		a_tracker_that_is_lost_says_of_no_post_that_it_is_gone, set_up,
		tear_down),
	    cmocka_unit_test_setup_teardown(
		a_tracker_without_any_post_is_not_believed, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		a_service_that_fails_is_left_alone_until_it_is_well, set_up,
		tear_down),
	    cmocka_unit_test_setup_teardown(a_key_is_shown, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		a_rest_is_kept_and_then_asked_again, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		who_cannot_wait_for_a_rest_is_told, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		a_budget_is_what_is_asked_at_most, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		no_more_are_out_than_may_be, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		who_cancels_is_not_told, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		all_may_end_inside_an_answer, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		a_service_that_is_not_there_is_unavailable, set_up, tear_down),
	};
	char *build = paths_build(), *parent = xasprintf("%s/sandbox", build);
	int failed;

	paths_mkdir(parent);
	t.dir = paths_make_dir(parent, "watch");
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	paths_remove(t.dir);
	free(t.dir);
	free(parent);
	free(build);
	return failed;
}

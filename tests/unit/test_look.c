/* What services say of one post, and the rows this comes to; budgets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "validator/claim_message.h"
#include "validator/look.h"
#include "validator/purses.h"
#include "validator/store_posts.h"
#include "validator/watch.h"

static const struct posts_rule rule = {.old_after = 168,
    .old_every = 4,
    .verdict_every = 100,
    .gone_times = 2,
    .gone_buckets = 3};
static const struct posts_now now = {
    .block = 3000, .bucket = 10, .at_us = 1700000000000000};
static const char code[] = "4x9kq-02mzt-v7c3h-rj8wd";

static void
begin(struct look *l)
{
	static const struct store_post_claim claims[] = {
	    {1, "5Alice", "someone", code, false},
	    {2, "5Bob", "someone", "aaaaa-bbbbb-ccccc-ddddd", true}};
	const struct store_post post = {
	    .id = 7,
	    .platform = "instagram/reel",
	    .content = "CabcDEF",
	    .measured = 3,
	    .gone_bucket = STORE_NO_BUCKET,
	    .hotkey = "5Alice",
	    .detector_due = STORE_NO_BUCKET,
	    .moderator_due = 20,
	    .ai = .4,
	    .bot = NAN,
	    .bot_confidence = NAN,
	    .illicit = -1,
	    .claims = claims,
	    .n_claims = 2,
	};

	assert_int_equal(look_init(l, &post), 0);
}

static void
measure(struct look *l, const char *caption)
{
	struct watch_answer a = {.outcome = WATCH_OK,
	    .metrics = {.views = 1000,
		.likes = -1,
		.comments = 5,
		.followers = 300,
		.published_us = 1690000000000000,
		.account = "someone",
		.caption = (char *)caption}};

	look_take_metrics(l, &rule, &now, &a);
}

/* Its rows; the three are the caller's. */
static json_t *
print(const struct look *l, const struct posts_now *at, json_t **claims,
    json_t **verdicts)
{
	json_t *posts = json_array(), *post;

	*claims = json_array();
	*verdicts = json_array();
	look_print(l, &rule, at, posts, *claims, *verdicts);
	assert_int_equal(json_array_size(posts), 1);
	post = json_incref(json_array_get(posts, 0));
	json_decref(posts);
	return post;
}

static json_int_t
number(const json_t *row, const char *name)
{
	const json_t *value = json_object_get(row, name);

	return json_is_integer(value) ? json_integer_value(value) : -1;
}

static void
a_measured_post_is_a_row_of_what_is_known(void **state)
{
	json_t *claims, *verdicts, *row;
	struct look l;

	(void)state;
	begin(&l);
	measure(&l, "look: 4x9kq-02mzt-v7c3h-rj8wd");
	row = print(&l, &now, &claims, &verdicts);
	assert_int_equal(number(row, "id"), 7);
	assert_int_equal(number(row, "due"), 11);
	assert_int_equal(number(row, "measured"), 4);
	assert_int_equal(number(row, "views"), 1000);
	assert_null(json_object_get(row, "likes"));
	assert_string_equal(
	    json_string_value(json_object_get(row, "state")), "ok");
	assert_string_equal(
	    json_string_value(json_object_get(row, "owner")), "someone");
	assert_true(
	    json_real_value(json_object_get(row, "ai")) == .4); /* stands */
	assert_null(json_object_get(row, "illicit"));
	assert_null(json_object_get(row, "away"));
	assert_int_equal(json_array_size(verdicts), 0);
	json_decref(row);
	json_decref(claims);
	json_decref(verdicts);
	look_clear(&l);
}

static void
a_caption_proves_its_own_claim_alone(void **state)
{
	json_t *claims, *verdicts, *row, *first, *second;
	struct look l;

	(void)state;
	begin(&l);
	measure(&l, "look: 4x9kq-02mzt-v7c3h-rj8wd");
	row = print(&l, &now, &claims, &verdicts);
	first = json_array_get(claims, 0);
	second = json_array_get(claims, 1);
	assert_true(json_is_true(json_object_get(first, "proven")));
	assert_true(json_is_null(json_object_get(first, "why")));
	assert_true(json_is_false(json_object_get(second, "proven")));
	assert_true(json_is_string(json_object_get(second, "why")));
	json_decref(row);
	json_decref(claims);
	json_decref(verdicts);
	look_clear(&l);
}

static void
only_what_is_somebodys_is_shown_to_the_others(void **state)
{
	struct look l;

	(void)state;
	begin(&l);
	measure(&l, "no code");
	assert_false(look_wants(&l, WATCH_DETECTOR, &now));
	look_clear(&l);
	begin(&l);
	measure(&l, code);
	assert_true(look_wants(&l, WATCH_DETECTOR, &now));
	assert_false(look_wants(&l, WATCH_MODERATOR, &now)); /* not due */
	look_clear(&l);
}

static void
gone_is_a_row_only_once_it_is_for_good(void **state)
{
	struct watch_answer gone = {.outcome = WATCH_GONE, .why = "not found"};
	struct posts_now later = now;
	json_t *claims, *verdicts, *row;
	struct look l;

	(void)state;
	begin(&l);
	look_take_metrics(&l, &rule, &now, &gone);
	row = print(&l, &now, &claims, &verdicts);
	assert_null(json_object_get(row, "state"));
	assert_int_equal(number(row, "gones"), 1);
	assert_int_equal(number(row, "gone_bucket"), 10);
	assert_int_equal(json_array_size(claims), 0);
	json_decref(row);
	json_decref(claims);
	json_decref(verdicts);
	later.bucket = 13;
	look_take_metrics(&l, &rule, &later, &gone);
	row = print(&l, &later, &claims, &verdicts);
	assert_string_equal(
	    json_string_value(json_object_get(row, "state")), "gone");
	assert_true(json_is_true(json_object_get(row, "is_gone")));
	assert_null(json_object_get(row, "views"));
	json_decref(row);
	json_decref(claims);
	json_decref(verdicts);
	look_clear(&l);
}

static void
unavailable_leaves_all_as_it_was(void **state)
{
	struct watch_answer away = {
	    .outcome = WATCH_UNAVAILABLE, .why = "status 503"};
	json_t *claims, *verdicts, *row;
	struct look l;

	(void)state;
	begin(&l);
	look_take_metrics(&l, &rule, &now, &away);
	row = print(&l, &now, &claims, &verdicts);
	assert_null(json_object_get(row, "state"));
	assert_int_equal(number(row, "due"), 10);
	assert_int_equal(number(row, "measured"), 3);
	assert_null(json_object_get(row, "gones"));
	assert_string_equal(
	    json_string_value(json_object_get(row, "away")), "status 503");
	assert_int_equal(json_array_size(claims), 0);
	json_decref(row);
	json_decref(claims);
	json_decref(verdicts);
	look_clear(&l);
}

static void
a_verdict_is_kept_and_an_absent_one_asked_for_again(void **state)
{
	struct watch_answer well = {.outcome = WATCH_OK,
	    .detection = {.score = .9,
		.has_hash = true,
		.hash = UINT64_C(0xf000000000000001)}};
	struct watch_answer away = {
	    .outcome = WATCH_UNAVAILABLE, .why = "status 500"};
	json_t *claims, *verdicts, *row, *v;
	struct look l;

	(void)state;
	begin(&l);
	measure(&l, code);
	look_take_verdict(&l, WATCH_DETECTOR, &well);
	look_take_verdict(&l, WATCH_MODERATOR, &away);
	row = print(&l, &now, &claims, &verdicts);
	assert_true(json_real_value(json_object_get(row, "ai")) == .9);
	assert_int_equal(json_array_size(verdicts), 2);
	v = json_array_get(verdicts, 0);
	assert_int_equal(number(v, "due"), 110);
	assert_true(json_is_true(json_object_get(v, "answered")));
	assert_true(json_integer_value(json_object_get(v, "phash")) ==
		    (json_int_t)UINT64_C(0xf000000000000001));
	v = json_array_get(verdicts, 1);
	assert_int_equal(number(v, "due"), 11);
	assert_true(json_is_false(json_object_get(v, "answered")));
	assert_string_equal(
	    json_string_value(json_object_get(v, "why")), "status 500");
	json_decref(row);
	json_decref(claims);
	json_decref(verdicts);
	look_clear(&l);
}

static void
a_platform_that_is_not_known_is_none(void **state)
{
	const struct store_post post = {.platform = "fax/page"};
	struct look l;

	(void)state;
	assert_int_equal(look_init(&l, &post), -1);
}

/* -- budgets ------------------------------------------------------------- */

static void
what_is_spent_is_told_once(void **state)
{
	const struct watch_budget most = {.left = {10, 5, 5, 0}};
	const int64_t used[3] = {4, 9, 0};
	struct purses *p = purses_new(&most);
	struct watch_budget *b = purses_open(p, "5Alice", used);
	json_t *spent = json_array();

	(void)state;
	assert_int_equal(b->left[WATCH_TRACKER], 6);
	assert_int_equal(b->left[WATCH_DETECTOR], 0);
	assert_ptr_equal(purses_open(p, "5Alice", used), b);
	b->left[WATCH_TRACKER] -= 2;
	purses_print(p, spent);
	assert_int_equal(json_array_size(spent), 1);
	assert_int_equal(number(json_array_get(spent, 0), "used"), 2);
	json_array_clear(spent);
	purses_print(p, spent);
	assert_int_equal(json_array_size(spent), 0);
	json_decref(spent);
	purses_free(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_measured_post_is_a_row_of_what_is_known),
	    cmocka_unit_test(a_caption_proves_its_own_claim_alone),
	    cmocka_unit_test(only_what_is_somebodys_is_shown_to_the_others),
	    cmocka_unit_test(gone_is_a_row_only_once_it_is_for_good),
	    cmocka_unit_test(unavailable_leaves_all_as_it_was),
	    cmocka_unit_test(
		a_verdict_is_kept_and_an_absent_one_asked_for_again),
	    cmocka_unit_test(a_platform_that_is_not_known_is_none),
	    cmocka_unit_test(what_is_spent_is_told_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

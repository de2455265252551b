/* Which claims hold, and what is said of the others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdbool.h>
#include <string.h>

#include "validator/posts_plan.h"
#include "validator/posts_settle.h"

#define REEL CLAIM_INSTAGRAM_REEL
#define SHORT CLAIM_YOUTUBE_SHORT

static const char alice[] = "5Alice", bob[] = "5Bob";

/* A claim nothing is wrong with. */
static struct posts_claim
good(const char *hotkey, int64_t block, const char *content)
{
	return (struct posts_claim){
	    .hotkey = hotkey,
	    .block = block,
	    .line = 1,
	    .platform = REEL,
	    .content = content,
	    .is_listed = true,
	    .is_neuron = true,
	    .proof = POSTS_PROVEN,
	};
}

static struct posts_settled
one(struct posts_claim claim)
{
	struct posts_settled got;

	posts_settle(&claim, 1, 6, &got);
	return got;
}

static void
what_is_wrong_with_it_alone_is_said(void **state)
{
	struct posts_claim c = good(alice, 100, "one");

	(void)state;
	assert_int_equal(one(c).state, POSTS_HELD);
	assert_string_equal(one(c).why, "");
	c.proof = POSTS_UNSEEN;
	assert_int_equal(one(c).state, POSTS_NEW);
	c.proof = POSTS_NOT;
	c.unproven_why = "the caption has no code";
	assert_int_equal(one(c).state, POSTS_UNPROVEN);
	assert_string_equal(one(c).why, "the caption has no code");
	c.is_expired = true;
	assert_int_equal(one(c).state, POSTS_EXPIRED);
	c.is_gone = true;
	assert_int_equal(one(c).state, POSTS_GONE);
	c.is_listed = false;
	assert_int_equal(one(c).state, POSTS_UNLISTED);
	c.is_listed = true;
	c.is_neuron = false;
	assert_int_equal(one(c).state, POSTS_UNLISTED);
	assert_string_equal(one(c).why, "its hotkey is not registered");
}

static void
the_later_claim_of_a_post_is_a_duplicate(void **state)
{
	struct posts_claim c[2] = {
	    good(bob, 200, "one"), good(alice, 100, "one")};
	struct posts_settled got[2];

	(void)state;
	posts_settle(c, 2, 6, got);
	assert_int_equal(got[0].state, POSTS_DUPLICATE);
	assert_ptr_equal(got[0].by, alice);
	assert_non_null(strstr(got[0].why, alice));
	assert_int_equal(got[1].state, POSTS_HELD);
	/* It keeps its place when it is not listed any more, or is gone. */
	c[1].is_listed = false;
	posts_settle(c, 2, 6, got);
	assert_int_equal(got[0].state, POSTS_DUPLICATE);
	assert_int_equal(got[1].state, POSTS_UNLISTED);
}

static void
what_is_not_proven_keeps_nobody_out(void **state)
{
	struct posts_claim c[2] = {
	    good(alice, 100, "one"), good(bob, 200, "one")};
	struct posts_settled got[2];

	(void)state;
	c[0].proof = POSTS_NOT;
	posts_settle(c, 2, 6, got);
	assert_int_equal(got[1].state, POSTS_HELD);
	c[0] = good(alice, 100, "one");
	c[0].is_neuron = false;
	posts_settle(c, 2, 6, got);
	assert_int_equal(got[1].state, POSTS_HELD);
	c[0] = good(alice, 100, "one");
	c[0].is_expired = true;
	posts_settle(c, 2, 6, got);
	assert_int_equal(got[1].state, POSTS_HELD);
}

static void
an_account_is_one_hotkeys(void **state)
{
	struct posts_claim c[2] = {
	    good(alice, 100, "one"), good(bob, 200, "two")};
	struct posts_settled got[2];

	(void)state;
	c[0].account = c[1].account = "someone";
	posts_settle(c, 2, 6, got);
	assert_int_equal(got[0].state, POSTS_HELD);
	assert_int_equal(got[1].state, POSTS_ACCOUNT);
	assert_ptr_equal(got[1].by, alice);
}

static void
what_looks_like_an_earlier_post_is_a_copy(void **state)
{
	struct posts_claim c[2] = {
	    good(alice, 100, "one"), good(bob, 200, "two")};
	struct posts_settled got[2];

	(void)state;
	c[0].has_hash = c[1].has_hash = true;
	c[0].hash = 0xf0f0f0f0f0f0f0f0;
	c[1].hash = c[0].hash ^ 0x3f; /* 6 bits */
	posts_settle(c, 2, 6, got);
	assert_int_equal(got[0].state, POSTS_HELD);
	assert_int_equal(got[1].state, POSTS_COPY);
	assert_ptr_equal(got[1].by, alice);
	assert_string_equal(got[1].why,
	    "looks like instagram/reel:one, which 5Alice claimed at block 100 "
	    "(6 bits of 64 differ)");
	posts_settle(c, 2, 5, got);
	assert_int_equal(got[1].state, POSTS_HELD);
	posts_settle(c, 2, -1, got);
	assert_int_equal(got[1].state, POSTS_HELD);
	c[0].has_hash = false;
	posts_settle(c, 2, 6, got);
	assert_int_equal(got[1].state, POSTS_HELD);
}

static void
ones_own_post_may_be_on_two_sites(void **state)
{
	struct posts_claim c[2] = {
	    good(alice, 100, "one"), good(alice, 100, "two")};
	struct posts_settled got[2];

	(void)state;
	c[0].has_hash = c[1].has_hash = true;
	c[0].hash = c[1].hash = 5;
	c[1].line = 2;
	posts_settle(c, 2, 6, got);
	assert_int_equal(got[1].state, POSTS_COPY);
	c[1].platform = SHORT;
	posts_settle(c, 2, 6, got);
	assert_int_equal(got[1].state, POSTS_HELD);
}

static void
only_what_is_new_is_written(void **state)
{
	struct posts_claim c = good(alice, 100, "one");
	struct posts_settled got;

	(void)state;
	posts_settle(&c, 1, 6, &got);
	assert_false(posts_is_same(&c, &got));
	c.was = POSTS_HELD;
	assert_true(posts_is_same(&c, &got));
	c.was_why = "something";
	assert_false(posts_is_same(&c, &got));
	c.was_why = NULL;
	c.was_by = bob;
	assert_false(posts_is_same(&c, &got));
}

static void
every_state_has_a_name_and_is_found_by_it(void **state)
{
	(void)state;
	for (int i = 0; i < POSTS_STATES; i++)
		assert_int_equal(posts_state_of(posts_state_name(i)), i);
	assert_int_equal(posts_state_of("nothing"), -1);
	assert_string_equal(posts_state_bar(POSTS_COPY), "same_picture");
	assert_null(posts_state_bar(POSTS_HELD));
}

/* -- when ---------------------------------------------------------------- */

static const struct posts_rule rule = {
    .old_after = 10, .old_every = 4, .gone_times = 3, .gone_buckets = 6};

static void
gone_is_believed_when_said_often_and_for_long(void **state)
{
	struct posts_gone gone = {0, -1};

	(void)state;
	assert_false(posts_gone_again(&rule, &gone, 100));
	assert_int_equal(gone.since, 100);
	assert_false(posts_gone_again(&rule, &gone, 101));
	assert_false(posts_gone_again(&rule, &gone, 102)); /* too soon */
	assert_true(posts_gone_again(&rule, &gone, 106));
	gone = (struct posts_gone){0, -1};
	assert_false(posts_gone_again(&rule, &gone, 100));
	assert_false(posts_gone_again(&rule, &gone, 150)); /* too seldom */
	assert_true(posts_gone_again(&rule, &gone, 151));
}

static void
old_and_unproven_posts_are_looked_at_less_often(void **state)
{
	(void)state;
	assert_int_equal(posts_next_look(&rule, 1, true, 100), 101);
	assert_int_equal(posts_next_look(&rule, 10, true, 100), 104);
	assert_int_equal(posts_next_look(&rule, 2, false, 100), 101);
	assert_int_equal(posts_next_look(&rule, 3, false, 100), 124);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_is_wrong_with_it_alone_is_said),
	    cmocka_unit_test(the_later_claim_of_a_post_is_a_duplicate),
	    cmocka_unit_test(what_is_not_proven_keeps_nobody_out),
	    cmocka_unit_test(an_account_is_one_hotkeys),
	    cmocka_unit_test(what_looks_like_an_earlier_post_is_a_copy),
	    cmocka_unit_test(ones_own_post_may_be_on_two_sites),
	    cmocka_unit_test(only_what_is_new_is_written),
	    cmocka_unit_test(every_state_has_a_name_and_is_found_by_it),
	    cmocka_unit_test(gone_is_believed_when_said_often_and_for_long),
	    cmocka_unit_test(old_and_unproven_posts_are_looked_at_less_often),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

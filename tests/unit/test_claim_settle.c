/* Who has a post and an account: whoever claimed it first. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/xalloc.h"
#include "tests/lib/dice.h"
#include "validator/claim_settle.h"

#define YT CLAIM_YOUTUBE_VIDEO
#define SHORT CLAIM_YOUTUBE_SHORT
#define REEL CLAIM_INSTAGRAM_REEL

static void
expect(const struct claim_entry *entries, size_t n,
    const struct claim_settled *expected)
{
	struct claim_settled got[16];

	claim_settle(entries, n, got);
	for (size_t i = 0; i < n; i++) {
		if (got[i].verdict != expected[i].verdict ||
		    got[i].by != expected[i].by)
			fail_msg("%zu: %s by %zu", i,
			    claim_verdict_name(got[i].verdict), got[i].by);
	}
}

static void
the_first_has_the_post(void **state)
{
	static const struct claim_entry entries[] = {
	    {"5C", 200, 1, YT, "aaa", NULL},
	    {"5B", 100, 1, SHORT, "aaa", NULL}, /* the same post */
	    {"5A", 100, 1, REEL, "aaa", NULL},	/* another */
	    {"5D", 200, 1, REEL, "bbb", NULL},
	    {"5A", 200, 2, REEL, "bbb", NULL}, /* by its letters */
	};
	static const struct claim_settled expected[] = {{CLAIM_DUPLICATE, 1},
	    {CLAIM_HOLDS, 1}, {CLAIM_HOLDS, 2}, {CLAIM_DUPLICATE, 4},
	    {CLAIM_HOLDS, 4}};
	struct claim_settled got[5];
	char why[128];

	(void)state;
	expect(entries, 5, expected);
	claim_settle(entries, 5, got);
	claim_settled_why(entries, 0, &got[0], why, sizeof(why));
	assert_string_equal(
	    why, "youtube aaa is claimed by 5B since block 100");
	claim_settled_why(entries, 1, &got[1], why, sizeof(why));
	assert_string_equal(why, "");
	claim_settle(NULL, 0, NULL);
}

static void
an_account_is_one_hotkeys(void **state)
{
	static const struct claim_entry entries[] = {
	    {"5A", 100, 1, YT, "a", "@x"},
	    {"5B", 101, 1, YT, "b", "@x"},   /* 5A's account */
	    {"5A", 102, 2, YT, "c", "@y"},   /* 5A has another */
	    {"5B", 103, 2, YT, "d", "@y"},   /* so @y is free */
	    {"5B", 104, 3, REEL, "e", "@x"}, /* of another site */
	    {"5C", 105, 1, YT, "f", NULL},   /* of no account that is known */
	    {"5C", 105, 2, YT, "g", ""},
	    {"5A", 99, 9, SHORT, "h", NULL},
	    {"5D", 106, 1, YT, "a", "@z"}, /* has no post, so no account */
	    {"5E", 107, 1, YT, "i", "@z"},
	};
	static const struct claim_settled expected[] = {{CLAIM_HOLDS, 0},
	    {CLAIM_TAKEN_ACCOUNT, 0}, {CLAIM_OTHER_ACCOUNT, 0},
	    {CLAIM_HOLDS, 3}, {CLAIM_HOLDS, 4}, {CLAIM_HOLDS, 5},
	    {CLAIM_HOLDS, 6}, {CLAIM_HOLDS, 7}, {CLAIM_DUPLICATE, 0},
	    {CLAIM_HOLDS, 9}};
	struct claim_settled got[10];
	char why[128];

	(void)state;
	expect(entries, 10, expected);
	claim_settle(entries, 10, got);
	claim_settled_why(entries, 1, &got[1], why, sizeof(why));
	assert_string_equal(
	    why, "the account @x of youtube is claimed by 5A since block 100");
	claim_settled_why(entries, 2, &got[2], why, sizeof(why));
	assert_string_equal(
	    why, "this hotkey's account of youtube is @x since block 100");
	assert_string_equal(
	    claim_verdict_name(got[1].verdict), "account_taken");
	assert_string_equal(
	    claim_verdict_name(got[2].verdict), "other_account");
	assert_string_equal(claim_verdict_name(got[8].verdict), "duplicate");
	assert_string_equal(claim_verdict_name(got[0].verdict), "holds");
}

/* -- by chance: against the plain way, and in any order ------------------- */

enum { MANY = 300 };

struct crowd {
	char texts[MANY][3][16];
	struct claim_entry entries[MANY];
};

static void
make_crowd(struct dice *dice, struct crowd *c)
{
	for (int i = 0; i < MANY; i++) {
		struct claim_entry *e = &c->entries[i];

		snprintf(
		    c->texts[i][0], 16, "5%c", dice_between(dice, 'A', 'T'));
		snprintf(c->texts[i][1], 16, "p%d", dice_between(dice, 0, 99));
		snprintf(c->texts[i][2], 16, "@%d", dice_between(dice, 0, 29));
		*e = (struct claim_entry){
		    .hotkey = c->texts[i][0],
		    .block = dice_between(dice, 1, 9),
		    .line = i + 1,
		    .platform = dice_between(dice, 0, N_CLAIM_PLATFORMS - 1),
		    .content = c->texts[i][1],
		    .account =
			dice_between(dice, 0, 3) > 0 ? c->texts[i][2] : NULL,
		};
	}
}

static bool
same_site(const struct claim_entry *a, const struct claim_entry *b)
{
	return strcmp(claim_platform_site(a->platform),
		   claim_platform_site(b->platform)) == 0;
}

/* What must hold of all that hold, two by two. */
static void
check_pair(const struct claim_entry *a, const struct claim_entry *b)
{
	bool same_hotkey = strcmp(a->hotkey, b->hotkey) == 0;
	bool same_account;

	if (!same_site(a, b))
		return;
	assert_string_not_equal(a->content, b->content);
	if (a->account == NULL || b->account == NULL)
		return;
	same_account = strcmp(a->account, b->account) == 0;
	assert_true(same_hotkey == same_account);
}

static bool
is_before(const struct claim_entry *a, const struct claim_entry *b)
{
	int order = strcmp(a->hotkey, b->hotkey);

	if (a->block != b->block)
		return a->block < b->block;
	return order != 0 ? order < 0 : a->line < b->line;
}

static void
check_crowd(const struct crowd *c, const struct claim_settled *got)
{
	for (size_t i = 0; i < MANY; i++) {
		if (got[i].verdict != CLAIM_HOLDS) {
			size_t by = got[i].by;

			assert_int_equal(got[by].verdict, CLAIM_HOLDS);
			assert_true(is_before(&c->entries[by], &c->entries[i]));
			continue;
		}
		for (size_t j = 0; j < i; j++)
			if (got[j].verdict == CLAIM_HOLDS)
				check_pair(&c->entries[i], &c->entries[j]);
	}
}

static void
any_order_gives_the_same(void **state)
{
	struct dice dice = {7};
	struct crowd *c = xcalloc(1, sizeof(*c));
	struct claim_settled got[MANY], again[MANY];
	struct claim_entry turned[MANY];

	(void)state;
	for (int turn = 0; turn < 50; turn++) {
		make_crowd(&dice, c);
		claim_settle(c->entries, MANY, got);
		check_crowd(c, got);
		for (int i = 0; i < MANY; i++)
			turned[i] = c->entries[MANY - 1 - i];
		claim_settle(turned, MANY, again);
		for (int i = 0; i < MANY; i++) {
			assert_int_equal(
			    got[i].verdict, again[MANY - 1 - i].verdict);
			assert_int_equal(
			    got[i].by, MANY - 1 - again[MANY - 1 - i].by);
		}
	}
	free(c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_first_has_the_post),
	    cmocka_unit_test(an_account_is_one_hotkeys),
	    cmocka_unit_test(any_order_gives_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

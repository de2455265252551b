/* Submissions: their texts, what the service says of them, which count. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/err.h"
#include "common/xalloc.h"
#include "scorer/submission.h"
#include "tests/lib/dice.h"

#define HOTKEY "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty"

/* -- texts -------------------------------------------------------------- */

static void
a_text_has_six_words(void **state)
{
	struct submission_words w;
	struct err err = {""};

	(void)state;
	if (submission_parse("Dippy-AI:roleplay_7B.v2:chatml:" HOTKEY
			     ":18446744073709551615:d1",
		&w, &err) != 0)
		fail_msg("%s", err.text);
	assert_string_equal(w.namespace, "Dippy-AI");
	assert_string_equal(w.name, "roleplay_7B.v2");
	assert_string_equal(w.chat_template, "chatml");
	assert_string_equal(w.hotkey, HOTKEY);
	assert_true(w.hash == UINT64_MAX);
	assert_string_equal(w.competition, "d1");
	assert_int_equal(submission_parse("a:b:c:None:0:None", &w, &err), 0);
	assert_string_equal(w.hotkey, "");
	assert_string_equal(w.competition, "");
	assert_true(w.hash == 0);
	assert_int_equal(submission_parse("a:b:c:h:12", &w, &err), 0);
	assert_string_equal(w.competition, "");
	assert_true(w.hash == 12);
}

static const struct {
	const char *text, *says;
} wrong[] = {
    {"", "the namespace has 1 to 96 letters"},
    {"a", "the name is missing"},
    {"a:b", "the chat template is missing"},
    {"a:b:c", "the hotkey is missing"},
    {"a:b:c:h", "the hash is missing"},
    {"a:b:c:h:", "the hash has 1 to 96 letters"},
    {"a:b:c:h:1:", "the competition has 1 to 96 letters"},
    {"a:b:c:h:1:d:e", "there are more than 6 words"},
    {"a:b:c:h:1:d:", "there are more than 6 words"},
    {"None:b:c:h:1:d", "the namespace is absent"},
    {"a:None:c:h:1:d", "the name is absent"},
    {"a:b:None:h:1:d", "the chat template is absent"},
    {"a:b:c:h:None:d", "the hash is absent"},
    {"a/b:c:d:h:1:d", "the namespace has a letter that no name has"},
    {"a b:c:d:h:1:d", "the namespace has a letter that no name has"},
    {"a:b&hash=2:c:h:1:d", "the name has a letter that no name has"},
    {"a:b\n:c:h:1:d", "the name has a letter that no name has"},
    {"a:b:c%20:h:1:d", "the chat template has a letter that no name has"},
    {"a:b:c:h:1:d\xc3\xbc", "the competition has a letter that no name has"},
    {"a:b:c:h:-1:d", "the hash is no integer of 64 bits"},
    {"a:b:c:h:1f:d", "the hash is no integer of 64 bits"},
    {"a:b:c:h:01:d", "the hash is no integer of 64 bits"},
    {"a:b:c:h:00:d", "the hash is no integer of 64 bits"},
    {"a:b:c:h:18446744073709551616:d", "the hash is no integer of 64 bits"},
    {"a:b:c:h:99999999999999999999:d", "the hash is no integer of 64 bits"},
};

static void
a_wrong_text_says_what_is_wrong(void **state)
{
	struct submission_words w;
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		err_set(&err, "nothing");
		assert_int_equal(submission_parse(wrong[i].text, &w, &err), -1);
		assert_string_equal(err.text, wrong[i].says);
	}
}

static void
a_word_has_an_end(void **state)
{
	char name[SUBMISSION_MAX_NAME + 2], *text;
	struct submission_words w;

	(void)state;
	for (int extra = 0; extra < 2; extra++) {
		memset(name, 'x', sizeof(name));
		name[SUBMISSION_MAX_NAME + extra] = '\0';
		text = xasprintf("%s:b:c:h:1:d", name);
		assert_int_equal(submission_parse(text, &w, NULL), -extra);
		free(text);
		text = xasprintf("a:b:c:h:1:%s", name);
		assert_int_equal(submission_parse(text, &w, NULL), -extra);
		free(text);
	}
}

/* What is taken is what was meant: written again it is the same text. */
static void
any_bytes_are_taken_whole_or_refused(void **state)
{
	static const char letters[] = "ab:::::0123None-._ /\n\x80";
	struct dice dice = {.state = 6};
	size_t taken = 0;

	(void)state;
	for (int round = 0; round < 200000; round++) {
		char text[64] = "a-b:c:d:None:17:d1", *again;
		struct submission_words w;
		struct err err = {""};

		for (int k = dice_between(&dice, 0, 3); k > 0; k--)
			text[dice_between(&dice, 0, 20)] = letters[dice_between(
			    &dice, 0, sizeof(letters) - 1)];
		if (submission_parse(text, &w, &err) != 0) {
			assert_true(err.text[0] != '\0');
			continue;
		}
		again = xasprintf("%s:%s:%s:%s:%llu%s%s", w.namespace, w.name,
		    w.chat_template, w.hotkey[0] != '\0' ? w.hotkey : "None",
		    (unsigned long long)w.hash,
		    w.competition[0] != '\0' ? ":" : "", w.competition);
		if (strcmp(again, text) != 0 && strstr(text, ":None") == NULL)
			fail_msg("%s: %s", text, again);
		free(again);
		taken++;
	}
	assert_true(taken > 20000 && taken < 180000);
}

/* What the sum must be of, and that it binds the text to who committed. */
static void
the_hash_is_of_the_words_and_the_hotkey(void **state)
{
	struct submission_words w;
	char *hashed, digits[SUBMISSION_HASH];
	uint64_t back;

	(void)state;
	assert_int_equal(
	    submission_parse("a:b:c:" HOTKEY ":12:d1", &w, NULL), 0);
	hashed = submission_hashed(&w, HOTKEY);
	assert_string_equal(hashed, "a b c " HOTKEY);
	free(hashed);
	assert_null(submission_wrong(&w, HOTKEY, 12));
	assert_string_equal(submission_wrong(&w, HOTKEY, 13),
	    "its hash is not that of its words and hotkey");
	assert_string_equal(
	    submission_wrong(&w, "5Other", 12), "it names another hotkey");
	submission_parse("a:b:c:None:12:d1", &w, NULL);
	assert_null(submission_wrong(&w, "5Other", 12));

	submission_print_hash(UINT64_C(0xfedcba9876543210), digits);
	assert_string_equal(digits, "fedcba9876543210");
	assert_int_equal(submission_read_hash(digits, &back), 0);
	assert_true(back == UINT64_C(0xfedcba9876543210));
	submission_print_hash(1, digits);
	assert_string_equal(digits, "0000000000000001");
	assert_int_equal(submission_read_hash("1", &back), -1);
	assert_int_equal(submission_read_hash("000000000000000A", &back), -1);
	assert_int_equal(submission_read_hash("00000000000000012", &back), -1);
}

/* -- what the service says ---------------------------------------------- */

static void
states_have_names_and_words(void **state)
{
	(void)state;
	for (int i = 0; i < N_SUBMISSION_STATES; i++)
		assert_int_equal(
		    submission_state_of(submission_state_name(i)), i);
	assert_int_equal(submission_state_of("COMPLETED"), -1);
	assert_int_equal(
	    submission_status_of("COMPLETED"), SUBMISSION_COMPLETED);
	assert_int_equal(submission_status_of("FAILED"), SUBMISSION_FAILED);
	assert_int_equal(submission_status_of("QUEUED"), SUBMISSION_QUEUED);
	assert_int_equal(submission_status_of("RUNNING"), SUBMISSION_RUNNING);
	assert_int_equal(submission_status_of("PRECHECK"), SUBMISSION_PRECHECK);
	assert_int_equal(submission_status_of("SLASHED"), SUBMISSION_UNKNOWN);
	assert_int_equal(submission_status_of("none"), SUBMISSION_UNKNOWN);
	assert_true(submission_is_final(SUBMISSION_COMPLETED));
	assert_true(submission_is_final(SUBMISSION_FAILED));
	assert_false(submission_is_final(SUBMISSION_QUEUED));
	assert_false(submission_is_final(SUBMISSION_UNKNOWN));
}

/* -- which count -------------------------------------------------------- */

static const struct submission_rule rule = {
    .from_block = 100, .max_age_s = 604800};

enum { NOW_BLOCK = 1000, S = 1000000, WEEK_S = 604800 };

static const int64_t now_us = 2 * WEEK_S * (int64_t)S;

static struct submission
submitted(
    enum submission_state state, int64_t block, uint64_t hash, const char *repo)
{
	struct submission s = {.state = state,
	    .score = state == SUBMISSION_COMPLETED ? .8 : NAN,
	    .block = block,
	    .at_us = now_us,
	    .hash = hash};

	snprintf(s.repo, sizeof(s.repo), "%s", repo);
	return s;
}

static void
check(const struct submission *s, size_t n, const char **why)
{
	const struct submission **all = xcalloc(n + 1, sizeof(*all));

	for (size_t i = 0; i < n; i++)
		all[i] = &s[i];
	submission_check(&rule, NOW_BLOCK, now_us, all, n, why);
	free(all);
}

static const char *
why_alone(const struct submission *s)
{
	const char *why;

	check(s, 1, &why);
	return why != NULL ? why : "counts";
}

static void
only_what_is_done_with_counts(void **state)
{
	static const char *const says[N_SUBMISSION_STATES] = {
	    [SUBMISSION_NONE] = "no submission",
	    [SUBMISSION_WRONG] = "its submission breaks a rule",
	    [SUBMISSION_UNASKED] = "not scored yet",
	    [SUBMISSION_UNKNOWN] = "not scored yet",
	    [SUBMISSION_QUEUED] = "not scored yet",
	    [SUBMISSION_PRECHECK] = "not scored yet",
	    [SUBMISSION_RUNNING] = "not scored yet",
	    [SUBMISSION_COMPLETED] = "counts",
	    [SUBMISSION_FAILED] = "counts",
	};

	(void)state;
	for (int i = 0; i < N_SUBMISSION_STATES; i++) {
		struct submission s = submitted(i, 500, 1, "a/b");

		assert_string_equal(why_alone(&s), says[i]);
		assert_true(submission_score(&s) ==
			    (i == SUBMISSION_COMPLETED ? .8 : 0));
		s.score = NAN;
		assert_true(submission_score(&s) == 0);
		s.score = .5; /* of before */
		if (i != SUBMISSION_COMPLETED)
			assert_true(submission_score(&s) == 0);
	}
}

static void
blocks_have_two_ends(void **state)
{
	struct submission s = submitted(SUBMISSION_COMPLETED, 0, 1, "a/b");

	(void)state;
	s.block = 99;
	assert_string_equal(why_alone(&s), "submitted before the epoch");
	s.block = 100;
	assert_string_equal(why_alone(&s), "counts");
	s.block = NOW_BLOCK;
	assert_string_equal(why_alone(&s), "counts");
	s.block = NOW_BLOCK + 1;
	assert_string_equal(why_alone(&s), "submitted after the round's block");
}

static void
an_answer_stands_for_a_week(void **state)
{
	struct submission s = submitted(SUBMISSION_COMPLETED, 500, 1, "a/b");
	const struct submission_rule ever = {.max_age_s = 0};
	const struct submission *one = &s;
	const char *why;

	(void)state;
	s.at_us = now_us - WEEK_S * (int64_t)S;
	assert_string_equal(why_alone(&s), "counts");
	s.at_us -= 1000;
	assert_string_equal(why_alone(&s), "its score is too old");
	s.at_us = INT64_MIN;
	assert_string_equal(why_alone(&s), "its score is too old");
	submission_check(&ever, NOW_BLOCK, now_us, &one, 1, &why);
	assert_null(why);
}

static const char copy[] = "a copy of an earlier submission";

static void
the_later_of_two_alike_is_a_copy(void **state)
{
	struct submission s[] = {
	    submitted(SUBMISSION_COMPLETED, 300, 1, "a/b"),
	    submitted(SUBMISSION_COMPLETED, 200, 2, "a/b"), /* repository */
	    submitted(SUBMISSION_COMPLETED, 200, 3, "c/d"),
	    submitted(SUBMISSION_COMPLETED, 400, 3, "e/f"), /* hash */
	    submitted(SUBMISSION_COMPLETED, 200, 4, "g/h"),
	    submitted(SUBMISSION_COMPLETED, 200, 4, "G/h"), /* both, at once */
	    submitted(SUBMISSION_COMPLETED, 201, 5, "G/H"),
	    submitted(SUBMISSION_COMPLETED, 200, 6, "i/j"),
	    submitted(SUBMISSION_FAILED, 199, 7, "i/j"), /* it was there */
	    submitted(SUBMISSION_QUEUED, 198, 7, "k/l"),
	};
	static const char *const says[] = {copy, NULL, NULL, copy, NULL, NULL,
	    copy, copy, copy, "not scored yet"};
	const char *why[10];

	(void)state;
	check(s, 10, why);
	for (int i = 0; i < 10; i++) {
		if (says[i] == NULL)
			assert_null(why[i]);
		else
			assert_string_equal(why[i], says[i]);
	}
}

/* Else a text without a right hash would be enough to be rid of somebody. */
static void
what_is_wrong_or_of_another_time_makes_no_copies(void **state)
{
	struct submission s[] = {
	    submitted(SUBMISSION_WRONG, 200, 1, "a/b"),
	    submitted(SUBMISSION_COMPLETED, 50, 1, "a/b"),
	    submitted(SUBMISSION_COMPLETED, 300, 1, "a/b"),
	    {.state = SUBMISSION_NONE},
	};
	const char *why[4];

	(void)state;
	check(s, 4, why);
	assert_null(why[2]);
}

/* -- as it is said, pair by pair ---------------------------------------- */

static bool
could_count(const struct submission *s)
{
	return s->state != SUBMISSION_NONE && s->state != SUBMISSION_WRONG &&
	       s->block >= 100 && s->block <= NOW_BLOCK;
}

static bool
counts(const struct submission *s, size_t n, size_t i)
{
	if (!could_count(&s[i]) || (s[i].state != SUBMISSION_COMPLETED &&
				       s[i].state != SUBMISSION_FAILED))
		return false;
	for (size_t j = 0; j < n; j++) {
		bool alike = s[i].hash == s[j].hash ||
			     strcasecmp(s[i].repo, s[j].repo) == 0;

		if (could_count(&s[j]) && alike && s[j].block < s[i].block)
			return false;
	}
	return now_us - s[i].at_us <= WEEK_S * (int64_t)S;
}

static void
draw(struct dice *dice, struct submission *s)
{
	char repo[] = "a/a";

	repo[0] += dice_between(dice, 0, 3);
	repo[2] += dice_between(dice, 0, 3);
	if (dice_between(dice, 0, 3) == 0)
		repo[0] += 'A' - 'a';
	*s = submitted(dice_between(dice, 0, N_SUBMISSION_STATES - 1),
	    dice_between(dice, 95, 130), dice_between(dice, 0, 9), repo);
	if (dice_between(dice, 0, 2) > 0)
		s->state = SUBMISSION_COMPLETED;
	if (dice_between(dice, 0, 30) == 0)
		s->block = NOW_BLOCK + 1;
	s->at_us -= dice_between(dice, 0, 8) * (int64_t)86400 * S;
}

static void
ten_thousand_sets_are_as_said(void **state)
{
	struct dice dice = {.state = 20261121};
	struct submission s[16];
	const char *why[16];
	size_t counted = 0, copies = 0;

	(void)state;
	for (int round = 0; round < 10000; round++) {
		size_t n = dice_between(&dice, 0, 16);

		for (size_t i = 0; i < n; i++)
			draw(&dice, &s[i]);
		check(s, n, why);
		for (size_t i = 0; i < n; i++) {
			if (counts(s, n, i) != (why[i] == NULL))
				fail_msg("round %d, %zu: %s", round, i,
				    why[i] != NULL ? why[i] : "counts");
			counted += why[i] == NULL;
			copies += why[i] == copy ||
				  (why[i] != NULL && strcmp(why[i], copy) == 0);
		}
	}
	assert_true(counted > 5000 && copies > 5000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_text_has_six_words),
	    cmocka_unit_test(a_wrong_text_says_what_is_wrong),
	    cmocka_unit_test(a_word_has_an_end),
	    cmocka_unit_test(any_bytes_are_taken_whole_or_refused),
	    cmocka_unit_test(the_hash_is_of_the_words_and_the_hotkey),
	    cmocka_unit_test(states_have_names_and_words),
	    cmocka_unit_test(only_what_is_done_with_counts),
	    cmocka_unit_test(blocks_have_two_ends),
	    cmocka_unit_test(an_answer_stands_for_a_week),
	    cmocka_unit_test(the_later_of_two_alike_is_a_copy),
	    cmocka_unit_test(what_is_wrong_or_of_another_time_makes_no_copies),
	    cmocka_unit_test(ten_thousand_sets_are_as_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* A round written down and read again; texts of strangers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/err.h"
#include "scorer/policy.h"
#include "scorer/run.h"
#include "scorer/run_text.h"
#include "scorer/winrate.h"
#include "tests/lib/dice.h"
#include "tests/lib/edit.h"

enum { MINERS = 20, EVENTS = 500 };

static const char default_policy[] = "deploy/policies/default.ini";

static void
add_submission(struct run_miner *m, struct dice *dice, int i)
{
	struct submission *s = &m->submission;

	s->state = 1 + i % (N_SUBMISSION_STATES - 1);
	s->block = 100 + i;
	s->at_us = i % 5 == 0 ? INT64_MIN : 1000000LL * i;
	s->score = s->state == SUBMISSION_COMPLETED ? i / 97. : NAN;
	if (s->state == SUBMISSION_WRONG)
		return;
	s->hash = dice_throw(dice);
	snprintf(s->repo, sizeof(s->repo), "org/%0*d", i % 2 ? 1 : 90, i);
}

static void
add_miners(struct run *run, struct dice *dice)
{
	for (int i = 0; i < MINERS; i++) {
		struct run_miner m = {.uid = i,
		    .alpha = dice_throw(dice) / 1e16,
		    .block = i % 3 == 0 ? WINRATE_NO_BLOCK : 1000 + i,
		    .since_us = i % 4 == 0 ? INT64_MIN : i * 1000000LL,
		    .serves = i % 7 != 0,
		    .banned = i == 5,
		    .failed_audits = i == 6,
		    .previous = i / 1000.,
		    .consensus = i / 65535.,
		    .before = i / 40.};

		if (i % 3 > 0)
			add_submission(&m, dice, i);
		snprintf(m.hotkey, sizeof(m.hotkey), "5%04d", i);
		if (i % 2 == 0)
			snprintf(m.coldkey, sizeof(m.coldkey), "5c%d", i);
		assert_int_equal(run_add_miner(run, &m), 0);
	}
}

static void
add_events(struct run *run, struct dice *dice)
{
	static const char *const kinds[] = {
	    "audio.speak", "image.edit", "text.translate"};

	for (int i = 0; i < EVENTS; i++) {
		struct run_event e = {.miner = i * MINERS / EVENTS,
		    .kind = run_kind(run, kinds[dice_between(dice, 0, 2)]),
		    .source = dice_between(dice, 0, 3),
		    .success = dice_between(dice, 0, 9) > 0,
		    .at_us = 1000000 + i * 1234567LL,
		    .ms = dice_throw(dice) / 1e16,
		    .accuracy = dice_throw(dice) / 18446744073709551616.0};

		if (i % 5 == 0)
			e.accuracy = NAN;
		if (i % 11 == 0)
			e.ms = NAN;
		if (i % 13 > 0)
			snprintf(e.attempt, sizeof(e.attempt),
			    "01890000-0000-7000-8000-%012d", i);
		assert_int_equal(run_add_event(run, &e), 0);
	}
}

static struct run *
some_run(uint64_t seed)
{
	static const struct run_round round = {.netuid = 11,
	    .mecid = 1,
	    .epoch = 42,
	    .block = 4200000,
	    .from_us = 5,
	    .at_us = 86400000005};
	char *policy = edit_file(default_policy, NULL);
	struct dice dice = {seed};
	struct run *run = run_new(policy, NULL);

	run_set_round(run, &round);
	add_miners(run, &dice);
	add_events(run, &dice);
	free(policy);
	return run;
}

static struct run *
read_back(const struct buf *text, const char *policy)
{
	struct err err = {""};
	size_t used = 0;
	struct run *run = run_text_read(
	    (const char *)text->data, text->len, policy, &used, &err);

	if (run == NULL)
		fail_msg("%s", err.text);
	assert_int_equal(used, text->len);
	return run;
}

static void
a_round_read_again_gives_the_same_weights(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 20; seed++) {
		struct run *run = some_run(seed), *again;
		struct buf text = {0}, text2 = {0}, w = {0}, w2 = {0};

		run_text_write(run, &text);
		again = read_back(&text, NULL);
		run_text_write(again, &text2);
		assert_string_equal(buf_str(&text), buf_str(&text2));
		assert_null(run_finish(run));
		assert_null(run_finish(again));
		run_text_write_weights(run, &w);
		run_text_write_weights(again, &w2);
		assert_string_equal(buf_str(&w), buf_str(&w2));
		assert_non_null(strstr(buf_str(&w), "\n5"));
		/* What a finished run writes is what went in. */
		buf_reset(&text2);
		run_text_write(run, &text2);
		buf_free(&text);
		buf_free(&text2);
		buf_free(&w);
		buf_free(&w2);
		run_free(run);
		run_free(again);
	}
}

/* What is left out of the text could not be missed in it. */
static void
a_submission_stands_with_its_miner(void **state)
{
	struct run_miner m = {.hotkey = "5A",
	    .uid = 3,
	    .alpha = 1,
	    .block = 7,
	    .since_us = 8,
	    .submission = {.state = SUBMISSION_COMPLETED,
		.score = .75,
		.block = 9,
		.at_us = 10,
		.hash = 11,
		.repo = "org/one"}};
	char *policy = edit_file(default_policy, NULL);
	struct run *run = run_new(policy, NULL);
	struct buf text = {0};

	(void)state;
	assert_int_equal(run_add_miner(run, &m), 0);
	run_text_write(run, &text);
	assert_non_null(strstr(buf_str(&text),
	    "miners 1\n5A - 3 1 7 8 0 0 0 0 0 0 completed 0.75 9 10 "
	    "000000000000000b org/one\nevents 0\n"));
	buf_free(&text);
	run_free(run);
	free(policy);
}

static void
another_policy_may_be_put_in(void **state)
{
	static const char *const faster[] = {
	    "name = default", "name = mine", NULL};
	struct run *run = some_run(1), *again;
	char *mine = edit_file(default_policy, faster);
	struct buf text = {0};

	(void)state;
	run_text_write(run, &text);
	again = read_back(&text, mine);
	assert_string_equal(run_policy(again)->name, "mine");
	free(mine);
	buf_free(&text);
	run_free(run);
	run_free(again);
}

static const struct {
	const char *was, *is, *says;
} wrong[] = {
    {"subnetd-run 1", "subnetd-run 2", "no round of a version known here"},
    {"subnetd-run 1", "subnetd-ruin 1", "line 1: \"subnetd-ruin\""},
    {"netuid 11", "netuid eleven", "line 2: a whole number is missing"},
    {"netuid 11", "netuid 99999999999999999999", "too large"},
    {"policy ", "policy 1", "the policy is not whole"},
    {"kinds 3\n", "kinds 65\n", "out of range"},
    {"kinds 3\n", "kinds 2\n", "a word is missing"},
    {"miners 20", "miners 21", "a word is missing"},
    {"miners 20", "miners 99999999", "out of range"},
    {"\n50001 - 1 ", "\n50001 - 70000 ", "out of range"},
    {"\n50001 - 1 ", "\n50000 - 1 ", "the hotkey is out of order"},
    {"\n50001 - 1 ", "\n50001  1 ", "a word is missing"},
    {"events 500", "events -", "out of range"},
    {"events 500", "events 501", "a whole number is missing"},
    {"events 500", "events 499", "a word is too long"},
    {"0.001 1.5259021896696422e-05", "-1 0", "below 0"},
    {"0.001 1.5259021896696422e-05", "nan 0", "a number is none"},
    {" none - - - - -\n", " gone - - - - -\n",
	"there is no such state of a submission"},
    {" none - - - - -\n", " queued - - - - -\n",
	"a hash is not of 16 hex digits"},
    {" none - - - - -\n", " queued - - - 0123456789abcdef a/b\n",
	"a submission's block or score is none, or below 0"},
    {" none - - - - -\n", " completed -1 1 - 0123456789abcdef a/b\n",
	"a submission's block or score is none, or below 0"},
    {" none - - - - -\n", "\n", "a number is none"},
    {" none - - - - -\n", " none 1 - - - -\n", "\"1\" instead of \"-\""},
    {" none - - - - -\n", " queued - 1 - 0123456789abcdef a/b c\n",
	"there are too many words"},
    {" none - - - - -\n", " none - - - - - -\n", "\"- -\" instead of"},
};

static void
what_is_wrong_is_named_with_its_line(void **state)
{
	struct run *run = some_run(1);
	struct buf text = {0};

	(void)state;
	run_text_write(run, &text);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		char *bad =
		    edit_text(buf_str(&text), wrong[i].was, wrong[i].is);
		struct err err = {""};
		size_t used;

		assert_null(run_text_read(bad, strlen(bad), NULL, &used, &err));
		if (strstr(err.text, wrong[i].says) == NULL)
			fail_msg("%zu: %s", i, err.text);
		free(bad);
	}
	buf_free(&text);
	run_free(run);
}

/* Cut anywhere, it is refused. */
static void
half_a_round_is_none(void **state)
{
	struct run *run = some_run(2);
	struct buf text = {0};
	struct err err;
	size_t used;

	(void)state;
	run_text_write(run, &text);
	for (size_t len = 0; len < text.len; len += 1 + len / 50) {
		char *part = malloc(len + 1);

		memcpy(part, text.data, len);
		assert_null(run_text_read(part, len, NULL, &used, &err));
		free(part);
	}
	buf_free(&text);
	run_free(run);
}

static void
numbers_have_the_digits_they_need(void **state)
{
	static const struct {
		double v;
		const char *text;
	} cases[] = {{.1, "0.1"}, {1234.567, "1234.567"}, {0, "0"},
	    {1. / 3, "0.3333333333333333"}, {2. / 3, "0.6666666666666666"},
	    {5e-324, "4.94065645841247e-324"}, {NAN, "-"}, {-INFINITY, "-inf"}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf out = {0};

		run_text_real(&out, cases[i].v);
		assert_string_equal(buf_str(&out), cases[i].text);
		buf_free(&out);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_round_read_again_gives_the_same_weights),
	    cmocka_unit_test(a_submission_stands_with_its_miner),
	    cmocka_unit_test(another_policy_may_be_put_in),
	    cmocka_unit_test(what_is_wrong_is_named_with_its_line),
	    cmocka_unit_test(half_a_round_is_none),
	    cmocka_unit_test(numbers_have_the_digits_they_need),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Samples of followers with gaps: what is known of them says the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scorer/engage_bots.h"
#include "tests/lib/dice.h"

enum { SAMPLE = 60 };

struct sample {
	struct engage_follower f[SAMPLE];
	char names[SAMPLE][24], places[SAMPLE][24];
};

/* People: each other than the others. */
static void
make_people(struct sample *s, struct dice *dice)
{
	for (int i = 0; i < SAMPLE; i++) {
		snprintf(s->names[i], sizeof(s->names[i]), "nan%c%c",
		    'a' + i % 26, 'a' + i % 7);
		snprintf(s->places[i], sizeof(s->places[i]), "town %d", i % 20);
		s->f[i] = (struct engage_follower){.username = s->names[i],
		    .bio = i % 4 == 0 ? " " : "likes tea",
		    .location = s->places[i],
		    .followers = (double)dice_between(dice, 50, 900),
		    .following = (double)dice_between(dice, 50, 900),
		    .posts = (double)dice_between(dice, 1, 400),
		    .created_days = (double)dice_between(dice, 100, 3000),
		    .posted_days = (double)dice_between(dice, 0, 40)};
	}
}

/* Made in a row on one day. */
static void
make_bots(struct sample *s)
{
	for (int i = 0; i < SAMPLE; i++) {
		snprintf(
		    s->names[i], sizeof(s->names[i]), "user%09d", i * 7919);
		s->f[i] = (struct engage_follower){.username = s->names[i],
		    .bio = "",
		    .location = "",
		    .followers = 3,
		    .following = 4000,
		    .posts = 0,
		    .created_days = 12.25,
		    .posted_days = 400};
	}
}

/* One field of each is not known. */
static void
punch(struct engage_follower *f, int field)
{
	switch (field) {
	case 0:
		f->username = NULL;
		break;
	case 1:
		f->bio = NULL;
		break;
	case 2:
		f->location = NULL;
		break;
	case 3:
		f->followers = NAN;
		break;
	case 4:
		f->following = NAN;
		break;
	case 5:
		f->posts = NAN;
		break;
	case 6:
		f->created_days = NAN;
		break;
	case 7:
		f->posted_days = NAN;
		break;
	}
}

static struct engage_bots
judge(enum engage_bots_mode mode, const struct sample *s)
{
	const struct engage_bots_verdict both[] = {
	    engage_bots_statistical(mode, s->f, SAMPLE),
	    engage_bots_temporal(mode, s->f, SAMPLE)};

	return engage_bots_combine(both, 2);
}

static void
without_gaps_both_ways_are_the_same(void **state)
{
	struct dice dice = {.state = 3};
	struct sample s;
	struct engage_bots whole, parts;

	(void)state;
	make_people(&s, &dice);
	whole = judge(ENGAGE_BOTS_WHOLE, &s);
	parts = judge(ENGAGE_BOTS_PARTS, &s);
	assert_true(whole.p_bot == parts.p_bot);
	assert_true(whole.confidence == parts.confidence);
	assert_true(whole.p_bot < .4);
	assert_int_equal(whole.risk, ENGAGE_BOTS_LOW);
	make_bots(&s);
	whole = judge(ENGAGE_BOTS_WHOLE, &s);
	parts = judge(ENGAGE_BOTS_PARTS, &s);
	assert_true(whole.p_bot == parts.p_bot);
	assert_true(whole.p_bot > .85 && whole.confidence > .6);
	assert_int_equal(whole.risk, ENGAGE_BOTS_CRITICAL);
}

/* A third of all fields is not there: upstream knows nothing then. */
static void
gaps_lower_the_confidence_and_no_more(void **state)
{
	struct dice dice = {.state = 5};
	struct sample people, bots;
	struct engage_bots p, b;

	(void)state;
	make_people(&people, &dice);
	make_bots(&bots);
	for (int i = 0; i < SAMPLE; i++) {
		for (int field = 0; field < 8; field++) {
			if ((i + field) % 3 != 0)
				continue;
			punch(&people.f[i], field);
			punch(&bots.f[i], field);
		}
	}
	assert_int_equal(
	    judge(ENGAGE_BOTS_WHOLE, &bots).risk, ENGAGE_BOTS_UNKNOWN);
	assert_true(judge(ENGAGE_BOTS_WHOLE, &bots).p_bot == .5);
	p = judge(ENGAGE_BOTS_PARTS, &people);
	b = judge(ENGAGE_BOTS_PARTS, &bots);
	assert_true(p.p_bot < .4);
	assert_true(b.p_bot > .85);
	/* Two thirds of it; less where a feature wants two fields. */
	assert_true(b.confidence > .3 && b.confidence < .6);
	assert_int_equal(b.risk, ENGAGE_BOTS_CRITICAL);
}

/* What is missing cannot make bots of people, nor people of bots. */
static void
no_gap_turns_the_verdict(void **state)
{
	(void)state;
	for (int field = 0; field < 8; field++) {
		struct dice dice = {.state = 9};
		struct sample people, bots;

		make_people(&people, &dice);
		make_bots(&bots);
		for (int i = 0; i < SAMPLE; i++) {
			punch(&people.f[i], field);
			punch(&bots.f[i], field);
		}
		assert_true(judge(ENGAGE_BOTS_PARTS, &people).p_bot < .4);
		assert_true(judge(ENGAGE_BOTS_PARTS, &bots).p_bot > .8);
	}
}

/* Five of sixty are no sample; twelve are. */
static void
what_few_have_is_not_looked_at(void **state)
{
	(void)state;
	for (int known = 5; known <= 12; known += 7) {
		struct dice dice = {.state = 13};
		struct engage_bots_verdict v;
		struct sample s;

		make_people(&s, &dice);
		for (int i = known; i < SAMPLE; i++)
			punch(&s.f[i], 2);
		v = engage_bots_statistical(ENGAGE_BOTS_PARTS, s.f, SAMPLE);
		assert_true(v.ran);
		assert_true(
		    isnan(v.features[ENGAGE_BOTS_LOCATIONS]) == (known < 12));
		assert_false(isnan(v.features[ENGAGE_BOTS_BIOS]));
	}
}

static void
nothing_known_is_no_verdict(void **state)
{
	struct engage_follower f[20];
	struct engage_bots_verdict v;

	(void)state;
	for (int i = 0; i < 20; i++) {
		f[i] = (struct engage_follower){.bio = NULL};
		for (int field = 0; field < 8; field++)
			punch(&f[i], field);
	}
	v = engage_bots_statistical(ENGAGE_BOTS_PARTS, f, 20);
	assert_false(v.ran);
	assert_true(isnan(v.score) && isnan(v.features[0]));
	assert_false(engage_bots_temporal(ENGAGE_BOTS_PARTS, f, 20).ran);
	assert_false(engage_bots_statistical(ENGAGE_BOTS_PARTS, f, 0).ran);
	assert_false(engage_bots_temporal(ENGAGE_BOTS_WHOLE, f, 0).ran);
	assert_string_equal(
	    engage_bots_risk_name(engage_bots_combine(&v, 1).risk), "UNKNOWN");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(without_gaps_both_ways_are_the_same),
	    cmocka_unit_test(gaps_lower_the_confidence_and_no_more),
	    cmocka_unit_test(no_gap_turns_the_verdict),
	    cmocka_unit_test(what_few_have_is_not_looked_at),
	    cmocka_unit_test(nothing_known_is_no_verdict),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

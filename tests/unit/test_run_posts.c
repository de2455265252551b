/* Scoring rounds by posts: what keeps one out, collateral, shares, as text. */
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
#include "scorer/explain.h"
#include "scorer/policy.h"
#include "scorer/run.h"
#include "scorer/run_text.h"
#include "tests/lib/dice.h"
#include "tests/lib/edit.h"

static const char policy[] = "deploy/policies/sn89.ini";

static struct run *
run_of(const char *const *edits)
{
	static const struct run_round round = {
	    .netuid = 89, .mecid = 1, .epoch = 4, .block = 9000, .at_us = 10};
	char *text = edit_file(policy, edits);
	struct err err;
	struct run *run = run_new(text, &err);

	if (run == NULL)
		fail_msg("%s", err.text);
	run_set_round(run, &round);
	free(text);
	return run;
}

/* Who posts serves nowhere. */
static struct run_miner
miner(int i)
{
	struct run_miner m = {
	    .uid = i, .alpha = 100, .locked = NAN, .locked_own = NAN};

	snprintf(m.hotkey, sizeof(m.hotkey), "5%02d", i);
	snprintf(m.coldkey, sizeof(m.coldkey), "5c%d", i);
	return m;
}

static struct growth_post
post(int of, int number, double value)
{
	struct growth_post p = {.listed = true,
	    .owned = true,
	    .ai = .9,
	    .illicit = 0,
	    .bots = NAN,
	    .bots_confidence = NAN,
	    .followers = 1000,
	    .published_us = INT64_MIN,
	    .claimed_us = INT64_MIN,
	    .observed = 5,
	    .gained = value,
	    .value = value};

	snprintf(p.hotkey, sizeof(p.hotkey), "5%02d", of);
	snprintf(p.content, sizeof(p.content), "x/post:%d", number);
	return p;
}

static void
add(struct run *run, const struct run_miner *m)
{
	assert_int_equal(run_add_miner(run, m), 0);
}

static void
add_post(struct run *run, const struct growth_post *p)
{
	assert_int_equal(run_add_post(run, p), 0);
}

/* So many miners, each with one post of these values. */
static struct run *
run_with(const char *const *edits, const double *values, int n)
{
	struct run *run = run_of(edits);

	for (int i = 0; i < n; i++) {
		struct run_miner m = miner(i);

		add(run, &m);
	}
	for (int i = 0; i < n; i++) {
		struct growth_post p = post(i, 1, values[i]);

		add_post(run, &p);
	}
	return run;
}

static void
near(double got, double want)
{
	if (!(fabs(got - want) <= 1e-12 * fmax(1, fabs(want))))
		fail_msg("%.17g, not %.17g", got, want);
}

static const struct run_entry *
entries_of(const struct run *run)
{
	size_t n;

	return run_entries(run, &n);
}

/* -- posts -------------------------------------------------------------- */

static void
posts_are_summed_and_shared(void **state)
{
	struct run *run = run_of(NULL);
	struct growth_post p[3] = {
	    post(0, 1, 100), post(0, 2, 200), post(2, 1, 100)};
	const struct run_entry *e;
	size_t n;

	(void)state;
	for (int i = 0; i < 3; i++) {
		struct run_miner m = miner(i);

		m.alpha = 2; /* all alike */
		add(run, &m);
	}
	for (int i = 0; i < 3; i++)
		add_post(run, &p[i]);
	assert_null(run_finish(run));
	e = entries_of(run);
	near(e[0].points, 300);
	assert_int_equal(e[0].n_posts, 2);
	assert_int_equal(e[1].n_posts, 0);
	assert_int_equal(e[2].first_post, 2);
	near(e[0].score, .75);
	near(e[1].score, 0);
	near(e[2].score, .25);
	near(e[0].weight, .75);
	near(e[2].weight, .25);
	assert_null(e[1].out);
	assert_int_equal(run_posts(run, &n)[2].miner, 2);
	run_free(run);
}

static const int64_t hour_us = 3600 * (int64_t)1000000;

/* A good post of 85 points that owes 5, but for one thing. */
static struct growth_post
changed(int what)
{
	struct growth_post p = post(0, 1, 85);

	p.debt = 5;
	switch (what) {
	case 0:
		p.ai = .31;
		break;
	case 1:
		snprintf(p.barred, sizeof(p.barred), "copy");
		break;
	case 2:
		p.listed = false;
		break;
	case 3:
		p.gone = true;
		break;
	case 4:
		p.owned = false;
		break;
	case 5:
		p.observed = 0;
		break;
	case 6:
		p.followers = 99;
		break;
	case 7:
		p.followers = NAN;
		break;
	case 8:
		p.ai = NAN;
		break;
	case 9:
		p.ai = .3;
		break;
	case 10:
		p.illicit = NAN;
		break;
	case 11:
		p.illicit = .5;
		break;
	case 12:
		p.illicit = .51;
		break;
	case 13:
		p.published_us = 1;
		p.claimed_us = 73 * hour_us;
		break;
	case 14:
		p.published_us = 1;
		p.claimed_us = 72 * hour_us;
		break;
	case 15:
		p.published_us = 1;
		break;
	case 16:
		p.bots = .7;
		p.bots_confidence = .51;
		break;
	case 17:
		p.bots = .7;
		p.bots_confidence = .5;
		break;
	case 18:
		p.bots = .6;
		p.bots_confidence = 1;
		break;
	case 19:
		p.bots = 1;
		p.bots_confidence = 1;
		break;
	}
	return p;
}

static void
each_reason_is_named(void **state)
{
	static const struct {
		const char *why;
		double gave;
	} cases[] = {
	    {NULL, 80},
	    {"copy", -5},
	    {"unlisted", -5},
	    {"gone", -47.5},
	    {"not_owned", -5},
	    {"not_observed", -5},
	    {"few_followers", -5},
	    {NULL, 80},
	    {"no_ai_verdict", -5},
	    {"not_ai", -5},
	    {NULL, 80},
	    {NULL, 80},
	    {"illicit", -5},
	    {"older_than_claim", -5},
	    {NULL, 80},
	    {NULL, 80},
	    {"bots", 85 * (1 - 1.25 * .7) - 5},
	    {NULL, 80},
	    {NULL, 80},
	    {"bots", -5},
	};
	struct run *run = run_of(NULL);

	(void)state;
	for (int i = 0; i < (int)(sizeof(cases) / sizeof(cases[0])); i++) {
		struct growth_post p = changed(i);
		const char *why;

		near(engagement_gave(&run_policy(run)->engagement, &p, &why),
		    cases[i].gave);
		if (why == NULL || cases[i].why == NULL)
			assert_true(why == cases[i].why);
		else
			assert_string_equal(why, cases[i].why);
	}
	run_free(run);
}

static void
what_took_most_is_named(void **state)
{
	static const struct {
		double spike, crowd, thin, debt, burst;
		const char *why;
	} cases[] = {
	    {60, 0, 0, 0, 0, "spike"},
	    {0, 60, 0, 0, 0, "crowd"},
	    {0, 0, 60, 0, 0, "thin"},
	    {0, 0, 0, 101, 0, "debt"},
	    {40, 30, 0, 0, 0, NULL},
	    {0, 0, 0, 0, .6, "follower_burst"},
	    {0, 0, 0, 0, .5, NULL},
	    {60, 0, 0, 0, .6, "spike"},
	};
	struct run *run = run_of(NULL);

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct growth_post p = post(0, 1, 100);
		const char *why;

		p.spike = cases[i].spike;
		p.crowd = cases[i].crowd;
		p.thin = cases[i].thin;
		p.debt = cases[i].debt;
		p.burst = cases[i].burst;
		p.value -= p.spike + p.crowd + p.thin;
		engagement_gave(&run_policy(run)->engagement, &p, &why);
		if (cases[i].why == NULL)
			assert_null(why);
		else
			assert_string_equal(why, cases[i].why);
	}
	run_free(run);
}

/* What one post owes is taken from the others, and no more than there is. */
static void
debt_is_the_miners(void **state)
{
	static const double values[] = {100, 100};
	struct run *run = run_of(NULL);
	const struct run_entry *e;

	(void)state;
	for (int i = 0; i < 3; i++) {
		struct run_miner m = miner(i);

		add(run, &m);
	}
	for (int i = 0; i < 2; i++) {
		struct growth_post p = post(i, 1, values[i]);
		struct growth_post owing = post(i, 2, 0);

		owing.debt = i == 0 ? 60 : 1000;
		owing.listed = false; /* it does not help to drop it */
		add_post(run, &p);
		add_post(run, &owing);
	}
	assert_null(run_finish(run));
	e = entries_of(run);
	near(e[0].points, 40);
	near(e[1].points, 0);
	near(e[0].score, 1);
	assert_true(e[1].weight == 0);
	run_free(run);
}

static void
wrong_posts_are_refused(void **state)
{
	static const double values[] = {5, 6};
	struct run *run = run_with(NULL, values, 2);
	struct growth_post p = post(1, 1, 5);

	(void)state;
	assert_int_equal(run_add_post(run, &p), -1); /* twice */
	p = post(0, 9, 5);
	assert_int_equal(run_add_post(run, &p), -1); /* too late */
	p = post(7, 1, 5);
	assert_int_equal(run_add_post(run, &p), -1); /* nobody's */
	p = post(1, 2, -1);
	assert_int_equal(run_add_post(run, &p), -1);
	p = post(1, 2, NAN);
	assert_int_equal(run_add_post(run, &p), -1);
	p = post(1, 2, 1e16);
	assert_int_equal(run_add_post(run, &p), -1);
	p = post(1, 2, 5);
	p.ai = 1.1;
	assert_int_equal(run_add_post(run, &p), -1);
	p.ai = .9;
	p.followers = INFINITY;
	assert_int_equal(run_add_post(run, &p), -1);
	p.followers = 5;
	snprintf(p.content, sizeof(p.content), "x/post: 2");
	assert_int_equal(run_add_post(run, &p), -1);
	snprintf(p.content, sizeof(p.content), "x/post:2");
	assert_int_equal(run_add_post(run, &p), 0);
	assert_int_equal(run_set_means(run, 0, -1, 0, 0), -1);
	assert_int_equal(run_set_means(run, 0, 0, INFINITY, 0), -1);
	assert_int_equal(run_set_means(run, 0, NAN, NAN, NAN), -1);
	assert_int_equal(run_set_means(run, 0, NAN, 5, -3), 0);
	run_free(run);
}

/* -- collateral --------------------------------------------------------- */

static void
collateral_is_a_gate(void **state)
{
	static const char *const edits[] = {
	    "collateral_least = 1\n", "collateral_least = 50\n", NULL};
	static const char *const locks[] = {"collateral_least = 1\n",
	    "collateral_least = 50\n", "collateral = either",
	    "collateral = locked", NULL};
	static const struct {
		double alpha, locked;
		bool either, locked_alone;
	} cases[] = {{50, NAN, true, true}, {49, 0, false, false},
	    {49, NAN, true, true}, {0, 50, true, true}, {100, 3, true, false}};
	static const double values[] = {1, 1, 1, 1, 1};

	(void)state;
	for (int of_locks = 0; of_locks < 2; of_locks++) {
		struct run *run = run_of(of_locks ? locks : edits);

		for (int i = 0; i < 5; i++) {
			struct run_miner m = miner(i);

			m.alpha = cases[i].alpha;
			m.locked = cases[i].locked;
			add(run, &m);
		}
		for (int i = 0; i < 5; i++) {
			struct growth_post p = post(i, 1, values[i]);

			add_post(run, &p);
		}
		assert_null(run_finish(run));
		for (int i = 0; i < 5; i++) {
			const struct run_entry *e = &entries_of(run)[i];
			bool in =
			    of_locks ? cases[i].locked_alone : cases[i].either;

			if (in)
				assert_null(e->out);
			else
				assert_string_equal(
				    e->out, "not enough collateral");
			assert_true((e->weight > 0) == in);
		}
		run_free(run);
	}
}

static void
collaterals_bonus_is_bounded(void **state)
{
	static const double alphas[] = {10, 30, 1e9, 60};
	static const char *const edits[] = {
	    "collateral_cap = 10000", "collateral_cap = 60", NULL};
	struct run *run = run_of(edits);
	const struct run_entry *e;
	double sum;

	(void)state;
	for (int i = 0; i < 4; i++) {
		struct run_miner m = miner(i);

		m.alpha = alphas[i];
		add(run, &m);
	}
	for (int i = 0; i < 3; i++) { /* the fourth posts nothing */
		struct growth_post p = post(i, 1, 100);

		add_post(run, &p);
	}
	assert_null(run_finish(run));
	e = entries_of(run);
	near(e[0].collateral_share, .1);
	near(e[1].collateral_share, .3);
	near(e[2].collateral_share, .6);
	near(e[3].collateral_share, 0);
	sum = 1.05 + 1.15 + 1.3;
	near(e[0].score, 1.05 / sum);
	near(e[2].score, 1.3 / sum);
	run_free(run);
}

/* -- payments and jobs -------------------------------------------------- */

static void
payments_have_their_share(void **state)
{
	static const double values[] = {300, 100};
	struct run *run = run_with(NULL, values, 2);
	const struct run_entry *e;

	(void)state;
	assert_int_equal(run_set_means(run, 0, NAN, NAN, -5), 0);
	assert_int_equal(run_set_means(run, 1, NAN, NAN, 20), 0);
	assert_null(run_finish(run));
	e = entries_of(run);
	near(e[1].paid_share, 1);
	near(e[0].score, .9 * .75);
	near(e[1].score, .9 * .25 + .1);
	run_free(run);
}

static void
one_payer_buys_no_more_than_the_cap(void **state)
{
	static const double values[] = {100, 100};
	struct run *run = run_with(NULL, values, 2);

	(void)state;
	assert_int_equal(run_set_means(run, 0, NAN, NAN, 1e12), 0);
	assert_int_equal(run_set_means(run, 1, NAN, NAN, 10000), 0);
	assert_null(run_finish(run));
	near(entries_of(run)[0].paid_share, .5);
	near(entries_of(run)[0].score, .5);
	run_free(run);
}

/* A third for jobs: who does them alone has that. */
static void
jobs_and_posts_are_mixed_by_share(void **state)
{
	static const char *const edits[] = {
	    "jobs = 0\n", "jobs = 0.25\n", "paid = 0.1", "paid = 0", NULL};
	static const double values[] = {100, 300};
	struct run *run = run_of(edits);
	struct run_event event = {.success = true, .ms = 0, .accuracy = 1};
	const struct run_entry *e;

	(void)state;
	for (int i = 0; i < 3; i++) {
		struct run_miner m = miner(i);

		m.serves = i == 2;
		m.alpha = 5;
		add(run, &m);
	}
	for (int i = 0; i < 2; i++) {
		struct growth_post p = post(i, 1, values[i]);

		add_post(run, &p);
	}
	event.miner = 2;
	event.kind = run_kind(run, "audio.speak");
	assert_int_equal(run_add_event(run, &event), 0);
	assert_null(run_finish(run));
	e = entries_of(run);
	near(e[2].jobs_score, 1);
	near(e[2].score, .25);
	near(e[0].score, .75 / 4);
	near(e[1].score, .75 * 3 / 4);
	near(explain_gave(run, 2, 0), 1);
	run_free(run);
}

static void
who_is_out_has_no_share(void **state)
{
	static const double values[] = {100, 300};
	struct run *run = run_of(NULL);

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct run_miner m = miner(i);

		m.banned = i == 1;
		add(run, &m);
	}
	for (int i = 0; i < 2; i++) {
		struct growth_post p = post(i, 1, values[i]);

		add_post(run, &p);
	}
	assert_null(run_finish(run));
	near(entries_of(run)[0].score, 1);
	assert_string_equal(entries_of(run)[1].out, "banned");
	run_free(run);
}

static void
without_any_growth_there_is_no_vector(void **state)
{
	static const double values[] = {0, 0};
	struct run *run = run_with(NULL, values, 2);

	(void)state;
	assert_string_equal(run_finish(run), "no miner has a positive score");
	run_free(run);
}

static void
the_best_ten_share_everything(void **state)
{
	double values[15], sum = 0;
	struct run *run;

	(void)state;
	for (int i = 0; i < 15; i++)
		values[i] = 1 + i;
	run = run_with(NULL, values, 15);
	assert_null(run_finish(run));
	for (int i = 0; i < 15; i++) {
		assert_true((entries_of(run)[i].weight > 0) == (i >= 5));
		sum += entries_of(run)[i].weight;
	}
	near(sum, 1);
	run_free(run);
}

/* -- as text ------------------------------------------------------------ */

static void
same_text(const struct run *a, const struct run *b)
{
	struct buf x = {0}, y = {0};

	run_text_write(a, &x);
	run_text_write(b, &y);
	assert_string_equal(buf_str(&x), buf_str(&y));
	buf_reset(&x);
	buf_reset(&y);
	run_text_write_weights(a, &x);
	run_text_write_weights(b, &y);
	assert_string_equal(buf_str(&x), buf_str(&y));
	buf_free(&x);
	buf_free(&y);
}

static struct run *
random_run(struct dice *dice)
{
	struct run *run = run_of(NULL);
	int n = (int)dice_between(dice, 1, 20);

	for (int i = 0; i < n; i++) {
		struct run_miner m = miner(i);

		m.locked = dice_between(dice, 0, 1) ? NAN : .1 * i;
		m.locked_own = .3;
		m.paid = (double)dice_between(dice, 0, 50) / 7;
		add(run, &m);
	}
	for (int i = 0; i < n; i++) {
		for (int k = 0; k < (int)dice_between(dice, 0, 4); k++) {
			struct growth_post p =
			    post(i, k, (double)dice_between(dice, 0, 900) / 7);

			p.ai = dice_between(dice, 0, 5) ? .1 * k + .2 : NAN;
			p.gone = dice_between(dice, 0, 9) == 0;
			p.debt = dice_between(dice, 0, 9) ? 0 : 1 / 3.;
			p.published_us = dice_between(dice, 0, 1)
					     ? INT64_MIN
					     : (int64_t)k * 1000;
			if (dice_between(dice, 0, 9) == 0)
				snprintf(p.barred, sizeof(p.barred), "copy");
			add_post(run, &p);
		}
	}
	return run;
}

static void
a_round_is_read_as_it_was_written(void **state)
{
	struct dice dice = {.state = 11};

	(void)state;
	for (int i = 0; i < 200; i++) {
		struct run *run = random_run(&dice), *again;
		struct buf text = {0};
		struct err err;
		size_t used;

		run_text_write(run, &text);
		again = run_text_read(
		    (const char *)text.data, text.len, NULL, &used, &err);
		if (again == NULL)
			fail_msg("%s", err.text);
		assert_int_equal(used, text.len);
		run_finish(run);
		run_finish(again);
		same_text(run, again);
		buf_free(&text);
		run_free(run);
		run_free(again);
	}
}

static void
wrong_lines_are_named(void **state)
{
	static const struct {
		const char *was, *is, *says;
	} cases[] = {
	    {"collateral 2\n", "collateral 1\n", "not one of each miner"},
	    {"\n3 - 0\n", "\n-3 - 0\n", "a lock is below 0"},
	    {"\nposts 2\n", "\nposts 3\n", "a whole number is missing"},
	    {"x/post:1 - 1 0 1", "x/post:1 - 2 0 1", "out of range"},
	    {"x/post:1 - 1 0 1 0.9", "x/post:1 - 1 0 1 9", "out of order"},
	    {"\n1 x/post:1", "\n2 x/post:1", "out of order"},
	};
	static const double values[] = {1, 2};
	struct run *run = run_with(NULL, values, 2);
	struct buf text = {0};
	struct err err;
	size_t used;

	(void)state;
	assert_int_equal(run_set_means(run, 1, 3, NAN, 0), 0);
	run_text_write(run, &text);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *wrong =
		    edit_text(buf_str(&text), cases[i].was, cases[i].is);

		assert_null(
		    run_text_read(wrong, strlen(wrong), NULL, &used, &err));
		if (strstr(err.text, cases[i].says) == NULL)
			fail_msg("case %zu: %s", i, err.text);
		free(wrong);
	}
	buf_free(&text);
	run_free(run);
}

/* A policy without that section is as it was, and so is its text. */
static void
other_policies_know_nothing_of_it(void **state)
{
	char *text = edit_file("deploy/policies/sn11.ini", NULL);
	struct buf out = {0};
	struct err err;
	struct run *run = run_new(text, &err);
	struct run_miner m = miner(0);

	(void)state;
	assert_non_null(run);
	m.locked = 5;
	m.paid = 5;
	add(run, &m);
	run_text_write(run, &out);
	assert_null(strstr(buf_str(&out), "collateral"));
	buf_free(&out);
	run_free(run);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(posts_are_summed_and_shared),
	    cmocka_unit_test(each_reason_is_named),
	    cmocka_unit_test(what_took_most_is_named),
	    cmocka_unit_test(debt_is_the_miners),
	    cmocka_unit_test(wrong_posts_are_refused),
	    cmocka_unit_test(collateral_is_a_gate),
	    cmocka_unit_test(collaterals_bonus_is_bounded),
	    cmocka_unit_test(payments_have_their_share),
	    cmocka_unit_test(one_payer_buys_no_more_than_the_cap),
	    cmocka_unit_test(jobs_and_posts_are_mixed_by_share),
	    cmocka_unit_test(who_is_out_has_no_share),
	    cmocka_unit_test(without_any_growth_there_is_no_vector),
	    cmocka_unit_test(the_best_ten_share_everything),
	    cmocka_unit_test(a_round_is_read_as_it_was_written),
	    cmocka_unit_test(wrong_lines_are_named),
	    cmocka_unit_test(other_policies_know_nothing_of_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

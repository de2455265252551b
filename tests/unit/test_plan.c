/* Which vectors are sent, and as what. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "weightsetter/plan.c"
#include "weightsetter/snapshot.c"
#include "weightsetter/uid_weights.c"
#include "weightsetter/value.c"

enum { N = 5, NOW = 1000000 };

static const struct plan_rules rules = {
    .max_share = 1, .max_churn = 1, .max_age_us = 1000, .min_entries = 1};

struct scene {
	struct snapshot s;
	struct neuron neurons[N];
	struct vector v;
	struct vector_entry entries[N + 2];
	struct plan plan;
};

static void
name_hotkey(char *out, int i)
{
	snprintf(out, SS58_MAX_TEXT, "hotkey%d", i);
}

/* Weights for the hotkeys of uids 0, 1 ... */
static void
set_scene(struct scene *c, size_t n, const double *weights)
{
	memset(c, 0, sizeof(*c));
	for (int i = 0; i < N; i++) {
		c->neurons[i].uid = (uint16_t)i;
		name_hotkey(c->neurons[i].hotkey, i);
	}
	c->s.neurons = c->neurons;
	c->s.n_neurons = N;
	c->s.hyper.n = N;
	for (size_t i = 0; i < n; i++) {
		name_hotkey(c->entries[i].hotkey, (int)i);
		c->entries[i].uid = (int64_t)i;
		c->entries[i].weight = weights[i];
	}
	c->v.entries = c->entries;
	c->v.n = n;
	c->v.created_us = NOW;
}

static void
make(struct scene *c, const struct plan_rules *r)
{
	plan_make(r, &c->s, &c->v, NULL, NOW, &c->plan);
}

static void
expect_refusal(struct scene *c, const struct plan_rules *r, const char *why)
{
	make(c, r);
	assert_non_null(c->plan.refusal);
	assert_string_equal(c->plan.refusal, why);
	plan_clear(&c->plan);
}

/* "1:65535 2:100" */
static void
expect_sent(struct scene *c, const char *want)
{
	char text[256] = "";

	make(c, &rules);
	assert_null(c->plan.refusal);
	for (size_t i = 0; i < c->plan.sent.n; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text),
		    "%s%u:%u", i == 0 ? "" : " ", c->plan.sent.uids[i],
		    c->plan.sent.weights[i]);
	assert_string_equal(text, want);
	plan_clear(&c->plan);
}

static void
the_largest_is_65535_and_zeros_are_left_out(void **state)
{
	struct scene c;

	(void)state;
	set_scene(&c, 4, (double[]){0, 0.5, 0.25, 1e-9});
	expect_sent(&c, "1:65535 2:32768");
}

static void
the_order_is_of_uids(void **state)
{
	struct scene c;

	(void)state;
	set_scene(&c, 2, (double[]){1, 1});
	name_hotkey(c.entries[0].hotkey, 3);
	c.entries[0].uid = 3;
	expect_sent(&c, "1:65535 3:65535");
}

static void
the_list_is_filled_up_with_zeros(void **state)
{
	struct scene c;

	(void)state;
	set_scene(&c, 5, (double[]){0, 0, 0, 1, 0});
	c.s.hyper.min_allowed_weights = 3;
	expect_sent(&c, "0:0 1:0 3:65535");
	c.s.hyper.min_allowed_weights = 1024;
	expect_sent(&c, "0:0 1:0 2:0 3:65535 4:0");
}

static void
an_entry_whose_hotkey_is_elsewhere_is_dropped(void **state)
{
	struct scene c;

	(void)state;
	set_scene(&c, 3, (double[]){1, 1, 1});
	name_hotkey(c.entries[1].hotkey, 4); /* registered, at another uid */
	make(&c, &rules);
	assert_null(c.plan.refusal);
	assert_int_equal(c.plan.dropped, 1);
	plan_clear(&c.plan);
	expect_sent(&c, "0:65535 2:65535");
	c.entries[2].uid = 77; /* no such uid */
	expect_sent(&c, "0:65535");
	c.entries[0].uid = -1;
	expect_refusal(&c, &rules, "nobody_registered");
}

static void
vectors_that_are_refused(void **state)
{
	static const struct {
		double weights[3];
		const char *why;
	} cases[] = {
	    {{1, -1, 1}, "negative_weight"},
	    {{1, NAN, 1}, "weight_not_finite"},
	    {{1, INFINITY, 1}, "weight_not_finite"},
	    {{1, -INFINITY, 1}, "weight_not_finite"},
	    {{0, 0, 0}, "nobody_registered"},
	    {{0, -0.0, 0}, "nobody_registered"},
	    {{1.7e308, 1.7e308, 1}, "weight_not_finite"},
	};
	struct scene c;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		set_scene(&c, 3, cases[i].weights);
		expect_refusal(&c, &rules, cases[i].why);
	}
	set_scene(&c, 0, NULL);
	expect_refusal(&c, &rules, "empty");
}

static void
a_bad_weight_of_somebody_gone_is_still_bad(void **state)
{
	struct scene c;

	(void)state;
	set_scene(&c, 2, (double[]){1, NAN});
	c.entries[1].uid = 4;
	expect_refusal(&c, &rules, "weight_not_finite");
}

static void
a_share_may_be_too_large(void **state)
{
	struct plan_rules r = rules;
	struct scene c;

	(void)state;
	r.max_share = 0.5;
	set_scene(&c, 3, (double[]){51, 30, 19});
	expect_refusal(&c, &r, "share_too_large");
	set_scene(&c, 3, (double[]){50, 30, 20});
	make(&c, &r);
	assert_null(c.plan.refusal);
	plan_clear(&c.plan);
}

static void
entries_may_be_too_few(void **state)
{
	struct plan_rules r = rules;
	struct scene c;

	(void)state;
	r.min_entries = 3;
	set_scene(&c, 4, (double[]){1, 1, 0, 0});
	expect_refusal(&c, &r, "too_few_entries");
}

static void
a_vector_grows_old(void **state)
{
	struct scene c;

	(void)state;
	set_scene(&c, 1, (double[]){1});
	c.v.created_us = NOW - rules.max_age_us;
	expect_sent(&c, "0:65535");
	c.v.created_us--;
	expect_refusal(&c, &rules, "too_old");
}

static void
churn_is_what_moves(void **state)
{
	uint16_t uids[] = {0, 2, 3}, weights[] = {65535, 65535, 0};
	struct uid_weights proven = {uids, weights, 3};
	static const struct {
		double weights[4], max;
		bool good;
	} cases[] = {
	    {{1, 0, 1, 0}, 0.0, true},	 /* the same */
	    {{5, 0, 5, 0}, 0.0, true},	 /* the same shares */
	    {{1, 0, 0, 0}, 0.49, false}, /* half of it moves */
	    {{1, 0, 0, 0}, 0.5, true},
	    {{0, 1, 0, 1}, 0.99, false}, /* all of it */
	    {{0, 1, 0, 1}, 1.0, true},
	};
	struct plan_rules r = rules;
	struct scene c;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		set_scene(&c, 4, cases[i].weights);
		r.max_churn = cases[i].max;
		plan_make(&r, &c.s, &c.v, &proven, NOW, &c.plan);
		if (cases[i].good)
			assert_null(c.plan.refusal);
		else
			assert_string_equal(c.plan.refusal, "churn_too_large");
		plan_clear(&c.plan);
	}
}

static void
what_a_person_took_may_move_all(void **state)
{
	uint16_t uids[] = {3}, weights[] = {65535};
	struct uid_weights proven = {uids, weights, 1};
	struct plan_rules r = rules;
	struct scene c;

	(void)state;
	set_scene(&c, 2, (double[]){1, 1});
	r.max_churn = 0.1;
	c.v.is_accepted = true;
	plan_make(&r, &c.s, &c.v, &proven, NOW, &c.plan);
	assert_null(c.plan.refusal);
	plan_clear(&c.plan);
	r.max_share = 0.4; /* every other rule holds */
	plan_make(&r, &c.s, &c.v, &proven, NOW, &c.plan);
	assert_string_equal(c.plan.refusal, "share_too_large");
	plan_clear(&c.plan);
	c.v.source = VECTOR_OPERATOR;
	expect_refusal(&c, &r, "share_too_large");
}

static void
a_fallback_may_give_all_to_one(void **state)
{
	struct plan_rules r = rules;
	struct scene c;

	(void)state;
	set_scene(&c, 1, (double[]){1});
	r.max_share = 0.1;
	r.min_entries = 3;
	c.v.source = VECTOR_FALLBACK;
	make(&c, &r);
	assert_null(c.plan.refusal);
	plan_clear(&c.plan);
	c.entries[0].uid = 4; /* somebody else's */
	expect_refusal(&c, &r, "nobody_registered");
}

static void
churn_of_nothing(void **state)
{
	uint16_t uids[] = {0}, some[] = {7}, zero[] = {0};
	struct uid_weights a = {uids, some, 1}, b = {uids, zero, 1}, c = {0};

	(void)state;
	assert_true(plan_churn(&a, &a) == 0);
	assert_true(plan_churn(&a, &b) == 1);
	assert_true(plan_churn(&b, &c) == 0);
}

static void
sources_have_names(void **state)
{
	(void)state;
	for (int i = 0; i < N_VECTOR_SOURCES; i++)
		assert_int_equal(vector_source_of(vector_source_name(i)), i);
	assert_int_equal(vector_source_of("nobody"), -1);
}

static void
without_anything_proven_nothing_moves(void **state)
{
	struct uid_weights none = {0};
	struct plan_rules r = rules;
	struct scene c;

	(void)state;
	r.max_churn = 0;
	set_scene(&c, 1, (double[]){1});
	plan_make(&r, &c.s, &c.v, &none, NOW, &c.plan);
	assert_null(c.plan.refusal);
	plan_clear(&c.plan);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_largest_is_65535_and_zeros_are_left_out),
	    cmocka_unit_test(the_order_is_of_uids),
	    cmocka_unit_test(the_list_is_filled_up_with_zeros),
	    cmocka_unit_test(an_entry_whose_hotkey_is_elsewhere_is_dropped),
	    cmocka_unit_test(vectors_that_are_refused),
	    cmocka_unit_test(a_bad_weight_of_somebody_gone_is_still_bad),
	    cmocka_unit_test(a_share_may_be_too_large),
	    cmocka_unit_test(entries_may_be_too_few),
	    cmocka_unit_test(a_vector_grows_old),
	    cmocka_unit_test(churn_is_what_moves),
	    cmocka_unit_test(without_anything_proven_nothing_moves),
	    cmocka_unit_test(what_a_person_took_may_move_all),
	    cmocka_unit_test(a_fallback_may_give_all_to_one),
	    cmocka_unit_test(churn_of_nothing),
	    cmocka_unit_test(sources_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

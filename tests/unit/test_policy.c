/* Policies: the shipped one, and every way to write a wrong one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/config_parse.h"
#include "common/err.h"
#include "common/xalloc.h"
#include "scorer/policy.h"
#include "tests/lib/edit.h"

static char *
shipped(void)
{
	struct err err;
	char *text = config_read_file("deploy/policies/default.ini", &err);

	if (text == NULL)
		fail_msg("%s", err.text);
	return text;
}

static char *
edited(const char *was, const char *is)
{
	const char *const edits[] = {was, is, NULL};

	return edit_file("deploy/policies/default.ini", edits);
}

static void
the_shipped_policy_is_forty_forty_twenty(void **state)
{
	char *text = shipped();
	const struct policy_kind *kind;
	struct policy policy;
	struct err err;

	(void)state;
	if (policy_parse(text, &policy, &err) != 0)
		fail_msg("%s", err.text);
	assert_string_equal(policy.name, "default");
	assert_true(policy.any.shares.speed == 0.4);
	assert_true(policy.any.shares.accuracy == 0.4);
	assert_true(policy.any.shares.stake == 0.2);
	assert_true(policy.min_successes == 1);
	assert_true(policy.stake_cap == 500);
	assert_true(policy.curve.temperature == 0.075);
	assert_true(policy.curve.burn_rate == 0);
	assert_true(policy.burn_uid == CURVE_NO_TARGET);
	assert_int_equal(policy.fold, POLICY_MEAN);
	assert_int_equal(policy.population, POLICY_SCORED);
	assert_int_equal(policy.penalty.mode, PENALTY_NONE);
	assert_true(policy.sources[POLICY_AUDIT] == 0);
	kind = policy_kind_of(&policy, "image.generate");
	assert_true(kind->speed.max_ms == 60000);
	assert_true(kind->weight == 1);
	assert_true(kind->shares.accuracy == 0.4);
	assert_true(kind->shares.stake == 0.2);
	kind = policy_kind_of(&policy, "audio.speak");
	assert_true(kind == &policy.any && kind->speed.max_ms == 10000);
	assert_true(policy_is_by_letter(&policy, "zh"));
	assert_true(policy_is_by_letter(&policy, "zh-TW"));
	assert_true(policy_is_by_letter(&policy, "ja"));
	assert_false(policy_is_by_letter(&policy, "en"));
	assert_false(policy_is_by_letter(&policy, "zha"));
	assert_false(policy_is_by_letter(&policy, ""));
	free(text);
}

static void
read_policy(const char *name, struct policy *policy)
{
	char *path = xasprintf("deploy/policies/%s.ini", name);
	char *text = config_read_file(path, NULL);
	struct err err;

	assert_non_null(text);
	if (policy_parse(text, policy, &err) != 0)
		fail_msg("%s: %s", path, err.text);
	assert_string_equal(policy->name, name);
	free(text);
	free(path);
}

static void
the_subnets_policies_have_upstreams_numbers(void **state)
{
	struct policy p;

	(void)state;
	read_policy("sn11", &p);
	assert_true(policy_kind_of(&p, "image.edit")->weight == .8);
	assert_true(policy_kind_of(&p, "image.edit")->fail_ms == 15000);
	assert_true(policy_kind_of(&p, "image.generate")->weight == .2);
	assert_true(policy_kind_of(&p, "audio.speak")->weight == 0);
	assert_true(p.moving.alpha == 1 && p.moving.penalty == .2);
	assert_true(p.moving.half_life_s == 604800);
	assert_int_equal(p.curve.burn, CURVE_COMPAT);
	assert_true(p.burn_uid == 74 && p.curve.temperature == .075);
	assert_true(p.out_twins == 1 && p.population == POLICY_ALL);
	read_policy("sn11-timed", &p);
	assert_int_equal(p.penalty.mode, PENALTY_FLAT);
	assert_true(p.penalty.p == .03);
	assert_int_equal(p.fold, POLICY_MOVING_KINDS);
	assert_true(p.submission.from_block == 0);
	read_policy("sn11-models", &p);
	assert_int_equal(p.fold, POLICY_SUBMISSION);
	assert_true(p.submission.from_block == 5623610);
	assert_true(p.submission.max_age_s == 604800);
	assert_int_equal(p.penalty.mode, PENALTY_FLAT);
	assert_true(p.penalty.p == .03 && p.penalty.threshold > 1);
	assert_true(p.out_twins == 1 && p.population == POLICY_ALL);
	assert_true(p.curve.temperature == .075 && p.curve.burn_rate == .75);
	assert_true(p.burn_uid == 74);
	assert_int_equal(p.curve.burn, CURVE_COMPAT);
	read_policy("sn49", &p);
	assert_int_equal(p.any.speed.form, SPEED_EXPONENTIAL);
	assert_int_equal(p.stake_form, POLICY_STAKE_OF_MAX);
	assert_true(p.curve.top == 5 && p.basis == POLICY_BY_SCORE);
	read_policy("sn49-v2", &p);
	assert_true(policy_kind_of(&p, "audio.speak")->shares.quality == .3);
	assert_true(
	    policy_kind_of(&p, "audio.transcribe")->speed.best_ms == 2000);
	assert_int_equal(p.curve.shape, CURVE_LINEAR);
}

static void
engagement_has_a_section_of_its_own(void **state)
{
	static const char sn89[] = "deploy/policies/sn89.ini";
	static const struct {
		const char *was, *is, *says;
	} cases[] = {
	    {"window = 168", "", "engagement.window is missing"},
	    {"window = 168", "window = 4090",
		"delay and window are together at most 4096"},
	    {"delay = 72", "delay = 1.5", "wants whole numbers"},
	    {"collateral_bonus = 0.5", "collateral_bonus = 3",
		"engagement.collateral_bonus: 3 is not between 0 and 2"},
	    {"rate_least = 0.005", "rate_least = 0.5",
		"wants rate_least <= rate_most"},
	    {"jobs = 0\n", "jobs = 0.95\n", "jobs and paid are more than 1"},
	    {"collateral = either", "collateral = any", "is none of alpha"},
	    {"needs_ai = yes", "need_ai = yes",
		"did you mean engagement.needs_ai?"},
	};
	struct policy p;
	struct err err;

	(void)state;
	read_policy("sn89", &p);
	assert_int_equal(p.fold, POLICY_ENGAGEMENT);
	assert_true(p.engagement.ai_least == .3);
	assert_true(p.engagement.growth.bucket_blocks == 300);
	assert_int_equal(p.engagement.collateral, ENGAGEMENT_EITHER);
	assert_int_equal(p.engagement.needs_ai, 1);
	assert_true(p.curve.burn_rate == 0 && p.basis == POLICY_BY_SCORE);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *const edits[] = {cases[i].was, cases[i].is, NULL};
		char *text = edit_file(sn89, edits);

		assert_int_equal(policy_parse(text, &p, &err), -1);
		if (strstr(err.text, cases[i].says) == NULL)
			fail_msg("%s: %s", cases[i].is, err.text);
		free(text);
	}
	/* Others may do without it. */
	read_policy("sn11", &p);
	assert_true(p.engagement.growth.window == 0);
}

static const struct {
	const char *was, *is, *says;
} wrong[] = {
    {"temperature = 0.075", "temperatur = 0.075",
	"unknown key \"curve.temperatur\"; did you mean curve.temperature?"},
    {"[stake]", "[stak]",
	"unknown key \"stak.form\"; did you mean stake.form?"},
    {"name = default", "nam = default",
	"unknown key \"policy.nam\"; did you mean policy.name?"},
    {"by_letter = zh", "by_leter = zh",
	"unknown key \"language.by_leter\"; "
	"did you mean language.by_letter?"},
    {"temperature = 0.075", "", "curve.temperature is missing"},
    {"name = default", "", "policy.name is missing"},
    {"by_letter = zh ja th", "", "language.by_letter is missing"},
    {"temperature = 0.075", "temperature = warm",
	"curve.temperature: \"warm\" is not a number"},
    {"temperature = 0.075", "temperature = nan",
	"curve.temperature: \"nan\" is not a number"},
    {"temperature = 0.075", "temperature = 0",
	"curve.temperature: 0 is not between 0.0001 and 10000"},
    {"temperature = 0.075", "temperature = 1\ntemperature = 2",
	"curve.temperature is there twice"},
    {"speed = 0.4", "speed = 1.5", "score.speed: 1.5 is not between 0 and 1"},
    {"name = default", "name = a\nname = b", "policy.name is there twice"},
    {"name = default", "name =", "policy.name: 1 to 63 characters"},
    {"slow = 1.0", "slow = 5",
	"[speech] wants slowest < slow <= fast < fastest"},
    {"silent_db = -60", "silent_db = -45",
	"[speech] wants silent_db < quiet_db and least_voiced < voiced"},
    {"least_uneven = 0.02", "least_uneven = 0.05",
	"[speech] wants least_uneven < uneven"},
    {"rate = 0\n", "rate = 0.5\n", "burn.rate wants a burn.uid"},
    {"uid = -1", "uid = 1.5",
	"burn.uid, score.min_successes, curve.top and penalty.window are "
	"whole numbers"},
    {"[kind image.edit]", "[kind image.generate]",
	"kind image.generate has max_ms twice"},
    {"[kind image.edit]\nmax_ms", "[kind image.edit]\nmax",
	"unknown key \"max\" of kind image.edit: weight, max_ms, decay_ms, "
	"best_ms, fail_ms, speed, accuracy and quality are known"},
    {"[kind image.edit]\n", "[kind image.edit]\nweight = 2\n",
	"kind image.edit: weight: 2 is not between 0 and 1"},
    {"[kind image.edit]\n", "[kind image.edit]\nspeed = 0\naccuracy = 0\n",
	"kind image.edit: speed, accuracy and quality are all 0"},
    {"fold = mean", "fold = median",
	"score.fold: \"median\" is none of mean, moving, moving_kinds, "
	"submission, engagement"},
    {"from_block = 0", "from_block = 0.5",
	"submission.from_block is a whole number"},
    {"from_block = 0", "from_blok = 0",
	"unknown key \"submission.from_blok\"; "
	"did you mean submission.from_block?"},
    {"banned = yes", "banned = perhaps",
	"out.banned: \"perhaps\" is none of no, yes"},
    {"shape = softmax", "shap = softmax",
	"unknown key \"curve.shap\"; did you mean curve.shape?"},
    {"by_letter = zh", "by_letter = mandarin",
	"language.by_letter: at most 16, of 7 letters"},
    {"speed = 0.4\naccuracy = 0.4\n", "speed = 0\naccuracy = 0\n",
	"under [score] speed, accuracy and quality are all 0"},
};

static void
a_wrong_policy_says_what_is_wrong(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		char *text = edited(wrong[i].was, wrong[i].is);
		struct policy policy;
		struct err err = {""};

		assert_int_equal(policy_parse(text, &policy, &err), -1);
		assert_string_equal(err.text, wrong[i].says);
		free(text);
	}
}

static void
a_line_that_is_no_setting_is_named(void **state)
{
	struct policy policy;
	struct err err = {""};

	(void)state;
	assert_int_equal(
	    policy_parse("[policy]\nname = x\n= y\n[score\n", &policy, &err),
	    -1);
	assert_non_null(strstr(err.text, "unknown key"));
	assert_int_equal(
	    policy_parse("[policy]\nname = x\njust words\n", &policy, &err),
	    -1);
	assert_string_equal(err.text, "line 3 is not \"key = value\"");
	assert_int_equal(policy_parse("", &policy, &err), -1);
}

static void
there_is_room_for_so_many_kinds_and_no_more(void **state)
{
	char *text = shipped();
	struct buf more = {0};
	struct policy policy;
	struct err err;

	(void)state;
	buf_add_str(&more, text);
	for (int i = 0; i < POLICY_MAX_KINDS; i++)
		buf_printf(&more, "\n[kind test.%d]\nmax_ms = 1\n", i);
	assert_int_equal(policy_parse(buf_str(&more), &policy, &err), -1);
	assert_string_equal(err.text, "more than 32 kinds");
	buf_free(&more);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_shipped_policy_is_forty_forty_twenty),
	    cmocka_unit_test(the_subnets_policies_have_upstreams_numbers),
	    cmocka_unit_test(engagement_has_a_section_of_its_own),
	    cmocka_unit_test(a_wrong_policy_says_what_is_wrong),
	    cmocka_unit_test(a_line_that_is_no_setting_is_named),
	    cmocka_unit_test(there_is_room_for_so_many_kinds_and_no_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

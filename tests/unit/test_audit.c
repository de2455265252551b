/* Which attempts are done again, and what two results come to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "validator/audit.c"
#include "validator/judge.c"
#include "validator/metric.c"
#include "validator/reference.c"

#define JOB "0190a0a0-0000-7000-8000-000000000009"

/* -- who is trusted ------------------------------------------------------- */

static void
trusted_hotkeys_are_a_list(void **state)
{
	struct audit_rule rule = {.n_trusted = 7};
	struct err err = {""};
	char many[256], longest[80] = "";

	(void)state;
	assert_int_equal(audit_trust(&rule, "", &err), 0);
	assert_int_equal(rule.n_trusted, 0);
	assert_int_equal(audit_trust(&rule, " 5A, 5B\t5C ", &err), 0);
	assert_int_equal(rule.n_trusted, 3);
	assert_string_equal(rule.trusted[0], "5A");
	assert_string_equal(rule.trusted[2], "5C");
	for (int i = 0; i <= AUDIT_MAX_TRUSTED; i++)
		memcpy(many + 3 * (size_t)i, "5A ", 4);
	assert_int_equal(audit_trust(&rule, many, &err), -1);
	assert_string_equal(err.text, "more than 16 trusted hotkeys");
	memset(longest, '5', AUDIT_MAX_HOTKEY);
	assert_int_equal(audit_trust(&rule, longest, &err), -1);
}

/* -- before --------------------------------------------------------------- */

static struct judge_case
picture(void)
{
	return (struct judge_case){
	    .id = "0190a0a0-0000-7000-8000-000000000001",
	    .job_id = JOB,
	    .hotkey = "worker",
	    .state = "delivered",
	    .source = "client",
	    .protocol = "dippy",
	    .params = "{}",
	    .is_deterministic = true,
	};
}

static const struct audit_rule all = {
    .trusted = {"5A"}, .n_trusted = 1, .rate = 1, .budget = 9};

static void
what_can_be_done_again_is(void **state)
{
	struct judge_case c = picture();
	struct audit_plan plan;

	(void)state;
	assert_true(audit_plan(&c, &all, &plan));
	assert_string_equal(plan.trusted, "5A");
	assert_int_equal(plan.seed, job_seed(JOB));
	assert_int_equal(plan.budget, 9);

	c.params = "{\"seed\":7}";
	assert_true(audit_plan(&c, &all, &plan));
	assert_int_equal(plan.seed, -1);

	/* A native job's miner is sent no seed but its parameters'. */
	c.protocol = "native";
	assert_true(audit_plan(&c, &all, &plan));
	c.params = "{}";
	assert_false(audit_plan(&c, &all, &plan));
	c.params = "{\"seed\":\"7\"}";
	assert_false(audit_plan(&c, &all, &plan));
	c.params = NULL;
	assert_false(audit_plan(&c, &all, &plan));
}

static void
the_rest_is_not(void **state)
{
	struct audit_rule rule = all;
	struct judge_case c = picture();
	struct audit_plan plan;

	(void)state;
	c.is_deterministic = false;
	assert_false(audit_plan(&c, &rule, &plan));
	c = picture();
	c.state = "failed";
	assert_false(audit_plan(&c, &rule, &plan));
	c = picture();
	c.source = "audit";
	assert_false(audit_plan(&c, &rule, &plan));
	c = picture();
	c.hotkey = "5A";
	assert_false(audit_plan(&c, &rule, &plan));
	c = picture();
	rule.rate = 0;
	assert_false(audit_plan(&c, &rule, &plan));
	rule = all;
	rule.n_trusted = 0;
	assert_false(audit_plan(&c, &rule, &plan));
}

static void
a_share_is_drawn_and_the_trusted_take_turns(void **state)
{
	struct audit_rule rule = {
	    .trusted = {"5A", "5B"}, .n_trusted = 2, .rate = 0.2};
	struct judge_case c = picture();
	int n = 0, first = 0;

	(void)state;
	for (int i = 0; i < 10000; i++) {
		struct audit_plan plan;
		char id[40];

		snprintf(id, sizeof(id), "0190a0a0-0000-7000-8000-%012d", i);
		c.id = id;
		if (!audit_plan(&c, &rule, &plan))
			continue;
		n++;
		first += strcmp(plan.trusted, "5A") == 0;
	}
	assert_in_range(n, 2000 - 160, 2000 + 160);
	assert_in_range(first, n / 2 - 100, n / 2 + 100);
}

/* -- after ---------------------------------------------------------------- */

static const struct {
	struct audit_results r;
	enum audit_verdict verdict;
	const char *why;
} pairs[] = {
    {{false, "aa", "aa", NULL, NULL, false, false}, AUDIT_PASSED,
	"the same bytes"},
    {{false, "aa", "aa", "0000000000000000", "ffffffffffffffff", false, false},
	AUDIT_PASSED, "the same bytes"},
    {{false, "aa", "bb", NULL, NULL, false, false}, AUDIT_FAILED,
	"other bytes than the trusted"},
    {{false, "aa", "bb", "00000000000000ff", "0000000000000003", false, false},
	AUDIT_PASSED, "the pictures differ by 6 bits of 64"},
    {{false, "aa", "bb", "00000000000000ff", "0000000000000001", false, false},
	AUDIT_FAILED, "the pictures differ by 7 bits of 64"},
    {{false, "aa", "bb", "0000000000000000", "ffffffffffffffff", false, false},
	AUDIT_FAILED, "the pictures differ by 64 bits of 64"},
    {{false, "aa", "bb", NULL, "ffffffffffffffff", false, false}, AUDIT_VOID,
	"only one picture was measured"},
    {{false, "aa", "bb", "ffffffffffffffff", "ff", false, false}, AUDIT_VOID,
	"only one picture was measured"},
    {{false, "aa", "bb", "fffffffffffffffx", "xfffffffffffffff", false, false},
	AUDIT_FAILED, "other bytes than the trusted"},
    {{false, "aa", "bb", "00000000000000ff", "00000000000000ff", true, true},
	AUDIT_FAILED, "other bytes than the trusted"},
    {{false, "aa", "bb", "00000000000000ff", "00000000000000ff", true, false},
	AUDIT_FAILED, "one picture shows nothing"},
    {{false, "aa", "bb", "00000000000000ff", "00000000000000ff", false, true},
	AUDIT_FAILED, "one picture shows nothing"},
    {{false, "aa", "aa", "00000000000000ff", "00000000000000ff", true, true},
	AUDIT_PASSED, "the same bytes"},
    {{false, NULL, "bb", NULL, NULL, false, false}, AUDIT_FAILED,
	"it delivered and has no result"},
    {{false, "aa", NULL, NULL, NULL, false, false}, AUDIT_VOID,
	"the trusted miner has no result"},
    {{false, NULL, NULL, NULL, NULL, false, false}, AUDIT_VOID,
	"the trusted miner has no result"},
    {{true, NULL, "bb", NULL, NULL, false, false}, AUDIT_VOID,
	"the attempt is not kept any more"},
};

static void
two_results_come_to_a_verdict(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		char why[AUDIT_MAX_WHY];
		enum audit_verdict is = audit_compare(&pairs[i].r, 6, why);

		if (is != pairs[i].verdict || strcmp(why, pairs[i].why) != 0)
			fail_msg("%zu: %s, %s", i, audit_verdict_name(is), why);
	}
	assert_string_equal(audit_verdict_name(AUDIT_PASSED), "passed");
	assert_string_equal(audit_verdict_name(AUDIT_FAILED), "failed");
	assert_string_equal(audit_verdict_name(AUDIT_VOID), "void");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(trusted_hotkeys_are_a_list),
	    cmocka_unit_test(what_can_be_done_again_is),
	    cmocka_unit_test(the_rest_is_not),
	    cmocka_unit_test(a_share_is_drawn_and_the_trusted_take_turns),
	    cmocka_unit_test(two_results_come_to_a_verdict),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

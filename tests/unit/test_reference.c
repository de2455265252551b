/* Which reference an attempt waits for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "scorer/policy.h"
#include "validator/judge.c"
#include "validator/metric.c"
#include "validator/reference.c"

static const struct policy policy = {.name = "bare"};

struct wait {
	const char *what;
	struct judge_case c; /* NULL members are filled in */
	bool has_service;
	double rate;
	enum reference_plan plan;
};

static const struct wait waits[] = {
    {"one miner, no service", {.miners = 1}, false, 1, REFERENCE_JUDGE},
    {"two miners are no majority", {.miners = 2}, false, 1, REFERENCE_JUDGE},
    {"three miners", {.miners = 3}, false, 1, REFERENCE_MEET},
    {"a service that is asked about all", {.miners = 1}, true, 1,
	REFERENCE_ASK},
    {"about none", {.miners = 1}, true, 0, REFERENCE_JUDGE},
    {"the service goes before the miners", {.miners = 3}, true, 1,
	REFERENCE_ASK},
    {"about none, and three miners", {.miners = 3}, true, 0, REFERENCE_MEET},
    {"a known answer goes before all",
	{.miners = 3, .expect = "{\"text\":\"x\"}"}, true, 1, REFERENCE_JUDGE},
    {"what is known is no text", {.miners = 3, .expect = "{\"words\":3}"}, true,
	1, REFERENCE_ASK},
    {"a summary", {.miners = 3, .scoring = "summary"}, true, 1, REFERENCE_ASK},
    {"a translation", {.miners = 3, .scoring = "translation"}, false, 1,
	REFERENCE_MEET},
    {"an audit", {.miners = 3, .source = "audit"}, true, 1, REFERENCE_JUDGE},
    {"a sound", {.miners = 3, .scoring = "sound"}, true, 1, REFERENCE_JUDGE},
    {"nothing to compare", {.miners = 3, .scoring = "image"}, true, 1,
	REFERENCE_JUDGE},
    {"it was looked for", {.miners = 3, .found_by = "service"}, true, 1,
	REFERENCE_JUDGE},
    {"a miner's failure waits, too",
	{.miners = 1, .state = "failed", .side = "miner"}, true, 1,
	REFERENCE_ASK},
    {"ours does not", {.miners = 3, .state = "abandoned", .side = "us"}, true,
	1, REFERENCE_JUDGE},
};

/* Where there are trusted miners. */
static const struct wait trusting[] = {
    {"a trusted miner", {.miners = 1}, false, 1, REFERENCE_TRUST},
    {"about none, and a trusted miner", {.miners = 1}, false, 0,
	REFERENCE_JUDGE},
    {"a trusted miner goes before the others", {.miners = 3}, false, 1,
	REFERENCE_TRUST},
    {"about none, a trusted miner and three", {.miners = 3}, false, 0,
	REFERENCE_MEET},
    {"the service goes before a trusted miner", {.miners = 3}, true, 1,
	REFERENCE_ASK},
    {"a trusted miner and a known answer",
	{.miners = 1, .expect = "{\"text\":\"x\"}"}, false, 1, REFERENCE_JUDGE},
    {"what a trusted miner did is not done again",
	{.miners = 1, .source = "audit"}, false, 1, REFERENCE_JUDGE},
    {"a trusted miner, and nothing to compare",
	{.miners = 1, .scoring = "speech"}, false, 1, REFERENCE_JUDGE},
    {"a trusted miner was asked", {.miners = 3, .found_by = "audit"}, false, 1,
	REFERENCE_JUDGE},
};

static void
assert_planned(const struct wait *w, bool has_trusted)
{
	const struct reference_rule rule = {
	    w->has_service, w->rate, has_trusted};
	struct judge_case c = w->c;

	c.job_id = "0190a0a0-0000-7000-8000-000000000001";
	if (c.state == NULL)
		c.state = "delivered";
	if (c.scoring == NULL)
		c.scoring = "transcript";
	if (reference_plan(&c, &policy, &rule) != w->plan)
		fail_msg("%s", w->what);
}

static void
what_is_missing_is_waited_for(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(waits) / sizeof(waits[0]); i++)
		assert_planned(&waits[i], false);
	assert_string_equal(reference_plan_source(REFERENCE_ASK), "service");
	assert_string_equal(reference_plan_source(REFERENCE_TRUST), "audit");
	assert_string_equal(reference_plan_source(REFERENCE_MEET), "consensus");
	assert_null(reference_plan_source(REFERENCE_JUDGE));
}

static void
a_trusted_miner_goes_between_service_and_consensus(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(trusting) / sizeof(trusting[0]); i++)
		assert_planned(&trusting[i], true);
}

/* Of 10,000, within four standard deviations; and others for another purpose,
 * as often as chance has it. */
static void
the_drawn_share_is_the_rate(void **state)
{
	int n = 0, both = 0;

	(void)state;
	for (int i = 0; i < 10000; i++) {
		char id[40];
		bool is_drawn;

		snprintf(id, sizeof(id), "0190a0a0-0000-7000-8000-%012d", i);
		is_drawn = reference_is_drawn("reference", id, 0.2);
		assert_int_equal(
		    is_drawn, reference_is_drawn("reference", id, 0.2));
		n += is_drawn;
		both += is_drawn && reference_is_drawn("audit", id, 0.2);
	}
	assert_in_range(n, 2000 - 160, 2000 + 160);
	assert_in_range(both, 400 - 80, 400 + 80);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_is_missing_is_waited_for),
	    cmocka_unit_test(
		a_trusted_miner_goes_between_service_and_consensus),
	    cmocka_unit_test(the_drawn_share_is_the_rate),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

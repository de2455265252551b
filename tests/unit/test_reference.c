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

static void
what_is_missing_is_waited_for(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(waits) / sizeof(waits[0]); i++) {
		const struct reference_rule rule = {
		    waits[i].has_service, waits[i].rate};
		struct judge_case c = waits[i].c;

		c.job_id = "0190a0a0-0000-7000-8000-000000000001";
		if (c.state == NULL)
			c.state = "delivered";
		if (c.scoring == NULL)
			c.scoring = "transcript";
		if (reference_plan(&c, &policy, &rule) != waits[i].plan)
			fail_msg("%s", waits[i].what);
	}
	assert_string_equal(reference_plan_source(REFERENCE_ASK), "service");
	assert_string_equal(reference_plan_source(REFERENCE_MEET), "consensus");
	assert_null(reference_plan_source(REFERENCE_JUDGE));
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
	    cmocka_unit_test(the_drawn_share_is_the_rate),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * What a node may say no to, at its door or in the dry run: each is called by
 * its name in the ledger or the log, and once the node is well again the
 * weights are proven within a tempo; sent to the pool once.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "common/xalloc.h"
#include "tests/lib/db.h"
#include "tests/lib/proc.h"
#include "tests/lib/weights_case.h"
#include "tests/lib/weights_rig.h"

enum { TEMPO = 20 };

static int
set_up(void **state)
{
	const struct weights_rig_options o = {
	    .name = "weights-refusals", .ini = "era_period = 16\n"};

	*state = weights_rig_new(&o);
	if (*state != NULL)
		weights_case_heading();
	return *state == NULL ? -1 : 0;
}

static int
tear_down(void **state)
{
	return weights_rig_end(*state, false);
}

struct refusal {
	const char *name;
	const char *order;  /* of dev_refuse */
	int rows;	    /* of the ledger that end so */
	const char *reason; /* as the ledger or the log has it */
};

static const struct refusal refusals[] = {
    {"Custom 1, once", "{\"custom\": 1}", 1, "StakeAmountTooLow"},
    {"Custom 6, once", "{\"custom\": 6}", 1, "RateLimitExceeded"},
    {"Custom 15, once", "{\"custom\": 15}", 1, "InvalidRevealRound"},
    {"Custom 19, once", "{\"custom\": 19}", 1, "UidNotFound"},
    {"Custom 6 in the dry run, three times",
	"{\"custom\": 6, \"times\": 3, \"dry_run\": true}", 6,
	"RateLimitExceeded"},
    {"Custom 1, three times", "{\"custom\": 1, \"times\": 3}", 3,
	"StakeAmountTooLow"},
    {"an error nobody knows, twice",
	"{\"code\": 1010, \"data\": \"Custom error: 77\", \"times\": 2}", 2,
	"Custom77"},
    {"bad signature, once",
	"{\"code\": 1010, \"data\": \"Transaction has a bad signature\"}", 1,
	"BadProof"},
    {"outdated, once",
	"{\"code\": 1010, \"data\": \"Transaction is outdated\"}", 1, "Stale"},
    {"block limits, twice",
	"{\"code\": 1010, \"times\": 2, \"data\": "
	"\"Transaction would exhaust the block limits\"}",
	2, "ExhaustsResources"},
    {"safe mode: call not expected",
	"{\"code\": 1010, \"data\": \"Transaction call is not expected\"}", 1,
	"Call"},
    {"1011, unknown validity",
	"{\"code\": 1011, \"message\": \"Unknown Transaction Validity\"}", 1,
	"UnknownValidity"},
    {"1014, priority too low",
	"{\"code\": 1014, \"message\": \"Priority is too low: (0 vs 0)\"}", 1,
	"TooLowPriority"},
    {"1016, pool full, twice",
	"{\"code\": 1016, \"message\": \"Immediately Dropped\", "
	"\"times\": 2}",
	2, "ImmediatelyDropped"},
    {"1012, temporarily banned",
	"{\"code\": 1012, \"message\": \"Transaction is temporarily "
	"banned\"}",
	1, "era_over"},
    {"1013, already imported, though it is not",
	"{\"code\": 1013, \"message\": \"Transaction Already Imported\"}", 1,
	"era_over"},
};

/* The last that was ordered has come; all is well from then on. */
static void
wait_for_refusals(struct weights_case *c, const struct refusal *r)
{
	if (db_wait_int(c->w->db, r->rows, 0,
		"select count(*) from ledger where vector_id = '%s' and "
		"reason = '%s'",
		c->vector, r->reason) != 0)
		fail_msg("%s: nobody says %s so often", c->name, r->reason);
}

static void
every_refusal_is_lived_through(void **state)
{
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		const struct refusal *r = &refusals[i];
		char *order = xasprintf("[%s]", r->order);
		struct weights_case c;

		weights_case_begin(&c, *state, r->name);
		assert_int_equal(weights_rig_tell(c.w, "dev_refuse", order), 0);
		weights_case_vector(&c);
		wait_for_refusals(&c, r);
		weights_case_well(&c);
		weights_case_proven(&c, 1, TEMPO);
		free(order);
	}
}

/* The node takes it, says so, and then drops it by one of its last words. */
static void
what_the_pool_lets_go_of(void **state)
{
	static const char *const ways[] = {"usurped", "invalid"};

	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		char *name = xasprintf("taken, then %s", ways[i]);
		char *order = xasprintf("[1, \"%s\"]", ways[i]);
		struct weights_case c;

		weights_case_begin(&c, *state, name);
		assert_int_equal(
		    weights_rig_tell(c.w, "dev_dropNext", order), 0);
		weights_case_vector(&c);
		weights_case_wait_reason(&c, "era_over");
		weights_case_well(&c);
		weights_case_proven(&c, 2, TEMPO);
		free(name);
		free(order);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_refusal_is_lived_through),
	    cmocka_unit_test(what_the_pool_lets_go_of),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

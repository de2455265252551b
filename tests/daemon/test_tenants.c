/*
 * A tenant that floods the queue takes no other's turns: at a miner of one
 * slot their jobs come in turn, and by weight once an operator has said so.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/xalloc.h"
#include "tests/lib/db.h"
#include "tests/lib/paths.h"
#include "tests/lib/proc.h"
#include "tests/lib/slot.h"
#include "tests/lib/suite.h"

enum { MOST = 24 };

static int
set_up(void **state)
{
	return slot_set_up(state, "tenants", NULL);
}

/* That many jobs of a tenant, who all wait. */
static void
submit(struct slot *slot, const char *tenant, int n)
{
	char id[40];

	for (int i = 0; i < n; i++) {
		assert_int_equal(slot_submit(slot, id), 0);
		assert_int_equal(db_exec(slot->s->db,
				     "update job set tenant = '%s' where id = "
				     "'%s' and state = 'queued'",
				     tenant, id),
		    0);
	}
	assert_int_equal(
	    db_wait_int(slot->s->db, n, 0,
		"select count(*) from job where state = 'queued' and "
		"lease_owner is null and tenant = '%s'",
		tenant),
	    0);
}

/* The first letters of whose jobs come to the miner, n of them. */
static void
assert_order(struct slot *slot, const char *wanted)
{
	char got[MOST + 1] = "", id[40];

	for (size_t i = 0; wanted[i] != '\0'; i++) {
		char *tenant;

		assert_int_equal(slot_finish(slot), 0);
		assert_int_equal(slot_next(slot, id), 0);
		tenant = db_text(
		    slot->s->db, "select tenant from job where id = '%s'", id);
		got[i] = tenant[0];
		free(tenant);
	}
	assert_string_equal(got, wanted);
}

static void
they_take_turns(void **state)
{
	struct slot *slot = *state;

	submit(slot, "flood", 12);
	submit(slot, "small", 4);
	assert_order(slot, "fsfsfsfsffffffff");
}

/* subnetctl tenants ...: how it ends, and what it prints. */
static struct proc_output
ctl(struct slot *slot, const char *word, const char *name, const char *weight)
{
	char *program = paths_program("bin/subnetctl");
	const char *argv[] = {
	    program, "-c", slot->s->ini, "tenants", word, name, weight, NULL};
	const struct proc_options o = {.name = "subnetctl", .argv = argv};
	struct proc_output got;

	proc_run(&o, 0, &got);
	free(program);
	return got;
}

static void
assert_ctl(struct slot *slot, int status, const char *word, const char *name,
    const char *weight, const char *says)
{
	struct proc_output got = ctl(slot, word, name, weight);

	if (got.status != status ||
	    (says != NULL && strstr(got.out, says) == NULL))
		fail_msg("%s: %d: %s%s", word, got.status, got.out, got.err);
	proc_output_clear(&got);
}

static void
an_operator_says_what_one_weighs(void **state)
{
	struct slot *slot = *state;

	assert_ctl(slot, 0, "weight", "small", "3", "small");
	submit(slot, "flood", 6);
	submit(slot, "small", 6);
	assert_ctl(slot, 0, "list", NULL, NULL, "small");
	assert_order(slot, "fsssfsssffff");
}

static void
what_makes_no_sense_is_refused(void **state)
{
	static const char *const weights[] = {
	    "0", "-1", "1001", "3.5", "x", "", "99999999999999999999"};

	for (size_t i = 0; i < sizeof(weights) / sizeof(weights[0]); i++)
		assert_ctl(*state, 64, "weight", "small", weights[i], NULL);
	assert_ctl(*state, 64, "weight", "small", NULL, NULL);
	assert_int_equal(db_int(((struct slot *)*state)->s->db,
			     "select weight from tenant where name = 'small'"),
	    3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(they_take_turns),
	    cmocka_unit_test(an_operator_says_what_one_weighs),
	    cmocka_unit_test(what_makes_no_sense_is_refused),
	};

	return cmocka_run_group_tests(tests, set_up, slot_tear_down);
}

/*
 * Weights that are committed first: timelocked, which the chain opens by
 * itself when the beacon's round is out, and by a hash that a second
 * transaction opens. Proven is what the chain's storage shows after that.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/xalloc.h"
#include "tests/lib/db.h"
#include "tests/lib/paths.h"
#include "tests/lib/proc.h"
#include "tests/lib/weights_case.h"
#include "tests/lib/weights_rig.h"

enum { TEMPO = 40 };

static const char hyper[] =
    "\"tempo\":40,\"weights_rate_limit\":5,\"min_allowed_weights\":1,"
    "\"commit_reveal\":true,\"mechanisms\":2";

static int
start(void **state, const char *ini)
{
	const struct weights_rig_options o = {
	    .name = "weights-reveal", .hyper = hyper, .ini = ini};

	*state = weights_rig_new(&o);
	if (*state != NULL)
		weights_case_heading();
	return *state == NULL ? -1 : 0;
}

static int
set_up(void **state)
{
	return start(state, "subnets = 1:0, 1:1\nagain_after = 0\n");
}

static int
set_up_plain(void **state)
{
	return start(state, "commit_reveal = plain\n");
}

static int
tear_down(void **state)
{
	return weights_rig_end(*state, false);
}

/* It is committed; its row names the round it opens with. */
static void
wait_committed(struct weights_case *c, const char *action)
{
	assert_int_equal(weights_rig_wait(c->w, c->vector, "committed", 0), 0);
	assert_int_equal(db_int(c->w->db,
			     "select count(*) from ledger where vector_id = "
			     "'%s' and state = 'committed' and action = '%s' "
			     "and commit_hash is not null",
			     c->vector, action),
	    1);
}

/* subnetctl weights prove asks the chain again, and it holds. */
static void
prove_again(struct weights_case *c)
{
	char *program = paths_program("bin/subnetctl");
	char *mecid = xasprintf("%u", c->mecid);
	const char *argv[] = {program, "-c", c->w->ini, "weights", "prove",
	    "--weightsetter.mecid", mecid, NULL};
	const struct proc_options o = {.name = "subnetctl", .argv = argv};
	struct proc_output got;

	proc_run(&o, 0, &got);
	if (got.status != 0)
		fail_msg(
		    "weights prove: %d: %s%s", got.status, got.out, got.err);
	proc_output_clear(&got);
	free(program);
	free(mecid);
}

static void
timelocked_weights_open_by_themselves(void **state)
{
	struct weights_case c;

	weights_case_begin(&c, *state, "timelocked, opened by the chain");
	weights_case_vector(&c);
	wait_committed(&c, "timelock");
	weights_case_proven(&c, 1, 3 * TEMPO);
	prove_again(&c);
}

static void
another_mechanism_has_its_own(void **state)
{
	struct weights_case c;

	weights_case_begin(&c, *state, "timelocked, mechanism 1");
	c.mecid = 1;
	weights_case_vector(&c);
	wait_committed(&c, "timelock");
	weights_case_proven(&c, 1, 3 * TEMPO);
	prove_again(&c);
}

/* Killed while the commit waits: the next one takes the expectation up. */
static void
killed_while_it_waits(void **state)
{
	struct weights_case c;

	weights_case_begin(&c, *state, "timelocked, killed while it waits");
	weights_case_vector(&c);
	wait_committed(&c, "timelock");
	weights_rig_kill(c.w);
	assert_int_equal(weights_rig_start(c.w), 0);
	weights_case_proven(&c, 1, 3 * TEMPO);
}

static void
the_flag_goes_off_before_it_is_sent(void **state)
{
	struct weights_case c;

	weights_case_begin(&c, *state, "commit-reveal goes off in mid-flight");
	assert_int_equal(weights_rig_tell(c.w, "dev_set",
			     "[{\"netuid\":1,\"commit_reveal\":false}]"),
	    0);
	weights_case_vector(&c);
	weights_case_proven(&c, 2, 3 * TEMPO); /* the commit is refused */
	assert_int_equal(
	    db_int(c.w->db,
		"select count(*) from ledger where vector_id = '%s' and "
		"state = 'proven' and action = 'set'",
		c.vector),
	    1);
	assert_int_equal(weights_rig_tell(c.w, "dev_set",
			     "[{\"netuid\":1,\"commit_reveal\":true}]"),
	    0);
}

/* What was sent as weights is refused in its block, and committed then. */
static void
the_flag_goes_on_once_it_was_sent(void **state)
{
	struct weights_case c;
	struct weights_rig *w = *state;

	assert_int_equal(weights_rig_tell(w, "dev_set",
			     "[{\"netuid\":1,\"commit_reveal\":false}]"),
	    0);
	weights_case_begin(&c, w, "commit-reveal goes on in mid-flight");
	assert_int_equal(weights_rig_tell(w, "dev_stop", "[]"), 0);
	weights_case_vector(&c);
	assert_int_equal(weights_rig_wait(w, c.vector, "submitted", 0), 0);
	assert_int_equal(weights_rig_tell(w, "dev_set",
			     "[{\"netuid\":1,\"commit_reveal\":true}]"),
	    0);
	assert_int_equal(weights_rig_tell(w, "dev_resume", "[]"), 0);
	weights_case_wait_reason(&c, "SubtensorModule.CommitRevealEnabled");
	weights_case_proven(&c, 2, 3 * TEMPO);
}

static void
refuse(struct weights_case *c, const char *order)
{
	assert_int_equal(weights_rig_tell(c->w, "dev_refuse", order), 0);
}

/* The round was for another epoch than the node now thinks of. */
static void
custom_15_at_the_commit(void **state)
{
	struct weights_case c;

	weights_case_begin(&c, *state, "Custom 15 at the commit, once");
	refuse(&c, "[{\"custom\": 15}]");
	weights_case_vector(&c);
	weights_case_wait_reason(&c, "InvalidRevealRound");
	weights_case_proven(&c, 1, 3 * TEMPO);
}

/* The runtime moves the call, and the commit is still in the pool. */
static void
an_upgrade_moves_the_commits_call(void **state)
{
	struct weights_case c;

	weights_case_begin(&c, *state, "upgrade moves the commit's call");
	assert_int_equal(weights_rig_tell(c.w, "dev_stop", "[]"), 0);
	weights_case_vector(&c);
	assert_int_equal(weights_rig_wait(c.w, c.vector, "submitted", 0), 0);
	assert_int_equal(weights_rig_tell(c.w, "dev_upgrade",
			     "[{\"move\": {\"SubtensorModule."
			     "commit_timelocked_mechanism_weights\": 151}}]"),
	    0);
	assert_int_equal(weights_rig_tell(c.w, "dev_fork",
			     "[1, {\"build\": 2, \"empty\": true}]"),
	    0);
	assert_int_equal(weights_rig_tell(c.w, "dev_resume", "[]"), 0);
	weights_case_proven(&c, 2, 4 * TEMPO);
}

/* The node does not know the commit: it is asked again, since the chain's
 * storage has it. */
static void
custom_16_at_the_reveal(void **state)
{
	struct weights_case c;

	weights_case_begin(&c, *state, "Custom 16 at the reveal, once");
	weights_case_vector(&c);
	wait_committed(&c, "commit");
	refuse(&c, "[{\"custom\": 16}]");
	weights_case_wait_reason(&c, "CommitNotFound");
	weights_case_proven(&c, 2, 4 * TEMPO);
}

static void
a_hash_is_opened_by_a_second_transaction(void **state)
{
	struct weights_case c;

	weights_case_begin(&c, *state, "by a hash, opened by ourselves");
	weights_case_vector(&c);
	wait_committed(&c, "commit");
	weights_case_proven(&c, 2, 3 * TEMPO);
	prove_again(&c);
}

static void
killed_before_it_opens_its_hash(void **state)
{
	struct weights_case c;

	weights_case_begin(&c, *state, "by a hash, killed while it waits");
	weights_case_vector(&c);
	wait_committed(&c, "commit");
	weights_rig_kill(c.w);
	assert_int_equal(weights_rig_start(c.w), 0);
	weights_case_proven(&c, 2, 3 * TEMPO);
}

int
main(void)
{
	const struct CMUnitTest timelocked[] = {
	    cmocka_unit_test(timelocked_weights_open_by_themselves),
	    cmocka_unit_test(another_mechanism_has_its_own),
	    cmocka_unit_test(killed_while_it_waits),
	    cmocka_unit_test(the_flag_goes_off_before_it_is_sent),
	    cmocka_unit_test(the_flag_goes_on_once_it_was_sent),
	    cmocka_unit_test(custom_15_at_the_commit),
	    cmocka_unit_test(an_upgrade_moves_the_commits_call),
	};
	const struct CMUnitTest plain[] = {
	    cmocka_unit_test(a_hash_is_opened_by_a_second_transaction),
	    cmocka_unit_test(killed_before_it_opens_its_hash),
	    cmocka_unit_test(custom_16_at_the_reveal),
	};

	return cmocka_run_group_tests(timelocked, set_up, tear_down) +
	       cmocka_run_group_tests(plain, set_up_plain, tear_down);
}

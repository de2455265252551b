/*
 * weightsetterd is killed at every state of the ledger, with the chain held
 * so that it stays there; then the chain goes on, another weightsetterd takes
 * over, and the weights are proven within a tempo, having been sent once.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/lib/db.h"
#include "tests/lib/proc.h"
#include "tests/lib/weights_rig.h"

enum { TEMPO = 20 };

static int
set_up(void **state)
{
	const struct weights_rig_options o = {.name = "weights-restart"};

	*state = weights_rig_new(&o);
	if (*state != NULL)
		print_message("%-28s %11s %15s\n", "killed when", "submissions",
		    "blocks to proof");
	return *state == NULL ? -1 : 0;
}

static int
tear_down(void **state)
{
	return weights_rig_end(*state, false);
}

/* How the chain is held, and the state the row then stays in. */
struct hold {
	const char *state;
	const char *method, *params;	/* held by */
	const char *release, *released; /* let go by */
};

static void
kill_at(struct weights_rig *w, const struct hold *h)
{
	size_t before = weights_rig_accepted(w);
	int64_t block, proven;
	char id[40];

	/* The rate limit of what was set before is over. */
	assert_int_equal(weights_rig_wait_block(w, weights_rig_best(w) + 6), 0);
	assert_int_equal(weights_rig_tell(w, h->method, h->params), 0);
	assert_int_equal(
	    weights_rig_vector(w, WEIGHTS_RIG_NETUID, 0, NULL, id), 0);
	assert_int_equal(weights_rig_wait(w, id, h->state, 0), 0);
	weights_rig_kill(w);
	assert_int_equal(weights_rig_tell(w, h->release, h->released), 0);
	block = weights_rig_finalized(w);
	assert_int_equal(weights_rig_start(w), 0);
	assert_int_equal(weights_rig_wait(w, id, "proven", 0), 0);
	proven = db_int(w->db,
	    "select proven_block from ledger where vector_id = '%s' and "
	    "state = 'proven'",
	    id);
	print_message("%-28s %11zu %15lld\n", h->state,
	    weights_rig_accepted(w) - before, (long long)(proven - block));
	assert_int_equal(weights_rig_accepted(w) - before, 1);
	assert_in_range(proven - block + 1, 0, TEMPO + 1);
	assert_int_equal(weights_rig_audit(w), 0);
}

static void
when_submitted(void **state)
{
	const struct hold h = {
	    "submitted", "dev_stop", "[]", "dev_resume", "[]"};

	kill_at(*state, &h);
}

static void
when_included(void **state)
{
	const struct hold h = {
	    "included", "dev_finality", "[]", "dev_finality", "[2]"};

	kill_at(*state, &h);
}

/* It is in the pool, and the node's word of that never comes. */
static void
when_intended(void **state)
{
	const struct hold h = {"intended", "dev_delay",
	    "[600000, \"author_submitAndWatchExtrinsic\"]", "dev_delay", "[0]"};

	kill_at(*state, &h);
}

static void
when_finalized(void **state)
{
	const struct hold h = {"finalized", "dev_delay",
	    "[600000, \"chain_getBlock\"]", "dev_delay", "[0]"};

	kill_at(*state, &h);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(when_intended),
	    cmocka_unit_test(when_submitted),
	    cmocka_unit_test(when_included),
	    cmocka_unit_test(when_finalized),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

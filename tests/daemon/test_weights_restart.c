/*
 * weightsetterd is killed at every state of the ledger, with the chain held
 * so that it stays there; then the chain goes on, another weightsetterd takes
 * over, and the weights are proven within a tempo of when they can be, having
 * been sent once: weights that are set, timelocked commits, and the second
 * transaction that opens a hash.
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

enum { TEMPO = 20, COMMIT_TEMPO = 40 };

static const char committing[] =
    "\"tempo\":40,\"weights_rate_limit\":5,\"min_allowed_weights\":1,"
    "\"commit_reveal\":true";

static int
start(void **state, const char *hyper, const char *ini)
{
	const struct weights_rig_options o = {
	    .name = "weights-restart", .hyper = hyper, .ini = ini};

	*state = weights_rig_new(&o);
	if (*state != NULL)
		weights_case_heading();
	return *state == NULL ? -1 : 0;
}

static int
set_up(void **state)
{
	return start(state, NULL, NULL);
}

static int
set_up_timelock(void **state)
{
	return start(state, committing, NULL);
}

static int
set_up_plain(void **state)
{
	return start(state, committing, "commit_reveal = plain\n");
}

static int
tear_down(void **state)
{
	return weights_rig_end(*state, false);
}

/* How the chain is held, and the state a row then stays in. */
struct hold {
	const char *state;
	const char *method, *params;	/* held by */
	const char *release, *released; /* let go by */
	bool is_cut;			/* and the connection is lost then */
};

static const struct hold holds[] = {
    {"submitted", "dev_holdPool", "[true]", "dev_holdPool", "[false]", false},
    {"included", "dev_finality", "[]", "dev_finality", "[2]", false},
    /* It is in the pool, and the node's word of that never comes. */
    {"intended", "dev_delay", "[600000, \"author_submitAndWatchExtrinsic\"]",
	"dev_delay", "[0]", false},
    {"finalized", "dev_delay", "[600000, \"chain_getBlock\"]", "dev_delay",
	"[0]", false},
    {"unknown", "dev_holdPool", "[true]", "dev_holdPool", "[false]", true},
};

enum { N_HOLDS = sizeof(holds) / sizeof(holds[0]) };

static void
tell(struct weights_rig *w, const char *method, const char *params)
{
	assert_int_equal(weights_rig_tell(w, method, params), 0);
}

/* A row of the vector's, of that action, is in that state. */
static void
wait_for(struct weights_case *c, const char *action, const char *state)
{
	if (db_wait_int(c->w->db, 1, 0,
		"select count(*) from (select from ledger where vector_id = "
		"'%s' and action = '%s' and state = '%s' limit 1) as one",
		c->vector, action, state) == 0)
		return;
	weights_rig_show(c->w);
	fail_msg("%s: no %s is %s", c->name, action, state);
}

static void
kill_at(struct weights_case *c, const char *action, const struct hold *h)
{
	wait_for(c, action, h->is_cut ? "submitted" : h->state);
	if (h->is_cut)
		tell(c->w, "dev_disconnect", "[]");
	wait_for(c, action, h->state);
	weights_rig_kill(c->w);
	tell(c->w, h->release, h->released);
	weights_case_well(c);
	assert_int_equal(weights_rig_start(c->w), 0);
}

/* The first transaction: one that sets, or a timelocked commit. */
static void
kill_at_each_state(struct weights_rig *w, const char *action, int64_t blocks)
{
	for (size_t i = 0; i < N_HOLDS; i++) {
		char *name =
		    xasprintf("%s killed when %s", action, holds[i].state);
		struct weights_case c;

		weights_case_begin(&c, w, name);
		tell(w, holds[i].method, holds[i].params);
		weights_case_vector(&c);
		kill_at(&c, action, &holds[i]);
		weights_case_proven(&c, 1, blocks);
		free(name);
	}
}

static void
setting(void **state)
{
	kill_at_each_state(*state, "set", TEMPO);
}

static void
a_timelocked_commit(void **state)
{
	kill_at_each_state(*state, "timelock", 3 * COMMIT_TEMPO);
}

/* The second transaction: the chain is held once the commit is there. */
static void
opening_a_hash(void **state)
{
	struct weights_rig *w = *state;

	for (size_t i = 0; i < N_HOLDS; i++) {
		const struct hold *h = &holds[i];
		char *name = xasprintf("reveal killed when %s", h->state);
		struct weights_case c;

		weights_case_begin(&c, w, name);
		weights_case_vector(&c);
		wait_for(&c, "commit", "committed");
		tell(w, h->method, h->params);
		kill_at(&c, "reveal", h);
		weights_case_proven(&c, 2, 3 * COMMIT_TEMPO);
		free(name);
	}
}

int
main(void)
{
	const struct CMUnitTest set[] = {cmocka_unit_test(setting)};
	const struct CMUnitTest timelocked[] = {
	    cmocka_unit_test(a_timelocked_commit)};
	const struct CMUnitTest plain[] = {cmocka_unit_test(opening_a_hash)};

	return cmocka_run_group_tests(set, set_up, tear_down) +
	       cmocka_run_group_tests(timelocked, set_up_timelock, tear_down) +
	       cmocka_run_group_tests(plain, set_up_plain, tear_down);
}

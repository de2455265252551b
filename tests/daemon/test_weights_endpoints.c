/*
 * Three endpoints of one chain, and one of them misbehaves: the one in use,
 * or one that is asked beside it. Weights are proven within a tempo all the
 * same, sent once, and never by a head that the others do not have.
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
#include "tests/lib/proc.h"
#include "tests/lib/weights_case.h"
#include "tests/lib/weights_rig.h"

enum { TEMPO = 20, N = 3, SLOTS_TO_LEAVE = 5 };

static int
set_up(void **state)
{
	const struct weights_rig_options o = {
	    .name = "weights-endpoints", .endpoints = N, .block_ms = 200};

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

/* A weightsetterd that has met nobody yet, and knows its endpoints. */
static void
start_anew(struct weights_rig *w)
{
	if (w->setter != NULL)
		weights_rig_kill(w);
	for (size_t i = 0; i < N; i++)
		assert_int_equal(weights_rig_endpoint(w, i, "{}"), 0);
	assert_int_equal(weights_rig_start(w), 0);
	assert_int_equal(weights_rig_synced(w), 0);
}

/* Which is in use, by the last that was chosen. */
static size_t
in_use(struct weights_rig *w)
{
	const char *line;
	int i = -1;

	proc_rewind(w->setter);
	while (
	    (line = proc_find_event(w->setter, "chain.chosen", NULL)) != NULL)
		i = weights_rig_endpoint_of(w, line);
	assert_true(i >= 0);
	return (size_t)i;
}

/* All three connected, so that what they agreed on is known. */
static void
wait_for_all(struct weights_rig *w)
{
	proc_rewind(w->setter);
	for (size_t i = 0; i < N; i++)
		assert_non_null(
		    proc_wait_event(w->setter, "chain.up", NULL, 0));
	assert_int_equal(weights_rig_wait_block(w, weights_rig_best(w) + 2), 0);
}

/* -- one of three --------------------------------------------------------- */

struct fault {
	const char *name, *faults;
	const char *event; /* of the endpoint in use, when it is noticed */
};

static const struct fault faults[] = {
    {"dead", "{\"dead\": true}", "chain.left"},
    {"mute, TCP up", "{\"mute\": true}", "chain.left"},
    {"frozen", "{\"frozen\": true}", "chain.left"},
    {"deaf subscriptions", "{\"deaf_subscriptions\": true}", "chain.left"},
    {"tells of invented heads", "{\"ahead\": 1000}", "chain.left"},
    {"names hashes without headers", "{\"other_hash\": \"bare\"}",
	"chain.liar"},
    {"has a branch of its own", "{\"other_hash\": \"whole\"}", "chain.liar"},
    {"answers 429", "{\"http_status\": 429, \"retry_after\": 1}", "chain.left"},
    {"answers 503", "{\"http_status\": 503}", "chain.left"},
    {"3 requests a second", "{\"limit\": 3}", NULL},
    {"half a second late", "{\"delay_ms\": 500}", NULL},
    {"no WebSocket any more", "{\"http_only\": true}", NULL},
};

static void
play(struct weights_rig *w, const struct fault *f, bool is_in_use)
{
	char *name =
	    xasprintf("%s: %s", is_in_use ? "in use" : "another", f->name);
	struct weights_case c;
	size_t at;

	start_anew(w);
	wait_for_all(w);
	at = in_use(w);
	weights_case_begin(&c, w, name);
	proc_skip_to_now(w->setter);
	assert_int_equal(
	    weights_rig_endpoint(w, is_in_use ? at : (at + 1) % N, f->faults),
	    0);
	weights_case_vector(&c);
	weights_case_proven(&c, 1, TEMPO);
	if (is_in_use && f->event != NULL)
		assert_non_null(proc_wait_event(w->setter, f->event, NULL, 0));
	free(name);
}

static void
one_of_three_misbehaves(void **state)
{
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		play(*state, &faults[i], true);
		play(*state, &faults[i], false);
	}
}

/* -- two of three --------------------------------------------------------- */

/* What the endpoints agreed on before tells who of two is right. */
static void
one_dead_and_one_lying(void **state)
{
	static const char *const lies[] = {"{\"ahead\": 1000}",
	    "{\"other_hash\": \"bare\"}", "{\"frozen\": true}"};
	struct weights_rig *w = *state;

	for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		char *name = xasprintf("one dead, one lying: %s", lies[i]);
		struct weights_case c;
		size_t at;

		start_anew(w);
		wait_for_all(w);
		at = in_use(w);
		weights_case_begin(&c, w, name);
		weights_rig_endpoint(w, (at + 1) % N, "{\"dead\": true}");
		weights_rig_endpoint(w, at, lies[i]);
		weights_case_vector(&c);
		weights_case_proven(&c, 1, TEMPO);
		free(name);
	}
}

/* Of two that hang together, each, nobody can tell: nothing is sent. */
static void
one_branch_against_another_sends_nothing(void **state)
{
	struct weights_rig *w = *state;
	size_t before;
	char id[40];

	weights_rig_kill(w);
	weights_rig_endpoint(w, 0, "{\"dead\": true}");
	weights_rig_endpoint(w, 1, "{\"other_hash\": \"whole\"}");
	weights_rig_endpoint(w, 2, "{}");
	assert_int_equal(weights_rig_wait_block(w, weights_rig_best(w) + 3), 0);
	assert_int_equal(weights_rig_start(w), 0);
	assert_int_equal(weights_rig_synced(w), 0);
	proc_rewind(w->setter);
	for (int i = 0; i < 2; i++)
		assert_non_null(
		    proc_wait_event(w->setter, "chain.up", NULL, 0));
	before = weights_rig_accepted(w);
	assert_int_equal(
	    weights_rig_vector(w, WEIGHTS_RIG_NETUID, 0, NULL, id), 0);
	assert_non_null(proc_wait_event(w->setter, "chain.disagreed", NULL, 0));
	assert_non_null(proc_wait_event(
	    w->setter, "weights.not_sent", "reason=endpoints_disagree", 0));
	assert_int_equal(weights_rig_accepted(w), before);
}

/* -- all of them ---------------------------------------------------------- */

/* Nobody has WebSocket: heads are asked for, and the extrinsic is looked for
 * in the blocks. */
static void
by_post_alone(void **state)
{
	struct weights_rig *w = *state;
	struct weights_case c;

	weights_rig_kill(w);
	for (size_t i = 0; i < N; i++)
		weights_rig_endpoint(w, i, "{\"http_only\": true}");
	assert_int_equal(weights_rig_start(w), 0);
	assert_int_equal(weights_rig_synced(w), 0);
	weights_case_begin(&c, w, "no endpoint has WebSocket");
	weights_case_vector(&c);
	weights_case_proven(&c, 1, 3 * TEMPO);
}

static void
all_answer_429_for_a_while(void **state)
{
	struct weights_rig *w = *state;
	struct weights_case c;

	start_anew(w);
	weights_case_begin(&c, w, "all answer 429, until they do not");
	proc_skip_to_now(w->setter);
	for (size_t i = 0; i < N; i++)
		weights_rig_endpoint(
		    w, i, "{\"http_status\": 429, \"retry_after\": 1}");
	weights_case_vector(&c);
	for (size_t i = 0; i < N; i++)
		assert_non_null(
		    proc_wait_event(w->setter, "chain.down", NULL, 0));
	for (size_t i = 0; i < N; i++)
		weights_rig_endpoint(w, i, "{}");
	weights_case_well(&c);
	weights_case_proven(&c, 1, 3 * TEMPO);
}

/* -- how soon ------------------------------------------------------------- */

/* By the blocks that the others went on: a stalled machine stalls them, too. */
static void
a_stalled_endpoint_is_left_in_time(void **state)
{
	struct weights_rig *w = *state;
	int64_t from, left;

	for (int i = 0; i < 3; i++) {
		start_anew(w);
		wait_for_all(w);
		proc_skip_to_now(w->setter);
		from = weights_rig_best(w);
		weights_rig_endpoint(w, in_use(w), "{\"mute\": true}");
		proc_skip_to_now(w->setter);
		assert_non_null(
		    proc_wait_event(w->setter, "chain.chosen", NULL, 0));
		left = weights_rig_best(w) - from;
		print_message("stalled: noticed and left after %lld blocks, "
			      "of at most %d\n",
		    (long long)left, SLOTS_TO_LEAVE);
		assert_true(left <= SLOTS_TO_LEAVE);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(one_of_three_misbehaves),
	    cmocka_unit_test(one_dead_and_one_lying),
	    cmocka_unit_test(one_branch_against_another_sends_nothing),
	    cmocka_unit_test(by_post_alone),
	    cmocka_unit_test(all_answer_429_for_a_while),
	    cmocka_unit_test(a_stalled_endpoint_is_left_in_time),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

/*
 * New weights every tempo on a fast chain with one of three endpoints dead
 * and one lying, each tempo in another way: each is proven, and none is sent
 * twice.
 *
 * TEMPOS says how many, and that of a hundred 99 are to be proven in the tempo
 * they are for. Unless it is set they are few, and the machine may be slow.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/lib/db.h"
#include "tests/lib/proc.h"
#include "tests/lib/weights_rig.h"

enum { TEMPO = 12, FEW = 20, PER_CENT = 99, DEAD = 0, LIAR = 1, N = 3 };

static const char hyper[] =
    "\"tempo\":12,\"weights_rate_limit\":5,\"min_allowed_weights\":1,"
    "\"commit_reveal\":false";

static const char *const lies[] = {"{\"ahead\": 1000}", "{\"frozen\": true}",
    "{\"other_hash\": \"bare\"}", "{\"ahead\": 3}", "{\"mute\": true}"};

static int
tempos(void)
{
	const char *text = getenv("TEMPOS");

	return text == NULL ? FEW : atoi(text);
}

static int
set_up(void **state)
{
	const struct weights_rig_options o = {.name = "weights-tempos",
	    .hyper = hyper,
	    .endpoints = N,
	    .block_ms = 50};
	struct weights_rig *w = weights_rig_new(&o);

	*state = w;
	return w == NULL ||
		       weights_rig_endpoint(w, DEAD, "{\"dead\": true}") != 0
		   ? -1
		   : 0;
}

static int
tear_down(void **state)
{
	return weights_rig_end(*state, false);
}

static void
every_tempo_has_its_weights(void **state)
{
	struct weights_rig *w = *state;
	int n = tempos(), in_time = 0;
	double weights[4] = {1, 2, 3, 4};
	char id[40];

	for (int i = 0; i < n; i++) {
		int64_t block = weights_rig_finalized(w);

		assert_int_equal(
		    weights_rig_endpoint(w, LIAR,
			lies[(size_t)i % (sizeof(lies) / sizeof(lies[0]))]),
		    0);
		weights[i % 4] = 1 + i;
		assert_int_equal(
		    weights_rig_vector(w, WEIGHTS_RIG_NETUID, 0, weights, id),
		    0);
		assert_int_equal(weights_rig_wait_block(w, block + TEMPO), 0);
		in_time += (int)db_int(w->db,
		    "select count(*) from ledger where vector_id = '%s' and "
		    "state = 'proven' and proven_block <= %lld",
		    id, (long long)block + TEMPO);
	}
	print_message("%d tempos, one endpoint dead, one lying (caught %zu "
		      "times): proven in %d of them; %zu submissions\n",
	    n, proc_count_events(w->setter, "chain.liar", NULL), in_time,
	    weights_rig_accepted(w));
	if (getenv("TEMPOS") != NULL)
		assert_true(in_time * 100 >= n * PER_CENT);
	assert_true(weights_rig_accepted(w) <= (size_t)n);
	assert_int_equal(weights_rig_audit(w), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_tempo_has_its_weights),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

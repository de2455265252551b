/*
 * What weightsetterd reads of a subnet goes into PostgreSQL completely, is
 * written when it changes and not otherwise, and each change of a uid once,
 * whatever is restarted and however much was missed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <math.h>

#include "common/xalloc.h"
#include "tests/lib/db.h"
#include "tests/lib/fetch.h"
#include "tests/lib/proc.h"
#include "tests/lib/sandbox.h"
#include "tests/lib/weights_rig.h"
#include "tests/lib/weights_rig_key.h"

/* Not of the subnet. */
#define STRANGER "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"
#define HASH32                                                                 \
	"0x1111111111111111111111111111111111111111111111111111111111111111"

enum { TEMPO = 20, COMMITMENTS_EVERY = 5 };

static int
set_up(void **state)
{
	const struct weights_rig_options o = {.name = "weights-sync"};

	*state = weights_rig_new(&o);
	return *state == NULL ? -1 : 0;
}

static int
tear_down(void **state)
{
	return weights_rig_end(*state, false);
}

static void
tell(struct weights_rig *w, const char *method, const char *params)
{
	assert_int_equal(weights_rig_tell(w, method, params), 0);
}

static void
set_storage(struct weights_rig *w, const char *pallet, const char *entry,
    const char *keys, const char *value)
{
	char *params = xasprintf("[{\"pallet\":\"%s\",\"entry\":\"%s\","
				 "\"keys\":%s,\"value\":%s}]",
	    pallet, entry, keys, value);

	tell(w, "dev_set", params);
	free(params);
}

static void
wait_for(struct weights_rig *w, const char *sql)
{
	assert_int_equal(db_wait_int(w->db, 1, 0, "%s", sql), 0);
}

static void
assert_count(struct weights_rig *w, int64_t expected, const char *sql)
{
	assert_int_equal(db_int(w->db, "%s", sql), expected);
}

/* So many more blocks have been read and written down. */
static void
wait_snapshots(struct weights_rig *w, int64_t blocks)
{
	char *sql = xasprintf("select (max(block) >= %lld)::int from snapshot",
	    (long long)(db_int(w->db, "select max(block) from snapshot") +
			blocks));

	wait_for(w, sql);
	free(sql);
}

/* -- neurons ------------------------------------------------------------- */

static void
neurons_with_their_axons(void **state)
{
	struct weights_rig *w = *state;

	wait_for(w, "select (count(*) = 5)::int from neuron");
	assert_count(w, 5,
	    "select count(*) from neuron where axon_ip is null "
	    "and registered_block is not null and active is "
	    "not null and trust = 0 and consensus = 0 and "
	    "incentive = 0 and dividends = 0 and emission = 0");
	tell(w, "dev_neuron",
	    "[{\"netuid\":1,\"uid\":1,\"axon\":\"203.0.113.7:8091\"}]");
	tell(w, "dev_neuron",
	    "[{\"netuid\":1,\"uid\":2,\"axon\":\"[2001:db8::1]:443\"}]");
	wait_for(w, "select count(*) from neuron where uid = 1 and "
		    "host(axon_ip) = '203.0.113.7' and axon_port = 8091 and "
		    "axon_protocol = 4 and axon_version = 10002000 and "
		    "axon_block > 0");
	wait_for(w, "select count(*) from neuron where uid = 2 and "
		    "axon_ip = '2001:db8::1' and axon_port = 443");
	assert_count(w, 3, "select count(*) from neuron where axon_ip is null");
	assert_count(w, 5,
	    "select count(*) from dash_v1.neurons "
	    "where changed_block <= seen_block");
}

static void
hyper_parameters_by_the_chains_names(void **state)
{
	struct weights_rig *w = *state;

	assert_count(w, 27,
	    "select count(*) from jsonb_object_keys("
	    "(select hyper -> 'params' from snapshot "
	    "order by block desc limit 1))");
	tell(w, "dev_set", "[{\"netuid\":1,\"kappa\":12345}]");
	wait_for(w, "select ((hyper -> 'params' ->> 'kappa')::int = 12345 "
		    "and hyper -> 'params' ->> 'tempo' = hyper ->> 'tempo' "
		    "and (hyper -> 'params' -> 'max_difficulty') = "
		    "'\"4611686018427387903\"' and "
		    "hyper -> 'params' -> 'registration_allowed' = 'true')"
		    "::int from snapshot order by block desc limit 1");
	assert_int_equal(
	    proc_count_events(w->setter, "sync.incomplete", NULL), 0);
}

/* -- commitments --------------------------------------------------------- */

static void
put_commitment(struct weights_rig *w, const char *hotkey, const char *fields)
{
	char *keys = xasprintf("[1,\"%s\"]", hotkey);
	char *value = fields == NULL ? xstrdup("null")
				     : xasprintf("{\"deposit\":5,\"block\":7,"
						 "\"info\":{\"fields\":%s}}",
					   fields);

	set_storage(w, "Commitments", "CommitmentOf", keys, value);
	free(keys);
	free(value);
}

static void
commitments_of_every_sort(void **state)
{
	struct weights_rig *w = *state;
	char miner[64];

	tell(w, "dev_neuron",
	    "[{\"netuid\":1,\"uid\":1,\"commitment\":\"127.0.0.1:8091\"}]");
	assert_int_equal(weights_rig_miner(2, miner), 0);
	put_commitment(w, miner,
	    "[{\"Sha256\":\"" HASH32 "\"},{\"ResetBondsFlag\":null},"
	    "{\"BigRaw\":\"0x68c3b6\"}]");
	put_commitment(w, STRANGER,
	    "[{\"TimelockEncrypted\":{\"encrypted\":\"0xabcd\","
	    "\"reveal_round\":\"18446744073709551615\"}},{\"None\":null}]");
	wait_for(w, "select count(*) from neuron where uid = 1 and "
		    "address = '127.0.0.1:8091' and address_block > 0");
	wait_for(w, "select count(*) from commitment where "
		    "text = 'h\xc3\xb6' and hash = '" HASH32 "' and "
		    "block = 7 and deposit = 5 and address is null and "
		    "jsonb_array_length(fields) = 3");
	wait_for(w, "select count(*) from dash_v1.commitments where hotkey = "
		    "'" STRANGER "' and reveal_round = 18446744073709551615 "
		    "and text is null and hash is null and fields @> "
		    "'[{\"None\": null}]'");
	assert_count(w, 3, "select count(*) from commitment");
}

static void
revealed_and_withdrawn(void **state)
{
	struct weights_rig *w = *state;

	set_storage(w, "Commitments", "RevealedCommitments",
	    "[1,\"" STRANGER "\"]", "[[\"0x1468656c6c6f\",8]]");
	wait_for(w, "select count(*) from dash_v1.revealed_commitments where "
		    "revealed -> 0 ->> 'text' = 'hello' and "
		    "revealed -> 0 ->> 'block' = '8'");
	put_commitment(w, STRANGER, NULL);
	tell(w, "dev_neuron", "[{\"netuid\":1,\"uid\":1,\"commitment\":null}]");
	wait_for(w, "select count(*) from commitment");
	wait_for(w, "select (count(*) = 0)::int from neuron "
		    "where address is not null");
	set_storage(w, "Commitments", "RevealedCommitments",
	    "[1,\"" STRANGER "\"]", "null");
	wait_for(w, "select (count(*) = 0)::int from revealed_commitment");
}

/* -- locks --------------------------------------------------------------- */

static void
locks_by_all_and_by_the_own_coldkey(void **state)
{
	struct weights_rig *w = *state;
	char miner[64], *keys;

	wait_for(w, "select (count(*) = 5)::int from neuron where locked = 0 "
		    "and locked_own = 0");
	tell(w, "dev_neuron", "[{\"netuid\":1,\"uid\":1,\"locked\":5000}]");
	assert_int_equal(weights_rig_miner(3, miner), 0);
	keys = xasprintf("[1,\"%s\"]", miner);
	set_storage(w, "SubtensorModule", "HotkeyLock", keys,
	    "{\"locked_mass\":77,\"conviction\":{\"bits\":0},"
	    "\"last_update\":1}");
	wait_for(w, "select count(*) from dash_v1.neurons where uid = 1 and "
		    "locked = 5000 and locked_own = 5000");
	wait_for(w, "select count(*) from dash_v1.neurons where uid = 3 and "
		    "locked = 77 and locked_own = 0");
	tell(w, "dev_neuron", "[{\"netuid\":1,\"uid\":1,\"locked\":0}]");
	set_storage(w, "SubtensorModule", "HotkeyLock", keys, "null");
	wait_for(w, "select (count(*) = 5)::int from neuron where locked = 0 "
		    "and locked_own = 0");
	free(keys);
}

/* What is left of uid 2's, and the block it was carried to. */
static double
lock_left(struct weights_rig *w, int64_t *block)
{
	PGresult *res =
	    db_rows(w->db, "select locked, block from neuron where uid = 2");
	double left;

	assert_int_equal(PQntuples(res), 1);
	left = atof(PQgetvalue(res, 0, 0));
	*block = atoll(PQgetvalue(res, 0, 1));
	PQclear(res);
	return left;
}

static void
a_lock_that_decays(void **state)
{
	struct weights_rig *w = *state;
	int64_t block, later;
	double before, after;

	set_storage(w, "SubtensorModule", "UnlockRate", "[]", "100");
	tell(w, "dev_neuron",
	    "[{\"netuid\":1,\"uid\":2,\"locked\":1000000000000,"
	    "\"lock_decays\":true}]");
	wait_for(w, "select count(*) from neuron where uid = 2 and locked > 0 "
		    "and locked < 1e12 and locked_own = locked");
	before = lock_left(w, &block);
	assert_int_equal(db_wait_int(w->db, 1, 0,
			     "select count(*) from neuron where uid = 2 and "
			     "block > %lld",
			     (long long)block),
	    0);
	after = lock_left(w, &later);
	assert_true(
	    fabs(after / before - exp((double)(block - later) / 100)) < 1e-9);
	tell(w, "dev_neuron", "[{\"netuid\":1,\"uid\":2,\"locked\":0}]");
	set_storage(w, "SubtensorModule", "UnlockRate", "[]", "null");
	wait_for(w, "select (count(*) = 5)::int from neuron where locked = 0");
}

/* -- who comes and goes -------------------------------------------------- */

static void
growth_reuse_and_shrinking(void **state)
{
	struct weights_rig *w = *state;
	char miner[64], *sql;

	assert_count(w, 0, "select count(*) from neuron_change");
	tell(w, "dev_neuron", "[{\"netuid\":1,\"hotkey\":\"//Fifth\"}]");
	wait_for(w, "select count(*) from neuron_change where uid = 5 and "
		    "kind = 'registered'");
	assert_int_equal(weights_rig_miner(4, miner), 0);
	tell(w, "dev_neuron",
	    "[{\"netuid\":1,\"uid\":4,\"hotkey\":\"//Another\"}]");
	sql = xasprintf("select count(*) from neuron_change c join neuron n "
			"on n.uid = c.uid and n.hotkey = c.new_hotkey "
			"where c.uid = 4 and kind = 'replaced' and "
			"old_hotkey = '%s' and after_block < c.block",
	    miner);
	wait_for(w, sql);
	free(sql);
	set_storage(w, "SubtensorModule", "SubnetworkN", "[1]", "5");
	wait_for(w, "select count(*) from neuron_change where uid = 5 and "
		    "kind = 'left' and new_hotkey is null");
	assert_count(w, 5, "select count(*) from neuron");
	assert_count(w, 3, "select count(*) from dash_v1.neuron_changes");
}

/* Twice while nobody looked is once; a kill writes nothing again. */
static void
changes_across_restarts(void **state)
{
	struct weights_rig *w = *state;

	weights_rig_kill(w);
	tell(w, "dev_neuron",
	    "[{\"netuid\":1,\"uid\":4,\"hotkey\":\"//Passing\"}]");
	assert_int_equal(weights_rig_wait_block(w, weights_rig_best(w) + 2), 0);
	tell(w, "dev_neuron",
	    "[{\"netuid\":1,\"uid\":4,\"hotkey\":\"//Staying\"}]");
	assert_int_equal(weights_rig_wait_block(w, weights_rig_best(w) + 2), 0);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(weights_rig_start(w), 0);
		wait_for(w, "select (count(*) = 2)::int from neuron_change "
			    "where uid = 4");
		wait_snapshots(w, 2);
		assert_count(w, 4, "select count(*) from neuron_change");
		weights_rig_kill(w);
	}
	assert_int_equal(weights_rig_start(w), 0);
	assert_count(w, 1,
	    "select count(*) from neuron_change a "
	    "join neuron_change b on b.uid = a.uid and "
	    "b.old_hotkey = a.new_hotkey and "
	    "b.after_block >= a.block where a.uid = 4");
}

/* -- validators' weights ------------------------------------------------- */

static void
weights_of_other_validators(void **state)
{
	struct weights_rig *w = *state;

	tell(w, "dev_neuron",
	    "[{\"netuid\":1,\"uid\":3,\"validator_permit\":true}]");
	set_storage(
	    w, "SubtensorModule", "Weights", "[1,3]", "[[1,100],[2,65535]]");
	wait_for(w, "select count(*) from validator_weights v join neuron n "
		    "using (netuid, uid, hotkey) where uid = 3 and mecid = 0 "
		    "and weights = '[[1, 100], [2, 65535]]'");
	assert_count(w, 165635,
	    "select sum(weight) + 100000 "
	    "from dash_v1.validator_weights "
	    "where validator_uid = 3");
	/* He sets others: his LastUpdate tells. */
	set_storage(w, "SubtensorModule", "Weights", "[1,3]", "[[4,7]]");
	tell(w, "dev_neuron", "[{\"netuid\":1,\"uid\":3,\"last_update\":7}]");
	wait_for(w, "select count(*) from validator_weights where uid = 3 and "
		    "weights = '[[4, 7]]'");
	/* Revealed: nothing tells but the epoch. */
	set_storage(w, "SubtensorModule", "Weights", "[1,3]", "[[4,8]]");
	wait_for(w, "select count(*) from validator_weights where uid = 3 and "
		    "weights = '[[4, 8]]'");
}

static void
weights_of_a_second_mechanism_and_none(void **state)
{
	struct weights_rig *w = *state;

	set_storage(w, "SubtensorModule", "Weights", "[4097,3]", "[[1,1]]");
	tell(w, "dev_set", "[{\"netuid\":1,\"mechanisms\":2}]");
	wait_for(w, "select count(*) from validator_weights where uid = 3 and "
		    "mecid = 1 and weights = '[[1, 1]]'");
	tell(w, "dev_set", "[{\"netuid\":1,\"mechanisms\":1}]");
	wait_for(w, "select count(*) from validator_weights");
	tell(w, "dev_neuron",
	    "[{\"netuid\":1,\"uid\":3,\"validator_permit\":false}]");
	wait_for(w, "select (count(*) = 0)::int from validator_weights");
	tell(w, "dev_neuron",
	    "[{\"netuid\":1,\"uid\":3,\"validator_permit\":true}]");
	wait_for(w, "select count(*) from validator_weights");
}

/* -- nothing is written for nothing -------------------------------------- */

static char *
rows_of(struct weights_rig *w)
{
	return db_text(w->db,
	    "select string_agg(row, ' ' order by row) from ("
	    "select 'n' || uid || ' ' || xmin || ctid::text as row from neuron "
	    "union all "
	    "select 'c' || hotkey || ' ' || xmin || ctid::text from commitment "
	    "union all select 'w' || mecid || ':' || uid || ' ' || xmin || "
	    "ctid::text from validator_weights union all "
	    "select 'x' || uid || ' ' || xmin || ctid::text "
	    "from neuron_change) as r");
}

static void
nothing_is_written_while_nothing_changes(void **state)
{
	struct weights_rig *w = *state;
	char *before, *after;

	wait_snapshots(w, 2 * COMMITMENTS_EVERY);
	before = rows_of(w);
	wait_snapshots(w, 2 * TEMPO);
	after = rows_of(w);
	assert_non_null(before);
	assert_string_equal(before, after);
	print_message("%d blocks, and not a row written\n", 2 * TEMPO);
	free(before);
	free(after);
}

/* -- runtimes ------------------------------------------------------------ */

/* The runtime of a block, as the chain says. */
static int64_t
spec_of(struct weights_rig *w, const char *hash)
{
	char *params = xasprintf("[\"%s\"]", hash);
	json_t *version =
	    weights_rig_call(w, "state_getRuntimeVersion", params);
	int64_t spec =
	    json_integer_value(json_object_get(version, "specVersion"));

	json_decref(version);
	free(params);
	return spec;
}

static void
each_block_by_its_own_runtime(void **state)
{
	struct weights_rig *w = *state;
	PGresult *rows;
	int n;

	wait_snapshots(w, 2);
	tell(w, "dev_upgrade", "[{\"spec_version\":425}]");
	wait_for(w, "select (count(*) > 3)::int from snapshot "
		    "where spec_version = 425");
	rows = db_rows(w->db, "select block_hash, spec_version, "
			      "hyper ->> 'tempo' as tempo from snapshot "
			      "order by block desc limit 60");
	n = PQntuples(rows);
	for (int i = 0; i < n; i++) {
		assert_int_equal(spec_of(w, PQgetvalue(rows, i, 0)),
		    strtoll(PQgetvalue(rows, i, 1), NULL, 10));
		assert_string_equal(PQgetvalue(rows, i, 2), "20");
	}
	PQclear(rows);
	assert_true(db_int(w->db, "select count(distinct spec_version) from "
				  "snapshot") == 2);
	print_message("%d blocks around an upgrade\n", n);
}

static void
restart_and_expect(struct weights_rig *w, const char *from)
{
	weights_rig_kill(w);
	assert_int_equal(weights_rig_start(w), 0);
	assert_non_null(proc_wait_event(w->setter, "chain.runtime", from, 0));
	assert_int_equal(weights_rig_synced(w), 0);
}

static char *
cached_file(struct weights_rig *w, int spec)
{
	json_t *genesis = weights_rig_call(w, "chain_getBlockHash", "[0]");
	char *name = xasprintf(
	    "metadata-%s-%d.blob", json_string_value(genesis) + 2, spec);
	char *path = sandbox_path(w->box, name);

	json_decref(genesis);
	free(name);
	return path;
}

static void
metadata_is_kept_on_disk(void **state)
{
	struct weights_rig *w = *state;
	char *path = cached_file(w, 425);
	char *ini =
	    xasprintf("[weightsetter]\ncache_dir = %s", sandbox_dir(w->box));
	FILE *f;

	assert_int_equal(weights_rig_configure(w, ini), 0);
	restart_and_expect(w, "spec=425 from=node");
	restart_and_expect(w, "spec=425 from=cache");
	f = fopen(path, "r+b");
	assert_non_null(f);
	fseek(f, 1000, SEEK_SET);
	fputs("broken", f);
	fclose(f);
	restart_and_expect(w, "spec=425 from=node");
	restart_and_expect(w, "spec=425 from=cache");
	free(path);
	free(ini);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(neurons_with_their_axons),
	    cmocka_unit_test(hyper_parameters_by_the_chains_names),
	    cmocka_unit_test(commitments_of_every_sort),
	    cmocka_unit_test(revealed_and_withdrawn),
	    cmocka_unit_test(locks_by_all_and_by_the_own_coldkey),
	    cmocka_unit_test(a_lock_that_decays),
	    cmocka_unit_test(growth_reuse_and_shrinking),
	    cmocka_unit_test(changes_across_restarts),
	    cmocka_unit_test(weights_of_other_validators),
	    cmocka_unit_test(weights_of_a_second_mechanism_and_none),
	    cmocka_unit_test(nothing_is_written_while_nothing_changes),
	    cmocka_unit_test(each_block_by_its_own_runtime),
	    cmocka_unit_test(metadata_is_kept_on_disk),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

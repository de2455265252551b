/* weightsetter/store.c: the ledger, vectors and snapshots in PostgreSQL. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <event2/event.h>

#include "common/clock.h"
#include "common/err.h"
#include "common/log.h"
#include "common/uuid.h"
#include "tests/lib/cluster.h"
#include "tests/lib/db.h"
#include "tests/lib/sandbox.h"
#include "weightsetter/ledger.c"
#include "weightsetter/plan.c"
#include "weightsetter/snapshot.c"
#include "weightsetter/store.c"
#include "weightsetter/value.c"

enum { WAIT_MS = 30000, NOW_US = 1700000000 };

static const char alice[] = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
static const char bob[] = "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty";
static const char hash[] =
    "0x0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

struct place {
	struct sandbox *sb;
	struct event_base *base;
	struct pg *pg;
	struct store *store;
	struct db *db;
	/* the last answer */
	int answers;
	enum store_outcome outcome;
	struct ledger_row *row;
	struct vector *vector;
	struct uid_weights proven;
	int64_t block;
};

/* -- around each test ---------------------------------------------------- */

static int
make_sandbox(void **state)
{
	const struct sandbox_options o = {
	    .name = "weight_store", .postgres = true};
	struct place *p = xcalloc(1, sizeof(*p));

	log_init("test_weight_store", LOG_FATAL);
	p->sb = sandbox_new(&o);
	*state = p;
	return p->sb != NULL ? 0 : -1;
}

static int
end_sandbox(void **state)
{
	struct place *p = *state;
	int failed = sandbox_end(p->sb, false);

	free(p);
	return failed;
}

static int
connect_store(void **state)
{
	struct place *p = *state;

	p->base = event_base_new();
	p->pg = pg_new(p->base, sandbox_conninfo(p->sb), NULL, NULL);
	p->store = store_new(p->pg);
	p->db = db_open(sandbox_conninfo(p->sb));
	return db_exec(p->db, "truncate ledger, weight_vector, weight_entry, "
			      "snapshot, neuron, instance");
}

static int
disconnect_store(void **state)
{
	struct place *p = *state;

	pg_free(p->pg);
	store_free(p->store);
	event_base_free(p->base);
	db_close(p->db);
	ledger_row_free(p->row);
	vector_free(p->vector);
	uid_weights_clear(&p->proven);
	p->row = NULL;
	p->vector = NULL;
	return 0;
}

static void
settle(struct place *p, enum store_outcome outcome)
{
	p->answers++;
	p->outcome = outcome;
	event_base_loopbreak(p->base);
}

static void
on_outcome(enum store_outcome outcome, void *arg)
{
	settle(arg, outcome);
}

static void
on_row(enum store_outcome outcome, struct ledger_row *row, void *arg)
{
	struct place *p = arg;

	ledger_row_free(p->row);
	p->row = row;
	settle(p, outcome);
}

static void
on_proven_weights(enum store_outcome outcome, const struct uid_weights *w,
    int64_t block, void *arg)
{
	struct place *p = arg;

	uid_weights_clear(&p->proven);
	uid_weights_copy(&p->proven, w);
	p->block = block;
	settle(p, outcome);
}

static void
on_a_vector(enum store_outcome outcome, struct vector *v, void *arg)
{
	struct place *p = arg;

	vector_free(p->vector);
	p->vector = v;
	settle(p, outcome);
}

static void
on_some_entries(enum store_outcome outcome, struct vector_entry *entries,
    size_t n, void *arg)
{
	struct place *p = arg;

	p->vector->entries = entries;
	p->vector->n = n;
	settle(p, outcome);
}

/* Turn the loop until the one answer is here. */
static void
await(struct place *p, enum store_outcome wanted)
{
	int64_t until_us = clock_mono_us() + WAIT_MS * 1000LL;
	struct timeval tick = {0, 200000};

	while (p->answers == 0) {
		assert_true(clock_mono_us() < until_us);
		event_base_loopexit(p->base, &tick);
		event_base_dispatch(p->base);
	}
	assert_int_equal(p->answers, 1);
	p->answers = 0;
	assert_int_equal(p->outcome, wanted);
}

/* Turn it until all that was asked is answered. */
static void
drain(struct place *p)
{
	int64_t until_us = clock_mono_us() + WAIT_MS * 1000LL;

	while (pg_pending(p->pg) > 0) {
		assert_true(clock_mono_us() < until_us);
		event_base_loop(p->base, EVLOOP_ONCE);
	}
}

/* -- vectors ------------------------------------------------------------- */

static void
add_vector(struct place *p, const char *id, int age_s)
{
	assert_int_equal(
	    db_exec(p->db,
		"insert into weight_vector (id, netuid, block, created_at) "
		"values ('%s', 1, 7, now() - interval '%d s')",
		id, age_s),
	    0);
}

static void
the_newest_vector_waits_and_older_ones_do_not(void **state)
{
	struct place *p = *state;
	char ids[3][UUID_TEXT], *text;

	for (int i = 0; i < 3; i++) {
		uuid_new(ids[i]);
		add_vector(p, ids[i], 30 - 10 * i);
	}
	store_waiting(p->store, 1, 0, on_a_vector, p);
	await(p, STORE_DONE);
	assert_string_equal(p->vector->id, ids[2]);
	/* the first is under way and stays */
	store_supersede(p->store, 1, 0, ids[2], ids[0], NOW_US);
	drain(p);
	assert_int_equal(db_int(p->db, "select count(*) from weight_vector "
				       "where refusal = 'superseded'"),
	    1);
	text = db_text(p->db, "select id from weight_vector "
			      "where refusal = 'superseded'");
	assert_string_equal(text, ids[1]);
	free(text);
	store_supersede(p->store, 1, 0, ids[2], "", NOW_US);
	drain(p);
	assert_int_equal(db_int(p->db, "select count(*) from weight_vector "
				       "where refusal = 'superseded'"),
	    2);
	store_waiting(p->store, 2, 0, on_a_vector, p); /* another subnet */
	await(p, STORE_NOTHING);
	store_waiting(p->store, 1, 1, on_a_vector, p); /* another mechanism */
	await(p, STORE_NOTHING);
}

static void
entries_come_as_they_were_written(void **state)
{
	struct place *p = *state;
	char id[UUID_TEXT];

	uuid_new(id);
	add_vector(p, id, 0);
	db_exec(p->db,
	    "insert into weight_entry values ('%s', 1, '%s', 3, 0.1), "
	    "('%s', 1, '%s', 1, 'NaN')",
	    id, alice, id, bob);
	store_waiting(p->store, 1, 0, on_a_vector, p);
	await(p, STORE_DONE);
	store_entries(p->store, p->vector->id, on_some_entries, p);
	await(p, STORE_DONE);
	assert_int_equal(p->vector->n, 2);
	assert_string_equal(p->vector->entries[0].hotkey, bob);
	assert_true(isnan(p->vector->entries[0].weight));
	assert_int_equal(p->vector->entries[1].uid, 3);
	assert_true(p->vector->entries[1].weight == 0.1);
}

static void
a_vector_is_refused_once(void **state)
{
	struct place *p = *state;
	char id[UUID_TEXT], *text;

	uuid_new(id);
	add_vector(p, id, 0);
	store_refuse(p->store, id, "too_old", NOW_US, on_outcome, p);
	await(p, STORE_DONE);
	store_refuse(p->store, id, "empty", NOW_US, on_outcome, p);
	await(p, STORE_NOTHING);
	text = db_text(p->db, "select refusal from weight_vector");
	assert_string_equal(text, "too_old");
	free(text);
	store_waiting(p->store, 1, 0, on_a_vector, p);
	await(p, STORE_NOTHING);
}

/* -- the ledger ---------------------------------------------------------- */

static uint16_t uids[] = {0, 7, 65535}, weights[] = {0, 1, 65535};

static struct ledger_row
row_for(const char *vector_id)
{
	struct ledger_row row = {.netuid = 1,
	    .sent = {uids, weights, 3},
	    .version_key = 9,
	    .nonce = UINT32_MAX,
	    .era_birth = 100,
	    .era_death = 164};

	uuid_new(row.id);
	snprintf(row.vector_id, sizeof(row.vector_id), "%s", vector_id);
	snprintf(row.hotkey, sizeof(row.hotkey), "%s", alice);
	snprintf(row.call, sizeof(row.call), "set_weights");
	snprintf(row.extrinsic_hash, sizeof(row.extrinsic_hash), "%s", hash);
	return row;
}

static void
intend(struct place *p, const struct ledger_row *row, enum store_outcome wanted)
{
	store_intend(p->store, row, NOW_US, on_outcome, p);
	await(p, wanted);
}

static void
move(struct place *p, const struct ledger_row *row, const char *from,
    const char *to, uint64_t block, const char *reason,
    enum store_outcome wanted)
{
	struct ledger_fact fact = {block, block == 0 ? NULL : hash, reason};

	store_step(p->store, row->id, from, to, &fact, NOW_US, on_outcome, p);
	await(p, wanted);
}

static void
an_intention_is_read_back_whole(void **state)
{
	struct place *p = *state;
	struct ledger_row row = row_for("");

	intend(p, &row, STORE_DONE);
	store_open_row(p->store, 1, 0, alice, on_row, p);
	await(p, STORE_DONE);
	assert_string_equal(p->row->id, row.id);
	assert_int_equal(p->row->state, LEDGER_INTENDED);
	assert_string_equal(p->row->extrinsic_hash, "");
	assert_string_equal(p->row->vector_id, "");
	assert_string_equal(p->row->call, "set_weights");
	assert_int_equal(p->row->sent.n, 3);
	assert_memory_equal(p->row->sent.uids, uids, sizeof(uids));
	assert_memory_equal(p->row->sent.weights, weights, sizeof(weights));
	assert_int_equal(p->row->version_key, 9);
	assert_int_equal(p->row->nonce, UINT32_MAX);
	assert_int_equal(p->row->era_birth, 100);
	assert_int_equal(p->row->era_death, 164);
	assert_int_equal(p->row->block, 0);
	store_open_row(p->store, 1, 0, bob, on_row, p);
	await(p, STORE_NOTHING);
	assert_null(p->row);
}

static void
no_second_intention_while_one_is_open(void **state)
{
	struct place *p = *state;
	struct ledger_row first = row_for(""), second = row_for("");

	intend(p, &first, STORE_DONE);
	intend(p, &second, STORE_NOTHING);
	second.netuid = 2; /* the nonce is the hotkey's, not the subnet's */
	intend(p, &second, STORE_NOTHING);
	move(p, &first, "intended", "refused", 0, "Stale", STORE_DONE);
	intend(p, &second, STORE_DONE);
}

static void
a_hash_is_written_once_and_before_sending(void **state)
{
	struct place *p = *state;
	struct ledger_row row = row_for("");

	intend(p, &row, STORE_DONE);
	store_sign(p->store, &row, on_outcome, p);
	await(p, STORE_DONE);
	store_sign(p->store, &row, on_outcome, p);
	await(p, STORE_NOTHING);
	store_open_row(p->store, 1, 0, alice, on_row, p);
	await(p, STORE_DONE);
	assert_string_equal(p->row->extrinsic_hash, hash);
}

static void
a_step_from_another_state_changes_nothing(void **state)
{
	struct place *p = *state;
	struct ledger_row row = row_for("");
	char *text;

	intend(p, &row, STORE_DONE);
	move(p, &row, "submitted", "included", 7, NULL, STORE_NOTHING);
	text = db_text(p->db, "select state from ledger");
	assert_string_equal(text, "intended");
	free(text);
}

static void
the_way_to_proven_leaves_its_marks(void **state)
{
	struct place *p = *state;
	char vector[UUID_TEXT];
	struct ledger_row row;

	uuid_new(vector);
	add_vector(p, vector, 0);
	row = row_for(vector);
	intend(p, &row, STORE_DONE);
	move(p, &row, "intended", "submitted", 0, NULL, STORE_DONE);
	move(p, &row, "submitted", "included", 110, NULL, STORE_DONE);
	store_open_row(p->store, 1, 0, alice, on_row, p);
	await(p, STORE_DONE);
	assert_int_equal(p->row->block, 110);
	move(p, &row, "included", "submitted", 0, NULL, STORE_DONE);
	assert_int_equal(db_int(p->db, "select count(*) from ledger "
				       "where included_block is null"),
	    1);
	move(p, &row, "submitted", "included", 111, NULL, STORE_DONE);
	move(p, &row, "included", "finalized", 111, NULL, STORE_DONE);
	assert_int_equal(db_int(p->db, "select count(*) from weight_vector "
				       "where taken_at is null"),
	    1);
	move(p, &row, "finalized", "proven", 111, NULL, STORE_DONE);
	assert_int_equal(
	    db_int(p->db, "select count(*) from ledger "
			  "where included_block = 111 and "
			  "finalized_block = 111 and proven_block = 111 and "
			  "included_hash = proven_hash and ended_at is not "
			  "null and submitted_at is not null"),
	    1);
	assert_int_equal(db_int(p->db, "select count(*) from weight_vector "
				       "where taken_at is null"),
	    0);
	store_last_proven(p->store, 1, 0, alice, on_proven_weights, p);
	await(p, STORE_DONE);
	assert_int_equal(p->block, 111);
	assert_int_equal(p->proven.n, 3);
	store_open_row(p->store, 1, 0, alice, on_row, p);
	await(p, STORE_NOTHING);
}

static void
what_is_not_proven_leaves_its_vector_alone(void **state)
{
	struct place *p = *state;
	char vector[UUID_TEXT], *text;
	struct ledger_row row;

	uuid_new(vector);
	add_vector(p, vector, 0);
	row = row_for(vector);
	intend(p, &row, STORE_DONE);
	move(p, &row, "intended", "unknown", 0, NULL, STORE_DONE);
	move(p, &row, "unknown", "expired", 0, "era_over", STORE_DONE);
	text =
	    db_text(p->db, "select reason from ledger "
			   "where state = 'expired' and ended_at is not null");
	assert_string_equal(text, "era_over");
	free(text);
	store_waiting(p->store, 1, 0, on_a_vector, p);
	await(p, STORE_DONE);
	store_last_proven(p->store, 1, 0, alice, on_proven_weights, p);
	await(p, STORE_NOTHING);
}

/* -- snapshots ----------------------------------------------------------- */

static struct neuron
neuron_of(int uid, const char *hotkey, const char *address)
{
	struct neuron n = {.uid = (uint16_t)uid,
	    .alpha_stake = UINT64_MAX,
	    .total_stake = 5,
	    .address_block = 3};

	snprintf(n.hotkey, sizeof(n.hotkey), "%s", hotkey);
	snprintf(n.coldkey, sizeof(n.coldkey), "%s", bob);
	snprintf(n.address, sizeof(n.address), "%s", address);
	return n;
}

static void
write_snapshot(
    struct place *p, uint64_t block, struct neuron *neurons, size_t n)
{
	struct snapshot s = {.netuid = 1,
	    .block = block,
	    .spec_version = 424,
	    .neurons = neurons,
	    .n_neurons = n};

	snprintf(s.block_hash, sizeof(s.block_hash), "%s", hash);
	s.hyper_json = json_pack("{s:i}", "tempo", 20);
	store_snapshot(p->store, &s, NOW_US, on_outcome, p);
	await(p, STORE_DONE);
	json_decref(s.hyper_json);
}

static void
neurons_move_go_and_come(void **state)
{
	struct place *p = *state;
	struct neuron two[] = {
	    neuron_of(0, alice, "h:80"), neuron_of(1, bob, "")};
	struct neuron swapped[] = {
	    neuron_of(0, bob, ""), neuron_of(1, alice, "h:81")};
	char *text;

	write_snapshot(p, 10, two, 2);
	text = db_text(p->db, "select alpha_stake::text || ' ' || address || "
			      "' ' || address_block from neuron where uid = 0");
	assert_string_equal(text, "18446744073709551615 h:80 3");
	free(text);
	assert_int_equal(db_int(p->db, "select count(*) from neuron where uid "
				       "= 1 and address is null and "
				       "address_block is null"),
	    1);
	write_snapshot(p, 11, swapped, 2);
	text = db_text(p->db, "select hotkey from neuron where uid = 0");
	assert_string_equal(text, bob);
	free(text);
	text = db_text(p->db, "select address from neuron where uid = 1 "
			      "and block = 11");
	assert_string_equal(text, "h:81");
	free(text);
	write_snapshot(p, 12, swapped, 1);
	assert_int_equal(db_int(p->db, "select count(*) from neuron"), 1);
	write_snapshot(p, 13, NULL, 0);
	assert_int_equal(db_int(p->db, "select count(*) from neuron"), 0);
	assert_int_equal(db_int(p->db, "select count(*) from snapshot"), 4);
	write_snapshot(p, 13, two, 2); /* again, as after a restart */
	assert_int_equal(db_int(p->db, "select count(*) from snapshot"), 4);
	assert_int_equal(db_int(p->db, "select (hyper->>'tempo')::int from "
				       "snapshot where block = 13"),
	    20);
}

static void
old_snapshots_go_and_the_newest_stays(void **state)
{
	struct place *p = *state;

	write_snapshot(p, 10, NULL, 0);
	write_snapshot(p, 11, NULL, 0);
	store_trim(p->store, 1, 2 * (int64_t)NOW_US);
	drain(p);
	assert_int_equal(db_int(p->db, "select count(*) from snapshot"), 1);
	assert_int_equal(db_int(p->db, "select block from snapshot"), 11);
}

int
main(void)
{
#define EACH(test)                                                             \
	cmocka_unit_test_setup_teardown(test, connect_store, disconnect_store)
	const struct CMUnitTest tests[] = {
	    EACH(the_newest_vector_waits_and_older_ones_do_not),
	    EACH(entries_come_as_they_were_written),
	    EACH(a_vector_is_refused_once),
	    EACH(an_intention_is_read_back_whole),
	    EACH(no_second_intention_while_one_is_open),
	    EACH(a_hash_is_written_once_and_before_sending),
	    EACH(a_step_from_another_state_changes_nothing),
	    EACH(the_way_to_proven_leaves_its_marks),
	    EACH(what_is_not_proven_leaves_its_vector_alone),
	    EACH(neurons_move_go_and_come),
	    EACH(old_snapshots_go_and_the_newest_stays),
	};

	return cmocka_run_group_tests(tests, make_sandbox, end_sandbox);
}

/* weightsetter/store*.c: the ledger, vectors and snapshots in PostgreSQL. */
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
#include "weightsetter/preflight.h"
#include "weightsetter/snapshot.c"
#include "weightsetter/standing.h"
#include "weightsetter/store.c"
#include "weightsetter/store_chain.c"
#include "weightsetter/store_ledger.c"
#include "weightsetter/store_vectors.c"
#include "weightsetter/store_weather.c"
#include "weightsetter/uid_weights.c"
#include "weightsetter/value.c"

enum { WAIT_MS = 30000, NOW_US = 1700000000 };

static const char alice[] = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
static const char bob[] = "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty";
static const char hash[] =
    "0x0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

struct place {
	int64_t intended; /* rows so far */
	struct sandbox *sb;
	struct event_base *base;
	struct pg *pg;
	struct store *store;
	struct db *db;
	/* the last answer */
	int answers;
	enum store_outcome outcome;
	struct ledger_row *row;
	size_t n_rows; /* of several, the last is `row` */
	struct vector *vector;
	struct uid_weights proven;
	int64_t block;
};

/* In the place of preflight.c and standing.c. */
uint64_t
preflight_next_block(const struct snapshot *s, uint8_t mecid)
{
	return s->own[mecid].last_update + 100;
}

double
standing_tempos_behind(const struct snapshot *s, uint8_t mecid)
{
	(void)mecid;
	return s->hyper.tempo == 0 ? -1 : 1.5;
}

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
	return db_exec(p->db, "truncate neuron_change, commitment, "
			      "endpoint_weather, "
			      "revealed_commitment, validator_weights, ledger, "
			      "weight_vector, weight_entry, "
			      "snapshot, neuron, instance, setter");
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
on_rows(
    enum store_outcome outcome, struct ledger_row **rows, size_t n, void *arg)
{
	struct place *p = arg;

	p->n_rows = n;
	for (size_t i = 0; i < n; i++) {
		ledger_row_free(p->row);
		p->row = rows[i];
	}
	settle(p, outcome);
}

static void
on_block(enum store_outcome outcome, int64_t block, void *arg)
{
	struct place *p = arg;

	p->block = block;
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
	/* each a little later, as rows are read in their order */
	store_intend(p->store, row, NOW_US + ++p->intended, on_outcome, p);
	await(p, wanted);
}

static void
move(struct place *p, const struct ledger_row *row, const char *from,
    const char *to, uint64_t block, const char *reason,
    enum store_outcome wanted)
{
	struct ledger_fact fact = {.block = block,
	    .block_hash = block == 0 ? NULL : hash,
	    .reason = reason};

	store_step(p->store, row->id, from, to, &fact, NOW_US, on_outcome, p);
	await(p, wanted);
}

static void
an_intention_is_read_back_whole(void **state)
{
	struct place *p = *state;
	struct ledger_row row = row_for("");

	intend(p, &row, STORE_DONE);
	store_open_row(p->store, alice, on_row, p);
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
	store_open_row(p->store, bob, on_row, p);
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
	store_open_row(p->store, alice, on_row, p);
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
	store_open_row(p->store, alice, on_row, p);
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
	store_open_row(p->store, alice, on_row, p);
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

/* -- commits and reveals ------------------------------------------------- */

static struct ledger_row
commit_for(const char *vector_id, enum ledger_action action)
{
	struct ledger_row row = row_for(vector_id);

	row.action = action;
	row.mecid = 2;
	row.spec_version = 424;
	row.commit_epoch = 0; /* an epoch like any other */
	row.reveal_block = 1080;
	if (action == LEDGER_TIMELOCK)
		row.reveal_round = 1ull << 40;
	else
		row.n_salt = 3;
	row.salt[2] = 65535;
	snprintf(row.commit_hash, sizeof(row.commit_hash), "%s", hash);
	snprintf(
	    row.call, sizeof(row.call), "commit_timelocked_mechanism_weights");
	return row;
}

/* Up to finality. */
static void
make_final(struct place *p, const struct ledger_row *row, uint64_t block)
{
	intend(p, row, STORE_DONE);
	move(p, row, "intended", "submitted", 0, NULL, STORE_DONE);
	move(p, row, "submitted", "finalized", block, NULL, STORE_DONE);
}

static void
a_commit_is_read_back_whole(void **state)
{
	struct place *p = *state;
	struct ledger_row row = commit_for("", LEDGER_TIMELOCK);
	struct ledger_fact fact = {.epoch = 3};

	make_final(p, &row, 110);
	store_open_row(p->store, alice, on_row, p);
	await(p, STORE_DONE);
	assert_int_equal(p->row->action, LEDGER_TIMELOCK);
	assert_int_equal(p->row->netuid, 1);
	assert_int_equal(p->row->mecid, 2);
	assert_int_equal(p->row->spec_version, 424);
	assert_int_equal(p->row->commit_epoch, 0);
	assert_int_equal(p->row->reveal_block, 1080);
	assert_int_equal(p->row->reveal_round, 1ull << 40);
	assert_int_equal(p->row->n_salt, 0);
	assert_string_equal(p->row->commit_hash, hash);
	assert_string_equal(p->row->call, row.call);
	assert_string_equal(p->row->reveals, "");
	store_step(p->store, row.id, "finalized", "committed", &fact, NOW_US,
	    on_outcome, p);
	await(p, STORE_DONE);
	store_committed(p->store, 1, 2, alice, on_rows, p);
	await(p, STORE_DONE);
	assert_int_equal(p->n_rows, 1);
	assert_int_equal(p->row->state, LEDGER_COMMITTED);
	assert_int_equal(p->row->commit_epoch, 3);
	assert_int_equal(p->row->block, 110);
	store_committed(p->store, 1, 0, alice, on_rows, p);
	await(p, STORE_NOTHING);
}

static void
a_commit_that_waits_lets_others_pass(void **state)
{
	struct place *p = *state;
	char vector[UUID_TEXT];
	struct ledger_row first, second;

	uuid_new(vector);
	add_vector(p, vector, 0);
	first = commit_for(vector, LEDGER_HASH);
	second = row_for("");
	make_final(p, &first, 110);
	intend(p, &second, STORE_NOTHING);
	move(p, &first, "finalized", "committed", 0, NULL, STORE_DONE);
	assert_int_equal(db_int(p->db, "select count(*) from weight_vector "
				       "where taken_at is null"),
	    0);
	assert_int_equal(
	    db_int(p->db, "select count(*) from ledger where "
			  "finalized_block = 110 and ended_at is null"),
	    1);
	intend(p, &second, STORE_DONE);
	store_open_row(p->store, alice, on_row, p);
	await(p, STORE_DONE);
	assert_string_equal(p->row->id, second.id);
	move(p, &first, "committed", "proven", 140, NULL, STORE_DONE);
	assert_int_equal(
	    db_int(p->db, "select count(*) from ledger where "
			  "finalized_block = 110 and proven_block = 140 and "
			  "ended_at is not null"),
	    1);
}

static void
two_commits_may_wait_and_one_reveal_opens_one(void **state)
{
	struct place *p = *state;
	struct ledger_row first = commit_for("", LEDGER_HASH),
			  second = commit_for("", LEDGER_HASH),
			  reveal = commit_for("", LEDGER_REVEAL);

	make_final(p, &first, 110);
	move(p, &first, "finalized", "committed", 0, NULL, STORE_DONE);
	make_final(p, &second, 130);
	move(p, &second, "finalized", "committed", 0, NULL, STORE_DONE);
	snprintf(reveal.reveals, sizeof(reveal.reveals), "%s", first.id);
	intend(p, &reveal, STORE_DONE);
	store_open_row(p->store, alice, on_row, p);
	await(p, STORE_DONE);
	assert_int_equal(p->row->action, LEDGER_REVEAL);
	assert_string_equal(p->row->reveals, first.id);
	assert_int_equal(p->row->n_salt, 3);
	assert_int_equal(p->row->salt[2], 65535);
	store_committed(p->store, 1, 2, alice, on_rows, p);
	await(p, STORE_DONE);
	assert_int_equal(p->n_rows, 2);
	assert_string_equal(p->row->id, second.id); /* oldest first */
}

static void
our_last_update_is_not_a_reveals(void **state)
{
	struct place *p = *state;
	struct ledger_row set = row_for(""),
			  reveal = commit_for("", LEDGER_REVEAL);

	store_own_update(p->store, 1, 0, alice, on_block, p);
	await(p, STORE_DONE);
	assert_int_equal(p->block, 0);
	make_final(p, &set, 110);
	move(p, &set, "finalized", "proven", 110, NULL, STORE_DONE);
	reveal.mecid = 0;
	make_final(p, &reveal, 120);
	store_own_update(p->store, 1, 0, alice, on_block, p);
	await(p, STORE_DONE);
	assert_int_equal(p->block, 110);
}

/* -- never worse than yesterday ------------------------------------------ */

/* As the operator's tool does it: how many it took. */
static int
accept_vector(struct place *p, const char *id)
{
	PGconn *conn = PQconnectdb(sandbox_conninfo(p->sb));
	const char *const params[] = {id, "now"};
	PGresult *res = PQexecParams(
	    conn, sql_ctl_weight_accept, 2, NULL, params, NULL, NULL, 0);
	int n = PQresultStatus(res) == PGRES_TUPLES_OK ? PQntuples(res) : -1;

	PQclear(res);
	PQfinish(conn);
	return n;
}

static void
an_accepted_vector_waits_again_and_is_new(void **state)
{
	struct place *p = *state;
	char old[UUID_TEXT], newer[UUID_TEXT], *text;

	uuid_new(old);
	uuid_new(newer);
	add_vector(p, old, 7200);
	add_vector(p, newer, 3600);
	store_refuse(p->store, old, "churn_too_large", NOW_US, on_outcome, p);
	await(p, STORE_DONE);
	store_waiting(p->store, 1, 0, on_a_vector, p);
	await(p, STORE_DONE);
	assert_string_equal(p->vector->id, newer);
	assert_false(p->vector->is_accepted);
	assert_int_equal(accept_vector(p, old), 1);
	store_waiting(p->store, 1, 0, on_a_vector, p);
	await(p, STORE_DONE);
	assert_string_equal(p->vector->id, old);
	assert_true(p->vector->is_accepted);
	assert_true(clock_wall_us() - p->vector->created_us < 60 * 1000000LL);
	store_supersede(p->store, 1, 0, old, "", NOW_US);
	drain(p);
	text = db_text(p->db, "select id from weight_vector "
			      "where refusal = 'superseded'");
	assert_string_equal(text, newer);
	free(text);
}

/* A vector made some hours ago, and a row that proved it. */
static void
prove_one(struct place *p, char vector[UUID_TEXT], int age_s, uint64_t block)
{
	struct ledger_row row;

	uuid_new(vector);
	add_vector(p, vector, age_s);
	db_exec(p->db, "insert into weight_entry values ('%s', 1, '%s', 3, 1)",
	    vector, bob);
	row = row_for(vector);
	make_final(p, &row, block);
	move(p, &row, "finalized", "proven", block, NULL, STORE_DONE);
}

static struct store_again
again_at(uint64_t block, int max_age_s)
{
	struct store_again want = {.netuid = 1,
	    .block = block,
	    .now_us = clock_wall_us(),
	    .last_block = block - 20};

	uuid_new(want.id);
	want.made_after_us = want.now_us - max_age_s * 1000000LL;
	snprintf(want.hotkey, sizeof(want.hotkey), "%s", alice);
	return want;
}

static void
ask_again(
    struct place *p, const struct store_again *want, enum store_outcome wanted)
{
	store_again(p->store, want, on_outcome, p);
	await(p, wanted);
}

static void
what_was_proven_last_can_be_sent_again(void **state)
{
	struct place *p = *state;
	struct store_again want = again_at(500, 86400);
	char first[UUID_TEXT], second[UUID_TEXT];

	ask_again(p, &want, STORE_NOTHING); /* nothing was proven ever */
	prove_one(p, first, 7200, 110);
	prove_one(p, second, 3600, 210);
	ask_again(p, &want, STORE_DONE);
	store_waiting(p->store, 1, 0, on_a_vector, p);
	await(p, STORE_DONE);
	assert_string_equal(p->vector->id, want.id);
	assert_int_equal(p->vector->source, VECTOR_AGAIN);
	assert_int_equal(db_int(p->db,
			     "select count(*) from weight_vector v, "
			     "weight_entry e where v.origin = '%s' and "
			     "e.vector_id = v.id and e.hotkey = '%s' and "
			     "e.uid = 3 and e.weight = 1",
			     second, bob),
	    1);
	want = again_at(501, 86400);
	ask_again(p, &want, STORE_NOTHING); /* one waits */
	db_exec(p->db, "update weight_vector set taken_at = now(), "
		       "refusal = 'too_old' where source = 'again'");
	ask_again(p, &want, STORE_NOTHING); /* one in so many blocks */
	want = again_at(521, 86400);
	ask_again(p, &want, STORE_DONE);
	db_exec(p->db,
	    "update weight_vector set taken_at = now(), "
	    "refusal = 'nobody_registered' where id = '%s'",
	    want.id);
	want = again_at(600, 86400);
	ask_again(p, &want, STORE_NOTHING); /* the rules are against it */
}

/* What the chain took last counts, even if it never opened it. */
static void
what_was_not_revealed_is_sent_again(void **state)
{
	struct place *p = *state;
	struct store_again want = again_at(500, 86400);
	char first[UUID_TEXT], second[UUID_TEXT];

	prove_one(p, first, 7200, 110);
	prove_one(p, second, 3600, 210);
	db_exec(p->db,
	    "update ledger set state = 'refused', reason = 'not_revealed', "
	    "proven_block = null, proven_hash = null, included_block = 205 "
	    "where vector_id = '%s'",
	    second);
	ask_again(p, &want, STORE_DONE);
	assert_int_equal(db_int(p->db,
			     "select count(*) from weight_vector where id = "
			     "'%s' and origin = '%s'",
			     want.id, second),
	    1);
}

static void
what_is_sent_again_stays_as_old_as_it_was(void **state)
{
	struct place *p = *state;
	struct store_again want = again_at(500, 7000);
	char first[UUID_TEXT];
	struct ledger_row row;

	prove_one(p, first, 7200, 110);
	ask_again(p, &want, STORE_NOTHING); /* too old */
	want = again_at(500, 86400);
	ask_again(p, &want, STORE_DONE);
	row = row_for(want.id);
	make_final(p, &row, 501);
	move(p, &row, "finalized", "proven", 501, NULL, STORE_DONE);
	want = again_at(600, 7000);
	ask_again(p, &want, STORE_NOTHING); /* as its origin is */
	want = again_at(600, 86400);
	ask_again(p, &want, STORE_DONE);
	assert_int_equal(db_int(p->db,
			     "select count(*) from weight_vector "
			     "where origin = '%s'",
			     first),
	    2);
}

static void
a_fallback_gives_all_to_one(void **state)
{
	struct place *p = *state;
	struct store_again want = again_at(500, 1);

	store_fallback(p->store, &want, bob, 7, on_outcome, p);
	await(p, STORE_DONE);
	store_waiting(p->store, 1, 0, on_a_vector, p);
	await(p, STORE_DONE);
	assert_int_equal(p->vector->source, VECTOR_FALLBACK);
	assert_true(p->vector->is_accepted);
	store_entries(p->store, p->vector->id, on_some_entries, p);
	await(p, STORE_DONE);
	assert_int_equal(p->vector->n, 1);
	assert_string_equal(p->vector->entries[0].hotkey, bob);
	assert_int_equal(p->vector->entries[0].uid, 7);
	want = again_at(501, 1);
	store_fallback(p->store, &want, bob, 7, on_outcome, p);
	await(p, STORE_NOTHING);
}

static void
how_a_setter_stands_is_one_row(void **state)
{
	struct place *p = *state;
	struct snapshot s = {.netuid = 1, .block = 500};
	struct standing_facts facts = {.mecid = 1,
	    .call = "set_mechanism_weights",
	    .committed = 2,
	    .waits_for = "SettingWeightsTooFast",
	    .until_block = 510,
	    .alarm = NULL};

	snprintf(s.hotkey, sizeof(s.hotkey), "%s", alice);
	s.own[1].last_update = 450;
	s.hyper.tempo = 20;
	store_setter(p->store, &s, &facts, NOW_US, on_outcome, p);
	await(p, STORE_DONE);
	assert_int_equal(
	    db_int(p->db, "select count(*) from setter where netuid = 1 and "
			  "mecid = 1 and block = 500 and last_update = 450 "
			  "and next_block = 550 and tempos_behind = 1.5 and "
			  "committed = 2 and until_block = 510 and "
			  "alarm is null and vector_id is null"),
	    1);
	s.block = 501;
	s.hyper.tempo = 0;
	facts.waits_for = NULL;
	facts.alarm = "HotKeyNotRegisteredInSubNet";
	store_setter(p->store, &s, &facts, NOW_US, on_outcome, p);
	await(p, STORE_DONE);
	assert_int_equal(
	    db_int(p->db, "select count(*) from setter where block = 501 and "
			  "tempos_behind is null and waits_for is null and "
			  "until_block is null and "
			  "alarm = 'HotKeyNotRegisteredInSubNet'"),
	    1);
	assert_int_equal(db_int(p->db, "select count(*) from setter"), 1);
}

/* -- snapshots ----------------------------------------------------------- */

static struct neuron
neuron_of(int uid, const char *hotkey)
{
	struct neuron n = {.uid = (uint16_t)uid,
	    .alpha_stake = UINT64_MAX,
	    .total_stake = 5,
	    .permit = true,
	    .axon = {"203.0.113.7", 8091, 4, 10002000, 3},
	    .trust = 65535,
	    .consensus = -1,
	    .emission = 1,
	    .registered_block = -1};

	snprintf(n.hotkey, sizeof(n.hotkey), "%s", hotkey);
	snprintf(n.coldkey, sizeof(n.coldkey), "%s", bob);
	return n;
}

/* What is written beside the neurons. */
struct beside {
	json_t *commitments;
	struct peer *peers;
	size_t n_peers;
	bool has_locks;
	enum store_outcome outcome;
};

static void
write_more(struct place *p, uint64_t block, struct neuron *neurons, size_t n,
    const struct beside *more)
{
	struct snapshot s = {.netuid = 1,
	    .block = block,
	    .spec_version = 424,
	    .neurons = neurons,
	    .n_neurons = n,
	    .hyper.mechanisms = 1,
	    .commitments = more->commitments,
	    .peers = more->peers,
	    .n_peers = more->n_peers,
	    .has_locks = more->has_locks};

	snprintf(s.block_hash, sizeof(s.block_hash), "%s", hash);
	s.hyper_json = json_pack("{s:i}", "tempo", 20);
	store_snapshot(p->store, &s, NOW_US, on_outcome, p);
	await(p, more->outcome);
	json_decref(s.hyper_json);
}

static void
write_snapshot(
    struct place *p, uint64_t block, struct neuron *neurons, size_t n)
{
	const struct beside nothing = {.outcome = STORE_DONE};

	write_more(p, block, neurons, n, &nothing);
}

static void
assert_text(struct place *p, const char *sql, const char *expected)
{
	char *text = db_text(p->db, "%s", sql);

	assert_string_equal(text, expected);
	free(text);
}

static void
neurons_move_go_and_come(void **state)
{
	struct place *p = *state;
	struct neuron two[] = {neuron_of(0, alice), neuron_of(1, bob)};
	struct neuron swapped[] = {neuron_of(0, bob), neuron_of(1, alice)};

	write_snapshot(p, 10, two, 2);
	assert_text(p,
	    "select concat_ws(' ', alpha_stake, axon_ip, axon_port, "
	    "axon_version, trust, emission, consensus, registered_block) "
	    "from neuron where uid = 0",
	    "18446744073709551615 203.0.113.7 8091 10002000 65535 1");
	write_snapshot(p, 11, swapped, 2);
	assert_text(p, "select hotkey from neuron where uid = 0", bob);
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
locks_are_written_where_they_changed(void **state)
{
	static const char locks[] =
	    "select string_agg(concat_ws(' ', block, coalesce(locked::text, "
	    "'none'), coalesce(locked_own::text, 'none')), ', ' order by uid) "
	    "from neuron";
	const struct beside read = {.has_locks = true, .outcome = STORE_DONE};
	const struct beside late = {
	    .has_locks = true, .outcome = STORE_NOTHING};
	struct place *p = *state;
	struct neuron two[] = {neuron_of(0, alice), neuron_of(1, bob)};

	write_snapshot(p, 10, two, 2); /* not read */
	assert_text(p, locks, "10 none none, 10 none none");
	two[0].locked = UINT64_MAX;
	two[0].locked_own = 5;
	write_more(p, 11, two, 2, &read);
	assert_text(p, locks, "11 18446744073709551615 5, 11 0 0");
	two[1].locked = 7;
	write_snapshot(p, 12, two, 2); /* not read: what is known stands */
	assert_text(p, locks, "11 18446744073709551615 5, 11 0 0");
	write_more(p, 13, two, 2, &read);
	assert_text(p, locks, "11 18446744073709551615 5, 13 7 0");
	two[1].locked = 8;
	write_more(p, 12, two, 2, &late); /* of an earlier block */
	assert_text(p, locks, "11 18446744073709551615 5, 13 7 0");
	assert_text(p,
	    "select string_agg(block::text, ' ' order by block) from snapshot "
	    "where has_locks",
	    "11 13");
	/* Who takes a uid has locked nothing that we know of. */
	snprintf(two[1].hotkey, sizeof(two[1].hotkey), "5Somebody");
	write_snapshot(p, 14, two, 2);
	assert_text(p, locks, "11 18446744073709551615 5, 14 none none");
}

static void
a_change_of_a_uid_is_written_once(void **state)
{
	static const char changes[] =
	    "select string_agg(concat_ws(' ', after_block, block, uid, kind, "
	    "left(old_hotkey, 3), left(new_hotkey, 3)), ', ' "
	    "order by block, uid) from neuron_change";
	struct place *p = *state;
	struct neuron two[] = {neuron_of(0, alice), neuron_of(1, bob)};
	struct neuron other[] = {neuron_of(0, bob)};

	write_snapshot(p, 10, two, 1);
	assert_int_equal(
	    db_int(p->db, "select count(*) from neuron_change"), 0);
	write_snapshot(p, 11, two, 2);
	write_snapshot(p, 11, two, 2);
	write_snapshot(p, 15, two, 2);
	write_snapshot(p, 17, other, 1);
	write_snapshot(p, 17, other, 1);
	write_snapshot(p, 18, other, 1);
	assert_text(p, changes,
	    "10 11 1 registered 5FH, 15 17 0 replaced 5Gr 5FH, "
	    "15 17 1 left 5FH");
}

/* Two that read the same subnet, writing at the same time. */
static void
two_writers_write_a_change_once(void **state)
{
	struct place *p = *state;
	struct pg *pg = pg_new(p->base, sandbox_conninfo(p->sb), NULL, NULL);
	struct store *second = store_new(pg);
	struct neuron two[] = {neuron_of(0, alice), neuron_of(1, bob)};
	struct snapshot s = {.netuid = 1, .hyper.mechanisms = 1};

	s.hyper_json = json_object();
	for (uint64_t block = 10; block < 50; block++) {
		s.block = block;
		s.neurons = two;
		s.n_neurons = 1 + block / 2 % 2;
		p->answers = 0;
		store_snapshot(block % 2 == 0 ? p->store : second, &s, NOW_US,
		    on_outcome, p);
		s.block = ++block;
		store_snapshot(block % 2 == 0 ? p->store : second, &s, NOW_US,
		    on_outcome, p);
		while (p->answers < 2)
			event_base_dispatch(p->base);
	}
	p->answers = 0;
	assert_int_equal(
	    db_int(p->db, "select count(*) from neuron_change"), 19);
	assert_int_equal(db_int(p->db, "select count(*) from (select kind, "
				       "lag(kind) over (order by block) as "
				       "before from neuron_change) as c "
				       "where kind = before"),
	    0);
	json_decref(s.hyper_json);
	pg_free(pg);
	store_free(second);
}

static void
what_stays_is_not_written_again(void **state)
{
	static const char rows[] =
	    "select string_agg(xmin || ' ' || ctid || ' ' || block, ', ' "
	    "order by uid) from neuron";
	struct place *p = *state;
	struct neuron two[] = {neuron_of(0, alice), neuron_of(1, bob)};
	char *before, *after;

	write_snapshot(p, 10, two, 2);
	before = db_text(p->db, rows);
	write_snapshot(p, 11, two, 2);
	after = db_text(p->db, rows);
	assert_string_equal(before, after);
	free(before);
	free(after);
	two[1].consensus = 7;
	write_snapshot(p, 12, two, 2);
	assert_text(p,
	    "select string_agg(block::text, ' ' order by uid) from "
	    "neuron",
	    "10 12");
}

static void
an_older_snapshot_changes_nothing(void **state)
{
	const struct beside late = {.outcome = STORE_NOTHING,
	    .commitments = json_pack("[{s:s}]", "hotkey", alice)};
	struct place *p = *state;
	struct neuron two[] = {neuron_of(0, alice), neuron_of(1, bob)};

	write_snapshot(p, 10, two, 2);
	write_snapshot(p, 12, two, 1);
	write_more(p, 11, two, 2, &late);
	assert_int_equal(db_int(p->db, "select count(*) from snapshot"), 2);
	assert_int_equal(db_int(p->db, "select count(*) from neuron"), 1);
	assert_int_equal(
	    db_int(p->db, "select count(*) from neuron_change"), 1);
	assert_int_equal(db_int(p->db, "select count(*) from commitment"), 0);
	json_decref(late.commitments);
}

static void
commitments_come_change_and_go(void **state)
{
	struct place *p = *state;
	struct neuron one[] = {neuron_of(0, alice)};
	struct beside more = {.outcome = STORE_DONE};
	json_t *row = json_pack("{s:s, s:i, s:s, s:[{s:s}], s:s, s:s, s:s}",
	    "hotkey", alice, "block", 3, "deposit", "18446744073709551615",
	    "fields", "Raw4", "0x683a3830", "text", "h:80", "address", "h:80",
	    "reveal_round", "18446744073709551615");

	more.commitments = json_pack("[o, {s:s, s:s, s:s}]", row, "hotkey", bob,
	    "data", "0xff", "decode_error", "it breaks off");
	write_more(p, 10, one, 1, &more);
	assert_text(p,
	    "select concat_ws(' ', read_block, block, deposit, fields, text, "
	    "reveal_round) from commitment where decode_error is null",
	    "10 3 18446744073709551615 [{\"Raw4\": \"0x683a3830\"}] h:80 "
	    "18446744073709551615");
	assert_text(
	    p, "select address || ' ' || address_block from neuron", "h:80 3");
	write_snapshot(p, 11, one, 1); /* not read this time */
	assert_text(p, "select address from neuron", "h:80");
	json_object_set_new(row, "address", json_string("h:81"));
	write_more(p, 12, one, 1, &more);
	assert_text(p,
	    "select string_agg(read_block::text, ' ' order by "
	    "decode_error nulls first) from commitment",
	    "12 10");
	assert_text(p, "select address || ' ' || block from neuron", "h:81 12");
	json_array_remove(more.commitments, 0);
	write_more(p, 13, one, 1, &more);
	assert_int_equal(db_int(p->db, "select count(*) from commitment"), 1);
	assert_int_equal(db_int(p->db, "select count(*) from neuron where "
				       "address is null and block = 13"),
	    1);
	json_decref(more.commitments);
}

static void
validators_weights_come_change_and_go(void **state)
{
	static const char rows[] =
	    "select string_agg(concat_ws(' ', block, uid, weights), ', ' "
	    "order by uid) from validator_weights";
	uint16_t uids[] = {0, 1}, weights[] = {7, 65535};
	struct peer peers[] = {
	    {.uid = 0, .is_read = true, .weights = {uids, weights, 2}},
	    {.uid = 1, .is_read = true, .weights = {uids, weights, 1}}};
	struct beside more = {
	    .outcome = STORE_DONE, .peers = peers, .n_peers = 2};
	struct place *p = *state;
	struct neuron two[] = {neuron_of(0, alice), neuron_of(1, bob)};

	write_more(p, 10, two, 2, &more);
	write_more(p, 11, two, 2, &more);
	assert_text(p, rows, "10 0 [[0, 7], [1, 65535]], 10 1 [[0, 7]]");
	weights[1] = 9;
	peers[1].is_read = false;
	write_more(p, 12, two, 2, &more);
	assert_text(p, rows, "12 0 [[0, 7], [1, 9]], 10 1 [[0, 7]]");
	peers[0].weights.n = 0;
	write_more(p, 13, two, 2, &more);
	assert_text(p, rows, "10 1 [[0, 7]]");
	two[1].permit = false;
	write_snapshot(p, 14, two, 2);
	assert_int_equal(
	    db_int(p->db, "select count(*) from validator_weights"), 0);
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

static void
an_endpoints_weather_is_a_row_a_minute_for_a_week(void **state)
{
	static char one[] = "wss://a", two[] = "wss://b,\"c";
	struct store_weather rows[] = {
	    {.endpoint = one, .is_up = true, .latency_ms = 12.5, .answered = 7},
	    {.endpoint = two, .is_distrusted = true, .lag = 3, .failed = 2},
	};
	const int64_t minute_us = 60000000, week_us = 7 * 1440 * minute_us;
	struct place *p = *state;

	store_weather(p->store, 1, rows, 2, (int64_t)NOW_US);
	store_weather(p->store, 1, rows, 2, (int64_t)NOW_US + minute_us);
	store_weather(p->store, 1, rows, 0, (int64_t)NOW_US + 2 * minute_us);
	drain(p);
	assert_int_equal(
	    db_int(p->db, "select count(*) from dash_v1.endpoint_weather"), 4);
	assert_text(p,
	    "select string_agg(concat_ws(' ', endpoint, is_up, is_in_use, "
	    "is_distrusted, lag_blocks, coalesce(latency_ms, -1)), '; ' "
	    "order by endpoint) from dash_v1.endpoints",
	    "wss://a t f f 0 12.5; wss://b,\"c f f t 3 -1");
	rows[0].is_in_use = true;
	store_weather(p->store, 1, rows, 1, (int64_t)NOW_US + week_us + 1);
	drain(p);
	assert_int_equal(
	    db_int(p->db, "select count(*) from endpoint_weather"), 3);
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
	    EACH(a_commit_is_read_back_whole),
	    EACH(a_commit_that_waits_lets_others_pass),
	    EACH(two_commits_may_wait_and_one_reveal_opens_one),
	    EACH(our_last_update_is_not_a_reveals),
	    EACH(an_accepted_vector_waits_again_and_is_new),
	    EACH(what_was_proven_last_can_be_sent_again),
	    EACH(what_was_not_revealed_is_sent_again),
	    EACH(what_is_sent_again_stays_as_old_as_it_was),
	    EACH(a_fallback_gives_all_to_one),
	    EACH(how_a_setter_stands_is_one_row),
	    EACH(neurons_move_go_and_come),
	    EACH(locks_are_written_where_they_changed),
	    EACH(a_change_of_a_uid_is_written_once),
	    EACH(two_writers_write_a_change_once),
	    EACH(what_stays_is_not_written_again),
	    EACH(an_older_snapshot_changes_nothing),
	    EACH(commitments_come_change_and_go),
	    EACH(validators_weights_come_change_and_go),
	    EACH(old_snapshots_go_and_the_newest_stays),
	    EACH(an_endpoints_weather_is_a_row_a_minute_for_a_week),
	};

	return cmocka_run_group_tests(tests, make_sandbox, end_sandbox);
}

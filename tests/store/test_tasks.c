/*
 * Tasks that clients pay, by subnetctl; what a round reads of payments and
 * locks; rounds of two mechanisms side by side.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>
#include <libpq-fe.h>

#include "common/xalloc.h"
#include "sql.h"
#include "tests/lib/db.h"
#include "tests/lib/proc.h"
#include "tests/lib/sandbox.h"

#define ALICE "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"
#define BOB "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty"
#define TASK "01890000-0000-7000-8000-0000000000aa"
#define NOBODY "01890000-0000-7000-8000-0000000000ff"

enum { MAX_ARGS = 16 };

struct place {
	struct sandbox *sb;
	struct db *db;
};

static int
make_sandbox(void **state)
{
	const struct sandbox_options o = {.name = "tasks", .postgres = true};
	struct place *p = xcalloc(1, sizeof(*p));

	*state = p;
	p->sb = sandbox_new(&o);
	if (p->sb == NULL)
		return -1;
	p->db = db_open(sandbox_conninfo(p->sb));
	return p->db != NULL ? 0 : -1;
}

static int
end_sandbox(void **state)
{
	struct place *p = *state;
	int failed;

	db_close(p->db);
	failed = sandbox_end(p->sb, false);
	free(p);
	return failed;
}

/* -- subnetctl engagement task ------------------------------------------- */

/* Its answer to these words with --json; the caller decrefs. */
static json_t *
task(struct place *p, int status, const char *const *words)
{
	const char *args[MAX_ARGS + 4] = {"engagement", "task"};
	struct proc_output got;
	json_t *json;
	size_t n = 2;

	for (size_t i = 0; words[i] != NULL; i++)
		args[n++] = words[i];
	args[n] = "--json";
	assert_true(n < MAX_ARGS);
	sandbox_ctl(p->sb, args, &got);
	if (got.status != status)
		fail_msg("exit %d: %s%s", got.status, got.out, got.err);
	json = json_loads(got.out, 0, NULL);
	assert_non_null(json);
	proc_output_clear(&got);
	return json;
}

#define TASK_SAYS(p, status, ...)                                              \
	task(p, status, (const char *const[]){__VA_ARGS__, NULL})

static const char *
text_of(const json_t *json, const char *object, const char *member)
{
	const char *text = json_string_value(
	    json_object_get(json_object_get(json, object), member));

	assert_non_null(text);
	return text;
}

static char *
add(struct place *p, const char *title)
{
	json_t *json = TASK_SAYS(p, 0, "add", title, "--by", "ops", "--reward",
	    "12.5", "--platform", "tiktok/video", "--open_for", "7d");
	char *id = xstrdup(text_of(json, "task", "id"));

	json_decref(json);
	return id;
}

static void
pay(struct place *p, int status, const char *id, const char *hotkey,
    const char *amount, const char *reference)
{
	json_t *json = TASK_SAYS(p, status, "pay", id, hotkey, amount, "--by",
	    "client 7", "--reference", reference);

	if (status != 0)
		assert_true(json_is_string(json_object_get(json, "error")));
	else
		assert_string_equal(text_of(json, "payment", "hotkey"), hotkey);
	json_decref(json);
}

static void
a_task_is_added_paid_and_listed(void **state)
{
	struct place *p = *state;
	char *id = add(p, "a video of the new kettle");

	pay(p, 0, id, ALICE, "10", "invoice 1");
	pay(p, 0, id, ALICE, "0.000000001", "");
	pay(p, 0, id, BOB, "7.5", "invoice 2");
	/* What was wrong is made good, not changed. */
	pay(p, 0, id, BOB, "-7.5", "invoice 2, back");
	assert_int_equal(db_int(p->db,
			     "select count(*) from dash_v1.organic_tasks where "
			     "id = '%s' and title = 'a video of the new "
			     "kettle' and platform = 'tiktok/video' and reward "
			     "= 12.5 and payments = 4 and paid = 10.000000001 "
			     "and created_by = 'ops' and closes_at - "
			     "created_at = interval '7 days'",
			     id),
	    1);
	json_decref(TASK_SAYS(p, 0, "list"));
	assert_int_equal(
	    db_int(p->db,
		"select count(*) from dash_v1.payments where hotkey "
		"= '" ALICE "' and by_whom = 'client 7' and reference "
		"is null"),
	    1);
	free(id);
}

static void
the_newest_task_is_listed_first(void **state)
{
	struct place *p = *state;
	char *id = add(p, "the newest");
	json_t *json = TASK_SAYS(p, 0, "list", "--limit", "1");
	json_t *tasks = json_object_get(json, "tasks");
	json_t *first = json_array_get(tasks, 0);

	assert_int_equal(json_array_size(tasks), 1);
	assert_string_equal(
	    json_string_value(json_object_get(first, "id")), id);
	assert_true(json_is_true(json_object_get(first, "is_open")));
	json_decref(json);
	free(id);
}

static void
a_payment_counts_once(void **state)
{
	struct place *p = *state;
	char *id = add(p, "paid twice");

	pay(p, 0, id, ALICE, "5", "transfer 9");
	pay(p, 2, id, ALICE, "5", "transfer 9");
	pay(p, 2, id, BOB, "6", "transfer 9");
	/* Without a name it cannot be told from another. */
	pay(p, 0, id, ALICE, "1", "");
	pay(p, 0, id, ALICE, "1", "");
	assert_int_equal(
	    db_int(p->db,
		"select sum(amount) from feedback_event where task_id = '%s'",
		id),
	    7);
	free(id);
}

static void
what_makes_no_sense_is_refused(void **state)
{
	static const char *const amounts[] = {"0", "-0.0", "1e3", "NaN", "",
	    "1.", ".5", "1.0000000001", "1234567890123", "5 ", "0x5"};
	struct place *p = *state;
	char *id = add(p, "nonsense");
	int64_t before = db_int(p->db, "select count(*) from feedback_event");

	for (size_t i = 0; i < sizeof(amounts) / sizeof(amounts[0]); i++)
		pay(p, 64, id, ALICE, amounts[i], "");
	pay(p, 64, id, "5Grw", "1", "");
	pay(p, 64, "kettle", ALICE, "1", "");
	pay(p, 2, NOBODY, ALICE, "1", "");
	json_decref(TASK_SAYS(p, 64, "pay", id, ALICE, "1")); /* by nobody */
	json_decref(TASK_SAYS(p, 64, "add", "by nobody"));
	json_decref(TASK_SAYS(p, 64, "add", "", "--by", "ops"));
	json_decref(
	    TASK_SAYS(p, 64, "add", "t", "--by", "o", "--reward", "-1"));
	json_decref(TASK_SAYS(p, 64, "remove"));
	json_decref(TASK_SAYS(p, 64, "list", "all"));
	assert_int_equal(
	    db_int(p->db, "select count(*) from feedback_event"), before);
	free(id);
}

/* Another subnet's tasks are not this one's. */
static void
a_task_is_of_its_subnet(void **state)
{
	struct place *p = *state;
	char *id = add(p, "here");

	json_decref(TASK_SAYS(
	    p, 2, "pay", id, ALICE, "1", "--by", "c", "--netuid", "49"));
	free(id);
}

static void
payments_stay_as_they_are(void **state)
{
	static const char *const changes[] = {
	    "update feedback_event set amount = amount + 1",
	    "delete from feedback_event",
	    "truncate feedback_event",
	};
	struct place *p = *state;
	char *id = add(p, "to stay");
	int64_t before;

	pay(p, 0, id, ALICE, "3", "");
	before = db_int(
	    p->db, "select sum(amount * 1e9)::bigint from feedback_event");
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		PGconn *conn = PQconnectdb(sandbox_conninfo(p->sb));
		PGresult *res = PQexec(conn, changes[i]);

		assert_non_null(strstr(PQresultErrorMessage(res),
		    "feedback_event is append-only"));
		PQclear(res);
		PQfinish(conn);
	}
	assert_int_equal(
	    db_int(
		p->db, "select sum(amount * 1e9)::bigint from feedback_event"),
	    before);
	free(id);
}

/* -- what a round reads -------------------------------------------------- */

/* On a subnet of its own: two neurons, of which one has locked; payments at
 * hours 1 to 5, to them and to one who left. */
static const char *const rows[] = {
    "insert into snapshot (netuid, block, block_hash, at, spec_version, hyper) "
    "values (8, 90, '0x', '2026-01-02 06:00:00+00', 1, '{\"tempo\": 20}')",
    "insert into neuron (netuid, uid, hotkey, coldkey, block, alpha_stake, "
    "tao_stake, total_stake, validator_permit, last_update, locked, "
    "locked_own) values (8, 0, '" ALICE "', 'c', 90, 1e9, 0, 0, false, 0, "
    "2500000000, 500000000), (8, 1, '" BOB "', 'd', 90, 1e9, 0, 0, false, 0, "
    "null, null)",
    "insert into organic_task (id, netuid, title, reward, created_at, "
    "created_by) values ('" TASK "', 8, 't', 1, now(), 'x')",
    "insert into feedback_event (id, netuid, task_id, hotkey, amount, at, "
    "by_whom) select gen_random_uuid(), 8, '" TASK "', h, a, timestamptz "
    "'2026-01-02 00:00:00+00' + n * interval '1 hour', 'x' from (values "
    "('" ALICE "', 100, 1), ('" ALICE "', 10, 2), ('" ALICE "', 1.5, 4), "
    "('" ALICE "', 1000, 5), ('" ALICE "', -0.25, 3), ('" BOB "', 3, 5), "
    "('gone', 7, 3)) as e (h, a, n)",
    NULL,
};

/* From 2 o'clock to 4. */
static PGresult *
read_neurons(PGconn *conn)
{
	static const char *const params[] = {
	    "8", "1", "2026-01-02 04:00:00+00", "2026-01-02 02:00:00+00"};
	PGresult *res =
	    PQexecParams(conn, sql_run_neurons, 4, NULL, params, NULL, NULL, 0);

	assert_int_equal(PQresultStatus(res), PGRES_TUPLES_OK);
	return res;
}

static double
cell(const PGresult *res, int row, const char *column)
{
	int at = PQfnumber(res, column);

	assert_true(at >= 0 && !PQgetisnull(res, row, at));
	return atof(PQgetvalue(res, row, at));
}

static void
a_round_reads_locks_and_what_was_paid_in_its_window(void **state)
{
	struct place *p = *state;
	PGconn *conn = PQconnectdb(sandbox_conninfo(p->sb));
	PGresult *res;

	for (int i = 0; rows[i] != NULL; i++)
		assert_int_equal(db_exec(p->db, "%s", rows[i]), 0);
	res = read_neurons(conn);
	assert_int_equal(PQntuples(res), 2);
	/* In the order of bytes: BOB's address is the first. */
	assert_true(PQgetisnull(res, 0, PQfnumber(res, "locked")));
	assert_true(PQgetisnull(res, 0, PQfnumber(res, "locked_own")));
	assert_true(cell(res, 0, "paid") == 0);
	assert_true(cell(res, 1, "locked") == 2.5);
	assert_true(cell(res, 1, "locked_own") == 0.5);
	assert_true(cell(res, 1, "paid") == 10 + 1.5 - 0.25);
	PQclear(res);
	PQfinish(conn);
}

/* -- rounds by mechanism ------------------------------------------------- */

static const char miners[] =
    "[{\"hotkey\":\"" ALICE "\",\"coldkey\":\"c\",\"uid\":0,\"alpha\":1,"
    "\"serves\":false,\"banned\":false,\"failed_audits\":0,\"previous\":0,"
    "\"consensus\":0,\"before\":0,\"locked\":2.5,\"locked_own\":0.5,"
    "\"paid\":11.25},{\"hotkey\":\"" BOB "\",\"coldkey\":\"d\",\"uid\":1,"
    "\"alpha\":1,\"serves\":false,\"banned\":false,\"failed_audits\":0,"
    "\"previous\":0,\"consensus\":0,\"before\":0}]";

/* What each mechanism's round makes of the first. */
static const char *const entries[] = {
    "[{\"hotkey\":\"" ALICE "\",\"uid\":0,\"jobs\":1,\"successes\":1,"
    "\"stake_share\":1,\"score\":0.25,\"weight\":1}]",
    "[{\"hotkey\":\"" ALICE "\",\"uid\":0,\"jobs\":0,\"successes\":0,"
    "\"stake_share\":1,\"score\":0.75,\"weight\":1}]",
};

/* A round of epoch 5 and its vector; "" or the SQLSTATE. */
static char *
store_round(struct place *p, const char *id, const char *mecid)
{
	const char *run[] = {id, "8", "5", "90", "2026-01-02 04:00:00+00", "x",
	    "2026-01-02 02:00:00+00", "a0", "text", "1:1:", "0", "b0", miners,
	    entries[mecid[0] - '0'], mecid};
	const char *vector[] = {id, "8", id, "90", "2026-01-02 04:00:00+00",
	    "[{\"hotkey\":\"" ALICE "\",\"uid\":0,\"weight\":1}]", mecid};
	PGconn *conn = PQconnectdb(sandbox_conninfo(p->sb));
	PGresult *res =
	    PQexecParams(conn, sql_run_store, 15, NULL, run, NULL, NULL, 0);
	const char *code = PQresultErrorField(res, PG_DIAG_SQLSTATE);
	char *state = xstrdup(code != NULL ? code : "");

	PQclear(res);
	if (state[0] == '\0') {
		res = PQexecParams(
		    conn, sql_vector_store, 7, NULL, vector, NULL, NULL, 0);
		assert_int_equal(PQresultStatus(res), PGRES_COMMAND_OK);
		PQclear(res);
	}
	PQfinish(conn);
	return state;
}

static void
assert_stored(
    struct place *p, const char *id, const char *mecid, const char *expected)
{
	char *state = store_round(p, id, mecid);

	assert_string_equal(state, expected);
	free(state);
}

/* The last round that run_view knows of a mechanism; -1: none. */
static int64_t
last_epoch(struct place *p, const char *mecid)
{
	const char *params[] = {
	    "8", "2026-01-01 00:00:00+00", "1", NULL, mecid};
	PGconn *conn = PQconnectdb(sandbox_conninfo(p->sb));
	PGresult *res =
	    PQexecParams(conn, sql_run_view, 5, NULL, params, NULL, NULL, 0);
	int at = PQfnumber(res, "last_epoch");
	int64_t epoch = -1;

	assert_int_equal(PQntuples(res), 1);
	if (!PQgetisnull(res, 0, at))
		epoch = atoll(PQgetvalue(res, 0, at));
	PQclear(res);
	PQfinish(conn);
	return epoch;
}

static void
each_mechanism_has_its_round_of_an_epoch(void **state)
{
	struct place *p = *state;

	assert_stored(p, "01890000-0000-7000-8000-000000000001", "0", "");
	assert_int_equal(last_epoch(p, "0"), 5);
	assert_int_equal(last_epoch(p, "1"), -1);
	assert_stored(p, "01890000-0000-7000-8000-000000000002", "1", "");
	assert_int_equal(last_epoch(p, "1"), 5);
	/* But one alone. */
	assert_stored(p, "01890000-0000-7000-8000-000000000003", "1", "23505");
	assert_int_equal(
	    db_int(p->db, "select count(*) from score_run r join weight_vector "
			  "v on v.run_id = r.id and v.mecid = r.mecid where "
			  "r.netuid = 8"),
	    2);
}

static void
a_round_keeps_what_it_read(void **state)
{
	struct place *p = *state;

	assert_int_equal(
	    db_int(p->db,
		"select count(*) from run_miner where run_id = "
		"'01890000-0000-7000-8000-000000000002' and ((hotkey = '" ALICE
		"' and locked = 2.5 and locked_own = 0.5 and paid = 11.25) or "
		"(hotkey = '" BOB "' and locked is null and locked_own is null "
		"and paid = 0))"),
	    2);
}

static double
routing_score(struct place *p, const char *mecid)
{
	const char *params[] = {
	    "8", "2026-01-02 04:00:00+00", "2026-01-02 04:00:00+00", mecid};
	PGconn *conn = PQconnectdb(sandbox_conninfo(p->sb));
	PGresult *res =
	    PQexecParams(conn, sql_miner_table, 4, NULL, params, NULL, NULL, 0);
	double score;

	assert_int_equal(PQntuples(res), 1);
	score = cell(res, 0, "score");
	PQclear(res);
	PQfinish(conn);
	return score;
}

static void
assert_shown(struct place *p, const char *mecid, double score)
{
	const char *const args[] = {"scores", "show", "--json", "--netuid", "8",
	    "--weightsetter.mecid", mecid, NULL};
	struct proc_output got;
	json_t *json, *first;

	sandbox_ctl(p->sb, args, &got);
	json = json_loads(got.out, 0, NULL);
	first = json_array_get(json_object_get(json, "scores"), 0);
	assert_true(
	    json_number_value(json_object_get(first, "score")) == score);
	json_decref(json);
	proc_output_clear(&got);
}

/* Jobs do not go by what another mechanism makes of a miner. */
static void
scores_are_asked_of_one_mechanism(void **state)
{
	struct place *p = *state;

	assert_int_equal(db_exec(p->db, "update neuron set address = 'h:1' "
					"where netuid = 8 and uid = 0"),
	    0);
	assert_true(routing_score(p, "0") == 0.25);
	assert_true(routing_score(p, "1") == 0.75);
	assert_shown(p, "0", 0.25);
	assert_shown(p, "1", 0.75);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_task_is_added_paid_and_listed),
	    cmocka_unit_test(the_newest_task_is_listed_first),
	    cmocka_unit_test(a_payment_counts_once),
	    cmocka_unit_test(what_makes_no_sense_is_refused),
	    cmocka_unit_test(a_task_is_of_its_subnet),
	    cmocka_unit_test(payments_stay_as_they_are),
	    cmocka_unit_test(
		a_round_reads_locks_and_what_was_paid_in_its_window),
	    cmocka_unit_test(each_mechanism_has_its_round_of_an_epoch),
	    cmocka_unit_test(a_round_keeps_what_it_read),
	    cmocka_unit_test(scores_are_asked_of_one_mechanism),
	};

	return cmocka_run_group_tests(tests, make_sandbox, end_sandbox);
}

/*
 * What instances learn of miners, written down by several in any order; what
 * is left of it when a miner was down; failures in a row; who is in flight.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libpq-fe.h>

#include "common/xalloc.h"
#include "sql.h"
#include "tests/lib/db.h"
#include "tests/lib/stored.h"

#define NOW "2026-01-02 04:00:00+00"
#define LATER "2026-01-02 04:05:00+00"
#define OURS "01890000-0000-7000-8000-0000000000aa"
#define THEIRS "01890000-0000-7000-8000-0000000000bb"

static int
make_place(void **state)
{
	struct stored *p = xcalloc(1, sizeof(*p));

	*state = p;
	if (stored_open(p, "lanes") != 0)
		return -1;
	return 0;
}

static int
end_place(void **state)
{
	struct stored *p = *state;
	int status = stored_end(p);

	free(p);
	return status;
}

static int
empty(void **state)
{
	struct stored *p = *state;

	return db_exec(p->db, "truncate lane, miner, instance, job cascade");
}

/* The caller clears. */
static PGresult *
run(struct stored *p, const char *sql, int n, const char *const *params)
{
	PGresult *res =
	    PQexecParams(p->one, sql, n, NULL, params, NULL, NULL, 0);
	ExecStatusType status = PQresultStatus(res);

	if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
		fail_msg("%s", PQerrorMessage(p->one));
	return res;
}

/* -- earned ---------------------------------------------------------------- */

/* Of two lanes, "a" and "b", of miner m: as arrays. */
static void
learn(struct stored *p, const char *keys, const char *factors,
    const char *raises, const char *said)
{
	const char *const params[] = {
	    "1", "{m,m}", keys, factors, raises, said, "{4,4}", NOW};

	PQclear(run(p, sql_miner_learnt, 8, params));
}

static void
assert_earned(struct stored *p, const char *key, double wanted)
{
	double got = db_real(p->db,
	    "select earned from lane where netuid = 1 and hotkey = 'm' and "
	    "capacity_key = '%s'",
	    key);

	if (!(got > wanted - 1e-9 && got < wanted + 1e-9))
		fail_msg("%s: %g, not %g", key, got, wanted);
}

static void
what_is_learnt_is_added_up(void **state)
{
	struct stored *p = *state;

	learn(p, "{a,b}", "{1,0.5}", "{0.25,0}", "{9,9}");
	assert_earned(p, "a", 4.25); /* on what it starts with */
	assert_earned(p, "b", 2);
	learn(p, "{b,a}", "{1,0.5}", "{1,0.5}", "{9,9}");
	assert_earned(p, "a", 2.625);
	assert_earned(p, "b", 3);
	learn(p, "{a,b}", "{0.1,1}", "{0,100}", "{9,5}");
	assert_earned(p, "a", 1); /* never less than one */
	assert_earned(p, "b", 5); /* nor more than it says */
	/* It says less: what is above is not what a cut begins with. */
	learn(p, "{a,b}", "{1,0.5}", "{0,0}", "{9,2}");
	assert_earned(p, "b", 1);
}

static void
the_order_makes_no_difference(void **state)
{
	struct stored *p = *state;

	learn(p, "{a,b}", "{1,1}", "{0,0}", "{9,9}");
	learn(p, "{a,b}", "{0.7,1}", "{0,0}", "{9,9}");
	learn(p, "{a,b}", "{0.7,1}", "{0,0.5}", "{9,9}");
	learn(p, "{a,b}", "{1,1}", "{0,0.25}", "{9,9}");
	assert_earned(p, "a", 4 * .7 * .7);
	assert_earned(p, "b", 4.75);
}

static void
what_was_down_has_lost_half(void **state)
{
	static const char *const down[] = {"1", "m", "false", "{}", NOW};
	static const char *const still[] = {
	    "1", "m", "false", "{}", "2026-01-02 04:03:00+00"};
	static const char *const up[] = {"1", "m", "true", "{}", LATER};
	struct stored *p = *state;

	db_exec(p->db,
	    "insert into miner (netuid, hotkey, is_up) values (1, 'm', true)");
	learn(p, "{a,b}", "{1,1}", "{5,0}", "{99,99}");
	PQclear(run(p, sql_miner_seen, 5, up)); /* it was up all the time */
	assert_earned(p, "a", 9);
	PQclear(run(p, sql_miner_seen, 5, down));
	PQclear(run(p, sql_miner_seen, 5, still));
	assert_earned(p, "a", 9);
	PQclear(run(p, sql_miner_seen, 5, up));
	assert_earned(p, "a", 5);
	assert_earned(p, "b", 2.5);
	PQclear(run(p, sql_miner_seen, 5, up));
	assert_earned(p, "a", 5);
}

/* -- failures -------------------------------------------------------------- */

static void
failures_in_a_row_are_counted_by_all(void **state)
{
	static const char *const plain[] = {"1", "m", NOW, "0", NULL, NULL};
	static const char *const out[] = {"1", "m", NOW, "2", NOW, LATER};
	static const char *const sooner[] = {
	    "1", "m", NOW, "1", NOW, "2026-01-02 04:01:00+00"};
	static const char *const well[] = {"1", "m"};
	static const struct {
		const char *const *params;
		const char *streak, *ejections;
	} rows[] = {{plain, "1", "0"}, {plain, "2", "0"}, {out, "3", "2"},
	    {sooner, "4", "2"}, {plain, "5", "2"}};
	struct stored *p = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		PGresult *res = run(p, sql_miner_failed, 6, rows[i].params);

		assert_string_equal(PQgetvalue(res, 0, 0), rows[i].streak);
		assert_string_equal(PQgetvalue(res, 0, 1), rows[i].ejections);
		PQclear(res);
	}
	assert_int_equal(db_int(p->db, "select count(*) from miner where "
				       "ejected_until = '" LATER "'"),
	    1);
	PQclear(run(p, sql_miner_well, 2, well));
	assert_int_equal(
	    db_int(p->db, "select count(*) from miner where streak = 0 and "
			  "ejections = 0 and ejected_until is null and "
			  "failures > 4"),
	    1);
}

/* -- in flight ------------------------------------------------------------- */

static const char *const at_work[] = {
    "insert into kind values (1, 'k', 'native', '/k', 'key', 1000, 1000, 1000, "
    "2, 1, 1, 3, '{}', 0, '{}', 1000, '{}', 'none') on conflict do nothing",
    "insert into miner (netuid, hotkey, ejected_at) values (1, 'm', '" NOW "')",
    "insert into job (id, netuid, kind, state, params, miners_min, "
    "miners_wanted, retries_left, created_at, deadline_at, rank_at) select "
    "gen_random_uuid(), 1, 'k', 'running', '{}', 1, 1, 0, now(), now(), now() "
    "from generate_series(1, 5)",
    /* One of ours and three of others, of which one is nobody's; one of ours
     * is over. */
    "insert into attempt (id, job_id, netuid, kind, hotkey, uid, address, "
    "state, receipt, prepared_at, deadline_at, finished_at, instance) select "
    "gen_random_uuid(), j.id, 1, 'k', 'm', 7, 'a', case when n = 5 then "
    "'delivered'::attempt_state else 'sent' end, '{}', case when n = 2 then "
    "'" LATER "'::timestamptz else '2026-01-02 03:00:00+00' end, now(), "
    "case when n = 5 then now() end, case when n in (1, 5) then '" OURS
    "'::uuid when n = 4 then null else '" THEIRS "' end from (select id, "
    "row_number() over () as n from job) j",
};

static void
what_is_in_flight_is_ours_or_not(void **state)
{
	static const char *const params[] = {"1", OURS, NULL};
	struct stored *p = *state;
	PGresult *res;

	for (size_t i = 0; i < sizeof(at_work) / sizeof(at_work[0]); i++)
		assert_int_equal(db_exec(p->db, "%s", at_work[i]), 0);
	res = run(p, sql_miner_open, 3, params);
	assert_int_equal(PQntuples(res), 1);
	assert_string_equal(PQgetvalue(res, 0, 1), "key");
	assert_string_equal(PQgetvalue(res, 0, 2), "1");
	assert_string_equal(PQgetvalue(res, 0, 3), "3");
	assert_string_equal(PQgetvalue(res, 0, 4), "1"); /* since it is out */
	PQclear(res);
}

/* -- instances ------------------------------------------------------------- */

static void
who_left_is_not_on_the_roster(void **state)
{
	static const char *const ours[] = {OURS, "p", "1", NOW, LATER, NULL,
	    "2026-01-02 04:00:00.123457+00", "h"};
	static const char *const theirs[] = {
	    THEIRS, "p", "1", NOW, NOW, NULL, NOW, ""};
	static const char *const all[] = {"p", "1", NOW};
	static const char *const late[] = {"p", "1", LATER};
	static const char *const left[] = {OURS, LATER};
	struct stored *p = *state;
	PGresult *res;

	PQclear(run(p, sql_instance_seen, 8, theirs));
	PQclear(run(p, sql_instance_seen, 8, ours));
	PQclear(run(p, sql_instance_lock, 1, ours));
	res = run(p, sql_instance_roster, 3, all);
	assert_int_equal(PQntuples(res), 1); /* the other has no session */
	PQclear(res);
	PQclear(run(p, sql_instance_lock, 1, theirs));
	res = run(p, sql_instance_roster, 3, all);
	assert_int_equal(PQntuples(res), 2);
	assert_string_equal(PQgetvalue(res, 0, 0), OURS);
	assert_string_equal(PQgetvalue(res, 0, 1), "1767326400123457");
	assert_string_equal(PQgetvalue(res, 0, 2), "h");
	PQclear(res);
	res = run(p, sql_instance_roster, 3, late);
	assert_int_equal(PQntuples(res), 1);
	PQclear(res);
	PQclear(run(p, sql_instance_left, 2, left));
	PQclear(run(p, sql_instance_seen, 8, ours)); /* it does not come back */
	res = run(p, sql_instance_roster, 3, all);
	assert_int_equal(PQntuples(res), 1);
	assert_string_equal(PQgetvalue(res, 0, 0), THEIRS);
	PQclear(res);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(what_is_learnt_is_added_up, empty),
	    cmocka_unit_test_setup(the_order_makes_no_difference, empty),
	    cmocka_unit_test_setup(what_was_down_has_lost_half, empty),
	    cmocka_unit_test_setup(failures_in_a_row_are_counted_by_all, empty),
	    cmocka_unit_test_setup(what_is_in_flight_is_ours_or_not, empty),
	    cmocka_unit_test_setup(who_left_is_not_on_the_roster, empty),
	};

	return cmocka_run_group_tests(tests, make_place, end_place);
}

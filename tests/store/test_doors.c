/*
 * Where miners are called: at the address that they committed, or, where a
 * kind is for classic axons, at the axon of who has none and is no validator.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libpq-fe.h>

#include "common/buf.h"
#include "common/xalloc.h"
#include "sql.h"
#include "tests/lib/db.h"
#include "tests/lib/stored.h"

#define NOW "2026-01-02 04:00:00+00"
#define LATER "2026-01-02 04:05:00+00"
#define TWO_DAYS_LATER "2026-01-04 04:00:00+00"

static int
make_place(void **state)
{
	struct stored *p = xcalloc(1, sizeof(*p));

	*state = p;
	return stored_open(p, "doors");
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
neuron(struct stored *p, int uid, const char *hotkey, const char *address,
    const char *ip, int port, const char *permit)
{
	return db_exec(p->db,
	    "insert into neuron (netuid, uid, hotkey, coldkey, block, "
	    "alpha_stake, tao_stake, total_stake, validator_permit, "
	    "last_update, address, axon_ip, axon_port) values (1, %d, '%s', "
	    "'c', 1, 1, 1, 1, %s, 1, %s, %s, %d)",
	    uid, hotkey, permit, address, ip, port);
}

/* Neurons of each sort, and one kind: for axons, or not. */
static void
people(struct stored *p, const char *of_axons)
{
	assert_int_equal(
	    db_exec(p->db, "truncate neuron, miner, kind cascade"), 0);
	assert_int_equal(
	    neuron(p, 1, "both", "'h:1'", "'203.0.113.7'", 8091, "false"), 0);
	assert_int_equal(
	    neuron(p, 2, "axon4", "null", "'203.0.113.7'", 8091, "false"), 0);
	assert_int_equal(
	    neuron(p, 3, "axon6", "null", "'2001:db8::1'", 8091, "false"), 0);
	assert_int_equal(
	    neuron(p, 4, "judge", "null", "'203.0.113.8'", 8091, "true"), 0);
	assert_int_equal(
	    neuron(p, 5, "nowhere", "null", "null", 0, "false"), 0);
	assert_int_equal(
	    neuron(p, 6, "portless", "null", "'203.0.113.9'", 0, "false"), 0);
	assert_int_equal(
	    db_exec(p->db,
		"insert into kind (netuid, name, protocol, path, "
		"capacity_key, deadline_ms, attempt_ms, answer_ms, "
		"retry_budget, miners_min, miners_wanted, "
		"miners_max, input_types, max_input_bytes, "
		"output_types, max_output_bytes, params, scoring, "
		"of_axons) values (1, 'k', 'p', '/', 'k', 1, 1, 1, "
		"0, 1, 1, 1, '{}', 0, '{}', 1, '{}', 'none', %s)",
		of_axons),
	    0);
}

/* "hotkey address, .." of what a statement gives; the caller frees. */
static char *
told(struct stored *p, const char *sql, int n, const char *const *params)
{
	PGresult *res =
	    PQexecParams(p->one, sql, n, NULL, params, NULL, NULL, 0);
	char *text = xstrdup("");

	if (PQresultStatus(res) != PGRES_TUPLES_OK)
		fail_msg("%s", PQerrorMessage(p->one));
	for (int i = 0; i < PQntuples(res); i++) {
		char *longer = xasprintf("%s%s %s,", text,
		    PQgetvalue(res, i, PQfnumber(res, "hotkey")),
		    PQgetvalue(res, i, PQfnumber(res, "address")));

		free(text);
		text = longer;
	}
	PQclear(res);
	return text;
}

static void
expect(struct stored *p, const char *sql, int n, const char *const *params,
    const char *want)
{
	char *got = told(p, sql, n, params);

	assert_string_equal(got, want);
	free(got);
}

static void
axons_are_doors_where_a_kind_is_for_them(void **state)
{
	static const char *const params[] = {"1", NOW, NOW, "0"};
	struct stored *p = *state;

	people(p, "false");
	expect(p, sql_miner_table, 4, params, "both h:1,");
	people(p, "true");
	expect(p, sql_miner_table, 4, params,
	    "axon4 203.0.113.7:8091,axon6 [2001:db8::1]:8091,both h:1,");
	/* Of another subnet it says nothing. */
	assert_int_equal(db_exec(p->db, "update kind set netuid = 2"), 0);
	expect(p, sql_miner_table, 4, params, "both h:1,");
}

static void
axons_are_probed_as_such(void **state)
{
	static const char *const params[] = {"1", NOW, NOW};
	static const char *const later[] = {"1", LATER, LATER};
	struct stored *p = *state;
	PGresult *res;

	people(p, "false");
	expect(p, sql_miner_probe, 3, params, "both h:1,");
	people(p, "true");
	expect(p, sql_miner_probe, 3, params,
	    "axon4 203.0.113.7:8091,axon6 [2001:db8::1]:8091,both h:1,");
	expect(p, sql_miner_probe, 3, params, ""); /* they were asked */
	res = PQexecParams(
	    p->one, sql_miner_probe, 3, NULL, later, NULL, NULL, 0);
	assert_int_equal(PQntuples(res), 3);
	for (int i = 0; i < 3; i++) {
		const char *who = PQgetvalue(res, i, PQfnumber(res, "hotkey"));

		assert_string_equal(
		    PQgetvalue(res, i, PQfnumber(res, "is_axon")),
		    strcmp(who, "both") == 0 ? "f" : "t");
	}
	PQclear(res);
}

/* "nowhere" has asked for work in its hotkey's name, "portless" in one that
 * was not proven. */
static void
two_ask(struct stored *p)
{
	assert_int_equal(
	    db_exec(p->db,
		"insert into miner (netuid, hotkey, polled_at, proven_at) "
		"values (1, 'nowhere', '" NOW "', '" NOW "'), "
		"(1, 'portless', '" NOW "', null)"),
	    0);
}

static void
who_asks_for_work_needs_no_door(void **state)
{
	static const char *const params[] = {"1", NOW, NOW, "0"};
	static const char *const later[] = {"1", LATER, LATER, "0"};
	struct stored *p = *state;

	people(p, "false");
	two_ask(p);
	expect(p, sql_miner_table, 4, params, "both h:1,nowhere ,portless ,");
	expect(p, sql_miner_table, 4, later, "both h:1,");
}

/* Whether a round at that time scores "nowhere" and "portless". */
static void
expect_served(struct stored *p, const char *now, const char *want)
{
	const char *const params[] = {"1", "0", now, now};
	PGresult *res = PQexecParams(
	    p->one, sql_run_neurons, 4, NULL, params, NULL, NULL, 0);
	struct buf got = {0};

	for (int i = 0; i < PQntuples(res); i++) {
		const char *who = PQgetvalue(res, i, PQfnumber(res, "hotkey"));

		if (strcmp(who, "nowhere") == 0 || strcmp(who, "portless") == 0)
			buf_add_str(
			    &got, PQgetvalue(res, i, PQfnumber(res, "serves")));
	}
	assert_string_equal(buf_str(&got), want);
	buf_free(&got);
	PQclear(res);
}

static void
who_proved_to_ask_serves_for_a_day(void **state)
{
	struct stored *p = *state;

	people(p, "false");
	two_ask(p);
	assert_int_equal(
	    db_exec(p->db, "insert into snapshot (netuid, block, block_hash, "
			   "at, spec_version, hyper) values "
			   "(1, 1, 'h', '" NOW "', 1, '{}') "
			   "on conflict do nothing"),
	    0);
	expect_served(p, NOW, "tf");
	expect_served(p, TWO_DAYS_LATER, "ff");
}

/* Who is called can be scored. */
static void
axons_serve_in_a_round(void **state)
{
	static const char *const params[] = {"1", "0", NOW, NOW};
	struct stored *p = *state;
	PGresult *res;

	people(p, "true");
	assert_int_equal(
	    db_exec(p->db, "insert into snapshot (netuid, block, block_hash, "
			   "at, spec_version, hyper) values "
			   "(1, 1, 'h', '" NOW "', 1, '{}')"),
	    0);
	res = PQexecParams(
	    p->one, sql_run_neurons, 4, NULL, params, NULL, NULL, 0);
	assert_int_equal(PQntuples(res), 6);
	for (int i = 0; i < 6; i++) {
		const char *who = PQgetvalue(res, i, PQfnumber(res, "hotkey"));
		bool serves =
		    strcmp(who, "both") == 0 || strncmp(who, "axon", 4) == 0;

		assert_string_equal(
		    PQgetvalue(res, i, PQfnumber(res, "serves")),
		    serves ? "t" : "f");
	}
	PQclear(res);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(axons_are_doors_where_a_kind_is_for_them),
	    cmocka_unit_test(axons_are_probed_as_such),
	    cmocka_unit_test(axons_serve_in_a_round),
	    cmocka_unit_test(who_asks_for_work_needs_no_door),
	    cmocka_unit_test(who_proved_to_ask_serves_for_a_day),
	};

	return cmocka_run_group_tests(tests, make_place, end_place);
}

/*
 * subnetctl miners show and explain: one thing that keeps work from a miner at
 * a time is named, and nothing else; its share is the draw's.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>
#include <math.h>
#include <sodium.h>

#include "common/hex.h"
#include "tests/lib/db.h"
#include "tests/lib/proc.h"
#include "tests/lib/sandbox.h"

#define HOTKEY "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"
#define OTHER "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty"
#define STRANGER "5FLSigC9HGRKVhB9FiEo4Y3koPsNmBmLJbpXg2mp1hXcS59Y"

enum { MAX_ARGS = 6, MINER_CHECKS = 7 };

/* Stake 100 x score 0.5 x 1/2 for a failure, beside another's 50; "spoken" is
 * taken by the other alone. */
static const char table[] =
    "{\"policy\":[500,1,0.05,0.5,0.05,0.2],\"miners\":[\n"
    "[\"" OTHER "\",6,100,0.5,0,1,0,{\"speak\":2,\"write\":1}],\n"
    "[\"" HOTKEY "\",5,100,0.5,1,1,0,{\"speak\":2}]]}";

static const char *const rows[] = {
    "insert into kind values (1, 'audio.speak', 'native', '/speak', 'speak', "
    "1000, 1000, 1000, 2, 1, 1, 3, '{}', 0, '{}', 1000, '{}', 'speech'), "
    "(1, 'text.write', 'native', '/write', 'write', "
    "1000, 1000, 1000, 2, 1, 1, 3, '{}', 0, '{}', 1000, '{}', 'none')",
    "insert into neuron values (1, 5, '" HOTKEY "', 'c', 9, 100000000000, 0, "
    "0, false, 8, '127.0.0.1:8091', 7), (1, 6, '" OTHER "', 'c', 9, "
    "100000000000, 0, 0, false, 8, '127.0.0.1:8092', 7)",
    "insert into lane values (1, '" HOTKEY "', 'speak', 1.5, now())",
    "insert into attempt (id, job_id, netuid, kind, hotkey, uid, address, "
    "state, receipt, prepared_at, deadline_at, finished_at, reason, miner_ms) "
    "select gen_random_uuid(), gen_random_uuid(), 1, 'audio.speak', h, 5, "
    "'a', s::attempt_state, '{}', now(), now(), now(), r, m from (values "
    "('" HOTKEY "', 'delivered', null, 800.0), "
    "('" HOTKEY "', 'delivered', null, 1000.0), "
    "('" HOTKEY "', 'timed_out', 'no_result', null), "
    "('" HOTKEY "', 'abandoned', 'crashed', null), "
    "('" HOTKEY "', 'cancelled', 'not_needed', null), "
    "('" OTHER "', 'delivered', null, 700.0)) v (h, s, r, m)",
    "insert into score_run values ('01890000-0000-7000-8000-0000000000ab', 1, "
    "0, 4, 80, now(), 'sn49', now())",
    "insert into score_entry values "
    "('01890000-0000-7000-8000-0000000000ab', 1, '" HOTKEY "', 5, 5, 4, 812.5, "
    "0.9, 0.75, 0.5, 0.5, 1, 1), ('01890000-0000-7000-8000-0000000000ab', 1, "
    "'" OTHER "', 6, 5, 4, 700, 0.9, 0.75, 0.5, 0.6, 1, 1)",
    NULL,
};

struct world {
	struct sandbox *box;
	struct db *db;
};

static struct world world;

static int
keep_table(struct db *db)
{
	uint8_t hash[32];
	char id[33];

	crypto_hash_sha256(hash, (const uint8_t *)table, strlen(table));
	hex_encode(hash, 16, id);
	return db_exec(db,
	    "insert into route_table (netuid, id, made_at, body) values "
	    "(1, 'older', now() - interval '1 h', 'x'), (1, '%s', now(), '%s')",
	    id, table);
}

static int
set_up(void **state)
{
	const struct sandbox_options o = {
	    .name = "ctl-miners", .postgres = true};
	int failed;

	world.box = sandbox_new(&o);
	world.db =
	    world.box != NULL ? db_open(sandbox_conninfo(world.box)) : NULL;
	failed = world.db == NULL;
	for (int i = 0; !failed && rows[i] != NULL; i++)
		failed = db_exec(world.db, "%s", rows[i]) != 0;
	*state = &world;
	return failed || keep_table(world.db) != 0 ? -1 : 0;
}

static int
tear_down(void **state)
{
	struct world *w = *state;

	db_close(w->db);
	return sandbox_end(w->box, false);
}

/* A miner of whom nothing bad can be said. */
static int
mend(void **state)
{
	struct world *w = *state;

	return db_exec(w->db, "delete from audit_failure") |
	       db_exec(w->db, "delete from miner") |
	       db_exec(w->db,
		   "update neuron set address = '127.0.0.1:8091' where uid = "
		   "5") |
	       db_exec(w->db,
		   "insert into miner (netuid, hotkey, capacity, probed_at, "
		   "is_up) values (1, '" HOTKEY "', '{\"speak\": 2}', now(), "
		   "true), (1, '" OTHER "', '{\"speak\": 2, \"write\": true}', "
		   "now(), true)");
}

/* The caller decrefs; NULL if it is no JSON. */
static json_t *
ask(struct world *w, const char *word, const char *hotkey, int *status)
{
	const char *const args[] = {"miners", word, hotkey, "--json", NULL};
	struct proc_output got;
	json_t *json;

	sandbox_ctl(w->box, args, &got);
	*status = got.status;
	json = json_loads(got.out, 0, NULL);
	if (json == NULL)
		print_error("%s%s", got.out, got.err);
	proc_output_clear(&got);
	return json;
}

static const json_t *
at(const json_t *json, const char *list, const char *key, const char *value)
{
	const json_t *row;
	size_t i;

	json_array_foreach(json_object_get(json, list), i, row)
	{
		const char *text = json_string_value(json_object_get(row, key));

		if (text != NULL && strcmp(text, value) == 0)
			return row;
	}
	fail_msg("no %s %s in %s", key, value, list);
	return NULL;
}

static double
number(const json_t *row, const char *key)
{
	return json_number_value(json_object_get(row, key));
}

/* -- the tests ------------------------------------------------------------- */

static void
a_miner_is_shown_with_what_came_of_its_attempts(void **state)
{
	int status;
	json_t *json = ask(*state, "show", HOTKEY, &status);
	const json_t *miner = json_object_get(json, "miner"), *row;

	assert_int_equal(status, 0);
	assert_true(number(miner, "uid") == 5);
	assert_true(number(miner, "stake") == 100);
	assert_true(number(miner, "rank") == 2);
	assert_true(number(miner, "scored") == 2);
	row = at(json, "lanes", "key", "speak");
	assert_string_equal(
	    json_string_value(json_object_get(row, "said")), "2");
	assert_true(number(row, "earned") == 1.5);
	assert_true(number(row, "got") == 5 && number(row, "all") == 6);
	row = at(json, "outcomes", "kind", "audio.speak");
	assert_true(number(row, "ended") == 5);
	assert_true(number(row, "delivered") == 2);
	assert_true(number(row, "failed") == 1 && number(row, "ours") == 1);
	assert_true(number(row, "other") == 1); /* another was quicker */
	assert_true(number(row, "p50_ms") == 900);
	row = at(json, "reasons", "reason", "no_result");
	assert_string_equal(
	    json_string_value(json_object_get(row, "side")), "miner");
	json_decref(json);
}

static void
its_share_is_the_draws(void **state)
{
	int status;
	json_t *json = ask(*state, "explain", HOTKEY, &status);
	const json_t *row = at(json, "shares", "key", "speak"), *weight;

	assert_int_equal(status, 0);
	assert_true(json_is_true(json_object_get(json, "drawn")));
	assert_int_equal(
	    json_array_size(json_object_get(json, "checks")), MINER_CHECKS);
	assert_true(fabs(number(row, "share") - 1.0 / 3) < 1e-5);
	assert_true(number(row, "rivals") == 1);
	assert_true(fabs(number(row, "got_share") - 5.0 / 6) < 1e-5);
	weight = json_object_get(json, "weight");
	assert_true(number(weight, "weight") == 25);
	row = at(json, "shares", "key", "write");
	assert_string_equal(
	    json_string_value(json_object_get(row, "out")), "kind");
	assert_true(number(at(json, "raises", "what", "stake"), "factor") == 5);
	assert_true(number(at(json, "raises", "what", "score"), "factor") == 2);
	assert_true(
	    number(at(json, "raises", "what", "failures"), "factor") == 2);
	json_decref(json);
}

/* What breaks it, and the check that says so. */
static const struct {
	const char *sql, *check, *fix;
} breaks[] = {
    {"update neuron set address = null where uid = 5", "door", "commit"},
    {"update miner set is_up = false, down_at = now() where hotkey = "
     "'" HOTKEY "'",
	"answers", "/capacity"},
    {"update miner set is_up = false, probed_at = null where hotkey = "
     "'" HOTKEY "'",
	"answers", "orchestratord"},
    {"update miner set banned_at = now(), ban_reason = 'it lied' where "
     "hotkey = '" HOTKEY "'",
	"banned", "subnetctl miners unban " HOTKEY},
    {"insert into audit_failure values (gen_random_uuid(), 1, '" HOTKEY "', "
     "now(), now() + interval '1 h', 'x')",
	"audits", "validator.audit_penalty"},
    {"update miner set ejected_until = now() + interval '5 min', streak = 5 "
     "where hotkey = '" HOTKEY "'",
	"failures", "by itself"},
    {"update miner set capacity = '{}' where hotkey = '" HOTKEY "'", "capacity",
	"/capacity"},
};

static void
what_keeps_work_from_it_is_named(void **state)
{
	struct world *w = *state;

	for (size_t i = 0; i < sizeof(breaks) / sizeof(breaks[0]); i++) {
		const json_t *check, *checks;
		json_t *json;
		size_t k;
		int status;

		assert_int_equal(db_exec(w->db, "%s", breaks[i].sql), 0);
		json = ask(w, "explain", HOTKEY, &status);
		assert_int_equal(status, 2);
		assert_true(json_is_false(json_object_get(json, "drawn")));
		checks = json_object_get(json, "checks");
		json_array_foreach(checks, k, check)
		{
			const char *name =
			    json_string_value(json_object_get(check, "name"));
			const char *result =
			    json_string_value(json_object_get(check, "result"));
			bool broken = strcmp(name, breaks[i].check) == 0;

			if ((strcmp(result, "fail") == 0) != broken)
				fail_msg("%s: %s is %s", breaks[i].sql, name,
				    result);
			if (broken)
				assert_non_null(
				    strstr(json_string_value(
					       json_object_get(check, "fix")),
					breaks[i].fix));
		}
		json_decref(json);
		assert_int_equal(mend(state), 0);
	}
}

static void
one_on_trial_is_warned_of(void **state)
{
	struct world *w = *state;
	json_t *json;
	int status;

	db_exec(w->db,
	    "update miner set ejected_until = now() - interval '1 min' where "
	    "hotkey = '" HOTKEY "'");
	json = ask(w, "explain", HOTKEY, &status);
	assert_int_equal(status, 0);
	assert_string_equal(
	    json_string_value(json_object_get(
		at(json, "checks", "name", "failures"), "result")),
	    "warn");
	json_decref(json);
}

/* A miner that asks for its work needs no address, and says itself that it is
 * there. */
static void
one_that_asks_for_work_needs_no_door(void **state)
{
	struct world *w = *state;
	json_t *json;
	int status;

	db_exec(w->db, "update neuron set address = null where uid = 5");
	db_exec(w->db,
	    "update miner set is_up = false, capacity = '{}', polled_at = "
	    "now(), pulls = '{\"speak\": 1}' where hotkey = '" HOTKEY "'");
	json = ask(w, "explain", HOTKEY, &status);
	assert_int_equal(status, 0);
	json_decref(json);
	assert_int_equal(
	    db_exec(w->db, "update neuron set address = '127.0.0.1:8091' "
			   "where uid = 5"),
	    0);
}

/* One that was, and is no neuron any more. */
static void
one_that_left_had_what_it_had(void **state)
{
	struct world *w = *state;
	const json_t *row;
	json_t *json;
	int status;

	db_exec(w->db,
	    "insert into miner (netuid, hotkey) values (1, '" STRANGER "')");
	db_exec(w->db,
	    "insert into attempt (id, job_id, netuid, kind, hotkey, uid, "
	    "address, state, receipt, prepared_at, deadline_at, finished_at) "
	    "values (gen_random_uuid(), gen_random_uuid(), 1, 'audio.speak', "
	    "'" STRANGER "', 9, 'a', 'delivered', '{}', now(), now(), now())");
	json = ask(w, "show", STRANGER, &status);
	assert_int_equal(status, 0);
	row = at(json, "lanes", "key", "speak");
	assert_true(number(row, "got") == 1 && number(row, "all") == 7);
	json_decref(json);
	db_exec(w->db, "delete from attempt where hotkey = '" STRANGER "'");
}

static void
who_is_not_there_is_said_to_be_not_there(void **state)
{
	static const struct {
		const char *hotkey;
		int status;
	} cases[] = {{STRANGER, 1}, {"5Nobody", 64}, {"", 64}};
	static const char *const words[] = {"show", "explain"};
	int status;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		for (size_t k = 0; k < 2; k++) {
			json_t *json =
			    ask(*state, words[k], cases[i].hotkey, &status);

			assert_int_equal(status, cases[i].status);
			assert_non_null(json_object_get(json, "error"));
			json_decref(json);
		}
	}
}

static void
people_are_told_the_same(void **state)
{
	static const char *const args[] = {"miners", "explain", HOTKEY, NULL};
	struct world *w = *state;
	struct proc_output got;

	sandbox_ctl(w->box, args, &got);
	assert_int_equal(got.status, 0);
	assert_non_null(strstr(got.out, "ok   registered: uid 5, 100 alpha"));
	assert_non_null(strstr(got.out, "= 25\n"));
	assert_non_null(strstr(got.out, "0.33333"));
	assert_non_null(strstr(got.out, "stake 500 instead of 100: 5 times"));
	assert_null(strstr(got.out, "(null)"));
	proc_output_clear(&got);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, mend, NULL)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(a_miner_is_shown_with_what_came_of_its_attempts),
	    TEST(its_share_is_the_draws),
	    TEST(what_keeps_work_from_it_is_named),
	    TEST(one_on_trial_is_warned_of),
	    TEST(one_that_asks_for_work_needs_no_door),
	    TEST(one_that_left_had_what_it_had),
	    TEST(who_is_not_there_is_said_to_be_not_there),
	    TEST(people_are_told_the_same),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

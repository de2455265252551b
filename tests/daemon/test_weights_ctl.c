/*
 * subnetctl weights, beside a running weightsetterd: a vector by hand to its
 * proof, one that moves too much and is accepted, what is said of both.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "tests/lib/db.h"
#include "tests/lib/paths.h"
#include "tests/lib/proc.h"
#include "tests/lib/weights_rig.h"

enum { MAX_ARGS = 16, WAIT_MS = 60000 };

static int
set_up(void **state)
{
	const struct weights_rig_options o = {
	    .name = "weights-ctl", .ini = "max_churn = 0.5\n"};

	*state = weights_rig_new(&o);
	return *state != NULL ? 0 : -1;
}

static int
tear_down(void **state)
{
	return weights_rig_end(*state, false);
}

/* -- asking ------------------------------------------------------------- */

static void
run(struct weights_rig *w, const char *const *words, struct proc_output *got)
{
	char *program = paths_program("bin/subnetctl");
	const char *argv[MAX_ARGS] = {program, "-c", w->ini, "weights"};
	const struct proc_options o = {.name = "subnetctl", .argv = argv};

	for (size_t n = 4; *words != NULL && n < MAX_ARGS - 1; words++)
		argv[n++] = *words;
	proc_run(&o, WAIT_MS, got);
	free(program);
}

/* With --json; the answer is the caller's. */
static json_t *
ask(struct weights_rig *w, int status, const char *const *words)
{
	struct proc_output got;
	json_t *json;

	run(w, words, &got);
	json = json_loads(got.out, 0, NULL);
	if (got.status != status || json == NULL)
		fail_msg("%s: exit %d, not %d\n%s%s", words[0], got.status,
		    status, got.out, got.err);
	proc_output_clear(&got);
	return json;
}

#define ASK(w, status, ...)                                                    \
	ask(w, status, (const char *const[]){__VA_ARGS__, "--json", NULL})

static const char *
text_at(const json_t *json, const char *name)
{
	const char *text = json_string_value(json_object_get(json, name));

	return text != NULL ? text : "";
}

static int64_t
int_at(const json_t *json, const char *name)
{
	return json_integer_value(json_object_get(json, name));
}

static double
real_at(const json_t *json, const char *name)
{
	return json_number_value(json_object_get(json, name));
}

/* -- the tests, in this order ------------------------------------------- */

static void
nothing_has_been_set_yet(void **state)
{
	const json_t *setter;
	json_t *json;

	json = ASK(*state, 0, "plan");
	assert_true(json_is_null(json_object_get(json, "vector")));
	assert_true(json_is_null(json_object_get(json, "proven")));
	json_decref(json);
	json = ASK(*state, 1, "prove");
	assert_non_null(strstr(text_at(json, "error"), "nothing has been"));
	json_decref(json);
	json = ASK(*state, 0, "status");
	setter = json_array_get(json_object_get(json, "setters"), 0);
	assert_non_null(setter);
	assert_true(json_is_null(json_object_get(setter, "proven_block")));
	assert_true(int_at(setter, "block") > 0);
	json_decref(json);
}

static void
bad_lists_are_refused(void **state)
{
	static const struct {
		const char *uids, *weights;
		int status;
		const char *why;
	} cases[] = {
	    {"1,2", "1", 64, "names 2 and --weights 1"},
	    {"", "", 64, "names 0"},
	    {"x", "1", 64, "is no uid"},
	    {"65536", "1", 64, "is no uid"},
	    {"1,1", "1,2", 64, "twice"},
	    {"1", "-1", 64, "is no weight"},
	    {"1", "nan", 64, "is no weight"},
	    {"1", "1e999", 64, "is no weight"},
	    {"1,99", "1,1", 1, "nobody's"},
	};
	struct weights_rig *w = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		json_t *json = ASK(w, cases[i].status, "submit", "--uids",
		    cases[i].uids, "--weights", cases[i].weights);

		if (strstr(text_at(json, "error"), cases[i].why) == NULL)
			fail_msg(
			    "%s: %s", cases[i].why, text_at(json, "error"));
		json_decref(json);
	}
	assert_int_equal(
	    db_int(w->db, "select count(*) from weight_vector"), 0);
}

static void
weights_by_hand_are_proven(void **state)
{
	struct weights_rig *w = *state;
	const json_t *setter;
	json_t *json, *again;

	json =
	    ASK(w, 0, "submit", "--uids", "1,2", "--weights", "3,1", "--wait");
	assert_string_equal(text_at(json, "state"), "proven");
	assert_int_equal(json_array_size(json_object_get(json, "entries")), 2);
	assert_int_equal(
	    db_int(w->db,
		"select count(*) from weight_vector where id = '%s' and "
		"source = 'operator' and accepted_at is null",
		text_at(json, "vector_id")),
	    1);
	again = ASK(w, 0, "prove");
	assert_true(json_is_true(json_object_get(again, "holds")));
	assert_int_equal(
	    int_at(again, "proven_block"), int_at(json, "proven_block"));
	json_decref(again);
	again = ASK(w, 0, "status");
	setter = json_array_get(json_object_get(again, "setters"), 0);
	assert_int_equal(
	    int_at(setter, "proven_block"), int_at(json, "proven_block"));
	assert_string_equal(
	    text_at(setter, "proven_hash"), text_at(json, "proven_hash"));
	assert_true(json_is_null(json_object_get(setter, "flight")));
	json_decref(again);
	json_decref(json);
}

static void
what_is_set_moves_nothing(void **state)
{
	json_t *json = ASK(*state, 0, "plan");
	const json_t *hotkeys = json_object_get(json, "hotkeys");

	assert_int_equal(json_array_size(hotkeys), 2);
	assert_true(real_at(json, "churn") < 1e-9);
	assert_true(real_at(json_array_get(hotkeys, 0), "old") > 0.749);
	assert_true(json_is_false(json_object_get(json, "above_limit")));
	json_decref(json);
}

static void
what_moves_too_much_waits_for_a_person(void **state)
{
	struct weights_rig *w = *state;
	char vector[40];
	json_t *json;

	json =
	    ASK(w, 2, "submit", "--uids", "3,4", "--weights", "1,1", "--wait");
	assert_string_equal(text_at(json, "refusal"), "churn_too_large");
	snprintf(vector, sizeof(vector), "%s", text_at(json, "vector_id"));
	json_decref(json);
	json = ASK(w, 2, "plan");
	assert_true(json_is_true(json_object_get(json, "above_limit")));
	assert_true(real_at(json, "churn") > 0.999);
	assert_true(real_at(json, "max_churn") == 0.5);
	assert_int_equal(json_array_size(json_object_get(json, "hotkeys")), 4);
	json_decref(json);
	json = ASK(w, 0, "plan", "--accept");
	assert_true(json_is_true(json_object_get(json, "accepted")));
	json_decref(json);
	assert_int_equal(weights_rig_wait(w, vector, "proven", 0), 0);
	json = ASK(w, 0, "prove");
	assert_string_equal(text_at(json, "vector_id"), vector);
	json_decref(json);
}

/* By a rule that nobody may set aside; status tells of it. */
static void
what_another_rule_refused_nobody_accepts(void **state)
{
	static const char vector[] = "ffffffff-ffff-7fff-8fff-ffffffffffff";
	struct weights_rig *w = *state;
	const json_t *setter;
	json_t *json;

	db_exec(w->db,
	    "insert into weight_vector select (json_populate_record(v, "
	    "json_build_object('id', '%s', 'refusal', 'share_too_large', "
	    "'created_at', v.created_at + interval '1 min'))).* "
	    "from weight_vector v where id = (select vector_id from ledger "
	    "where state = 'proven' limit 1)",
	    vector);
	json = ASK(w, 2, "plan", "--accept");
	assert_non_null(strstr(text_at(json, "error"), "share_too_large"));
	json_decref(json);
	json = ASK(w, 0, "status");
	setter = json_array_get(json_object_get(json, "setters"), 0);
	assert_string_equal(text_at(setter, "refused"), "share_too_large");
	json_decref(json);
	db_exec(w->db, "delete from weight_vector where id = '%s'", vector);
}

static void
accepted_from_the_start(void **state)
{
	json_t *json = ASK(*state, 0, "submit", "--uids", "1", "--weights", "1",
	    "--accept", "--wait");

	assert_string_equal(text_at(json, "state"), "proven");
	json_decref(json);
}

static void
a_wait_ends_at_its_limit(void **state)
{
	struct weights_rig *w = *state;
	json_t *json;

	weights_rig_kill(w);
	json = ASK(w, 1, "submit", "--uids", "1", "--weights", "1", "--wait",
	    "--wait_limit", "700ms");
	assert_true(json_is_null(json_object_get(json, "state")));
	assert_true(json_is_false(json_object_get(json, "taken")));
	json_decref(json);
	assert_int_equal(weights_rig_start(w), 0);
}

/* A row that says what the chain does not. */
static void
a_proof_that_does_not_hold_is_told(void **state)
{
	static const char *const lies[] = {
	    "update ledger set weights = '{1}' where state = 'proven'",
	    "update ledger set proven_block = proven_block - 1 where state = "
	    "'proven'"};
	static const char *const checks[] = {"weights_hold", "block_holds"};
	struct weights_rig *w = *state;

	weights_rig_kill(w);
	db_exec(w->db, "create table truth as select * from ledger");
	for (size_t i = 0; i < 2; i++) {
		json_t *json;

		db_exec(w->db, lies[i]);
		json = ASK(w, 1, "prove");
		assert_true(json_is_false(json_object_get(json, "holds")));
		assert_true(json_is_false(json_object_get(json, checks[i])));
		json_decref(json);
		db_exec(w->db,
		    "update ledger l set weights = t.weights, proven_block = "
		    "t.proven_block from truth t where t.id = l.id");
	}
	assert_int_equal(weights_rig_start(w), 0);
}

static void
people_are_told_in_words(void **state)
{
	static const struct {
		const char *word, *says;
	} cases[] = {{"plan", "against the weights proven at block"},
	    {"status", "proven_block"}, {"prove", "is in the chain"},
	    {"history", "proven"}};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *const words[] = {cases[i].word, NULL};
		struct proc_output got;

		run(*state, words, &got);
		if (got.status != 0 || strstr(got.out, cases[i].says) == NULL)
			fail_msg("%s: exit %d\n%s%s", cases[i].word, got.status,
			    got.out, got.err);
		proc_output_clear(&got);
	}
}

static void
all_holds_in_the_end(void **state)
{
	assert_int_equal(weights_rig_audit(*state), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(nothing_has_been_set_yet),
	    cmocka_unit_test(bad_lists_are_refused),
	    cmocka_unit_test(weights_by_hand_are_proven),
	    cmocka_unit_test(what_is_set_moves_nothing),
	    cmocka_unit_test(what_moves_too_much_waits_for_a_person),
	    cmocka_unit_test(what_another_rule_refused_nobody_accepts),
	    cmocka_unit_test(accepted_from_the_start),
	    cmocka_unit_test(a_wait_ends_at_its_limit),
	    cmocka_unit_test(a_proof_that_does_not_hold_is_told),
	    cmocka_unit_test(people_are_told_in_words),
	    cmocka_unit_test(all_holds_in_the_end),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

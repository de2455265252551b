/*
 * Scores explained: by subnetctl to the operator, by orchestratord to anybody,
 * by signed statements to other validators; and other validators' weights
 * against ours. Blocks are made when told; the tests run in this order.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/err.h"
#include "common/xalloc.h"
#include "subnetctl/statement.c"
#include "subtensor/suri.h"
#include "tests/lib/db.h"
#include "tests/lib/fetch.h"
#include "tests/lib/jobs.h"
#include "tests/lib/sandbox.h"
#include "tests/lib/suite.h"
#include "tests/lib/tool.h"

enum { JOBS = 12, WAIT_MS = 60000, MINERS = 3, FAILING = 2, MAX_ARGS = 16 };

static const char job[] = "{\"kind\":\"audio.speak\",\"miners\":2,"
			  "\"params\":{\"text\":\"a line to be spoken aloud\","
			  "\"language\":\"en\"}}";

/* -- the suite ---------------------------------------------------------- */

static int
set_up(void **state)
{
	static const struct suite_options o = {.name = "scores",
	    .block_ms = -1,
	    .n_miners = MINERS,
	    .miners = {{.alpha = 100},
		{.alpha = 400, .flags = {"--delay-ms", "300"}},
		{.alpha = 200, .flags = {"--fail-every", "2"}}}};
	struct suite *s = suite_new(&o);

	*state = s;
	if (sodium_init() < 0 || s == NULL ||
	    suite_chain_call(s, "dev_newBlock", "[3]") != 0)
		return -1;
	return suite_wait_ready(s, MINERS);
}

static int
tear_down(void **state)
{
	return suite_end(*state, false);
}

/* -- asking ------------------------------------------------------------- */

/* subnetctl with the suite's configuration and --json; out is the caller's. */
static json_t *
ask(struct suite *s, int status, const char *const *words)
{
	const char *args[MAX_ARGS] = {"-c", s->ini, "--json"};
	struct tool_answer got;
	json_t *json;

	for (size_t n = 3; *words != NULL && n < MAX_ARGS - 1; words++)
		args[n++] = *words;
	tool_run(args, NULL, 0, &got);
	json = json_incref(got.json);
	if (got.status != status || json == NULL)
		fail_msg("%s: exit %d, not %d\n%s%s", args[3], got.status,
		    status, got.out, got.err);
	tool_answer_clear(&got);
	return json;
}

#define ASK(s, status, ...)                                                    \
	ask(s, status, (const char *const[]){__VA_ARGS__, NULL})

static const json_t *
at(const json_t *json, const char *name)
{
	const json_t *v = json_object_get(json, name);

	if (v == NULL)
		fail_msg("there is no %s", name);
	return v;
}

static double
real_at(const json_t *json, const char *name)
{
	return json_number_value(at(json, name));
}

static int64_t
int_at(const json_t *json, const char *name)
{
	return json_integer_value(at(json, name));
}

static const char *
text_at(const json_t *json, const char *name)
{
	const char *text = json_string_value(at(json, name));

	return text != NULL ? text : "";
}

static json_t *
get(struct suite *s, int status, const char *path)
{
	char *url = xasprintf("%s%s", s->api_url, path);
	struct fetch_answer answer;
	json_t *json;

	fetch_get(url, &answer);
	json = fetch_json(&answer);
	if (answer.status != status || json == NULL)
		fail_msg("%s: %d, not %d: %s %s", path, answer.status, status,
		    answer.why, answer.body);
	fetch_clear(&answer);
	free(url);
	return json;
}

static json_t *
get_score(struct suite *s, int status, const char *hotkey, const char *query)
{
	char *path = xasprintf("/v1/scores/%s%s", hotkey, query);
	json_t *json = get(s, status, path);

	free(path);
	return json;
}

static void
tell(struct suite *s, const char *method, const char *params)
{
	assert_int_equal(suite_chain_call(s, method, params), 0);
}

/* Block by block, each looked at by weightsetterd, until it is so. */
static void
make_blocks_until(struct suite *s, const char *sql)
{
	for (int i = 0; i < 80 && db_int(s->db, "%s", sql) != 1; i++) {
		int64_t block = db_int(s->db, "select max(block) from setter");

		tell(s, "dev_newBlock", "[1]");
		assert_int_equal(db_wait_int(s->db, 1, WAIT_MS,
				     "select (max(block) > %lld)::integer "
				     "from setter",
				     (long long)block),
		    0);
	}
	assert_int_equal(db_int(s->db, "%s", sql), 1);
}

/* -- before there is a round -------------------------------------------- */

static void
without_a_round_there_is_nothing_to_say(void **state)
{
	struct suite *s = *state;
	const char *hotkey = s->miner_hotkeys[0];
	json_t *json = ASK(s, 1, "scores", "explain", hotkey);

	assert_non_null(strstr(text_at(json, "error"), "no scoring round"));
	json_decref(json);
	json = ASK(s, 1, "scores", "statement", hotkey);
	assert_non_null(strstr(text_at(json, "error"), "no score"));
	json_decref(json);
	json = ASK(s, 1, "audit-weights");
	assert_non_null(strstr(text_at(json, "error"), "nothing to compare"));
	json_decref(json);
	json = get_score(s, 404, hotkey, "");
	assert_string_equal(text_at(json, "code"), "not_found");
	json_decref(json);
}

/* -- explained to the operator ------------------------------------------ */

/* So many jobs more, and a round of all there were. */
static void
make_round(struct suite *s, int n)
{
	struct jobs jobs = {0};

	for (int i = 0; i < n; i++)
		assert_int_equal(jobs_submit(s, &jobs, job, 0), 0);
	jobs_clear(&jobs);
	assert_int_equal(jobs_wait_quiet(s, WAIT_MS), 0);
	make_blocks_until(s,
	    "select count(*) from score_run where epoch = (select max(epoch) "
	    "from score_run) and events = (select count(*) from judgement)");
}

/* The latest round's number of that column; NaN: null. */
static double
stored(struct suite *s, const char *hotkey, const char *column)
{
	return db_real(s->db,
	    "select e.%s from score_entry e join score_run r on r.id = "
	    "e.run_id where e.hotkey = '%s' order by r.epoch desc limit 1",
	    column, hotkey);
}

static void
check_figures(struct suite *s, const json_t *figures, const char *hotkey)
{
	static const char *const columns[] = {"uid", "jobs", "successes",
	    "latency_p50_ms", "speed", "accuracy", "stake_share", "score",
	    "wins", "win_rate", "weight"};

	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++) {
		double want = stored(s, hotkey, columns[i]);
		const json_t *got = at(figures, columns[i]);

		if (isnan(want) ? !json_is_null(got)
				: json_number_value(got) != want)
			fail_msg("%s: %.17g, not %.17g", columns[i],
			    json_number_value(got), want);
	}
}

static void
check_rank(struct suite *s, const json_t *figures)
{
	static const char of_latest[] =
	    "from score_entry where run_id = (select id from score_run order "
	    "by epoch desc limit 1) and score > ";
	double score = real_at(figures, "score");
	int64_t scored = db_int(s->db, "select count(*) %s 0", of_latest);
	int64_t above =
	    db_int(s->db, "select count(*) %s %.17g", of_latest, score);

	assert_true(score > 0);
	assert_int_equal(int_at(figures, "scored"), scored);
	assert_int_equal(int_at(figures, "rank"), above + 1);
	assert_true(real_at(figures, "percentile") ==
		    (double)(scored - above) / (double)scored);
}

static void
figures_are_the_rounds(void **state)
{
	struct suite *s = *state;

	make_round(s, 1);
	make_round(s, JOBS);
	for (int i = 0; i < MINERS; i++) {
		const char *hotkey = s->miner_hotkeys[i];
		json_t *json = ASK(s, 0, "scores", "explain", hotkey);
		const json_t *miner = at(json, "miner");

		assert_string_equal(text_at(miner, "hotkey"), hotkey);
		assert_true(int_at(miner, "jobs") > 0);
		check_figures(s, miner, hotkey);
		check_rank(s, miner);
		assert_int_equal(int_at(at(json, "round"), "epoch"),
		    db_int(s->db, "select max(epoch) from score_run"));
		json_decref(json);
	}
}

/* The mean of what they were worth is the score less the stake's part, with
 * one kind whose parts were all measured. */
static void
each_job_is_there_with_what_it_gave(void **state)
{
	struct suite *s = *state;
	const char *hotkey = s->miner_hotkeys[FAILING];
	json_t *json = ASK(s, 0, "scores", "explain", hotkey);
	const json_t *jobs = at(json, "jobs"), *one;
	double values = 0, gave_failed = 0;
	size_t i, failed = 0, n = json_array_size(jobs);

	assert_int_equal(n, int_at(at(json, "miner"), "jobs"));
	json_array_foreach(jobs, i, one)
	{
		bool success = json_is_true(at(one, "success"));

		values += real_at(one, "value") / (double)n;
		failed += !success;
		gave_failed += success ? 0 : real_at(one, "gave");
		assert_string_equal(text_at(one, "source"), "client");
		assert_int_equal(
		    db_int(s->db,
			"select count(*) from attempt where id = '%s' and "
			"hotkey = '%s' and state = '%s' and "
			"coalesce(reason, '') = '%s' and (state = "
			"'delivered') = %s",
			text_at(one, "attempt"), hotkey, text_at(one, "state"),
			text_at(one, "reason"), success ? "true" : "false"),
		    1);
	}
	assert_true(failed > 0 && failed < n);
	assert_true(gave_failed < 0);
	assert_true(fabs(0.8 * values +
			 0.2 * real_at(at(json, "miner"), "stake_share") -
			 real_at(at(json, "miner"), "score")) < 1e-12);
	json_decref(json);
	json = ASK(s, 0, "scores", "explain", hotkey, "--limit", "1");
	assert_int_equal(json_array_size(at(json, "jobs")), 1);
	assert_int_equal(
	    db_int(s->db,
		"select (ended_at = (select max(ended_at) from "
		"judgement where hotkey = '%s'))::integer from "
		"judgement where attempt_id = '%s'",
		hotkey,
		text_at(json_array_get(at(json, "jobs"), 0), "attempt")),
	    1);
	json_decref(json);
}

static void
what_would_raise_it_comes_best_first(void **state)
{
	struct suite *s = *state;

	for (int i = 0; i < MINERS; i++) {
		json_t *json =
		    ASK(s, 0, "scores", "explain", s->miner_hotkeys[i]);
		const json_t *miner = at(json, "miner"), *one;
		double last = 1;
		size_t k;

		assert_true(json_array_size(at(json, "raises")) > 0);
		json_array_foreach(at(json, "raises"), k, one)
		{
			assert_true(real_at(one, "score") <= last);
			last = real_at(one, "score");
			assert_true(last > real_at(miner, "score"));
			assert_true(
			    real_at(one, "weight") >= real_at(miner, "weight"));
			assert_true(
			    int_at(one, "rank") <= int_at(miner, "rank"));
		}
		if (i == FAILING)
			assert_string_equal(
			    text_at(
				json_array_get(at(json, "raises"), 0), "what"),
			    "no failures");
		json_decref(json);
	}
}

/* The first round was of the first job alone. */
static void
an_older_round_is_explained_as_it_was(void **state)
{
	struct suite *s = *state;
	char epoch[24],
	    *hotkey = db_text(s->db,
		"select hotkey from score_entry e join score_run r on r.id = "
		"e.run_id where jobs > 0 order by r.epoch limit 1");
	json_t *explained, *stated;
	double score;

	assert_true(db_int(s->db, "select count(*) from score_run") > 1);
	snprintf(epoch, sizeof(epoch), "%lld",
	    (long long)db_int(s->db, "select min(epoch) from score_run"));
	score = db_real(s->db,
	    "select e.score from score_entry e join score_run r on r.id = "
	    "e.run_id where r.epoch = %s and e.hotkey = '%s'",
	    epoch, hotkey);
	assert_true(score != stored(s, hotkey, "score"));
	explained = ASK(s, 0, "scores", "explain", hotkey, "--epoch", epoch);
	assert_true(real_at(at(explained, "miner"), "score") == score);
	stated = ASK(s, 0, "scores", "statement", hotkey, "--epoch", epoch);
	assert_true(real_at(stated, "score") == score);
	assert_int_equal(int_at(stated, "epoch"), strtol(epoch, NULL, 10));
	json_decref(explained);
	json_decref(stated);
	free(hotkey);
}

static void
people_are_told_the_same(void **state)
{
	struct suite *s = *state;
	const char *const args[] = {
	    "-c", s->ini, "scores", "explain", s->miner_hotkeys[FAILING], NULL};
	struct tool_answer got;

	tool_run(args, NULL, 0, &got);
	assert_int_equal(got.status, 0);
	assert_non_null(strstr(got.out, "that scored"));
	assert_non_null(strstr(got.out, "miner_failed"));
	assert_non_null(strstr(got.out, "no failures: score "));
	tool_answer_clear(&got);
}

static void
strangers_are_not_explained(void **state)
{
	struct suite *s = *state;
	json_t *json = ASK(s, 64, "scores", "explain", "5Grwva");

	assert_non_null(strstr(text_at(json, "error"), "is no hotkey"));
	json_decref(json);
	json = ASK(s, 1, "scores", "explain",
	    "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY");
	assert_non_null(strstr(text_at(json, "error"), "was no neuron"));
	json_decref(json);
	json = ASK(s, 1, "scores", "explain", s->miner_hotkeys[0], "--epoch",
	    "999999");
	assert_non_null(strstr(text_at(json, "error"), "epoch 999999"));
	json_decref(json);
}

/* -- told to anybody ---------------------------------------------------- */

static const json_t *
find_job(const json_t *jobs, const char *attempt)
{
	const json_t *one;
	size_t i;

	json_array_foreach(jobs, i, one)
	{
		if (strcmp(text_at(one, "attempt"), attempt) == 0)
			return one;
	}
	fail_msg("%s is not there", attempt);
	return NULL;
}

/* Numbers by their value: 1 and 1.0 are the same. */
static void
assert_same(const json_t *a, const json_t *b, const char *name)
{
	const json_t *x = at(a, name), *y = at(b, name);

	if (json_is_number(x) && json_is_number(y)
		? json_number_value(x) != json_number_value(y)
		: !json_equal(x, y))
		fail_msg("another %s", name);
}

static void
the_api_says_what_the_tool_says(void **state)
{
	static const char *const same[] = {"kind", "success", "ms", "speed",
	    "accuracy", "faults", "state", "reason"};
	struct suite *s = *state;

	for (int i = 0; i < MINERS; i++) {
		const char *hotkey = s->miner_hotkeys[i];
		json_t *json = get_score(s, 200, hotkey, "");
		json_t *tool = ASK(s, 0, "scores", "explain", hotkey);
		const json_t *jobs = at(json, "attempts"), *one;
		size_t k;

		check_figures(s, json, hotkey);
		check_rank(s, json);
		assert_int_equal(
		    int_at(json, "epoch"), int_at(at(tool, "round"), "epoch"));
		assert_string_equal(text_at(json, "inputs_sha256"),
		    text_at(at(tool, "round"), "inputs_sha256"));
		assert_int_equal(
		    json_array_size(jobs), json_array_size(at(tool, "jobs")));
		assert_true(json_array_size(jobs) > 0);
		json_array_foreach(jobs, k, one)
		{
			const json_t *its =
			    find_job(at(tool, "jobs"), text_at(one, "attempt"));

			for (size_t m = 0; m < 8; m++)
				assert_same(one, its, same[m]);
		}
		json_decref(json);
		json_decref(tool);
	}
}

/* A challenge, an audit and an accuracy that only a known answer gives leave
 * nothing in the answer that others do not have. */
static void
the_api_does_not_say_where_jobs_came_from(void **state)
{
	struct suite *s = *state;
	const char *hotkey = s->miner_hotkeys[1];
	json_t *before = get_score(s, 200, hotkey, ""), *after;

	assert_int_equal(
	    db_exec(s->db,
		"update judgement set source = 'challenge' where attempt_id = "
		"'%s'",
		text_at(json_array_get(at(before, "attempts"), 0), "attempt")),
	    0);
	after = get_score(s, 200, hotkey, "");
	assert_true(json_equal(before, after));
	json_decref(after);
	assert_int_equal(
	    db_exec(s->db, "create table kept as select * from judgement; "
			   "update judgement set source = 'client', accuracy = "
			   "0.5, detail = detail || '{\"rule\":\"transcript\","
			   "\"error_rate\":0.5,\"faults\":[\"x\"]}'"),
	    0);
	after = get_score(s, 200, hotkey, "");
	assert_true(json_is_null(
	    at(json_array_get(at(after, "attempts"), 0), "accuracy")));
	assert_true(json_is_null(
	    at(json_array_get(at(after, "attempts"), 0), "faults")));
	assert_null(json_object_get(
	    json_array_get(at(after, "attempts"), 0), "source"));
	assert_int_equal(
	    db_exec(s->db, "update judgement j set accuracy = k.accuracy, "
			   "detail = k.detail from kept k where k.attempt_id "
			   "= j.attempt_id; drop table kept"),
	    0);
	json_decref(before);
	json_decref(after);
}

static void
pages_follow_each_other(void **state)
{
	struct suite *s = *state;
	const char *hotkey = s->miner_hotkeys[0];
	json_t *all = get_score(s, 200, hotkey, "?limit=500");
	const json_t *jobs = at(all, "attempts");
	size_t n = json_array_size(jobs), seen = 0;
	char query[128] = "?limit=2";

	assert_true(n > 2);
	assert_true(json_is_null(at(all, "next")));
	while (query[0] != '\0') {
		json_t *page = get_score(s, 200, hotkey, query);
		const json_t *one;
		size_t i;

		assert_true(json_array_size(at(page, "attempts")) <= 2);
		json_array_foreach(at(page, "attempts"), i, one)
		{
			assert_true(seen < n);
			assert_true(
			    json_equal(one, json_array_get(jobs, seen++)));
		}
		query[0] = '\0';
		if (json_is_string(at(page, "next")))
			snprintf(query, sizeof(query), "?limit=2&before=%s",
			    text_at(page, "next"));
		json_decref(page);
	}
	assert_int_equal(seen, n);
	json_decref(all);
}

static void
bad_questions_are_refused(void **state)
{
	static const struct {
		const char *path, *code;
		int status;
	} bad[] = {
	    {"/v1/scores/nobody", "bad_hotkey", 400},
	    {"/v1/scores/5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY",
		"not_found", 404},
	    {"/v1/scores/5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"
	     "?limit=0",
		"bad_limit", 400},
	    {"/v1/scores/5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"
	     "?limit=501",
		"bad_limit", 400},
	    {"/v1/scores/5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"
	     "?limit=2x",
		"bad_limit", 400},
	    {"/v1/scores/5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"
	     "?before=1",
		"bad_before", 400},
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		json_t *json = get(*state, bad[i].status, bad[i].path);

		assert_string_equal(text_at(json, "code"), bad[i].code);
		json_decref(json);
	}
}

/* -- signed ------------------------------------------------------------- */

static void
check(const json_t *statement, int status, json_t **said)
{
	const char *const args[] = {"scores", "check", NULL};
	char *text = json_dumps(statement, 0);
	struct tool_answer got;

	tool_run(args, text, strlen(text), &got);
	if (got.status != status)
		fail_msg("exit %d, not %d: %s%s", got.status, status, got.out,
		    got.err);
	*said = json_incref(got.json);
	tool_answer_clear(&got);
	free(text);
}

static void
a_statement_holds_and_a_changed_one_does_not(void **state)
{
	struct suite *s = *state;
	const char *hotkey = s->miner_hotkeys[1];
	json_t *said, *json = ASK(s, 0, "scores", "statement", hotkey);

	assert_string_equal(text_at(json, "validator"), s->hotkey);
	assert_string_equal(text_at(json, "hotkey"), hotkey);
	assert_true(real_at(json, "score") == stored(s, hotkey, "score"));
	assert_true(real_at(json, "weight") == stored(s, hotkey, "weight"));
	assert_int_equal(int_at(json, "jobs"), stored(s, hotkey, "jobs"));
	assert_null(json_object_get(json, "source"));
	check(json, 0, &said);
	assert_true(json_is_true(at(said, "valid")));
	assert_true(real_at(said, "score") == real_at(json, "score"));
	json_decref(said);

	json_object_set_new(
	    json, "score", json_real(real_at(json, "score") + 1e-9));
	check(json, 1, &said);
	assert_true(json_is_false(at(said, "valid")));
	json_decref(said);
	json_object_del(json, "score");
	check(json, 1, &said);
	assert_null(said);
	json_decref(json);
}

/* The same by //Bob: another weight for a miner, and a signature. */
static json_t *
say_as_bob(const json_t *json, int moved, bool by_name)
{
	struct sr25519_keypair bob;
	struct buf text = {0};
	struct statement st;
	json_t *out;

	assert_int_equal(statement_parse(json, &st, NULL), 0);
	assert_int_equal(suri_to_keypair("//Bob", &bob, NULL), 0);
	if (by_name)
		ss58_encode(SS58_BITTENSOR, bob.public, st.validator);
	for (size_t i = 0; moved != 0 && i < st.n; i++)
		st.entries[i].weight = st.entries[i].uid == moved;
	buf_add_str(&text, st.whole ? "subnetd/scores\n" : "subnetd/score\n");
	statement_text(&st, &text);
	sr25519_sign(&bob, text.data, text.len, st.signature);
	out = statement_print(&st);
	buf_free(&text);
	statement_clear(&st);
	return out;
}

static void
anothers_signature_does_not_hold(void **state)
{
	struct suite *s = *state;
	json_t *ours = ASK(s, 0, "scores", "statement", s->miner_hotkeys[0]);
	json_t *his = say_as_bob(ours, 0, false), *said;

	check(his, 1, &said);
	assert_true(json_is_false(at(said, "valid")));
	json_decref(said);
	json_decref(his);
	his = say_as_bob(ours, 0, true); /* what he says himself does */
	check(his, 0, &said);
	json_decref(said);
	json_decref(his);
	json_decref(ours);
}

static void
statements_need_a_signer_and_a_score(void **state)
{
	struct suite *s = *state;
	json_t *json = ASK(s, 64, "scores", "statement", "everybody");

	assert_non_null(strstr(text_at(json, "error"), "nor \"all\""));
	json_decref(json);
	json = ASK(s, 1, "scores", "statement", s->hotkey);
	assert_non_null(strstr(text_at(json, "error"), "no score"));
	json_decref(json);
	json = ASK(s, 1, "scores", "statement", "all", "--signer.socket",
	    "/nowhere.sock");
	assert_non_null(strstr(text_at(json, "error"), "no signature"));
	json_decref(json);
}

static char *
put(struct suite *s, const char *name, const json_t *json)
{
	char *text = json_dumps(json, 0);
	char *path = sandbox_write(s->box, name, 0600, text);

	free(text);
	return path;
}

static json_t *
compare(const char *a, const char *b, int status)
{
	const char *const args[] = {"scores", "compare", a, b, NULL};
	struct tool_answer got;
	json_t *json;

	tool_run(args, NULL, 0, &got);
	if (got.status != status)
		fail_msg("exit %d: %s%s", got.status, got.out, got.err);
	json = json_incref(got.json);
	tool_answer_clear(&got);
	return json;
}

static void
rounds_of_two_validators_are_compared(void **state)
{
	struct suite *s = *state;
	json_t *ours = ASK(s, 0, "scores", "statement", "all"), *said;
	json_t *his, *forged, *first;
	char *a = put(s, "ours.json", ours), *b, *c;

	check(ours, 0, &said);
	assert_int_equal(json_array_size(at(said, "entries")), MINERS);
	json_decref(said);
	said = compare(a, a, 0);
	assert_true(fabs(real_at(said, "cosine") - 1) < 1e-12);
	assert_true(real_at(said, "moved") == 0);
	assert_int_equal(json_array_size(at(said, "differences")), 0);
	json_decref(said);

	his = say_as_bob(ours, 3, true); /* all to the failing miner's uid */
	forged = say_as_bob(ours, 3, false);
	b = put(s, "his.json", his);
	c = put(s, "forged.json", forged);
	said = compare(a, b, 0);
	assert_true(json_is_true(at(said, "same_inputs")));
	assert_true(
	    fabs(real_at(said, "moved") -
		 (1 - stored(s, s->miner_hotkeys[2], "weight"))) < 1e-12);
	first = json_array_get(json_object_get(said, "differences"), 0);
	assert_int_equal(int_at(first, "uid"), 3);
	assert_string_equal(text_at(first, "hotkey"), s->miner_hotkeys[2]);
	assert_true(real_at(first, "b") == 1);
	json_decref(said);
	said = compare(a, c, 1);
	assert_true(json_is_true(at(at(said, "a"), "valid")));
	assert_true(json_is_false(at(at(said, "b"), "valid")));
	json_decref(said);
	assert_null(compare(a, "/nowhere.json", 1));
	json_decref(ours);
	json_decref(his);
	json_decref(forged);
	free(a);
	free(b);
	free(c);
}

/* -- other validators' weights ------------------------------------------ */

static const json_t *
validator(const json_t *json, int64_t uid)
{
	const json_t *one;
	size_t i;

	json_array_foreach(at(json, "validators"), i, one)
	{
		if (int_at(one, "uid") == uid)
			return one;
	}
	fail_msg("no validator of uid %lld", (long long)uid);
	return NULL;
}

/* Where nothing was proven the latest round is what we would set. */
static void
validators_without_weights_are_named(void **state)
{
	struct suite *s = *state;
	const json_t *bob;
	json_t *json;

	tell(s, "dev_neuron",
	    "[{\"netuid\":1,\"uid\":4,\"hotkey\":\"//Bob\","
	    "\"alpha_stake\":2000000000000,\"validator_permit\":true}]");
	make_blocks_until(s, "select count(*) from neuron where uid = 4 and "
			     "validator_permit");
	assert_int_equal(db_exec(s->db, "update ledger set netuid = 2"), 0);
	json = ASK(s, 0, "audit-weights");
	assert_int_equal(db_exec(s->db, "update ledger set netuid = 1"), 0);
	assert_string_equal(text_at(at(json, "ours"), "of"), "round");
	assert_int_equal(json_array_size(at(json, "validators")), 1);
	bob = validator(json, 4);
	assert_true(json_is_false(at(bob, "has_weights")));
	assert_true(json_is_null(at(bob, "cosine")));
	json_decref(json);
}

/* What was proven, as the chain's storage takes it: [[uid, weight], ...]. */
static char *
proven_pairs(struct suite *s)
{
	return db_text(s->db,
	    "select json_agg(json_build_array(u.uid, u.weight)) from (select "
	    "uids, weights from ledger where state = 'proven' order by "
	    "proven_block desc limit 1) l, unnest(l.uids, l.weights) as u "
	    "(uid, weight)");
}

static void
set_bobs_weights(struct suite *s, const char *pairs)
{
	char *params = xasprintf(
	    "[{\"pallet\":\"SubtensorModule\",\"entry\":\"Weights\",\"keys\":"
	    "[1,4],\"value\":%s}]",
	    pairs);
	char *sql = xasprintf("select count(*) from validator_weights where "
			      "uid = 4 and weights = '%s'",
	    pairs);
	char *update;

	tell(s, "dev_set", params);
	update = xasprintf("[{\"netuid\":1,\"uid\":4,\"last_update\":%lld}]",
	    (long long)db_int(s->db, "select max(block) + 1 from snapshot"));
	tell(s, "dev_neuron", update);
	make_blocks_until(s, sql);
	free(params);
	free(sql);
	free(update);
}

static void
who_sets_the_same_is_near_and_who_does_not_is_far(void **state)
{
	struct suite *s = *state;
	const json_t *bob, *first;
	json_t *json;
	char *pairs;

	/* No newer weights of ours come while his are looked at. */
	assert_int_equal(suite_stop(s, SUITE_VALIDATOR), 0);
	make_blocks_until(s,
	    "select (count(*) > 0)::integer from ledger where state = "
	    "'proven' and vector_id = (select id from weight_vector order by "
	    "created_at desc limit 1)");
	pairs = proven_pairs(s);
	set_bobs_weights(s, pairs);
	free(pairs);
	json = ASK(s, 0, "audit-weights");
	assert_string_equal(text_at(at(json, "ours"), "of"), "proven");
	bob = validator(json, 4);
	assert_true(fabs(real_at(bob, "cosine") - 1) < 1e-12);
	assert_true(real_at(bob, "moved") < 1e-12);
	assert_int_equal(json_array_size(at(bob, "uids")), 0);
	json_decref(json);

	set_bobs_weights(s, "[[3, 65535]]");
	json = ASK(s, 2, "audit-weights", "--validator",
	    "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty");
	assert_int_equal(json_array_size(at(json, "validators")), 1);
	bob = validator(json, 4);
	assert_true(json_is_true(at(bob, "below")));
	assert_true(real_at(bob, "cosine") < 0.98);
	first = json_array_get(at(bob, "uids"), 0);
	assert_int_equal(int_at(first, "uid"), 3);
	assert_string_equal(text_at(first, "hotkey"), s->miner_hotkeys[2]);
	assert_true(real_at(first, "theirs") == 1);
	assert_true(real_at(first, "ours") < 0.5);
	assert_true(real_at(first, "difference") == 1 - real_at(first, "ours"));
	json_decref(json);
	json = ASK(s, 0, "audit-weights", "--least", "0", "--limit", "1");
	assert_int_equal(json_array_size(at(validator(json, 4), "uids")), 1);
	json_decref(json);
}

static void
audits_of_nobody_fail(void **state)
{
	struct suite *s = *state;
	json_t *json = ASK(s, 64, "audit-weights", "--validator", "5Grwva");

	assert_non_null(strstr(text_at(json, "error"), "is no hotkey"));
	json_decref(json);
	json = ASK(s, 1, "audit-weights", "--validator",
	    "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY");
	assert_non_null(strstr(text_at(json, "error"), "is no neuron"));
	json_decref(json);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(without_a_round_there_is_nothing_to_say),
	    cmocka_unit_test(figures_are_the_rounds),
	    cmocka_unit_test(each_job_is_there_with_what_it_gave),
	    cmocka_unit_test(what_would_raise_it_comes_best_first),
	    cmocka_unit_test(an_older_round_is_explained_as_it_was),
	    cmocka_unit_test(people_are_told_the_same),
	    cmocka_unit_test(strangers_are_not_explained),
	    cmocka_unit_test(the_api_says_what_the_tool_says),
	    cmocka_unit_test(pages_follow_each_other),
	    cmocka_unit_test(bad_questions_are_refused),
	    cmocka_unit_test(a_statement_holds_and_a_changed_one_does_not),
	    cmocka_unit_test(anothers_signature_does_not_hold),
	    cmocka_unit_test(statements_need_a_signer_and_a_score),
	    cmocka_unit_test(rounds_of_two_validators_are_compared),
	    cmocka_unit_test(validators_without_weights_are_named),
	    cmocka_unit_test(who_sets_the_same_is_near_and_who_does_not_is_far),
	    cmocka_unit_test(audits_of_nobody_fail),
	    cmocka_unit_test(the_api_does_not_say_where_jobs_came_from),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

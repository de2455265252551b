/*
 * /v1 as clients and dashboards meet it: lists by pages, what is said of kinds,
 * miners and scores, headers that every answer has, and the document.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/xalloc.h"
#include "tests/lib/attempt.h"
#include "tests/lib/callback.h"
#include "tests/lib/db.h"
#include "tests/lib/fetch.h"
#include "tests/lib/jobs.h"
#include "tests/lib/play.h"
#include "tests/lib/proc.h"
#include "tests/lib/rig.h"

enum { N_JOBS = 7, MAX_PAGES = 20 };

#define TRANSLATE(more) PLAY_TRANSLATE("text.translate", more)
#define TRACE "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7"

static void
keep_kinds(json_t *kinds)
{
	(void)kinds;
}

static int
set_up(void **state)
{
	const struct suite_options o = {.name = "v1"};

	return rig_set_up(state, &o, 2, keep_kinds);
}

/* -- asking ---------------------------------------------------------------- */

static void
ask(struct rig *r, const char *path, struct fetch_answer *answer)
{
	char *url = xasprintf("%s%s", r->s->api_url, path);

	assert_int_equal(fetch_get(url, answer), 0);
	free(url);
}

/* The caller decrefs. */
static json_t *
get(struct rig *r, const char *path)
{
	struct fetch_answer answer;
	json_t *body;

	ask(r, path, &answer);
	if (answer.status != 200)
		fail_msg("%s: %d %s", path, answer.status, answer.body);
	body = fetch_json(&answer);
	assert_non_null(body);
	fetch_clear(&answer);
	return body;
}

static const char *
text_of(const json_t *body, const char *key)
{
	const char *text = json_string_value(json_object_get(body, key));

	return text != NULL ? text : "";
}

static void
assert_refused(struct rig *r, const char *path, int status, const char *code,
    const char *word)
{
	struct fetch_answer answer;
	json_t *body;
	char *type = xasprintf("/errors/%s", code);

	ask(r, path, &answer);
	body = fetch_json(&answer);
	if (answer.status != status || strcmp(text_of(body, "code"), code) != 0)
		fail_msg("%s: %d %s", path, answer.status, answer.body);
	if (strstr(text_of(body, "detail"), word) == NULL)
		fail_msg("%s: %s", path, answer.body);
	assert_string_equal(text_of(body, "type"), type);
	assert_memory_equal(
	    text_of(body, "instance"), path, strcspn(path, "?%"));
	json_decref(body);
	fetch_clear(&answer);
	free(type);
}

/* -- jobs, by pages -------------------------------------------------------- */

/* The path of the next page, which the caller frees; NULL: there is none. */
static char *
next_of(const struct fetch_answer *answer)
{
	char *link = fetch_header(answer, "Link"), *path;

	if (link == NULL)
		return NULL;
	assert_int_equal(link[0], '<');
	assert_non_null(strstr(link, ">; rel=\"next\""));
	path = xasprintf("%.*s", (int)strcspn(link + 1, ">"), link + 1);
	free(link);
	return path;
}

/* Follow the links from there; how many jobs came, whose ids are put behind
 * each other. */
static int
follow(struct rig *r, const char *path, int limit, char *ids, size_t size)
{
	char *at = xstrdup(path);
	int n = 0, pages = 0;

	ids[0] = '\0';
	while (at != NULL) {
		struct fetch_answer answer;
		json_t *body, *job;
		size_t i;

		ask(r, at, &answer);
		assert_int_equal(answer.status, 200);
		body = fetch_json(&answer);
		json_array_foreach(json_object_get(body, "jobs"), i, job)
		{
			size_t len = strlen(ids);

			snprintf(
			    ids + len, size - len, "%s ", text_of(job, "id"));
			n++;
		}
		assert_true((int)i <= limit);
		free(at);
		at = next_of(&answer);
		assert_int_equal(
		    at == NULL, json_is_null(json_object_get(body, "next")));
		json_decref(body);
		fetch_clear(&answer);
		assert_true(++pages < MAX_PAGES);
	}
	return n;
}

/* Jobs that are cancelled at once: of tenant "list", the last is a speech. */
static void
make_jobs(struct rig *r, char ids[N_JOBS][40])
{
	for (int i = 0; i < N_JOBS; i++) {
		const char *job =
		    i < N_JOBS - 1
			? TRANSLATE(",\"tenant\":\"list\"")
			: "{\"kind\":\"audio.speak\",\"tenant\":\"list\","
			  "\"params\":{\"text\":\"x\",\"language\":\"en\"}}";

		assert_int_equal(suite_submit(r->s, job, ids[i]), 202);
		assert_int_equal(jobs_cancel(r->s, ids[i]), 200);
	}
}

static void
jobs_are_listed_by_pages(void **state)
{
	struct rig *r = *state;
	char ids[N_JOBS][40], got[4096], want[4096] = "", *path, *since;
	size_t len = 0;

	make_jobs(r, ids);
	for (int i = N_JOBS - 1; i >= 0; i--)
		len += snprintf(want + len, sizeof(want) - len, "%s ", ids[i]);
	assert_int_equal(
	    follow(r, "/v1/jobs?tenant=list&limit=2", 2, got, sizeof(got)),
	    N_JOBS);
	assert_string_equal(got, want);
	assert_int_equal(
	    follow(r, "/v1/jobs?tenant=list", 20, got, sizeof(got)), N_JOBS);
	assert_string_equal(got, want);
	assert_int_equal(follow(r, "/v1/jobs?tenant=list&kind=audio.speak", 20,
			     got, sizeof(got)),
	    1);
	assert_int_equal(follow(r, "/v1/jobs?tenant=list&state=cancelled", 20,
			     got, sizeof(got)),
	    N_JOBS);
	assert_int_equal(
	    follow(r, "/v1/jobs?tenant=list&state=done", 20, got, sizeof(got)),
	    0);
	/* From the third on; before it. */
	since = db_text(r->s->db,
	    "select to_char(created_at at time zone 'UTC', "
	    "'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') from job where id = '%s'",
	    ids[2]);
	path = xasprintf("/v1/jobs?tenant=list&limit=2&since=%s", since);
	assert_int_equal(follow(r, path, 2, got, sizeof(got)), N_JOBS - 2);
	free(path);
	path = xasprintf("/v1/jobs?tenant=list&limit=1&until=%s", since);
	assert_int_equal(follow(r, path, 1, got, sizeof(got)), 2);
	free(path);
	free(since);
}

/* A page stays where it is when a job comes. */
static void
a_new_job_moves_no_page(void **state)
{
	struct rig *r = *state;
	char ids[N_JOBS][40], more[40], got[4096], *next;
	struct fetch_answer answer;

	make_jobs(r, ids);
	ask(r, "/v1/jobs?tenant=list&limit=3", &answer);
	next = next_of(&answer);
	assert_non_null(next);
	fetch_clear(&answer);
	assert_int_equal(
	    suite_submit(r->s, TRANSLATE(",\"tenant\":\"list\""), more), 202);
	assert_int_equal(jobs_cancel(r->s, more), 200);
	follow(r, next, 3, got, sizeof(got));
	assert_null(strstr(got, more));
	assert_memory_equal(got, ids[N_JOBS - 4], 36);
	free(next);
}

static void
a_bad_question_is_refused_by_name(void **state)
{
	static const struct {
		const char *path, *word;
	} cases[] = {
	    {"/v1/jobs?limit=0", "limit"},
	    {"/v1/jobs?limit=101", "from 1 to 100"},
	    {"/v1/jobs?limit=ten", "limit"},
	    {"/v1/jobs?cursor=1", "cursor"},
	    {"/v1/jobs?state=finished", "state is queued, assigned"},
	    {"/v1/jobs?since=yesterday", "since"},
	    {"/v1/jobs?until=2026-01-01", "until"},
	    {"/v1/miners?limit=257", "from 1 to 256"},
	    {"/v1/miners?cursor=x", "cursor"},
	    {"/v1/leaderboard?limit=-1", "limit"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_refused(
		    *state, cases[i].path, 400, "bad_query", cases[i].word);
	/* PostgreSQL takes no such text. */
	assert_refused(*state, "/v1/jobs?kind=%ff", 400, "bad_target", "UTF-8");
	assert_refused(
	    *state, "/v1/jobs?tenant=%ff", 400, "bad_target", "UTF-8");
	assert_refused(
	    *state, "/v1/miners/nobody", 400, "bad_hotkey", "hotkey");
	assert_refused(
	    *state, "/v1/kinds/audio.spek", 404, "not_found", "kind");
	assert_refused(*state, "/errors/no_such", 404, "not_found", "code");
	assert_refused(*state,
	    "/v1/miners/5C4hrfjw9DjXZTzV3MwzrrAr9P1MJhSrvWGWqi1eSuyUpnhM", 404,
	    "not_found", "no miner");
}

/* -- one job --------------------------------------------------------------- */

static char *
job_path(const char *id, const char *more)
{
	return xasprintf("/v1/jobs/%s%s", id, more);
}

static void
a_receipt_says_why(void **state)
{
	struct rig *r = *state;
	char id[40], *path;
	struct hand_task *task = rig_task(r, TRANSLATE(""), id);
	const json_t *a;
	json_t *body;

	assert_non_null(task);
	path = job_path(id, "/receipt");
	body = get(r, path);
	a = json_array_get(json_object_get(body, "attempts"), 0);
	assert_string_equal(text_of(body, "job"), id);
	assert_int_equal(json_array_size(json_object_get(body, "attempts")), 1);
	assert_string_equal(text_of(a, "attempt"), task->id);
	assert_string_equal(text_of(json_object_get(a, "receipt"), "hotkey"),
	    r->s->miner_hotkeys[task->miner]);
	json_decref(body);
	assert_int_equal(jobs_cancel(r->s, id), 200);
	hand_drop(r->hand, task);
	free(path);
}

/* A number behind name;dur= */
static bool
has_timing(const char *timing, const char *name)
{
	char *want = xasprintf("%s;dur=", name);
	const char *at = timing != NULL ? strstr(timing, want) : NULL;
	char *end = NULL;

	if (at != NULL)
		strtod(at + strlen(want), &end);
	at = at != NULL ? at + strlen(want) : NULL;
	free(want);
	return at != NULL && end != at;
}

static void
a_result_says_how_long_it_took(void **state)
{
	struct rig *r = *state;
	struct callback_told told;
	struct fetch_answer answer;
	char id[40], *timing;
	const char *const ends[] = {"", "/result"};
	struct hand_task *task = play_accepted(r, TRANSLATE(""), id);

	assert_non_null(task);
	callback_json(task, task->secret, PLAY_OUTPUT, &told);
	assert_int_equal(attempt_await_job(r->s, id, "done"), 0);
	for (int i = 0; i < 2; i++) {
		char *path = job_path(id, ends[i]);

		ask(r, path, &answer);
		assert_int_equal(answer.status, 200);
		timing = fetch_header(&answer, "Server-Timing");
		assert_true(has_timing(timing, "queue"));
		assert_true(has_timing(timing, "route"));
		assert_true(has_timing(timing, "miner"));
		fetch_clear(&answer);
		free(timing);
		free(path);
	}
	hand_drop(r->hand, task);
}

/* What its row says, the caller's to free. */
static char *
kept_trace(struct rig *r, const char *id)
{
	return db_text(
	    r->s->db, "select traceparent from job where id = '%s'", id);
}

static void
submit_traced(struct rig *r, const char *trace, char id[40], char **answered)
{
	char *url = xasprintf("%s/v1/jobs", r->s->api_url);
	char *header = xasprintf("traceparent: %s", trace);
	const char *headers[] = {"Content-Type: application/json",
	    trace != NULL ? header : NULL, NULL};
	const struct fetch_ask a = {.url = url,
	    .headers = headers,
	    .body = TRANSLATE(""),
	    .len = strlen(TRANSLATE(""))};
	struct fetch_answer answer;
	json_t *body;

	assert_int_equal(fetch(&a, &answer), 0);
	assert_int_equal(answer.status, 202);
	body = fetch_json(&answer);
	snprintf(id, 40, "%s", text_of(body, "id"));
	*answered = fetch_header(&answer, "traceparent");
	json_decref(body);
	fetch_clear(&answer);
	free(header);
	free(url);
}

/* trace, as it is kept, answered, and handed to the miner; NULL: one made. */
static void
assert_traced(struct rig *r, const char *given, const char *want, char out[64])
{
	char id[40], *answered, *kept;
	struct hand_task *task;

	submit_traced(r, given, id, &answered);
	task = rig_next(r, id);
	assert_non_null(task);
	kept = kept_trace(r, id);
	assert_non_null(kept);
	assert_string_equal(answered, kept);
	assert_string_equal(task->traceparent, kept);
	if (want != NULL)
		assert_string_equal(kept, want);
	snprintf(out, 64, "%s", kept);
	assert_int_equal(jobs_cancel(r->s, id), 200);
	hand_drop(r->hand, task);
	free(answered);
	free(kept);
}

static void
a_trace_goes_through_to_the_miner(void **state)
{
	struct rig *r = *state;
	char made[64], other[64], given[64];

	assert_traced(r, TRACE "-01", TRACE "-01", given);
	assert_traced(r, TRACE "-00", TRACE "-01", given);
	assert_traced(r, NULL, NULL, made);
	assert_traced(r, "00-nonsense-01", NULL, other);
	assert_int_equal(strlen(made), strlen(given));
	assert_int_equal(strlen(other), strlen(given));
	assert_string_not_equal(made, other);
}

/* A job that others made has none in its row, and no miner can tell. */
static void
a_job_without_a_trace_has_one_at_the_miner(void **state)
{
	struct rig *r = *state;
	char id[40], first[64];
	struct callback_told told;
	struct hand_task *task = play_accepted(r, TRANSLATE(""), id);

	assert_non_null(task);
	snprintf(first, sizeof(first), "%s", task->traceparent);
	assert_int_equal(db_exec(r->s->db,
			     "update job set traceparent = null where id = "
			     "'%s'",
			     id),
	    0);
	callback_json(task, task->secret, "{\"status\":\"failed\"}", &told);
	hand_drop(r->hand, task);
	task = rig_next(r, id);
	assert_non_null(task);
	/* Derived from the job, as the first one was. */
	assert_string_equal(task->traceparent, first);
	assert_int_equal(jobs_cancel(r->s, id), 200);
	hand_drop(r->hand, task);
}

#define PATH "/v1/jobs/0190a0a0-0000-7000-8000-00000000000d"

/* A table is not there: the database answers, and says no. */
static void
what_the_database_refuses_is_not_said_to_be_away(void **state)
{
	struct rig *r = *state;
	struct proc *daemon = r->s->daemons[SUITE_ORCHESTRATOR];

	assert_int_equal(
	    db_exec(r->s->db, "alter table reason rename to reason_gone"), 0);
	assert_refused(r, PATH, 503, "unavailable", "the database refused");
	assert_refused(
	    r, PATH "/events", 503, "unavailable", "the database refused");
	assert_non_null(
	    proc_wait_event(daemon, "store.failed", "what=job ", 0));
	assert_non_null(
	    proc_wait_event(daemon, "store.failed", "what=job_events ", 0));
	assert_int_equal(
	    db_exec(r->s->db, "alter table reason_gone rename to reason"), 0);
}

/* -- kinds and miners ------------------------------------------------------ */

static bool
has_text(const json_t *list, const char *text)
{
	json_t *item;
	size_t i;

	json_array_foreach(list, i, item)
	{
		if (strcmp(json_string_value(item), text) == 0)
			return true;
	}
	return false;
}

static void
kinds_say_what_they_take(void **state)
{
	struct rig *r = *state;
	json_t *all = get(r, "/v1/kinds"), *one, *voices;
	size_t n = json_array_size(json_object_get(all, "kinds"));

	assert_int_equal(
	    db_int(r->s->db, "select count(*) from kind"), (int64_t)n);
	one = get(r, "/v1/kinds/audio.transcribe");
	assert_string_equal(text_of(one, "name"), "audio.transcribe");
	assert_true(
	    has_text(json_object_get(json_object_get(one, "input"), "types"),
		"audio/flac"));
	assert_true(has_text(json_object_get(one, "languages"), "ko"));
	assert_true(json_is_true(json_object_get(one, "detects_language")));
	json_decref(one);
	one = get(r, "/v1/kinds/audio.speak");
	assert_true(json_is_false(json_object_get(one, "detects_language")));
	voices = get(r, "/v1/voices");
	assert_true(json_array_size(json_object_get(one, "voices")) > 0);
	assert_int_equal(json_array_size(json_object_get(voices, "voices")),
	    json_array_size(json_object_get(one, "voices")));
	json_decref(voices);
	json_decref(one);
	json_decref(all);
}

static int
submit_speech(struct rig *r, const char *more, char id[40])
{
	char *job = xasprintf(
	    "{\"kind\":\"audio.speak\",\"params\":{\"text\":\"x\"%s}}", more);
	int status = suite_submit(r->s, job, id);

	free(job);
	return status;
}

static void
languages_and_voices_are_those_of_the_kind(void **state)
{
	struct rig *r = *state;
	char id[40];

	assert_int_equal(submit_speech(r, "", id), 422);
	assert_int_equal(submit_speech(r, ",\"language\":\"xx\"", id), 422);
	assert_int_equal(submit_speech(r, ",\"language\":\"aa\"", id), 422);
	assert_int_equal(
	    submit_speech(r, ",\"language\":\"en\",\"voice\":\"nobody\"", id),
	    422);
	assert_int_equal(
	    submit_speech(r, ",\"language\":\"ja\",\"voice\":\"alloy\"", id),
	    202);
	assert_int_equal(jobs_cancel(r->s, id), 200);
}

/* Where the client leaves it out, the miner detects it. */
static void
a_language_that_was_detected_is_shown(void **state)
{
	struct rig *r = *state;
	struct callback_told told;
	char id[40], *path;
	json_t *job;
	struct hand_task *task = rig_task(r,
	    "{\"kind\":\"text.summarize\",\"params\":{\"text\":\"Ein langer "
	    "Text, der doch kein Ende nimmt, wie es sich geh\xc3\xb6rt.\"}}",
	    id);

	assert_non_null(task);
	assert_null(
	    json_object_get(json_object_get(task->body, "params"), "language"));
	callback_json(task, task->secret,
	    "{\"output\":{\"text\":\"Kurz.\",\"language\":\"de\"}}", &told);
	assert_int_equal(attempt_await_job(r->s, id, "done"), 0);
	path = job_path(id, "");
	job = get(r, path);
	assert_string_equal(
	    text_of(json_object_get(job, "result"), "language"), "de");
	json_decref(job);
	free(path);
	hand_drop(r->hand, task);
}

static void
miners_are_listed_by_pages(void **state)
{
	struct rig *r = *state;
	struct fetch_answer answer;
	json_t *body;
	char *next, *path;
	const json_t *first;

	ask(r, "/v1/miners?limit=1", &answer);
	body = fetch_json(&answer);
	first = json_array_get(json_object_get(body, "miners"), 0);
	assert_int_equal(json_array_size(json_object_get(body, "miners")), 1);
	next = next_of(&answer);
	assert_non_null(next);
	path = xasprintf("/v1/miners/%s", text_of(first, "hotkey"));
	fetch_clear(&answer);
	ask(r, next, &answer);
	assert_null(next_of(&answer));
	assert_null(strstr(answer.body, text_of(first, "hotkey")));
	assert_non_null(strstr(answer.body, "\"hotkey\""));
	fetch_clear(&answer);
	free(next);
	json_decref(body);
	body = get(r, path);
	assert_string_equal(text_of(body, "hotkey"), path + 11);
	assert_true(json_is_object(json_object_get(body, "capacity")));
	assert_true(json_is_object(json_object_get(body, "earned")));
	assert_true(json_is_false(json_object_get(body, "banned")));
	json_decref(body);
	free(path);
}

static void
add_round(struct rig *r, const char *id, const char *policy, int epoch,
    double first, double second)
{
	assert_int_equal(db_exec(r->s->db,
			     "insert into score_run (id, netuid, mecid, epoch, "
			     "block, at, policy, window_from) values ('%s', "
			     "%d, 7, %d, 5, now(), '%s', now())",
			     id, SUITE_NETUID, epoch, policy),
	    0);
	for (int i = 0; i < 2; i++)
		assert_int_equal(
		    db_exec(r->s->db,
			"insert into score_entry (run_id, netuid, hotkey, uid, "
			"jobs, successes, stake_share, score, weight) values "
			"('%s', %d, '%s', %d, 4, 3, 0.5, %f, 0.5)",
			id, SUITE_NETUID, r->s->miner_hotkeys[i], i + 1,
			i == 0 ? first : second),
		    0);
}

static void
the_leaderboard_is_of_the_latest_rounds(void **state)
{
	struct rig *r = *state;
	json_t *body;
	const json_t *round, *best;

	add_round(
	    r, "0190a0a0-0000-7000-8000-00000000000a", "one", 900001, 1, 2);
	add_round(
	    r, "0190a0a0-0000-7000-8000-00000000000b", "one", 900002, 2, 1);
	add_round(
	    r, "0190a0a0-0000-7000-8000-00000000000c", "two", 900003, 3, 3);
	body = get(r, "/v1/leaderboard?policy=one");
	round = json_array_get(json_object_get(body, "rounds"), 0);
	best = json_array_get(json_object_get(round, "miners"), 0);
	assert_int_equal(json_array_size(json_object_get(body, "rounds")), 1);
	assert_int_equal(
	    json_integer_value(json_object_get(round, "epoch")), 900002);
	assert_string_equal(text_of(best, "hotkey"), r->s->miner_hotkeys[0]);
	assert_int_equal(json_integer_value(json_object_get(best, "rank")), 1);
	assert_int_equal(json_integer_value(json_object_get(
			     json_object_get(best, "parts"), "successes")),
	    3);
	json_decref(body);
	body = get(r, "/v1/leaderboard?policy=two&limit=1");
	round = json_array_get(json_object_get(body, "rounds"), 0);
	assert_int_equal(json_array_size(json_object_get(round, "miners")), 1);
	json_decref(body);
	assert_int_equal(
	    db_exec(r->s->db, "delete from score_run where mecid = 7"), 0);
}

/* -- the document ---------------------------------------------------------- */

static void
the_document_is_served_and_can_be_read(void **state)
{
	struct rig *r = *state;
	struct fetch_answer answer;
	json_t *doc = get(r, "/openapi.json"), *version;
	char *policy;

	assert_string_equal(text_of(doc, "openapi"), "3.1.0");
	json_decref(doc);
	ask(r, "/docs", &answer);
	assert_int_equal(answer.status, 200);
	assert_non_null(strstr(answer.body, "<h3 id=\"createJob\">"));
	assert_null(strstr(answer.body, "<script"));
	assert_null(strstr(answer.body, "http://"));
	assert_null(strstr(answer.body, "https://"));
	policy = fetch_header(&answer, "Content-Security-Policy");
	assert_non_null(strstr(policy, "default-src 'none'"));
	fetch_clear(&answer);
	free(policy);
	ask(r, "/errors/bad_job", &answer);
	assert_int_equal(answer.status, 200);
	assert_non_null(strstr(answer.body, "bad_job"));
	fetch_clear(&answer);
	version = get(r, "/version");
	assert_string_equal(text_of(version, "program"), "orchestratord");
	assert_string_not_equal(text_of(version, "version"), "");
	json_decref(version);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(jobs_are_listed_by_pages),
	    cmocka_unit_test(a_new_job_moves_no_page),
	    cmocka_unit_test(a_bad_question_is_refused_by_name),
	    cmocka_unit_test(a_receipt_says_why),
	    cmocka_unit_test(a_result_says_how_long_it_took),
	    cmocka_unit_test(a_trace_goes_through_to_the_miner),
	    cmocka_unit_test(a_job_without_a_trace_has_one_at_the_miner),
	    cmocka_unit_test(what_the_database_refuses_is_not_said_to_be_away),
	    cmocka_unit_test(kinds_say_what_they_take),
	    cmocka_unit_test(languages_and_voices_are_those_of_the_kind),
	    cmocka_unit_test(a_language_that_was_detected_is_shown),
	    cmocka_unit_test(miners_are_listed_by_pages),
	    cmocka_unit_test(the_leaderboard_is_of_the_latest_rounds),
	    cmocka_unit_test(the_document_is_served_and_can_be_read),
	};

	return cmocka_run_group_tests(tests, set_up, rig_tear_down);
}

/*
 * Dippy's front door as its clients and validators meet it: a job through
 * /listen to its end, what is refused and how, and what anybody may read.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/xalloc.h"
#include "tests/lib/attempt.h"
#include "tests/lib/callback.h"
#include "tests/lib/db.h"
#include "tests/lib/fetch.h"
#include "tests/lib/proc.h"
#include "tests/lib/receiver.h"
#include "tests/lib/rig.h"
#include "tests/lib/sample.h"
#include "tests/lib/sandbox.h"

#define SECRET "a secret of this test, not a constant"
#define WEBHOOK_KEY "a key of this test, under which nothing is sealed"
#define GENERATE(more)                                                         \
	"{\"job_type\":\"generate\",\"payload\":{\"prompt\":\"a boat\"" more   \
	"}}"
#define NO_JOB "01890000-0000-4000-8000-00000000abcd"

enum { START_MS = 20000 };

static struct rig *rig;

/* -- the door ------------------------------------------------------------ */

static int
restart(const char *ini)
{
	return suite_stop(rig->s, SUITE_ORCHESTRATOR) != 0 ||
		       suite_configure(rig->s, ini) != 0 ||
		       suite_start(rig->s, SUITE_ORCHESTRATOR) != 0 ||
		       proc_wait_event(rig->s->daemons[SUITE_ORCHESTRATOR],
			   "kinds.read", NULL, START_MS) == NULL
		   ? -1
		   : 0;
}

static void
as_shipped(json_t *kinds)
{
	(void)kinds;
}

static int
set_up(void **state)
{
	const struct suite_options o = {.name = "dippy-door"};
	char *path, *key, *ini;
	int failed;

	if (rig_set_up(state, &o, 1, as_shipped) != 0)
		return -1;
	rig = *state;
	path = sandbox_write(rig->s->box, "dippy-secret", 0600, SECRET "\n");
	key = sandbox_write(rig->s->box, "webhook-key", 0600, WEBHOOK_KEY "\n");
	ini = xasprintf("[orchestrator]\ndippy_secret = @%s\n"
			"webhook_key = @%s\n",
	    path, key);
	failed = restart(ini);
	free(path);
	free(key);
	free(ini);
	return failed;
}

/* A body's answer as JSON, the caller's to decref. secret NULL: none sent. */
static json_t *
ask(const char *path, const char *secret, const char *body, int status)
{
	char *url = xasprintf("%s%s", rig->s->api_url, path);
	char *header = xasprintf(
	    "X-Service-Auth-Secret: %s", secret != NULL ? secret : "");
	const char *const headers[] = {"Content-Type: application/json",
	    secret != NULL ? header : NULL, NULL};
	const struct fetch_ask a = {
	    .url = url,
	    .headers = headers,
	    .body = body,
	    .len = body != NULL ? strlen(body) : 0,
	};
	struct fetch_answer answer;
	json_t *json;

	fetch(&a, &answer);
	if (answer.status != status)
		fail_msg("%s: %d %s, not %d", path, answer.status, answer.body,
		    status);
	json = fetch_json(&answer);
	assert_non_null(json);
	fetch_clear(&answer);
	free(header);
	free(url);
	return json;
}

static json_t *
get(const char *path, int status)
{
	return ask(path, NULL, NULL, status);
}

static const char *
text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text != NULL ? text : "";
}

/* The id of a job that was taken. */
static void
listen_to(const char *body, char id[40])
{
	json_t *answer = ask("/listen", SECRET, body, 202);

	assert_int_equal(json_object_size(answer), 1);
	snprintf(id, 40, "%s", text_of(answer, "job_id"));
	json_decref(answer);
}

/* {"detail": sentence} that has these words. */
static void
assert_refused(const char *body, int status, const char *words)
{
	json_t *answer = ask("/listen", SECRET, body, status);

	if (strstr(text_of(answer, "detail"), words) == NULL)
		fail_msg(
		    "no \"%s\" in \"%s\"", words, text_of(answer, "detail"));
	json_decref(answer);
}

/* The one fault of {"detail": [{"type", "loc", ..}]}. */
static void
assert_invalid(
    const char *secret, const char *body, const char *type, const char *field)
{
	json_t *answer = ask("/listen", secret, body, 422);
	json_t *fault = json_array_get(json_object_get(answer, "detail"), 0);
	json_t *loc = json_object_get(fault, "loc");

	assert_string_equal(text_of(fault, "type"), type);
	assert_string_equal(json_string_value(json_array_get(loc, 0)), "body");
	assert_string_equal(json_string_value(json_array_get(loc, 1)), field);
	json_decref(answer);
}

/* -- a job --------------------------------------------------------------- */

static void
bring_picture(const struct hand_task *task)
{
	struct buf png = {0};
	struct callback_told told;
	struct callback_dippy form = {.job_id = task->id,
	    .status = "completed",
	    .image_type = "image/png"};

	sample_png(0, &png);
	form.image = png.data;
	form.len = png.len;
	callback_dippy(task, task->secret, &form, &told);
	assert_int_equal(told.status, 200);
	buf_free(&png);
}

static void
a_job_goes_through_listen_to_its_end(void **state)
{
	char id[40], path[64];
	struct hand_task *task;
	json_t *job;
	char *text;

	(void)state;
	listen_to(GENERATE(",\"seed\":\"12\""), id);
	snprintf(path, sizeof(path), "/jobs/%s", id);
	task = rig_next(rig, id);
	assert_non_null(task);
	assert_string_equal(text_of(task->body, "prompt"), "a boat");
	assert_int_equal(
	    json_integer_value(json_object_get(task->body, "seed")), 12);
	job = get(path, 200);
	assert_string_equal(text_of(job, "status"), "pending");
	json_decref(job);
	bring_picture(task);
	assert_int_equal(attempt_await_job(rig->s, id, "done"), 0);
	job = get(path, 200);
	text = json_dumps(job, 0);
	assert_string_equal(text_of(job, "status"), "success");
	assert_string_equal(text_of(job, "job_type"), "base-h100_pcie");
	assert_string_equal(
	    text_of(job, "miner_hotkey"), rig->s->miner_hotkeys[task->miner]);
	assert_null(strstr(text, "a boat"));
	assert_null(strstr(text, task->secret));
	assert_non_null(strstr(text, "\"prompt\": \"sha256:"));
	assert_non_null(strstr(text, "\"has_image\": true"));
	free(text);
	json_decref(job);
	hand_drop(rig->hand, task);
}

/* -- whose end is told --------------------------------------------------- */

/* An order whose end is told to the receiver; the task of its miner. */
static struct hand_task *
listen_remote(struct receiver *to, char id[40])
{
	char *url = receiver_url(to);
	char *body = xasprintf("{\"job_type\":\"generate\",\"payload\":"
			       "{\"prompt\":\"a boat\"},"
			       "\"webhook_url\":\"%s\"}",
	    url);
	json_t *answer = ask("/listen/remote", SECRET, body, 202);
	struct hand_task *task;

	snprintf(id, 40, "%s", text_of(answer, "job_id"));
	json_decref(answer);
	task = rig_next(rig, id);
	assert_non_null(task);
	assert_null(json_object_get(task->body, "webhook_url"));
	free(body);
	free(url);
	return task;
}

static json_t *
told(struct receiver *to, const char *id, const char *type, const char *status)
{
	struct received *got = receiver_take(to);
	json_t *body;

	assert_non_null(got);
	body = json_loadb(got->body, got->len, 0, NULL);
	assert_string_equal(text_of(body, "type"), type);
	assert_string_equal(text_of(body, "job_id"), id);
	assert_string_equal(text_of(body, "status"), status);
	assert_string_equal(text_of(body, "completed_at"),
	    text_of(json_object_get(body, "data"), "finished_at"));
	received_free(got);
	return body;
}

/* As Dippy's gateway reads it; the picture is there for whoever was told. */
static void
the_end_of_a_remote_job_is_told_in_dippys_form(void **state)
{
	struct receiver *to = receiver_new();
	struct fetch_answer picture;
	struct hand_task *task;
	json_t *body;
	char id[40];

	(void)state;
	task = listen_remote(to, id);
	bring_picture(task);
	body = told(to, id, "job.done", "completed");
	assert_null(json_object_get(body, "error"));
	assert_true(json_is_integer(json_object_get(body, "latency_ms")));
	assert_true(json_is_integer(json_object_get(body, "total_runtime_ms")));
	fetch_get(text_of(body, "image_url"), &picture);
	assert_int_equal(picture.status, 200);
	assert_memory_equal(picture.body, "\x89PNG", 4);
	fetch_clear(&picture);
	json_decref(body);
	hand_drop(rig->hand, task);
	receiver_free(to);
}

static void
a_remote_job_that_ends_without_a_picture_says_why(void **state)
{
	struct receiver *to = receiver_new();
	struct fetch_answer answer;
	struct hand_task *task;
	char id[40], *url;
	json_t *body;

	(void)state;
	task = listen_remote(to, id);
	url = xasprintf("%s/v1/jobs/%s", rig->s->api_url, id);
	fetch(&(struct fetch_ask){.method = "DELETE", .url = url}, &answer);
	assert_int_equal(answer.status, 200);
	body = told(to, id, "job.cancelled", "failed");
	assert_string_equal(text_of(body, "error"), "cancelled");
	assert_null(json_object_get(body, "image_url"));
	json_decref(body);
	fetch_clear(&answer);
	free(url);
	hand_drop(rig->hand, task);
	receiver_free(to);
}

static void
a_remote_job_names_where_its_end_is_told(void **state)
{
	json_t *answer;

	(void)state;
	answer = ask("/listen/remote", SECRET, GENERATE(""), 422);
	json_decref(answer);
	answer = ask("/listen/remote", SECRET,
	    "{\"job_type\":\"generate\",\"payload\":{\"prompt\":\"x\"},"
	    "\"webhook_url\":\"gopher://a\"}",
	    422);
	json_decref(answer);
	answer = ask("/listen/remote", SECRET,
	    "{\"job_type\":\"generate\",\"payload\":{\"prompt\":\"x\"},"
	    "\"webhook_url\":\"https://u:p@example.org/\"}",
	    400);
	assert_non_null(strstr(text_of(answer, "detail"), "webhook_url"));
	json_decref(answer);
}

static void
a_clients_id_makes_one_job(void **state)
{
	static const char *const id = "01890000-0000-4000-8000-0000000000aa";
	static const char body[] =
	    "{\"job_type\":\"generate\",\"payload\":{\"prompt\":\"a boat\"},"
	    "\"job_id\":\"01890000-0000-4000-8000-0000000000AA\"}";
	struct hand_task *task;
	char given[40];

	(void)state;
	listen_to(body, given);
	assert_string_equal(given, id);
	task = rig_next(rig, id);
	assert_non_null(task);
	listen_to(body, given);
	assert_string_equal(given, id);
	assert_int_equal(
	    db_int(rig->s->db, "select count(*) from job where id = '%s'", id),
	    1);
	assert_int_equal(
	    db_int(rig->s->db,
		"select count(*) from attempt where job_id = '%s'", id),
	    1);
	bring_picture(task);
	assert_int_equal(attempt_await_job(rig->s, id, "done"), 0);
	listen_to(body, given);
	assert_string_equal(given, id);
	hand_drop(rig->hand, task);
}

/* Fault 1.2.1: a client's job_id, callback_url and secret won over ours. */
static void
dippy_121_nothing_of_ours_is_the_clients(void **state)
{
	struct hand_task *task;
	char id[40];

	(void)state;
	listen_to(GENERATE(",\"job_id\":\"mine\",\"callback_url\":"
			   "\"http://127.0.0.1:9/x\",\"callback_secret\":"
			   "\"s\",\"task_type\":\"t\""),
	    id);
	task = rig_next(rig, id);
	assert_non_null(task);
	assert_string_not_equal(task->id, "mine");
	assert_null(strstr(task->callback_url, "127.0.0.1:9/"));
	assert_int_equal(strlen(task->secret), 64);
	assert_string_equal(text_of(task->body, "task_type"), "base-h100_pcie");
	bring_picture(task);
	hand_drop(rig->hand, task);
}

/* -- pictures ------------------------------------------------------------ */

/* A job whose miner is given a picture's URL: one to hand to others. */
static struct hand_task *
task_with_picture(void)
{
	struct hand_task *task;
	struct buf png = {0};
	char id[40];

	sample_png(1, &png);
	assert_int_equal(
	    suite_submit_file(rig->s,
		"{\"kind\":\"image.edit\",\"params\":{\"prompt\":\"x\"}}",
		png.data, png.len, "image/png", id),
	    202);
	buf_free(&png);
	task = rig_next(rig, id);
	assert_non_null(task);
	return task;
}

static void
edit(const char *url, int status, const char *words, char id[40])
{
	char *body = xasprintf(
	    "{\"job_type\":\"img-h100_pcie\",\"payload\":{\"prompt\":\"p\","
	    "\"image_url\":\"%s\",\"num_inference_steps\":30,\"width\":512}}",
	    url);

	if (status == 202)
		listen_to(body, id);
	else
		assert_refused(body, status, words);
	free(body);
}

static void
a_picture_is_fetched_by_us(void **state)
{
	struct hand_task *source = task_with_picture(), *task;
	struct fetch_answer answer;
	struct buf png = {0};
	char id[40];

	(void)state;
	edit(source->input_url, 202, NULL, id);
	task = rig_next(rig, id);
	assert_non_null(task);
	assert_string_not_equal(task->input_url, source->input_url);
	assert_int_equal(json_integer_value(json_object_get(
			     task->body, "num_inference_steps")),
	    10);
	assert_null(json_object_get(task->body, "width"));
	assert_int_equal(fetch_get(task->input_url, &answer), 0);
	sample_png(1, &png);
	assert_int_equal(answer.len, png.len);
	assert_memory_equal(answer.body, png.data, png.len);
	fetch_clear(&answer);
	buf_free(&png);
	bring_picture(source);
	bring_picture(task);
	hand_drop(rig->hand, source);
	hand_drop(rig->hand, task);
}

static void
a_picture_that_cannot_be_had_is_said_so(void **state)
{
	char *url = xasprintf("%s/v1/instance", rig->s->api_url);
	char *none = xasprintf("%s/none", rig->s->api_url);

	(void)state;
	edit(none, 400, "answered with 404", NULL);
	edit(url, 415, "image.edit takes image/png", NULL);
	edit("ftp://example.com/x.png", 400, "https, at a public", NULL);
	assert_refused("{\"job_type\":\"img-h100_pcie\",\"payload\":{"
		       "\"prompt\":\"p\"}}",
	    400, "payload.image_url is missing");
	free(url);
	free(none);
}

/* -- refusals ------------------------------------------------------------ */

/* Fault 11.1: the secret was a constant of a public repository. */
static void
dippy_01_the_secret_is_the_operators(void **state)
{
	static const char *const wrong[] = {NULL, "", "my-secret-key-here",
	    SECRET "x", "a secret of this test, not a constanT"};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		json_t *answer = ask("/listen", wrong[i], GENERATE(""), 403);

		assert_string_equal(
		    text_of(answer, "detail"), "Invalid service auth secret");
		json_decref(answer);
	}
}

/* A bad body is told before the secret is looked at. */
static void
a_body_of_another_shape_is_422(void **state)
{
	(void)state;
	assert_invalid(NULL, "{\"payload\":{}}", "missing", "job_type");
	assert_invalid(
	    SECRET, "{\"job_type\":\"x\",\"payload\":{}}", "enum", "job_type");
	assert_invalid(
	    SECRET, "{\"job_type\":\"generate\"}", "missing", "payload");
	assert_invalid(SECRET,
	    "{\"job_type\":\"generate\",\"payload\":{},\"job_id\":\"x\"}",
	    "uuid_parsing", "job_id");
	json_decref(ask("/listen", SECRET, "{", 422));
	json_decref(ask("/listen", SECRET, "[]", 422));
}

static void
a_payload_is_refused_by_field_and_limit(void **state)
{
	(void)state;
	assert_refused("{\"job_type\":\"generate\",\"payload\":7}", 400,
	    "Job payload must be a JSON object");
	assert_refused(GENERATE(",\"promt\":1"), 400, "payload.promt");
	assert_refused(GENERATE(",\"width\":7"), 400, "width");
	assert_refused(
	    "{\"job_type\":\"generate\",\"payload\":{\"prompt\":\"p\"},"
	    "\"route_to_auditor\":true}",
	    400, "route_to_auditor");
	assert_refused("{\"job_type\":\"lora\",\"payload\":{\"prompt\":\"p\"}}",
	    400, "image_url");
}

/* Fault 11.1: it signed any payload for any hotkey and address. */
static void
dippy_01_there_is_no_signing_oracle(void **state)
{
	(void)state;
	json_decref(ask("/debug/listen", SECRET,
	    "{\"job_type\":\"generate\",\"payload\":{},\"miner\":{}}", 410));
}

/* Fault 11.2: whoever could reach them rewrote miners, read secrets, emptied
 * the relay. */
static void
dippy_02_nothing_of_the_inside_is_at_the_door(void **state)
{
	static const char *const inside[] = {"/_internal/job",
	    "/_internal/jobs/live", "/_internal/miners",
	    "/_internal/metagraph/state", "/_internal/raw_dump",
	    "/_internal/scores/state", "/add", "/addresses", "/genesis",
	    "/nuclear", "/purge-local"};

	(void)state;
	for (size_t i = 0; i < sizeof(inside) / sizeof(inside[0]); i++) {
		json_decref(ask(inside[i], SECRET, NULL, 404));
		json_decref(ask(inside[i], SECRET, "{}", 404));
	}
}

/* -- views --------------------------------------------------------------- */

static void
what_is_recent_is_shown_newest_first(void **state)
{
	char first[40], second[40];
	json_t *recent, *jobs;

	(void)state;
	listen_to(GENERATE(""), first);
	listen_to(GENERATE(""), second);
	recent = get("/recent_jobs?limit=2", 200);
	jobs = json_object_get(recent, "jobs");
	assert_int_equal(json_array_size(jobs), 2);
	assert_string_equal(text_of(json_array_get(jobs, 0), "job_id"), second);
	assert_string_equal(text_of(json_array_get(jobs, 1), "job_id"), first);
	assert_int_equal(
	    json_integer_value(json_object_get(recent, "limit")), 2);
	json_decref(recent);
	json_decref(get("/recent_jobs?limit=0", 422));
	json_decref(get("/recent_jobs?limit=101", 422));
	json_decref(get("/recent_jobs?limit=x", 422));
	json_decref(get("/jobs/" NO_JOB, 404));
	json_decref(get("/jobs/x", 422));
}

/* A job that is over, as text; the caller frees. */
static char *
shown(const char *id)
{
	char path[64];
	json_t *job;
	char *text;

	snprintf(path, sizeof(path), "/jobs/%s", id);
	job = get(path, 200);
	text = json_dumps(job, 0);
	json_decref(job);
	return text;
}

/* An audit or a challenge among them would be known by it. */
static void
nobody_can_tell_where_a_job_came_from(void **state)
{
	static const char *const sources[] = {"audit", "challenge", "schedule"};
	struct hand_task *task;
	char id[40], *client;

	(void)state;
	listen_to(GENERATE(""), id);
	task = rig_next(rig, id);
	assert_non_null(task);
	bring_picture(task);
	hand_drop(rig->hand, task);
	assert_int_equal(attempt_await_job(rig->s, id, "done"), 0);
	client = shown(id);
	for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++) {
		char *other;

		assert_int_equal(
		    db_exec(rig->s->db,
			"update job set source = '%s' where id = '%s'",
			sources[i], id),
		    0);
		other = shown(id);
		assert_string_equal(other, client);
		free(other);
	}
	free(client);
}

static void
the_miners_are_shown(void **state)
{
	json_t *status = get("/miner_status", 200), *candidates;
	json_t *miner = json_object_get(
	    json_object_get(status, "data"), rig->s->miner_hotkeys[0]);
	json_t *last;
	size_t n;

	(void)state;
	assert_true(json_is_true(json_object_get(miner, "valid")));
	assert_true(json_is_true(json_object_get(
	    json_object_get(miner, "capacity"), "base-h100_pcie")));
	assert_int_equal(
	    strncmp(text_of(miner, "network_address"), "https://", 8), 0);
	assert_true(json_is_integer(json_object_get(status, "block")));
	json_decref(status);
	candidates = get("/last_candidates", 200);
	n = json_array_size(json_object_get(candidates, "candidates"));
	assert_int_equal(n, db_int(rig->s->db, "select count(*) from attempt"));
	last = json_array_get(json_object_get(candidates, "candidates"), n - 1);
	assert_string_equal(text_of(json_object_get(last, "miner"), "hotkey"),
	    rig->s->miner_hotkeys[0]);
	json_decref(candidates);
}

/* Fault 5.6: without a round scores were made up of the whole relay. */
static void
dippy_56_without_a_round_there_are_no_scores(void **state)
{
	json_t *scores = get("/scores", 200);

	(void)state;
	assert_int_equal(
	    json_object_size(json_object_get(scores, "scores")), 0);
	assert_string_equal(
	    text_of(json_object_get(scores, "stats"), "source"), "metagraph");
	json_decref(scores);
}

static void
the_latest_round_is_shown(void **state)
{
	json_t *scores, *one, *failures;

	(void)state;
	assert_int_equal(
	    db_exec(rig->s->db,
		"with run as (insert into score_run (id, netuid, mecid, epoch, "
		"block, policy, at, window_from) values (gen_random_uuid(), 1, "
		"0, 1000000, 70, 'p', now(), now()) returning id) insert into "
		"score_entry (run_id, netuid, hotkey, uid, jobs, successes, "
		"stake_share, score, weight) select id, 1, '%s', 1, 1, 1, 0, "
		"0.75, 1 from run",
		rig->s->miner_hotkeys[0]),
	    0);
	scores = get("/scores", 200);
	one = json_object_get(
	    json_object_get(scores, "scores"), rig->s->miner_hotkeys[0]);
	assert_string_equal(text_of(one, "status"), "COMPLETED");
	assert_true(json_real_value(json_object_get(
			json_object_get(one, "score"), "total_score")) == 0.75);
	json_decref(scores);
	assert_int_equal(
	    db_exec(rig->s->db,
		"insert into audit_failure values (gen_random_uuid(), 1, "
		"'%s', now(), 'infinity', 'another picture')",
		rig->s->miner_hotkeys[0]),
	    0);
	scores = get("/scores", 200);
	one = json_object_get(
	    json_object_get(scores, "scores"), rig->s->miner_hotkeys[0]);
	assert_string_equal(text_of(one, "status"), "SLASHED");
	assert_int_equal(json_number_value(json_object_get(
			     json_object_get(one, "score"), "total_score")),
	    0);
	json_decref(scores);
	failures = get("/audit_failures", 200);
	one = json_array_get(json_object_get(failures, "audit_failures"), 0);
	assert_string_equal(text_of(one, "reason"), "another picture");
	json_decref(failures);
}

static void
without_a_secret_the_door_is_closed(void **state)
{
	(void)state;
	assert_int_equal(restart("[orchestrator]\ndippy_secret =\n"), 0);
	json_decref(ask("/listen", SECRET, GENERATE(""), 404));
	json_decref(ask("/listen", "", GENERATE(""), 404));
	json_decref(get("/recent_jobs", 404));
	json_decref(get("/scores", 404));
	json_decref(ask("/debug/listen", SECRET, "{}", 404));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_job_goes_through_listen_to_its_end),
	    cmocka_unit_test(the_end_of_a_remote_job_is_told_in_dippys_form),
	    cmocka_unit_test(a_remote_job_that_ends_without_a_picture_says_why),
	    cmocka_unit_test(a_remote_job_names_where_its_end_is_told),
	    cmocka_unit_test(a_clients_id_makes_one_job),
	    cmocka_unit_test(dippy_121_nothing_of_ours_is_the_clients),
	    cmocka_unit_test(a_picture_is_fetched_by_us),
	    cmocka_unit_test(a_picture_that_cannot_be_had_is_said_so),
	    cmocka_unit_test(dippy_01_the_secret_is_the_operators),
	    cmocka_unit_test(a_body_of_another_shape_is_422),
	    cmocka_unit_test(a_payload_is_refused_by_field_and_limit),
	    cmocka_unit_test(dippy_01_there_is_no_signing_oracle),
	    cmocka_unit_test(dippy_02_nothing_of_the_inside_is_at_the_door),
	    cmocka_unit_test(what_is_recent_is_shown_newest_first),
	    cmocka_unit_test(nobody_can_tell_where_a_job_came_from),
	    cmocka_unit_test(the_miners_are_shown),
	    cmocka_unit_test(dippy_56_without_a_round_there_are_no_scores),
	    cmocka_unit_test(the_latest_round_is_shown),
	    cmocka_unit_test(without_a_secret_the_door_is_closed),
	};

	return cmocka_run_group_tests(tests, set_up, rig_tear_down);
}

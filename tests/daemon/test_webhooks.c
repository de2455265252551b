/*
 * Webhooks, from the end of a job to a receiver of ours: signed, sent again
 * as the plan says and never given up for a kill, by one instance at a time,
 * and without a word of their secrets in rows or logs.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <assert.h>
#include <cmocka.h>
#include <dirent.h>
#include <jansson.h>
#include <sodium.h>
#include <stdio.h>

#include "common/buf.h"
#include "common/err.h"
#include "common/webhook_sign.h"
#include "common/xalloc.h"
#include "tests/lib/attempt.h"
#include "tests/lib/callback.h"
#include "tests/lib/db.h"
#include "tests/lib/fetch.h"
#include "tests/lib/hand.h"
#include "tests/lib/paths.h"
#include "tests/lib/play.h"
#include "tests/lib/proc.h"
#include "tests/lib/receiver.h"
#include "tests/lib/rig.h"
#include "tests/lib/sandbox.h"

#define KIND "text.translate"
#define SETTINGS                                                               \
	"[orchestrator]\nwebhook_key = @%s\nwebhook_timeout = %s\n"            \
	"webhook_retry = %s\ncapacity_start = 0\n"

enum { MANY = 10, AT_ONE = 4, SHARED = 24 };

static const char key_text[] = "a key that only this test has, 0123456789";

static char *key_file;

/* The shipped kinds as they are. */
static void
leave_kinds(json_t *kinds)
{
	assert(json_is_array(kinds));
}

static int
set_up(void **state)
{
	char *build = paths_build(), *ini;
	struct suite_options o = {.name = "webhooks"};
	FILE *f;
	int status;

	key_file = xasprintf("%s/test-webhooks.key", build);
	free(build);
	f = fopen(key_file, "w");
	if (f == NULL || fputs(key_text, f) < 0 || fclose(f) != 0)
		return -1;
	ini = xasprintf(SETTINGS, key_file, "2s", "50ms");
	o.ini = ini;
	status = rig_set_up(state, &o, 1, leave_kinds);
	free(ini);
	return status;
}

static int
tear_down(void **state)
{
	int status = rig_tear_down(state);

	free(key_file);
	return status;
}

/* -- asking -------------------------------------------------------------- */

/* The JSON of the answer, the caller's to decref; NULL: it has none. */
static json_t *
ask(struct rig *r, const char *method, const char *path, const char *body,
    int status)
{
	static const char *const headers[] = {
	    "Content-Type: application/json", NULL};
	char *url = xasprintf("%s%s", r->s->api_url, path);
	struct fetch_ask ask = {.method = method,
	    .url = url,
	    .headers = body != NULL ? headers : NULL,
	    .body = body,
	    .len = body != NULL ? strlen(body) : 0};
	struct fetch_answer answer;
	json_t *json;

	fetch(&ask, &answer);
	if (answer.status != status)
		fail_msg("%s %s: %d, %s", method, path, answer.status,
		    answer.body != NULL ? answer.body : answer.why);
	json = fetch_json(&answer);
	fetch_clear(&answer);
	free(url);
	return json;
}

static const char *
text_of(const json_t *json, const char *key)
{
	return json_string_value(json_object_get(json, key));
}

/* A text of the answer; the caller frees. */
static char *
ask_text(struct rig *r, const char *method, const char *path, const char *body,
    int status, const char *key)
{
	json_t *json = ask(r, method, path, body, status);
	char *text;

	assert_non_null(text_of(json, key));
	text = xstrdup(text_of(json, key));
	json_decref(json);
	return text;
}

struct endpoint {
	char *id, *secret, *path; /* of the endpoint in the API */
};

static struct endpoint
add_endpoint(struct rig *r, const struct receiver *to, const char *more)
{
	char *url = receiver_url(to);
	char *body = xasprintf("{\"url\":\"%s\"%s}", url, more);
	json_t *json = ask(r, "POST", "/v1/webhooks", body, 201);
	struct endpoint e = {xstrdup(text_of(json, "id")),
	    xstrdup(text_of(json, "secret")), NULL};

	assert_string_equal(text_of(json, "url"), url);
	e.path = xasprintf("/v1/webhooks/%s", e.id);
	json_decref(json);
	free(body);
	free(url);
	return e;
}

/* Of that tenant, if it is not nobody's. */
static void
remove_endpoint(struct rig *r, struct endpoint *e, const char *tenant)
{
	char *path = xasprintf("%s?tenant=%s", e->path, tenant);

	json_decref(ask(r, "DELETE", path, NULL, 204));
	json_decref(ask(r, "GET", path, NULL, 404));
	free(path);
	free(e->id);
	free(e->secret);
	free(e->path);
}

/* A job with these further fields, played to its end. */
static void
play(struct rig *r, const char *more, char id[40])
{
	char *job = xasprintf("{\"kind\":\"" KIND
			      "\",\"params\":{\"text\":\"good day\","
			      "\"language\":\"en\",\"target_language\":\"de\"}"
			      "%s}",
	    more);
	struct hand_task *task = rig_task(r, job, id);
	struct callback_told told;

	assert_non_null(task);
	callback_json(task, task->secret, PLAY_OUTPUT, &told);
	assert_int_equal(play_told(&told, 200, "accepted"), 0);
	hand_drop(r->hand, task);
	assert_int_equal(attempt_await_job(r->s, id, "done"), 0);
	free(job);
}

static void
play_to(struct rig *r, const struct receiver *to, char id[40])
{
	char *url = receiver_url(to);
	char *more = xasprintf(",\"webhook_url\":\"%s\"", url);

	play(r, more, id);
	free(more);
	free(url);
}

/* -- what is received ---------------------------------------------------- */

/* Whether one of its signatures is by this secret. */
static bool
is_signed_by(const struct received *got, const char *secret_text)
{
	struct webhook_secret secret;
	struct buf signature = {0};
	bool found = false;
	struct err err;

	assert_int_equal(webhook_secret_parse(secret_text, &secret, &err), 0);
	webhook_sign(&secret, 1, got->id, atoll(got->timestamp), got->body,
	    got->len, &signature);
	for (const char *at = got->signature; at != NULL && *at != '\0';
	     at = strchr(at, ' ')) {
		at += *at == ' ';
		found |= strncmp(at, buf_str(&signature), signature.len) == 0;
	}
	buf_free(&signature);
	return found;
}

/* The next message; it tells of that event of that job. */
static struct received *
take(struct receiver *from, const char *event, const char *job_id)
{
	struct received *got = receiver_take(from);
	json_t *body;

	assert_non_null(got);
	body = json_loads(got->body, JSON_REJECT_DUPLICATES, NULL);
	assert_string_equal(text_of(body, "type"), event);
	assert_non_null(text_of(body, "timestamp"));
	if (job_id != NULL)
		assert_string_equal(
		    text_of(json_object_get(body, "data"), "id"), job_id);
	assert_int_equal(strncmp(got->id, "msg_", 4), 0);
	assert_string_equal(got->type, "application/json");
	json_decref(body);
	return got;
}

/* A message as any other is taken, and dropped. */
static void
drop(struct receiver *from, const char *event, const char *job_id)
{
	received_free(take(from, event, job_id));
}

static int64_t
count(struct rig *r, const char *where)
{
	return db_int(
	    r->s->db, "select count(*) from webhook_delivery where %s", where);
}

static void
await_count(struct rig *r, int64_t n, const char *where)
{
	assert_int_equal(
	    db_wait_int(r->s->db, n, 0,
		"select count(*) from webhook_delivery where %s", where),
	    0);
}

/* What waits is due now. */
static void
make_due(struct rig *r)
{
	assert_int_equal(
	    db_exec(r->s->db, "update webhook_delivery set next_try_at = "
			      "'2020-01-01' where ended_at is null"),
	    0);
}

static int
empty(void **state)
{
	struct rig *r = *state;

	return db_exec(
	    r->s->db, "delete from webhook_delivery; delete from webhook");
}

/* -- one delivery -------------------------------------------------------- */

static void
the_end_of_a_job_is_told_once_and_signed(void **state)
{
	struct rig *r = *state;
	struct receiver *to = receiver_new();
	struct received *got;
	char id[40], *path, *secret;
	json_t *shown, *body;

	play_to(r, to, id);
	got = take(to, "job.done", id);
	await_count(r, 1, "delivered and tries = 1 and status = 200");
	assert_int_equal(receiver_count(to), 1);
	secret = ask_text(r, "GET", "/v1/webhooks/secret", NULL, 200, "secret");
	assert_true(is_signed_by(got, secret));
	got->body[10] ^= 1;
	assert_false(is_signed_by(got, secret));
	got->body[10] ^= 1;
	/* It is the job as the API shows it. */
	path = xasprintf("/v1/jobs/%s", id);
	shown = ask(r, "GET", path, NULL, 200);
	body = json_loads(got->body, 0, NULL);
	if (!json_equal(shown, json_object_get(body, "data")))
		fail_msg("%s", got->body);
	json_decref(shown);
	json_decref(body);
	free(path);
	free(secret);
	received_free(got);
	receiver_free(to);
}

/* Other people's verifier is asked, if it can be had. */
static void
the_npm_package_verifies_it(void **state)
{
	const char *const install_argv[] = {"tests/interop/install", NULL};
	const char *argv[] = {
	    "node", "tests/interop/webhook_verify.mjs", NULL, NULL};
	struct proc_options install = {.name = "install", .argv = install_argv};
	struct proc_options verify = {.name = "verify", .argv = argv};
	struct rig *r = *state;
	struct receiver *to = receiver_new();
	struct proc_output out;
	struct received *got;
	char id[40], *secret, *text, *file;
	json_t *json;

	proc_run(&install, 300000, &out);
	if (out.status == 77)
		skip();
	assert_int_equal(out.status, 0);
	proc_output_clear(&out);
	play_to(r, to, id);
	got = take(to, "job.done", id);
	secret = ask_text(r, "GET", "/v1/webhooks/secret", NULL, 200, "secret");
	json = json_pack("{s:s, s:s, s:{s:s, s:s, s:s}}", "secret", secret,
	    "body", got->body, "headers", "webhook-id", got->id,
	    "webhook-timestamp", got->timestamp, "webhook-signature",
	    got->signature);
	text = json_dumps(json, 0);
	file = sandbox_write(r->s->box, "received.json", 0600, text);
	argv[2] = file;
	proc_run(&verify, 60000, &out);
	if (out.status != 0)
		fail_msg("%s%s", out.out, out.err);
	assert_string_equal(out.out, "job.done\n");
	proc_output_clear(&out);
	remove(file);
	free(file);
	free(text);
	json_decref(json);
	free(secret);
	received_free(got);
	receiver_free(to);
}

/* -- tries --------------------------------------------------------------- */

static void
a_failure_is_tried_again_with_the_same_id(void **state)
{
	struct rig *r = *state;
	struct receiver *to = receiver_new();
	struct received *first, *second;
	char id[40];

	receiver_say(to, 500, NULL, NULL);
	play_to(r, to, id);
	first = take(to, "job.done", id);
	receiver_say(to, 204, NULL, NULL);
	/* In time by itself: no row is touched. */
	do {
		second = take(to, "job.done", id);
		assert_string_equal(second->id, first->id);
		received_free(second);
	} while (receiver_count(to) <
		 (int)db_int(r->s->db, "select tries from webhook_delivery"));
	await_count(r, 1, "delivered and tries > 1 and status = 204");
	received_free(first);
	receiver_free(to);
}

static void
a_receiver_says_when_it_wants_it_again(void **state)
{
	static const int statuses[] = {429, 503};
	struct rig *r = *state;
	struct receiver *to = receiver_new();
	char id[40];

	for (int i = 0; i < 2; i++) {
		receiver_say(to, statuses[i], "Retry-After", "300");
		play_to(r, to, id);
		drop(to, "job.done", id);
		await_count(r, 1,
		    "tries = 1 and ended_at is null and status in (429, 503) "
		    "and next_try_at - created_at > interval '299 s'");
		receiver_say(to, 200, NULL, NULL);
		make_due(r);
		drop(to, "job.done", id);
		await_count(r, i + 1, "delivered and tries = 2");
	}
	receiver_free(to);
}

static void
a_redirect_is_no_delivery_and_not_followed(void **state)
{
	struct rig *r = *state;
	struct receiver *to = receiver_new(), *other = receiver_new();
	char *there = receiver_url(other), id[40];

	receiver_say(to, 307, "Location", there);
	play_to(r, to, id);
	drop(to, "job.done", id);
	await_count(r, 1, "not delivered and status = 307");
	receiver_say(to, 200, NULL, NULL);
	await_count(r, 1, "delivered");
	assert_int_equal(receiver_count(other), 0);
	free(there);
	receiver_free(to);
	receiver_free(other);
}

/* Ten tries, the last of them now. */
static void
it_is_given_up_in_the_end_and_said(void **state)
{
	struct rig *r = *state;
	struct receiver *to = receiver_new();
	char id[40];
	json_t *own, *log, *last;
	char *path;

	receiver_say(to, 500, NULL, NULL);
	play_to(r, to, id);
	await_count(r, 1, "tries >= 1 and status = 500");
	assert_int_equal(
	    db_exec(r->s->db, "update webhook_delivery set tries = 9, "
			      "next_try_at = '2020-01-01'"),
	    0);
	await_count(
	    r, 1, "tries = 10 and ended_at is not null and not delivered");
	own = ask(r, "GET", "/v1/webhooks/secret", NULL, 200);
	path = xasprintf("/v1/webhooks/%s/deliveries", text_of(own, "id"));
	log = ask(r, "GET", path, NULL, 200);
	last = json_array_get(json_object_get(log, "deliveries"), 0);
	assert_string_equal(text_of(last, "state"), "given_up");
	assert_string_equal(text_of(last, "why"), "answered with 500");
	assert_string_equal(text_of(last, "job"), id);
	assert_int_equal(
	    json_integer_value(json_object_get(last, "tries")), 10);
	json_decref(log);
	json_decref(own);
	free(path);
	receiver_free(to);
}

/* -- endpoints ----------------------------------------------------------- */

static void
a_gone_receiver_is_told_nothing_any_more(void **state)
{
	struct rig *r = *state;
	struct receiver *to = receiver_new(), *other = receiver_new();
	struct endpoint gone = add_endpoint(r, to, "");
	struct endpoint well = add_endpoint(r, other, "");
	char id[40];
	json_t *shown;

	/* One waits when the other is refused. */
	receiver_say(to, 503, "Retry-After", "600");
	play(r, "", id);
	drop(to, "job.done", id);
	drop(other, "job.done", id);
	receiver_say(to, 410, NULL, NULL);
	play(r, "", id);
	drop(to, "job.done", id);
	drop(other, "job.done", id);
	await_count(r, 2, "why = 'gone' and ended_at is not null");
	shown = ask(r, "GET", gone.path, NULL, 200);
	assert_string_equal(text_of(shown, "why"), "gone");
	assert_non_null(text_of(shown, "disabled_at"));
	json_decref(shown);
	play(r, "", id);
	drop(other, "job.done", id);
	await_count(r, 3, "delivered");
	assert_int_equal(receiver_count(to), 2);
	assert_int_equal(count(r, "true"), 5);
	remove_endpoint(r, &gone, "");
	remove_endpoint(r, &well, "");
	receiver_free(to);
	receiver_free(other);
}

static void
an_endpoint_is_told_what_its_tenant_wants_to_know(void **state)
{
	struct rig *r = *state;
	struct receiver *all = receiver_new(), *ends = receiver_new();
	struct receiver *others = receiver_new();
	struct endpoint e[] = {add_endpoint(r, all, ",\"tenant\":\"acme\""),
	    add_endpoint(
		r, ends, ",\"tenant\":\"acme\",\"events\":[\"job.cancelled\"]"),
	    add_endpoint(r, others, ",\"tenant\":\"other\"")};
	struct hand_task *task;
	char id[40], *path;

	play(r, ",\"tenant\":\"acme\"", id);
	drop(all, "job.done", id);
	task = rig_task(r,
	    "{\"kind\":\"" KIND "\",\"tenant\":\"acme\",\"params\":{"
	    "\"text\":\"a\",\"language\":\"en\",\"target_language\":\"de\"}}",
	    id);
	assert_non_null(task);
	path = xasprintf("/v1/jobs/%s", id);
	json_decref(ask(r, "DELETE", path, NULL, 200));
	hand_drop(r->hand, task);
	drop(all, "job.cancelled", id);
	drop(ends, "job.cancelled", id);
	await_count(r, 3, "delivered");
	assert_int_equal(count(r, "true"), 3);
	assert_int_equal(receiver_count(others), 0);
	/* Nor can another tenant see it, or do anything with it. */
	json_decref(ask(r, "GET", e[0].path, NULL, 404));
	json_decref(ask(r, "DELETE", e[0].path, NULL, 404));
	free(path);
	for (int i = 0; i < 3; i++)
		remove_endpoint(r, &e[i], i < 2 ? "acme" : "other");
	receiver_free(all);
	receiver_free(ends);
	receiver_free(others);
}

static void
a_test_shows_that_it_arrives_and_a_new_secret_signs_beside_the_old(void **state)
{
	struct rig *r = *state;
	struct receiver *to = receiver_new();
	struct endpoint e = add_endpoint(r, to, "");
	char *test = xasprintf("%s/test", e.path), *id, *fresh;
	char *rotate = xasprintf("%s/rotate", e.path);
	struct received *got;
	json_t *list;

	id = ask_text(r, "POST", test, NULL, 202, "id");
	got = take(to, "webhook.test", NULL);
	assert_string_equal(got->id, id);
	assert_true(is_signed_by(got, e.secret));
	received_free(got);
	free(id);

	fresh = ask_text(r, "POST", rotate, NULL, 200, "secret");
	assert_string_not_equal(fresh, e.secret);
	json_decref(ask(r, "POST", test, NULL, 202));
	got = take(to, "webhook.test", NULL);
	assert_true(is_signed_by(got, fresh));
	assert_true(is_signed_by(got, e.secret));
	received_free(got);
	/* A day later. */
	assert_int_equal(
	    db_exec(r->s->db, "update webhook set old_until = '2020-01-01'"),
	    0);
	json_decref(ask(r, "POST", test, NULL, 202));
	got = take(to, "webhook.test", NULL);
	assert_true(is_signed_by(got, fresh));
	assert_false(is_signed_by(got, e.secret));
	received_free(got);

	list = ask(r, "GET", "/v1/webhooks", NULL, 200);
	assert_int_equal(json_array_size(json_object_get(list, "webhooks")), 1);
	assert_null(json_object_get(
	    json_array_get(json_object_get(list, "webhooks"), 0), "secret"));
	json_decref(list);
	await_count(r, 3, "delivered");
	free(fresh);
	free(test);
	free(rotate);
	remove_endpoint(r, &e, "");
	receiver_free(to);
}

/* -- instances ----------------------------------------------------------- */

/* With these settings, until it takes jobs. */
static void
start_with(struct rig *r, const char *ini)
{
	assert_int_equal(suite_configure(r->s, ini), 0);
	assert_int_equal(suite_start(r->s, SUITE_ORCHESTRATOR), 0);
	assert_non_null(proc_wait_event(
	    r->s->daemons[SUITE_ORCHESTRATOR], "schedules.read", NULL, 0));
	assert_int_equal(suite_wait_ready(r->s, 1), 0);
}

static void
restart(struct rig *r, const char *timeout, const char *retry)
{
	char *ini = xasprintf(SETTINGS, key_file, timeout, retry);

	if (r->s->daemons[SUITE_ORCHESTRATOR] != NULL)
		assert_int_equal(suite_stop(r->s, SUITE_ORCHESTRATOR), 0);
	start_with(r, ini);
	free(ini);
}

/* Killed while the receiver has it, and before anybody had tried. */
static void
a_kill_loses_nothing_and_the_id_stays(void **state)
{
	struct rig *r = *state;
	struct receiver *to = receiver_new();
	struct endpoint e;
	struct received *first, *second;
	char id[40];

	receiver_hold(to);
	play_to(r, to, id);
	first = take(to, "job.done", id);
	suite_kill(r->s, SUITE_ORCHESTRATOR);
	assert_int_equal(count(r, "ended_at is null and tries = 1"), 1);
	receiver_let_go(to);
	restart(r, "2s", "50ms");
	second = take(to, "job.done", id);
	assert_string_equal(second->id, first->id);
	await_count(r, 1, "delivered and tries = 2");
	received_free(first);
	received_free(second);

	/* Written by one that has no key, and so sends none. */
	e = add_endpoint(r, to, "");
	assert_int_equal(suite_stop(r->s, SUITE_ORCHESTRATOR), 0);
	start_with(r, "[orchestrator]\nwebhook_key =\n");
	play(r, "", id);
	assert_int_equal(count(r, "ended_at is null and tries = 0"), 1);
	suite_kill(r->s, SUITE_ORCHESTRATOR);
	restart(r, "2s", "50ms");
	drop(to, "job.done", id);
	await_count(r, 2, "delivered");
	assert_int_equal(receiver_count(to), 3);
	remove_endpoint(r, &e, "");
	receiver_free(to);
}

static void
without_a_key_webhooks_are_refused(void **state)
{
	struct rig *r = *state;
	struct receiver *to = receiver_new();
	char *url = receiver_url(to), *body;
	json_t *json;

	assert_int_equal(suite_stop(r->s, SUITE_ORCHESTRATOR), 0);
	start_with(r, "[orchestrator]\nwebhook_key =\n");
	body = xasprintf("{\"url\":\"%s\"}", url);
	json = ask(r, "POST", "/v1/webhooks", body, 501);
	assert_string_equal(text_of(json, "code"), "webhooks_off");
	assert_non_null(
	    strstr(text_of(json, "detail"), "orchestrator.webhook_key"));
	json_decref(json);
	free(body);
	body = xasprintf("{\"kind\":\"" KIND
			 "\",\"webhook_url\":\"%s\",\"params\":{\"text\":\"a\","
			 "\"language\":\"en\",\"target_language\":\"de\"}}",
	    url);
	json = ask(r, "POST", "/v1/jobs", body, 422);
	assert_non_null(
	    strstr(text_of(json, "detail"), "orchestrator.webhook_key"));
	json_decref(json);
	restart(r, "2s", "50ms");
	free(body);
	free(url);
	receiver_free(to);
}

static struct proc *
start_another(struct rig *r)
{
	char *program = paths_program("bin/orchestratord");
	const char *argv[] = {
	    program, "-c", r->s->ini, "--listen", "127.0.0.1:0", NULL};
	struct proc *other =
	    sandbox_start(r->s->box, "orchestratord-2", argv, NULL);

	free(program);
	assert_non_null(other);
	assert_non_null(proc_wait_event(other, "service.ready", NULL, 0));
	return other;
}

/* Each takes as many as one receiver may have, and waits for its answer: so
 * both are at it at once. */
static void
two_instances_send_each_once(void **state)
{
	struct rig *r = *state;
	struct receiver *to = receiver_new();
	struct endpoint e = add_endpoint(r, to, "");
	struct proc *other;
	json_t *ids = json_object();

	restart(r, "30s", "5s");
	other = start_another(r);
	receiver_hold(to);
	assert_int_equal(db_exec(r->s->db,
			     "insert into webhook_delivery (netuid, tenant, "
			     "webhook, url, receiver, event, created_at, "
			     "next_try_at) select w.netuid, w.tenant, w.id, "
			     "w.url, 'r', 'webhook.test', now(), now() from "
			     "webhook w, generate_series(1, %d)",
			     SHARED),
	    0);
	assert_int_equal(receiver_await_waiting(to, 2 * AT_ONE), 0);
	receiver_let_go(to);
	await_count(r, SHARED, "delivered and tries = 1");
	for (int i = 0; i < SHARED; i++) {
		struct received *got = take(to, "webhook.test", NULL);

		json_object_set_new(ids, got->id, json_true());
		received_free(got);
	}
	assert_int_equal(json_object_size(ids), SHARED);
	assert_int_equal(receiver_count(to), SHARED);
	assert_true(proc_count_events(other, "webhook.try", NULL) >= AT_ONE);
	assert_int_equal(proc_stop(other), 0);
	json_decref(ids);
	restart(r, "2s", "50ms");
	remove_endpoint(r, &e, "");
	receiver_free(to);
}

static void
a_slow_receiver_delays_no_other(void **state)
{
	struct rig *r = *state;
	struct receiver *slow = receiver_new(), *quick = receiver_new();
	struct endpoint e[] = {
	    add_endpoint(r, slow, ""), add_endpoint(r, quick, "")};

	restart(r, "30s", "5s");
	receiver_hold(slow);
	/* Those of the slow one are due long before. */
	assert_int_equal(db_exec(r->s->db,
			     "insert into webhook_delivery (netuid, tenant, "
			     "webhook, url, receiver, event, created_at, "
			     "next_try_at) select w.netuid, w.tenant, w.id, "
			     "w.url, substring(w.url from '//([^/]*)'), "
			     "'webhook.test', now(), case when w.id = '%s' "
			     "then timestamptz '2020-01-01' else now() end "
			     "from webhook w, generate_series(1, %d) n order "
			     "by w.id <> '%s'",
			     e[0].id, MANY * AT_ONE, e[0].id),
	    0);
	for (int i = 0; i < MANY * AT_ONE; i++)
		drop(quick, "webhook.test", NULL);
	await_count(r, MANY * AT_ONE, "delivered");
	assert_int_equal(receiver_waiting(slow), AT_ONE);
	receiver_let_go(slow);
	await_count(r, 2 * MANY * AT_ONE, "delivered and tries = 1");
	restart(r, "2s", "50ms");
	for (int i = 0; i < 2; i++)
		remove_endpoint(r, &e[i], "");
	receiver_free(slow);
	receiver_free(quick);
}

/* -- what is left behind ------------------------------------------------- */

static void
the_age_of_the_oldest_is_told(void **state)
{
	struct rig *r = *state;
	struct receiver *to = receiver_new();
	char id[40];
	double age = 0;

	receiver_say(to, 503, "Retry-After", "600");
	play_to(r, to, id);
	drop(to, "job.done", id);
	await_count(r, 1, "status = 503");
	assert_int_equal(
	    db_exec(r->s->db, "update webhook_delivery set created_at = "
			      "created_at - interval '1 hour'"),
	    0);
	for (int i = 0; i < 3000 && !(age >= 3600); i++) {
		age = attempt_metric(r->s, "subnetd_webhook_oldest_seconds");
		proc_nap();
	}
	assert_true(age >= 3600 && age < 7200);
	receiver_free(to);
}

static void
what_ended_long_ago_is_forgotten(void **state)
{
	struct rig *r = *state;

	assert_int_equal(
	    db_exec(r->s->db,
		"insert into webhook_delivery (netuid, tenant, url, receiver, "
		"event, created_at, next_try_at, ended_at) select 1, '', "
		"'https://a.test/', 'a.test', 'job.done', at, at, at from "
		"(values (now() - interval '8 days'), (now() - interval "
		"'6 days')) v (at)"),
	    0);
	restart(r, "2s", "50ms");
	await_count(r, 0, "ended_at < now() - interval '7 days'");
	assert_int_equal(count(r, "true"), 1);
}

/* The bytes of a file; the caller frees. */
static char *
slurp(const char *path, size_t *len)
{
	struct buf all = {0};
	FILE *f = fopen(path, "r");
	char piece[65536];
	size_t n;

	while (f != NULL && (n = fread(piece, 1, sizeof(piece), f)) > 0)
		buf_add(&all, piece, n);
	if (f != NULL)
		fclose(f);
	*len = all.len;
	return buf_take_str(&all);
}

/* A secret as its client has it, its base64, its bytes and those in hex. */
struct forms {
	char text[WEBHOOK_SECRET_TEXT], hex[2 * WEBHOOK_MOST_SECRET + 1];
	struct webhook_secret secret;
};

static bool
shows(const char *data, size_t len, const struct forms *f)
{
	return memmem(data, len, f->text + 6, strlen(f->text + 6)) != NULL ||
	       memmem(data, len, f->hex, strlen(f->hex)) != NULL ||
	       memmem(data, len, f->secret.bytes, f->secret.len) != NULL;
}

static void
search_logs(struct rig *r, const struct forms *f, int *searched)
{
	const char *dir = sandbox_dir(r->s->box);
	DIR *d = opendir(dir);
	struct dirent *e;

	assert_non_null(d);
	while ((e = readdir(d)) != NULL) {
		char *path = xasprintf("%s/%s", dir, e->d_name), *text;
		size_t len;

		if (strstr(e->d_name, ".log") != NULL) {
			text = slurp(path, &len);
			if (shows(text, len, f) ||
			    memmem(text, len, key_text, strlen(key_text)))
				fail_msg("%s shows it", e->d_name);
			*searched += len > 0;
			free(text);
		}
		free(path);
	}
	closedir(d);
}

static void
no_secret_is_in_rows_or_logs(void **state)
{
	struct rig *r = *state;
	const char *argv[] = {
	    "pg_dump", "--dbname", sandbox_conninfo(r->s->box), NULL};
	struct proc_options dump = {.name = "pg_dump", .argv = argv};
	struct receiver *to = receiver_new();
	struct endpoint e = add_endpoint(r, to, "");
	char *secrets[2], *path, id[40];
	struct proc_output out;
	int searched = 0;

	secrets[0] =
	    ask_text(r, "GET", "/v1/webhooks/secret", NULL, 200, "secret");
	play_to(r, to, id);
	path = xasprintf("%s/rotate", e.path);
	secrets[1] = ask_text(r, "POST", path, NULL, 200, "secret");
	await_count(r, 2, "delivered");
	proc_run(&dump, 60000, &out);
	assert_int_equal(out.status, 0);
	/* It is the dump of what it should be. */
	assert_non_null(strstr(out.out, e.id));
	for (int i = 0; i < 3; i++) {
		const char *text = i < 2 ? secrets[i] : e.secret;
		struct forms f;
		struct err err;

		snprintf(f.text, sizeof(f.text), "%s", text);
		assert_int_equal(
		    webhook_secret_parse(text, &f.secret, &err), 0);
		sodium_bin2hex(
		    f.hex, sizeof(f.hex), f.secret.bytes, f.secret.len);
		assert_false(shows(out.out, strlen(out.out), &f));
		search_logs(r, &f, &searched);
	}
	assert_null(strstr(out.out, key_text));
	assert_true(searched >= 3);
	proc_output_clear(&out);
	free(path);
	free(secrets[0]);
	free(secrets[1]);
	remove_endpoint(r, &e, "");
	receiver_free(to);
}

#define TEST(f) cmocka_unit_test_setup(f, empty)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(the_end_of_a_job_is_told_once_and_signed),
	    TEST(the_npm_package_verifies_it),
	    TEST(a_failure_is_tried_again_with_the_same_id),
	    TEST(a_receiver_says_when_it_wants_it_again),
	    TEST(a_redirect_is_no_delivery_and_not_followed),
	    TEST(it_is_given_up_in_the_end_and_said),
	    TEST(a_gone_receiver_is_told_nothing_any_more),
	    TEST(an_endpoint_is_told_what_its_tenant_wants_to_know),
	    TEST(
		a_test_shows_that_it_arrives_and_a_new_secret_signs_beside_the_old),
	    TEST(a_kill_loses_nothing_and_the_id_stays),
	    TEST(without_a_key_webhooks_are_refused),
	    TEST(two_instances_send_each_once),
	    TEST(a_slow_receiver_delays_no_other),
	    TEST(the_age_of_the_oldest_is_told),
	    TEST(what_ended_long_ago_is_forgotten),
	    TEST(no_secret_is_in_rows_or_logs),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

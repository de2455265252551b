/*
 * Violet's door as its miners know it: they ask for their tasks and bring what
 * they made of them. What goes wrong upstream has the number of its paragraph
 * (91: 9.1); docs/faults.md has them all.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/uuid.h"
#include "common/xalloc.h"
#include "tests/lib/attempt.h"
#include "tests/lib/db.h"
#include "tests/lib/jobs.h"
#include "tests/lib/proc.h"
#include "tests/lib/violet_play.h"
#include "tests/lib/violet_rig.h"

#define RESPONSE "/api/v1/miner/response"

static int
set_up(void **state)
{
	return violet_rig_set_up(state, "violet-miners", "");
}

static void
give(struct violet_rig *r, const char *type, char id[40])
{
	json_decref(violet_play_given(r, type, id));
}

static char *
form_of(const struct puller *p, const char *id, const char *data)
{
	return xasprintf("task_id=%s&miner_uid=%d&processing_time=0.001&"
			 "accuracy_score=1.0&speed_score=1.0&response_data=%s",
	    id, puller_uid(p), data);
}

/* What is answered, in status and words. */
static void
respond(const struct puller *p, const char *id, const char *data, int status,
    const char *words)
{
	char *form = form_of(p, id, data);
	struct fetch_answer answer;

	puller_form(p, RESPONSE, form, &answer);
	if (answer.status != status || strstr(answer.body, words) == NULL)
		fail_msg("%d and \"%s\" are expected, and it is %d %s", status,
		    words, answer.status, answer.body);
	fetch_clear(&answer);
	free(form);
}

static int64_t
count(struct violet_rig *r, const char *id, const char *where)
{
	return db_int(r->s->db,
	    "select count(*) from attempt where job_id = '%s' and %s", id,
	    where);
}

#define GOOD "{\"output_data\":{\"translated_text\":\"guten+Tag\"}}"

/* -- the life of a task of each type ------------------------------------ */

static char *
path_of(const struct violet_rig *r, const json_t *url)
{
	const char *text = json_string_value(url);

	assert_non_null(text);
	assert_int_equal(
	    strncmp(text, r->s->api_url, strlen(r->s->api_url)), 0);
	return xstrdup(text + strlen(r->s->api_url));
}

/* The input as its miner gets it: by the list, and by its own route. */
static void
check_content(
    struct violet_rig *r, const json_t *task, const char *type, const char *id)
{
	char *path = xasprintf("/api/v1/miner/%s/%s", type, id), *file;
	struct fetch_answer answer;
	json_t *body, *url;

	assert_int_equal(puller_get(r->miners[0], path, &answer), 200);
	body = fetch_json(&answer);
	fetch_clear(&answer);
	url = json_object_get(
	    json_object_get(task, "input_file"), "download_url");
	if (url != NULL) {
		file = path_of(r, url);
		assert_int_equal(violet_get(r, file, &answer), 200);
		assert_true(answer.len > 0);
		fetch_clear(&answer);
		free(file);
		assert_non_null(json_object_get(body, "download_url"));
	} else {
		json_t *text = json_object_get(body, "text_content");

		assert_string_equal(violet_word(text, "text"),
		    violet_word(json_object_get(task, "input_text"), "text"));
		if (strcmp(type, "text-translation") == 0)
			assert_string_equal(
			    violet_word(text, "target_language"), "de");
	}
	assert_string_equal(
	    violet_word(json_object_get(body, "task_metadata"), "priority"),
	    violet_word(task, "priority"));
	json_decref(body);
	/* Nobody else gets it, nor this one another's type. */
	assert_int_equal(puller_get(r->miners[1], path, &answer), 403);
	fetch_clear(&answer);
	free(path);
}

static const struct {
	const char *type, *field, *words;
} results[] = {
    {"transcription", "transcript", "a tone"},
    {"summarization", "summary", "the river rose"},
    {"text-translation", "translated_text", "der Fluss stieg"},
    {"video-transcription", "transcript", "der Fluss stieg"},
    {"document-translation", "document_url", NULL},
    {"tts", "audio_url", NULL},
    {"audio-enhancement", "audio_url", NULL},
};

/* Submitted, distributed, completed, and read: all of them. */
static void
violet_t12_a_task_of_each_type_lives_its_life(void **state)
{
	struct violet_rig *r = *state;

	for (size_t i = 0; i < sizeof(results) / sizeof(results[0]); i++) {
		char id[40], *file;
		json_t *task, *body;
		struct fetch_answer answer;

		task = violet_play_given(r, results[i].type, id);
		assert_string_equal(violet_word(task, "status"), "assigned");
		body = violet_read(r, 200, "/api/v1/task/%s/status", id);
		assert_string_equal(violet_word(body, "status"), "in_progress");
		json_decref(body);
		check_content(r, task, results[i].type, id);
		json_decref(task);
		violet_play_bring(r, results[i].type, id);
		assert_int_equal(attempt_await_job(r->s, id, "done"), 0);
		body = violet_read(
		    r, 200, "/api/v1/%s/%s/result", results[i].type, id);
		assert_true(json_is_true(json_object_get(body, "available")));
		assert_string_equal(violet_word(body, "status"), "completed");
		if (results[i].words != NULL) {
			assert_string_equal(violet_word(body, results[i].field),
			    results[i].words);
		} else {
			file =
			    path_of(r, json_object_get(body, results[i].field));
			assert_int_equal(violet_get(r, file, &answer), 200);
			assert_true(answer.len > 10);
			fetch_clear(&answer);
			free(file);
		}
		assert_int_equal(
		    json_integer_value(json_object_get(body, "miner_uid")),
		    puller_uid(r->miners[0]));
		json_decref(body);
	}
}

/* T9: upstream's first answer waits for two more, or a minute. */
static void
violet_t09_the_first_response_is_there_at_once(void **state)
{
	struct violet_rig *r = *state;
	char id[40];
	json_t *body;

	give(r, "text-translation", id);
	body = violet_read(r, 200, "/api/v1/text-translation/%s/result", id);
	assert_true(json_is_false(json_object_get(body, "available")));
	json_decref(body);
	body = violet_read(r, 200, "/api/v1/task/%s/status", id);
	assert_string_equal(violet_word(body, "status"), "in_progress");
	json_decref(body);
	respond(r->miners[0], id, GOOD, 200, "submitted");
	body = violet_read(r, 200, "/api/v1/task/%s/status", id);
	assert_string_equal(violet_word(body, "status"), "completed");
	json_decref(body);
	body = violet_read(r, 200, "/api/v1/task/%s/responses", id);
	assert_string_equal(
	    violet_word(json_object_get(json_object_get(body, "best_response"),
			    "output_data"),
		"translated_text"),
	    "guten Tag");
	assert_string_equal(violet_word(body, "status"), "completed");
	json_decref(body);
}

/* -- 91: who it is ------------------------------------------------------ */

static void
ask_wrongly(const struct puller *p, struct puller_call call, int status)
{
	char *path =
	    xasprintf("/api/v1/miners/%d/tasks?status=assigned", puller_uid(p));
	struct fetch_answer answer;

	call.path = path;
	if (puller_ask(p, &call, &answer) != status)
		fail_msg("%d is expected, and it is %d %s", status,
		    answer.status, answer.body);
	fetch_clear(&answer);
	free(path);
}

static void
violet_91_a_miner_proves_its_hotkey(void **state)
{
	struct violet_rig *r = *state;
	const struct puller *p = r->miners[0];
	struct puller_call unsigned_ = {.is_unsigned = true};
	struct puller_call old = {.age_ms = 60000};
	struct puller_call early = {.age_ms = -60000};
	struct puller_call others = {.signed_for = puller_hotkey(p)};

	ask_wrongly(p, unsigned_, 401);
	ask_wrongly(p, old, 401);
	ask_wrongly(p, early, 401);
	ask_wrongly(p, others, 401);
	ask_wrongly(p, (struct puller_call){0}, 200);
}

static void
violet_91_a_request_is_good_once(void **state)
{
	struct violet_rig *r = *state;
	char uuid[UUID_TEXT];
	struct puller_call call = {.uuid = uuid};

	uuid_new(uuid);
	ask_wrongly(r->miners[0], call, 200);
	ask_wrongly(r->miners[0], call, 401);
	ask_wrongly(r->miners[1], call, 200); /* its own */
}

/* Nor does it leave anything behind that signs well, and is nobody here. */
static void
violet_91_a_stranger_leaves_nothing(void **state)
{
	struct violet_rig *r = *state;
	struct puller *p = puller_stranger(r->s, puller_uid(r->miners[0]));

	ask_wrongly(p, (struct puller_call){0}, 401);
	respond(p, "01890000-0000-7000-8000-000000000000", GOOD, 401,
	    "No miner of this subnet");
	assert_int_equal(
	    db_int(r->s->db,
		"select (select count(*) from violet_nonce where hotkey = "
		"'%s') + (select count(*) from miner where hotkey = '%s')",
		puller_hotkey(p), puller_hotkey(p)),
	    0);
	puller_free(p);
}

static void
violet_91_a_uid_is_its_hotkeys(void **state)
{
	struct violet_rig *r = *state;
	struct fetch_answer answer;
	char *path = xasprintf("/api/v1/miners/%d/tasks?status=assigned",
		 puller_uid(r->miners[1])),
	     id[40], *form;

	assert_int_equal(puller_get(r->miners[0], path, &answer), 403);
	fetch_clear(&answer);
	free(path);
	/* Nor does it bring what it has as another. */
	give(r, "text-translation", id);
	form = form_of(r->miners[1], id, GOOD);
	assert_int_equal(
	    puller_form(r->miners[0], RESPONSE, form, &answer), 403);
	fetch_clear(&answer);
	free(form);
	assert_int_equal(count(r, id, "state = 'accepted'"), 1);
	respond(r->miners[0], id, GOOD, 200, "submitted");
}

static void
violet_91_a_body_is_what_was_signed(void **state)
{
	struct violet_rig *r = *state;
	char id[40], *form;
	struct puller_call call = {.path = RESPONSE,
	    .type = "application/x-www-form-urlencoded",
	    .is_changed = true};
	struct fetch_answer answer;

	give(r, "summarization", id);
	form = form_of(r->miners[0], id, "{\"summary\":\"it+rose+%21\"}%20");
	call.body = form;
	call.len = strlen(form);
	assert_int_equal(puller_ask(r->miners[0], &call, &answer), 401);
	fetch_clear(&answer);
	free(form);
	assert_int_equal(count(r, id, "state = 'accepted'"), 1);
	respond(
	    r->miners[0], id, "{\"summary\":\"it+rose\"}", 200, "submitted");
}

/* Upstream's uid 0 cannot mine. */
static void
violet_t11_uid_0_is_a_miner_as_any_other(void **state)
{
	struct violet_rig *r = *state;
	struct puller *p = puller_new(r->s, -1);
	json_t *list;

	assert_non_null(p);
	assert_int_equal(puller_uid(p), 0);
	list = puller_poll(p, "&types=none");
	assert_int_equal(json_array_size(list), 0);
	json_decref(list);
	assert_int_equal(db_int(r->s->db,
			     "select count(*) from miner where hotkey = '%s' "
			     "and polled_at is not null",
			     puller_hotkey(p)),
	    1);
	puller_free(p);
}

/* -- 91: whose it is, and of what type ---------------------------------- */

static void
violet_91_only_who_was_given_a_task_may_respond(void **state)
{
	struct violet_rig *r = *state;
	char id[40];

	give(r, "text-translation", id);
	respond(r->miners[1], id, GOOD, 403, "not given to this miner");
	assert_int_equal(count(r, id, "state = 'accepted'"), 1);
	assert_int_equal(count(r, id, "true"), 1);
	respond(r->miners[0], id, GOOD, 200, "submitted");
	respond(r->miners[0], "01890000-0000-7000-8000-000000000000", GOOD, 404,
	    "not found");
	respond(r->miners[0], "no-id", GOOD, 404, "not found");
}

/* Who works does not ask meanwhile, and an orchestrator may be another then. */
static void
who_has_not_asked_for_long_may_respond(void **state)
{
	struct violet_rig *r = *state;
	char id[40];

	give(r, "text-translation", id);
	assert_int_equal(suite_stop(r->s, SUITE_ORCHESTRATOR), 0);
	assert_int_equal(
	    db_exec(r->s->db,
		"update miner set polled_at = now() - interval '1 hour'"),
	    0);
	assert_int_equal(suite_start(r->s, SUITE_ORCHESTRATOR), 0);
	assert_non_null(proc_wait_event(
	    r->s->daemons[SUITE_ORCHESTRATOR], "kinds.read", NULL, 0));
	respond(r->miners[0], id, GOOD, 200, "submitted");
}

static void
violet_91_a_response_is_of_its_tasks_type(void **state)
{
	struct violet_rig *r = *state;
	char id[40], uid[16];
	const char *fields[] = {
	    "task_id", id, "miner_uid", uid, "transcript", "words", NULL};
	struct fetch_answer answer;

	give(r, "text-translation", id);
	snprintf(uid, sizeof(uid), "%d", puller_uid(r->miners[0]));
	if (puller_upload(r->miners[0],
		"/api/v1/miner/video-transcription/upload-result", fields, NULL,
		0, &answer) != 400 ||
	    strstr(answer.body, "a text_translation task") == NULL)
		fail_msg("%d %s", answer.status, answer.body);
	fetch_clear(&answer);
	respond(r->miners[0], id,
	    "{\"output_data\":{\"transcript\":\"words\"}}", 400,
	    "translated_text");
	assert_int_equal(count(r, id, "state = 'accepted'"), 1);
	respond(r->miners[0], id, GOOD, 200, "submitted");
}

static void
violet_t11_a_duplicate_is_400_and_changes_nothing(void **state)
{
	struct violet_rig *r = *state;
	char id[40], *before, *after;

	give(r, "text-translation", id);
	respond(r->miners[0], id, GOOD, 200, "submitted");
	before = db_text(r->s->db,
	    "select result_json || received_at::text from attempt "
	    "where job_id = '%s'",
	    id);
	respond(r->miners[0], id,
	    "{\"output_data\":{\"translated_text\":\"another\"}}", 400,
	    "Duplicate");
	after = db_text(r->s->db,
	    "select result_json || received_at::text from attempt "
	    "where job_id = '%s'",
	    id);
	assert_string_equal(after, before);
	assert_int_equal(count(r, id, "state = 'delivered'"), 1);
	free(before);
	free(after);
}

static void
violet_91_a_task_that_ended_takes_no_response(void **state)
{
	struct violet_rig *r = *state;
	char id[40];

	give(r, "text-translation", id);
	assert_int_equal(jobs_cancel(r->s, id), 200);
	assert_int_equal(db_wait_int(r->s->db, 1, 0,
			     "select count(*) from attempt where job_id = '%s' "
			     "and state = 'cancelled'",
			     id),
	    0);
	respond(r->miners[0], id, GOOD, 409, "ended");
}

static void
violet_24_a_late_response_is_kept_as_late(void **state)
{
	struct violet_rig *r = *state;
	char id[40];
	json_t *body;

	give(r, "text-translation", id);
	assert_int_equal(
	    db_exec(r->s->db,
		"update attempt set deadline_at = now() - interval '1 s' "
		"where job_id = '%s'",
		id),
	    0);
	respond(r->miners[0], id, GOOD, 200, "late");
	assert_int_equal(
	    count(r, id, "state = 'late' and reason = 'came_late'"), 1);
	body = violet_read(r, 200, "/api/v1/text-translation/%s/result", id);
	assert_true(json_is_false(json_object_get(body, "available")));
	json_decref(body);
}

/* -- what it says of itself --------------------------------------------- */

static void
violet_24_nobody_scores_itself(void **state)
{
	struct violet_rig *r = *state;
	char id[40], *kept;
	json_t *body;

	give(r, "text-translation", id);
	respond(r->miners[0], id,
	    "{\"output_data\":{\"translated_text\":\"x\",\"confidence\":1,"
	    "\"processing_time\":0,\"accuracy_score\":1},\"speed_score\":1,"
	    "\"accuracy_score\":1}",
	    200, "submitted");
	kept = db_text(r->s->db,
	    "select result_json from attempt where job_id = '%s'", id);
	assert_string_equal(kept, "{\"text\": \"x\"}");
	free(kept);
	body = violet_read(r, 200, "/api/v1/text-translation/%s/result", id);
	assert_true(json_is_null(json_object_get(body, "accuracy_score")));
	assert_true(json_is_null(json_object_get(body, "speed_score")));
	assert_true(
	    json_number_value(json_object_get(body, "processing_time")) > 0);
	json_decref(body);
}

static void
violet_26_a_broken_file_is_no_success(void **state)
{
	static const char *const said[] = {
	    "{\"transcript\":\"broken+file\",\"confidence\":0.0,"
	    "\"processing_time\":0.0,\"language\":\"en\",\"error\":\"x\","
	    "\"status\":\"completed_broken_file\"}",
	    "{\"output_data\":{\"transcript\":\"broken+file\"}}",
	    "{\"error_message\":\"no+memory\"}"};
	struct violet_rig *r = *state;

	for (size_t i = 0; i < sizeof(said) / sizeof(said[0]); i++) {
		char id[40];

		give(r, "transcription", id);
		respond(r->miners[0], id, said[i], 200, "failure");
		assert_int_equal(attempt_await_job(r->s, id, "failed"), 0);
		assert_int_equal(
		    count(
			r, id, "state = 'failed' and reason = 'miner_failed'"),
		    1);
	}
}

/* Upstream stores any bytes as sound. */
static void
a_sound_that_is_none_fails(void **state)
{
	struct violet_rig *r = *state;
	char id[40], uid[16];
	const char *fields[] = {"task_id", id, "miner_uid", uid, NULL};
	struct fetch_answer answer;

	give(r, "tts", id);
	snprintf(uid, sizeof(uid), "%d", puller_uid(r->miners[0]));
	assert_int_equal(puller_upload(r->miners[0], "/api/v1/miner/tts/upload",
			     fields, "RIFF and no more than that", 26, &answer),
	    200);
	fetch_clear(&answer);
	assert_int_equal(attempt_await_job(r->s, id, "failed"), 0);
	assert_int_equal(
	    count(r, id, "state = 'failed' and reason = 'bad_media'"), 1);
}

/* -- who is asked ------------------------------------------------------- */

/* One that asks for other types, or says that it is full, is not given it. */
static void
a_miner_has_as_many_as_it_says_of_what_it_does(void **state)
{
	struct violet_rig *r = *state;
	char first[40], second[40];
	json_t *list;

	json_decref(
	    puller_poll(r->miners[0], "&types=summarization,tts&capacity=1"));
	assert_int_equal(violet_submit(r, "/api/v1/summarization", first), 0);
	assert_int_equal(violet_submit(r, "/api/v1/summarization", second), 0);
	assert_int_equal(attempt_await_job(r->s, first, "assigned"), 0);
	assert_int_equal(count(r, first, "state = 'prepared'"), 1);
	list = puller_poll(r->miners[0], "&types=summarization,tts&capacity=1");
	assert_int_equal(json_array_size(list), 1);
	json_decref(list);
	assert_int_equal(count(r, second, "true"), 0);
	respond(
	    r->miners[0], first, "{\"summary\":\"it+rose\"}", 200, "submitted");
	assert_int_equal(db_wait_int(r->s->db, 1, 0,
			     "select count(*) from attempt where job_id = "
			     "'%s' and state = 'prepared'",
			     second),
	    0);
	json_decref(
	    puller_poll(r->miners[0], "&types=summarization,tts&capacity=1"));
	respond(r->miners[0], second, "{\"summary\":\"it+rose\"}", 200,
	    "submitted");
}

/* Who asks only for what it has says nothing of more, and is given none. */
static void
who_asks_for_what_it_has_is_given_nothing(void **state)
{
	struct violet_rig *r = *state;
	const struct puller *p = r->miners[0];
	struct fetch_answer answer;
	char *path = xasprintf(
		 "/api/v1/miners/%d/tasks?status=in_progress", puller_uid(p)),
	     id[40], *before, *after;
	json_t *list;

	violet_play_alone(r, "");
	assert_int_equal(violet_submit(r, "/api/v1/text-translation", id), 0);
	assert_int_equal(attempt_await_job(r->s, id, "assigned"), 0);
	before = db_text(r->s->db,
	    "select polled_at || pulls::text from miner where hotkey = '%s'",
	    puller_hotkey(p));
	assert_int_equal(puller_get(p, path, &answer), 200);
	assert_string_equal(answer.body, "[]");
	fetch_clear(&answer);
	after = db_text(r->s->db,
	    "select polled_at || pulls::text from miner where hotkey = '%s'",
	    puller_hotkey(p));
	assert_string_equal(after, before);
	assert_int_equal(count(r, id, "state = 'prepared'"), 1);
	json_decref(puller_await(p, id));
	assert_int_equal(puller_get(p, path, &answer), 200);
	list = fetch_json(&answer);
	assert_string_equal(
	    violet_word(json_array_get(list, 0), "task_id"), id);
	json_decref(list);
	fetch_clear(&answer);
	respond(p, id, GOOD, 200, "submitted");
	free(before);
	free(after);
	free(path);
}

/* It is asked for by nobody: not its miner's fault, and another's task then.
 * The other says only now that it takes them: were that not enough to wait for
 * it, there would be nobody, and the task would end. */
static void
violet_21_what_nobody_comes_for_goes_elsewhere(void **state)
{
	struct violet_rig *r = *state;
	char id[40];
	json_t *task;

	violet_play_alone(r, "");
	assert_int_equal(violet_submit(r, "/api/v1/text-translation", id), 0);
	assert_int_equal(attempt_await_job(r->s, id, "assigned"), 0);
	json_decref(puller_poll(r->miners[1], ""));
	assert_int_equal(
	    db_exec(r->s->db,
		"update attempt set prepared_at = now() - interval '1 hour' "
		"where job_id = '%s'",
		id),
	    0);
	/* Found when all that is open is looked at, which is seldom: the other
	 * is there all the while. */
	for (int n = 0;
	     count(r, id, "state = 'abandoned' and reason = 'not_sent'") == 0;
	     n++) {
		assert_true(n < 6000);
		json_decref(puller_poll(r->miners[1], ""));
		proc_nap();
	}
	/* Nor is its miner drawn again before it has asked again. */
	assert_int_equal(db_wait_int(r->s->db, 1, 0,
			     "select count(*) from miner where hotkey = '%s' "
			     "and polled_at is null",
			     puller_hotkey(r->miners[0])),
	    0);
	task = puller_await(r->miners[1], id);
	assert_non_null(task);
	json_decref(task);
	respond(r->miners[1], id, GOOD, 200, "submitted");
	assert_int_equal(attempt_await_job(r->s, id, "done"), 0);
}

/* Whether that task is in the list that it gets now; then it is done. */
static bool
does(const struct puller *p, const char *id)
{
	json_t *list = puller_poll(p, ""), *task;
	bool has = false;
	size_t i;

	json_array_foreach(list, i, task)
	{
		has |= strcmp(violet_word(task, "task_id"), id) == 0;
	}
	json_decref(list);
	if (has)
		respond(p, id, GOOD, 200, "submitted");
	return has;
}

/* A task for two miners. Who has only come is drawn some seconds later, and
 * until then one has it alone. */
static void
submit_to_both(struct violet_rig *r, char id[40])
{
	for (int n = 0;; n++) {
		assert_true(n < 3000);
		for (int i = 0; i < VIOLET_MINERS; i++)
			json_decref(puller_poll(r->miners[i], ""));
		assert_int_equal(
		    suite_submit(r->s,
			"{\"kind\":\"text.translate\",\"miners\":2,"
			"\"params\":{\"text\":\"good day\",\"language\":"
			"\"en\",\"target_language\":\"de\"}}",
			id),
		    202);
		assert_int_equal(attempt_await_job(r->s, id, "assigned"), 0);
		if (count(r, id, "true") == VIOLET_MINERS)
			return;
		assert_int_equal(jobs_cancel(r->s, id), 200);
		proc_nap();
	}
}

static void
violet_23_a_task_has_as_many_miners_as_it_wants(void **state)
{
	struct violet_rig *r = *state;
	bool is_done[VIOLET_MINERS] = {false};
	char id[40];
	json_t *task;

	submit_to_both(r, id);
	for (int n = 0; !is_done[0] || !is_done[1]; n++) {
		assert_true(n < 3000);
		for (int i = 0; i < VIOLET_MINERS; i++)
			is_done[i] = is_done[i] || does(r->miners[i], id);
		proc_nap();
	}
	assert_int_equal(attempt_await_job(r->s, id, "done"), 0);
	assert_int_equal(count(r, id, "state = 'delivered'"), 2);
	task = violet_read(r, 200, "/api/v1/tasks/%s", id);
	assert_int_equal(
	    json_array_size(json_object_get(task, "assigned_miners")), 2);
	json_decref(task);
}

/* -- validators --------------------------------------------------------- */

static void
violet_92_a_task_is_seen_once_by_each_validator(void **state)
{
	struct violet_rig *r = *state;
	char id[40];
	const char *fields[] = {"task_id", id, "validator_uid", "7",
	    "validator_identifier", "v7", NULL};
	json_t *page, *body;
	char after[64] = "";
	struct fetch_answer answer;
	int64_t done;
	size_t n = 0;

	give(r, "text-translation", id);
	violet_post(
	    r, "/api/v1/validators/mark-task-seen", fields, NULL, &answer);
	assert_int_equal(answer.status, 409); /* it is not done */
	fetch_clear(&answer);
	respond(r->miners[0], id, GOOD, 200, "submitted");
	done =
	    db_int(r->s->db, "select count(*) from job where state = 'done'");
	do {
		page = violet_read(r, 200,
		    "/api/v1/validator/tasks?validator_uid=7&"
		    "validator_identifier=v7&limit=2%s",
		    after);
		n += json_array_size(json_object_get(page, "tasks"));
		snprintf(after, sizeof(after), "&after=%s",
		    violet_word(page, "next"));
		json_decref(page);
	} while (strcmp(after, "&after=") != 0);
	assert_int_equal(n, done);
	for (int i = 0; i < 2; i++) {
		violet_post(r, "/api/v1/validators/mark-task-seen", fields,
		    NULL, &answer);
		assert_int_equal(answer.status, 200);
		body = fetch_json(&answer);
		assert_int_equal(
		    json_is_true(json_object_get(body, "already_seen")), i);
		json_decref(body);
		fetch_clear(&answer);
	}
	page = violet_read(r, 200,
	    "/api/v1/validator/tasks?validator_uid=7&validator_identifier=v7");
	assert_int_equal(
	    json_array_size(json_object_get(page, "tasks")), done - 1);
	json_decref(page);
	page = violet_read(r, 200,
	    "/api/v1/validator/7/evaluated_tasks?validator_identifier=v7");
	assert_int_equal(json_integer_value(json_object_get(page, "count")), 1);
	assert_string_equal(json_string_value(json_array_get(
				json_object_get(page, "evaluated_tasks"), 0)),
	    id);
	json_decref(page);
	page = violet_read(r, 200, "/api/v1/validator/tasks?validator_uid=8");
	assert_int_equal(json_array_size(json_object_get(page, "tasks")), done);
	json_decref(page);
}

/* Upstream's validator does, where a form is asked for. */
static void
a_validator_may_send_json(void **state)
{
	struct violet_rig *r = *state;
	char id[40], *url, *json;
	struct fetch_answer answer;
	json_t *body;

	give(r, "text-translation", id);
	respond(r->miners[0], id, GOOD, 200, "submitted");
	url = xasprintf("%s/api/v1/validators/mark-task-seen", r->s->api_url);
	json = xasprintf("{\"task_id\":\"%s\",\"validator_uid\":9,"
			 "\"validator_identifier\":\"v9\"}",
	    id);
	fetch_post_json(url, json, &answer);
	assert_int_equal(answer.status, 200);
	body = fetch_json(&answer);
	assert_true(json_is_false(json_object_get(body, "already_seen")));
	json_decref(body);
	fetch_clear(&answer);
	assert_int_equal(db_int(r->s->db,
			     "select count(*) from violet_seen where job_id = "
			     "'%s' and validator = 'v9' and uid = 9",
			     id),
	    1);
	free(json);
	free(url);
}

static int64_t
count_pages(struct violet_rig *r, const char *validator, size_t *n)
{
	char after[64] = "";
	int64_t pages = 0;
	json_t *page;

	for (*n = 0; strcmp(after, "&after=") != 0; pages++) {
		page = violet_read(r, 200,
		    "/api/v1/validator/tasks?validator_uid=1&"
		    "validator_identifier=%s%s",
		    validator, after);
		*n += json_array_size(json_object_get(page, "tasks"));
		snprintf(after, sizeof(after), "&after=%s",
		    violet_word(page, "next"));
		json_decref(page);
	}
	return pages;
}

/* Upstream has all tasks in its memory, and sends them, at once. */
static void
violet_91_a_page_ends_where_it_is_heavy(void **state)
{
	enum { TASKS = 3 };
	struct violet_rig *r = *state;
	char ids[TASKS][40];
	int64_t done;
	size_t n;
	json_t *list;

	for (int i = 0; i < TASKS; i++) {
		give(r, "text-translation", ids[i]);
		respond(r->miners[0], ids[i], GOOD, 200, "submitted");
		assert_int_equal(
		    db_exec(r->s->db,
			"update attempt set result_json = jsonb_build_object("
			"'text', repeat('x', 5000000)) where job_id = '%s'",
			ids[i]),
		    0);
	}
	list = violet_read(r, 200, "/api/v1/tasks?status=completed&limit=1000");
	assert_int_equal(json_array_size(list), 2);
	assert_string_equal(
	    violet_word(json_array_get(list, 0), "task_id"), ids[2]);
	json_decref(list);
	list = violet_read(
	    r, 200, "/api/v1/tasks?status=completed&limit=1&after=%s", ids[1]);
	assert_string_equal(
	    violet_word(json_array_get(list, 0), "task_id"), ids[0]);
	json_decref(list);
	done =
	    db_int(r->s->db, "select count(*) from job where state = 'done'");
	assert_int_equal(count_pages(r, "heavy", &n), 3); /* the last: empty */
	assert_int_equal(n, done);
}

/* -- without a signature ------------------------------------------------ */

/* The last: the orchestrator is another from here on. */
static void
violet_91_who_proves_nothing_is_nobodys_score(void **state)
{
	struct violet_rig *r = *state;
	struct puller_call call = {.is_unsigned = true};
	struct fetch_answer answer;
	char id[40], *path, *form;
	json_t *list;

	assert_int_equal(suite_stop(r->s, SUITE_ORCHESTRATOR), 0);
	assert_int_equal(
	    suite_configure(r->s, "[orchestrator]\nviolet_keyless = yes\n"), 0);
	/* Nobody is there; the second never signed anything. */
	assert_int_equal(
	    db_exec(r->s->db,
		"update miner set polled_at = null, proven_at = case when "
		"hotkey <> '%s' then proven_at end",
		puller_hotkey(r->miners[1])),
	    0);
	assert_int_equal(suite_start(r->s, SUITE_ORCHESTRATOR), 0);
	assert_non_null(proc_wait_event(
	    r->s->daemons[SUITE_ORCHESTRATOR], "kinds.read", NULL, 0));
	/* Not in the name of a hotkey that has signed. */
	ask_wrongly(r->miners[0], call, 403);
	ask_wrongly(r->miners[1], call, 200);
	assert_int_equal(violet_submit(r, "/api/v1/text-translation", id), 0);
	assert_int_equal(attempt_await_job(r->s, id, "assigned"), 0);
	path = xasprintf("/api/v1/miners/%d/tasks?status=assigned",
	    puller_uid(r->miners[1]));
	call.path = path;
	assert_int_equal(puller_ask(r->miners[1], &call, &answer), 200);
	list = fetch_json(&answer);
	assert_int_equal(json_array_size(list), 1);
	json_decref(list);
	fetch_clear(&answer);
	free(path);
	assert_int_equal(count(r, id, "is_unproven"), 1);
	/* What was given to nobody in particular is not the hotkey's to bring.
	 */
	respond(r->miners[1], id, GOOD, 403, "not given");
	form = form_of(r->miners[1], id, GOOD);
	call = (struct puller_call){.path = RESPONSE,
	    .type = "application/x-www-form-urlencoded",
	    .is_unsigned = true,
	    .body = form,
	    .len = strlen(form)};
	assert_int_equal(puller_ask(r->miners[1], &call, &answer), 200);
	fetch_clear(&answer);
	free(form);
	assert_int_equal(attempt_await_job(r->s, id, "done"), 0);
	assert_int_equal(db_wait_int(r->s->db, 1, 0,
			     "select count(*) from attempt where job_id = "
			     "'%s' and judged_at is not null",
			     id),
	    0);
	assert_int_equal(
	    db_int(r->s->db,
		"select count(*) from judgement g join attempt a on a.id = "
		"g.attempt_id where a.job_id = '%s'",
		id),
	    0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(violet_t12_a_task_of_each_type_lives_its_life),
	    cmocka_unit_test(violet_t09_the_first_response_is_there_at_once),
	    cmocka_unit_test(violet_91_a_miner_proves_its_hotkey),
	    cmocka_unit_test(violet_91_a_request_is_good_once),
	    cmocka_unit_test(violet_91_a_stranger_leaves_nothing),
	    cmocka_unit_test(violet_91_a_uid_is_its_hotkeys),
	    cmocka_unit_test(violet_91_a_body_is_what_was_signed),
	    cmocka_unit_test(violet_t11_uid_0_is_a_miner_as_any_other),
	    cmocka_unit_test(violet_91_only_who_was_given_a_task_may_respond),
	    cmocka_unit_test(who_has_not_asked_for_long_may_respond),
	    cmocka_unit_test(violet_91_a_response_is_of_its_tasks_type),
	    cmocka_unit_test(violet_t11_a_duplicate_is_400_and_changes_nothing),
	    cmocka_unit_test(violet_91_a_task_that_ended_takes_no_response),
	    cmocka_unit_test(violet_24_a_late_response_is_kept_as_late),
	    cmocka_unit_test(violet_24_nobody_scores_itself),
	    cmocka_unit_test(violet_26_a_broken_file_is_no_success),
	    cmocka_unit_test(a_sound_that_is_none_fails),
	    cmocka_unit_test(a_miner_has_as_many_as_it_says_of_what_it_does),
	    cmocka_unit_test(who_asks_for_what_it_has_is_given_nothing),
	    cmocka_unit_test(violet_21_what_nobody_comes_for_goes_elsewhere),
	    cmocka_unit_test(violet_23_a_task_has_as_many_miners_as_it_wants),
	    cmocka_unit_test(violet_92_a_task_is_seen_once_by_each_validator),
	    cmocka_unit_test(a_validator_may_send_json),
	    cmocka_unit_test(violet_91_a_page_ends_where_it_is_heavy),
	    cmocka_unit_test(violet_91_who_proves_nothing_is_nobodys_score),
	};

	return cmocka_run_group_tests(tests, set_up, violet_rig_tear_down);
}

/*
 * Files at Violet's door, with S3-compatible storage behind it: what its
 * clients send and its miners bring is there, and is had by the URLs that the
 * answers have, whether they lead to the storage or hand it through.
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
#include "tests/lib/db.h"
#include "tests/lib/proc.h"
#include "tests/lib/s3_server.h"
#include "tests/lib/sample.h"
#include "tests/lib/sandbox.h"
#include "tests/lib/violet_rig.h"

struct world {
	struct violet_rig *r;
	struct sandbox *box; /* of the S3 server */
	struct s3_server *s3;
	struct buf wav;
};

/* -- the world ------------------------------------------------------------- */

static char *
configuration(struct world *w)
{
	char *secret = sandbox_write(w->box, "s3.secret", 0600, "S3RVER");
	char *ini =
	    xasprintf("store = s3://files/v\nstore_endpoint = %s\n"
		      "store_key_id = S3RVER\nstore_secret = @%s\n"
		      "store_path_style = yes\nstore_spool = %s/spool\n",
		s3_server_url(w->s3), secret, sandbox_dir(w->box));

	free(secret);
	return ini;
}

static int
set_up(void **state)
{
	const struct sandbox_options box = {.name = "violet-s3"};
	struct world *w = xcalloc(1, sizeof(*w));
	void *rig;
	char *ini;
	int failed;

	*state = w;
	w->box = sandbox_new(&box);
	w->s3 = s3_server_start(w->box);
	if (w->s3 == NULL)
		return -1;
	ini = configuration(w);
	sample_wav(440, 0.5, &w->wav);
	failed = violet_rig_set_up(&rig, "violet-files", ini);
	w->r = rig;
	free(ini);
	return failed;
}

static int
tear_down(void **state)
{
	struct world *w = *state;
	void *rig = w->r;
	int failed = violet_rig_tear_down(&rig);

	s3_server_free(w->s3);
	failed |= sandbox_end(w->box, false);
	buf_free(&w->wav);
	free(w);
	return failed;
}

static int
heal(void **state)
{
	struct world *w = *state;

	s3_server_heal(w->s3);
	return 0;
}

/* Another orchestrator, which redirects or does not, and remembers no file. */
static void
begin_again(struct world *w, bool redirects)
{
	struct suite *s = w->r->s;
	char *ini = xasprintf("[orchestrator]\nstore_redirect = %s\n"
			      "store_spool = %s/spool-%s\n",
	    redirects ? "yes" : "no", sandbox_dir(w->box),
	    redirects ? "yes" : "no");

	assert_int_equal(suite_stop(s, SUITE_ORCHESTRATOR), 0);
	assert_int_equal(suite_configure(s, ini), 0);
	assert_int_equal(suite_start(s, SUITE_ORCHESTRATOR), 0);
	assert_non_null(proc_wait_event(
	    s->daemons[SUITE_ORCHESTRATOR], "kinds.read", NULL, 0));
	free(ini);
}

/* -- asking ---------------------------------------------------------------- */

/* A file by its URL in an object, wherever that leads; the answer is the
 * caller's to clear. */
static void
follow(struct world *w, const json_t *object, const char *name, bool redirects,
    struct fetch_answer *answer)
{
	char *location;

	assert_int_equal(fetch_get(violet_word(object, name), answer), 0);
	if (!redirects)
		return;
	assert_int_equal(answer->status, 302);
	location = fetch_header(answer, "Location");
	assert_non_null(location);
	fetch_clear(answer);
	assert_int_equal(strncmp(location, s3_server_url(w->s3),
			     strlen(s3_server_url(w->s3))),
	    0);
	assert_int_equal(fetch_get(location, answer), 0);
	free(location);
}

static void
assert_wav(struct world *w, const struct fetch_answer *answer)
{
	if (answer->status != 200)
		fail_msg("%d %s", answer->status, answer->body);
	assert_int_equal(answer->len, w->wav.len);
	assert_memory_equal(answer->body, w->wav.data, w->wav.len);
}

/* A task that was given to the first miner; it. */
static json_t *
given(struct world *w, const char *path, char id[40])
{
	json_t *task;

	json_decref(puller_poll(w->r->miners[1], "&types=none"));
	json_decref(puller_poll(w->r->miners[0], ""));
	assert_int_equal(violet_submit(w->r, path, id), 0);
	task = puller_await(w->r->miners[0], id);
	assert_non_null(task);
	return task;
}

static void
bring_wav(struct world *w, const char *path, const char *id)
{
	struct fetch_answer answer;
	char uid[16];
	const char *fields[] = {"task_id", id, "miner_uid", uid, NULL};

	snprintf(uid, sizeof(uid), "%d", puller_uid(w->r->miners[0]));
	puller_upload(
	    w->r->miners[0], path, fields, w->wav.data, w->wav.len, &answer);
	if (answer.status != 200)
		fail_msg("%d %s", answer.status, answer.body);
	fetch_clear(&answer);
}

/* A sound that a client sent and a miner made better: both are had. */
static void
sound_is_had(struct world *w, bool redirects)
{
	struct fetch_answer answer;
	json_t *task, *result;
	char id[40];

	task = given(w, "/api/v1/audio-enhancement", id);
	follow(w, json_object_get(task, "input_file"), "download_url",
	    redirects, &answer);
	assert_wav(w, &answer);
	fetch_clear(&answer);
	json_decref(task);
	bring_wav(w, "/api/v1/miner/audio-enhancement/upload-audio", id);
	assert_int_equal(attempt_await_job(w->r->s, id, "done"), 0);
	result =
	    violet_read(w->r, 200, "/api/v1/audio-enhancement/%s/result", id);
	follow(w, result, "audio_url", redirects, &answer);
	assert_wav(w, &answer);
	fetch_clear(&answer);
	json_decref(result);
}

/* -- files ----------------------------------------------------------------- */

static void
urls_lead_to_the_storage(void **state)
{
	struct world *w = *state;

	sound_is_had(w, true);
	assert_true(s3_server_count(w->s3, "^PUT") >= 2);
}

/* Text that a miner brings for a document is a file there, too. */
static void
a_translated_document_is_in_the_storage(void **state)
{
	static const char words[] = "der Fluss stieg";
	struct world *w = *state;
	struct fetch_answer answer;
	char id[40], uid[16];
	const char *fields[] = {
	    "task_id", id, "miner_uid", uid, "translated_text", words, NULL};
	json_t *result;

	json_decref(given(w, "/api/v1/document-translation", id));
	snprintf(uid, sizeof(uid), "%d", puller_uid(w->r->miners[0]));
	assert_int_equal(puller_upload(w->r->miners[0],
			     "/api/v1/miner/document-translation/upload-result",
			     fields, NULL, 0, &answer),
	    200);
	fetch_clear(&answer);
	assert_int_equal(attempt_await_job(w->r->s, id, "done"), 0);
	result = violet_read(
	    w->r, 200, "/api/v1/document-translation/%s/result", id);
	follow(w, result, "document_url", true, &answer);
	assert_int_equal(answer.status, 200);
	assert_string_equal(answer.body, words);
	fetch_clear(&answer);
	json_decref(result);
}

/* A storage's URL is good no longer than the one that led to it. */
static void
no_url_outlives_its_own(void **state)
{
	struct world *w = *state;
	struct fetch_answer answer;
	char id[40], *location;
	const char *expires;
	json_t *file;

	json_decref(given(w, "/api/v1/transcription", id));
	file = violet_read(w->r, 200, "/api/v1/files/%s", id);
	fetch_get(violet_word(file, "download_url"), &answer);
	assert_int_equal(answer.status, 302);
	location = fetch_header(&answer, "Location");
	expires = strstr(location, "X-Amz-Expires=");
	assert_non_null(expires);
	assert_in_range(atoi(expires + strlen("X-Amz-Expires=")), 1, 900);
	free(location);
	fetch_clear(&answer);
	json_decref(file);
}

/* A result that the storage does not take is not accepted: its miner brings it
 * again. */
static void
what_cannot_be_stored_is_brought_again(void **state)
{
	struct world *w = *state;
	struct fetch_answer answer;
	char id[40], uid[16];
	const char *fields[] = {"task_id", id, "miner_uid", uid, NULL};

	json_decref(given(w, "/api/v1/tts", id));
	snprintf(uid, sizeof(uid), "%d", puller_uid(w->r->miners[0]));
	s3_server_fail(w->s3, "^PUT", 9, 403, "AccessDenied");
	assert_int_equal(
	    puller_upload(w->r->miners[0], "/api/v1/miner/tts/upload-audio",
		fields, w->wav.data, w->wav.len, &answer),
	    503);
	assert_non_null(strstr(answer.body, "\"detail\""));
	fetch_clear(&answer);
	assert_int_equal(db_int(w->r->s->db,
			     "select count(*) from attempt where job_id = '%s' "
			     "and state = 'accepted'",
			     id),
	    1);
	s3_server_heal(w->s3);
	bring_wav(w, "/api/v1/miner/tts/upload-audio", id);
	assert_int_equal(attempt_await_job(w->r->s, id, "done"), 0);
}

/* Nor is a task whose input it does not take: the client is told to try
 * again, and nothing is kept. */
static void
an_input_that_cannot_be_stored_makes_no_task(void **state)
{
	struct world *w = *state;
	struct violet_file file = {
	    "audio_file", "a.wav", "audio/wav", w->wav.data, w->wav.len};
	const char *const fields[] = {"source_language", "en", NULL};
	int64_t before = db_int(w->r->s->db, "select count(*) from job");
	struct fetch_answer answer;

	s3_server_fail(w->s3, "^PUT", 9, 403, "AccessDenied");
	assert_int_equal(
	    violet_post(w->r, "/api/v1/transcription", fields, &file, &answer),
	    503);
	assert_non_null(strstr(answer.body, "\"detail\""));
	fetch_clear(&answer);
	assert_int_equal(
	    db_int(w->r->s->db, "select count(*) from job"), before);
}

/* From here on files are handed through: whole, and in stretches. */
static void
without_redirects_files_are_handed_through(void **state)
{
	static const char *const stretch[] = {"Range: bytes=4-7", NULL};
	struct world *w = *state;
	struct fetch_answer answer;
	struct fetch_ask ask = {.headers = stretch};
	char id[40], *disposition;
	json_t *file;

	begin_again(w, false);
	sound_is_had(w, false);
	json_decref(given(w, "/api/v1/transcription", id));
	begin_again(w, false);
	file = violet_read(w->r, 200, "/api/v1/files/%s", id);
	ask.url = violet_word(file, "download_url");
	assert_int_equal(fetch(&ask, &answer), 0);
	assert_int_equal(answer.status, 206);
	assert_int_equal(answer.len, 4);
	assert_memory_equal(answer.body, w->wav.data + 4, 4);
	disposition = fetch_header(&answer, "Content-Disposition");
	assert_non_null(disposition);
	assert_non_null(strstr(disposition, violet_word(file, "file_name")));
	free(disposition);
	fetch_clear(&answer);
	json_decref(file);
}

/* What the storage has lost is no error of ours, and not an empty file. */
static void
a_file_that_is_gone_is_404(void **state)
{
	struct world *w = *state;
	struct fetch_answer answer;
	char id[40];
	json_t *file;

	json_decref(given(w, "/api/v1/transcription", id));
	assert_int_equal(
	    db_exec(w->r->s->db,
		"update job set input_sha256 = repeat('0', 64) where id = '%s'",
		id),
	    0);
	file = violet_read(w->r, 200, "/api/v1/files/%s", id);
	fetch_get(violet_word(file, "download_url"), &answer);
	assert_int_equal(answer.status, 404);
	assert_non_null(strstr(answer.body, "\"detail\""));
	fetch_clear(&answer);
	json_decref(file);
}

#define TEST(f) cmocka_unit_test_teardown(f, heal)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(urls_lead_to_the_storage),
	    TEST(a_translated_document_is_in_the_storage),
	    TEST(no_url_outlives_its_own),
	    TEST(what_cannot_be_stored_is_brought_again),
	    TEST(an_input_that_cannot_be_stored_makes_no_task),
	    TEST(without_redirects_files_are_handed_through),
	    TEST(a_file_that_is_gone_is_404),
	};

	if (!s3_server_can_run())
		return 77;
	return cmocka_run_group_tests(tests, set_up, tear_down);
}

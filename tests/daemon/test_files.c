/*
 * Files with two orchestrators and an S3 server: sent to one, fetched from the
 * other, whole and in stretches, by a URL or handed through; named in jobs,
 * deleted and expired; and what happens while the storage is away. The miners
 * are played by hand.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/xalloc.h"
#include "tests/lib/attempt.h"
#include "tests/lib/callback.h"
#include "tests/lib/db.h"
#include "tests/lib/fetch.h"
#include "tests/lib/http_child.h"
#include "tests/lib/paths.h"
#include "tests/lib/proc.h"
#include "tests/lib/rig.h"
#include "tests/lib/s3_server.h"
#include "tests/lib/sample.h"
#include "tests/lib/sandbox.h"

#define SPEAK                                                                  \
	"{\"kind\":\"audio.speak\",\"params\":{\"text\":\"one two three "      \
	"four\",\"language\":\"en\"},\"miners\":1}"

struct world {
	struct rig *r;
	struct sandbox *box; /* of the S3 server */
	struct s3_server *s3;
	struct proc *second;
	char *urls[2]; /* the first redirects, the second hands through */
	struct buf wav;
};

/* -- the world ---------------------------------------------------------- */

static void
edit_kinds(json_t *kinds)
{
	json_t *kind;
	size_t i;

	json_array_foreach(kinds, i, kind)
	{
		json_object_set_new(kind, "retry_budget", json_integer(0));
	}
}

/* On a port of its own, with a spool of its own. */
static int
start_second(struct world *w)
{
	struct suite *s = w->r->s;
	char *program = paths_program("bin/orchestratord");
	char *spool = sandbox_path(s->box, "spool-2"), port[16];
	const char *argv[] = {program, "-c", s->ini, "--listen", "127.0.0.1:0",
	    "--store_spool", spool, "--store_redirect=no", NULL};
	const char *line = NULL;

	w->second = sandbox_start(s->box, "orchestratord-2", argv, NULL);
	if (w->second != NULL)
		line = proc_wait_event(w->second, "api.listening", NULL, 0);
	if (line != NULL && proc_value(line, "port", port, sizeof(port)) == 0)
		w->urls[1] = xasprintf("http://127.0.0.1:%s", port);
	free(program);
	free(spool);
	return w->urls[1] != NULL &&
		       proc_wait_event(w->second, "kinds.read", NULL, 0) != NULL
		   ? 0
		   : -1;
}

static char *
configuration(struct world *w)
{
	char *secret = sandbox_write(w->box, "s3.secret", 0600, "S3RVER");
	char *ini = xasprintf(
	    "\n[orchestrator]\nstore = s3://files/d\nstore_endpoint = %s\n"
	    "store_key_id = S3RVER\nstore_secret = @%s\n"
	    "store_path_style = yes\nstore_spool = %s/spool\n",
	    s3_server_url(w->s3), secret, sandbox_dir(w->box));

	free(secret);
	return ini;
}

static int
set_up(void **state)
{
	const struct sandbox_options box = {.name = "files-s3"};
	struct suite_options o = {.name = "files"};
	struct world *w = xcalloc(1, sizeof(*w));
	char *ini;
	void *rig;

	*state = w;
	w->box = sandbox_new(&box);
	w->s3 = s3_server_start(w->box);
	if (w->s3 == NULL)
		return -1;
	ini = configuration(w);
	o.ini = ini;
	sample_wav(440, 2, &w->wav);
	if (rig_set_up(&rig, &o, 1, edit_kinds) != 0)
		return -1;
	w->r = rig;
	free(ini);
	w->urls[0] = xstrdup(w->r->s->api_url);
	return start_second(w);
}

static int
tear_down(void **state)
{
	struct world *w = *state;
	void *rig = w->r;
	int failed = rig_tear_down(&rig);

	s3_server_free(w->s3);
	failed |= sandbox_end(w->box, false);
	buf_free(&w->wav);
	free(w->urls[0]);
	free(w->urls[1]);
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

/* -- asking ------------------------------------------------------------- */

/* The answer is the caller's to clear. */
static int
ask(struct world *w, int at, const char *method, const char *path,
    const char *header, struct fetch_answer *answer)
{
	char *url = xasprintf("%s%s", w->urls[at], path);
	const char *headers[] = {header, NULL};
	const struct fetch_ask q = {
	    .method = method, .url = url, .headers = headers};

	fetch(&q, answer);
	free(url);
	return answer->status;
}

/* Its status alone. */
static int
status_of(struct world *w, int at, const char *method, const char *path)
{
	struct fetch_answer answer;
	int status = ask(w, at, method, path, NULL, &answer);

	fetch_clear(&answer);
	return status;
}

static int
send_file(struct world *w, int at, const void *data, size_t len,
    const char *type, char id[40])
{
	char *url = xasprintf("%s/v1/files", w->urls[at]);
	const char *headers[] = {type, NULL};
	const struct fetch_ask q = {
	    .url = url, .headers = headers, .body = data, .len = len};
	struct fetch_answer answer;
	json_t *body;
	int status;

	fetch(&q, &answer);
	status = answer.status;
	body = fetch_json(&answer);
	snprintf(id, 40, "%s",
	    status == 201 ? json_string_value(json_object_get(body, "id"))
			  : "");
	json_decref(body);
	fetch_clear(&answer);
	free(url);
	return status;
}

static void
send_wav(struct world *w, int at, char id[40])
{
	assert_int_equal(send_file(w, at, w->wav.data, w->wav.len,
			     "Content-Type: audio/wav", id),
	    201);
}

static void
check_header(
    const struct fetch_answer *answer, const char *name, const char *value)
{
	char *is = fetch_header(answer, name);

	assert_non_null(is);
	assert_string_equal(is, value);
	free(is);
}

/* "/v1/files/ID" and what is behind it; the caller frees. */
static char *
path_of(const char *id, const char *behind)
{
	return xasprintf("/v1/files/%s%s", id, behind);
}

/* -- files -------------------------------------------------------------- */

static void
a_file_sent_to_one_is_had_from_the_other(void **state)
{
	struct world *w = *state;
	struct fetch_answer answer;
	char id[40], *path, *content;
	json_t *body;

	send_wav(w, 0, id);
	path = path_of(id, "");
	content = path_of(id, "/content");
	assert_int_equal(ask(w, 1, NULL, path, NULL, &answer), 200);
	body = fetch_json(&answer);
	assert_string_equal(
	    json_string_value(json_object_get(body, "type")), "audio/wav");
	assert_int_equal(
	    json_integer_value(json_object_get(body, "bytes")), w->wav.len);
	json_decref(body);
	fetch_clear(&answer);
	assert_int_equal(ask(w, 1, NULL, content, NULL, &answer), 200);
	assert_int_equal(answer.len, w->wav.len);
	assert_memory_equal(answer.body, w->wav.data, w->wav.len);
	check_header(&answer, "Content-Type", "audio/wav");
	check_header(&answer, "Accept-Ranges", "bytes");
	check_header(&answer, "X-Content-Type-Options", "nosniff");
	check_header(&answer, "Content-Security-Policy", "script-src 'none'");
	fetch_clear(&answer);
	free(path);
	free(content);
}

static void
a_file_is_had_in_stretches(void **state)
{
	struct world *w = *state;
	struct fetch_answer answer;
	char id[40], *content, *etag, *known, range[64];

	send_wav(w, 0, id);
	content = path_of(id, "/content");
	assert_int_equal(
	    ask(w, 1, NULL, content, "Range: bytes=100-1099", &answer), 206);
	assert_int_equal(answer.len, 1000);
	assert_memory_equal(answer.body, w->wav.data + 100, 1000);
	snprintf(range, sizeof(range), "bytes 100-1099/%zu", w->wav.len);
	check_header(&answer, "Content-Range", range);
	etag = fetch_header(&answer, "ETag");
	known = xasprintf("If-None-Match: %s", etag);
	fetch_clear(&answer);
	assert_int_equal(ask(w, 1, NULL, content, known, &answer), 304);
	fetch_clear(&answer);
	assert_int_equal(
	    ask(w, 1, NULL, content, "Range: bytes=99999999-", &answer), 416);
	fetch_clear(&answer);
	free(known);
	free(etag);
	free(content);
}

/* At both: a URL is signed for GET. */
static void
head_says_what_there_is(void **state)
{
	struct world *w = *state;
	struct raw_answer answer;
	char id[40], request[256];

	send_wav(w, 0, id);
	snprintf(request, sizeof(request),
	    "HEAD /v1/files/%s/content HTTP/1.1\r\nHost: a\r\n\r\n", id);
	for (int at = 0; at < 2; at++) {
		int fd = raw_dial(atoi(strrchr(w->urls[at], ':') + 1));

		raw_send_str(fd, request);
		raw_read(fd, &answer, true);
		assert_int_equal(answer.status, 200);
		assert_int_equal(answer.length, w->wav.len);
		close(fd);
	}
}

static void
a_file_is_had_by_a_url_of_the_storage(void **state)
{
	struct world *w = *state;
	struct fetch_answer answer;
	char id[40], *content, *location;

	send_wav(w, 1, id);
	content = path_of(id, "/content");
	assert_int_equal(ask(w, 0, NULL, content, NULL, &answer), 302);
	location = fetch_header(&answer, "Location");
	assert_int_equal(strncmp(location, s3_server_url(w->s3),
			     strlen(s3_server_url(w->s3))),
	    0);
	fetch_clear(&answer);
	assert_int_equal(fetch_get(location, &answer), 0);
	assert_int_equal(answer.len, w->wav.len);
	assert_memory_equal(answer.body, w->wav.data, w->wav.len);
	check_header(&answer, "Content-Type", "audio/wav");
	fetch_clear(&answer);
	free(location);
	free(content);
}

static void
a_form_is_taken_as_well(void **state)
{
	struct world *w = *state;
	const struct fetch_part parts[] = {
	    {"file", "a.wav", "text/html", w->wav.data, w->wav.len},
	    {NULL, NULL, NULL, NULL, 0}};
	char *url = xasprintf("%s/v1/files", w->urls[0]);
	const struct fetch_ask q = {.url = url, .parts = parts};
	struct fetch_answer answer;
	json_t *body;

	assert_int_equal(fetch(&q, &answer), 0);
	assert_int_equal(answer.status, 201);
	body = fetch_json(&answer);
	assert_string_equal(
	    json_string_value(json_object_get(body, "type")), "audio/wav");
	json_decref(body);
	fetch_clear(&answer);
	free(url);
}

static void
a_bad_file_is_refused_and_not_kept(void **state)
{
	struct world *w = *state;
	int64_t before = db_int(w->r->s->db, "select count(*) from file");
	int removed = s3_server_count(w->s3, "^DELETE");
	char id[40];

	/* The head of a recording, and nothing in it. */
	assert_int_equal(
	    send_file(w, 0, w->wav.data, 30, "Content-Type: audio/wav", id),
	    422);
	assert_int_equal(
	    send_file(w, 0, "", 0, "Content-Type: audio/wav", id), 422);
	assert_int_equal(
	    db_int(w->r->s->db, "select count(*) from file"), before);
	for (int i = 0; i < 1000; i++) {
		if (s3_server_count(w->s3, "^DELETE") > removed)
			break;
		proc_nap();
	}
	assert_int_equal(s3_server_count(w->s3, "^DELETE"), removed + 1);
}

static void
files_are_listed_page_by_page(void **state)
{
	struct world *w = *state;
	struct fetch_answer answer;
	char ids[3][40], *link, *end;
	json_t *body, *files;

	for (int i = 0; i < 3; i++)
		send_wav(w, i % 2, ids[i]);
	assert_int_equal(
	    ask(w, 1, NULL, "/v1/files?limit=2", NULL, &answer), 200);
	body = fetch_json(&answer);
	files = json_object_get(body, "files");
	assert_int_equal(json_array_size(files), 2);
	for (int i = 0; i < 2; i++)
		assert_string_equal(json_string_value(json_object_get(
					json_array_get(files, i), "id")),
		    ids[2 - i]);
	json_decref(body);
	link = fetch_header(&answer, "Link");
	fetch_clear(&answer);
	assert_int_equal(link[0], '<');
	end = strchr(link, '>');
	assert_string_equal(end, ">; rel=\"next\"");
	*end = '\0';
	assert_int_equal(ask(w, 0, NULL, link + 1, NULL, &answer), 200);
	body = fetch_json(&answer);
	files = json_object_get(body, "files");
	assert_string_equal(
	    json_string_value(json_object_get(json_array_get(files, 0), "id")),
	    ids[0]);
	json_decref(body);
	fetch_clear(&answer);
	free(link);
	assert_int_equal(status_of(w, 0, NULL, "/v1/files?limit=0"), 400);
	assert_int_equal(status_of(w, 0, NULL, "/v1/files?limit=101"), 400);
	assert_int_equal(status_of(w, 0, NULL, "/v1/files?cursor=x"), 400);
}

static void
a_deleted_file_is_gone(void **state)
{
	struct world *w = *state;
	char id[40], *path, *content;

	send_wav(w, 0, id);
	path = path_of(id, "");
	content = path_of(id, "/content");
	assert_int_equal(status_of(w, 1, "DELETE", path), 204);
	assert_int_equal(status_of(w, 0, "DELETE", path), 404);
	assert_int_equal(status_of(w, 0, NULL, path), 404);
	assert_int_equal(status_of(w, 0, NULL, content), 404);
	free(path);
	free(content);
	assert_int_equal(status_of(w, 0, NULL, "/v1/files/x"), 404);
}

/* Its row goes, and its bytes. */
static void
an_expired_file_is_thrown_away(void **state)
{
	struct world *w = *state;
	char id[40], *path, *match;

	send_wav(w, 0, id);
	path = path_of(id, "");
	match = xasprintf("^DELETE .*/%s", id);
	db_exec(w->r->s->db,
	    "update file set expires_at = created_at where id = '%s'", id);
	assert_int_equal(status_of(w, 0, NULL, path), 404);
	assert_int_equal(db_wait_int(w->r->s->db, 0, 0,
			     "select count(*) from file where id = '%s'", id),
	    0);
	for (int i = 0; i < 1000 && s3_server_count(w->s3, match) == 0; i++)
		proc_nap();
	assert_int_equal(s3_server_count(w->s3, match), 1);
	free(match);
	free(path);
}

/* -- jobs --------------------------------------------------------------- */

static struct hand_task *
task_of(struct world *w, const char *file, char job[40])
{
	char *json = xasprintf("{\"kind\":\"audio.transcribe\",\"params\":"
			       "{\"language\":\"en\"},\"miners\":1,"
			       "\"input_file\":\"%s\"}",
	    file);
	struct hand_task *task = rig_task(w->r, json, job);

	free(json);
	assert_non_null(task);
	return task;
}

/* The miner's URL leads to the storage. */
static void
check_input(struct world *w, const struct hand_task *task)
{
	struct fetch_answer answer;
	char *location;

	assert_int_equal(fetch_get(task->input_url, &answer), 0);
	assert_int_equal(answer.status, 302);
	location = fetch_header(&answer, "Location");
	fetch_clear(&answer);
	assert_int_equal(fetch_get(location, &answer), 0);
	assert_int_equal(answer.status, 200);
	assert_int_equal(answer.len, w->wav.len);
	assert_memory_equal(answer.body, w->wav.data, w->wav.len);
	fetch_clear(&answer);
	free(location);
}

static void
a_job_works_on_a_file_that_is_then_deleted(void **state)
{
	struct world *w = *state;
	struct hand_task *task;
	char file[40], job[40], *path, *match;
	struct callback_told told;

	send_wav(w, 1, file);
	task = task_of(w, file, job);
	check_input(w, task);
	path = path_of(file, "");
	assert_int_equal(status_of(w, 0, "DELETE", path), 204);
	check_input(w, task);
	callback_json(task, task->secret,
	    "{\"status\":\"completed\",\"output\":{\"text\":\"a\"}}", &told);
	assert_int_equal(told.status, 200);
	match = xasprintf("^DELETE .*/%s", file);
	assert_int_equal(s3_server_count(w->s3, match), 0);
	hand_drop(w->r->hand, task);
	free(match);
	free(path);
}

static void
a_job_names_no_file_that_is_not_there(void **state)
{
	struct world *w = *state;
	char id[40];

	assert_int_equal(
	    suite_submit(w->r->s,
		"{\"kind\":\"audio.transcribe\",\"params\":{\"language\":"
		"\"en\"},\"input_file\":"
		"\"0189abcd-0000-7000-8000-000000000001\"}",
		id),
	    422);
}

/* Taken by one, and had from the other. */
static void
a_result_is_in_the_storage(void **state)
{
	struct world *w = *state;
	struct callback_told told;
	struct fetch_answer answer;
	struct hand_task *task;
	char job[40], *path;

	task = rig_task(w->r, SPEAK, job);
	assert_non_null(task);
	callback_file(task, task->secret, "result", "audio/wav", w->wav.data,
	    w->wav.len, &told);
	assert_int_equal(told.status, 200);
	assert_int_equal(attempt_await_job(w->r->s, job, "done"), 0);
	path = xasprintf("/v1/jobs/%s/result", job);
	assert_int_equal(
	    ask(w, 1, NULL, path, "Range: bytes=10-19", &answer), 206);
	assert_int_equal(answer.len, 10);
	assert_memory_equal(answer.body, w->wav.data + 10, 10);
	fetch_clear(&answer);
	assert_int_equal(status_of(w, 0, NULL, path), 302);
	hand_drop(w->r->hand, task);
	free(path);
}

/* -- the storage is away ------------------------------------------------ */

/* The miner is told to send it again, and is not to blame. */
static void
a_result_that_cannot_be_stored_is_sent_again(void **state)
{
	struct world *w = *state;
	struct callback_told told;
	struct hand_task *task;
	char job[40], file[40];

	task = rig_task(w->r, SPEAK, job);
	assert_non_null(task);
	s3_server_fail(w->s3, "^PUT", 9, 403, "AccessDenied");
	callback_file(task, task->secret, "result", "audio/wav", w->wav.data,
	    w->wav.len, &told);
	assert_int_equal(told.status, 503);
	assert_int_equal(send_file(w, 0, w->wav.data, w->wav.len,
			     "Content-Type: audio/wav", file),
	    503);
	s3_server_heal(w->s3);
	callback_file(task, task->secret, "result", "audio/wav", w->wav.data,
	    w->wav.len, &told);
	assert_int_equal(told.status, 200);
	assert_int_equal(attempt_await_job(w->r->s, job, "done"), 0);
	hand_drop(w->r->hand, task);
}

static void
a_file_that_breaks_off_is_cut_short_or_goes_on(void **state)
{
	struct world *w = *state;
	struct fetch_answer answer;
	char id[40], *content;

	send_wav(w, 0, id);
	content = path_of(id, "/content");
	s3_server_cut(w->s3, "^GET", 2, 20000);
	assert_int_equal(ask(w, 1, NULL, content, NULL, &answer), 200);
	assert_int_equal(answer.len, w->wav.len);
	assert_memory_equal(answer.body, w->wav.data, w->wav.len);
	fetch_clear(&answer);
	s3_server_fail(w->s3, "^GET", 1, 403, "AccessDenied");
	assert_int_equal(status_of(w, 1, NULL, content), 503);
	free(content);
}

#define TEST(name) cmocka_unit_test_setup(name, heal)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(a_file_sent_to_one_is_had_from_the_other),
	    TEST(a_file_is_had_in_stretches),
	    TEST(head_says_what_there_is),
	    TEST(a_file_is_had_by_a_url_of_the_storage),
	    TEST(a_form_is_taken_as_well),
	    TEST(a_bad_file_is_refused_and_not_kept),
	    TEST(files_are_listed_page_by_page),
	    TEST(a_deleted_file_is_gone),
	    TEST(an_expired_file_is_thrown_away),
	    TEST(a_job_works_on_a_file_that_is_then_deleted),
	    TEST(a_job_names_no_file_that_is_not_there),
	    TEST(a_result_is_in_the_storage),
	    TEST(a_result_that_cannot_be_stored_is_sent_again),
	    TEST(a_file_that_breaks_off_is_cut_short_or_goes_on),
	};

	if (!s3_server_can_run())
		return 77;
	return cmocka_run_group_tests(tests, set_up, tear_down);
}

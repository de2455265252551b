/*
 * Violet's door as its clients know it. The tests with a number are of what
 * upstream's own tests expect, as far as it is safe: docs/violet.md has the
 * list, and where we differ on purpose.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/clock.h"
#include "common/xalloc.h"
#include "tests/lib/cluster.h"
#include "tests/lib/db.h"
#include "tests/lib/proc.h"
#include "tests/lib/sample.h"
#include "tests/lib/sandbox.h"
#include "tests/lib/violet_rig.h"

#define LETTERS_10 "abcdefghij"
#define LETTERS_49 LETTERS_10 LETTERS_10 LETTERS_10 LETTERS_10 "abcdefghi"

enum { MIB = 1024 * 1024 };

static const char nowhere[] = "01890000-0000-7000-8000-000000000000";

static int
set_up(void **state)
{
	return violet_rig_set_up(state, "violet-clients", "");
}

/* The status, and that the answer has a detail with these words. */
static void
assert_detail(const struct fetch_answer *answer, int status, const char *words)
{
	json_t *body = fetch_json(answer);
	const char *detail = violet_word(body, "detail");

	if (answer->status != status || strstr(detail, words) == NULL)
		fail_msg("%d and \"%s\" are expected, and it is %d %s", status,
		    words, answer->status, answer->body);
	json_decref(body);
}

static int64_t
count_jobs(struct violet_rig *r)
{
	return db_int(r->s->db, "select count(*) from job");
}

/* -- bad input ---------------------------------------------------------- */

static const struct {
	const char *path, *words;
	const char *fields[8];
	struct violet_file file;
} bad[] = {
    {"/api/v1/summarization", "50", {"text", LETTERS_49}, {0}},
    {"/api/v1/summarization", "text", {"priority", "low"}, {0}},
    {"/api/v1/summarization", "priority",
	{"text", LETTERS_49 "jk", "priority", "x"}, {0}},
    {"/api/v1/summarization", "source_language",
	{"text", LETTERS_49 "jk", "source_language", "klingon-much-too-long"},
	{0}},
    {"/api/v1/tts", "10", {"text", "  short    "}, {0}},
    {"/api/v1/text-translation", "differ",
	{"text", LETTERS_10, "source_language", "en", "target_language", "en"},
	{0}},
    {"/api/v1/text-translation", "target_language",
	{"text", LETTERS_10, "source_language", "en"}, {0}},
    {"/api/v1/text-translation", "target_language",
	{"text", LETTERS_10, "target_language", "xx"}, {0}},
    {"/api/v1/transcription", "audio_file is missing", {NULL}, {0}},
    {"/api/v1/transcription", "must be an audio file", {NULL},
	{"audio_file", "a.wav", "text/plain", "some words", 10}},
    {"/api/v1/transcription", "empty", {NULL},
	{"audio_file", "a.wav", "audio/wav", "", 0}},
    {"/api/v1/transcription", "broken", {NULL},
	{"audio_file", "a.wav", "audio/wav", "RIFFnothing", 11}},
    {"/api/v1/document-translation", "File type not supported",
	{"source_language", "en", "target_language", "de"},
	{"document_file", "a.xlsx", "application/octet-stream", "x", 1}},
    {"/api/v1/document-translation", "differ",
	{"source_language", "de", "target_language", "de"},
	{"document_file", "a.txt", "text/plain", "a letter", 8}},
    {"/api/v1/video-transcription", "empty", {NULL},
	{"video_file", "a.mp4", "video/mp4", "", 0}},
    {"/api/v1/video-transcription", "File must be a video file", {NULL},
	{"video_file", "a", "text/plain", "some words", 10}},
};

/* 91 to 93 of upstream's faults, too: what is wrong is said, and is no error of
 * ours; nothing of it is kept. */
static void
violet_t11_bad_input_is_400(void **state)
{
	struct violet_rig *r = *state;
	int64_t before = count_jobs(r);

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		bool has_file = bad[i].file.part != NULL;
		struct fetch_answer answer;

		violet_post(r, bad[i].path, (const char *const *)bad[i].fields,
		    has_file ? &bad[i].file : NULL, &answer);
		assert_detail(&answer, 400, bad[i].words);
		fetch_clear(&answer);
	}
	assert_int_equal(count_jobs(r), before);
}

static void
post_sized(struct violet_rig *r, const char *path,
    const struct violet_file *file, size_t bytes, const char *words)
{
	const char *const fields[] = {
	    "source_language", "en", "target_language", "de", NULL};
	struct violet_file large = *file;
	struct fetch_answer answer;
	char *data = xcalloc(1, bytes);

	large.data = data;
	large.len = bytes;
	violet_post(r, path, fields, &large, &answer);
	assert_detail(&answer, 400, words);
	fetch_clear(&answer);
	free(data);
}

static void
violet_t06_files_are_as_large_and_of_what_sort_as_they_may_be(void **state)
{
	static const struct violet_file wav = {
	    "audio_file", "a.wav", "audio/wav", NULL, 0};
	static const struct violet_file program = {
	    "audio_file", "a.exe", "audio/wav", NULL, 0};
	struct violet_rig *r = *state;
	char id[40];

	post_sized(r, "/api/v1/transcription", &wav, 51 * MIB - 1024,
	    "File too large");
	post_sized(r, "/api/v1/transcription", &program, 100,
	    "File type not supported");
	assert_int_equal(violet_submit(r, "/api/v1/transcription", id), 0);
}

static void
violet_t11_a_video_over_100_mib_is_400(void **state)
{
	static const struct violet_file video = {
	    "video_file", "a.mp4", "video/mp4", NULL, 0};

	post_sized(*state, "/api/v1/video-transcription", &video, 100 * MIB + 1,
	    "File too large");
}

static void
violet_t11_unknown_tasks_are_404(void **state)
{
	static const char *const paths[] = {"/api/v1/task/%s/status",
	    "/api/v1/task/%s/responses", "/api/v1/tasks/%s", "/api/v1/files/%s",
	    "/api/v1/files/%s/download"};
	static const char *const ids[] = {nowhere, "no-id-at-all"};
	struct violet_rig *r = *state;
	struct fetch_answer answer;

	for (size_t i = 0; i < 2 * sizeof(paths) / sizeof(paths[0]); i++) {
		char *path = xasprintf(paths[i / 2], ids[i % 2]);

		violet_get(r, path, &answer);
		assert_detail(&answer, 404, "not found");
		fetch_clear(&answer);
		free(path);
	}
}

/* Upstream's clients are told 200 of these. */
static void
a_result_that_is_not_there_says_so(void **state)
{
	struct violet_rig *r = *state;
	json_t *body =
	    violet_read(r, 200, "/api/v1/transcription/%s/result", nowhere);

	assert_false(json_is_true(json_object_get(body, "success")));
	assert_true(json_is_false(json_object_get(body, "available")));
	assert_string_equal(violet_word(body, "status"), "not_found");
	json_decref(body);
}

/* -- what is taken ------------------------------------------------------ */

static void
violet_t05_a_language_is_detected_as_it_is_said(void **state)
{
	static const char *const languages[] = {"en", "es", "fr", "de", "ru"};
	struct violet_rig *r = *state;

	for (size_t i = 0; i < sizeof(languages) / sizeof(languages[0]); i++) {
		const char *fields[] = {"text", LETTERS_49 " jk",
		    "source_language", languages[i], NULL};
		struct fetch_answer answer;
		json_t *body;

		violet_post(r, "/api/v1/summarization", fields, NULL, &answer);
		assert_int_equal(answer.status, 200);
		body = fetch_json(&answer);
		assert_string_equal(
		    violet_word(body, "detected_language"), languages[i]);
		assert_true(json_number_value(json_object_get(
				body, "language_confidence")) == 1.0);
		assert_int_equal(
		    json_integer_value(json_object_get(body, "word_count")), 2);
		assert_int_equal(
		    db_int(r->s->db,
			"select count(*) from job where id = '%s' and "
			"params ->> 'language' = '%s'",
			violet_word(body, "task_id"), languages[i]),
		    1);
		json_decref(body);
		fetch_clear(&answer);
	}
}

static void
priorities_are_our_points(void **state)
{
	static const struct {
		const char *word;
		int points;
	} words[] = {{"low", -10}, {"normal", 0}, {"high", 10}, {"urgent", 30}};
	struct violet_rig *r = *state;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		const char *fields[] = {
		    "text", LETTERS_10, "priority", words[i].word, NULL};
		struct fetch_answer answer;
		json_t *body, *task;

		violet_post(r, "/api/v1/tts", fields, NULL, &answer);
		body = fetch_json(&answer);
		assert_int_equal(
		    db_int(r->s->db, "select priority from job where id = '%s'",
			violet_word(body, "task_id")),
		    words[i].points);
		task = violet_read(
		    r, 200, "/api/v1/tasks/%s", violet_word(body, "task_id"));
		assert_string_equal(
		    violet_word(task, "priority"), words[i].word);
		json_decref(task);
		json_decref(body);
		fetch_clear(&answer);
	}
}

/* A form as scripts send it that have no file. */
static void
forms_may_be_urlencoded(void **state)
{
	static const char form[] =
	    "text=Gr%C3%BC%C3%9Fe+an+alle+Freunde&source_language=de"
	    "&target_language=en";
	static const char *const headers[] = {
	    "Content-Type: application/x-www-form-urlencoded", NULL};
	struct violet_rig *r = *state;
	char *url = xasprintf("%s/api/v1/text-translation", r->s->api_url);
	struct fetch_ask ask = {.url = url,
	    .headers = headers,
	    .body = form,
	    .len = sizeof(form) - 1};
	struct fetch_answer answer;
	json_t *body;

	fetch(&ask, &answer);
	assert_int_equal(answer.status, 200);
	body = fetch_json(&answer);
	assert_int_equal(
	    db_int(r->s->db,
		"select count(*) from job where id = '%s' and params ->> "
		"'text' = 'Grüße an alle Freunde'",
		violet_word(body, "task_id")),
	    1);
	json_decref(body);
	fetch_clear(&answer);
	free(url);
}

static void
names_of_files_are_made_safe(void **state)
{
	struct violet_rig *r = *state;
	const char *const fields[] = {"target_language", "de", NULL};
	struct violet_file file = {"document_file", "../../etc/pa ss.txt",
	    "text/plain", "a letter", 8};
	struct fetch_answer answer;
	json_t *body;

	violet_post(r, "/api/v1/document-translation", fields, &file, &answer);
	assert_int_equal(answer.status, 200);
	body = fetch_json(&answer);
	assert_string_equal(
	    violet_word(body, "file_name"), ".._.._etc_pa_ss.txt");
	assert_string_equal(violet_word(body, "file_format"), "txt");
	json_decref(body);
	fetch_clear(&answer);
}

/* -- what is read ------------------------------------------------------- */

static void
an_input_is_read_by_its_owner_or_a_signature(void **state)
{
	struct violet_rig *r = *state;
	struct fetch_answer answer;
	char id[40], *path;
	json_t *file;
	const char *url;

	assert_int_equal(
	    violet_submit(r, "/api/v1/document-translation", id), 0);
	file = violet_read(r, 200, "/api/v1/files/%s", id);
	assert_string_equal(violet_word(file, "file_type"), "text/plain");
	url = strstr(violet_word(file, "download_url"), "/api/v1/");
	assert_non_null(url);
	assert_int_equal(violet_get(r, url, &answer), 200);
	assert_int_equal(
	    answer.len, json_integer_value(json_object_get(file, "file_size")));
	assert_non_null(strstr(answer.headers, "attachment"));
	fetch_clear(&answer);
	path = xstrdup(url);
	path[strlen(path) - 1] ^= 1;
	assert_int_equal(violet_get(r, path, &answer), 403);
	fetch_clear(&answer);
	free(path);
	json_decref(file);
}

static void
tasks_are_listed_by_status_and_page(void **state)
{
	struct violet_rig *r = *state;
	struct fetch_answer answer;
	char first[40], second[40];
	json_t *list;

	assert_int_equal(violet_submit(r, "/api/v1/tts", first), 0);
	assert_int_equal(violet_submit(r, "/api/v1/tts", second), 0);
	list = violet_read(r, 200, "/api/v1/tasks?status=pending&limit=1");
	assert_int_equal(json_array_size(list), 1);
	assert_string_equal(
	    violet_word(json_array_get(list, 0), "task_id"), second);
	json_decref(list);
	list = violet_read(
	    r, 200, "/api/v1/tasks?status=pending&limit=1&after=%s", second);
	assert_string_equal(
	    violet_word(json_array_get(list, 0), "task_id"), first);
	json_decref(list);
	assert_int_equal(violet_get(r, "/api/v1/tasks?status=x", &answer), 400);
	fetch_clear(&answer);
	assert_int_equal(violet_get(r, "/api/v1/tasks?limit=0", &answer), 400);
	fetch_clear(&answer);
}

/* -- what there is not -------------------------------------------------- */

static void
what_is_left_out_says_what_there_is(void **state)
{
	static const char *const posts[] = {"/api/v1/auth/register",
	    "/api/v1/auth/login", "/api/v1/auth/generate-api-key",
	    "/api/v1/miner/authenticate", "/api/v1/validator/authenticate",
	    "/api/v1/validator/distribute", "/api/v1/validator/submit_result",
	    "/api/v1/validator/evaluation", "/api/v1/miners/register",
	    "/api/v1/admin/tasks/complete-stale", "/api/v1/voices"};
	static const char *const gets[] = {"/api/v1/auth/verify-api-key",
	    "/api/v1/validators/consensus-stats", "/api/v1/miners/1/consensus",
	    "/api/v1/miners/1/metrics", "/api/v1/miners/metrics/all",
	    "/api/v1/miners", "/api/v1/miners/network-status",
	    "/api/v1/miners/performance", "/api/v1/tasks/completed",
	    "/api/v1/files/stats", "/api/v1/files/list/audio",
	    "/api/v1/tts/audio/x", "/api/v1/metrics",
	    "/api/v1/duplicate-protection/stats",
	    "/api/v1/admin/tasks/stale-stats"};
	const char *const fields[] = {
	    "email", "a@example.org", "role", "admin", NULL};
	struct violet_rig *r = *state;
	struct fetch_answer answer;

	for (size_t i = 0; i < sizeof(posts) / sizeof(posts[0]); i++) {
		violet_post(r, posts[i], fields, NULL, &answer);
		assert_detail(&answer, 410, "not served here: ");
		fetch_clear(&answer);
	}
	for (size_t i = 0; i < sizeof(gets) / sizeof(gets[0]); i++) {
		violet_get(r, gets[i], &answer);
		assert_detail(&answer, 410, "not served here: ");
		fetch_clear(&answer);
	}
}

/* -- who watches -------------------------------------------------------- */

static void
violet_t12_health_and_integration_are_well(void **state)
{
	struct violet_rig *r = *state;
	json_t *list = puller_poll(r->miners[0], ""), *body;
	struct fetch_answer answer;

	json_decref(list);
	body = violet_read(r, 200, "/api/v1/health");
	assert_true(json_is_true(json_object_get(
	    json_object_get(json_object_get(body, "components"), "database"),
	    "healthy")));
	json_decref(body);
	json_decref(violet_read(r, 200, "/health"));
	body = violet_read(r, 200, "/api/v1/metrics/json");
	assert_true(
	    json_number_value(json_object_get(body, "uptime_seconds")) > 0);
	json_decref(body);
	body = violet_read(r, 200, "/api/v1/validator/integration");
	assert_true(json_integer_value(
			json_object_get(json_object_get(body, "network_info"),
			    "available_miners")) >= 1);
	assert_true(json_is_array(json_object_get(body, "pending_tasks")));
	json_decref(body);
	assert_int_equal(violet_get(r, "/api/v1/voices", &answer), 200);
	fetch_clear(&answer);
}

/* A page of elsewhere reads nothing with its visitor's key. */
static void
violet_91_no_origin_is_let_in(void **state)
{
	static const char *const headers[] = {"Origin: https://example.org",
	    "Access-Control-Request-Method: GET",
	    "Access-Control-Request-Headers: x-api-key", NULL};
	static const char *const methods[] = {"GET", "OPTIONS"};
	struct violet_rig *r = *state;
	char *url = xasprintf("%s/api/v1/tasks", r->s->api_url);

	for (size_t i = 0; i < 2; i++) {
		struct fetch_ask ask = {
		    .method = methods[i], .url = url, .headers = headers};
		struct fetch_answer answer;
		char *allowed;

		assert_int_equal(fetch(&ask, &answer), 0);
		assert_int_equal(answer.status, i == 0 ? 200 : 405);
		allowed = fetch_header(&answer, "Access-Control-Allow-Origin");
		assert_null(allowed);
		fetch_clear(&answer);
	}
	free(url);
}

static const char *const board_keys[] = {"rank", "uid", "hotkey",
    "miner_identity", "overall_score", "uptime_score", "invocation_count",
    "diversity_count", "bounty_count", "total_tasks_assigned",
    "total_tasks_completed", "completion_rate", "is_serving"};

static double
number(const json_t *entry, const char *name)
{
	return json_number_value(json_object_get(entry, name));
}

static void
check_board(json_t *board, const char *by, bool is_down)
{
	json_t *list = json_object_get(board, "leaderboard"), *entry;
	double last = is_down ? INFINITY : -INFINITY;
	size_t i;

	assert_int_equal(json_array_size(list), VIOLET_MINERS);
	json_array_foreach(list, i, entry)
	{
		double is = number(entry, by);
		double sum = 0.55 * number(entry, "uptime_score") +
			     0.25 * number(entry, "invocation_score") +
			     0.15 * number(entry, "diversity_score") +
			     0.05 * number(entry, "bounty_score");

		for (size_t k = 0;
		     k < sizeof(board_keys) / sizeof(board_keys[0]); k++)
			assert_non_null(json_object_get(entry, board_keys[k]));
		assert_true(fabs(number(entry, "overall_score") - sum) < 1e-4);
		assert_int_equal(number(entry, "rank"), i + 1);
		assert_true(is_down ? is <= last : is >= last);
		last = is;
	}
}

/* A scoring round as validatord writes it, of miners of whom the second is
 * better. */
static void
make_round(struct violet_rig *r)
{
	for (int i = 0; i < VIOLET_MINERS; i++)
		json_decref(puller_poll(r->miners[i], ""));
	assert_int_equal(
	    db_exec(r->s->db,
		"insert into score_run (id, netuid, mecid, epoch, block, at, "
		"policy, window_from) values "
		"('01890000-0000-7000-8000-0000000000aa', 1, 0, 900000, 1, "
		"now(), 'test', now() - interval '1 hour')"),
	    0);
	for (int i = 0; i < VIOLET_MINERS; i++)
		assert_int_equal(
		    db_exec(r->s->db,
			"insert into score_entry (run_id, netuid, hotkey, "
			"uid, jobs, successes, latency_p50_ms, speed, "
			"accuracy, stake_share, score, win_rate, weight) "
			"values ('01890000-0000-7000-8000-0000000000aa', 1, "
			"'%s', %d, %d, %d, %d, 0.5, 0.5, 0.5, %f, 0.5, 0.5)",
			puller_hotkey(r->miners[i]), puller_uid(r->miners[i]),
			10, 5 + 4 * i, 900 - 100 * i, 0.3 + 0.3 * i),
		    0);
}

static void
violet_t03_the_leaderboard_has_its_keys_formula_and_order(void **state)
{
	static const char *const sorts[] = {"overall_score", "uptime_score",
	    "invocation_count", "diversity_count", "bounty_count",
	    "total_tasks_completed", "average_response_time"};
	struct violet_rig *r = *state;
	struct fetch_answer answer;
	json_t *board;

	make_round(r);
	for (size_t i = 0; i < 2 * sizeof(sorts) / sizeof(sorts[0]); i++) {
		board = violet_read(r, 200,
		    "/api/v1/leaderboard?sort_by=%s&order=%s", sorts[i / 2],
		    i % 2 == 0 ? "desc" : "asc");
		assert_string_equal(
		    violet_word(board, "sort_by"), sorts[i / 2]);
		check_board(board, sorts[i / 2], i % 2 == 0);
		json_decref(board);
	}
	board = violet_read(r, 200, "/api/v1/leaderboard?limit=1");
	assert_int_equal(
	    number(json_array_get(json_object_get(board, "leaderboard"), 0),
		"uid"),
	    puller_uid(r->miners[1]));
	json_decref(board);
	board = violet_read(
	    r, 200, "/api/v1/leaderboard/%d", puller_uid(r->miners[0]));
	assert_int_equal(number(json_object_get(board, "miner"), "rank"), 2);
	json_decref(board);
	assert_int_equal(violet_get(r, "/api/v1/leaderboard/77", &answer), 404);
	fetch_clear(&answer);
	assert_int_equal(
	    violet_get(r, "/api/v1/leaderboard?sort_by=x", &answer), 400);
	fetch_clear(&answer);
}

static char *
miners_are(struct violet_rig *r)
{
	char *rows = db_text(r->s->db,
	    "select coalesce(string_agg(m::text, ' ' order by hotkey), '') "
	    "from miner m");

	assert_non_null(rows);
	return rows;
}

static void
what_validators_say_of_miners_changes_nothing(void **state)
{
	const char *const fields[] = {"validator_uid", "0", "epoch", "7",
	    "miner_statuses",
	    "[{\"uid\":1,\"is_serving\":false,\"stake\":1},{\"uid\":2}]", NULL};
	const char *const broken[] = {
	    "validator_uid", "0", "miner_statuses", "{", NULL};
	struct violet_rig *r = *state;
	char *before = miners_are(r), *after;
	struct fetch_answer answer;
	json_t *body;

	violet_post(
	    r, "/api/v1/validators/miner-status", fields, NULL, &answer);
	body = fetch_json(&answer);
	assert_int_equal(answer.status, 200);
	assert_int_equal(number(body, "total_received"), 2);
	assert_int_equal(number(body, "miners_updated"), 0);
	assert_string_equal(violet_word(body, "processing_mode"), "ignored");
	json_decref(body);
	fetch_clear(&answer);
	after = miners_are(r);
	assert_string_equal(after, before);
	free(before);
	free(after);
	violet_post(
	    r, "/api/v1/validators/miner-status", broken, NULL, &answer);
	assert_detail(&answer, 400, "miner_statuses");
	fetch_clear(&answer);
}

/* Each connection finds out by itself. */
static void
await_status(struct violet_rig *r, const char *path, int status,
    struct fetch_answer *answer)
{
	int64_t until_us = clock_mono_us() + PROC_WAIT_MS * 1000LL;

	while (violet_get(r, path, answer) != status) {
		if (clock_mono_us() > until_us)
			fail_msg("%s: %d", path, answer->status);
		fetch_clear(answer);
		proc_nap();
	}
}

static void
violet_17_health_says_what_is_wrong(void **state)
{
	static const char *const paths[] = {"/health", "/api/v1/health"};
	struct violet_rig *r = *state;
	struct fetch_answer answer;
	json_t *body;

	cluster_halt(sandbox_cluster(r->s->box), CLUSTER_KILL);
	for (size_t i = 0; i < 2; i++) {
		await_status(r, paths[i], 503, &answer);
		body = fetch_json(&answer);
		assert_string_equal(violet_word(body, "status"), "error");
		json_decref(body);
		fetch_clear(&answer);
	}
	violet_get(r, "/api/v1/tasks", &answer);
	assert_detail(&answer, 503, "database");
	fetch_clear(&answer);
	assert_int_equal(cluster_start(sandbox_cluster(r->s->box)), 0);
	await_status(r, "/health", 200, &answer);
	fetch_clear(&answer);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(violet_t11_bad_input_is_400),
	    cmocka_unit_test(
		violet_t06_files_are_as_large_and_of_what_sort_as_they_may_be),
	    cmocka_unit_test(violet_t11_a_video_over_100_mib_is_400),
	    cmocka_unit_test(violet_t11_unknown_tasks_are_404),
	    cmocka_unit_test(a_result_that_is_not_there_says_so),
	    cmocka_unit_test(violet_t05_a_language_is_detected_as_it_is_said),
	    cmocka_unit_test(priorities_are_our_points),
	    cmocka_unit_test(forms_may_be_urlencoded),
	    cmocka_unit_test(names_of_files_are_made_safe),
	    cmocka_unit_test(an_input_is_read_by_its_owner_or_a_signature),
	    cmocka_unit_test(tasks_are_listed_by_status_and_page),
	    cmocka_unit_test(what_is_left_out_says_what_there_is),
	    cmocka_unit_test(violet_t12_health_and_integration_are_well),
	    cmocka_unit_test(
		violet_t03_the_leaderboard_has_its_keys_formula_and_order),
	    cmocka_unit_test(what_validators_say_of_miners_changes_nothing),
	    cmocka_unit_test(violet_91_no_origin_is_let_in),
	    cmocka_unit_test(violet_17_health_says_what_is_wrong),
	};

	return cmocka_run_group_tests(tests, set_up, violet_rig_tear_down);
}

/*
 * Broken media at both doors: each file of tests/media as a client's input and
 * as a miner's result, with its reason. What is good goes through as every
 * type of every shipped kind. And at the end the daemon is as it was: it
 * answers, has no child, and little more memory.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <dirent.h>

#include "common/buf.h"
#include "common/clock.h"
#include "common/xalloc.h"
#include "tests/lib/attempt.h"
#include "tests/lib/callback.h"
#include "tests/lib/db.h"
#include "tests/lib/fetch.h"
#include "tests/lib/media.h"
#include "tests/lib/media_files.h"
#include "tests/lib/paths.h"
#include "tests/lib/proc.h"
#include "tests/lib/rig.h"
#include "tests/lib/sample.h"

/* A sanitizer keeps freed memory for a while, so that it cannot be measured. */
#ifdef __SANITIZE_ADDRESS__
static const bool is_measured = false;
#else
static const bool is_measured = true;
#endif

enum { MAX_GROWTH_KIB = 4096, ROUNDS = 3, MAX_FILE = 16 << 20 };

static char *folder;

/* -- kinds ---------------------------------------------------------------- */

#define DOCX                                                                   \
	"application/vnd.openxmlformats-officedocument.wordprocessingml."      \
	"document"
#define LANGUAGES "{\"language\":\"en\",\"target_language\":\"de\"}"
#define TEXT "{\"text\":\"one two three four\",\"language\":\"en\"}"

/* What is sent with a job of a shipped kind. */
static const struct {
	const char *kind, *params;
} params[] = {
    {"image.generate", "{\"prompt\":\"a house\",\"seed\":1}"},
    {"image.edit", "{\"prompt\":\"a house\",\"seed\":1}"},
    {"lora.train", "{\"prompt\":\"a style\"}"},
    {"audio.transcribe", "{\"language\":\"en\"}"},
    {"audio.speak", TEXT},
    {"audio.enhance", "{}"},
    {"audio.analyze", "{}"},
    {"video.transcribe", "{\"language\":\"en\"}"},
    {"document.translate", LANGUAGES},
};

/* Which kind a sort of file is an input of; results have kinds of their own
 * here, that give all files of the sort. */
static const struct {
	const char *input, *params, *result, *scoring, *types;
} sorts[N_MEDIA_SORTS] = {
    [MEDIA_SOUND] = {"audio.transcribe", "{\"language\":\"en\"}",
	"result.sound", "speech",
	"[\"audio/wav\",\"audio/mpeg\",\"audio/flac\",\"audio/ogg\","
	"\"audio/mp4\",\"audio/webm\"]"},
    [MEDIA_PICTURE] = {"input.picture", "{\"prompt\":\"a house\"}",
	"result.picture", "none", "[\"image/jpeg\"]"},
    [MEDIA_FILM] = {"video.transcribe", "{\"language\":\"en\"}", "result.film",
	"none",
	"[\"video/mp4\",\"video/webm\",\"video/x-matroska\","
	"\"video/quicktime\"]"},
    [MEDIA_DOCUMENT] = {"input.document", LANGUAGES, "result.document", "none",
	"[\"application/pdf\",\"" DOCX "\"]"},
    [MEDIA_ARCHIVE] = {"lora.train", "{\"prompt\":\"a style\"}",
	"result.archive", "none", "[\"application/zip\"]"},
};

static void
edit_kinds(json_t *kinds)
{
	json_t *kind;
	size_t i;

	kind = sample_kind_copy(kinds, "image.edit", "input.picture");
	json_object_set_new(kind, "input_types",
	    json_pack("[s, s, s]", "image/jpeg", "image/webp", "image/png"));
	kind = sample_kind_copy(kinds, "document.translate", "input.document");
	json_object_set_new(
	    kind, "input_types", json_pack("[s, s]", "application/pdf", DOCX));
	for (int s = 0; s < N_MEDIA_SORTS; s++) {
		kind = sample_kind_copy(kinds, "audio.speak", sorts[s].result);
		json_object_set_new(
		    kind, "scoring", json_string(sorts[s].scoring));
		json_object_set_new(
		    kind, "output_types", json_loads(sorts[s].types, 0, NULL));
	}
	kind = sample_kind(kinds, "result.picture");
	json_object_set_new(kind, "output_types",
	    json_pack("[s, s, s]", "image/jpeg", "image/webp", "image/png"));
	/* One that takes and gives no PNG, whatever it is called. */
	kind = sample_kind_copy(kinds, "image.edit", "input.jpeg");
	json_object_set_new(
	    kind, "input_types", json_pack("[s]", "image/jpeg"));
	kind = sample_kind_copy(kinds, "audio.speak", "result.jpeg");
	json_object_set_new(kind, "scoring", json_string("none"));
	json_object_set_new(
	    kind, "output_types", json_pack("[s]", "image/jpeg"));
	json_array_foreach(kinds, i, kind)
	{
		json_object_set_new(kind, "retry_budget", json_integer(0));
		json_object_set_new(kind, "hedge", json_false());
	}
}

static int
set_up(void **state)
{
	/* Miners that bring nothing but rubbish would be out of it soon. */
	const struct suite_options o = {
	    .name = "broken", .ini = "[orchestrator]\neject_after = 0\n"};

	folder = paths_make_tmp();
	media_files(folder);
	return rig_set_up(state, &o, 2, edit_kinds);
}

static int
tear_down(void **state)
{
	int failed = rig_tear_down(state);

	paths_remove(folder);
	free(folder);
	return failed;
}

/* -- files ---------------------------------------------------------------- */

static void
read_file(const char *name, struct buf *out)
{
	char *path = xasprintf("%s/%s", folder, name);
	FILE *f = fopen(path, "rb");
	size_t n;

	assert_non_null(f);
	buf_reserve(out, 1);
	while ((n = fread(buf_reserve(out, 65536), 1, 65536, f)) > 0)
		out->len += n;
	assert_true(out->len < MAX_FILE);
	fclose(f);
	free(path);
}

static char *
job_of(const char *kind, const char *parameters)
{
	return xasprintf("{\"kind\":\"%s\",\"params\":%s}", kind, parameters);
}

/* POST /v1/jobs with a file; the answer is the caller's to clear. */
static void
send_input(struct rig *r, const char *job, const char *type,
    const struct buf *file, struct fetch_answer *answer)
{
	char *url = xasprintf("%s/v1/jobs", r->s->api_url);
	const struct fetch_part parts[] = {
	    {"job", NULL, "application/json", job, strlen(job)},
	    {"input", "input", type, file->data, file->len},
	    {NULL, NULL, NULL, NULL, 0}};
	const struct fetch_ask ask = {.url = url, .parts = parts};

	fetch(&ask, answer);
	free(url);
}

static int64_t
count_jobs(struct rig *r)
{
	return db_int(r->s->db, "select count(*) from job");
}

/* -- broken, as an input -------------------------------------------------- */

struct expected {
	int status;	    /* of an input; 202: it is taken */
	const char *code;   /* of an input */
	const char *reason; /* of a result */
};

static struct expected
expected_of(const struct media_broken *b)
{
	if (strcmp(b->name, "nothing.wav") == 0)
		return (struct expected){413, "input_size", "empty_result"};
	if (strcmp(b->name, "silent.wav") == 0)
		return (struct expected){202, "", "silent"};
	if (b->is_other)
		return (struct expected){415, "wrong_input_type", "wrong_type"};
	return (struct expected){422, b->fault, b->fault};
}

static const char *
input_kind(const struct media_broken *b)
{
	return strcmp(b->name, "png.jpg") == 0 ? "input.jpeg"
					       : sorts[b->sort].input;
}

static const char *
result_kind(const struct media_broken *b)
{
	return strcmp(b->name, "png.jpg") == 0 ? "result.jpeg"
					       : sorts[b->sort].result;
}

static void
assert_refused(const struct media_broken *b, const struct expected *want,
    const struct fetch_answer *answer)
{
	json_t *body = fetch_json(answer);
	const char *code = json_string_value(json_object_get(body, "code"));
	const char *why = json_string_value(json_object_get(body, "detail"));

	if (answer->status != want->status || code == NULL || why == NULL ||
	    strcmp(code, want->code) != 0)
		fail_msg("%s: %d %s", b->name, answer->status, answer->body);
	/* What it is, in words that go for it alone. */
	if (want->status != 413 && strstr(why, b->words) == NULL)
		fail_msg("%s: %s", b->name, why);
	json_decref(body);
}

static void
send_broken_input(struct rig *r, const struct media_broken *b)
{
	char *job = job_of(input_kind(b), sorts[b->sort].params);
	struct expected want = expected_of(b);
	struct fetch_answer answer;
	struct buf file = {0};

	read_file(b->name, &file);
	send_input(r, job, b->says, &file, &answer);
	if (want.status == 202)
		assert_int_equal(answer.status, 202);
	else
		assert_refused(b, &want, &answer);
	fetch_clear(&answer);
	buf_free(&file);
	free(job);
}

static void
a_broken_input_is_refused_with_its_reason(void **state)
{
	struct rig *r = *state;
	int64_t before = count_jobs(r), taken = 0, n = 0;

	for (const struct media_broken *b = media_broken; b->name != NULL;
	     b++) {
		send_broken_input(r, b);
		taken += expected_of(b).status == 202;
		n++;
	}
	assert_true(n >= 30);
	assert_int_equal(count_jobs(r), before + taken);
	print_message("# %lld files were sent as inputs\n", (long long)n);
}

/* It is the job to find out, and it is written down. */
static void
silence_of_an_input_is_no_fault_but_measured(void **state)
{
	struct rig *r = *state;
	char *job = job_of("audio.analyze", "{}"), id[40];
	struct buf file = {0};

	read_file("silent.wav", &file);
	assert_int_equal(
	    suite_submit_file(r->s, job, file.data, file.len, "audio/wav", id),
	    202);
	assert_int_equal(db_int(r->s->db,
			     "select count(*) from job where id = '%s' "
			     "and (input_measured ->> 'silence')::real = 1 "
			     "and (input_measured ->> 'duration_s')::real = 2 "
			     "and input_measured ->> 'codec' = 'pcm_s16le'",
			     id),
	    1);
	buf_free(&file);
	free(job);
}

/* -- broken, as a result -------------------------------------------------- */

static struct hand_task *
task_of(struct rig *r, const char *kind, char id[40])
{
	char *job = job_of(kind, TEXT);
	struct hand_task *task = rig_task(r, job, id);

	assert_non_null(task);
	free(job);
	return task;
}

/* GET /v1/jobs/{id} says the reason, and the particulars. */
static void
assert_shown(struct rig *r, const char *job_id, const struct media_broken *b,
    const char *reason)
{
	char *url = xasprintf("%s/v1/jobs/%s", r->s->api_url, job_id);
	struct fetch_answer answer;
	json_t *job, *attempt;
	const char *is, *why;

	fetch_get(url, &answer);
	assert_int_equal(answer.status, 200);
	job = fetch_json(&answer);
	attempt = json_array_get(json_object_get(job, "attempts"), 0);
	is = json_string_value(json_object_get(attempt, "reason"));
	why = json_string_value(json_object_get(attempt, "why"));
	if (is == NULL || strcmp(is, reason) != 0)
		fail_msg("%s: %s, not %s", b->name, is, reason);
	assert_string_equal(
	    json_string_value(json_object_get(attempt, "side")), "miner");
	if (b->fault != NULL && strcmp(reason, b->fault) == 0 &&
	    (why == NULL || strstr(why, b->words) == NULL))
		fail_msg("%s: %s", b->name, why);
	json_decref(job);
	fetch_clear(&answer);
	free(url);
}

static void
bring_broken_result(struct rig *r, const struct media_broken *b)
{
	struct expected want = expected_of(b);
	struct callback_told told;
	struct buf file = {0};
	char id[40];
	struct hand_task *task = task_of(r, result_kind(b), id);

	read_file(b->name, &file);
	callback_file(
	    task, task->secret, "result", b->says, file.data, file.len, &told);
	assert_int_equal(told.status, 200);
	assert_int_equal(attempt_await(r->s, task->id, "failed"), 0);
	assert_int_equal(attempt_await_job(r->s, id, "failed"), 0);
	assert_shown(r, id, b, want.reason);
	buf_free(&file);
	hand_drop(r->hand, task);
}

static void
a_broken_result_fails_with_its_reason(void **state)
{
	struct rig *r = *state;
	int n = 0;

	for (const struct media_broken *b = media_broken; b->name != NULL;
	     b++, n++)
		bring_broken_result(r, b);
	assert_true(n >= 30);
	print_message("# %d files were brought as results\n", n);
}

/* -- good, as every type of every kind ------------------------------------ */

static const char *
good_file(const char *type)
{
	for (const struct media_good *g = media_good; g->name != NULL; g++) {
		if (strcmp(g->type, type) == 0)
			return g->name;
	}
	fail_msg("no file of type %s", type);
	return NULL;
}

static const char *
params_of(const char *kind)
{
	for (size_t i = 0; i < sizeof(params) / sizeof(params[0]); i++) {
		if (strcmp(params[i].kind, kind) == 0)
			return params[i].params;
	}
	fail_msg("no parameters for kind %s", kind);
	return NULL;
}

/* type NULL: the kind takes no file. */
static struct hand_task *
submit_good(struct rig *r, const char *kind, const char *type, char id[40])
{
	char *job = job_of(kind, params_of(kind));
	struct hand_task *task;
	struct buf file = {0};
	int status;

	if (type == NULL) {
		status = suite_submit(r->s, job, id);
	} else {
		read_file(good_file(type), &file);
		status =
		    suite_submit_file(r->s, job, file.data, file.len, type, id);
	}
	if (status != 202)
		fail_msg("%s of %s: %d", kind, type, status);
	task = rig_next(r, id);
	assert_non_null(task);
	buf_free(&file);
	free(job);
	return task;
}

/* type NULL: the kind's result is JSON. */
static void
bring_good(const struct hand_task *task, bool is_dippy, const char *type)
{
	struct callback_told told;
	struct buf file = {0};

	if (type == NULL) {
		callback_json(task, task->secret,
		    "{\"output\":{\"text\":\"one two\"}}", &told);
	} else if (is_dippy) {
		struct callback_dippy c = {.job_id = task->id,
		    .status = "completed",
		    .image_type = type};

		read_file(good_file(type), &file);
		c.image = file.data;
		c.len = file.len;
		callback_dippy(task, task->secret, &c, &told);
	} else {
		read_file(good_file(type), &file);
		callback_file(task, task->secret, "result", type, file.data,
		    file.len, &told);
	}
	assert_int_equal(told.status, 200);
	buf_free(&file);
}

/* The i-th of a list, over and over; NULL of an empty one. */
static const char *
nth(const json_t *types, size_t i)
{
	size_t n = json_array_size(types);

	return n > 0 ? json_string_value(json_array_get(types, i % n)) : NULL;
}

static size_t
try_kind(struct rig *r, const json_t *kind)
{
	const json_t *in = json_object_get(kind, "input_types");
	const json_t *out = json_object_get(kind, "output_types");
	const char *name = json_string_value(json_object_get(kind, "name"));
	bool is_dippy =
	    strcmp(json_string_value(json_object_get(kind, "protocol")),
		"dippy") == 0;
	size_t n = json_array_size(in);

	if (json_array_size(out) > n)
		n = json_array_size(out);
	for (size_t i = 0; i < n; i++) {
		char id[40];
		struct hand_task *task = submit_good(r, name, nth(in, i), id);

		bring_good(task, is_dippy, nth(out, i));
		if (attempt_await_job(r->s, id, "done") != 0)
			fail_msg(
			    "%s of %s gives %s", name, nth(in, i), nth(out, i));
		assert_int_equal(
		    db_int(r->s->db,
			"select count(*) from job j join attempt a "
			"on a.job_id = j.id where j.id = '%s' "
			"and coalesce(j.input_type, '') = '%s' "
			"and coalesce(a.result_type, '') = '%s'",
			id, nth(in, i) != NULL ? nth(in, i) : "",
			nth(out, i) != NULL ? nth(out, i) : ""),
		    1);
		hand_drop(r->hand, task);
	}
	return n;
}

static void
good_files_of_every_type_of_every_kind_pass(void **state)
{
	json_t *kinds = json_load_file("deploy/kinds.json", 0, NULL), *kind;
	size_t i, n = 0;

	assert_non_null(kinds);
	json_array_foreach(kinds, i, kind)
	{
		n += try_kind(*state, kind);
	}
	print_message(
	    "# %zu jobs with files of %zu kinds\n", n, json_array_size(kinds));
	assert_true(n > 25);
	json_decref(kinds);
}

/* -- the daemon ----------------------------------------------------------- */

/* Children of orchestratord, those that have ended and were not waited for,
 * too. */
static int
count_children(struct rig *r)
{
	int n = 0, parent,
	    daemon = (int)proc_pid(r->s->daemons[SUITE_ORCHESTRATOR]);
	DIR *dir = opendir("/proc");
	struct dirent *entry;
	char text[512], *at;

	assert_non_null(dir);
	while ((entry = readdir(dir)) != NULL) {
		char *path = xasprintf("/proc/%s/stat", entry->d_name);
		FILE *f = entry->d_name[0] > '0' && entry->d_name[0] <= '9'
			      ? fopen(path, "r")
			      : NULL;

		free(path);
		if (f == NULL)
			continue;
		at = fgets(text, sizeof(text), f) != NULL ? strrchr(text, ')')
							  : NULL;
		if (at != NULL && sscanf(at, ") %*c %d", &parent) == 1)
			n += parent == daemon;
		fclose(f);
	}
	closedir(dir);
	return n;
}

static long
memory_kib(struct rig *r)
{
	char *path = xasprintf("/proc/%d/status",
	    (int)proc_pid(r->s->daemons[SUITE_ORCHESTRATOR]));
	FILE *f = fopen(path, "r");
	char text[256];
	long kib = -1;

	assert_non_null(f);
	while (fgets(text, sizeof(text), f) != NULL) {
		if (strncmp(text, "VmRSS:", 6) == 0)
			kib = strtol(text + 6, NULL, 10);
	}
	fclose(f);
	free(path);
	assert_true(kib > 0);
	return kib;
}

/* All of it was sent once before: what is kept for later use is there. */
static void
nothing_is_left_of_broken_files(void **state)
{
	struct rig *r = *state;
	long before_kib = memory_kib(r), growth_kib;
	int64_t before = count_jobs(r), until_us;

	for (int i = 0; i < ROUNDS; i++) {
		for (const struct media_broken *b = media_broken;
		     b->name != NULL; b++) {
			if (expected_of(b).status != 202)
				send_broken_input(r, b);
		}
	}
	growth_kib = memory_kib(r) - before_kib;
	print_message(
	    "# VmRSS grew by %ld KiB in %d rounds\n", growth_kib, ROUNDS);
	if (is_measured && growth_kib > MAX_GROWTH_KIB)
		fail_msg("VmRSS grew by %ld KiB", growth_kib);
	assert_int_equal(count_jobs(r), before);
	until_us = clock_mono_us() + PROC_WAIT_MS * 1000LL;
	while (count_children(r) > 0) {
		if (clock_mono_us() > until_us)
			fail_msg("%d children are left", count_children(r));
		proc_nap();
	}
	assert_int_equal(proc_count_events(r->s->daemons[SUITE_ORCHESTRATOR],
			     "probe.broken", NULL),
	    0);
	assert_int_equal(proc_count_events(r->s->daemons[SUITE_ORCHESTRATOR],
			     "probe.forbidden", NULL),
	    0);
}

static void
the_daemon_works_on(void **state)
{
	struct rig *r = *state;
	char *url = xasprintf("%s/readyz", r->s->api_url), id[40];
	struct fetch_answer answer;
	struct hand_task *task;

	assert_true(proc_is_alive(r->s->daemons[SUITE_ORCHESTRATOR]));
	fetch_get(url, &answer);
	assert_int_equal(answer.status, 200);
	task = submit_good(r, "audio.enhance", "audio/wav", id);
	bring_good(task, false, "audio/flac");
	assert_int_equal(attempt_await_job(r->s, id, "done"), 0);
	hand_drop(r->hand, task);
	fetch_clear(&answer);
	free(url);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_broken_input_is_refused_with_its_reason),
	    cmocka_unit_test(silence_of_an_input_is_no_fault_but_measured),
	    cmocka_unit_test(a_broken_result_fails_with_its_reason),
	    cmocka_unit_test(good_files_of_every_type_of_every_kind_pass),
	    cmocka_unit_test(nothing_is_left_of_broken_files),
	    cmocka_unit_test(the_daemon_works_on),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

/*
 * Large files: they stream in and out of orchestratord, whose memory stays as
 * it was, and what is refused or given up leaves nothing on the disk.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <curl/curl.h>
#include <glob.h>
#include <sodium.h>
#include <sys/stat.h>

#include "common/buf.h"
#include "common/clock.h"
#include "common/hex.h"
#include "common/xalloc.h"
#include "tests/lib/attempt.h"
#include "tests/lib/db.h"
#include "tests/lib/proc.h"
#include "tests/lib/rig.h"
#include "tests/lib/sample.h"
#include "tests/lib/sandbox.h"

#define MIB (1024ll * 1024)
#define MOST (2 * 1024 * MIB) /* of the kind */

/* A sanitizer keeps freed memory for a while, so that it cannot be measured. */
#ifdef __SANITIZE_ADDRESS__
static const bool is_measured = false;
static const int64_t large = 48 * MIB;
#else
static const bool is_measured = true;
static const int64_t large = 1024 * MIB;
#endif

enum { MAX_GROWTH_KIB = 8192, PATTERN = 65536, TIMEOUT_S = 240 };

#define JOB                                                                    \
	"{\"kind\":\"document.translate\",\"params\":{\"language\":\"en\","    \
	"\"target_language\":\"de\"}}"
#define OTHER_JOB                                                              \
	"{\"kind\":\"audio.transcribe\",\"params\":{\"language\":\"en\"}}"

static void
edit_kinds(json_t *kinds)
{
	json_t *kind;
	size_t i;

	json_array_foreach(kinds, i, kind)
	{
		json_object_set_new(
		    kind, "max_input_bytes", json_integer(64 * MIB));
	}
	kind = sample_kind(kinds, "document.translate");
	json_object_set_new(kind, "max_input_bytes", json_integer(MOST));
}

static int
set_up(void **state)
{
	const struct suite_options o = {.name = "upload"};

	return rig_set_up(state, &o, 1, edit_kinds);
}

/* -- sending ------------------------------------------------------------ */

/* A text without end, made as it is read. */
struct source {
	char pattern[PATTERN];
	int64_t left;
	int64_t give_up_at; /* left then; -1: never */
	crypto_hash_sha256_state hash;
};

static void
source_init(struct source *s, int64_t len)
{
	for (int i = 0; i < PATTERN; i++)
		s->pattern[i] = i % 61 == 60 ? '\n' : 'a' + i % 26;
	s->left = len;
	s->give_up_at = -1;
	crypto_hash_sha256_init(&s->hash);
}

static size_t
on_read(char *out, size_t size, size_t n, void *arg)
{
	struct source *s = arg;
	int64_t len = size * n;

	if (s->left <= s->give_up_at)
		return CURL_READFUNC_ABORT;
	if (len > PATTERN)
		len = PATTERN;
	if (len > s->left)
		len = s->left;
	memcpy(out, s->pattern, len);
	crypto_hash_sha256_update(&s->hash, (const uint8_t *)out, len);
	s->left -= len;
	return len;
}

static size_t
on_text(char *data, size_t size, size_t n, void *arg)
{
	struct buf *text = arg;

	buf_add(text, data, size * n);
	return size * n;
}

/* POST /v1/jobs with len bytes of input; the status, 0 if none came. What was
 * said is added to out. */
static int
upload(struct rig *r, const char *job, struct source *source, int64_t len,
    struct buf *out)
{
	CURL *curl = curl_easy_init();
	curl_mime *mime = curl_mime_init(curl);
	curl_mimepart *part = curl_mime_addpart(mime);
	struct curl_slist *headers = curl_slist_append(NULL, "Expect:");
	char *url = xasprintf("%s/v1/jobs", r->s->api_url);
	long status = 0;

	curl_mime_name(part, "job");
	curl_mime_data(part, job, CURL_ZERO_TERMINATED);
	part = curl_mime_addpart(mime);
	curl_mime_name(part, "input");
	curl_mime_filename(part, "input.txt");
	curl_mime_type(part, "text/plain");
	curl_mime_data_cb(part, len, on_read, NULL, NULL, source);
	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	curl_easy_setopt(curl, CURLOPT_MIMEPOST, mime);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)TIMEOUT_S);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_text);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, out);
	curl_easy_perform(curl);
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	curl_mime_free(mime);
	curl_slist_free_all(headers);
	curl_easy_cleanup(curl);
	free(url);
	return status;
}

/* -- fetching ----------------------------------------------------------- */

struct sink {
	int64_t bytes;
	crypto_hash_sha256_state hash;
};

static size_t
on_bytes(char *data, size_t size, size_t n, void *arg)
{
	struct sink *sink = arg;

	sink->bytes += size * n;
	crypto_hash_sha256_update(&sink->hash, (const uint8_t *)data, size * n);
	return size * n;
}

static int
download(const char *url, struct sink *sink)
{
	CURL *curl = curl_easy_init();
	long status = 0;

	sink->bytes = 0;
	crypto_hash_sha256_init(&sink->hash);
	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)TIMEOUT_S);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_bytes);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, sink);
	curl_easy_perform(curl);
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_cleanup(curl);
	return status;
}

static char *
hash_text(crypto_hash_sha256_state *state)
{
	uint8_t hash[32];
	char *text = xmalloc(65);

	crypto_hash_sha256_final(state, hash);
	hex_encode(hash, sizeof(hash), text);
	return text;
}

/* -- looking ------------------------------------------------------------ */

/* "VmHWM:" or another line of orchestratord's status, in KiB. */
static long
memory_kib(struct rig *r, const char *line)
{
	char *path = xasprintf("/proc/%d/status",
	    (int)proc_pid(r->s->daemons[SUITE_ORCHESTRATOR]));
	FILE *f = fopen(path, "r");
	char text[256];
	long kib = -1;

	assert_non_null(f);
	while (fgets(text, sizeof(text), f) != NULL) {
		if (strncmp(text, line, strlen(line)) == 0)
			kib = strtol(text + strlen(line), NULL, 10);
	}
	fclose(f);
	free(path);
	assert_true(kib > 0);
	return kib;
}

/* How much the store's files take, those being written, too. */
static int64_t
stored_bytes(struct rig *r)
{
	char *dir = xasprintf("%s/files/*/*", sandbox_dir(r->s->box));
	char *open = xasprintf("%s/files/tmp.*", sandbox_dir(r->s->box));
	glob_t found = {0};
	int64_t bytes = 0;
	struct stat st;

	glob(dir, 0, NULL, &found);
	glob(open, GLOB_APPEND, NULL, &found);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		if (stat(found.gl_pathv[i], &st) == 0)
			bytes += st.st_size;
	}
	globfree(&found);
	free(dir);
	free(open);
	return bytes;
}

static void
await_stored(struct rig *r, int64_t want)
{
	int64_t until_us = clock_mono_us() + PROC_WAIT_MS * 1000LL, is;

	while ((is = stored_bytes(r)) != want) {
		if (clock_mono_us() > until_us)
			fail_msg("%lld bytes are stored, not %lld",
			    (long long)is, (long long)want);
		proc_nap();
	}
}

static void
assert_growth(struct rig *r, long before_kib, const char *what)
{
	long growth_kib = memory_kib(r, "VmHWM:") - before_kib;

	print_message("# %s of %lld MiB: VmHWM grew by %ld KiB\n", what,
	    (long long)(large / MIB), growth_kib);
	if (is_measured && growth_kib > MAX_GROWTH_KIB)
		fail_msg("%s: %ld KiB", what, growth_kib);
}

/* -- the tests ---------------------------------------------------------- */

/* What a miner is given is what the client sent. */
static void
assert_fetched(struct rig *r, const char *id, const char *sha256)
{
	struct hand_task *task = rig_next(r, id);
	struct sink sink;
	char *got;

	assert_non_null(task);
	assert_string_equal(
	    json_string_value(json_object_get(
		json_object_get(task->body, "input"), "sha256")),
	    sha256);
	assert_int_equal(download(task->input_url, &sink), 200);
	assert_int_equal(sink.bytes, large);
	got = hash_text(&sink.hash);
	assert_string_equal(got, sha256);
	free(got);
	hand_drop(r->hand, task);
}

static void
a_large_input_streams_in_and_out(void **state)
{
	struct rig *r = *state;
	long before_kib = memory_kib(r, "VmRSS:");
	struct source source;
	struct buf said = {0};
	json_t *body;
	char *sha256;

	source_init(&source, large);
	assert_int_equal(upload(r, JOB, &source, large, &said), 202);
	assert_growth(r, before_kib, "upload");
	sha256 = hash_text(&source.hash);
	body = json_loadb((char *)said.data, said.len, 0, NULL);
	assert_int_equal(stored_bytes(r), large);
	assert_fetched(
	    r, json_string_value(json_object_get(body, "id")), sha256);
	assert_growth(r, before_kib, "upload and download");
	json_decref(body);
	free(sha256);
	buf_free(&said);
}

static void
what_is_refused_is_not_kept(void **state)
{
	static const struct {
		int64_t len;
		int status;
	} cases[] = {
	    {16 * MIB, 415}, /* text for a recording */
	    {64 * MIB + 1, 413},
	};
	struct rig *r = *state;
	int64_t stored = stored_bytes(r);

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct source source;
		struct buf said = {0};

		source_init(&source, cases[i].len);
		assert_int_equal(
		    upload(r, OTHER_JOB, &source, cases[i].len, &said),
		    cases[i].status);
		await_stored(r, stored);
		buf_free(&said);
	}
}

/* Told early, and what was sent until then is gone. */
static void
what_is_over_every_limit_is_not_read_to_its_end(void **state)
{
	struct rig *r = *state;
	int64_t stored = stored_bytes(r);
	struct source source;
	struct buf said = {0};

	source_init(&source, 6 * 1024 * MIB);
	assert_int_equal(upload(r, JOB, &source, 6 * 1024 * MIB, &said), 413);
	assert_true(source.left > 5 * 1024 * MIB);
	await_stored(r, stored);
	buf_free(&said);
}

static void
a_client_that_gives_up_leaves_nothing(void **state)
{
	struct rig *r = *state;
	int64_t stored = stored_bytes(r);
	int64_t jobs = db_int(r->s->db, "select count(*) from job");
	struct source source;
	struct buf said = {0};

	source_init(&source, 64 * MIB);
	source.give_up_at = 32 * MIB;
	assert_int_equal(upload(r, JOB, &source, 64 * MIB, &said), 0);
	await_stored(r, stored);
	assert_int_equal(db_int(r->s->db, "select count(*) from job"), jobs);
	buf_free(&said);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_large_input_streams_in_and_out),
	    cmocka_unit_test(what_is_refused_is_not_kept),
	    cmocka_unit_test(what_is_over_every_limit_is_not_read_to_its_end),
	    cmocka_unit_test(a_client_that_gives_up_leaves_nothing),
	};

	return cmocka_run_group_tests(tests, set_up, rig_tear_down);
}

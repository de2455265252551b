/*
 * What a large file costs on its way through two orchestrators and an S3
 * server: sent to the first, fetched from the second, which hands it through;
 * and how much memory each of them took for it.
 *
 * usage: files [MIB]    (1024; exit 1: other bytes came, or memory grew)
 */
#include <curl/curl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/clock.h"
#include "common/hex.h"
#include "common/xalloc.h"
#include "tests/lib/memory.h"
#include "tests/lib/paths.h"
#include "tests/lib/proc.h"
#include "tests/lib/s3_server.h"
#include "tests/lib/sandbox.h"
#include "tests/lib/suite.h"

enum { PATTERN = 65536, TIMEOUT_S = 3600, MOST_GROWTH_KIB = 16384 };

struct world {
	struct sandbox *box;
	struct s3_server *s3;
	struct suite *s;
	struct proc *at[2];
	char *urls[2];
	long before_kib[2];
};

/* -- the world ---------------------------------------------------------- */

static int
start_second(struct world *w)
{
	char *program = paths_program("bin/orchestratord");
	char *spool = sandbox_path(w->s->box, "spool-2"), port[16];
	const char *argv[] = {program, "-c", w->s->ini, "--listen",
	    "127.0.0.1:0", "--store_spool", spool, NULL};
	const char *line = NULL;

	w->at[1] = sandbox_start(w->s->box, "orchestratord-2", argv, NULL);
	if (w->at[1] != NULL)
		line = proc_wait_event(w->at[1], "api.listening", NULL, 0);
	if (line != NULL && proc_value(line, "port", port, sizeof(port)) == 0)
		w->urls[1] = xasprintf("http://127.0.0.1:%s", port);
	free(program);
	free(spool);
	return w->urls[1] != NULL ? 0 : -1;
}

static int
start(struct world *w)
{
	const struct sandbox_options box = {.name = "bench-files-s3"};
	struct suite_options o = {
	    .name = "bench-files", .n_miners = 1, .miners = {{.alpha = 100}}};
	char *secret, *ini;

	w->box = sandbox_new(&box);
	w->s3 = s3_server_start(w->box);
	if (w->s3 == NULL)
		return -1;
	secret = sandbox_write(w->box, "s3.secret", 0600, "S3RVER");
	ini = xasprintf("\n[orchestrator]\nstore = s3://files/d\n"
			"store_endpoint = %s\nstore_key_id = S3RVER\n"
			"store_secret = @%s\nstore_path_style = yes\n"
			"store_redirect = no\nstore_spool = %s/spool\n",
	    s3_server_url(w->s3), secret, sandbox_dir(w->box));
	o.ini = ini;
	w->s = suite_new(&o);
	free(secret);
	free(ini);
	if (w->s == NULL)
		return -1;
	w->at[0] = w->s->daemons[SUITE_ORCHESTRATOR];
	w->urls[0] = xstrdup(w->s->api_url);
	return start_second(w);
}

static void
stop(struct world *w, bool failed)
{
	suite_end(w->s, failed);
	s3_server_free(w->s3);
	sandbox_end(w->box, failed);
	free(w->urls[0]);
	free(w->urls[1]);
}

/* -- a text without end ------------------------------------------------- */

struct stream {
	char pattern[PATTERN];
	int64_t left;
	crypto_hash_sha256_state hash;
	uint8_t sha256[32];
};

static void
stream_init(struct stream *s, int64_t len)
{
	for (int i = 0; i < PATTERN; i++)
		s->pattern[i] = i % 61 == 60 ? '\n' : 'a' + i % 26;
	s->left = len;
	crypto_hash_sha256_init(&s->hash);
}

static size_t
on_read(char *out, size_t size, size_t n, void *arg)
{
	struct stream *s = arg;
	int64_t len = size * n;

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
on_bytes(char *data, size_t size, size_t n, void *arg)
{
	struct stream *s = arg;

	s->left += size * n;
	crypto_hash_sha256_update(&s->hash, (const uint8_t *)data, size * n);
	return size * n;
}

static size_t
on_text(char *data, size_t size, size_t n, void *arg)
{
	buf_add(arg, data, size * n);
	return size * n;
}

static long
perform(CURL *curl, const char *url)
{
	long status = 0;

	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)TIMEOUT_S);
	curl_easy_perform(curl);
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_cleanup(curl);
	return status;
}

/* The file's id; the caller frees. NULL, having said why. */
static char *
send_file(const struct world *w, struct stream *s)
{
	struct curl_slist *headers =
	    curl_slist_append(NULL, "Content-Type: text/plain");
	char *url = xasprintf("%s/v1/files", w->urls[0]), *id = NULL, *at;
	CURL *curl = curl_easy_init();
	struct buf said = {0};
	long status;

	headers = curl_slist_append(headers, "Expect:");
	curl_easy_setopt(curl, CURLOPT_POST, 1L);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(
	    curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)s->left);
	curl_easy_setopt(curl, CURLOPT_READFUNCTION, on_read);
	curl_easy_setopt(curl, CURLOPT_READDATA, s);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_text);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, &said);
	status = perform(curl, url);
	at = strstr(buf_str(&said), "\"id\"");
	if (status == 201 && at != NULL && (at = strchr(at + 4, '"')) != NULL)
		id = xasprintf("%.36s", at + 1);
	else
		fprintf(stderr, "files: %ld %s\n", status, buf_str(&said));
	crypto_hash_sha256_final(&s->hash, s->sha256);
	curl_slist_free_all(headers);
	free(url);
	buf_free(&said);
	return id;
}

static int
fetch_file(const struct world *w, const char *id, struct stream *s)
{
	char *url = xasprintf("%s/v1/files/%s/content", w->urls[1], id);
	CURL *curl = curl_easy_init();
	long status;

	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_bytes);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, s);
	status = perform(curl, url);
	crypto_hash_sha256_final(&s->hash, s->sha256);
	free(url);
	if (status != 200)
		fprintf(stderr, "files: %ld\n", status);
	return status == 200 ? 0 : -1;
}

/* -- the whole ---------------------------------------------------------- */

static void
say_speed(const char *what, int64_t bytes, int64_t from_us)
{
	double s = (clock_mono_us() - from_us) / 1e6;

	printf("%-44s %7.1f s %8.1f MiB/s\n", what, s, bytes / 1048576.0 / s);
}

/* Whether the peak is far above what it was. */
static bool
say_memory(const struct world *w, int i)
{
	long now = memory_status(proc_pid(w->at[i]), "VmRSS");
	long most = memory_status(proc_pid(w->at[i]), "VmHWM");

	printf("orchestrator %d: VmRSS %6ld KiB before, %6ld after; VmHWM %6ld "
	       "KiB\n",
	    i + 1, w->before_kib[i], now, most);
	return most - w->before_kib[i] > MOST_GROWTH_KIB;
}

static int
run(struct world *w, int64_t bytes)
{
	struct stream *sent = xcalloc(1, sizeof(*sent));
	struct stream *got = xcalloc(1, sizeof(*got));
	int64_t from_us = clock_mono_us();
	bool is_same, has_grown;
	char *id;

	for (int i = 0; i < 2; i++)
		w->before_kib[i] = memory_status(proc_pid(w->at[i]), "VmRSS");
	stream_init(sent, bytes);
	id = send_file(w, sent);
	if (id == NULL)
		return -1;
	say_speed(
	    "to orchestrator 1, and from it to the storage", bytes, from_us);
	from_us = clock_mono_us();
	stream_init(got, 0);
	if (fetch_file(w, id, got) != 0)
		return -1;
	say_speed("from the storage, through orchestrator 2", bytes, from_us);
	is_same =
	    got->left == bytes && memcmp(sent->sha256, got->sha256, 32) == 0;
	printf("%lld bytes, %s\n", (long long)got->left,
	    is_same ? "the same" : "NOT THE SAME");
	has_grown = say_memory(w, 0);
	has_grown |= say_memory(w, 1);
	free(id);
	free(sent);
	free(got);
	return is_same && !has_grown ? 0 : -1;
}

int
main(int argc, char **argv)
{
	int64_t mib = argc > 1 ? strtoll(argv[1], NULL, 10) : 1024;
	struct world w = {0};
	int failed;

	if (mib < 1 || mib > 4096) {
		fprintf(stderr, "usage: files [MIB]    (1 to 4096)\n");
		return 64;
	}
	if (!s3_server_can_run())
		return 77;
	failed = start(&w) != 0 || run(&w, mib * 1024 * 1024) != 0;
	stop(&w, failed);
	return failed;
}

/*
 * The HTTP client with large bodies: one read from a file, and answers handed
 * on as they come, paused, cut and cancelled.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <event2/event.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/http_client.h"
#include "common/http_server.h"
#include "common/xalloc.h"
#include "tests/lib/patience.h"

enum { LARGE = 8 * 1024 * 1024, PATIENCE_S = 20 };

/* A server that keeps what it is sent and gives back a file; and what the
 * client was told. */
struct world {
	struct event_base *base;
	struct http_server *server;
	struct http_client *client;
	struct http_call *call;
	FILE *file;
	crypto_hash_sha256_state sent;
	uint64_t sent_bytes;
	uint8_t sent_hash[32];
	/* the answer */
	int heads, endings, pieces, status;
	char length[32], why[32];
	crypto_hash_sha256_state got;
	uint64_t got_bytes;
	size_t body_len;
	/* what is done in the first piece */
	bool pauses, cancels, frees;
};

static void
on_sent(struct http_req *req, const void *data, size_t len, void *arg)
{
	struct world *w = arg;

	(void)req;
	crypto_hash_sha256_update(&w->sent, data, len);
	w->sent_bytes += len;
}

static void
on_sent_end(struct http_req *req, bool ok, void *arg)
{
	struct world *w = arg;

	crypto_hash_sha256_final(&w->sent, w->sent_hash);
	http_reply(req, ok ? 200 : 400, "text/plain", "kept", 4);
}

static void
on_put(struct http_req *req, void *arg)
{
	struct world *w = arg;

	crypto_hash_sha256_init(&w->sent);
	w->sent_bytes = 0;
	http_req_read(req, on_sent, on_sent_end, w);
}

static void
on_get(struct http_req *req, void *arg)
{
	struct world *w = arg;

	http_reply_header(req, "X-Of", "a file");
	http_reply_file(req, 200, "a/b", dup(fileno(w->file)), 0, LARGE);
}

static void
on_refuse(struct http_req *req, void *arg)
{
	(void)arg;
	http_reply(req, 403, "a/b", "refused", 7);
}

static const struct http_route routes[] = {
    {"PUT", "/file", 2 * LARGE, true, on_put, 0},
    {"GET", "/file", 0, false, on_get, 0},
    {"GET", "/refused", 0, false, on_refuse, 0},
    {NULL, NULL, 0, false, NULL, 0},
};

static int
set_up(void **state)
{
	struct world *w = xcalloc(1, sizeof(*w));
	const struct http_client_options options = {
	    .allow_private = true, .max_connections = 4};
	uint8_t *bytes = xmalloc(LARGE);

	w->base = event_base_new();
	w->server = http_server_new(w->base, routes, &http_default_limits, w);
	assert_int_equal(http_server_listen(w->server, "127.0.0.1:0", NULL), 0);
	w->client = http_client_new(w->base, &options);
	w->file = tmpfile();
	randombytes_buf(bytes, LARGE);
	assert_int_equal(fwrite(bytes, 1, LARGE, w->file), LARGE);
	assert_int_equal(fflush(w->file), 0);
	free(bytes);
	crypto_hash_sha256_init(&w->got);
	*state = w;
	return 0;
}

static int
tear_down(void **state)
{
	struct world *w = *state;

	http_client_free(w->client);
	http_server_free(w->server);
	event_base_free(w->base);
	fclose(w->file);
	free(w);
	return 0;
}

/* -- the client's side -------------------------------------------------- */

static void
on_head(const struct http_answer *head, void *arg)
{
	struct world *w = arg;

	assert_int_equal(w->got_bytes, 0);
	w->heads++;
	w->status = head->status;
	snprintf(w->length, sizeof(w->length), "%s",
	    http_answer_header(head, "content-length"));
	assert_string_equal(http_answer_header(head, "X-Of"), "a file");
	assert_string_equal(http_answer_header(head, "X-None"), "");
}

static void
on_data(const void *data, size_t len, void *arg)
{
	struct world *w = arg;

	assert_int_equal(w->heads, 1);
	w->pieces++;
	crypto_hash_sha256_update(&w->got, data, len);
	w->got_bytes += len;
	if (w->pieces > 1)
		return;
	if (w->pauses) {
		http_call_pause(w->call);
		event_base_loopbreak(w->base);
	}
	if (w->cancels)
		http_call_cancel(w->call);
	if (w->frees) {
		http_client_free(w->client);
		w->client = NULL;
	}
	if (w->cancels || w->frees)
		event_base_loopbreak(w->base);
}

static void
on_done(const struct http_answer *answer, void *arg)
{
	struct world *w = arg;

	w->endings++;
	w->status = answer->status;
	w->body_len = answer->len;
	if (answer->status == 0)
		snprintf(w->why, sizeof(w->why), "%s", answer->why);
	event_base_loopbreak(w->base);
}

static void
run(struct world *w)
{
	patience_dispatch(w->base, PATIENCE_S);
}

static void
start(struct world *w, struct http_call_options *o, const char *path)
{
	char url[64];

	snprintf(url, sizeof(url), "http://127.0.0.1:%d%s",
	    http_server_port(w->server), path);
	o->url = url;
	o->timeout_ms = PATIENCE_S * 1000;
	o->max_answer = 1000;
	w->call = http_call_start(w->client, o, on_done, w);
}

static void
start_get(struct world *w, uint64_t most)
{
	struct http_call_options o = {.method = "GET",
	    .on_head = on_head,
	    .on_data = on_data,
	    .max_stream = most};

	start(w, &o, "/file");
}

static void
hash_file(struct world *w, uint64_t offset, uint64_t len, uint8_t out[32])
{
	uint8_t *bytes = xmalloc(len);

	assert_int_equal(
	    pread(fileno(w->file), bytes, len, offset), (ssize_t)len);
	crypto_hash_sha256(out, bytes, len);
	free(bytes);
}

static void
check_whole(struct world *w)
{
	uint8_t got[32], file[32];

	assert_int_equal(w->got_bytes, LARGE);
	crypto_hash_sha256_final(&w->got, got);
	hash_file(w, 0, LARGE, file);
	assert_memory_equal(got, file, 32);
}

/* -- tests -------------------------------------------------------------- */

static void
a_stretch_of_a_file_is_sent(void **state)
{
	static const struct {
		uint64_t offset, len;
	} stretches[] = {{0, LARGE}, {12345, 6000000}, {LARGE - 1, 1}, {7, 0}};
	struct world *w = *state;

	for (size_t i = 0; i < sizeof(stretches) / sizeof(stretches[0]); i++) {
		struct http_call_options o = {.method = "PUT",
		    .from_file = true,
		    .file_fd = fileno(w->file),
		    .file_offset = stretches[i].offset,
		    .file_len = stretches[i].len};
		uint8_t hash[32];

		start(w, &o, "/file");
		run(w);
		assert_int_equal(w->status, 200);
		assert_int_equal(w->sent_bytes, stretches[i].len);
		hash_file(w, stretches[i].offset, stretches[i].len, hash);
		assert_memory_equal(w->sent_hash, hash, 32);
	}
	assert_int_equal(w->endings, 4);
}

static void
a_file_that_is_too_short_is_no_request(void **state)
{
	struct world *w = *state;
	struct http_call_options o = {.method = "PUT",
	    .from_file = true,
	    .file_fd = fileno(w->file),
	    .file_offset = LARGE - 10,
	    .file_len = 20};

	start(w, &o, "/file");
	run(w);
	assert_int_equal(w->status, 0);
	assert_string_equal(w->why, "failed");
}

static void
an_answer_is_handed_on_whole(void **state)
{
	struct world *w = *state;

	start_get(w, LARGE);
	run(w);
	assert_int_equal(w->endings, 1);
	assert_int_equal(w->status, 200);
	assert_string_equal(w->length, "8388608");
	assert_true(w->pieces > 1);
	assert_int_equal(w->body_len, 0);
	check_whole(w);
}

/* A paused answer stays with the server but for a bounded part of it. */
static void
an_answer_waits_while_it_is_paused(void **state)
{
	struct world *w = *state;
	uint64_t before;

	w->pauses = true;
	start_get(w, LARGE);
	run(w);
	before = w->got_bytes;
	assert_true(before < LARGE / 2);
	for (int i = 0; i < 1000; i++)
		event_base_loop(w->base, EVLOOP_NONBLOCK);
	assert_int_equal(w->got_bytes, before);
	assert_int_equal(w->endings, 0);
	http_call_resume(w->call);
	run(w);
	assert_int_equal(w->status, 200);
	check_whole(w);
}

/* The next piece is what was kept meanwhile: no more than so much. */
static void
little_is_kept_while_it_is_paused(void **state)
{
	struct world *w = *state;
	uint64_t before;

	w->pauses = true;
	start_get(w, LARGE);
	run(w);
	for (int i = 0; i < 1000; i++)
		event_base_loop(w->base, EVLOOP_NONBLOCK);
	before = w->got_bytes;
	http_call_resume(w->call);
	while (w->pieces < 2)
		event_base_loop(w->base, EVLOOP_ONCE);
	assert_true(w->got_bytes > before);
	assert_true(w->got_bytes - before <= 262144 + 65536);
	http_call_cancel(w->call);
}

static void
too_much_is_cut(void **state)
{
	struct world *w = *state;

	start_get(w, LARGE - 1);
	run(w);
	assert_int_equal(w->status, 0);
	assert_string_equal(w->why, "too_large");
	assert_true(w->got_bytes < LARGE);
}

static void
a_refusal_is_kept_and_not_handed_on(void **state)
{
	struct world *w = *state;
	struct http_call_options o = {.method = "GET",
	    .on_head = on_head,
	    .on_data = on_data,
	    .max_stream = LARGE};

	start(w, &o, "/refused");
	run(w);
	assert_int_equal(w->status, 403);
	assert_int_equal(w->heads, 0);
	assert_int_equal(w->pieces, 0);
	assert_int_equal(w->body_len, 7);
}

static void
a_call_may_be_cancelled_in_its_own_piece(void **state)
{
	struct world *w = *state;

	w->cancels = true;
	start_get(w, LARGE);
	run(w);
	for (int i = 0; i < 100; i++)
		event_base_loop(w->base, EVLOOP_NONBLOCK);
	assert_int_equal(w->pieces, 1);
	assert_int_equal(w->endings, 0);
}

static void
the_client_may_be_freed_in_a_piece(void **state)
{
	struct world *w = *state;

	w->frees = true;
	start_get(w, LARGE);
	run(w);
	assert_int_equal(w->pieces, 1);
	assert_int_equal(w->endings, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(a_stretch_of_a_file_is_sent),
	    TEST(a_file_that_is_too_short_is_no_request),
	    TEST(an_answer_is_handed_on_whole),
	    TEST(an_answer_waits_while_it_is_paused),
	    TEST(little_is_kept_while_it_is_paused),
	    TEST(too_much_is_cut),
	    TEST(a_refusal_is_kept_and_not_handed_on),
	    TEST(a_call_may_be_cancelled_in_its_own_piece),
	    TEST(the_client_may_be_freed_in_a_piece),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

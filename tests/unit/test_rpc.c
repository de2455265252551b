/* The JSON-RPC client against a server on the same loop. */
#include "subtensor/rpc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include <cmocka.h>

#include <event2/event.h>
#include <openssl/ssl.h>

#include "common/clock.h"
#include "common/err.h"
#include "common/xalloc.h"
#include "tests/lib/tls_cert.h"
#include "tests/lib/ws_server.h"

enum { TEST_MS = 20000 };

struct world {
	struct event_base *base;
	struct ws_server *server;
	struct rpc *rpc;
	struct rpc_options options;
	char url[64];
	/* The server's doing. */
	void (*serve)(
	    struct world *, struct ws_peer *, uint64_t id, const char *method);
	int served;
	/* The client's seeing. */
	int ups, downs, answers, items, ends;
	bool in_call;
	enum rpc_outcome outcome;
	int64_t code;
	char message[128], data[128], result[128];
	size_t result_len;
	char down_why[128];
	struct rpc_sub *sub;
};

static void
reply(struct ws_peer *peer, uint64_t id, const char *rest)
{
	char *text = xasprintf("{\"jsonrpc\":\"2.0\",\"id\":%llu,%s}",
	    (unsigned long long)id, rest);

	ws_peer_send(peer, text);
	free(text);
}

static void
on_server_text(struct ws_peer *peer, const char *text, size_t len, void *arg)
{
	struct world *w = arg;
	json_t *root = json_loadb(text, len, 0, NULL);

	assert_non_null(root);
	w->served++;
	w->serve(w, peer,
	    (uint64_t)json_integer_value(json_object_get(root, "id")),
	    json_string_value(json_object_get(root, "method")));
	json_decref(root);
}

static void
on_up(struct rpc *rpc, void *arg)
{
	struct world *w = arg;

	(void)rpc;
	w->ups++;
	event_base_loopbreak(w->base);
}

static void
on_down(struct rpc *rpc, const char *why, void *arg)
{
	struct world *w = arg;

	(void)rpc;
	w->downs++;
	snprintf(w->down_why, sizeof(w->down_why), "%s", why);
	event_base_loopbreak(w->base);
}

static void
on_answer(const struct rpc_answer *a, void *arg)
{
	struct world *w = arg;
	const char *text = json_string_value(a->result);

	assert_false(w->in_call);
	w->answers++;
	w->outcome = a->outcome;
	w->code = a->code;
	snprintf(w->message, sizeof(w->message), "%s", a->message);
	snprintf(w->data, sizeof(w->data), "%s", a->data);
	snprintf(w->result, sizeof(w->result), "%s", text == NULL ? "" : text);
	w->result_len = text == NULL ? 0 : strlen(text);
	event_base_loopbreak(w->base);
}

static void
on_item(const json_t *item, void *arg)
{
	struct world *w = arg;

	w->items++;
	snprintf(w->result, sizeof(w->result), "%s", json_string_value(item));
	event_base_loopbreak(w->base);
}

static void
on_end(const struct rpc_answer *a, void *arg)
{
	struct world *w = arg;

	w->ends++;
	w->outcome = a->outcome;
	w->sub = NULL;
	event_base_loopbreak(w->base);
}

static void
open_world_tls(struct world *w,
    void (*serve)(struct world *, struct ws_peer *, uint64_t, const char *),
    const struct ws_server_options *server, const char *host)
{
	struct ws_server_options o = *server;

	memset(w, 0, sizeof(*w));
	w->base = event_base_new();
	w->serve = serve;
	o.on_text = on_server_text;
	o.arg = w;
	w->server = ws_server_new(w->base, &o);
	snprintf(w->url, sizeof(w->url), "%s://%s:%u",
	    o.tls == NULL ? "ws" : "wss", host, ws_server_port(w->server));
	w->options = (struct rpc_options){
	    .url = w->url, .on_up = on_up, .on_down = on_down, .arg = w};
}

static void
open_world(struct world *w,
    void (*serve)(struct world *, struct ws_peer *, uint64_t, const char *))
{
	struct ws_server_options o = {0};

	open_world_tls(w, serve, &o, "127.0.0.1");
}

static void
close_world(struct world *w)
{
	rpc_free(w->rpc);
	ws_server_free(w->server);
	event_base_free(w->base);
}

/* Turn the loop until the count is reached; fail if that takes too long. */
static void
until(struct world *w, const int *count, int wanted)
{
	int64_t deadline = clock_mono_us() + (int64_t)TEST_MS * 1000;
	struct timeval tick = {0, 200000};

	while (*count < wanted) {
		assert_true(clock_mono_us() < deadline);
		event_base_loopexit(w->base, &tick);
		event_base_dispatch(w->base);
	}
}

static void
connect_world(struct world *w)
{
	w->rpc = rpc_new(w->base, &w->options, NULL);
	assert_non_null(w->rpc);
	until(w, &w->ups, 1);
}

static void
call(struct world *w, const char *method)
{
	w->in_call = true;
	rpc_call(w->rpc, method, json_array(), on_answer, w);
	w->in_call = false;
}

static void
serve_echo(struct world *w, struct ws_peer *peer, uint64_t id, const char *m)
{
	char rest[200];

	(void)w;
	if (strstr(m, "hang_up") != NULL) {
		ws_peer_close(peer);
		return;
	}
	snprintf(rest, sizeof(rest), "\"result\":\"%s\"", m);
	reply(peer, id, rest);
}

static void
a_call_is_answered(void **state)
{
	struct world w;

	(void)state;
	open_world(&w, serve_echo);
	connect_world(&w);
	assert_true(rpc_is_up(w.rpc));
	assert_string_equal(rpc_url(w.rpc), w.url);
	call(&w, "system_chain");
	assert_int_equal(w.answers, 0);
	until(&w, &w.answers, 1);
	assert_int_equal(w.outcome, RPC_OK);
	assert_string_equal(w.result, "system_chain");
	close_world(&w);
}

static void
many_calls_are_each_answered_once(void **state)
{
	struct world w;

	(void)state;
	open_world(&w, serve_echo);
	connect_world(&w);
	for (int i = 0; i < 500; i++)
		call(&w, "x");
	until(&w, &w.answers, 500);
	assert_int_equal(w.served, 500);
	close_world(&w);
}

static void
serve_refusal(struct world *w, struct ws_peer *peer, uint64_t id, const char *m)
{
	(void)w;
	(void)m;
	reply(peer, id,
	    "\"error\":{\"code\":1010,\"message\":\"Invalid Transaction\","
	    "\"data\":\"Custom error: 6\"}");
}

static void
a_refusal_has_code_and_data(void **state)
{
	struct world w;

	(void)state;
	open_world(&w, serve_refusal);
	connect_world(&w);
	call(&w, "author_submitExtrinsic");
	until(&w, &w.answers, 1);
	assert_int_equal(w.outcome, RPC_REFUSED);
	assert_int_equal(w.code, 1010);
	assert_string_equal(w.message, "Invalid Transaction");
	assert_string_equal(w.data, "Custom error: 6");
	close_world(&w);
}

enum { LARGE = 14 * 1024 * 1024 };

static void
serve_large(struct world *w, struct ws_peer *peer, uint64_t id, const char *m)
{
	size_t extra = strcmp(m, "too_large") == 0 ? 2 * 1024 * 1024 : 0;
	char *body = xmalloc(LARGE + extra + 1), *text;

	(void)w;
	memset(body, 'a', LARGE + extra);
	body[LARGE + extra] = '\0';
	text = xasprintf(
	    "{\"id\":%llu,\"result\":\"%s\"}", (unsigned long long)id, body);
	ws_peer_send_fragments(peer, text, 7);
	free(text);
	free(body);
}

static void
a_large_answer_in_fragments(void **state)
{
	struct world w;

	(void)state;
	open_world(&w, serve_large);
	connect_world(&w);
	call(&w, "state_getMetadata");
	until(&w, &w.answers, 1);
	assert_int_equal(w.outcome, RPC_OK);
	assert_int_equal(w.result_len, LARGE);
	close_world(&w);
}

static void
an_answer_beyond_the_limit_ends_the_connection(void **state)
{
	struct world w;

	(void)state;
	open_world(&w, serve_large);
	connect_world(&w);
	call(&w, "too_large");
	until(&w, &w.downs, 1);
	assert_string_equal(w.down_why, "a message is too long");
	assert_int_equal(w.answers, 1);
	assert_int_equal(w.outcome, RPC_UNKNOWN);
	close_world(&w);
}

static void
serve_early_note(
    struct world *w, struct ws_peer *peer, uint64_t id, const char *m)
{
	(void)w;
	if (strncmp(m, "unsub", 5) == 0) {
		reply(peer, id, "\"result\":true");
		return;
	}
	ws_peer_send(peer,
	    "{\"params\":{\"subscription\":\"S1\",\"result\":\"early\"}}");
	ws_peer_send(peer,
	    "{\"params\":{\"subscription\":\"S2\",\"result\":\"other\"}}");
	reply(peer, id, "\"result\":\"S1\"");
	ws_peer_send(
	    peer, "{\"params\":{\"subscription\":\"S1\",\"result\":\"late\"}}");
}

static struct rpc_sub *
subscribe(struct world *w)
{
	return rpc_subscribe(
	    w->rpc, "sub", "unsub", json_array(), on_item, on_end, w);
}

static void
a_note_before_the_reply_is_delivered(void **state)
{
	struct world w;

	(void)state;
	open_world(&w, serve_early_note);
	connect_world(&w);
	w.sub = subscribe(&w);
	until(&w, &w.items, 1);
	until(&w, &w.items, 2);
	assert_string_equal(w.result, "late");
	rpc_unsubscribe(w.sub);
	until(&w, &w.served, 2);
	assert_int_equal(w.items, 2);
	assert_int_equal(w.ends, 0);
	close_world(&w);
}

static void
nothing_comes_after_unsubscribing(void **state)
{
	struct world w;

	(void)state;
	open_world(&w, serve_early_note);
	connect_world(&w);
	rpc_unsubscribe(subscribe(&w));
	until(&w, &w.served, 2);
	call(&w, "sub");
	until(&w, &w.answers, 1);
	assert_int_equal(w.items, 0);
	assert_int_equal(w.ends, 0);
	close_world(&w);
}

static void
on_item_unsubscribe(const json_t *item, void *arg)
{
	struct world *w = arg;

	on_item(item, arg);
	rpc_unsubscribe(w->sub);
}

static void
a_note_may_end_its_subscription(void **state)
{
	struct world w;

	(void)state;
	open_world(&w, serve_early_note);
	connect_world(&w);
	w.sub = rpc_subscribe(w.rpc, "sub", "unsub", json_array(),
	    on_item_unsubscribe, on_end, &w);
	until(&w, &w.served, 2);
	assert_int_equal(w.items, 1);
	close_world(&w);
}

static void
serve_hang_up(struct world *w, struct ws_peer *peer, uint64_t id, const char *m)
{
	if (strcmp(m, "sub") == 0) {
		reply(peer, id, "\"result\":\"S1\"");
		return;
	}
	if (w->served < 3)
		ws_peer_close(peer);
	else
		serve_echo(w, peer, id, m);
}

static void
a_lost_connection_answers_unknown_and_comes_back(void **state)
{
	struct world w;

	(void)state;
	open_world(&w, serve_hang_up);
	connect_world(&w);
	w.sub = subscribe(&w);
	call(&w, "author_submitExtrinsic");
	until(&w, &w.downs, 1);
	assert_int_equal(w.answers, 1);
	assert_int_equal(w.outcome, RPC_UNKNOWN);
	assert_int_equal(w.ends, 1);
	until(&w, &w.ups, 2);
	call(&w, "again");
	until(&w, &w.answers, 2);
	assert_int_equal(w.outcome, RPC_OK);
	assert_string_equal(w.result, "again");
	close_world(&w);
}

static void
serve_nothing(struct world *w, struct ws_peer *peer, uint64_t id, const char *m)
{
	(void)w;
	(void)peer;
	(void)id;
	(void)m;
}

static void
a_call_without_an_answer_is_unknown(void **state)
{
	struct world w;

	(void)state;
	open_world(&w, serve_nothing);
	w.options.request_timeout_ms = 100;
	connect_world(&w);
	call(&w, "x");
	until(&w, &w.answers, 1);
	assert_int_equal(w.outcome, RPC_UNKNOWN);
	assert_string_equal(w.message, "no answer in time");
	assert_true(rpc_is_up(w.rpc));
	w.sub = subscribe(&w);
	until(&w, &w.ends, 1);
	assert_int_equal(w.outcome, RPC_UNKNOWN);
	close_world(&w);
}

static void
a_call_while_down_is_answered_later(void **state)
{
	struct world w;

	(void)state;
	open_world(&w, serve_echo);
	w.rpc = rpc_new(w.base, &w.options, NULL);
	call(&w, "x");
	assert_int_equal(w.answers, 0);
	until(&w, &w.answers, 1);
	assert_int_equal(w.outcome, RPC_UNKNOWN);
	assert_string_equal(w.message, "not connected");
	close_world(&w);
}

static void
no_head_gives_the_connection_up(void **state)
{
	struct world w;

	(void)state;
	open_world(&w, serve_echo);
	w.options.head_timeout_ms = 150;
	connect_world(&w);
	until(&w, &w.downs, 1);
	assert_string_equal(w.down_why, "no head for too long");
	until(&w, &w.ups, 2);
	close_world(&w);
}

static void
serve_stall(struct world *w, struct ws_peer *peer, uint64_t id, const char *m)
{
	serve_echo(w, peer, id, m);
	ws_peer_stall(peer);
}

static void
a_stalled_node_misses_its_ping(void **state)
{
	struct world w;

	(void)state;
	open_world(&w, serve_stall);
	w.options.ping_interval_ms = 100;
	connect_world(&w);
	call(&w, "x");
	until(&w, &w.downs, 1);
	assert_string_equal(w.down_why, "no answer to a ping");
	close_world(&w);
}

static void
pings_keep_an_idle_connection(void **state)
{
	struct world w;
	int never = 0;
	struct timeval tv = {0, 500000};

	(void)state;
	open_world(&w, serve_echo);
	w.options.ping_interval_ms = 50;
	connect_world(&w);
	event_base_loopexit(w.base, &tv);
	event_base_dispatch(w.base);
	assert_int_equal(w.downs, never);
	assert_true(rpc_is_up(w.rpc));
	close_world(&w);
}

static void
a_program_may_give_a_node_up(void **state)
{
	struct world w;

	(void)state;
	open_world(&w, serve_echo);
	connect_world(&w);
	rpc_drop(w.rpc, "another chain");
	assert_int_equal(w.downs, 0);
	until(&w, &w.downs, 1);
	assert_string_equal(w.down_why, "another chain");
	until(&w, &w.ups, 2);
	close_world(&w);
}

static void
serve_garbage(struct world *w, struct ws_peer *peer, uint64_t id, const char *m)
{
	(void)w;
	(void)id;
	(void)m;
	ws_peer_send(peer, "{\"id\":");
}

static void
what_is_not_json_ends_the_connection(void **state)
{
	struct world w;

	(void)state;
	open_world(&w, serve_garbage);
	connect_world(&w);
	call(&w, "x");
	until(&w, &w.downs, 1);
	assert_string_equal(w.down_why, "the node sent what is not JSON-RPC");
	assert_int_equal(w.outcome, RPC_UNKNOWN);
	close_world(&w);
}

static void
serve_masked(struct world *w, struct ws_peer *peer, uint64_t id, const char *m)
{
	(void)w;
	(void)id;
	(void)m;
	ws_peer_send_raw(peer, "\x81\x82\x01\x02\x03\x04xy", 8);
}

static void
a_broken_frame_ends_the_connection(void **state)
{
	struct world w;

	(void)state;
	open_world(&w, serve_masked);
	connect_world(&w);
	call(&w, "x");
	until(&w, &w.downs, 1);
	assert_string_equal(
	    w.down_why, "the node broke the WebSocket protocol");
	close_world(&w);
}

static void
a_refused_handshake_says_the_status(void **state)
{
	struct ws_server_options o = {
	    .handshake = "HTTP/1.1 429 Too Many Requests\r\n\r\n"};
	struct world w;

	(void)state;
	open_world_tls(&w, serve_echo, &o, "127.0.0.1");
	w.rpc = rpc_new(w.base, &w.options, NULL);
	until(&w, &w.downs, 1);
	assert_string_equal(w.down_why, "the node answered HTTP 429");
	assert_int_equal(w.ups, 0);
	close_world(&w);
}

/* It is left alone for as long as it asks, and comes back. */
static void
a_limited_handshake_waits_and_comes_back(void **state)
{
	struct ws_server_options o = {.handshake =
					  "HTTP/1.1 429 Too Many Requests\r\n"
					  "Retry-After: 1\r\n\r\n"};
	struct world w;
	int64_t begun;

	(void)state;
	open_world_tls(&w, serve_echo, &o, "127.0.0.1");
	begun = clock_mono_us();
	w.rpc = rpc_new(w.base, &w.options, NULL);
	until(&w, &w.downs, 1);
	assert_int_equal(rpc_stats(w.rpc)->limited, 1);
	ws_server_set_handshake(w.server, NULL);
	until(&w, &w.ups, 1);
	/* The loop's clock is behind ours by up to a tick. */
	assert_true(clock_mono_us() - begun >= 1000000 - 10000);
	assert_int_equal(ws_server_accepted(w.server), 2);
	close_world(&w);
}

static void
serve_limit(struct world *w, struct ws_peer *peer, uint64_t id, const char *m)
{
	if (w->served % 2 == 1)
		reply(peer, id,
		    "\"error\":{\"code\":-32029,"
		    "\"message\":\"Too many requests\"}");
	else
		serve_echo(w, peer, id, m);
}

/* A call that was not carried out is asked again, and answered once. */
static void
a_limited_call_is_asked_again(void **state)
{
	struct world w;

	(void)state;
	open_world(&w, serve_limit);
	connect_world(&w);
	call(&w, "x");
	until(&w, &w.answers, 1);
	assert_int_equal(w.outcome, RPC_OK);
	assert_string_equal(w.result, "x");
	assert_int_equal(w.served, 2);
	assert_int_equal(rpc_stats(w.rpc)->limited, 1);
	assert_int_equal(rpc_stats(w.rpc)->answered, 1);
	close_world(&w);
}

static void
serve_only_limits(
    struct world *w, struct ws_peer *peer, uint64_t id, const char *m)
{
	(void)w;
	(void)m;
	reply(peer, id,
	    "\"error\":{\"code\":-32999,\"message\":\"RPC rate limit\"}");
}

static void
limits_without_end_use_a_calls_time_up(void **state)
{
	struct world w;

	(void)state;
	open_world(&w, serve_only_limits);
	w.options.request_timeout_ms = 1500;
	connect_world(&w);
	call(&w, "x");
	w.sub = subscribe(&w);
	until(&w, &w.answers, 1);
	assert_int_equal(w.outcome, RPC_UNKNOWN);
	assert_string_equal(w.message, "the node said it was asked too much");
	until(&w, &w.ends, 1);
	assert_int_equal(w.outcome, RPC_UNKNOWN);
	assert_int_equal(w.answers, 1);
	assert_true(rpc_is_up(w.rpc));
	close_world(&w);
}

/* Its first request is refused once the second has come. */
static void
serve_limit_late(
    struct world *w, struct ws_peer *peer, uint64_t id, const char *m)
{
	(void)m;
	if (w->served == 2)
		reply(peer, id - 1,
		    "\"error\":{\"code\":-32029,\"message\":\"\"}");
}

static void
on_first_answer(const struct rpc_answer *a, void *arg)
{
	struct world *w = arg;

	assert_int_equal(w->answers, 0);
	on_answer(a, arg);
}

/* Sent again after a younger one, it is still due before that. */
static void
a_call_that_is_asked_again_keeps_its_time(void **state)
{
	struct timeval later = {0, 400000};
	struct world w;

	(void)state;
	open_world(&w, serve_limit_late);
	w.options.request_timeout_ms = 2500;
	connect_world(&w);
	rpc_call(w.rpc, "old", json_array(), on_first_answer, &w);
	until(&w, &w.served, 1);
	event_base_loopexit(w.base, &later);
	event_base_dispatch(w.base);
	call(&w, "young");
	until(&w, &w.answers, 1);
	assert_int_equal(w.served, 3);
	assert_string_equal(w.message, "no answer in time");
	until(&w, &w.answers, 2);
	assert_int_equal(w.outcome, RPC_UNKNOWN);
	close_world(&w);
}

static void
serve_many_early(
    struct world *w, struct ws_peer *peer, uint64_t id, const char *m)
{
	char *body = xmalloc(300001), *text;

	(void)w;
	(void)m;
	memset(body, 'a', 300000);
	body[300000] = '\0';
	text = xasprintf("{\"params\":{\"subscription\":\"S1\","
			 "\"result\":\"%s\"}}",
	    body);
	for (int i = 0; i < 20; i++)
		ws_peer_send(peer, text);
	reply(peer, id, "\"result\":\"S1\"");
	ws_peer_send(
	    peer, "{\"params\":{\"subscription\":\"S1\",\"result\":\"\"}}");
	free(text);
	free(body);
}

/* A node cannot fill our memory with what it says before it is asked. */
static void
early_notes_are_bounded(void **state)
{
	struct world w;

	(void)state;
	open_world(&w, serve_many_early);
	connect_world(&w);
	w.sub = subscribe(&w);
	do
		until(&w, &w.items, w.items + 1);
	while (w.result[0] != '\0');
	assert_int_equal(w.items, 3 + 1);
	close_world(&w);
}

/* -- by HTTP POST ---------------------------------------------------------- */

static void
post_world(struct world *w, const char *scheme)
{
	open_world(w, serve_echo);
	snprintf(w->url, sizeof(w->url), "%s://127.0.0.1:%u", scheme,
	    ws_server_port(w->server));
}

static void
an_http_url_is_asked_by_post(void **state)
{
	struct world w;

	(void)state;
	post_world(&w, "http");
	connect_world(&w);
	assert_true(rpc_is_up(w.rpc));
	assert_false(rpc_can_subscribe(w.rpc));
	for (int i = 0; i < 20; i++)
		call(&w, "x");
	until(&w, &w.answers, 20);
	assert_int_equal(w.outcome, RPC_OK);
	assert_string_equal(w.result, "x");
	w.sub = subscribe(&w);
	assert_int_equal(w.ends, 0);
	until(&w, &w.ends, 1);
	assert_int_equal(w.outcome, RPC_REFUSED);
	assert_int_equal(w.items, 0);
	close_world(&w);
}

static void
a_node_without_sockets_is_asked_by_post(void **state)
{
	struct world w;

	(void)state;
	post_world(&w, "ws");
	ws_server_set_handshake(
	    w.server, "HTTP/1.1 405 Method Not Allowed\r\n\r\n");
	connect_world(&w);
	assert_int_equal(w.downs, 1);
	assert_false(rpc_can_subscribe(w.rpc));
	call(&w, "x");
	until(&w, &w.answers, 1);
	assert_int_equal(w.outcome, RPC_OK);
	ws_server_set_handshake(w.server, NULL);
	rpc_drop(w.rpc, "enough");
	until(&w, &w.ups, 2);
	assert_true(rpc_can_subscribe(w.rpc));
	close_world(&w);
}

#define NOTHING "Content-Length: 0\r\n\r\n"

static void
a_limited_post_is_asked_again(void **state)
{
	static const char *const refusals[] = {
	    "HTTP/1.1 429 Too Many Requests\r\n" NOTHING,
	    "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 0\r\n" NOTHING,
	    "HTTP/1.1 503 Unavailable\r\nRetry-After: 1\r\n" NOTHING};
	struct world w;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		post_world(&w, "http");
		connect_world(&w);
		ws_server_refuse_posts(w.server, refusals[i], 1);
		call(&w, "x");
		until(&w, &w.answers, 1);
		assert_int_equal(w.outcome, RPC_OK);
		assert_int_equal(rpc_stats(w.rpc)->limited, 1);
		assert_int_equal(w.downs, 0);
		close_world(&w);
	}
}

/* It may have been carried out: nobody says that it was not. */
static void
a_post_to_a_gateway_that_is_busy_is_unknown(void **state)
{
	struct world w;

	(void)state;
	post_world(&w, "http");
	connect_world(&w);
	ws_server_refuse_posts(
	    w.server, "HTTP/1.1 503 Unavailable\r\n" NOTHING, 1);
	w.served = 0;
	call(&w, "author_submitExtrinsic");
	until(&w, &w.answers, 1);
	assert_int_equal(w.outcome, RPC_UNKNOWN);
	assert_int_equal(w.served, 0);
	assert_int_equal(rpc_stats(w.rpc)->limited, 1);
	close_world(&w);
}

/* On a connection that was kept it would be sent again when that breaks. */
static void
a_post_that_does_something_is_made_once(void **state)
{
	struct world w;

	(void)state;
	post_world(&w, "http");
	connect_world(&w);
	for (int i = 1; i <= 3; i++) {
		call(&w, "x");
		until(&w, &w.answers, i);
	}
	w.served = 0;
	call(&w, "author_hang_up");
	until(&w, &w.answers, 4);
	assert_int_equal(w.outcome, RPC_UNKNOWN);
	assert_int_equal(w.served, 1);
	close_world(&w);
}

static void
what_answers_a_post_must_speak_json_rpc(void **state)
{
	struct world w;

	(void)state;
	post_world(&w, "http");
	ws_server_refuse_posts(
	    w.server, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 1);
	w.rpc = rpc_new(w.base, &w.options, NULL);
	until(&w, &w.downs, 1);
	assert_string_equal(w.down_why, "the node speaks no JSON-RPC");
	assert_int_equal(w.ups, 0);
	until(&w, &w.ups, 1);
	close_world(&w);
}

static void
a_post_to_nobody_is_lost(void **state)
{
	struct world w;

	(void)state;
	post_world(&w, "http");
	connect_world(&w);
	call(&w, "hang_up");
	until(&w, &w.downs, 1);
	assert_int_equal(w.answers, 1);
	assert_int_equal(w.outcome, RPC_UNKNOWN);
	until(&w, &w.ups, 2);
	close_world(&w);
}

static void
requests_are_spaced_out(void **state)
{
	struct world w;
	int64_t begun;

	(void)state;
	open_world(&w, serve_echo);
	w.options.requests_per_s = 20;
	w.options.burst = 2;
	connect_world(&w);
	begun = clock_mono_us();
	for (int i = 0; i < 6; i++)
		call(&w, "x");
	until(&w, &w.answers, 6);
	assert_true(clock_mono_us() - begun >= 4 * 50 * 1000 - 5000);
	close_world(&w);
}

static void
on_answer_free(const struct rpc_answer *a, void *arg)
{
	struct world *w = arg;

	on_answer(a, arg);
	rpc_free(w->rpc);
	w->rpc = NULL;
}

static void
the_client_may_be_freed_in_a_callback(void **state)
{
	struct world w;

	(void)state;
	open_world(&w, serve_echo);
	connect_world(&w);
	rpc_call(w.rpc, "x", json_array(), on_answer_free, &w);
	call(&w, "y");
	until(&w, &w.answers, 1);
	close_world(&w);

	open_world(&w, serve_hang_up);
	connect_world(&w);
	rpc_call(w.rpc, "x", json_array(), on_answer_free, &w);
	call(&w, "y");
	until(&w, &w.answers, 1);
	assert_int_equal(w.answers, 1);
	close_world(&w);
}

static void
bad_urls_are_refused_at_once(void **state)
{
	struct event_base *base = event_base_new();
	struct rpc_options o = {.url = "finney"};
	struct err err;

	(void)state;
	assert_null(rpc_new(base, &o, &err));
	assert_string_equal(err.text,
	    "\"finney\" is not a ws://, wss://, http:// or https:// URL");
	event_base_free(base);
}

static void
try_tls(const char *scheme, const char *cert_name, bool trusted, bool good)
{
	char pem[] = "/tmp/subnetd-cert-XXXXXX";
	struct ws_server_options o = {0};
	struct world w;

	close(mkstemp(pem));
	o.tls = tls_cert_make(cert_name, pem);
	setenv("SSL_CERT_FILE", trusted ? pem : "/dev/null", 1);
	setenv("SSL_CERT_DIR", "/nonexistent", 1);
	open_world_tls(&w, serve_echo, &o, "localhost");
	snprintf(w.url, sizeof(w.url), "%s://localhost:%u", scheme,
	    ws_server_port(w.server));
	if (good) {
		connect_world(&w);
		call(&w, "x");
		until(&w, &w.answers, 1);
		assert_int_equal(w.outcome, RPC_OK);
		assert_string_equal(ws_server_sni(w.server), "localhost");
	} else {
		w.rpc = rpc_new(w.base, &w.options, NULL);
		until(&w, &w.downs, 1);
		assert_int_equal(w.ups, 0);
		assert_int_equal(strncasecmp(w.down_why, "TLS: ", 5), 0);
	}
	close_world(&w);
	SSL_CTX_free(o.tls);
	unlink(pem);
}

static void
tls_is_verified_and_names_the_host(void **state)
{
	(void)state;
	try_tls("wss", "localhost", true, true);
	try_tls("https", "localhost", true, true);
}

static void
a_certificate_of_another_name_is_refused(void **state)
{
	(void)state;
	try_tls("wss", "elsewhere.example", true, false);
	try_tls("https", "elsewhere.example", true, false);
}

static void
a_certificate_nobody_trusts_is_refused(void **state)
{
	(void)state;
	try_tls("wss", "localhost", false, false);
	try_tls("https", "localhost", false, false);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_call_is_answered),
	    cmocka_unit_test(many_calls_are_each_answered_once),
	    cmocka_unit_test(a_refusal_has_code_and_data),
	    cmocka_unit_test(a_large_answer_in_fragments),
	    cmocka_unit_test(an_answer_beyond_the_limit_ends_the_connection),
	    cmocka_unit_test(a_note_before_the_reply_is_delivered),
	    cmocka_unit_test(nothing_comes_after_unsubscribing),
	    cmocka_unit_test(a_note_may_end_its_subscription),
	    cmocka_unit_test(a_lost_connection_answers_unknown_and_comes_back),
	    cmocka_unit_test(a_call_without_an_answer_is_unknown),
	    cmocka_unit_test(a_call_while_down_is_answered_later),
	    cmocka_unit_test(no_head_gives_the_connection_up),
	    cmocka_unit_test(a_stalled_node_misses_its_ping),
	    cmocka_unit_test(pings_keep_an_idle_connection),
	    cmocka_unit_test(a_program_may_give_a_node_up),
	    cmocka_unit_test(what_is_not_json_ends_the_connection),
	    cmocka_unit_test(a_broken_frame_ends_the_connection),
	    cmocka_unit_test(a_refused_handshake_says_the_status),
	    cmocka_unit_test(a_limited_handshake_waits_and_comes_back),
	    cmocka_unit_test(a_limited_call_is_asked_again),
	    cmocka_unit_test(limits_without_end_use_a_calls_time_up),
	    cmocka_unit_test(a_call_that_is_asked_again_keeps_its_time),
	    cmocka_unit_test(early_notes_are_bounded),
	    cmocka_unit_test(an_http_url_is_asked_by_post),
	    cmocka_unit_test(a_node_without_sockets_is_asked_by_post),
	    cmocka_unit_test(a_limited_post_is_asked_again),
	    cmocka_unit_test(a_post_to_a_gateway_that_is_busy_is_unknown),
	    cmocka_unit_test(a_post_that_does_something_is_made_once),
	    cmocka_unit_test(what_answers_a_post_must_speak_json_rpc),
	    cmocka_unit_test(a_post_to_nobody_is_lost),
	    cmocka_unit_test(requests_are_spaced_out),
	    cmocka_unit_test(the_client_may_be_freed_in_a_callback),
	    cmocka_unit_test(bad_urls_are_refused_at_once),
	    cmocka_unit_test(tls_is_verified_and_names_the_host),
	    cmocka_unit_test(a_certificate_of_another_name_is_refused),
	    cmocka_unit_test(a_certificate_nobody_trusts_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

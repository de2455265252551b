/*
 * Posts and their answers.
 *
 * A struct is `busy` while it calls out; freeing it then only marks it, and
 * the outermost frame of ours takes it down.
 */
#include "subtensor/rpc_http.h"

#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "common/clock.h"
#include "common/http_client.h"
#include "common/retry_after.h"
#include "common/xalloc.h"
#include "subtensor/rpc_message.h"
#include "subtensor/ws_client.h"
#include "subtensor/ws_url.h"

enum { AT_ONCE = 4, STATUS_OK = 200, STATUS_MANY = 429, STATUS_BUSY = 503 };

static const char health[] =
    "{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"system_health\",\"params\":[]}";

struct post {
	LIST_ENTRY(post) link;
	struct rpc_http *http;
	uint64_t id; /* 0: the first, for health */
	struct http_call *call;
};

struct rpc_http {
	struct http_client *client;
	char *url;
	size_t max_message;
	int timeout_ms;
	struct rpc_http_events events;
	LIST_HEAD(, post) posts;
	bool is_open, is_closed, doomed;
	int busy;
};

static void
post_free(struct post *p)
{
	LIST_REMOVE(p, link);
	free(p);
}

static void
destroy(struct rpc_http *h)
{
	http_client_free(h->client);
	while (!LIST_EMPTY(&h->posts))
		post_free(LIST_FIRST(&h->posts));
	free(h->url);
	free(h);
}

void
rpc_http_free(struct rpc_http *h)
{
	if (h == NULL)
		return;
	h->doomed = true;
	if (h->busy == 0)
		destroy(h);
}

static void
closed(struct rpc_http *h, const struct http_answer *a)
{
	char why[256];
	const struct ws_end end = {
	    .why = why, .status = a->status, .retry_after = a->retry_after};

	if (a->status == STATUS_OK)
		snprintf(why, sizeof(why), "the node speaks no JSON-RPC");
	else if (a->status != 0)
		snprintf(
		    why, sizeof(why), "the node answered HTTP %d", a->status);
	else
		snprintf(why, sizeof(why), "%s: %s", a->why, a->detail);
	h->is_closed = true;
	h->events.on_close(&end, h->events.arg);
}

/* "Busy" from something between us and the node may come after the node was
 * asked; only who says when to come back has not asked it. */
static bool
is_limit(const struct http_answer *a, int64_t asked_ms)
{
	return a->status == STATUS_MANY ||
	       (a->status == STATUS_BUSY && asked_ms >= 0);
}

/* Anything may answer a POST. */
static bool
is_json_rpc(const struct http_answer *a)
{
	struct rpc_message m;

	if (rpc_message_parse(a->body, a->len, &m, NULL) != 0)
		return false;
	rpc_message_clear(&m);
	return true;
}

static void
take(struct rpc_http *h, uint64_t id, const struct http_answer *a)
{
	int64_t asked_ms = retry_after_ms(a->retry_after, clock_wall_ms());

	if (is_limit(a, asked_ms) && h->is_open)
		h->events.on_limited(id, asked_ms, h->events.arg);
	else if (a->status != STATUS_OK || (id == 0 && !is_json_rpc(a)))
		closed(h, a);
	else if (id != 0)
		h->events.on_text(a->body, a->len, h->events.arg);
	else {
		h->is_open = true;
		h->events.on_open(h->events.arg);
	}
}

static void
on_done(const struct http_answer *a, void *arg)
{
	struct post *p = arg;
	struct rpc_http *h = p->http;
	uint64_t id = p->id;

	post_free(p);
	if (h->doomed || h->is_closed)
		return;
	h->busy++;
	take(h, id, a);
	if (--h->busy == 0 && h->doomed)
		destroy(h);
}

void
rpc_http_send(
    struct rpc_http *h, uint64_t id, const char *text, size_t len, bool is_once)
{
	static const char *const headers[] = {
	    "Content-Type: application/json", NULL};
	const struct http_call_options options = {
	    .method = "POST",
	    .url = h->url,
	    .headers = headers,
	    .body = text,
	    .body_len = len,
	    .timeout_ms = h->timeout_ms,
	    .max_answer = h->max_message,
	    .is_once = is_once,
	};
	struct post *p = xcalloc(1, sizeof(*p));

	p->http = h;
	p->id = id;
	LIST_INSERT_HEAD(&h->posts, p, link);
	p->call = http_call_start(h->client, &options, on_done, p);
}

struct rpc_http *
rpc_http_new(struct event_base *base, const struct ws_url *url,
    size_t max_message, int timeout_ms, const struct rpc_http_events *events)
{
	const struct http_client_options options = {
	    .allow_private = true, /* one's own node is near */
	    .max_connections = AT_ONCE,
	    .max_host_connections = AT_ONCE,
	    /* As for WebSockets, which OpenSSL sees to. */
	    .ca_file = getenv(X509_get_default_cert_file_env()),
	};
	struct rpc_http *h = xcalloc(1, sizeof(*h));

	h->client = http_client_new(base, &options);
	h->url = ws_url_post(url);
	h->max_message = max_message;
	h->timeout_ms = timeout_ms;
	h->events = *events;
	rpc_http_send(h, 0, health, strlen(health), false);
	return h;
}

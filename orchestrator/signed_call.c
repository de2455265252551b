/* A request to a miner with Epistula's headers. */
#include "orchestrator/signed_call.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/signer_client.h"
#include "common/uuid.h"
#include "common/xalloc.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/trace.h"
#include "subtensor/epistula.h"

enum { MAX_ANSWER = 65536, N_HEADERS = 8, MAX_HEADER = 256 };

struct signed_call {
	LIST_ENTRY(signed_call) link;
	struct orchestrator *o;
	struct signed_call_request r;
	char signed_for[64];
	char uuid[UUID_TEXT];
	int64_t timestamp_ms;
	char trace[TRACE_TEXT];
	char headers[N_HEADERS][MAX_HEADER];
};

void
signed_call_free(struct signed_call *c)
{
	LIST_REMOVE(c, link);
	free(c->r.url);
	free(c->r.body);
	free(c);
}

void
signed_calls_drop(struct orchestrator *o)
{
	while (!LIST_EMPTY(&o->calls)) {
		struct signed_call *c = LIST_FIRST(&o->calls);

		c->r.on_drop(c->r.arg);
		signed_call_free(c);
	}
}

static void
fill_headers(struct signed_call *c, const char *signature)
{
	char(*h)[MAX_HEADER] = c->headers;

	snprintf(h[0], MAX_HEADER, "Content-Type: application/json");
	snprintf(h[1], MAX_HEADER, "Authorization: Epistula %s", signature);
	snprintf(h[2], MAX_HEADER, "Epistula-Signature: %s", signature);
	snprintf(h[3], MAX_HEADER, "Epistula-Timestamp: %lld",
	    (long long)c->timestamp_ms);
	snprintf(h[4], MAX_HEADER, "Epistula-UUID: %s", c->uuid);
	snprintf(h[5], MAX_HEADER, "Epistula-Signed-By: %s",
	    signer_client_hotkey(c->o->signer));
	snprintf(h[6], MAX_HEADER, "Epistula-Signed-For: %s", c->signed_for);
	if (c->trace[0] != '\0')
		snprintf(h[7], MAX_HEADER, "traceparent: %s", c->trace);
}

static void
on_signature(const char *signature, const struct err *err, void *arg)
{
	struct signed_call *c = arg;

	if (signature == NULL) {
		c->r.on_signed(c, err, c->r.arg);
		signed_call_free(c);
		return;
	}
	fill_headers(c, signature);
	c->r.on_signed(c, NULL, c->r.arg);
}

void
signed_call_new(struct orchestrator *o, const struct signed_call_request *r)
{
	struct signed_call *c = xcalloc(1, sizeof(*c));
	char message[EPISTULA_MAX_MESSAGE];

	c->o = o;
	LIST_INSERT_HEAD(&o->calls, c, link);
	c->r = *r;
	snprintf(c->signed_for, sizeof(c->signed_for), "%s", r->signed_for);
	snprintf(c->trace, sizeof(c->trace), "%s",
	    r->traceparent != NULL ? r->traceparent : "");
	uuid_new(c->uuid);
	c->timestamp_ms = clock_wall_ms();
	epistula_message(r->body, strlen(r->body), c->uuid, c->timestamp_ms,
	    c->signed_for, message);
	signer_sign_epistula(o->signer, message, on_signature, c);
}

bool
signed_call_is_stale(const struct signed_call *c)
{
	return clock_wall_ms() - c->timestamp_ms > EPISTULA_WINDOW_MS / 2;
}

static void
on_done(const struct http_answer *answer, void *arg)
{
	struct signed_call *c = arg;

	c->r.on_answer(answer, c->r.arg);
	signed_call_free(c);
}

void
signed_call_send(struct signed_call *c)
{
	const char *headers[N_HEADERS + 1];
	struct http_call_options options = {
	    .method = c->r.method,
	    .url = c->r.url,
	    .headers = headers,
	    .body = c->r.body,
	    .body_len = strlen(c->r.body),
	    .timeout_ms = c->r.timeout_ms,
	    .max_answer = MAX_ANSWER,
	};

	for (int i = 0; i < N_HEADERS; i++)
		headers[i] = c->headers[i];
	headers[c->trace[0] != '\0' ? N_HEADERS : N_HEADERS - 1] = NULL;
	http_call_start(c->o->client, &options, on_done, c);
}

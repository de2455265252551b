/* A signed request to a miner. */
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

enum { MAX_ANSWER = 65536, N_EPISTULA = 7 };

/*
 * Who counts nonces at an axon: one uuid, whose nonces must come to the axon
 * in their order. So each calls one axon at a time, and there are as many as
 * ever called at once.
 */
struct dendrite {
	LIST_ENTRY(dendrite) link;
	char uuid[UUID_TEXT];
};

struct signed_call {
	LIST_ENTRY(signed_call) link;
	struct orchestrator *o;
	struct signed_call_request r;
	char signed_for[64];
	char uuid[UUID_TEXT];
	int64_t timestamp_ms;
	char trace[TRACE_TEXT];
	struct dendrite *dendrite; /* of a synapse */
	int64_t nonce_ns;
	char **headers; /* once it is signed */
};

void
signed_call_free(struct signed_call *c)
{
	LIST_REMOVE(c, link);
	if (c->dendrite != NULL)
		LIST_INSERT_HEAD(&c->o->dendrites, c->dendrite, link);
	synapse_free(c->headers);
	json_decref(c->r.fields);
	free(c->r.url);
	free(c->r.body);
	free(c);
}

void
signed_calls_drop(struct orchestrator *o)
{
	struct dendrite *d;

	while (!LIST_EMPTY(&o->calls)) {
		struct signed_call *c = LIST_FIRST(&o->calls);

		c->r.on_drop(c->r.arg);
		signed_call_free(c);
	}
	while ((d = LIST_FIRST(&o->dendrites)) != NULL) {
		LIST_REMOVE(d, link);
		free(d);
	}
}

/* -- Epistula -------------------------------------------------------------- */

static char **
epistula_headers(const struct signed_call *c, const char *signature)
{
	char **h = xcalloc(N_EPISTULA + 1, sizeof(*h));

	h[0] = xstrdup("Content-Type: application/json");
	h[1] = xasprintf("Authorization: Epistula %s", signature);
	h[2] = xasprintf("Epistula-Signature: %s", signature);
	h[3] =
	    xasprintf("Epistula-Timestamp: %lld", (long long)c->timestamp_ms);
	h[4] = xasprintf("Epistula-UUID: %s", c->uuid);
	h[5] = xasprintf(
	    "Epistula-Signed-By: %s", signer_client_hotkey(c->o->signer));
	h[6] = xasprintf("Epistula-Signed-For: %s", c->signed_for);
	return h;
}

/* -- whose work it belongs to ---------------------------------------------- */

/* The list with one more, if there is one. */
static char **
add_trace(char **headers, const char *trace)
{
	size_t n = 0;

	if (trace[0] == '\0')
		return headers;
	while (headers[n] != NULL)
		n++;
	headers = xrealloc(headers, n + 2, sizeof(*headers));
	headers[n] = xasprintf("traceparent: %s", trace);
	headers[n + 1] = NULL;
	return headers;
}

/* -- a synapse ------------------------------------------------------------- */

static struct dendrite *
take_dendrite(struct orchestrator *o)
{
	struct dendrite *d = LIST_FIRST(&o->dendrites);

	if (d != NULL) {
		LIST_REMOVE(d, link);
		return d;
	}
	d = xcalloc(1, sizeof(*d));
	uuid_new(d->uuid);
	return d;
}

static int64_t
next_nonce(struct orchestrator *o)
{
	int64_t now_ns = clock_wall_us() * 1000;

	o->nonce_ns = now_ns > o->nonce_ns ? now_ns : o->nonce_ns + 1;
	return o->nonce_ns;
}

/* "scheme://host:port/Name": where the axon is, and the synapse's name. The
 * caller frees the host. */
static char *
split_url(const char *url, int *port, const char **name)
{
	const char *host = strstr(url, "://"), *slash, *colon;

	host = host != NULL ? host + 3 : url;
	slash = host + strcspn(host, "/");
	colon = memrchr(host, ':', slash - host);
	if (colon == NULL)
		colon = slash;
	*port = atoi(colon < slash ? colon + 1 : "");
	*name = *slash == '/' ? slash + 1 : slash;
	if (host[0] == '[' && colon > host + 1)
		return xstrndup(host + 1, colon - host - 2);
	return xstrndup(host, colon - host);
}

/* Whom answers go to, if that is an address: of a name we know none, and an
 * axon sees where a request comes from. */
static char *
own_ip(const struct orchestrator *o)
{
	const char *name;
	int port;
	char *host = split_url(o->public_url, &port, &name);

	if (host[strspn(host, "0123456789.")] == '\0' && host[0] != '\0')
		return host;
	free(host);
	return xstrdup("0.0.0.0");
}

/* What is signed, or what is sent if there is a signature. */
static char **
synapse_made(const struct signed_call *c, const char *signature, char *message)
{
	struct synapse_headers h = {
	    .timeout_s = (c->r.timeout_ms + 999) / 1000,
	    .axon_hotkey = c->signed_for,
	    .dendrite_hotkey = signer_client_hotkey(c->o->signer),
	    .uuid = c->dendrite->uuid,
	    .nonce_ns = c->nonce_ns,
	    .body_hash = c->r.body_hash,
	    .signature = signature,
	    .fields = c->r.fields,
	    .body_len = strlen(c->r.body),
	};
	char *axon = split_url(c->r.url, &h.axon_port, &h.name);
	char *own = own_ip(c->o), **headers = NULL;

	h.axon_ip = axon;
	h.dendrite_ip = own;
	if (signature != NULL)
		headers = synapse_headers(&h);
	else
		synapse_message(&h, message);
	free(axon);
	free(own);
	return headers;
}

/* -- signing --------------------------------------------------------------- */

static void
on_signature(const char *signature, const struct err *err, void *arg)
{
	struct signed_call *c = arg;

	if (signature == NULL) {
		c->r.on_signed(c, err, c->r.arg);
		signed_call_free(c);
		return;
	}
	c->headers =
	    add_trace(c->dendrite != NULL ? synapse_made(c, signature, NULL)
					  : epistula_headers(c, signature),
		c->trace);
	c->r.on_signed(c, NULL, c->r.arg);
}

void
signed_call_new(struct orchestrator *o, const struct signed_call_request *r)
{
	struct signed_call *c = xcalloc(1, sizeof(*c));
	char message[SYNAPSE_MAX_MESSAGE];

	c->o = o;
	LIST_INSERT_HEAD(&o->calls, c, link);
	c->r = *r;
	snprintf(c->signed_for, sizeof(c->signed_for), "%s", r->signed_for);
	snprintf(c->trace, sizeof(c->trace), "%s",
	    r->traceparent != NULL ? r->traceparent : "");
	c->timestamp_ms = clock_wall_ms();
	if (c->r.fields != NULL) {
		c->dendrite = take_dendrite(o);
		c->nonce_ns = next_nonce(o);
		synapse_made(c, NULL, message);
		signer_sign_dendrite(o->signer, message, on_signature, c);
		return;
	}
	uuid_new(c->uuid);
	epistula_message(r->body, strlen(r->body), c->uuid, c->timestamp_ms,
	    c->signed_for, message);
	signer_sign_epistula(o->signer, message, on_signature, c);
}

bool
signed_call_is_stale(const struct signed_call *c)
{
	return clock_wall_ms() - c->timestamp_ms > EPISTULA_WINDOW_MS / 2;
}

/* -- sending --------------------------------------------------------------- */

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
	struct http_call_options options = {
	    .method = c->r.method,
	    .url = c->r.url,
	    .headers = (const char *const *)c->headers,
	    .body = c->r.body,
	    .body_len = strlen(c->r.body),
	    .timeout_ms = c->r.timeout_ms,
	    .max_answer = c->r.max_answer > 0 ? c->r.max_answer : MAX_ANSWER,
	    /* An axon refuses a nonce that it has seen. */
	    .is_once = c->dendrite != NULL,
	};

	http_call_start(
	    c->dendrite != NULL || c->r.is_plain ? c->o->axons : c->o->client,
	    &options, on_done, c);
}

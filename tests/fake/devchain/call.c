/* JSON-RPC 2.0: requests, batches, errors, parameters. */
#include "tests/fake/devchain/call.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/err.h"
#include "common/hex.h"
#include "common/xalloc.h"
#include "tests/fake/devchain/block.h"
#include "tests/fake/devchain/chain.h"
#include "tests/fake/devchain/endpoint.h"
#include "tests/fake/devchain/node.h"
#include "tests/fake/devchain/subs.h"

enum { MAX_BATCH = 64 };

struct call_after {
	struct {
		char sub[SUB_ID]; /* "": none */
		bool announces;
		uint8_t hash[32];
	} list[MAX_BATCH];
	size_t n;
};

json_t *
call_fail(struct call *c, int code, const char *data, const char *fmt, ...)
{
	va_list ap;

	c->code = code;
	snprintf(c->data, sizeof(c->data), "%s", data != NULL ? data : "");
	va_start(ap, fmt);
	vsnprintf(c->message, sizeof(c->message), fmt, ap);
	va_end(ap);
	return NULL;
}

json_t *
call_bad(struct call *c, const struct err *err)
{
	return call_fail(c, RPC_BAD_PARAMS, NULL, "%s", err->text);
}

json_int_t
call_count(const struct call *c, size_t i, json_int_t missing)
{
	const json_t *p = call_param(c, i);

	return json_is_integer(p) ? json_integer_value(p) : missing;
}

const json_t *
call_param(const struct call *c, size_t i)
{
	const json_t *p = json_array_get(c->params, i);

	return json_is_null(p) ? NULL : p;
}

const char *
call_text(const struct call *c, size_t i)
{
	return json_string_value(call_param(c, i));
}

int
call_bytes(struct call *c, size_t i, size_t max, struct buf *out)
{
	const char *text = call_text(c, i);
	size_t len = text != NULL ? strlen(text) / 2 : 0;
	long got = -1;

	if (text != NULL && len <= max)
		got = hex_decode(text, buf_reserve(out, len + 1), len + 1);
	if (got < 0) {
		call_fail(c, RPC_BAD_PARAMS, NULL,
		    "Invalid params: parameter %zu is not hex of a fit length",
		    i);
		return -1;
	}
	out->len += got;
	return 0;
}

struct block *
call_block(struct call *c, size_t i)
{
	const char *text = call_text(c, i);
	uint8_t hash[32];
	struct block *b;

	if (call_param(c, i) == NULL)
		return (struct block *)endpoint_best(
		    c->client->endpoint, c->node->chain);
	if (text == NULL || hex_decode_exact(text, hash, 32) != 0) {
		call_fail(c, RPC_BAD_PARAMS, NULL,
		    "Invalid params: parameter %zu is not a hash", i);
		return NULL;
	}
	b = endpoint_find(c->client->endpoint, c->node->chain, hash);
	if (b == NULL)
		call_fail(c, RPC_STATE_GONE, NULL,
		    "Client error: UnknownBlock: Header was not found in the "
		    "database: %s",
		    text);
	return b;
}

struct block *
call_state(struct call *c, size_t i)
{
	struct block *b = call_block(c, i);
	char hash[65];

	if (b == NULL || b->place.number >= c->node->chain->floor)
		return b;
	hex_encode(b->hash, 32, hash);
	call_fail(c, RPC_STATE_GONE, NULL,
	    "Client error: UnknownBlock: State already discarded for 0x%s",
	    hash);
	return NULL;
}

const struct method *
methods_find(const char *name)
{
	static const struct method *const tables[] = {methods_chain,
	    methods_state, methods_author, methods_system, methods_dev,
	    methods_fault};

	for (size_t t = 0; t < sizeof(tables) / sizeof(tables[0]); t++)
		for (const struct method *m = tables[t]; m->name != NULL; m++)
			if (strcmp(m->name, name) == 0)
				return m;
	return NULL;
}

json_t *
methods_list(void)
{
	static const struct method *const tables[] = {methods_chain,
	    methods_state, methods_author, methods_system, methods_dev,
	    methods_fault};
	json_t *list = json_array();

	for (size_t t = 0; t < sizeof(tables) / sizeof(tables[0]); t++)
		for (const struct method *m = tables[t]; m->name != NULL; m++)
			json_array_append_new(list, json_string(m->name));
	return list;
}

static json_t *
error_json(const struct call *c)
{
	json_t *e =
	    json_pack("{s:i, s:s}", "code", c->code, "message", c->message);

	if (c->data[0] != '\0')
		json_object_set_new(e, "data", json_string(c->data));
	return e;
}

static json_t *
run(struct call *c, const json_t *request)
{
	const json_t *params = json_object_get(request, "params");
	const struct method *m;

	c->method = json_string_value(json_object_get(request, "method"));
	if (c->method == NULL)
		return call_fail(
		    c, RPC_INVALID_REQUEST, NULL, "Invalid request");
	if (params != NULL && !json_is_array(params) && !json_is_null(params))
		return call_fail(c, RPC_BAD_PARAMS, NULL,
		    "Invalid params: an array is expected");
	c->params = json_is_array(params) ? params : NULL;
	m = methods_find(c->method);
	if (m == NULL)
		return call_fail(c, RPC_NO_METHOD, NULL, "Method not found");
	return m->run(c);
}

static json_t *
answer_one(
    struct client *client, const json_t *request, struct call_after *after)
{
	struct call c = {.node = client->node, .client = client};
	json_t *id = json_object_get(request, "id");
	json_t *result = run(&c, request);

	id = id != NULL ? json_incref(id) : json_null();
	if (result == NULL)
		return json_pack("{s:s, s:o, s:o}", "jsonrpc", "2.0", "id", id,
		    "error", error_json(&c));
	if (c.sub != NULL)
		memcpy(after->list[after->n].sub, c.sub->id, SUB_ID);
	after->list[after->n].announces = c.announces;
	memcpy(after->list[after->n++].hash, c.hash, sizeof(c.hash));
	return json_pack(
	    "{s:s, s:o, s:o}", "jsonrpc", "2.0", "id", id, "result", result);
}

static json_t *
answer_batch(
    struct client *client, const json_t *batch, struct call_after *after)
{
	json_t *answers = json_array();
	const json_t *one;
	size_t i;

	json_array_foreach(batch, i, one)
	{
		if (i == MAX_BATCH)
			break;
		json_array_append_new(answers, answer_one(client, one, after));
	}
	return answers;
}

char *
call_answer(struct client *client, const char *text, size_t len,
    struct call_after **after)
{
	json_t *request = json_loadb(text, len, JSON_DECODE_ANY, NULL), *answer;
	char *out;

	*after = xcalloc(1, sizeof(**after));
	if (request == NULL)
		answer = json_pack("{s:s, s:n, s:{s:i, s:s}}", "jsonrpc", "2.0",
		    "id", "error", "code", RPC_PARSE_ERROR, "message",
		    "Parse error");
	else if (json_is_array(request))
		answer = answer_batch(client, request, *after);
	else
		answer = answer_one(client, request, *after);
	out = json_dumps(answer, JSON_COMPACT);
	json_decref(answer);
	json_decref(request);
	return out;
}

char *
call_refuse(const char *text, size_t len, int code, const char *message)
{
	json_t *request = json_loadb(text, len, JSON_DECODE_ANY, NULL);
	json_t *id = json_object_get(request, "id");
	json_t *answer = json_pack("{s:s, s:o, s:{s:i, s:s}}", "jsonrpc", "2.0",
	    "id", id != NULL ? json_incref(id) : json_null(), "error", "code",
	    code, "message", message);
	char *out = json_dumps(answer, JSON_COMPACT);

	json_decref(answer);
	json_decref(request);
	return out;
}

/* By name and hash: what comes earlier in a batch may have ended it. */
void
call_begin(struct client *client, struct call_after *after)
{
	struct chain *chain = client->node->chain;

	for (size_t i = 0; i < after->n; i++) {
		struct sub *sub = subs_find(client, after->list[i].sub);
		struct tx *tx =
		    after->list[i].announces
			? pool_find(chain->pool, after->list[i].hash)
			: NULL;

		if (sub != NULL)
			subs_begin(sub);
		if (tx != NULL)
			chain_announce(chain, tx);
	}
	free(after);
}

void
call_method(const char *text, size_t len, char out[64])
{
	json_t *request = json_loadb(text, len, JSON_DECODE_ANY, NULL);
	const char *method =
	    json_string_value(json_object_get(request, "method"));

	snprintf(out, 64, "%s", method != NULL ? method : "");
	json_decref(request);
}

bool
call_is_control(const char *text, size_t len)
{
	char method[64];

	call_method(text, len, method);
	return strncmp(method, "dev_", 4) == 0;
}

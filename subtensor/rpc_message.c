/* JSON-RPC 2.0, as Substrate's nodes speak it. */
#include "subtensor/rpc_message.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "common/xalloc.h"

char *
rpc_message_request(uint64_t id, const char *method, const json_t *params)
{
	json_t *root = json_pack("{s:s, s:I, s:s, s:O*}", "jsonrpc", "2.0",
	    "id", (json_int_t)id, "method", method, "params", params);
	char *text = json_dumps(root, JSON_COMPACT);

	json_decref(root);
	return text;
}

int
rpc_message_sub_id(const json_t *value, char out[RPC_MAX_SUB_ID])
{
	int n = -1;

	if (json_is_string(value))
		n = snprintf(
		    out, RPC_MAX_SUB_ID, "%s", json_string_value(value));
	else if (json_is_integer(value))
		n = snprintf(out, RPC_MAX_SUB_ID, "%" JSON_INTEGER_FORMAT,
		    json_integer_value(value));
	return n > 0 && n < RPC_MAX_SUB_ID ? 0 : -1;
}

bool
rpc_message_is_limit(const struct rpc_answer *a)
{
	static const int64_t codes[] = {
	    -32005, /* limit exceeded: gateways */
	    -32009, /* server is busy: jsonrpsee */
	    -32029, /* too many requests: gateways */
	    -32999, /* rate limit: Substrate's own middleware */
	    429,    /* HTTP's, in the wrong place: gateways */
	};
	static const char *const words[] = {"rate limit", "too many requests",
	    "requests limit", "request limit reached"};

	if (a->outcome != RPC_REFUSED)
		return false;
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (a->code == codes[i])
			return true;
	if (a->code > 0)
		return false;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcasestr(a->message, words[i]) != NULL)
			return true;
	return false;
}

/* An error's data as a text; the message owns what had to be made. */
static const char *
data_text(const json_t *data, struct rpc_message *m)
{
	if (data == NULL || json_is_null(data))
		return "";
	if (json_is_string(data))
		return json_string_value(data);
	m->data_text = json_dumps(data, JSON_COMPACT | JSON_ENCODE_ANY);
	return m->data_text == NULL ? "" : m->data_text;
}

static int
take_error(const json_t *error, struct rpc_message *m)
{
	const char *message =
	    json_string_value(json_object_get(error, "message"));

	if (!json_is_object(error))
		return -1;
	m->answer.outcome = RPC_REFUSED;
	m->answer.code = json_integer_value(json_object_get(error, "code"));
	m->answer.message = message == NULL ? "" : message;
	m->answer.data = data_text(json_object_get(error, "data"), m);
	return 0;
}

static int
take_answer(const json_t *id, struct rpc_message *m)
{
	const json_t *result = json_object_get(m->root, "result");
	const json_t *error = json_object_get(m->root, "error");

	m->kind = RPC_KIND_ANSWER;
	if (!json_is_integer(id) || json_integer_value(id) < 0)
		return -1;
	m->id = (uint64_t)json_integer_value(id);
	if (error != NULL && !json_is_null(error))
		return take_error(error, m);
	if (result == NULL)
		return -1;
	m->answer.outcome = RPC_OK;
	m->answer.result = result;
	m->answer.message = m->answer.data = "";
	return 0;
}

/* A note's params: {"subscription": id, "result": item}. */
static int
take_note(struct rpc_message *m)
{
	const json_t *params = json_object_get(m->root, "params");

	m->kind = RPC_KIND_NOTE;
	m->item = json_object_get(params, "result");
	if (m->item == NULL)
		return -1;
	return rpc_message_sub_id(
	    json_object_get(params, "subscription"), m->sub);
}

int
rpc_message_parse(
    const char *text, size_t len, struct rpc_message *m, struct err *err)
{
	json_error_t why;
	const json_t *id;
	int rc;

	memset(m, 0, sizeof(*m));
	m->len = len;
	m->root = json_loadb(text, len, 0, &why);
	if (m->root == NULL)
		return err_set(err, "not JSON: %s", why.text);
	id = json_object_get(m->root, "id");
	if (id != NULL && !json_is_null(id))
		rc = take_answer(id, m);
	else
		rc = take_note(m);
	if (rc != 0) {
		rpc_message_clear(m);
		return err_set(err, "neither an answer nor a notification");
	}
	return 0;
}

void
rpc_message_clear(struct rpc_message *m)
{
	json_decref(m->root);
	free(m->data_text);
	memset(m, 0, sizeof(*m));
}

/*
 * What a node sends: JSON-RPC messages and the answer to the opening of a
 * WebSocket; and the node's URL, which an operator writes.
 *
 * The first byte says which.
 */
#include "subtensor/rpc_message.h"

#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/err.h"
#include "common/retry_after.h"
#include "subtensor/header.h"
#include "subtensor/ws_handshake.h"
#include "subtensor/ws_url.h"
#include "tests/fuzz/input.h"

/* What is taken for a header has a number and, always, the same hash. */
static void
read_header(const json_t *header)
{
	uint8_t once[32], twice[32];
	uint64_t number;

	if (header_hash(header, once) != 0)
		return;
	input_must(header_number(header, &number) == 0 &&
		       header_hash(header, twice) == 0 &&
		       memcmp(once, twice, sizeof(once)) == 0,
	    "a header has a number and one hash");
}

static void
read_message(const struct input *in)
{
	struct rpc_message m;
	struct err err = {""};
	char *text = (char *)input_copy(in), *request;

	if (rpc_message_parse(text, in->len, &m, &err) != 0) {
		input_must(err.text[0] != '\0' && m.root == NULL,
		    "a refusal says why and holds nothing");
		free(text);
		return;
	}
	free(text);
	if (m.kind == RPC_KIND_ANSWER && rpc_message_is_limit(&m.answer))
		input_must(
		    m.answer.outcome == RPC_REFUSED && m.answer.code <= 0,
		    "only an error of the node's own is a limit");
	if (m.kind == RPC_KIND_NOTE) {
		input_must(m.item != NULL && m.sub[0] != '\0',
		    "a note has a subscription and an item");
		read_header(m.item);
	} else if (m.answer.outcome == RPC_OK)
		input_must(m.answer.result != NULL, "an answer has a result");
	else
		input_must(m.answer.message != NULL && m.answer.data != NULL,
		    "a refusal has its texts");
	request = rpc_message_request(m.id, "m", m.root);
	input_must(request != NULL, "a request can be made");
	free(request);
	rpc_message_clear(&m);
}

/* A subscription's id, as it stands in an answer. */
static void
read_sub_id(const struct input *in)
{
	char id[RPC_MAX_SUB_ID];
	json_t *json = input_json(in);

	if (rpc_message_sub_id(json, id) == 0)
		input_must(id[0] != '\0' && strlen(id) < sizeof(id),
		    "an id is a text that fits");
	json_decref(json);
}

static void
read_url(const struct input *in)
{
	struct ws_url url, again;
	struct err err = {""};
	char *text = input_text(in), host[300], key[WS_KEY], *post;
	uint8_t nonce[WS_NONCE] = {1, 2, 3};
	struct buf request = {0}, rebuilt = {0};

	if (ws_url_parse(text, &url, &err) == 0) {
		ws_url_host(&url, host, sizeof(host));
		buf_printf(&rebuilt, "%s%s://%s%s", url.is_http ? "http" : "ws",
		    url.is_tls ? "s" : "", host, url.path);
		input_must(ws_url_parse(buf_str(&rebuilt), &again, &err) == 0 &&
			       again.is_tls == url.is_tls &&
			       again.port == url.port &&
			       strcmp(again.host, url.host) == 0 &&
			       strcmp(again.path, url.path) == 0,
		    "a URL put together again is the same");
		ws_handshake_request(&url, nonce, key, &request);
		input_must(strstr(buf_str(&request), "\r\n\r\n") ==
			       buf_str(&request) + request.len - 4,
		    "a URL cannot end the request's head");
		post = ws_url_post(&url);
		input_must(ws_url_parse(post, &again, &err) == 0 &&
			       again.is_http && again.port == url.port,
		    "the same place takes a POST");
		free(post);
	} else {
		input_must(err.text[0] != '\0', "a refusal says why");
	}
	free(text);
	buf_free(&request);
	buf_free(&rebuilt);
}

/* It says the same however little has come before, and behind. */
static void
read_handshake(const struct input *in)
{
	/* base64 of sixteen zeros; its answer is in the seeds. */
	static const char key[] = "AAAAAAAAAAAAAAAAAAAAAA==";
	struct err err = {""};
	uint8_t *bytes = input_copy(in);
	struct ws_refusal refusal;
	long head = ws_handshake_check(bytes, in->len, key, &refusal, &err);

	if (head > 0) {
		input_must((size_t)head <= in->len, "a head is within");
		input_must(ws_handshake_check(
			       bytes, head, key, &refusal, &err) == head &&
			       ws_handshake_check(
				   bytes, head - 1, key, &refusal, &err) == 0,
		    "a head is there when its last byte is");
	} else if (head < 0) {
		input_must(err.text[0] != '\0', "a refusal says why");
		input_must(retry_after_ms(refusal.retry_after, 0) <=
			       RETRY_AFTER_MOST_MS,
		    "nobody can make us wait for ever");
	}
	free(bytes);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct input in = {p, n};

	switch (input_byte(&in) % 4) {
	case 0:
		read_message(&in);
		break;
	case 1:
		read_sub_id(&in);
		break;
	case 2:
		read_url(&in);
		break;
	case 3:
		read_handshake(&in);
		break;
	}
	return 0;
}

/* URLs of nodes and the opening of a WebSocket. */
#include "subtensor/ws_handshake.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/buf.h"
#include "common/err.h"
#include "subtensor/ws_url.h"

static const char key[] = "dGhlIHNhbXBsZSBub25jZQ==";

static void
urls_are_taken_apart(void **state)
{
	static const struct {
		const char *text, *host, *path, *header;
		int port, is_tls;
		const char *post;
	} cases[] = {
	    {"ws://127.0.0.1:9944", "127.0.0.1", "/", "127.0.0.1:9944", 9944, 0,
		"http://127.0.0.1:9944/"},
	    {"wss://entrypoint-finney.opentensor.ai:443",
		"entrypoint-finney.opentensor.ai", "/",
		"entrypoint-finney.opentensor.ai", 443, 1,
		"https://entrypoint-finney.opentensor.ai/"},
	    {"wss://a.example/public-ws?key=1", "a.example", "/public-ws?key=1",
		"a.example", 443, 1, "https://a.example/public-ws?key=1"},
	    {"ws://[::1]:99/x", "::1", "/x", "[::1]:99", 99, 0,
		"http://[::1]:99/x"},
	    {"WS://h", "h", "/", "h", 80, 0, "http://h/"},
	    {"https://h:9944", "h", "/", "h:9944", 9944, 1, "https://h:9944/"},
	};
	char header[300], *post;
	struct ws_url url;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(ws_url_parse(cases[i].text, &url, NULL), 0);
		assert_string_equal(url.host, cases[i].host);
		assert_string_equal(url.path, cases[i].path);
		assert_int_equal(url.port, cases[i].port);
		assert_int_equal(url.is_tls, cases[i].is_tls);
		ws_url_host(&url, header, sizeof(header));
		assert_string_equal(header, cases[i].header);
		post = ws_url_post(&url);
		assert_string_equal(post, cases[i].post);
		free(post);
	}
}

static void
what_is_no_node_is_refused(void **state)
{
	static const char *const cases[] = {"", "finney", "ftp://a:1", "ws://",
	    "ws://:1", "ws://a:0", "ws://a:65536", "ws://a:b", "ws://u:p@a:1",
	    "ws://a:1/#f", "ws://a b:1", "ws://a:1/\r\nX: y", "//a:1"};
	struct ws_url url;
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(ws_url_parse(cases[i], &url, &err), -1);
}

static void
the_request_is_the_standards(void **state)
{
	struct ws_url url;
	struct buf out = {0};
	char made[WS_KEY];

	(void)state;
	ws_url_parse("ws://server.example/chat", &url, NULL);
	ws_handshake_request(
	    &url, (const uint8_t *)"the sample nonce", made, &out);
	assert_string_equal(made, key);
	assert_string_equal(buf_str(&out),
	    "GET /chat HTTP/1.1\r\nHost: server.example\r\n"
	    "Upgrade: websocket\r\nConnection: Upgrade\r\n"
	    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
	    "Sec-WebSocket-Version: 13\r\nUser-Agent: subnetd\r\n\r\n");
	buf_free(&out);
}

static void
the_accept_is_the_standards(void **state)
{
	char out[WS_ACCEPT];

	(void)state;
	ws_handshake_accept(key, out);
	assert_string_equal(out, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

#define GOOD                                                                   \
	"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"           \
	"Connection: Upgrade\r\n"
#define ACCEPT "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"

static void
a_good_answer_ends_at_its_empty_line(void **state)
{
	static const char text[] = GOOD ACCEPT "\r\n\x81\x02hi";
	size_t head = sizeof(GOOD ACCEPT "\r\n") - 1;
	struct ws_refusal refusal;

	(void)state;
	assert_int_equal(
	    ws_handshake_check(text, sizeof(text) - 1, key, &refusal, NULL),
	    head);
	for (size_t n = 0; n < head; n++)
		assert_int_equal(
		    ws_handshake_check(text, n, key, &refusal, NULL), 0);
}

static void
answers_that_are_refused(void **state)
{
	static const struct {
		const char *text, *why;
		int status;
		const char *retry_after;
	} cases[] = {
	    {GOOD "\r\n", "Sec-WebSocket-Accept is wrong", 0, ""},
	    {GOOD "Sec-WebSocket-Accept: AAAA\r\n\r\n",
		"Sec-WebSocket-Accept is wrong", 0, ""},
	    {GOOD ACCEPT "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n",
		"an extension nobody asked for", 0, ""},
	    {"HTTP/1.1 429 Too Many Requests\r\n\r\n",
		"the node answered HTTP 429", 429, ""},
	    {"HTTP/1.1 429 x\r\nretry-after: 7\r\n\r\n",
		"the node answered HTTP 429", 429, "7"},
	    {"HTTP/1.1 503 x\r\nRetry-After: Fri, 07 Nov 2025 23:59:59 "
	     "GMT\r\n\r\n",
		"the node answered HTTP 503", 503,
		"Fri, 07 Nov 2025 23:59:59 GMT"},
	    {"HTTP/1.1 503 x\r\n\r\n", "the node answered HTTP 503", 503, ""},
	    {"HTTP/1.1 200 OK\r\n" ACCEPT "\r\n", "the node answered HTTP 200",
		200, ""},
	    {"HTTP/1.1 101 x\r\nUpgrade: websocketx\r\n"
	     "Connection: Upgrade\r\n" ACCEPT "\r\n",
		"the answer is no WebSocket upgrade", 0, ""},
	    {"HTTP/1.1 101 x\r\n" ACCEPT "\r\n",
		"the answer is no WebSocket upgrade", 0, ""},
	    {"SSH-2.0-x\r\n\r\n", "the answer is not HTTP", 0, ""},
	};
	struct ws_refusal refusal;
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(
		    ws_handshake_check(cases[i].text, strlen(cases[i].text),
			key, &refusal, &err),
		    -1);
		assert_string_equal(err.text, cases[i].why);
		assert_int_equal(refusal.status, cases[i].status);
		assert_string_equal(refusal.retry_after, cases[i].retry_after);
	}
}

static void
a_head_without_end_is_refused(void **state)
{
	char *text = malloc(WS_MAX_HEAD + 1);
	struct ws_refusal refusal;

	(void)state;
	memset(text, 'x', WS_MAX_HEAD + 1);
	assert_int_equal(
	    ws_handshake_check(text, WS_MAX_HEAD, key, &refusal, NULL), 0);
	assert_int_equal(

	    ws_handshake_check(text, WS_MAX_HEAD + 1, key, &refusal, NULL), -1);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(urls_are_taken_apart),
	    cmocka_unit_test(what_is_no_node_is_refused),
	    cmocka_unit_test(the_request_is_the_standards),
	    cmocka_unit_test(the_accept_is_the_standards),
	    cmocka_unit_test(a_good_answer_ends_at_its_empty_line),
	    cmocka_unit_test(answers_that_are_refused),
	    cmocka_unit_test(a_head_without_end_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * The HTTP server over real sockets: what it refuses, as a table of input
 * and answer, and what it does with the rest.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/http_server.h"
#include "common/xalloc.h"
#include "tests/lib/http_child.h"

#define HOST "Host: a\r\n"
#define GET "GET /hello HTTP/1.1\r\n"
#define POST "POST /echo HTTP/1.1\r\n" HOST
#define CHUNKED POST "Transfer-Encoding: chunked\r\n\r\n"
#define LAST "0\r\n\r\n"
#define BYTES(s) s, sizeof(s) - 1

struct trap {
	const char *name;
	const char *raw;
	size_t len;
	int status;
	bool closes;
};

static const struct trap traps[] = {
    {"a plain GET", BYTES(GET HOST "\r\n"), 200, false},
    {"a counted body", BYTES(POST "Content-Length: 3\r\n\r\nabc"), 200, false},
    {"a chunked body", BYTES(CHUNKED "3\r\nabc\r\n" LAST), 200, false},

    /* Framing that two parsers could read in two ways. */
    {"two Content-Lengths that differ",
	BYTES(POST "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd"), 400,
	true},
    {"two Content-Lengths alike",
	BYTES(POST "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc"), 400,
	true},
    {"Content-Length: 3, 3", BYTES(POST "Content-Length: 3, 3\r\n\r\nabc"), 400,
	true},
    {"Content-Length: +5", BYTES(POST "Content-Length: +5\r\n\r\nabcde"), 400,
	true},
    {"Content-Length: -1", BYTES(POST "Content-Length: -1\r\n\r\n"), 400, true},
    {"Content-Length: 0x5", BYTES(POST "Content-Length: 0x5\r\n\r\nabcde"), 400,
	true},
    {"Content-Length: 5 5", BYTES(POST "Content-Length: 5 5\r\n\r\nabcde"), 400,
	true},
    {"Content-Length: 1e1", BYTES(POST "Content-Length: 1e1\r\n\r\nabcde"), 400,
	true},
    {"an empty Content-Length", BYTES(POST "Content-Length:\r\n\r\n"), 400,
	true},
    {"Content-Length: 2^64 + 5",
	BYTES(POST "Content-Length: 18446744073709551621\r\n\r\nabcde"), 400,
	true},
    {"Content-Length with chunked",
	BYTES(POST
	    "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n" LAST),
	400, true},
    {"Transfer-Encoding: gzip, chunked",
	BYTES(POST "Transfer-Encoding: gzip, chunked\r\n\r\n" LAST), 501, true},
    {"Transfer-Encoding: chunked, twice",
	BYTES(POST "Transfer-Encoding: chunked\r\n"
		   "Transfer-Encoding: chunked\r\n\r\n" LAST),
	501, true},
    {"Transfer-Encoding: chunked, identity",
	BYTES(POST "Transfer-Encoding: chunked, identity\r\n\r\n" LAST), 501,
	true},
    {"Transfer-Encoding: xchunked",
	BYTES(POST "Transfer-Encoding: xchunked\r\n\r\n" LAST), 501, true},
    {"Transfer-Encoding : chunked",
	BYTES(POST "Transfer-Encoding : chunked\r\n\r\n" LAST), 400, true},
    {"Transfer-Encoding behind a vertical tab",
	BYTES(POST "Transfer-Encoding:\x0b"
		   "chunked\r\n\r\n" LAST),
	400, true},
    {"Transfer-Encoding in HTTP/1.0",
	BYTES("POST /echo HTTP/1.0\r\n" HOST
	      "Transfer-Encoding: chunked\r\n\r\n" LAST),
	400, true},

    /* Lines and headers. */
    {"NUL in a value", BYTES(GET HOST "X: a\0b\r\n\r\n"), 400, true},
    {"NUL in a name", BYTES(GET HOST "X\0: a\r\n\r\n"), 400, true},
    {"a control character in a value", BYTES(GET HOST "X: a\x01\r\n\r\n"), 400,
	true},
    {"DEL in a value", BYTES(GET HOST "X: a\x7f\r\n\r\n"), 400, true},
    {"bare CR in a value", BYTES(GET HOST "X: a\rb\r\n\r\n"), 400, true},
    {"bytes above ASCII in a value", BYTES(GET HOST "X: \xc3\xa9\r\n\r\n"), 200,
	false},
    {"bare LF everywhere", BYTES("GET /hello HTTP/1.1\nHost: a\n\n"), 400,
	true},
    {"bare LF behind a header", BYTES(GET HOST "X: a\nY: b\r\n\r\n"), 400,
	true},
    {"bare LF ends the head", BYTES(GET HOST "\n"), 400, true},
    {"a folded header", BYTES(GET HOST "X: a\r\n b\r\n\r\n"), 400, true},
    {"a header folded with a tab", BYTES(GET HOST "X: a\r\n\tb\r\n\r\n"), 400,
	true},
    {"a blank in front of the first header", BYTES(GET " " HOST "\r\n"), 400,
	true},
    {"a header without a colon", BYTES(GET HOST "foo\r\n\r\n"), 400, true},
    {"a header without a name", BYTES(GET HOST ": foo\r\n\r\n"), 400, true},
    {"a header name with @", BYTES(GET HOST "a@b: foo\r\n\r\n"), 400, true},
    {"a header name with a blank", BYTES(GET HOST "a b: foo\r\n\r\n"), 400,
	true},
    {"a header name above ASCII", BYTES(GET HOST "\xc3\xa9: a\r\n\r\n"), 400,
	true},
    {"no Host", BYTES(GET "\r\n"), 400, true},
    {"two Hosts", BYTES(GET HOST HOST "\r\n"), 400, true},
    {"an empty Host", BYTES(GET "Host:\r\n\r\n"), 400, true},
    {"a Host that is none", BYTES(GET "Host: a b/c@d\r\n\r\n"), 400, true},
    {"two Authorizations",
	BYTES(GET HOST "Authorization: a\r\nAuthorization: b\r\n\r\n"), 400,
	true},
    {"two API keys", BYTES(GET HOST "X-API-Key: a\r\nx-api-key: b\r\n\r\n"),
	400, true},
    {"two Idempotency-Keys",
	BYTES(GET HOST "Idempotency-Key: a\r\nIdempotency-Key: a\r\n\r\n"), 400,
	true},
    {"no Host in HTTP/1.0", BYTES("GET /hello HTTP/1.0\r\n\r\n"), 200, true},

    /* Chunks. */
    {"chunk size 0x5", BYTES(CHUNKED "0x5\r\nabcde\r\n" LAST), 400, true},
    {"chunk size +5", BYTES(CHUNKED "+5\r\nabcde\r\n" LAST), 400, true},
    {"chunk size -5", BYTES(CHUNKED "-5\r\nabcde\r\n" LAST), 400, true},
    {"a blank in front of a chunk size", BYTES(CHUNKED " 5\r\nabcde\r\n" LAST),
	400, true},
    {"a blank behind a chunk size", BYTES(CHUNKED "5 \r\nabcde\r\n" LAST), 400,
	true},
    {"no chunk size", BYTES(CHUNKED "\r\nabcde\r\n" LAST), 400, true},
    {"a chunk size of 17 digits",
	BYTES(CHUNKED "10000000000000005\r\nabcde\r\n" LAST), 400, true},
    {"a chunk size over the limit", BYTES(CHUNKED "fffffff\r\nabcde"), 413,
	true},
    {"a chunk extension", BYTES(CHUNKED "5;a=b\r\nabcde\r\n" LAST), 200, false},
    {"bare LF in a chunk extension", BYTES(CHUNKED "5;a\nabcde\r\n" LAST), 400,
	true},
    {"bare LF behind a chunk size", BYTES(CHUNKED "5\nabcde\r\n" LAST), 400,
	true},
    {"bare LF behind a chunk", BYTES(CHUNKED "5\r\nabcde\n" LAST), 400, true},
    {"any two bytes behind a chunk", BYTES(CHUNKED "5\r\nabcdeXX" LAST), 400,
	true},
    {"a chunk longer than its size", BYTES(CHUNKED "5\r\nabcdef\r\n" LAST), 400,
	true},
    {"a trailer", BYTES(CHUNKED "0\r\nX: y\r\n\r\n"), 200, false},
    {"Content-Length in a trailer",
	BYTES(CHUNKED "0\r\nContent-Length: 5\r\n\r\n"), 400, true},
    {"bare LF in a trailer", BYTES(CHUNKED "0\r\nX: y\n\r\n"), 400, true},
    {"a folded trailer", BYTES(CHUNKED "0\r\nX: y\r\n z\r\n\r\n"), 400, true},

    /* Request lines. */
    {"HTTP/0.9", BYTES("GET /hello\r\n\r\n"), 400, true},
    {"HTTP/1.2", BYTES("GET /hello HTTP/1.2\r\n" HOST "\r\n"), 505, true},
    {"HTTP/2.0", BYTES("GET /hello HTTP/2.0\r\n" HOST "\r\n"), 505, true},
    {"the HTTP/2 preface", BYTES("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), 505,
	true},
    {"HTTP/01.1", BYTES("GET /hello HTTP/01.1\r\n" HOST "\r\n"), 400, true},
    {"http/1.1", BYTES("GET /hello http/1.1\r\n" HOST "\r\n"), 400, true},
    {"two blanks in the line", BYTES("GET  /hello HTTP/1.1\r\n" HOST "\r\n"),
	400, true},
    {"a tab in the line", BYTES("GET\t/hello HTTP/1.1\r\n" HOST "\r\n"), 400,
	true},
    {"a blank behind the line", BYTES("GET /hello HTTP/1.1 \r\n" HOST "\r\n"),
	400, true},
    {"a blank in the target", BYTES("GET /a b HTTP/1.1\r\n" HOST "\r\n"), 400,
	true},
    {"bytes above ASCII in the target",
	BYTES("GET /\xc3\xa9 HTTP/1.1\r\n" HOST "\r\n"), 400, true},
    {"NUL in the target", BYTES("GET /a\0b HTTP/1.1\r\n" HOST "\r\n"), 400,
	true},
    {"a fragment", BYTES("GET /hello#x HTTP/1.1\r\n" HOST "\r\n"), 400, true},
    {"the target with our Host",
	BYTES("GET http://a/hello HTTP/1.1\r\n" HOST "\r\n"), 200, false},
    {"the target with another Host",
	BYTES("GET http://b/hello HTTP/1.1\r\n" HOST "\r\n"), 400, true},
    {"GET *", BYTES("GET * HTTP/1.1\r\n" HOST "\r\n"), 400, true},
    {"CONNECT", BYTES("CONNECT a:80 HTTP/1.1\r\n" HOST "\r\n"), 501, true},
    {"an unknown method", BYTES("BREW /hello HTTP/1.1\r\n" HOST "\r\n"), 501,
	true},
    {"a method in small letters", BYTES("get /hello HTTP/1.1\r\n" HOST "\r\n"),
	501, true},
    {"a method that the path has not",
	BYTES("DELETE /hello HTTP/1.1\r\n" HOST "\r\n"), 405, false},
    {"a path that nobody has", BYTES("GET /nothing HTTP/1.1\r\n" HOST "\r\n"),
	404, false},
    {"%2e%2e in the path",
	BYTES("GET /a/%2e%2e/hello HTTP/1.1\r\n" HOST "\r\n"), 400, true},
    {"/../ in the path", BYTES("GET /../hello HTTP/1.1\r\n" HOST "\r\n"), 400,
	true},
    {"// in the path", BYTES("GET //hello HTTP/1.1\r\n" HOST "\r\n"), 400,
	true},
    {"%00 in the path", BYTES("GET /hello%00 HTTP/1.1\r\n" HOST "\r\n"), 400,
	true},
    {"%00 in the query", BYTES("GET /hello?a=%00 HTTP/1.1\r\n" HOST "\r\n"),
	400, true},
    {"%2f in the path", BYTES("GET /jobs/a%2fb HTTP/1.1\r\n" HOST "\r\n"), 400,
	true},
    {"no UTF-8 in the path", BYTES("GET /hello%ff HTTP/1.1\r\n" HOST "\r\n"),
	400, true},
    {"no UTF-8 in the query",
	BYTES("GET /hello?a=%ed%a0%80 HTTP/1.1\r\n" HOST "\r\n"), 400, true},
    {"half a letter in the query",
	BYTES("GET /hello?a=%c3&b=%a9 HTTP/1.1\r\n" HOST "\r\n"), 400, true},
    {"UTF-8 in the query",
	BYTES("GET /hello?a=%c3%a9 HTTP/1.1\r\n" HOST "\r\n"), 200, false},
    {"half an escape", BYTES("GET /hello%4 HTTP/1.1\r\n" HOST "\r\n"), 400,
	true},
    {"an empty line in front", BYTES("\r\n" GET HOST "\r\n"), 200, false},
    {"two empty lines in front", BYTES("\r\n\r\n" GET HOST "\r\n"), 400, true},
    {"blanks in front", BYTES("  " GET HOST "\r\n"), 400, true},
    {"Upgrade: websocket",
	BYTES(GET HOST "Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n"),
	200, false},
    {"a body for a GET that takes none",
	BYTES(GET HOST "Content-Length: 3\r\n\r\nabc"), 413, true},
    {"Content-Length: 0 for such a GET",
	BYTES(GET HOST "Content-Length: 0\r\n\r\n"), 200, false},
    {"Expect: something",
	BYTES(POST "Content-Length: 3\r\nExpect: tea\r\n"
		   "\r\nabc"),
	417, true},
    {"the start of TLS", BYTES("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"),
	400, true},
    {"noise", BYTES("\xff\xfe\xfd\r\n\r\n"), 400, true},
    {"POST without a length", BYTES(POST "\r\n"), 200, false},
};

static struct http_child server;

static int
start_server(void **state)
{
	(void)state;
	http_child_start(&server, NULL);
	return 0;
}

static int
stop_server(void **state)
{
	(void)state;
	http_child_stop(&server);
	return 0;
}

/* The connection is as it should be, and no second request was seen. */
static void
spring(const struct trap *trap)
{
	struct raw_answer answer;
	int fd = raw_dial(server.port);

	raw_send(fd, trap->raw, trap->len);
	raw_read(fd, &answer, false);
	printf("# | %-40s | %d, %s |\n", trap->name, answer.status,
	    trap->closes ? "closed" : "open");
	if (answer.status != trap->status)
		fail_msg(
		    "%s: %d, not %d", trap->name, answer.status, trap->status);
	if (trap->status >= 400 &&
	    strstr(answer.body, "{\"type\":\"/errors/") == NULL)
		fail_msg("%s: %s", trap->name, answer.body);
	if (trap->closes) {
		if (!raw_is_closed(fd))
			fail_msg("%s: stays open", trap->name);
	} else {
		raw_send_str(fd, GET HOST "\r\n");
		raw_read(fd, &answer, false);
		if (strcmp(answer.body, "hello") != 0)
			fail_msg("%s: then %s", trap->name, answer.body);
	}
	close(fd);
}

static void
what_can_be_read_in_two_ways_is_refused(void **state)
{
	(void)state;
	printf("# | %-40s | answer |\n", "input");
	for (size_t i = 0; i < sizeof(traps) / sizeof(traps[0]); i++)
		spring(&traps[i]);
}

static void
heads_have_limits(void **state)
{
	struct raw_answer answer;
	char *target = xcalloc(1, 20001), *headers = xcalloc(1, 3001);
	char *request;

	(void)state;
	memset(target, 'x', 20000);
	for (int i = 0; i < 3000; i += 6)
		memcpy(headers + i, "A: b\r\n", 6);
	request = xasprintf("GET /%s HTTP/1.1\r\n" HOST "\r\n", target);
	assert_int_equal(raw_ask(server.port, request, &answer), 414);
	free(request);
	request = xasprintf(GET HOST "X: %s\r\n\r\n", target);
	assert_int_equal(raw_ask(server.port, request, &answer), 431);
	free(request);
	request = xasprintf(GET HOST "%s\r\n", headers);
	assert_int_equal(raw_ask(server.port, request, &answer), 431);
	free(request);
	free(target);
	free(headers);
}

static void
pipelined_requests_are_answered_in_order(void **state)
{
	static const char *const want[] = {
	    "hello", "later", "abc", "later", "7 x y"};
	struct raw_answer answer;
	int fd = raw_dial(server.port);

	(void)state;
	raw_send_str(fd,
	    GET HOST "\r\n"
		     "GET /later HTTP/1.1\r\n" HOST "\r\n" POST
		     "Content-Length: 3\r\n\r\nabc"
		     "GET /later HTTP/1.1\r\n" HOST "\r\n"
		     "GET /jobs/7?p=1&q=x+%79&q=z HTTP/1.1\r\n" HOST "\r\n");
	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		raw_read(fd, &answer, false);
		assert_int_equal(answer.status, 200);
		assert_string_equal(answer.body, want[i]);
	}
	close(fd);
}

static void
many_pipelined_requests_do_not_pile_up(void **state)
{
	struct raw_answer answer;
	int fd = raw_dial(server.port), n = 400;

	(void)state;
	for (int i = 0; i < n; i++)
		raw_send_str(fd, "GET /big?len=20000 HTTP/1.1\r\n" HOST "\r\n");
	for (int i = 0; i < n; i++) {
		raw_read(fd, &answer, false);
		assert_int_equal(answer.length, 20000);
	}
	close(fd);
}

static void
head_is_get_without_the_body(void **state)
{
	struct raw_answer answer;
	int fd = raw_dial(server.port);

	(void)state;
	raw_send_str(fd, "HEAD /hello HTTP/1.1\r\n" HOST "\r\n"
			 "HEAD /nothing HTTP/1.1\r\n" HOST "\r\n"
			 "HEAD /file?len=99 HTTP/1.1\r\n" HOST "\r\n"
			 "HEAD /none HTTP/1.1\r\n" HOST "\r\n" GET HOST "\r\n");
	raw_read(fd, &answer, true);
	assert_int_equal(answer.status, 200);
	assert_int_equal(answer.length, 5);
	raw_read(fd, &answer, true);
	assert_int_equal(answer.status, 404);
	raw_read(fd, &answer, true);
	assert_int_equal(answer.length, 99);
	raw_read(fd, &answer, true);
	assert_int_equal(answer.status, 204);
	raw_read(fd, &answer, false);
	assert_string_equal(answer.body, "hello");
	close(fd);
}

static void
another_method_is_told_what_is_allowed(void **state)
{
	struct raw_answer answer;
	char *allow;

	(void)state;
	raw_ask(server.port, "POST /jobs/7 HTTP/1.1\r\n" HOST "\r\n", &answer);
	allow = raw_header(&answer, "Allow");
	assert_int_equal(answer.status, 405);
	assert_string_equal(allow, "GET, HEAD, DELETE");
	free(allow);
}

static void
a_path_parameter_is_one_segment_that_is_not_empty(void **state)
{
	struct raw_answer answer;

	(void)state;
	raw_ask(server.port, "GET /jobs/a%20%C3%A9 HTTP/1.1\r\n" HOST "\r\n",
	    &answer);
	assert_string_equal(answer.body, "a \xc3\xa9 -");
	assert_int_equal(raw_ask(server.port,
			     "GET /jobs/ HTTP/1.1\r\n" HOST "\r\n", &answer),
	    404);
	assert_int_equal(raw_ask(server.port,
			     "GET /jobs/a/b HTTP/1.1\r\n" HOST "\r\n", &answer),
	    404);
}

static void
the_client_may_name_the_request(void **state)
{
	struct raw_answer answer;
	char *id;

	(void)state;
	raw_ask(server.port,
	    "GET /echo-id HTTP/1.1\r\n" HOST "X-Request-Id: Az09._-\r\n\r\n",
	    &answer);
	id = raw_header(&answer, "X-Request-Id");
	assert_string_equal(id, "Az09._-");
	assert_string_equal(answer.body, id);
	free(id);
	raw_ask(server.port,
	    "GET /echo-id HTTP/1.1\r\n" HOST "X-Request-Id: a b\r\n\r\n",
	    &answer);
	id = raw_header(&answer, "X-Request-Id");
	assert_int_equal(strlen(id), 16);
	assert_int_equal(strspn(id, "0123456789abcdef"), 16);
	assert_string_equal(answer.body, id);
	free(id);
}

static void
old_clients_are_understood(void **state)
{
	struct raw_answer answer;
	char *connection;
	int fd = raw_dial(server.port);

	(void)state;
	raw_send_str(
	    fd, "GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
	raw_read(fd, &answer, false);
	connection = raw_header(&answer, "Connection");
	assert_string_equal(connection, "keep-alive");
	free(connection);
	raw_send_str(fd, "GET /hello HTTP/1.0\r\n\r\n");
	raw_read(fd, &answer, false);
	connection = raw_header(&answer, "Connection");
	assert_string_equal(connection, "close");
	free(connection);
	assert_true(raw_is_closed(fd));
	close(fd);
}

static void
connection_close_is_obeyed(void **state)
{
	struct raw_answer answer;
	int fd = raw_dial(server.port);

	(void)state;
	raw_send_str(fd, GET HOST "Connection: close\r\n\r\n");
	raw_read(fd, &answer, false);
	assert_int_equal(answer.status, 200);
	assert_true(raw_is_closed(fd));
	close(fd);
}

static void
a_client_that_sends_no_more_is_still_answered(void **state)
{
	struct raw_answer answer;
	int fd = raw_dial(server.port);

	(void)state;
	raw_send_str(fd, GET HOST "\r\n" GET HOST "\r\n");
	shutdown(fd, SHUT_WR);
	raw_read(fd, &answer, false);
	raw_read(fd, &answer, false);
	assert_string_equal(answer.body, "hello");
	assert_true(raw_is_closed(fd));
	close(fd);
	fd = raw_dial(server.port);
	raw_send_str(fd, "\r");
	shutdown(fd, SHUT_WR);
	assert_true(raw_is_closed(fd));
	close(fd);
}

static void
expect_100_continue_is_answered_when_the_body_is_wanted(void **state)
{
	static const char *const paths[] = {"/echo", "/upload", "/late-read"};
	struct raw_answer answer;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		int fd = raw_dial(server.port);
		char *head = xasprintf("POST %s HTTP/1.1\r\n" HOST
				       "Content-Length: 3\r\n"
				       "Expect: 100-Continue\r\n\r\n",
		    paths[i]);

		raw_send_str(fd, head);
		raw_read(fd, &answer, true);
		assert_int_equal(answer.status, 100);
		raw_send_str(fd, "abc");
		raw_read(fd, &answer, false);
		assert_int_equal(answer.status, 200);
		free(head);
		close(fd);
	}
}

static void
expect_100_continue_is_refused_without_the_body(void **state)
{
	static const char *const requests[] = {
	    "POST /reject HTTP/1.1\r\n" HOST
	    "Content-Length: 3\r\nExpect: 100-continue\r\n\r\n",
	    "POST /echo HTTP/1.1\r\n" HOST
	    "Content-Length: 99999\r\nExpect: 100-continue\r\n\r\n",
	    "POST /nothing HTTP/1.1\r\n" HOST
	    "Content-Length: 3\r\nExpect: 100-continue\r\n\r\n",
	};
	static const int want[] = {403, 413, 404};
	struct raw_answer answer;

	(void)state;
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(
		    raw_ask(server.port, requests[i], &answer), want[i]);
}

static void
a_refusal_reaches_a_client_that_goes_on_sending(void **state)
{
	static const char head[] =
	    "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 50000000\r\n\r\n";
	struct raw_answer answer;
	char *megabyte = xcalloc(1 << 20, 1);
	int fd = raw_dial(server.port);

	(void)state;
	raw_send_str(fd, head);
	for (int i = 0; i < 20; i++)
		raw_send(fd, megabyte, 1 << 20);
	raw_read(fd, &answer, false);
	assert_int_equal(answer.status, 413);
	assert_true(raw_is_closed(fd));
	free(megabyte);
	close(fd);
}

static void
a_problem_is_json_whatever_it_says(void **state)
{
	struct raw_answer answer;
	char *type;

	(void)state;
	raw_ask(server.port,
	    "POST /reject HTTP/1.1\r\n" HOST "X-Request-Id: r1\r\n\r\n",
	    &answer);
	type = raw_header(&answer, "Content-Type");
	assert_string_equal(type, "application/problem+json");
	assert_string_equal(answer.body,
	    "{\"type\":\"/errors/"
	    "rejected\",\"title\":\"Forbidden\",\"status\":403,"
	    "\"code\":\"rejected\",\"detail\":\"not \\\"you\\\" \\u0001?\","
	    "\"instance\":\"/reject\",\"request_id\":\"r1\"}");
	free(type);
}

static void
a_header_of_ours_stays_one_line(void **state)
{
	struct raw_answer answer;
	char *note;

	(void)state;
	raw_ask(server.port, "GET /file?len=3&at=7 HTTP/1.1\r\n" HOST "\r\n",
	    &answer);
	note = raw_header(&answer, "X-Note");
	assert_string_equal(note, "a  b");
	assert_string_equal(answer.body, "789");
	free(note);
}

static void
of_headers_of_one_name_the_last_counts(void **state)
{
	struct raw_answer answer;
	char *other;

	(void)state;
	raw_ask(server.port, "GET /file?len=3&at=7 HTTP/1.1\r\n" HOST "\r\n",
	    &answer);
	assert_null(strstr(answer.head, "first"));
	other = raw_header(&answer, "X-Note-Too");
	assert_string_equal(other, "one");
	free(other);
}

static void
a_gathered_body_comes_back_whole(void **state)
{
	struct raw_answer answer;
	char *body = xmalloc(65001), *head;
	int fd = raw_dial(server.port);

	(void)state;
	for (int i = 0; i < 65000; i++)
		body[i] = 'a' + i % 23;
	body[65000] = '\0';
	head = xasprintf(POST "Content-Length: 65000\r\n\r\n%s", body);
	raw_send_str(fd, head);
	raw_read(fd, &answer, false);
	assert_int_equal(answer.len, 65000);
	assert_memory_equal(answer.body, body, 65000);
	free(head);
	free(body);
	close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_can_be_read_in_two_ways_is_refused),
	    cmocka_unit_test(heads_have_limits),
	    cmocka_unit_test(pipelined_requests_are_answered_in_order),
	    cmocka_unit_test(many_pipelined_requests_do_not_pile_up),
	    cmocka_unit_test(head_is_get_without_the_body),
	    cmocka_unit_test(another_method_is_told_what_is_allowed),
	    cmocka_unit_test(a_path_parameter_is_one_segment_that_is_not_empty),
	    cmocka_unit_test(the_client_may_name_the_request),
	    cmocka_unit_test(old_clients_are_understood),
	    cmocka_unit_test(connection_close_is_obeyed),
	    cmocka_unit_test(a_client_that_sends_no_more_is_still_answered),
	    cmocka_unit_test(
		expect_100_continue_is_answered_when_the_body_is_wanted),
	    cmocka_unit_test(expect_100_continue_is_refused_without_the_body),
	    cmocka_unit_test(a_refusal_reaches_a_client_that_goes_on_sending),
	    cmocka_unit_test(a_problem_is_json_whatever_it_says),
	    cmocka_unit_test(a_header_of_ours_stays_one_line),
	    cmocka_unit_test(of_headers_of_one_name_the_last_counts),
	    cmocka_unit_test(a_gathered_body_comes_back_whole),
	};

	return cmocka_run_group_tests(tests, start_server, stop_server);
}

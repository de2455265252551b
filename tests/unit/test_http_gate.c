/*
 * The gate of the HTTP server: who is asked, when, and what is read of a
 * request that was not admitted yet.
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

#include "common/xalloc.h"
#include "tests/lib/http_child.h"

#define HOST "Host: a\r\n"
#define GET "GET /gated HTTP/1.1\r\n" HOST
#define HELLO "GET /hello HTTP/1.1\r\n" HOST "\r\n"

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

static void
assert_next(int fd, int status, const char *body)
{
	struct raw_answer answer;

	raw_read(fd, &answer, false);
	assert_int_equal(answer.status, status);
	assert_non_null(strstr(answer.body, body));
}

static void
who_is_admitted_is_known_to_the_handler(void **state)
{
	int fd = raw_dial(server.port);

	(void)state;
	raw_send_str(fd, GET "X-Gate: ann\r\n\r\n");
	assert_next(fd, 200, "ann 1");
	raw_send_str(fd, GET "X-Gate: bob, later\r\n\r\n");
	assert_next(fd, 200, "bob, later 1");
	raw_send_str(fd, HELLO);
	assert_next(fd, 200, "hello");
	close(fd);
	raw_await_stat(server.port, "users", 0);
}

static void
who_is_not_gets_the_gates_answer(void **state)
{
	static const char *const gates[] = {"no", "no, later"};
	int fd = raw_dial(server.port);

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		char *request = xasprintf(GET "X-Gate: %s\r\n\r\n", gates[i]);

		raw_send_str(fd, request);
		assert_next(fd, 401, "\"code\":\"nobody\"");
		free(request);
	}
	/* Nothing of it is left unread: the connection stays. */
	raw_send_str(fd, HELLO);
	assert_next(fd, 200, "hello");
	close(fd);
}

static void
a_route_without_roles_asks_nobody(void **state)
{
	int fd = raw_dial(server.port);

	(void)state;
	raw_send_str(fd, "GET /hello HTTP/1.1\r\n" HOST "X-Gate: no\r\n\r\n");
	assert_next(fd, 200, "hello");
	close(fd);
}

static void
a_body_is_read_once_it_is_admitted(void **state)
{
	static const char *const paths[] = {"/gated", "/gated-upload"};
	static const char *const gates[] = {"ann", "ann, later"};
	static const char *const says[] = {"abc", "3 "};

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		int fd = raw_dial(server.port);
		char *head = xasprintf("POST %s HTTP/1.1\r\n" HOST
				       "X-Gate: %s\r\nContent-Length: 3\r\n"
				       "\r\n",
		    paths[i / 2], gates[i % 2]);

		/* All of it at once, and the rest behind the head. */
		raw_send_str(fd, head);
		raw_send_str(fd, "abc" HELLO);
		assert_next(fd, 200, says[i / 2]);
		assert_next(fd, 200, "hello");
		raw_send_str(fd, head);
		raw_send_str(fd, "ab");
		raw_send_str(fd, "c");
		assert_next(fd, 200, says[i / 2]);
		free(head);
		close(fd);
	}
}

/* Expect: 100-continue: no body is asked for before. */
static void
a_body_that_is_not_admitted_is_not_asked_for(void **state)
{
	static const char *const paths[] = {"/gated", "/gated-upload"};
	static const struct {
		const char *gate;
		int status;
	} cases[] = {
	    {"no", 401}, {"no, later", 401}, {"ann", 100}, {"later", 100}};
	struct raw_answer answer;

	(void)state;
	for (size_t i = 0; i < 8; i++) {
		int fd = raw_dial(server.port);
		char *head = xasprintf("POST %s HTTP/1.1\r\n" HOST
				       "X-Gate: %s\r\nContent-Length: 3\r\n"
				       "Expect: 100-continue\r\n\r\n",
		    paths[i / 4], cases[i % 4].gate);

		raw_send_str(fd, head);
		raw_read(fd, &answer, cases[i % 4].status == 100);
		assert_int_equal(answer.status, cases[i % 4].status);
		if (answer.status == 100) {
			raw_send_str(fd, "abc");
			assert_next(fd, 200, paths[i / 4][6] ? "3 " : "abc");
		} else {
			assert_true(raw_is_closed(fd));
		}
		free(head);
		close(fd);
	}
	raw_await_stat(server.port, "users", 0);
}

/* It stays at the client, but for what one read brought. */
static void
a_body_that_is_refused_is_not_kept(void **state)
{
	static const char head[] =
	    "POST /gated-upload HTTP/1.1\r\n" HOST "X-Gate: no, later\r\n"
	    "Content-Length: 50000000\r\n\r\n";
	struct raw_answer answer;
	char *megabyte = xcalloc(1 << 20, 1);
	long ended = raw_stat(server.port, "ended_badly");
	int fd = raw_dial(server.port);

	(void)state;
	raw_send_str(fd, head);
	for (int i = 0; i < 20; i++)
		raw_send(fd, megabyte, 1 << 20);
	raw_read(fd, &answer, false);
	assert_int_equal(answer.status, 401);
	assert_true(raw_is_closed(fd));
	/* No handler has heard of it. */
	assert_int_equal(raw_stat(server.port, "ended_badly"), ended);
	free(megabyte);
	close(fd);
}

static void
pipelined_requests_wait_for_the_gate(void **state)
{
	int fd = raw_dial(server.port);

	(void)state;
	raw_send_str(fd, GET "X-Gate: 1, later\r\n\r\n" HELLO GET
			     "X-Gate: no\r\n\r\n" GET "X-Gate: 4\r\n\r\n");
	assert_next(fd, 200, "1, later 1");
	assert_next(fd, 200, "hello");
	assert_next(fd, 401, "nobody");
	assert_next(fd, 200, "4 1");
	close(fd);
}

/* Whatever has become of the client, the request ends and its user with it. */
static void
a_client_that_goes_meanwhile_leaves_nothing(void **state)
{
	static const char *const heads[] = {
	    "GET /gated HTTP/1.1\r\n" HOST "X-Gate: later\r\n\r\n",
	    "POST /gated HTTP/1.1\r\n" HOST
	    "X-Gate: later\r\nContent-Length: 9\r\n\r\nabc",
	    "POST /gated-upload HTTP/1.1\r\n" HOST
	    "X-Gate: later\r\nContent-Length: 9\r\n\r\nabc",
	};
	static const struct linger reset = {1, 0};

	(void)state;
	for (size_t i = 0; i < 6; i++) {
		int fd = raw_dial(server.port);

		raw_send_str(fd, heads[i / 2]);
		if (i % 2 == 1)
			setsockopt(
			    fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
		close(fd);
	}
	raw_await_stat(server.port, "ended_badly", 2);
	raw_await_stat(server.port, "users", 0);
}

/* A refusal that needs no gate does not wait for one. */
static void
what_is_not_there_needs_no_gate(void **state)
{
	struct raw_answer answer;

	(void)state;
	assert_int_equal(
	    raw_ask(server.port,
		"PUT /gated HTTP/1.1\r\n" HOST "X-Gate: no\r\n\r\n", &answer),
	    405);
	assert_int_equal(raw_ask(server.port,
			     "POST /gated HTTP/1.1\r\n" HOST
			     "X-Gate: no\r\nContent-Length: 99999\r\n\r\n",
			     &answer),
	    413);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(who_is_admitted_is_known_to_the_handler),
	    cmocka_unit_test(who_is_not_gets_the_gates_answer),
	    cmocka_unit_test(a_route_without_roles_asks_nobody),
	    cmocka_unit_test(a_body_is_read_once_it_is_admitted),
	    cmocka_unit_test(a_body_that_is_not_admitted_is_not_asked_for),
	    cmocka_unit_test(a_body_that_is_refused_is_not_kept),
	    cmocka_unit_test(pipelined_requests_wait_for_the_gate),
	    cmocka_unit_test(a_client_that_goes_meanwhile_leaves_nothing),
	    cmocka_unit_test(what_is_not_there_needs_no_gate),
	};

	return cmocka_run_group_tests(tests, start_server, stop_server);
}

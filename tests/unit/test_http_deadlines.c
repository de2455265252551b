/* The deadlines and the connection limit of the HTTP server. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/http_server.h"
#include "common/xalloc.h"
#include "tests/lib/http_child.h"

#define HOST "Host: a\r\n"
#define UPLOAD "POST /upload HTTP/1.1\r\n" HOST

static struct http_child server;

static const struct http_limits hasty = {
    .max_header_bytes = 4096,
    .max_headers = 20,
    .max_connections = 4,
    .header_timeout_ms = 250,
    .body_timeout_ms = 250,
    .idle_timeout_ms = 250,
    .write_timeout_ms = 250,
};

static int
start(void **state)
{
	(void)state;
	http_child_start(&server, &hasty);
	return 0;
}

static int
stop(void **state)
{
	(void)state;
	http_child_stop(&server);
	return 0;
}

static void
slow_headers_are_answered_408(void **state)
{
	struct raw_answer answer;
	int fd = raw_dial(server.port);

	(void)state;
	raw_send_str(fd, "GET /hello HTTP/1.1\r\nHos");
	raw_read(fd, &answer, false);
	assert_int_equal(answer.status, 408);
	assert_true(raw_is_closed(fd));
	close(fd);
}

/* Send a byte at every turn of a clock that is faster than the limit. */
static int
trickle(const char *head, char byte)
{
	struct raw_answer answer;
	int fd = raw_dial(server.port);
	char got;

	raw_send_str(fd, head);
	for (int i = 0; i < 200; i++) {
		raw_send(fd, &byte, 1);
		raw_ask(server.port, "GET /later HTTP/1.1\r\n" HOST "\r\n",
		    &answer);
		if (recv(fd, &got, 1, MSG_PEEK | MSG_DONTWAIT) == 1)
			break;
	}
	raw_read(fd, &answer, false);
	close(fd);
	return answer.status;
}

static void
a_trickle_of_bytes_gains_no_time(void **state)
{
	(void)state;
	assert_int_equal(trickle("GET /hello HTTP/1.1\r\nX: ", 'x'), 408);
	assert_int_equal(
	    trickle(UPLOAD "Content-Length: 5000\r\n\r\n", 'x'), 408);
}

static void
slow_bodies_are_answered_408(void **state)
{
	struct raw_answer answer;
	long ended = raw_stat(server.port, "ended_badly");
	int fd = raw_dial(server.port);

	(void)state;
	raw_send_str(fd, UPLOAD "Content-Length: 5\r\n\r\nab");
	raw_read(fd, &answer, false);
	assert_int_equal(answer.status, 408);
	assert_true(raw_is_closed(fd));
	close(fd);
	raw_await_stat(server.port, "ended_badly", ended + 1);
	fd = raw_dial(server.port);
	raw_send_str(
	    fd, "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 5\r\n\r\nab");
	raw_read(fd, &answer, false);
	assert_int_equal(answer.status, 408);
	close(fd);
}

static void
idle_connections_are_closed(void **state)
{
	struct raw_answer answer;
	int fd = raw_dial(server.port);

	(void)state;
	assert_true(raw_is_closed(fd));
	close(fd);
	fd = raw_dial(server.port);
	raw_send_str(fd, "GET /hello HTTP/1.1\r\n" HOST "\r\n");
	raw_read(fd, &answer, false);
	assert_true(raw_is_closed(fd));
	close(fd);
}

static void
a_reader_that_takes_nothing_is_cut_off(void **state)
{
	struct raw_answer answer;
	char *scratch = xmalloc(1 << 20);
	ssize_t n, got = 0;
	int fd = raw_dial(server.port);

	(void)state;
	raw_send_str(fd, "GET /file?len=500000000 HTTP/1.1\r\n" HOST "\r\n");
	/* More than the limit passes at another connection. */
	for (int i = 0; i < 30; i++)
		raw_ask(server.port, "GET /later HTTP/1.1\r\n" HOST "\r\n",
		    &answer);
	while ((n = recv(fd, scratch, 1 << 20, 0)) > 0)
		got += n;
	assert_true(got < 500000000);
	free(scratch);
	close(fd);
}

static void
connections_over_the_limit_wait(void **state)
{
	struct raw_answer answer;
	int fds[8];

	(void)state;
	for (int i = 0; i < 8; i++) {
		fds[i] = raw_dial(server.port);
		raw_send_str(fds[i], "GET /hello HTTP/1.1\r\n" HOST "\r\n");
	}
	/* Four are served; the others once those have idled away. */
	for (int i = 0; i < 8; i++) {
		raw_read(fds[i], &answer, false);
		assert_string_equal(answer.body, "hello");
		close(fds[i]);
	}
}

/* Whoever asks nothing for a while gives way; a request under way does not. */
static void
idle_connections_keep_nobody_out(void **state)
{
	struct http_limits patient = hasty;
	struct http_child full;
	struct raw_answer answer;
	int fds[4];

	(void)state;
	patient.idle_timeout_ms = patient.header_timeout_ms =
	    patient.body_timeout_ms = 600000;
	http_child_start(&full, &patient);
	fds[0] = raw_dial(full.port);
	raw_send_str(fds[0], UPLOAD "Content-Length: 5\r\n\r\nab");
	fds[1] = raw_dial(full.port);
	raw_send_str(fds[1], "GET /hello HTTP/1.1\r\n" HOST "\r\n");
	raw_read(fds[1], &answer, false);
	fds[2] = raw_dial(full.port);
	fds[3] = raw_dial(full.port);
	raw_send_str(fds[3], "GET /hello HTTP/1.1\r\nHos");
	assert_int_equal(
	    raw_ask(full.port, "GET /hello HTTP/1.1\r\n" HOST "\r\n", &answer),
	    200);
	assert_true(raw_is_closed(fds[1]));
	raw_send_str(fds[0], "cde");
	raw_read(fds[0], &answer, false);
	assert_int_equal(answer.status, 200);
	for (int i = 0; i < 4; i++)
		close(fds[i]);
	http_child_stop(&full);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(slow_headers_are_answered_408),
	    cmocka_unit_test(a_trickle_of_bytes_gains_no_time),
	    cmocka_unit_test(slow_bodies_are_answered_408),
	    cmocka_unit_test(idle_connections_are_closed),
	    cmocka_unit_test(a_reader_that_takes_nothing_is_cut_off),
	    cmocka_unit_test(connections_over_the_limit_wait),
	    cmocka_unit_test(idle_connections_keep_nobody_out),
	};

	return cmocka_run_group_tests(tests, start, stop);
}

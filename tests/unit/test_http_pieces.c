/* Answers of the HTTP server that come in pieces. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/http_server.h"
#include "common/xalloc.h"
#include "tests/lib/http_child.h"

#define HOST "Host: a\r\n"

static struct http_child server;

static int
start(void **state)
{
	static struct http_limits limits;

	(void)state;
	limits = http_default_limits;
	limits.write_timeout_ms = 200;
	http_child_start(&server, &limits);
	return 0;
}

static int
stop(void **state)
{
	(void)state;
	http_child_stop(&server);
	return 0;
}

/* All that comes until the end, or until it ends with `last`. */
static char *
read_until(int fd, const char *last)
{
	size_t len = 0, max = 65536;
	char *text = xcalloc(max, 1);
	ssize_t n;

	while ((n = read(fd, text + len, max - 1 - len)) > 0) {
		len += n;
		if (last != NULL && len >= strlen(last) &&
		    strcmp(text + len - strlen(last), last) == 0)
			break;
	}
	return text;
}

/* The text of a chunked body; fails unless it is one, whole. The caller
 * frees. */
static char *
unchunk(const char *p)
{
	char *text = xcalloc(strlen(p) + 1, 1);

	for (;;) {
		char *end;
		unsigned long n = strtoul(p, &end, 16);

		assert_true(end > p && strncmp(end, "\r\n", 2) == 0);
		p = end + 2;
		assert_true(strlen(p) >= n + 2);
		strncat(text, p, n);
		p += n;
		assert_int_equal(strncmp(p, "\r\n", 2), 0);
		p += 2;
		if (n == 0)
			break;
	}
	assert_string_equal(p, "");
	return text;
}

static void
pieces_come_in_chunks_and_the_connection_lives(void **state)
{
	int fd = raw_dial(server.port);
	struct raw_answer answer;
	char *all, *text;

	(void)state;
	raw_send_str(fd, "GET /pieces?n=3 HTTP/1.1\r\n" HOST "\r\n");
	all = read_until(fd, "\r\n0\r\n\r\n");
	assert_non_null(strstr(all, "Transfer-Encoding: chunked\r\n"));
	assert_null(strstr(all, "Content-Length"));
	text = unchunk(strstr(all, "\r\n\r\n") + 4);
	assert_string_equal(text, "piece 1\npiece 2\npiece 3\n");
	raw_send_str(fd, "GET /hello HTTP/1.1\r\n" HOST "\r\n");
	raw_read(fd, &answer, false);
	assert_string_equal(answer.body, "hello");
	close(fd);
	free(text);
	free(all);
}

static void
an_old_client_has_the_bytes_and_the_end_of_the_connection(void **state)
{
	int fd = raw_dial(server.port);
	char *all;

	(void)state;
	raw_send_str(fd, "GET /pieces?n=2 HTTP/1.0\r\n" HOST
			 "Connection: keep-alive\r\n\r\n");
	all = read_until(fd, NULL);
	assert_null(strstr(all, "chunked"));
	assert_non_null(strstr(all, "Connection: close\r\n"));
	assert_string_equal(strstr(all, "\r\n\r\n") + 4, "piece 1\npiece 2\n");
	close(fd);
	free(all);
}

static void
of_head_there_is_the_head_alone(void **state)
{
	int fd = raw_dial(server.port);
	struct raw_answer answer;

	(void)state;
	raw_send_str(fd, "HEAD /pieces?n=3 HTTP/1.1\r\n" HOST "\r\n");
	raw_read(fd, &answer, true);
	assert_int_equal(answer.status, 200);
	raw_send_str(fd, "GET /hello HTTP/1.1\r\n" HOST "\r\n");
	raw_read(fd, &answer, false);
	assert_string_equal(answer.body, "hello");
	close(fd);
}

static void
a_client_that_goes_between_pieces_is_noticed(void **state)
{
	long gone = raw_stat(server.port, "gone");
	int fd = raw_dial(server.port);
	char first[16];

	(void)state;
	raw_send_str(fd, "GET /pieces?n=1000000 HTTP/1.1\r\n" HOST "\r\n");
	assert_true(read(fd, first, sizeof(first)) > 0);
	close(fd);
	raw_await_stat(server.port, "gone", gone + 1);
}

static void
a_reader_that_takes_nothing_is_cut_off(void **state)
{
	long gone = raw_stat(server.port, "gone");
	int fd = raw_dial(server.port);

	(void)state;
	raw_send_str(fd, "GET /endless HTTP/1.1\r\n" HOST "\r\n");
	raw_await_stat(server.port, "gone", gone + 1);
	close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(pieces_come_in_chunks_and_the_connection_lives),
	    cmocka_unit_test(
		an_old_client_has_the_bytes_and_the_end_of_the_connection),
	    cmocka_unit_test(of_head_there_is_the_head_alone),
	    cmocka_unit_test(a_client_that_goes_between_pieces_is_noticed),
	    cmocka_unit_test(a_reader_that_takes_nothing_is_cut_off),
	};

	return cmocka_run_group_tests(tests, start, stop);
}

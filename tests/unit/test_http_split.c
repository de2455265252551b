/*
 * Requests cut into pieces at every place: the answer is always the same,
 * and so is the moment from which on the server reads no further.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "tests/lib/http_loop.h"

#define HOST "Host: a\r\n"
#define CHUNKED(path)                                                          \
	"POST " path " HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n"

enum { UNFINISHED = 7 };

static const char *const streams[] = {
    "GET /get/7?q=%41+b HTTP/1.1\r\n" HOST "\r\n",
    "\r\nHEAD /get/7 HTTP/1.1\r\n" HOST "\r\n",
    "POST /gather HTTP/1.1\r\n" HOST "Content-Length: 5\r\n\r\nabcde",
    "POST /stream HTTP/1.1\r\n" HOST "Content-Length: 5\r\n\r\nabcde"
    "GET /get/1 HTTP/1.0\r\n\r\n",
    CHUNKED("/gather") "3\r\nabc\r\n0A;x=\"y\"\r\n0123456789\r\n0\r\n\r\n",
    CHUNKED("/stream") "3\r\nabc\r\n1\r\nd\r\n000\r\nX: y\r\nZ: 1\r\n\r\n"
		       "GET /get/1 HTTP/1.1\r\n" HOST "\r\n",
    CHUNKED("/stream") "3\r\nabc\n",
    [UNFINISHED] = CHUNKED("/stream") "c8\r\nabc",
    CHUNKED("/stream") "c9\r\nabc",
    CHUNKED("/gather") "3\r\nabc\r\n\r\n",
    "GET /get/1 HTTP/1.1\r\n" HOST "X: a\r\n b\r\n\r\n",
    "GET /get/1 HTTP/1.1\n" HOST "\r\n",
    "GET /nothing HTTP/1.1\r\n" HOST "\r\nBREW / HTTP/1.1\r\n" HOST "\r\n",
    "POST /gather HTTP/1.1\r\n" HOST "Content-Length: 101\r\n\r\nabc",
    "PUT /gather HTTP/1.1\r\n" HOST "Content-Length: 3\r\n\r\nabc",
};

static void
compare(const char *stream, const size_t *cuts, size_t n, const char *want)
{
	char *got =
	    http_loop_run((const uint8_t *)stream, strlen(stream), cuts, n);

	if (strcmp(got, want) != 0)
		fail_msg("cut at %zu of %s\ngives %s\nnot %s", cuts[0], stream,
		    got, want);
	free(got);
}

static void
a_request_is_answered_alike_however_it_is_cut(void **state)
{
	size_t cuts[1024];

	(void)state;
	for (size_t i = 0; i < sizeof(streams) / sizeof(streams[0]); i++) {
		size_t n = strlen(streams[i]);
		char *want =
		    http_loop_run((const uint8_t *)streams[i], n, NULL, 0);

		/* One body is never finished: no answer. */
		if (i != UNFINISHED)
			assert_memory_equal(want, "HTTP/1.1 ", 9);
		for (size_t at = 1; at < n; at++)
			compare(streams[i], &at, 1, want);
		for (size_t at = 1; at < n; at++)
			cuts[at - 1] = at;
		compare(streams[i], cuts, n - 1, want);
		free(want);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_request_is_answered_alike_however_it_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Which bytes of a file a request asks for; and the file as an answer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/http_file.h"
#include "common/http_server.h"
#include "tests/lib/http_child.h"
#include "tests/lib/looper.h"

#define ETAG "\"aa\""

static const struct {
	const char *range, *if_range, *if_none_match;
	uint64_t bytes;
	enum http_range_answer answer;
	uint64_t offset, len;
} cases[] = {
    {NULL, NULL, NULL, 10, HTTP_RANGE_WHOLE, 0, 10},
    {"bytes=0-0", NULL, NULL, 10, HTTP_RANGE_PART, 0, 1},
    {"bytes=2-5", NULL, NULL, 10, HTTP_RANGE_PART, 2, 4},
    {"bytes=2-", NULL, NULL, 10, HTTP_RANGE_PART, 2, 8},
    {"bytes=9-99", NULL, NULL, 10, HTTP_RANGE_PART, 9, 1},
    {"bytes=-3", NULL, NULL, 10, HTTP_RANGE_PART, 7, 3},
    {"bytes=-99", NULL, NULL, 10, HTTP_RANGE_PART, 0, 10},
    {"bytes=0-9223372036854775807", NULL, NULL, 10, HTTP_RANGE_PART, 0, 10},
    /* outside */
    {"bytes=10-", NULL, NULL, 10, HTTP_RANGE_OUTSIDE, 0, 0},
    {"bytes=10-12", NULL, NULL, 10, HTTP_RANGE_OUTSIDE, 0, 0},
    {"bytes=-0", NULL, NULL, 10, HTTP_RANGE_OUTSIDE, 0, 0},
    {"bytes=0-", NULL, NULL, 0, HTTP_RANGE_OUTSIDE, 0, 0},
    /* not understood, or several: all of it */
    {"bytes=-5", NULL, NULL, 0, HTTP_RANGE_WHOLE, 0, 0},
    {"bytes=0-1,3-4", NULL, NULL, 10, HTTP_RANGE_WHOLE, 0, 10},
    {"bytes=5-4", NULL, NULL, 10, HTTP_RANGE_WHOLE, 0, 10},
    {"bytes=", NULL, NULL, 10, HTTP_RANGE_WHOLE, 0, 10},
    {"bytes=-", NULL, NULL, 10, HTTP_RANGE_WHOLE, 0, 10},
    {"bytes=a-b", NULL, NULL, 10, HTTP_RANGE_WHOLE, 0, 10},
    {"bytes=1", NULL, NULL, 10, HTTP_RANGE_WHOLE, 0, 10},
    {"bytes=1-2x", NULL, NULL, 10, HTTP_RANGE_WHOLE, 0, 10},
    {"bytes=+1-2", NULL, NULL, 10, HTTP_RANGE_WHOLE, 0, 10},
    {"bytes=--1", NULL, NULL, 10, HTTP_RANGE_WHOLE, 0, 10},
    {"lines=1-2", NULL, NULL, 10, HTTP_RANGE_WHOLE, 0, 10},
    {"bytes=18446744073709551616-", NULL, NULL, 10, HTTP_RANGE_WHOLE, 0, 10},
    {"bytes=0-99999999999999999999", NULL, NULL, 10, HTTP_RANGE_WHOLE, 0, 10},
    /* If-Range */
    {"bytes=2-5", ETAG, NULL, 10, HTTP_RANGE_PART, 2, 4},
    {"bytes=2-5", "\"bb\"", NULL, 10, HTTP_RANGE_WHOLE, 0, 10},
    {"bytes=2-5", "W/" ETAG, NULL, 10, HTTP_RANGE_WHOLE, 0, 10},
    {"bytes=2-5", "Sun, 09 Sep 2001 01:46:45 GMT", NULL, 10, HTTP_RANGE_WHOLE,
	0, 10},
    {"bytes=20-", "\"bb\"", NULL, 10, HTTP_RANGE_WHOLE, 0, 10},
    /* If-None-Match */
    {NULL, NULL, ETAG, 10, HTTP_RANGE_NOT_MODIFIED, 0, 0},
    {NULL, NULL, "\"bb\", W/" ETAG " ,\"cc\"", 10, HTTP_RANGE_NOT_MODIFIED, 0,
	0},
    {NULL, NULL, "*", 10, HTTP_RANGE_NOT_MODIFIED, 0, 0},
    {"bytes=2-5", NULL, ETAG, 10, HTTP_RANGE_NOT_MODIFIED, 0, 0},
    {NULL, NULL, "\"bb\"", 10, HTTP_RANGE_WHOLE, 0, 10},
    {NULL, NULL, "\"aab\"", 10, HTTP_RANGE_WHOLE, 0, 10},
    {NULL, NULL, "\"aa", 10, HTTP_RANGE_WHOLE, 0, 10},
    {NULL, NULL, "", 10, HTTP_RANGE_WHOLE, 0, 10},
};

static void
a_request_asks_for_a_stretch(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct http_range r =
		    http_range_of(cases[i].range, cases[i].if_range,
			cases[i].if_none_match, ETAG, cases[i].bytes);

		if (r.answer != cases[i].answer ||
		    r.offset != cases[i].offset || r.len != cases[i].len)
			fail_msg("case %zu, %s: %d %llu %llu", i,
			    cases[i].range, r.answer,
			    (unsigned long long)r.offset,
			    (unsigned long long)r.len);
	}
}

/* -- the file as an answer ---------------------------------------------- */

#define SHA256                                                                 \
	"84d89877f0d4041efb6bf91a16f0248f2fd573e6af05c19f96bedb9f882f7882"

static void
on_get(struct http_req *req, void *arg)
{
	FILE *file = arg;

	http_file_reply(req, "text/plain", SHA256, dup(fileno(file)), 10);
}

static const struct http_route routes[] = {
    {"GET", "/file", 0, false, on_get, 0},
    {NULL, NULL, 0, false, NULL, 0},
};

static const struct {
	const char *method, *header;
	int status;
	const char *body, *range; /* Content-Range; NULL: none */
	int length;
} answers[] = {
    {"GET", "X: y", 200, "0123456789", NULL, 10},
    {"HEAD", "X: y", 200, "", NULL, 10},
    {"GET", "Range: bytes=2-5", 206, "2345", "bytes 2-5/10", 4},
    {"GET", "Range: bytes=-1", 206, "9", "bytes 9-9/10", 1},
    {"HEAD", "Range: bytes=2-5", 206, "", "bytes 2-5/10", 4},
    {"GET", "Range: bytes=10-", 416, NULL, "bytes */10", -1},
    {"GET", "If-None-Match: \"" SHA256 "\"", 304, "", NULL, 0},
    {"GET", "Range: bytes=2-5\r\nIf-Range: \"" SHA256 "\"", 206, "2345",
	"bytes 2-5/10", 4},
    {"GET", "Range: bytes=2-5\r\nIf-Range: \"old\"", 200, "0123456789", NULL,
	10},
};

static void
check_header(
    const struct raw_answer *answer, const char *name, const char *expected)
{
	char *value = raw_header(answer, name);

	if (expected == NULL)
		assert_null(value);
	else
		assert_string_equal(value, expected);
	free(value);
}

static void
check_answer(int port, size_t i)
{
	struct raw_answer answer;
	char request[256];
	int fd = raw_dial(port);

	snprintf(request, sizeof(request),
	    "%s /file HTTP/1.1\r\nHost: x\r\n%s\r\n\r\n", answers[i].method,
	    answers[i].header);
	raw_send_str(fd, request);
	raw_read(fd, &answer, answers[i].method[0] == 'H');
	close(fd);
	assert_int_equal(answer.status, answers[i].status);
	check_header(&answer, "Content-Range", answers[i].range);
	check_header(&answer, "ETag", "\"" SHA256 "\"");
	check_header(&answer, "Accept-Ranges", "bytes");
	if (answers[i].body != NULL) {
		answer.body[answer.len] = '\0';
		assert_string_equal(answer.body, answers[i].body);
		assert_int_equal(answer.length, answers[i].length);
	}
}

static void
a_file_is_answered_in_stretches(void **state)
{
	struct looper *looper = looper_new();
	FILE *file = tmpfile();
	struct http_server *server = http_server_new(
	    looper_base(looper), routes, &http_default_limits, file);
	int port;

	(void)state;
	fputs("0123456789", file);
	fflush(file);
	assert_int_equal(http_server_listen(server, "127.0.0.1:0", NULL), 0);
	port = http_server_port(server);
	looper_start(looper, NULL, NULL);
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++)
		check_answer(port, i);
	looper_stop(looper);
	http_server_free(server);
	looper_free(looper);
	fclose(file);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_request_asks_for_a_stretch),
	    cmocka_unit_test(a_file_is_answered_in_stretches),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

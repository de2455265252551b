/*
 * The HTTP server when bodies are large, clients go away, and the server
 * itself is about to stop.
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
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "common/http_server.h"
#include "common/xalloc.h"
#include "tests/lib/http_child.h"

#define HOST "Host: a\r\n"
#define UPLOAD "POST /upload HTTP/1.1\r\n" HOST

/* Sanitizers keep freed memory, so there the sizes are small and unjudged. */
#ifdef __SANITIZE_ADDRESS__
enum { JUDGE_MEMORY = 0 };
static const uint64_t large = 48 << 20;
#else
enum { JUDGE_MEMORY = 1 };
static const uint64_t large = 1 << 30;
#endif

enum { PATTERN = 1 << 20, MAX_GROWTH_KB = 8192 };

static struct http_child server;

static int
start(void **state)
{
	(void)state;
	http_child_start(&server, NULL);
	return 0;
}

static int
stop(void **state)
{
	(void)state;
	http_child_stop(&server);
	return 0;
}

/* Bytes that differ from block to block would cost more than the server. */
static char *
make_pattern(void)
{
	char *p = xmalloc(PATTERN);
	uint32_t x = 1;

	for (int i = 0; i < PATTERN; i++) {
		x = x * 1664525 + 1013904223;
		p[i] = x >> 24;
	}
	return p;
}

/* The chunk sizes go from one byte to more than one read. */
static size_t
chunk_size(int i)
{
	static const size_t sizes[] = {1, 7, 4096, 65537, 1 << 20, 300000};

	return sizes[i % 6];
}

static void
send_counted(int fd, const char *pattern)
{
	char *head = xasprintf(
	    UPLOAD "Content-Length: %llu\r\n\r\n", (unsigned long long)large);

	raw_send_str(fd, head);
	free(head);
	for (uint64_t sent = 0; sent < large; sent += PATTERN)
		raw_send(fd, pattern, PATTERN);
}

static void
send_chunked(int fd, const char *pattern)
{
	uint64_t sent = 0;
	char line[32];

	raw_send_str(fd, UPLOAD "Transfer-Encoding: chunked\r\n\r\n");
	for (int i = 0; sent < large; i++) {
		size_t at = sent % PATTERN, n = chunk_size(i);

		n = n < PATTERN - at ? n : PATTERN - at;
		snprintf(line, sizeof(line), "%zx\r\n", n);
		raw_send_str(fd, line);
		raw_send(fd, pattern + at, n);
		raw_send_str(fd, "\r\n");
		sent += n;
	}
	raw_send_str(fd, "0\r\n\r\n");
}

static void
upload(const char *label, void (*send_body)(int, const char *))
{
	struct raw_answer answer;
	char *pattern = make_pattern(), want[64];
	XXH64_state_t hash;
	long before, growth;
	int fd = raw_dial(server.port);

	XXH64_reset(&hash, 0);
	for (uint64_t n = 0; n < large; n += PATTERN)
		XXH64_update(&hash, pattern, PATTERN);
	snprintf(want, sizeof(want), "%llu %016llx", (unsigned long long)large,
	    (unsigned long long)XXH64_digest(&hash));
	raw_ask(server.port, "POST /measure HTTP/1.1\r\n" HOST "\r\n", &answer);
	before = raw_stat(server.port, "rss_kb");
	send_body(fd, pattern);
	raw_read(fd, &answer, false);
	assert_string_equal(answer.body, want);
	growth = raw_stat(server.port, "hwm_kb") - before;
	printf("# %s upload of %llu MiB: %ld KiB of growth\n", label,
	    (unsigned long long)large >> 20, growth);
	if (JUDGE_MEMORY)
		assert_in_range(growth, 0, MAX_GROWTH_KB);
	free(pattern);
	close(fd);
}

static void
a_counted_upload_streams_in_little_memory(void **state)
{
	(void)state;
	upload("counted", send_counted);
}

static void
a_chunked_upload_streams_in_little_memory(void **state)
{
	(void)state;
	upload("chunked", send_chunked);
}

static void
a_download_streams_in_little_memory(void **state)
{
	struct raw_answer answer;
	char *request =
	    xasprintf("GET /file?at=3&len=%llu HTTP/1.1\r\n" HOST "\r\n",
		(unsigned long long)large);
	long before, growth;
	int fd = raw_dial(server.port);

	(void)state;
	raw_ask(server.port, "POST /measure HTTP/1.1\r\n" HOST "\r\n", &answer);
	before = raw_stat(server.port, "rss_kb");
	raw_send_str(fd, request);
	raw_read(fd, &answer, false);
	assert_int_equal(answer.length, large);
	assert_memory_equal(answer.body, "3456789\0\0\0", 10);
	growth = raw_stat(server.port, "hwm_kb") - before;
	printf("# download of %llu MiB: %ld KiB of growth\n",
	    (unsigned long long)large >> 20, growth);
	if (JUDGE_MEMORY)
		assert_in_range(growth, 0, MAX_GROWTH_KB);
	/* The connection goes on. */
	raw_send_str(fd, "GET /hello HTTP/1.1\r\n" HOST "\r\n");
	raw_read(fd, &answer, false);
	assert_string_equal(answer.body, "hello");
	free(request);
	close(fd);
}

/* So that the judgements above mean something. */
static void
an_answer_from_memory_is_seen_to_cost_memory(void **state)
{
	struct raw_answer answer;
	long before;

	(void)state;
	raw_ask(server.port, "POST /measure HTTP/1.1\r\n" HOST "\r\n", &answer);
	before = raw_stat(server.port, "rss_kb");
	raw_ask(server.port, "GET /big?len=40000000 HTTP/1.1\r\n" HOST "\r\n",
	    &answer);
	assert_int_equal(answer.length, 40000000);
	if (JUDGE_MEMORY)
		assert_true(raw_stat(server.port, "hwm_kb") - before > 30000);
}

static void
a_paused_body_stays_at_the_client(void **state)
{
	struct raw_answer answer;
	char *megabyte = xcalloc(1 << 20, 1);
	long before;
	int fd = raw_dial(server.port);
	ssize_t n, sent = 0;

	(void)state;
	before = raw_stat(server.port, "rss_kb");
	raw_send_str(fd, "POST /never HTTP/1.1\r\n" HOST
			 "Content-Length: 1000000000\r\n\r\n");
	/* Until the kernel takes no more for a while. */
	for (int calm = 0; calm < 5;) {
		n = send(fd, megabyte, 1 << 20, MSG_NOSIGNAL | MSG_DONTWAIT);
		calm = n > 0 ? 0 : calm + 1;
		sent += n > 0 ? n : 0;
		raw_ask(server.port, "GET /later HTTP/1.1\r\n" HOST "\r\n",
		    &answer);
	}
	assert_true(sent < 100000000);
	if (JUDGE_MEMORY)
		assert_true(raw_stat(server.port, "rss_kb") - before < 1024);
	free(megabyte);
	close(fd);
}

static void
reading_may_begin_later(void **state)
{
	struct raw_answer answer;
	int fd = raw_dial(server.port);

	(void)state;
	raw_send_str(fd,
	    "POST /late-read HTTP/1.1\r\n" HOST "Content-Length: 5\r\n\r\nabcde"
	    "POST /late-read HTTP/1.1\r\n" HOST "Content-Length: 0\r\n\r\n");
	raw_read(fd, &answer, false);
	assert_memory_equal(answer.body, "5 ", 2);
	raw_read(fd, &answer, false);
	assert_memory_equal(answer.body, "0 ", 2);
	close(fd);
}

static void
a_handler_may_answer_before_the_body_has_come(void **state)
{
	struct raw_answer answer;
	int fd = raw_dial(server.port);

	(void)state;
	raw_send_str(
	    fd, "POST /stop HTTP/1.1\r\n" HOST "Content-Length: 5\r\n\r\nab");
	raw_read(fd, &answer, false);
	assert_int_equal(answer.status, 409);
	assert_true(raw_is_closed(fd));
	close(fd);
	fd = raw_dial(server.port);
	raw_send_str(fd, "POST /reject HTTP/1.1\r\n" HOST
			 "Transfer-Encoding: chunked\r\n\r\n");
	raw_read(fd, &answer, false);
	assert_int_equal(answer.status, 403);
	assert_true(raw_is_closed(fd));
	close(fd);
}

static void
a_streamed_body_over_its_limit_is_cut_off(void **state)
{
	struct raw_answer answer;
	long ended = raw_stat(server.port, "ended_badly");
	int fd = raw_dial(server.port);

	(void)state;
	raw_send_str(fd, "POST /small HTTP/1.1\r\n" HOST
			 "Transfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n"
			 "3e4\r\n");
	raw_read(fd, &answer, false);
	assert_int_equal(answer.status, 413);
	assert_true(raw_is_closed(fd));
	close(fd);
	raw_await_stat(server.port, "ended_badly", ended + 1);
	fd = raw_dial(server.port);
	raw_send_str(
	    fd, "POST /small HTTP/1.1\r\n" HOST "Content-Length: 1001\r\n\r\n");
	raw_read(fd, &answer, false);
	assert_int_equal(answer.status, 413);
	close(fd);
}

static void
a_malformed_rest_of_a_body_ends_the_reading(void **state)
{
	struct raw_answer answer;
	long ended = raw_stat(server.port, "ended_badly");
	int fd = raw_dial(server.port);

	(void)state;
	raw_send_str(fd, UPLOAD "Transfer-Encoding: chunked\r\n\r\n"
				"5\r\nabcde\r\nx\r\n");
	raw_read(fd, &answer, false);
	assert_int_equal(answer.status, 400);
	assert_true(raw_is_closed(fd));
	close(fd);
	raw_await_stat(server.port, "ended_badly", ended + 1);
}

static void
a_client_that_goes_while_it_waits_is_noticed(void **state)
{
	long gone = raw_stat(server.port, "gone");
	int fd = raw_dial(server.port);

	(void)state;
	raw_send_str(fd, "GET /hang HTTP/1.1\r\n" HOST "\r\n");
	close(fd);
	raw_await_stat(server.port, "gone", gone + 1);
}

static void
a_client_that_resets_while_it_waits_is_noticed(void **state)
{
	struct linger reset = {1, 0};
	long gone = raw_stat(server.port, "gone");
	int fd = raw_dial(server.port);

	(void)state;
	raw_send_str(fd, "GET /hang HTTP/1.1\r\n" HOST "\r\n");
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	close(fd);
	raw_await_stat(server.port, "gone", gone + 1);
}

static void
a_client_that_goes_during_its_upload_is_noticed(void **state)
{
	long ended = raw_stat(server.port, "ended_badly");
	int fd = raw_dial(server.port);

	(void)state;
	raw_send_str(fd, UPLOAD "Content-Length: 5\r\n\r\nab");
	close(fd);
	raw_await_stat(server.port, "ended_badly", ended + 1);
}

static void
an_answer_for_a_client_that_has_gone_is_dropped(void **state)
{
	struct raw_answer answer;
	int fd = raw_dial(server.port);

	(void)state;
	raw_send_str(fd, "GET /later HTTP/1.1\r\n" HOST "\r\n");
	close(fd);
	fd = raw_dial(server.port);
	raw_send_str(fd,
	    "POST /late-read HTTP/1.1\r\n" HOST "Content-Length: 9\r\n\r\nab");
	close(fd);
	/* Two rounds of the same delay: both are over. */
	for (int i = 0; i < 2; i++)
		raw_ask(server.port, "GET /later HTTP/1.1\r\n" HOST "\r\n",
		    &answer);
	assert_string_equal(answer.body, "later");
}

static void
a_client_that_leaves_a_download_leaves_nothing_behind(void **state)
{
	struct raw_answer answer;
	int fd = raw_dial(server.port);

	(void)state;
	raw_send_str(fd, "GET /file?len=500000000 HTTP/1.1\r\n" HOST "\r\n");
	raw_read(fd, &answer, true);
	assert_int_equal(answer.length, 500000000);
	close(fd);
	raw_ask(server.port, "GET /hello HTTP/1.1\r\n" HOST "\r\n", &answer);
	assert_string_equal(answer.body, "hello");
}

static void
a_server_that_drains_answers_what_it_has_and_stops(void **state)
{
	struct http_child drained;
	struct raw_answer answer;
	char *connection;
	int idle, busy, uploading;

	(void)state;
	http_child_start(&drained, NULL);
	idle = raw_dial(drained.port);
	raw_send_str(idle, "GET /hello HTTP/1.1\r\n" HOST "\r\n");
	raw_read(idle, &answer, false);
	busy = raw_dial(drained.port);
	raw_send_str(busy, "GET /later HTTP/1.1\r\n" HOST "\r\n");
	uploading = raw_dial(drained.port);
	raw_send_str(uploading, UPLOAD "Content-Length: 5\r\n"
				       "Expect: 100-continue\r\n\r\n");
	raw_read(uploading, &answer, true);
	assert_int_equal(raw_ask(drained.port,
			     "POST /drain HTTP/1.1\r\n" HOST "\r\n", &answer),
	    200);
	assert_true(raw_is_closed(idle));
	raw_read(busy, &answer, false);
	assert_string_equal(answer.body, "later");
	connection = raw_header(&answer, "Connection");
	assert_string_equal(connection, "close");
	free(connection);
	raw_send_str(uploading, "abcde");
	raw_read(uploading, &answer, false);
	assert_int_equal(answer.status, 200);
	http_child_wait(&drained);
	close(idle);
	close(busy);
	close(uploading);
}

static void
a_server_may_stop_with_requests_open(void **state)
{
	struct http_child stopped;
	struct raw_answer answer;
	int hanging, uploading;

	(void)state;
	http_child_start(&stopped, NULL);
	hanging = raw_dial(stopped.port);
	raw_send_str(hanging, "GET /hang HTTP/1.1\r\n" HOST "\r\n");
	uploading = raw_dial(stopped.port);
	raw_send_str(uploading,
	    "POST /never HTTP/1.1\r\n" HOST "Content-Length: 5\r\n\r\nab");
	raw_ask(stopped.port, "GET /hello HTTP/1.1\r\n" HOST "\r\n", &answer);
	http_child_stop(&stopped);
	assert_true(raw_is_closed(hanging));
	close(hanging);
	close(uploading);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_counted_upload_streams_in_little_memory),
	    cmocka_unit_test(a_chunked_upload_streams_in_little_memory),
	    cmocka_unit_test(a_download_streams_in_little_memory),
	    cmocka_unit_test(an_answer_from_memory_is_seen_to_cost_memory),
	    cmocka_unit_test(a_paused_body_stays_at_the_client),
	    cmocka_unit_test(reading_may_begin_later),
	    cmocka_unit_test(a_handler_may_answer_before_the_body_has_come),
	    cmocka_unit_test(a_streamed_body_over_its_limit_is_cut_off),
	    cmocka_unit_test(a_malformed_rest_of_a_body_ends_the_reading),
	    cmocka_unit_test(a_client_that_goes_while_it_waits_is_noticed),
	    cmocka_unit_test(a_client_that_resets_while_it_waits_is_noticed),
	    cmocka_unit_test(a_client_that_goes_during_its_upload_is_noticed),
	    cmocka_unit_test(an_answer_for_a_client_that_has_gone_is_dropped),
	    cmocka_unit_test(
		a_client_that_leaves_a_download_leaves_nothing_behind),
	    cmocka_unit_test(
		a_server_that_drains_answers_what_it_has_and_stops),
	    cmocka_unit_test(a_server_may_stop_with_requests_open),
	};

	return cmocka_run_group_tests(tests, start, stop);
}

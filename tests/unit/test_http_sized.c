/*
 * Answers of the HTTP server in pieces whose length is said first, written at
 * the reader's pace.
 */
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

#include "common/http_server.h"
#include "common/xalloc.h"
#include "tests/lib/http_child.h"
#include "tests/lib/looper.h"

enum { LARGE = 20 * 1024 * 1024, PIECE = 65536, AHEAD = 262144 };

/* The server's side lives in the looper's thread; read when that has ended. */
struct world {
	struct looper *looper;
	struct http_server *server;
	int port;
	char piece[PIECE];
	size_t left, most_ahead;
	int rooms, gone;
};

static void on_room(struct http_req *, void *);

static void
go_on(struct http_req *req, struct world *w)
{
	size_t ahead = 0;

	while (w->left > 0 && ahead < AHEAD) {
		size_t n = w->left < PIECE ? w->left : PIECE;

		ahead = http_stream_write(req, w->piece, n);
		w->left -= n;
		if (ahead > w->most_ahead)
			w->most_ahead = ahead;
	}
	if (w->left > 0)
		http_stream_on_room(req, on_room, w);
	else
		http_stream_end(req);
}

static void
on_room(struct http_req *req, void *arg)
{
	struct world *w = arg;

	w->rooms++;
	go_on(req, w);
}

static void
on_gone(struct http_req *req, void *arg)
{
	struct world *w = arg;

	w->gone++;
	http_stream_cut(req);
}

static void
on_large(struct http_req *req, void *arg)
{
	struct world *w = arg;

	w->left = LARGE;
	http_req_on_gone(req, on_gone, w);
	http_stream_begin_sized(req, 206, "a/b", LARGE);
	go_on(req, w);
}

static void
on_cut(struct http_req *req, void *arg)
{
	(void)arg;
	http_stream_begin_sized(req, 200, "a/b", 10);
	http_stream_write(req, "12345", 5);
	http_stream_cut(req);
}

static void
on_short(struct http_req *req, void *arg)
{
	(void)arg;
	http_stream_begin_sized(req, 200, "a/b", 10);
	http_stream_write(req, "12345", 5);
	http_stream_end(req);
}

static void
on_long(struct http_req *req, void *arg)
{
	(void)arg;
	http_stream_begin_sized(req, 200, "a/b", 4);
	http_stream_write(req, "123", 3);
	http_stream_write(req, "456", 3);
	http_stream_end(req);
}

static void
on_cut_chunks(struct http_req *req, void *arg)
{
	(void)arg;
	http_stream_begin(req, 200, "a/b");
	http_stream_write(req, "12345", 5);
	http_stream_cut(req);
}

static const struct http_route routes[] = {
    {"GET", "/large", 0, false, on_large, 0},
    {"GET", "/cut", 0, false, on_cut, 0},
    {"GET", "/short", 0, false, on_short, 0},
    {"GET", "/long", 0, false, on_long, 0},
    {"GET", "/chunks", 0, false, on_cut_chunks, 0},
    {NULL, NULL, 0, false, NULL, 0},
};

static int
set_up(void **state)
{
	struct world *w = xcalloc(1, sizeof(*w));

	w->looper = looper_new();
	w->server = http_server_new(
	    looper_base(w->looper), routes, &http_default_limits, w);
	assert_int_equal(http_server_listen(w->server, "127.0.0.1:0", NULL), 0);
	w->port = http_server_port(w->server);
	memset(w->piece, 'x', PIECE);
	looper_start(w->looper, NULL, NULL);
	*state = w;
	return 0;
}

/* After it the server's side may be looked at. */
static void
stop(struct world *w)
{
	if (w->server == NULL)
		return;
	looper_stop(w->looper);
	http_server_free(w->server);
	w->server = NULL;
}

static int
tear_down(void **state)
{
	struct world *w = *state;

	stop(w);
	looper_free(w->looper);
	free(w);
	return 0;
}

static int
ask(struct world *w, const char *method, const char *path)
{
	char request[128];
	int fd = raw_dial(w->port);

	snprintf(request, sizeof(request), "%s %s HTTP/1.1\r\nHost: a\r\n\r\n",
	    method, path);
	raw_send_str(fd, request);
	return fd;
}

/* All that comes until the end, its head first; how many bytes. */
static size_t
read_all(int fd, char head[1024])
{
	char *bytes = xmalloc(PIECE);
	size_t all = 0;
	ssize_t n;

	while ((n = read(fd, bytes, PIECE)) > 0) {
		if (all < 1023) {
			size_t room = 1023 - all;

			memcpy(head + all, bytes,
			    (size_t)n < room ? (size_t)n : room);
		}
		all += n;
	}
	assert_int_equal(n, 0); /* the end, and no time that is up */
	head[all < 1023 ? all : 1023] = '\0';
	free(bytes);
	close(fd);
	return all;
}

static void
a_large_answer_goes_at_its_readers_pace(void **state)
{
	struct world *w = *state;
	struct raw_answer answer;
	int fd = ask(w, "GET", "/large");

	raw_read(fd, &answer, false);
	assert_int_equal(answer.status, 206);
	assert_int_equal(answer.length, LARGE);
	/* The connection is as good as before. */
	raw_send_str(fd, "GET /long HTTP/1.1\r\nHost: a\r\n\r\n");
	raw_read(fd, &answer, false);
	assert_int_equal(answer.len, 4);
	close(fd);
	stop(w);
	assert_true(w->rooms > 1);
	assert_true(w->most_ahead < AHEAD + 2 * PIECE);
	assert_int_equal(w->gone, 0);
}

static void
head_has_the_length_and_no_body(void **state)
{
	struct world *w = *state;
	struct raw_answer answer;
	int fd = ask(w, "HEAD", "/long");

	raw_read(fd, &answer, true);
	assert_int_equal(answer.status, 200);
	assert_int_equal(answer.length, 4);
	raw_send_str(fd, "GET /long HTTP/1.1\r\nHost: a\r\n\r\n");
	raw_read(fd, &answer, false);
	assert_int_equal(answer.len, 4);
	assert_memory_equal(answer.body, "1234", 4);
	close(fd);
}

/* The client can tell: the connection ends, and bytes are missing. */
static void
what_does_not_come_ends_the_connection(void **state)
{
	static const char *const paths[] = {"/cut", "/short"};
	struct world *w = *state;
	char head[1024];

	for (int i = 0; i < 2; i++) {
		read_all(ask(w, "GET", paths[i]), head);
		assert_non_null(strstr(head, "Content-Length: 10\r\n"));
		assert_string_equal(strstr(head, "\r\n\r\n"), "\r\n\r\n12345");
	}
	read_all(ask(w, "GET", "/chunks"), head);
	assert_non_null(strstr(head, "5\r\n12345\r\n"));
	assert_null(strstr(head, "0\r\n\r\n"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(a_large_answer_goes_at_its_readers_pace),
	    TEST(head_has_the_length_and_no_body),
	    TEST(what_does_not_come_ends_the_connection),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

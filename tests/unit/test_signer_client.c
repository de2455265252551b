/* signerd's socket and its client, on one loop in one process. */
#include "signer/answer.c"
#include "signer/bucket.c"
#include "signer/server.c"
#include "signer/shapes.c"
#include "signer/socket.c"
#include "signer/weights.c"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>

#include <cmocka.h>

#include "common/signer_client.h"

enum { PATIENCE_US = 10000000 };

struct fixture {
	struct event_base *base;
	struct event *tick; /* so that a loop never sleeps for good */
	struct sr25519_keypair key;
	struct answerer answerer;
	struct server *server;
	struct signer_client *client;
	char dir[64];
	char *path;
	/* What on_answer was told. */
	int answers, errors;
	char last[256];
	char last_err[512];
	struct signer_client **free_inside;
	int ask_again;
};

static void
on_tick(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	(void)arg;
}

static int
set_up(void **state)
{
	const struct timeval often = {0, 5000};
	struct fixture *f = xcalloc(1, sizeof(*f));

	log_set_level(LOG_FATAL);
	signal(SIGPIPE, SIG_IGN);
	assert_int_not_equal(sodium_init(), -1);
	f->base = event_base_new();
	f->tick = event_new(f->base, -1, EV_PERSIST, on_tick, f);
	event_add(f->tick, &often);
	sr25519_from_seed((const uint8_t[32]){5}, &f->key);
	snprintf(f->dir, sizeof(f->dir), "%s/signer-XXXXXX", P_tmpdir);
	assert_non_null(mkdtemp(f->dir));
	f->path = xasprintf("%s/sock", f->dir);
	answer_init(&f->answerer, &f->key, NULL, clock_mono_us());
	*state = f;
	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *f = *state;

	signer_client_free(f->client);
	server_free(f->server);
	event_free(f->tick);
	event_base_free(f->base);
	unlink(f->path);
	rmdir(f->dir);
	free(f->path);
	free(f);
	return 0;
}

static void
start_server(struct fixture *f)
{
	struct server_options options = {.path = f->path};
	struct err err;

	f->server = server_new(f->base, &options, &f->answerer, NULL, &err);
	if (f->server == NULL)
		fail_msg("%s", err.text);
}

static void
stop_server(struct fixture *f)
{
	server_free(f->server);
	f->server = NULL;
}

static void
start_both(struct fixture *f)
{
	start_server(f);
	f->client = signer_client_new(f->base, f->path);
}

static void
on_answer(const char *answer, const struct err *err, void *arg)
{
	struct fixture *f = arg;

	assert_true((answer == NULL) != (err == NULL));
	if (answer != NULL) {
		f->answers++;
		snprintf(f->last, sizeof(f->last), "%s", answer);
	} else {
		f->errors++;
		snprintf(f->last_err, sizeof(f->last_err), "%s", err->text);
	}
	if (f->ask_again > 0) {
		f->ask_again--;
		signer_whoami(f->client, on_answer, f);
	}
	if (f->free_inside != NULL) {
		signer_client_free(*f->free_inside);
		*f->free_inside = NULL;
	}
}

static void
loop_until(struct fixture *f, const int *counter, int want)
{
	int64_t deadline_us = clock_mono_us() + PATIENCE_US;

	while (*counter < want) {
		if (clock_mono_us() > deadline_us)
			fail_msg("waited for %d, got %d", want, *counter);
		event_base_loop(f->base, EVLOOP_ONCE);
	}
}

static void
loop_until_up(struct fixture *f, bool up)
{
	int64_t deadline_us = clock_mono_us() + PATIENCE_US;

	while (signer_client_is_up(f->client) != up) {
		if (clock_mono_us() > deadline_us)
			fail_msg("waited for up=%d", up);
		event_base_loop(f->base, EVLOOP_ONCE);
	}
}

static void
make_message(char out[EPISTULA_MAX_MESSAGE], int n)
{
	char body[32];

	snprintf(body, sizeof(body), "%d", n);
	epistula_message(body, strlen(body),
	    "01234567-89ab-7cde-8f01-23456789abcd", clock_wall_ms(), "", out);
}

/* -- asking ------------------------------------------------------------- */

static void
a_signature_comes_back_and_verifies(void **state)
{
	struct fixture *f = *state;
	char message[EPISTULA_MAX_MESSAGE];
	uint8_t sig[64];

	start_both(f);
	make_message(message, 1);
	signer_sign_epistula(f->client, message, on_answer, f);
	assert_int_equal(f->answers + f->errors, 0);
	loop_until(f, &f->answers, 1);
	assert_int_equal(hex_decode_exact(f->last, sig, sizeof(sig)), 0);
	assert_true(sr25519_verify(
	    f->key.public, (const uint8_t *)message, strlen(message), sig));
}

static void
the_client_learns_whose_key_it_is(void **state)
{
	struct fixture *f = *state;

	start_both(f);
	assert_string_equal(signer_client_hotkey(f->client), "");
	assert_false(signer_client_is_up(f->client));
	loop_until_up(f, true);
	assert_string_equal(
	    signer_client_hotkey(f->client), f->answerer.rules.hotkey);
	signer_whoami(f->client, on_answer, f);
	loop_until(f, &f->answers, 1);
	assert_string_equal(f->last, f->answerer.rules.hotkey);
}

struct ordered {
	struct fixture *f;
	int n;
};

static void
on_ordered(const char *answer, const struct err *err, void *arg)
{
	struct ordered *o = arg;

	(void)err;
	assert_non_null(answer);
	assert_int_equal(o->f->answers, o->n);
	o->f->answers++;
}

static void
pipelined_requests_are_answered_in_order(void **state)
{
	enum { N = 2000 };
	static struct ordered asked[N];
	struct fixture *f = *state;

	start_both(f);
	for (int i = 0; i < N; i++) {
		char message[EPISTULA_MAX_MESSAGE];

		asked[i] = (struct ordered){f, i};
		make_message(message, i);
		signer_sign_epistula(f->client, message, on_ordered, &asked[i]);
	}
	loop_until(f, &f->answers, N);
}

static void
a_refusal_is_told_and_harms_no_other(void **state)
{
	struct fixture *f = *state;
	struct buf payload = {0};

	start_both(f);
	signer_sign_epistula(f->client, "not one", on_answer, f);
	loop_until(f, &f->errors, 1);
	assert_string_equal(f->last_err,
	    "signer refused: not sha256hex.uuid.timestamp_ms.signed_for "
	    "(bad_message)");
	buf_add_str(&payload, "\x07\x01\x01\x01");
	signer_sign_weights(f->client, "set_weights", &payload, on_answer, f);
	signer_sign_statement(f->client, "Bad", "text", on_answer, f);
	signer_sign_dendrite(f->client, "1.2.3", on_answer, f);
	signer_sign_statement(f->client, "good", "text", on_answer, f);
	loop_until(f, &f->answers, 1);
	assert_int_equal(f->errors, 4);
	buf_free(&payload);
}

static void
what_cannot_be_sent_fails_alone(void **state)
{
	struct fixture *f = *state;
	char *text = xcalloc(1, SIGN_WIRE_MAX_LINE + 1);

	start_both(f);
	memset(text, 'x', SIGN_WIRE_MAX_LINE);
	signer_sign_statement(f->client, "long", text, on_answer, f);
	signer_sign_statement(f->client, "bytes", "\xff\xfe", on_answer, f);
	signer_sign_statement(f->client, "good", "text", on_answer, f);
	assert_int_equal(f->errors, 0);
	loop_until(f, &f->answers, 1);
	loop_until(f, &f->errors, 2);
	free(text);
}

static void
the_rate_is_kept(void **state)
{
	struct fixture *f = *state;

	start_both(f);
	bucket_init(
	    &f->answerer.buckets[SHAPE_STATEMENT], 0.001, 3, clock_mono_us());
	for (int i = 0; i < 5; i++)
		signer_sign_statement(f->client, "a", "b", on_answer, f);
	loop_until(f, &f->errors, 2);
	assert_int_equal(f->answers, 3);
	assert_string_equal(f->last_err,
	    "signer refused: more than 0.001 a second of statement "
	    "(rate_limited)");
}

/* -- when it is not there ----------------------------------------------- */

static void
without_a_socket_requests_fail_soon_and_clearly(void **state)
{
	struct fixture *f = *state;
	char *want =
	    xasprintf("signer at %s: No such file or directory", f->path);
	int64_t began_us = clock_mono_us();

	f->client = signer_client_new(f->base, f->path);
	for (int i = 0; i < 3; i++)
		signer_whoami(f->client, on_answer, f);
	assert_int_equal(f->errors, 0);
	loop_until(f, &f->errors, 3);
	assert_string_equal(f->last_err, want);
	assert_true(clock_mono_us() - began_us < SIGNER_TIMEOUT_MS * 1000);
	assert_false(signer_client_is_up(f->client));
	free(want);
}

static void
a_path_too_long_is_an_error_like_others(void **state)
{
	struct fixture *f = *state;
	char path[300];

	memset(path, 'p', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	f->client = signer_client_new(f->base, path);
	signer_whoami(f->client, on_answer, f);
	loop_until(f, &f->errors, 1);
	assert_non_null(strstr(f->last_err, "File name too long"));
}

static void
the_client_comes_back_by_itself(void **state)
{
	struct fixture *f = *state;

	f->client = signer_client_new(f->base, f->path);
	signer_whoami(f->client, on_answer, f);
	loop_until(f, &f->errors, 1);
	start_server(f);
	loop_until_up(f, true);
	stop_server(f);
	loop_until_up(f, false);
	start_server(f);
	loop_until_up(f, true);
	signer_whoami(f->client, on_answer, f);
	loop_until(f, &f->answers, 1);
}

static void
a_broken_connection_fails_what_was_asked(void **state)
{
	struct fixture *f = *state;
	char *want;

	start_both(f);
	loop_until_up(f, true);
	for (int i = 0; i < 5; i++)
		signer_whoami(f->client, on_answer, f);
	stop_server(f);
	loop_until(f, &f->errors, 5);
	assert_int_equal(f->answers, 0);
	want = xasprintf("signer at %s: ", f->path);
	assert_memory_equal(f->last_err, want, strlen(want));
	free(want);
}

static void
a_silent_signer_misses_the_deadline(void **state)
{
	struct fixture *f = *state;
	struct err err;
	int fd = socket_listen(f->path, false, &err);

	assert_true(fd >= 0);
	f->client = signer_client_new(f->base, f->path);
	signer_client_set_timeout(f->client, 30);
	signer_whoami(f->client, on_answer, f);
	signer_whoami(f->client, on_answer, f);
	loop_until(f, &f->errors, 2);
	assert_non_null(strstr(f->last_err, "no reply in time"));
	assert_int_equal(f->answers, 0);
	close(fd);
}

/* A signer that is none: its line ends the connection, not the process. */
static void
a_garbled_reply_ends_the_connection(void **state)
{
	static const char *const lines[] = {"hello\n", "{}\n", "[]\n",
	    "{\"id\":null,\"error\":{\"code\":\"c\",\"message\":\"m\"}}\n",
	    "{\"id\":0,\"signature\":7}\n", "{\"id\":0,\"error\":{}}\n",
	    "{\"id\":0,\"id\":0}\n", "\n"};
	struct fixture *f = *state;
	struct err err;
	int fd = socket_listen(f->path, false, &err);

	assert_true(fd >= 0);
	for (int i = 0; i < (int)(sizeof(lines) / sizeof(lines[0])); i++) {
		int peer;

		f->client = signer_client_new(f->base, f->path);
		signer_whoami(f->client, on_answer, f);
		peer = accept(fd, NULL, NULL);
		assert_true(peer >= 0);
		assert_int_equal(
		    write(peer, lines[i], strlen(lines[i])), strlen(lines[i]));
		loop_until(f, &f->errors, i + 1);
		assert_int_equal(f->answers, 0);
		close(peer);
		signer_client_free(f->client);
		f->client = NULL;
	}
	close(fd);
}

static void
an_endless_reply_ends_the_connection(void **state)
{
	struct fixture *f = *state;
	struct err err;
	int fd = socket_listen(f->path, false, &err), peer;
	char *junk = xcalloc(1, SIGN_WIRE_MAX_LINE + 1);

	memset(junk, ' ', SIGN_WIRE_MAX_LINE);
	f->client = signer_client_new(f->base, f->path);
	signer_whoami(f->client, on_answer, f);
	peer = accept(fd, NULL, NULL);
	assert_int_equal(
	    write(peer, junk, SIGN_WIRE_MAX_LINE), SIGN_WIRE_MAX_LINE);
	loop_until(f, &f->errors, 1);
	assert_non_null(strstr(f->last_err, "a reply is too long"));
	close(peer);
	close(fd);
	free(junk);
}

/* -- cancelling and freeing --------------------------------------------- */

static void
a_cancelled_call_does_not_call_back(void **state)
{
	struct fixture *f = *state;
	struct signer_call *sent, *failed;

	start_both(f);
	sent = signer_whoami(f->client, on_answer, f);
	signer_whoami(f->client, on_answer, f);
	signer_cancel(sent);
	loop_until(f, &f->answers, 1);
	stop_server(f);
	loop_until_up(f, false);
	failed = signer_whoami(f->client, on_answer, f);
	signer_whoami(f->client, on_answer, f);
	signer_cancel(failed);
	loop_until(f, &f->errors, 1);
	assert_int_equal(f->answers, 1);
}

static void
freeing_the_client_drops_its_calls(void **state)
{
	struct fixture *f = *state;

	start_both(f);
	for (int i = 0; i < 5; i++)
		signer_whoami(f->client, on_answer, f);
	signer_client_free(f->client);
	f->client = NULL;
	for (int i = 0; i < 5; i++)
		event_base_loop(f->base, EVLOOP_ONCE);
	assert_int_equal(f->answers + f->errors, 0);
}

static void
an_answer_may_free_the_client(void **state)
{
	struct fixture *f = *state;

	start_both(f);
	f->free_inside = &f->client;
	for (int i = 0; i < 5; i++)
		signer_whoami(f->client, on_answer, f);
	loop_until(f, &f->answers, 1);
	assert_int_equal(f->answers + f->errors, 1);
}

static void
a_failure_may_free_the_client(void **state)
{
	struct fixture *f = *state;

	f->client = signer_client_new(f->base, f->path);
	f->free_inside = &f->client;
	for (int i = 0; i < 5; i++)
		signer_whoami(f->client, on_answer, f);
	loop_until(f, &f->errors, 1);
	assert_int_equal(f->answers + f->errors, 1);
}

static void
a_callback_may_ask_again(void **state)
{
	struct fixture *f = *state;

	f->client = signer_client_new(f->base, f->path);
	f->ask_again = 20;
	signer_whoami(f->client, on_answer, f);
	loop_until(f, &f->errors, 21);
	start_server(f);
	loop_until_up(f, true);
	f->ask_again = 20;
	signer_whoami(f->client, on_answer, f);
	loop_until(f, &f->answers, 21);
}

/* -- the server's own --------------------------------------------------- */

static int
raw_connect(const struct fixture *f)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);

	memcpy(address.sun_path, f->path, strlen(f->path) + 1);
	assert_int_equal(
	    connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	return fd;
}

/* Loop until fd has given a whole line, or is closed: then "". */
static void
raw_read_line(struct fixture *f, int fd, char *line, size_t size)
{
	int64_t deadline_us = clock_mono_us() + PATIENCE_US;
	size_t len = 0;

	for (;;) {
		ssize_t n = read(fd, line + len, 1);

		if (n == 0)
			break;
		if (n == 1 && line[len] == '\n')
			break;
		if (n == 1)
			len++;
		else
			event_base_loop(f->base, EVLOOP_ONCE);
		assert_true(len + 1 < size);
		assert_true(clock_mono_us() < deadline_us);
	}
	line[len] = '\0';
}

static void
bad_lines_are_answered_and_the_next_is_heard(void **state)
{
	static const struct {
		const char *line, *want;
	} cases[] = {
	    {"\n", "{\"id\":null,\"error\":{\"code\":\"bad_request\","
		   "\"message\":\"line is not a JSON object\"}}"},
	    {"{\"shape\":\"whoami\"}\n",
		"{\"id\":null,\"error\":{\"code\":\"bad_request\","
		"\"message\":\"id is not a whole number from 0\"}}"},
	    {"{\"id\":-1,\"shape\":\"whoami\"}\n",
		"{\"id\":null,\"error\":{\"code\":\"bad_request\","
		"\"message\":\"id is not a whole number from 0\"}}"},
	    {"{\"id\":3}\n", "{\"id\":3,\"error\":{\"code\":\"bad_request\","
			     "\"message\":\"shape is missing\"}}"},
	    {"{\"id\":4,\"shape\":\"transfer\"}\n",
		"{\"id\":4,\"error\":{\"code\":\"unknown_shape\","
		"\"message\":\"there is no such shape\"}}"},
	    {"{\"id\":5,\"shape\":\"whoami\",\"key\":\"me\"}\n",
		"{\"id\":5,\"error\":{\"code\":\"bad_request\","
		"\"message\":\"unknown member\"}}"},
	    {"{\"id\":6,\"shape\":\"epistula\",\"message\":7}\n",
		"{\"id\":6,\"error\":{\"code\":\"bad_request\","
		"\"message\":\"message is not a string\"}}"},
	    {"{\"id\":7,\"shape\":\"epistula\",\"message\":\"a\\u0000b\"}\n",
		"{\"id\":null,\"error\":{\"code\":\"bad_request\","
		"\"message\":\"line is not a JSON object\"}}"},
	    {"{\"id\":8,\"id\":9,\"shape\":\"whoami\"}\n",
		"{\"id\":null,\"error\":{\"code\":\"bad_request\","
		"\"message\":\"line is not a JSON object\"}}"},
	};
	struct fixture *f = *state;
	char line[512];
	int fd;

	start_server(f);
	fd = raw_connect(f);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_true(
		    write(fd, cases[i].line, strlen(cases[i].line)) > 0);
		raw_read_line(f, fd, line, sizeof(line));
		assert_string_equal(line, cases[i].want);
	}
	assert_true(write(fd, "{\"id\":10,\"shape\":\"whoami\"}\n", 27) > 0);
	raw_read_line(f, fd, line, sizeof(line));
	assert_memory_equal(line, "{\"id\":10,\"hotkey\":\"5", 20);
	close(fd);
}

static void
an_endless_line_is_refused_and_closed(void **state)
{
	struct fixture *f = *state;
	char *junk = xcalloc(1, SIGN_WIRE_MAX_LINE), line[512];
	int fd;

	start_server(f);
	fd = raw_connect(f);
	memset(junk, ' ', SIGN_WIRE_MAX_LINE);
	assert_int_equal(
	    write(fd, junk, SIGN_WIRE_MAX_LINE), SIGN_WIRE_MAX_LINE);
	raw_read_line(f, fd, line, sizeof(line));
	assert_string_equal(line,
	    "{\"id\":null,\"error\":{\"code\":\"too_long\",\"message\":"
	    "\"a line is longer than 65535 bytes\"}}");
	raw_read_line(f, fd, line, sizeof(line));
	assert_string_equal(line, "");
	close(fd);
	free(junk);
}

/* Requests without reading a reply: the signer holds back, loses nothing. */
static void
a_client_that_does_not_read_is_held_back(void **state)
{
	enum { N = 20000 };
	struct fixture *f = *state;
	char line[512], request[64], want[64];
	int fd, sent = 0, got = 0;
	size_t most_unread = 0;

	start_server(f);
	bucket_init(&f->answerer.buckets[SHAPE_WHOAMI], N, N, clock_mono_us());
	fd = raw_connect(f);
	for (int idle = 0; sent < N && idle < 50;) {
		int len = snprintf(request, sizeof(request),
		    "{\"id\":%06d,\"shape\":\"whoami\"}\n", sent + 100000);

		if (write(fd, request, len) == len) {
			sent++;
			idle = 0;
			continue;
		}
		idle++;
		event_base_loop(f->base, EVLOOP_ONCE);
		if (unread_replies(TAILQ_FIRST(&f->server->clients)) >
		    most_unread)
			most_unread =
			    unread_replies(TAILQ_FIRST(&f->server->clients));
	}
	assert_true(sent < N);
	assert_true(most_unread > MAX_UNREAD_REPLIES);
	assert_true(most_unread < MAX_UNREAD_REPLIES + 64 * 1024);
	for (; got < sent; got++) {
		raw_read_line(f, fd, line, sizeof(line));
		snprintf(want, sizeof(want), "{\"id\":%d,", got + 100000);
		assert_memory_equal(line, want, strlen(want));
	}
	close(fd);
}

static void
the_sixty_fifth_client_is_refused(void **state)
{
	struct fixture *f = *state;
	int fds[SERVER_MAX_CLIENTS + 1];
	char line[512];

	start_server(f);
	for (int i = 0; i <= SERVER_MAX_CLIENTS; i++) {
		fds[i] = raw_connect(f);
		event_base_loop(f->base, EVLOOP_NONBLOCK);
	}
	raw_read_line(f, fds[SERVER_MAX_CLIENTS], line, sizeof(line));
	assert_non_null(strstr(line, "too_many_clients"));
	close(fds[0]);
	while (f->server->n_clients > SERVER_MAX_CLIENTS - 1)
		event_base_loop(f->base, EVLOOP_ONCE);
	f->client = signer_client_new(f->base, f->path);
	loop_until_up(f, true);
	for (int i = 1; i <= SERVER_MAX_CLIENTS; i++)
		close(fds[i]);
}

static void
strangers_are_not_let_in(void **state)
{
	struct fixture *f = *state;
	const uid_t allowed[] = {4000000001, 4000000002};

	start_server(f);
	assert_true(uid_is_allowed(f->server, getuid()));
	assert_false(uid_is_allowed(f->server, 4000000001));
	f->server->uids = allowed;
	f->server->n_uids = 2;
	assert_true(uid_is_allowed(f->server, 4000000001));
	assert_true(uid_is_allowed(f->server, 4000000002));
	assert_false(uid_is_allowed(f->server, 4000000003));
}

static mode_t
mode_of(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return st.st_mode & 07777;
}

static void
the_socket_file_is_made_and_removed(void **state)
{
	struct fixture *f = *state;
	struct err err;
	int fd;

	start_server(f);
	assert_int_equal(mode_of(f->path), 0600);
	stop_server(f);
	assert_int_equal(access(f->path, F_OK), -1);
	fd = socket_listen(f->path, true, &err);
	assert_int_equal(mode_of(f->path), 0666);
	close(fd);
	/* Left behind by a process that was killed: replaced. */
	start_server(f);
	assert_int_equal(mode_of(f->path), 0600);
}

static void
a_socket_in_use_is_left_alone(void **state)
{
	struct fixture *f = *state;
	struct err err;

	start_server(f);
	assert_int_equal(socket_listen(f->path, false, &err), -1);
	assert_non_null(strstr(err.text, "another signerd listens there"));
	stop_server(f);
	assert_int_equal(socket_listen(f->dir, false, &err), -1);
	assert_non_null(strstr(err.text, "exists and is not a socket"));
	assert_int_equal(
	    socket_listen("/nonexistent/dir/sock", false, &err), -1);
	assert_string_equal(err.text,
	    "cannot listen on /nonexistent/dir/sock: No such file or "
	    "directory");
}

#define with_fixture(test)                                                     \
	cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    with_fixture(a_signature_comes_back_and_verifies),
	    with_fixture(the_client_learns_whose_key_it_is),
	    with_fixture(pipelined_requests_are_answered_in_order),
	    with_fixture(a_refusal_is_told_and_harms_no_other),
	    with_fixture(what_cannot_be_sent_fails_alone),
	    with_fixture(the_rate_is_kept),
	    with_fixture(without_a_socket_requests_fail_soon_and_clearly),
	    with_fixture(a_path_too_long_is_an_error_like_others),
	    with_fixture(the_client_comes_back_by_itself),
	    with_fixture(a_broken_connection_fails_what_was_asked),
	    with_fixture(a_silent_signer_misses_the_deadline),
	    with_fixture(a_garbled_reply_ends_the_connection),
	    with_fixture(an_endless_reply_ends_the_connection),
	    with_fixture(a_cancelled_call_does_not_call_back),
	    with_fixture(freeing_the_client_drops_its_calls),
	    with_fixture(an_answer_may_free_the_client),
	    with_fixture(a_failure_may_free_the_client),
	    with_fixture(a_callback_may_ask_again),
	    with_fixture(bad_lines_are_answered_and_the_next_is_heard),
	    with_fixture(an_endless_line_is_refused_and_closed),
	    with_fixture(a_client_that_does_not_read_is_held_back),
	    with_fixture(the_sixty_fifth_client_is_refused),
	    with_fixture(strangers_are_not_let_in),
	    with_fixture(the_socket_file_is_made_and_removed),
	    with_fixture(a_socket_in_use_is_left_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

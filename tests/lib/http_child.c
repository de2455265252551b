/*
 * A server to test against.
 *
 *   GET  /hello            "hello"
 *   GET  /jobs/{id}        the id and the query parameter q
 *   POST /echo             the body, gathered, up to 64 KiB
 *   GET  /later            "later", after 20 ms
 *   POST /upload           streamed: "bytes hash", with pauses
 *   POST /late-read        the same, but reading begins after 20 ms
 *   POST /small            streamed, at most 1000 bytes
 *   POST /reject           streamed: 403 without reading
 *   POST /stop             streamed: 409 at the first piece
 *   POST /never            streamed and paused for ever
 *   GET  /hang             no answer until the client goes
 *   GET  /file?len=&at=    from a file of zeros
 *   GET  /pieces?n=        "piece 1\n" to "piece n\n", each by itself
 *   GET  /endless          pieces until 256 KiB wait, and more of them as
 *                          they are read, for ever
 *   GET  /none             204
 *   GET  /echo-id          the request's id
 *   GET  /big?len=         that many bytes from memory
 *   GET  /gated            who the gate says that it is, and the route's roles
 *   POST /gated            as /echo; for others
 *   POST /gated-upload     as /upload; for others yet
 *   GET  /stats            numbers: gone ended_badly users rss_kb hwm_kb
 *   POST /measure          start hwm_kb anew
 *   POST /drain            drain, and end the process when idle
 *
 * The gate of the three does what X-Gate says, at once, or after 20 ms where
 * "later" stands in it: it refuses ("no"), else it admits the user of that
 * name. users: those that were set and are not freed yet.
 */
#include "tests/lib/http_child.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <event2/event.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "common/err.h"
#include "common/http_server.h"
#include "common/xalloc.h"

enum {
	LATER_MS = 20,
	PAUSE_EVERY = 4 << 20, /* bytes */
	PAUSE_MS = 1,
	MAX_QUEUED = 256 << 10,
};

struct app {
	struct event_base *base;
	struct http_server *server;
	long gone, ended_badly, users;
};

/* An upload under way, or an answer that is due later. */
struct work {
	struct app *app;
	struct http_req *req;
	struct event *timer;
	uint64_t bytes, pause_at;
	XXH64_state_t hash;
};

static struct work *
work_new(struct app *app, struct http_req *req, event_callback_fn on_timer)
{
	struct work *w = xcalloc(1, sizeof(*w));

	w->app = app;
	w->req = req;
	w->pause_at = PAUSE_EVERY;
	w->timer = evtimer_new(app->base, on_timer, w);
	XXH64_reset(&w->hash, 0);
	return w;
}

static void
work_free(struct work *w)
{
	event_free(w->timer);
	free(w);
}

static void
work_in(struct work *w, int ms)
{
	struct timeval tv = {0, ms * 1000};

	event_add(w->timer, &tv);
}

static void
say(struct http_req *req, const char *text)
{
	http_reply(req, 200, "text/plain", text, strlen(text));
}

static void
get_hello(struct http_req *req, void *arg)
{
	(void)arg;
	say(req, "hello");
}

static void
get_job(struct http_req *req, void *arg)
{
	const char *q = http_req_query(req, "q");
	char *text =
	    xasprintf("%s %s", http_req_param(req, "id"), q != NULL ? q : "-");

	(void)arg;
	say(req, text);
	free(text);
}

static void
get_id(struct http_req *req, void *arg)
{
	(void)arg;
	say(req, http_req_id(req));
}

static void
get_none(struct http_req *req, void *arg)
{
	(void)arg;
	http_reply(req, 204, NULL, NULL, 0);
}

static void
post_echo(struct http_req *req, void *arg)
{
	size_t len;
	const void *body = http_req_body(req, &len);

	(void)arg;
	http_reply(req, 200, "application/octet-stream", body, len);
}

static void
get_big(struct http_req *req, void *arg)
{
	const char *len = http_req_query(req, "len");
	size_t n = len != NULL ? strtoul(len, NULL, 10) : 0;
	char *body = xcalloc(n, 1);

	(void)arg;
	http_reply(req, 200, "application/octet-stream", body, n);
	free(body);
}

static void
on_later(evutil_socket_t fd, short what, void *arg)
{
	struct work *w = arg;

	(void)fd;
	(void)what;
	say(w->req, "later");
	work_free(w);
}

static void
get_later(struct http_req *req, void *arg)
{
	work_in(work_new(arg, req, on_later), LATER_MS);
}

static void
on_data(struct http_req *req, const void *p, size_t n, void *arg)
{
	struct work *w = arg;

	w->bytes += n;
	XXH64_update(&w->hash, p, n);
	if (w->bytes < w->pause_at)
		return;
	w->pause_at += PAUSE_EVERY;
	http_req_pause(req);
	work_in(w, PAUSE_MS);
}

static void
on_end(struct http_req *req, bool ok, void *arg)
{
	struct work *w = arg;
	char text[64];

	w->app->ended_badly += !ok;
	snprintf(text, sizeof(text), "%llu %016llx",
	    (unsigned long long)w->bytes,
	    (unsigned long long)XXH64_digest(&w->hash));
	say(req, text);
	work_free(w);
}

static void
on_resume(evutil_socket_t fd, short what, void *arg)
{
	struct work *w = arg;

	(void)fd;
	(void)what;
	http_req_resume(w->req);
}

static void
post_upload(struct http_req *req, void *arg)
{
	http_req_read(req, on_data, on_end, work_new(arg, req, on_resume));
}

static void
on_late_read(evutil_socket_t fd, short what, void *arg)
{
	struct work *w = arg;
	struct app *app = w->app;
	struct http_req *req = w->req;

	(void)fd;
	(void)what;
	work_free(w);
	post_upload(req, app);
}

static void
post_late_read(struct http_req *req, void *arg)
{
	work_in(work_new(arg, req, on_late_read), LATER_MS);
}

static void
post_reject(struct http_req *req, void *arg)
{
	(void)arg;
	http_reply_problem(req, 403, "rejected", "not \"you\" \x01\xff");
}

static void
stop_at_data(struct http_req *req, const void *p, size_t n, void *arg)
{
	(void)p;
	(void)n;
	(void)arg;
	http_reply_problem(req, 409, "stopped", "enough");
}

static void
stop_at_end(struct http_req *req, bool ok, void *arg)
{
	struct app *app = arg;

	app->ended_badly += !ok;
	say(req, "empty");
}

static void
post_stop(struct http_req *req, void *arg)
{
	http_req_read(req, stop_at_data, stop_at_end, arg);
}

static void
post_never(struct http_req *req, void *arg)
{
	http_req_read(req, stop_at_data, stop_at_end, arg);
	http_req_pause(req);
}

static void
on_gone(struct http_req *req, void *arg)
{
	struct app *app = arg;

	app->gone++;
	/* Nobody hears this; it ends the request. */
	say(req, "goodbye");
}

static void
get_hang(struct http_req *req, void *arg)
{
	http_req_on_gone(req, on_gone, arg);
}

static void
get_file(struct http_req *req, void *arg)
{
	const char *len = http_req_query(req, "len");
	const char *at = http_req_query(req, "at");
	uint64_t n = len != NULL ? strtoull(len, NULL, 10) : 0;
	uint64_t from = at != NULL ? strtoull(at, NULL, 10) : 0;
	int fd = memfd_create("file", MFD_CLOEXEC);

	(void)arg;
	/* "0123456789", then zeros. */
	if (fd < 0 || write(fd, "0123456789", 10) != 10 ||
	    ftruncate(fd, from + n) != 0)
		abort();
	http_reply_header(req, "X-Note", "first");
	http_reply_header(req, "X-Note-Too", "one");
	http_reply_header(req, "x-note", "a\r\nb");
	http_reply_file(req, 200, "application/octet-stream", fd, from, n);
}

/* -- the gate ----------------------------------------------------------- */

struct user {
	struct app *app;
	char *name;
};

static void
user_free(void *arg)
{
	struct user *user = arg;

	user->app->users--;
	free(user->name);
	free(user);
}

static void
decide(struct app *app, struct http_req *req)
{
	const char *name = http_req_header(req, "X-Gate");
	struct user *user;

	if (name == NULL || strstr(name, "no") != NULL) {
		http_reply_problem(req, 401, "nobody", "who are you?");
		return;
	}
	user = xcalloc(1, sizeof(*user));
	user->app = app;
	user->name = xstrdup(name);
	app->users++;
	http_req_set_user(req, user, user_free);
	http_req_admit(req);
}

static void
on_decide(evutil_socket_t fd, short what, void *arg)
{
	struct work *w = arg;

	(void)fd;
	(void)what;
	decide(w->app, w->req);
	work_free(w);
}

static void
gate(struct http_req *req, void *arg)
{
	const char *name = http_req_header(req, "X-Gate");

	if (name != NULL && strstr(name, "later") != NULL)
		work_in(work_new(arg, req, on_decide), LATER_MS);
	else
		decide(arg, req);
}

static void
get_gated(struct http_req *req, void *arg)
{
	const struct user *user = http_req_user(req);
	char *text = xasprintf("%s %u", user->name, http_req_roles(req));

	(void)arg;
	say(req, text);
	free(text);
}

/* -- answers in pieces ---------------------------------------------------- */

static void
end_pieces(struct work *w)
{
	struct http_req *req = w->req;

	work_free(w);
	http_stream_end(req);
}

static void
on_pieces_gone(struct http_req *req, void *arg)
{
	struct work *w = arg;

	(void)req;
	w->app->gone++;
	end_pieces(w);
}

static void
on_piece(evutil_socket_t fd, short what, void *arg)
{
	struct work *w = arg;
	char text[32];
	int len = snprintf(
	    text, sizeof(text), "piece %llu\n", (unsigned long long)++w->bytes);

	(void)fd;
	(void)what;
	http_stream_write(w->req, text, len);
	if (w->bytes < w->pause_at)
		work_in(w, PAUSE_MS);
	else
		end_pieces(w);
}

static struct work *
begin_pieces(struct app *app, struct http_req *req, event_callback_fn on_timer)
{
	struct work *w = work_new(app, req, on_timer);

	http_req_on_gone(req, on_pieces_gone, w);
	http_stream_begin(req, 200, "text/plain");
	work_in(w, PAUSE_MS);
	return w;
}

static void
get_pieces(struct http_req *req, void *arg)
{
	const char *n = http_req_query(req, "n");
	unsigned long pieces = n != NULL ? strtoul(n, NULL, 10) : 1;

	begin_pieces(arg, req, on_piece)->pause_at = pieces;
}

static void
on_endless(evutil_socket_t fd, short what, void *arg)
{
	static const char zeros[16384];
	struct work *w = arg;

	(void)fd;
	(void)what;
	while (http_stream_write(w->req, zeros, sizeof(zeros)) < MAX_QUEUED)
		;
	work_in(w, PAUSE_MS);
}

static void
get_endless(struct http_req *req, void *arg)
{
	begin_pieces(arg, req, on_endless);
}

/* -- numbers ------------------------------------------------------------ */

/* A line of /proc/self/status, in KiB. */
static long
memory_kb(const char *name)
{
	FILE *f = fopen("/proc/self/status", "r");
	char line[256];
	long kb = -1;

	if (f == NULL)
		return -1;
	while (fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, name, strlen(name)) == 0)
			kb = strtol(line + strlen(name), NULL, 10);
	fclose(f);
	return kb;
}

static void
get_stats(struct http_req *req, void *arg)
{
	struct app *app = arg;
	char text[256];

	snprintf(text, sizeof(text),
	    "gone=%ld ended_badly=%ld users=%ld rss_kb=%ld hwm_kb=%ld ",
	    app->gone, app->ended_badly, app->users, memory_kb("VmRSS:"),
	    memory_kb("VmHWM:"));
	say(req, text);
}

/* The kernel starts its high-water mark anew. */
static void
post_measure(struct http_req *req, void *arg)
{
	int fd = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC);

	(void)arg;
	if (fd < 0 || write(fd, "5", 1) != 1)
		abort();
	close(fd);
	say(req, "measuring");
}

static void
on_idle(void *arg)
{
	struct app *app = arg;

	event_base_loopbreak(app->base);
}

static void
post_drain(struct http_req *req, void *arg)
{
	struct app *app = arg;

	http_server_drain(app->server, on_idle, app);
	say(req, "draining");
}

static const uint64_t large = (uint64_t)4 << 30;

static const struct http_route routes[] = {
    {"GET", "/hello", 0, false, get_hello, 0},
    {"GET", "/jobs/{id}", 0, false, get_job, 0},
    {"DELETE", "/jobs/{id}", 0, false, get_job, 0},
    {"GET", "/echo-id", 0, false, get_id, 0},
    {"GET", "/none", 0, false, get_none, 0},
    {"POST", "/echo", 65536, false, post_echo, 0},
    {"GET", "/later", 0, false, get_later, 0},
    {"GET", "/big", 0, false, get_big, 0},
    {"POST", "/upload", large, true, post_upload, 0},
    {"POST", "/late-read", large, true, post_late_read, 0},
    {"POST", "/small", 1000, true, post_upload, 0},
    {"POST", "/reject", large, true, post_reject, 0},
    {"POST", "/stop", large, true, post_stop, 0},
    {"POST", "/never", large, true, post_never, 0},
    {"GET", "/hang", 0, false, get_hang, 0},
    {"GET", "/file", 0, false, get_file, 0},
    {"GET", "/pieces", 0, false, get_pieces, 0},
    {"GET", "/endless", 0, false, get_endless, 0},
    {"GET", "/gated", 0, false, get_gated, 1},
    {"POST", "/gated", 65536, false, post_echo, 2},
    {"POST", "/gated-upload", large, true, post_upload, 4},
    {"GET", "/stats", 0, false, get_stats, 0},
    {"POST", "/measure", 0, false, post_measure, 0},
    {"POST", "/drain", 0, false, post_drain, 0},
    {NULL, NULL, 0, false, NULL, 0},
};

static void
on_term(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	event_base_loopbreak(arg);
}

static void
serve(int tell, const struct http_limits *limits)
{
	struct app app = {.base = event_base_new()};
	struct event *term = evsignal_new(app.base, SIGTERM, on_term, app.base);
	struct err err;
	int port;

	event_add(term, NULL);
	app.server = http_server_new(app.base, routes, limits, &app);
	http_server_set_gate(app.server, gate);
	if (http_server_listen(app.server, "127.0.0.1:0", &err) != 0) {
		fprintf(stderr, "%s\n", err.text);
		exit(1);
	}
	port = http_server_port(app.server);
	if (write(tell, &port, sizeof(port)) != sizeof(port))
		exit(1);
	close(tell);
	event_base_dispatch(app.base);
	http_server_free(app.server);
	event_free(term);
	event_base_free(app.base);
	libevent_global_shutdown();
	exit(0);
}

void
http_child_start(struct http_child *child, const struct http_limits *limits)
{
	int pipe_fd[2];

	assert_int_equal(pipe2(pipe_fd, O_CLOEXEC), 0);
	fflush(NULL);
	child->pid = fork();
	assert_true(child->pid >= 0);
	if (child->pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(pipe_fd[0]);
		serve(
		    pipe_fd[1], limits != NULL ? limits : &http_default_limits);
	}
	close(pipe_fd[1]);
	assert_int_equal(read(pipe_fd[0], &child->port, sizeof(child->port)),
	    sizeof(child->port));
	close(pipe_fd[0]);
}

void
http_child_wait(struct http_child *child)
{
	int status;

	assert_int_equal(waitpid(child->pid, &status, 0), child->pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

void
http_child_stop(struct http_child *child)
{
	kill(child->pid, SIGTERM);
	http_child_wait(child);
}

/* The HTTP client against servers that behave and servers that do not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/bufferevent_ssl.h>
#include <event2/dns.h>
#include <event2/dns_struct.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/clock.h"
#include "common/http_client_impl.h"
#include "common/xalloc.h"
#include "tests/lib/http_child.h"
#include "tests/lib/tls_cert.h"

enum { PATIENCE_S = 20 };

struct fixture {
	struct event_base *base;
	struct http_child child;
	struct evconnlistener *odd; /* says what it is told to */
	int odd_port;
	const char *odd_answer; /* NULL: nothing, ever */
	bool odd_closes, odd_said;
	int accepted;
	SSL_CTX *tls; /* the odd server speaks TLS */
	struct evdns_server_port *dns;
	char nameserver[32];
	int questions;
	const char *moving; /* the address of moving.test */
};

/* How a call ended. */
struct ending {
	struct fixture *f;
	int calls;
	int status;
	char why[32], detail[256];
	char type[64];
	struct buf body;
	int64_t started_us, sent_us, finished_us;
	int *left; /* counts down; the loop ends at zero */
};

static void
on_odd_read(struct bufferevent *bev, void *arg)
{
	struct fixture *f = arg;
	struct evbuffer *in = bufferevent_get_input(bev);

	if (evbuffer_search(in, "\r\n\r\n", 4, NULL).pos < 0)
		return;
	evbuffer_drain(in, evbuffer_get_length(in));
	if (f->odd_answer == NULL)
		return;
	f->odd_said = true;
	bufferevent_write(bev, f->odd_answer, strlen(f->odd_answer));
	if (f->odd_answer[0] == '\0')
		bufferevent_free(bev);
}

static void
on_odd_written(struct bufferevent *bev, void *arg)
{
	struct fixture *f = arg;

	/* libevent calls once in front of the first byte, too. */
	if (f->odd_closes && f->odd_said)
		bufferevent_free(bev);
}

static void
on_odd_event(struct bufferevent *bev, short what, void *arg)
{
	(void)arg;
	if (what & (BEV_EVENT_EOF | BEV_EVENT_ERROR))
		bufferevent_free(bev);
}

static void
on_odd_accept(struct evconnlistener *listener, evutil_socket_t fd,
    struct sockaddr *sa, int len, void *arg)
{
	struct fixture *f = arg;
	struct bufferevent *bev;

	f->accepted++;
	(void)listener;
	(void)sa;
	(void)len;
	if (f->tls != NULL)
		bev =
		    bufferevent_openssl_socket_new(f->base, fd, SSL_new(f->tls),
			BUFFEREVENT_SSL_ACCEPTING, BEV_OPT_CLOSE_ON_FREE);
	else
		bev =
		    bufferevent_socket_new(f->base, fd, BEV_OPT_CLOSE_ON_FREE);
	bufferevent_setcb(bev, on_odd_read, on_odd_written, on_odd_event, f);
	bufferevent_enable(bev, EV_READ | EV_WRITE);
}

static void
answer_a(struct evdns_server_request *req, const char *name, const char *a,
    const char *b)
{
	struct in_addr in[2];
	int n = 1;

	inet_pton(AF_INET, a, &in[0]);
	if (b != NULL)
		inet_pton(AF_INET, b, &in[n++]);
	evdns_server_request_add_a_reply(req, name, n, in, 60);
}

/* local.test, mixed.test, moving.test and private.test are; silent.test says
 * nothing. */
static void
on_question(struct evdns_server_request *req, void *arg)
{
	struct fixture *f = arg;
	const struct evdns_server_question *q = req->questions[0];
	int code = 0;

	f->questions++;
	if (strcasecmp(q->name, "silent.test") == 0) {
		evdns_server_request_drop(req);
		return;
	}
	if (strcasecmp(q->name, "gone.test") == 0)
		code = DNS_ERR_NOTEXIST;
	else if (q->type != EVDNS_TYPE_A)
		code = 0;
	else if (strcasecmp(q->name, "local.test") == 0)
		answer_a(req, q->name, "127.0.0.1", NULL);
	else if (strcasecmp(q->name, "moving.test") == 0)
		answer_a(req, q->name, f->moving, NULL);
	else if (strcasecmp(q->name, "mixed.test") == 0)
		answer_a(req, q->name, "1.1.1.1", "10.0.0.1");
	else if (strcasecmp(q->name, "private.test") == 0)
		answer_a(req, q->name, "192.168.1.1", NULL);
	evdns_server_request_respond(req, code);
}

static int
port_of(int fd)
{
	struct sockaddr_in sa;
	socklen_t len = sizeof(sa);

	assert_int_equal(getsockname(fd, (struct sockaddr *)&sa, &len), 0);
	return ntohs(sa.sin_port);
}

static int
set_up(void **state)
{
	struct fixture *f = xcalloc(1, sizeof(*f));
	struct sockaddr_in sa = {.sin_family = AF_INET};
	int fd;

	http_child_start(&f->child, NULL);
	f->base = event_base_new();
	sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	f->odd = evconnlistener_new_bind(f->base, on_odd_accept, f,
	    LEV_OPT_CLOSE_ON_FREE, 16, (struct sockaddr *)&sa, sizeof(sa));
	f->odd_port = port_of(evconnlistener_get_fd(f->odd));
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&sa, sizeof(sa)), 0);
	snprintf(
	    f->nameserver, sizeof(f->nameserver), "127.0.0.1:%d", port_of(fd));
	f->dns =
	    evdns_add_server_port_with_base(f->base, fd, 0, on_question, f);
	*state = f;
	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *f = *state;

	/* What the servers still hold is told that the clients are gone. */
	event_base_loop(f->base, EVLOOP_NONBLOCK);
	evdns_close_server_port(f->dns);
	evconnlistener_free(f->odd);
	SSL_CTX_free(f->tls);
	event_base_free(f->base);
	http_child_stop(&f->child);
	free(f);
	return 0;
}

static struct http_client *
client_new(struct fixture *f, bool allow_private, size_t connections)
{
	struct http_client_options options = {
	    .allow_private = allow_private,
	    .max_connections = connections,
	    .max_host_connections = connections,
	    .nameserver = f->nameserver,
	};

	return http_client_new(f->base, &options);
}

static void
on_done(const struct http_answer *answer, void *arg)
{
	struct ending *e = arg;

	e->calls++;
	e->status = answer->status;
	snprintf(e->why, sizeof(e->why), "%s",
	    answer->why != NULL ? answer->why : "");
	if (answer->status == 0)
		assert_true(answer->detail[0] != '\0');
	snprintf(e->detail, sizeof(e->detail), "%s",
	    answer->detail != NULL ? answer->detail : "");
	snprintf(e->type, sizeof(e->type), "%s",
	    answer->content_type != NULL ? answer->content_type : "-");
	buf_reset(&e->body);
	buf_add(&e->body, answer->body, answer->len);
	e->started_us = answer->started_us;
	e->sent_us = answer->sent_us;
	e->finished_us = answer->finished_us;
	if (e->left == NULL || --*e->left == 0)
		event_base_loopbreak(e->f->base);
}

static void
on_patience(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	(void)arg;
	fail_msg("nothing happened");
}

/* Run the loop until it is broken off. */
static void
run(struct fixture *f)
{
	struct event *patience = evtimer_new(f->base, on_patience, NULL);
	struct timeval tv = {PATIENCE_S, 0};

	event_add(patience, &tv);
	event_base_dispatch(f->base);
	event_free(patience);
}

static struct http_call *
start(struct http_client *client, struct ending *e, const char *method,
    const char *url, const char *body)
{
	struct http_call_options options = {
	    .method = method,
	    .url = url,
	    .body = body,
	    .body_len = body != NULL ? strlen(body) : 0,
	    .timeout_ms = 5000,
	    .max_answer = 1000,
	};

	return http_call_start(client, &options, on_done, e);
}

static void
ask(struct fixture *f, struct http_client *client, struct ending *e,
    const char *method, const char *url, const char *body)
{
	e->f = f;
	start(client, e, method, url, body);
	assert_int_equal(e->calls, 0);
	run(f);
	assert_int_equal(e->calls, 1);
	e->calls = 0;
}

static char *
child_url(struct fixture *f, const char *host, const char *path)
{
	return xasprintf("http://%s:%d%s", host, f->child.port, path);
}

static void
a_request_is_answered(void **state)
{
	struct fixture *f = *state;
	struct http_client *client = client_new(f, true, 4);
	struct ending e = {0};
	char *get = child_url(f, "127.0.0.1", "/jobs/7?q=x");
	char *post = child_url(f, "127.0.0.1", "/echo");
	int64_t before = clock_mono_us();

	ask(f, client, &e, "GET", get, NULL);
	assert_int_equal(e.status, 200);
	assert_string_equal(buf_str(&e.body), "7 x");
	assert_string_equal(e.type, "text/plain");
	assert_in_range(e.started_us, before, e.sent_us);
	assert_in_range(e.sent_us, e.started_us, e.finished_us);
	assert_in_range(e.finished_us, e.sent_us, clock_mono_us());
	ask(f, client, &e, "POST", post, "some body");
	assert_int_equal(e.status, 200);
	assert_string_equal(buf_str(&e.body), "some body");
	ask(f, client, &e, "POST", post, NULL);
	assert_int_equal(e.status, 200);
	assert_int_equal(e.body.len, 0);
	ask(f, client, &e, "DELETE", get, NULL);
	assert_int_equal(e.status, 200);
	ask(f, client, &e, "HEAD", get, NULL);
	assert_int_equal(e.status, 200);
	assert_int_equal(e.body.len, 0);
	ask(f, client, &e, "PUT", get, NULL);
	assert_int_equal(e.status, 405);
	assert_string_equal(e.why, "");
	http_client_free(client);
	buf_free(&e.body);
	free(get);
	free(post);
}

/* Handles serve again and again: nothing of a call is left for the next. */
static void
a_call_leaves_nothing_to_the_next(void **state)
{
	struct fixture *f = *state;
	struct http_client *client = client_new(f, true, 1);
	struct ending e = {0};
	char *get = child_url(f, "127.0.0.1", "/jobs/7?q=x");
	char *post = child_url(f, "127.0.0.1", "/echo");
	struct http_call_options untimed = {.method = "GET",
	    .url = get,
	    .timeout_ms = 5000,
	    .max_answer = 1000,
	    .is_untimed = true};

	for (int i = 0; i < 3; i++) {
		ask(f, client, &e, "HEAD", get, NULL);
		assert_int_equal(e.body.len, 0);
		ask(f, client, &e, "POST", post, "some body");
		assert_string_equal(buf_str(&e.body), "some body");
		ask(f, client, &e, "GET", get, NULL);
		assert_string_equal(buf_str(&e.body), "7 x");
		assert_true(e.sent_us >= e.started_us && e.started_us > 0);
		http_call_start(client, &untimed, on_done, &e);
		run(f);
		assert_string_equal(buf_str(&e.body), "7 x");
		assert_true(e.sent_us == 0 && e.started_us > 0);
		e.calls = 0;
	}
	http_client_free(client);
	buf_free(&e.body);
	free(get);
	free(post);
}

/* Each part of the miner's time must be on the right side of sent_us. */
static void
the_time_of_sending_lies_between_our_time_and_theirs(void **state)
{
	struct fixture *f = *state;
	struct http_client *client = client_new(f, true, 4);
	struct ending e = {0};
	char *later = child_url(f, "127.0.0.1", "/later");

	for (int i = 0; i < 3; i++) {
		int64_t asked = clock_mono_us();

		ask(f, client, &e, "GET", later, NULL);
		assert_in_range(e.started_us, asked, e.sent_us);
		/* The server thinks for 20 ms by its own clock. */
		assert_true(e.finished_us - e.sent_us >= 15000);
	}
	http_client_free(client);
	buf_free(&e.body);
	free(later);
}

static void
a_large_request_is_sent_when_its_last_byte_is(void **state)
{
	struct fixture *f = *state;
	struct http_client *client = client_new(f, true, 4);
	struct ending e = {0};
	char *url = child_url(f, "127.0.0.1", "/late-read");
	/* More than the kernel holds, so it waits until it is read. */
	size_t len = 16 << 20;
	char *body = xmalloc(len + 1);

	memset(body, 'x', len);
	body[len] = '\0';
	ask(f, client, &e, "POST", url, body);
	assert_int_equal(e.status, 200);
	assert_memory_equal(buf_str(&e.body), "16777216 ", 9);
	/* The server begins to read after 20 ms. */
	assert_true(e.sent_us - e.started_us >= 15000);
	assert_true(e.finished_us >= e.sent_us);
	http_client_free(client);
	buf_free(&e.body);
	free(body);
	free(url);
}

struct url_case {
	const char *url;
	const char *why;
};

static const struct url_case refused[] = {
    {"", "bad_url"},
    {"nonsense", "bad_url"},
    {"ftp://1.1.1.1/", "bad_url"},
    {"file:///etc/passwd", "bad_url"},
    {"gopher://1.1.1.1/", "bad_url"},
    {"http://1.1.1.1/", "bad_url"},
    {"https://user@1.1.1.1/", "bad_url"},
    {"https://user:password@1.1.1.1/", "bad_url"},
    {"https://1.1.1.1:99999/", "bad_url"},
    {"https://1.1.1.1/a b", "bad_url"},
    {"https://1.1.1.1/\r\nX: y", "bad_url"},
    {"https://[fe80::1%25eth0]/", "bad_url"},
    {"https://[::1", "bad_url"},
    {"https://a.test./", "bad_url"},
    {"https://\xc3\xa9.test/", "bad_url"},
    {"https://127.0.0.1/", "refused_address"},
    {"https://127.1/", "refused_address"},
    {"https://2130706433/", "refused_address"},
    {"https://0x7f.0.0.1/", "refused_address"},
    {"https://0177.0.0.1/", "refused_address"},
    {"https://%31%32%37.0.0.1/", "refused_address"},
    {"https://10.0.0.1:8080/", "refused_address"},
    {"https://169.254.169.254/latest", "refused_address"},
    {"https://0.0.0.0/", "refused_address"},
    {"https://[::1]/", "refused_address"},
    {"https://[::]/", "refused_address"},
    {"https://[::ffff:127.0.0.1]/", "refused_address"},
    {"https://[fd00::1]:443/", "refused_address"},
    {"https://localhost/", "refused_address"},
    {"https://private.test/", "refused_address"},
    {"https://mixed.test/", "refused_address"},
    {"https://gone.test/", "resolve"},
    {"https://empty.test/", "resolve"},
};

static void
only_public_https_addresses_are_connected_to(void **state)
{
	struct fixture *f = *state;
	struct http_client *client = client_new(f, false, 4);
	struct ending e = {0};

	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		ask(f, client, &e, "GET", refused[i].url, NULL);
		if (strcmp(e.why, refused[i].why) != 0)
			fail_msg("%s: %s", refused[i].url, e.why);
		assert_int_equal(e.status, 0);
		assert_int_equal(e.started_us, 0);
	}
	http_client_free(client);
	buf_free(&e.body);
}

/* The check alone: whom it lets pass is somebody else's server. */
static void
plain_http_is_for_public_addresses_alone(void **state)
{
	static const struct url_case cases[] = {
	    {"http://1.1.1.1/", ""},
	    {"http://1.1.1.1:8091/Synapse", ""},
	    {"http://[2606:4700::1111]:8091/Synapse", ""},
	    {"https://1.1.1.1/", ""},
	    {"https://public.test/", ""},
	    {"http://public.test/", "bad_url"},
	    {"http://localhost/", "bad_url"},
	    {"ftp://1.1.1.1/", "bad_url"},
	    {"http://user@1.1.1.1/", "bad_url"},
	    {"http://127.0.0.1/", "refused_address"},
	    {"http://2130706433/", "refused_address"},
	    {"http://10.0.0.1:8091/", "refused_address"},
	    {"http://169.254.169.254/latest", "refused_address"},
	    {"http://[::1]/", "refused_address"},
	    {"http://[::ffff:10.0.0.1]/", "refused_address"},
	};
	struct http_client client = {.options = {.allow_plain = true}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct http_call call = {.client = &client};
		int rc = http_call_check_url(&call, cases[i].url);

		if (strcmp(call.why != NULL ? call.why : "", cases[i].why) != 0)
			fail_msg("%s: %s", cases[i].url, call.why);
		assert_int_equal(rc, cases[i].why[0] == '\0' ? 0 : -1);
		curl_url_cleanup(call.url);
		free(call.host);
	}
}

static void
a_name_is_resolved_once_for_all_who_wait(void **state)
{
	struct fixture *f = *state;
	struct http_client *client = client_new(f, true, 2);
	struct ending e[20] = {0};
	int left = 20;
	char *url = child_url(f, "local.test", "/later");

	f->questions = 0;
	for (int i = 0; i < 20; i++) {
		e[i].f = f;
		e[i].left = &left;
		start(client, &e[i], "GET", url, NULL);
	}
	run(f);
	for (int i = 0; i < 20; i++) {
		assert_int_equal(e[i].calls, 1);
		assert_int_equal(e[i].status, 200);
		buf_free(&e[i].body);
	}
	/* One for IPv4, one for IPv6. */
	assert_int_equal(f->questions, 2);
	http_client_free(client);
	free(url);
}

static void
a_server_that_moved_is_found_where_it_is_now(void **state)
{
	struct fixture *f = *state;
	struct http_client *client = client_new(f, true, 2);
	struct ending e = {0};
	char *url = child_url(f, "moving.test", "/hello");
	int questions;

	f->moving = "127.0.0.2";
	ask(f, client, &e, "GET", url, NULL);
	assert_string_equal(e.why, "connect");
	f->moving = "127.0.0.1";
	ask(f, client, &e, "GET", url, NULL);
	assert_int_equal(e.status, 200);
	questions = f->questions;
	ask(f, client, &e, "GET", url, NULL);
	assert_int_equal(e.status, 200);
	assert_int_equal(f->questions, questions);
	http_client_free(client);
	buf_free(&e.body);
	free(url);
}

static void
a_header_with_a_line_break_is_refused(void **state)
{
	static const char *const headers[] = {"X-A: b\r\nX-C: d", NULL};
	struct fixture *f = *state;
	struct http_client *client = client_new(f, true, 4);
	struct ending e = {.f = f};
	char *url = child_url(f, "127.0.0.1", "/hello");
	struct http_call_options options = {
	    .method = "GET",
	    .url = url,
	    .headers = headers,
	    .timeout_ms = 5000,
	};

	http_call_start(client, &options, on_done, &e);
	run(f);
	assert_string_equal(e.why, "bad_header");
	http_client_free(client);
	buf_free(&e.body);
	free(url);
}

static void
headers_are_sent_as_given(void **state)
{
	static const char *const headers[] = {"X-Request-Id: r-1", NULL};
	struct fixture *f = *state;
	struct http_client *client = client_new(f, true, 4);
	struct ending e = {.f = f};
	char *url = child_url(f, "127.0.0.1", "/echo-id");
	struct http_call_options options = {
	    .method = "GET",
	    .url = url,
	    .headers = headers,
	    .timeout_ms = 5000,
	    .max_answer = 100,
	};

	http_call_start(client, &options, on_done, &e);
	run(f);
	assert_string_equal(buf_str(&e.body), "r-1");
	http_client_free(client);
	buf_free(&e.body);
	free(url);
}

struct odd_case {
	const char *label;
	const char *answer;
	bool closes;
	int status;
	const char *why;
};

#define LINE "HTTP/1.1 200 OK\r\n"

static const struct odd_case odd_cases[] = {
    {"closes without a word", "", false, 0, "reset"},
    {"noise", "hello\r\n\r\n", true, 0, "malformed"},
    {"half a head", LINE "X: y", true, 0, "reset"},
    {"half a body", LINE "Content-Length: 9\r\n\r\nabc", true, 0, "reset"},
    {"half a chunk", LINE "Transfer-Encoding: chunked\r\n\r\n9\r\nabc", true, 0,
	"reset"},
    {"an announced answer over the limit", LINE "Content-Length: 1001\r\n\r\n",
	false, 0, "too_large"},
    {"a chunked answer over the limit",
	LINE "Transfer-Encoding: chunked\r\n\r\nfffff\r\n", false, 0,
	"too_large"},
    {"a redirect",
	"HTTP/1.1 302 Found\r\nLocation: /hello\r\n"
	"Content-Length: 0\r\n\r\n",
	false, 302, ""},
    {"a body until the end", "HTTP/1.0 200 OK\r\n\r\nabc", true, 200, ""},
    {"silence", NULL, false, 0, "timeout"},
};

static void
odd_servers_are_told_apart(void **state)
{
	struct fixture *f = *state;
	struct http_client *client = client_new(f, true, 4);
	char *url = xasprintf("http://127.0.0.1:%d/", f->odd_port);

	for (size_t i = 0; i < sizeof(odd_cases) / sizeof(odd_cases[0]); i++) {
		const struct odd_case *c = &odd_cases[i];
		struct ending e = {.f = f};
		struct http_call_options options = {
		    .method = "GET",
		    .url = url,
		    .timeout_ms = c->answer != NULL ? 5000 : 200,
		    .max_answer = 1000,
		};
		struct buf answer = {0};

		if (c->answer != NULL)
			buf_add_str(&answer, c->answer);
		/* The chunk that was announced. */
		for (int n = 0; strstr(c->label, "chunked") && n < 2000; n++)
			buf_add_str(&answer, "x");
		f->odd_answer = c->answer != NULL ? buf_str(&answer) : NULL;
		f->odd_closes = c->closes;
		f->odd_said = false;
		http_call_start(client, &options, on_done, &e);
		run(f);
		if (e.status != c->status || strcmp(e.why, c->why) != 0)
			fail_msg("%s: %d %s (%s)", c->label, e.status, e.why,
			    e.detail);
		buf_free(&e.body);
		buf_free(&answer);
	}
	http_client_free(client);
	free(url);
}

static void
endless_headers_are_cut_off(void **state)
{
	struct fixture *f = *state;
	struct http_client *client = client_new(f, true, 4);
	char *url = xasprintf("http://127.0.0.1:%d/", f->odd_port);
	struct buf answer = {0};
	struct ending e = {0};

	buf_add_str(&answer, LINE);
	for (int i = 0; i < 10000; i++)
		buf_add_str(&answer, "X-A: bcdefgh\r\n");
	f->odd_answer = buf_str(&answer);
	f->odd_closes = false;
	ask(f, client, &e, "GET", url, NULL);
	assert_string_equal(e.why, "too_large");
	http_client_free(client);
	buf_free(&answer);
	buf_free(&e.body);
	free(url);
}

static void
nobody_listening_is_a_failure_to_connect(void **state)
{
	struct fixture *f = *state;
	struct http_client *client = client_new(f, true, 4);
	struct ending e = {0};
	/* The port of a socket that does not listen. */
	struct sockaddr_in sa = {.sin_family = AF_INET};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char *url;

	sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(fd, (struct sockaddr *)&sa, sizeof(sa)), 0);
	url = xasprintf("http://127.0.0.1:%d/", port_of(fd));
	ask(f, client, &e, "GET", url, NULL);
	assert_string_equal(e.why, "connect");
	assert_int_equal(e.started_us, 0);
	http_client_free(client);
	buf_free(&e.body);
	free(url);
	close(fd);
}

static void
a_name_that_is_not_answered_meets_the_deadline(void **state)
{
	struct fixture *f = *state;
	struct http_client *client = client_new(f, true, 4);
	struct ending e = {.f = f};
	struct http_call_options options = {
	    .method = "GET",
	    .url = "http://silent.test/",
	    .timeout_ms = 200,
	};

	http_call_start(client, &options, on_done, &e);
	run(f);
	assert_string_equal(e.why, "timeout");
	/* The lookup is still under way when the client is freed. */
	http_client_free(client);
	event_base_loop(f->base, EVLOOP_NONBLOCK);
	buf_free(&e.body);
}

static void
a_cancelled_call_is_silent(void **state)
{
	struct fixture *f = *state;
	struct http_client *client = client_new(f, true, 4);
	struct ending quiet = {.f = f}, e = {0};
	char *later = child_url(f, "127.0.0.1", "/later");
	char *named = child_url(f, "local.test", "/later");

	http_call_cancel(start(client, &quiet, "GET", later, NULL));
	http_call_cancel(start(client, &quiet, "GET", named, NULL));
	http_call_cancel(start(client, &quiet, "GET", "bad", NULL));
	ask(f, client, &e, "GET", later, NULL);
	ask(f, client, &e, "GET", later, NULL);
	assert_int_equal(e.status, 200);
	assert_int_equal(quiet.calls, 0);
	http_client_free(client);
	buf_free(&e.body);
	free(later);
	free(named);
}

/* A callback that cancels another call, starts a third, frees the client. */
struct meddler {
	struct fixture *f;
	struct http_client *client;
	struct http_call *victim;
	struct ending third;
	char *url;
	bool frees;
};

static void
meddle(const struct http_answer *answer, void *arg)
{
	struct meddler *m = arg;

	assert_int_equal(answer->status, 200);
	http_call_cancel(m->victim);
	start(m->client, &m->third, "GET", m->url, NULL);
	if (!m->frees)
		return;
	http_client_free(m->client);
	event_base_loopbreak(m->f->base);
}

static void
a_callback_may_do_what_it_likes(void **state)
{
	struct fixture *f = *state;

	for (int frees = 0; frees < 2; frees++) {
		struct meddler m = {
		    .f = f, .client = client_new(f, true, 4), .frees = frees};
		struct ending quiet = {.f = f};
		struct http_call_options options = {
		    .method = "GET", .timeout_ms = 5000, .max_answer = 100};

		m.third.f = f;
		m.url = child_url(f, "127.0.0.1", "/hello");
		options.url = m.url;
		http_call_start(m.client, &options, meddle, &m);
		m.victim = start(m.client, &quiet, "GET", m.url, NULL);
		run(f);
		assert_int_equal(quiet.calls, 0);
		assert_int_equal(m.third.calls, !frees);
		if (!frees)
			http_client_free(m.client);
		buf_free(&m.third.body);
		free(m.url);
	}
}

static void
a_client_may_be_freed_with_calls_open(void **state)
{
	struct fixture *f = *state;
	struct http_client *client = client_new(f, true, 4);
	struct ending quiet = {.f = f};
	char *url = child_url(f, "127.0.0.1", "/hang");

	start(client, &quiet, "GET", url, NULL);
	start(client, &quiet, "GET", "bad", NULL);
	start(client, &quiet, "GET", "http://silent.test/", NULL);
	event_base_loop(f->base, EVLOOP_ONCE);
	quiet.calls = 0;
	http_client_free(client);
	event_base_loop(f->base, EVLOOP_NONBLOCK);
	assert_int_equal(quiet.calls, 0);
	buf_free(&quiet.body);
	free(url);
}

static void
more_calls_than_connections_wait_their_turn(void **state)
{
	struct fixture *f = *state;
	struct http_client *client = client_new(f, true, 3);
	struct ending e[30] = {0};
	int left = 30;
	char *url = child_url(f, "127.0.0.1", "/later");

	for (int i = 0; i < 30; i++) {
		e[i].f = f;
		e[i].left = &left;
		start(client, &e[i], "GET", url, NULL);
	}
	run(f);
	for (int i = 0; i < 30; i++) {
		assert_int_equal(e[i].status, 200);
		buf_free(&e[i].body);
	}
	http_client_free(client);
	free(url);
}

static void
connections_are_used_again(void **state)
{
	struct fixture *f = *state;
	struct http_client *client = client_new(f, true, 4);
	struct ending e = {0};
	char *url = xasprintf("http://127.0.0.1:%d/", f->odd_port);

	f->odd_answer = LINE "Content-Length: 2\r\n\r\nok";
	for (int i = 0; i < 5; i++) {
		ask(f, client, &e, "GET", url, NULL);
		assert_int_equal(e.status, 200);
	}
	assert_int_equal(f->accepted, 1);
	http_client_free(client);
	buf_free(&e.body);
	free(url);
}

static void
a_call_that_ends_badly_makes_room_for_the_next(void **state)
{
	struct fixture *f = *state;
	struct http_client *client = client_new(f, true, 1);
	struct ending hangs = {.f = f}, waits = {.f = f};
	int left = 2;
	char *odd = xasprintf("http://127.0.0.1:%d/", f->odd_port);
	char *good = child_url(f, "127.0.0.1", "/hello");
	struct http_call_options options = {
	    .method = "GET", .url = odd, .timeout_ms = 200};

	hangs.left = waits.left = &left;
	http_call_start(client, &options, on_done, &hangs);
	start(client, &waits, "GET", good, NULL);
	run(f);
	assert_string_equal(hangs.why, "timeout");
	assert_int_equal(waits.status, 200);
	http_client_free(client);
	buf_free(&hangs.body);
	buf_free(&waits.body);
	free(odd);
	free(good);
}

static void
certificates_are_verified(void **state)
{
	struct fixture *f = *state;
	char *pem = xasprintf("/tmp/http-client-%d.pem", (int)getpid());
	struct http_client_options trusting = {
	    .allow_private = true,
	    .max_connections = 4,
	    .max_host_connections = 4,
	    .ca_file = pem,
	    .nameserver = f->nameserver,
	};
	struct http_client *client = client_new(f, true, 4), *other;
	struct ending e = {0};
	char *url = xasprintf("https://local.test:%d/", f->odd_port);
	char *by_address = xasprintf("https://127.0.0.1:%d/", f->odd_port);

	f->tls = tls_cert_make("local.test", pem);
	f->odd_answer = LINE "Content-Length: 2\r\n\r\nok";
	f->odd_closes = false;
	ask(f, client, &e, "GET", url, NULL);
	assert_string_equal(e.why, "tls");
	assert_int_equal(e.started_us, 0);
	other = http_client_new(f->base, &trusting);
	ask(f, other, &e, "GET", url, NULL);
	assert_int_equal(e.status, 200);
	assert_string_equal(buf_str(&e.body), "ok");
	ask(f, other, &e, "GET", by_address, NULL);
	assert_string_equal(e.why, "tls");
	http_client_free(client);
	http_client_free(other);
	unlink(pem);
	buf_free(&e.body);
	free(pem);
	free(url);
	free(by_address);
}

#define WITH_SERVERS(test)                                                     \
	cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_SERVERS(a_request_is_answered),
	    WITH_SERVERS(a_call_leaves_nothing_to_the_next),
	    WITH_SERVERS(the_time_of_sending_lies_between_our_time_and_theirs),
	    WITH_SERVERS(a_large_request_is_sent_when_its_last_byte_is),
	    WITH_SERVERS(only_public_https_addresses_are_connected_to),
	    cmocka_unit_test(plain_http_is_for_public_addresses_alone),
	    WITH_SERVERS(a_name_is_resolved_once_for_all_who_wait),
	    WITH_SERVERS(a_server_that_moved_is_found_where_it_is_now),
	    WITH_SERVERS(a_header_with_a_line_break_is_refused),
	    WITH_SERVERS(headers_are_sent_as_given),
	    WITH_SERVERS(odd_servers_are_told_apart),
	    WITH_SERVERS(endless_headers_are_cut_off),
	    WITH_SERVERS(nobody_listening_is_a_failure_to_connect),
	    WITH_SERVERS(a_name_that_is_not_answered_meets_the_deadline),
	    WITH_SERVERS(a_cancelled_call_is_silent),
	    WITH_SERVERS(a_callback_may_do_what_it_likes),
	    WITH_SERVERS(a_client_may_be_freed_with_calls_open),
	    WITH_SERVERS(more_calls_than_connections_wait_their_turn),
	    WITH_SERVERS(connections_are_used_again),
	    WITH_SERVERS(a_call_that_ends_badly_makes_room_for_the_next),
	    WITH_SERVERS(certificates_are_verified),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

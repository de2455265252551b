/*
 * The one guard against requests that others would have us make: whatever a
 * URL says and wherever its name leads, at the time it is taken and at the
 * time it is called, nothing but a public address is connected to.
 *
 * All that calls addresses from outside goes through the HTTP client: miners'
 * axons and probes, webhooks, inputs that are named by a URL. connect() is our
 * own here: what goes to a nameserver passes, everything else is noted and
 * refused, so that nobody is really called.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <errno.h>
#include <event2/dns.h>
#include <event2/dns_struct.h>
#include <event2/event.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/err.h"
#include "common/http_client.h"
#include "common/xalloc.h"

enum { PATIENCE_S = 20, MOST_CALLS = 8 };

/* -- connections --------------------------------------------------------- */

/* Where somebody wanted to connect to, but to a nameserver. */
static char connected[MOST_CALLS][INET6_ADDRSTRLEN];
static int n_connected;

static bool
is_datagram(int fd)
{
	int type = 0;
	socklen_t len = sizeof(type);

	return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) == 0 &&
	       type == SOCK_DGRAM;
}

int
connect(int fd, const struct sockaddr *sa, socklen_t len)
{
	const struct sockaddr_in *in = (const void *)sa;
	const struct sockaddr_in6 *in6 = (const void *)sa;
	const void *address = sa->sa_family == AF_INET
				  ? (const void *)&in->sin_addr
				  : (const void *)&in6->sin6_addr;

	if (is_datagram(fd))
		return (int)syscall(SYS_connect, fd, sa, len);
	if (n_connected < MOST_CALLS)
		inet_ntop(sa->sa_family, address, connected[n_connected],
		    sizeof(connected[0]));
	n_connected++;
	errno = ECONNREFUSED;
	return -1;
}

/* -- names --------------------------------------------------------------- */

/* What a name leads to, A and AAAA; then: at the second time it is asked. */
static const struct name {
	const char *name;
	const char *a[2], *aaaa, *then;
} names[] = {
    {"public.test", {"1.1.1.1"}, NULL, NULL},
    {"private.test", {"192.168.1.1"}, NULL, NULL},
    {"loopback.test", {"127.0.0.1"}, NULL, NULL},
    {"metadata.test", {"169.254.169.254"}, NULL, NULL},
    {"shared.test", {"100.64.0.1"}, NULL, NULL},
    {"both.test", {"1.1.1.1", "10.0.0.1"}, NULL, NULL},
    {"six.test", {NULL}, "::1", NULL},
    {"mapped.test", {NULL}, "::ffff:127.0.0.1", NULL},
    {"nat64.test", {NULL}, "64:ff9b::7f00:1", NULL},
    {"sixtofour.test", {NULL}, "2002:7f00:1::", NULL},
    {"mixed.test", {"1.1.1.1"}, "fd00::1", NULL},
    {"rebound.test", {"1.1.1.1"}, NULL, "127.0.0.1"},
};

enum { N_NAMES = sizeof(names) / sizeof(names[0]) };

struct place {
	struct event_base *base;
	struct evdns_server_port *dns;
	char nameserver[32];
	int asked[N_NAMES]; /* for A */
	int ended;
	char why[32];
};

static void
answer_a(struct evdns_server_request *req, struct place *p, size_t i)
{
	const char *first = p->asked[i]++ > 0 && names[i].then != NULL
				? names[i].then
				: names[i].a[0];
	struct in_addr in[2];
	int n = 0;

	if (first == NULL)
		return;
	inet_pton(AF_INET, first, &in[n++]);
	if (names[i].a[1] != NULL)
		inet_pton(AF_INET, names[i].a[1], &in[n++]);
	evdns_server_request_add_a_reply(req, names[i].name, n, in, 60);
}

static void
on_question(struct evdns_server_request *req, void *arg)
{
	struct place *p = arg;
	const struct evdns_server_question *q = req->questions[0];
	struct in6_addr in6;

	for (size_t i = 0; i < N_NAMES; i++) {
		if (strcasecmp(q->name, names[i].name) != 0)
			continue;
		if (q->type == EVDNS_TYPE_A)
			answer_a(req, p, i);
		if (q->type == EVDNS_TYPE_AAAA && names[i].aaaa != NULL) {
			inet_pton(AF_INET6, names[i].aaaa, &in6);
			evdns_server_request_add_aaaa_reply(
			    req, names[i].name, 1, &in6, 60);
		}
	}
	evdns_server_request_respond(req, 0);
}

static int
set_up(void **state)
{
	struct place *p = xcalloc(1, sizeof(*p));
	struct sockaddr_in sa = {.sin_family = AF_INET};
	socklen_t len = sizeof(sa);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(fd, (struct sockaddr *)&sa, sizeof(sa)), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&sa, &len), 0);
	p->base = event_base_new();
	p->dns =
	    evdns_add_server_port_with_base(p->base, fd, 0, on_question, p);
	snprintf(p->nameserver, sizeof(p->nameserver), "127.0.0.1:%d",
	    ntohs(sa.sin_port));
	*state = p;
	return 0;
}

static int
tear_down(void **state)
{
	struct place *p = *state;

	event_base_loop(p->base, EVLOOP_NONBLOCK);
	evdns_close_server_port(p->dns);
	event_base_free(p->base);
	free(p);
	return 0;
}

static struct http_client *
client_new(struct place *p)
{
	const struct http_client_options options = {
	    .max_connections = 4,
	    .max_host_connections = 4,
	    .nameserver = p->nameserver,
	};

	n_connected = 0;
	return http_client_new(p->base, &options);
}

/* -- calls --------------------------------------------------------------- */

static void
on_done(const struct http_answer *answer, void *arg)
{
	struct place *p = arg;

	assert_int_equal(answer->status, 0);
	snprintf(p->why, sizeof(p->why), "%s",
	    answer->why != NULL ? answer->why : "");
	p->ended++;
	event_base_loopbreak(p->base);
}

static void
on_patience(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	(void)arg;
	fail_msg("nothing happened");
}

static void
run(struct place *p)
{
	struct event *patience = evtimer_new(p->base, on_patience, NULL);
	struct timeval tv = {PATIENCE_S, 0};

	p->ended = 0;
	event_add(patience, &tv);
	while (p->ended == 0)
		event_base_dispatch(p->base);
	event_free(patience);
}

/* Why it was not called; "" would be that it was answered. */
static const char *
call(struct place *p, struct http_client *client, const char *url)
{
	const struct http_call_options options = {
	    .method = "POST",
	    .url = url,
	    .timeout_ms = 5000,
	    .max_answer = 100,
	};

	http_call_start(client, &options, on_done, p);
	run(p);
	return p->why;
}

/* Why it could not be; "": it could. */
static const char *
check(struct place *p, struct http_client *client, const char *url)
{
	http_call_check(client, url, 5000, on_done, p);
	run(p);
	return p->why;
}

/* -- the table ----------------------------------------------------------- */

#define WITHIN "refused_address"

/* late: its form says nothing, only its name does when it is looked up. */
static const struct {
	const char *url, *why;
	bool late;
} refused[] = {
    {"https://127.0.0.1/", WITHIN, false},
    {"https://127.255.0.9/", WITHIN, false},
    {"https://[::1]/", WITHIN, false},
    {"https://10.0.0.1/", WITHIN, false},
    {"https://172.16.0.1/", WITHIN, false},
    {"https://172.31.255.255/", WITHIN, false},
    {"https://192.168.0.1/", WITHIN, false},
    {"https://169.254.169.254/latest/meta-data", WITHIN, false},
    {"https://[fe80::1]/", WITHIN, false},
    {"https://[febf::1]/", WITHIN, false},
    {"https://[fc00::1]/", WITHIN, false},
    {"https://[fdff::1]/", WITHIN, false},
    {"https://100.64.0.1/", WITHIN, false},
    {"https://100.127.255.255/", WITHIN, false},
    {"https://0.0.0.0/", WITHIN, false},
    {"https://[::]/", WITHIN, false},
    {"https://[::ffff:127.0.0.1]/", WITHIN, false},
    {"https://[::ffff:10.0.0.1]/", WITHIN, false},
    {"https://[64:ff9b::7f00:1]/", WITHIN, false},
    {"https://[2002:7f00:1::]/", WITHIN, false},
    {"https://2130706433/", WITHIN, false},
    {"https://017700000001/", WITHIN, false},
    {"https://0177.0.0.1/", WITHIN, false},
    {"https://0x7f000001/", WITHIN, false},
    {"https://0x7f.0x0.0x0.0x1/", WITHIN, false},
    {"https://127.1/", WITHIN, false},
    {"https://%31%32%37.0.0.1/", WITHIN, false},
    {"https://127.0.0.1:8443/", WITHIN, false},
    {"https://255.255.255.255/", WITHIN, false},
    {"https://224.0.0.1/", WITHIN, false},
    {"https://localhost/", WITHIN, true},
    {"https://LOCALHOST/", WITHIN, true},
    {"https://private.test/", WITHIN, true},
    {"https://loopback.test/", WITHIN, true},
    {"https://metadata.test/", WITHIN, true},
    {"https://shared.test/", WITHIN, true},
    {"https://both.test/", WITHIN, true},
    {"https://six.test/", WITHIN, true},
    {"https://mapped.test/", WITHIN, true},
    {"https://nat64.test/", WITHIN, true},
    {"https://sixtofour.test/", WITHIN, true},
    {"https://mixed.test/", WITHIN, true},
    {"https://nobody.test/", "resolve", true},
    {"https://user@public.test/", "bad_url", false},
    {"https://user:word@public.test/", "bad_url", false},
    {"https://public.test@127.0.0.1/", "bad_url", false},
    {"https://public.test\\@127.0.0.1/", "bad_url", false},
    {"https://127.0.0.1\\@public.test/", "bad_url", false},
    {"https://127.0.0.1 @public.test/", "bad_url", false},
    {"https://public.test\r\nHost: a/", "bad_url", false},
    {"http://public.test/", "bad_url", false},
    {"http://127.0.0.1/", "bad_url", false},
    {"ftp://public.test/", "bad_url", false},
    {"file:///etc/passwd", "bad_url", false},
    {"gopher://public.test/", "bad_url", false},
    {"dict://public.test/", "bad_url", false},
    {"ws://public.test/", "bad_url", false},
    {"javascript:alert(1)", "bad_url", false},
    {"//public.test/", "bad_url", false},
    {"public.test", "bad_url", false},
    {"", "bad_url", false},
    {"https://", "bad_url", false},
    {"https:///a", "resolve", true},
    {"https:///127.0.0.1/", WITHIN, false},
    {"https://public.test:0/", "bad_url", false},
    {"https://public.test:65536/", "bad_url", false},
    {"https://public.test:99999999999/", "bad_url", false},
    {"https://public.test:-1/", "bad_url", false},
    {"https://public.test:80a/", "bad_url", false},
    {"https://public.test./", "bad_url", false},
    {"https://[::1%25lo]/", "bad_url", false},
    {"https://\xe2\x91\xa0.test/", "bad_url", false},
};

enum { N_REFUSED = sizeof(refused) / sizeof(refused[0]) };

static void
none_of_the_table_is_called(void **state)
{
	struct place *p = *state;
	struct http_client *client = client_new(p);

	for (size_t i = 0; i < N_REFUSED; i++) {
		const char *why = call(p, client, refused[i].url);

		if (strcmp(why, refused[i].why) != 0 || n_connected != 0)
			fail_msg("%s: %s, %d connected", refused[i].url, why,
			    n_connected);
	}
	http_client_free(client);
}

/* Before anybody calls it: when it is registered, and by its form alone. */
static void
none_of_the_table_is_taken(void **state)
{
	struct place *p = *state;
	struct http_client *client = client_new(p);

	for (size_t i = 0; i < N_REFUSED; i++) {
		const char *why = check(p, client, refused[i].url);
		struct err err = {""};
		char *clean = http_url_clean(refused[i].url, false, &err);

		if (strcmp(why, refused[i].why) != 0 || n_connected != 0)
			fail_msg("%s: %s", refused[i].url, why);
		if ((clean != NULL) != refused[i].late)
			fail_msg("%s is cleaned to %s", refused[i].url,
			    clean != NULL ? clean : err.text);
		if (clean == NULL)
			assert_string_not_equal(err.text, "");
		free(clean);
	}
	http_client_free(client);
}

static void
what_is_public_is_called(void **state)
{
	static const char *const urls[][2] = {
	    {"https://public.test/", "1.1.1.1"},
	    {"https://1.1.1.1/", "1.1.1.1"},
	    {"https://[2606:4700:4700::1111]:8443/", "2606:4700:4700::1111"}};
	struct place *p = *state;

	for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
		struct http_client *client = client_new(p);

		assert_string_equal(check(p, client, urls[i][0]), "");
		assert_int_equal(n_connected, 0);
		assert_string_equal(call(p, client, urls[i][0]), "connect");
		assert_int_equal(n_connected, 1);
		assert_string_equal(connected[0], urls[i][1]);
		http_client_free(client);
	}
}

static int
asked(const struct place *p, const char *name)
{
	size_t i = 0;

	while (strcmp(names[i].name, name) != 0)
		i++;
	return p->asked[i];
}

/* It leads to a public address when it is checked, and to ours ever after:
 * what is connected to is what was checked. */
static void
a_name_that_changes_meanwhile_gains_nothing(void **state)
{
	struct place *p = *state;
	struct http_client *client = client_new(p);

	assert_string_equal(
	    call(p, client, "https://rebound.test/"), "connect");
	assert_int_equal(asked(p, "rebound.test"), 1);
	assert_int_equal(n_connected, 1);
	assert_string_equal(connected[0], "1.1.1.1");
	http_client_free(client);
	/* Registered while it was public; then it is not. */
	client = client_new(p);
	assert_string_equal(call(p, client, "https://rebound.test/"), WITHIN);
	assert_int_equal(asked(p, "rebound.test"), 2);
	assert_int_equal(n_connected, 0);
	http_client_free(client);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(none_of_the_table_is_called),
	    TEST(none_of_the_table_is_taken),
	    TEST(what_is_public_is_called),
	    TEST(a_name_that_changes_meanwhile_gains_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

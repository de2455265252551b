/* Gists: their names, and fetching them from a host with moods. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <curl/curl.h>
#include <event2/event.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/err.h"
#include "common/http_server.h"
#include "common/metrics.h"
#include "common/xalloc.h"
#include "validator/gist.h"

enum { PATIENCE_S = 60 };

/* -- names --------------------------------------------------------------- */

static const struct {
	const char *text, *says; /* NULL: it is one */
} commitments[] = {
    {"alice:0123abcd", NULL},
    {"a-b_c9:aa5a315d61ae9438b18d", NULL},
    {"x:1", NULL},
    {"nocolon", "it is not user:gist_id"},
    {"", "it is not user:gist_id"},
    {":", "the user has 1 to 39 letters"},
    {":0123abcd", "the user has 1 to 39 letters"},
    {"alice:", "the gist's id has 1 to 40 letters"},
    {"a:b:c", "the gist's id has a letter that none has"},
    {"alice:0123ABCD", "the gist's id has a letter that none has"},
    {"alice:0123/raw", "the gist's id has a letter that none has"},
    {"alice:0123 ", "the gist's id has a letter that none has"},
    {"alice :0123", "the user has a letter that none has"},
    {"../x:0123", "the user has a letter that none has"},
    {"al\xc3\xafxe:0123", "the user has a letter that none has"},
    {"-alice:0123", "the user begins with no letter or digit"},
    {"_alice:0123", "the user begins with no letter or digit"},
    {"abcdefghijabcdefghijabcdefghijabcdefghij:1",
	"the user has 1 to 39 letters"},
    {"a:01234567890123456789012345678901234567890",
	"the gist's id has 1 to 40 letters"},
};

static void
a_commitment_names_a_gist(void **state)
{
	struct gist_name name;
	struct err err;
	char *url;

	(void)state;
	for (size_t i = 0; i < sizeof(commitments) / sizeof(commitments[0]);
	     i++) {
		int rc = gist_name_parse(commitments[i].text, &name, &err);

		if ((rc == 0) != (commitments[i].says == NULL))
			fail_msg("\"%s\"", commitments[i].text);
		if (rc != 0)
			assert_string_equal(err.text, commitments[i].says);
	}
	assert_int_equal(gist_name_parse("alice:0123abcd", &name, &err), 0);
	url = gist_name_url(GIST_BASE, &name);
	assert_string_equal(
	    url, "https://gist.githubusercontent.com/alice/0123abcd/raw");
	free(url);
}

/* -- a host -------------------------------------------------------------- */

struct fixture {
	struct event_base *base;
	struct metrics *metrics;
	struct http_server *host;
	struct gists *gists;
	int asked, now, most; /* requests; at once */
	char etag[64];	      /* of the last request */
	/* What it does. */
	const char *text, *tag;
	int status;
	const char *retry_after, *location;
	struct http_req *held[64]; /* not answered yet */
	int n_held;
	bool holds;
};

/* How fetches ended. */
struct ending {
	struct fixture *f;
	int calls;
	int *left;
	struct gist_answer answer;
	char *text;
	bool frees;
};

static void
give(struct http_req *req, struct fixture *f)
{
	f->now--;
	if (f->tag != NULL)
		http_reply_header(req, "ETag", f->tag);
	if (f->retry_after != NULL)
		http_reply_header(req, "Retry-After", f->retry_after);
	if (f->location != NULL)
		http_reply_header(req, "Location", f->location);
	if (f->status == 200 && f->tag != NULL && strcmp(f->etag, f->tag) == 0)
		http_reply(req, 304, NULL, NULL, 0);
	else
		http_reply(
		    req, f->status, "text/plain", f->text, strlen(f->text));
}

static void
on_raw(struct http_req *req, void *arg)
{
	const char *etag = http_req_header(req, "If-None-Match");
	struct fixture *f = arg;

	f->asked++;
	f->now++;
	if (f->now > f->most)
		f->most = f->now;
	snprintf(f->etag, sizeof(f->etag), "%s", etag != NULL ? etag : "");
	if (f->holds)
		f->held[f->n_held++] = req;
	else
		give(req, f);
}

static void
on_moved(struct http_req *req, void *arg)
{
	struct fixture *f = arg;

	f->asked++;
	http_reply(req, 200, "text/plain", "moved", 5);
}

static const struct http_route routes[] = {
    {"GET", "/{user}/{id}/raw", 0, false, on_raw, 0},
    {"GET", "/elsewhere", 0, false, on_moved, 0},
    {NULL, NULL, 0, false, NULL, 0},
};

static void
open_gists(struct fixture *f, const struct gists_setup *like)
{
	char *url =
	    xasprintf("http://127.0.0.1:%d/", http_server_port(f->host));
	struct gists_setup setup = *like;
	struct err err;

	setup.base = f->base;
	setup.metrics = f->metrics;
	setup.url = url;
	setup.development = true;
	gists_free(f->gists);
	f->gists = gists_new(&setup, &err);
	if (f->gists == NULL)
		fail_msg("%s", err.text);
	free(url);
}

static int
set_up(void **state)
{
	static const struct gists_setup plain = {.at_once = 2};
	struct fixture *f = xcalloc(1, sizeof(*f));

	f->base = event_base_new();
	f->metrics = metrics_new();
	f->host = http_server_new(f->base, routes, &http_default_limits, f);
	assert_int_equal(http_server_listen(f->host, "127.0.0.1:0", NULL), 0);
	f->status = 200;
	f->text = "lines\n";
	open_gists(f, &plain);
	*state = f;
	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *f = *state;

	gists_free(f->gists);
	http_server_free(f->host);
	metrics_free(f->metrics);
	event_base_free(f->base);
	free(f);
	return 0;
}

static void
on_gist(const struct gist_answer *answer, void *arg)
{
	struct ending *e = arg;

	e->calls++;
	e->answer = *answer;
	if (answer->outcome == GIST_READ)
		e->text = xstrndup(answer->text, answer->len);
	if (e->frees) {
		gists_free(e->f->gists);
		e->f->gists = NULL;
	}
	if (e->left != NULL && --*e->left == 0)
		event_base_loopbreak(e->f->base);
}

static const struct gist_name name = {"alice", "0123abcd"};

static void
on_impatience(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	event_base_loopbreak(arg);
}

static void
run(struct fixture *f)
{
	const struct timeval patience = {PATIENCE_S, 0};
	struct event *end = evtimer_new(f->base, on_impatience, f->base);

	event_add(end, &patience);
	event_base_dispatch(f->base);
	event_free(end);
}

/* One, to its end; the caller frees ->text. */
static struct ending
fetch(struct fixture *f, const char *etag)
{
	int left = 1;
	struct ending e = {.f = f, .left = &left};

	gist_fetch(f->gists, &name, etag, on_gist, &e);
	assert_int_equal(e.calls, 0);
	run(f);
	assert_int_equal(e.calls, 1);
	e.answer.text = NULL;
	e.left = NULL;
	return e;
}

static void
expect(struct fixture *f, enum gist_outcome outcome, const char *why)
{
	struct ending e = fetch(f, NULL);

	if (e.answer.outcome != outcome)
		fail_msg("%s: %s", gist_outcome_name(e.answer.outcome),
		    e.answer.why);
	if (strncmp(e.answer.why, why, strlen(why)) != 0)
		fail_msg("\"%s\", not \"%s\"", e.answer.why, why);
	free(e.text);
}

/* -- fetching ------------------------------------------------------------ */

static void
a_gist_is_read_and_then_the_same(void **state)
{
	struct fixture *f = *state;
	struct ending e;

	f->tag = "W/\"abc\"";
	e = fetch(f, NULL);
	assert_int_equal(e.answer.outcome, GIST_READ);
	assert_string_equal(e.text, "lines\n");
	assert_string_equal(e.answer.etag, "W/\"abc\"");
	assert_string_equal(e.answer.sha256,
	    "58975ca22b214d1bf824a46d50b4cdec9b721839e7331d60fc68803c54e531ac");
	assert_string_equal(f->etag, "");
	free(e.text);
	e = fetch(f, "W/\"abc\"");
	assert_int_equal(e.answer.outcome, GIST_SAME);
	assert_string_equal(e.answer.etag, "W/\"abc\"");
	assert_string_equal(e.answer.sha256, "");
	assert_string_equal(f->etag, "W/\"abc\"");
	f->tag = "\"def\"";
	e = fetch(f, "W/\"abc\"");
	assert_int_equal(e.answer.outcome, GIST_READ);
	assert_string_equal(e.answer.etag, "\"def\"");
	free(e.text);
}

/* What cannot be sent as it is is not kept, nor sent. */
static void
an_etag_may_be_none(void **state)
{
	static const char *const none[] = {
	    "abc", "\"", "W/abc\"", "\"a b\"", "\"abc", "\"a\"\r\nX: y"};
	struct fixture *f = *state;
	struct ending e;

	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		e = fetch(f, none[i]);
		assert_int_equal(e.answer.outcome, GIST_READ);
		assert_string_equal(f->etag, "");
		free(e.text);
	}
	f->tag = "abc";
	e = fetch(f, NULL);
	assert_string_equal(e.answer.etag, "");
	free(e.text);
}

static void
what_an_answer_means(void **state)
{
	static const struct {
		int status;
		enum gist_outcome outcome;
	} table[] = {{200, GIST_READ}, {204, GIST_UNAVAILABLE},
	    {206, GIST_UNAVAILABLE}, {302, GIST_UNAVAILABLE},
	    {400, GIST_UNAVAILABLE}, {401, GIST_UNAVAILABLE},
	    {403, GIST_UNAVAILABLE}, {404, GIST_GONE}, {410, GIST_GONE},
	    {418, GIST_UNAVAILABLE}, {500, GIST_UNAVAILABLE},
	    {503, GIST_UNAVAILABLE}};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		char why[32] = "";

		f->status = table[i].status;
		if (f->status != 200 && f->status != 302)
			snprintf(why, sizeof(why), "status %d", f->status);
		f->text = f->status == 204 ? "" : "x";
		expect(f, table[i].outcome, why);
	}
	/* Nobody asked whether it is the same. */
	f->status = 304;
	f->text = "";
	expect(f, GIST_UNAVAILABLE, "status 304");
}

static void
a_large_gist_is_refused(void **state)
{
	const struct gists_setup small = {.max_bytes = 6};
	struct fixture *f = *state;

	open_gists(f, &small);
	expect(f, GIST_READ, "");
	f->text = "lines\n\n";
	for (int i = 0; i < 10; i++)
		expect(f, GIST_REFUSED, "too_large: ");
	f->text = "lines\n";
	expect(f, GIST_READ, "");
}

static void
redirects_are_few(void **state)
{
	const struct gists_setup one = {.max_redirects = 1};
	struct fixture *f = *state;
	struct ending e;

	f->status = 302;
	f->text = "";
	f->location = "/elsewhere";
	expect(f, GIST_UNAVAILABLE, "more than 0 redirects");
	assert_int_equal(f->asked, 1);
	open_gists(f, &one);
	e = fetch(f, NULL);
	assert_int_equal(e.answer.outcome, GIST_READ);
	assert_string_equal(e.text, "moved");
	free(e.text);
	f->asked = 0;
	f->location = "/alice/0123abcd/raw";
	expect(f, GIST_UNAVAILABLE, "more than 1 redirects");
	assert_int_equal(f->asked, 2);
	f->location = "ftp://127.0.0.1/x";
	expect(f, GIST_UNAVAILABLE, "bad_url: ");
	f->location = NULL;
	expect(f, GIST_UNAVAILABLE, "more than 1 redirects, or one to nowhere");
}

static void
a_host_that_is_silent_is_waited_for_so_long(void **state)
{
	const struct gists_setup quick = {.timeout_ms = 50};
	struct fixture *f = *state;

	open_gists(f, &quick);
	f->holds = true;
	expect(f, GIST_UNAVAILABLE, "timeout: ");
}

/* -- many ---------------------------------------------------------------- */

static void
so_many_at_once_and_all_in_the_end(void **state)
{
	enum { N = 20 };
	struct fixture *f = *state;
	struct ending e[N];
	int left = N;

	for (int i = 0; i < N; i++) {
		e[i] = (struct ending){.f = f, .left = &left};
		gist_fetch(f->gists, &name, NULL, on_gist, &e[i]);
	}
	assert_false(gists_is_idle(f->gists));
	run(f);
	for (int i = 0; i < N; i++) {
		assert_int_equal(e[i].calls, 1);
		assert_int_equal(e[i].answer.outcome, GIST_READ);
		free(e[i].text);
	}
	assert_int_equal(f->asked, N);
	assert_in_range(f->most, 1, 2);
	assert_true(gists_is_idle(f->gists));
}

static void
a_cancelled_one_is_not_told(void **state)
{
	struct fixture *f = *state;
	int left = 1;
	struct ending e[4];
	struct gist_fetch *fetches[4];

	for (int i = 0; i < 4; i++) {
		e[i] = (struct ending){.f = f, .left = i == 3 ? &left : NULL};
		fetches[i] = gist_fetch(f->gists, &name, NULL, on_gist, &e[i]);
	}
	f->holds = true;
	while (f->n_held < 2)
		event_base_loop(f->base, EVLOOP_ONCE);
	gist_cancel(fetches[2]); /* it waits */
	gist_cancel(fetches[0]); /* it is asked */
	f->holds = false;
	for (int i = 0; i < f->n_held; i++)
		give(f->held[i], f);
	run(f);
	assert_int_equal(e[0].calls, 0);
	assert_int_equal(e[1].calls, 1);
	assert_int_equal(e[2].calls, 0);
	assert_int_equal(e[3].calls, 1);
	free(e[1].text);
	free(e[3].text);
	assert_true(gists_is_idle(f->gists));
}

static void
all_may_be_freed_in_a_callback(void **state)
{
	struct fixture *f = *state;
	int left = 1;
	struct ending first = {.f = f, .left = &left, .frees = true};
	struct ending others = {.f = f};

	gist_fetch(f->gists, &name, NULL, on_gist, &first);
	for (int i = 0; i < 5; i++)
		gist_fetch(f->gists, &name, NULL, on_gist, &others);
	f->holds = false;
	run(f);
	assert_int_equal(first.calls, 1);
	assert_true(others.calls <= 1);
	free(first.text);
	free(others.text);
}

static void
a_host_that_fails_is_left_alone(void **state)
{
	struct fixture *f = *state;
	int asked;

	f->status = 500;
	for (int i = 0; i < 5; i++)
		expect(f, GIST_UNAVAILABLE, "status 500");
	asked = f->asked;
	f->status = 200;
	for (int i = 0; i < 5; i++)
		expect(f, GIST_UNAVAILABLE, "the host is left alone");
	assert_int_equal(f->asked, asked);
	assert_true(gists_is_idle(f->gists));
}

/* What it says of a gist is no failure of it, and forgives those before. */
static void
a_gist_that_is_not_there_is_no_failure(void **state)
{
	struct fixture *f = *state;

	for (int i = 0; i < 20; i++) {
		f->status = i % 5 == 4 ? 404 : 500;
		expect(f, i % 5 == 4 ? GIST_GONE : GIST_UNAVAILABLE, "status");
	}
}

static void
a_host_that_says_when_is_asked_then(void **state)
{
	struct fixture *f = *state;

	f->status = 429;
	f->retry_after = "300";
	expect(f, GIST_UNAVAILABLE, "status 429");
	f->status = 200;
	expect(f, GIST_UNAVAILABLE, "the host is left alone");
	assert_int_equal(f->asked, 1);
}

static void
all_waiting_are_told_while_it_is_left_alone(void **state)
{
	enum { N = 10 };
	struct fixture *f = *state;
	struct ending e[N];
	int left = N;

	f->status = 429;
	f->retry_after = "300";
	f->text = "";
	for (int i = 0; i < N; i++) {
		e[i] = (struct ending){.f = f, .left = &left};
		gist_fetch(f->gists, &name, NULL, on_gist, &e[i]);
	}
	run(f);
	for (int i = 0; i < N; i++) {
		assert_int_equal(e[i].calls, 1);
		assert_int_equal(e[i].answer.outcome, GIST_UNAVAILABLE);
	}
	assert_in_range(f->asked, 1, 2);
}

/* -- where it may be ----------------------------------------------------- */

static void
only_https_and_public_addresses(void **state)
{
	struct fixture *f = *state;
	struct gists_setup setup = {.base = f->base, .metrics = f->metrics};
	char *here =
	    xasprintf("https://localhost:%d", http_server_port(f->host));
	struct err err;

	setup.url = "http://gist.example.org";
	assert_null(gists_new(&setup, &err));
	assert_string_equal(err.text, "the URL must be https");
	setup.url = "https://10.0.0.1";
	assert_null(gists_new(&setup, &err));
	assert_string_equal(err.text, "10.0.0.1 is not a public address");
	setup.url = "no address";
	assert_null(gists_new(&setup, &err));
	gists_free(f->gists);
	setup.url = here;
	f->gists = gists_new(&setup, &err);
	assert_non_null(f->gists);
	for (int i = 0; i < 10; i++)
		expect(f, GIST_UNAVAILABLE, "refused_address: ");
	assert_int_equal(f->asked, 0);
	free(here);
	gists_free(NULL);
}

static void
they_are_counted(void **state)
{
	struct fixture *f = *state;
	struct buf text = {0};

	expect(f, GIST_READ, "");
	f->status = 404;
	expect(f, GIST_GONE, "status 404");
	metrics_print(f->metrics, 0, &text);
	assert_non_null(strstr(
	    buf_str(&text), "subnetd_gists_total{outcome=\"read\"} 1\n"));
	assert_non_null(strstr(
	    buf_str(&text), "subnetd_gists_total{outcome=\"gone\"} 1\n"));
	assert_non_null(strstr(buf_str(&text), "subnetd_gists_paused 0\n"));
	buf_free(&text);
}

#define WITH_HOST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_commitment_names_a_gist),
	    WITH_HOST(a_gist_is_read_and_then_the_same),
	    WITH_HOST(an_etag_may_be_none),
	    WITH_HOST(what_an_answer_means),
	    WITH_HOST(a_large_gist_is_refused),
	    WITH_HOST(redirects_are_few),
	    WITH_HOST(a_host_that_is_silent_is_waited_for_so_long),
	    WITH_HOST(so_many_at_once_and_all_in_the_end),
	    WITH_HOST(a_cancelled_one_is_not_told),
	    WITH_HOST(all_may_be_freed_in_a_callback),
	    WITH_HOST(a_host_that_fails_is_left_alone),
	    WITH_HOST(a_gist_that_is_not_there_is_no_failure),
	    WITH_HOST(a_host_that_says_when_is_asked_then),
	    WITH_HOST(all_waiting_are_told_while_it_is_left_alone),
	    WITH_HOST(only_https_and_public_addresses),
	    WITH_HOST(they_are_counted),
	};

	if (sodium_init() < 0 || curl_global_init(CURL_GLOBAL_DEFAULT) != 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}

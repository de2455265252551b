/*
 * The page's stream: figures once for all who watch, a word while they do not
 * come, and none to whoever takes nothing.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "orchestrator/pace.c"
#include "orchestrator/page_live.c"

/* -- a world for it -------------------------------------------------------- */

enum { MAX_CLIENTS = 4 };

/* Whose request is a pointer to it. */
struct client {
	char heard[1024];
	size_t unread;
	bool is_open;
	bool has_fallen; /* its key has */
	int refused;	 /* the status; 0: it was not */
	void (*on_gone)(struct http_req *, void *);
	void *arg;
};

static struct client clients[MAX_CLIENTS];
static struct orchestrator o;
static struct page_live *live;
static int64_t mono_us;
static int n_asked;
static pg_on_answer *on_answer_to;
static void *answer_arg;

int64_t
clock_mono_us(void)
{
	return mono_us;
}

int64_t
clock_wall_us(void)
{
	return mono_us;
}

int64_t
clock_wall_ms(void)
{
	return mono_us / 1000;
}

void
store_page(struct orchestrator *of, const struct page_ask *ask,
    pg_on_answer *on_answer, void *arg)
{
	(void)of;
	assert_int_equal(ask->view, PAGE_NOW);
	n_asked++;
	on_answer_to = on_answer;
	answer_arg = arg;
}

bool
store_is_done(const struct pg_answer *answer, const char *what)
{
	(void)what;
	return answer->outcome == PG_DONE;
}

void
page_api_changed(struct orchestrator *of)
{
	(void)of;
}

struct watch *
watch_new(struct watches *all, const char *job_id, watch_on_change *on_changed,
    void *arg)
{
	(void)all;
	(void)job_id;
	(void)on_changed;
	(void)arg;
	return NULL;
}

void
watch_free(struct watch *w)
{
	(void)w;
}

bool
gate_admits_still(struct orchestrator *of, const struct http_req *req)
{
	(void)of;
	return !((const struct client *)req)->has_fallen;
}

const char *
job_state_name(enum job_state state)
{
	(void)state;
	return "done";
}

const char *
http_req_method(const struct http_req *req)
{
	(void)req;
	return "GET";
}

void
http_reply_header(struct http_req *req, const char *name, const char *value)
{
	(void)req;
	(void)name;
	(void)value;
}

void
http_reply_problem(
    struct http_req *req, int status, const char *code, const char *fmt, ...)
{
	(void)code;
	(void)fmt;
	((struct client *)req)->refused = status;
}

void
http_req_on_gone(
    struct http_req *req, void (*gone)(struct http_req *, void *), void *arg)
{
	((struct client *)req)->on_gone = gone;
	((struct client *)req)->arg = arg;
}

void
http_stream_begin(struct http_req *req, int status, const char *type)
{
	assert_int_equal(status, 200);
	assert_string_equal(type, "text/event-stream");
	((struct client *)req)->is_open = true;
}

size_t
http_stream_write(struct http_req *req, const void *text, size_t len)
{
	struct client *c = (struct client *)req;
	size_t at = strlen(c->heard);

	assert_true(c->is_open);
	snprintf(c->heard + at, sizeof(c->heard) - at, "%.*s", (int)len,
	    (const char *)text);
	return c->unread;
}

void
http_stream_end(struct http_req *req)
{
	((struct client *)req)->is_open = false;
}

static int
begin(void **state)
{
	(void)state;
	memset(clients, 0, sizeof(clients));
	memset(&o, 0, sizeof(o));
	mono_us = 1000000;
	n_asked = 0;
	o.service.base = event_base_new();
	o.service.metrics = metrics_new();
	live = page_live_new(&o);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	page_live_free(live);
	metrics_free(o.service.metrics);
	event_base_free(o.service.base);
	return 0;
}

static void
watch(int i)
{
	page_live_begin(live, (struct http_req *)&clients[i], NULL);
}

static void
leave(int i)
{
	clients[i].on_gone((struct http_req *)&clients[i], clients[i].arg);
}

/* What that one was told since this was last asked. */
static bool
hears(int i, const char *word)
{
	bool does = strstr(clients[i].heard, word) != NULL;

	clients[i].heard[0] = '\0';
	return does;
}

static void
tick(int64_t ms)
{
	mono_us += ms * 1000;
	on_tick(-1, 0, live);
}

static void
answer(const char *body)
{
	PGresult *res = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
	PGresAttDesc column = {.name = "body", .typlen = -1};
	struct pg_answer told = {
	    .outcome = body != NULL ? PG_DONE : PG_REFUSED,
	    .results = &res,
	    .n_results = 1,
	    .why = "x",
	};

	PQsetResultAttrs(res, 1, &column);
	if (body != NULL)
		PQsetvalue(res, 0, 0, (char *)body, (int)strlen(body));
	on_answer_to(&told, answer_arg);
	PQclear(res);
}

/* -- tests ----------------------------------------------------------------- */

static void
figures_are_read_once_for_all(void **state)
{
	(void)state;
	tick(2000);
	assert_int_equal(n_asked, 0);
	watch(0);
	watch(1);
	assert_int_equal(n_asked, 1);
	mono_us += 10000;
	answer("{\"n\":1}");
	assert_true(hears(0, "event: now\ndata: {\"n\":1}\n\n"));
	assert_true(hears(1, "event: now\ndata: {\"n\":1}\n\n"));
	watch(2);
	assert_true(hears(2, "{\"n\":1}"));
	assert_int_equal(n_asked, 1);
	tick(2000);
	assert_int_equal(n_asked, 2);
}

/* The page takes a stream for broken that is silent for nine seconds. */
static void
who_waits_for_figures_hears_of_us(void **state)
{
	(void)state;
	watch(0);
	for (int i = 0; i < 3; i++) {
		hears(0, "");
		tick(2000);
		assert_true(hears(0, "\n\n"));
	}
	answer("{}");
	assert_true(hears(0, "event: now"));
	/* They took six seconds: a twentieth of the time, and no more. */
	for (int i = 0; i < 50; i++) {
		tick(2000);
		assert_true(hears(0, "\n\n"));
	}
	assert_int_equal(n_asked, 1);
	tick(20000);
	assert_int_equal(n_asked, 2);
}

static void
a_database_that_is_away_is_said_and_asked_again(void **state)
{
	(void)state;
	watch(0);
	mono_us += 10000 * 1000;
	answer(NULL);
	assert_true(hears(0, "event: away\n"));
	tick(2000);
	assert_int_equal(n_asked, 1);
	tick(8000);
	assert_int_equal(n_asked, 2);
	answer("{}");
	assert_true(hears(0, "event: now\n"));
}

static void
nobody_is_told_old_figures(void **state)
{
	(void)state;
	watch(0);
	answer("{\"n\":1}");
	leave(0);
	tick(3600000);
	assert_int_equal(n_asked, 1);
	watch(1);
	assert_false(hears(1, "{\"n\":1}"));
	assert_int_equal(n_asked, 2);
	answer("{\"n\":2}");
	tick(2000);
	answer(NULL);
	watch(2);
	assert_false(hears(2, "{\"n\":2}"));
}

static void
who_takes_nothing_is_left(void **state)
{
	(void)state;
	watch(0);
	watch(1);
	clients[0].unread = MAX_UNREAD;
	answer("{}");
	assert_false(clients[0].is_open);
	assert_null(clients[0].on_gone);
	assert_true(clients[1].is_open);
	assert_int_equal(live->n, 1);
	clients[1].unread = MAX_UNREAD;
	tick(2000);
	answer("{}");
	assert_false(clients[1].is_open);
	assert_int_equal(live->n, 0);
}

static void
whose_key_is_good_no_more_is_left(void **state)
{
	(void)state;
	watch(0);
	watch(1);
	clients[1].has_fallen = true;
	tick(2000);
	assert_true(hears(1, "good no more"));
	assert_false(clients[1].is_open);
	assert_null(clients[1].on_gone);
	assert_true(clients[0].is_open);
	assert_int_equal(live->n, 1);
}

/* A stream that begins while we stop would be waited for. */
static void
who_comes_while_we_stop_goes_on_elsewhere(void **state)
{
	(void)state;
	watch(0);
	o.service.draining = true;
	page_live_drain(live);
	assert_true(hears(0, "stopping"));
	assert_false(clients[0].is_open);
	watch(1);
	assert_false(clients[1].is_open);
	assert_int_equal(clients[1].refused, 503);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(figures_are_read_once_for_all),
	    TEST(who_waits_for_figures_hears_of_us),
	    TEST(a_database_that_is_away_is_said_and_asked_again),
	    TEST(nobody_is_told_old_figures),
	    TEST(who_takes_nothing_is_left),
	    TEST(whose_key_is_good_no_more_is_left),
	    TEST(who_comes_while_we_stop_goes_on_elsewhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

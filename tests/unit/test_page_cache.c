/*
 * Answers to the page, kept for a moment: one question for all who wait, none
 * while the answer is good, and never one reader's for another.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "orchestrator/page_cache.c"

/* -- a world for it -------------------------------------------------------- */

enum { MAX_ASKED = 200 };

static int64_t mono_us;
static struct {
	pg_on_answer *on_answer;
	void *arg;
} asked[MAX_ASKED];
static int n_asked;
static int n_replies, n_problems, last_status;
static char last_body[256];
static struct page_cache *cache;

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
store_page(struct orchestrator *o, const struct page_ask *ask,
    pg_on_answer *on_answer_to, void *arg)
{
	(void)o;
	(void)ask;
	assert_true(n_asked < MAX_ASKED);
	asked[n_asked].on_answer = on_answer_to;
	asked[n_asked++].arg = arg;
}

bool
store_is_done(const struct pg_answer *answer, const char *what)
{
	assert_non_null(what);
	return answer->outcome == PG_DONE;
}

const char *
store_why(const struct pg_answer *answer)
{
	return answer->why;
}

void
http_reply_header(struct http_req *req, const char *name, const char *value)
{
	(void)req;
	(void)name;
	(void)value;
}

void
http_reply(struct http_req *req, int status, const char *type, const void *body,
    size_t len)
{
	(void)req;
	(void)type;
	n_replies++;
	last_status = status;
	snprintf(
	    last_body, sizeof(last_body), "%.*s", (int)len, (const char *)body);
}

void
http_reply_problem(
    struct http_req *req, int status, const char *code, const char *fmt, ...)
{
	(void)req;
	(void)code;
	(void)fmt;
	n_problems++;
	last_status = status;
}

static int
begin(void **state)
{
	(void)state;
	mono_us = 1000000;
	n_asked = n_replies = n_problems = last_status = 0;
	cache = page_cache_new(NULL);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	page_cache_free(cache);
	return 0;
}

/* A row with that body; NULL: none. */
static void
answer(int i, const char *body)
{
	PGresult *res = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
	PGresAttDesc columns[] = {
	    {.name = "body", .typlen = -1}, {.name = "n", .typlen = -1}};
	const struct pg_answer told = {
	    .outcome = PG_DONE, .results = &res, .n_results = 1};

	PQsetResultAttrs(res, 2, columns);
	if (body != NULL) {
		PQsetvalue(res, 0, 0, (char *)body, (int)strlen(body));
		PQsetvalue(res, 0, 1, "1", 1);
	}
	asked[i].on_answer(&told, asked[i].arg);
	PQclear(res);
}

static void
answer_none(int i, enum pg_outcome outcome)
{
	const struct pg_answer told = {.outcome = outcome, .why = "x"};

	asked[i].on_answer(&told, asked[i].arg);
}

/* Somebody asks for a view; all or as the public. */
static void
ask(enum page_view view, bool sees_all, const char *id)
{
	static int somebody;
	struct page_ask a;

	page_ask_init(&a, view);
	a.sees_all = sees_all;
	snprintf(a.id, sizeof(a.id), "%s", id);
	page_cache_reply(cache, (struct http_req *)&somebody, &a);
}

/* -- tests ----------------------------------------------------------------- */

static void
one_question_is_for_all_who_wait(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++)
		ask(PAGE_NOW, true, "");
	assert_int_equal(n_asked, 1);
	assert_int_equal(n_replies, 0);
	answer(0, "{}");
	assert_int_equal(n_replies, 3);
	assert_string_equal(last_body, "{}");
}

static void
an_answer_is_good_for_a_moment(void **state)
{
	(void)state;
	ask(PAGE_NOW, true, "");
	answer(0, "{}");
	ask(PAGE_NOW, true, "");
	assert_int_equal(n_asked, 1);
	assert_int_equal(n_replies, 2);
	mono_us += QUICK_MS * 1000LL;
	ask(PAGE_NOW, true, "");
	assert_int_equal(n_asked, 2);
	assert_int_equal(n_replies, 2);
	answer(1, "{}");
	assert_int_equal(n_replies, 3);
}

static void
another_reader_has_another_answer(void **state)
{
	(void)state;
	ask(PAGE_WEIGHTS, true, "");
	answer(0, "{\"plan\":1}");
	ask(PAGE_WEIGHTS, false, "");
	assert_int_equal(n_asked, 2);
	answer(1, "{}");
	assert_string_equal(last_body, "{}");
	ask(PAGE_WEIGHTS, true, "");
	assert_string_equal(last_body, "{\"plan\":1}");
	assert_int_equal(n_asked, 2);
}

static void
what_has_changed_is_asked_for_again(void **state)
{
	(void)state;
	ask(PAGE_WEIGHTS, true, "");
	answer(0, "{}");
	page_cache_stale(cache);
	ask(PAGE_WEIGHTS, true, "");
	assert_int_equal(n_asked, 2);
	/* It changes while it is being asked for: who waits has the answer,
	 * who comes behind asks again. */
	page_cache_stale(cache);
	answer(1, "{}");
	assert_int_equal(n_replies, 2);
	ask(PAGE_WEIGHTS, true, "");
	assert_int_equal(n_asked, 3);
	answer(2, "{}");
	ask(PAGE_WEIGHTS, true, "");
	assert_int_equal(n_asked, 3);
}

static void
what_is_not_there_is_not_kept(void **state)
{
	(void)state;
	ask(PAGE_JOB, true, "a");
	ask(PAGE_JOB, true, "a");
	answer(0, NULL);
	assert_int_equal(n_problems, 2);
	assert_int_equal(last_status, 404);
	ask(PAGE_JOB, true, "a");
	answer_none(1, PG_REFUSED);
	assert_int_equal(last_status, 503);
	ask(PAGE_JOB, true, "a");
	assert_int_equal(n_asked, 3);
	answer(2, "{}");
	assert_int_equal(n_replies, 1);
}

static void
so_many_are_asked_and_kept_at_once(void **state)
{
	char id[UUID_TEXT];

	(void)state;
	for (int i = 0; i < MAX_ENTRIES; i++) {
		snprintf(id, sizeof(id), "%d", i);
		ask(PAGE_JOB, true, id);
	}
	assert_int_equal(n_asked, MAX_ENTRIES);
	ask(PAGE_JOB, true, "more");
	assert_int_equal(n_problems, 1);
	assert_int_equal(last_status, 503);
	for (int i = 0; i < MAX_ENTRIES; i++)
		answer(i, "{}");
	ask(PAGE_JOB, true, "more");
	assert_int_equal(n_asked, MAX_ENTRIES + 1);
	/* The one asked for longest ago went. */
	ask(PAGE_JOB, true, "1");
	assert_int_equal(n_asked, MAX_ENTRIES + 1);
	ask(PAGE_JOB, true, "0");
	assert_int_equal(n_asked, MAX_ENTRIES + 2);
}

static void
a_weight_is_not_the_publics(void **state)
{
	static const char body[] = "{\"score\":1,\"weight\":0.25}";

	(void)state;
	ask(PAGE_SCORE, true, "");
	answer(0, body);
	assert_string_equal(last_body, body);
	ask(PAGE_SCORE, false, "");
	answer(1, body);
	assert_string_equal(last_body, "{\"score\":1,\"weight\":null}");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		one_question_is_for_all_who_wait, begin, end),
	    cmocka_unit_test_setup_teardown(
		an_answer_is_good_for_a_moment, begin, end),
	    cmocka_unit_test_setup_teardown(
		another_reader_has_another_answer, begin, end),
	    cmocka_unit_test_setup_teardown(
		what_has_changed_is_asked_for_again, begin, end),
	    cmocka_unit_test_setup_teardown(
		what_is_not_there_is_not_kept, begin, end),
	    cmocka_unit_test_setup_teardown(
		so_many_are_asked_and_kept_at_once, begin, end),
	    cmocka_unit_test_setup_teardown(
		a_weight_is_not_the_publics, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

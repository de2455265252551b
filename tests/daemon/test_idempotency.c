/*
 * Requests that are sent twice: one job, and one answer, whatever is killed
 * meanwhile; and what is not the same request.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/clock.h"
#include "common/xalloc.h"
#include "tests/lib/db.h"
#include "tests/lib/fetch.h"
#include "tests/lib/http_child.h"
#include "tests/lib/keyed.h"
#include "tests/lib/probe_gate.h"
#include "tests/lib/proc.h"
#include "tests/lib/sample.h"
#include "tests/lib/suite.h"

#define NAME "Idempotency-Key: "
#define OTHER_JOB                                                              \
	"{\"kind\":\"text.translate\",\"params\":{\"text\":\"good night\","    \
	"\"language\":\"en\",\"target_language\":\"de\"}}"
#define TRANSCRIBE                                                             \
	"{\"kind\":\"audio.transcribe\",\"params\":{\"language\":\"en\"}}"

static char *ann, *bob;
static struct buf wav;

static int
set_up(void **state)
{
	struct keyed *k;

	if (keyed_set_up(state, "idempotency", NULL) != 0)
		return -1;
	k = *state;
	if (probe_gate_add(k->s) != 0 || keyed_restart(k) != 0)
		return -1;
	ann = keyed_new(k, "client", NULL);
	bob = keyed_new(k, "client", NULL);
	sample_wav(440, 0.5, &wav);
	return ann != NULL && bob != NULL ? 0 : -1;
}

static int
tear_down(void **state)
{
	struct keyed *k = *state;

	probe_gate_open(k->s);
	buf_free(&wav);
	free(ann);
	free(bob);
	return keyed_tear_down(state);
}

static int64_t
count_jobs(struct keyed *k)
{
	return db_int(k->s->db, "select count(*) from job");
}

static int
order(struct keyed *k, int at, const char *key, const char *header,
    const char *body, struct fetch_answer *answer)
{
	const struct keyed_ask a = {.at = at,
	    .method = "POST",
	    .path = "/v1/jobs",
	    .key = key,
	    .header = header,
	    .body = body};

	return keyed_ask(k, &a, answer);
}

static void
assert_refused(struct keyed *k, const char *header, const char *body,
    int status, const char *code)
{
	struct fetch_answer answer;
	char got[128];

	order(k, 0, ann, header, body, &answer);
	keyed_text(&answer, "code", got);
	if (answer.status != status || strcmp(got, code) != 0)
		fail_msg("%s: %d %s", header, answer.status, answer.body);
	fetch_clear(&answer);
}

/* A form, with a boundary of its own each time. */
static int
order_file(struct keyed *k, int at, const char *header, const void *file,
    size_t len, struct fetch_answer *answer)
{
	const struct fetch_part parts[] = {
	    {"job", NULL, "application/json", TRANSCRIBE, strlen(TRANSCRIBE)},
	    {"input", "input", "audio/wav", file, len},
	    {NULL, NULL, NULL, NULL, 0}};
	const struct keyed_ask a = {.at = at,
	    .method = "POST",
	    .path = "/v1/jobs",
	    .key = ann,
	    .header = header,
	    .parts = parts};

	return keyed_ask(k, &a, answer);
}

/* The same answer again, and said to be so. */
static void
assert_again(const struct fetch_answer *first, const struct fetch_answer *again)
{
	char *was = fetch_header(first, "Location");
	char *is = fetch_header(again, "Location");
	char *replayed = fetch_header(again, "Idempotent-Replayed");

	assert_int_equal(again->status, first->status);
	assert_string_equal(again->body, first->body);
	assert_string_equal(is, was);
	assert_string_equal(replayed, "true");
	free(was);
	free(is);
	free(replayed);
}

static void
a_request_sent_twice_makes_one_job(void **state)
{
	static const char *const names[] = {
	    NAME "one", NAME "\"one\"", NAME "one"};
	struct keyed *k = *state;
	int64_t before = count_jobs(k);
	struct fetch_answer first, again;

	assert_int_equal(order(k, 0, ann, NAME "one", keyed_job, &first), 202);
	assert_null(fetch_header(&first, "Idempotent-Replayed"));
	for (int i = 0; i < 3; i++) {
		order(k, i % 2, ann, names[i], keyed_job, &again);
		assert_again(&first, &again);
		fetch_clear(&again);
	}
	assert_int_equal(count_jobs(k), before + 1);
	/* Another's name is another one. */
	assert_int_equal(order(k, 0, bob, NAME "one", keyed_job, &again), 202);
	assert_null(fetch_header(&again, "Idempotent-Replayed"));
	assert_string_not_equal(first.body, again.body);
	assert_int_equal(count_jobs(k), before + 2);
	fetch_clear(&again);
	fetch_clear(&first);
}

static void
a_file_sent_twice_makes_one_job(void **state)
{
	struct keyed *k = *state;
	int64_t before = count_jobs(k);
	struct fetch_answer first, again;
	struct buf other = {0};

	sample_wav(220, 0.5, &other);
	assert_int_equal(
	    order_file(k, 0, NAME "file", wav.data, wav.len, &first), 202);
	order_file(k, 1, NAME "file", wav.data, wav.len, &again);
	assert_again(&first, &again);
	fetch_clear(&again);
	assert_int_equal(
	    order_file(k, 1, NAME "file", other.data, other.len, &again), 422);
	fetch_clear(&again);
	assert_int_equal(count_jobs(k), before + 1);
	fetch_clear(&first);
	buf_free(&other);
}

static void
another_request_of_that_name_is_refused(void **state)
{
	struct keyed *k = *state;
	int64_t before;
	struct fetch_answer answer;

	order(k, 0, ann, NAME "two", keyed_job, &answer);
	fetch_clear(&answer);
	before = count_jobs(k);
	assert_refused(k, NAME "two", OTHER_JOB, 422, "idempotency_key_reused");
	assert_int_equal(count_jobs(k), before);
}

static void
a_name_is_printable_and_not_too_long(void **state)
{
	char *longest = xasprintf(NAME "%0255d", 7);
	char *too_long = xasprintf(NAME "%0256d", 7);
	struct fetch_answer answer;

	assert_refused(*state, too_long, keyed_job, 400, "bad_idempotency_key");
	assert_refused(
	    *state, NAME "\"\"", keyed_job, 400, "bad_idempotency_key");
	assert_refused(
	    *state, NAME "na\xc3\xafve", keyed_job, 400, "bad_idempotency_key");
	assert_int_equal(
	    order(*state, 0, ann, longest, keyed_job, &answer), 202);
	fetch_clear(&answer);
	free(longest);
	free(too_long);
}

static void
await_free(struct keyed *k, const char *name)
{
	assert_int_equal(
	    db_wait_int(k->s->db, 0, 0,
		"select count(*) from idempotency where name = '%s'", name),
	    0);
}

static void
what_was_refused_holds_no_name(void **state)
{
	struct keyed *k = *state;
	struct fetch_answer answer;

	assert_int_equal(
	    order_file(k, 0, NAME "bad", "but words", 9, &answer), 415);
	fetch_clear(&answer);
	await_free(k, "bad");
	assert_int_equal(
	    order_file(k, 0, NAME "bad", wav.data, wav.len, &answer), 202);
	fetch_clear(&answer);
}

/* -- in flight ---------------------------------------------------------- */

/* Send a file that is not looked at before the gate opens; nobody reads the
 * answer yet. */
static int
send_file(struct keyed *k, int at, const char *name)
{
	struct buf body = {0};
	char *head;
	int fd = raw_dial(k->ports[at]);

	buf_add_str(&body,
	    "--b\r\nContent-Disposition: form-data; "
	    "name=\"job\"\r\nContent-Type: application/json"
	    "\r\n\r\n" TRANSCRIBE "\r\n--b\r\nContent-Disposition: form-data; "
	    "name=\"input\"; filename=\"input\"\r\n"
	    "Content-Type: audio/wav\r\n\r\n");
	buf_add(&body, wav.data, wav.len);
	buf_add_str(&body, "\r\n--b--\r\n");
	head = xasprintf("POST /v1/jobs HTTP/1.1\r\nHost: a\r\n"
			 "Authorization: Bearer %s\r\n" NAME "%s\r\n"
			 "Content-Type: multipart/form-data; boundary=b\r\n"
			 "Content-Length: %zu\r\n\r\n",
	    ann, name, body.len);
	raw_send_str(fd, head);
	raw_send(fd, body.data, body.len);
	assert_int_equal(
	    db_wait_int(k->s->db, 1, 0,
		"select count(*) from idempotency where name = '%s'", name),
	    0);
	free(head);
	buf_free(&body);
	return fd;
}

static void
one_that_is_in_flight_is_waited_for(void **state)
{
	struct keyed *k = *state;
	int64_t before = count_jobs(k);
	struct fetch_answer answer;
	struct raw_answer first;
	char *retry, text[128];
	int fd;

	assert_int_equal(probe_gate_close(k->s), 0);
	fd = send_file(k, 0, "slow");
	for (int at = 0; at < 2; at++) {
		assert_int_equal(
		    order_file(k, at, NAME "slow", wav.data, wav.len, &answer),
		    409);
		keyed_text(&answer, "code", text);
		assert_string_equal(text, "in_flight");
		retry = fetch_header(&answer, "Retry-After");
		assert_string_equal(retry, "1");
		free(retry);
		fetch_clear(&answer);
	}
	/* Not by any other body, either. */
	assert_refused(
	    k, NAME "slow", keyed_job, 422, "idempotency_key_reused");
	probe_gate_open(k->s);
	raw_read(fd, &first, false);
	assert_int_equal(first.status, 202);
	assert_int_equal(
	    order_file(k, 1, NAME "slow", wav.data, wav.len, &answer), 202);
	assert_string_equal(answer.body, first.body);
	assert_int_equal(count_jobs(k), before + 1);
	fetch_clear(&answer);
	close(fd);
}

static void
who_has_lost_the_name_makes_no_job(void **state)
{
	struct keyed *k = *state;
	int64_t before = count_jobs(k);
	struct raw_answer answer;
	int fd;

	assert_int_equal(probe_gate_close(k->s), 0);
	fd = send_file(k, 0, "lost");
	assert_int_equal(
	    db_exec(k->s->db, "update idempotency set claim = "
			      "'01890000-0000-7000-8000-0000000000cc' where "
			      "name = 'lost'"),
	    0);
	probe_gate_open(k->s);
	raw_read(fd, &answer, false);
	assert_int_equal(answer.status, 503);
	assert_int_equal(count_jobs(k), before);
	close(fd);
}

/* As a client does that got no answer: again, until there is one. */
static void
insist(struct keyed *k, const char *header, struct fetch_answer *answer)
{
	int64_t until_us = clock_mono_us() + PROC_WAIT_MS * 1000LL;

	while (order_file(k, 1, header, wav.data, wav.len, answer) == 409) {
		fetch_clear(answer);
		if (clock_mono_us() > until_us)
			fail_msg("it is still in flight");
		proc_nap();
	}
}

static void
a_killed_instance_leaves_one_job(void **state)
{
	struct keyed *k = *state;
	int64_t before = count_jobs(k);
	struct fetch_answer answer, again;
	int fd;

	assert_int_equal(probe_gate_close(k->s), 0);
	fd = send_file(k, 0, "killed");
	keyed_kill(k);
	probe_gate_open(k->s);
	insist(k, NAME "killed", &answer);
	assert_int_equal(answer.status, 202);
	assert_null(fetch_header(&answer, "Idempotent-Replayed"));
	insist(k, NAME "killed", &again);
	assert_again(&answer, &again);
	assert_int_equal(count_jobs(k), before + 1);
	fetch_clear(&answer);
	fetch_clear(&again);
	close(fd);
	assert_int_equal(keyed_restart(k), 0);
}

/* Killed at some moment or other: behind the commit, it is the same job. */
static void
a_kill_at_any_moment_leaves_one_job(void **state)
{
	struct keyed *k = *state;

	for (int i = 0; i < 5; i++) {
		char *header = xasprintf(NAME "moment-%d", i);
		char *name = header + strlen(NAME);
		int64_t before = count_jobs(k);
		struct fetch_answer answer;
		int fd = send_file(k, 0, name);

		for (int n = 0; n < 4 * i; n++)
			proc_nap();
		keyed_kill(k);
		insist(k, header, &answer);
		assert_int_equal(answer.status, 202);
		assert_int_equal(count_jobs(k), before + 1);
		fetch_clear(&answer);
		free(header);
		close(fd);
		assert_int_equal(keyed_restart(k), 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_request_sent_twice_makes_one_job),
	    cmocka_unit_test(a_file_sent_twice_makes_one_job),
	    cmocka_unit_test(another_request_of_that_name_is_refused),
	    cmocka_unit_test(a_name_is_printable_and_not_too_long),
	    cmocka_unit_test(what_was_refused_holds_no_name),
	    cmocka_unit_test(one_that_is_in_flight_is_waited_for),
	    cmocka_unit_test(who_has_lost_the_name_makes_no_job),
	    cmocka_unit_test(a_killed_instance_leaves_one_job),
	    cmocka_unit_test(a_kill_at_any_moment_leaves_one_job),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

/*
 * Classic axons: jobs that go out as synapses, and what comes back in the same
 * connection.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#include "common/buf.h"
#include "common/xalloc.h"
#include "tests/lib/attempt.h"
#include "tests/lib/axon.h"
#include "tests/lib/db.h"
#include "tests/lib/fetch.h"
#include "tests/lib/sample.h"
#include "tests/lib/sandbox.h"
#include "tests/lib/suite.h"

enum { SLOTS = 4, MOST_OUTPUT = 65536 };

/* What a classic axon is asked: its answer is JSON, or a recording; with a
 * file, or without. Short ones are over in two seconds. */
#define KIND(name, attempt, in, out, params, wire)                             \
	"{\"name\": \"" name "\", \"protocol\": \"synapse\", "                 \
	"\"path\": \"/AudioTask\", \"capacity_key\": \"audio.task\", "         \
	"\"deadline\": \"1m\", \"attempt\": \"" attempt "\", "                 \
	"\"answer\": \"" attempt "\", \"retry_budget\": 0, "                   \
	"\"miners_min\": 1, \"miners_wanted\": 1, \"miners_max\": 1, "         \
	"\"input_types\": [" in "], \"max_input_bytes\": 1000000, "            \
	"\"output_types\": [" out "], \"max_output_bytes\": 65536, "           \
	"\"scoring\": \"none\", \"params\": {" params "}, "                    \
	"\"wire\": {\"slots\": 4, \"error\": \"error_message\", " wire "}}"
#define TEXT "\"text\": {\"type\": \"string\", \"required\": true}"
#define TEXT_WIRE                                                              \
	"\"fields\": {\"task_type\": \"summarization\", "                      \
	"\"input_data\": {\"param\": \"text\", \"as\": \"base64\"}}, "         \
	"\"hash_fields\": [\"task_type\", \"input_data\"], "                   \
	"\"output\": {\"field\": \"output_data\", \"as\": \"base64\", "        \
	"\"text\": \"summary\"}"

static const char *const kind_texts[] = {
    KIND("axon.text", "30s", "", "", TEXT, TEXT_WIRE),
    KIND("axon.short", "2s", "", "", TEXT, TEXT_WIRE),
    KIND("axon.sound", "30s", "\"audio/wav\"", "\"audio/wav\"",
	"\"language\": {\"type\": \"language\", \"required\": true}",
	"\"fields\": {\"task_type\": \"enhance\", "
	"\"language\": {\"param\": \"language\"}, "
	"\"input_data\": {\"input\": \"base64\"}}, "
	"\"hash_fields\": [\"task_type\", \"input_data\"], "
	"\"output\": {\"field\": \"output_data\", \"as\": \"base64\"}"),
};

/* {"summary": "short"} */
#define GOOD "{\"output_data\":\"eyJzdW1tYXJ5IjogInNob3J0In0=\"}"
#define JOB(kind)                                                              \
	"{\"kind\":\"" kind "\",\"params\":{\"text\":\"one two three\"}}"

struct place {
	struct suite *s;
	struct axon *axon;
	char *kinds;
};

static void
edit_kinds(json_t *kinds)
{
	for (size_t i = 0; i < sizeof(kind_texts) / sizeof(kind_texts[0]); i++)
		json_array_append_new(
		    kinds, json_loads(kind_texts[i], 0, NULL));
}

static int
set_up(void **state)
{
	static const char *const hashed[] = {"task_type", "input_data", NULL};
	struct suite_options o = {.name = "synapse",
	    .n_miners = 1,
	    .ini = "[orchestrator]\ncapacity_start = 0\neject_after = 0\n"};
	struct place *p = xcalloc(1, sizeof(*p));

	*state = p;
	p->kinds = sample_kinds("synapse-kinds.json", edit_kinds);
	p->axon = axon_new();
	if (p->kinds == NULL || p->axon == NULL)
		return -1;
	o.kinds = p->kinds;
	o.miners[0] = (struct suite_miner){
	    .alpha = 200, .port = axon_port(p->axon), .is_axon = true};
	p->s = suite_new(&o);
	if (p->s == NULL)
		return -1;
	axon_is(p->axon, p->s->miner_hotkeys[0], hashed);
	return suite_wait_ready(p->s, 1);
}

static int
tear_down(void **state)
{
	struct place *p = *state;
	int failed = suite_end(p->s, false);

	axon_free(p->axon);
	free(p->kinds);
	free(p);
	return failed;
}

/* -- playing --------------------------------------------------------------- */

/* The one attempt of a job. */
static void
attempt_of(struct place *p, const char *job_id, char id[40])
{
	char *got = db_text(
	    p->s->db, "select id from attempt where job_id = '%s'", job_id);

	assert_non_null(got);
	snprintf(id, 40, "%s", got);
	free(got);
}

/* Submitted, and out at the axon, who found it good. */
static struct axon_synapse *
submit(struct place *p, const char *job, char job_id[40])
{
	struct axon_synapse *s;

	assert_int_equal(suite_submit(p->s, job, job_id), 202);
	s = axon_take(p->axon);
	assert_non_null(s);
	assert_string_equal(s->why, "");
	return s;
}

/* It comes to that state and reason (NULL: none), and so does its job. */
static void
expect_end(struct place *p, const char *job_id, const char *state,
    const char *reason, const char *job_state)
{
	char id[40], *got;

	assert_int_equal(attempt_await_job(p->s, job_id, job_state), 0);
	attempt_of(p, job_id, id);
	assert_int_equal(attempt_await(p->s, id, state), 0);
	got = attempt_column(p->s, id, "reason");
	if (reason == NULL)
		assert_null(got);
	else
		assert_string_equal(got, reason);
	free(got);
}

static json_t *
result_of(struct place *p, const char *job_id)
{
	char *url = xasprintf("%s/v1/jobs/%s/result", p->s->api_url, job_id);
	struct fetch_answer answer;
	json_t *body;

	assert_int_equal(fetch_get(url, &answer), 0);
	assert_int_equal(answer.status, 200);
	body = fetch_json(&answer);
	fetch_clear(&answer);
	free(url);
	return body;
}

/* -- good ones ------------------------------------------------------------- */

/* It says nothing of its capacity, and has what its kinds say. */
static void
an_axon_without_a_commitment_is_a_miner(void **state)
{
	struct place *p = *state;
	char *capacity = db_text(p->s->db,
	    "select capacity::text from miner where hotkey = '%s'",
	    p->s->miner_hotkeys[0]);

	assert_string_equal(capacity, "{\"audio.task\": 4}");
	free(capacity);
	assert_int_equal(db_int(p->s->db,
			     "select count(*) from neuron where address is "
			     "null and hotkey = '%s'",
			     p->s->miner_hotkeys[0]),
	    1);
}

static void
a_synapse_brings_its_result(void **state)
{
	struct place *p = *state;
	struct axon_synapse *s;
	json_t *result, *want;
	char job[40], id[40], *port;

	axon_say(p->axon, 200, "200", GOOD);
	s = submit(p, JOB("axon.text"), job);
	assert_true(strncmp(s->text, "POST /AudioTask HTTP/1.1\r\n", 26) == 0);
	want = json_pack("{s:s, s:s}", "task_type", "summarization",
	    "input_data", "b25lIHR3byB0aHJlZQ==");
	assert_true(json_equal(s->fields, want));
	json_decref(want);
	port = axon_header(s->text, "bt_header_axon_port");
	assert_int_equal(atoi(port), axon_port(p->axon));
	free(port);
	axon_drop(s);
	expect_end(p, job, "delivered", NULL, "done");
	result = result_of(p, job);
	assert_string_equal(
	    json_string_value(json_object_get(result, "text")), "short");
	json_decref(result);
	/* Its time is measured, and it is judged as any other. */
	attempt_of(p, job, id);
	assert_int_equal(attempt_await_judged(p->s, id), 0);
	assert_int_equal(db_int(p->s->db,
			     "select count(*) from attempt where id = '%s' and "
			     "miner_ms > 0 and dispatch_ms > 0 and accepted_at "
			     "is not null and sent_at <= accepted_at",
			     id),
	    1);
	assert_int_equal(db_int(p->s->db,
			     "select count(*) from judgement where "
			     "attempt_id = '%s' and success",
			     id),
	    1);
}

static char *
base64_of(const struct buf *b)
{
	size_t size =
	    sodium_base64_encoded_len(b->len, sodium_base64_VARIANT_ORIGINAL);
	char *text = xmalloc(size);

	sodium_bin2base64(
	    text, size, b->data, b->len, sodium_base64_VARIANT_ORIGINAL);
	return text;
}

static void
files_go_both_ways_in_base64(void **state)
{
	struct place *p = *state;
	struct buf in = {0}, out = {0};
	struct axon_synapse *s;
	char job[40], id[40], *said, *sent, *got;

	sample_wav(440, 0.2, &in);
	sample_wav(880, 0.3, &out);
	sent = base64_of(&in);
	got = base64_of(&out);
	said = xasprintf("{\"output_data\":\"%s\"}", got);
	axon_say(p->axon, 200, "200", said);
	assert_int_equal(
	    suite_submit_file(p->s,
		"{\"kind\":\"axon.sound\",\"params\":{\"language\":\"en\"}}",
		in.data, in.len, "audio/wav", job),
	    202);
	s = axon_take(p->axon);
	assert_non_null(s);
	assert_string_equal(s->why, "");
	assert_string_equal(
	    json_string_value(json_object_get(s->fields, "input_data")), sent);
	axon_drop(s);
	expect_end(p, job, "delivered", NULL, "done");
	attempt_of(p, job, id);
	free(said);
	said = attempt_column(p->s, id, "result_type");
	assert_string_equal(said, "audio/wav");
	assert_int_equal(
	    db_int(p->s->db, "select result_bytes from attempt where id = '%s'",
		id),
	    out.len);
	free(said);
	free(sent);
	free(got);
	buf_free(&in);
	buf_free(&out);
}

/* As many at once as there are slots, each with a uuid whose nonces rise; and
 * no more uuids than that. */
static void
nonces_of_a_uuid_come_in_their_order(void **state)
{
	struct place *p = *state;
	char jobs[3 * SLOTS][40], uuids[3 * SLOTS][64];
	int n = 0;

	for (int round = 0; round < 3; round++) {
		axon_hold(p->axon);
		for (int i = 0; i < SLOTS; i++) {
			struct axon_synapse *s =
			    submit(p, JOB("axon.text"), jobs[n]);

			snprintf(uuids[n++], sizeof(uuids[0]), "%s", s->uuid);
			axon_drop(s);
		}
		for (int i = n - SLOTS; i < n; i++)
			for (int k = n - SLOTS; k < i; k++)
				assert_string_not_equal(uuids[i], uuids[k]);
		axon_let_go(p->axon, GOOD);
		for (int i = n - SLOTS; i < n; i++)
			assert_int_equal(
			    attempt_await_job(p->s, jobs[i], "done"), 0);
	}
	for (int i = SLOTS; i < n; i++) {
		int k = 0;

		while (k < SLOTS && strcmp(uuids[k], uuids[i]) != 0)
			k++;
		assert_true(k < SLOTS);
	}
}

/* -- bad ones -------------------------------------------------------------- */

static void
what_an_axon_says_is_why_it_ended(void **state)
{
	static const struct {
		int status;
		const char *said, *body;
		const char *state, *reason;
	} cases[] = {
	    {500, "500", "{}", "failed", "miner_failed"},
	    {200, "500", GOOD, "failed", "miner_failed"},
	    {403, "403", "{}", "refused", "refused"},
	    {200, "404", GOOD, "refused", "refused"},
	    {503, NULL, "{}", "refused", "refused"},
	    {408, "408", "{}", "timed_out", "no_result"},
	    {200, "200", "{}", "failed", "empty_result"},
	    {200, "200", "{\"output_data\":null}", "failed", "empty_result"},
	    {200, "200", "no JSON", "failed", "miner_failed"},
	    {200, "200",
		"{\"output_data\":\"aGk=\",\"error_message\":\"no model\"}",
		"failed", "miner_failed"},
	};
	struct place *p = *state;
	char job[40];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		axon_say(
		    p->axon, cases[i].status, cases[i].said, cases[i].body);
		axon_drop(submit(p, JOB("axon.text"), job));
		expect_end(p, job, cases[i].state, cases[i].reason, "failed");
	}
}

static void
a_slow_axon_times_out(void **state)
{
	struct place *p = *state;
	char job[40], id[40];

	axon_hold(p->axon);
	axon_drop(submit(p, JOB("axon.short"), job));
	expect_end(p, job, "timed_out", "no_result", "failed");
	/* What it brings then is nobody's. */
	axon_let_go(p->axon, GOOD);
	attempt_of(p, job, id);
	assert_int_equal(attempt_await(p->s, id, "timed_out"), 0);
	assert_int_equal(attempt_await_judged(p->s, id), 0);
	assert_int_equal(db_int(p->s->db,
			     "select count(*) from judgement where "
			     "attempt_id = '%s' and not success",
			     id),
	    1);
}

static void
garbage_in_headers_is_passed_over(void **state)
{
	struct place *p = *state;
	struct buf many = {0};
	char job[40], *said;

	said = xasprintf("HTTP/1.1 200 OK\r\nbt_header_axon_status_code: "
			 "\xff\xfe 20 0\r\nbt_header_axon_process_time: "
			 "garbage\r\nbt_header_: \r\n"
			 "bt_header_input_obj_x: %%%%%%\r\n"
			 "Content-Length: %zu\r\n\r\n%s",
	    strlen(GOOD), GOOD);
	axon_say_raw(p->axon, said);
	axon_drop(submit(p, JOB("axon.text"), job));
	expect_end(p, job, "delivered", NULL, "done");
	free(said);
	/* No HTTP at all. */
	axon_say_raw(p->axon, "\x01\x02garbage\r\n\r\n" GOOD);
	axon_drop(submit(p, JOB("axon.text"), job));
	expect_end(p, job, "refused", "unreachable", "failed");
	/* More of them than there may be. */
	buf_add_str(&many, "HTTP/1.1 200 OK\r\n");
	for (int i = 0; i < 100; i++)
		buf_printf(&many, "bt_header_%d: %0999d\r\n", i, 0);
	buf_add_str(&many, "\r\n" GOOD);
	axon_say_raw(p->axon, buf_str(&many));
	axon_drop(submit(p, JOB("axon.text"), job));
	expect_end(p, job, "failed", "too_large", "failed");
	buf_free(&many);
}

/* Of which no more is read than its kind allows. */
static void
a_huge_answer_is_too_large(void **state)
{
	struct place *p = *state;
	char *huge = xmalloc(4 << 20), *said, job[40];
	size_t output = 2 * MOST_OUTPUT;

	memset(huge, 'A', 4 << 20);
	huge[(4 << 20) - 1] = '\0';
	axon_say(p->axon, 200, "200", huge);
	axon_drop(submit(p, JOB("axon.text"), job));
	expect_end(p, job, "failed", "too_large", "failed");
	/* Read whole, but more than a result may have: 98304 bytes. */
	said = xasprintf("{\"output_data\":\"%.*s\"}", (int)output, huge);
	axon_say(p->axon, 200, "200", said);
	axon_drop(submit(p, JOB("axon.text"), job));
	expect_end(p, job, "failed", "too_large", "failed");
	free(said);
	free(huge);
}

/* -- ours ------------------------------------------------------------------ */

/* Nobody can tell what it would have brought: the miner is not blamed. */
static void
a_killed_instance_blames_nobody(void **state)
{
	struct place *p = *state;
	char job[40], id[40];

	axon_hold(p->axon);
	axon_drop(submit(p, JOB("axon.short"), job));
	attempt_of(p, job, id);
	assert_int_equal(attempt_await(p->s, id, "sent"), 0);
	suite_kill(p->s, SUITE_ORCHESTRATOR);
	axon_let_go(p->axon, GOOD);
	assert_int_equal(suite_start(p->s, SUITE_ORCHESTRATOR), 0);
	assert_int_equal(attempt_await(p->s, id, "abandoned"), 0);
	assert_int_equal(db_int(p->s->db,
			     "select count(*) from judgement where "
			     "attempt_id = '%s'",
			     id),
	    0);
	/* And the job goes on, at the same axon if there is no other. */
	assert_int_equal(db_wait_int(p->s->db, 1, 0,
			     "select count(*) from job where id = '%s' and "
			     "finished_at is not null",
			     job),
	    0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_axon_without_a_commitment_is_a_miner),
	    cmocka_unit_test(a_synapse_brings_its_result),
	    cmocka_unit_test(files_go_both_ways_in_base64),
	    cmocka_unit_test(nonces_of_a_uuid_come_in_their_order),
	    cmocka_unit_test(what_an_axon_says_is_why_it_ended),
	    cmocka_unit_test(a_slow_axon_times_out),
	    cmocka_unit_test(garbage_in_headers_is_passed_over),
	    cmocka_unit_test(a_huge_answer_is_too_large),
	    cmocka_unit_test(a_killed_instance_blames_nobody),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

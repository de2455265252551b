/* What a miner is sent, byte for byte: bodies are signed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/err.h"
#include "common/xalloc.h"
#include "orchestrator/job.h"
#include "orchestrator/kinds.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/protocol.h"

static const char key[] = "0123456789abcdef0123456789abcdef";
static const char attempt[] = "01234567-89ab-7cde-8f01-23456789abcd";

/* 2026-01-02T03:04:05.9Z */
static const int64_t deadline_us = 1767323045900000;

static struct orchestrator
orchestrator_of(const char *url)
{
	struct orchestrator o = {.public_url = (char *)url};

	assert_int_equal(secrets_init(&o.secrets, key, NULL), 0);
	return o;
}

/* {secret} and {signature} in a text filled in; the caller frees. */
static char *
expand(const struct orchestrator *o, const char *text)
{
	char secret[SECRET_TEXT], signature[SECRET_TEXT];
	struct buf out = {0};

	secrets_callback(&o->secrets, attempt, secret);
	secrets_url(&o->secrets, SECRETS_INPUT, attempt,
	    deadline_us / 1000000 + 60, signature);
	while (*text != '\0') {
		if (strncmp(text, "{secret}", 8) == 0) {
			buf_add_str(&out, secret);
			text += 8;
		} else if (strncmp(text, "{signature}", 11) == 0) {
			buf_add_str(&out, signature);
			text += 11;
		} else {
			buf_add_byte(&out, *text++);
		}
	}
	return buf_take_str(&out);
}

struct sending {
	const char *protocol, *name, *capacity_key;
	const char *params;
	const char *input_type; /* or NULL */
	const char *body;
};

static const struct sending sendings[] = {
    {"native", "audio.speak", "audio.speak",
	"{\"text\": \"Hi \\u00e9\\u2615\", \"language\": \"fr\"}", NULL,
	"{\"job_id\":\"01234567-89ab-7cde-8f01-23456789abcd\","
	"\"kind\":\"audio.speak\","
	"\"params\":{\"text\":\"Hi \\u00e9\\u2615\",\"language\":\"fr\"},"
	"\"callback_secret\":\"{secret}\",\"deadline\":\"2026-01-02T03:04:"
	"05Z\","
	"\"callback_url\":\"https://o.example:8000/v1/attempts/"
	"01234567-89ab-7cde-8f01-23456789abcd/result\"}"},
    {"native", "audio.transcribe", "audio.transcribe", "{\"language\": \"en\"}",
	"audio/wav",
	"{\"job_id\":\"01234567-89ab-7cde-8f01-23456789abcd\","
	"\"kind\":\"audio.transcribe\",\"params\":{\"language\":\"en\"},"
	"\"callback_secret\":\"{secret}\",\"deadline\":\"2026-01-02T03:04:"
	"05Z\","
	"\"callback_url\":\"https://o.example:8000/v1/attempts/"
	"01234567-89ab-7cde-8f01-23456789abcd/result\","
	"\"input\":{\"type\":\"audio/wav\",\"bytes\":1234,\"sha256\":\"ab12\","
	"\"url\":\"https://o.example:8000/v1/attempts/"
	"01234567-89ab-7cde-8f01-23456789abcd/input?expires=1767323105"
	"&signature={signature}\"}}"},
    {"native", "audio.enhance", "audio.enhance", "{}", NULL,
	"{\"job_id\":\"01234567-89ab-7cde-8f01-23456789abcd\","
	"\"kind\":\"audio.enhance\",\"params\":{},"
	"\"callback_secret\":\"{secret}\",\"deadline\":\"2026-01-02T03:04:"
	"05Z\","
	"\"callback_url\":\"https://o.example:8000/v1/attempts/"
	"01234567-89ab-7cde-8f01-23456789abcd/result\"}"},
    /* Dippy's: the parameters as they are, then what the miner must know */
    {"dippy", "image.generate", "base-h100_pcie",
	"{\"prompt\": \"Caf\\u00e9 \\\"q\\\" /x\", \"width\": 1024, "
	"\"guidance_scale\": 4.0, \"seed\": 7}",
	NULL,
	"{\"prompt\":\"Caf\\u00e9 \\\"q\\\" /x\",\"width\":1024,"
	"\"guidance_scale\":4.0,\"seed\":7,\"task_type\":\"base-h100_pcie\","
	"\"flux_mode\":\"dev\","
	"\"job_id\":\"01234567-89ab-7cde-8f01-23456789abcd\","
	"\"callback_url\":\"https://o.example:8000/results/callback\","
	"\"callback_secret\":\"{secret}\"}"},
    {"dippy", "image.edit", "img-h100_pcie", "{\"prompt\": \"x\", \"seed\": 0}",
	"image/png",
	"{\"prompt\":\"x\",\"seed\":0,\"task_type\":\"img-h100_pcie\","
	"\"flux_mode\":\"kontext\","
	"\"job_id\":\"01234567-89ab-7cde-8f01-23456789abcd\","
	"\"callback_url\":\"https://o.example:8000/results/callback\","
	"\"callback_secret\":\"{secret}\","
	"\"image_url\":\"https://o.example:8000/v1/attempts/"
	"01234567-89ab-7cde-8f01-23456789abcd/input?expires=1767323105"
	"&signature={signature}\"}"},
};

static void
fill_job(struct job *job, struct kind *kind, const struct sending *s)
{
	*kind = (struct kind){.name = (char *)s->name,
	    .protocol = (char *)s->protocol,
	    .capacity_key = (char *)s->capacity_key};
	*job = (struct job){.kind = kind,
	    .params = json_loads(s->params, 0, NULL),
	    .input_type = (char *)s->input_type,
	    .input_sha256 = "ab12",
	    .input_bytes = 1234};
	snprintf(job->id, sizeof(job->id), "job-1");
}

/* What a miner is sent; the caller frees. */
static char *
protocol_body(const struct orchestrator *o, const struct job *job,
    const char *attempt_id, int64_t at_us)
{
	const struct protocol *p = protocol_find(job->kind->protocol);
	struct protocol_ask ask = {
	    .o = o, .job = job, .attempt_id = attempt_id, .deadline_us = at_us};
	struct protocol_sending sending = {0};
	struct err err;

	assert_non_null(p);
	assert_int_equal(p->build(&ask, &sending, &err), 0);
	assert_null(sending.fields); /* sent with Epistula's headers */
	return sending.body;
}

static void
bodies_are_exact(void **state)
{
	struct orchestrator o = orchestrator_of("https://o.example:8000");

	(void)state;
	for (size_t i = 0; i < sizeof(sendings) / sizeof(sendings[0]); i++) {
		char *want = expand(&o, sendings[i].body), *got;
		struct kind kind;
		struct job job;

		fill_job(&job, &kind, &sendings[i]);
		got = protocol_body(&o, &job, attempt, deadline_us);
		assert_string_equal(got, want);
		json_decref(job.params);
		free(want);
		free(got);
	}
}

/* The job stays as it was: its other attempts are made from it, too. */
static void
the_job_is_not_changed(void **state)
{
	struct orchestrator o = orchestrator_of("https://o.example:8000");

	(void)state;
	for (size_t i = 0; i < sizeof(sendings) / sizeof(sendings[0]); i++) {
		json_t *before = json_loads(sendings[i].params, 0, NULL);
		struct kind kind;
		struct job job;
		char *body;

		fill_job(&job, &kind, &sendings[i]);
		body = protocol_body(&o, &job, attempt, deadline_us);
		assert_true(json_equal(job.params, before));
		free(body);
		json_decref(job.params);
		json_decref(before);
	}
}

static json_int_t
seed_sent(const char *job_id, const char *attempt_id)
{
	struct orchestrator o = orchestrator_of("https://o.example");
	struct sending s = {
	    "dippy", "image.generate", "k", "{\"prompt\": \"x\"}", NULL, NULL};
	struct kind kind;
	struct job job;
	json_int_t seed;
	json_t *json;
	char *body;

	fill_job(&job, &kind, &s);
	snprintf(job.id, sizeof(job.id), "%s", job_id);
	body = protocol_body(&o, &job, attempt_id, deadline_us);
	json = json_loads(body, 0, NULL);
	seed = json_integer_value(json_object_get(json, "seed"));
	free(body);
	json_decref(json);
	json_decref(job.params);
	return seed;
}

/* So that what two miners of a job send back can be compared. */
static void
all_miners_of_a_job_get_the_same_seed(void **state)
{
	json_int_t seed = seed_sent("job-1", attempt);

	(void)state;
	assert_true(seed >= 0 && seed <= UINT32_MAX);
	assert_int_equal(
	    seed, seed_sent("job-1", "01234567-89ab-7cde-8f01-000000000000"));
	assert_int_not_equal(seed, seed_sent("job-2", attempt));
}

/* A client cannot put its own words in the place of ours. */
static void
our_own_members_win(void **state)
{
	struct orchestrator o = orchestrator_of("https://o.example");
	struct sending s = {"dippy", "image.generate", "k",
	    "{\"job_id\": \"x\", \"callback_url\": \"http://evil\", "
	    "\"callback_secret\": \"x\", \"seed\": 1, "
	    "\"image_url\": \"http://evil/i\", "
	    "\"webhook_url\": \"http://evil/w\"}",
	    NULL, NULL};
	struct kind kind;
	struct job job;
	char *body;

	(void)state;
	fill_job(&job, &kind, &s);
	body = protocol_body(&o, &job, attempt, deadline_us);
	assert_null(strstr(body, "evil"));
	assert_null(strstr(body, "\"x\""));
	assert_non_null(strstr(body, attempt));
	free(body);
	json_decref(job.params);
}

static void
bodies_are_ascii(void **state)
{
	struct orchestrator o = orchestrator_of("https://o.example");
	struct sending s = {"native", "k", "k",
	    "{\"text\": \"\xf0\x9f\x98\x80 \xe6\x97\xa5 \x7f\"}", NULL, NULL};
	struct kind kind;
	struct job job;
	char *body;

	(void)state;
	fill_job(&job, &kind, &s);
	body = protocol_body(&o, &job, attempt, deadline_us);
	assert_non_null(strstr(body, "\\ud83d\\ude00 \\u65e5 \\u007f"));
	for (const char *p = body; *p != '\0'; p++)
		assert_true((unsigned char)*p < 0x80);
	free(body);
	json_decref(job.params);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(bodies_are_exact),
	    cmocka_unit_test(the_job_is_not_changed),
	    cmocka_unit_test(all_miners_of_a_job_get_the_same_seed),
	    cmocka_unit_test(our_own_members_win),
	    cmocka_unit_test(bodies_are_ascii),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * The pure parts of webhooks: when they are sent again, what is in them, what
 * their secrets look like in a row, and what a client may ask for.
 */
#include "orchestrator/webhooks_body.c"
#include "orchestrator/webhooks_plan.c"
#include "orchestrator/webhooks_request.c"
#include "orchestrator/webhooks_seal.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/buf.h"

/* -- the plan ------------------------------------------------------------ */

static const struct {
	int status, tries;
	enum webhooks_verdict verdict;
} judgements[] = {
    {200, 1, WEBHOOKS_DELIVERED},
    {204, 10, WEBHOOKS_DELIVERED},
    {299, 1, WEBHOOKS_DELIVERED},
    {0, 1, WEBHOOKS_RETRY},
    {199, 1, WEBHOOKS_RETRY},
    {301, 1, WEBHOOKS_RETRY},
    {307, 9, WEBHOOKS_RETRY},
    {400, 1, WEBHOOKS_RETRY},
    {404, 9, WEBHOOKS_RETRY},
    {429, 1, WEBHOOKS_RETRY},
    {500, 9, WEBHOOKS_RETRY},
    {0, 10, WEBHOOKS_GIVEN_UP},
    {302, 10, WEBHOOKS_GIVEN_UP},
    {500, 10, WEBHOOKS_GIVEN_UP},
    {500, 11, WEBHOOKS_GIVEN_UP},
    {410, 1, WEBHOOKS_GONE},
    {410, 10, WEBHOOKS_GONE},
};

static void
an_answer_is_judged_by_its_status(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(judgements) / sizeof(judgements[0]); i++)
		if (webhooks_judge(judgements[i].status, judgements[i].tries) !=
		    judgements[i].verdict)
			fail_msg("%d after %d", judgements[i].status,
			    judgements[i].tries);
}

/* In seconds, as the specification has them. */
static const int64_t suggested[] = {
    5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400};

static void
the_waits_are_those_suggested_with_jitter(void **state)
{
	int64_t all_ms = 0;

	(void)state;
	for (int tries = 1; tries <= WEBHOOKS_RETRIES; tries++) {
		int64_t mid = suggested[tries - 1] * 1000;
		int64_t least = INT64_MAX, most = 0;

		for (uint32_t random = 0; random < 1000; random++) {
			int64_t ms = webhooks_wait_ms(
			    WEBHOOKS_FIRST_MS, tries, 500, -1, random);

			least = ms < least ? ms : least;
			most = ms > most ? ms : most;
		}
		assert_int_equal(least, mid * 8 / 10);
		assert_int_equal(most, mid * 12 / 10);
		all_ms += mid;
	}
	/* "For days". */
	assert_in_range(all_ms, 3 * 86400 * 1000, 4 * 86400 * 1000);
}

static void
a_receiver_is_not_asked_sooner_than_it_said(void **state)
{
	(void)state;
	/* 200: no jitter. */
	assert_int_equal(webhooks_wait_ms(5000, 1, 429, 60000, 200), 60000);
	assert_int_equal(webhooks_wait_ms(5000, 1, 503, 60000, 200), 60000);
	assert_int_equal(webhooks_wait_ms(5000, 1, 503, 1000, 200), 5000);
	assert_int_equal(webhooks_wait_ms(5000, 1, 503, -1, 200), 5000);
	assert_int_equal(webhooks_wait_ms(5000, 1, 500, 60000, 200), 5000);
	assert_int_equal(webhooks_wait_ms(5000, 1, 200, 60000, 200), 5000);
}

/* -- the body ------------------------------------------------------------ */

static json_t *
parse_body(char *text)
{
	json_t *body = json_loads(text, JSON_REJECT_DUPLICATES, NULL);

	assert_non_null(body);
	assert_true(strlen(text) <= WEBHOOKS_MAX_BODY);
	free(text);
	return body;
}

static void
a_body_has_type_time_and_job(void **state)
{
	json_t *job = json_pack("{s:s, s:s}", "id", "7", "state", "done");
	char *text = webhooks_body("job.done", 1767326400123456, job, NULL);

	(void)state;
	assert_string_equal(text,
	    "{\"type\":\"job.done\","
	    "\"timestamp\":\"2026-01-02T04:00:00.123456Z\","
	    "\"data\":{\"id\":\"7\",\"state\":\"done\"}}");
	free(text);
	json_decref(job);
}

/* A string of so many bytes. */
static json_t *
filler(size_t len)
{
	char *text = xmalloc(len + 1);
	json_t *json;

	memset(text, 'x', len);
	text[len] = '\0';
	json = json_string(text);
	free(text);
	return json;
}

static const struct {
	size_t receipt, output, params, reason;
	const char *left_out; /* as JSON; NULL: nothing */
} sizes[] = {
    {100, 100, 100, 0, NULL},
    {30000, 100, 100, 0, "[\"attempts.receipt\"]"},
    {10, 30000, 100, 0, "[\"attempts.receipt\",\"result.output\"]"},
    {10, 10, 30000, 0, "[\"attempts.receipt\",\"result.output\",\"params\"]"},
    {10, 10, 10, 19830,
	"[\"attempts.receipt\",\"result.output\",\"params\",\"attempts\","
	"\"result\"]"},
};

static void
what_does_not_fit_is_left_out_and_named(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		json_t *job =
		    json_pack("{s:s, s:o, s:{s:o, s:s}, s:[{s:o, s:s}], s:o}",
			"id", "7", "params", filler(sizes[i].params), "result",
			"output", filler(sizes[i].output), "type", "text/plain",
			"attempts", "receipt", filler(sizes[i].receipt), "id",
			"8", "reason", filler(sizes[i].reason));
		json_t *body =
		    parse_body(webhooks_body("job.done", 1000000, job, NULL));
		json_t *data = json_object_get(body, "data");
		json_t *left = json_object_get(data, "left_out");
		char *names =
		    left != NULL ? json_dumps(left, JSON_COMPACT) : NULL;

		assert_string_equal(
		    json_string_value(json_object_get(data, "id")), "7");
		if (sizes[i].left_out == NULL)
			assert_null(names);
		else
			assert_string_equal(names, sizes[i].left_out);
		free(names);
		json_decref(body);
		json_decref(job);
	}
}

/* -- seals --------------------------------------------------------------- */

#define KEY "0123456789abcdef0123456789abcdef"

static const char one[] = "01890000-0000-7000-8000-000000000001";
static const char two[] = "01890000-0000-7000-8000-000000000002";

static void
a_sealed_secret_is_opened_by_its_key_for_its_row(void **state)
{
	struct webhooks_key key, other;
	struct webhook_secret secret, open = {.len = 0};
	char *sealed, *again;

	(void)state;
	assert_int_equal(webhooks_key_init(&key, KEY, NULL), 0);
	assert_int_equal(webhooks_key_init(&other, KEY "x", NULL), 0);
	webhooks_secret_new(&secret);
	sealed = webhooks_seal(&key, one, &secret);
	again = webhooks_seal(&key, one, &secret);
	assert_string_not_equal(sealed, again);
	assert_int_equal(webhooks_unseal(&key, one, sealed, &open), 0);
	assert_int_equal(open.len, secret.len);
	assert_memory_equal(open.bytes, secret.bytes, secret.len);
	assert_int_equal(webhooks_unseal(&key, two, sealed, &open), -1);
	assert_int_equal(webhooks_unseal(&other, one, sealed, &open), -1);
	free(sealed);
	free(again);
}

/* Neither as it is nor as text. */
static void
a_sealed_secret_shows_nothing(void **state)
{
	struct webhook_secret secret;
	char text[WEBHOOK_SECRET_TEXT], *sealed;
	struct webhooks_key key;

	(void)state;
	assert_int_equal(webhooks_key_init(&key, KEY, NULL), 0);
	webhooks_secret_new(&secret);
	webhook_secret_format(&secret, text);
	sealed = webhooks_seal(&key, one, &secret);
	for (size_t i = 6; i + 8 < strlen(text); i++) {
		char part[9];

		snprintf(part, sizeof(part), "%.8s", text + i);
		assert_null(strstr(sealed, part));
	}
	free(sealed);
}

static void
a_spoilt_seal_does_not_open(void **state)
{
	struct webhooks_key key;
	struct webhook_secret secret, open;
	char *sealed;

	(void)state;
	assert_int_equal(webhooks_key_init(&key, KEY, NULL), 0);
	webhooks_secret_new(&secret);
	sealed = webhooks_seal(&key, one, &secret);
	for (size_t i = 0; i < strlen(sealed); i++) {
		char *spoilt = xstrdup(sealed);

		spoilt[i] = spoilt[i] == 'A' ? 'B' : 'A';
		assert_int_equal(webhooks_unseal(&key, one, spoilt, &open), -1);
		spoilt[i] = '\0';
		assert_int_equal(webhooks_unseal(&key, one, spoilt, &open), -1);
		free(spoilt);
	}
	free(sealed);
}

static void
a_key_is_long_enough_or_none(void **state)
{
	struct webhooks_key key;
	struct err err = {""};

	(void)state;
	assert_int_equal(webhooks_key_init(&key, "", NULL), 0);
	assert_false(key.is_set);
	assert_int_equal(webhooks_key_init(&key, "short", &err), -1);
	assert_non_null(strstr(err.text, "32 or more"));
	assert_int_equal(webhooks_key_init(&key, KEY, NULL), 0);
	assert_true(key.is_set);
}

/* -- requests ------------------------------------------------------------ */

static const struct {
	const char *request, *why;
} refused[] = {
    {"[]", "send a JSON object with url"},
    {"{}", "url must be a URL of at most 2048 bytes"},
    {"{\"url\": 7}", "url must be a URL of at most 2048 bytes"},
    {"{\"url\": \"https://example.org/\", \"uri\": 1}",
	"uri is not a field of a webhook, which has url, events and tenant"},
    {"{\"url\": \"https://example.org/\", \"events\": \"job.done\"}",
	"events must be an array of names; there are job.done, job.failed, "
	"job.expired and job.cancelled"},
    {"{\"url\": \"https://example.org/\", \"events\": [\"job.done\", "
     "\"job.dome\"]}",
	"events[1] is not an event; there are job.done, job.failed, "
	"job.expired and job.cancelled"},
    {"{\"url\": \"https://example.org/\", \"events\": [\"job.done\", "
     "\"job.done\", \"job.done\", \"job.done\", \"job.done\"]}",
	"events must name each event once; there are job.done, job.failed, "
	"job.expired and job.cancelled"},
    {"{\"url\": \"https://example.org/\", \"tenant\": \"\"}",
	"tenant must be a name of 1 to 64 letters, digits, dots, dashes and "
	"underscores"},
    {"{\"url\": \"https://example.org/\", \"tenant\": \"a b\"}",
	"tenant must be a name of 1 to 64 letters, digits, dots, dashes and "
	"underscores"},
    {"{\"url\": \"http://example.org/\"}", "url: the URL must be https"},
    {"{\"url\": \"https://10.0.0.1/\"}",
	"url: 10.0.0.1 is not a public address"},
    {"{\"url\": \"https://a:b@example.org/\"}",
	"url: the URL has a user, password or zone"},
};

static void
a_bad_request_is_told_field_limit_and_fix(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		json_t *json = json_loads(refused[i].request, 0, NULL);
		struct webhooks_request request;
		struct err err = {""};

		assert_non_null(json);
		assert_int_equal(
		    webhooks_request_parse(json, false, &request, &err), -1);
		assert_string_equal(err.text, refused[i].why);
		json_decref(json);
	}
}

static void
a_long_url_is_refused(void **state)
{
	struct buf text = {0};
	struct err err = {""};
	json_t *url;

	(void)state;
	buf_add_str(&text, "https://example.org/");
	while (text.len <= WEBHOOKS_MAX_URL)
		buf_add_str(&text, "x");
	url = json_string(buf_str(&text));
	assert_null(webhooks_url(url, "webhook_url", false, &err));
	assert_string_equal(
	    err.text, "webhook_url must be a URL of at most 2048 bytes");
	json_decref(url);
	buf_free(&text);
}

static void
a_good_request_has_its_url_in_one_form(void **state)
{
	json_t *json = json_loads(
	    "{\"url\": \"HTTPS://Example.org:8443/a?b=c#d\", \"tenant\": "
	    "\"acme\", \"events\": [\"job.failed\"]}",
	    0, NULL);
	struct webhooks_request request;
	struct err err = {""};

	(void)state;
	assert_int_equal(
	    webhooks_request_parse(json, false, &request, &err), 0);
	assert_string_equal(request.url, "https://Example.org:8443/a?b=c");
	assert_string_equal(request.tenant, "acme");
	assert_int_equal(json_array_size(request.events), 1);
	webhooks_request_clear(&request);
	json_decref(json);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_answer_is_judged_by_its_status),
	    cmocka_unit_test(the_waits_are_those_suggested_with_jitter),
	    cmocka_unit_test(a_receiver_is_not_asked_sooner_than_it_said),
	    cmocka_unit_test(a_body_has_type_time_and_job),
	    cmocka_unit_test(what_does_not_fit_is_left_out_and_named),
	    cmocka_unit_test(a_sealed_secret_is_opened_by_its_key_for_its_row),
	    cmocka_unit_test(a_sealed_secret_shows_nothing),
	    cmocka_unit_test(a_spoilt_seal_does_not_open),
	    cmocka_unit_test(a_key_is_long_enough_or_none),
	    cmocka_unit_test(a_bad_request_is_told_field_limit_and_fix),
	    cmocka_unit_test(a_long_url_is_refused),
	    cmocka_unit_test(a_good_request_has_its_url_in_one_form),
	};

	return sodium_init() < 0 ? 1
				 : cmocka_run_group_tests(tests, NULL, NULL);
}

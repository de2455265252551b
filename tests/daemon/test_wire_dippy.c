/*
 * What Dippy's miners are sent, byte for byte, as signerd signed it: the
 * message, its digest and every header; and the faults of Dippy's
 * orchestrator that are in what it sends.
 *
 * fault                          what is done instead
 * 04 signatures without an end, nonces used again, the path not signed: no
 *    uuid and no time is used twice, and each is for one miner
 * 05 clients' callback_url is called, and sent on: it is refused by name, and
 *    ours is what a miner gets
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/uuid.h"
#include "common/xalloc.h"
#include "subtensor/epistula_check.h"
#include "tests/lib/axon.h"
#include "tests/lib/fetch.h"
#include "tests/lib/recorder.h"
#include "tests/lib/sample.h"
#include "tests/lib/sandbox.h"
#include "tests/lib/suite.h"

/* With every sort of value, under the names that Dippy's own case has. */
#define EXACT                                                                  \
	"{\"kind\":\"exact\",\"params\":{\"prompt\":"                          \
	"\"Caf\\u00e9 \\u2615 \\\"q\\\" /x\",\"seed\":7,\"f\":4.0,"            \
	"\"b\":true,\"g\":0.1}}"

struct place {
	struct suite *s;
	struct recorder *miner;
	char *kinds;
};

static void
edit_kinds(json_t *kinds)
{
	json_t *kind = sample_kind_copy(kinds, "image.generate", "exact");

	json_object_set_new(
	    kind, "capacity_key", json_string("base-h100_pcie"));
	json_object_set_new(kind, "params",
	    json_loads("{\"prompt\":{\"type\":\"string\"},"
		       "\"seed\":{\"type\":\"integer\"},"
		       "\"f\":{\"type\":\"number\"},"
		       "\"g\":{\"type\":\"number\"},"
		       "\"b\":{\"type\":\"boolean\"}}",
		0, NULL));
}

static int
set_up(void **state)
{
	struct suite_options o = {.name = "wire-dippy",
	    .n_miners = 1,
	    .ini = "[orchestrator]\ncapacity_start = 0\n"};
	struct place *p = xcalloc(1, sizeof(*p));

	*state = p;
	p->kinds = sample_kinds("wire-dippy-kinds.json", edit_kinds);
	p->miner = recorder_new("{\"base-h100_pcie\": 100}");
	if (p->kinds == NULL || p->miner == NULL)
		return -1;
	o.kinds = p->kinds;
	o.miners[0].alpha = 200;
	o.miners[0].port = recorder_port(p->miner);
	p->s = suite_new(&o);
	return p->s != NULL ? suite_wait_ready(p->s, 1) : -1;
}

static int
tear_down(void **state)
{
	struct place *p = *state;
	int failed = suite_end(p->s, false);

	recorder_free(p->miner);
	free(p->kinds);
	free(p);
	return failed;
}

/* -- what was sent --------------------------------------------------------- */

struct heads {
	char *authorization, *signature, *timestamp, *uuid, *by, *for_whom,
	    *type;
};

static void
take_heads(const char *request, struct heads *h)
{
	h->authorization = axon_header(request, "Authorization");
	h->signature = axon_header(request, "Epistula-Signature");
	h->timestamp = axon_header(request, "Epistula-Timestamp");
	h->uuid = axon_header(request, "Epistula-UUID");
	h->by = axon_header(request, "Epistula-Signed-By");
	h->for_whom = axon_header(request, "Epistula-Signed-For");
	h->type = axon_header(request, "Content-Type");
}

static void
free_heads(struct heads *h)
{
	free(h->authorization);
	free(h->signature);
	free(h->timestamp);
	free(h->uuid);
	free(h->by);
	free(h->for_whom);
	free(h->type);
}

/* Each header, and the signature, of which nobody but signerd has the key. */
static void
check_signed(struct place *p, const char *request)
{
	const char *body = recorder_body(request);
	struct epistula_request r;
	struct heads h;
	char *want;

	assert_non_null(body);
	take_heads(request, &h);
	assert_string_equal(h.type, "application/json");
	assert_true(uuid_is_valid(h.uuid));
	assert_int_equal(strlen(h.signature), 2 + 128);
	assert_int_equal(strspn(h.signature + 2, "0123456789abcdef"), 128);
	want = xasprintf("Epistula %s", h.signature);
	assert_string_equal(h.authorization, want);
	free(want);
	assert_string_equal(h.by, p->s->hotkey);
	assert_string_equal(h.for_whom, p->s->miner_hotkeys[0]);
	assert_int_equal(strspn(h.timestamp, "0123456789"), 13);
	assert_int_equal(strlen(h.timestamp), 13);
	r = (struct epistula_request){h.authorization, h.signature, h.timestamp,
	    h.uuid, h.by, h.for_whom, body, strlen(body), NULL};
	assert_null(epistula_check(
	    &r, p->s->miner_hotkeys[0], strtoll(h.timestamp, NULL, 10)));
	r.body = "{ }";
	r.body_len = 3;
	assert_string_equal(epistula_check(&r, p->s->miner_hotkeys[0],
				strtoll(h.timestamp, NULL, 10)),
	    "Signature Mismatch");
	free_heads(&h);
}

static char *
sent(struct place *p, const char *job, char id[40])
{
	char *request;

	assert_int_equal(suite_submit(p->s, job, id), 202);
	request = recorder_take(p->miner);
	assert_non_null(request);
	return request;
}

/* -- to the byte ----------------------------------------------------------- */

static void
a_request_is_signed_as_it_is_sent(void **state)
{
	struct place *p = *state;
	char id[40], *request = sent(p, EXACT, id);

	assert_true(strncmp(request, "POST /inference HTTP/1.1\r\n", 26) == 0);
	check_signed(p, request);
	free(request);
}

/* What a member is in the body: as Python's json has it. */
static void
expect_text(const char *body, const char *text)
{
	if (strstr(body, text) == NULL)
		fail_msg("%s is not in %s", text, body);
}

static void
bodies_are_as_python_writes_them(void **state)
{
	struct place *p = *state;
	char id[40], *request = sent(p, EXACT, id);
	const char *body = recorder_body(request);

	expect_text(body, "\"prompt\":\"Caf\\u00e9 \\u2615 \\\"q\\\" /x\"");
	expect_text(body, "\"seed\":7,");
	expect_text(body, "\"f\":4.0,");
	expect_text(body, "\"g\":0.1,");
	expect_text(body, "\"b\":true,");
	expect_text(body, "\"task_type\":\"base-h100_pcie\"");
	expect_text(body, "\"flux_mode\":\"dev\"");
	for (const char *c = body; *c != '\0'; c++)
		assert_true(*c >= 0x20 && *c < 0x7f);
	assert_null(strstr(body, ": "));
	assert_null(strstr(body, ", "));
	free(request);
}

static void
a_probe_is_signed_with_its_two_bytes(void **state)
{
	struct place *p = *state;
	char *request = recorder_probe(p->miner);

	assert_non_null(request);
	assert_true(strncmp(request, "GET /capacity HTTP/1.1\r\n", 24) == 0);
	assert_string_equal(recorder_body(request), "{}");
	check_signed(p, request);
	free(request);
}

/* -- faults ---------------------------------------------------------------- */

static void
dippy_04_no_uuid_is_sent_twice(void **state)
{
	enum { MANY = 20 };
	struct place *p = *state;
	struct heads h[MANY];
	char id[40];

	for (int i = 0; i < MANY; i++) {
		char *request = sent(p, EXACT, id);

		take_heads(request, &h[i]);
		check_signed(p, request);
		free(request);
		for (int k = 0; k < i; k++) {
			assert_string_not_equal(h[i].uuid, h[k].uuid);
			assert_string_not_equal(h[i].signature, h[k].signature);
		}
	}
	for (int i = 0; i < MANY; i++)
		free_heads(&h[i]);
}

static void
dippy_05_no_callback_of_a_client_reaches_a_miner(void **state)
{
	static const char *const theirs[] = {"callback_url", "webhook_url",
	    "callback_secret", "job_id", "image_url"};
	struct place *p = *state;
	char *url = xasprintf("%s/v1/jobs", p->s->api_url);
	char id[40], *request;

	for (size_t i = 0; i < sizeof(theirs) / sizeof(theirs[0]); i++) {
		char *job = xasprintf("{\"kind\":\"exact\",\"params\":{\"%s\":"
				      "\"http://169.254.169.254/\"}}",
		    theirs[i]);
		struct fetch_answer answer;

		fetch_post_json(url, job, &answer);
		assert_int_equal(answer.status, 422);
		assert_non_null(strstr(answer.body, theirs[i]));
		fetch_clear(&answer);
		free(job);
	}
	free(url);
	request = sent(p, EXACT, id);
	assert_null(strstr(request, "169.254"));
	url = xasprintf(
	    "\"callback_url\":\"%s/results/callback\"", p->s->api_url);
	expect_text(recorder_body(request), url);
	assert_null(strstr(recorder_body(request), "webhook_url"));
	assert_null(strstr(recorder_body(request), id)); /* the job's */
	free(url);
	free(request);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_request_is_signed_as_it_is_sent),
	    cmocka_unit_test(bodies_are_as_python_writes_them),
	    cmocka_unit_test(a_probe_is_signed_with_its_two_bytes),
	    cmocka_unit_test(dippy_04_no_uuid_is_sent_twice),
	    cmocka_unit_test(dippy_05_no_callback_of_a_client_reaches_a_miner),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

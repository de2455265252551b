/*
 * The OpenAI door of an API that asks for keys: who is let in, whose the jobs
 * are, quotas, and requests that are sent twice; refusals in OpenAI's form.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <cmocka.h>
#include <sodium.h>

#include "common/buf.h"
#include "common/xalloc.h"
#include "tests/lib/attempt.h"
#include "tests/lib/db.h"
#include "tests/lib/keyed.h"
#include "tests/lib/openai_ask.h"
#include "tests/lib/rig.h"
#include "tests/lib/sample.h"

#define SPEECH "/v1/audio/speech"
#define DRAW "/v1/images/generations"
#define SPOKEN                                                                 \
	"{\"model\":\"tts-1\",\"input\":\"x\",\"response_format\":\"wav\"}"
#define DRAWN(n) "{\"model\":\"dall-e-2\",\"prompt\":\"x\",\"n\":" n "}"
#define MONTH "2678400"

static struct keyed keyed;
static char *admin, *ann, *bob, *watcher;

static void
edit_kinds(json_t *kinds)
{
	json_t *kind;
	size_t i;

	json_array_foreach(kinds, i, kind)
	{
		json_object_set_new(kind, "retry_budget", json_integer(0));
		json_object_set_new(kind, "hedge", json_false());
	}
}

static int
set_up(void **state)
{
	const struct suite_options o = {
	    .name = "openai-keys", .ini = "[orchestrator]\nkeys = required\n"};
	struct rig *r;

	if (rig_set_up(state, &o, 1, edit_kinds) != 0)
		return -1;
	r = *state;
	keyed.s = r->s;
	keyed.ports[0] = r->s->ports[SUITE_ORCHESTRATOR];
	admin = keyed_new(&keyed, "admin", NULL);
	ann = keyed_new(&keyed, "client", NULL);
	bob = keyed_new(&keyed, "client", NULL);
	watcher = keyed_new(&keyed, "validator", NULL);
	return admin != NULL && ann != NULL && bob != NULL && watcher != NULL
		   ? 0
		   : -1;
}

static int
tear_down(void **state)
{
	free(admin);
	free(ann);
	free(bob);
	free(watcher);
	return rig_tear_down(state);
}

/* -- asking ---------------------------------------------------------------- */

/* A request with a key and a name, until it is answered. */
struct sent {
	char *url, *bearer, *name;
	const char *headers[4];
	struct asking *asking;
};

static void
send_ask(struct rig *r, struct sent *s, const char *path, const char *key,
    const char *name, struct fetch_ask *ask)
{
	size_t n = 0;

	s->url = openai_url(r, path);
	s->bearer = xasprintf("Authorization: Bearer %s", key);
	s->name = xasprintf("Idempotency-Key: %s", name != NULL ? name : "");
	s->headers[n++] = s->bearer;
	if (ask->body != NULL)
		s->headers[n++] = "Content-Type: application/json";
	if (name != NULL)
		s->headers[n++] = s->name;
	s->headers[n] = NULL;
	ask->url = s->url;
	ask->headers = s->headers;
	s->asking = asking_begin(ask);
}

static void
send_json(struct rig *r, struct sent *s, const char *path, const char *key,
    const char *name, const char *json)
{
	struct fetch_ask ask = {.body = json, .len = strlen(json)};

	send_ask(r, s, path, key, name, &ask);
}

static void
send_form(struct rig *r, struct sent *s, const char *path, const char *key,
    const char *name, const struct openai_form *form)
{
	struct fetch_ask ask = {.parts = form->parts};

	send_ask(r, s, path, key, name, &ask);
}

static void
sent_end(struct sent *s, struct fetch_answer *answer)
{
	asking_end(s->asking, answer);
	free(s->url);
	free(s->bearer);
	free(s->name);
}

/* One that needs no miner. */
static void
ask_json(struct rig *r, const char *path, const char *key, const char *name,
    const char *json, struct fetch_answer *answer)
{
	struct sent s;

	send_json(r, &s, path, key, name, json);
	sent_end(&s, answer);
}

/* It is there, once. */
static void
assert_header(const struct fetch_answer *a, const char *name, const char *value)
{
	char *is = fetch_header(a, name);
	size_t n = 0;

	assert_non_null(is);
	if (value != NULL)
		assert_string_equal(is, value);
	for (const char *p = a->headers; p != NULL; p = strchr(p + 1, '\n'))
		n += strncasecmp(p + (p != a->headers), name, strlen(name)) ==
			 0 &&
		     p[strlen(name) + (p != a->headers)] == ':';
	assert_int_equal(n, 1);
	free(is);
}

static int64_t
count_jobs(struct rig *r)
{
	return db_int(r->s->db, "select count(*) from job");
}

/* -- who is let in --------------------------------------------------------- */

static const char *const orders[] = {"/v1/audio/transcriptions",
    "/v1/audio/translations", SPEECH, DRAW, "/v1/images/edits"};

static void
who_has_no_key_is_told_so_in_openais_form(void **state)
{
	struct rig *r = *state;

	for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
		struct keyed_ask ask = {.path = orders[i], .body = SPOKEN};
		struct fetch_answer a;

		keyed_ask(&keyed, &ask, &a);
		openai_assert_error(
		    &a, 401, "invalid_api_key", NULL, "send an API key");
		assert_header(&a, "WWW-Authenticate", NULL);
		fetch_clear(&a);
		ask_json(r, orders[i], "sk-openai", NULL, SPOKEN, &a);
		openai_assert_error(
		    &a, 401, "invalid_api_key", NULL, "no API key, which is");
		fetch_clear(&a);
		ask_json(r, orders[i], watcher, NULL, SPOKEN, &a);
		openai_assert_error(
		    &a, 403, "forbidden", NULL, "client, operator or admin");
		assert_non_null(strstr(a.body, "permission_error"));
		fetch_clear(&a);
	}
}

static void
models_are_for_every_key(void **state)
{
	static const char *const paths[] = {"/v1/models", "/v1/models/tts-1"};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct keyed_ask ask = {.path = paths[i]};

		assert_int_equal(keyed_status(&keyed, &ask), 401);
		ask.key = watcher;
		assert_int_equal(keyed_status(&keyed, &ask), 200);
		ask.key = ann;
		assert_int_equal(keyed_status(&keyed, &ask), 200);
	}
}

/* -- whose it is ----------------------------------------------------------- */

static void
speak(struct rig *r, const char *key, const char *name, struct fetch_answer *a)
{
	struct buf wav = {0};
	struct sent s;

	send_json(r, &s, SPEECH, key, name, SPOKEN);
	sample_wav(440, 0.5, &wav);
	openai_bring_wav(r, openai_task(r), &wav);
	sent_end(&s, a);
	assert_int_equal(a->status, 200);
	assert_int_equal(a->len, wav.len);
	buf_free(&wav);
}

static void
a_job_is_its_keys(void **state)
{
	struct rig *r = *state;
	struct fetch_answer a;
	char *id, *path;

	speak(r, ann, NULL, &a);
	id = fetch_header(&a, "X-Job-Id");
	path = xasprintf("/v1/jobs/%s/result", id);
	assert_int_equal(
	    keyed_status(&keyed, &(struct keyed_ask){.path = path, .key = ann}),
	    200);
	assert_int_equal(
	    keyed_status(&keyed, &(struct keyed_ask){.path = path, .key = bob}),
	    404);
	free(path);
	free(id);
	fetch_clear(&a);
}

/* Who has the URL has the picture. */
static void
a_pictures_url_needs_no_key(void **state)
{
	struct rig *r = *state;
	struct fetch_answer a, picture;
	struct sent s;
	json_t *body;

	send_json(r, &s, DRAW, ann, NULL, DRAWN("1"));
	openai_bring_png(r, openai_task(r), 0);
	sent_end(&s, &a);
	assert_int_equal(a.status, 200);
	body = fetch_json(&a);
	fetch_get(json_string_value(json_object_get(
		      json_array_get(json_object_get(body, "data"), 0), "url")),
	    &picture);
	assert_int_equal(picture.status, 200);
	fetch_clear(&picture);
	json_decref(body);
	fetch_clear(&a);
}

/* -- quotas ---------------------------------------------------------------- */

static char *
limited(const char *kind, const char *jobs)
{
	char *body = xasprintf("{\"role\":\"client\",\"quotas\":[{\"kind\":"
			       "\"%s\",\"jobs\":%s,\"window_s\":" MONTH "}]}",
	    kind, jobs);
	char *key = keyed_make(&keyed, admin, body);

	assert_non_null(key);
	free(body);
	return key;
}

static void
a_quota_is_told_in_openais_form(void **state)
{
	struct rig *r = *state;
	char *key = limited("audio.speak", "1");
	struct fetch_answer a;

	speak(r, key, NULL, &a);
	assert_header(&a, "RateLimit", NULL);
	fetch_clear(&a);
	ask_json(r, SPEECH, key, NULL, SPOKEN, &a);
	openai_assert_error(&a, 429, "quota_spent", NULL, "try again in");
	assert_non_null(strstr(a.body, "rate_limit_error"));
	assert_header(&a, "Retry-After", NULL);
	assert_header(&a, "RateLimit", NULL);
	fetch_clear(&a);
	free(key);
}

/* Three are asked for and two may be: none goes on. Last: of those two a miner
 * may have heard. */
static void
pictures_are_all_ordered_or_none(void **state)
{
	struct rig *r = *state;
	char *key = limited("*", "2");
	int64_t before = count_jobs(r);
	struct fetch_answer a;

	ask_json(r, DRAW, key, NULL, DRAWN("3"), &a);
	openai_assert_error(&a, 429, "quota_spent", NULL, "try again in");
	assert_header(&a, "Retry-After", NULL);
	assert_header(&a, "RateLimit", NULL);
	fetch_clear(&a);
	assert_int_equal(count_jobs(r), before + 2);
	assert_int_equal(db_wait_int(r->s->db, 2, 0,
			     "select count(*) from job where state = "
			     "'cancelled' and kind = 'image.generate'"),
	    0);
	free(key);
}

/* -- sent twice ------------------------------------------------------------ */

static void
assert_again(const struct fetch_answer *first, const struct fetch_answer *again)
{
	char *ids = fetch_header(first, "X-Job-Id");

	assert_int_equal(again->status, 200);
	assert_header(again, "Idempotent-Replayed", "true");
	assert_header(again, "X-Job-Id", ids);
	free(ids);
}

static void
a_text_is_spoken_once_however_often_it_is_asked(void **state)
{
	struct rig *r = *state;
	int64_t before = count_jobs(r);
	struct fetch_answer first, again;

	speak(r, ann, "speak", &first);
	ask_json(r, SPEECH, ann, "speak", SPOKEN, &again);
	assert_again(&first, &again);
	assert_int_equal(again.len, first.len);
	assert_memory_equal(again.body, first.body, first.len);
	fetch_clear(&again);
	assert_int_equal(count_jobs(r), before + 1);
	/* Another's name is another one. */
	speak(r, bob, "speak", &again);
	fetch_clear(&again);
	assert_int_equal(count_jobs(r), before + 2);
	fetch_clear(&first);
}

static void
another_request_of_that_name_is_refused(void **state)
{
	struct rig *r = *state;
	struct fetch_answer a;

	speak(r, ann, "other", &a);
	fetch_clear(&a);
	ask_json(r, SPEECH, ann, "other",
	    "{\"model\":\"tts-1\",\"input\":\"y\"}", &a);
	openai_assert_error(
	    &a, 400, "idempotency_key_reused", NULL, "another request");
	fetch_clear(&a);
}

/* A second that comes while the first is waited for waits for the same job. */
static void
a_request_that_is_sent_again_meanwhile_waits_too(void **state)
{
	struct rig *r = *state;
	int64_t before = count_jobs(r);
	struct fetch_answer a, b;
	struct buf wav = {0};
	struct hand_task *task;
	struct sent one, two;

	send_json(r, &one, SPEECH, ann, "meanwhile", SPOKEN);
	task = openai_task(r);
	send_json(r, &two, SPEECH, ann, "meanwhile", SPOKEN);
	sample_wav(440, 0.5, &wav);
	openai_bring_wav(r, task, &wav);
	sent_end(&one, &a);
	sent_end(&two, &b);
	assert_again(&a, &b);
	assert_int_equal(b.len, wav.len);
	assert_int_equal(count_jobs(r), before + 1);
	fetch_clear(&a);
	fetch_clear(&b);
	buf_free(&wav);
}

static void
each_picture_of_a_request_is_made_once(void **state)
{
	struct rig *r = *state;
	int64_t before = count_jobs(r);
	struct fetch_answer first, again;
	struct openai_form f = {0};
	struct sent s;

	openai_add_png(&f, "image");
	openai_add_part(&f, "model", "gpt-image-1");
	openai_add_part(&f, "prompt", "x");
	openai_add_part(&f, "n", "3");
	send_form(r, &s, "/v1/images/edits", ann, "draw", &f);
	for (int i = 0; i < 3; i++)
		openai_bring_png(r, openai_task(r), i % 2);
	sent_end(&s, &first);
	assert_int_equal(first.status, 200);
	send_form(r, &s, "/v1/images/edits", ann, "draw", &f);
	sent_end(&s, &again);
	assert_again(&first, &again);
	assert_int_equal(count_jobs(r), before + 3);
	fetch_clear(&again);
	/* Fewer of them are another request. */
	f.parts[3].data = "2";
	send_form(r, &s, "/v1/images/edits", ann, "draw", &f);
	sent_end(&s, &again);
	openai_assert_error(
	    &again, 400, "idempotency_key_reused", NULL, "another request");
	assert_int_equal(count_jobs(r), before + 3);
	fetch_clear(&again);
	fetch_clear(&first);
	buf_free(&f.file);
}

static void
both_jobs_of_a_translation_are_made_once(void **state)
{
	struct rig *r = *state;
	int64_t before = count_jobs(r);
	struct openai_form f = openai_recording("whisper-1", NULL);
	struct fetch_answer first, again;
	struct sent s;

	send_form(r, &s, "/v1/audio/translations", ann, "translate", &f);
	openai_bring_json(
	    r, openai_task(r), "{\"text\":\"guten Tag\",\"language\":\"de\"}");
	openai_bring_json(r, openai_task(r), "{\"text\":\"good day\"}");
	sent_end(&s, &first);
	assert_string_equal(first.body, "{\"text\":\"good day\"}");
	send_form(r, &s, "/v1/audio/translations", ann, "translate", &f);
	sent_end(&s, &again);
	assert_again(&first, &again);
	assert_string_equal(again.body, first.body);
	assert_int_equal(count_jobs(r), before + 2);
	fetch_clear(&first);
	fetch_clear(&again);
	buf_free(&f.file);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(who_has_no_key_is_told_so_in_openais_form),
	    cmocka_unit_test(models_are_for_every_key),
	    cmocka_unit_test(a_job_is_its_keys),
	    cmocka_unit_test(a_pictures_url_needs_no_key),
	    cmocka_unit_test(a_quota_is_told_in_openais_form),
	    cmocka_unit_test(a_text_is_spoken_once_however_often_it_is_asked),
	    cmocka_unit_test(another_request_of_that_name_is_refused),
	    cmocka_unit_test(a_request_that_is_sent_again_meanwhile_waits_too),
	    cmocka_unit_test(each_picture_of_a_request_is_made_once),
	    cmocka_unit_test(both_jobs_of_a_translation_are_made_once),
	    cmocka_unit_test(pictures_are_all_ordered_or_none),
	};

	if (sodium_init() < 0)
		return EXIT_FAILURE;
	return cmocka_run_group_tests(tests, set_up, tear_down);
}

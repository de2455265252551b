/*
 * The OpenAI door: pictures made and edited, as base64 and by URL.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#include "common/buf.h"
#include "common/xalloc.h"
#include "tests/lib/callback.h"
#include "tests/lib/openai_ask.h"
#include "tests/lib/rig.h"
#include "tests/lib/sample.h"

enum { LARGE = 3000001 };

static void
edit_kinds(json_t *kinds)
{
	json_t *kind;
	size_t i;

	json_array_foreach(kinds, i, kind)
	{
		json_object_set_new(kind, "retry_budget", json_integer(0));
	}
}

static int
set_up(void **state)
{
	const struct suite_options o = {.name = "openai-images"};

	return rig_set_up(state, &o, 1, edit_kinds);
}

/* -- pictures -------------------------------------------------------------- */

static void
assert_same_png(const void *data, size_t len, int colour)
{
	struct buf png = {0};

	sample_png(colour, &png);
	assert_int_equal(len, png.len);
	assert_memory_equal(data, png.data, len);
	buf_free(&png);
}

/* The nth of an answer's data, as base64 or behind its URL. */
static void
assert_picture(const json_t *body, size_t i, int colour)
{
	const json_t *one = json_array_get(json_object_get(body, "data"), i);
	const char *b64 = json_string_value(json_object_get(one, "b64_json"));
	const char *url = json_string_value(json_object_get(one, "url"));
	uint8_t bytes[4096];
	struct fetch_answer a;
	size_t len = 0;

	if (b64 != NULL) {
		assert_int_equal(
		    sodium_base642bin(bytes, sizeof(bytes), b64, strlen(b64),
			NULL, &len, NULL, sodium_base64_VARIANT_ORIGINAL),
		    0);
		assert_same_png(bytes, len, colour);
		return;
	}
	assert_non_null(url);
	fetch_get(url, &a);
	assert_int_equal(a.status, 200);
	assert_same_png(a.body, a.len, colour);
	fetch_clear(&a);
}

static void
assert_pictures(struct asking *asking, size_t n, const char *member)
{
	struct fetch_answer a;
	json_t *body;

	asking_end(asking, &a);
	assert_int_equal(a.status, 200);
	assert_non_null(strstr(a.body, member));
	body = fetch_json(&a);
	assert_non_null(body);
	assert_true(json_integer_value(json_object_get(body, "created")) > 0);
	assert_int_equal(json_array_size(json_object_get(body, "data")), n);
	for (size_t i = 0; i < n; i++)
		assert_picture(body, i, 0);
	json_decref(body);
	fetch_clear(&a);
}

static const struct {
	const char *json;
	size_t n;
	const char *member;
	int width, height, steps;
} drawings[] = {
    {"{\"model\":\"gpt-image-1\",\"prompt\":\"a\"}", 1, "b64_json", 1024, 1024,
	28},
    {"{\"model\":\"dall-e-3\",\"prompt\":\"a\"}", 1, "url", 1024, 1024, 28},
    {"{\"model\":\"dall-e-3\",\"prompt\":\"a\",\"response_format\":"
     "\"b64_json\",\"size\":\"512x768\",\"n\":3,\"quality\":\"hd\"}",
	3, "b64_json", 512, 768, 50},
    {"{\"model\":\"image.generate\",\"prompt\":\"a\",\"n\":2,\"size\":\"auto\","
     "\"quality\":\"low\",\"style\":\"vivid\",\"user\":\"u\","
     "\"moderation\":\"low\",\"output_format\":\"png\",\"stream\":false}",
	2, "url", 1024, 1024, 12},
};

static int
int_of(const struct hand_task *task, const char *name)
{
	return (int)json_integer_value(json_object_get(task->body, name));
}

static void
n_pictures_are_n_jobs(void **state)
{
	struct rig *r = *state;
	char *url = openai_url(r, "/v1/images/generations");

	for (size_t i = 0; i < sizeof(drawings) / sizeof(drawings[0]); i++) {
		struct asking *asking = openai_send_json(url, drawings[i].json);

		for (size_t n = 0; n < drawings[i].n; n++) {
			struct hand_task *task = openai_task(r);

			assert_string_equal(task->path, "/inference");
			assert_int_equal(
			    int_of(task, "width"), drawings[i].width);
			assert_int_equal(
			    int_of(task, "height"), drawings[i].height);
			assert_int_equal(int_of(task, "num_inference_steps"),
			    drawings[i].steps);
			openai_bring_png(r, task, 0);
		}
		assert_pictures(asking, drawings[i].n, drawings[i].member);
	}
	free(url);
}

/* Larger than what is sent at once, by far; behind the picture's end is
 * whatever there is. */
static void
a_large_picture_comes_whole(void **state)
{
	struct rig *r = *state;
	char *url = openai_url(r, "/v1/images/generations");
	struct asking *asking = openai_send_json(
	    url, "{\"model\":\"gpt-image-1\",\"prompt\":\"a\"}");
	struct hand_task *task = openai_task(r);
	struct callback_dippy c = {.job_id = task->id,
	    .status = "completed",
	    .image_type = "image/png"};
	struct callback_told told;
	struct fetch_answer a;
	struct buf png = {0};
	const char *b64;
	uint8_t *bytes = xmalloc(LARGE);
	json_t *body;
	size_t len;

	sample_png(0, &png);
	for (uint32_t v = 1; png.len < LARGE; v = v * 1664525 + 1013904223)
		buf_add_byte(&png, v >> 24);
	c.image = png.data;
	c.len = png.len;
	callback_dippy(task, task->secret, &c, &told);
	assert_int_equal(told.status, 200);
	asking_end(asking, &a);
	assert_int_equal(a.status, 200);
	body = fetch_json(&a);
	b64 = json_string_value(json_object_get(
	    json_array_get(json_object_get(body, "data"), 0), "b64_json"));
	assert_int_equal(sodium_base642bin(bytes, LARGE, b64, strlen(b64), NULL,
			     &len, NULL, sodium_base64_VARIANT_ORIGINAL),
	    0);
	assert_int_equal(len, png.len);
	assert_memory_equal(bytes, png.data, len);
	json_decref(body);
	fetch_clear(&a);
	free(bytes);
	buf_free(&png);
	hand_drop(r->hand, task);
	free(url);
}

/* A seed asked for is the first one's. */
static void
pictures_of_one_request_have_seeds_of_their_own(void **state)
{
	struct rig *r = *state;
	char *url = openai_url(r, "/v1/images/generations"), *ids;
	struct asking *asking = openai_send_json(url,
	    "{\"model\":\"dall-e-2\",\"prompt\":\"a\",\"n\":2,\"seed\":41}");
	struct fetch_answer a;
	int sum = 0;

	for (size_t n = 0; n < 2; n++) {
		struct hand_task *task = openai_task(r);

		sum += int_of(task, "seed");
		openai_bring_png(r, task, 0);
	}
	assert_int_equal(sum, 41 + 42);
	asking_end(asking, &a);
	ids = fetch_header(&a, "X-Job-Id");
	assert_int_equal(strlen(ids), 2 * 36 + 2);
	free(ids);
	fetch_clear(&a);
	free(url);
}

static void
a_picture_is_edited(void **state)
{
	struct rig *r = *state;
	char *url = openai_url(r, "/v1/images/edits");
	struct openai_form f = {0};
	struct asking *asking;

	openai_add_png(&f, "image");
	openai_add_part(&f, "model", "gpt-image-1");
	openai_add_part(&f, "prompt", "bluer");
	openai_add_part(&f, "n", "2");
	openai_add_part(&f, "guidance_scale", "3.5");
	asking = openai_send_form(url, &f);
	for (size_t n = 0; n < 2; n++) {
		struct hand_task *task = openai_task(r);
		struct fetch_answer a;

		assert_string_equal(task->path, "/edit");
		assert_true(json_number_value(json_object_get(
				task->body, "guidance_scale")) == 3.5);
		fetch_get(
		    json_string_value(json_object_get(task->body, "image_url")),
		    &a);
		assert_int_equal(a.status, 200);
		assert_same_png(a.body, a.len, 0);
		fetch_clear(&a);
		openai_bring_png(r, task, 0);
	}
	assert_pictures(asking, 2, "b64_json");
	buf_free(&f.file);
	free(url);
}

/* One byte of what a picture's URL says is another: it is not ours. */
static void
a_pictures_url_is_signed(void **state)
{
	struct rig *r = *state;
	char *url = openai_url(r, "/v1/images/generations"), *spoilt;
	struct asking *asking =
	    openai_send_json(url, "{\"model\":\"dall-e-2\",\"prompt\":\"a\"}");
	struct fetch_answer a, b;
	const char *given;
	json_t *body;

	openai_bring_png(r, openai_task(r), 0);
	asking_end(asking, &a);
	body = fetch_json(&a);
	given = json_string_value(json_object_get(
	    json_array_get(json_object_get(body, "data"), 0), "url"));
	for (size_t at = strstr(given, "results/") + 8 - given;
	     at < strlen(given); at += 7) {
		spoilt = xstrdup(given);
		spoilt[at] = spoilt[at] == '0' ? '1' : '0';
		fetch_get(spoilt, &b);
		openai_assert_error(&b, 403, "bad_signature", NULL, "not ours");
		fetch_clear(&b);
		free(spoilt);
	}
	json_decref(body);
	fetch_clear(&a);
	free(url);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(n_pictures_are_n_jobs),
	    cmocka_unit_test(a_large_picture_comes_whole),
	    cmocka_unit_test(pictures_of_one_request_have_seeds_of_their_own),
	    cmocka_unit_test(a_picture_is_edited),
	    cmocka_unit_test(a_pictures_url_is_signed),
	};

	if (sodium_init() < 0)
		return EXIT_FAILURE;
	return cmocka_run_group_tests(tests, set_up, rig_tear_down);
}

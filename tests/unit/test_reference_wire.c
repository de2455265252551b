/* What a reference service is asked, and the text in its answer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "common/multipart.h"
#include "validator/reference_wire.c"

static const struct reference_models models = {"whisper-1", "gpt-x"};
static const char boundary[] = "0190a0a0-0000-7000-8000-000000000001";

/* -- forms ---------------------------------------------------------------- */

struct seen {
	struct buf text; /* "name=value;", a file as "name(filename,type)=" */
};

static int
on_part(const struct multipart_part *part, void *arg)
{
	struct seen *seen = arg;

	buf_add_str(&seen->text, part->name);
	if (part->filename != NULL)
		buf_printf(
		    &seen->text, "(%s,%s)", part->filename, part->content_type);
	buf_add_str(&seen->text, "=");
	return 0;
}

static int
on_data(const void *data, size_t len, void *arg)
{
	struct seen *seen = arg;

	buf_add(&seen->text, data, len);
	return 0;
}

static int
on_part_end(void *arg)
{
	struct seen *seen = arg;

	buf_add_str(&seen->text, ";");
	return 0;
}

static void
assert_form(const struct reference_request *r, const char *expected)
{
	static const struct multipart_events events = {
	    on_part, on_data, on_part_end};
	const char *type = strchr(r->content_type, ':') + 2;
	struct seen seen = {0};
	struct err err = {""};
	struct multipart *mp = multipart_new(type, &events, &seen, &err);

	assert_non_null(mp);
	if (multipart_feed(mp, r->body.data, r->body.len, &err) != 0 ||
	    multipart_finish(mp, &err) != 0)
		fail_msg("%s", err.text);
	assert_string_equal(buf_str(&seen.text), expected);
	multipart_free(mp);
	buf_free(&seen.text);
}

static void
a_recording_goes_as_a_form(void **state)
{
	const struct reference_question q = {
	    .scoring = "transcript",
	    .params = "{\"language\":\"en\"}",
	    .input_type = "audio/wav",
	    .input = "RIFF\r\n--x",
	    .input_len = 9,
	};
	struct reference_request r;
	struct err err;

	(void)state;
	assert_int_equal(
	    reference_wire_build(&q, &models, boundary, &r, &err), 0);
	assert_string_equal(r.path, "/v1/audio/transcriptions");
	assert_form(&r, "model=whisper-1;response_format=json;temperature=0;"
			"language=en;file(input.wav,audio/wav)=RIFF\r\n--x;");
	reference_request_clear(&r);
}

static void
a_language_that_is_none_is_left_out(void **state)
{
	static const char *const params[] = {"{}",
	    "{\"language\":\"en\\r\\nX: y\"}", "{\"language\":7}",
	    "{\"language\":\"\"}", "[", NULL};
	struct reference_question q = {.scoring = "transcript",
	    .input_type = "video/mp4",
	    .input = "x",
	    .input_len = 1};

	(void)state;
	for (size_t i = 0; i < sizeof(params) / sizeof(params[0]); i++) {
		struct reference_request r;
		struct err err;

		q.params = params[i];
		assert_int_equal(
		    reference_wire_build(&q, &models, boundary, &r, &err), 0);
		assert_form(&r, "model=whisper-1;response_format=json;"
				"temperature=0;file(input.mp4,video/mp4)=x;");
		reference_request_clear(&r);
	}
}

/* -- chats ---------------------------------------------------------------- */

static void
a_text_goes_with_a_fixed_prompt(void **state)
{
	static const struct {
		const char *scoring, *params, *says;
	} texts[] = {
	    {"summary", "{\"text\":\"A \\\"day\\\".\",\"language\":\"de\"}",
		"Summarise the user's text in a few sentences of the language "
		"with the ISO 639-1 code \"de\"."},
	    {"translation",
		"{\"text\":\"A \\\"day\\\".\",\"language\":\"en\","
		"\"target_language\":\"ja\"}",
		"Translate the user's text from the language with the ISO "
		"639-1 code \"en\" to \"ja\"."},
	};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		const struct reference_question q = {
		    .scoring = texts[i].scoring, .params = texts[i].params};
		const json_t *messages;
		struct reference_request r;
		struct err err;
		json_t *body;

		assert_int_equal(
		    reference_wire_build(&q, &models, boundary, &r, &err), 0);
		assert_string_equal(r.path, "/v1/chat/completions");
		body =
		    json_loadb((const char *)r.body.data, r.body.len, 0, NULL);
		assert_string_equal(text_of(body, "model"), "gpt-x");
		assert_int_equal(
		    json_integer_value(json_object_get(body, "temperature")),
		    0);
		messages = json_object_get(body, "messages");
		assert_memory_equal(
		    text_of(json_array_get(messages, 0), "content"),
		    texts[i].says, strlen(texts[i].says));
		assert_string_equal(
		    text_of(json_array_get(messages, 1), "content"),
		    "A \"day\".");
		json_decref(body);
		reference_request_clear(&r);
	}
}

static void
what_cannot_be_asked_is_refused(void **state)
{
	static const char file[] = "its file is not there or too large";
	static const char none[] = "it has no text to ask about";
	const struct {
		struct reference_question q;
		const char *why;
	} bad[] = {
	    {{"transcript", "{}", "audio/wav", NULL, 0}, file},
	    {{"transcript", "{}", "audio/wav", "x", REFERENCE_MAX_FILE + 1},
		file},
	    {{"transcript", "{}", NULL, "x", 1},
		"its file is of no type a service takes"},
	    {{"transcript", "{}", "audio/wav\r\nX: y", "x", 1},
		"its file is of no type a service takes"},
	    {{"summary", "{\"language\":\"en\"}", NULL, NULL, 0}, none},
	    {{"summary", "{\"text\":\"x\"}", NULL, NULL, 0}, none},
	    {{"summary", "{\"text\":\"x\",\"language\":\"say \\\"yes\\\"\"}",
		 NULL, NULL, 0},
		none},
	    {{"translation", "{\"text\":\"x\",\"language\":\"en\"}", NULL, NULL,
		 0},
		none},
	    {{"image", "{\"text\":\"x\",\"language\":\"en\"}", NULL, NULL, 0},
		none},
	    {{"summary", NULL, NULL, NULL, 0}, none},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct reference_request r;
		struct err err = {""};

		if (reference_wire_build(
			&bad[i].q, &models, boundary, &r, &err) == 0)
			fail_msg("%zu was taken", i);
		assert_string_equal(err.text, bad[i].why);
		assert_int_equal(r.body.len, 0);
		reference_request_clear(&r);
	}
}

/* -- answers -------------------------------------------------------------- */

static void
the_text_of_an_answer_is_found(void **state)
{
	static const struct {
		const char *scoring, *body, *text, *why;
	} answers[] = {
	    {"transcript", "{\"text\":\"one two\",\"x\":1}", "one two", NULL},
	    {"transcript", "{\"text\":\"\"}", "", NULL},
	    {"transcript", "{\"text\":null}", NULL,
		"there is no text in the answer"},
	    {"transcript", "[\"text\"]", NULL,
		"there is no text in the answer"},
	    {"transcript", "{\"text\":\"one", NULL, "the answer is no JSON"},
	    {"transcript", "", NULL, "the answer is no JSON"},
	    {"transcript", "{\"text\":\"\\u0000\"}", NULL,
		"the answer is no JSON"},
	    {"transcript", "{\"text\":\"a\",\"text\":\"b\"}", NULL,
		"the answer is no JSON"},
	    {"summary", "{\"choices\":[{\"message\":{\"content\":\"short\"}}]}",
		"short", NULL},
	    {"summary", "{\"choices\":[]}", NULL,
		"there is no text in the answer"},
	    {"summary", "{\"text\":\"short\"}", NULL,
		"there is no text in the answer"},
	    {"translation", "{\"choices\":[{\"message\":{\"content\":7}}]}",
		NULL, "there is no text in the answer"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		struct err err = {""};
		char *text = reference_wire_text(answers[i].scoring,
		    answers[i].body, strlen(answers[i].body), &err);

		if (answers[i].text == NULL) {
			assert_null(text);
			assert_string_equal(err.text, answers[i].why);
		} else {
			assert_string_equal(text, answers[i].text);
		}
		free(text);
	}
}

static void
an_answer_beyond_bounds_is_none(void **state)
{
	size_t len = TEXT_MAX_BYTES + 1;
	char *text = xcalloc(len + 1, 1), *body;
	struct err err;

	(void)state;
	memset(text, 'a', len);
	body = xasprintf("{\"text\":\"%s\"}", text);
	assert_null(
	    reference_wire_text("transcript", body, strlen(body), &err));
	assert_string_equal(err.text, "the text in the answer is too long");
	free(body);
	body = xasprintf("{\"text\":\"%s\"}", text + 1);
	text[0] = 'b';
	free(text);
	text = reference_wire_text("transcript", body, strlen(body), &err);
	assert_int_equal(strlen(text), TEXT_MAX_BYTES);
	free(text);
	free(body);
}

static void
a_base_may_have_its_version(void **state)
{
	static const char *const bases[] = {"https://a.b", "https://a.b/",
	    "https://a.b/v1", "https://a.b/v1/", "https://a.b//"};
	char *url;

	(void)state;
	for (size_t i = 0; i < sizeof(bases) / sizeof(bases[0]); i++) {
		url = reference_wire_url(bases[i], completions);
		assert_string_equal(url, "https://a.b/v1/chat/completions");
		free(url);
	}
	url = reference_wire_url("https://a.b/av1", "/v1/x");
	assert_string_equal(url, "https://a.b/av1/v1/x");
	free(url);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_recording_goes_as_a_form),
	    cmocka_unit_test(a_language_that_is_none_is_left_out),
	    cmocka_unit_test(a_text_goes_with_a_fixed_prompt),
	    cmocka_unit_test(what_cannot_be_asked_is_refused),
	    cmocka_unit_test(the_text_of_an_answer_is_found),
	    cmocka_unit_test(an_answer_beyond_bounds_is_none),
	    cmocka_unit_test(a_base_may_have_its_version),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

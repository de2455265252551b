/* What Dippy's public views show: the cases of its own tests, by number. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "orchestrator/dippy_public.c"

#define HELLO "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
#define EMPTY "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static const struct {
	const char *given, *shown;
} cases[] = {
    {"{\"prompt\":\"hello\"}", "{\"prompt\":\"sha256:" HELLO "\"}"},
    {"{\"negative_prompt\":null}",
	"{\"negative_prompt\":\"sha256:" EMPTY "\"}"},
    {"{\"list_prompts\":[\"hello\",\"\",null]}",
	"{\"list_prompts\":[\"sha256:" HELLO "\",\"sha256:" EMPTY
	"\",\"sha256:" EMPTY "\"]}"},
    {"{\"PROMPT\":\"hello\"}", "{\"PROMPT\":\"sha256:" HELLO "\"}"},
    {"{\"prompt_seed\":7,\"seed\":8}", "{\"prompt_seed\":7,\"seed\":8}"},
    {"{\"image_url\":\"https://h/p/i.png?sig=1#f\"}",
	"{\"image_url\":\"i.png\"}"},
    {"{\"image_uri\":\"gs://bucket/a/b.png\"}", "{\"image_uri\":\"b.png\"}"},
    {"{\"Image_URL\":\"i.png?sig=1/2\"}", "{\"Image_URL\":\"i.png\"}"},
    {"{\"image_url\":null,\"image_url2\":7}",
	"{\"image_url\":null,\"image_url2\":7}"},
    {"{\"images\":[\"https://h/p/i.png\"]}",
	"{\"images\":[\"https://h/p/i.png\"]}"},
    {"{\"callback_secret\":\"s\",\"Callback_Secret\":\"s\",\"a\":{\"b\":"
     "[{\"callback_secret\":\"s\",\"c\":1}]}}",
	"{\"a\":{\"b\":[{\"c\":1}]}}"},
    {"{\"a\":{\"prompt\":\"hello\",\"hotkey\":\"5F\"}}",
	"{\"a\":{\"prompt\":\"sha256:" HELLO "\",\"hotkey\":\"5F\"}}"},
    {"[]", "[]"},
};

static void
dippy_10_4_what_is_public_of_a_payload(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		json_t *given = json_loads(cases[i].given, 0, NULL);
		json_t *shown = dippy_public(given);
		char *text = json_dumps(shown, JSON_COMPACT);

		assert_string_equal(text, cases[i].shown);
		free(text);
		json_decref(shown);
		json_decref(given);
	}
}

/* A prompt that is no text is hashed all the same. */
static void
nothing_under_a_prompt_is_shown(void **state)
{
	json_t *given = json_loads(
	    "{\"prompt\": {\"text\": \"hello\"}, \"prompts\": [[\"hello\"]]}",
	    0, NULL);
	json_t *shown = dippy_public(given);
	char *text = json_dumps(shown, JSON_COMPACT);

	(void)state;
	assert_null(strstr(text, "hello"));
	assert_non_null(strstr(text, "\"prompts\":[[\"sha256:" HELLO "\"]]"));
	free(text);
	json_decref(shown);
	json_decref(given);
}

static void
what_is_too_deep_is_not_shown(void **state)
{
	json_t *given = json_string("secret"), *shown;
	char *text;

	(void)state;
	for (int i = 0; i < 2 * MAX_DEPTH; i++)
		given = json_pack("[o]", given);
	shown = dippy_public(given);
	text = json_dumps(shown, JSON_COMPACT);
	assert_null(strstr(text, "secret"));
	free(text);
	json_decref(shown);
	json_decref(given);
}

static void
each_state_has_a_word_of_dippys(void **state)
{
	static const char *const words[] = {[JOB_QUEUED] = "pending",
	    [JOB_ASSIGNED] = "pending",
	    [JOB_RUNNING] = "pending",
	    [JOB_DONE] = "success",
	    [JOB_FAILED] = "failed",
	    [JOB_EXPIRED] = "timeout",
	    [JOB_CANCELLED] = "failed"};

	(void)state;
	for (int i = 0; i < N_JOB_STATES; i++)
		assert_string_equal(dippy_status(i), words[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(dippy_10_4_what_is_public_of_a_payload),
	    cmocka_unit_test(nothing_under_a_prompt_is_shown),
	    cmocka_unit_test(what_is_too_deep_is_not_shown),
	    cmocka_unit_test(each_state_has_a_word_of_dippys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

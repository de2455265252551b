/* Refusals on the paths of the OpenAI door, by whomever, in its form. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

#include "orchestrator/openai_error.c"

static const struct {
	int status;
	const char *code, *type, *is_code;
} refusals[] = {
    {400, "bad_body", "invalid_request_error", "bad_body"},
    {401, "unauthorized", "authentication_error", "invalid_api_key"},
    {403, "forbidden", "permission_error", "forbidden"},
    {404, "not_found", "invalid_request_error", "not_found"},
    {405, "method_not_allowed", "invalid_request_error", "method_not_allowed"},
    {413, "too_large", "invalid_request_error", "too_large"},
    {429, "quota", "rate_limit_error", "quota"},
    {503, "unavailable", "server_error", "unavailable"},
};

static void
a_refusal_has_openais_form(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		char *body = openai_error_problem("/v1/audio/speech",
		    refusals[i].status, refusals[i].code, "why");
		json_t *got = json_loads(body, 0, NULL);
		json_t *want = json_pack("{s:{s:s, s:s, s:n, s:s}}", "error",
		    "message", "why", "type", refusals[i].type, "param", "code",
		    refusals[i].is_code);

		if (!json_equal(got, want))
			fail_msg("%d: %s", refusals[i].status, body);
		json_decref(got);
		json_decref(want);
		free(body);
	}
}

static void
only_on_the_paths_of_the_door(void **state)
{
	static const char *const ours[] = {"/v1/audio", "/v1/audio/",
	    "/v1/audio/x/y", "/v1/images/edits", "/v1/models", "/v1/models/a",
	    "/v1/chat/completions"};
	static const char *const others[] = {"/", "/v1", "/v1/jobs",
	    "/v1/audios", "/v1/modelsx/a", "/v1/miners", "/readyz",
	    "/x/v1/audio/speech"};

	(void)state;
	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++) {
		char *body = openai_error_problem(ours[i], 404, "c", "w");

		if (body == NULL)
			fail_msg("%s is not ours", ours[i]);
		free(body);
	}
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		assert_null(openai_error_problem(others[i], 404, "c", "w"));
}

static void
bytes_that_are_no_text_are_not_sent(void **state)
{
	char *body =
	    openai_error_problem("/v1/models", 404, "c", "no \xff\xfe \"x\"");

	(void)state;
	assert_non_null(strstr(body, "no ?? \\\"x\\\""));
	free(body);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_refusal_has_openais_form),
	    cmocka_unit_test(only_on_the_paths_of_the_door),
	    cmocka_unit_test(bytes_that_are_no_text_are_not_sent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

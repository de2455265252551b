/* What services are asked, letter by letter. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "validator/watch_wire.h"

static const struct watch_question reel = {.service = WATCH_TRACKER,
    .platform = "instagram/reel",
    .id = "C_9-x",
    .url = "https://cdn.example.org/a b.mp4?x=1&y=ü",
    .caption = "Say \"hi\"",
    .account = "alice",
    .wants_media = true};

static void
check(struct watch_request *r, const char *method, const char *path,
    const char *body)
{
	assert_string_equal(r->method, method);
	assert_string_equal(r->path, path);
	if (body == NULL)
		assert_null(r->body);
	else
		assert_string_equal(r->body, body);
	watch_request_clear(r);
}

static void
the_tracker_is_asked_in_four_forms(void **state)
{
	struct watch_question other = reel;
	const struct watch_question *const both[] = {&reel, &other};
	struct watch_request r;

	(void)state;
	other.platform = "youtube/short";
	other.id = "abc";
	watch_wire_metrics(WATCH_FORM_BATCH, both, 2, &r);
	check(&r, "POST", "/get_metrics",
	    "{\"contents\":[{\"platform\":\"instagram\",\"content_type\":"
	    "\"reel\",\"content_id\":\"C_9-x\"},{\"platform\":\"youtube\","
	    "\"content_type\":\"short\",\"content_id\":\"abc\"}],"
	    "\"get_direct_url\":true}");
	other.id = "\"\\\n\xc3\xbc";
	watch_wire_metrics(WATCH_FORM_BATCH, both + 1, 1, &r);
	check(&r, "POST", "/get_metrics",
	    "{\"contents\":[{\"platform\":\"youtube\",\"content_type\":"
	    "\"short\",\"content_id\":\"\\\"\\\\\\n\xc3\xbc\"}],"
	    "\"get_direct_url\":true}");
	watch_wire_metrics(WATCH_FORM_POST, both, 1, &r);
	check(&r, "POST", "/get_metrics",
	    "{\"platform\":\"instagram\",\"content_type\":\"reel\","
	    "\"content_id\":\"C_9-x\",\"get_direct_url\":true}");
	watch_wire_metrics(WATCH_FORM_PATH, both, 1, &r);
	check(&r, "GET", "/get_metrics/instagram/reel/C_9-x", NULL);
	watch_wire_metrics(WATCH_FORM_QUERY, both, 1, &r);
	check(&r, "GET",
	    "/get_metrics?platform=instagram&content_type=reel"
	    "&content_id=C_9-x",
	    NULL);
}

static void
the_others_have_one_form_each(void **state)
{
	struct watch_question bare = reel;
	struct watch_request r;

	(void)state;
	watch_wire_detect(&reel, 10, &r);
	check(&r, "POST",
	    "/detect?url=https%3A%2F%2Fcdn.example.org%2Fa%20b.mp4%3Fx%3D1"
	    "%26y%3D%C3%BC&num_frames=10",
	    NULL);
	watch_wire_moderate(&reel, &r);
	check(&r, "POST", "/moderate",
	    "{\"platform\":\"instagram\",\"content_type\":\"reel\","
	    "\"content_id\":\"C_9-x\",\"url\":\"https://cdn.example.org/a "
	    "b.mp4?x=1&y=ü\",\"caption\":\"Say \\\"hi\\\"\"}");
	bare.url = bare.caption = bare.account = NULL;
	bare.platform = "x";
	watch_wire_moderate(&bare, &r);
	check(&r, "POST", "/moderate",
	    "{\"platform\":\"x\",\"content_type\":\"\","
	    "\"content_id\":\"C_9-x\"}");
	watch_wire_followers(&reel, 50, &r);
	check(&r, "POST", "/get_followers",
	    "{\"platform\":\"instagram\",\"account\":\"alice\","
	    "\"sample\":50}");
}

/* A path cannot be left by what is put into it. */
static void
ids_are_encoded(void **state)
{
	struct watch_question odd = reel;
	const struct watch_question *const one[] = {&odd};
	struct watch_request r;

	(void)state;
	odd.id = "../a?b#c";
	watch_wire_metrics(WATCH_FORM_PATH, one, 1, &r);
	check(&r, "GET", "/get_metrics/instagram/reel/..%2Fa%3Fb%23c", NULL);
}

static void
a_form_that_is_refused_gives_way(void **state)
{
	static const struct {
		enum watch_form form;
		int status;
		bool gone, refused;
	} cases[] = {
	    {WATCH_FORM_BATCH, 404, false, true},
	    {WATCH_FORM_BATCH, 404, true, true},
	    {WATCH_FORM_BATCH, 405, false, true},
	    {WATCH_FORM_BATCH, 422, false, true},
	    {WATCH_FORM_BATCH, 410, true, false},
	    {WATCH_FORM_BATCH, 500, false, false},
	    {WATCH_FORM_BATCH, 503, false, false},
	    {WATCH_FORM_POST, 405, false, true},
	    {WATCH_FORM_POST, 404, false, true},
	    {WATCH_FORM_POST, 404, true, false},
	    {WATCH_FORM_POST, 422, false, false},
	    {WATCH_FORM_PATH, 404, true, false},
	    {WATCH_FORM_PATH, 404, false, true},
	    {WATCH_FORM_QUERY, 404, false, true},
	    {WATCH_FORM_QUERY, 500, false, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(watch_form_is_refused(cases[i].form,
				     cases[i].status, cases[i].gone),
		    cases[i].refused);
	assert_int_equal(watch_form_next(WATCH_FORM_BATCH), WATCH_FORM_POST);
	assert_int_equal(watch_form_next(WATCH_FORM_POST), WATCH_FORM_PATH);
	assert_int_equal(watch_form_next(WATCH_FORM_PATH), WATCH_FORM_QUERY);
	assert_int_equal(watch_form_next(WATCH_FORM_QUERY), WATCH_FORM_BATCH);
	assert_string_equal(watch_form_name(WATCH_FORM_PATH), "path");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_tracker_is_asked_in_four_forms),
	    cmocka_unit_test(the_others_have_one_form_each),
	    cmocka_unit_test(ids_are_encoded),
	    cmocka_unit_test(a_form_that_is_refused_gives_way),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

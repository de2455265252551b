/* A request's body as it comes: a form or JSON, in pieces of any size. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <event2/event.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/blobs.h"
#include "common/err.h"
#include "common/uuid.h"
#include "common/xalloc.h"
#include "orchestrator/form.c"
#include "tests/lib/paths.h"

enum { MAX_FILE = 1000 };

static const char multipart[] = "multipart/form-data; boundary=b";
static const char id[] = "01234567-89ab-7cde-8f01-23456789abcd";

struct place {
	char *dir;
	struct event_base *base;
	struct blobs *blobs;
};

static int
make_place(void **state)
{
	struct place *p = calloc(1, sizeof(*p));
	struct blobs_options o = {0};

	p->dir = paths_make_tmp();
	p->base = event_base_new();
	o.store = p->dir;
	p->blobs = blobs_new(p->base, &o, NULL);
	*state = p;
	return p->blobs != NULL ? 0 : -1;
}

static int
end_place(void **state)
{
	struct place *p = *state;

	blobs_free(p->blobs);
	event_base_free(p->base);
	paths_remove(p->dir);
	free(p->dir);
	free(p);
	return 0;
}

static struct form *
form(struct place *p, const char *type)
{
	return form_new(p->blobs, type, "result", MAX_FILE, NULL);
}

static int
temporary_files(const struct place *p)
{
	DIR *dir = opendir(p->dir);
	struct dirent *e;
	int n = 0;

	while ((e = readdir(dir)) != NULL)
		n += strncmp(e->d_name, "tmp.", 4) == 0;
	closedir(dir);
	return n;
}

/* A part, with a file's type if it has one. */
static void
add_part(struct buf *body, const char *name, const char *type, const char *text,
    size_t len)
{
	buf_printf(body,
	    "--b\r\nContent-Disposition: form-data; name=\"%s\"\r\n", name);
	if (type != NULL)
		buf_printf(body, "Content-Type: %s\r\n", type);
	buf_add_str(body, "\r\n");
	buf_add(body, text, len);
	buf_add_str(body, "\r\n");
}

static void
add_text(struct buf *body, const char *name, const char *text)
{
	add_part(body, name, NULL, text, strlen(text));
}

/* What looks like a boundary and is none, NUL and all. */
static const char file_bytes[] = "PK\r\n--a\r\n--\r\n\0--b\r--b\r\n-";

static void
fill(struct buf *body)
{
	add_text(body, "job_id", id);
	add_part(body, "result", "image/png", file_bytes, sizeof(file_bytes));
	add_text(body, "status", "completed");
	add_text(body, "empty", "");
	buf_add_str(body, "--b--\r\n");
}

static void
check_filled(struct place *p, struct form *f)
{
	struct err err = {""};
	char sha256[65], got[100];
	uint64_t bytes;
	int fd;

	assert_int_equal(form_finish(f, &err), 0);
	assert_int_equal(form_fault(f), FORM_GOOD);
	assert_string_equal(form_field(f, "job_id"), id);
	assert_string_equal(form_field(f, "status"), "completed");
	assert_string_equal(form_field(f, "empty"), "");
	assert_null(form_field(f, "result"));
	assert_null(form_field(f, "error"));
	assert_null(form_json(f));
	assert_string_equal(form_file_type(f), "image/png");
	assert_int_equal(form_file_bytes(f), sizeof(file_bytes));
	assert_int_equal(
	    blob_commit_here(form_take_file(f), id, sha256, &err), 0);
	assert_null(form_take_file(f));
	fd = blob_open_here(p->blobs, id, sha256, &bytes);
	assert_int_equal(read(fd, got, sizeof(got)), sizeof(file_bytes));
	assert_memory_equal(got, file_bytes, sizeof(file_bytes));
	close(fd);
}

static void
a_form_may_be_cut_anywhere(void **state)
{
	struct place *p = *state;
	struct buf body = {0};

	fill(&body);
	for (size_t cut = 0; cut <= body.len; cut++) {
		struct form *f = form(p, multipart);

		form_feed(f, body.data, cut);
		form_feed(f, body.data + cut, body.len - cut);
		check_filled(p, f);
		form_free(f);
	}
	assert_int_equal(temporary_files(p), 0);
	buf_free(&body);
}

static void
a_form_may_come_byte_by_byte(void **state)
{
	struct place *p = *state;
	struct form *f = form(p, multipart);
	struct buf body = {0};

	fill(&body);
	for (size_t i = 0; i < body.len; i++)
		form_feed(f, body.data + i, 1);
	check_filled(p, f);
	form_free(f);
	buf_free(&body);
}

/* Whatever is missing at its end, it is no form, and no file stays. */
static void
a_form_cut_short_is_refused(void **state)
{
	struct place *p = *state;
	struct buf body = {0};

	fill(&body);
	for (size_t len = 0; len < body.len - 2; len++) {
		struct form *f = form(p, multipart);
		struct err err;

		form_feed(f, body.data, len);
		assert_int_equal(form_finish(f, &err), -1);
		assert_int_equal(form_fault(f), FORM_MALFORMED);
		form_free(f);
		assert_int_equal(temporary_files(p), 0);
	}
	buf_free(&body);
}

static void
feed_and_expect(struct place *p, const char *type, struct buf *body,
    enum form_fault fault, const char *why)
{
	struct form *f = form(p, type);
	struct err err;

	form_feed(f, body->data, body->len);
	form_feed(f, body->data, body->len); /* passed over */
	assert_int_equal(form_finish(f, &err), -1);
	assert_string_equal(err.text, why);
	assert_int_equal(form_fault(f), fault);
	form_free(f);
	assert_int_equal(temporary_files(p), 0);
	buf_free(body);
}

static void
a_file_of_the_limit_fits_and_one_byte_more_does_not(void **state)
{
	static const char bytes[MAX_FILE + 1];
	struct place *p = *state;
	struct form *f = form(p, multipart);
	struct buf body = {0};
	struct err err;

	add_part(&body, "result", "x/y", bytes, MAX_FILE);
	buf_add_str(&body, "--b--");
	form_feed(f, body.data, body.len);
	assert_int_equal(form_finish(f, &err), 0);
	assert_int_equal(form_file_bytes(f), MAX_FILE);
	form_free(f);
	assert_int_equal(temporary_files(p), 0); /* not taken: dropped */

	buf_reset(&body);
	add_part(&body, "result", "x/y", bytes, MAX_FILE + 1);
	feed_and_expect(
	    p, multipart, &body, FORM_TOO_LARGE, "result is over 1000 bytes");
}

static void
there_is_one_file(void **state)
{
	struct buf body = {0};

	add_part(&body, "result", "x/y", "one", 3);
	add_part(&body, "result", "x/y", "two", 3);
	feed_and_expect(
	    *state, multipart, &body, FORM_MALFORMED, "two parts named result");
	/* An empty one counts, too. */
	add_part(&body, "result", "x/y", "", 0);
	add_part(&body, "result", "x/y", "two", 3);
	feed_and_expect(
	    *state, multipart, &body, FORM_MALFORMED, "two parts named result");
}

static void
nothing_is_kept_of_a_field_too_long(void **state)
{
	struct form *f = form(*state, multipart);
	struct buf body = {0};
	struct err err;

	form_widen(f, 4);
	add_text(&body, "a", "12345");
	for (size_t i = 0; i < body.len; i++)
		form_feed(f, body.data + i, 1);
	assert_int_equal(form_finish(f, &err), -1);
	assert_string_equal(err.text, "the field a is over 4 bytes");
	assert_true(form_has(f, "a"));
	assert_string_equal(form_field(f, "a"), "");
	form_free(f);
	buf_free(&body);
}

static void
fields_are_limited(void **state)
{
	struct buf body = {0};
	char *text = calloc(1, FORM_MAX_FIELD + 1);

	for (int i = 0; i < 17; i++)
		add_text(&body, "f", "x");
	feed_and_expect(
	    *state, multipart, &body, FORM_MALFORMED, "more than 16 fields");
	memset(text, 'x', FORM_MAX_FIELD + 1);
	add_part(&body, "error", NULL, text, FORM_MAX_FIELD + 1);
	feed_and_expect(*state, multipart, &body, FORM_TOO_LARGE,
	    "the field error is over 65536 bytes");
	free(text);
}

static void
a_field_of_the_limit_fits(void **state)
{
	struct form *f = form(*state, multipart);
	char *text = calloc(1, FORM_MAX_FIELD + 1);
	struct buf body = {0};
	struct err err;

	memset(text, 'x', FORM_MAX_FIELD);
	add_text(&body, "output", text);
	buf_add_str(&body, "--b--");
	form_feed(f, body.data, body.len);
	assert_int_equal(form_finish(f, &err), 0);
	assert_string_equal(form_field(f, "output"), text);
	form_free(f);
	buf_free(&body);
	free(text);
}

static void
of_a_field_given_twice_the_first_counts(void **state)
{
	struct form *f = form(*state, multipart);
	struct buf body = {0};
	struct err err;

	add_text(&body, "status", "completed");
	add_text(&body, "status", "failed");
	buf_add_str(&body, "--b--");
	form_feed(f, body.data, body.len);
	assert_int_equal(form_finish(f, &err), 0);
	assert_string_equal(form_field(f, "status"), "completed");
	form_free(f);
	buf_free(&body);
}

static void
our_own_disk_is_not_the_senders_fault(void **state)
{
	struct place *p = *state;
	struct form *f = form(p, multipart);
	struct buf body = {0};
	struct err err;

	paths_remove(p->dir);
	add_part(&body, "result", "x/y", "one", 3);
	form_feed(f, body.data, body.len);
	assert_int_equal(form_fault(f), FORM_UNSTORED);
	assert_int_equal(form_finish(f, &err), -1);
	form_free(f);
	buf_free(&body);
}

/* -- JSON ---------------------------------------------------------------- */

static void
json_may_be_cut_anywhere(void **state)
{
	static const char body[] =
	    "{\"output\": {\"text\": \"\\u00e9\xc3\xa9\"}}";

	for (size_t cut = 0; cut < sizeof(body); cut++) {
		struct form *f = form(*state, "application/json");
		struct err err;

		form_feed(f, body, cut);
		form_feed(f, body + cut, strlen(body) - cut);
		assert_int_equal(form_finish(f, &err), 0);
		assert_non_null(json_object_get(form_json(f), "output"));
		assert_int_equal(form_json_bytes(f), strlen(body));
		assert_string_equal(form_file_type(f), "");
		assert_int_equal(form_file_bytes(f), 0);
		assert_null(form_take_file(f));
		assert_null(form_field(f, "output"));
		form_free(f);
		if (cut == strlen(body))
			break;
	}
}

static const struct {
	const char *text, *why;
} bad_json[] = {
    {"", "the body is empty"},
    {"{", "the body is not JSON: line 1: string or '}' expected near end of "
	  "file"},
    {"[]", "the body must be a JSON object"},
    {"{}\n7", "the body is not JSON: line 2: end of file expected near '7'"},
    {"{\"a\":1,\"a\":2}",
	"the body is not JSON: line 1: duplicate object key near '\"a\"'"},
    {"{\"a\":\"\\u0000\"}",
	"the body is not JSON: line 1: \\u0000 is not allowed without "
	"JSON_ALLOW_NUL near '\"\\u0000\"'"},
};

static void
what_is_no_object_is_refused(void **state)
{
	for (size_t i = 0; i < sizeof(bad_json) / sizeof(bad_json[0]); i++) {
		struct form *f = form(*state, "application/json");
		struct err err;

		form_feed(f, bad_json[i].text, strlen(bad_json[i].text));
		assert_int_equal(form_finish(f, &err), -1);
		assert_string_equal(err.text, bad_json[i].why);
		form_free(f);
	}
}

static void
json_is_limited(void **state)
{
	struct buf body = {0};

	memset(buf_reserve(&body, FORM_MAX_JSON + 1), ' ', FORM_MAX_JSON + 1);
	body.len = FORM_MAX_JSON + 1;
	feed_and_expect(*state, "application/json", &body, FORM_TOO_LARGE,
	    "the JSON is over 4194304 bytes");
}

/* -- which of the two ---------------------------------------------------- */

static const struct {
	const char *type, *why; /* why NULL: it is one */
} content_types[] = {
    {"application/json", NULL},
    {"Application/JSON; charset=utf-8", NULL},
    {"multipart/form-data; boundary=b", NULL},
    {"multipart/form-data", "no usable boundary in Content-Type"},
    {"multipart/mixed; boundary=b", "the body is not multipart/form-data"},
    {"text/plain", "the body is not multipart/form-data"},
    {"", "the body is not multipart/form-data"},
    {NULL, "the body is not multipart/form-data"},
};

static void
the_content_type_decides(void **state)
{
	struct place *p = *state;

	for (size_t i = 0; i < sizeof(content_types) / sizeof(content_types[0]);
	     i++) {
		struct err err = {""};
		struct form *f = form_new(
		    p->blobs, content_types[i].type, "result", 10, &err);

		assert_int_equal(f != NULL, content_types[i].why == NULL);
		assert_string_equal(err.text,
		    content_types[i].why != NULL ? content_types[i].why : "");
		form_free(f);
	}
}

/* -- a form in one line --------------------------------------------------- */

static const char encoded[] = "application/x-www-form-urlencoded";

static void
a_line_is_a_form_too(void **state)
{
	static const char line[] =
	    "a=1&b=Gr%C3%BC%c3%9fe+an+%26&&c&d=&a=2&e=x=y%2b";
	static const struct {
		const char *name, *value;
	} fields[] = {{"a", "1"},
	    {"b", "Gr\xc3\xbc\xc3\x9f"
		  "e an &"},
	    {"c", ""}, {"d", ""}, {"e", "x=y+"}};
	struct place *p = *state;

	for (size_t cut = 0; cut < sizeof(line); cut++) {
		struct form *f = form(p, encoded);
		struct err err;

		form_feed(f, line, cut);
		form_feed(f, line + cut, sizeof(line) - 1 - cut);
		assert_int_equal(form_finish(f, &err), 0);
		for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
			assert_string_equal(
			    form_field(f, fields[i].name), fields[i].value);
		assert_null(form_field(f, "f"));
		assert_null(form_take_file(f));
		form_free(f);
	}
}

static void
a_line_that_cannot_be_decoded_is_refused(void **state)
{
	static const char *const lines[] = {
	    "a=%", "a=%1", "a=%zz", "a=%00", "%=a", "a=1&b=%4"};
	struct place *p = *state;

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct form *f = form(p, encoded);
		struct err err;

		form_feed(f, lines[i], strlen(lines[i]));
		assert_int_equal(form_finish(f, &err), -1);
		assert_int_equal(form_fault(f), FORM_MALFORMED);
		assert_string_equal(err.text, "the form is not URL-encoded");
		form_free(f);
	}
}

/* Who read it as text would have a part of it; in a field that nobody asks for
 * it does no harm. */
static void
a_field_with_a_nul_is_no_text(void **state)
{
	struct place *p = *state;
	struct form *f = form(p, "multipart/form-data; boundary=b");
	struct buf body = {0};
	struct err err;

	add_part(&body, "text", NULL, "good\0day", 8);
	add_text(&body, "more", "good day");
	buf_add_str(&body, "--b--\r\n");
	form_feed(f, body.data, body.len);
	assert_int_equal(form_finish(f, &err), 0);
	assert_null(form_field(f, "text"));
	assert_string_equal(form_field(f, "more"), "good day");
	form_free(f);
	buf_free(&body);
}

static void
a_line_has_the_limits_of_a_form(void **state)
{
	struct place *p = *state;
	char *value = xcalloc(1, FORM_MAX_FIELD + 2);
	struct form *f = form(p, encoded);
	struct err err;

	memset(value, 'x', FORM_MAX_FIELD + 1);
	form_feed(f, "a=", 2);
	form_feed(f, value, FORM_MAX_FIELD + 1);
	assert_int_equal(form_finish(f, &err), -1);
	assert_int_equal(form_fault(f), FORM_TOO_LARGE);
	form_free(f);
	f = form(p, encoded);
	form_widen(f, FORM_MAX_FIELD + 1);
	form_feed(f, "a=", 2);
	form_feed(f, value, FORM_MAX_FIELD + 1);
	assert_int_equal(form_finish(f, &err), 0);
	form_free(f);
	f = form(p, encoded);
	for (int i = 0; i < 17; i++)
		form_feed(f, "a=1&", 4);
	assert_int_equal(form_finish(f, &err), -1);
	assert_string_equal(err.text, "more than 16 fields");
	form_free(f);
	free(value);
}

static void
faults_have_a_status_and_a_code(void **state)
{
	static const struct {
		enum form_fault fault;
		int status;
		const char *code;
	} answers[] = {{FORM_MALFORMED, 400, "bad_body"},
	    {FORM_TOO_LARGE, 413, "too_large"},
	    {FORM_UNSTORED, 503, "unavailable"}};

	(void)state;
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		assert_int_equal(
		    form_fault_status(answers[i].fault), answers[i].status);
		assert_string_equal(
		    form_fault_code(answers[i].fault), answers[i].code);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_place, end_place)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(a_form_may_be_cut_anywhere),
	    TEST(a_form_may_come_byte_by_byte),
	    TEST(a_form_cut_short_is_refused),
	    TEST(a_file_of_the_limit_fits_and_one_byte_more_does_not),
	    TEST(there_is_one_file),
	    TEST(fields_are_limited),
	    TEST(nothing_is_kept_of_a_field_too_long),
	    TEST(a_field_of_the_limit_fits),
	    TEST(of_a_field_given_twice_the_first_counts),
	    TEST(our_own_disk_is_not_the_senders_fault),
	    TEST(json_may_be_cut_anywhere),
	    TEST(what_is_no_object_is_refused),
	    TEST(json_is_limited),
	    TEST(the_content_type_decides),
	    TEST(a_line_is_a_form_too),
	    TEST(a_line_that_cannot_be_decoded_is_refused),
	    TEST(a_field_with_a_nul_is_no_text),
	    TEST(a_line_has_the_limits_of_a_form),
	    TEST(faults_have_a_status_and_a_code),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

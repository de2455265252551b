/* multipart/form-data, fed in pieces of every size. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/err.h"
#include "common/multipart.h"

/* Everything the parser said, as text: "[name|filename|type]data." */
struct seen {
	struct buf text;
	int refuse_part; /* 1-based; 0: none */
	int refuse_data;
	int parts;
};

static int
on_part(const struct multipart_part *part, void *arg)
{
	struct seen *seen = arg;

	if (++seen->parts == seen->refuse_part)
		return -1;
	buf_printf(&seen->text, "[%s|%s|%s]", part->name,
	    part->filename != NULL ? part->filename : "-", part->content_type);
	return 0;
}

static int
on_data(const void *p, size_t len, void *arg)
{
	struct seen *seen = arg;

	assert_true(len > 0);
	if (seen->refuse_data)
		return -1;
	buf_add(&seen->text, p, len);
	return 0;
}

static int
on_part_end(void *arg)
{
	struct seen *seen = arg;

	buf_add_str(&seen->text, ".");
	return 0;
}

static const struct multipart_events events = {on_part, on_data, on_part_end};

/* Feed in pieces of at most `piece` bytes, 0: of random sizes. */
static int
parse(const char *type, const char *body, size_t len, size_t piece,
    struct seen *seen, struct err *err)
{
	struct multipart *mp = multipart_new(type, &events, seen, err);
	size_t at = 0, n;
	int rc = 0;

	if (mp == NULL)
		return -1;
	while (at < len && rc == 0) {
		n = piece > 0 ? piece : (size_t)(1 + rand() % 40);
		n = n < len - at ? n : len - at;
		/* A copy of its own, so that a read past it is found. */
		char *copy = malloc(n);

		memcpy(copy, body + at, n);
		rc = multipart_feed(mp, copy, n, err);
		free(copy);
		at += n;
	}
	if (rc == 0)
		rc = multipart_finish(mp, err);
	multipart_free(mp);
	return rc;
}

struct a_form {
	const char *label;
	const char *type;
	const char *body;
	const char *want; /* NULL: refused */
};

#define B "multipart/form-data; boundary=B"
#define NAMED "Content-Disposition: form-data; name=\"a\"\r\n\r\n"

static const struct a_form forms[] = {
    {"one field", B, "--B\r\n" NAMED "x\r\n--B--\r\n", "[a|-|text/plain]x."},
    {"no CRLF at the end", B, "--B\r\n" NAMED "x\r\n--B--",
	"[a|-|text/plain]x."},
    {"empty field", B, "--B\r\n" NAMED "\r\n--B--", "[a|-|text/plain]."},
    {"two fields", B, "--B\r\n" NAMED "x\r\n--B\r\n" NAMED "y\r\n--B--",
	"[a|-|text/plain]x.[a|-|text/plain]y."},
    {"no fields", B, "--B--\r\n", ""},
    {"preamble and epilogue", B, "hi\r\n--B\r\n" NAMED "x\r\n--B--\r\nbye",
	"[a|-|text/plain]x."},
    {"blanks behind a boundary", B, "--B \t\r\n" NAMED "x\r\n--B--",
	"[a|-|text/plain]x."},
    {"near misses in the data", B,
	"--B\r\n" NAMED "\r\r\n\r\n-\r\n--\r\n--C\r\r\n--B--",
	"[a|-|text/plain]\r\r\n\r\n-\r\n--\r\n--C\r."},
    {"python requests",
	"multipart/form-data; boundary=0a1b2c3d4e5f60718293a4b5c6d7e8f9",
	"--0a1b2c3d4e5f60718293a4b5c6d7e8f9\r\n"
	"Content-Disposition: form-data; name=\"job_id\"\r\n\r\n"
	"0192\r\n"
	"--0a1b2c3d4e5f60718293a4b5c6d7e8f9\r\n"
	"Content-Disposition: form-data; name=\"image\"; "
	"filename=\"0192.png\"\r\nContent-Type: image/png\r\n\r\n"
	"\x89PNG\r\n\x1a\r\n"
	"--0a1b2c3d4e5f60718293a4b5c6d7e8f9--\r\n",
	"[job_id|-|text/plain]0192."
	"[image|0192.png|image/png]\x89PNG\r\n\x1a."},
    {"curl",
	"multipart/form-data; "
	"boundary=------------------------d74496d66958873e",
	"--------------------------d74496d66958873e\r\n"
	"Content-Disposition: form-data; name=\"f\"; filename=\"a \\\"b\\\" "
	"%22c%22.txt\"\r\nContent-Type: text/plain\r\n\r\nx\r\n"
	"--------------------------d74496d66958873e--\r\n",
	"[f|a \"b\" \"c\".txt|text/plain]x."},
    {"aiohttp", "multipart/form-data; boundary=\"c7b5 :d\"",
	"--c7b5 :d\r\nContent-Type: image/png\r\nContent-Disposition: "
	"form-data; name=\"image\"; filename=\"%C3%A9.png\"; "
	"filename*=utf-8''%C3%A9.png\r\n\r\nx\r\n--c7b5 :d--\r\n",
	"[image|%C3%A9.png|image/png]x."},
    {"only filename*", B,
	"--B\r\nContent-Disposition: form-data; name=a; "
	"filename*=UTF-8'en'%e2%82%ac.png\r\n\r\nx\r\n--B--",
	"[a|\xe2\x82\xac.png|text/plain]x."},
    {"a browser's backslash", B,
	"--B\r\ncontent-disposition:form-data;name=\"a\";filename=\"C:\\d\\e\""
	"\r\n\r\nx\r\n--B--",
	"[a|C:\\d\\e|text/plain]x."},
    {"a semicolon in quotes", B,
	"--B\r\nContent-Disposition: form-data; name=\"a;filename=b\"\r\n\r\nx"
	"\r\n--B--",
	"[a;filename=b|-|text/plain]x."},
    {"other headers", B,
	"--B\r\nX-Other: y\r\nContent-Length: 1\r\nContent-Transfer-Encoding: "
	"binary\r\n" NAMED "x\r\n--B--",
	"[a|-|text/plain]x."},
    {"boundary in capitals", "Multipart/Form-Data; BOUNDARY=B",
	"--B\r\n" NAMED "x\r\n--B--", "[a|-|text/plain]x."},

    {"another type", "multipart/mixed; boundary=B", "--B--", NULL},
    {"no boundary", "multipart/form-data", "--B--", NULL},
    {"an empty boundary", "multipart/form-data; boundary=\"\"", "----", NULL},
    {"two boundaries", "multipart/form-data; boundary=B; boundary=C", "--B--",
	NULL},
    {"a boundary that ends in a blank", "multipart/form-data; boundary=\"B \"",
	"--B --", NULL},
    {"a boundary with odd characters", "multipart/form-data; boundary=\"B{}\"",
	"--B{}--", NULL},
    {"a boundary of 71",
	"multipart/form-data; boundary=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	"", NULL},
    {"nothing", B, "", NULL},
    {"only a preamble", B, "hello", NULL},
    {"no last boundary", B, "--B\r\n" NAMED "x\r\n--B\r\n", NULL},
    {"half of the last boundary", B, "--B\r\n" NAMED "x\r\n--B-", NULL},
    {"cut in the data", B, "--B\r\n" NAMED "x", NULL},
    {"bytes behind a boundary", B, "--Bx\r\n" NAMED "x\r\n--B--", NULL},
    {"bare LF behind a boundary", B, "--B\n" NAMED "x\r\n--B--", NULL},
    {"no headers", B, "--B\r\n\r\nx\r\n--B--", NULL},
    {"no name", B, "--B\r\nContent-Disposition: form-data\r\n\r\nx\r\n--B--",
	NULL},
    {"not form-data", B,
	"--B\r\nContent-Disposition: attachment; name=a\r\n\r\nx\r\n--B--",
	NULL},
    {"two names", B,
	"--B\r\nContent-Disposition: form-data; name=a; name=b\r\n\r\nx\r\n"
	"--B--",
	NULL},
    {"two dispositions", B,
	"--B\r\nContent-Disposition: form-data; name=b\r\n" NAMED "x\r\n--B--",
	NULL},
    {"an open quote", B,
	"--B\r\nContent-Disposition: form-data; name=\"a\r\n\r\nx\r\n--B--",
	NULL},
    {"bytes behind a quote", B,
	"--B\r\nContent-Disposition: form-data; name=\"a\"b\r\n\r\nx\r\n--B--",
	NULL},
    {"a header without a colon", B, "--B\r\nfoo\r\n" NAMED "x\r\n--B--", NULL},
    {"a blank in front of the colon", B,
	"--B\r\nContent-Disposition : form-data; name=a\r\n\r\nx\r\n--B--",
	NULL},
    {"a folded header", B,
	"--B\r\nContent-Disposition: form-data;\r\n name=a\r\n\r\nx\r\n--B--",
	NULL},
    {"bare LF in the headers", B,
	"--B\r\nX: y\nContent-Disposition: form-data; name=a\r\n\r\nx\r\n--B--",
	NULL},
    {"base64", B,
	"--B\r\nContent-Transfer-Encoding: base64\r\n" NAMED "eA==\r\n--B--",
	NULL},
};

static void
forms_are_read_alike_however_they_are_cut(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		const struct a_form *f = &forms[i];
		size_t len = strlen(f->body);

		for (size_t piece = 0; piece <= len + 1; piece++) {
			struct seen seen = {0};
			struct err err = {0};
			int rc =
			    parse(f->type, f->body, len, piece, &seen, &err);

			if ((rc == 0) != (f->want != NULL))
				fail_msg("%s: %d %s", f->label, rc, err.text);
			if (rc != 0)
				assert_true(err.text[0] != '\0');
			else if (strcmp(buf_str(&seen.text), f->want) != 0)
				fail_msg("%s, pieces of %zu: %s", f->label,
				    piece, buf_str(&seen.text));
			buf_free(&seen.text);
		}
	}
}

/* A form of random parts whose bytes like to look like a boundary. */
static void
make_form(struct buf *body, struct buf *want)
{
	static const char alphabet[] = "\r\n-Bx\r\n";
	int parts = rand() % 5;

	for (int i = 0; i < parts; i++) {
		struct buf data = {0};
		int len = rand() % 60;

		while (len-- > 0)
			buf_add_byte(&data, alphabet[rand() % 7]);
		if (strstr(buf_str(&data), "\r\n--B") != NULL)
			buf_reset(&data);
		buf_printf(body,
		    "--B\r\nContent-Disposition: form-data; name=%d\r\n\r\n",
		    i);
		buf_add(body, data.data, data.len);
		buf_add_str(body, "\r\n");
		buf_printf(want, "[%d|-|text/plain]", i);
		buf_add(want, data.data, data.len);
		buf_add_str(want, ".");
		buf_free(&data);
	}
	buf_add_str(body, "--B--\r\n");
}

static void
random_forms_come_back_whole_however_they_are_cut(void **state)
{
	(void)state;
	srand(7);
	for (int i = 0; i < 3000; i++) {
		struct buf body = {0}, want = {0};
		struct seen seen = {0};
		struct err err = {0};

		make_form(&body, &want);
		if (parse(B, (char *)body.data, body.len, 0, &seen, &err) != 0)
			fail_msg("%s in %s", err.text, buf_str(&body));
		assert_string_equal(buf_str(&seen.text), buf_str(&want));
		buf_free(&body);
		buf_free(&want);
		buf_free(&seen.text);
	}
}

static void
random_bytes_never_read_outside(void **state)
{
	static const char *const words[] = {"\r\n", "--B", "--", "B", ": ",
	    "Content-Disposition", "form-data", "; name=", "\"", "a", "\\",
	    "\r\n\r\n", "%", "filename*=utf-8''", "%2"};

	(void)state;
	srand(11);
	for (int i = 0; i < 20000; i++) {
		struct buf body = {0};
		struct seen seen = {0};
		struct err err = {0};

		buf_add_str(&body, "--B\r\n");
		for (int n = rand() % 20; n > 0; n--)
			buf_add_str(&body, words[rand() % 15]);
		parse(B, (char *)body.data, body.len, 0, &seen, &err);
		buf_free(&body);
		buf_free(&seen.text);
	}
}

static void
a_long_header_is_refused(void **state)
{
	struct buf body = {0};
	struct seen seen = {0};
	struct err err = {0};

	(void)state;
	buf_add_str(&body, "--B\r\nX: ");
	for (int i = 0; i < MULTIPART_MAX_HEADER; i++)
		buf_add_str(&body, "y");
	assert_int_equal(
	    parse(B, (char *)body.data, body.len, 1000, &seen, &err), -1);
	assert_string_equal(err.text, "a part's header is too long");
	buf_free(&body);
}

static void
too_many_parts_are_refused(void **state)
{
	(void)state;
	for (int parts = 64; parts <= 65; parts++) {
		struct buf body = {0};
		struct seen seen = {0};
		struct err err = {0};

		for (int i = 0; i < parts; i++)
			buf_add_str(&body, "--B\r\n" NAMED "\r\n");
		buf_add_str(&body, "--B--");
		assert_int_equal(
		    parse(B, (char *)body.data, body.len, 99, &seen, &err),
		    parts > MULTIPART_MAX_PARTS ? -1 : 0);
		buf_free(&body);
		buf_free(&seen.text);
	}
}

static void
a_callback_may_stop_the_form(void **state)
{
	static const char body[] =
	    "--B\r\n" NAMED "x\r\n--B\r\n" NAMED "y\r\n--B--";
	struct seen no_part = {.refuse_part = 2}, no_data = {.refuse_data = 1};
	struct err err = {0};

	(void)state;
	assert_int_equal(parse(B, body, strlen(body), 1, &no_part, &err), -1);
	assert_string_equal(buf_str(&no_part.text), "[a|-|text/plain]x.");
	assert_string_equal(err.text, "the part was refused");
	assert_int_equal(parse(B, body, strlen(body), 1, &no_data, &err), -1);
	assert_string_equal(buf_str(&no_data.text), "[a|-|text/plain]");
	buf_free(&no_part.text);
	buf_free(&no_data.text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(forms_are_read_alike_however_they_are_cut),
	    cmocka_unit_test(random_forms_come_back_whole_however_they_are_cut),
	    cmocka_unit_test(random_bytes_never_read_outside),
	    cmocka_unit_test(a_long_header_is_refused),
	    cmocka_unit_test(too_many_parts_are_refused),
	    cmocka_unit_test(a_callback_may_stop_the_form),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * The page's files: what a browser's headers mean, and that the files which
 * the page names are there.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/xalloc.h"
#include "orchestrator/page_files.h"

static void
gzip_is_taken_if_it_is_named(void **state)
{
	static const struct {
		const char *accept;
		bool takes;
	} cases[] = {{NULL, false}, {"", false}, {"gzip", true}, {"GZIP", true},
	    {"br, gzip", true}, {"gzip;q=0", false}, {"gzip;q=0.000", false},
	    {"gzip; q=0.5, br", true}, {"gzipped", false}, {"identity", false},
	    {" ,,\t gzip ,", true}, {"deflate, gzip;q=1.0, *;q=0.5", true},
	    {",", false}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (page_files_takes_gzip(cases[i].accept) != cases[i].takes)
			fail_msg("%s", cases[i].accept);
	}
}

static void
a_file_is_known_by_its_tag(void **state)
{
	static const char tag[] = "\"abc\"";

	(void)state;
	assert_false(page_files_is_known(NULL, tag));
	assert_false(page_files_is_known("", tag));
	assert_false(page_files_is_known("abc", tag));
	assert_false(page_files_is_known("\"abcd\"", tag));
	assert_false(page_files_is_known("W/", tag));
	assert_true(page_files_is_known("\"abc\"", tag));
	assert_true(page_files_is_known("W/\"abc\"", tag));
	assert_true(page_files_is_known("\"x\", \"abc\"", tag));
	assert_true(page_files_is_known("*", tag));
}

static void
files_have_a_type_a_tag_and_two_forms(void **state)
{
	int n = 0;

	(void)state;
	for (const struct page_file *f = page_files_all; f->name != NULL; f++) {
		assert_ptr_equal(page_files_find(f->name), f);
		assert_true(strlen(f->type) > 0);
		assert_true(f->etag[0] == '"' && strlen(f->etag) == 34);
		/* They are not the same bytes: RFC 9110, 8.8.3.3. */
		assert_string_not_equal(f->packed_etag, f->etag);
		assert_true(f->n_bytes > 0 && f->n_packed > 0);
		/* RFC 1952 */
		assert_true(f->packed[0] == 0x1f && f->packed[1] == 0x8b);
		n++;
	}
	assert_true(n > 10);
	assert_null(page_files_find("nonsense"));
}

/* The file with an end to it; the caller frees. */
static char *
text_of(const struct page_file *f)
{
	char *text = xcalloc(f->n_bytes + 1, 1);

	memcpy(text, f->bytes, f->n_bytes);
	return text;
}

/* What stands in the file behind each lead, up to a quote, is a file. */
static int
assert_all_there(const struct page_file *f, const char *lead)
{
	char *text = text_of(f);
	int n = 0;

	for (char *p = strstr(text, lead); p != NULL; p = strstr(p, lead)) {
		char name[64];

		p += strlen(lead);
		snprintf(name, sizeof(name), "%.*s", (int)strcspn(p, "\"'"), p);
		/* It comes from elsewhere, and may not be there. */
		if (strncmp(name, "uplot", 5) != 0 &&
		    page_files_find(name) == NULL)
			fail_msg("%s names %s", f->name, name);
		n++;
	}
	free(text);
	return n;
}

static void
files_that_are_named_are_there(void **state)
{
	int n = 0;

	(void)state;
	for (const struct page_file *f = page_files_all; f->name != NULL; f++) {
		if (strncmp(f->name, "uplot", 5) == 0)
			continue;
		n += assert_all_there(f, "'./");
		n += assert_all_there(f, "\"/page/");
	}
	assert_true(n > 20);
}

/* A browser must load nothing from elsewhere, and is told so; that there is
 * nothing is seen here. */
static void
nothing_comes_from_elsewhere(void **state)
{
	(void)state;
	for (const struct page_file *f = page_files_all; f->name != NULL; f++) {
		char *text;

		if (strncmp(f->name, "uplot", 5) == 0)
			continue;
		text = text_of(f);
		assert_null(strstr(text, "https://"));
		assert_null(strstr(text, "innerHTML"));
		assert_null(strstr(text, " style=\""));
		free(text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(gzip_is_taken_if_it_is_named),
	    cmocka_unit_test(a_file_is_known_by_its_tag),
	    cmocka_unit_test(files_have_a_type_a_tag_and_two_forms),
	    cmocka_unit_test(files_that_are_named_are_there),
	    cmocka_unit_test(nothing_comes_from_elsewhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * The OpenAPI document and the codes of problems, both ways: every route
 * stands in the document and nothing else, every code that our sources answer
 * with is in the table and in docs/api.md, and no other.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <ctype.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/buf.h"
#include "common/err.h"
#include "common/xalloc.h"
#include "orchestrator/api.h"
#include "orchestrator/docs_page.h"
#include "orchestrator/openapi.h"
#include "orchestrator/problems.h"

static json_t *
document(void)
{
	struct err err;
	json_t *doc = openapi_document(&err);

	if (doc == NULL)
		fail_msg("%s", err.text);
	return doc;
}

/* -- routes ---------------------------------------------------------------- */

static json_t *
find_operation(json_t *doc, const char *method, const char *path)
{
	char lower[16] = "";

	for (size_t i = 0; method[i] != '\0' && i < sizeof(lower) - 1; i++)
		lower[i] = tolower((unsigned char)method[i]);
	return json_object_get(
	    json_object_get(json_object_get(doc, "paths"), path), lower);
}

static void
every_route_stands_in_the_document(void **state)
{
	struct http_route *routes = api_routes();
	json_t *doc = document();
	int n = 0;

	(void)state;
	for (const struct http_route *r = routes; r->method != NULL; r++, n++) {
		if (find_operation(doc, r->method, r->path) == NULL)
			print_error("no %s %s\n", r->method, r->path);
		assert_non_null(find_operation(doc, r->method, r->path));
	}
	assert_true(n > 20);
	json_decref(doc);
	free(routes);
}

static bool
has_route(const struct http_route *routes, const char *method, const char *path)
{
	for (const struct http_route *r = routes; r->method != NULL; r++) {
		if (strcasecmp(r->method, method) == 0 &&
		    strcmp(r->path, path) == 0)
			return true;
	}
	return false;
}

static void
the_document_has_no_other(void **state)
{
	struct http_route *routes = api_routes();
	json_t *doc = document(), *item, *op;
	const char *path, *method;
	int n = 0;

	(void)state;
	json_object_foreach(json_object_get(doc, "paths"), path, item)
	{
		json_object_foreach(item, method, op)
		{
			if (!has_route(routes, method, path))
				fail_msg("%s %s is no route", method, path);
			assert_true(
			    json_is_string(json_object_get(op, "operationId")));
			n++;
		}
	}
	assert_true(n > 20);
	json_decref(doc);
	free(routes);
}

/* A door's part names its own tags only, so that it can go alone. */
static void
every_operation_has_a_tag_that_is_there(void **state)
{
	json_t *doc = document(), *item, *op, *tag;
	struct buf page = {0};
	const char *path, *method;
	size_t i;

	(void)state;
	docs_page(&page, doc);
	json_object_foreach(json_object_get(doc, "paths"), path, item)
	{
		json_object_foreach(item, method, op)
		{
			const char *of = json_string_value(
			    json_array_get(json_object_get(op, "tags"), 0));
			char *anchor = xasprintf("<h3 id=\"%s\">",
			    json_string_value(
				json_object_get(op, "operationId")));
			bool found = false;

			json_array_foreach(json_object_get(doc, "tags"), i, tag)
			{
				found |=
				    strcmp(json_string_value(
					       json_object_get(tag, "name")),
					of) == 0;
			}
			if (!found)
				fail_msg("%s %s: no tag %s", method, path, of);
			assert_non_null(strstr(buf_str(&page), anchor));
			free(anchor);
		}
	}
	buf_free(&page);
	json_decref(doc);
}

/* -- codes ----------------------------------------------------------------- */

static char *
read_file(const char *path)
{
	FILE *f = fopen(path, "r");
	struct buf text = {0};
	size_t n;

	assert_non_null(f);
	do {
		n = fread(buf_reserve(&text, 65536), 1, 65536, f);
		text.len += n;
	} while (n > 0);
	fclose(f);
	return buf_take_str(&text);
}

/* The next `NNN, "code"` with a status of an error; NULL: there is none. Where
 * to go on is put into rest. */
static char *
next_code(const char *text, int *status, const char **rest)
{
	for (const char *p = text; *p != '\0'; p++) {
		const char *q = p + 3;
		size_t n;

		if ((p > text && isalnum((unsigned char)p[-1])) ||
		    (*p != '4' && *p != '5') || strspn(p, "0123456789") != 3 ||
		    *q++ != ',')
			continue;
		q += strspn(q, " \t\n");
		n = *q == '"' ? strspn(q + 1, "abcdefghijklmnopqrstuvwxyz_")
			      : 0;
		if (n == 0 || q[n + 1] != '"')
			continue;
		*status = atoi(p);
		*rest = q + n + 2;
		return xasprintf("%.*s", (int)n, q + 1);
	}
	return NULL;
}

static int
check_codes_of(const char *path, json_t *used)
{
	char *text = read_file(path), *code;
	const char *rest = text;
	int status, bad = 0;

	while ((code = next_code(rest, &status, &rest)) != NULL) {
		const struct problem *p = problems_find(code);

		if (p == NULL || p->status != status) {
			print_error("%s: %d %s\n", path, status, code);
			bad++;
		}
		json_object_set_new(used, code, json_true());
		free(code);
	}
	free(text);
	return bad;
}

static void
every_code_is_in_the_table(void **state)
{
	static const char *const patterns[] = {
	    "orchestrator/*.c", "common/http_server*.c"};
	json_t *used = json_object();
	int bad = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
		glob_t found = {0};

		assert_int_equal(glob(patterns[i], 0, NULL, &found), 0);
		for (size_t k = 0; k < found.gl_pathc; k++) {
			if (strstr(found.gl_pathv[k], "/problems.c") == NULL)
				bad += check_codes_of(found.gl_pathv[k], used);
		}
		globfree(&found);
	}
	assert_int_equal(bad, 0);
	assert_true(json_object_size(used) > 20);
	json_decref(used);
}

static void
every_code_is_documented(void **state)
{
	char *text = read_file("docs/api.md");

	(void)state;
	for (const struct problem *p = problems; p->code != NULL; p++) {
		char *row = xasprintf("| `%s` | %d |", p->code, p->status);

		if (strstr(text, row) == NULL)
			fail_msg("docs/api.md lacks \"%s\"", row);
		assert_ptr_equal(problems_find(p->code), p);
		free(row);
	}
	free(text);
}

static void
the_schema_has_every_code(void **state)
{
	json_t *doc = document();
	json_t *codes = json_object_get(
	    json_object_get(
		json_object_get(
		    json_object_get(
			json_object_get(
			    json_object_get(doc, "components"), "schemas"),
			"Problem"),
		    "properties"),
		"code"),
	    "enum");
	size_t n = 0;

	(void)state;
	for (const struct problem *p = problems; p->code != NULL; p++, n++)
		assert_string_equal(
		    json_string_value(json_array_get(codes, n)), p->code);
	assert_int_equal(json_array_size(codes), n);
	json_decref(doc);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_route_stands_in_the_document),
	    cmocka_unit_test(the_document_has_no_other),
	    cmocka_unit_test(every_operation_has_a_tag_that_is_there),
	    cmocka_unit_test(every_code_is_in_the_table),
	    cmocka_unit_test(every_code_is_documented),
	    cmocka_unit_test(the_schema_has_every_code),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

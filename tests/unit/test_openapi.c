/*
 * The OpenAPI document, both ways: every route stands in it and nothing else,
 * and whether a key is asked for; every code of a problem that our sources
 * answer with stands in it and in docs/api.md, and no other.
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
#include "orchestrator/gate.h"
#include "orchestrator/openapi.h"

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
	const struct http_route *routes = api_routes();
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
}

/* What is said of who must come with what, as the route has it: nothing, which
 * is as the whole document says, by key; an empty list, nobody; or a list that
 * has nothing, too, where the public may read. */
static bool
is_said_of(const json_t *security, unsigned roles)
{
	if (roles & GATE_PUBLIC)
		return json_array_size(security) == 3 &&
		       json_object_size(json_array_get(security, 0)) == 0;
	return (security == NULL) == (roles != 0) &&
	       json_array_size(security) == 0;
}

static void
it_is_said_where_a_key_is_asked_for(void **state)
{
	json_t *doc = document();

	(void)state;
	assert_true(json_array_size(json_object_get(doc, "security")) > 0);
	for (const struct http_route *r = api_routes(); r->method != NULL;
	     r++) {
		json_t *op = find_operation(doc, r->method, r->path);

		if (!is_said_of(json_object_get(op, "security"), r->roles))
			fail_msg("%s %s: security", r->method, r->path);
		if (r->roles != 0)
			assert_non_null(json_object_get(
			    json_object_get(op, "responses"), "401"));
	}
	json_decref(doc);
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
	const struct http_route *routes = api_routes();
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

static const char letters[] = "abcdefghijklmnopqrstuvwxyz_";

/* What stands in quotes there, the caller's to free; NULL: no such word. */
static char *
word_at(const char *text)
{
	size_t n = *text == '"' ? strspn(text + 1, letters) : 0;

	return n > 0 && text[n + 1] == '"' ? xasprintf("%.*s", (int)n, text + 1)
					   : NULL;
}

/* `NNN, "code"` with a status of an error stands there. */
static char *
code_behind_status(const char *text, int *status)
{
	if ((*text != '4' && *text != '5') || strspn(text, "0123456789") != 3 ||
	    text[3] != ',')
		return NULL;
	*status = atoi(text);
	return word_at(text + 4 + strspn(text + 4, " \t\n"));
}

/* `code = "code"` stands there; its status stands elsewhere. */
static char *
code_given(const char *text)
{
	static const char assigned[] = "code = ";
	size_t n = sizeof(assigned) - 1;

	return strncmp(text, assigned, n) == 0 ? word_at(text + n) : NULL;
}

/* The codes that a source answers with; how many of them are not as the
 * document says. */
static int
check_codes_of(const char *path, const json_t *doc)
{
	char *text = read_file(path);
	int bad = 0;

	for (const char *p = text; *p != '\0'; p++) {
		int status = 0, known;
		char *code = NULL;

		if (p == text || !isalnum((unsigned char)p[-1]))
			code = code_behind_status(p, &status);
		if (code == NULL)
			code = code_given(p);
		if (code == NULL)
			continue;
		known = json_integer_value(
		    json_object_get(openapi_problem(doc, code), "status"));
		if (known == 0 || (status != 0 && status != known)) {
			print_error("%s: %d %s\n", path, status, code);
			bad++;
		}
		free(code);
	}
	free(text);
	return bad;
}

/* Those that a handler may answer with. */
static glob_t
sources(void)
{
	glob_t found = {0};

	assert_int_equal(glob("orchestrator/*.c", 0, NULL, &found), 0);
	assert_int_equal(
	    glob("common/http_server*.c", GLOB_APPEND, NULL, &found), 0);
	assert_int_equal(
	    glob("common/http_file.c", GLOB_APPEND, NULL, &found), 0);
	return found;
}

static void
every_code_is_in_the_document(void **state)
{
	json_t *doc = document();
	glob_t found = sources();
	int bad = 0;

	(void)state;
	for (size_t i = 0; i < found.gl_pathc; i++)
		bad += check_codes_of(found.gl_pathv[i], doc);
	assert_int_equal(bad, 0);
	globfree(&found);
	json_decref(doc);
}

/* The child's words are taken from a list; silent is one of results only. */
static void
every_fault_of_media_is_in_the_document(void **state)
{
	json_t *doc = document();
	char *text = read_file("orchestrator/probe_verdict.c");
	const char *p = strstr(text, "known_faults[] = {");
	int n = 0;

	(void)state;
	assert_non_null(p);
	for (; strncmp(p, "};", 2) != 0; p++) {
		char *code = *p == '{' ? word_at(p + 1) : NULL;

		if (code == NULL)
			continue;
		if (strcmp(code, "silent") != 0 &&
		    json_integer_value(json_object_get(
			openapi_problem(doc, code), "status")) != 422)
			fail_msg("422 %s", code);
		free(code);
		n++;
	}
	assert_true(n > 5);
	free(text);
	json_decref(doc);
}

static bool
is_said(const glob_t *found, const char *word)
{
	bool is = false;

	for (size_t i = 0; i < found->gl_pathc && !is; i++) {
		char *text = read_file(found->gl_pathv[i]);

		is = strstr(text, word) != NULL;
		free(text);
	}
	return is;
}

static void
the_document_has_no_other_code(void **state)
{
	json_t *doc = document(), *problem;
	glob_t found = sources();
	const char *code;

	(void)state;
	json_object_foreach(json_object_get(doc, "x-problems"), code, problem)
	{
		char *word = xasprintf("\"%s\"", code);

		if (!is_said(&found, word))
			fail_msg("nothing answers %s", code);
		free(word);
	}
	globfree(&found);
	json_decref(doc);
}

static void
every_code_is_documented(void **state)
{
	json_t *doc = document(), *problem;
	glob_t found = {0};
	const char *code;

	(void)state;
	assert_int_equal(glob("docs/*.md", 0, NULL, &found), 0);
	json_object_foreach(json_object_get(doc, "x-problems"), code, problem)
	{
		char *row = xasprintf("| `%s` | %d |", code,
		    (int)json_integer_value(
			json_object_get(problem, "status")));

		if (!is_said(&found, row))
			fail_msg("docs lack \"%s\"", row);
		free(row);
	}
	globfree(&found);
	json_decref(doc);
}

static void
the_schema_has_every_code(void **state)
{
	json_t *doc = document(), *schema, *codes, *problem;
	const char *code;
	size_t n = 0;

	(void)state;
	assert_int_equal(json_unpack(doc, "{s:{s:{s:o}}}", "components",
			     "schemas", "Problem", &schema),
	    0);
	assert_int_equal(json_unpack(schema, "{s:{s:{s:o}}}", "properties",
			     "code", "enum", &codes),
	    0);
	json_object_foreach(json_object_get(doc, "x-problems"), code, problem)
	{
		assert_string_equal(
		    json_string_value(json_array_get(codes, n)), code);
		assert_true(
		    json_string_length(json_object_get(problem, "help")) > 0);
		n++;
	}
	assert_true(n > 20);
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
	    cmocka_unit_test(it_is_said_where_a_key_is_asked_for),
	    cmocka_unit_test(every_code_is_in_the_document),
	    cmocka_unit_test(every_fault_of_media_is_in_the_document),
	    cmocka_unit_test(the_document_has_no_other_code),
	    cmocka_unit_test(every_code_is_documented),
	    cmocka_unit_test(the_schema_has_every_code),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

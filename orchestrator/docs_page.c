/* The OpenAPI document as a page to be read. */
#include "orchestrator/docs_page.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"

static const char *const methods[] = {
    "get", "post", "put", "patch", "delete", NULL};

static const char style[] =
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem "
    "auto;padding:0 1rem;color:#1a1a1a;background:#fff}"
    "h3 code{font-size:1.1em}nav ul{columns:2;list-style:none;padding:0}"
    "table{border-collapse:collapse;width:100%}"
    "td,th{border-bottom:1px solid #ccc;padding:.3rem .6rem;text-align:left;"
    "vertical-align:top}pre{background:#f2f2f2;padding:.6rem;overflow:auto}"
    "@media(prefers-color-scheme:dark){body{color:#eee;background:#111}"
    "pre{background:#222}a{color:#8cf}td,th{border-color:#444}}";

/* -- text ------------------------------------------------------------------ */

static void
add_text(struct buf *out, const char *text)
{
	for (const char *p = text != NULL ? text : ""; *p != '\0'; p++) {
		if (*p == '<')
			buf_add_str(out, "&lt;");
		else if (*p == '>')
			buf_add_str(out, "&gt;");
		else if (*p == '&')
			buf_add_str(out, "&amp;");
		else if (*p == '"')
			buf_add_str(out, "&quot;");
		else
			buf_add_byte(out, *p);
	}
}

/* <tag>text</tag> */
static void
add_in(struct buf *out, const char *tag, const char *text)
{
	buf_printf(out, "<%s>", tag);
	add_text(out, text);
	buf_printf(out, "</%s>", tag);
}

static const char *
member(const json_t *json, const char *name)
{
	return json_string_value(json_object_get(json, name));
}

/* Of HTTP. */
static int
status_of(const json_t *problem)
{
	return (int)json_integer_value(json_object_get(problem, "status"));
}

static void
begin_page(struct buf *out, const char *title)
{
	buf_add_str(out, "<!doctype html><html lang=\"en\"><head><meta "
			 "charset=\"utf-8\"><meta name=\"viewport\" "
			 "content=\"width=device-width\">");
	add_in(out, "title", title);
	buf_printf(out, "<style>%s</style></head><body>", style);
	add_in(out, "h1", title);
}

static void
end_page(struct buf *out)
{
	buf_add_str(out, "</body></html>\n");
}

/* -- the document ---------------------------------------------------------- */

/* What "#/components/schemas/Job" names; other values are what they are. */
static const json_t *
resolve(const json_t *document, const json_t *value)
{
	const char *at = member(value, "$ref");
	const json_t *found = document;

	if (at == NULL)
		return value;
	at += strspn(at, "#/");
	while (*at != '\0' && found != NULL) {
		size_t n = strcspn(at, "/");

		found = json_object_getn(found, at, n);
		at += n + (at[n] == '/');
	}
	return found;
}

static void
add_json(struct buf *out, const char *title, const json_t *json)
{
	char *text = json_dumps(json, JSON_INDENT(2));

	buf_add_str(out, "<details><summary>");
	add_text(out, title);
	buf_add_str(out, "</summary>");
	add_in(out, "pre", text);
	buf_add_str(out, "</details>");
	free(text);
}

/* {"application/json": {"schema": ...}, ...} */
static void
add_content(struct buf *out, const json_t *document, const json_t *content)
{
	const char *type;
	json_t *media;

	json_object_foreach((json_t *)content, type, media)
	{
		add_json(out, type,
		    resolve(document, json_object_get(media, "schema")));
	}
}

static void
add_parameters(struct buf *out, const json_t *document, const json_t *list)
{
	json_t *entry;
	size_t i;

	if (json_array_size(list) == 0)
		return;
	buf_add_str(
	    out, "<table><tr><th>parameter</th><th>in</th><th>what</th></tr>");
	json_array_foreach(list, i, entry)
	{
		const json_t *p = resolve(document, entry);

		buf_add_str(out, "<tr><td>");
		add_in(out, "code", member(p, "name"));
		buf_add_str(out, "</td>");
		add_in(out, "td", member(p, "in"));
		add_in(out, "td", member(p, "description"));
		buf_add_str(out, "</tr>");
	}
	buf_add_str(out, "</table>");
}

static void
add_responses(struct buf *out, const json_t *document, const json_t *responses)
{
	const char *status;
	json_t *entry;

	buf_add_str(out, "<table><tr><th>answer</th><th>what</th></tr>");
	json_object_foreach((json_t *)responses, status, entry)
	{
		const json_t *r = resolve(document, entry);

		buf_add_str(out, "<tr>");
		add_in(out, "td", status);
		buf_add_str(out, "<td>");
		add_text(out, member(r, "description"));
		add_content(out, document, json_object_get(r, "content"));
		buf_add_str(out, "</td></tr>");
	}
	buf_add_str(out, "</table>");
}

static void
add_operation(struct buf *out, const json_t *document, const char *method,
    const char *path, const json_t *op)
{
	const json_t *body = json_object_get(op, "requestBody");

	buf_add_str(out, "<section><h3 id=\"");
	add_text(out, member(op, "operationId"));
	buf_add_str(out, "\"><code>");
	for (const char *p = method; *p != '\0'; p++)
		buf_add_byte(out, *p - 'a' + 'A');
	buf_add_byte(out, ' ');
	add_text(out, path);
	buf_add_str(out, "</code></h3>");
	add_in(out, "p", member(op, "summary"));
	if (member(op, "description") != NULL)
		add_in(out, "p", member(op, "description"));
	add_parameters(out, document, json_object_get(op, "parameters"));
	if (body != NULL) {
		buf_add_str(out, "<p>Body:</p>");
		add_content(out, document, json_object_get(body, "content"));
	}
	add_responses(out, document, json_object_get(op, "responses"));
	buf_add_str(out, "</section>");
}

/* The operations of a tag; as a list of links only, or whole. */
static void
add_tag(struct buf *out, const json_t *document, const char *tag, bool is_list)
{
	const char *path;
	json_t *item;

	json_object_foreach(json_object_get(document, "paths"), path, item)
	{
		for (int i = 0; methods[i] != NULL; i++) {
			const json_t *op = json_object_get(item, methods[i]);
			const char *of = json_string_value(
			    json_array_get(json_object_get(op, "tags"), 0));

			if (of == NULL || strcmp(of, tag) != 0)
				continue;
			if (!is_list) {
				add_operation(
				    out, document, methods[i], path, op);
				continue;
			}
			buf_add_str(out, "<li><a href=\"#");
			add_text(out, member(op, "operationId"));
			buf_add_str(out, "\">");
			add_text(out, member(op, "summary"));
			buf_add_str(out, "</a></li>");
		}
	}
}

static void
add_codes(struct buf *out, const json_t *problems)
{
	const char *code;
	json_t *problem;

	buf_add_str(out, "<h2 id=\"errors\">Errors</h2><table><tr><th>code</th>"
			 "<th>status</th><th>when</th></tr>");
	json_object_foreach((json_t *)problems, code, problem)
	{
		buf_printf(out, "<tr><td><code>%s</code></td><td>%d</td>", code,
		    status_of(problem));
		add_in(out, "td", member(problem, "help"));
		buf_add_str(out, "</tr>");
	}
	buf_add_str(out, "</table>");
}

void
docs_page(struct buf *out, const json_t *document)
{
	const json_t *info = json_object_get(document, "info");
	const json_t *tags = json_object_get(document, "tags");
	json_t *tag;
	size_t i;

	begin_page(out, member(info, "title"));
	add_in(out, "p", member(info, "description"));
	buf_add_str(out, "<p><a href=\"/openapi.json\">openapi.json</a>, "
			 "<a href=\"#errors\">errors</a></p><nav><ul>");
	json_array_foreach(tags, i, tag)
	{
		add_tag(out, document, member(tag, "name"), true);
	}
	buf_add_str(out, "</ul></nav>");
	json_array_foreach(tags, i, tag)
	{
		add_in(out, "h2", member(tag, "name"));
		add_in(out, "p", member(tag, "description"));
		add_tag(out, document, member(tag, "name"), false);
	}
	add_codes(out, json_object_get(document, "x-problems"));
	end_page(out);
}

void
docs_problem_page(struct buf *out, const char *code, const json_t *problem)
{
	begin_page(out, code);
	buf_printf(out, "<p>%d: ", status_of(problem));
	add_text(out, member(problem, "help"));
	buf_add_str(out, "</p><p><a href=\"/docs#errors\">all errors</a></p>");
	end_page(out);
}

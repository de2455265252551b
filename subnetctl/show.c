/* Results as people and programs want them. */
#include "subnetctl/show.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/xalloc.h"

/* PostgreSQL's numbers of the types that are not just text. */
enum {
	TYPE_BOOL = 16,
	TYPE_INT8 = 20,
	TYPE_INT2 = 21,
	TYPE_INT4 = 23,
	TYPE_JSON = 114,
	TYPE_FLOAT4 = 700,
	TYPE_FLOAT8 = 701,
	TYPE_TIME = 1184,
	TYPE_JSONB = 3802,
};

enum { MAX_COLUMNS = 32, MAX_CELL = 66 }; /* a hash fits */

json_t *
show_text(const char *text)
{
	json_t *json = json_string(text);
	char *ascii;

	if (json != NULL)
		return json;
	ascii = xstrdup(text);
	for (char *p = ascii; *p != '\0'; p++) {
		if (*p & 0x80)
			*p = '?';
	}
	json = json_string(ascii);
	free(ascii);
	return json;
}

static bool
is_real(const PGresult *res, int column)
{
	Oid type = PQftype(res, column);

	return type == TYPE_FLOAT4 || type == TYPE_FLOAT8;
}

static bool
is_number(const PGresult *res, int column)
{
	Oid type = PQftype(res, column);

	return type == TYPE_INT8 || type == TYPE_INT2 || type == TYPE_INT4 ||
	       is_real(res, column);
}

/* "2026-01-02 03:04:05.678+00" as RFC 3339 writes it. */
static char *
time_text(const char *text)
{
	char *copy = xstrdup(text);
	char *space = strchr(copy, ' ');
	size_t len = strlen(copy);

	if (space != NULL)
		*space = 'T';
	if (len > 3 && strcmp(copy + len - 3, "+00") == 0)
		strncpy(copy + len - 3, "Z", 3);
	return copy;
}

static json_t *
cell_json(const PGresult *res, int row, int column)
{
	const char *text = PQgetvalue(res, row, column);
	json_t *value;
	char *time;

	if (PQgetisnull(res, row, column))
		return json_null();
	switch (PQftype(res, column)) {
	case TYPE_BOOL:
		return json_boolean(text[0] == 't');
	case TYPE_JSON:
	case TYPE_JSONB:
		value = json_loads(text, JSON_DECODE_ANY, NULL);
		return value != NULL ? value : json_null();
	case TYPE_TIME:
		time = time_text(text);
		value = json_string(time);
		free(time);
		return value;
	default:
		break;
	}
	if (is_real(res, column)) {
		value = json_real(strtod(text, NULL)); /* not of NaN */
		return value != NULL ? value : json_null();
	}
	if (is_number(res, column))
		return json_integer(strtoll(text, NULL, 10));
	return show_text(text);
}

json_t *
show_row(const PGresult *res, int row)
{
	json_t *object = json_object();

	for (int i = 0; i < PQnfields(res); i++)
		json_object_set_new(
		    object, PQfname(res, i), cell_json(res, row, i));
	return object;
}

json_t *
show_rows(const PGresult *res)
{
	json_t *array = json_array();

	for (int i = 0; i < PQntuples(res); i++)
		json_array_append_new(array, show_row(res, i));
	return array;
}

void
show_json(json_t *json)
{
	json_dumpf(json, stdout, JSON_INDENT(2) | JSON_ENCODE_ANY);
	putchar('\n');
	json_decref(json);
}

/* -- for people --------------------------------------------------------- */

/* The caller frees. */
static char *
cell_text(const PGresult *res, int row, int column)
{
	const char *text = PQgetvalue(res, row, column);

	if (PQgetisnull(res, row, column))
		return xstrdup("-");
	if (PQftype(res, column) == TYPE_BOOL)
		return xstrdup(text[0] == 't' ? "yes" : "no");
	if (PQftype(res, column) == TYPE_TIME)
		return time_text(text);
	if (is_real(res, column))
		return xasprintf("%.5g", strtod(text, NULL));
	if (strlen(text) > MAX_CELL)
		return xasprintf("%.*s...", MAX_CELL - 3, text);
	return xstrdup(text);
}

static void
measure(const PGresult *res, int widths[MAX_COLUMNS])
{
	for (int i = 0; i < PQnfields(res) && i < MAX_COLUMNS; i++) {
		widths[i] = strlen(PQfname(res, i));
		for (int row = 0; row < PQntuples(res); row++) {
			char *text = cell_text(res, row, i);
			int len = strlen(text);

			if (len > widths[i])
				widths[i] = len;
			free(text);
		}
	}
}

static void
print_cell(const PGresult *res, int column, int width, const char *text)
{
	bool last = column == PQnfields(res) - 1;

	if (column > 0)
		printf("  ");
	if (is_number(res, column))
		printf("%*s", width, text);
	else
		printf("%-*s", last ? 0 : width, text);
}

void
show_table(const PGresult *res)
{
	int widths[MAX_COLUMNS];

	if (PQntuples(res) == 0) {
		puts("none");
		return;
	}
	measure(res, widths);
	for (int i = 0; i < PQnfields(res) && i < MAX_COLUMNS; i++)
		print_cell(res, i, widths[i], PQfname(res, i));
	putchar('\n');
	for (int row = 0; row < PQntuples(res); row++) {
		for (int i = 0; i < PQnfields(res) && i < MAX_COLUMNS; i++) {
			char *text = cell_text(res, row, i);

			print_cell(res, i, widths[i], text);
			free(text);
		}
		putchar('\n');
	}
}

void
show_pairs(const PGresult *res, int row)
{
	for (int i = 0; i < PQnfields(res); i++) {
		char *text;

		if (PQgetisnull(res, row, i))
			continue;
		text = cell_text(res, row, i);
		printf("%-16s %s\n", PQfname(res, i), text);
		free(text);
	}
}

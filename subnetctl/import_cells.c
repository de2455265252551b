/* Lines of a PostgreSQL dump and of a CSV file. */
#include "subnetctl/import_cells.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "common/buf.h"
#include "common/err.h"

/* Cells, one behind the other, put under the names of the columns. */
struct cells {
	const json_t *columns; /* NULL: a list of the cells is wanted */
	json_t *all;
	size_t n;
	bool is_bad; /* no UTF-8 */
};

static void
cells_init(struct cells *c, const json_t *columns)
{
	*c = (struct cells){
	    .columns = columns,
	    .all = columns != NULL ? json_object() : json_array(),
	};
}

static void
cells_add(struct cells *c, const struct buf *text, bool is_null)
{
	const char *name;
	json_t *value;

	/* A NUL is no letter of any text of PostgreSQL's. */
	if (is_null)
		value = json_null();
	else if (text->len > 0 && memchr(text->data, '\0', text->len) != NULL)
		value = NULL;
	else
		value = json_stringn(
		    text->len > 0 ? (const char *)text->data : "", text->len);
	c->is_bad = c->is_bad || value == NULL;
	name = json_string_value(json_array_get(c->columns, c->n++));
	if (value == NULL)
		return;
	if (c->columns == NULL)
		json_array_append_new(c->all, value);
	else if (name != NULL)
		json_object_set_new(c->all, name, value);
	else
		json_decref(value);
}

static json_t *
cells_end(struct cells *c, struct err *err)
{
	size_t want = c->columns != NULL ? json_array_size(c->columns) : c->n;

	if (!c->is_bad && c->n == want && c->n <= IMPORT_MAX_COLUMNS)
		return c->all;
	json_decref(c->all);
	if (c->is_bad)
		err_set(err, "it is no UTF-8");
	else
		err_set(err, "it has %zu cells, and there are %zu columns",
		    c->n, c->n == want ? IMPORT_MAX_COLUMNS : want);
	return NULL;
}

/* -- dumps --------------------------------------------------------------- */

/* A name, quoted or not, from *at up to what ends it. */
static bool
take_name(const char **at, const char *end, char out[IMPORT_MAX_NAME])
{
	bool is_quoted = *at < end && **at == '"';
	size_t n = 0;

	*at += is_quoted;
	for (; *at < end; (*at)++) {
		char c = **at;

		if (is_quoted ? c == '"' : strchr(" .,()\";", c) != NULL)
			break;
		if (n + 1 == IMPORT_MAX_NAME)
			return false;
		out[n++] = c;
	}
	out[n] = '\0';
	if (is_quoted && *at < end)
		(*at)++;
	return n > 0;
}

static bool
take_word(const char **at, const char *end, const char *word)
{
	size_t len = strlen(word);

	if ((size_t)(end - *at) < len || memcmp(*at, word, len) != 0)
		return false;
	*at += len;
	return true;
}

static json_t *
take_columns(const char **at, const char *end)
{
	json_t *columns = json_array();
	char name[IMPORT_MAX_NAME];

	while (json_array_size(columns) < IMPORT_MAX_COLUMNS &&
	       take_name(at, end, name) &&
	       json_array_append_new(columns, json_string(name)) == 0) {
		if (take_word(at, end, ") FROM stdin;"))
			return columns;
		if (!take_word(at, end, ", "))
			break;
	}
	json_decref(columns);
	return NULL;
}

json_t *
import_copy_head(const char *line, size_t len, char table[IMPORT_MAX_NAME])
{
	const char *at = line, *end = line + len;

	if (!take_word(&at, end, "COPY ") || !take_name(&at, end, table))
		return NULL;
	if (take_word(&at, end, ".") && !take_name(&at, end, table))
		return NULL;
	if (!take_word(&at, end, " ("))
		return NULL;
	return take_columns(&at, end);
}

static int
digit_of(char c, int base)
{
	int value = c >= '0' && c <= '9'   ? c - '0'
		    : c >= 'a' && c <= 'f' ? c - 'a' + 10
		    : c >= 'A' && c <= 'F' ? c - 'A' + 10
					   : base;

	return value < base ? value : -1;
}

/* Up to so many digits of that base. */
static void
add_code(struct buf *out, const char **at, const char *end, int base, int most)
{
	int value = 0;

	for (int i = 0; i < most && *at < end && digit_of(**at, base) >= 0;
	     i++, (*at)++)
		value = value * base + digit_of(**at, base);
	buf_add_byte(out, (uint8_t)value);
}

/* What stands behind a backslash, which is left. */
static void
add_escaped(struct buf *out, const char **at, const char *end)
{
	static const char from[] = "bfnrtv", to[] = "\b\f\n\r\t\v";
	const char *known;
	char c = **at;

	if (digit_of(c, 8) >= 0) {
		add_code(out, at, end, 8, 3);
		return;
	}
	if (c == 'x' && *at + 1 < end && digit_of((*at)[1], 16) >= 0) {
		(*at)++;
		add_code(out, at, end, 16, 2);
		return;
	}
	known = c != '\0' ? strchr(from, c) : NULL;
	buf_add_byte(out, (uint8_t)(known != NULL ? to[known - from] : c));
	(*at)++;
}

json_t *
import_copy_line(
    const json_t *columns, const char *line, size_t len, struct err *err)
{
	const char *at = line, *end = line + len;
	struct buf text = {0};
	struct cells cells;

	cells_init(&cells, columns);
	for (bool more = true; more;) {
		const char *from = at;
		bool is_null;

		buf_reset(&text);
		while (at < end && *at != '\t') {
			if (*at == '\\' && at + 1 < end) {
				at++;
				add_escaped(&text, &at, end);
				continue;
			}
			buf_add_byte(&text, (uint8_t)*at++);
		}
		is_null = at - from == 2 && from[0] == '\\' && from[1] == 'N';
		cells_add(&cells, &text, is_null);
		more = at < end;
		at += more;
	}
	buf_free(&text);
	return cells_end(&cells, err);
}

/* -- CSV ----------------------------------------------------------------- */

bool
import_csv_is_whole(const char *line, size_t len)
{
	size_t quotes = 0;

	for (size_t i = 0; i < len; i++)
		quotes += line[i] == '"';
	return quotes % 2 == 0;
}

static json_t *
csv_cells(const json_t *columns, const char *line, size_t len, struct err *err)
{
	const char *at = line, *end = line + len;
	struct buf text = {0};
	struct cells cells;

	cells_init(&cells, columns);
	for (bool more = true; more;) {
		bool is_quoted = false, was_quoted = false;

		buf_reset(&text);
		for (; at < end && (is_quoted || *at != ','); at++) {
			if (*at != '"') {
				buf_add_byte(&text, (uint8_t)*at);
			} else if (is_quoted && at + 1 < end && at[1] == '"') {
				buf_add_byte(&text, '"');
				at++;
			} else {
				is_quoted = !is_quoted;
				was_quoted = true;
			}
		}
		cells_add(&cells, &text, text.len == 0 && !was_quoted);
		more = at < end;
		at += more;
	}
	buf_free(&text);
	return cells_end(&cells, err);
}

json_t *
import_csv_line(
    const json_t *columns, const char *line, size_t len, struct err *err)
{
	return csv_cells(columns, line, len, err);
}

json_t *
import_csv_head(const char *line, size_t len, struct err *err)
{
	json_t *columns = csv_cells(NULL, line, len, err);

	if (columns == NULL)
		return NULL;
	for (size_t i = 0; i < json_array_size(columns); i++) {
		if (json_is_string(json_array_get(columns, i)))
			continue;
		json_decref(columns);
		err_set(err, "column %zu of the header has no name", i + 1);
		return NULL;
	}
	return columns;
}

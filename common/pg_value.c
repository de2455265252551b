/* Cells of results and texts of parameters. */
#include "common/pg.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/buf.h"

static bool
is_named(const PGresult *res, int column, const char *name)
{
	const char *other = PQfname(res, column);

	return other[0] == name[0] && strcmp(other, name) == 0;
}

/* Without what PQfnumber does about upper case, at each call. */
static int
column_of(const PGresult *res, const char *name)
{
	int column = PQnfields(res) - 1;

	while (column >= 0 && !is_named(res, column, name))
		column--;
	assert(column >= 0);
	return column;
}

const char *
pg_text(const PGresult *res, int row, const char *column)
{
	return PQgetvalue(res, row, column_of(res, column));
}

bool
pg_is_null(const PGresult *res, int row, const char *column)
{
	return PQgetisnull(res, row, column_of(res, column));
}

int64_t
pg_int(const PGresult *res, int row, const char *column)
{
	return strtoll(pg_text(res, row, column), NULL, 10);
}

double
pg_real(const PGresult *res, int row, const char *column)
{
	if (pg_is_null(res, row, column))
		return NAN;
	return strtod(pg_text(res, row, column), NULL);
}

bool
pg_bool(const PGresult *res, int row, const char *column)
{
	return pg_text(res, row, column)[0] == 't';
}

static char *
next_text(struct pg_params *p)
{
	assert(p->n < PG_MAX_PARAMS);
	return p->text[p->n];
}

void
pg_add_text(struct pg_params *p, const char *text)
{
	assert(p->n < PG_MAX_PARAMS);
	p->values[p->n++] = text;
}

void
pg_add_int(struct pg_params *p, int64_t v)
{
	char *text = next_text(p);

	snprintf(text, sizeof(p->text[0]), "%" PRId64, v);
	pg_add_text(p, text);
}

void
pg_add_real(struct pg_params *p, double v)
{
	char *text = next_text(p);

	snprintf(text, sizeof(p->text[0]), "%.17g", v);
	pg_add_text(p, isnan(v) ? NULL : text);
}

void
pg_add_bool(struct pg_params *p, bool v)
{
	pg_add_text(p, v ? "t" : "f");
}

void
pg_add_us(struct pg_params *p, int64_t wall_us)
{
	char *text = next_text(p);
	time_t s = wall_us / 1000000;
	struct tm tm;
	size_t len;

	gmtime_r(&s, &tm);
	len = strftime(text, sizeof(p->text[0]), "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(text + len, sizeof(p->text[0]) - len, ".%06dZ",
	    (int)(wall_us % 1000000));
	pg_add_text(p, wall_us == 0 ? NULL : text);
}

/* As array_in reads it: in quotes, but for null. */
void
pg_add_element(struct buf *out, const char *text)
{
	size_t plain;

	if (text == NULL) {
		buf_add_str(out, "NULL");
		return;
	}
	buf_add_byte(out, '"');
	while ((plain = strcspn(text, "\"\\")), text[plain] != '\0') {
		buf_add(out, text, plain);
		buf_add_byte(out, '\\');
		buf_add_byte(out, text[plain]);
		text += plain + 1;
	}
	buf_add(out, text, plain);
	buf_add_byte(out, '"');
}

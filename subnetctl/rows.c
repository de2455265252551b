/* Rows that no query gave. */
#include "subnetctl/rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/xalloc.h"

PGresult *
rows_new(const struct rows_column *columns, int n)
{
	PGresult *res = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
	PGresAttDesc *attributes = xcalloc((size_t)n, sizeof(*attributes));

	for (int i = 0; i < n; i++) {
		attributes[i].name = (char *)columns[i].name;
		attributes[i].typid = columns[i].type;
	}
	if (res == NULL || !PQsetResultAttrs(res, n, attributes))
		abort(); /* out of memory, as xcalloc */
	free(attributes);
	return res;
}

void
rows_text(PGresult *res, int row, int column, const char *text)
{
	if (!PQsetvalue(res, row, column, (char *)text,
		text != NULL ? (int)strlen(text) : -1))
		abort();
}

void
rows_int(PGresult *res, int row, int column, long long value)
{
	char text[24];

	snprintf(text, sizeof(text), "%lld", value);
	rows_text(res, row, column, text);
}

void
rows_real(PGresult *res, int row, int column, double value)
{
	char text[40];

	snprintf(text, sizeof(text), "%.6g", value);
	rows_text(res, row, column, text);
}

void
rows_bool(PGresult *res, int row, int column, bool value)
{
	rows_text(res, row, column, value ? "t" : "f");
}

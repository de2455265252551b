/*
 * Rows that no query gave: computed here, shown as those are.
 */
#ifndef SUBNETCTL_ROWS_H
#define SUBNETCTL_ROWS_H

#include <libpq-fe.h>
#include <stdbool.h>

/* PostgreSQL's numbers of them. */
enum rows_type {
	ROWS_BOOL = 16,
	ROWS_INT = 20,
	ROWS_TEXT = 25,
	ROWS_REAL = 701,
};

struct rows_column {
	const char *name;
	enum rows_type type;
};

/* The caller's to PQclear. */
PGresult *rows_new(const struct rows_column *, int n);
/* A cell; rows are begun in their order. NULL is null. */
void rows_text(PGresult *, int row, int column, const char *);
void rows_int(PGresult *, int row, int column, long long);
void rows_real(PGresult *, int row, int column, double);
void rows_bool(PGresult *, int row, int column, bool);

#endif

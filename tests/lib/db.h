/*
 * PostgreSQL for tests: synchronous, one connection, connected again by
 * itself when the server was away. Failures are said on stderr.
 */
#ifndef TESTS_DB_H
#define TESTS_DB_H

#include <libpq-fe.h>
#include <stdint.h>

struct db;

enum { DB_WAIT_MS = 30000 }; /* the deadline where a call is given 0 */
#define DB_NONE INT64_MIN    /* no row, null, or an error */

struct db *db_open(const char *conninfo); /* NULL if it cannot */
void db_close(struct db *);		  /* NULL is fine */

/* SQL made as by printf: for tests only, on values of their own. */
int db_exec(struct db *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* The first row's first column. */
int64_t db_int(struct db *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
double db_real(struct db *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3))); /* NaN */
/* The caller frees; NULL. */
char *db_text(struct db *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* The whole result, the caller's to PQclear; NULL on an error. */
PGresult *db_rows(struct db *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Ask again until the answer is as expected. -1, having said what it was
 * last, when the time is up. */
int db_wait_int(struct db *, int64_t expected, int timeout_ms, const char *fmt,
    ...) __attribute__((format(printf, 4, 5)));

#endif

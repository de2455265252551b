/*
 * PostgreSQL for subnetctl: synchronous, one statement at a time. Statements
 * are the constants of sql.h.
 */
#ifndef SUBNETCTL_DB_H
#define SUBNETCTL_DB_H

#include <libpq-fe.h>
#include <stddef.h>
#include <stdint.h>

struct err;

/* Times come in UTC; a server that does not answer is given up after 5 s. */
PGconn *db_connect(const char *conninfo, struct err *);

/* params are texts, NULL for null. The caller's to PQclear; NULL. */
PGresult *db_query(PGconn *, const char *sql, size_t n_params,
    const char *const *params, struct err *);

/* The same; but a server that is silent until then (mono) is given up, and the
 * connection is of no use any more. */
PGresult *db_query_until(PGconn *, int64_t until_us, const char *sql,
    size_t n_params, const char *const *params, struct err *);

/* Several statements in one text, without parameters. 0, or -1. */
int db_run(PGconn *, const char *sql, struct err *);

#endif

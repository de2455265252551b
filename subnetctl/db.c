/* PostgreSQL for subnetctl. */
#include "subnetctl/db.h"

#include <string.h>

#include "common/err.h"

static int
set_err(PGconn *conn, const char *what, struct err *err)
{
	const char *text = PQerrorMessage(conn);
	size_t len = strlen(text);

	while (len > 0 && text[len - 1] == '\n')
		len--;
	return err_set(err, "%s: %.*s", what, (int)len, text);
}

static void
ignore_notice(void *arg, const PGresult *res)
{
	(void)arg;
	(void)res;
}

PGconn *
db_connect(const char *conninfo, struct err *err)
{
	/* What conninfo says itself comes later, and wins. */
	static const char *const names[] = {"connect_timeout",
	    "fallback_application_name", "options", "dbname", NULL};
	const char *const values[] = {"5", "subnetctl",
	    "-c timezone=UTC -c datestyle=ISO", conninfo, NULL};
	PGconn *conn = PQconnectdbParams(names, values, 1);

	if (PQstatus(conn) == CONNECTION_OK) {
		PQsetNoticeReceiver(conn, ignore_notice, NULL);
		return conn;
	}
	set_err(conn, "no connection to PostgreSQL", err);
	PQfinish(conn);
	return NULL;
}

static PGresult *
checked(PGconn *conn, PGresult *res, struct err *err)
{
	ExecStatusType status = PQresultStatus(res);

	if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK)
		return res;
	PQclear(res);
	set_err(conn, "PostgreSQL", err);
	return NULL;
}

PGresult *
db_query(PGconn *conn, const char *sql, size_t n_params,
    const char *const *params, struct err *err)
{
	return checked(conn,
	    PQexecParams(conn, sql, n_params, NULL, params, NULL, NULL, 0),
	    err);
}

int
db_run(PGconn *conn, const char *sql, struct err *err)
{
	PGresult *res = checked(conn, PQexec(conn, sql), err);

	PQclear(res);
	return res != NULL ? 0 : -1;
}

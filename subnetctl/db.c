/* PostgreSQL for subnetctl. */
#include "subnetctl/db.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <string.h>

#include "common/clock.h"
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
	set_err(conn, "no connection to PostgreSQL (db.url)", err);
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

/* Does it name a table, column, function or type that is not there? Our
 * statements name what this version's schema has. */
static bool
is_of_another_schema(const PGresult *res)
{
	static const char *const states[] = {
	    "42P01", "42703", "42883", "42704"};
	const char *state = PQresultErrorField(res, PG_DIAG_SQLSTATE);

	for (size_t i = 0; state != NULL && i < 4; i++) {
		if (strcmp(state, states[i]) == 0)
			return true;
	}
	return false;
}

static PGresult *
answered(PGconn *conn, PGresult *res, struct err *err)
{
	if (!is_of_another_schema(res))
		return checked(conn, res, err);
	err_set(err,
	    "PostgreSQL: %s: the schema is not this program's; run: subnetctl "
	    "migrate",
	    PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY));
	PQclear(res);
	return NULL;
}

PGresult *
db_query(PGconn *conn, const char *sql, size_t n_params,
    const char *const *params, struct err *err)
{
	return answered(conn,
	    PQexecParams(conn, sql, n_params, NULL, params, NULL, NULL, 0),
	    err);
}

/* Can PQgetResult() be called without being held up? What is wrong with the
 * connection it says itself. */
static bool
await(PGconn *conn, int64_t until_us)
{
	while (PQisBusy(conn)) {
		struct pollfd p = {PQsocket(conn), POLLIN, 0};
		int64_t left_us = until_us - clock_mono_us();

		if (left_us <= 0 ||
		    (poll(&p, 1, (int)(left_us / 1000) + 1) < 0 &&
			errno != EINTR))
			return false;
		if (p.revents != 0 && PQconsumeInput(conn) == 0)
			return true;
	}
	return true;
}

PGresult *
db_query_until(PGconn *conn, int64_t until_us, const char *sql, size_t n_params,
    const char *const *params, struct err *err)
{
	PGresult *res = NULL, *next;

	if (PQsendQueryParams(
		conn, sql, (int)n_params, NULL, params, NULL, NULL, 0) == 0)
		return checked(conn, NULL, err);
	while (await(conn, until_us)) {
		next = PQgetResult(conn);
		if (next == NULL)
			return answered(conn, res, err);
		PQclear(res);
		res = next;
	}
	PQclear(res);
	err_set(err, "PostgreSQL has not answered in time");
	return NULL;
}

int
db_run(PGconn *conn, const char *sql, struct err *err)
{
	PGresult *res = checked(conn, PQexec(conn, sql), err);

	PQclear(res);
	return res != NULL ? 0 : -1;
}

/* PostgreSQL for tests. */
#include "tests/lib/db.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/clock.h"
#include "common/xalloc.h"

struct db {
	PGconn *conn;
};

enum { LOOK_AGAIN_MS = 20 };

static void
ignore_notice(void *arg, const PGresult *res)
{
	(void)arg;
	(void)res;
}

struct db *
db_open(const char *conninfo)
{
	struct db *db = xcalloc(1, sizeof(*db));

	db->conn = PQconnectdb(conninfo);
	PQsetNoticeReceiver(db->conn, ignore_notice, NULL);
	if (PQstatus(db->conn) == CONNECTION_OK)
		return db;
	fprintf(stderr, "db: %s", PQerrorMessage(db->conn));
	db_close(db);
	return NULL;
}

void
db_close(struct db *db)
{
	if (db == NULL)
		return;
	PQfinish(db->conn);
	free(db);
}

/* Is the connection gone, or just being told that it goes? */
static bool
is_gone(const PGconn *conn, const PGresult *res)
{
	const char *state = PQresultErrorField(res, PG_DIAG_SQLSTATE);

	if (PQstatus(conn) == CONNECTION_BAD)
		return true;
	return PQresultStatus(res) == PGRES_FATAL_ERROR &&
	       (state == NULL || strncmp(state, "57P0", 4) == 0);
}

/* A server that was restarted fails the first statement on the old
 * connection; every statement here may be sent again but a db_exec. */
static PGresult *
ask(struct db *db, const char *sql, bool is_repeatable)
{
	PGresult *res = PQexec(db->conn, sql);

	if (is_gone(db->conn, res)) {
		PQreset(db->conn);
		if (is_repeatable) {
			PQclear(res);
			res = PQexec(db->conn, sql);
		}
	}
	if (PQresultStatus(res) == PGRES_TUPLES_OK ||
	    PQresultStatus(res) == PGRES_COMMAND_OK)
		return res;
	fprintf(stderr, "db: %s in: %s\n", PQerrorMessage(db->conn), sql);
	PQclear(res);
	return NULL;
}

static char *
format(const char *fmt, va_list ap)
{
	char *sql = NULL;

	if (vasprintf(&sql, fmt, ap) < 0)
		abort();
	return sql;
}

static PGresult *
ask_format(struct db *db, bool is_repeatable, const char *fmt, va_list ap)
{
	char *sql = format(fmt, ap);
	PGresult *res = ask(db, sql, is_repeatable);

	free(sql);
	return res;
}

int
db_exec(struct db *db, const char *fmt, ...)
{
	PGresult *res;
	va_list ap;

	va_start(ap, fmt);
	res = ask_format(db, false, fmt, ap);
	va_end(ap);
	PQclear(res);
	return res != NULL ? 0 : -1;
}

PGresult *
db_rows(struct db *db, const char *fmt, ...)
{
	PGresult *res;
	va_list ap;

	va_start(ap, fmt);
	res = ask_format(db, true, fmt, ap);
	va_end(ap);
	return res;
}

/* The first cell's text, and the result is done with. */
static char *
take_cell(PGresult *res)
{
	char *text = NULL;

	if (res != NULL && PQntuples(res) > 0 && !PQgetisnull(res, 0, 0))
		text = xstrdup(PQgetvalue(res, 0, 0));
	PQclear(res);
	return text;
}

static int64_t
take_int(PGresult *res)
{
	char *text = take_cell(res);
	int64_t value = text != NULL ? strtoll(text, NULL, 10) : DB_NONE;

	free(text);
	return value;
}

int64_t
db_int(struct db *db, const char *fmt, ...)
{
	int64_t value;
	va_list ap;

	va_start(ap, fmt);
	value = take_int(ask_format(db, true, fmt, ap));
	va_end(ap);
	return value;
}

double
db_real(struct db *db, const char *fmt, ...)
{
	char *text;
	double value;
	va_list ap;

	va_start(ap, fmt);
	text = take_cell(ask_format(db, true, fmt, ap));
	va_end(ap);
	value = text != NULL ? strtod(text, NULL) : NAN;
	free(text);
	return value;
}

char *
db_text(struct db *db, const char *fmt, ...)
{
	char *text;
	va_list ap;

	va_start(ap, fmt);
	text = take_cell(ask_format(db, true, fmt, ap));
	va_end(ap);
	return text;
}

int
db_wait_int(
    struct db *db, int64_t expected, int timeout_ms, const char *fmt, ...)
{
	int64_t until = clock_mono_us() +
			(timeout_ms > 0 ? timeout_ms : DB_WAIT_MS) * 1000LL;
	struct timespec nap = {0, LOOK_AGAIN_MS * 1000000L};
	int64_t value;
	char *sql;
	va_list ap;

	va_start(ap, fmt);
	sql = format(fmt, ap);
	va_end(ap);
	for (;;) {
		value = take_int(ask(db, sql, true));
		if (value == expected || clock_mono_us() > until)
			break;
		nanosleep(&nap, NULL);
	}
	if (value != expected)
		fprintf(stderr, "db: %" PRId64 ", not %" PRId64 ", from: %s\n",
		    value, expected, sql);
	free(sql);
	return value == expected ? 0 : -1;
}

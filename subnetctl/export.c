/*
 * subnetctl export: one scoring round with everything that went into it and
 * what came of it, as text on stdout. docs/replay.md describes it.
 */
#include <stdio.h>
#include <string.h>

#include "common/buf.h"
#include "common/config.h"
#include "common/err.h"
#include "common/pg.h"
#include "scorer/run.h"
#include "scorer/run_text.h"
#include "sql.h"
#include "subnetctl/ctl.h"
#include "subnetctl/db.h"
#include "subnetctl/rounds.h"

static int
add_weights(PGconn *conn, const char *vector, struct buf *out, struct err *err)
{
	const char *const params[] = {vector};
	PGresult *res = db_query(conn, sql_ctl_export_weights, 1, params, err);

	if (res == NULL)
		return -1;
	buf_printf(out, "weights %d\n", PQntuples(res));
	for (int i = 0; i < PQntuples(res); i++) {
		buf_printf(out, "%s %s ", pg_text(res, i, "hotkey"),
		    pg_text(res, i, "uid"));
		run_text_real(out, pg_real(res, i, "weight"));
		buf_add_str(out, "\n");
	}
	buf_add_str(out, "end\n");
	PQclear(res);
	return 0;
}

/* The elements of {1,2,3}, one a line, beside those of another. */
static void
add_pairs(struct buf *out, const char *a, const char *b)
{
	while (*a != '\0' && *b != '\0' && a[1] != '\0' && a[1] != '}') {
		size_t len_a = strcspn(++a, ",}"), len_b = strcspn(++b, ",}");

		buf_add(out, a, len_a);
		buf_add_str(out, " ");
		buf_add(out, b, len_b);
		buf_add_str(out, "\n");
		a += len_a;
		b += len_b;
	}
}

static size_t
count_lines(const struct buf *text)
{
	size_t n = 0;

	for (size_t i = 0; i < text->len; i++)
		n += text->data[i] == '\n';
	return n;
}

static int
add_sent(PGconn *conn, const char *vector, struct buf *out, struct err *err)
{
	const char *const params[] = {vector};
	PGresult *res = db_query(conn, sql_ctl_export_sent, 1, params, err);
	struct buf pairs = {0};

	if (res == NULL)
		return -1;
	if (PQntuples(res) > 0) {
		add_pairs(&pairs, pg_text(res, 0, "uids"),
		    pg_text(res, 0, "weights"));
		buf_printf(out, "sent %zu\n%send\n", count_lines(&pairs),
		    buf_str(&pairs));
	}
	buf_free(&pairs);
	PQclear(res);
	return 0;
}

/* -- the whole ---------------------------------------------------------- */

static int
print_round(
    const struct ctl *ctl, PGconn *conn, struct buf *out, struct err *err)
{
	char vector[ROUNDS_ID];
	struct run *run = rounds_read(
	    ctl, conn, config_int(ctl->config, "subnetctl.epoch"), vector, err);
	int failed;

	if (run == NULL)
		return -1;
	run_text_write(run, out);
	run_free(run);
	failed = add_weights(conn, vector, out, err);
	return failed ? failed : add_sent(conn, vector, out, err);
}

int
ctl_export(const struct ctl *ctl)
{
	PGconn *conn = ctl_connect(ctl);
	struct buf out = {0};
	struct err err;
	int failed;

	if (conn == NULL)
		return CTL_FAILED;
	failed = print_round(ctl, conn, &out, &err);
	PQfinish(conn);
	if (!failed)
		fwrite(out.data, 1, out.len, stdout);
	buf_free(&out);
	return failed ? ctl_fail(ctl, CTL_FAILED, &err) : CTL_OK;
}

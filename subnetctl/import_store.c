/* What an import has made, written. */
#include "subnetctl/import_store.h"

#include <float.h>
#include <stdlib.h>

#include "common/err.h"
#include "common/pg.h"
#include "sql.h"
#include "subnetctl/db.h"

static const struct {
	const char *name;
	const char *sql; /* $1 netuid, $2 the rows */
} tables[N_IMPORT_MADE] = {
    [IMPORT_JOBS] = {"job", sql_ctl_import_jobs},
    [IMPORT_ATTEMPTS] = {"attempt", sql_ctl_import_attempts},
    [IMPORT_JUDGEMENTS] = {"judgement", sql_ctl_import_judgements},
    [IMPORT_BANS] = {"miner", sql_ctl_import_bans},
    [IMPORT_AUDITS] = {"audit_failure", sql_ctl_import_audits},
    [IMPORT_KEYS] = {"api_key", sql_ctl_import_keys},
    [IMPORT_POSTS] = {"post", sql_ctl_import_posts},
    [IMPORT_CLAIMS] = {"post_claim", sql_ctl_import_claims},
    [IMPORT_OBSERVATIONS] = {"post_observation", sql_ctl_import_observations},
};

const char *
import_made_name(enum import_made made)
{
	return tables[made].name;
}

/* 0.7 of a payload stays 0.7, and is not 0.69999999999999996; the caller
 * frees. */
static char *
text_of(const json_t *rows)
{
	return json_dumps(rows, JSON_COMPACT | JSON_REAL_PRECISION(DBL_DIG));
}

/* The one number a statement answers with. */
static int
run(PGconn *conn, const char *sql, const char *netuid, const json_t *rows,
    const char *column, size_t *out, struct err *err)
{
	char *text = text_of(rows);
	const char *const params[] = {netuid, text};
	PGresult *res = db_query(conn, sql, 2, params, err);

	free(text);
	if (res == NULL)
		return -1;
	*out = (size_t)pg_int(res, 0, column);
	PQclear(res);
	return 0;
}

/* Partitions are made ahead by validatord, and not for what is long past. */
static int
make_places(PGconn *conn, const json_t *rows, struct err *err)
{
	char *text = text_of(rows);
	const char *const params[] = {text};
	PGresult *res = db_query(conn, sql_ctl_import_buckets, 1, params, err);

	free(text);
	PQclear(res);
	return res != NULL ? 0 : -1;
}

static int
write_table(PGconn *conn, const char *netuid, const json_t *rows,
    enum import_made made, struct import_counts *counts, struct err *err)
{
	size_t added = 0;

	if (made == IMPORT_OBSERVATIONS && make_places(conn, rows, err) != 0)
		return -1;
	if (run(conn, tables[made].sql, netuid, rows, "added", &added, err) !=
	    0)
		return err_wrap(err, "%s", tables[made].name);
	counts->given[made] += json_array_size(rows);
	counts->added[made] += added;
	return 0;
}

int
import_store_write(PGconn *conn, const char *netuid, struct import_rows *rows,
    bool is_last, struct import_counts *counts, struct err *err)
{
	const json_t *posts = rows->of[IMPORT_POSTS];
	size_t moved;

	rows->n = 0;
	for (int i = 0; i < N_IMPORT_MADE; i++) {
		size_t n = json_array_size(rows->of[i]);

		if (n == 0 || (i == IMPORT_BANS && !is_last))
			continue;
		if (write_table(conn, netuid, rows->of[i], (enum import_made)i,
			counts, err) != 0)
			return -1;
		if (i != IMPORT_POSTS)
			json_array_clear(rows->of[i]);
	}
	if (json_array_size(posts) > 0 &&
	    run(conn, sql_ctl_import_measured, netuid, posts, "moved", &moved,
		err) != 0)
		return -1;
	json_array_clear(rows->of[IMPORT_POSTS]);
	return 0;
}

/*
 * subnetctl scores statement: what a round came to, as its rows say, signed by
 * signerd.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/config.h"
#include "common/err.h"
#include "common/pg.h"
#include "common/xalloc.h"
#include "sql.h"
#include "subnetctl/ctl.h"
#include "subnetctl/db.h"
#include "subnetctl/show.h"
#include "subnetctl/signing.h"
#include "subnetctl/statement.h"

/* -- the rows ----------------------------------------------------------- */

static int
take_row(const PGresult *res, int row, struct statement_entry *e)
{
	const char *hotkey = pg_text(res, row, "hotkey");

	if (strlen(hotkey) >= sizeof(e->hotkey))
		return -1;
	snprintf(e->hotkey, sizeof(e->hotkey), "%s", hotkey);
	e->uid = pg_int(res, row, "uid");
	e->score = pg_real(res, row, "score");
	e->win_rate = pg_real(res, row, "win_rate");
	e->weight = pg_real(res, row, "weight");
	e->jobs = pg_int(res, row, "jobs");
	e->successes = pg_int(res, row, "successes");
	return 0;
}

static int
take_rows(const struct ctl *ctl, const PGresult *res, struct statement *s,
    struct err *err)
{
	size_t n = PQntuples(res);

	if (n == 0)
		return err_set(err,
		    "%s has no score in that round, or there is no such round",
		    ctl->args[0]);
	s->netuid = atoi(ctl->netuid);
	s->mecid = atoi(ctl->mecid);
	s->epoch = pg_int(res, 0, "epoch");
	s->block = pg_int(res, 0, "block");
	snprintf(s->inputs_sha256, STATEMENT_HASH, "%s",
	    pg_text(res, 0, "inputs_sha256"));
	snprintf(s->policy_sha256, STATEMENT_HASH, "%s",
	    pg_text(res, 0, "policy_sha256"));
	s->entries = xcalloc(n, sizeof(*s->entries));
	for (; s->n < n; s->n++) {
		if (take_row(res, s->n, &s->entries[s->n]) != 0)
			return err_set(err, "a hotkey is too long");
	}
	return 0;
}

static int
load(const struct ctl *ctl, struct statement *s, struct err *err)
{
	int64_t epoch = config_int(ctl->config, "subnetctl.epoch");
	struct pg_params p = {.n = 0};
	PGresult *res = NULL;
	PGconn *conn;
	int failed = -1;

	pg_add_text(&p, ctl->netuid);
	pg_add_text(&p, ctl->mecid);
	if (epoch >= 0)
		pg_add_int(&p, epoch);
	else
		pg_add_text(&p, NULL);
	pg_add_text(&p, s->whole ? NULL : ctl->args[0]);
	conn = db_connect(config_str(ctl->config, "db.url"), err);
	if (conn != NULL)
		res =
		    db_query(conn, sql_ctl_explain_entries, p.n, p.values, err);
	if (res != NULL)
		failed = take_rows(ctl, res, s, err);
	PQclear(res);
	PQfinish(conn);
	return failed;
}

/* -- the signature ------------------------------------------------------ */

static int
sign_as(struct signing *signing, struct statement *s, struct err *err)
{
	struct buf text = {0};
	int failed;

	snprintf(
	    s->validator, sizeof(s->validator), "%s", signing_hotkey(signing));
	statement_text(s, &text);
	failed = signing_sign(signing,
	    s->whole ? STATEMENT_OF_ALL : STATEMENT_OF_ONE, buf_str(&text),
	    s->signature, err);
	buf_free(&text);
	if (failed)
		return -1;
	return statement_is_signed(s)
		   ? 0
		   : err_set(err, "signerd's signature does not hold");
}

static int
sign(const struct ctl *ctl, struct statement *s, struct err *err)
{
	struct signing *signing =
	    signing_ask(config_str(ctl->config, "signer.socket"), err);
	int failed = signing == NULL || sign_as(signing, s, err) != 0;

	signing_free(signing);
	return failed ? err_wrap(err, "no signature") : 0;
}

int
ctl_scores_statement(const struct ctl *ctl)
{
	struct statement s = {.whole = strcmp(ctl->args[0], "all") == 0};
	uint8_t key[32];
	struct err err;
	int failed;

	if (!s.whole && ss58_decode_account(ctl->args[0], key) != 0) {
		err_set(
		    &err, "\"%.60s\" is no hotkey, nor \"all\"", ctl->args[0]);
		return ctl_fail(ctl, CTL_USAGE, &err);
	}
	failed = load(ctl, &s, &err) != 0 || sign(ctl, &s, &err) != 0;
	if (!failed)
		show_json(statement_print(&s));
	statement_clear(&s);
	return failed ? ctl_fail(ctl, CTL_FAILED, &err) : CTL_OK;
}

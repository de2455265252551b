/* What the subcommands of subnetctl share. */
#include "subnetctl/ctl.h"

#include <stdio.h>

#include "common/config.h"
#include "common/err.h"
#include "subnetctl/db.h"
#include "subnetctl/show.h"
#include "subtensor/ss58.h"

int
ctl_fail(const struct ctl *ctl, enum ctl_exit code, const struct err *err)
{
	if (ctl->json)
		show_json(json_pack("{s:o}", "error", show_text(err->text)));
	else
		fprintf(stderr, "subnetctl: %s\n", err->text);
	return code;
}

PGconn *
ctl_connect(const struct ctl *ctl)
{
	struct err err;
	PGconn *conn = db_connect(config_str(ctl->config, "db.url"), &err);

	if (conn == NULL)
		ctl_fail(ctl, CTL_FAILED, &err);
	return conn;
}

PGresult *
ctl_query(const struct ctl *ctl, const char *sql, size_t n_params,
    const char *const *params)
{
	PGconn *conn = ctl_connect(ctl);
	PGresult *res;
	struct err err;

	if (conn == NULL)
		return NULL;
	res = db_query(conn, sql, n_params, params, &err);
	PQfinish(conn);
	if (res == NULL)
		ctl_fail(ctl, CTL_FAILED, &err);
	return res;
}

int
ctl_list(const struct ctl *ctl, const char *name, const char *sql,
    size_t n_params, const char *const *params)
{
	PGresult *res = ctl_query(ctl, sql, n_params, params);

	if (res == NULL)
		return CTL_FAILED;
	if (ctl->json)
		show_json(json_pack("{s:o}", name, show_rows(res)));
	else
		show_table(res);
	PQclear(res);
	return CTL_OK;
}

int
ctl_hotkey(const char *text, struct err *err)
{
	uint8_t key[32];

	if (ss58_decode_account(text, key) == 0)
		return 0;
	return err_set(err, "\"%.60s\" is no hotkey's address", text);
}

int
ctl_about_hotkey(const struct ctl *ctl, const struct ctl_steps *steps, void *x)
{
	PGconn *conn;
	struct err err;
	int failed;

	if (ctl_hotkey(ctl->args[0], &err) != 0)
		return ctl_fail(ctl, CTL_USAGE, &err);
	conn = ctl_connect(ctl);
	if (conn == NULL)
		return CTL_FAILED;
	failed = steps->load(ctl, conn, x, &err);
	PQfinish(conn);
	if (!failed)
		steps->show(ctl, x);
	steps->clear(x);
	return failed ? ctl_fail(ctl, CTL_FAILED, &err) : CTL_OK;
}

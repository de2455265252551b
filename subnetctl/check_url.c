/* Doctor: does the public URL reach an instance of ours? */
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "common/pg.h"
#include "common/uuid.h"
#include "common/xalloc.h"
#include "sql.h"
#include "subnetctl/check.h"
#include "subnetctl/db.h"
#include "subnetctl/web.h"

/* An instance says that it is there every few seconds. */
static const int64_t seen_us = 60 * 1000000LL;

static bool
is_live(PGconn *conn, const char *id, int64_t wall_us, struct err *err)
{
	struct pg_params p = {.n = 0};
	PGresult *res;
	bool found;

	pg_add_text(&p, id);
	pg_add_text(&p, "orchestratord");
	pg_add_us(&p, wall_us - seen_us);
	res = db_query(conn, sql_ctl_instance_live, p.n, p.values, err);
	if (res == NULL)
		return false;
	found = pg_bool(res, 0, "found");
	PQclear(res);
	if (!found)
		err_set(err, "instance %s is none of this database", id);
	return found;
}

/* The instance that answers there; the caller frees. */
static char *
ask_instance(const char *public_url, struct err *err)
{
	size_t len = strlen(public_url);
	json_t *json;
	const char *id;
	char *copy = NULL, *url;

	while (len > 0 && public_url[len - 1] == '/')
		len--;
	url = xasprintf("%.*s/v1/instance", (int)len, public_url);
	json = web_get(url, err);
	id = json_string_value(json_object_get(json, "instance"));
	if (id != NULL && uuid_is_valid(id))
		copy = xstrdup(id);
	else if (json != NULL)
		err_set(err, "%s: no orchestratord answers there", url);
	json_decref(json);
	free(url);
	return copy;
}

void
check_public_url(
    struct check *c, const char *public_url, PGconn *conn, int64_t wall_us)
{
	struct err err;
	char *id;

	c->name = "public_url";
	if (public_url[0] == '\0') {
		check_skip(c, "orchestrator.public_url is not set");
		return;
	}
	if (conn == NULL) {
		check_skip(c, "PostgreSQL cannot be reached");
		return;
	}
	id = ask_instance(public_url, &err);
	if (id != NULL && is_live(conn, id, wall_us, &err)) {
		check_ok(c, "%s reaches instance %s", public_url, id);
	} else {
		check_fail(c, "%s", err.text);
		check_fix(c, "point orchestrator.public_url at this "
			     "orchestratord: proxy, port, firewall");
	}
	free(id);
}

/* The tables that receipts name. */
#include "subnetctl/routes.h"

#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "common/xalloc.h"
#include "orchestrator/replay.h"
#include "sql.h"
#include "subnetctl/db.h"

struct kept {
	char *id;
	struct replay *replay;
};

struct routes {
	PGconn *conn;
	const char *netuid;
	struct kept *kept;
	size_t n;
};

struct routes *
routes_new(PGconn *conn, const char *netuid)
{
	struct routes *r = xcalloc(1, sizeof(*r));

	r->conn = conn;
	r->netuid = netuid;
	return r;
}

void
routes_free(struct routes *r)
{
	if (r == NULL)
		return;
	for (size_t i = 0; i < r->n; i++) {
		free(r->kept[i].id);
		replay_free(r->kept[i].replay);
	}
	free(r->kept);
	free(r);
}

static struct replay *
read_table(struct routes *r, const char *id, struct err *err)
{
	const char *const params[] = {r->netuid, id};
	PGresult *res = db_query(r->conn, sql_ctl_route_table, 2, params, err);
	struct replay *replay = NULL;

	if (res != NULL && PQntuples(res) == 1)
		replay = replay_new(id, PQgetvalue(res, 0, 0), err);
	else if (res != NULL)
		err_set(err, "its table %s is not kept any more", id);
	PQclear(res);
	return replay;
}

struct replay *
routes_find(struct routes *r, const json_t *receipt, struct err *err)
{
	const char *id = json_string_value(json_object_get(receipt, "table"));
	struct replay *replay;

	if (id == NULL) {
		err_set(err, "the receipt names no table");
		return NULL;
	}
	for (size_t i = 0; i < r->n; i++) {
		if (strcmp(r->kept[i].id, id) == 0)
			return r->kept[i].replay;
	}
	replay = read_table(r, id, err);
	if (replay == NULL)
		return NULL;
	r->kept = xrealloc(r->kept, r->n + 1, sizeof(*r->kept));
	r->kept[r->n++] = (struct kept){xstrdup(id), replay};
	return replay;
}

size_t
routes_count(const struct routes *r)
{
	return r->n;
}

const struct replay *
routes_at(const struct routes *r, size_t i)
{
	return r->kept[i].replay;
}

/* subnetctl weights: what was set on chain, and how far it got. */
#include "common/err.h"
#include "sql.h"
#include "subnetctl/ctl.h"
#include "subnetctl/db.h"
#include "subnetctl/show.h"

int
ctl_weights_history(const struct ctl *ctl)
{
	const char *const params[] = {ctl->netuid, ctl->limit};
	PGconn *conn = ctl_connect(ctl);
	PGresult *res;
	struct err err;

	if (conn == NULL)
		return CTL_FAILED;
	res = db_query(conn, sql_ctl_weight_history, 2, params, &err);
	PQfinish(conn);
	if (res == NULL)
		return ctl_fail(ctl, CTL_FAILED, &err);
	if (ctl->json)
		show_json(json_pack("{s:o}", "weights", show_rows(res)));
	else
		show_table(res);
	PQclear(res);
	return CTL_OK;
}

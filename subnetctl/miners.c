/* subnetctl miners: who serves this subnet and how well. */
#include "common/err.h"
#include "sql.h"
#include "subnetctl/ctl.h"
#include "subnetctl/db.h"
#include "subnetctl/show.h"

int
ctl_miners_list(const struct ctl *ctl)
{
	const char *const params[] = {ctl->netuid};
	PGconn *conn = ctl_connect(ctl);
	PGresult *res;
	struct err err;

	if (conn == NULL)
		return CTL_FAILED;
	res = db_query(conn, sql_ctl_miner_list, 1, params, &err);
	PQfinish(conn);
	if (res == NULL)
		return ctl_fail(ctl, CTL_FAILED, &err);
	if (ctl->json)
		show_json(json_pack("{s:o}", "miners", show_rows(res)));
	else
		show_table(res);
	PQclear(res);
	return CTL_OK;
}

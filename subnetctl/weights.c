/* subnetctl weights history and status: what was set on chain, what is under
 * way, and what the setters wait for. */
#include <stdio.h>

#include "sql.h"
#include "subnetctl/ctl.h"
#include "subnetctl/show.h"

int
ctl_weights_history(const struct ctl *ctl)
{
	const char *const params[] = {ctl->netuid, ctl->limit};

	return ctl_list(ctl, "weights", sql_ctl_weight_history, 2, params);
}

int
ctl_weights_status(const struct ctl *ctl)
{
	const char *const params[] = {ctl->netuid};
	PGresult *res = ctl_query(ctl, sql_ctl_weight_status, 1, params);

	if (res == NULL)
		return CTL_FAILED;
	if (ctl->json)
		show_json(json_pack("{s:o}", "setters", show_rows(res)));
	else if (PQntuples(res) == 0)
		puts("none: weightsetterd has not looked at this subnet yet");
	for (int i = 0; i < PQntuples(res) && !ctl->json; i++) {
		if (i > 0)
			putchar('\n');
		show_pairs(res, i);
	}
	PQclear(res);
	return CTL_OK;
}

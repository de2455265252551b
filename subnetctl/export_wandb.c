/*
 * subnetctl export wandb: scoring rounds as Weights & Biases' history has them,
 * a JSON object a line, the earliest round first. docs/dashboards.md says what
 * is in them.
 */
#include <stdio.h>

#include "common/clock.h"
#include "common/config.h"
#include "common/pg.h"
#include "sql.h"
#include "subnetctl/ctl.h"

int
ctl_export_wandb(const struct ctl *ctl)
{
	int64_t since_ms = config_ms(ctl->config, "subnetctl.since");
	struct pg_params p = {0};
	PGresult *res;

	pg_add_text(&p, ctl->netuid);
	pg_add_text(&p, ctl->mecid);
	pg_add_us(&p, clock_wall_us() - since_ms * 1000);
	res = ctl_query(ctl, sql_ctl_export_wandb, p.n, p.values);
	if (res == NULL)
		return CTL_FAILED;
	for (int i = 0; i < PQntuples(res); i++)
		puts(pg_text(res, i, "line"));
	PQclear(res);
	return CTL_OK;
}

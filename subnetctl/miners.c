/* subnetctl miners: who serves this subnet and how well; who may not. */
#include <stdio.h>

#include "common/clock.h"
#include "common/config.h"
#include "common/err.h"
#include "common/pg.h"
#include "common/redis.h"
#include "sql.h"
#include "subnetctl/ctl.h"
#include "subnetctl/show.h"
#include "subnetctl/wake.h"

int
ctl_miners_list(const struct ctl *ctl)
{
	struct pg_params p = {0};

	pg_add_text(&p, ctl->netuid);
	pg_add_us(&p, clock_wall_us());
	pg_add_text(&p, ctl->mecid);
	return ctl_list(ctl, "miners", sql_ctl_miner_list, p.n, p.values);
}

/* -- bans ------------------------------------------------------------------ */

/* The orchestrators read their miners again. */
static void
tell(const struct ctl *ctl, const char *hotkey)
{
	if (wake_send(config_str(ctl->config, "redis.url"), redis_scores,
		hotkey) != 0)
		fputs("subnetctl: Redis cannot be told: orchestratord sees it "
		      "within seconds\n",
		    stderr);
}

/* One statement about one miner; no row is a refusal, in those words. */
static int
change(const struct ctl *ctl, const char *sql, size_t n,
    const char *const *params, const char *refusal)
{
	struct err err;
	PGresult *res;
	int code = CTL_OK;

	if (ctl_hotkey(ctl->args[0], &err) != 0)
		return ctl_fail(ctl, CTL_USAGE, &err);
	res = ctl_query(ctl, sql, n, params);
	if (res == NULL)
		return CTL_FAILED;
	if (PQntuples(res) == 0) {
		err_set(&err, "%s %s", ctl->args[0], refusal);
		code = ctl_fail(ctl, CTL_REFUSED, &err);
	} else {
		if (ctl->json)
			show_json(
			    json_pack("{s:o}", "miner", show_row(res, 0)));
		else
			show_pairs(res, 0);
		tell(ctl, ctl->args[0]);
	}
	PQclear(res);
	return code;
}

int
ctl_miners_ban(const struct ctl *ctl)
{
	const char *reason = ctl->n_args > 1 ? ctl->args[1] : NULL;
	struct pg_params p = {0};

	pg_add_text(&p, ctl->netuid);
	pg_add_text(&p, ctl->args[0]);
	pg_add_us(&p, clock_wall_us());
	pg_add_text(&p, reason);
	return change(ctl, sql_ctl_miner_ban, p.n, p.values, "");
}

int
ctl_miners_unban(const struct ctl *ctl)
{
	const char *const params[] = {ctl->netuid, ctl->args[0]};

	return change(ctl, sql_ctl_miner_unban, 2, params, "is not banned");
}

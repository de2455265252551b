/* subnetctl schedules: jobs that are made by the clock. */
#include <stdio.h>

#include "common/clock.h"
#include "common/config.h"
#include "common/err.h"
#include "common/pg.h"
#include "common/redis.h"
#include "common/uuid.h"
#include "sql.h"
#include "subnetctl/ctl.h"
#include "subnetctl/show.h"
#include "subnetctl/wake.h"

int
ctl_schedules_list(const struct ctl *ctl)
{
	const char *const params[] = {ctl->netuid};

	return ctl_list(ctl, "schedules", sql_ctl_schedule_list, 1, params);
}

/* One statement about one schedule; no row is a refusal. */
static int
change(const struct ctl *ctl, const char *sql, const struct pg_params *p)
{
	PGresult *res = ctl_query(ctl, sql, p->n, p->values);
	struct err err;
	int code = CTL_OK;

	if (res == NULL)
		return CTL_FAILED;
	if (PQntuples(res) == 0) {
		err_set(&err, "there is no schedule \"%s\"", ctl->args[0]);
		code = ctl_fail(ctl, CTL_REFUSED, &err);
	} else if (ctl->json) {
		show_json(json_pack("{s:o}", "schedule", show_row(res, 0)));
	} else {
		show_pairs(res, 0);
	}
	PQclear(res);
	return code;
}

int
ctl_schedules_run(const struct ctl *ctl)
{
	struct pg_params p = {0};
	char id[UUID_TEXT];
	int code;

	uuid_new(id);
	pg_add_text(&p, ctl->netuid);
	pg_add_text(&p, ctl->args[0]);
	pg_add_text(&p, id);
	pg_add_us(&p, clock_wall_us());
	code = change(ctl, sql_ctl_schedule_run, &p);
	if (code == CTL_OK && wake_send(config_str(ctl->config, "redis.url"),
				  redis_jobs, id) != 0)
		fputs("subnetctl: Redis cannot be told: orchestratord finds "
		      "the job at its next sweep\n",
		    stderr);
	return code;
}

static int
set_enabled(const struct ctl *ctl, bool enabled)
{
	struct pg_params p = {0};

	pg_add_text(&p, ctl->netuid);
	pg_add_text(&p, ctl->args[0]);
	pg_add_bool(&p, enabled);
	return change(ctl, sql_ctl_schedule_enable, &p);
}

int
ctl_schedules_enable(const struct ctl *ctl)
{
	return set_enabled(ctl, true);
}

int
ctl_schedules_disable(const struct ctl *ctl)
{
	return set_enabled(ctl, false);
}

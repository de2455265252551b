/* subnetctl tenants: whose jobs wait, and whose turns are how long. */
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/err.h"
#include "common/pg.h"
#include "sql.h"
#include "subnetctl/ctl.h"
#include "subnetctl/show.h"

enum { MAX_NAME = 128, MAX_WEIGHT = 1000, MAX_DIGITS = 4 };

int
ctl_tenants_list(const struct ctl *ctl)
{
	struct pg_params p = {0};

	pg_add_text(&p, ctl->netuid);
	pg_add_us(&p, clock_wall_us());
	pg_add_text(&p, ctl->limit);
	return ctl_list(ctl, "tenants", sql_ctl_tenant_list, p.n, p.values);
}

static int
check(const char *name, const char *weight, struct err *err)
{
	size_t digits = strspn(weight, "0123456789");

	if (strlen(name) > MAX_NAME)
		return err_set(
		    err, "a tenant's name has at most %d bytes", MAX_NAME);
	if (digits == 0 || digits > MAX_DIGITS || weight[digits] != '\0' ||
	    atoi(weight) < 1 || atoi(weight) > MAX_WEIGHT)
		return err_set(err,
		    "\"%s\" is no weight: a whole number between 1 and %d",
		    weight, MAX_WEIGHT);
	return 0;
}

int
ctl_tenants_weight(const struct ctl *ctl)
{
	const char *const params[] = {ctl->netuid, ctl->args[0], ctl->args[1]};
	struct err err;
	PGresult *res;

	if (check(ctl->args[0], ctl->args[1], &err) != 0)
		return ctl_fail(ctl, CTL_USAGE, &err);
	res = ctl_query(ctl, sql_ctl_tenant_weight, 3, params);
	if (res == NULL)
		return CTL_FAILED;
	if (ctl->json)
		show_json(json_pack("{s:o}", "tenant", show_row(res, 0)));
	else
		show_pairs(res, 0);
	PQclear(res);
	return CTL_OK;
}

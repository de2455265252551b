/* The door of clients and dashboards: /v1. */
#include "orchestrator/v1.h"

#include <stdio.h>

#include "common/api_key.h"
#include "common/config_parse.h"
#include "orchestrator/form.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/scores.h"
#include "orchestrator/submit.h"
#include "orchestrator/v1_events.h"
#include "orchestrator/v1_jobs.h"
#include "orchestrator/v1_kinds.h"
#include "orchestrator/v1_miners.h"

static void
show_instance(struct http_req *req, void *orchestrator)
{
	struct orchestrator *o = orchestrator;
	char body[128];
	int len = snprintf(body, sizeof(body),
	    "{\"instance\":\"%s\",\"netuid\":%d}", o->id, o->netuid);

	http_reply(req, 200, "application/json", body, len);
}

static void
show_version(struct http_req *req, void *orchestrator)
{
	static const char body[] =
	    "{\"program\":\"orchestratord\",\"version\":\"" SUBNETD_VERSION
	    "\",\"api\":\"v1\"}";

	(void)orchestrator;
	http_reply(req, 200, "application/json", body, sizeof(body) - 1);
}

/* Who may order jobs, and who may look at them; a client at its own. */
enum { ORDERS = ROLE_CLIENT | ROLE_OPERATOR | ROLE_ADMIN };
enum { READS = ORDERS | ROLE_VALIDATOR };

const struct http_route v1_routes[] = {
    {"POST", "/v1/jobs", FORM_MAX_BODY, true, submit_job, ORDERS},
    {"GET", "/v1/jobs", 0, false, v1_job_list, READS},
    {"GET", "/v1/jobs/{id}", 0, false, v1_job_show, READS},
    {"DELETE", "/v1/jobs/{id}", 0, false, v1_job_cancel, ORDERS},
    {"GET", "/v1/jobs/{id}/result", 0, false, v1_job_result, READS},
    {"GET", "/v1/jobs/{id}/receipt", 0, false, v1_job_receipt, READS},
    {"GET", "/v1/jobs/{id}/events", 0, false, v1_job_events, READS},
    {"GET", "/v1/kinds", 0, false, v1_kind_list, ROLES_ALL},
    {"GET", "/v1/kinds/{name}", 0, false, v1_kind_show, ROLES_ALL},
    {"GET", "/v1/voices", 0, false, v1_voices, ROLES_ALL},
    {"GET", "/v1/miners", 0, false, v1_miner_list, ROLES_ALL},
    {"GET", "/v1/miners/{hotkey}", 0, false, v1_miner_show, ROLES_ALL},
    {"GET", "/v1/scores/{hotkey}", 0, false, scores_show, ROLES_ALL},
    {"GET", "/v1/leaderboard", 0, false, v1_leaderboard, ROLES_ALL},
    {"GET", "/v1/instance", 0, false, show_instance, 0},
    {"GET", "/version", 0, false, show_version, 0},
    {NULL, NULL, 0, false, NULL, 0},
};

/* The HTTP API: the table of routes, and the handlers that only read. */
#include "orchestrator/api.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/xalloc.h"
#include "orchestrator/dippy.h"
#include "orchestrator/files.h"
#include "orchestrator/give.h"
#include "orchestrator/intake.h"
#include "orchestrator/jobs.h"
#include "orchestrator/keys_api.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/principal.h"
#include "orchestrator/reply_row.h"
#include "orchestrator/scores.h"
#include "orchestrator/store.h"
#include "orchestrator/store_miners.h"
#include "orchestrator/submit.h"
#include "orchestrator/violet.h"
#include "orchestrator/webhooks_api.h"

struct read_request {
	struct orchestrator *o;
	struct http_req *req;
	char id[UUID_TEXT];
};

static struct read_request *
read_new(struct orchestrator *o, struct http_req *req)
{
	struct read_request *r = xcalloc(1, sizeof(*r));

	r->o = o;
	r->req = req;
	return r;
}

/* A request about the job named in its path; NULL if it was answered. */
static struct read_request *
read_job(struct orchestrator *o, struct http_req *req)
{
	const char *id = http_req_param(req, "id");
	struct read_request *r;

	if (!uuid_is_valid(id)) {
		http_reply_problem(req, 404, "not_found", "no such job");
		return NULL;
	}
	r = read_new(o, req);
	snprintf(r->id, sizeof(r->id), "%s", id);
	return r;
}

/* Whose jobs are there for its sender; NULL: anybody's. */
static const char *
sees(const struct read_request *r)
{
	return principal_sees(principal_of(r->req));
}

static void
on_body(const struct pg_answer *answer, void *arg)
{
	struct read_request *r = arg;

	reply_row(r->req, answer, "job");
	free(r);
}

static void
show_job(struct http_req *req, void *orchestrator)
{
	struct read_request *r = read_job(orchestrator, req);

	if (r != NULL)
		store_job_show(r->o, r->id, sees(r), on_body, r);
}

static void
show_miners(struct http_req *req, void *orchestrator)
{
	store_miner_show(orchestrator, on_body, read_new(orchestrator, req));
}

/* -- results ------------------------------------------------------------ */

static void
send_file(struct read_request *r, const PGresult *res)
{
	const struct give what = {.id = pg_text(res, 0, "attempt_id"),
	    .sha256 = pg_text(res, 0, "result_sha256"),
	    .type = pg_text(res, 0, "result_type"),
	    .bytes = pg_int(res, 0, "result_bytes"),
	    .gone_status = 410,
	    .gone_code = "gone",
	    .gone_why = "the result's file is no longer stored"};

	give(r->o, r->req, &what);
}

static void
send_result(struct read_request *r, const PGresult *res)
{
	const char *json = pg_text(res, 0, "result_json");

	if (pg_is_null(res, 0, "attempt_id"))
		http_reply_problem(r->req, 409, "no_result",
		    "the job is %s and has no result",
		    pg_text(res, 0, "state"));
	else if (!pg_is_null(res, 0, "result_sha256"))
		send_file(r, res);
	else
		http_reply(r->req, 200, "application/json", json, strlen(json));
}

static void
on_result(const struct pg_answer *answer, void *arg)
{
	struct read_request *r = arg;

	if (reply_has_row(r->req, answer, "job"))
		send_result(r, answer->results[0]);
	free(r);
}

static void
show_result(struct http_req *req, void *orchestrator)
{
	struct read_request *r = read_job(orchestrator, req);

	if (r != NULL)
		store_job_result(r->o, r->id, sees(r), on_result, r);
}

/* -- cancelling --------------------------------------------------------- */

static void
on_cancelled(bool moved, void *arg)
{
	struct read_request *r = arg;

	if (moved)
		store_attempt_drop(r->o, r->id);
	/* Cancelled or ended before: what it is now is the answer. */
	store_job_show(r->o, r->id, sees(r), on_body, r);
}

/* It is there, and its sender's. */
static void
on_seen(const struct pg_answer *answer, void *arg)
{
	struct read_request *r = arg;

	if (reply_has_row(r->req, answer, "job"))
		store_job_step(r->o, r->id, JOB_CANCEL, JOB_CANCELLED,
		    "cancelled", NULL, on_cancelled, r);
	else
		free(r);
}

static void
cancel_job(struct http_req *req, void *orchestrator)
{
	struct read_request *r = read_job(orchestrator, req);

	if (r != NULL)
		store_job_show(r->o, r->id, sees(r), on_seen, r);
}

static void
show_instance(struct http_req *req, void *orchestrator)
{
	struct orchestrator *o = orchestrator;
	char body[128];
	int len = snprintf(body, sizeof(body),
	    "{\"instance\":\"%s\",\"netuid\":%d}", o->id, o->netuid);

	http_reply(req, 200, "application/json", body, len);
}

/* A form is little more than its file; no kind takes a larger one. */
#define MAX_UPLOAD (5ull * 1024 * 1024 * 1024)

/* Who may order jobs, and who may look at them; a client at its own. */
enum { ORDERS = ROLE_CLIENT | ROLE_OPERATOR | ROLE_ADMIN };
enum { READS = ORDERS | ROLE_VALIDATOR };

/* Without roles: miners' own doors, where an attempt's secret is asked for,
 * and what tells nobody's business: which instance it is, and how it is. */
static const struct http_route own_routes[] = {
    {"POST", "/v1/jobs", MAX_UPLOAD, true, submit_job, ORDERS},
    {"GET", "/v1/jobs/{id}", 0, false, show_job, READS},
    {"DELETE", "/v1/jobs/{id}", 0, false, cancel_job, ORDERS},
    {"GET", "/v1/jobs/{id}/result", 0, false, show_result, READS},
    {"GET", "/v1/miners", 0, false, show_miners, ROLES_ALL},
    {"GET", "/v1/scores/{hotkey}", 0, false, scores_show, ROLES_ALL},
    {"GET", "/v1/instance", 0, false, show_instance, 0},
    {"GET", "/v1/attempts/{id}/input", 0, false, intake_input, 0},
    {"POST", "/v1/attempts/{id}/result", MAX_UPLOAD, true, intake_native, 0},
    {"POST", "/results/callback", MAX_UPLOAD, true, intake_dippy, 0},
    {"GET", "/livez", 0, false, service_livez, 0},
    {"GET", "/readyz", 0, false, service_readyz, 0},
    {"GET", "/healthz", 0, false, service_readyz, 0},
    {"GET", "/metrics", 0, false, service_metrics, 0},
    {NULL, NULL, 0, false, NULL, 0},
};

static const struct http_route *const doors[] = {own_routes, keys_routes,
    files_routes, dippy_routes, webhooks_routes, violet_routes};

enum { MAX_ROUTES = 256 };

const struct http_route *
api_routes(void)
{
	static struct http_route all[MAX_ROUTES + 1];
	size_t n = 0;

	for (size_t i = 0; i < sizeof(doors) / sizeof(doors[0]); i++) {
		for (const struct http_route *r = doors[i]; r->method != NULL;
		     r++) {
			assert(n < MAX_ROUTES);
			all[n++] = *r;
		}
	}
	all[n] = (struct http_route){0};
	return all;
}

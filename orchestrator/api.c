/* The HTTP API: the table of routes, and the handlers that only read. */
#include "orchestrator/api.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/blobs.h"
#include "common/clock.h"
#include "common/xalloc.h"
#include "orchestrator/intake.h"
#include "orchestrator/jobs.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/scores.h"
#include "orchestrator/store.h"
#include "orchestrator/store_miners.h"
#include "orchestrator/submit.h"
#include "orchestrator/violet.h"

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

/* True if there is a row to answer with; else it was answered. */
static bool
has_row(struct http_req *req, const struct pg_answer *answer)
{
	if (answer->outcome != PG_DONE)
		http_reply_problem(
		    req, 503, "unavailable", "the database is away");
	else if (PQntuples(answer->results[0]) == 0)
		http_reply_problem(req, 404, "not_found", "no such job");
	else
		return true;
	return false;
}

static void
on_body(const struct pg_answer *answer, void *arg)
{
	struct read_request *r = arg;
	const char *body;

	if (has_row(r->req, answer)) {
		body = pg_text(answer->results[0], 0, "body");
		http_reply(r->req, 200, "application/json", body, strlen(body));
	}
	free(r);
}

static void
show_job(struct http_req *req, void *orchestrator)
{
	struct read_request *r = read_job(orchestrator, req);

	if (r != NULL)
		store_job_show(r->o, r->id, on_body, r);
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
	uint64_t bytes;
	int fd = blob_open(r->o->blobs, pg_text(res, 0, "attempt_id"),
	    pg_text(res, 0, "result_sha256"), &bytes);

	if (fd >= 0)
		http_reply_file(
		    r->req, 200, pg_text(res, 0, "result_type"), fd, 0, bytes);
	else
		http_reply_problem(r->req, 410, "gone",
		    "the result's file is no longer stored");
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

	if (has_row(r->req, answer))
		send_result(r, answer->results[0]);
	free(r);
}

static void
show_result(struct http_req *req, void *orchestrator)
{
	struct read_request *r = read_job(orchestrator, req);

	if (r != NULL)
		store_job_result(r->o, r->id, on_result, r);
}

/* -- cancelling --------------------------------------------------------- */

static void
on_cancelled(bool moved, void *arg)
{
	struct read_request *r = arg;

	if (moved)
		store_attempt_drop(r->o, r->id);
	/* Cancelled or ended before: what it is now is the answer. */
	store_job_show(r->o, r->id, on_body, r);
}

static void
cancel_job(struct http_req *req, void *orchestrator)
{
	struct read_request *r = read_job(orchestrator, req);

	if (r != NULL)
		store_job_step(r->o, r->id, JOB_CANCEL, JOB_CANCELLED,
		    "cancelled", NULL, on_cancelled, r);
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

static const struct http_route v1_routes[] = {
    {"POST", "/v1/jobs", MAX_UPLOAD, true, submit_job},
    {"GET", "/v1/jobs/{id}", 0, false, show_job},
    {"DELETE", "/v1/jobs/{id}", 0, false, cancel_job},
    {"GET", "/v1/jobs/{id}/result", 0, false, show_result},
    {"GET", "/v1/miners", 0, false, show_miners},
    {"GET", "/v1/scores/{hotkey}", 0, false, scores_show},
    {"GET", "/v1/instance", 0, false, show_instance},
    {"GET", "/v1/attempts/{id}/input", 0, false, intake_input},
    {"POST", "/v1/attempts/{id}/result", MAX_UPLOAD, true, intake_native},
    {"POST", "/results/callback", MAX_UPLOAD, true, intake_dippy},
    {"GET", "/livez", 0, false, service_livez},
    {"GET", "/readyz", 0, false, service_readyz},
    {"GET", "/healthz", 0, false, service_readyz},
    {"GET", "/metrics", 0, false, service_metrics},
    {NULL, NULL, 0, false, NULL},
};

/* The first that fits is taken. */
static const struct http_route *const doors[] = {v1_routes, violet_routes};

static size_t
count(const struct http_route *routes)
{
	size_t n = 0;

	while (routes[n].method != NULL)
		n++;
	return n;
}

struct http_route *
api_routes(void)
{
	struct http_route *all = NULL;
	size_t n = 0;

	for (size_t i = 0; i < sizeof(doors) / sizeof(doors[0]); i++) {
		size_t more = count(doors[i]);

		all = xrealloc(all, n + more + 1, sizeof(*all));
		memcpy(all + n, doors[i], more * sizeof(*all));
		n += more;
	}
	all[n] = (struct http_route){0};
	return all;
}

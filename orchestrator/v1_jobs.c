/* What clients ask of jobs. */
#include "orchestrator/v1_jobs.h"

#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/err.h"
#include "common/http_server.h"
#include "orchestrator/give.h"
#include "orchestrator/job.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/page.h"
#include "orchestrator/prefer.h"
#include "orchestrator/principal.h"
#include "orchestrator/states.h"
#include "orchestrator/store.h"
#include "orchestrator/store_v1.h"
#include "orchestrator/v1_read.h"
#include "orchestrator/v1_wait.h"

/* -- the list -------------------------------------------------------------- */

static int
check_state(const char *state, struct err *err)
{
	if (state == NULL || job_state_parse(state) >= 0)
		return 0;
	return err_set(err,
	    "state is queued, assigned, running, done, failed, expired or "
	    "cancelled");
}

static int
check_length(const char *name, const char *text, struct err *err)
{
	if (text == NULL || strlen(text) <= JOB_MAX_TENANT)
		return 0;
	return err_set(err, "%s has more than %d bytes", name, JOB_MAX_TENANT);
}

/* Whose jobs are listed: a client's own, whatever it asks for. */
static int
take_tenant(struct http_req *req, struct jobs_ask *ask, struct err *err)
{
	const char *own = principal_sees(principal_of(req));

	if (check_length("tenant", ask->tenant, err) != 0)
		return -1;
	if (own == NULL)
		return 0;
	if (ask->tenant != NULL && strcmp(ask->tenant, own) != 0)
		return err_set(
		    err, "tenant is %s, this key's own, or left out", own);
	ask->tenant = own;
	return 0;
}

static int
take_times(struct http_req *req, struct jobs_ask *ask, struct err *err)
{
	const char *since = http_req_query(req, "since");
	const char *until = http_req_query(req, "until");

	if (since != NULL &&
	    page_time("since", since, &ask->since_us, err) != 0)
		return -1;
	if (until != NULL &&
	    page_time("until", until, &ask->until_us, err) != 0)
		return -1;
	return 0;
}

static int
take_jobs_ask(struct http_req *req, struct jobs_ask *ask,
    struct page_cursor *cursor, struct err *err)
{
	const char *behind = http_req_query(req, "cursor");

	*ask = (struct jobs_ask){
	    .kind = http_req_query(req, "kind"),
	    .state = http_req_query(req, "state"),
	    .tenant = http_req_query(req, "tenant"),
	};
	ask->limit = (int)page_number("limit", http_req_query(req, "limit"),
	    V1_JOBS_LIMIT, 1, V1_JOBS_MAX_LIMIT, err);
	if (ask->limit < 0 || check_state(ask->state, err) != 0 ||
	    check_length("kind", ask->kind, err) != 0 ||
	    take_tenant(req, ask, err) != 0 || take_times(req, ask, err) != 0)
		return -1;
	if (behind == NULL)
		return 0;
	ask->behind = cursor;
	return page_cursor_parse(behind, cursor, err);
}

/* The same question, behind this page. */
static void
add_next(struct http_req *req, const char *cursor)
{
	static const char *const names[] = {
	    "kind", "state", "tenant", "since", "until", "limit"};
	enum { N = sizeof(names) / sizeof(names[0]) };
	struct page_param params[N + 1] = {{NULL, NULL}};
	struct buf link = {0};

	for (int i = 0; i < N; i++)
		params[i] = (struct page_param){
		    names[i], http_req_query(req, names[i])};
	page_link(&link, "/v1/jobs", params, cursor);
	http_reply_header(req, "Link", buf_str(&link));
	buf_free(&link);
}

static void
on_list(const struct pg_answer *answer, void *arg)
{
	struct v1_read *r = arg;

	if (answer->outcome == PG_DONE &&
	    !pg_is_null(answer->results[0], 0, "next"))
		add_next(r->req, pg_text(answer->results[0], 0, "next"));
	v1_read_on_body(answer, r);
}

void
v1_job_list(struct http_req *req, void *orchestrator)
{
	struct page_cursor cursor;
	struct jobs_ask ask;
	struct err err;

	if (take_jobs_ask(req, &ask, &cursor, &err) != 0)
		http_reply_problem(req, 400, "bad_query", "%s", err.text);
	else
		store_job_list(orchestrator, &ask, on_list,
		    v1_read_new(orchestrator, req, "jobs"));
}

/* -- one of them ----------------------------------------------------------- */

void
v1_job_show(struct http_req *req, void *orchestrator)
{
	const char *id = http_req_param(req, "id");

	if (!uuid_is_valid(id))
		http_reply_problem(req, 404, "not_found", "no such job");
	else
		v1_wait(orchestrator, req, id,
		    prefer_wait_s(http_req_header(req, "Prefer")), false);
}

void
v1_job_receipt(struct http_req *req, void *orchestrator)
{
	struct v1_read *r = v1_read_job(orchestrator, req);

	if (r != NULL)
		store_job_receipt(
		    r->o, r->id, v1_read_sees(r), v1_read_on_body, r);
}

/* -- its result ------------------------------------------------------------ */

static void
send_file(struct v1_read *r, const PGresult *res)
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
send_result(struct v1_read *r, const PGresult *res)
{
	const char *json = pg_text(res, 0, "result_json");

	v1_read_job_headers(r->req, res);
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
	struct v1_read *r = arg;
	const PGresult *res = v1_read_row(r, answer);

	if (res != NULL)
		send_result(r, res);
	free(r);
}

void
v1_job_result(struct http_req *req, void *orchestrator)
{
	struct v1_read *r = v1_read_job(orchestrator, req);

	if (r != NULL)
		store_job_result(r->o, r->id, v1_read_sees(r), on_result, r);
}

/* -- its end --------------------------------------------------------------- */

static void
on_cancelled(bool moved, void *arg)
{
	struct v1_read *r = arg;

	if (moved)
		store_attempt_drop(r->o, r->id);
	/* Cancelled or ended before: what it is now is the answer. */
	v1_wait(r->o, r->req, r->id, 0, false);
	free(r);
}

/* It is there, and its sender's. */
static void
on_seen(const struct pg_answer *answer, void *arg)
{
	struct v1_read *r = arg;

	if (v1_read_row(r, answer) != NULL)
		store_job_step(r->o, r->id, JOB_CANCEL, JOB_CANCELLED,
		    "cancelled", NULL, on_cancelled, r);
	else
		free(r);
}

void
v1_job_cancel(struct http_req *req, void *orchestrator)
{
	struct v1_read *r = v1_read_job(orchestrator, req);

	if (r != NULL)
		store_job_show(r->o, r->id, v1_read_sees(r), on_seen, r);
}

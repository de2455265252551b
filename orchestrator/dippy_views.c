/* What Dippy's orchestrator lets anybody read. */
#include "orchestrator/dippy_views.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/http_server.h"
#include "common/uuid.h"
#include "common/xalloc.h"
#include "orchestrator/dippy.h"
#include "orchestrator/dippy_public.h"
#include "orchestrator/dippy_reply.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/store_dippy.h"

enum { MAX_RECENT = 100 };

struct view {
	struct http_req *req;
	int limit;
	char id[UUID_TEXT];
};

static struct view *
view_new(struct http_req *req)
{
	struct view *v = xcalloc(1, sizeof(*v));

	v->req = req;
	return v;
}

static bool
is_away(struct http_req *req, const struct pg_answer *answer)
{
	if (answer->outcome == PG_DONE)
		return false;
	dippy_detail(req, 503, "the database is away");
	return true;
}

/* -- jobs ---------------------------------------------------------------- */

/* A row as it may be seen; the caller decrefs. */
static json_t *
shown(const PGresult *res, int i)
{
	json_t *row = json_loads(pg_text(res, i, "row"), 0, NULL);
	enum job_state state = job_state_parse(pg_text(res, i, "state"));
	json_t *out;

	json_object_set_new(row, "status", json_string(dippy_status(state)));
	out = dippy_public(row);
	json_decref(row);
	return out;
}

static void
on_job(const struct pg_answer *answer, void *arg)
{
	struct view *v = arg;

	if (is_away(v->req, answer))
		;
	else if (PQntuples(answer->results[0]) == 0)
		dippy_detail(v->req, 404, "Job %s not found", v->id);
	else
		dippy_json(v->req, 200, shown(answer->results[0], 0));
	free(v);
}

void
dippy_job(struct http_req *req, void *orchestrator)
{
	const char *id = http_req_param(req, "id");
	struct view *v;

	if (!dippy_is_open(orchestrator, req))
		return;
	if (!uuid_is_valid(id)) {
		dippy_invalid(req, "uuid_parsing", "path", "job_id",
		    "Input should be a valid UUID", NULL);
		return;
	}
	v = view_new(req);
	snprintf(v->id, sizeof(v->id), "%s", id);
	store_dippy_jobs(orchestrator, v->id, 1, on_job, v);
}

static void
on_recent(const struct pg_answer *answer, void *arg)
{
	struct view *v = arg;
	json_t *jobs;

	if (!is_away(v->req, answer)) {
		jobs = json_array();
		for (int i = 0; i < PQntuples(answer->results[0]); i++)
			json_array_append_new(
			    jobs, shown(answer->results[0], i));
		dippy_json(v->req, 200,
		    json_pack("{s:o, s:i, s:i}", "jobs", jobs, "limit",
			v->limit, "total_jobs", (int)json_array_size(jobs)));
	}
	free(v);
}

/* -1: it is none of 1 to MAX_RECENT. */
static int
limit_of(const char *text)
{
	char *end;
	long n;

	if (text == NULL)
		return MAX_RECENT;
	errno = 0;
	n = strtol(text, &end, 10);
	return end == text || *end != '\0' || errno != 0 || n < 1 ||
		       n > MAX_RECENT
		   ? -1
		   : (int)n;
}

void
dippy_recent(struct http_req *req, void *orchestrator)
{
	int limit = limit_of(http_req_query(req, "limit"));
	struct view *v;

	if (!dippy_is_open(orchestrator, req))
		return;
	if (limit < 0) {
		dippy_invalid(req, "less_than_equal", "query", "limit",
		    "Input should be a whole number from 1 to 100", NULL);
		return;
	}
	v = view_new(req);
	v->limit = limit;
	store_dippy_jobs(orchestrator, NULL, limit, on_recent, v);
}

/* -- what is one text ---------------------------------------------------- */

static void
on_body(const struct pg_answer *answer, void *arg)
{
	struct http_req *req = arg;
	const char *body;

	if (is_away(req, answer))
		return;
	body = pg_text(answer->results[0], 0, "body");
	http_reply(req, 200, "application/json", body, strlen(body));
}

void
dippy_miners(struct http_req *req, void *orchestrator)
{
	if (dippy_is_open(orchestrator, req))
		store_dippy_miners(orchestrator, on_body, req);
}

void
dippy_scores(struct http_req *req, void *orchestrator)
{
	if (dippy_is_open(orchestrator, req))
		store_dippy_scores(orchestrator, on_body, req);
}

void
dippy_audit_failures(struct http_req *req, void *orchestrator)
{
	if (dippy_is_open(orchestrator, req))
		store_dippy_audit_failures(orchestrator, on_body, req);
}

void
dippy_candidates(struct http_req *req, void *orchestrator)
{
	if (dippy_is_open(orchestrator, req))
		store_dippy_candidates(orchestrator, on_body, req);
}

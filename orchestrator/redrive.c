/* Jobs that came to nothing, begun once more. */
#include "orchestrator/redrive.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/clock.h"
#include "common/http_server.h"
#include "common/log.h"
#include "common/pg.h"
#include "common/redis.h"
#include "common/uuid.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/page_api.h"
#include "orchestrator/principal.h"
#include "orchestrator/store_op.h"
#include "orchestrator/store_page.h"
#include "orchestrator/v1_read.h"

enum { GROUP_DIGITS = 8 };

/* What page_failures.sql counts of a group. */
static const int64_t group_us = 7 * 86400 * INT64_C(1000000);

/* "{id,id}": for as many jobs as there may be. The caller frees. */
static char *
new_ids(int n)
{
	struct buf ids = {0};
	char id[UUID_TEXT];

	for (int i = 0; i < n; i++) {
		uuid_new(id);
		buf_printf(&ids, "%s%s", i == 0 ? "{" : ",", id);
	}
	buf_add_str(&ids, "}");
	return buf_take_str(&ids);
}

/* Dispatchers claim whatever waits of a kind that they hear of. */
static void
tell_dispatchers(struct orchestrator *o, const PGresult *res)
{
	for (int i = 0; i < PQntuples(res); i++) {
		const char *kind = pg_text(res, i, "kind");

		if (i == 0 || strcmp(kind, pg_text(res, i - 1, "kind")) != 0)
			redis_send(
			    o->out, redis_jobs, pg_text(res, i, "id"), kind);
	}
}

static json_t *
jobs_json(const PGresult *res)
{
	json_t *jobs = json_array();

	for (int i = 0; i < PQntuples(res); i++)
		json_array_append_new(jobs,
		    json_pack("{s:s, s:s, s:s}", "id", pg_text(res, i, "id"),
			"redrive_of", pg_text(res, i, "redrive_of"), "kind",
			pg_text(res, i, "kind")));
	return jobs;
}

static void
send_jobs(struct v1_read *r, const PGresult *res)
{
	json_t *body = json_pack("{s:o}", "jobs", jobs_json(res));
	char *text = json_dumps(body, JSON_COMPACT);

	log_info("jobs.redriven", "n=%d by=%s", PQntuples(res),
	    principal_of(r->req)->id);
	tell_dispatchers(r->o, res);
	page_api_changed(r->o);
	http_reply(r->req, 200, "application/json", text, strlen(text));
	free(text);
	json_decref(body);
}

static void
on_redriven(const struct pg_answer *answer, void *arg)
{
	struct v1_read *r = arg;

	if (answer->outcome == PG_UNKNOWN)
		http_reply_problem(r->req, 503, "unknown",
		    "the database went away meanwhile: look at the failures "
		    "before you ask again");
	else if (!store_is_done(answer, "job_redrive"))
		http_reply_problem(
		    r->req, 503, "unavailable", "%s", store_why(answer));
	else if (PQntuples(answer->results[0]) == 0)
		http_reply_problem(r->req, 409, "nothing_to_redrive",
		    "no job of that name waits to be redriven: it is not "
		    "there, did not fail, was redriven before, is an audit, "
		    "or its kind is no more");
	else
		send_jobs(r, answer->results[0]);
	free(r);
}

static void
redrive(struct http_req *req, struct orchestrator *o, const char *what, int n,
    int64_t since_us)
{
	char *ids = new_ids(n);

	store_redrive(
	    o, what, ids, since_us, on_redriven, v1_read_new(o, req, "job"));
	free(ids);
}

void
redrive_job(struct http_req *req, void *orchestrator)
{
	const char *id = http_req_param(req, "id");

	if (!uuid_is_valid(id))
		http_reply_problem(req, 404, "not_found", "no such job");
	else
		redrive(req, orchestrator, id, 1, 0);
}

void
redrive_group(struct http_req *req, void *orchestrator)
{
	const char *group = http_req_param(req, "group");

	if (strlen(group) != GROUP_DIGITS ||
	    strspn(group, "0123456789abcdef") != GROUP_DIGITS)
		http_reply_problem(req, 404, "not_found",
		    "a group of failures is named by %d hex digits",
		    GROUP_DIGITS);
	else
		redrive(req, orchestrator, group, REDRIVE_MAX,
		    clock_wall_us() - group_us);
}

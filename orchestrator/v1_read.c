/* Requests that are answered with what a row says. */
#include "orchestrator/v1_read.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/http_server.h"
#include "common/xalloc.h"

struct v1_read *
v1_read_new(struct orchestrator *o, struct http_req *req, const char *missing)
{
	struct v1_read *r = xcalloc(1, sizeof(*r));

	r->o = o;
	r->req = req;
	r->missing = missing;
	return r;
}

struct v1_read *
v1_read_job(struct orchestrator *o, struct http_req *req)
{
	const char *id = http_req_param(req, "id");
	struct v1_read *r;

	if (!uuid_is_valid(id)) {
		http_reply_problem(req, 404, "not_found", "no such job");
		return NULL;
	}
	r = v1_read_new(o, req, "no such job");
	snprintf(r->id, sizeof(r->id), "%s", id);
	return r;
}

const PGresult *
v1_read_row(struct v1_read *r, const struct pg_answer *answer)
{
	if (answer->outcome != PG_DONE)
		http_reply_problem(
		    r->req, 503, "unavailable", "the database is away");
	else if (PQntuples(answer->results[0]) == 0)
		http_reply_problem(r->req, 404, "not_found", "%s", r->missing);
	else
		return answer->results[0];
	return NULL;
}

void
v1_read_on_body(const struct pg_answer *answer, void *read)
{
	struct v1_read *r = read;
	const PGresult *res = v1_read_row(r, answer);
	const char *body;

	if (res != NULL) {
		body = pg_text(res, 0, "body");
		http_reply(r->req, 200, "application/json", body, strlen(body));
	}
	free(r);
}

void
v1_read_job_headers(struct http_req *req, const PGresult *res)
{
	if (!pg_is_null(res, 0, "traceparent"))
		http_reply_header(
		    req, "traceparent", pg_text(res, 0, "traceparent"));
	if (!pg_is_null(res, 0, "timing"))
		http_reply_header(
		    req, "Server-Timing", pg_text(res, 0, "timing"));
}

/* Requests that are answered with what a row says. */
#include "orchestrator/v1_read.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/http_server.h"
#include "common/xalloc.h"
#include "orchestrator/principal.h"
#include "orchestrator/reply_row.h"

struct v1_read *
v1_read_new(struct orchestrator *o, struct http_req *req, const char *what)
{
	struct v1_read *r = xcalloc(1, sizeof(*r));

	r->o = o;
	r->req = req;
	r->what = what;
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
	r = v1_read_new(o, req, "job");
	snprintf(r->id, sizeof(r->id), "%s", id);
	return r;
}

const char *
v1_read_sees(const struct v1_read *r)
{
	return principal_sees(principal_of(r->req));
}

const PGresult *
v1_read_row(const struct v1_read *r, const struct pg_answer *answer)
{
	return reply_has_row(r->req, answer, r->what) ? answer->results[0]
						      : NULL;
}

void
v1_read_on_body(const struct pg_answer *answer, void *read)
{
	struct v1_read *r = read;

	reply_row(r->req, answer, r->what);
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

/* The door of files. */
#include "orchestrator/files.h"

#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "common/api_key.h"
#include "common/blobs.h"
#include "common/buf.h"
#include "common/clock.h"
#include "common/xalloc.h"
#include "orchestrator/file_take.h"
#include "orchestrator/form.h"
#include "orchestrator/give.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/reply_row.h"
#include "orchestrator/store_files.h"
#include "orchestrator/store_op.h"

enum { SWEEP_S = 10, SWEEP_LOT = 50, PAGE = 20, MAX_PAGE = 100 };

struct files {
	struct orchestrator *o;
	struct event *timer;
	bool is_asked;
};

struct file_request {
	struct orchestrator *o;
	struct http_req *req;
	int limit; /* of a list */
};

static struct file_request *
request_new(struct orchestrator *o, struct http_req *req)
{
	struct file_request *r = xcalloc(1, sizeof(*r));

	r->o = o;
	r->req = req;
	return r;
}

/* The id in the path; NULL, and answered, if there is none. */
static const char *
id_of(struct http_req *req)
{
	const char *id = http_req_param(req, "id");

	if (uuid_is_valid(id))
		return id;
	http_reply_problem(req, 404, "not_found", "no such file");
	return NULL;
}

/* -- one ---------------------------------------------------------------- */

static void
on_shown(const struct pg_answer *answer, void *arg)
{
	struct file_request *r = arg;

	reply_row(r->req, answer, "file");
	free(r);
}

static void
show(struct http_req *req, void *orchestrator)
{
	struct orchestrator *o = orchestrator;
	const char *id = id_of(req);

	if (id != NULL)
		store_file_get(o, id, file_tenant(req), clock_wall_us(),
		    on_shown, request_new(o, req));
}

static void
on_content(const struct pg_answer *answer, void *arg)
{
	struct file_request *r = arg;
	const PGresult *res;
	struct give what;

	if (reply_has_row(r->req, answer, "file")) {
		res = answer->results[0];
		what = (struct give){.id = pg_text(res, 0, "id"),
		    .sha256 = pg_text(res, 0, "sha256"),
		    .type = pg_text(res, 0, "type"),
		    .bytes = pg_int(res, 0, "bytes"),
		    .gone_status = 410,
		    .gone_code = "gone",
		    .gone_why = "the file is no longer stored"};
		give(r->o, r->req, &what);
	}
	free(r);
}

static void
content(struct http_req *req, void *orchestrator)
{
	struct orchestrator *o = orchestrator;
	const char *id = id_of(req);

	if (id != NULL)
		store_file_get(o, id, file_tenant(req), clock_wall_us(),
		    on_content, request_new(o, req));
}

/* The bytes of rows that were deleted. */
static void
forget(struct orchestrator *o, const PGresult *res)
{
	for (int i = 0; i < PQntuples(res); i++) {
		if (!pg_bool(res, i, "is_used"))
			blob_remove(o->blobs, pg_text(res, i, "id"),
			    pg_text(res, i, "sha256"));
	}
}

static void
on_deleted(const struct pg_answer *answer, void *arg)
{
	struct file_request *r = arg;

	if (reply_has_row(r->req, answer, "file")) {
		forget(r->o, answer->results[0]);
		http_reply(r->req, 204, NULL, "", 0);
	}
	free(r);
}

static void delete (struct http_req *req, void *orchestrator)
{
	struct orchestrator *o = orchestrator;
	const char *id = id_of(req);

	if (id != NULL)
		store_file_delete(
		    o, id, file_tenant(req), on_deleted, request_new(o, req));
}

/* -- all of them -------------------------------------------------------- */

/* RFC 8288: where the next page is. */
static void
add_link(struct file_request *r, const char *last)
{
	struct buf link = {0};

	buf_printf(&link, "</v1/files?limit=%d&cursor=%s>; rel=\"next\"",
	    r->limit, last);
	http_reply_header(r->req, "Link", buf_str(&link));
	buf_free(&link);
}

/* One more row than was asked for says that there is a next page. */
static void
answer_list(struct file_request *r, const PGresult *res)
{
	int n = PQntuples(res) < r->limit ? PQntuples(res) : r->limit;
	struct buf body = {0};

	buf_add_str(&body, "{\"files\":[");
	for (int i = 0; i < n; i++)
		buf_printf(
		    &body, "%s%s", i > 0 ? "," : "", pg_text(res, i, "body"));
	buf_add_str(&body, "]}");
	if (PQntuples(res) > n)
		add_link(r, pg_text(res, n - 1, "id"));
	http_reply(r->req, 200, "application/json", body.data, body.len);
	buf_free(&body);
}

static void
on_listed(const struct pg_answer *answer, void *arg)
{
	struct file_request *r = arg;

	if (answer->outcome == PG_DONE)
		answer_list(r, answer->results[0]);
	else
		http_reply_problem(
		    r->req, 503, "unavailable", "the database is away");
	free(r);
}

/* 1 to MAX_PAGE; 0 if it is none. */
static int
limit_of(const char *text)
{
	size_t len;

	if (text == NULL)
		return PAGE;
	len = strlen(text);
	if (len < 1 || len > 3 || strspn(text, "0123456789") != len ||
	    atoi(text) > MAX_PAGE)
		return 0;
	return atoi(text);
}

static void
list(struct http_req *req, void *orchestrator)
{
	struct orchestrator *o = orchestrator;
	const char *cursor = http_req_query(req, "cursor");
	int limit = limit_of(http_req_query(req, "limit"));
	struct file_request *r;

	if (limit == 0) {
		http_reply_problem(req, 400, "bad_limit",
		    "limit must be a whole number between 1 and %d", MAX_PAGE);
		return;
	}
	if (cursor != NULL && !uuid_is_valid(cursor)) {
		http_reply_problem(req, 400, "bad_cursor",
		    "cursor must be that of a Link header");
		return;
	}
	r = request_new(o, req);
	r->limit = limit;
	store_file_list(o, file_tenant(req), clock_wall_us(), cursor, limit + 1,
	    on_listed, r);
}

enum { OWNERS = ROLE_CLIENT | ROLE_OPERATOR | ROLE_ADMIN };

const struct http_route files_routes[] = {
    {"POST", "/v1/files", FORM_MAX_BODY, true, file_take, OWNERS},
    {"GET", "/v1/files", 0, false, list, OWNERS},
    {"GET", "/v1/files/{id}", 0, false, show, OWNERS},
    {"DELETE", "/v1/files/{id}", 0, false, delete, OWNERS},
    {"GET", "/v1/files/{id}/content", 0, false, content, OWNERS},
    {NULL, NULL, 0, false, NULL, 0},
};

/* -- the sweep ---------------------------------------------------------- */

static void
on_expired(const struct pg_answer *answer, void *arg)
{
	struct files *f = arg;

	f->is_asked = false;
	if (store_is_done(answer, "file_expire"))
		forget(f->o, answer->results[0]);
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct files *f = arg;

	(void)fd;
	(void)what;
	if (f->is_asked || !pg_is_up(f->o->back))
		return;
	f->is_asked = true;
	store_file_expire(f->o, clock_wall_us(), SWEEP_LOT, on_expired, f);
}

struct files *
files_new(struct orchestrator *o)
{
	struct files *f = xcalloc(1, sizeof(*f));
	int64_t ms =
	    o->file_ttl_ms < SWEEP_S * 1000 ? o->file_ttl_ms : SWEEP_S * 1000;
	struct timeval often = {ms / 1000, ms % 1000 * 1000};

	f->o = o;
	f->timer = event_new(o->service.base, -1, EV_PERSIST, on_timer, f);
	event_add(f->timer, &often);
	return f;
}

void
files_free(struct files *f)
{
	if (f == NULL)
		return;
	event_free(f->timer);
	free(f);
}

/* A stored file as an answer. */
#include "orchestrator/give.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/blobs.h"
#include "common/clock.h"
#include "common/http_file.h"
#include "common/http_server.h"
#include "common/log.h"
#include "common/s3_sign.h"
#include "common/xalloc.h"
#include "orchestrator/orchestrator.h"

enum { AHEAD = 262144 }; /* bytes that wait for a reader */

/* One that is handed through. */
struct giving {
	struct orchestrator *o;
	struct http_req *req;
	struct blob_read *read;
	struct http_range range;
	uint64_t bytes;
	char sha256[65], type[128];
	int gone_status;
	char gone_code[32], gone_why[128];
	bool has_begun;
};

/* -- handing through ---------------------------------------------------- */

static void
on_room(struct http_req *req, void *arg)
{
	struct giving *g = arg;

	(void)req;
	blob_read_resume(g->read);
}

static void
on_gone(struct http_req *req, void *arg)
{
	struct giving *g = arg;

	blob_read_cancel(g->read);
	if (g->has_begun)
		http_stream_cut(req);
	else
		http_reply(req, 503, NULL, "", 0); /* to nobody */
	free(g);
}

static void
on_data(const void *data, size_t len, void *arg)
{
	struct giving *g = arg;

	if (!g->has_begun) {
		g->has_begun = true;
		http_file_headers(g->req, &g->range, g->sha256, g->bytes);
		http_stream_begin_sized(g->req,
		    g->range.answer == HTTP_RANGE_PART ? 206 : 200, g->type,
		    g->range.len);
	}
	if (http_stream_write(g->req, data, len) < AHEAD)
		return;
	blob_read_pause(g->read);
	http_stream_on_room(g->req, on_room, g);
}

static void
on_end(enum blob_outcome outcome, const char *why, void *arg)
{
	struct giving *g = arg;

	http_req_on_gone(g->req, NULL, NULL);
	if (outcome == BLOB_FAILED)
		log_warn("store.failed", "what=read why=\"%s\"", why);
	if (g->has_begun && outcome == BLOB_DONE)
		http_stream_end(g->req);
	else if (g->has_begun)
		http_stream_cut(g->req);
	else if (outcome == BLOB_MISSING)
		http_reply_problem(
		    g->req, g->gone_status, g->gone_code, "%s", g->gone_why);
	else
		http_reply_problem(g->req, 503, "unavailable",
		    "the file cannot be read now; try again");
	free(g);
}

static void
hand_through(struct orchestrator *o, struct http_req *req,
    const struct give *what, const struct http_range *range)
{
	struct giving *g = xcalloc(1, sizeof(*g));

	g->o = o;
	g->req = req;
	g->range = *range;
	g->bytes = what->bytes;
	g->gone_status = what->gone_status;
	snprintf(g->sha256, sizeof(g->sha256), "%s", what->sha256);
	snprintf(g->type, sizeof(g->type), "%s", what->type);
	snprintf(g->gone_code, sizeof(g->gone_code), "%s", what->gone_code);
	snprintf(g->gone_why, sizeof(g->gone_why), "%s", what->gone_why);
	g->read = blob_read_start(o->blobs, what->id, what->sha256,
	    range->offset, range->len, on_data, on_end, g);
	http_req_on_gone(req, on_gone, g);
}

/* -- the other ways ----------------------------------------------------- */

/* How long a URL is good for. */
static int
url_seconds(const struct give *what, int64_t now_s)
{
	int64_t s = what->until_s > 0 ? what->until_s - now_s : GIVE_URL_S;

	if (s < 1)
		return 1;
	return s < S3_MAX_EXPIRES_S ? (int)s : S3_MAX_EXPIRES_S;
}

static void
redirect(struct orchestrator *o, struct http_req *req, const struct give *what)
{
	int64_t now_s = clock_wall_us() / 1000000;
	char *url = blob_url(o->blobs, what->id, what->sha256, what->type,
	    now_s, url_seconds(what, now_s));

	http_reply_header(req, "Location", url);
	http_reply_header(req, "Cache-Control", "no-store");
	http_reply(req, 302, NULL, "", 0);
	free(url);
}

/* Whether it was answered from here. */
static bool
give_local(
    struct orchestrator *o, struct http_req *req, const struct give *what)
{
	uint64_t bytes;
	int fd = blob_open_here(o->blobs, what->id, what->sha256, &bytes);

	if (fd >= 0)
		http_file_reply(req, what->type, what->sha256, fd, bytes);
	else if (blobs_are_local(o->blobs))
		http_reply_problem(req, what->gone_status, what->gone_code,
		    "%s", what->gone_why);
	else
		return false;
	return true;
}

/* An answer without a body is given by ourselves, and an empty file's. */
static void
give_remote(
    struct orchestrator *o, struct http_req *req, const struct give *what)
{
	struct http_range range =
	    http_file_range(req, what->sha256, what->bytes);
	bool is_head = strcmp(http_req_method(req), "HEAD") == 0;
	bool is_given =
	    range.answer == HTTP_RANGE_WHOLE || range.answer == HTTP_RANGE_PART;

	if (is_given && !is_head && range.len > 0) {
		hand_through(o, req, what, &range);
		return;
	}
	http_file_headers(req, &range, what->sha256, what->bytes);
	if (is_given)
		http_reply(req, range.answer == HTTP_RANGE_PART ? 206 : 200,
		    what->type, "", range.len);
	else
		http_file_refuse(req, &range, what->bytes);
}

void
give(struct orchestrator *o, struct http_req *req, const struct give *what)
{
	bool is_head = strcmp(http_req_method(req), "HEAD") == 0;

	/* A URL is signed for one method. */
	if (o->redirects && !blobs_are_local(o->blobs) && !is_head)
		redirect(o, req, what);
	else if (!give_local(o, req, what))
		give_remote(o, req, what);
}

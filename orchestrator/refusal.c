/* Why a request is not done. */
#include "orchestrator/refusal.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/http_server.h"

void
refusal_set(
    struct refusal *r, int status, const char *code, const char *fmt, ...)
{
	va_list ap;

	r->status = status;
	r->code = code;
	r->reset_us = 0;
	va_start(ap, fmt);
	vsnprintf(r->why, sizeof(r->why), fmt, ap);
	va_end(ap);
}

/* Rounded up: whoever comes then is not early. */
static void
print_reset(int64_t wall_us, char out[32])
{
	time_t s = (wall_us + 999999) / 1000000;
	struct tm tm;

	gmtime_r(&s, &tm);
	strftime(out, 32, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

void
refusal_reply(struct http_req *req, const struct refusal *r)
{
	char reset_at[32];
	json_t *body;
	char *text;

	if (r->reset_us == 0) {
		http_reply_problem(req, r->status, r->code, "%s", r->why);
		return;
	}
	print_reset(r->reset_us, reset_at);
	body = json_pack("{s:s, s:s, s:i, s:s, s:s, s:s, s:s}", "type",
	    "about:blank", "title", http_status_title(r->status), "status",
	    r->status, "code", r->code, "detail", r->why, "reset_at", reset_at,
	    "request_id", http_req_id(req));
	text = json_dumps(body, JSON_COMPACT);
	http_reply(
	    req, r->status, "application/problem+json", text, strlen(text));
	free(text);
	json_decref(body);
}

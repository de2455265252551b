/* Why a request is not done. */
#include "orchestrator/refusal.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
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

	if (r->reset_us == 0) {
		http_reply_problem(req, r->status, r->code, "%s", r->why);
		return;
	}
	print_reset(r->reset_us, reset_at);
	http_reply_problem_more(req, r->status, r->code, r->why,
	    json_pack("{s:s}", "reset_at", reset_at));
}

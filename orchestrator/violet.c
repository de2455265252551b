/* Answers of Violet's door. */
#include "orchestrator/violet.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/pg.h"
#include "common/xalloc.h"
#include "orchestrator/detail.h"
#include "orchestrator/give.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/principal.h"
#include "orchestrator/refusal.h"

const char violet_send_a_form[] = "send a form: multipart/form-data or "
				  "application/x-www-form-urlencoded";

enum { REAL_DIGITS = 12 };

/* -- answers ------------------------------------------------------------- */

void
violet_reply(struct http_req *req, int status, json_t *body)
{
	char *text =
	    json_dumps(body, JSON_COMPACT | JSON_REAL_PRECISION(REAL_DIGITS));

	http_reply(req, status, "application/json", text, strlen(text));
	free(text);
	json_decref(body);
}

void
violet_refuse(struct http_req *req, int status, const char *fmt, ...)
{
	va_list ap;
	json_t *body;

	va_start(ap, fmt);
	body = detail_body(req, status, fmt, ap);
	va_end(ap);
	violet_reply(req, status, body);
}

/* Our words for a parameter in Violet's. */
static void
say_fields(const char *why, char *out, size_t size)
{
	static const struct {
		const char *ours, *theirs;
	} names[] = {
	    {"params.language", "source_language"},
	    {"params.voice", "voice_name"},
	    {"params.", ""},
	};
	size_t n = 0;

	while (*why != '\0' && n + 1 < size) {
		size_t i = 0;

		while (i < 3 &&
		       strncmp(why, names[i].ours, strlen(names[i].ours)) != 0)
			i++;
		if (i == 3) {
			out[n++] = *why++;
			continue;
		}
		n += snprintf(out + n, size - n, "%s", names[i].theirs);
		why += strlen(names[i].ours);
	}
	out[n < size ? n : size - 1] = '\0';
}

void
violet_refuse_input(struct http_req *req, const struct refusal *r)
{
	bool is_large = strcmp(r->code, "too_large") == 0 ||
			strcmp(r->code, "input_size") == 0;
	bool is_bad_input =
	    r->status < 500 && r->status != 409 && r->status != 429;
	char why[sizeof(r->why)];

	say_fields(r->why, why, sizeof(why));
	violet_refuse(req, is_bad_input ? 400 : r->status, "%s%s",
	    is_large ? "File too large: " : "", why);
}

bool
violet_is_read(struct http_req *req, const struct pg_answer *answer)
{
	if (answer->outcome == PG_DONE)
		return true;
	violet_refuse(req, 503, "The database is away; try again");
	return false;
}

const char *
violet_tenant(const struct http_req *req)
{
	return principal_sees(principal_of(req));
}

char *
violet_file_url(const struct orchestrator *o, const char *file_id)
{
	int64_t expires_s = clock_wall_us() / 1000000 + GIVE_URL_S;
	char signature[SECRET_TEXT];

	secrets_url(&o->secrets, SECRETS_FILE, file_id, expires_s, signature);
	return xasprintf(
	    "%s/api/v1/files/%s/download?expires=%lld&signature=%s",
	    o->public_url, file_id, (long long)expires_s, signature);
}

bool
violet_file_is_signed(const struct orchestrator *o, struct http_req *req,
    const char *file_id, int64_t *until_s)
{
	const char *expires = http_req_query(req, "expires");
	const char *signature = http_req_query(req, "signature");

	return violet_number(expires, 0, INT64_MAX, until_s) &&
	       secrets_check_url(&o->secrets, SECRETS_FILE, file_id, *until_s,
		   signature, clock_wall_us() / 1000000);
}

/* Answers as Dippy's clients know them. */
#include "orchestrator/dippy_reply.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "common/http_server.h"
#include "orchestrator/detail.h"

void
dippy_json(struct http_req *req, int status, json_t *body)
{
	char *text = json_dumps(body, JSON_COMPACT);

	http_reply(req, status, "application/json", text, strlen(text));
	free(text);
	json_decref(body);
}

void
dippy_detail(struct http_req *req, int status, const char *fmt, ...)
{
	va_list ap;
	json_t *body;

	va_start(ap, fmt);
	body = detail_body(req, status, fmt, ap);
	va_end(ap);
	dippy_json(req, status, body);
}

void
dippy_invalid(struct http_req *req, const char *type, const char *where,
    const char *field, const char *msg, const json_t *input)
{
	json_t *loc = json_pack("[s]", where);
	json_t *fault;

	if (field != NULL)
		json_array_append_new(loc, json_string(field));
	fault = json_pack("{s:s, s:o, s:s, s:o}", "type", type, "loc", loc,
	    "msg", msg, "input",
	    input != NULL ? json_deep_copy(input) : json_null());
	dippy_json(req, 422, json_pack("{s:[o]}", "detail", fault));
}

/* Refusals in OpenAI's form. */
#include "orchestrator/openai_error.h"

#include <jansson.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "common/http_server.h"
#include "common/xalloc.h"

static const char *const doors[] = {
    "/v1/audio", "/v1/images", "/v1/models", "/v1/chat", NULL};

static const char *
type_of(int status)
{
	switch (status) {
	case 401:
		return "authentication_error";
	case 403:
		return "permission_error";
	case 429:
		return "rate_limit_error";
	}
	return status < 500 ? "invalid_request_error" : "server_error";
}

/* Of what is wrong with a request OpenAI has one status. */
static int
status_of(int status)
{
	return status == 415 || status == 422 ? 400 : status;
}

/* What clients of the one at 401 look for. */
static const char *
code_of(int status, const char *code)
{
	return status == 401 ? "invalid_api_key" : code;
}

/* What was given may be quoted in it, and be no UTF-8. */
static json_t *
text(const char *s)
{
	json_t *json = json_string(s);
	char *ascii;

	if (json != NULL)
		return json;
	ascii = xstrdup(s);
	for (char *p = ascii; *p != '\0'; p++) {
		if (*p & 0x80)
			*p = '?';
	}
	json = json_string(ascii);
	free(ascii);
	return json;
}

static char *
body_of(const struct openai_error *e)
{
	bool has_param = e->param != NULL && e->param[0] != '\0';
	json_t *json = json_pack("{s:{s:o, s:s, s:o, s:s}}", "error", "message",
	    text(e->why), "type", type_of(e->status), "param",
	    has_param ? text(e->param) : json_null(), "code",
	    code_of(e->status, e->code));
	char *body = json_dumps(json, JSON_COMPACT);

	json_decref(json);
	return body;
}

void
openai_error_reply(struct http_req *req, const struct openai_error *e)
{
	char *body = body_of(e);

	if (e->status == 503)
		http_reply_header(req, "Retry-After", "1");
	/* The SDKs try again by themselves unless they are told. */
	if (e->is_final)
		http_reply_header(req, "X-Should-Retry", "false");
	http_reply(
	    req, status_of(e->status), "application/json", body, strlen(body));
	free(body);
}

char *
openai_error_problem(
    const char *path, int status, const char *code, const char *detail)
{
	const struct openai_error e = {
	    .status = status, .code = code, .why = detail};

	for (size_t i = 0; doors[i] != NULL; i++) {
		size_t len = strlen(doors[i]);

		if (strncmp(path, doors[i], len) == 0 &&
		    (path[len] == '\0' || path[len] == '/'))
			return body_of(&e);
	}
	return NULL;
}

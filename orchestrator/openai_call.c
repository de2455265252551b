/* A request at the OpenAI door while it waits for its jobs: its life, and its
 * answers. */
#include "orchestrator/openai_call.h"

#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/http_server.h"
#include "common/xalloc.h"
#include "orchestrator/openai_call_impl.h"
#include "orchestrator/openai_error.h"
#include "orchestrator/openai_params.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/principal.h"
#include "orchestrator/probe_verdict.h"
#include "orchestrator/watch.h"

/* -- life ----------------------------------------------------------------- */

void
openai_call_clear(struct openai_call *call)
{
	for (size_t i = 0; i < call->n; i++) {
		struct leg *leg = &call->legs[i];

		watch_free(leg->watch);
		json_decref(leg->json);
		free(leg->result.type);
		json_decref(leg->result.json);
		if (leg->fd >= 0)
			close(leg->fd);
		memset(leg, 0, sizeof(*leg));
	}
	call->n = 0;
}

static void
call_free(struct openai_call *call)
{
	LIST_REMOVE(call, link);
	openai_call_clear(call);
	if (call->timer != NULL)
		event_free(call->timer);
	buf_free(&call->ids);
	call->free_arg(call->arg);
	free(call);
}

struct http_req *
openai_call_take(struct openai_call *call)
{
	struct http_req *req = call->req;

	http_req_on_gone(req, NULL, NULL);
	if (call->ids.len > 0)
		http_reply_header(req, "X-Job-Id", buf_str(&call->ids));
	call_free(call);
	return req;
}

void
openai_call_refuse(struct openai_call *call, const struct openai_error *e)
{
	/* The words may be the call's own. */
	char why[1024], param[64];
	struct openai_error copy = *e;

	snprintf(why, sizeof(why), "%s", e->why);
	snprintf(param, sizeof(param), "%s", e->param != NULL ? e->param : "");
	copy.why = why;
	copy.param = param;
	openai_error_reply(openai_call_take(call), &copy);
}

void
openai_call_fault(struct openai_call *call, const struct openai_fault *fault)
{
	const struct openai_error e = {
	    .status = 400,
	    .code = "invalid_value",
	    .param = fault->param,
	    .why = fault->why,
	};

	openai_call_refuse(call, &e);
}

void
openai_call_answer(
    struct openai_call *call, const char *type, const void *body, size_t len)
{
	http_reply(openai_call_take(call), 200, type, body, len);
}

void
openai_call_answer_file(
    struct openai_call *call, const char *type, int fd, uint64_t bytes)
{
	http_reply_file(openai_call_take(call), 200, type, fd, 0, bytes);
}

void
openai_call_drop(struct openai_call *call)
{
	http_reply(openai_call_take(call), 499, NULL, NULL, 0);
}

static void
on_gone(struct http_req *req, void *arg)
{
	struct openai_call *call = arg;

	(void)req;
	call->is_gone = true;
	if (call->busy == 0)
		openai_call_drop(call);
}

struct openai_call *
openai_call_new(struct orchestrator *o, struct http_req *req,
    void (*free_arg)(void *), void *arg)
{
	struct openai_call *call = xcalloc(1, sizeof(*call));

	call->o = o;
	call->req = req;
	call->free_arg = free_arg;
	call->arg = arg;
	LIST_INSERT_HEAD(&o->openai_calls, call, link);
	http_req_on_gone(req, on_gone, call);
	return call;
}

void *
openai_call_arg(const struct openai_call *call)
{
	return call->arg;
}

struct orchestrator *
openai_call_orchestrator(const struct openai_call *call)
{
	return call->o;
}

const struct openai_result *
openai_call_result(const struct openai_call *call, size_t i)
{
	return &call->legs[i].result;
}

size_t
openai_call_n(const struct openai_call *call)
{
	return call->n;
}

void
openai_call_away(struct openai_call *call)
{
	call->busy++;
}

bool
openai_call_back(struct openai_call *call)
{
	call->busy--;
	if (!call->is_gone)
		return true;
	openai_call_drop(call);
	return false;
}

bool
openai_call_is_named(const struct openai_call *call)
{
	return http_req_header(call->req, "Idempotency-Key") != NULL;
}

const char *
openai_call_sees(const struct openai_call *call)
{
	return principal_sees(principal_of(call->req));
}

/* -- refusals of orders ---------------------------------------------------- */

/* A refusal in the words of the client. */
struct said {
	char param[64]; /* "": none */
	char why[700];
};

/* "params.text is 3 characters long" of who knows it as input; of a picture's
 * width, its size. */
static void
say_param(const struct openai_call *call, const char *why, struct said *out)
{
	size_t len = strcspn(why, " ");
	char name[64];

	snprintf(name, sizeof(name), "%.*s", (int)len, why);
	if (call->has_size &&
	    (strcmp(name, "width") == 0 || strcmp(name, "height") == 0)) {
		snprintf(out->param, sizeof(out->param), "size");
		snprintf(out->why, sizeof(out->why), "size: %s", why);
		return;
	}
	snprintf(out->param, sizeof(out->param), "%s",
	    openai_field_of(call->table, name));
	snprintf(out->why, sizeof(out->why), "%s%s", out->param, why + len);
}

/* Whether it is the file that is refused. */
static bool
is_of_input(const char *code)
{
	return strcmp(code, "input_size") == 0 ||
	       strcmp(code, "wrong_input_type") == 0 ||
	       probe_fault_fix(code) != NULL;
}

/* "input is broken" of a recording, which its client sent as file. */
static void
say_input(const struct openai_call *call, const char *why, struct said *out)
{
	static const char input[] = "input ";

	snprintf(out->param, sizeof(out->param), "%s", call->file_field);
	if (strncmp(why, input, strlen(input)) == 0)
		snprintf(out->why, sizeof(out->why), "%s %s", call->file_field,
		    why + strlen(input));
}

static void
say(const struct openai_call *call, const struct refusal *r, struct said *out)
{
	static const char params[] = "params.";

	out->param[0] = '\0';
	snprintf(out->why, sizeof(out->why), "%s", r->why);
	if (strncmp(r->why, params, strlen(params)) == 0)
		say_param(call, r->why + strlen(params), out);
	else if (call->has_file && is_of_input(r->code))
		say_input(call, r->why, out);
}

void
openai_call_refusal(struct openai_call *call, const struct refusal *r)
{
	struct said said;
	const struct openai_error e = {
	    .status = r->status,
	    .code = r->code,
	    .param = said.param,
	    .why = said.why,
	    .is_final =
		strcmp(r->code, "unknown") == 0 && !openai_call_is_named(call),
	};

	say(call, r, &said);
	openai_call_refuse(call, &e);
}

/* -- the end --------------------------------------------------------------- */

void
openai_calls_drain(struct orchestrator *o)
{
	static const struct openai_error e = {.status = 503,
	    .code = "unavailable",
	    .why = "this instance stops; the jobs named in X-Job-Id go on"};
	struct openai_call *call, *next;

	for (call = LIST_FIRST(&o->openai_calls); call != NULL; call = next) {
		next = LIST_NEXT(call, link);
		if (call->busy == 0 && call->n > 0)
			openai_call_refuse(call, &e);
	}
}

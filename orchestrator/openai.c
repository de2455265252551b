/* The OpenAI door: its routes, and the list of models. */
#include "orchestrator/openai.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/api_key.h"
#include "orchestrator/form.h"
#include "orchestrator/openai_error.h"
#include "orchestrator/openai_kind.h"
#include "orchestrator/orchestrator.h"

static bool
is_starting(struct http_req *req, const struct orchestrator *o)
{
	static const struct openai_error e = {
	    .status = 503, .code = "unavailable", .why = "starting"};

	if (o->kinds != NULL)
		return false;
	openai_error_reply(req, &e);
	return true;
}

static void
answer_json(struct http_req *req, json_t *json)
{
	char *body = json_dumps(json, JSON_COMPACT);

	http_reply(req, 200, "application/json", body, strlen(body));
	free(body);
	json_decref(json);
}

static void
list_models(struct http_req *req, void *orchestrator)
{
	struct orchestrator *o = orchestrator;

	if (!is_starting(req, o))
		answer_json(req, openai_models(o->kinds));
}

static void
show_model(struct http_req *req, void *orchestrator)
{
	static const struct openai_error e = {.status = 404,
	    .code = "model_not_found",
	    .param = "model",
	    .why = "there is no such model; GET /v1/models lists what there "
		   "is"};
	struct orchestrator *o = orchestrator;
	json_t *model;

	if (is_starting(req, o))
		return;
	model = openai_model(o->kinds, http_req_param(req, "id"));
	if (model != NULL)
		answer_json(req, model);
	else
		openai_error_reply(req, &e);
}

/* -- the door ------------------------------------------------------------ */

/* A form is little more than its file. */
enum { MAX_JSON = FORM_MAX_JSON + 1024 * 1024 }; /* the form says that it is */

enum { ORDERS = ROLE_CLIENT | ROLE_OPERATOR | ROLE_ADMIN };

/* Without roles: whoever has a picture's URL, which is signed, may see it. */
const struct http_route openai_routes[] = {
    {"POST", "/v1/audio/transcriptions", FORM_MAX_BODY, true, openai_transcribe,
	ORDERS},
    {"POST", "/v1/audio/translations", FORM_MAX_BODY, true, openai_translate,
	ORDERS},
    {"POST", "/v1/audio/speech", MAX_JSON, true, openai_speak, ORDERS},
    {"POST", "/v1/images/generations", MAX_JSON, true, openai_generate, ORDERS},
    {"POST", "/v1/images/edits", FORM_MAX_BODY, true, openai_edit, ORDERS},
    {"GET", "/v1/images/results/{id}", 0, false, openai_show_image, 0},
    {"GET", "/v1/models", 0, false, list_models, ROLES_ALL},
    {"GET", "/v1/models/{id}", 0, false, show_model, ROLES_ALL},
    {NULL, NULL, 0, false, NULL, 0},
};

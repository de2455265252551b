/* The OpenAI door: the list of models. */
#include "orchestrator/openai.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/http_server.h"
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

void
openai_list_models(struct http_req *req, void *orchestrator)
{
	struct orchestrator *o = orchestrator;

	if (!is_starting(req, o))
		answer_json(req, openai_models(o->kinds));
}

void
openai_show_model(struct http_req *req, void *orchestrator)
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

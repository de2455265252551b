/* What a task works on, for the miner that has it. */
#include "orchestrator/violet_content.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/pg.h"
#include "common/uuid.h"
#include "common/xalloc.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/protocol.h"
#include "orchestrator/protocol_parts.h"
#include "orchestrator/store_violet.h"
#include "orchestrator/violet.h"
#include "orchestrator/violet_proof.h"
#include "orchestrator/violet_record.h"

struct content {
	struct orchestrator *o;
	struct http_req *req;
	const struct violet_type *type;
	char id[UUID_TEXT];
};

static void
on_refused(void *arg)
{
	free(arg);
}

static json_t *
metadata_of(const PGresult *res, const json_t *params)
{
	json_t *metadata = json_pack("{s:s, s:I}", "priority",
	    violet_priority_word(pg_int(res, 0, "priority")),
	    "required_miner_count", (json_int_t)pg_int(res, 0, "wanted"));

	json_object_set_new(metadata, "source_language",
	    violet_text_or_null(
		json_string_value(json_object_get(params, "language"))));
	if (json_object_get(params, "target_language") != NULL)
		json_object_set(metadata, "target_language",
		    json_object_get(params, "target_language"));
	return metadata;
}

static void
add_file(const struct content *c, json_t *body, const PGresult *res)
{
	const struct protocol_ask ask = {.o = c->o,
	    .attempt_id = pg_text(res, 0, "id"),
	    .deadline_us = pg_int(res, 0, "deadline_us")};
	char *url = protocol_input_url(&ask);

	json_object_set_new(body, "audio_url", json_string(url));
	json_object_set_new(body, "download_url", json_string(url));
	json_object_set_new(body, "file_metadata",
	    violet_record_file(c->id, pg_text(res, 0, "input_type"),
		pg_int(res, 0, "input_bytes"), url));
}

static void
add_voice(const struct content *c, json_t *body, const json_t *params)
{
	json_object_set_new(body, "voice_info",
	    json_pack("{s:o, s:n, s:s}", "voice_name",
		violet_text_or_null(
		    json_string_value(json_object_get(params, "voice"))),
		"speaker_wav_url", "model_id", c->type->model));
	json_object_set_new(json_object_get(body, "task_metadata"), "model_id",
	    json_string(c->type->model));
}

static json_t *
content_of(const struct content *c, const PGresult *res)
{
	json_t *params = json_loads(pg_text(res, 0, "params"), 0, NULL);
	json_t *body = json_pack("{s:b, s:s, s:o}", "success", 1, "task_id",
	    c->id, "task_metadata", metadata_of(res, params));

	if (c->type->file != NULL)
		add_file(c, body, res);
	else
		json_object_set_new(
		    body, "text_content", violet_record_text(c->id, params));
	if (strcmp(c->type->name, "tts") == 0)
		add_voice(c, body, params);
	json_decref(params);
	return body;
}

/* Whether it has the task now. */
static bool
is_at_miner(const PGresult *res)
{
	const char *state = pg_text(res, 0, "state");

	return strcmp(state, "sent") == 0 || strcmp(state, "accepted") == 0;
}

static void
on_attempt(const struct pg_answer *answer, void *arg)
{
	struct content *c = arg;
	const PGresult *res;

	if (!violet_is_read(c->req, answer)) {
		free(c);
		return;
	}
	res = answer->results[0];
	if (pg_is_null(res, 0, "job_kind"))
		violet_refuse(c->req, 404, "Task not found");
	else if (violet_type_of(pg_text(res, 0, "job_kind")) != c->type)
		violet_refuse(
		    c->req, 400, "Task is not a %s task", c->type->name);
	else if (pg_is_null(res, 0, "id") || !is_at_miner(res))
		violet_refuse(c->req, 403, "Task is not given to this miner");
	else
		violet_reply(c->req, 200, content_of(c, res));
	free(c);
}

static void
on_proven(const char *hotkey, void *arg)
{
	struct content *c = arg;

	store_violet_attempt(c->o, c->id, hotkey, -1, on_attempt, c);
}

void
violet_content(struct http_req *req, void *orchestrator)
{
	const struct violet_type *type =
	    violet_type_by_path(http_req_param(req, "type"));
	const char *id = http_req_param(req, "id");
	struct content *c;

	if (type == NULL || !uuid_is_valid(id)) {
		violet_refuse(req, 404, "Task not found");
		return;
	}
	c = xcalloc(1, sizeof(*c));
	c->o = orchestrator;
	c->req = req;
	c->type = type;
	snprintf(c->id, sizeof(c->id), "%s", id);
	violet_prove(c->o, req, NULL, on_proven, on_refused, c);
}

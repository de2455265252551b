/* Violet's miners ask for their work. */
#include "orchestrator/violet_miner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/clock.h"
#include "common/pg.h"
#include "common/uuid.h"
#include "common/xalloc.h"
#include "orchestrator/kinds.h"
#include "orchestrator/miners.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/protocol.h"
#include "orchestrator/store.h"
#include "orchestrator/store_violet.h"
#include "orchestrator/violet.h"
#include "orchestrator/violet_proof.h"
#include "orchestrator/violet_record.h"

enum { MAX_CAPACITY = 1000, MAX_UID = 65535 };

/* -- what it says -------------------------------------------------------- */

struct poll {
	struct orchestrator *o;
	struct http_req *req;
	int64_t uid;
	bool gives;	 /* not only those that were given */
	json_t *pulls;	 /* as capacity */
	char hotkey[64]; /* "": not proven; later, the uid's */
	bool is_proven;
	json_t *list;
	int n_open; /* steps not made yet */
};

static void
poll_free(struct poll *p)
{
	json_decref(p->pulls);
	json_decref(p->list);
	free(p);
}

static void
on_refused(void *arg)
{
	poll_free(arg);
}

/* Whether "transcription,tts" has that type; NULL: all. */
static bool
is_listed(const char *types, const struct violet_type *type)
{
	size_t len;

	if (types == NULL)
		return true;
	for (; *types != '\0'; types += len + (types[len] == ',')) {
		len = strcspn(types, ",");
		if ((strlen(type->name) == len &&
			memcmp(type->name, types, len) == 0) ||
		    (strlen(type->path) == len &&
			memcmp(type->path, types, len) == 0))
			return true;
	}
	return false;
}

/* {capacity key: slots}, of the types it asks for. */
static json_t *
pulls_of(const struct orchestrator *o, const char *types, int64_t capacity)
{
	json_t *pulls = json_object();

	for (size_t i = 0; i < o->kinds->n; i++) {
		const struct kind *kind = &o->kinds->items[i];
		const struct violet_type *type = violet_type_of(kind->name);

		if (type != NULL && kind_is_pulled(kind) &&
		    is_listed(types, type))
			json_object_set_new(pulls, kind->capacity_key,
			    json_integer(
				capacity > 0 ? capacity : kind->pull_capacity));
	}
	return pulls;
}

/* -- the list ------------------------------------------------------------ */

static void
reply(struct poll *p)
{
	violet_reply(p->req, 200, p->list);
	p->list = NULL;
	poll_free(p);
}

static json_t *
task_of(const struct poll *p, const PGresult *res, int row)
{
	json_t *task = violet_record_base(res, row);

	json_object_set_new(task, "status", json_string("assigned"));
	json_object_set_new(
	    task, "deadline", violet_time(pg_int(res, row, "deadline_us")));
	violet_record_add_input(task, res, row,
	    protocol_input_url(p->o, pg_text(res, row, "id"),
		pg_int(res, row, "deadline_us")));
	return task;
}

struct giving {
	struct poll *poll;
	char id[UUID_TEXT], job_id[UUID_TEXT];
	json_t *task;
	int64_t at_us;
};

static void
giving_done(struct giving *g, bool is_given)
{
	struct poll *p = g->poll;

	if (is_given)
		json_array_append(p->list, g->task);
	json_decref(g->task);
	free(g);
	if (--p->n_open == 0)
		reply(p);
}

static void
on_accepted(bool moved, void *arg)
{
	struct giving *g = arg;

	if (moved)
		store_job_step(g->poll->o, g->job_id, JOB_ACCEPT, JOB_RUNNING,
		    NULL, NULL, NULL, NULL);
	giving_done(g, moved);
}

/* Who asks for it takes it. */
static void
on_sent(bool moved, void *arg)
{
	struct giving *g = arg;
	struct attempt_result times = {
	    .at_us = g->at_us, .accepted_us = g->at_us};

	if (moved)
		store_attempt_step(g->poll->o, g->job_id, g->id, ATTEMPT_ACCEPT,
		    ATTEMPT_ACCEPTED, NULL, &times, on_accepted, g);
	else
		giving_done(g, false);
}

static void
give(struct poll *p, const PGresult *res, int row)
{
	struct giving *g = xcalloc(1, sizeof(*g));
	struct attempt_result times = {0};

	g->poll = p;
	g->task = task_of(p, res, row);
	g->at_us = times.at_us = times.sent_us = clock_wall_us();
	snprintf(g->id, sizeof(g->id), "%s", pg_text(res, row, "id"));
	snprintf(
	    g->job_id, sizeof(g->job_id), "%s", pg_text(res, row, "job_id"));
	if (strcmp(pg_text(res, row, "attempt_state"), "sent") == 0)
		on_sent(true, g); /* by one that died before it was accepted */
	else
		store_attempt_step(p->o, g->job_id, g->id, ATTEMPT_SEND,
		    ATTEMPT_SENT, NULL, &times, on_sent, g);
}

static bool
is_given(const PGresult *res, int row)
{
	return strcmp(pg_text(res, row, "attempt_state"), "accepted") == 0;
}

static void
give_all(struct poll *p, const PGresult *res)
{
	p->list = json_array();
	p->n_open = 1; /* ourselves */
	for (int i = 0; i < PQntuples(res); i++) {
		if (is_given(res, i)) {
			json_array_append_new(p->list, task_of(p, res, i));
		} else if (p->gives) {
			p->n_open++;
			give(p, res, i);
		}
	}
	if (--p->n_open == 0)
		reply(p);
}

static void
on_open(const struct pg_answer *answer, void *arg)
{
	struct poll *p = arg;

	if (violet_is_read(p->req, answer))
		give_all(p, answer->results[0]);
	else
		poll_free(p);
}

/* Marked before they are given: nobody is scored for what somebody did who did
 * not prove to be it. */
static void
on_marked(const struct pg_answer *answer, void *arg)
{
	struct poll *p = arg;

	if (violet_is_read(p->req, answer))
		store_violet_open(p->o, p->hotkey, false, on_open, p);
	else
		poll_free(p);
}

static void
on_unproven(const struct pg_answer *answer, void *arg)
{
	struct poll *p = arg;
	struct buf ids = {0};
	const PGresult *res;

	if (!violet_is_read(p->req, answer)) {
		poll_free(p);
		return;
	}
	res = answer->results[0];
	for (int i = 0; i < PQntuples(res); i++) {
		if (!is_given(res, i))
			buf_printf(&ids, "%c%s", ids.len == 0 ? '{' : ',',
			    pg_text(res, i, "id"));
	}
	buf_add_str(&ids, ids.len == 0 ? "{}" : "}");
	store_violet_unproven(p->o, buf_str(&ids), on_marked, p);
	buf_free(&ids);
}

static void
on_there(const struct pg_answer *answer, void *arg)
{
	struct poll *p = arg;

	if (!violet_is_read(p->req, answer)) {
		poll_free(p);
		return;
	}
	if (PQntuples(answer->results[0]) == 0) {
		violet_refuse(p->req, 403,
		    p->is_proven
			? "uid %lld is not that hotkey's on this subnet"
			: "uid %lld must sign its requests: it is nobody's, "
			  "or its hotkey has",
		    (long long)p->uid);
		poll_free(p);
		return;
	}
	snprintf(p->hotkey, sizeof(p->hotkey), "%s",
	    pg_text(answer->results[0], 0, "hotkey"));
	if (p->gives)
		miners_polled(p->o, p->hotkey, p->pulls);
	store_violet_open(p->o, p->hotkey, p->is_proven,
	    p->is_proven || !p->gives ? on_open : on_unproven, p);
}

static void
on_proven(const char *hotkey, void *arg)
{
	struct poll *p = arg;

	p->is_proven = hotkey != NULL;
	store_violet_poll(
	    p->o, p->uid, hotkey, p->gives ? p->pulls : NULL, on_there, p);
}

/* 1: with what is to be given; 0: given before; -1: neither. */
static int
parse_status(const char *status)
{
	if (status == NULL || strcmp(status, "assigned") == 0 ||
	    strcmp(status, "pending") == 0)
		return 1;
	return strcmp(status, "processing") == 0 ||
		       strcmp(status, "in_progress") == 0
		   ? 0
		   : -1;
}

void
violet_miner_tasks(struct http_req *req, void *orchestrator)
{
	struct orchestrator *o = orchestrator;
	const char *capacity = http_req_query(req, "capacity");
	int gives = parse_status(http_req_query(req, "status"));
	int64_t uid, slots = 0;
	struct poll *p;

	if (!violet_number(http_req_param(req, "uid"), 0, MAX_UID, &uid)) {
		violet_refuse(
		    req, 400, "uid must be a number up to %d", MAX_UID);
	} else if (gives < 0) {
		violet_refuse(
		    req, 400, "status must be assigned or in_progress");
	} else if (capacity != NULL &&
		   !violet_number(capacity, 1, MAX_CAPACITY, &slots)) {
		violet_refuse(req, 400, "capacity must be between 1 and %d",
		    MAX_CAPACITY);
	} else if (o->kinds == NULL || o->service.draining) {
		violet_refuse(req, 503, "Starting or stopping; try again");
	} else {
		p = xcalloc(1, sizeof(*p));
		p->o = o;
		p->req = req;
		p->uid = uid;
		p->gives = gives;
		p->pulls = pulls_of(o, http_req_query(req, "types"), slots);
		violet_prove(o, req, NULL, on_proven, on_refused, p);
	}
}

/* -- what a task works on ------------------------------------------------ */

struct content {
	struct orchestrator *o;
	struct http_req *req;
	const struct violet_type *type;
	char id[UUID_TEXT];
};

static void
on_content_refused(void *arg)
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
	char *url = protocol_input_url(
	    c->o, pg_text(res, 0, "id"), pg_int(res, 0, "deadline_us"));

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
on_content_proven(const char *hotkey, void *arg)
{
	struct content *c = arg;

	store_violet_attempt(c->o, c->id, hotkey, -1, on_attempt, c);
}

void
violet_miner_content(struct http_req *req, void *orchestrator)
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
	violet_prove(c->o, req, NULL, on_content_proven, on_content_refused, c);
}

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
#include "orchestrator/protocol_parts.h"
#include "orchestrator/store.h"
#include "orchestrator/store_violet.h"
#include "orchestrator/violet.h"
#include "orchestrator/violet_proof.h"
#include "orchestrator/violet_record.h"

enum { MAX_CAPACITY = 1000 };

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
	const struct protocol_ask ask = {.o = p->o,
	    .attempt_id = pg_text(res, row, "id"),
	    .deadline_us = pg_int(res, row, "deadline_us")};
	json_t *task = violet_record_base(res, row);

	json_object_set_new(task, "status", json_string("assigned"));
	json_object_set_new(task, "deadline", violet_time(ask.deadline_us));
	violet_record_add_input(task, res, row, protocol_input_url(&ask));
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

	if (!violet_number(
		http_req_param(req, "uid"), 0, VIOLET_MAX_UID, &uid)) {
		violet_refuse(
		    req, 400, "uid must be a number up to %d", VIOLET_MAX_UID);
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

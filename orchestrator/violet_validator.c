/* What Violet's validators ask. */
#include "orchestrator/violet_validator.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/metrics.h"
#include "common/pg.h"
#include "common/uuid.h"
#include "common/xalloc.h"
#include "orchestrator/body.h"
#include "orchestrator/form.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/principal.h"
#include "orchestrator/refusal.h"
#include "orchestrator/store_violet.h"
#include "orchestrator/violet.h"
#include "orchestrator/violet_record.h"

enum {
	MAX_TASKS = 100,
	MAX_NAME = 100,
	MAX_FIELD = 1 << 20,
};

struct asking {
	struct orchestrator *o;
	struct http_req *req;
	struct form *form;
	int64_t uid, limit;
	char validator[MAX_NAME + 1], id[UUID_TEXT];
};

static struct asking *
asking_new(struct orchestrator *o, struct http_req *req)
{
	struct asking *a = xcalloc(1, sizeof(*a));

	a->o = o;
	a->req = req;
	a->uid = -1;
	return a;
}

static void
asking_free(struct asking *a)
{
	form_free(a->form);
	free(a);
}

/* Who asks: the key it came with, which says more than what a validator calls
 * itself; or else that, or its uid. */
static int
take_validator(struct asking *a, const char *uid, const char *name)
{
	const char *key = principal_of(a->req)->id;

	if (uid != NULL && !violet_number(uid, 0, VIOLET_MAX_UID, &a->uid))
		violet_refuse(a->req, 400,
		    "validator_uid must be a number up to %d", VIOLET_MAX_UID);
	else if (name != NULL && name[0] != '\0' &&
		 (strlen(name) > MAX_NAME || !violet_is_utf8(name)))
		violet_refuse(a->req, 400,
		    "validator_identifier must be a name of up to %d bytes",
		    MAX_NAME);
	else if (uid == NULL && (name == NULL || name[0] == '\0'))
		violet_refuse(a->req, 400, "validator_uid is missing");
	else {
		if (key[0] != '\0')
			snprintf(
			    a->validator, sizeof(a->validator), "key:%s", key);
		else if (name != NULL && name[0] != '\0')
			snprintf(
			    a->validator, sizeof(a->validator), "%s", name);
		else
			snprintf(a->validator, sizeof(a->validator), "uid:%lld",
			    (long long)a->uid);
		return 0;
	}
	return -1;
}

/* Where a list goes on, and how long it may be. */
static int
take_page(struct asking *a, const char **behind)
{
	const char *limit = http_req_query(a->req, "limit");

	*behind = http_req_query(a->req, "after");
	a->limit = MAX_TASKS;
	if (*behind != NULL && !uuid_is_valid(*behind))
		violet_refuse(
		    a->req, 400, "after must be the id that next was");
	else if (limit != NULL &&
		 !violet_number(limit, 1, MAX_TASKS, &a->limit))
		violet_refuse(
		    a->req, 400, "limit must be between 1 and %d", MAX_TASKS);
	else
		return 0;
	return -1;
}

/* -- tasks ----------------------------------------------------------------- */

/* The id behind which the next page begins, if there may be one: this one may
 * have ended before its limit, as what is in it is long. */
static json_t *
next_of(const PGresult *res, const char *column)
{
	int n = PQntuples(res);

	return n > 0 ? json_string(pg_text(res, n - 1, column)) : json_null();
}

static void
on_done(const struct pg_answer *answer, void *arg)
{
	struct asking *a = arg;
	json_t *list;

	if (violet_is_read(a->req, answer)) {
		const PGresult *res = answer->results[0];

		list = json_array();
		for (int i = 0; i < PQntuples(res); i++)
			json_array_append_new(
			    list, violet_record(a->o, res, i));
		violet_reply(a->req, 200,
		    json_pack("{s:b, s:o, s:I, s:o}", "success", 1, "tasks",
			list, "count", (json_int_t)json_array_size(list),
			"next", next_of(res, "id")));
	}
	asking_free(a);
}

void
violet_validator_tasks(struct http_req *req, void *o)
{
	struct asking *a = asking_new(o, req);
	const char *behind;

	if (take_validator(a, http_req_query(req, "validator_uid"),
		http_req_query(req, "validator_identifier")) == 0 &&
	    take_page(a, &behind) == 0)
		store_violet_done(
		    a->o, a->validator, behind, a->limit, on_done, a);
	else
		asking_free(a);
}

/* -- what they say --------------------------------------------------------- */

enum { NUMBER_TEXT = 24 };

/* A field of a form; or a member of the JSON that Violet's validators send,
 * whose text stands in number if it is one. NULL: there is none. */
static const char *
field_of(const struct form *form, const char *name, char number[NUMBER_TEXT])
{
	const json_t *json = form_json(form);
	const json_t *member = json_object_get(json, name);

	if (json == NULL)
		return form_field(form, name);
	if (!json_is_integer(member))
		return json_string_value(member);
	snprintf(
	    number, NUMBER_TEXT, "%lld", (long long)json_integer_value(member));
	return number;
}

static int
take_validator_field(struct asking *a)
{
	char uid[NUMBER_TEXT], name[NUMBER_TEXT];

	return take_validator(a, field_of(a->form, "validator_uid", uid),
	    field_of(a->form, "validator_identifier", name));
}

/* -- seen ------------------------------------------------------------------ */

static void
on_seen(const struct pg_answer *answer, void *arg)
{
	struct asking *a = arg;
	const PGresult *res;

	if (!violet_is_read(a->req, answer)) {
		asking_free(a);
		return;
	}
	res = answer->results[0];
	if (PQntuples(res) == 0)
		violet_refuse(a->req, 404, "Task not found");
	else if (strcmp(pg_text(res, 0, "state"), "done") != 0)
		violet_refuse(a->req, 409, "Task %s is not completed", a->id);
	else
		violet_reply(a->req, 200,
		    json_pack("{s:b, s:s, s:s, s:s, s:b}", "success", 1,
			"message", "Task marked as seen", "task_id", a->id,
			"validator_identifier", a->validator, "already_seen",
			!pg_bool(res, 0, "is_new")));
	asking_free(a);
}

static void
on_mark(struct form *form, const struct refusal *why, void *arg)
{
	struct asking *a = arg;
	char number[NUMBER_TEXT];
	const char *id;

	a->form = form;
	if (form == NULL) {
		violet_refuse_input(a->req, why);
		asking_free(a);
		return;
	}
	id = field_of(form, "task_id", number);
	if (id == NULL || !uuid_is_valid(id))
		violet_refuse(a->req, id == NULL ? 400 : 404,
		    id == NULL ? "task_id is missing" : "Task not found");
	else if (take_validator_field(a) == 0) {
		snprintf(a->id, sizeof(a->id), "%s", id);
		store_violet_seen(a->o, id, a->validator, a->uid, on_seen, a);
		return;
	}
	asking_free(a);
}

static void
read_form(struct http_req *req, struct orchestrator *o,
    void (*on_read)(struct form *, const struct refusal *, void *))
{
	struct body_wish wish = {.file_part = "", .max_field = MAX_FIELD};

	body_read_as(req, o, &wish, on_read, asking_new(o, req));
}

void
violet_validator_mark_seen(struct http_req *req, void *o)
{
	read_form(req, o, on_mark);
}

static void
on_evaluated(const struct pg_answer *answer, void *arg)
{
	struct asking *a = arg;
	const PGresult *res;
	json_t *list;

	if (!violet_is_read(a->req, answer)) {
		asking_free(a);
		return;
	}
	res = answer->results[0];
	list = json_array();
	for (int i = 0; i < PQntuples(res); i++)
		json_array_append_new(
		    list, json_string(pg_text(res, i, "job_id")));
	violet_reply(a->req, 200,
	    json_pack("{s:b, s:I, s:s, s:o, s:I, s:o}", "success", 1,
		"validator_uid", (json_int_t)a->uid, "validator_identifier",
		a->validator, "evaluated_tasks", list, "count",
		(json_int_t)json_array_size(list), "next",
		next_of(res, "job_id")));
	asking_free(a);
}

void
violet_validator_evaluated(struct http_req *req, void *o)
{
	struct asking *a = asking_new(o, req);
	const char *behind;

	if (take_validator(a, http_req_param(req, "uid"),
		http_req_query(req, "validator_identifier")) == 0 &&
	    take_page(a, &behind) == 0)
		store_violet_evaluated(
		    a->o, a->validator, behind, a->limit, on_evaluated, a);
	else
		asking_free(a);
}

/* -- what they say of miners ----------------------------------------------- */

static json_t *
statuses_of(const struct form *form)
{
	json_t *list = json_object_get(form_json(form), "miner_statuses");
	char number[NUMBER_TEXT];
	const char *text;

	if (json_is_array(list))
		return json_incref(list);
	text = field_of(form, "miner_statuses", number);
	return text != NULL ? json_loads(text, 0, NULL) : NULL;
}

static void
on_statuses(struct form *form, const struct refusal *why, void *arg)
{
	struct asking *a = arg;
	char epoch[NUMBER_TEXT];
	json_t *list;

	a->form = form;
	if (form == NULL) {
		violet_refuse_input(a->req, why);
		asking_free(a);
		return;
	}
	list = statuses_of(form);
	if (!json_is_array(list)) {
		violet_refuse(
		    a->req, 400, "miner_statuses must be a JSON list");
	} else if (take_validator_field(a) == 0) {
		metric_add(
		    a->o->counters.violet_reports, json_array_size(list));
		violet_reply(a->req, 200,
		    json_pack("{s:b, s:i, s:I, s:I, s:o, s:s, s:s}", "success",
			1, "miners_updated", 0, "total_received",
			(json_int_t)json_array_size(list), "validator_uid",
			(json_int_t)a->uid, "epoch",
			violet_text_or_null(field_of(form, "epoch", epoch)),
			"processing_mode", "ignored", "message",
			"Counted, and nothing was changed by it: miners say "
			"themselves that they are there, and are measured"));
	}
	json_decref(list);
	asking_free(a);
}

void
violet_validator_miner_status(struct http_req *req, void *o)
{
	read_form(req, o, on_statuses);
}

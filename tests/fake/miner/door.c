/* Requests: who is asking, and for what. */
#include "tests/fake/miner/door.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "common/http_server.h"
#include "common/log.h"
#include "subtensor/epistula_check.h"
#include "tests/fake/miner/job.h"
#include "tests/fake/miner/miner.h"
#include "tests/fake/miner/reply.h"
#include "tests/fake/miner/seen.h"

enum { MAX_PLAIN = 4096, MAX_JOB = 1 << 20, MAX_EDIT = 48 << 20 };

/* 0 if the request may be answered; else it has been. */
static int
admit(struct miner *m, struct http_req *req)
{
	struct epistula_request r = {
	    .authorization = http_req_header(req, "Authorization"),
	    .signature = http_req_header(req, "Epistula-Signature"),
	    .timestamp = http_req_header(req, "Epistula-Timestamp"),
	    .uuid = http_req_header(req, "Epistula-UUID"),
	    .signed_by = http_req_header(req, "Epistula-Signed-By"),
	    .signed_for = http_req_header(req, "Epistula-Signed-For"),
	};
	int64_t now_ms = clock_wall_ms();
	const char *wrong;
	int status = 401;

	r.body = http_req_body(req, &r.body_len);
	wrong = epistula_check(&r, m->hotkey, now_ms);
	if (wrong == NULL && m->persona.allowed != NULL &&
	    strcmp(r.signed_by, m->persona.allowed) != 0) {
		wrong = "Sender not allowed";
		status = 403;
	}
	if (wrong == NULL && seen_before(m->seen, r.uuid, now_ms))
		wrong = "Request was seen before";
	if (wrong == NULL)
		return 0;
	log_warn(
	    "miner.refused", "path=%s why=\"%s\"", http_req_path(req), wrong);
	reply_detail(req, status, wrong);
	return -1;
}

static void
on_root(struct http_req *req, void *miner)
{
	(void)miner;
	reply_json(req, 200,
	    json_pack("{s:s s:s}", "status", "healthy", "service",
		"subnetd-development-miner"));
}

static void
on_check(struct http_req *req, void *miner)
{
	const struct miner *m = miner;
	const char *id = http_req_param(req, "id");

	if (strcmp(id, m->hotkey) == 0)
		reply_json(req, 200,
		    json_pack("{s:s s:s}", "status", "ok", "identifier", id));
	else
		reply_detail(req, 404, "Not found");
}

/* The names of a list with commas, each with our capacity. */
static void
add_offers(json_t *said, const char *offer, long capacity)
{
	while (offer != NULL && *offer != '\0') {
		size_t len = strcspn(offer, ",");
		char name[64];

		snprintf(name, sizeof(name), "%.*s", (int)len, offer);
		json_object_set_new(said, name, json_integer(capacity));
		offer += len + (offer[len] == ',');
	}
}

static void
on_capacity(struct http_req *req, void *miner)
{
	struct miner *m = miner;
	json_t *said;

	if (admit(m, req) != 0)
		return;
	said = json_object();
	for (size_t i = 0; i < N_TASKS; i++)
		json_object_set_new(said, tasks[i].offer,
		    tasks[i].is_dippy ? json_true()
				      : json_integer(m->persona.capacity));
	add_offers(said, m->persona.offer, m->persona.capacity);
	reply_json(req, 200, said);
}

static void
take(struct miner *m, struct http_req *req, const struct task *task)
{
	json_t *body;
	const void *text;
	size_t len;

	if (admit(m, req) != 0)
		return;
	text = http_req_body(req, &len);
	body = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);
	if (json_is_object(body)) {
		job_accept(m, req, task, body);
		return;
	}
	json_decref(body);
	reply_detail(req, 422, "a JSON object is wanted");
}

static void
on_inference(struct http_req *req, void *miner)
{
	take(miner, req, task_find("inference"));
}

static void
on_edit(struct http_req *req, void *miner)
{
	take(miner, req, task_find("edit"));
}

static void
on_native(struct http_req *req, void *miner)
{
	const struct task *task = task_find(http_req_param(req, "kind"));

	if (task != NULL && !task->is_dippy)
		take(miner, req, task);
	else
		reply_detail(req, 404, "Not found");
}

/* The id is in the body, which is what the signature is of. */
static void
on_cancel(struct http_req *req, void *miner)
{
	struct miner *m = miner;
	const char *id = NULL;
	json_t *body;
	const void *text;
	size_t len;

	if (admit(m, req) != 0)
		return;
	text = http_req_body(req, &len);
	body = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);
	id = json_string_value(json_object_get(body, "job_id"));
	if (id != NULL && job_cancel(m, id) == 0)
		reply_json(req, 200, json_pack("{s:s}", "status", "cancelled"));
	else
		reply_detail(req, 404, "no such job");
	json_decref(body);
}

static const struct http_route routes[] = {
    {"GET", "/", 0, false, on_root, 0},
    {"GET", "/check/{id}", 0, false, on_check, 0},
    {"GET", "/capacity", MAX_PLAIN, false, on_capacity, 0},
    {"POST", "/inference", MAX_JOB, false, on_inference, 0},
    {"POST", "/edit", MAX_EDIT, false, on_edit, 0},
    {"POST", "/jobs/{kind}", MAX_JOB, false, on_native, 0},
    {"POST", "/jobs/{kind}/cancel", MAX_PLAIN, false, on_cancel, 0},
    {NULL, NULL, 0, false, NULL, 0},
};

const struct http_route *
door_routes(void)
{
	return routes;
}

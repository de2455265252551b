/*
 * Dippy's front door: POST /listen and /listen/remote. What is asked for is
 * an ordinary job: committed, it is answered with its id; whoever does it and
 * when is the orchestrator's affair.
 *
 * A client may bring the job's id. It is the idempotency key: a second
 * request of that id is answered as the first one was, and makes no job.
 */
#include "orchestrator/dippy.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/blobs.h"
#include "common/config.h"
#include "common/err.h"
#include "common/log.h"
#include "common/uuid.h"
#include "common/xalloc.h"
#include "orchestrator/dippy_reply.h"
#include "orchestrator/dippy_views.h"
#include "orchestrator/job.h"
#include "orchestrator/kinds.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/order.h"
#include "orchestrator/refusal.h"
#include "orchestrator/remote_input.h"
#include "orchestrator/store_dippy.h"

enum { MAX_BODY = 1024 * 1024 };

static const char *const job_types[] = {
    "lora", "generate", "base-h100_pcie", "img-h100_pcie", NULL};

struct listen {
	struct orchestrator *o;
	struct http_req *req;
	const struct kind *kind;
	json_t *body;	    /* as it came */
	json_t *order;	    /* as order.h has it */
	bool is_remote;	    /* its end is told to a URL */
	char id[UUID_TEXT]; /* of the client's; "" none */
};

/* -- ends ---------------------------------------------------------------- */

static void
listen_free(struct listen *l)
{
	json_decref(l->body);
	json_decref(l->order);
	free(l);
}

static void
refuse(struct listen *l, int status, const char *why)
{
	dippy_detail(l->req, status, "%s", why);
	listen_free(l);
}

static void
invalid(struct listen *l, const char *type, const char *field, const char *msg)
{
	dippy_invalid(l->req, type, "body", field, msg,
	    field != NULL ? json_object_get(l->body, field) : NULL);
	listen_free(l);
}

static void
answer_id(struct listen *l, const char *id)
{
	dippy_json(l->req, 202, json_pack("{s:s}", "job_id", id));
	listen_free(l);
}

static void
on_placed(const struct job *job, const struct refusal *r, void *arg)
{
	struct listen *l = arg;

	if (job != NULL)
		answer_id(l, job->id);
	else if (strcmp(r->code, "exists") == 0)
		answer_id(l, l->id);
	else
		refuse(l, r->status == 422 ? 400 : r->status, r->why);
}

/* -- the input ----------------------------------------------------------- */

static void
place(struct listen *l, struct blob_writer *file, const char *type)
{
	struct order_request request = {
	    .json = l->order,
	    .traceparent = http_req_header(l->req, "traceparent"),
	    .webhook_form = l->is_remote ? "dippy" : NULL,
	    .id = l->id[0] != '\0' ? l->id : NULL,
	    .file = file,
	    .file_type = type,
	};

	order_place(l->o, &request, on_placed, l);
}

static void
on_fetched(struct blob_writer *file, const char *type, const struct refusal *r,
    void *arg)
{
	struct listen *l = arg;

	if (file == NULL)
		refuse(l, r->status == 422 ? 400 : r->status, r->why);
	else
		place(l, file, type);
}

static void
fetch_input(struct listen *l)
{
	const json_t *payload = json_object_get(l->body, "payload");
	const char *url =
	    json_string_value(json_object_get(payload, "image_url"));

	if (json_array_size(l->kind->input_types) == 0)
		place(l, NULL, NULL);
	else if (url == NULL)
		refuse(l, 400, "payload.image_url is missing: a URL");
	else
		remote_input_fetch(
		    l->o, url, l->kind->max_input_bytes, on_fetched, l);
}

/* -- the id -------------------------------------------------------------- */

static void
on_looked_up(const struct pg_answer *answer, void *arg)
{
	struct listen *l = arg;

	if (answer->outcome != PG_DONE)
		refuse(l, 503, "the database is away");
	else if (PQntuples(answer->results[0]) > 0)
		answer_id(l, l->id);
	else
		fetch_input(l);
}

/* -- the request --------------------------------------------------------- */

static bool
is_job_type(const char *text)
{
	for (size_t i = 0; text != NULL && job_types[i] != NULL; i++) {
		if (strcmp(job_types[i], text) == 0)
			return true;
	}
	return false;
}

/* Dippy takes any form of a UUID; ours are written in lower case. */
static bool
take_id(struct listen *l)
{
	const json_t *given = json_object_get(l->body, "job_id");
	const char *text = json_string_value(given);

	if (given == NULL || json_is_null(given))
		return true;
	if (text == NULL || json_string_length(given) != UUID_TEXT - 1)
		return false;
	for (int i = 0; i < UUID_TEXT - 1; i++)
		l->id[i] =
		    text[i] >= 'A' && text[i] <= 'Z' ? text[i] + 32 : text[i];
	return uuid_is_valid(l->id);
}

static bool
is_secret(const struct orchestrator *o, const char *given)
{
	const char *secret =
	    config_str(o->service.config, "orchestrator.dippy_secret");
	uint8_t ours[crypto_hash_sha256_BYTES], theirs[sizeof(ours)];

	if (given == NULL)
		return false;
	crypto_hash_sha256(ours, (const uint8_t *)secret, strlen(secret));
	crypto_hash_sha256(theirs, (const uint8_t *)given, strlen(given));
	return sodium_memcmp(ours, theirs, sizeof(ours)) == 0;
}

/* Whether there is one where one is asked for; more is looked at with the
 * order. */
static bool
has_webhook(struct listen *l)
{
	const json_t *given = json_object_get(l->body, "webhook_url");
	const char *url = json_string_value(given);

	if (!l->is_remote)
		return true;
	if (given == NULL)
		invalid(l, "missing", "webhook_url", "Field required");
	else if (url == NULL || (strncasecmp(url, "https://", 8) != 0 &&
				    strncasecmp(url, "http://", 7) != 0))
		invalid(l, "url_parsing", "webhook_url",
		    "Input should be a valid URL");
	else
		return true;
	return false;
}

/* The body's shape, whose faults are told before the secret is looked at. */
static bool
has_shape(struct listen *l)
{
	if (!json_is_object(l->body))
		invalid(
		    l, "json_invalid", NULL, "the body must be a JSON object");
	else if (json_object_get(l->body, "job_type") == NULL)
		invalid(l, "missing", "job_type", "Field required");
	else if (!is_job_type(
		     json_string_value(json_object_get(l->body, "job_type"))))
		invalid(l, "enum", "job_type",
		    "Input should be 'lora', 'generate', 'base-h100_pcie' or "
		    "'img-h100_pcie'");
	else if (json_object_get(l->body, "payload") == NULL)
		invalid(l, "missing", "payload", "Field required");
	else if (!take_id(l))
		invalid(l, "uuid_parsing", "job_id",
		    "Input should be a valid UUID");
	else
		return has_webhook(l);
	return false;
}

/* The request as an order, or why not. */
static int
make_order(struct listen *l, struct err *err)
{
	const json_t *payload = json_object_get(l->body, "payload");
	const char *type =
	    json_string_value(json_object_get(l->body, "job_type"));
	json_t *params;

	if (!json_is_object(payload))
		return err_set(err, "Job payload must be a JSON object");
	if (json_is_true(json_object_get(l->body, "route_to_auditor")))
		return err_set(err,
		    "route_to_auditor is not offered: the validator makes its "
		    "audits itself");
	l->kind = dippy_kind(l->o->kinds, type);
	if (l->kind == NULL)
		return err_set(err, "no kind here does jobs of type %s", type);
	params = dippy_params(l->kind, payload, err);
	if (params == NULL)
		return -1;
	l->order =
	    json_pack("{s:s, s:o}", "kind", l->kind->name, "params", params);
	if (l->is_remote)
		json_object_set(l->order, "webhook_url",
		    json_object_get(l->body, "webhook_url"));
	return 0;
}

static void
listen_on(struct listen *l)
{
	struct refusal r;
	struct err err;

	if (!is_secret(
		l->o, http_req_header(l->req, "X-Service-Auth-Secret"))) {
		log_warn("dippy.refused", "why=secret peer=%s",
		    http_req_peer(l->req));
		refuse(l, 403, "Invalid service auth secret");
	} else if (order_check_open(l->o, &r) != 0) {
		refuse(l, r.status, r.why);
	} else if (make_order(l, &err) != 0) {
		refuse(l, 400, err.text);
	} else if (l->id[0] != '\0') {
		store_dippy_jobs(l->o, l->id, 1, on_looked_up, l);
	} else {
		fetch_input(l);
	}
}

static void
take(struct http_req *req, struct orchestrator *o, bool is_remote)
{
	struct listen *l;
	const char *text;
	size_t len;

	if (!dippy_is_open(o, req))
		return;
	l = xcalloc(1, sizeof(*l));
	l->o = o;
	l->req = req;
	l->is_remote = is_remote;
	text = http_req_body(req, &len);
	l->body = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);
	if (has_shape(l))
		listen_on(l);
}

static void
listen_job(struct http_req *req, void *orchestrator)
{
	take(req, orchestrator, false);
}

static void
listen_remote(struct http_req *req, void *orchestrator)
{
	take(req, orchestrator, true);
}

/* -- the door ------------------------------------------------------------ */

bool
dippy_is_open(const struct orchestrator *o, struct http_req *req)
{
	if (config_str(o->service.config, "orchestrator.dippy_secret")[0] !=
	    '\0')
		return true;
	http_reply_problem(req, 404, "not_found",
	    "this door is closed: orchestrator.dippy_secret is not configured");
	return false;
}

static void
gone(struct http_req *req, void *orchestrator)
{
	if (dippy_is_open(orchestrator, req))
		dippy_detail(req, 410,
		    "nothing is signed for a client here, and none names its "
		    "miner: use /listen");
}

const struct http_route dippy_routes[] = {
    {"POST", "/listen", MAX_BODY, false, listen_job, 0},
    {"POST", "/listen/remote", MAX_BODY, false, listen_remote, 0},
    {"POST", "/debug/listen", MAX_BODY, false, gone, 0},
    {"GET", "/jobs/{id}", 0, false, dippy_job, 0},
    {"GET", "/recent_jobs", 0, false, dippy_recent, 0},
    {"GET", "/miner_status", 0, false, dippy_miners, 0},
    {"GET", "/scores", 0, false, dippy_scores, 0},
    {"GET", "/audit_failures", 0, false, dippy_audit_failures, 0},
    {"GET", "/last_candidates", 0, false, dippy_candidates, 0},
    {NULL, NULL, 0, false, NULL, 0},
};

/*
 * /v1/webhooks: endpoints and secrets. A secret is shown when it is made; the
 * one that signs what goes to URLs that jobs name, whenever its tenant asks.
 */
#include "orchestrator/webhooks_api.h"

#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/clock.h"
#include "common/err.h"
#include "common/http_client.h"
#include "common/log.h"
#include "common/uuid.h"
#include "common/xalloc.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/principal.h"
#include "orchestrator/store_webhooks.h"
#include "orchestrator/webhooks.h"
#include "orchestrator/webhooks_request.h"
#include "orchestrator/webhooks_seal.h"

enum {
	MOST_ENDPOINTS = 100, /* of a tenant */
	MOST_LOG = 100,
	MAX_BODY = 16 * 1024,
	RESOLVE_MS = 5000,
	OLD_SECRET_S = 24 * 3600, /* it signs beside the new one */
};

struct ask {
	struct orchestrator *o;
	struct http_req *req;
	char tenant[JOB_MAX_TENANT + 1];
	char id[UUID_TEXT];
	struct webhook_secret secret; /* a new one */
	char *sealed;
	struct webhooks_request request;
};

static void
ask_free(struct ask *a)
{
	sodium_memzero(&a->secret, sizeof(a->secret));
	free(a->sealed);
	webhooks_request_clear(&a->request);
	free(a);
}

static void
refuse(struct ask *a, int status, const char *code, const char *why)
{
	http_reply_problem(a->req, status, code, "%s", why);
	ask_free(a);
}

static void
reply_json(struct ask *a, int status, json_t *body)
{
	char *text = json_dumps(body, JSON_COMPACT);

	http_reply(a->req, status, "application/json", text, strlen(text));
	sodium_memzero(text, strlen(text));
	free(text);
	json_decref(body);
	ask_free(a);
}

/* -- whose, and which ---------------------------------------------------- */

/* Of the tenant that is named, or the key's own (""). */
static int
take_tenant(struct ask *a, const char *named, struct err *err)
{
	if (!webhooks_tenant_is_valid(named))
		return err_set(err,
		    "tenant must be a name of 1 to 64 letters, digits, dots, "
		    "dashes and underscores");
	return principal_take_tenant(
	    principal_of(a->req), named, a->tenant, err);
}

/* NULL if it was answered: webhooks are off, or the tenant is no name. */
static struct ask *
ask_new(struct http_req *req, void *orchestrator)
{
	struct orchestrator *o = orchestrator;
	const char *tenant = http_req_query(req, "tenant");
	struct err err;
	struct ask *a;

	if (!webhooks_key(o->webhooks)->is_set) {
		http_reply_problem(req, 501, "webhooks_off",
		    "there are no webhooks here: the operator has set no "
		    "orchestrator.webhook_key");
		return NULL;
	}
	a = xcalloc(1, sizeof(*a));
	a->o = o;
	a->req = req;
	if (take_tenant(a, tenant != NULL ? tenant : "", &err) == 0)
		return a;
	refuse(a, 403, "other_tenant", err.text);
	return NULL;
}

/* About the endpoint in the path. */
static struct ask *
ask_one(struct http_req *req, void *orchestrator)
{
	const char *id = http_req_param(req, "id");
	struct ask *a = ask_new(req, orchestrator);

	if (a == NULL)
		return NULL;
	if (!uuid_is_valid(id)) {
		refuse(a, 404, "not_found", "no such webhook");
		return NULL;
	}
	snprintf(a->id, sizeof(a->id), "%s", id);
	return a;
}

/* False: it was answered. */
static bool
is_answered_well(struct ask *a, const struct pg_answer *answer, int status,
    const char *code, const char *why)
{
	if (answer->outcome != PG_DONE)
		refuse(a, 503, "unavailable", "the database is away");
	else if (PQntuples(answer->results[0]) == 0)
		refuse(a, status, code, why);
	else
		return true;
	return false;
}

static bool
is_found(struct ask *a, const struct pg_answer *answer)
{
	return is_answered_well(a, answer, 404, "not_found", "no such webhook");
}

static void
make_secret(struct ask *a)
{
	webhooks_secret_new(&a->secret);
	a->sealed =
	    webhooks_seal(webhooks_key(a->o->webhooks), a->id, &a->secret);
}

static void
add_secret(json_t *body, const struct webhook_secret *secret)
{
	char text[WEBHOOK_SECRET_TEXT];

	webhook_secret_format(secret, text);
	json_object_set_new(body, "secret", json_string(text));
	sodium_memzero(text, sizeof(text));
}

/* -- a new one ----------------------------------------------------------- */

static void
on_inserted(const struct pg_answer *answer, void *arg)
{
	struct ask *a = arg;
	json_t *body;

	if (!is_answered_well(a, answer, 409, "too_many",
		"100 webhooks are registered, which is the most: delete one"))
		return;
	body = json_loads(pg_text(answer->results[0], 0, "body"), 0, NULL);
	add_secret(body, &a->secret);
	log_info("webhook.added", "id=%s", a->id);
	reply_json(a, 201, body);
}

/* Nothing of what our network looks like. */
static void
refuse_url(struct ask *a, const char *why)
{
	http_reply_problem(a->req, 422, "bad_webhook",
	    "url cannot be called (%s): it must be https, and its name must "
	    "lead to public addresses only",
	    why);
	ask_free(a);
}

static void
on_checked(const struct http_answer *answer, void *arg)
{
	struct ask *a = arg;
	struct webhook_row row = {.id = a->id,
	    .tenant = a->tenant,
	    .url = a->request.url,
	    .events = a->request.events};

	if (answer->why != NULL) {
		refuse_url(a, answer->why);
		return;
	}
	uuid_new(a->id);
	make_secret(a);
	row.secret = a->sealed;
	store_webhook_insert(a->o, &row, MOST_ENDPOINTS, on_inserted, a);
}

static void
add(struct http_req *req, void *orchestrator)
{
	struct ask *a = ask_new(req, orchestrator);
	struct err err;
	const void *text;
	json_t *request;
	size_t len;
	int status;

	if (a == NULL)
		return;
	text = http_req_body(req, &len);
	request = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);
	if (request == NULL) {
		refuse(a, 400, "bad_body", "the body is not JSON");
		return;
	}
	status = webhooks_request_parse(
	    request, a->o->development, &a->request, &err);
	json_decref(request);
	if (status == 0 && a->request.tenant[0] != '\0')
		status = take_tenant(a, a->request.tenant, &err);
	if (status != 0) {
		refuse(a, 422, "bad_webhook", err.text);
		return;
	}
	http_call_check(webhooks_client(a->o->webhooks), a->request.url,
	    RESOLVE_MS, on_checked, a);
}

/* -- those there are ----------------------------------------------------- */

static void
on_list(const struct pg_answer *answer, void *arg)
{
	struct ask *a = arg;
	struct buf text = {0};

	if (answer->outcome != PG_DONE) {
		refuse(a, 503, "unavailable", "the database is away");
		return;
	}
	buf_add_str(&text, "{\"webhooks\":[");
	for (int i = 0; i < PQntuples(answer->results[0]); i++)
		buf_printf(&text, "%s%s", i > 0 ? "," : "",
		    pg_text(answer->results[0], i, "body"));
	buf_add_str(&text, "]}");
	http_reply(a->req, 200, "application/json", text.data, text.len);
	buf_free(&text);
	ask_free(a);
}

static void
list(struct http_req *req, void *orchestrator)
{
	struct ask *a = ask_new(req, orchestrator);

	if (a != NULL)
		store_webhook_list(a->o, a->tenant, NULL, on_list, a);
}

static void
on_body(const struct pg_answer *answer, void *arg)
{
	struct ask *a = arg;
	const char *body;

	if (!is_found(a, answer))
		return;
	body = pg_text(answer->results[0], 0, "body");
	http_reply(a->req, 200, "application/json", body, strlen(body));
	ask_free(a);
}

static void
show(struct http_req *req, void *orchestrator)
{
	struct ask *a = ask_one(req, orchestrator);

	if (a != NULL)
		store_webhook_list(a->o, a->tenant, a->id, on_body, a);
}

static void
show_deliveries(struct http_req *req, void *orchestrator)
{
	struct ask *a = ask_one(req, orchestrator);

	if (a != NULL)
		store_webhook_log(a->o, a->tenant, a->id, MOST_LOG, on_body, a);
}

static void
on_deleted(const struct pg_answer *answer, void *arg)
{
	struct ask *a = arg;

	if (!is_found(a, answer))
		return;
	log_info("webhook.deleted", "id=%s", a->id);
	http_reply(a->req, 204, NULL, NULL, 0);
	ask_free(a);
}

static void delete (struct http_req *req, void *orchestrator)
{
	struct ask *a = ask_one(req, orchestrator);

	if (a != NULL)
		store_webhook_delete(a->o, a->tenant, a->id, on_deleted, a);
}

/* -- secrets ------------------------------------------------------------- */

static void
on_unnamed(const struct pg_answer *answer, void *arg)
{
	struct ask *a = arg;
	const char *id;
	json_t *body;

	if (!is_found(a, answer))
		return;
	id = pg_text(answer->results[0], 0, "id");
	if (webhooks_unseal(webhooks_key(a->o->webhooks), id,
		pg_text(answer->results[0], 0, "secret"), &a->secret) != 0) {
		log_error("webhook.sealed", "webhook=%s", id);
		refuse(a, 500, "sealed",
		    "the secret was sealed with another key than "
		    "orchestrator.webhook_key is now: make a new one by "
		    "POST /v1/webhooks/{id}/rotate");
		return;
	}
	body = json_pack("{s:s}", "id", id);
	add_secret(body, &a->secret);
	reply_json(a, 200, body);
}

static void
show_secret(struct http_req *req, void *orchestrator)
{
	struct ask *a = ask_new(req, orchestrator);
	struct webhook_row row;

	if (a == NULL)
		return;
	uuid_new(a->id);
	make_secret(a);
	row = (struct webhook_row){
	    .id = a->id, .tenant = a->tenant, .secret = a->sealed};
	store_webhook_unnamed(a->o, &row, on_unnamed, a);
}

static void
on_rotated(const struct pg_answer *answer, void *arg)
{
	struct ask *a = arg;
	json_t *body;

	if (!is_found(a, answer))
		return;
	log_info("webhook.rotated", "id=%s", a->id);
	body = json_pack("{s:s}", "id", a->id);
	add_secret(body, &a->secret);
	reply_json(a, 200, body);
}

static void
rotate(struct http_req *req, void *orchestrator)
{
	struct ask *a = ask_one(req, orchestrator);
	struct webhook_row row;

	if (a == NULL)
		return;
	make_secret(a);
	row = (struct webhook_row){
	    .id = a->id, .tenant = a->tenant, .secret = a->sealed};
	store_webhook_rotate(a->o, &row,
	    clock_wall_us() + OLD_SECRET_S * INT64_C(1000000), on_rotated, a);
}

/* -- a test -------------------------------------------------------------- */

static void
on_tested(const struct pg_answer *answer, void *arg)
{
	struct ask *a = arg;
	char *id;

	if (!is_answered_well(a, answer, 404, "not_found",
		"no such webhook, or it is disabled"))
		return;
	webhooks_kick(a->o->webhooks);
	id = xasprintf("msg_%s", pg_text(answer->results[0], 0, "id"));
	reply_json(a, 202, json_pack("{s:s}", "id", id));
	free(id);
}

static void
test(struct http_req *req, void *orchestrator)
{
	struct ask *a = ask_one(req, orchestrator);

	if (a != NULL)
		store_webhook_test(a->o, a->tenant, a->id, on_tested, a);
}

/* Who may order jobs may be told of them. */
enum { ROLES = ROLE_CLIENT | ROLE_OPERATOR | ROLE_ADMIN };

const struct http_route webhooks_routes[] = {
    {"POST", "/v1/webhooks", MAX_BODY, false, add, ROLES},
    {"GET", "/v1/webhooks", 0, false, list, ROLES},
    {"GET", "/v1/webhooks/secret", 0, false, show_secret, ROLES},
    {"GET", "/v1/webhooks/{id}", 0, false, show, ROLES},
    {"DELETE", "/v1/webhooks/{id}", 0, false, delete, ROLES},
    {"POST", "/v1/webhooks/{id}/rotate", MAX_BODY, false, rotate, ROLES},
    {"POST", "/v1/webhooks/{id}/test", MAX_BODY, false, test, ROLES},
    {"GET", "/v1/webhooks/{id}/deliveries", 0, false, show_deliveries, ROLES},
    {NULL, NULL, 0, false, NULL, 0},
};

/* /v1/keys, for admins. */
#include "orchestrator/keys_api.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/err.h"
#include "common/hex.h"
#include "common/http_server.h"
#include "common/log.h"
#include "common/pg.h"
#include "common/xalloc.h"
#include "orchestrator/gate.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/principal.h"
#include "orchestrator/quota.h"
#include "orchestrator/store_keys.h"

enum { MAX_LIFE_S = 3650 * 86400 };

/* -- what is asked for -------------------------------------------------- */

static int
check_members(const json_t *request, const char *const *known, struct err *err)
{
	const char *name;
	json_t *value;

	if (!json_is_object(request))
		return err_set(err, "the body must be a JSON object");
	json_object_foreach((json_t *)request, name, value)
	{
		size_t i = 0;

		while (known[i] != NULL && strcmp(known[i], name) != 0)
			i++;
		if (known[i] == NULL)
			return err_set(
			    err, "%s is not known here; leave it out", name);
	}
	return 0;
}

static int
take_role(const json_t *request, struct keys_wish *wish, struct err *err)
{
	const char *name = json_string_value(json_object_get(request, "role"));

	wish->role = name != NULL ? role_parse(name) : 0;
	if (wish->role != 0)
		return 0;
	return err_set(
	    err, "role must be client, miner, validator, operator or admin");
}

static bool
is_plain(const char *text)
{
	for (; *text != '\0'; text++) {
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			return false;
	}
	return true;
}

static int
take_name(const json_t *request, struct keys_wish *wish, struct err *err)
{
	const json_t *value = json_object_get(request, "name");

	if (value == NULL)
		return 0;
	if (!json_is_string(value) ||
	    json_string_length(value) > KEYS_API_MAX_NAME ||
	    !is_plain(json_string_value(value)))
		return err_set(err,
		    "name must be a text of at most %d bytes, in one line",
		    KEYS_API_MAX_NAME);
	snprintf(
	    wish->name, sizeof(wish->name), "%s", json_string_value(value));
	return 0;
}

static int
take_tenant(const json_t *request, struct keys_wish *wish, struct err *err)
{
	const json_t *value = json_object_get(request, "tenant");
	const char *name = json_string_value(value);

	if (value == NULL)
		return 0;
	if (name == NULL || !api_key_tenant_is_valid(name))
		return err_set(err,
		    "tenant must be a name of 1 to %d letters, digits, dots, "
		    "dashes and underscores",
		    JOB_MAX_TENANT);
	snprintf(wish->tenant, sizeof(wish->tenant), "%s", name);
	return 0;
}

static int
take_expiry(const json_t *request, int64_t now_us, struct keys_wish *wish,
    struct err *err)
{
	const json_t *value = json_object_get(request, "expires_in_s");
	int64_t s = json_integer_value(value);

	if (value == NULL)
		return 0;
	if (!json_is_integer(value) || s < 1 || s > MAX_LIFE_S)
		return err_set(err,
		    "expires_in_s must be a whole number between 1 and %d",
		    MAX_LIFE_S);
	wish->expires_us = now_us + s * 1000000;
	return 0;
}

int
keys_api_read(const json_t *request, int64_t now_us, struct keys_wish *wish,
    struct err *err)
{
	static const char *const known[] = {
	    "role", "name", "tenant", "expires_in_s", "quotas", NULL};

	memset(wish, 0, sizeof(*wish));
	wish->quotas = json_object_get(request, "quotas");
	if (check_members(request, known, err) != 0 ||
	    take_role(request, wish, err) != 0 ||
	    take_name(request, wish, err) != 0 ||
	    take_tenant(request, wish, err) != 0 ||
	    take_expiry(request, now_us, wish, err) != 0)
		return -1;
	return wish->quotas != NULL ? quota_check(wish->quotas, err) : 0;
}

/* -- answers ------------------------------------------------------------ */

struct keys_ask {
	struct orchestrator *o;
	struct http_req *req;
	struct api_key key; /* its secret is of a new one only */
	const char *event;  /* what is done to it, for the log */
	int result;	    /* which has the row to answer with */
};

static struct keys_ask *
ask_new(struct orchestrator *o, struct http_req *req, const char *id)
{
	struct keys_ask *ask = xcalloc(1, sizeof(*ask));

	ask->o = o;
	ask->req = req;
	snprintf(ask->key.id, sizeof(ask->key.id), "%s", id);
	return ask;
}

static void
ask_free(struct keys_ask *ask)
{
	sodium_memzero(ask, sizeof(*ask));
	free(ask);
}

/* About the key named in the path; NULL if it was answered. */
static struct keys_ask *
ask_about(struct orchestrator *o, struct http_req *req)
{
	const char *id = http_req_param(req, "id");

	if (api_key_id_is_valid(id))
		return ask_new(o, req, id);
	http_reply_problem(req, 404, "not_found", "no such API key");
	return NULL;
}

static void
reply_away(struct http_req *req)
{
	http_reply_problem(req, 503, "unavailable", "the database is away");
}

static void
on_body(const struct pg_answer *answer, void *arg)
{
	struct keys_ask *ask = arg;
	const PGresult *res;
	const char *body;

	if (answer->outcome != PG_DONE) {
		reply_away(ask->req);
		ask_free(ask);
		return;
	}
	res = answer->results[ask->result];
	if (PQntuples(res) == 0) {
		http_reply_problem(
		    ask->req, 404, "not_found", "no such API key");
	} else {
		body = pg_text(res, 0, "body");
		http_reply(
		    ask->req, 200, "application/json", body, strlen(body));
	}
	ask_free(ask);
}

/* -- making one --------------------------------------------------------- */

/* The key as it is shown from now on, and its secret, this once. */
static void
reply_made(struct keys_ask *ask, const char *shown)
{
	json_t *body = json_loads(shown, 0, NULL);
	char text[API_KEY_TEXT], location[64];
	char *answer;

	api_key_print(&ask->key, text);
	json_object_set_new(body, "key", json_string(text));
	answer = json_dumps(body, JSON_COMPACT);
	snprintf(location, sizeof(location), "/v1/keys/%s", ask->key.id);
	http_reply_header(ask->req, "Location", location);
	http_reply_header(ask->req, "Cache-Control", "no-store");
	http_reply(ask->req, 201, "application/json", answer, strlen(answer));
	sodium_memzero(answer, strlen(answer));
	sodium_memzero(text, sizeof(text));
	free(answer);
	json_decref(body);
}

static void
on_made(const struct pg_answer *answer, void *arg)
{
	struct keys_ask *ask = arg;

	if (answer->outcome == PG_DONE) {
		log_info("key.made", "id=%s by=%s", ask->key.id,
		    principal_of(ask->req)->id);
		reply_made(ask, pg_text(answer->results[2], 0, "body"));
	} else {
		reply_away(ask->req);
	}
	ask_free(ask);
}

static void
make(struct keys_ask *ask, const struct keys_wish *wish, int64_t now_us)
{
	uint8_t hash[API_KEY_HASH];
	char hex[2 * API_KEY_HASH + 1];
	json_t *none = json_array();
	struct new_key key = {
	    .id = ask->key.id,
	    .hash = hex,
	    .name = wish->name,
	    .role = role_name(wish->role),
	    .tenant = wish->tenant[0] != '\0' ? wish->tenant : ask->key.id,
	    .created_by = principal_of(ask->req)->id,
	    .created_us = now_us,
	    .expires_us = wish->expires_us,
	    .quotas = wish->quotas != NULL ? wish->quotas : none,
	};

	api_key_hash(ask->key.secret, hash);
	hex_encode(hash, sizeof(hash), hex);
	store_key_new(ask->o, &key, on_made, ask);
	json_decref(none);
}

/* The body as JSON, the caller's to decref; NULL if it was answered. */
static json_t *
read_json(struct http_req *req)
{
	json_error_t why;
	size_t len;
	const char *body = http_req_body(req, &len);
	json_t *json = json_loadb(body, len, JSON_REJECT_DUPLICATES, &why);

	if (json == NULL)
		http_reply_problem(req, 400, "bad_body",
		    "the body is not JSON: line %d: %s", why.line, why.text);
	return json;
}

static void
make_key(struct http_req *req, void *orchestrator)
{
	struct orchestrator *o = orchestrator;
	int64_t now_us = clock_wall_us();
	json_t *request = read_json(req);
	struct keys_wish wish;
	struct keys_ask *ask;
	struct err err;

	if (request == NULL)
		return;
	if (keys_api_read(request, now_us, &wish, &err) == 0) {
		ask = ask_new(o, req, "");
		api_key_make(&ask->key);
		make(ask, &wish, now_us);
	} else {
		http_reply_problem(req, 422, "bad_key", "%s", err.text);
	}
	json_decref(request);
}

/* -- the others --------------------------------------------------------- */

/* Those of a page; -1: text is no such number. */
static int
limit_of(const char *text)
{
	char *end;
	long n;

	if (text == NULL)
		return KEYS_API_LIMIT;
	errno = 0;
	n = strtol(text, &end, 10);
	if (end == text || *end != '\0' || errno != 0 || n < 1 ||
	    n > KEYS_API_MAX_LIMIT)
		return -1;
	return n;
}

static void
list_keys(struct http_req *req, void *orchestrator)
{
	const char *before = http_req_query(req, "before");
	int limit = limit_of(http_req_query(req, "limit"));

	if (limit < 0)
		http_reply_problem(req, 400, "bad_limit",
		    "limit is not a number from 1 to %d", KEYS_API_MAX_LIMIT);
	else if (before != NULL && !api_key_id_is_valid(before))
		http_reply_problem(req, 400, "bad_before",
		    "before is not a key's id, as next was");
	else
		store_key_list(orchestrator, limit, before, on_body,
		    ask_new(orchestrator, req, ""));
}

static void
show_key(struct http_req *req, void *orchestrator)
{
	struct keys_ask *ask = ask_about(orchestrator, req);

	if (ask != NULL)
		store_key_show(ask->o, ask->key.id, on_body, ask);
}

static void
on_changed(const struct pg_answer *answer, void *arg)
{
	struct keys_ask *ask = arg;

	gate_forget(ask->o->gate, ask->key.id);
	if (answer->outcome == PG_DONE && PQntuples(answer->results[1]) == 1)
		log_event(LOG_INFO, ask->event, "id=%s by=%s", ask->key.id,
		    principal_of(ask->req)->id);
	ask->result = 1;
	on_body(answer, arg);
}

static void
revoke_key(struct http_req *req, void *orchestrator)
{
	struct keys_ask *ask = ask_about(orchestrator, req);

	if (ask == NULL)
		return;
	ask->event = "key.revoked";
	store_key_revoke(ask->o, ask->key.id, clock_wall_us(), on_changed, ask);
}

/* -1: the field, the limit, the fix. */
static int
check_change(const json_t *request, struct err *err)
{
	static const char *const known[] = {"quotas", NULL};
	const json_t *quotas = json_object_get(request, "quotas");

	if (check_members(request, known, err) != 0)
		return -1;
	if (quotas == NULL)
		return err_set(err,
		    "quotas is missing: an array, empty for none, of "
		    "{\"kind\", \"jobs\", \"window_s\"}");
	return quota_check(quotas, err);
}

static void
limit_key(struct http_req *req, void *orchestrator)
{
	struct keys_ask *ask = ask_about(orchestrator, req);
	json_t *request = ask != NULL ? read_json(req) : NULL;
	struct err err;

	if (request == NULL) {
		free(ask);
		return;
	}
	if (check_change(request, &err) == 0) {
		ask->event = "key.limited";
		store_key_limit(ask->o, ask->key.id,
		    json_object_get(request, "quotas"), on_changed, ask);
	} else {
		http_reply_problem(req, 422, "bad_key", "%s", err.text);
		free(ask);
	}
	json_decref(request);
}

/* -- the door ----------------------------------------------------------- */

const struct http_route keys_routes[] = {
    {"POST", "/v1/keys", KEYS_API_MAX_BODY, false, make_key, ROLE_ADMIN},
    {"GET", "/v1/keys", 0, false, list_keys, ROLE_ADMIN},
    {"GET", "/v1/keys/{id}", 0, false, show_key, ROLE_ADMIN},
    {"DELETE", "/v1/keys/{id}", 0, false, revoke_key, ROLE_ADMIN},
    {"PATCH", "/v1/keys/{id}", KEYS_API_MAX_BODY, false, limit_key, ROLE_ADMIN},
    {NULL, NULL, 0, false, NULL, 0},
};

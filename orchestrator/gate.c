/* The gate of the API. */
#include "orchestrator/gate.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/clock.h"
#include "common/http_server.h"
#include "common/log.h"
#include "common/metrics.h"
#include "common/xalloc.h"
#include "orchestrator/keys.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/principal.h"

static const struct {
	const char *name; /* in logs and metrics */
	int status;
	const char *code, *why;
} verdicts[N_GATE_VERDICTS] = {
    [GATE_ADMITTED] = {"admitted", 200, "", ""},
    [GATE_MISSING] = {"missing", 401, "key_missing",
	"send an API key: Authorization: Bearer snk_..., or X-API-Key"},
    [GATE_MALFORMED] = {"malformed", 401, "key_malformed",
	"that is no API key, which is snk_, its id, _ and its secret"},
    /* Nobody learns which ids there are. */
    [GATE_UNKNOWN] = {"unknown", 401, "key_refused",
	"there is no such API key, or its secret is another"},
    [GATE_SECRET] = {"secret", 401, "key_refused",
	"there is no such API key, or its secret is another"},
    [GATE_REVOKED] = {"revoked", 401, "key_revoked",
	"this API key was revoked; ask for another"},
    [GATE_EXPIRED] = {"expired", 401, "key_expired",
	"this API key has expired; ask for another"},
    [GATE_ROLE] = {"role", 403, "forbidden", ""},
    [GATE_AWAY] = {"away", 503, "unavailable",
	"the database is away, and this API key is not known here; try again"},
};

struct gate {
	struct keys *keys; /* NULL: nobody is asked */
	struct principal anybody;
	struct principal public; /* of no role: it reads */
	bool lets_read;
	struct metric *refusals[N_GATE_VERDICTS];
};

/* -- what decides ------------------------------------------------------- */

/* What stands behind the scheme, NULL if it is another. */
static const char *
bearer_of(const char *authorization)
{
	static const char scheme[] = "bearer ";

	if (authorization == NULL ||
	    strncasecmp(authorization, scheme, strlen(scheme)) != 0)
		return NULL;
	authorization += strlen(scheme);
	return authorization + strspn(authorization, " ");
}

enum gate_verdict
gate_read(const char *authorization, const char *x_api_key, struct api_key *key)
{
	const char *text = bearer_of(authorization);

	if (text == NULL)
		text = x_api_key;
	if (text == NULL)
		return GATE_MISSING;
	return api_key_parse(text, key) == 0 ? GATE_ADMITTED : GATE_MALFORMED;
}

/* What is wrong with a key is said to whoever has its secret. */
enum gate_verdict
gate_judge(
    const struct key *key, const char *secret, unsigned roles, int64_t now_us)
{
	if (!api_key_fits(secret, key->hash))
		return GATE_SECRET;
	if (key->revoked_us != 0)
		return GATE_REVOKED;
	if (key->expires_us != 0 && now_us >= key->expires_us)
		return GATE_EXPIRED;
	return key->role & roles ? GATE_ADMITTED : GATE_ROLE;
}

void
gate_name_roles(unsigned roles, char *out, size_t size)
{
	size_t at = 0;

	roles &= ROLES_ALL;
	out[0] = '\0';
	for (unsigned bit = 1; bit <= ROLE_ADMIN && at < size; bit <<= 1) {
		if (!(roles & bit))
			continue;
		roles &= ~bit;
		at += snprintf(out + at, size - at, "%s%s", role_name(bit),
		    roles == 0			 ? ""
		    : (roles & (roles - 1)) == 0 ? " or "
						 : ", ");
	}
}

/* -- answers ------------------------------------------------------------ */

static void
note_refusal(struct orchestrator *o, const struct http_req *req,
    enum gate_verdict verdict, const char *id)
{
	metric_add(o->gate->refusals[verdict], 1);
	if (verdict != GATE_MISSING)
		log_warn("key.refused", "id=%s why=%s peer=%s", id,
		    verdicts[verdict].name, http_req_peer(req));
}

static void
refuse(struct orchestrator *o, struct http_req *req, enum gate_verdict verdict,
    const char *id, enum role role)
{
	char takes[64];

	note_refusal(o, req, verdict, id);
	if (verdicts[verdict].status == 401)
		http_reply_header(req, "WWW-Authenticate",
		    verdict == GATE_MISSING
			? "Bearer realm=\"subnetd\""
			: "Bearer realm=\"subnetd\", error=\"invalid_token\"");
	if (verdict != GATE_ROLE) {
		http_reply_problem(req, verdicts[verdict].status,
		    verdicts[verdict].code, "%s", verdicts[verdict].why);
		return;
	}
	gate_name_roles(http_req_roles(req), takes, sizeof(takes));
	http_reply_problem(req, 403, verdicts[verdict].code,
	    "this takes a key of role %s; the one given is of role %s", takes,
	    role_name(role));
}

static void
admit(struct http_req *req, const struct key *key)
{
	struct principal *who = xcalloc(1, sizeof(*who));

	memcpy(who->id, key->id, sizeof(who->id));
	memcpy(who->tenant, key->tenant, sizeof(who->tenant));
	who->role = key->role;
	who->has_quota = key->has_quota;
	http_req_set_user(req, who, free);
	http_req_admit(req);
}

static void
decide(struct orchestrator *o, struct http_req *req, const struct key *key,
    const char *secret)
{
	enum gate_verdict verdict =
	    gate_judge(key, secret, http_req_roles(req), clock_wall_us());

	if (verdict == GATE_ADMITTED)
		admit(req, key);
	else
		refuse(o, req, verdict, key->id, key->role);
}

/* -- asking ------------------------------------------------------------- */

struct asking {
	struct orchestrator *o;
	struct http_req *req;
	struct api_key given;
};

static void
on_found(enum keys_outcome outcome, const struct key *key, void *arg)
{
	struct asking *a = arg;

	switch (outcome) {
	case KEYS_FOUND:
		decide(a->o, a->req, key, a->given.secret);
		break;
	case KEYS_UNKNOWN:
		refuse(a->o, a->req, GATE_UNKNOWN, a->given.id, 0);
		break;
	case KEYS_AWAY:
		refuse(a->o, a->req, GATE_AWAY, a->given.id, 0);
		break;
	}
	sodium_memzero(a, sizeof(*a));
	free(a);
}

static void
look_up(
    struct orchestrator *o, struct http_req *req, const struct api_key *given)
{
	struct asking *a = xcalloc(1, sizeof(*a));

	a->o = o;
	a->req = req;
	a->given = *given;
	keys_look_up(o->gate->keys, given->id, on_found, a);
}

/* Its handler asks for that. */
static bool
proves_itself(const struct http_req *req)
{
	static const char scheme[] = "Epistula ";
	const char *authorization = http_req_header(req, "Authorization");
	unsigned roles = http_req_roles(req);

	return ((roles & GATE_HOTKEY) && authorization != NULL &&
		   strncmp(authorization, scheme, strlen(scheme)) == 0) ||
	       ((roles & GATE_URL) && http_req_query(req, "signature") != NULL);
}

/* Nobody is asked: whoever comes is an operator, and no more. */
static void
admit_anybody(struct orchestrator *o, struct http_req *req)
{
	struct principal *anybody = &o->gate->anybody;

	if (!(anybody->role & http_req_roles(req))) {
		refuse(o, req, GATE_ROLE, "-", anybody->role);
		return;
	}
	http_req_set_user(req, anybody, NULL);
	http_req_admit(req);
}

void
gate_ask(struct http_req *req, void *orchestrator)
{
	struct orchestrator *o = orchestrator;
	enum gate_verdict verdict;
	const struct key *key;
	struct api_key given;

	if (proves_itself(req)) {
		http_req_admit(req);
		return;
	}
	if (o->gate->keys == NULL) {
		admit_anybody(o, req);
		return;
	}
	verdict = gate_read(http_req_header(req, "Authorization"),
	    http_req_header(req, "X-API-Key"), &given);
	if (verdict == GATE_MISSING && o->gate->lets_read &&
	    (http_req_roles(req) & GATE_PUBLIC)) {
		http_req_set_user(req, &o->gate->public, NULL);
		http_req_admit(req);
		return;
	}
	if (verdict != GATE_ADMITTED) {
		refuse(o, req, verdict, "-", 0);
		return;
	}
	key = keys_get(o->gate->keys, given.id, clock_mono_us());
	if (key != NULL)
		decide(o, req, key, given.secret);
	else
		look_up(o, req, &given);
	sodium_memzero(&given, sizeof(given));
}

/* -- asking again -------------------------------------------------------- */

bool
gate_admits_still(struct orchestrator *o, const struct http_req *req)
{
	const char *id = principal_of(req)->id;
	enum gate_verdict verdict;
	const struct key *key;
	struct api_key given;

	if (id[0] == '\0')
		return true;
	key = keys_peek(o->gate->keys, id, clock_mono_us());
	if (key == NULL) /* it was changed here: the next time tells */
		return true;
	verdict = gate_read(http_req_header(req, "Authorization"),
	    http_req_header(req, "X-API-Key"), &given);
	if (verdict == GATE_ADMITTED)
		verdict = gate_judge(
		    key, given.secret, http_req_roles(req), clock_wall_us());
	sodium_memzero(&given, sizeof(given));
	if (verdict != GATE_ADMITTED)
		note_refusal(o, req, verdict, id);
	return verdict == GATE_ADMITTED;
}

/* -- the whole ---------------------------------------------------------- */

static void
make_counters(struct gate *g, struct metrics *metrics)
{
	char labels[64];

	for (int i = GATE_MISSING; i < N_GATE_VERDICTS; i++) {
		snprintf(
		    labels, sizeof(labels), "why=\"%s\"", verdicts[i].name);
		g->refusals[i] = metrics_counter(metrics,
		    "subnetd_key_refusals_total", labels,
		    "Requests refused for their API key, or for want of one.");
	}
}

struct gate *
gate_new(struct orchestrator *o, const char *mode)
{
	bool is_open = strcmp(mode, "open") == 0;
	struct gate *g;

	if (!is_open && strcmp(mode, "required") != 0) {
		log_fatal("config.refused",
		    "key=orchestrator.keys why=\"it must be required or "
		    "open\"");
		return NULL;
	}
	g = xcalloc(1, sizeof(*g));
	g->anybody.role = ROLE_OPERATOR;
	make_counters(g, o->service.metrics);
	if (is_open)
		log_warn("keys.open",
		    "why=\"nobody is asked for an API key: whoever reaches "
		    "the API is an operator\"");
	else
		g->keys = keys_new(o);
	return g;
}

void
gate_free(struct gate *g)
{
	if (g == NULL)
		return;
	keys_free(g->keys);
	free(g);
}

void
gate_let_read(struct gate *g)
{
	g->lets_read = true;
}

void
gate_forget(struct gate *g, const char *id)
{
	if (g->keys != NULL)
		keys_forget(g->keys, id);
}

/* Who a miner is that speaks to Violet's door. */
#include "orchestrator/violet_proof.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/http_server.h"
#include "common/log.h"
#include "common/pg.h"
#include "common/signer_client.h"
#include "common/xalloc.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/store_violet.h"
#include "orchestrator/violet.h"
#include "subtensor/epistula_check.h"

enum { REMEMBERED_MS = 60000, MAX_UUID = 64 };

static const char stranger[] = "No miner of this subnet has that hotkey";

struct proof {
	struct orchestrator *o;
	struct http_req *req;
	char hotkey[64];
	void (*on_proven)(const char *, void *);
	void (*on_refused)(void *);
	void *arg;
};

static void
refuse(struct http_req *req, const char *why)
{
	log_info(
	    "violet.unproven", "peer=%s why=\"%s\"", http_req_peer(req), why);
	http_reply_header(req, "WWW-Authenticate", "Epistula");
	violet_refuse(req, 401,
	    "%s: sign the request with the miner's hotkey (Epistula v2)", why);
}

static bool
is_signed(struct http_req *req)
{
	static const char scheme[] = "Epistula";
	const char *authorization = http_req_header(req, "Authorization");

	return authorization != NULL &&
	       strncmp(authorization, scheme, strlen(scheme)) == 0;
}

/* Who comes with a key of that role, where that is enough. */
static bool
needs_no_proof(const struct orchestrator *o, struct http_req *req)
{
	return !is_signed(req) && o->violet_keyless &&
	       http_req_user(req) != NULL;
}

/* It goes to the database, and nowhere else. */
static bool
is_plain(const char *text)
{
	size_t n = 0;

	for (; text[n] != '\0'; n++) {
		if (text[n] <= ' ' || text[n] > '~')
			return false;
	}
	return n > 0 && n <= MAX_UUID;
}

static const char *
check(const struct orchestrator *o, struct http_req *req, const char *digest)
{
	struct epistula_request r = {
	    .authorization = http_req_header(req, "Authorization"),
	    .signature = http_req_header(req, "Epistula-Signature"),
	    .timestamp = http_req_header(req, "Epistula-Timestamp"),
	    .uuid = http_req_header(req, "Epistula-UUID"),
	    .signed_by = http_req_header(req, "Epistula-Signed-By"),
	    .signed_for = http_req_header(req, "Epistula-Signed-For"),
	    .digest = digest,
	};
	const char *why;

	if (digest == NULL)
		r.body = http_req_body(req, &r.body_len);
	why = epistula_check(
	    &r, signer_client_hotkey(o->signer), clock_wall_ms());
	if (why != NULL)
		return why;
	return is_plain(r.uuid) && is_plain(r.signed_by) ? NULL
							 : "Invalid UUID";
}

struct expecting {
	struct http_req *req;
	void (*on_likely)(void *);
	void (*on_refused)(void *);
	void *arg;
};

static void
on_neuron(const struct pg_answer *answer, void *arg)
{
	struct expecting *e = arg;

	if (!violet_is_read(e->req, answer)) {
		e->on_refused(e->arg);
	} else if (PQntuples(answer->results[0]) == 0) {
		refuse(e->req, stranger);
		e->on_refused(e->arg);
	} else {
		e->on_likely(e->arg);
	}
	free(e);
}

void
violet_proof_expect(struct orchestrator *o, struct http_req *req,
    void (*on_likely)(void *), void (*on_refused)(void *), void *arg)
{
	const char *by = http_req_header(req, "Epistula-Signed-By");
	struct expecting *e;

	if (needs_no_proof(o, req)) {
		on_likely(arg);
		return;
	}
	if (!is_signed(req) || by == NULL || !is_plain(by)) {
		refuse(req, "Missing Epistula authentication headers");
		on_refused(arg);
		return;
	}
	e = xcalloc(1, sizeof(*e));
	e->req = req;
	e->on_likely = on_likely;
	e->on_refused = on_refused;
	e->arg = arg;
	store_violet_neuron(o, by, on_neuron, e);
}

/* NULL: it is good. */
static const char *
why_not(const PGresult *res)
{
	if (!pg_bool(res, 0, "is_registered"))
		return stranger;
	return pg_bool(res, 0, "is_new") ? NULL
					 : "This request was here before";
}

static void
on_nonce(const struct pg_answer *answer, void *arg)
{
	struct proof *p = arg;
	const char *why;

	if (!violet_is_read(p->req, answer)) {
		p->on_refused(p->arg);
	} else if ((why = why_not(answer->results[0])) != NULL) {
		refuse(p->req, why);
		p->on_refused(p->arg);
	} else {
		p->on_proven(p->hotkey, p->arg);
	}
	free(p);
}

void
violet_prove(struct orchestrator *o, struct http_req *req, const char *digest,
    void (*on_proven)(const char *, void *), void (*on_refused)(void *),
    void *arg)
{
	const char *why;
	struct proof *p;

	if (needs_no_proof(o, req)) {
		on_proven(NULL, arg);
		return;
	}
	if (signer_client_hotkey(o->signer)[0] == '\0') {
		violet_refuse(req, 503, "Starting; try again");
		on_refused(arg);
		return;
	}
	why = check(o, req, digest);
	if (why != NULL) {
		refuse(req, why);
		on_refused(arg);
		return;
	}
	p = xcalloc(1, sizeof(*p));
	p->o = o;
	p->req = req;
	p->on_proven = on_proven;
	p->on_refused = on_refused;
	p->arg = arg;
	snprintf(p->hotkey, sizeof(p->hotkey), "%s",
	    http_req_header(req, "Epistula-Signed-By"));
	store_violet_nonce(o, p->hotkey, http_req_header(req, "Epistula-UUID"),
	    clock_wall_us() - REMEMBERED_MS * 1000LL, on_nonce, p);
}

/* What an ordered job must have before it is made. */
#include "orchestrator/admission.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/http_server.h"
#include "common/xalloc.h"
#include "orchestrator/idempotency.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/principal.h"
#include "orchestrator/quota.h"
#include "orchestrator/refusal.h"

struct admission {
	struct orchestrator *o;
	struct http_req *req;
	char key_id[API_KEY_MOST_ID + 1];
	char kind[QUOTA_MOST_KIND + 1];
	bool has_quota;
	bool is_named; /* and the name is claimed */
	struct idempotency name;
	struct quotas quotas;
	void (*on_answer)(const struct admission_answer *, void *);
	void *arg;
};

/* -- answers ------------------------------------------------------------ */

static void
answer(struct admission *a, const struct admission_answer *what)
{
	a->on_answer(what, a->arg);
	if (what->given == NULL)
		admission_end(a, false);
}

static void
refuse(struct admission *a, const struct refusal *r, int64_t retry_s)
{
	struct admission_answer what = {.refusal = r};
	char text[24];

	if (retry_s > 0) {
		snprintf(text, sizeof(text), "%lld", (long long)retry_s);
		http_reply_header(a->req, "Retry-After", text);
	}
	answer(a, &what);
}

static void
give(struct admission *a)
{
	struct admission_answer what = {.given = a};

	answer(a, &what);
}

static void
refuse_away(struct admission *a)
{
	struct refusal r;

	refusal_set(&r, 503, "unavailable",
	    "the database is away; nothing was stored, try again");
	refuse(a, &r, 1);
}

/* -- quotas ------------------------------------------------------------- */

static void
refuse_full(struct admission *a)
{
	struct refusal r;

	refusal_set(&r, 429, "quota_spent",
	    "this API key has ordered as many jobs as it may for now; try "
	    "again in %lld s",
	    (long long)quota_wait_s(&a->quotas));
	r.reset_us = quota_reset_us(&a->quotas);
	refuse(a, &r, quota_wait_s(&a->quotas));
}

static void
on_taken(const struct quotas *quotas, void *arg)
{
	struct admission *a = arg;

	if (quotas == NULL) {
		refuse_away(a);
		return;
	}
	a->quotas = *quotas;
	quota_reply_headers(a->req, quotas);
	if (quotas->taken)
		give(a);
	else
		refuse_full(a);
}

static void
ask_quotas(struct admission *a)
{
	if (a->has_quota)
		quota_take(a->o, a->key_id, a->kind, on_taken, a);
	else
		give(a);
}

/* -- names -------------------------------------------------------------- */

static void
repeat(struct admission *a, const char *job_id)
{
	struct admission_answer what = {.job_id = job_id};

	http_reply_header(a->req, "Idempotent-Replayed", "true");
	answer(a, &what);
}

static void
on_claimed(enum idempotency_outcome outcome, const char *job_id, void *arg)
{
	struct admission *a = arg;
	struct refusal r;

	switch (outcome) {
	case IDEMPOTENCY_CLAIMED:
		a->is_named = true;
		ask_quotas(a);
		return;
	case IDEMPOTENCY_DONE:
		repeat(a, job_id);
		return;
	case IDEMPOTENCY_OPEN:
		refusal_set(&r, 409, "in_flight",
		    "a request of this Idempotency-Key is being worked on; "
		    "try again, and it is answered as that one");
		refuse(a, &r, IDEMPOTENCY_RETRY_S);
		return;
	case IDEMPOTENCY_OTHER:
		refusal_set(&r, 422, "idempotency_key_reused",
		    "this Idempotency-Key was sent with another request; "
		    "choose a new one for each job");
		refuse(a, &r, 0);
		return;
	case IDEMPOTENCY_AWAY:
		refuse_away(a);
		return;
	}
}

static void
claim(struct admission *a, const struct admission_request *request,
    const char *header)
{
	struct idempotency *name = &a->name;
	struct refusal r;

	memcpy(name->key_id, a->key_id, sizeof(name->key_id));
	if (idempotency_read(header, name->name) != 0) {
		refusal_set(&r, 400, "bad_idempotency_key",
		    "Idempotency-Key must be 1 to %d printable characters, "
		    "as they are or in double quotes",
		    IDEMPOTENCY_MOST_NAME);
		refuse(a, &r, 0);
		return;
	}
	idempotency_fingerprint(http_req_method(request->req),
	    http_req_path(request->req), request->json, request->file_sha256,
	    name->fingerprint);
	idempotency_claim(a->o, name, on_claimed, a);
}

/* -- the whole ---------------------------------------------------------- */

void
admission_ask(struct orchestrator *o, const struct admission_request *request,
    void (*on_answer)(const struct admission_answer *, void *), void *arg)
{
	const char *header = http_req_header(request->req, "Idempotency-Key");
	const struct principal *who = principal_of(request->req);
	struct admission *a = xcalloc(1, sizeof(*a));

	a->o = o;
	a->req = request->req;
	memcpy(a->key_id, who->id, sizeof(a->key_id));
	snprintf(a->kind, sizeof(a->kind), "%s", request->kind);
	a->has_quota = who->has_quota;
	a->on_answer = on_answer;
	a->arg = arg;
	if (header != NULL)
		claim(a, request, header);
	else
		ask_quotas(a);
}

const struct idempotency *
admission_name(const struct admission *a)
{
	return a->is_named ? &a->name : NULL;
}

void
admission_end(struct admission *a, bool made)
{
	if (a == NULL)
		return;
	if (!made) {
		quota_give_back(a->o, a->key_id, a->kind, &a->quotas);
		if (a->is_named)
			idempotency_release(a->o, &a->name);
	}
	free(a);
}

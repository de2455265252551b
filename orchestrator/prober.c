/* Asking miners what they take. */
#include "orchestrator/prober.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/err.h"
#include "common/log.h"
#include "common/pg.h"
#include "common/signer_client.h"
#include "common/xalloc.h"
#include "orchestrator/dispatch.h"
#include "orchestrator/miners.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/protocol.h"
#include "orchestrator/signed_call.h"
#include "orchestrator/store_miners.h"

enum { PROBE_MS = 10000, MAX_KINDS = 64 };

struct probing {
	struct orchestrator *o;
	char hotkey[64];
	bool is_axon; /* a classic one: it need not know what we ask */
};

/* Only true and numbers count; whatever else a miner says is left out. */
static json_t *
clean_capacity(const struct http_answer *answer)
{
	json_t *said, *capacity = json_object(), *value;
	const char *key;

	said = json_loadb(answer->body, answer->len, 0, NULL);
	json_object_foreach(said, key, value)
	{
		bool counts = json_is_boolean(value) || json_is_integer(value);

		if (counts && strlen(key) <= 64 &&
		    json_object_size(capacity) < MAX_KINDS)
			json_object_set(capacity, key, value);
	}
	json_decref(said);
	return capacity;
}

static void
note(struct probing *p, bool is_up, json_t *capacity)
{
	struct miner *m = table_find(&p->o->table, p->hotkey);

	store_miner_seen(p->o, p->hotkey, is_up, capacity);
	if (m != NULL && m->is_up != is_up)
		log_info("miner.probed", "hotkey=%s up=%s", p->hotkey,
		    is_up ? "yes" : "no");
	if (m != NULL) {
		miners_say(m, p->o->kinds, false, capacity, NULL);
		miner_up(m, is_up || m->polls, clock_wall_us());
	}
	json_decref(capacity);
	free(p);
}

/* Whatever a classic axon answers, it is there; what it takes of the kinds for
 * axons is theirs to say, unless it says so itself. */
static void
note_axon(struct probing *p, const struct http_answer *answer)
{
	json_t *all = protocol_axon_capacity(p->o->kinds), *value;
	json_t *said =
	    answer->status == 200 ? clean_capacity(answer) : json_object();
	const char *key;
	void *next;

	json_object_foreach_safe(said, next, key, value)
	{
		if (json_object_get(all, key) == NULL)
			json_object_del(said, key);
	}
	note(p, true, json_incref(json_object_size(said) > 0 ? said : all));
	json_decref(all);
	json_decref(said);
}

static void
on_answer(const struct http_answer *answer, void *arg)
{
	struct probing *p = arg;

	if (p->is_axon && answer->status != 0)
		note_axon(p, answer);
	else if (answer->status == 200)
		note(p, true, clean_capacity(answer));
	else
		note(p, false, json_object());
}

/* Our own trouble is no news of the miner. */
static void
on_signed(struct signed_call *call, const struct err *why, void *arg)
{
	if (why == NULL) {
		signed_call_send(call);
		return;
	}
	log_warn("miner.unprobed", "why=\"%s\"", why->text);
	free(arg);
}

static void
ask(struct orchestrator *o, const char *hotkey, const char *address,
    bool is_axon)
{
	struct probing *p = xcalloc(1, sizeof(*p));
	struct signed_call_request request = {
	    .method = "GET",
	    .url = dispatch_url(o, address, "/capacity", is_axon),
	    .is_plain = is_axon,
	    .body = xstrdup("{}"),
	    .signed_for = hotkey,
	    .timeout_ms = PROBE_MS,
	    .on_signed = on_signed,
	    .on_answer = on_answer,
	    .on_drop = free,
	    .arg = p,
	};

	p->o = o;
	p->is_axon = is_axon;
	snprintf(p->hotkey, sizeof(p->hotkey), "%s", hotkey);
	signed_call_new(o, &request);
}

static void
on_due(const struct pg_answer *answer, void *arg)
{
	struct orchestrator *o = arg;

	if (answer->outcome != PG_DONE) {
		log_warn(
		    "store.failed", "what=miner_probe why=\"%s\"", answer->why);
		return;
	}
	for (int i = 0; i < PQntuples(answer->results[0]); i++)
		ask(o, pg_text(answer->results[0], i, "hotkey"),
		    pg_text(answer->results[0], i, "address"),
		    pg_bool(answer->results[0], i, "is_axon"));
}

void
prober_run(struct orchestrator *o, int64_t before_us)
{
	/* Nobody is marked as asked whom we could not ask. */
	if (signer_client_is_up(o->signer) && !o->service.draining)
		store_miner_probe(o, before_us, on_due, o);
}

/*
 * Subscriptions: begun by a request, told by notes, which may come before the
 * answer that names them, and ended by us, the node or the connection.
 */
#include <stdlib.h>
#include <string.h>

#include "common/xalloc.h"
#include "subtensor/rpc_impl.h"

enum {
	MAX_EARLY = 1024, /* notes of subscriptions not yet answered */
	MAX_EARLY_BYTES = 1 << 20,
};

static void
sub_free(struct rpc_sub *sub)
{
	LIST_REMOVE(sub, link);
	free(sub->unsubscribe);
	free(sub);
}

/* The oldest early note of a subscription, or of any if id is NULL. */
static struct rpc_early *
take_early(struct rpc_calls *calls, const char *id)
{
	struct rpc_early *e;

	TAILQ_FOREACH(e, &calls->early, link)
	{
		if (id != NULL && strcmp(e->sub, id) != 0)
			continue;
		TAILQ_REMOVE(&calls->early, e, link);
		calls->n_early--;
		calls->early_bytes -= e->len;
		return e;
	}
	return NULL;
}

static void
early_free(struct rpc_early *e)
{
	json_decref(e->item);
	free(e);
}

static void
drop_early(struct rpc_calls *calls)
{
	struct rpc_early *e;

	while ((e = take_early(calls, NULL)) != NULL)
		early_free(e);
}

void
rpc_subs_clear(struct rpc_calls *calls)
{
	while (!LIST_EMPTY(&calls->subs))
		sub_free(LIST_FIRST(&calls->subs));
	drop_early(calls);
}

static struct rpc_sub *
find_sub(struct rpc_calls *calls, const char *id)
{
	struct rpc_sub *sub;

	LIST_FOREACH(sub, &calls->subs, link)
	{
		if (strcmp(sub->id, id) == 0)
			return sub;
	}
	return NULL;
}

static struct rpc_sub *
first_begun(struct rpc_calls *calls)
{
	struct rpc_sub *sub;

	LIST_FOREACH(sub, &calls->subs, link)
	{
		if (sub->id[0] != '\0')
			return sub;
	}
	return NULL;
}

/* The struct goes first: it is over, and nobody may hold on to it. */
static void
end_sub(struct rpc_sub *sub, const struct rpc_answer *answer)
{
	rpc_on_answer *on_end = sub->is_cancelled ? NULL : sub->on_end;
	void *arg = sub->arg;

	sub_free(sub);
	if (on_end != NULL)
		on_end(answer, arg);
}

static void
tell_unsubscribe(struct rpc_sub *sub)
{
	if (sub->rpc->state.phase == RPC_UP)
		rpc_calls_add(sub->rpc, sub->unsubscribe,
		    json_pack("[s]", sub->id), NULL, NULL);
}

/* What came before the answer that named the subscription. The subscription
 * may be ended by any of it. */
static void
deliver_early(struct rpc *rpc, const char *id)
{
	struct rpc_early *e;
	struct rpc_sub *sub;

	while ((e = take_early(&rpc->calls, id)) != NULL) {
		sub = find_sub(&rpc->calls, id);
		if (sub != NULL && !rpc->doomed)
			sub->on_item(e->item, sub->arg);
		early_free(e);
	}
}

static void
begin(struct rpc *rpc, struct rpc_sub *sub, const struct rpc_answer *answer)
{
	struct rpc_answer no_id = {.outcome = RPC_UNKNOWN,
	    .message = "the subscription has no id",
	    .data = ""};
	char id[RPC_MAX_SUB_ID];

	if (answer->outcome != RPC_OK) {
		end_sub(sub, answer);
		return;
	}
	if (rpc_message_sub_id(answer->result, id) != 0) {
		end_sub(sub, &no_id);
		return;
	}
	memcpy(sub->id, id, sizeof(id));
	if (!sub->is_cancelled) {
		deliver_early(rpc, id);
		return;
	}
	tell_unsubscribe(sub);
	sub_free(sub);
}

void
rpc_subs_begin(
    struct rpc *rpc, struct rpc_sub *sub, const struct rpc_answer *answer)
{
	rpc->calls.beginning--;
	begin(rpc, sub, answer);
	if (rpc->calls.beginning == 0)
		drop_early(&rpc->calls);
}

void
rpc_subs_end(struct rpc *rpc, const struct rpc_answer *why)
{
	struct rpc_sub *sub;

	while (!rpc->doomed && (sub = first_begun(&rpc->calls)) != NULL)
		end_sub(sub, why);
}

static void
keep_early(struct rpc_calls *calls, const struct rpc_message *m)
{
	struct rpc_early *e;

	if (calls->beginning == 0 || calls->n_early >= MAX_EARLY ||
	    m->len > MAX_EARLY_BYTES - calls->early_bytes)
		return;
	e = xcalloc(1, sizeof(*e));
	e->len = m->len;
	memcpy(e->sub, m->sub, sizeof(e->sub));
	e->item = json_incref((json_t *)m->item);
	TAILQ_INSERT_TAIL(&calls->early, e, link);
	calls->n_early++;
	calls->early_bytes += m->len;
}

void
rpc_subs_note(struct rpc *rpc, const struct rpc_message *m)
{
	struct rpc_sub *sub = find_sub(&rpc->calls, m->sub);

	if (sub != NULL)
		sub->on_item(m->item, sub->arg);
	else
		keep_early(&rpc->calls, m);
}

struct rpc_sub *
rpc_subscribe(struct rpc *rpc, const char *method, const char *unsubscribe,
    json_t *params, void (*on_item)(const json_t *, void *arg),
    rpc_on_answer *on_end, void *arg)
{
	struct rpc_sub *sub = xcalloc(1, sizeof(*sub));
	struct rpc_request *r;

	rpc_enter(rpc);
	sub->rpc = rpc;
	sub->unsubscribe = xstrdup(unsubscribe);
	sub->on_item = on_item;
	sub->on_end = on_end;
	sub->arg = arg;
	LIST_INSERT_HEAD(&rpc->calls.subs, sub, link);
	r = rpc_calls_add(rpc, method, params, NULL, NULL);
	r->sub = sub;
	if (r->lost == NULL && rpc->http != NULL) {
		r->lost = "no subscriptions over HTTP";
		r->is_refused = true;
	}
	rpc->calls.beginning++;
	rpc_calls_pump(rpc);
	rpc_leave(rpc);
	return sub;
}

void
rpc_unsubscribe(struct rpc_sub *sub)
{
	struct rpc *rpc = sub->rpc;

	rpc_enter(rpc);
	if (sub->id[0] == '\0') {
		sub->is_cancelled = true;
	} else {
		tell_unsubscribe(sub);
		sub_free(sub);
		rpc_calls_pump(rpc);
	}
	rpc_leave(rpc);
}

/*
 * Calls and subscriptions: each waits in line for a token, is sent, and waits
 * for its answer, with a deadline from the moment it was asked for.
 */
#include <stdlib.h>
#include <string.h>

#include "common/xalloc.h"
#include "subtensor/rpc_impl.h"

enum {
	MAX_EARLY = 1024, /* notes of subscriptions not yet answered */
	MAX_EARLY_BYTES = 1 << 20,
	NO_SUCH_METHOD = -32601, /* JSON-RPC's */
	LATENCY_OF = 10,	 /* answers */
};

void
rpc_calls_init(struct rpc_calls *calls)
{
	memset(calls, 0, sizeof(*calls));
	TAILQ_INIT(&calls->waiting);
	TAILQ_INIT(&calls->sent);
	TAILQ_INIT(&calls->early);
	LIST_INIT(&calls->subs);
}

static void
request_free(struct rpc_request *r)
{
	free(r->text);
	free(r);
}

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
rpc_calls_clear(struct rpc_calls *calls)
{
	struct rpc_request *r;

	while ((r = TAILQ_FIRST(&calls->waiting)) != NULL) {
		TAILQ_REMOVE(&calls->waiting, r, link);
		request_free(r);
	}
	while ((r = TAILQ_FIRST(&calls->sent)) != NULL) {
		TAILQ_REMOVE(&calls->sent, r, link);
		request_free(r);
	}
	while (!LIST_EMPTY(&calls->subs))
		sub_free(LIST_FIRST(&calls->subs));
	drop_early(calls);
}

static struct rpc_answer
unknown(const char *why)
{
	return (struct rpc_answer){
	    .outcome = RPC_UNKNOWN, .message = why, .data = ""};
}

static struct rpc_request *
add_request(struct rpc *rpc, const char *method, json_t *params,
    rpc_on_answer *on_answer, void *arg)
{
	struct rpc_request *r = xcalloc(1, sizeof(*r));

	r->id = ++rpc->calls.last_id;
	r->text = rpc_message_request(r->id, method, params);
	json_decref(params);
	r->is_once = strncmp(method, "author_", 7) == 0;
	r->deadline_ms = rpc_now_ms() + rpc->request_ms;
	if (rpc->state.phase != RPC_UP)
		r->lost = "not connected";
	r->on_answer = on_answer;
	r->arg = arg;
	TAILQ_INSERT_TAIL(&rpc->calls.waiting, r, link);
	return r;
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
		add_request(sub->rpc, sub->unsubscribe,
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
begin_sub(struct rpc *rpc, struct rpc_sub *sub, const struct rpc_answer *answer)
{
	struct rpc_answer no_id = unknown("the subscription has no id");
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

/* The one end of every request. It is in no list any more. */
static void
settle(struct rpc *rpc, struct rpc_request *r, const struct rpc_answer *answer)
{
	if (answer->outcome == RPC_UNKNOWN)
		rpc->stats.failed++;
	if (r->sub != NULL) {
		rpc->calls.beginning--;
		begin_sub(rpc, r->sub, answer);
		if (rpc->calls.beginning == 0)
			drop_early(&rpc->calls);
	} else if (r->on_answer != NULL) {
		r->on_answer(answer, r->arg);
	}
	request_free(r);
}

static bool
is_overdue(const struct rpc_request *r, uint64_t last_id, int64_t now)
{
	return r != NULL && r->id <= last_id &&
	       (r->lost != NULL || r->deadline_ms <= now);
}

/* By POST nothing can be followed: as at a node that cannot do it. */
static struct rpc_answer
no_answer(const struct rpc_request *r)
{
	if (r->is_refused)
		return (struct rpc_answer){.outcome = RPC_REFUSED,
		    .code = NO_SUCH_METHOD,
		    .message = r->lost,
		    .data = ""};
	if (r->lost != NULL)
		return unknown(r->lost);
	return unknown(r->is_limited ? "the node said it was asked too much"
				     : "never sent");
}

/* All requests have the same timeout, so the first of a list is due first. Only
 * those there at the beginning: callbacks add new ones. */
void
rpc_calls_expire(struct rpc *rpc)
{
	uint64_t last_id = rpc->calls.last_id;
	int64_t now = rpc_now_ms();
	struct rpc_answer lost;
	struct rpc_request *r;

	while (!rpc->doomed &&
	       is_overdue(r = TAILQ_FIRST(&rpc->calls.sent), last_id, now)) {
		lost = unknown(r->lost != NULL ? r->lost : "no answer in time");
		TAILQ_REMOVE(&rpc->calls.sent, r, link);
		settle(rpc, r, &lost);
	}
	while (!rpc->doomed &&
	       is_overdue(r = TAILQ_FIRST(&rpc->calls.waiting), last_id, now)) {
		lost = no_answer(r);
		TAILQ_REMOVE(&rpc->calls.waiting, r, link);
		settle(rpc, r, &lost);
	}
}

void
rpc_calls_lose(struct rpc *rpc, const char *why)
{
	struct rpc_answer lost = unknown(why);
	struct rpc_request *r;
	struct rpc_sub *sub;

	TAILQ_FOREACH(r, &rpc->calls.sent, link)
	r->lost = why;
	TAILQ_FOREACH(r, &rpc->calls.waiting, link)
	r->lost = r->is_refused ? r->lost : why;
	rpc_calls_expire(rpc);
	while (!rpc->doomed && (sub = first_begun(&rpc->calls)) != NULL)
		end_sub(sub, &lost);
}

/* In the order they were asked for, which is that of their deadlines: one that
 * comes back, or goes out once more, has its old place. */
static void
insert(struct rpc_requests *list, struct rpc_request *r)
{
	struct rpc_request *before;

	TAILQ_FOREACH_REVERSE(before, list, rpc_requests, link)
	{
		if (before->id < r->id)
			break;
	}
	if (before != NULL)
		TAILQ_INSERT_AFTER(list, before, r, link);
	else
		TAILQ_INSERT_HEAD(list, r, link);
}

void
rpc_calls_pump(struct rpc *rpc)
{
	struct rpc_request *r;

	while (rpc->state.phase == RPC_UP && !rpc->doomed &&
	       (r = TAILQ_FIRST(&rpc->calls.waiting)) != NULL &&
	       r->lost == NULL && rpc_bucket_take(&rpc->bucket, rpc_now_ms())) {
		TAILQ_REMOVE(&rpc->calls.waiting, r, link);
		insert(&rpc->calls.sent, r);
		r->sent_ms = rpc_now_ms();
		rpc_transmit(rpc, r);
	}
}

static struct rpc_request *
find_sent(struct rpc *rpc, uint64_t id)
{
	struct rpc_request *r;

	TAILQ_FOREACH(r, &rpc->calls.sent, link)
	{
		if (r->id == id)
			return r;
	}
	return NULL;
}

void
rpc_calls_limited(struct rpc *rpc, uint64_t id, int64_t asked_ms)
{
	struct rpc_request *r = find_sent(rpc, id);

	rpc->stats.limited++;
	rpc_bucket_pause(&rpc->bucket, asked_ms, rpc_now_ms());
	if (r == NULL)
		return;
	TAILQ_REMOVE(&rpc->calls.sent, r, link);
	r->is_limited = true;
	insert(&rpc->calls.waiting, r);
}

static void
count_answer(struct rpc *rpc, const struct rpc_request *r)
{
	struct rpc_stats *s = &rpc->stats;
	double ms = (double)(rpc_now_ms() - r->sent_ms);

	if (s->answered++ == 0)
		s->latency_ms = ms;
	else
		s->latency_ms += (ms - s->latency_ms) / LATENCY_OF;
	rpc_bucket_ease(&rpc->bucket, rpc_now_ms());
}

static void
take_answer(struct rpc *rpc, const struct rpc_message *m)
{
	struct rpc_request *r = find_sent(rpc, m->id);

	if (r == NULL)
		return;
	if (rpc_message_is_limit(&m->answer)) {
		rpc_calls_limited(rpc, m->id, -1);
		return;
	}
	count_answer(rpc, r);
	TAILQ_REMOVE(&rpc->calls.sent, r, link);
	settle(rpc, r, &m->answer);
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

static void
take_note(struct rpc *rpc, const struct rpc_message *m)
{
	struct rpc_sub *sub = find_sub(&rpc->calls, m->sub);

	if (sub != NULL)
		sub->on_item(m->item, sub->arg);
	else
		keep_early(&rpc->calls, m);
}

void
rpc_calls_take(struct rpc *rpc, const struct rpc_message *m)
{
	switch (m->kind) {
	case RPC_KIND_ANSWER:
		take_answer(rpc, m);
		break;
	case RPC_KIND_NOTE:
		take_note(rpc, m);
		break;
	}
}

int64_t
rpc_calls_deadline_ms(const struct rpc *rpc, int64_t now_ms)
{
	const struct rpc_request *next = TAILQ_FIRST(&rpc->calls.waiting);
	const struct rpc_request *sent = TAILQ_FIRST(&rpc->calls.sent);
	int64_t at = sent == NULL ? INT64_MAX : sent->deadline_ms;
	int64_t token;

	if (next == NULL)
		return at;
	if (next->lost != NULL)
		return now_ms;
	if (next->deadline_ms < at)
		at = next->deadline_ms;
	token = now_ms + rpc_bucket_wait_ms(&rpc->bucket, now_ms);
	return token < at ? token : at;
}

void
rpc_call(struct rpc *rpc, const char *method, json_t *params,
    rpc_on_answer *on_answer, void *arg)
{
	rpc_enter(rpc);
	add_request(rpc, method, params, on_answer, arg);
	rpc_calls_pump(rpc);
	rpc_leave(rpc);
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
	r = add_request(rpc, method, params, NULL, NULL);
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

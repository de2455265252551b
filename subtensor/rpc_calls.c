/*
 * Requests: each waits in line for a token, is sent, and waits for its answer,
 * with a deadline from the moment it was asked for.
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
	rpc_subs_clear(calls);
}

static struct rpc_answer
unknown(const char *why)
{
	return (struct rpc_answer){
	    .outcome = RPC_UNKNOWN, .message = why, .data = ""};
}

struct rpc_request *
rpc_calls_add(struct rpc *rpc, const char *method, json_t *params,
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

/* The one end of every request. It is in no list any more. */
static void
settle(struct rpc *rpc, struct rpc_request *r, const struct rpc_answer *answer)
{
	if (answer->outcome == RPC_UNKNOWN)
		rpc->stats.failed++;
	if (r->sub != NULL)
		rpc_subs_begin(rpc, r->sub, answer);
	else if (r->on_answer != NULL)
		r->on_answer(answer, r->arg);
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

	TAILQ_FOREACH(r, &rpc->calls.sent, link)
	r->lost = why;
	TAILQ_FOREACH(r, &rpc->calls.waiting, link)
	r->lost = r->is_refused ? r->lost : why;
	rpc_calls_expire(rpc);
	rpc_subs_end(rpc, &lost);
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

void
rpc_calls_take(struct rpc *rpc, const struct rpc_message *m)
{
	switch (m->kind) {
	case RPC_KIND_ANSWER:
		take_answer(rpc, m);
		break;
	case RPC_KIND_NOTE:
		rpc_subs_note(rpc, m);
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
	rpc_calls_add(rpc, method, params, on_answer, arg);
	rpc_calls_pump(rpc);
	rpc_leave(rpc);
}

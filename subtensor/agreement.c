/*
 * Agreement on a finalized block: voices, gathered and counted.
 *
 * A voice counts if the block it names has a header, which that hash is of,
 * and if it has no other block in the place of the one that was agreed on
 * last. Who fails in that lied.
 */
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/xalloc.h"
#include "subtensor/endpoints_impl.h"
#include "subtensor/rpc.h"

enum { ANSWER_S = 10 };

enum word { NOTHING, YES, NO };

struct asking {
	LIST_ENTRY(asking) link;
	struct endpoints *all;
	struct event *deadline;
	struct told_block block;
	char hash[HEADER_HASH];
	enum word words[RANK_MAX];
	size_t n_asked, n_open;
	bool is_agreed;
	endpoints_agree_cb *cb; /* NULL: it has been answered */
	void *arg;
};

struct voice { /* one endpoint's answer in the making */
	LIST_ENTRY(voice) link;
	struct asking *asking;
	struct endpoint *of;
	uint8_t hash[32]; /* it names */
};

static int
count(const struct asking *a, enum word word)
{
	int n = 0;

	for (size_t i = 0; i < a->all->rank.n; i++)
		n += a->words[i] == word;
	return n;
}

/* -- what it comes to ----------------------------------------------------- */

static void
say_alone(struct asking *a, bool is_alone)
{
	struct endpoints *all = a->all;

	if (is_alone && !all->was_alone)
		endpoints_tell(&all->each[all->used], ENDPOINT_NEWS_ALONE,
		    "why=\"no other endpoint answers\"");
	all->was_alone = is_alone;
}

/* Those who said that are outvoted. */
static void
catch_all(struct asking *a, enum word word)
{
	char text[96];

	snprintf(text, sizeof(text), "block=%llu why=\"it is outvoted\"",
	    (unsigned long long)a->block.number);
	for (size_t i = 0; i < a->all->rank.n; i++)
		if (a->words[i] == word)
			endpoints_caught(&a->all->each[i], text);
}

static enum endpoints_agreement
judge(struct asking *a)
{
	int yes = count(a, YES), no = count(a, NO);
	struct endpoints *all = a->all;

	say_alone(a, all->rank.n > 1 && yes == 1 && no == 0);
	if (yes == 0 && no == 0)
		return ENDPOINTS_UNSURE;
	if (yes > no) {
		if (yes > 1)
			endpoints_settle(all, &a->block);
		a->is_agreed = true;
		return ENDPOINTS_AGREED;
	}
	if (no > yes && no > 1)
		catch_all(a, YES);
	else /* who is right cannot be told: look from the other side */
		rank_failed(
		    &all->rank, all->used, RANK_MAX_ERRORS, endpoints_now_ms());
	endpoints_wake(all);
	return ENDPOINTS_DISAGREED;
}

static void
settle(struct asking *a)
{
	endpoints_agree_cb *cb = a->cb;

	if (cb == NULL)
		return;
	a->cb = NULL;
	cb(judge(a), a->arg);
}

static void
asking_free(struct asking *a)
{
	LIST_REMOVE(a, link);
	event_free(a->deadline);
	free(a);
}

/* Nobody is asked any more. */
static void
end(struct asking *a)
{
	settle(a);
	if (a->is_agreed)
		catch_all(a, NO);
	asking_free(a);
}

static void
on_deadline(evutil_socket_t fd, short what, void *arg)
{
	struct asking *a = arg;

	(void)fd;
	(void)what;
	if (a->n_open == 0)
		end(a);
	else
		settle(a);
}

/* -- one voice ------------------------------------------------------------ */

/* Once more than half have said yes, the others may take their time. */
static void
heard(struct voice *v, enum word word)
{
	struct asking *a = v->asking;

	a->words[v->of->index] = word;
	a->n_open--;
	LIST_REMOVE(v, link);
	free(v);
	if (a->n_open == 0)
		end(a);
	else if (2 * (size_t)count(a, YES) > a->n_asked)
		settle(a);
}

static void
lied(struct voice *v, const char *why)
{
	char text[128];

	snprintf(text, sizeof(text), "block=%llu why=\"%s\"",
	    (unsigned long long)v->asking->block.number, why);
	endpoints_caught(v->of, text);
	heard(v, NOTHING);
}

static void
vote(struct voice *v)
{
	struct asking *a = v->asking;
	bool is_same = memcmp(v->hash, a->block.hash, sizeof(v->hash)) == 0;
	char text[64];

	if (!is_same) {
		snprintf(text, sizeof(text), "block=%llu",
		    (unsigned long long)a->block.number);
		endpoints_tell(v->of, ENDPOINT_NEWS_DISAGREED, text);
	}
	heard(v, is_same ? YES : NO);
}

/* A node that has forgotten so old a block speaks for itself alone. */
static void
on_its_agreed(const struct rpc_answer *answer, void *arg)
{
	struct voice *v = arg;
	uint8_t hash[32];

	if (answer->outcome == RPC_UNKNOWN)
		heard(v, NOTHING);
	else if (header_read_hash(answer->result, hash) != 0)
		vote(v);
	else if (memcmp(hash, v->of->all->agreed.hash, sizeof(hash)) != 0)
		lied(v, "it has another block than was agreed on before");
	else
		vote(v);
}

static void
ask_agreed(struct voice *v)
{
	const struct told_block *agreed = &v->of->all->agreed;

	if (agreed->number == 0 || agreed->number > v->asking->block.number)
		vote(v);
	else
		rpc_call(v->of->rpc, "chain_getBlockHash",
		    json_pack("[I]", (json_int_t)agreed->number), on_its_agreed,
		    v);
}

/* Another hash counts if it is that of a header of that number. */
static void
on_its_header(const struct rpc_answer *answer, void *arg)
{
	struct voice *v = arg;
	uint8_t hash[32];
	uint64_t number;

	if (answer->outcome == RPC_UNKNOWN)
		heard(v, NOTHING);
	else if (answer->outcome != RPC_OK ||
		 header_number(answer->result, &number) != 0 ||
		 number != v->asking->block.number ||
		 header_hash(answer->result, hash) != 0 ||
		 memcmp(hash, v->hash, sizeof(hash)) != 0)
		lied(v, "it names a block that it has no header of");
	else
		ask_agreed(v);
}

/* A node that has not come so far yet says nothing. */
static void
on_its_hash(const struct rpc_answer *answer, void *arg)
{
	struct voice *v = arg;

	if (answer->outcome != RPC_OK ||
	    header_read_hash(answer->result, v->hash) != 0)
		heard(v, NOTHING);
	else if (memcmp(v->hash, v->asking->block.hash, sizeof(v->hash)) == 0)
		ask_agreed(v);
	else
		rpc_call(v->of->rpc, "chain_getHeader",
		    json_pack("[s]", json_string_value(answer->result)),
		    on_its_header, v);
}

/* -- asking --------------------------------------------------------------- */

static void
ask(struct asking *a, struct endpoint *e)
{
	struct voice *v = xcalloc(1, sizeof(*v));

	v->asking = a;
	v->of = e;
	LIST_INSERT_HEAD(&a->all->voices, v, link);
	a->n_asked++;
	a->n_open++;
	rpc_call(e->rpc, "chain_getBlockHash",
	    json_pack("[I]", (json_int_t)a->block.number), on_its_hash, v);
}

static bool
may_speak(const struct endpoints *all, size_t i, int64_t now_ms)
{
	return all->rank.views[i].is_up &&
	       rank_is_trusted(&all->rank, i, now_ms) &&
	       !rank_is_stale(&all->rank, i, now_ms);
}

void
endpoints_agree(struct endpoints *all, const struct head *head,
    endpoints_agree_cb *cb, void *arg)
{
	struct asking *a = xcalloc(1, sizeof(*a));
	int64_t now_ms = endpoints_now_ms();
	struct timeval tv = {ANSWER_S, 0};
	json_t *text = json_string(head->hash);

	a->all = all;
	a->block.number = head->number;
	header_read_hash(text, a->block.hash);
	json_decref(text);
	a->cb = cb;
	a->arg = arg;
	a->deadline = evtimer_new(all->base, on_deadline, a);
	LIST_INSERT_HEAD(&all->askings, a, link);
	for (size_t i = 0; i < all->rank.n; i++)
		if (may_speak(all, i, now_ms))
			ask(a, &all->each[i]);
	if (a->n_open == 0)
		tv.tv_sec = 0;
	evtimer_add(a->deadline, &tv);
}

void
agreement_clear(struct endpoints *all)
{
	struct voice *v;

	while ((v = LIST_FIRST(&all->voices)) != NULL) {
		LIST_REMOVE(v, link);
		free(v);
	}
	while (!LIST_EMPTY(&all->askings))
		asking_free(LIST_FIRST(&all->askings));
}

/*
 * Agreement on a finalized block: voices, gathered and counted.
 *
 * A node's word for what stands at a number is its word for ever only if it
 * has told of that number, or a later one, as final before it was asked:
 * until then it may be on a branch that will not last, and honestly so. Only
 * such a voice speaks against the block, or can be caught: if the block it
 * names has no header which that hash is of, if it has another block than was
 * agreed on last, or if it is outvoted by more than half of all. Who asks by
 * POST may meet another node each time behind one address, and is not caught
 * by these.
 */
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/xalloc.h"
#include "subtensor/endpoints_impl.h"
#include "subtensor/rpc.h"

enum { ANSWER_S = 10 };

enum word {
	NOTHING,
	MISSING, /* it has no such block yet */
	LIKELY,	 /* it has the block, but has not told that it is final */
	YES,
	NO,
};

struct asking {
	LIST_ENTRY(asking) link;
	struct endpoints *all;
	struct event *deadline;
	struct told_block block;
	char hash[HEADER_HASH];
	enum word words[RANK_MAX];
	size_t n_asked, n_open;
	endpoints_agree_cb *cb; /* NULL: it has been answered */
	void *arg;
};

struct voice { /* one endpoint's answer in the making */
	LIST_ENTRY(voice) link;
	struct asking *asking;
	struct endpoint *of;
	bool is_final;		  /* it had told of one so high as final */
	uint8_t hash[32];	  /* it names */
	struct told_block agreed; /* it is asked for, too */
};

/* Who was caught meanwhile has no voice any more. */
static size_t
count(const struct asking *a, enum word word)
{
	const struct rank *rank = &a->all->rank;
	int64_t now_ms = endpoints_now_ms();
	size_t n = 0;

	for (size_t i = 0; i < rank->n; i++)
		n += a->words[i] == word && rank_is_trusted(rank, i, now_ms);
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

/* What most of all say stands, and who says otherwise lied. Many that say no
 * prove nothing: each may mean another block. */
static void
draw(struct asking *a)
{
	struct endpoints *all = a->all;
	char text[96];

	if (!rank_is_most(&all->rank, count(a, YES), endpoints_now_ms()))
		return;
	endpoints_settle(all, &a->block);
	snprintf(text, sizeof(text), "block=%llu why=\"it is outvoted\"",
	    (unsigned long long)a->block.number);
	for (size_t i = 0; i < all->rank.n; i++)
		if (a->words[i] == NO && !all->rank.views[i].is_polled)
			endpoints_caught(&all->each[i], text);
}

/* If who is right cannot be told: look from the other side. */
static enum endpoints_agreement
judge(struct asking *a)
{
	size_t yes = count(a, YES) + count(a, LIKELY);
	size_t no = count(a, NO), missing = count(a, MISSING);
	struct endpoints *all = a->all;

	say_alone(a, all->rank.n > 1 && yes == 1 && no + missing == 0);
	if (yes + no == 0)
		return ENDPOINTS_UNSURE;
	if (yes > no + missing)
		return ENDPOINTS_AGREED;
	rank_failed(&all->rank, all->used, RANK_MAX_ERRORS, endpoints_now_ms());
	endpoints_wake(all);
	return no > 0 ? ENDPOINTS_DISAGREED : ENDPOINTS_UNSURE;
}

static void
settle(struct asking *a)
{
	endpoints_agree_cb *cb = a->cb;
	enum endpoints_agreement agreement;

	draw(a);
	if (cb == NULL)
		return;
	a->cb = NULL;
	agreement = judge(a);
	if (!a->all->doomed)
		cb(agreement, a->arg);
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
	asking_free(a);
}

/* Who has not answered may have told of that block before. */
static void
take_told(struct asking *a)
{
	struct voice *v;

	LIST_FOREACH(v, &a->all->voices, link)
	{
		const struct told_block *b =
		    told_at(&v->of->told, a->block.number);

		if (v->asking == a && b != NULL)
			a->words[v->of->index] =
			    memcmp(b->hash, a->block.hash, sizeof(b->hash)) == 0
				? YES
				: NO;
	}
}

static void
on_deadline(evutil_socket_t fd, short what, void *arg)
{
	struct asking *a = arg;
	struct endpoints *all = a->all;

	(void)fd;
	(void)what;
	endpoints_enter(all);
	if (a->cb != NULL)
		take_told(a);
	if (a->n_open == 0)
		end(a);
	else
		settle(a);
	endpoints_leave(all);
}

/* -- one voice ------------------------------------------------------------ */

/* Once more than half have said yes, the others may take their time. */
static void
heard(struct voice *v, enum word word)
{
	struct asking *a = v->asking;
	struct endpoints *all = a->all;

	a->words[v->of->index] = word;
	a->n_open--;
	LIST_REMOVE(v, link);
	free(v);
	endpoints_enter(all);
	if (a->n_open == 0)
		end(a);
	else if (2 * (count(a, YES) + count(a, LIKELY)) > a->n_asked)
		settle(a);
	endpoints_leave(all);
}

static bool
is_polled(const struct voice *v)
{
	return v->of->all->rank.views[v->of->index].is_polled;
}

static void
lied(struct voice *v, const char *why)
{
	struct endpoints *all = v->of->all;
	char text[128];

	snprintf(text, sizeof(text), "block=%llu why=\"%s\"",
	    (unsigned long long)v->asking->block.number, why);
	endpoints_enter(all);
	if (!is_polled(v))
		endpoints_caught(v->of, text);
	heard(v, is_polled(v) ? NO : NOTHING);
	endpoints_leave(all);
}

static void
object(struct voice *v)
{
	struct endpoints *all = v->of->all;
	char text[64];

	snprintf(text, sizeof(text), "block=%llu",
	    (unsigned long long)v->asking->block.number);
	endpoints_enter(all);
	endpoints_tell(v->of, ENDPOINT_NEWS_DISAGREED, text);
	heard(v, NO);
	endpoints_leave(all);
}

static void
vote(struct voice *v)
{
	if (memcmp(v->hash, v->asking->block.hash, sizeof(v->hash)) == 0)
		heard(v, YES);
	else
		object(v);
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
	else if (memcmp(hash, v->agreed.hash, sizeof(hash)) != 0)
		lied(v, "it has another block than was agreed on before");
	else
		vote(v);
}

/* The others go on agreeing while it answers. */
static void
ask_agreed(struct voice *v)
{
	v->agreed = v->of->all->agreed;
	if (v->agreed.number == 0 || v->agreed.number > v->asking->block.number)
		vote(v);
	else
		rpc_call(v->of->rpc, "chain_getBlockHash",
		    json_pack("[I]", (json_int_t)v->agreed.number),
		    on_its_agreed, v);
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

/* What is not final there yet may change. */
static void
take_likely(struct voice *v)
{
	bool is_same =
	    memcmp(v->hash, v->asking->block.hash, sizeof(v->hash)) == 0;

	heard(v, is_same ? LIKELY : NOTHING);
}

static void
on_its_hash(const struct rpc_answer *answer, void *arg)
{
	struct voice *v = arg;

	if (answer->outcome == RPC_OK && json_is_null(answer->result))
		heard(v, v->is_final ? NOTHING : MISSING);
	else if (answer->outcome != RPC_OK ||
		 header_read_hash(answer->result, v->hash) != 0)
		heard(v, NOTHING);
	else if (!v->is_final)
		take_likely(v);
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
	const struct endpoint_view *view = &a->all->rank.views[e->index];

	v->asking = a;
	v->of = e;
	v->is_final = view->heights[RANK_FINALIZED].number >= a->block.number;
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

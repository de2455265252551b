/* Voices, gathered and counted. */
#include "weightsetter/witnesses.h"

#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "common/hex.h"
#include "common/log.h"
#include "common/xalloc.h"
#include "subtensor/header.h"
#include "subtensor/rpc.h"

enum { ANSWER_MS = 10000 };

struct asking {
	LIST_ENTRY(asking) link;
	struct witnesses *witnesses;
	struct event *at_once; /* when there is nobody to ask */
	struct head head;
	int open, yes, no; /* voices */
	chain_agree_cb *cb;
	void *arg;
};

struct voice { /* one endpoint's answer in the making */
	LIST_ENTRY(voice) link;
	struct asking *asking;
	struct rpc *rpc;
	char hash[SNAPSHOT_HASH]; /* it names */
};

struct witnesses {
	struct event_base *base;
	struct rpc **rpcs;
	size_t n;
	bool was_alone; /* it was said */
	LIST_HEAD(, asking) askings;
	LIST_HEAD(, voice) voices;
};

enum chain_agreement
witnesses_judge(int yes, int no)
{
	return yes > no ? CHAIN_AGREED : CHAIN_DISAGREED;
}

static void
say_alone(struct witnesses *w, const struct asking *a)
{
	bool is_alone = w->n > 1 && a->yes == 1 && a->no == 0;

	if (is_alone && !w->was_alone)
		log_warn("chain.alone",
		    "block=%llu why=\"no other endpoint answers\"",
		    (unsigned long long)a->head.number);
	w->was_alone = is_alone;
}

static void
finish(struct asking *a)
{
	enum chain_agreement agreement = witnesses_judge(a->yes, a->no);

	say_alone(a->witnesses, a);
	LIST_REMOVE(a, link);
	event_free(a->at_once);
	a->cb(agreement, a->arg);
	free(a);
}

static void
on_nobody(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	finish(arg);
}

/* It said yes (1), no (-1) or nothing that counts (0). */
static void
heard(struct voice *v, int said)
{
	struct asking *a = v->asking;

	LIST_REMOVE(v, link);
	free(v);
	a->yes += said > 0;
	a->no += said < 0;
	if (--a->open == 0)
		finish(a);
}

/* Another hash counts if it is that of a header of that number. */
static void
on_its_header(const struct rpc_answer *answer, void *arg)
{
	struct voice *v = arg;
	uint8_t named[32], hash[32];
	uint64_t number;
	bool is_one;

	if (answer->outcome == RPC_UNKNOWN) {
		heard(v, 0);
		return;
	}
	is_one = answer->outcome == RPC_OK &&
		 chain_header_number(answer->result, &number) == 0 &&
		 number == v->asking->head.number &&
		 header_hash(answer->result, hash) == 0 &&
		 hex_decode_exact(v->hash, named, sizeof(named)) == 0 &&
		 memcmp(named, hash, sizeof(hash)) == 0;
	log_error(is_one ? "chain.disagreed" : "chain.liar",
	    "url=%s block=%llu hash=%s its=%s", rpc_url(v->rpc),
	    (unsigned long long)v->asking->head.number, v->asking->head.hash,
	    v->hash);
	heard(v, is_one ? -1 : 0);
}

/* A node that has not come so far yet says nothing. */
static void
on_its_hash(const struct rpc_answer *answer, void *arg)
{
	struct voice *v = arg;

	if (answer->outcome != RPC_OK ||
	    chain_hash(answer->result, v->hash) != 0)
		heard(v, 0);
	else if (strcmp(v->hash, v->asking->head.hash) == 0)
		heard(v, 1);
	else
		rpc_call(v->rpc, "chain_getHeader", json_pack("[s]", v->hash),
		    on_its_header, v);
}

static void
ask(struct asking *a, struct rpc *rpc)
{
	struct voice *v = xcalloc(1, sizeof(*v));

	v->asking = a;
	v->rpc = rpc;
	LIST_INSERT_HEAD(&a->witnesses->voices, v, link);
	a->open++;
	rpc_call(rpc, "chain_getBlockHash",
	    json_pack("[I]", (json_int_t)a->head.number), on_its_hash, v);
}

void
witnesses_ask(struct witnesses *w, const char *in_use, const struct head *head,
    chain_agree_cb *cb, void *arg)
{
	struct asking *a = xcalloc(1, sizeof(*a));

	*a = (struct asking){
	    .witnesses = w, .head = *head, .yes = 1, .cb = cb, .arg = arg};
	a->at_once = event_new(w->base, -1, 0, on_nobody, a);
	LIST_INSERT_HEAD(&w->askings, a, link);
	for (size_t i = 0; i < w->n; i++) {
		if (rpc_is_up(w->rpcs[i]) &&
		    strcmp(rpc_url(w->rpcs[i]), in_use) != 0)
			ask(a, w->rpcs[i]);
	}
	if (a->open == 0)
		event_active(a->at_once, EV_TIMEOUT, 0);
}

/* -- making and freeing -------------------------------------------------- */

static size_t
count(const char *const *urls)
{
	size_t n = 0;

	while (urls[n] != NULL)
		n++;
	return n;
}

struct witnesses *
witnesses_new(
    struct event_base *base, const struct chain_options *o, struct err *err)
{
	struct witnesses *w = xcalloc(1, sizeof(*w));
	size_t n = count(o->urls);

	w->base = base;
	w->rpcs = xcalloc(n, sizeof(struct rpc *));
	for (size_t i = 0; n > 1 && i < n; i++) {
		const char *const urls[] = {o->urls[i], NULL};
		struct rpc_options options = {
		    .urls = urls,
		    .requests_per_s = o->requests_per_s,
		    .burst = o->burst,
		    .request_timeout_ms = ANSWER_MS,
		    .head_timeout_ms = -1,
		};

		w->rpcs[i] = rpc_new(base, &options, err);
		if (w->rpcs[i] == NULL) {
			witnesses_free(w);
			return NULL;
		}
		w->n++;
	}
	return w;
}

void
witnesses_free(struct witnesses *w)
{
	struct voice *v;
	struct asking *a;

	if (w == NULL)
		return;
	for (size_t i = 0; i < w->n; i++)
		rpc_free(w->rpcs[i]);
	while ((v = LIST_FIRST(&w->voices)) != NULL) {
		LIST_REMOVE(v, link);
		free(v);
	}
	while ((a = LIST_FIRST(&w->askings)) != NULL) {
		LIST_REMOVE(a, link);
		event_free(a->at_once);
		free(a);
	}
	free(w->rpcs);
	free(w);
}

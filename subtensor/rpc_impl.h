/*
 * What rpc.c (the connection), rpc_calls.c (requests) and rpc_subs.c
 * (subscriptions) share.
 *
 * While we call out, `busy` keeps the struct alive; freeing it meanwhile only
 * marks it. Private to these files.
 */
#ifndef SUBTENSOR_RPC_IMPL_H
#define SUBTENSOR_RPC_IMPL_H

#include <sys/queue.h>

#include "subtensor/rpc.h"
#include "subtensor/rpc_bucket.h"
#include "subtensor/rpc_message.h"
#include "subtensor/rpc_state.h"
#include "subtensor/ws_url.h"

struct rpc_http;
struct ws_client;

typedef void rpc_on_answer(const struct rpc_answer *, void *arg);

struct rpc_request {
	uint64_t id;
	char *text;
	int64_t deadline_ms;
	int64_t sent_ms;
	const char *lost;	  /* why it can have no answer, or NULL */
	bool is_refused;	  /* `lost` is a certain no */
	bool is_limited;	  /* the node would not carry it out yet */
	bool is_once;		  /* it does something, and must not twice */
	struct rpc_sub *sub;	  /* it is this one's beginning, or NULL */
	rpc_on_answer *on_answer; /* NULL: nobody asks */
	void *arg;
	TAILQ_ENTRY(rpc_request) link;
};

struct rpc_sub {
	struct rpc *rpc;
	char id[RPC_MAX_SUB_ID]; /* "" until answered */
	char *unsubscribe;
	bool is_cancelled; /* before it was answered */
	void (*on_item)(const json_t *, void *arg);
	rpc_on_answer *on_end;
	void *arg;
	LIST_ENTRY(rpc_sub) link;
};

struct rpc_early { /* a note of a subscription we do not know yet */
	char sub[RPC_MAX_SUB_ID];
	json_t *item;
	size_t len; /* of the message it came in */
	TAILQ_ENTRY(rpc_early) link;
};

struct rpc_calls {
	uint64_t last_id;
	size_t beginning; /* subscriptions asked for and not answered */
	size_t n_early, early_bytes;
	TAILQ_HEAD(rpc_requests, rpc_request) waiting; /* not sent */
	struct rpc_requests sent;
	TAILQ_HEAD(, rpc_early) early;
	LIST_HEAD(, rpc_sub) subs;
};

struct rpc {
	struct event_base *base;
	struct rpc_options options;
	char *url;
	struct ws_url at;
	int request_ms;
	struct rpc_state state;
	struct rpc_bucket bucket;
	struct rpc_calls calls;
	struct rpc_stats stats;
	struct ws_client *ws;  /* one of these two, or none */
	struct rpc_http *http; /* the same */
	struct event *timer;
	const char *drop_why; /* to be given up, or NULL */
	int busy;
	bool doomed;
};

/* rpc.c: around everything that may call out. */
void rpc_enter(struct rpc *);
void rpc_leave(struct rpc *);
int64_t rpc_now_ms(void);
/* By whichever transport is open. */
void rpc_transmit(struct rpc *, const struct rpc_request *);

/* rpc_calls.c */
void rpc_calls_init(struct rpc_calls *);
void rpc_calls_clear(struct rpc_calls *); /* calls nobody back */
void rpc_calls_take(struct rpc *, const struct rpc_message *);
/* The node would not carry that request out; asked_ms as rpc_bucket_pause. */
void rpc_calls_limited(struct rpc *, uint64_t id, int64_t asked_ms);
/* Send what there are tokens for. */
void rpc_calls_pump(struct rpc *);
/* Answer what is lost or too late with "unknown". */
void rpc_calls_expire(struct rpc *);
/* The connection is gone: answer everything, end every subscription. */
void rpc_calls_lose(struct rpc *, const char *why);
/* A request, at the end of the line. params is taken. */
struct rpc_request *rpc_calls_add(struct rpc *, const char *method,
    json_t *params, rpc_on_answer *, void *arg);
/* When rpc_calls_expire or rpc_calls_pump has something to do. */
int64_t rpc_calls_deadline_ms(const struct rpc *, int64_t now_ms);

/* rpc_subs.c */
void rpc_subs_clear(struct rpc_calls *); /* calls nobody back */
/* The request that it begins by was answered. */
void rpc_subs_begin(struct rpc *, struct rpc_sub *, const struct rpc_answer *);
/* All that have begun are over. */
void rpc_subs_end(struct rpc *, const struct rpc_answer *why);
void rpc_subs_note(struct rpc *, const struct rpc_message *);

#endif

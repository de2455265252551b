/*
 * JSON-RPC 2.0 with a subtensor node, on libevent: over one WebSocket, or,
 * where the URL is "http://" or "https://" or the node takes no WebSocket,
 * by HTTP POST, without subscriptions.
 *
 * The connection keeps itself up: it reconnects with backoff and jitter, pings,
 * and gives up on a socket that brings no head for too long. A node that says
 * it is asked too much (429, 503, Retry-After, or an error that says so) is
 * left alone for as long as it asks, or a growing while. What to do next is
 * decided by rpc_state.c (pure); this file carries it out.
 *
 * Every call has a deadline and is answered exactly once, later: with a
 * result, with the node's error, or with "unknown" (the connection went or
 * the time was up: it may or may not have been carried out). A call that the
 * node did not carry out because it was asked too much is asked again within
 * its time.
 */
#ifndef SUBTENSOR_RPC_H
#define SUBTENSOR_RPC_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;
struct event_base;
struct rpc;
struct rpc_sub;

enum { RPC_MAX_MESSAGE = 15 * 1024 * 1024 };

struct rpc_options {
	const char *url;       /* "ws://..", "wss://..", "http://..",
				* "https://.." */
	double requests_per_s; /* token bucket, 0: no limit */
	int burst;
	int connect_timeout_ms; /* 0: 10000 */
	int request_timeout_ms; /* 0: 60000 */
	int ping_interval_ms;	/* 0: 20000 */
	int head_timeout_ms;	/* no head for so long is dead; 0: 60000;
				 * below 0: heads are not asked for */
	void (*on_up)(struct rpc *, void *arg); /* each time connected */
	/* Each time a connection is lost or an attempt fails. */
	void (*on_down)(struct rpc *, const char *why, void *arg);
	void *arg;
};

/* NULL and why if the URL is not one. */
struct rpc *rpc_new(
    struct event_base *, const struct rpc_options *, struct err *);
void rpc_free(struct rpc *); /* calls nobody back; NULL is fine */
bool rpc_is_up(const struct rpc *);
/* Up, and by WebSocket: heads and extrinsics can be followed. */
bool rpc_can_subscribe(const struct rpc *);
const char *rpc_url(const struct rpc *);

/* What has been seen of the node since rpc_new. */
struct rpc_stats {
	uint64_t answered; /* results and errors */
	uint64_t limited;  /* times it said it was asked too much */
	uint64_t failed;   /* attempts to connect, connections and calls that
			    * came to nothing */
	double latency_ms; /* from sending to the answer, moving average of
			    * the last about ten; 0: none yet */
};
const struct rpc_stats *rpc_stats(const struct rpc *);

/* No head for so long is dead, from now on; as head_timeout_ms. */
void rpc_set_head_timeout(struct rpc *, int ms);
enum rpc_outcome { RPC_OK, RPC_REFUSED, RPC_UNKNOWN };

struct rpc_answer {
	enum rpc_outcome outcome;
	const json_t *result; /* borrowed, if RPC_OK */
	int64_t code;	      /* of the node's error, if RPC_REFUSED */
	const char *message;  /* "Invalid Transaction", or why it is unknown */
	const char *data;     /* the error's data as text, or "" */
};

/* params is taken (its reference stolen). */
void rpc_call(struct rpc *, const char *method, json_t *params,
    void (*on_answer)(const struct rpc_answer *, void *arg), void *arg);

/*
 * A subscription. on_item gets each notification's result; on_end once, when
 * it ends: refused, or the connection went (it is not resumed; start another
 * from on_up). After rpc_unsubscribe neither is called; after either the
 * struct is gone.
 */
struct rpc_sub *rpc_subscribe(struct rpc *, const char *method,
    const char *unsubscribe, json_t *params,
    void (*on_item)(const json_t *, void *arg),
    void (*on_end)(const struct rpc_answer *, void *arg), void *arg);
void rpc_unsubscribe(struct rpc_sub *);

/* Give this connection up, as if it had been lost, and connect anew; `why` is
 * a constant text for on_down. */
void rpc_drop(struct rpc *, const char *why);

/* Tell the watchdog that a head has come. */
void rpc_saw_head(struct rpc *);

#endif

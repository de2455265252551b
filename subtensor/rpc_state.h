/*
 * What to do next with a connection to a node: connect, ping, give it up.
 *
 * Pure: the caller brings events, the time and a random number, and carries
 * out the action. A connection that is lost, brings nothing after a ping, or
 * brings no head for too long is given up, and the next URL of the list is
 * tried after a wait that doubles, with jitter, for each round of the list
 * that brought no head.
 */
#ifndef SUBTENSOR_RPC_STATE_H
#define SUBTENSOR_RPC_STATE_H

#include <stddef.h>
#include <stdint.h>

enum rpc_phase { RPC_WAITING, RPC_CONNECTING, RPC_UP };

enum rpc_event {
	RPC_TICK,      /* time has passed */
	RPC_CONNECTED, /* the WebSocket is open */
	RPC_LOST,      /* the socket closed, or never opened */
	RPC_TRAFFIC,   /* bytes came */
	RPC_HEAD,      /* a head came */
};

enum rpc_action {
	RPC_NOTHING,
	RPC_CONNECT,  /* to the URL number ->url */
	RPC_ANNOUNCE, /* the connection may be used */
	RPC_PING,
	RPC_DROP, /* close the socket; ->why says why */
};

struct rpc_timing { /* milliseconds, all above 0 */
	int64_t connect_timeout_ms;
	int64_t ping_interval_ms;
	int64_t head_timeout_ms; /* below 0: heads are not expected */
};

struct rpc_state {
	struct rpc_timing timing;
	size_t n_urls;
	size_t url;
	enum rpc_phase phase;
	int64_t since_ms;   /* of the phase */
	int64_t wake_ms;    /* while waiting */
	int64_t traffic_ms; /* of the last bytes */
	int64_t ping_ms;    /* of the last ping */
	int64_t head_ms;    /* of the last head */
	int failures;	    /* in a row, heads in between end the row */
	const char *why;    /* a constant text */
};

/* n_urls is at least 1. The first RPC_TICK connects at once. */
void rpc_state_init(struct rpc_state *, size_t n_urls,
    const struct rpc_timing *, int64_t now_ms);

enum rpc_action rpc_state_step(
    struct rpc_state *, enum rpc_event, int64_t now_ms, uint32_t random);

/* When the next RPC_TICK is worth making. */
int64_t rpc_state_deadline_ms(const struct rpc_state *);

#endif

/*
 * What to do next with a connection to a node: connect, ping, give it up.
 *
 * Pure: the caller brings events, the time and a random number, and carries
 * out the action. A connection that is lost, brings nothing after a ping, or
 * brings no head for too long is given up and tried anew after a wait that
 * doubles, with jitter, for each time in a row that brought no head; or after
 * as long as the node asks for, if that is longer.
 *
 * A node that takes no WebSocket is asked by HTTP POST; once that has failed,
 * or been lost, WebSocket has its turn again.
 */
#ifndef SUBTENSOR_RPC_STATE_H
#define SUBTENSOR_RPC_STATE_H

#include <stdbool.h>
#include <stdint.h>

enum rpc_phase { RPC_WAITING, RPC_CONNECTING, RPC_UP };

enum rpc_event {
	RPC_TICK,      /* time has passed */
	RPC_CONNECTED, /* the WebSocket is open, or a POST was answered */
	RPC_LOST,      /* the connection is gone, or never came to be */
	RPC_NO_SOCKET, /* the node has HTTP, but no WebSocket, to offer */
	RPC_LIMITED,   /* it wants to be left alone, ->asked_ms long */
	RPC_TRAFFIC,   /* bytes came */
	RPC_HEAD,      /* a head came */
};

enum rpc_action {
	RPC_NOTHING,
	RPC_CONNECT,  /* by POST if ->by_http */
	RPC_ANNOUNCE, /* the connection may be used */
	RPC_PING,
	RPC_DROP, /* close it; ->why says why */
};

struct rpc_timing { /* milliseconds, all above 0 */
	int64_t connect_timeout_ms;
	int64_t ping_interval_ms;
	int64_t head_timeout_ms; /* below 0: heads are not expected */
};

struct rpc_state {
	struct rpc_timing timing;
	bool is_http; /* there is no WebSocket to try */
	bool by_http; /* this time */
	enum rpc_phase phase;
	int64_t asked_ms;   /* of RPC_LIMITED; below 0: it did not say */
	int64_t since_ms;   /* of the phase */
	int64_t wake_ms;    /* while waiting */
	int64_t traffic_ms; /* of the last bytes */
	int64_t ping_ms;    /* of the last ping */
	int64_t head_ms;    /* of the last head */
	int failures;	    /* in a row, heads in between end the row */
	const char *why;    /* a constant text */
};

/* The first RPC_TICK connects at once. */
void rpc_state_init(struct rpc_state *, bool is_http, const struct rpc_timing *,
    int64_t now_ms);

/* Another head_timeout_ms, counted from now on. */
void rpc_state_set_head_timeout(struct rpc_state *, int64_t ms, int64_t now_ms);

enum rpc_action rpc_state_step(
    struct rpc_state *, enum rpc_event, int64_t now_ms, uint32_t random);

/* When the next RPC_TICK is worth making. */
int64_t rpc_state_deadline_ms(const struct rpc_state *);

#endif

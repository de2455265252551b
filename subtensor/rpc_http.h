/*
 * JSON-RPC by HTTP POST, for nodes that take no WebSocket: a few requests at
 * a time, each with its answer. Private to rpc.c.
 */
#ifndef SUBTENSOR_RPC_HTTP_H
#define SUBTENSOR_RPC_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct event_base;
struct rpc_http;
struct ws_end;
struct ws_url;

struct rpc_http_events {
	void (*on_open)(void *arg); /* the node has answered */
	void (*on_text)(const char *, size_t len, void *arg);
	/* A request was not carried out: the node is asked too much, and wants
	 * to be left alone for so long (below 0: it did not say). */
	void (*on_limited)(uint64_t id, int64_t asked_ms, void *arg);
	/* It is over; nothing is called after this. Still to be freed. */
	void (*on_close)(const struct ws_end *, void *arg);
	void *arg;
};

/* Asks for the node's health at once. Never NULL. */
struct rpc_http *rpc_http_new(struct event_base *, const struct ws_url *,
    size_t max_message, int timeout_ms, const struct rpc_http_events *);
/* May be called within its own callbacks; calls nobody back. NULL is fine. */
void rpc_http_free(struct rpc_http *);

/* Post a request of that id; if is_once, on a connection of its own, as one
 * that was kept may break and the request be sent again. */
void rpc_http_send(
    struct rpc_http *, uint64_t id, const char *text, size_t len, bool is_once);

#endif

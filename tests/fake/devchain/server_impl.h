/*
 * What the files of the port share: a connection and its queues. Private to
 * server.c, server_http.c and server_ws.c.
 */
#ifndef DEVCHAIN_SERVER_IMPL_H
#define DEVCHAIN_SERVER_IMPL_H

#include <http_parser.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <wslay/wslay.h>

#include "common/buf.h"
#include "tests/fake/devchain/node.h"

struct bufferevent;
struct event;
struct event_base;
struct evconnlistener;

enum {
	SERVER_MAX_MESSAGE = 15 * 1024 * 1024,
	SERVER_MAX_OUTPUT = 64 * 1024 * 1024,
	SERVER_MAX_HEADER = 256,
};

struct port {
	struct server *server;
	struct endpoint *endpoint;
	struct evconnlistener *listener; /* NULL: nobody listens */
};

struct message {
	char *text;
	size_t len;
	int64_t due_us; /* mono; 0: at once */
	struct message *next;
};

struct server {
	struct event_base *base;
	struct node *node;
	struct in_addr address; /* of all its ports */
	struct port *ports;	/* one for each of the node's endpoints */
	struct event *timer;	/* the next message due, or the stall's end */
	int64_t wake_us;	/* mono, when it fires; 0: it does not */
	struct conn *conns;
};

struct conn {
	struct client client; /* first: its address is the connection's */
	struct server *server;
	struct bufferevent *bev;
	/* HTTP */
	http_parser parser;
	char field[SERVER_MAX_HEADER], value[SERVER_MAX_HEADER];
	char ws_key[SERVER_MAX_HEADER];
	bool value_began, wants_websocket;
	bool is_busy; /* a request waits for its answer: nothing is parsed */
	struct buf body;
	/* WebSocket; NULL until the handshake is done */
	wslay_event_context_ptr ws;
	bool is_closing;	/* to be freed once its output is out */
	bool is_cut;		/* to be freed whatever is left */
	int64_t second;		/* of the requests counted, mono */
	int requests;		/* in that second */
	struct message *inbox;	/* while stalled */
	struct message *outbox; /* while stalled, or not yet due */
	struct conn *next;
};

/* A whole request has come. */
void conn_receive(struct conn *, const char *text, size_t len);
/* Free it from the loop: once its output is out, or at once. */
void conn_close(struct conn *);
void conn_cut(struct conn *);
bool conn_is_held(const struct conn *);

/* server_http.c */
void conn_http_start(struct conn *);
void conn_http_readable(struct conn *);
void conn_http_answer(struct conn *, const char *text, size_t len);
/* A refusal by status, with Retry-After if that is not below 0. */
void conn_http_refuse(struct conn *, int status, int retry_after_s);
/* The handshake that was put off. */
void conn_http_upgrade(struct conn *);

/* server_ws.c */
int conn_ws_start(struct conn *);
void conn_ws_readable(struct conn *);
void conn_ws_answer(struct conn *, const char *text, size_t len);
void conn_ws_flush(struct conn *); /* pongs and closes that wait */

#endif

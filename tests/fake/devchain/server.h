/*
 * The node's port: JSON-RPC over WebSocket and over HTTP POST, and what it
 * takes for answers to be late or not to come.
 *
 * A stalled or delayed connection stays up: TCP takes bytes, nothing comes
 * back. Connections that used dev_* are spared, so that a test can end what
 * it began.
 */
#ifndef DEVCHAIN_SERVER_H
#define DEVCHAIN_SERVER_H

struct err;
struct event_base;
struct node;
struct server;

/* Sets the node's faults_changed and disconnect_all. */
struct server *server_new(struct event_base *, struct node *);
void server_free(struct server *); /* closes all; NULL is fine */

/* 127.0.0.1 and a port, 0 for any; the port, or -1. */
int server_listen(struct server *, int port, struct err *);

#endif

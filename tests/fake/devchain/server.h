/*
 * The node's ports: JSON-RPC over WebSocket and over HTTP POST, and what it
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

/* Sets the node's faults_changed and disconnect_all; its endpoints are there
 * already. */
struct server *server_new(struct event_base *, struct node *);
void server_free(struct server *); /* closes all; NULL is fine */

/* At that IPv4 address and each endpoint's port, 0 for any, which is written
 * there. 0, or -1 and why. */
int server_listen(struct server *, const char *address, struct err *);

#endif

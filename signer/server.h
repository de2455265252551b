/*
 * The Unix socket: clients, their lines in, the replies out in order.
 *
 * A client is let in by its credentials (SO_PEERCRED). One that does not read
 * its replies is no longer read from, and closed after a while; one that
 * sends much gets its turn like the others.
 */
#ifndef SIGNER_SERVER_H
#define SIGNER_SERVER_H

#include <stddef.h>
#include <sys/types.h>

struct answerer;
struct err;
struct event_base;
struct metrics;
struct server;

enum { SERVER_MAX_CLIENTS = 64 };

struct server_options {
	const char *path;
	const uid_t *uids; /* besides our own; borrowed while it lives */
	size_t n_uids;
};

/*
 * Listen. A socket file nobody listens on is replaced; NULL and why not if
 * somebody does, or the path is something else. answerer is borrowed,
 * metrics may be NULL.
 */
struct server *server_new(struct event_base *, const struct server_options *,
    struct answerer *, struct metrics *, struct err *);

/* Closes every client and removes the socket file. NULL is fine. */
void server_free(struct server *);

#endif

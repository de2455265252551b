/*
 * A kept connection that carries HTTP/1.1 messages, either way: what clients
 * and miners of the benchmark are made of. Lean, as they share the cores with
 * what is measured: messages with a Content-Length, small enough for one
 * write, and nothing is checked that a measured server would not send.
 */
#ifndef TESTS_BENCH_JOBS_WIRE_H
#define TESTS_BENCH_JOBS_WIRE_H

#include <stddef.h>

struct event_base;
struct wire;

struct wire_message {	  /* borrowed for the call */
	int status;	  /* of an answer; 0: a request */
	const char *head; /* NUL behind it */
	const char *body; /* NUL behind it */
	size_t body_len;
};

struct wire_handlers {
	/* May send; must not free the wire. */
	void (*on_message)(
	    struct wire *, const struct wire_message *, void *arg);
	/* The other side has closed it: to be freed, here or later. */
	void (*on_closed)(struct wire *, void *arg);
};

/* The handlers must outlive it. fd is the wire's from here on. */
struct wire *wire_new(
    struct event_base *, int fd, const struct wire_handlers *, void *arg);
/* To a port of 127.0.0.1; NULL, having said why. */
struct wire *wire_connect(
    struct event_base *, int port, const struct wire_handlers *, void *arg);
void wire_free(struct wire *); /* NULL is fine */

/* 0, or -1: the connection does not take it. */
int wire_send(struct wire *, const void *data, size_t len);

/* Listen on any free port of 127.0.0.1: the socket, or -1 having said why. */
int wire_listen(int *port);

#endif

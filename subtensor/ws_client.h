/*
 * One WebSocket to a server, on libevent: names by evdns, TLS by OpenSSL
 * (certificate and name are verified), frames by wslay.
 *
 * It opens, carries texts both ways and closes, once. Whoever made it decides
 * what a deadline is and whether to try again.
 */
#ifndef SUBTENSOR_WS_CLIENT_H
#define SUBTENSOR_WS_CLIENT_H

#include <stddef.h>

struct event_base;
struct ws_client;
struct ws_url;

/* How it ended. */
struct ws_end {
	const char *why;
	int status;		 /* HTTP's, if it was refused so; else 0 */
	const char *retry_after; /* that header's value, or "" */
	int code;		 /* of the node's closing; 0: none */
};

struct ws_events {
	void (*on_open)(void *arg);
	/* A whole message; borrowed for the call. */
	void (*on_text)(const char *, size_t len, void *arg);
	void (*on_traffic)(void *arg); /* bytes came, whatever they are */
	/* It is over; nothing is called after this. Still to be freed. */
	void (*on_close)(const struct ws_end *, void *arg);
	void *arg;
};

/* Never NULL; a failure is told by on_close, later. */
struct ws_client *ws_client_new(struct event_base *, const struct ws_url *,
    size_t max_message, const struct ws_events *);
/* May be called within its own callbacks; calls nobody back. NULL is fine. */
void ws_client_free(struct ws_client *);

/* Queue a text; nothing happens if the socket is not open. */
void ws_client_send(struct ws_client *, const char *, size_t len);
void ws_client_ping(struct ws_client *);

#endif

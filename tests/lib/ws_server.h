/*
 * A WebSocket server for tests, on the test's own loop: it hands each text to
 * a callback and sends what it is told, whole, in fragments or as raw bytes.
 * A POST's body is such a text, too; what is sent then is its answer.
 */
#ifndef TESTS_WS_SERVER_H
#define TESTS_WS_SERVER_H

#include <stddef.h>
#include <stdint.h>

struct event_base;
struct ssl_ctx_st;
struct ws_peer; /* one client */
struct ws_server;

struct ws_server_options {
	struct ssl_ctx_st *tls; /* NULL: plain */
	/* Instead of a proper answer to the handshake, if not NULL. */
	const char *handshake;
	void (*on_text)(struct ws_peer *, const char *, size_t, void *arg);
	/* A client is gone, and its struct after this; NULL: not wanted. */
	void (*on_gone)(struct ws_peer *, void *arg);
	void *arg;
};

struct ws_server *ws_server_new(
    struct event_base *, const struct ws_server_options *);
void ws_server_free(struct ws_server *);
uint16_t ws_server_port(const struct ws_server *);
size_t ws_server_accepted(const struct ws_server *); /* so far */
/* The name the last client asked for by SNI, or "". */
const char *ws_server_sni(const struct ws_server *);

/* Another answer to handshakes from now on; NULL: a proper one. */
void ws_server_set_handshake(struct ws_server *, const char *);
/* The next n posts are answered so, and not handed on. */
void ws_server_refuse_posts(struct ws_server *, const char *answer, int n);

void ws_peer_send(struct ws_peer *, const char *text);
/* In so many fragments, with a ping after the first. */
void ws_peer_send_fragments(struct ws_peer *, const char *text, size_t n);
void ws_peer_send_raw(struct ws_peer *, const void *, size_t);
/* Hang up at once, within on_text. */
void ws_peer_close(struct ws_peer *);
/* Hang up on all, not within on_text. */
void ws_server_hang_up(struct ws_server *);
/* Read nothing from now on. */
void ws_peer_stall(struct ws_peer *);

#endif

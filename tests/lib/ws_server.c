/* A WebSocket server for tests. */
#include "tests/lib/ws_server.h"

#include <arpa/inet.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/bufferevent_ssl.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <wslay/wslay.h>

#include "common/xalloc.h"
#include "subtensor/ws_handshake.h"

struct ws_peer {
	struct ws_server *server;
	struct bufferevent *bev;
	wslay_event_context_ptr frames;
	bool is_open, is_post;
	bool is_gone; /* freed once nothing of ours is running */
	LIST_ENTRY(ws_peer) link;
};

struct ws_server {
	struct event_base *base;
	struct ws_server_options options;
	struct evconnlistener *listener;
	size_t accepted;
	const char *refusal;
	int refused_posts; /* so many more */
	char sni[256];
	LIST_HEAD(, ws_peer) peers;
};

static void
peer_free(struct ws_peer *peer)
{
	const struct ws_server_options *o = &peer->server->options;

	if (o->on_gone != NULL)
		o->on_gone(peer, o->arg);
	LIST_REMOVE(peer, link);
	wslay_event_context_free(peer->frames);
	bufferevent_free(peer->bev);
	free(peer);
}

static ssize_t
frames_recv(wslay_event_context_ptr frames, uint8_t *data, size_t len,
    int flags, void *arg)
{
	struct ws_peer *peer = arg;
	int n = peer->is_gone ? 0 : bufferevent_read(peer->bev, data, len);

	(void)flags;
	if (n > 0)
		return n;
	wslay_event_set_error(frames, WSLAY_ERR_WOULDBLOCK);
	return -1;
}

static ssize_t
frames_send(wslay_event_context_ptr frames, const uint8_t *data, size_t len,
    int flags, void *arg)
{
	struct ws_peer *peer = arg;

	(void)frames;
	(void)flags;
	bufferevent_write(peer->bev, data, len);
	return (ssize_t)len;
}

static void
on_message(wslay_event_context_ptr frames,
    const struct wslay_event_on_msg_recv_arg *m, void *arg)
{
	struct ws_peer *peer = arg;
	const struct ws_server_options *o = &peer->server->options;

	(void)frames;
	if (m->opcode == WSLAY_TEXT_FRAME && !peer->is_gone)
		o->on_text(peer, (const char *)m->msg, m->msg_length, o->arg);
}

/* The key of a request's head; false until the head is whole. */
static bool
find_key(const char *head, char key[WS_KEY])
{
	const char *at = strstr(head, "Sec-WebSocket-Key: ");

	if (at == NULL || strstr(head, "\r\n\r\n") == NULL)
		return false;
	at += strlen("Sec-WebSocket-Key: ");
	snprintf(key, WS_KEY, "%.*s", (int)strcspn(at, "\r"), at);
	return true;
}

/* The body of a POST that is whole, handed on. */
static void
take_post(struct ws_peer *peer, struct evbuffer *in, const char *head)
{
	const struct ws_server_options *o = &peer->server->options;
	const char *end = strstr(head, "\r\n\r\n");
	const char *length = strcasestr(head, "Content-Length: ");
	size_t len;

	if (end == NULL || length == NULL)
		return;
	len = strtoul(length + strlen("Content-Length: "), NULL, 10);
	if (strlen(end + 4) < len)
		return;
	evbuffer_drain(in, (size_t)(end + 4 - head) + len);
	peer->is_post = true;
	if (peer->server->refused_posts > 0) {
		peer->server->refused_posts--;
		evbuffer_add_printf(bufferevent_get_output(peer->bev), "%s",
		    peer->server->refusal);
		return;
	}
	o->on_text(peer, end + 4, len, o->arg);
}

static void
shake(struct ws_peer *peer)
{
	struct evbuffer *in = bufferevent_get_input(peer->bev);
	struct evbuffer *out = bufferevent_get_output(peer->bev);
	char head[4096], key[WS_KEY], accept[WS_ACCEPT];
	ev_ssize_t n = evbuffer_copyout(in, head, sizeof(head) - 1);

	if (n < 0)
		return;
	head[n] = '\0';
	if (strncmp(head, "POST ", 5) == 0) {
		take_post(peer, in, head);
		return;
	}
	if (!find_key(head, key))
		return;
	evbuffer_drain(in, (size_t)(strstr(head, "\r\n\r\n") + 4 - head));
	ws_handshake_accept(key, accept);
	if (peer->server->options.handshake != NULL)
		evbuffer_add_printf(out, "%s", peer->server->options.handshake);
	else
		evbuffer_add_printf(out,
		    "HTTP/1.1 101 Switching Protocols\r\nupgrade: WebSocket\r\n"
		    "Connection: keep-alive, Upgrade\r\n"
		    "Sec-WebSocket-Accept: %s\r\n\r\n",
		    accept);
	peer->is_open = true;
}

static void
on_read(struct bufferevent *bev, void *arg)
{
	struct ws_peer *peer = arg;

	(void)bev;
	if (!peer->is_open)
		shake(peer);
	if (peer->is_open && !peer->is_gone) {
		wslay_event_recv(peer->frames);
		wslay_event_send(peer->frames);
	}
	if (peer->is_gone)
		peer_free(peer);
}

static void
on_event(struct bufferevent *bev, short what, void *arg)
{
	struct ws_peer *peer = arg;
	SSL *ssl = bufferevent_openssl_get_ssl(bev);
	const char *name;

	if (!(what & BEV_EVENT_CONNECTED)) {
		peer_free(peer);
		return;
	}
	name = ssl == NULL ? NULL
			   : SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
	snprintf(peer->server->sni, sizeof(peer->server->sni), "%s",
	    name == NULL ? "" : name);
}

static void
on_accept(struct evconnlistener *l, evutil_socket_t fd, struct sockaddr *sa,
    int salen, void *arg)
{
	static const struct wslay_event_callbacks callbacks = {
	    .recv_callback = frames_recv,
	    .send_callback = frames_send,
	    .on_msg_recv_callback = on_message,
	};
	struct ws_server *s = arg;
	struct ws_peer *peer = xcalloc(1, sizeof(*peer));

	(void)l;
	(void)sa;
	(void)salen;
	peer->server = s;
	s->accepted++;
	if (s->options.tls != NULL)
		peer->bev = bufferevent_openssl_socket_new(s->base, fd,
		    SSL_new(s->options.tls), BUFFEREVENT_SSL_ACCEPTING,
		    BEV_OPT_CLOSE_ON_FREE);
	else
		peer->bev =
		    bufferevent_socket_new(s->base, fd, BEV_OPT_CLOSE_ON_FREE);
	wslay_event_context_server_init(&peer->frames, &callbacks, peer);
	LIST_INSERT_HEAD(&s->peers, peer, link);
	bufferevent_setcb(peer->bev, on_read, NULL, on_event, peer);
	bufferevent_enable(peer->bev, EV_READ | EV_WRITE);
}

struct ws_server *
ws_server_new(struct event_base *base, const struct ws_server_options *o)
{
	struct ws_server *s = xcalloc(1, sizeof(*s));
	struct sockaddr_in sin = {.sin_family = AF_INET};

	s->base = base;
	s->options = *o;
	LIST_INIT(&s->peers);
	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	s->listener = evconnlistener_new_bind(base, on_accept, s,
	    LEV_OPT_CLOSE_ON_FREE, 8, (struct sockaddr *)&sin, sizeof(sin));
	if (s->listener == NULL)
		abort();
	return s;
}

void
ws_server_hang_up(struct ws_server *s)
{
	while (!LIST_EMPTY(&s->peers))
		peer_free(LIST_FIRST(&s->peers));
}

void
ws_server_free(struct ws_server *s)
{
	ws_server_hang_up(s);
	evconnlistener_free(s->listener);
	free(s);
}

uint16_t
ws_server_port(const struct ws_server *s)
{
	struct sockaddr_in sin;
	socklen_t len = sizeof(sin);

	getsockname(
	    evconnlistener_get_fd(s->listener), (struct sockaddr *)&sin, &len);
	return ntohs(sin.sin_port);
}

size_t
ws_server_accepted(const struct ws_server *s)
{
	return s->accepted;
}

const char *
ws_server_sni(const struct ws_server *s)
{
	return s->sni;
}

void
ws_peer_send_raw(struct ws_peer *peer, const void *data, size_t len)
{
	bufferevent_write(peer->bev, data, len);
}

static void
send_frame(struct ws_peer *peer, uint8_t first, const char *data, size_t len)
{
	uint8_t head[10] = {first, 127};
	size_t n = 10;

	if (len < 126) {
		head[1] = (uint8_t)len;
		n = 2;
	} else {
		for (int i = 0; i < 8; i++)
			head[2 + i] = (uint8_t)((uint64_t)len >> (56 - 8 * i));
	}
	/* The long form is only for what the short one cannot hold. */
	if (len >= 126 && len <= UINT16_MAX) {
		head[1] = 126;
		head[2] = (uint8_t)(len >> 8);
		head[3] = (uint8_t)len;
		n = 4;
	}
	ws_peer_send_raw(peer, head, n);
	ws_peer_send_raw(peer, data, len);
}

void
ws_server_set_handshake(struct ws_server *s, const char *handshake)
{
	s->options.handshake = handshake;
}

void
ws_server_refuse_posts(struct ws_server *s, const char *answer, int n)
{
	s->refusal = answer;
	s->refused_posts = n;
}

void
ws_peer_send(struct ws_peer *peer, const char *text)
{
	if (peer->is_post) {
		evbuffer_add_printf(bufferevent_get_output(peer->bev),
		    "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n%s",
		    strlen(text), text);
		return;
	}
	send_frame(peer, 0x81, text, strlen(text));
}

void
ws_peer_send_fragments(struct ws_peer *peer, const char *text, size_t n)
{
	size_t len = strlen(text), at = 0, part = len / n;

	for (size_t i = 0; i < n; i++) {
		uint8_t fin = i + 1 == n ? 0x80 : 0, op = i == 0 ? 1 : 0;

		if (i + 1 == n)
			part = len - at;
		send_frame(peer, fin | op, text + at, part);
		at += part;
		if (i == 0)
			send_frame(peer, 0x89, "hi", 2);
	}
}

void
ws_peer_close(struct ws_peer *peer)
{
	peer->is_gone = true;
}

void
ws_peer_stall(struct ws_peer *peer)
{
	bufferevent_disable(peer->bev, EV_READ);
}

/*
 * One WebSocket to a server.
 *
 * A struct is `busy` while it calls out; freeing it then only marks it, and
 * the outermost frame of ours takes it down.
 */
#include "subtensor/ws_client.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/bufferevent_ssl.h>
#include <event2/dns.h>
#include <event2/event.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <wslay/wslay.h>

#include "common/buf.h"
#include "common/err.h"
#include "common/xalloc.h"
#include "subtensor/ws_handshake.h"
#include "subtensor/ws_url.h"

enum ws_phase { WS_CONNECTING, WS_SHAKING, WS_OPEN, WS_CLOSED };

struct ws_client {
	struct event_base *base;
	struct ws_url url;
	struct ws_events events;
	enum ws_phase phase;
	struct evdns_base *dns;
	SSL_CTX *tls;
	struct bufferevent *bev;
	wslay_event_context_ptr frames;
	struct event *fail_later;
	char key[WS_KEY];
	char why[256];
	int busy;
	bool doomed;
};

static void
destroy(struct ws_client *ws)
{
	if (ws->fail_later != NULL)
		event_free(ws->fail_later);
	if (ws->frames != NULL)
		wslay_event_context_free(ws->frames);
	if (ws->bev != NULL)
		bufferevent_free(ws->bev);
	if (ws->dns != NULL)
		evdns_base_free(ws->dns, 0);
	SSL_CTX_free(ws->tls);
	free(ws);
}

static void
enter(struct ws_client *ws)
{
	ws->busy++;
}

static void
leave(struct ws_client *ws)
{
	if (--ws->busy == 0 && ws->doomed)
		destroy(ws);
}

void
ws_client_free(struct ws_client *ws)
{
	if (ws == NULL)
		return;
	ws->doomed = true;
	ws->phase = WS_CLOSED;
	if (ws->busy == 0)
		destroy(ws);
}

/* Over, once. Nothing more is read or written. */
static void
end(struct ws_client *ws, const struct ws_end *how)
{
	if (ws->phase == WS_CLOSED)
		return;
	ws->phase = WS_CLOSED;
	if (ws->bev != NULL) {
		bufferevent_disable(ws->bev, EV_READ | EV_WRITE);
		bufferevent_setcb(ws->bev, NULL, NULL, NULL, NULL);
	}
	ws->events.on_close(how, ws->events.arg);
}

static void
closed(struct ws_client *ws, const char *why)
{
	const struct ws_end how = {.why = why, .retry_after = ""};

	end(ws, &how);
}

static ssize_t
frames_recv(wslay_event_context_ptr frames, uint8_t *data, size_t len,
    int flags, void *arg)
{
	struct ws_client *ws = arg;
	int n = 0;

	(void)flags;
	if (ws->phase == WS_OPEN)
		n = bufferevent_read(ws->bev, data, len);
	if (n <= 0) {
		wslay_event_set_error(frames, WSLAY_ERR_WOULDBLOCK);
		return -1;
	}
	return n;
}

static ssize_t
frames_send(wslay_event_context_ptr frames, const uint8_t *data, size_t len,
    int flags, void *arg)
{
	struct ws_client *ws = arg;

	(void)flags;
	if (bufferevent_write(ws->bev, data, len) != 0) {
		wslay_event_set_error(frames, WSLAY_ERR_CALLBACK_FAILURE);
		return -1;
	}
	return (ssize_t)len;
}

static int
frames_mask(wslay_event_context_ptr frames, uint8_t *out, size_t len, void *arg)
{
	(void)frames;
	(void)arg;
	randombytes_buf(out, len);
	return 0;
}

static void
on_message(wslay_event_context_ptr frames,
    const struct wslay_event_on_msg_recv_arg *m, void *arg)
{
	struct ws_client *ws = arg;
	char why[64];
	struct ws_end how = {.why = why, .retry_after = ""};

	(void)frames;
	if (ws->phase != WS_OPEN)
		return;
	if (m->opcode == WSLAY_TEXT_FRAME)
		ws->events.on_text(
		    (const char *)m->msg, m->msg_length, ws->events.arg);
	else if (m->opcode == WSLAY_BINARY_FRAME)
		closed(ws, "the node sent a binary message");
	else if (m->opcode == WSLAY_CONNECTION_CLOSE) {
		snprintf(why, sizeof(why), "the node closed it, code %u",
		    m->status_code);
		how.code = m->status_code;
		end(ws, &how);
	}
}

static void
flush(struct ws_client *ws)
{
	if (ws->phase == WS_OPEN && wslay_event_send(ws->frames) != 0)
		closed(ws, "a frame could not be sent");
}

/* Why wslay reads no more: it has told the node so. */
static const char *
fault(struct ws_client *ws)
{
	switch (wslay_event_get_status_code_sent(ws->frames)) {
	case WSLAY_CODE_MESSAGE_TOO_BIG:
		return "a message is too long";
	case WSLAY_CODE_INVALID_FRAME_PAYLOAD_DATA:
		return "a message is not UTF-8";
	default:
		return "the node broke the WebSocket protocol";
	}
}

static void
read_frames(struct ws_client *ws)
{
	if (wslay_event_recv(ws->frames) != 0) {
		closed(ws, fault(ws));
		return;
	}
	flush(ws);
	if (ws->phase == WS_OPEN && !wslay_event_want_read(ws->frames))
		closed(ws, fault(ws));
}

static void
open_frames(struct ws_client *ws)
{
	ws->phase = WS_OPEN;
	ws->events.on_open(ws->events.arg);
}

static void
read_handshake(struct ws_client *ws)
{
	struct evbuffer *in = bufferevent_get_input(ws->bev);
	size_t have = evbuffer_get_length(in);
	size_t look = have < WS_MAX_HEAD + 1 ? have : WS_MAX_HEAD + 1;
	struct err err = {{0}};
	struct ws_refusal refusal;
	struct ws_end how = {.why = err.text};
	long head;

	head = ws_handshake_check(evbuffer_pullup(in, (ev_ssize_t)look), look,
	    ws->key, &refusal, &err);
	how.status = refusal.status;
	how.retry_after = refusal.retry_after;
	if (head < 0)
		end(ws, &how);
	if (head <= 0)
		return;
	evbuffer_drain(in, (size_t)head);
	open_frames(ws);
}

static void
on_read(struct bufferevent *bev, void *arg)
{
	struct ws_client *ws = arg;

	(void)bev;
	enter(ws);
	ws->events.on_traffic(ws->events.arg);
	if (ws->phase == WS_SHAKING)
		read_handshake(ws);
	if (ws->phase == WS_OPEN)
		read_frames(ws);
	leave(ws);
}

static void
send_handshake(struct ws_client *ws)
{
	uint8_t nonce[WS_NONCE];
	struct buf request = {0};

	randombytes_buf(nonce, sizeof(nonce));
	ws_handshake_request(&ws->url, nonce, ws->key, &request);
	ws->phase = WS_SHAKING;
	bufferevent_write(ws->bev, request.data, request.len);
	buf_free(&request);
}

static void
explain(struct ws_client *ws, short what, char *out, size_t size)
{
	unsigned long tls = bufferevent_get_openssl_error(ws->bev);
	int dns = bufferevent_socket_get_dns_error(ws->bev);

	if (tls != 0)
		snprintf(out, size, "TLS: %s", ERR_reason_error_string(tls));
	else if (dns != 0)
		snprintf(
		    out, size, "name not found: %s", evutil_gai_strerror(dns));
	else if (what & BEV_EVENT_EOF)
		snprintf(out, size, "the node hung up");
	else
		snprintf(out, size, "%s",
		    evutil_socket_error_to_string(EVUTIL_SOCKET_ERROR()));
}

static void
on_event(struct bufferevent *bev, short what, void *arg)
{
	struct ws_client *ws = arg;
	char why[256];

	(void)bev;
	enter(ws);
	if (what & BEV_EVENT_CONNECTED) {
		if (ws->phase == WS_CONNECTING)
			send_handshake(ws);
	} else {
		explain(ws, what, why, sizeof(why));
		closed(ws, why);
	}
	leave(ws);
}

static void
on_fail_later(evutil_socket_t fd, short what, void *arg)
{
	struct ws_client *ws = arg;

	(void)fd;
	(void)what;
	enter(ws);
	closed(ws, ws->why);
	leave(ws);
}

static void
fail_later(struct ws_client *ws, const char *why)
{
	struct timeval now = {0, 0};

	snprintf(ws->why, sizeof(ws->why), "%s", why);
	ws->fail_later = evtimer_new(ws->base, on_fail_later, ws);
	evtimer_add(ws->fail_later, &now);
}

/* Which name the certificate must have; a name is sent, too (SNI). */
static int
expect_name(SSL *ssl, const char *host)
{
	unsigned char address[16];

	if (evutil_inet_pton(AF_INET, host, address) == 1 ||
	    evutil_inet_pton(AF_INET6, host, address) == 1)
		return X509_VERIFY_PARAM_set1_ip_asc(
			   SSL_get0_param(ssl), host) == 1
			   ? 0
			   : -1;
	if (SSL_set1_host(ssl, host) != 1)
		return -1;
	return SSL_set_tlsext_host_name(ssl, host) == 1 ? 0 : -1;
}

static SSL *
tls_session(struct ws_client *ws)
{
	SSL *ssl;

	ws->tls = SSL_CTX_new(TLS_client_method());
	if (ws->tls == NULL)
		return NULL;
	SSL_CTX_set_min_proto_version(ws->tls, TLS1_2_VERSION);
	SSL_CTX_set_default_verify_paths(ws->tls);
	SSL_CTX_set_verify(ws->tls, SSL_VERIFY_PEER, NULL);
	ssl = SSL_new(ws->tls);
	if (ssl == NULL)
		return NULL;
	if (expect_name(ssl, ws->url.host) != 0) {
		SSL_free(ssl);
		return NULL;
	}
	return ssl;
}

static int
make_socket(struct ws_client *ws)
{
	SSL *ssl;

	if (!ws->url.is_tls) {
		ws->bev =
		    bufferevent_socket_new(ws->base, -1, BEV_OPT_CLOSE_ON_FREE);
		return ws->bev == NULL ? -1 : 0;
	}
	ssl = tls_session(ws);
	if (ssl == NULL)
		return -1;
	ws->bev = bufferevent_openssl_socket_new(ws->base, -1, ssl,
	    BUFFEREVENT_SSL_CONNECTING, BEV_OPT_CLOSE_ON_FREE);
	if (ws->bev == NULL)
		SSL_free(ssl);
	return ws->bev == NULL ? -1 : 0;
}

/* A resolver of its own for each connection: /etc/resolv.conf may change. */
static int
make_resolver(struct ws_client *ws)
{
	ws->dns = evdns_base_new(ws->base, EVDNS_BASE_DISABLE_WHEN_INACTIVE);
	if (ws->dns == NULL)
		return -1;
	evdns_base_resolv_conf_parse(
	    ws->dns, DNS_OPTIONS_ALL, "/etc/resolv.conf");
	return 0;
}

static int
make_frames(struct ws_client *ws, size_t max_message)
{
	static const struct wslay_event_callbacks callbacks = {
	    .recv_callback = frames_recv,
	    .send_callback = frames_send,
	    .genmask_callback = frames_mask,
	    .on_msg_recv_callback = on_message,
	};

	if (wslay_event_context_client_init(&ws->frames, &callbacks, ws) != 0)
		return -1;
	wslay_event_config_set_max_recv_msg_length(ws->frames, max_message);
	return 0;
}

struct ws_client *
ws_client_new(struct event_base *base, const struct ws_url *url,
    size_t max_message, const struct ws_events *events)
{
	struct ws_client *ws = xcalloc(1, sizeof(*ws));

	ws->base = base;
	ws->url = *url;
	ws->events = *events;
	if (make_resolver(ws) != 0 || make_socket(ws) != 0 ||
	    make_frames(ws, max_message) != 0) {
		fail_later(ws, "the socket could not be made");
		return ws;
	}
	bufferevent_setcb(ws->bev, on_read, NULL, on_event, ws);
	bufferevent_enable(ws->bev, EV_READ | EV_WRITE);
	if (bufferevent_socket_connect_hostname(
		ws->bev, ws->dns, AF_UNSPEC, url->host, url->port) != 0)
		fail_later(ws, "the connection could not be begun");
	return ws;
}

/* Within a callback of ours the frame waits for read_frames() to flush. */
static void
send_frame(struct ws_client *ws, uint8_t opcode, const char *data, size_t len)
{
	struct wslay_event_msg m = {opcode, (const uint8_t *)data, len};

	if (ws->phase != WS_OPEN)
		return;
	if (wslay_event_queue_msg(ws->frames, &m) == 0 && ws->busy == 0)
		wslay_event_send(ws->frames);
}

void
ws_client_send(struct ws_client *ws, const char *text, size_t len)
{
	send_frame(ws, WSLAY_TEXT_FRAME, text, len);
}

void
ws_client_ping(struct ws_client *ws)
{
	send_frame(ws, WSLAY_PING, NULL, 0);
}

/* HTTP POST, and the WebSocket handshake. */
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "subtensor/ws_handshake.h"
#include "tests/fake/devchain/call.h"
#include "tests/fake/devchain/endpoint.h"
#include "tests/fake/devchain/server_impl.h"

static void
append(char *text, const char *at, size_t len)
{
	size_t used = strlen(text);

	if (used + len < SERVER_MAX_HEADER) {
		memcpy(text + used, at, len);
		text[used + len] = '\0';
	}
}

static void
header_done(struct conn *c)
{
	if (strcasecmp(c->field, "upgrade") == 0)
		c->wants_websocket = strcasecmp(c->value, "websocket") == 0;
	else if (strcasecmp(c->field, "sec-websocket-key") == 0)
		memcpy(c->ws_key, c->value, sizeof(c->ws_key));
	c->field[0] = c->value[0] = '\0';
	c->value_began = false;
}

static int
on_field(http_parser *p, const char *at, size_t len)
{
	struct conn *c = p->data;

	if (c->value_began)
		header_done(c);
	append(c->field, at, len);
	return 0;
}

static int
on_value(http_parser *p, const char *at, size_t len)
{
	struct conn *c = p->data;

	c->value_began = true;
	append(c->value, at, len);
	return 0;
}

static int
on_headers(http_parser *p)
{
	header_done(p->data);
	return 0;
}

static int
on_body(http_parser *p, const char *at, size_t len)
{
	struct conn *c = p->data;

	if (c->body.len + len > SERVER_MAX_MESSAGE)
		return -1;
	buf_add(&c->body, at, len);
	return 0;
}

static int
on_complete(http_parser *p)
{
	struct conn *c = p->data;

	c->is_busy = true;
	http_parser_pause(p, 1);
	return 0;
}

static const http_parser_settings settings = {
    .on_header_field = on_field,
    .on_header_value = on_value,
    .on_headers_complete = on_headers,
    .on_body = on_body,
    .on_message_complete = on_complete,
};

void
conn_http_start(struct conn *c)
{
	http_parser_init(&c->parser, HTTP_REQUEST);
	c->parser.data = c;
	c->field[0] = c->value[0] = c->ws_key[0] = '\0';
	c->value_began = c->wants_websocket = c->is_busy = false;
	buf_reset(&c->body);
}

static void
reply(struct conn *c, const char *status, const char *text, size_t len)
{
	struct evbuffer *out = bufferevent_get_output(c->bev);

	evbuffer_add_printf(out,
	    "HTTP/1.1 %s\r\nContent-Type: application/json\r\n"
	    "Content-Length: %zu\r\n\r\n",
	    status, len);
	evbuffer_add(out, text, len);
}

void
conn_http_answer(struct conn *c, const char *text, size_t len)
{
	reply(c, "200 OK", text, len);
	conn_http_start(c);
	if (evbuffer_get_length(bufferevent_get_input(c->bev)) > 0)
		bufferevent_trigger(c->bev, EV_READ, BEV_OPT_DEFER_CALLBACKS);
}

void
conn_http_upgrade(struct conn *c)
{
	char accept[WS_ACCEPT];

	ws_handshake_accept(c->ws_key, accept);
	evbuffer_add_printf(bufferevent_get_output(c->bev),
	    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
	    "Connection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n",
	    accept);
	c->is_busy = false;
	if (conn_ws_start(c) != 0)
		conn_close(c);
	else
		conn_ws_readable(c);
}

void
conn_http_refuse(struct conn *c, int status, int retry_after_s)
{
	struct evbuffer *out = bufferevent_get_output(c->bev);

	evbuffer_add_printf(out, "HTTP/1.1 %d No\r\n", status);
	if (retry_after_s >= 0)
		evbuffer_add_printf(out, "Retry-After: %d\r\n", retry_after_s);
	evbuffer_add_printf(out, "Content-Length: 0\r\n\r\n");
	conn_http_start(c);
}

/* What the port's faults make of a request; false: nothing. */
static bool
is_refused(struct conn *c)
{
	const struct endpoint_faults *f = &c->client.endpoint->faults;

	if (!c->wants_websocket &&
	    call_is_control(buf_str(&c->body), c->body.len))
		return false;
	if (f->http_status != 0)
		conn_http_refuse(c, f->http_status, f->retry_after_s);
	else if (f->http_only && c->wants_websocket)
		conn_http_refuse(c, 426, -1);
	else
		return false;
	return true;
}

static void
request_done(struct conn *c)
{
	if (is_refused(c))
		return;
	if (c->wants_websocket && c->ws_key[0] != '\0') {
		if (!conn_is_held(c))
			conn_http_upgrade(c);
		return;
	}
	if (c->parser.method != HTTP_POST) {
		reply(c, "405 Method Not Allowed", "", 0);
		conn_http_start(c);
		return;
	}
	conn_receive(c, buf_str(&c->body), c->body.len);
}

void
conn_http_readable(struct conn *c)
{
	struct evbuffer *in = bufferevent_get_input(c->bev);

	while (!c->is_busy && !c->is_closing && c->ws == NULL &&
	       evbuffer_get_length(in) > 0) {
		size_t len = evbuffer_get_contiguous_space(in), used;
		const char *data = (char *)evbuffer_pullup(in, len);

		used = http_parser_execute(&c->parser, &settings, data, len);
		evbuffer_drain(in, used);
		if (c->is_busy)
			request_done(c);
		else if (used != len) {
			reply(c, "400 Bad Request", "", 0);
			conn_close(c);
		}
	}
}

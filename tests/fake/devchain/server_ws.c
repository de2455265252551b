/* WebSocket frames, by wslay. */
#include <event2/buffer.h>
#include <event2/bufferevent.h>

#include "tests/fake/devchain/server_impl.h"

static ssize_t
on_recv(
    wslay_event_context_ptr ws, uint8_t *data, size_t len, int flags, void *arg)
{
	struct conn *c = arg;
	int got = bufferevent_read(c->bev, data, len);

	(void)flags;
	if (got > 0)
		return got;
	wslay_event_set_error(ws, WSLAY_ERR_WOULDBLOCK);
	return -1;
}

static ssize_t
on_send(wslay_event_context_ptr ws, const uint8_t *data, size_t len, int flags,
    void *arg)
{
	struct conn *c = arg;

	(void)flags;
	if (evbuffer_get_length(bufferevent_get_output(c->bev)) >
		SERVER_MAX_OUTPUT ||
	    bufferevent_write(c->bev, data, len) != 0) {
		wslay_event_set_error(ws, WSLAY_ERR_CALLBACK_FAILURE);
		return -1;
	}
	return len;
}

static void
on_message(wslay_event_context_ptr ws,
    const struct wslay_event_on_msg_recv_arg *m, void *arg)
{
	(void)ws;
	if (m->opcode == WSLAY_TEXT_FRAME || m->opcode == WSLAY_BINARY_FRAME)
		conn_receive(arg, (const char *)m->msg, m->msg_length);
}

int
conn_ws_start(struct conn *c)
{
	static const struct wslay_event_callbacks callbacks = {
	    .recv_callback = on_recv,
	    .send_callback = on_send,
	    .on_msg_recv_callback = on_message,
	};

	if (wslay_event_context_server_init(&c->ws, &callbacks, c) != 0)
		return -1;
	wslay_event_config_set_max_recv_msg_length(c->ws, SERVER_MAX_MESSAGE);
	c->client.can_subscribe = true;
	return 0;
}

void
conn_ws_flush(struct conn *c)
{
	if (conn_is_held(c))
		return;
	if (wslay_event_send(c->ws) != 0 ||
	    (!wslay_event_want_read(c->ws) && !wslay_event_want_write(c->ws)))
		conn_close(c);
}

void
conn_ws_readable(struct conn *c)
{
	if (wslay_event_recv(c->ws) != 0)
		conn_close(c);
	else
		conn_ws_flush(c);
}

void
conn_ws_answer(struct conn *c, const char *text, size_t len)
{
	struct wslay_event_msg m = {
	    .opcode = WSLAY_TEXT_FRAME,
	    .msg = (const uint8_t *)text,
	    .msg_length = len,
	};

	if (wslay_event_queue_msg(c->ws, &m) != 0)
		conn_close(c);
	else
		conn_ws_flush(c);
}

/*
 * An answer that is handed on as it comes. libcurl's bytes are kept until the
 * loop hands them on; where too many are kept, libcurl is told to wait, and
 * so is the server.
 */
#include "common/http_client_impl.h"

#include <event2/event.h>

/* The callback of a call: what it cancels is freed once it has returned. */
static void
enter(struct http_call *call)
{
	http_client_enter(call->client);
	call->busy++;
}

/* Whether the call is still there. */
static bool
leave(struct http_call *call)
{
	struct http_client *client = call->client;
	bool is_gone = --call->busy == 0 && call->dead;

	if (is_gone)
		http_call_free(call);
	is_gone = is_gone || client->dead;
	http_client_leave(client);
	return !is_gone;
}

static bool
tell_head(struct http_call *call)
{
	struct http_answer head = {0};

	call->head_told = true;
	if (call->on_head == NULL)
		return true;
	enter(call);
	http_call_fill(call, &head);
	head.body = "";
	head.len = 0;
	call->on_head(&head, call->arg);
	return leave(call);
}

static bool
tell_data(struct http_call *call)
{
	struct buf data = call->answer;

	call->answer = (struct buf){0};
	enter(call);
	call->on_data(data.data, data.len, call->arg);
	buf_free(&data);
	return leave(call);
}

/* Room again: libcurl may go on. It calls us back at once. */
static void
let_on(struct http_call *call)
{
	if (!call->is_held || call->answer.len >= HTTP_PIECES_AHEAD)
		return;
	call->is_held = false;
	http_client_enter(call->client);
	curl_easy_pause(call->easy, CURLPAUSE_CONT);
	http_client_leave(call->client);
}

static void
on_piece(evutil_socket_t fd, short what, void *arg)
{
	struct http_call *call = arg;

	(void)fd;
	(void)what;
	if (call->is_paused)
		return;
	if (http_pieces_takes(call) && !call->head_told && !tell_head(call))
		return;
	if (!call->is_paused && call->on_data != NULL &&
	    http_pieces_takes(call) && call->answer.len > 0 && !tell_data(call))
		return;
	if (call->is_paused)
		return;
	if (call->is_over)
		http_call_finish(call, call->code);
	else
		let_on(call);
}

void
http_pieces_set_up(
    struct http_call *call, const struct http_call_options *options)
{
	call->file_fd = -1;
	call->on_head = options->on_head;
	call->on_data = options->on_data;
	call->max_stream = options->max_stream;
	call->piece = evtimer_new(call->client->base, on_piece, call);
}

void
http_pieces_clear(struct http_call *call)
{
	event_free(call->piece);
}

bool
http_pieces_takes(struct http_call *call)
{
	long status = 0;

	if (call->on_data == NULL || call->why != NULL)
		return false;
	curl_easy_getinfo(call->easy, CURLINFO_RESPONSE_CODE, &status);
	return status >= 200 && status < 300;
}

static void
wake(struct http_call *call)
{
	event_active(call->piece, EV_TIMEOUT, 1);
}

size_t
http_pieces_put(struct http_call *call, const void *data, size_t n)
{
	if (call->answer.len >= HTTP_PIECES_AHEAD) {
		call->is_held = true;
		return CURL_WRITEFUNC_PAUSE;
	}
	if (n > call->max_stream - call->streamed) {
		http_call_blame(call, "too_large",
		    "the answer is over %llu bytes",
		    (unsigned long long)call->max_stream);
		return 0;
	}
	call->streamed += n;
	buf_add(&call->answer, data, n);
	wake(call);
	return n;
}

void
http_pieces_over(struct http_call *call, CURLcode code)
{
	if (call->on_data == NULL) {
		http_call_finish(call, code);
		return;
	}
	call->is_over = true;
	call->code = code;
	wake(call);
}

void
http_call_pause(struct http_call *call)
{
	call->is_paused = true;
}

void
http_call_resume(struct http_call *call)
{
	if (!call->is_paused)
		return;
	call->is_paused = false;
	wake(call);
}

/*
 * The life of one request: its URL is checked, its name resolved, its
 * addresses checked and pinned; then libcurl sends it and gathers the answer.
 */
#include "common/http_client_impl.h"

#include <event2/event.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/clock.h"
#include "common/xalloc.h"

int
http_call_blame(struct http_call *call, const char *why, const char *fmt, ...)
{
	va_list ap;

	if (call->why != NULL)
		return -1;
	call->why = why;
	va_start(ap, fmt);
	vsnprintf(call->detail, sizeof(call->detail), fmt, ap);
	va_end(ap);
	return -1;
}

/* Free what is on no list. */
static void
release(struct http_call *call)
{
	http_names_forget(call);
	if (call->added)
		curl_multi_remove_handle(call->client->multi, call->easy);
	http_client_give_easy(call->client, call->easy);
	curl_slist_free_all(call->headers);
	curl_slist_free_all(call->pinned);
	curl_url_cleanup(call->url);
	event_free(call->deadline);
	event_free(call->kick);
	http_pieces_clear(call);
	buf_free(&call->answer);
	free(call->host);
	free(call->body);
	free(call);
}

void
http_call_free(struct http_call *call)
{
	LIST_REMOVE(call, link);
	release(call);
}

/* Its own callback may be on the stack: that frees it then. */
void
http_call_cancel(struct http_call *call)
{
	call->dead = true;
	if (call->busy == 0)
		http_call_free(call);
}

static const char *
header_value(struct http_call *call, const char *name)
{
	struct curl_header *header;

	return curl_easy_header(
		   call->easy, name, 0, CURLH_HEADER, -1, &header) == CURLHE_OK
		   ? header->value
		   : "";
}

const char *
http_answer_header(const struct http_answer *answer, const char *name)
{
	return answer->status != 0 ? header_value(answer->call, name) : "";
}

void
http_call_fill(struct http_call *call, struct http_answer *answer)
{
	long status = 0;

	answer->call = call;
	answer->started_us = call->started_us;
	answer->sent_us = call->sent_us;
	answer->finished_us = clock_mono_us();
	answer->retry_after = "";
	if (call->why != NULL) {
		answer->why = call->why;
		answer->detail = call->detail;
		return;
	}
	if (call->is_check)
		return;
	curl_easy_getinfo(call->easy, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(
	    call->easy, CURLINFO_CONTENT_TYPE, &answer->content_type);
	answer->retry_after = header_value(call, "Retry-After");
	answer->status = status;
	answer->body = buf_str(&call->answer);
	answer->len = call->answer.len;
}

/* Nobody can find the call while the callback runs. */
void
http_call_end(struct http_call *call)
{
	struct http_client *client = call->client;
	struct http_answer answer = {0};

	http_call_fill(call, &answer);
	if (call->pinned != NULL && call->why != NULL &&
	    call->header_bytes == 0)
		http_names_doubt(client->names, call->host);
	if (call->added)
		curl_multi_remove_handle(client->multi, call->easy);
	call->added = false;
	LIST_REMOVE(call, link);
	http_client_enter(client);
	call->on_done(&answer, call->arg);
	release(call);
	http_client_leave(client);
}

static const char *
reason(const struct http_call *call, CURLcode code)
{
	switch ((int)code) {
	case CURLE_COULDNT_CONNECT:
		return "connect";
	case CURLE_COULDNT_RESOLVE_HOST:
		return "resolve";
	case CURLE_OPERATION_TIMEDOUT:
		return call->started_us == 0 ? "connect" : "timeout";
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_SSL_CERTPROBLEM:
	case CURLE_SSL_CIPHER:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_ISSUER_ERROR:
		return "tls";
	case CURLE_FILESIZE_EXCEEDED:
		return "too_large";
	case CURLE_GOT_NOTHING:
	case CURLE_RECV_ERROR:
	case CURLE_SEND_ERROR:
	case CURLE_PARTIAL_FILE:
		return "reset";
	case CURLE_WEIRD_SERVER_REPLY:
	case CURLE_UNSUPPORTED_PROTOCOL:
	case CURLE_BAD_CONTENT_ENCODING:
		return "malformed";
	default:
		return "failed";
	}
}

void
http_call_finish(struct http_call *call, CURLcode code)
{
	if (code != CURLE_OK)
		http_call_blame(call, reason(call, code), "%s",
		    call->said[0] != '\0' ? call->said
					  : curl_easy_strerror(code));
	/* libcurl does not mind a head that breaks off. */
	if (code == CURLE_OK && !call->head_done)
		http_call_blame(
		    call, "reset", "the answer ends inside its headers");
	http_call_end(call);
}

static void
on_kick(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	http_call_end(arg);
}

static void
on_deadline(evutil_socket_t fd, short what, void *arg)
{
	struct http_call *call = arg;

	(void)fd;
	(void)what;
	http_call_blame(call, "timeout",
	    "no whole answer within the time allowed%s",
	    call->name != NULL	    ? "; its name is not resolved"
	    : call->started_us == 0 ? "; it is not connected"
				    : "");
	http_call_end(call);
}

/* It has failed before libcurl knew of it: say so from the loop. */
static void
give_up(struct http_call *call)
{
	event_active(call->kick, EV_TIMEOUT, 1);
}

static void
begin(struct http_call *call)
{
	if (call->is_check) {
		event_active(call->kick, EV_TIMEOUT, 1);
		return;
	}
	if (curl_multi_add_handle(call->client->multi, call->easy) ==
	    CURLM_OK) {
		call->added = true;
		return;
	}
	http_call_blame(call, "failed", "libcurl did not take the request");
	give_up(call);
}

void
http_call_resolved(struct http_call *call, const char *addresses,
    bool is_public, const char *why_not)
{
	char *line;

	if (why_not != NULL) {
		http_call_blame(call, "resolve", "%s: %s", call->host, why_not);
		give_up(call);
		return;
	}
	if (!is_public && !call->client->options.allow_private) {
		http_call_blame(call, "refused_address",
		    "%s has an address that is not public: %s", call->host,
		    addresses);
		give_up(call);
		return;
	}
	line = xasprintf("+%s:%d:%s", call->host, call->port, addresses);
	call->pinned = curl_slist_append(NULL, line);
	free(line);
	curl_easy_setopt(call->easy, CURLOPT_RESOLVE, call->pinned);
	begin(call);
}

static struct http_call *
start(struct http_client *client, const struct http_call_options *options,
    bool is_check, void (*on_done)(const struct http_answer *, void *arg),
    void *arg)
{
	struct http_call *call = xcalloc(1, sizeof(*call));
	struct timeval tv = {
	    options->timeout_ms / 1000, options->timeout_ms % 1000 * 1000};

	call->client = client;
	http_pieces_set_up(call, options);
	call->is_check = is_check;
	call->max_answer = options->max_answer;
	call->on_done = on_done;
	call->arg = arg;
	call->deadline = evtimer_new(client->base, on_deadline, call);
	call->kick = evtimer_new(client->base, on_kick, call);
	event_add(call->deadline, &tv);
	LIST_INSERT_HEAD(&client->calls, call, link);
	if (http_call_set_up(call, options) != 0)
		give_up(call);
	else if (call->is_literal)
		begin(call);
	else
		http_names_resolve(client->names, call);
	return call;
}

struct http_call *
http_call_start(struct http_client *client,
    const struct http_call_options *options,
    void (*on_done)(const struct http_answer *, void *arg), void *arg)
{
	return start(client, options, false, on_done, arg);
}

struct http_call *
http_call_check(struct http_client *client, const char *url, int timeout_ms,
    void (*on_done)(const struct http_answer *, void *arg), void *arg)
{
	struct http_call_options options = {
	    .method = "GET",
	    .url = url,
	    .timeout_ms = timeout_ms,
	};

	return start(client, &options, true, on_done, arg);
}

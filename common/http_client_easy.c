/*
 * What libcurl is told about a request, and what it tells us meanwhile.
 *
 * libcurl is never left to resolve a name by itself, and each socket it
 * opens is checked once more at the moment of connecting.
 */
#include "common/http_client_impl.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/xalloc.h"

static size_t
on_body(char *p, size_t one, size_t n, void *arg)
{
	struct http_call *call = arg;

	(void)one;
	if (http_pieces_takes(call))
		return http_pieces_put(call, p, n);
	if (n > call->max_answer - call->answer.len) {
		http_call_blame(call, "too_large",
		    "the answer is over %zu bytes", call->max_answer);
		return 0;
	}
	buf_add(&call->answer, p, n);
	return n;
}

static size_t
on_header(char *p, size_t one, size_t n, void *arg)
{
	struct http_call *call = arg;

	(void)one;
	call->header_bytes += n;
	call->head_done = n > 0 && (p[0] == '\r' || p[0] == '\n');
	if (call->header_bytes <= HTTP_MAX_ANSWER_HEADERS)
		return n;
	http_call_blame(call, "too_large", "the headers are over %d bytes",
	    (int)HTTP_MAX_ANSWER_HEADERS);
	return 0;
}

/* libcurl is about to connect: the last word on where to. */
static curl_socket_t
open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *address)
{
	struct http_call *call = arg;

	if (purpose != CURLSOCKTYPE_IPCXN)
		return CURL_SOCKET_BAD;
	if (!call->client->options.allow_private &&
	    !http_address_is_public(&address->addr)) {
		http_call_blame(
		    call, "refused_address", "the address is not public");
		return CURL_SOCKET_BAD;
	}
	return socket(address->family, address->socktype | SOCK_CLOEXEC,
	    address->protocol);
}

/* Connected; the request is written next. */
static int
on_connected(void *arg, char *ip, char *local_ip, int port, int local_port)
{
	struct http_call *call = arg;

	(void)ip;
	(void)local_ip;
	(void)port;
	(void)local_port;
	call->started_us = clock_mono_us();
	call->sent_us = 0;
	return CURL_PREREQFUNC_OK;
}

/* The one way to learn when the last byte of a request was written. */
static int
on_trace(CURL *easy, curl_infotype type, char *p, size_t n, void *arg)
{
	struct http_call *call = arg;

	(void)easy;
	(void)p;
	(void)n;
	if (type == CURLINFO_HEADER_OUT || type == CURLINFO_DATA_OUT)
		call->sent_us = clock_mono_us();
	return 0;
}

/* Only for names, and those are pinned: never ask yourself. */
static int
refuse_resolving(void *state, void *reserved, void *arg)
{
	struct http_call *call = arg;

	(void)state;
	(void)reserved;
	http_call_blame(call, "resolve", "the pinned address was not used");
	return 1;
}

static int
set_headers(struct http_call *call, const char *const *headers)
{
	bool has_type = false;

	for (; headers != NULL && *headers != NULL; headers++) {
		if (strpbrk(*headers, "\r\n") != NULL)
			return http_call_blame(call, "bad_header",
			    "a header has a line "
			    "break");
		if (strncasecmp(*headers, "Content-Type:", 13) == 0)
			has_type = true;
		call->headers = curl_slist_append(call->headers, *headers);
	}
	/* What libcurl would add by itself. */
	call->headers = curl_slist_append(call->headers, "Expect:");
	if (!has_type)
		call->headers =
		    curl_slist_append(call->headers, "Content-Type:");
	curl_easy_setopt(call->easy, CURLOPT_HTTPHEADER, call->headers);
	return 0;
}

static size_t
on_read(char *out, size_t one, size_t n, void *arg)
{
	struct http_call *call = arg;
	uint64_t left = call->file_len - call->file_at;
	ssize_t got;

	n *= one;
	if (n > left)
		n = left;
	if (n == 0)
		return 0;
	got = pread(call->file_fd, out, n, call->file_offset + call->file_at);
	if (got <= 0) {
		http_call_blame(call, "failed", "the file ends before its end");
		return CURL_READFUNC_ABORT;
	}
	call->file_at += got;
	return got;
}

/* libcurl sends it again, on another connection. */
static int
on_seek(void *arg, curl_off_t at, int whence)
{
	struct http_call *call = arg;

	if (whence != SEEK_SET || at < 0 || (uint64_t)at > call->file_len)
		return CURL_SEEKFUNC_FAIL;
	call->file_at = at;
	return CURL_SEEKFUNC_OK;
}

static void
set_file(struct http_call *call, const struct http_call_options *options)
{
	CURL *easy = call->easy;

	call->file_fd = options->file_fd;
	call->file_offset = options->file_offset;
	call->file_len = options->file_len;
	curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(
	    easy, CURLOPT_INFILESIZE_LARGE, (curl_off_t)options->file_len);
	curl_easy_setopt(easy, CURLOPT_READFUNCTION, on_read);
	curl_easy_setopt(easy, CURLOPT_READDATA, call);
	curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, on_seek);
	curl_easy_setopt(easy, CURLOPT_SEEKDATA, call);
}

static void
set_limits(struct http_call *call, const struct http_call_options *options)
{
	uint64_t most = options->max_answer;
	CURL *easy = call->easy;

	if (options->on_data != NULL && options->max_stream > most)
		most = options->max_stream;
	if (strcmp(options->method, "HEAD") == 0)
		most = 0; /* no limit: a length is not a body */
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
	    (long)(options->connect_timeout_ms > 0 ? options->connect_timeout_ms
						   : HTTP_CONNECT_TIMEOUT_MS));
	/* The deadline is ours; this one is only for libcurl's own waits. */
	curl_easy_setopt(
	    easy, CURLOPT_TIMEOUT_MS, (long)options->timeout_ms + 1000);
	curl_easy_setopt(easy, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)most);
	if (options->stall_s <= 0)
		return;
	curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
	curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, (long)options->stall_s);
}

static void
set_request(struct http_call *call, const struct http_call_options *options)
{
	CURL *easy = call->easy;

	if (options->from_file) {
		set_file(call, options);
	} else if (options->body_len > 0 ||
		   strcmp(options->method, "POST") == 0) {
		call->body = xmemdup(options->body_len > 0 ? options->body : "",
		    options->body_len);
		curl_easy_setopt(easy, CURLOPT_POST, 1L);
		curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
		    (curl_off_t)options->body_len);
		curl_easy_setopt(easy, CURLOPT_POSTFIELDS, call->body);
	} else if (strcmp(options->method, "HEAD") == 0) {
		curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
	}
	curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, options->method);
	curl_easy_setopt(
	    easy, CURLOPT_FRESH_CONNECT, options->is_once ? 1L : 0L);
	curl_easy_setopt(easy, CURLOPT_CURLU, call->url);
	curl_easy_setopt(easy, CURLOPT_PRIVATE, call);
	curl_easy_setopt(easy, CURLOPT_VERBOSE, options->is_untimed ? 0L : 1L);
	set_limits(call, options);
}

/* What is the same for every request. */
static void
set_rules(struct http_call *call)
{
	const struct http_client_options *options = &call->client->options;
	CURL *easy = call->easy;

	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR,
	    options->allow_private || options->allow_plain ? "http,https"
							   : "https");
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(easy, CURLOPT_PROXY, "");
	curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	curl_easy_setopt(
	    easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
	if (call->client->ca_file != NULL)
		curl_easy_setopt(easy, CURLOPT_CAINFO, call->client->ca_file);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, call->said);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, call);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, call);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, call);
	curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_connected);
	curl_easy_setopt(easy, CURLOPT_PREREQDATA, call);
	curl_easy_setopt(easy, CURLOPT_DEBUGFUNCTION, on_trace);
	curl_easy_setopt(easy, CURLOPT_DEBUGDATA, call);
	if (call->is_literal)
		return;
	curl_easy_setopt(
	    easy, CURLOPT_RESOLVER_START_FUNCTION, refuse_resolving);
	curl_easy_setopt(easy, CURLOPT_RESOLVER_START_DATA, call);
}

int
http_call_set_up(
    struct http_call *call, const struct http_call_options *options)
{
	call->easy = http_client_take_easy(call->client);
	if (http_call_check_url(call, options->url) != 0 ||
	    set_headers(call, options->headers) != 0)
		return -1;
	set_request(call, options);
	set_rules(call);
	return 0;
}

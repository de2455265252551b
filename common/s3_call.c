/* One request to the storage, signed anew each time it is tried. */
#include "common/s3_impl.h"

#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/clock.h"
#include "common/http_client.h"
#include "common/retry_after.h"
#include "common/s3_xml.h"
#include "common/xalloc.h"

/* sha256 of no bytes */
static const char nothing[] =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

static void try(struct s3_call *);

static void
call_free(struct s3_call *call)
{
	LIST_REMOVE(call, link);
	event_free(call->timer);
	free(call->path);
	free(call->body);
	free(call);
}

void
s3_call_cancel(struct s3_call *call)
{
	if (call == NULL)
		return;
	if (call->http != NULL)
		http_call_cancel(call->http);
	call_free(call);
}

/* Nobody can find the call while the callback runs. */
static void
end(struct s3_call *call, const struct s3_answer *answer)
{
	void (*on_done)(const struct s3_answer *, void *) = call->on_done;
	void *arg = call->arg;

	call_free(call);
	on_done(answer, arg);
}

/* -- what came ---------------------------------------------------------- */

/* "bytes 5-9/10" */
static bool
read_range(const char *text, uint64_t *first, uint64_t *total)
{
	unsigned long long a, b, c;

	if (sscanf(text, "bytes %llu-%llu/%llu", &a, &b, &c) != 3 || b < a)
		return false;
	*first = a;
	*total = c;
	return true;
}

/* The head of what is got: is it the stretch that was asked for, of the
 * object that it was before? */
static void
on_head(const struct http_answer *head, void *arg)
{
	struct s3_call *call = arg;
	const char *etag = http_answer_header(head, "ETag");
	uint64_t first = 0, total;

	total = strtoull(http_answer_header(head, "Content-Length"), NULL, 10);
	if (head->status == 206 &&
	    !read_range(
		http_answer_header(head, "Content-Range"), &first, &total))
		call->is_broken = true;
	if (first != call->ask.offset + call->got ||
	    (call->got > 0 && strcmp(etag, call->etag) != 0))
		call->is_broken = true;
	call->total = total;
	snprintf(call->etag, sizeof(call->etag), "%s", etag);
}

static void
on_piece(const void *data, size_t len, void *arg)
{
	struct s3_call *call = arg;
	uint64_t left = call->ask.len - call->got;

	/* A server that has no ranges sends it all. */
	if (len > left)
		len = left;
	if (call->is_broken || len == 0)
		return;
	call->got += len;
	call->on_data(data, len, call->arg);
}

static bool
is_passing_code(const char *code)
{
	static const char *const codes[] = {"InternalError", "RequestTimeout",
	    "ServiceUnavailable", "SlowDown"};

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		if (strcmp(code, codes[i]) == 0)
			return true;
	}
	return false;
}

static bool
is_passing(const struct s3_answer *answer)
{
	static const char *const whys[] = {
	    "connect", "reset", "timeout", "resolve", "failed"};

	if (answer->status >= 500 || answer->status == 429 ||
	    answer->status == 408 || is_passing_code(answer->code))
		return true;
	for (size_t i = 0; i < sizeof(whys) / sizeof(whys[0]); i++) {
		if (answer->status == 0 &&
		    strcmp(answer->http->why, whys[i]) == 0)
			return true;
	}
	return false;
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	try(arg);
}

/* Whether it is tried again. */
static bool
waits(struct s3_call *call, const struct s3_answer *answer)
{
	int64_t ms, asked, now_us = clock_mono_us();
	struct timeval tv;

	if (call->is_broken || !is_passing(answer) ||
	    call->backoff.tries >= S3_MAX_TRIES - 1)
		return false;
	ms = backoff_next_ms(&call->backoff);
	asked = retry_after_ms(answer->http->retry_after, clock_wall_ms());
	if (asked > ms)
		ms = asked;
	if (now_us + ms * 1000 >= call->deadline_us)
		return false;
	tv = (struct timeval){ms / 1000, ms % 1000 * 1000};
	event_add(call->timer, &tv);
	return true;
}

/* An error's Code is all that is read of it. */
static void
take_code(struct s3_answer *answer, const struct http_answer *http)
{
	char *code = s3_xml_text(http->body, http->len, "Code");

	if (code != NULL && strspn(code, "abcdefghijklmnopqrstuvwxyz"
					 "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
					 "0123456789.") == strlen(code))
		snprintf(answer->code, sizeof(answer->code), "%s", code);
	free(code);
}

static void
on_answer(const struct http_answer *http, void *arg)
{
	struct s3_call *call = arg;
	struct s3_answer answer = {.status = http->status,
	    .http = http,
	    .got = call->got,
	    .total = call->total};
	char why[256];

	call->http = NULL;
	if (http->status == 0) {
		snprintf(why, sizeof(why), "%s: %s: %s", call->ask.method,
		    http->why, http->detail);
	} else {
		/* Completing an upload can fail with 200. */
		take_code(&answer, http);
		snprintf(why, sizeof(why), "%s: %d %s", call->ask.method,
		    http->status, answer.code);
	}
	if (call->is_broken) {
		snprintf(why, sizeof(why),
		    "%s: not the bytes that were asked for", call->ask.method);
		answer.status = 0;
	}
	answer.why = why;
	if (!waits(call, &answer))
		end(call, &answer);
}

/* -- asking ------------------------------------------------------------- */

/* The headers of a try; each is the caller's to free. */
static void
fill_headers(struct s3_call *call, const struct s3_request *req, int64_t now_s,
    char *headers[5])
{
	char date[S3_DATE_TEXT], *authorization;
	uint64_t first = call->ask.offset + call->got;
	size_t n = 0;

	s3_date(now_s, date);
	authorization = s3_authorization(req, &call->s3->keys, now_s);
	headers[n++] = xasprintf("Authorization: %s", authorization);
	headers[n++] = xasprintf("x-amz-date: %s", date);
	headers[n++] = xasprintf("x-amz-content-sha256: %s", req->payload);
	if (call->ask.is_get && call->ask.len != S3_WHOLE)
		headers[n++] = xasprintf("Range: bytes=%llu-%llu",
		    (unsigned long long)first,
		    (unsigned long long)(call->ask.offset + call->ask.len - 1));
	else if (call->ask.is_get && first > 0)
		headers[n++] =
		    xasprintf("Range: bytes=%llu-", (unsigned long long)first);
	headers[n] = NULL;
	free(authorization);
}

static void
fill_options(struct s3_call *call, struct http_call_options *o)
{
	const struct s3_ask *ask = &call->ask;
	int64_t left_ms = (call->deadline_us - clock_mono_us()) / 1000;

	o->method = ask->method;
	o->body = call->body;
	o->body_len = ask->body_len;
	o->from_file = ask->from_file;
	o->file_fd = ask->fd;
	o->file_offset = ask->offset;
	o->file_len = ask->from_file ? ask->len : 0;
	o->timeout_ms = left_ms > 1 ? (int)left_ms : 1;
	o->stall_s = S3_STALL_S;
	o->max_answer = S3_MAX_ANSWER;
	if (!ask->is_get)
		return;
	o->on_head = on_head;
	o->on_data = on_piece;
	o->max_stream = INT64_MAX;
}

static void
try(struct s3_call *call)
{
	struct s3 *s3 = call->s3;
	int64_t now_s = clock_wall_us() / 1000000;
	const struct s3_request req = {.method = call->ask.method,
	    .host = s3->place.host,
	    .path = call->path,
	    .query = call->ask.query,
	    .n_query = call->ask.n_query,
	    .payload = call->payload};
	struct http_call_options o = {0};
	struct buf query = {0};
	char *headers[5], *url;

	fill_headers(call, &req, now_s, headers);
	s3_query(&query, req.query, req.n_query);
	url = s3_place_url(&s3->place, call->path, buf_str(&query));
	fill_options(call, &o);
	o.url = url;
	o.headers = (const char *const *)headers;
	call->http = http_call_start(s3->client, &o, on_answer, call);
	if (call->is_paused)
		http_call_pause(call->http);
	for (size_t i = 0; headers[i] != NULL; i++)
		free(headers[i]);
	free(url);
	buf_free(&query);
}

/* How long it may take in all. */
static int64_t
deadline_s(const struct s3_ask *ask)
{
	uint64_t s = S3_LEAST_S + ask->len / S3_LEAST_RATE;

	return s < S3_MOST_S ? (int64_t)s : S3_MOST_S;
}

static void
copy_ask(struct s3_call *call, const struct s3_ask *ask)
{
	call->ask = *ask;
	call->path = s3_place_path(&call->s3->place, ask->key);
	call->ask.key = NULL;
	for (size_t i = 0; i < ask->n_query; i++) {
		snprintf(call->values[i], sizeof(call->values[i]), "%s",
		    ask->query[i].value);
		call->ask.query[i].value = call->values[i];
	}
	snprintf(call->payload, sizeof(call->payload), "%s",
	    ask->payload != NULL ? ask->payload : nothing);
	if (ask->body_len > 0)
		call->body = xmemdup(ask->body, ask->body_len);
	call->ask.body = NULL;
}

struct s3_call *
s3_call_start(struct s3 *s3, const struct s3_ask *ask,
    void (*on_data)(const void *, size_t, void *),
    void (*on_done)(const struct s3_answer *, void *), void *arg)
{
	struct s3_call *call = xcalloc(1, sizeof(*call));

	call->s3 = s3;
	copy_ask(call, ask);
	call->backoff.least_ms = s3->retry_ms;
	call->backoff.most_ms = 10000;
	call->deadline_us = clock_mono_us() + deadline_s(ask) * 1000000;
	call->on_data = on_data;
	call->on_done = on_done;
	call->arg = arg;
	call->timer = evtimer_new(s3->base, on_timer, call);
	LIST_INSERT_HEAD(&s3->calls, call, link);
	try(call);
	return call;
}

/*
 * Redis streams: one connection, sending or reading, that keeps itself up.
 *
 * A reader asks with BLOCK, so an answer, if only an empty one, is due
 * before ANSWER_MS; a connection that brings none is dropped.
 */
#include "common/redis.h"

#include <event2/event.h>
#include <hiredis/adapters/libevent.h>
#include <hiredis/async.h>
#include <hiredis/hiredis.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/backoff.h"
#include "common/clock.h"
#include "common/log.h"
#include "common/redis_url.h"
#include "common/xalloc.h"

const char redis_jobs[] = "subnetd:jobs";
const char redis_accepted[] = "subnetd:accepted";
const char redis_results[] = "subnetd:results";
const char redis_scores[] = "subnetd:scores";
const char redis_weights[] = "subnetd:weights";
const char redis_chain[] = "subnetd:chain";

enum {
	BLOCK_MS = 2000,
	ANSWER_MS = 8000,
	CHECK_MS = 1000,
	MAX_READ = 100,
	MAX_REFUSALS = 1
};

struct redis {
	struct event_base *base;
	struct redis_url url;
	redisAsyncContext *context;
	bool is_up;
	struct event *timer; /* reconnecting, and looking at the clock */
	struct backoff backoff;
	int64_t waiting_since_us; /* for an answer; 0: for none */
	/* a reader's own */
	char *stream, *group, *member;
	char last_id[64]; /* of a tail; "": not known yet */
	int refusals;	  /* of reading, one behind the other */
	redis_on_message *on_message;
	void *arg;
};

static void read_more(struct redis *);
static void drop(struct redis *, const char *why);

static void
set_timer(struct redis *r, int64_t ms)
{
	struct timeval in = {ms / 1000, ms % 1000 * 1000};

	event_add(r->timer, &in);
}

/* -- replies ------------------------------------------------------------ */

static void
take_message(struct redis *r, const redisReply *entry)
{
	const redisReply *fields;
	const char *id = NULL, *note = NULL;

	if (entry->type != REDIS_REPLY_ARRAY || entry->elements != 2 ||
	    entry->element[1]->type != REDIS_REPLY_ARRAY)
		return;
	fields = entry->element[1];
	snprintf(r->last_id, sizeof(r->last_id), "%s", entry->element[0]->str);
	for (size_t i = 0; i + 1 < fields->elements; i += 2) {
		if (strcmp(fields->element[i]->str, "id") == 0)
			id = fields->element[i + 1]->str;
		if (strcmp(fields->element[i]->str, "note") == 0)
			note = fields->element[i + 1]->str;
	}
	if (r->group != NULL)
		redisAsyncCommand(r->context, NULL, NULL, "XACK %s %s %s",
		    r->stream, r->group, entry->element[0]->str);
	if (id != NULL)
		r->on_message(id, note, r->arg);
}

static void
take_messages(struct redis *r, const redisReply *reply)
{
	const redisReply *stream, *entries;

	if (reply->type != REDIS_REPLY_ARRAY || reply->elements < 1)
		return;
	stream = reply->element[0];
	if (stream->type != REDIS_REPLY_ARRAY || stream->elements != 2)
		return;
	entries = stream->element[1];
	for (size_t i = 0; i < entries->elements && r->is_up; i++)
		take_message(r, entries->element[i]);
}

static void
make_group(struct redis *r)
{
	redisAsyncCommand(r->context, NULL, NULL,
	    "XGROUP CREATE %s %s 0 MKSTREAM", r->stream, r->group);
}

/* NOGROUP: the stream was emptied under us. What is refused again, at once,
 * is something else, and is left for a while. */
static void
on_refused(struct redis *r, const char *why)
{
	log_warn("redis.read_refused", "stream=%s why=\"%s\"", r->stream, why);
	if (r->refusals++ >= MAX_REFUSALS) {
		drop(r, "reading is refused");
		return;
	}
	if (r->group != NULL)
		make_group(r);
	read_more(r);
}

static void
on_read(redisAsyncContext *context, void *reply_void, void *arg)
{
	struct redis *r = arg;
	redisReply *reply = reply_void;

	if (reply == NULL || context != r->context)
		return;
	r->waiting_since_us = 0;
	if (reply->type == REDIS_REPLY_ERROR) {
		on_refused(r, reply->str);
		return;
	}
	r->refusals = 0;
	take_messages(r, reply);
	if (r->is_up)
		read_more(r);
}

static void
read_more(struct redis *r)
{
	r->waiting_since_us = clock_mono_us();
	if (r->group != NULL)
		redisAsyncCommand(r->context, on_read, r,
		    "XREADGROUP GROUP %s %s COUNT %d BLOCK %d STREAMS %s >",
		    r->group, r->member, MAX_READ, BLOCK_MS, r->stream);
	else
		redisAsyncCommand(r->context, on_read, r,
		    "XREAD COUNT %d BLOCK %d STREAMS %s %s", MAX_READ, BLOCK_MS,
		    r->stream, r->last_id);
}

/* A tail begins behind what is there. "$" would say so, too, but again at
 * each reading, and pass over what comes between two of them. */
static void
on_last(redisAsyncContext *context, void *reply_void, void *arg)
{
	struct redis *r = arg;
	redisReply *reply = reply_void;
	const redisReply *entry;

	if (reply == NULL || context != r->context)
		return;
	r->waiting_since_us = 0;
	snprintf(r->last_id, sizeof(r->last_id), "0-0");
	if (reply->type == REDIS_REPLY_ARRAY && reply->elements == 1) {
		entry = reply->element[0];
		if (entry->type == REDIS_REPLY_ARRAY && entry->elements == 2 &&
		    entry->element[0]->type == REDIS_REPLY_STRING)
			snprintf(r->last_id, sizeof(r->last_id), "%s",
			    entry->element[0]->str);
	}
	read_more(r);
}

static void
start_reading(struct redis *r)
{
	if (r->stream == NULL)
		return;
	r->refusals = 0;
	if (r->group != NULL)
		make_group(r);
	if (r->group != NULL || r->last_id[0] != '\0') {
		read_more(r);
		return;
	}
	r->waiting_since_us = clock_mono_us();
	redisAsyncCommand(
	    r->context, on_last, r, "XREVRANGE %s + - COUNT 1", r->stream);
}

/* -- the connection ----------------------------------------------------- */

static void
go_down(struct redis *r, const char *why)
{
	int64_t ms = backoff_next_ms(&r->backoff);

	log_warn("redis.down", "retry_ms=%ld why=\"%s\"", (long)ms, why);
	r->context = NULL;
	r->is_up = false;
	r->waiting_since_us = 0;
	set_timer(r, ms);
}

static void
on_connect(const redisAsyncContext *context, int status)
{
	struct redis *r = context->data;

	if (r == NULL)
		return;
	if (status != REDIS_OK) {
		go_down(r, context->errstr);
		return;
	}
	r->is_up = true;
	r->waiting_since_us = 0;
	backoff_reset(&r->backoff);
	log_info("redis.up", "stream=%s", r->stream ? r->stream : "-");
	start_reading(r);
}

static void
on_disconnect(const redisAsyncContext *context, int status)
{
	struct redis *r = context->data;

	(void)status;
	if (r != NULL && r->context == context)
		go_down(r, context->errstr != NULL && context->errstr[0]
			       ? context->errstr
			       : "closed");
}

static void
start_connecting(struct redis *r)
{
	redisAsyncContext *c = r->url.port != 0
				   ? redisAsyncConnect(r->url.host, r->url.port)
				   : redisAsyncConnectUnix(r->url.host);

	if (c == NULL || c->err != 0) {
		char why[128] = "no memory";

		if (c != NULL)
			snprintf(why, sizeof(why), "%s", c->errstr);
		if (c != NULL)
			redisAsyncFree(c);
		go_down(r, why);
		return;
	}
	c->data = r;
	r->context = c;
	r->waiting_since_us = clock_mono_us();
	redisLibeventAttach(c, r->base);
	redisAsyncSetConnectCallback(c, on_connect);
	redisAsyncSetDisconnectCallback(c, on_disconnect);
	set_timer(r, CHECK_MS);
}

static void
drop(struct redis *r, const char *why)
{
	redisAsyncContext *c = r->context;

	c->data = NULL; /* its callbacks are none of ours from here on */
	go_down(r, why);
	redisAsyncFree(c);
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct redis *r = arg;

	(void)fd;
	(void)what;
	if (r->context == NULL) {
		start_connecting(r);
		return;
	}
	set_timer(r, CHECK_MS);
	if (r->waiting_since_us != 0 &&
	    clock_mono_us() - r->waiting_since_us > ANSWER_MS * 1000LL)
		drop(r, "no answer in time");
}

/* -- the whole ---------------------------------------------------------- */

struct redis *
redis_new(struct event_base *base, const char *url)
{
	struct redis *r = xcalloc(1, sizeof(*r));

	r->base = base;
	if (redis_url_parse(url, &r->url) != 0) {
		free(r);
		return NULL;
	}
	r->timer = event_new(base, -1, 0, on_timer, r);
	set_timer(r, 0);
	return r;
}

void
redis_free(struct redis *r)
{
	if (r == NULL)
		return;
	if (r->context != NULL) {
		r->is_up = false;
		r->context->data = NULL;
		redisAsyncFree(r->context);
	}
	event_free(r->timer);
	free(r->stream);
	free(r->group);
	free(r->member);
	free(r);
}

bool
redis_is_up(const struct redis *r)
{
	return r->is_up;
}

/* Any answer clears the wait that the clock is watching. */
static void
on_sent(redisAsyncContext *context, void *reply, void *arg)
{
	struct redis *r = arg;

	if (reply != NULL && context == r->context)
		r->waiting_since_us = 0;
}

void
redis_send(
    struct redis *r, const char *stream, const char *id, const char *note)
{
	if (!r->is_up)
		return;
	if (r->waiting_since_us == 0)
		r->waiting_since_us = clock_mono_us();
	redisAsyncCommand(r->context, on_sent, r,
	    "XADD %s MAXLEN ~ %d * id %s note %s", stream, REDIS_STREAM_LEN, id,
	    note != NULL ? note : "");
}

void
redis_join(struct redis *r, const char *stream, const char *group,
    const char *member, redis_on_message *on_message, void *arg)
{
	r->group = xstrdup(group);
	r->member = xstrdup(member);
	redis_tail(r, stream, on_message, arg);
}

void
redis_tail(struct redis *r, const char *stream, redis_on_message *on_message,
    void *arg)
{
	r->stream = xstrdup(stream);
	r->on_message = on_message;
	r->arg = arg;
	if (r->is_up)
		start_reading(r);
}

/* The requests a signer client has under way. */
#include "common/signer_calls.h"

#include <assert.h>
#include <event2/event.h>
#include <stdlib.h>
#include <sys/queue.h>

#include "common/clock.h"
#include "common/err.h"
#include "common/xalloc.h"

TAILQ_HEAD(call_list, signer_call);

struct signer_call {
	TAILQ_ENTRY(signer_call) link;
	struct signer_calls *calls;
	struct call_list *list; /* NULL while it is called back */
	int64_t id;
	int64_t deadline_us;
	signer_cb *cb;
	void *arg;
	struct err err; /* of a failed one */
};

struct signer_calls {
	int64_t next_id;
	struct call_list sent, failed;
	struct call_list failing; /* being called back in this turn */
	size_t n_sent;
	struct event *deadline; /* of the first sent */
	struct event *fail;	/* calls back the failed */
	void (*on_overdue)(void *arg);
	void *arg;
	bool is_failing; /* in its loop of callbacks */
	bool is_freed;	 /* when that loop is left */
};

static void
enlist(struct signer_call *call, struct call_list *list)
{
	TAILQ_INSERT_TAIL(list, call, link);
	call->list = list;
	if (list == &call->calls->sent)
		call->calls->n_sent++;
}

static void
add_timer(struct event *timer, int64_t wait_us)
{
	struct timeval wait = {0, 0};

	if (wait_us > 0) {
		wait.tv_sec = wait_us / 1000000;
		wait.tv_usec = wait_us % 1000000;
	}
	event_add(timer, &wait);
}

/* The timer follows the first of the list; a change of the timeout makes a
 * few deadlines late, never lost. */
static void
set_deadline(struct signer_calls *calls)
{
	const struct signer_call *first = TAILQ_FIRST(&calls->sent);

	if (first == NULL)
		event_del(calls->deadline);
	else
		add_timer(
		    calls->deadline, first->deadline_us - clock_mono_us());
}

static void
delist(struct signer_call *call)
{
	struct signer_calls *calls = call->calls;
	bool was_first = TAILQ_FIRST(&calls->sent) == call;

	TAILQ_REMOVE(call->list, call, link);
	if (call->list == &calls->sent)
		calls->n_sent--;
	call->list = NULL;
	if (was_first)
		set_deadline(calls);
}

static void
on_deadline(evutil_socket_t fd, short what, void *arg)
{
	struct signer_calls *calls = arg;
	const struct signer_call *first = TAILQ_FIRST(&calls->sent);

	(void)fd;
	(void)what;
	if (first != NULL && first->deadline_us <= clock_mono_us())
		calls->on_overdue(calls->arg);
	else
		set_deadline(calls);
}

static void
destroy(struct signer_calls *calls)
{
	event_free(calls->deadline);
	event_free(calls->fail);
	free(calls);
}

static void
on_fail(evutil_socket_t fd, short what, void *arg)
{
	struct signer_calls *calls = arg;
	struct signer_call *call;

	(void)fd;
	(void)what;
	/* A callback may ask again and fail again: that is the next turn's. */
	while ((call = TAILQ_FIRST(&calls->failed)) != NULL) {
		delist(call);
		enlist(call, &calls->failing);
	}
	calls->is_failing = true;
	while ((call = TAILQ_FIRST(&calls->failing)) != NULL)
		signer_calls_answer(call, NULL, &call->err);
	calls->is_failing = false;
	if (calls->is_freed)
		destroy(calls);
}

struct signer_calls *
signer_calls_new(
    struct event_base *base, void (*on_overdue)(void *arg), void *arg)
{
	struct signer_calls *calls = xcalloc(1, sizeof(*calls));

	TAILQ_INIT(&calls->sent);
	TAILQ_INIT(&calls->failed);
	TAILQ_INIT(&calls->failing);
	calls->deadline = evtimer_new(base, on_deadline, calls);
	calls->fail = evtimer_new(base, on_fail, calls);
	calls->on_overdue = on_overdue;
	calls->arg = arg;
	return calls;
}

static void
drop_all(struct call_list *list)
{
	struct signer_call *call;

	while ((call = TAILQ_FIRST(list)) != NULL) {
		TAILQ_REMOVE(list, call, link);
		free(call);
	}
}

void
signer_calls_free(struct signer_calls *calls)
{
	drop_all(&calls->sent);
	drop_all(&calls->failed);
	drop_all(&calls->failing);
	event_del(calls->deadline);
	event_del(calls->fail);
	calls->is_freed = true;
	if (!calls->is_failing)
		destroy(calls);
}

struct signer_call *
signer_calls_add(
    struct signer_calls *calls, int64_t timeout_ms, signer_cb *cb, void *arg)
{
	struct signer_call *call = xcalloc(1, sizeof(*call));

	call->calls = calls;
	call->cb = cb;
	call->arg = arg;
	call->id = calls->next_id++;
	call->deadline_us = clock_mono_us() + timeout_ms * 1000;
	enlist(call, &calls->sent);
	if (TAILQ_FIRST(&calls->sent) == call)
		set_deadline(calls);
	return call;
}

int64_t
signer_calls_id(const struct signer_call *call)
{
	return call->id;
}

size_t
signer_calls_waiting(const struct signer_calls *calls)
{
	return calls->n_sent;
}

struct signer_call *
signer_calls_find(struct signer_calls *calls, int64_t id)
{
	struct signer_call *call;

	TAILQ_FOREACH(call, &calls->sent, link)
	{
		if (call->id == id)
			return call;
		if (call->id > id)
			return NULL;
	}
	return NULL;
}

void
signer_calls_answer(
    struct signer_call *call, const char *answer, const struct err *err)
{
	delist(call);
	call->cb(answer, err, call->arg);
	free(call);
}

void
signer_calls_fail(struct signer_call *call, const struct err *err)
{
	struct signer_calls *calls = call->calls;

	delist(call);
	call->err = *err;
	enlist(call, &calls->failed);
	add_timer(calls->fail, 0);
}

void
signer_calls_fail_all(struct signer_calls *calls, const struct err *err)
{
	struct signer_call *call;

	while ((call = TAILQ_FIRST(&calls->sent)) != NULL)
		signer_calls_fail(call, err);
}

void
signer_cancel(struct signer_call *call)
{
	assert(call->list != NULL); /* else it is calling back */
	delist(call);
	free(call);
}

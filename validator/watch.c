/* Questions in, answers out, each told once and from the loop. */
#include "validator/watch.h"

#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/metrics.h"
#include "common/xalloc.h"
#include "validator/watch_impl.h"

enum { BATCH = 50, FRAMES = 10, SAMPLE = 50 };

/* -- lists ------------------------------------------------------------------
 */

static void
leave(struct watch_ask *ask)
{
	if (ask->on != NULL)
		TAILQ_REMOVE(ask->on, ask, link);
	ask->on = NULL;
}

void
watch_move(struct watch_ask *ask, struct watch_asks *to)
{
	leave(ask);
	TAILQ_INSERT_TAIL(to, ask, link);
	ask->on = to;
}

static char *
copy(const char *text)
{
	return text != NULL ? xstrdup(text) : NULL;
}

static void
ask_free(struct watch_ask *ask)
{
	struct watch_question *q = &ask->question;

	leave(ask);
	ask->desk->watch->pending--;
	if (ask->answer != NULL)
		watch_answer_clear(ask->answer);
	free(ask->answer);
	free((char *)q->platform);
	free((char *)q->id);
	free((char *)q->url);
	free((char *)q->caption);
	free((char *)q->account);
	free(ask);
}

/* -- answers ----------------------------------------------------------------
 */

void
watch_answered(struct watch_ask *ask, const struct watch_answer *answer)
{
	struct watch *w = ask->desk->watch;

	ask->answer = xmemdup(answer, sizeof(*answer));
	watch_move(ask, &w->answered);
	event_active(w->tell, EV_TIMEOUT, 1);
}

void
watch_unanswered(struct watch_ask *ask, enum watch_blame blame, const char *why)
{
	struct watch_answer answer;

	watch_read_silence(why, &answer);
	answer.blame = blame;
	watch_answered(ask, &answer);
}

static void
destroy(struct watch *w)
{
	struct watch_ask *ask;

	for (size_t i = 0; i < WATCH_SERVICES; i++)
		watch_desk_clear(&w->desks[i]);
	while ((ask = TAILQ_FIRST(&w->answered)) != NULL)
		ask_free(ask);
	if (w->tell != NULL)
		event_free(w->tell);
	free(w);
}

/* A callback may ask, cancel others, or free the whole. Questions answered
 * meanwhile are told at the next turn. */
static void
on_tell(evutil_socket_t fd, short what, void *arg)
{
	struct watch *w = arg;
	struct watch_asks now = TAILQ_HEAD_INITIALIZER(now);
	struct watch_ask *ask;

	(void)fd;
	(void)what;
	w->busy++;
	while ((ask = TAILQ_FIRST(&w->answered)) != NULL)
		watch_move(ask, &now);
	while (!w->dead && (ask = TAILQ_FIRST(&now)) != NULL) {
		leave(ask);
		metric_add(ask->desk->answered[ask->answer->outcome], 1);
		ask->on_answer(ask->answer, ask->arg);
		ask_free(ask);
	}
	while ((ask = TAILQ_FIRST(&now)) != NULL)
		ask_free(ask);
	w->busy--;
	if (w->dead)
		destroy(w);
}

/* -- questions --------------------------------------------------------------
 */

struct watch_ask *
watch_ask(struct watch *w, const struct watch_question *q,
    void (*on_answer)(const struct watch_answer *, void *arg), void *arg)
{
	struct watch_ask *ask = xcalloc(1, sizeof(*ask));
	struct watch_desk *desk = &w->desks[q->service];

	w->pending++;
	ask->desk = desk;
	ask->question = *q;
	ask->question.platform =
	    xstrdup(q->platform != NULL ? q->platform : "");
	ask->question.id = xstrdup(q->id != NULL ? q->id : "");
	ask->question.url = copy(q->url);
	ask->question.caption = copy(q->caption);
	ask->question.account = copy(q->account);
	ask->on_answer = on_answer;
	ask->arg = arg;
	ask->deadline_us = clock_mono_us() + desk->wait_ms * 1000;
	if (desk->client == NULL) {
		watch_unanswered(
		    ask, WATCH_BLAME_NOBODY, "there is no such service");
		return ask;
	}
	watch_move(ask, &desk->waiting);
	watch_desk_wake(desk);
	return ask;
}

/* Inside its own callback it is gone anyway. */
void
watch_cancel(struct watch_ask *ask)
{
	if (ask->on != NULL)
		ask_free(ask);
}

/* -- the whole --------------------------------------------------------------
 */

struct watch *
watch_new(const struct watch_setup *setup, struct err *err)
{
	struct watch *w = xcalloc(1, sizeof(*w));

	w->base = setup->base;
	w->batch = setup->batch > 0 ? setup->batch : BATCH;
	if (w->batch > WATCH_MAX_BATCH)
		w->batch = WATCH_MAX_BATCH;
	w->frames = setup->frames > 0 ? setup->frames : FRAMES;
	w->sample = setup->sample > 0 ? setup->sample : SAMPLE;
	TAILQ_INIT(&w->answered);
	w->tell = evtimer_new(setup->base, on_tell, w);
	for (size_t i = 0; i < WATCH_SERVICES; i++) {
		if (watch_desk_init(&w->desks[i], w, i, setup, err) != 0) {
			watch_free(w);
			return NULL;
		}
	}
	return w;
}

void
watch_free(struct watch *w)
{
	if (w == NULL)
		return;
	w->dead = true;
	if (w->busy == 0)
		destroy(w);
}

bool
watch_has(const struct watch *w, enum watch_service service)
{
	return w->desks[service].client != NULL && !watch_is_out(w, service);
}

bool
watch_is_out(const struct watch *w, enum watch_service service)
{
	return watch_pace_is_out(&w->desks[service].pace, clock_mono_us());
}

size_t
watch_pending(const struct watch *w)
{
	return w->pending;
}

uint64_t
watch_requests(const struct watch *w, enum watch_service service)
{
	return w->desks[service].requests;
}

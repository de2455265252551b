/*
 * One service: questions wait, go out in requests as the pace lets them, and
 * are answered by what comes back.
 */
#include "validator/watch_impl.h"

#include <event2/event.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/err.h"
#include "common/http_client.h"
#include "common/log.h"
#include "common/metrics.h"
#include "common/retry_after.h"
#include "common/xalloc.h"

enum {
	AT_ONCE = 4,
	TIMEOUT_MS = 60000,
	WAIT_MS = 900000,
	FAILURES = 5,
	OUT_MS = 10000,
	MAX_TRIES = 3,	      /* of a question that is put off */
	MAX_ANSWER = 1 << 20, /* bytes, of one question */
	MAX_BATCH_ANSWER = 8 << 20,
	FORM_US = 3600 * 1000000LL, /* that a refused form stays so */
};

static void look(struct watch_desk *);

static bool
is_batch(const struct watch_desk *d, enum watch_form form)
{
	return d->service == WATCH_TRACKER && form == WATCH_FORM_BATCH;
}

/* -- what comes back --------------------------------------------------------
 */

static void
out_free(struct watch_out *out)
{
	LIST_REMOVE(out, link);
	out->desk->n_out--;
	if (out->call != NULL)
		http_call_cancel(out->call);
	free(out);
}

static void
tell_state(struct watch_desk *d, const struct watch_answer *a, int64_t now_us)
{
	const char *name = watch_service_name(d->service);
	bool is_out = watch_pace_is_out(&d->pace, now_us);

	metric_set(d->is_out, is_out);
	if (is_out)
		log_warn("watch.out", "service=%s for_ms=%lld why=\"%s\"", name,
		    (long long)(d->pace.breaker.until_us - now_us) / 1000,
		    a->why);
	else
		log_info("watch.well", "service=%s", name);
}

/* What one request says of the service. */
static void
note(struct watch_desk *d, const struct watch_answer *a)
{
	int64_t now_us = clock_mono_us();

	if (watch_pace_note(&d->pace, a, now_us))
		tell_state(d, a, now_us);
}

static void
answer(struct watch_desk *d, struct watch_ask *ask, struct watch_answer *a)
{
	watch_pace_doubt(&d->pace, a);
	watch_answered(ask, a);
}

/* All of them, with the same. */
static void
fail(struct watch_out *out, const struct watch_answer *a)
{
	struct watch_ask *ask;

	note(out->desk, a);
	log_debug("watch.unanswered", "service=%s n=%zu why=\"%s\"",
	    watch_service_name(out->desk->service), out->n, a->why);
	while ((ask = TAILQ_FIRST(&out->asks)) != NULL)
		watch_answered(ask, a);
}

/* Back to the front of the queue, in their order. */
static void
put_back(struct watch_out *out)
{
	struct watch_desk *d = out->desk;
	struct watch_ask *ask;

	while ((ask = TAILQ_LAST(&out->asks, watch_asks)) != NULL) {
		TAILQ_REMOVE(&out->asks, ask, link);
		TAILQ_INSERT_HEAD(&d->waiting, ask, link);
		ask->on = &d->waiting;
	}
}

static void
take_results(struct watch_out *out, const struct watch_batch *batch)
{
	struct watch_answer a, said;
	struct watch_ask *ask;

	if (TAILQ_EMPTY(&out->asks))
		return; /* all were cancelled */
	watch_read_silence("", &said);
	while ((ask = TAILQ_FIRST(&out->asks)) != NULL) {
		watch_batch_answer(
		    batch, ask->question.platform, ask->question.id, &a);
		if (a.outcome != WATCH_UNAVAILABLE)
			said.outcome = WATCH_OK; /* of one at least */
		else if (said.outcome != WATCH_OK)
			said = a;
		answer(out->desk, ask, &a);
	}
	note(out->desk, &said);
}

static void
take_batch(struct watch_out *out, const struct http_answer *http)
{
	struct watch_answer a;
	struct err err;
	struct watch_batch *batch = NULL;

	if (http->status == 200)
		batch = watch_read_batch(http->body, http->len, &err);
	else
		err_set(&err, "it answered %d", http->status);
	if (batch != NULL) {
		take_results(out, batch);
		watch_batch_free(batch);
		return;
	}
	watch_read_silence(err.text, &a);
	a.status = http->status;
	fail(out, &a);
}

static void
take_one(struct watch_out *out, const struct http_answer *http)
{
	struct watch_ask *ask = TAILQ_FIRST(&out->asks);
	struct watch_answer a;

	if (ask == NULL)
		return; /* cancelled */
	watch_read(out->desk->service, ask->question.platform, http->status,
	    http->body, http->len, &a);
	note(out->desk, &a);
	answer(out->desk, ask, &a);
}

/* -- rests ------------------------------------------------------------------
 */

/* Whether the service asked to be left alone for a while; who can wait, does.
 */
static bool
take_rest(struct watch_out *out, const struct http_answer *http)
{
	struct watch_desk *d = out->desk;
	int64_t now_us = clock_mono_us();
	int64_t ms = retry_after_ms(http->retry_after, clock_wall_ms());
	struct watch_ask *ask, *next;

	if (http->status != 429 && !(http->status == 503 && ms > 0))
		return false;
	watch_pace_rest(&d->pace, ms > 0 ? ms : 1000, now_us);
	log_info("watch.rests", "service=%s for_ms=%lld",
	    watch_service_name(d->service),
	    (long long)(d->pace.rests_us - now_us) / 1000);
	for (ask = TAILQ_FIRST(&out->asks); ask != NULL; ask = next) {
		next = TAILQ_NEXT(ask, link);
		if (++ask->tries >= MAX_TRIES ||
		    ask->deadline_us < d->pace.rests_us)
			watch_unanswered(
			    ask, WATCH_BLAME_SERVICE, "it asks for a rest");
	}
	put_back(out);
	return true;
}

/* -- forms ------------------------------------------------------------------
 */

static bool
is_gone(const struct http_answer *http)
{
	struct watch_answer a;
	bool gone;

	watch_read(WATCH_TRACKER, "", http->status, http->body, http->len, &a);
	gone = a.outcome == WATCH_GONE;
	watch_answer_clear(&a);
	return gone;
}

/* What it is asked before it has refused anything. */
static enum watch_form
first_form(const struct watch_desk *d)
{
	return d->watch->batch > 1 ? WATCH_FORM_BATCH : WATCH_FORM_POST;
}

static void
change_form(struct watch_desk *d, int status)
{
	d->form = watch_form_next(d->form);
	if (d->form == WATCH_FORM_BATCH)
		d->form = first_form(d);
	d->form_until_us = clock_mono_us() + FORM_US;
	log_info("watch.form", "service=%s form=%s status=%d",
	    watch_service_name(d->service), watch_form_name(d->form), status);
}

/* Whether the request was refused for its form, and will be made in another.
 * A tracker that takes none of them is out of order. */
static bool
take_refusal(struct watch_out *out, const struct http_answer *http)
{
	struct watch_desk *d = out->desk;

	if (d->service != WATCH_TRACKER || http->status == 200 ||
	    !watch_form_is_refused(out->form, http->status, is_gone(http))) {
		d->form_tries = 0;
		return false;
	}
	if (out->form == d->form) {
		change_form(d, http->status);
		d->form_tries++;
	}
	if (d->form_tries >= WATCH_FORMS) {
		d->form_tries = 0;
		return false;
	}
	put_back(out);
	return true;
}

static void
on_done(const struct http_answer *http, void *arg)
{
	struct watch_out *out = arg;
	struct watch_desk *d = out->desk;
	struct watch_answer silence;

	out->call = NULL;
	if (http->status == 0) {
		watch_read_silence(http->why, &silence);
		fail(out, &silence);
	} else if (!take_rest(out, http) && !take_refusal(out, http)) {
		if (is_batch(d, out->form))
			take_batch(out, http);
		else
			take_one(out, http);
	}
	out_free(out);
	watch_desk_wake(d);
}

/* -- what goes out ----------------------------------------------------------
 */

static void
write_request(
    const struct watch_desk *d, struct watch_out *out, struct watch_request *r)
{
	const struct watch_question *questions[WATCH_MAX_BATCH];
	const struct watch_ask *ask;
	size_t n = 0;

	TAILQ_FOREACH(ask, &out->asks, link)
	questions[n++] = &ask->question;
	switch (d->service) {
	case WATCH_TRACKER:
		watch_wire_metrics(out->form, questions, n, r);
		return;
	case WATCH_DETECTOR:
		watch_wire_detect(questions[0], d->watch->frames, r);
		return;
	case WATCH_MODERATOR:
		watch_wire_moderate(questions[0], r);
		return;
	case WATCH_AUDIENCE:
	case WATCH_SERVICES:
		break;
	}
	watch_wire_followers(questions[0], d->watch->sample, r);
}

static void
send_out(struct watch_desk *d, struct watch_out *out)
{
	struct watch_request r;
	const char *headers[4] = {"Accept: application/json"};
	struct http_call_options options = {
	    .headers = headers,
	    .timeout_ms = (int)d->timeout_ms,
	    .is_untimed = true,
	    .max_answer = out->n > 1 ? MAX_BATCH_ANSWER : MAX_ANSWER,
	};
	size_t n = 1;

	write_request(d, out, &r);
	if (r.body != NULL)
		headers[n++] = "Content-Type: application/json";
	headers[n] = d->authorization;
	options.method = r.method;
	options.url = xasprintf("%s%s", d->url, r.path);
	options.body = r.body;
	options.body_len = r.body != NULL ? strlen(r.body) : 0;
	out->call = http_call_start(d->client, &options, on_done, out);
	free((char *)options.url);
	watch_request_clear(&r);
	watch_pace_sent(&d->pace, clock_mono_us());
	d->requests++;
	metric_add(d->sent, 1);
}

static bool
has_budget(struct watch_ask *ask)
{
	struct watch_budget *budget = ask->question.budget;
	int64_t *left;

	if (budget == NULL || ask->is_paid)
		return true;
	left = &budget->left[ask->desk->service];
	if (*left <= 0)
		return false;
	--*left;
	ask->is_paid = true;
	return true;
}

/* Whether it can go where the others are: a post is in a batch once. */
static bool
fits(const struct watch_asks *asks, const struct watch_question *q)
{
	const struct watch_ask *other;

	TAILQ_FOREACH(other, asks, link)
	{
		if (other->question.wants_media != q->wants_media ||
		    (strcmp(other->question.id, q->id) == 0 &&
			strcmp(other->question.platform, q->platform) == 0))
			return false;
	}
	return true;
}

/* As many as one request takes, of those that wait; NULL: none. */
static struct watch_out *
gather(struct watch_desk *d)
{
	size_t most = is_batch(d, d->form) ? d->watch->batch : 1;
	struct watch_out *out = xcalloc(1, sizeof(*out));
	struct watch_ask *ask;

	out->desk = d;
	out->form = d->form;
	TAILQ_INIT(&out->asks);
	while (out->n < most && (ask = TAILQ_FIRST(&d->waiting)) != NULL) {
		if (!fits(&out->asks, &ask->question))
			break;
		if (!has_budget(ask)) {
			watch_unanswered(ask, WATCH_BLAME_NOBODY, "budget");
			continue;
		}
		watch_move(ask, &out->asks);
		out->n++;
	}
	if (out->n == 0) {
		free(out);
		return NULL;
	}
	LIST_INSERT_HEAD(&d->outs, out, link);
	d->n_out++;
	return out;
}

static void
give_up_all(struct watch_desk *d)
{
	struct watch_ask *ask;

	while ((ask = TAILQ_FIRST(&d->waiting)) != NULL)
		watch_unanswered(
		    ask, WATCH_BLAME_NOBODY, "the service is left alone");
}

static void
give_up_late(struct watch_desk *d, int64_t now_us)
{
	struct watch_ask *ask;

	while ((ask = TAILQ_FIRST(&d->waiting)) != NULL &&
	       ask->deadline_us <= now_us)
		watch_unanswered(ask, WATCH_BLAME_NOBODY, "it waited too long");
}

/* Look again when the pace lets the next one out, or the first has waited for
 * too long. */
static void
look_later(struct watch_desk *d, int64_t pace_us, int64_t now_us)
{
	const struct watch_ask *first = TAILQ_FIRST(&d->waiting);
	int64_t us;
	struct timeval tv;

	if (first == NULL)
		return;
	us = first->deadline_us - now_us;
	if (pace_us > 0 && pace_us < us)
		us = pace_us;
	tv.tv_sec = us / 1000000;
	tv.tv_usec = us % 1000000;
	event_add(d->look, &tv);
}

static void
look(struct watch_desk *d)
{
	int64_t now_us = clock_mono_us(), wait_us = 0;
	struct watch_out *out;

	if (now_us >= d->form_until_us)
		d->form = first_form(d);
	if (watch_pace_is_out(&d->pace, now_us))
		give_up_all(d);
	give_up_late(d, now_us);
	while (d->n_out < watch_pace_room(&d->pace, d->at_once, now_us)) {
		wait_us = watch_pace_wait(&d->pace, now_us);
		if (wait_us > 0)
			break;
		out = gather(d);
		if (out == NULL)
			break;
		send_out(d, out);
	}
	look_later(d, wait_us, now_us);
}

static void
on_look(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	look(arg);
}

/* Once for all that is asked in this turn of the loop. */
void
watch_desk_wake(struct watch_desk *d)
{
	event_active(d->look, EV_TIMEOUT, 1);
}

/* -- the whole --------------------------------------------------------------
 */

static bool
begins_with(const char *text, const char *start)
{
	return strncmp(text, start, strlen(start)) == 0;
}

static int
set_url(
    struct watch_desk *d, const char *url, bool development, struct err *err)
{
	size_t len = strlen(url);

	if (!begins_with(url, "https://") && !begins_with(url, "http://"))
		return err_set(err, "\"%s\" is no http or https address", url);
	if (!begins_with(url, "https://") && !development)
		return err_set(
		    err, "\"%s\": plain http is for development", url);
	d->url = xstrndup(url, url[len - 1] == '/' ? len - 1 : len);
	return 0;
}

static struct metric *
counter(const struct watch_desk *d, struct metrics *metrics, const char *name,
    const char *outcome, const char *help)
{
	char labels[96];

	snprintf(labels, sizeof(labels), "service=\"%s\"%s%s%s",
	    watch_service_name(d->service),
	    outcome != NULL ? ",outcome=\"" : "",
	    outcome != NULL ? outcome : "", outcome != NULL ? "\"" : "");
	return metrics_counter(metrics, name, labels, help);
}

static void
make_metrics(struct watch_desk *d, struct metrics *metrics)
{
	char labels[64];

	d->sent = counter(d, metrics, "subnetd_watch_requests_total", NULL,
	    "Requests to the services that watch posts.");
	for (int i = 0; i <= WATCH_UNAVAILABLE; i++)
		d->answered[i] = counter(d, metrics,
		    "subnetd_watch_answers_total", watch_outcome_name(i),
		    "Questions to them, by what came of each.");
	snprintf(labels, sizeof(labels), "service=\"%s\"",
	    watch_service_name(d->service));
	d->is_out = metrics_gauge(metrics, "subnetd_watch_out", labels,
	    "1: the service is left alone, as it fails.");
}

/* Who follows whom is the tracker's, unless somebody else is named. */
static const struct watch_service_setup *
setup_of(const struct watch_setup *setup, enum watch_service service)
{
	const char *url = setup->services[service].url;

	if (service == WATCH_AUDIENCE && (url == NULL || *url == '\0'))
		service = WATCH_TRACKER;
	return &setup->services[service];
}

static int64_t
or_else(int64_t value, int64_t otherwise)
{
	return value > 0 ? value : otherwise;
}

int
watch_desk_init(struct watch_desk *d, struct watch *w,
    enum watch_service service, const struct watch_setup *setup,
    struct err *err)
{
	const struct watch_service_setup *own = setup_of(setup, service);
	struct http_client_options options = {
	    .allow_private = setup->development};
	const struct breaker_policy patience = {
	    .after = (int)or_else(setup->failures, FAILURES),
	    .eject_us = or_else(setup->out_ms, OUT_MS) * 1000};

	d->watch = w;
	d->service = service;
	d->at_once = (size_t)or_else((int64_t)own->at_once, AT_ONCE);
	d->timeout_ms = or_else(own->timeout_ms, TIMEOUT_MS);
	d->wait_ms = or_else(own->wait_ms, WAIT_MS);
	TAILQ_INIT(&d->waiting);
	LIST_INIT(&d->outs);
	watch_pace_init(&d->pace, own->per_minute, &patience);
	d->look = evtimer_new(setup->base, on_look, d);
	make_metrics(d, setup->metrics);
	if (own->url == NULL || *own->url == '\0')
		return 0;
	if (set_url(d, own->url, setup->development, err) != 0)
		return err_wrap(err, "%s", watch_service_name(service));
	options.max_connections = options.max_host_connections = d->at_once;
	d->client = http_client_new(setup->base, &options);
	if (own->key != NULL && *own->key != '\0')
		d->authorization =
		    xasprintf("Authorization: Bearer %s", own->key);
	return 0;
}

void
watch_desk_clear(struct watch_desk *d)
{
	struct watch_out *out;
	struct watch_ask *ask;

	while ((out = LIST_FIRST(&d->outs)) != NULL) {
		put_back(out);
		out_free(out);
	}
	while ((ask = TAILQ_FIRST(&d->waiting)) != NULL)
		watch_cancel(ask);
	http_client_free(d->client);
	if (d->look != NULL)
		event_free(d->look);
	if (d->authorization != NULL)
		sodium_memzero(d->authorization, strlen(d->authorization));
	free(d->authorization);
	free(d->url);
	d->client = NULL;
}

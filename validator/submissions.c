/*
 * One look after the other: note, claim a lot, ask about each, write down,
 * claim the next lot until none is due.
 */
#include "validator/submissions.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "common/breaker.h"
#include "common/clock.h"
#include "common/err.h"
#include "common/http_client.h"
#include "common/log.h"
#include "common/metrics.h"
#include "common/xalloc.h"
#include "validator/store_submissions.h"
#include "validator/submissions_answer.h"

enum { ASK_MS = 10000, MAX_ANSWER = 65536, STATUS_OK = 200 };

static const char path[] = "/model_submission_details?";

/* Lots in a row without a single answer. */
static const struct breaker_policy patience = {
    .after = 3, .eject_us = 10000000};

/* A question that is out, or whose answer is being written down. */
struct asking {
	LIST_ENTRY(asking) link;
	struct submissions *of;
	struct http_call *call; /* NULL: it has ended */
	char *hotkey, *text, *state;
};

enum state {
	IDLE,
	READING, /* which commitments are new */
	NOTING,
	CLAIMING,
	ASKING,
};

struct submissions {
	struct store *store;
	struct http_client *client;
	char *url, *header; /* of the key, or NULL */
	size_t at_once;
	int64_t retry_us, refresh_us;
	enum state state;
	bool woken; /* while busy: look again when done */
	bool closed;
	struct breaker breaker;
	size_t lot; /* questions that may be out at once, of this lot */
	size_t n_lot;
	bool answered; /* any of the lot */
	size_t writing;
	LIST_HEAD(askings, asking) askings;
	struct metric *asked, *unanswered, *open;
};

static void claim(struct submissions *);

static void
rest(struct submissions *s)
{
	s->state = IDLE;
	if (!s->woken)
		return;
	s->woken = false;
	submissions_wake(s);
}

/* -- asking ------------------------------------------------------------- */

static void
asking_free(struct asking *a)
{
	LIST_REMOVE(a, link);
	if (a->call != NULL)
		http_call_cancel(a->call);
	free(a->hotkey);
	free(a->text);
	free(a->state);
	free(a);
}

static void
end_lot(struct submissions *s)
{
	int64_t now_us = clock_mono_us();
	bool was_out = s->breaker.ejected_us != 0;
	bool turned = s->answered
			  ? breaker_deliver(&s->breaker, now_us) && was_out
			  : breaker_fail(&s->breaker, &patience, now_us);

	metric_set(s->open, s->breaker.ejected_us != 0);
	if (turned && s->answered)
		log_info("submissions.resumed", "lot=%zu", s->n_lot);
	else if (turned)
		log_warn("submissions.paused", "why=\"no answer\"");
	if (s->answered && s->n_lot == s->lot && !s->closed)
		claim(s);
	else
		rest(s);
}

static void
on_written(enum store_outcome outcome, const char *why, void *arg)
{
	struct asking *a = arg;
	struct submissions *s = a->of;

	if (outcome == STORE_FAILED)
		log_warn("submission.not_stored", "hotkey=%s why=\"%s\"",
		    a->hotkey, why);
	asking_free(a);
	if (LIST_EMPTY(&s->askings))
		end_lot(s);
}

static void
take_answer(struct asking *a, const struct submissions_answer *answer)
{
	const char *state = submission_state_name(answer->state);

	a->of->answered = true;
	metric_add(a->of->asked, 1);
	if (strcmp(state, a->state) != 0)
		log_info("submission.answered",
		    "hotkey=%s from=%s to=%s score=%g", a->hotkey, a->state,
		    state, answer->score);
	store_answer_submission(a->of->store, a->hotkey, a->text, answer,
	    clock_wall_us(), on_written, a);
}

static void
take_silence(struct asking *a, const char *why)
{
	metric_add(a->of->unanswered, 1);
	log_warn(
	    "submission.unanswered", "hotkey=%s why=\"%s\"", a->hotkey, why);
	store_leave_submission(
	    a->of->store, a->hotkey, a->text, why, on_written, a);
}

static void
on_answer(const struct http_answer *http, void *arg)
{
	struct submissions_answer answer;
	struct asking *a = arg;
	struct err err;

	a->call = NULL;
	if (http->status == STATUS_OK && submissions_read_answer(http->body,
					     http->len, &answer, &err) == 0) {
		take_answer(a, &answer);
		return;
	}
	if (http->status == 0)
		err_set(&err, "%s", http->why);
	else if (http->status != STATUS_OK)
		err_set(&err, "status %d", http->status);
	/* It is there, and does not know this one. */
	a->of->answered |=
	    http->status >= 400 && http->status < 500 && http->status != 429;
	take_silence(a, err.text);
}

static void
ask(struct submissions *s, const struct store_submission *row)
{
	struct asking *a = xcalloc(1, sizeof(*a));
	char *url = xasprintf("%s%s%s", s->url, path, row->query);
	const char *const headers[] = {
	    "Accept: application/json", s->header, NULL};
	const struct http_call_options options = {
	    .method = "GET",
	    .url = url,
	    .headers = headers,
	    .timeout_ms = ASK_MS,
	    .max_answer = MAX_ANSWER,
	};

	a->of = s;
	a->hotkey = xstrdup(row->hotkey);
	a->text = xstrdup(row->text);
	a->state = xstrdup(row->state);
	LIST_INSERT_HEAD(&s->askings, a, link);
	a->call = http_call_start(s->client, &options, on_answer, a);
	free(url);
}

static void
on_claimed(
    const struct store_submission *rows, size_t n, const char *why, void *arg)
{
	struct submissions *s = arg;

	if (why != NULL)
		log_warn("submissions.not_read", "why=\"%s\"", why);
	if (n == 0) {
		rest(s);
		return;
	}
	s->state = ASKING;
	s->n_lot = n;
	s->answered = false;
	for (size_t i = 0; i < n; i++)
		ask(s, &rows[i]);
}

/* One, to see whether the service is there again. */
static size_t
lot_size(const struct submissions *s)
{
	switch (breaker_state(&s->breaker, clock_mono_us())) {
	case BREAKER_OUT:
		return 0;
	case BREAKER_HALF_OPEN:
		return 1;
	default:
		return s->at_once;
	}
}

static void
claim(struct submissions *s)
{
	int64_t now_us = clock_wall_us();

	s->lot = lot_size(s);
	if (s->lot == 0) {
		rest(s);
		return;
	}
	s->state = CLAIMING;
	store_claim_submissions(s->store, now_us, now_us - s->retry_us,
	    now_us - s->refresh_us, s->lot, on_claimed, s);
}

/* -- noting ------------------------------------------------------------- */

static void
on_noted(enum store_outcome outcome, const char *why, void *arg)
{
	struct submissions *s = arg;

	if (outcome == STORE_FAILED)
		log_warn("submission.not_noted", "why=\"%s\"", why);
	s->writing--;
	if (s->writing == 0)
		claim(s);
}

static void
note(struct submissions *s, const struct store_submission *row)
{
	struct submissions_text text;

	submissions_read_text(row->text, row->hotkey, &text);
	log_info("submission.noted",
	    "hotkey=%s block=%lld repo=%s wrong=\"%s\"", row->hotkey,
	    (long long)row->block, text.repo,
	    text.wrong != NULL ? text.wrong : "");
	store_note_submission(
	    s->store, row, &text, clock_wall_us(), on_noted, s);
	submissions_text_clear(&text);
}

static void
on_new(
    const struct store_submission *rows, size_t n, const char *why, void *arg)
{
	struct submissions *s = arg;

	if (why != NULL) {
		log_warn("submissions.not_read", "why=\"%s\"", why);
		rest(s);
		return;
	}
	s->state = NOTING;
	s->writing = n;
	for (size_t i = 0; i < n; i++)
		note(s, &rows[i]);
	if (n == 0)
		claim(s);
}

void
submissions_wake(struct submissions *s)
{
	if (s == NULL || s->closed)
		return;
	if (s->state != IDLE) {
		s->woken = true;
		return;
	}
	s->state = READING;
	store_read_submissions(s->store, on_new, s);
}

/* -- the whole ---------------------------------------------------------- */

static bool
begins_with(const char *text, const char *start)
{
	return strncmp(text, start, strlen(start)) == 0;
}

static int
check_url(const struct submissions_setup *setup, struct err *err)
{
	if (begins_with(setup->url, "https://"))
		return 0;
	if (!begins_with(setup->url, "http://"))
		return err_set(
		    err, "\"%s\" is no http or https address", setup->url);
	if (!setup->development)
		return err_set(err, "plain http is for development");
	return 0;
}

static char *
without_slash(const char *url)
{
	size_t len = strlen(url);

	return xstrndup(url, len > 0 && url[len - 1] == '/' ? len - 1 : len);
}

struct submissions *
submissions_new(const struct submissions_setup *setup, struct err *err)
{
	const struct http_client_options client = {
	    .allow_private = setup->development,
	    .max_connections = setup->at_once,
	    .max_host_connections = setup->at_once,
	};
	const char name[] = "subnetd_submissions_asked_total";
	const char help[] = "Questions to the service that scores submissions.";
	struct submissions *s;

	if (check_url(setup, err) != 0)
		return NULL;
	s = xcalloc(1, sizeof(*s));
	LIST_INIT(&s->askings);
	s->store = setup->store;
	s->client = http_client_new(setup->base, &client);
	s->url = without_slash(setup->url);
	if (setup->key != NULL)
		s->header = xasprintf("Authorization: Bearer %s", setup->key);
	s->at_once = setup->at_once;
	s->retry_us = setup->retry_us;
	s->refresh_us = setup->refresh_us;
	s->asked =
	    metrics_counter(setup->metrics, name, "outcome=\"answered\"", help);
	s->unanswered = metrics_counter(
	    setup->metrics, name, "outcome=\"unanswered\"", help);
	s->open = metrics_gauge(setup->metrics, "subnetd_submissions_paused",
	    NULL, "1: the service is left alone, as it does not answer.");
	return s;
}

void
submissions_free(struct submissions *s)
{
	struct asking *a;

	if (s == NULL)
		return;
	while ((a = LIST_FIRST(&s->askings)) != NULL)
		asking_free(a);
	http_client_free(s->client);
	if (s->header != NULL)
		sodium_memzero(s->header, strlen(s->header));
	free(s->header);
	free(s->url);
	free(s);
}

void
submissions_close(struct submissions *s)
{
	if (s == NULL)
		return;
	s->closed = true;
	s->woken = false;
}

bool
submissions_is_idle(const struct submissions *s)
{
	return s == NULL || s->state == IDLE;
}

/* Webhooks delivered from the outbox. */
#include "orchestrator/webhooks.h"

#include <event2/event.h>
#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "common/buf.h"
#include "common/clock.h"
#include "common/err.h"
#include "common/http_client.h"
#include "common/log.h"
#include "common/metrics.h"
#include "common/retry_after.h"
#include "common/xalloc.h"
#include "orchestrator/dippy_told.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/result_url.h"
#include "orchestrator/store.h"
#include "orchestrator/store_op.h"
#include "orchestrator/store_webhooks.h"
#include "orchestrator/webhooks_body.h"
#include "orchestrator/webhooks_plan.h"
#include "orchestrator/webhooks_request.h"
#include "orchestrator/webhooks_seal.h"

enum {
	MOST = 64,		 /* under way here */
	MOST_OF_ONE = 4,	 /* of them, to one receiver */
	MOST_ANSWER = 64 * 1024, /* bytes; it is not looked at */
	LOOK_MS = 1000,
	AGE_EVERY = 5,	 /* looks */
	TRIM_EVERY = 60, /* looks */
	TRIM_LOT = 1000, /* rows */
	KEEP_DAYS = 7,	 /* what has ended */
	LEASE_TRIES = 2, /* times that a try may last */
};

struct webhooks {
	struct orchestrator *o;
	const struct webhooks_key *key;
	struct webhooks_options options;
	struct http_client *client;
	struct event *timer;
	LIST_HEAD(, sending) sendings;
	int n;
	bool is_asked; /* the database, for what is due */
	bool again;    /* as soon as it has answered */
	int looks;
	struct metric *over[4]; /* by verdict */
	struct metric *oldest, *overdue;
};

/* One that is ours. */
struct sending {
	LIST_ENTRY(sending) link;
	struct webhooks *w;
	char id[UUID_TEXT], job_id[UUID_TEXT];
	char event[32];
	char *url, *receiver, *tenant;
	int64_t created_us;
	int tries;
	bool is_named; /* its URL, by the job */
	struct webhook_secret secrets[2];
	size_t n_secrets;
	int status;		       /* that it was answered with */
	enum webhooks_verdict verdict; /* until that is written */
	char why[96];
};

static void claim(struct webhooks *);
static void on_trimmed(const struct pg_answer *, void *);

static void
sending_free(struct sending *s)
{
	LIST_REMOVE(s, link);
	s->w->n--;
	sodium_memzero(s->secrets, sizeof(s->secrets));
	free(s->url);
	free(s->receiver);
	free(s->tenant);
	free(s);
}

/* -- the end of a try ---------------------------------------------------- */

static void
on_outcome(const struct pg_answer *answer, void *arg)
{
	struct sending *s = arg;
	struct webhooks *w = s->w;

	/* What could not be written is due again when it is nobody's. */
	if (store_is_done(answer, "webhook_outcome") &&
	    PQntuples(answer->results[0]) > 0) {
		metric_add(w->over[s->verdict], 1);
		log_event(
		    s->verdict == WEBHOOKS_DELIVERED ? LOG_INFO : LOG_WARN,
		    "webhook.try",
		    "id=%s event=%s job=%s receiver=%s try=%d verdict=%s "
		    "status=%d why=\"%s\"",
		    s->id, s->event, s->job_id[0] != '\0' ? s->job_id : "-",
		    s->receiver, s->tries, webhooks_verdict_name(s->verdict),
		    s->status, s->why);
	}
	sending_free(s);
	claim(w);
}

static void
write_outcome(struct sending *s, int64_t wait_ms)
{
	struct webhook_outcome outcome = {
	    .id = s->id,
	    .tries = s->tries,
	    .status = s->status,
	    .why = s->why[0] != '\0' ? s->why : NULL,
	};

	if (s->verdict == WEBHOOKS_RETRY)
		outcome.next_us = clock_wall_us() + wait_ms * 1000;
	if (s->verdict == WEBHOOKS_GONE)
		store_webhook_gone(s->w->o, s->id, s->status, on_outcome, s);
	else
		store_webhook_outcome(s->w->o, &outcome, on_outcome, s);
}

/* It will never be sent. */
static void
end(struct sending *s, const char *why)
{
	snprintf(s->why, sizeof(s->why), "%s", why);
	s->verdict = WEBHOOKS_GIVEN_UP;
	write_outcome(s, 0);
}

/* status 0: it was not answered, why says it. */
static void
judge(struct sending *s, int status, const char *retry_after, const char *why)
{
	struct webhooks *w = s->w;
	int64_t after_ms = retry_after_ms(retry_after, clock_wall_ms());

	s->status = status;
	s->verdict = webhooks_judge(status, s->tries);
	if (s->verdict != WEBHOOKS_DELIVERED && status != 0)
		snprintf(s->why, sizeof(s->why), "answered with %d", status);
	else if (s->verdict != WEBHOOKS_DELIVERED)
		snprintf(s->why, sizeof(s->why), "%s", why);
	write_outcome(s, webhooks_wait_ms(w->options.first_ms, s->tries, status,
			     after_ms, randombytes_random()));
}

static void
on_answer(const struct http_answer *answer, void *arg)
{
	struct sending *s = arg;

	judge(s, answer->status, answer->status != 0 ? answer->retry_after : "",
	    answer->why);
}

/* -- a try --------------------------------------------------------------- */

static void
send_body(struct sending *s, const char *body)
{
	char id[64], timestamp[64];
	struct buf signature = {0};
	const char *headers[] = {"Content-Type: application/json",
	    "User-Agent: subnetd", id, timestamp, NULL, NULL};
	struct http_call_options options = {
	    .method = "POST",
	    .url = s->url,
	    .headers = headers,
	    .body = body,
	    .body_len = strlen(body),
	    .timeout_ms = s->w->options.timeout_ms,
	    .max_answer = MOST_ANSWER,
	};
	int64_t now_s = clock_wall_us() / 1000000;
	char *line;

	snprintf(id, sizeof(id), "webhook-id: msg_%s", s->id);
	snprintf(timestamp, sizeof(timestamp), "webhook-timestamp: %lld",
	    (long long)now_s);
	webhook_sign(s->secrets, s->n_secrets, id + strlen("webhook-id: "),
	    now_s, body, strlen(body), &signature);
	line = xasprintf("webhook-signature: %s", buf_str(&signature));
	headers[4] = line;
	http_call_start(s->w->client, &options, on_answer, s);
	free(line);
	buf_free(&signature);
}

static void
send_data(struct sending *s, json_t *data, json_t *more)
{
	char *body = webhooks_body(s->event, s->created_us, data, more);

	send_body(s, body);
	free(body);
	json_decref(data);
	json_decref(more);
}

/* What its door's receivers know beside the standard's members; or NULL. */
static json_t *
more_of(const struct sending *s, const char *form, const json_t *job)
{
	char *url;
	json_t *more;

	if (!s->is_named || strcmp(form, "dippy") != 0)
		return NULL;
	url = result_url(
	    s->w->o, s->job_id, clock_wall_us() / 1000000 + KEEP_DAYS * 86400);
	more = dippy_told(job, url);
	free(url);
	return more;
}

/* The job as it is now, which is how it has ended. */
static void
on_job(const struct pg_answer *answer, void *arg)
{
	struct sending *s = arg;
	json_t *job;

	if (answer->outcome != PG_DONE) {
		judge(s, 0, "", "the database is away");
		return;
	}
	if (PQntuples(answer->results[0]) == 0) {
		end(s, "the job is no longer there");
		return;
	}
	job = json_loads(pg_text(answer->results[0], 0, "body"), 0, NULL);
	if (job != NULL)
		send_data(s, job,
		    more_of(s, pg_text(answer->results[0], 0, "webhook_form"),
			job));
	else
		end(s, "the job cannot be shown");
}

static void
begin(struct sending *s)
{
	if (s->job_id[0] != '\0')
		store_job_show(s->w->o, s->job_id, s->tenant, on_job, s);
	else
		send_data(s, json_pack("{s:s}", "webhook", "test"), NULL);
}

/* -- its secrets --------------------------------------------------------- */

/* Of a row with secret and old_secret; the old one is no loss. */
static int
open_secrets(struct sending *s, const char *id, const PGresult *res, int row)
{
	const struct webhooks_key *key = s->w->key;

	if (webhooks_unseal(
		key, id, pg_text(res, row, "secret"), &s->secrets[0]) != 0)
		return -1;
	s->n_secrets = 1;
	if (!pg_is_null(res, row, "old_secret") &&
	    webhooks_unseal(
		key, id, pg_text(res, row, "old_secret"), &s->secrets[1]) == 0)
		s->n_secrets = 2;
	return 0;
}

/* Another key sealed them: an operator must look, and may put it right. */
static void
begin_with(struct sending *s, const char *id, const PGresult *res, int row)
{
	if (open_secrets(s, id, res, row) == 0) {
		begin(s);
		return;
	}
	log_error("webhook.sealed",
	    "webhook=%s why=\"its secret was not sealed with the key of "
	    "orchestrator.webhook_key\"",
	    id);
	judge(s, 0, "", "its secret cannot be opened");
}

static void
on_unnamed(const struct pg_answer *answer, void *arg)
{
	struct sending *s = arg;
	const PGresult *res;

	if (answer->outcome != PG_DONE) {
		judge(s, 0, "", "the database is away");
		return;
	}
	res = answer->results[0];
	begin_with(s, pg_text(res, 0, "id"), res, 0);
}

/* The first that is sent to a URL which a job of this tenant named. */
static void
make_secret(struct sending *s)
{
	struct webhook_secret secret;
	char id[UUID_TEXT], *sealed;
	struct webhook_row row = {.id = id, .tenant = s->tenant};

	uuid_new(id);
	webhooks_secret_new(&secret);
	sealed = webhooks_seal(s->w->key, id, &secret);
	row.secret = sealed;
	store_webhook_unnamed(s->w->o, &row, on_unnamed, s);
	sodium_memzero(&secret, sizeof(secret));
	free(sealed);
}

/* -- taking what is due -------------------------------------------------- */

static struct sending *
sending_new(struct webhooks *w, const PGresult *res, int i)
{
	struct sending *s = xcalloc(1, sizeof(*s));

	s->w = w;
	snprintf(s->id, sizeof(s->id), "%s", pg_text(res, i, "id"));
	snprintf(s->job_id, sizeof(s->job_id), "%s", pg_text(res, i, "job_id"));
	snprintf(s->event, sizeof(s->event), "%s", pg_text(res, i, "event"));
	s->url = xstrdup(pg_text(res, i, "url"));
	s->receiver = xstrdup(pg_text(res, i, "receiver"));
	s->tenant = xstrdup(pg_text(res, i, "tenant"));
	s->created_us = pg_int(res, i, "created_us");
	s->tries = (int)pg_int(res, i, "tries");
	s->is_named = pg_bool(res, i, "named");
	LIST_INSERT_HEAD(&w->sendings, s, link);
	w->n++;
	return s;
}

static void
take(struct webhooks *w, const PGresult *res, int i)
{
	struct sending *s = sending_new(w, res, i);

	if (pg_bool(res, i, "is_off"))
		end(s, "the endpoint is off");
	else if (!pg_is_null(res, i, "webhook"))
		begin_with(s, pg_text(res, i, "webhook"), res, i);
	else
		make_secret(s);
}

static void
on_claimed(const struct pg_answer *answer, void *arg)
{
	struct webhooks *w = arg;
	bool again = w->again;

	w->is_asked = false;
	w->again = false;
	if (!store_is_done(answer, "webhook_claim"))
		return;
	for (int i = 0; i < PQntuples(answer->results[0]); i++)
		take(w, answer->results[0], i);
	if (again)
		claim(w);
}

/* Receivers of what is under way, each once, and how many. */
static size_t
list_busy(const struct webhooks *w, struct webhook_busy busy[MOST])
{
	const struct sending *s;
	size_t n = 0;

	LIST_FOREACH(s, &w->sendings, link)
	{
		size_t i = 0;

		while (i < n && strcmp(busy[i].receiver, s->receiver) != 0)
			i++;
		if (i == n)
			busy[n++] = (struct webhook_busy){s->receiver, 0};
		busy[i].n++;
	}
	return n;
}

static void
claim(struct webhooks *w)
{
	struct webhook_busy busy[MOST];
	struct webhook_room room = {
	    .all = MOST - w->n,
	    .of_one = MOST_OF_ONE,
	    .busy = busy,
	};

	if (w->is_asked) {
		w->again = true;
		return;
	}
	if (!w->key->is_set || w->o->service.draining || room.all <= 0 ||
	    !pg_is_up(w->o->back))
		return;
	room.n_busy = list_busy(w, busy);
	room.until_us = clock_wall_us() +
			(int64_t)LEASE_TRIES * w->options.timeout_ms * 1000;
	w->is_asked = true;
	store_webhook_claim(w->o, &room, on_claimed, w);
}

void
webhooks_kick(struct webhooks *w)
{
	claim(w);
}

/* -- by the clock -------------------------------------------------------- */

static void
on_age(const struct pg_answer *answer, void *arg)
{
	struct webhooks *w = arg;
	const PGresult *res;
	int64_t due_us;

	if (!store_is_done(answer, "webhook_age"))
		return;
	res = answer->results[0];
	due_us = pg_int(res, 0, "due_us"); /* null is 0 */
	metric_since(w->oldest, pg_int(res, 0, "since_us"));
	metric_since(w->overdue, due_us <= clock_wall_us() ? due_us : 0);
}

static void
trim(struct webhooks *w)
{
	int64_t keep_us = KEEP_DAYS * 86400 * INT64_C(1000000);

	store_webhook_trim(
	    w->o, clock_wall_us() - keep_us, TRIM_LOT, on_trimmed, w);
}

/* As long as there are more. */
static void
on_trimmed(const struct pg_answer *answer, void *arg)
{
	if (store_is_done(answer, "webhook_trim") &&
	    pg_int(answer->results[0], 0, "n") == TRIM_LOT)
		trim(arg);
}

static void
on_look(evutil_socket_t fd, short what, void *arg)
{
	struct webhooks *w = arg;
	struct orchestrator *o = w->o;
	int look;

	(void)fd;
	(void)what;
	if (!pg_is_up(o->back))
		return;
	look = w->looks++;
	claim(w);
	if (look % AGE_EVERY == 0)
		store_webhook_age(o, on_age, w);
	if (look % TRIM_EVERY == 0)
		trim(w);
}

/* -- the whole ----------------------------------------------------------- */

static void
make_metrics(struct webhooks *w)
{
	struct metrics *m = w->o->service.metrics;
	char labels[64];

	for (int i = 0; i <= WEBHOOKS_GONE; i++) {
		snprintf(labels, sizeof(labels), "outcome=\"%s\"",
		    webhooks_verdict_name(i));
		w->over[i] = metrics_counter(m, "subnetd_webhook_tries_total",
		    labels, "Tries to deliver a webhook, by what came of it.");
	}
	w->oldest = metrics_age(m, "subnetd_webhook_oldest_seconds", NULL,
	    "Age of the oldest webhook that is not delivered yet.");
	w->overdue =
	    metrics_age(m, "subnetd_outbox_age_seconds", "outbox=\"webhooks\"",
		"How long the next thing to be handed on has been due.");
}

struct webhooks *
webhooks_new(struct orchestrator *o, const struct webhooks_key *key,
    const struct webhooks_options *options)
{
	struct webhooks *w = xcalloc(1, sizeof(*w));
	struct http_client_options client = {
	    .allow_private = o->development,
	    .max_connections = MOST,
	    .max_host_connections = MOST_OF_ONE,
	};
	struct timeval interval = {LOOK_MS / 1000, LOOK_MS % 1000 * 1000};

	w->o = o;
	w->key = key;
	w->options = *options;
	w->client = http_client_new(o->service.base, &client);
	LIST_INIT(&w->sendings);
	make_metrics(w);
	w->timer = event_new(o->service.base, -1, EV_PERSIST, on_look, w);
	event_add(w->timer, &interval);
	return w;
}

void
webhooks_free(struct webhooks *w)
{
	if (w == NULL)
		return;
	event_free(w->timer);
	http_client_free(w->client);
	while (!LIST_EMPTY(&w->sendings))
		sending_free(LIST_FIRST(&w->sendings));
	free(w);
}

const struct webhooks_key *
webhooks_key(const struct webhooks *w)
{
	return w->key;
}

struct http_client *
webhooks_client(struct webhooks *w)
{
	return w->client;
}

int
webhooks_take(
    struct orchestrator *o, const json_t *request, char **url, struct err *err)
{
	static const char field[] = "webhook_url";
	const json_t *value = json_object_get(request, field);

	*url = NULL;
	if (value == NULL)
		return 0;
	if (!o->webhooks_key.is_set)
		return err_set(err,
		    "%s: there are no webhooks here: the operator has set no "
		    "orchestrator.webhook_key",
		    field);
	*url = webhooks_url(value, field, o->development, err);
	return *url != NULL ? 0 : -1;
}

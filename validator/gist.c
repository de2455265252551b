/*
 * Fetches wait in a line; so many are under way. What a host says of itself
 * (no answer, 5xx, 403, 429) feeds a breaker; what it says of a gist does not.
 */
#include "validator/gist.h"

#include <curl/curl.h>
#include <event2/event.h>
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
#include "common/retry_after.h"
#include "common/xalloc.h"
#include "validator/claim.h"

enum { AT_ONCE = 8, TIMEOUT_MS = 15000, US_PER_MS = 1000 };

/* Fetches in a row that the host has no answer to. */
static const struct breaker_policy patience = {
    .after = 5, .eject_us = 10000000};

struct gist_fetch {
	TAILQ_ENTRY(gist_fetch) link;
	struct gists *of;
	struct http_call *call; /* NULL: it waits, or is told */
	bool is_told;
	char *url; /* the one asked now */
	char etag[GIST_ETAG];
	int redirects;
	int64_t until_us; /* mono: its deadline */
	void (*on_gist)(const struct gist_answer *, void *);
	void *arg;
};

TAILQ_HEAD(fetches, gist_fetch);

struct gists {
	struct http_client *client;
	char *url;
	size_t at_once, max_bytes;
	int timeout_ms, max_redirects;
	struct fetches waiting, asked;
	size_t n_asked;
	struct event *turn; /* somebody waits */
	struct breaker breaker;
	int64_t closed_until_us; /* wall: it said Retry-After; 0: it did not */
	int busy;		 /* callbacks on the stack */
	bool dead;
	struct metric *counts[N_GIST_OUTCOMES], *paused;
};

static const char *const names[N_GIST_OUTCOMES] = {
    [GIST_READ] = "read",
    [GIST_SAME] = "same",
    [GIST_GONE] = "gone",
    [GIST_REFUSED] = "refused",
    [GIST_UNAVAILABLE] = "unavailable",
};

const char *
gist_outcome_name(enum gist_outcome outcome)
{
	return names[outcome];
}

/* -- the whole ----------------------------------------------------------- */

static void
fetch_free(struct gist_fetch *f)
{
	if (f->call != NULL)
		http_call_cancel(f->call);
	free(f->url);
	free(f);
}

static void
free_all(struct fetches *list)
{
	struct gist_fetch *f;

	while ((f = TAILQ_FIRST(list)) != NULL) {
		TAILQ_REMOVE(list, f, link);
		fetch_free(f);
	}
}

static void
destroy(struct gists *g)
{
	free_all(&g->waiting);
	free_all(&g->asked);
	http_client_free(g->client);
	event_free(g->turn);
	free(g->url);
	free(g);
}

void
gists_free(struct gists *g)
{
	if (g == NULL)
		return;
	g->dead = true;
	if (g->busy == 0)
		destroy(g);
}

static void
leave(struct gists *g)
{
	if (--g->busy == 0 && g->dead)
		destroy(g);
}

static void
take_turn(struct gists *g)
{
	if (!TAILQ_EMPTY(&g->waiting))
		event_active(g->turn, EV_TIMEOUT, 1);
}

/* It is on no list. */
static void
tell(struct gist_fetch *f, const struct gist_answer *answer)
{
	struct gists *g = f->of;

	g->busy++;
	metric_add(g->counts[answer->outcome], 1);
	f->is_told = true;
	f->on_gist(answer, f->arg);
	fetch_free(f);
	leave(g);
}

/* -- the host ------------------------------------------------------------ */

static bool
is_closed(const struct gists *g)
{
	int64_t now_us = clock_wall_us();

	return now_us < g->closed_until_us ||
	       breaker_state(&g->breaker, now_us) == BREAKER_OUT;
}

static void
note_failure(struct gists *g, const struct http_answer *http, const char *why)
{
	int64_t now_us = clock_wall_us();
	int64_t ms = retry_after_ms(http->retry_after, now_us / US_PER_MS);

	if (ms > 0 && now_us + ms * US_PER_MS > g->closed_until_us)
		g->closed_until_us = now_us + ms * US_PER_MS;
	if (breaker_fail(&g->breaker, &patience, now_us))
		log_warn("gists.paused", "failures=%d for_ms=%lld why=\"%s\"",
		    g->breaker.streak,
		    (long long)(g->breaker.until_us - now_us) / US_PER_MS, why);
	metric_set(g->paused, is_closed(g));
}

static void
note_success(struct gists *g)
{
	bool was_out = g->breaker.ejected_us != 0;

	if (breaker_deliver(&g->breaker, clock_wall_us()) && was_out)
		log_info("gists.resumed", "failures=0");
	metric_set(g->paused, is_closed(g));
}

/* What it says of itself, not of the gist. */
static bool
is_of_the_host(const struct http_answer *http)
{
	if (http->status == 0)
		return strcmp(http->why, "too_large") != 0 &&
		       strcmp(http->why, "bad_url") != 0 &&
		       strcmp(http->why, "refused_address") != 0;
	return http->status >= 500 || http->status == 429 ||
	       http->status == 403;
}

/* -- answers ------------------------------------------------------------- */

/* One that may be sent as it is: "..", or W/"..". */
static bool
is_etag(const char *text)
{
	size_t len = strlen(text);
	const char *quoted = strncmp(text, "W/", 2) == 0 ? text + 2 : text;

	for (size_t i = 0; i < len; i++) {
		if (text[i] <= ' ' || text[i] > '~')
			return false;
	}
	return len < GIST_ETAG && strlen(quoted) >= 2 && quoted[0] == '"' &&
	       text[len - 1] == '"';
}

static void
take_text(const struct http_answer *http, struct gist_answer *answer)
{
	unsigned char sum[crypto_hash_sha256_BYTES];

	answer->text = http->body;
	answer->len = http->len;
	crypto_hash_sha256(sum, http->body, http->len);
	sodium_bin2hex(
	    answer->sha256, sizeof(answer->sha256), sum, sizeof(sum));
}

static void
read_answer(const struct gist_fetch *f, const struct http_answer *http,
    struct gist_answer *answer)
{
	const char *etag = http_answer_header(http, "ETag");
	bool is_same = http->status == 304 && f->etag[0] != '\0';

	answer->outcome = GIST_UNAVAILABLE;
	if (http->status == 200)
		answer->outcome = GIST_READ;
	else if (is_same)
		answer->outcome = GIST_SAME;
	else if (http->status == 404 || http->status == 410)
		answer->outcome = GIST_GONE;
	else if (http->status == 0 && strcmp(http->why, "too_large") == 0)
		answer->outcome = GIST_REFUSED;
	if (http->status == 200)
		take_text(http, answer);
	if ((http->status == 200 || is_same) && is_etag(etag))
		snprintf(answer->etag, sizeof(answer->etag), "%s", etag);
	else if (is_same)
		snprintf(answer->etag, sizeof(answer->etag), "%s", f->etag);
	if (http->status == 0)
		snprintf(answer->why, sizeof(answer->why), "%s: %.120s",
		    http->why, http->detail);
	else if (http->status != 200 && !is_same)
		snprintf(answer->why, sizeof(answer->why), "status %d",
		    http->status);
}

static bool
is_redirect(int status)
{
	return status == 301 || status == 302 || status == 303 ||
	       status == 307 || status == 308;
}

/* Where it leads from there; the caller frees. NULL: nowhere. */
static char *
resolve(const char *from, const char *location)
{
	CURLU *url = curl_url();
	char *text = NULL, *to = NULL;

	if (location[0] != '\0' &&
	    curl_url_set(url, CURLUPART_URL, from, 0) == CURLUE_OK &&
	    curl_url_set(url, CURLUPART_URL, location, 0) == CURLUE_OK &&
	    curl_url_get(url, CURLUPART_URL, &text, 0) == CURLUE_OK)
		to = xstrdup(text);
	curl_free(text);
	curl_url_cleanup(url);
	return to;
}

static void ask(struct gist_fetch *);

/* Whether it goes on elsewhere. */
static bool
follow(struct gist_fetch *f, const struct http_answer *http)
{
	char *to;

	if (!is_redirect(http->status) || f->redirects == f->of->max_redirects)
		return false;
	to = resolve(f->url, http_answer_header(http, "Location"));
	if (to == NULL)
		return false;
	free(f->url);
	f->url = to;
	f->redirects++;
	ask(f);
	return true;
}

static void
on_answer(const struct http_answer *http, void *arg)
{
	struct gist_answer answer = {.outcome = GIST_UNAVAILABLE};
	struct gist_fetch *f = arg;
	struct gists *g = f->of;

	f->call = NULL;
	if (follow(f, http))
		return;
	TAILQ_REMOVE(&g->asked, f, link);
	g->n_asked--;
	read_answer(f, http, &answer);
	if (is_redirect(http->status))
		snprintf(answer.why, sizeof(answer.why),
		    "more than %d redirects, or one to nowhere",
		    g->max_redirects);
	if (is_of_the_host(http))
		note_failure(g, http, answer.why);
	else
		note_success(g);
	take_turn(g);
	tell(f, &answer);
}

/* -- asking -------------------------------------------------------------- */

static void
ask(struct gist_fetch *f)
{
	struct gists *g = f->of;
	char header[sizeof("If-None-Match: ") + GIST_ETAG];
	const char *const headers[] = {
	    "Accept: text/plain", f->etag[0] != '\0' ? header : NULL, NULL};
	int64_t left_ms = (f->until_us - clock_mono_us()) / US_PER_MS;
	const struct http_call_options options = {
	    .method = "GET",
	    .url = f->url,
	    .headers = headers,
	    .timeout_ms = left_ms > 1 ? left_ms : 1,
	    .max_answer = g->max_bytes,
	};

	snprintf(header, sizeof(header), "If-None-Match: %s", f->etag);
	f->call = http_call_start(g->client, &options, on_answer, f);
}

static void
begin(struct gist_fetch *f)
{
	struct gists *g = f->of;

	TAILQ_REMOVE(&g->waiting, f, link);
	TAILQ_INSERT_TAIL(&g->asked, f, link);
	g->n_asked++;
	f->until_us = clock_mono_us() + (int64_t)g->timeout_ms * US_PER_MS;
	ask(f);
}

static void
leave_alone(struct gist_fetch *f)
{
	const struct gist_answer answer = {.outcome = GIST_UNAVAILABLE,
	    .why = "the host is left alone for a while"};

	TAILQ_REMOVE(&f->of->waiting, f, link);
	tell(f, &answer);
}

/* How many may be under way now. */
static size_t
room(const struct gists *g)
{
	return breaker_state(&g->breaker, clock_wall_us()) == BREAKER_CLOSED
		   ? g->at_once
		   : 1;
}

static void
on_turn(evutil_socket_t fd, short what, void *arg)
{
	struct gists *g = arg;
	struct gist_fetch *f;

	(void)fd;
	(void)what;
	g->busy++;
	while (!g->dead && (f = TAILQ_FIRST(&g->waiting)) != NULL) {
		if (is_closed(g))
			leave_alone(f);
		else if (g->n_asked < room(g))
			begin(f);
		else
			break;
	}
	leave(g);
}

struct gist_fetch *
gist_fetch(struct gists *g, const struct gist_name *name, const char *etag,
    void (*on_gist)(const struct gist_answer *, void *arg), void *arg)
{
	struct gist_fetch *f = xcalloc(1, sizeof(*f));

	f->of = g;
	f->url = gist_name_url(g->url, name);
	if (etag != NULL && is_etag(etag))
		snprintf(f->etag, sizeof(f->etag), "%s", etag);
	f->on_gist = on_gist;
	f->arg = arg;
	TAILQ_INSERT_TAIL(&g->waiting, f, link);
	take_turn(g);
	return f;
}

void
gist_cancel(struct gist_fetch *f)
{
	struct gists *g = f->of;

	if (f->is_told)
		return;
	if (f->call != NULL) {
		TAILQ_REMOVE(&g->asked, f, link);
		g->n_asked--;
	} else {
		TAILQ_REMOVE(&g->waiting, f, link);
	}
	fetch_free(f);
	take_turn(g);
}

bool
gists_is_idle(const struct gists *g)
{
	return TAILQ_EMPTY(&g->waiting) && TAILQ_EMPTY(&g->asked);
}

/* -- made ---------------------------------------------------------------- */

static void
count(struct gists *g, struct metrics *metrics)
{
	char labels[64];

	for (int i = 0; i < N_GIST_OUTCOMES; i++) {
		snprintf(labels, sizeof(labels), "outcome=\"%s\"", names[i]);
		g->counts[i] = metrics_counter(metrics, "subnetd_gists_total",
		    labels, "Miners' gists that were asked for.");
	}
	g->paused = metrics_gauge(metrics, "subnetd_gists_paused", NULL,
	    "1: the host of gists is left alone, as it does not answer.");
}

static char *
take_url(const struct gists_setup *setup, struct err *err)
{
	const char *url = setup->url != NULL ? setup->url : GIST_BASE;
	char *clean = http_url_clean(url, setup->development, err);
	size_t len;

	if (clean == NULL)
		return NULL;
	len = strlen(clean);
	if (clean[len - 1] == '/')
		clean[len - 1] = '\0';
	return clean;
}

struct gists *
gists_new(const struct gists_setup *setup, struct err *err)
{
	size_t at_once = setup->at_once != 0 ? setup->at_once : AT_ONCE;
	const struct http_client_options client = {
	    .allow_private = setup->development,
	    .max_connections = at_once,
	    .max_host_connections = at_once,
	    .ca_file = setup->ca_file,
	};
	char *url = take_url(setup, err);
	struct gists *g;

	if (url == NULL)
		return NULL;
	g = xcalloc(1, sizeof(*g));
	TAILQ_INIT(&g->waiting);
	TAILQ_INIT(&g->asked);
	g->url = url;
	g->client = http_client_new(setup->base, &client);
	g->turn = evtimer_new(setup->base, on_turn, g);
	g->at_once = at_once;
	g->max_bytes =
	    setup->max_bytes != 0 ? setup->max_bytes : CLAIM_MAX_GIST;
	g->timeout_ms = setup->timeout_ms != 0 ? setup->timeout_ms : TIMEOUT_MS;
	g->max_redirects = setup->max_redirects;
	count(g, setup->metrics);
	return g;
}

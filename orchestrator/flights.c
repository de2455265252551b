/* Attempts that this instance has sent: a hash table by id, and by age. */
#include "orchestrator/flights.h"

#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/xalloc.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/store.h"

enum {
	FIRST_BUCKETS = 256, /* powers of two */
	NOTE_MS = 100,	     /* until an acknowledgement is written down */
};

TAILQ_HEAD(flight_list, flight);

struct flights {
	struct orchestrator *o;
	struct flight **buckets;
	size_t n_buckets, n;
	struct flight_list by_age, unnoted, watched;
	size_t n_watched;
	struct event *timer;
};

/* The last digits of an id are random. */
static size_t
bucket_of(const struct flights *f, const char *id)
{
	size_t len = strlen(id);
	char tail[9];

	snprintf(tail, sizeof(tail), "%s", id + (len > 8 ? len - 8 : 0));
	return strtoul(tail, NULL, 16) & (f->n_buckets - 1);
}

static void
grow(struct flights *f)
{
	struct flight **old = f->buckets;
	size_t n = f->n_buckets;

	f->n_buckets = n * 2;
	f->buckets = xcalloc(f->n_buckets, sizeof(struct flight *));
	for (size_t i = 0; i < n; i++) {
		while (old[i] != NULL) {
			struct flight *flight = old[i];
			size_t b = bucket_of(f, flight->id);

			old[i] = flight->next;
			flight->next = f->buckets[b];
			f->buckets[b] = flight;
		}
	}
	free(old);
}

struct flight *
flights_add(struct flights *f, const char *id)
{
	struct flight *flight = xcalloc(1, sizeof(*flight));
	size_t b;

	if (f->n == f->n_buckets)
		grow(f);
	snprintf(flight->id, sizeof(flight->id), "%s", id);
	flight->made_us = clock_mono_us();
	b = bucket_of(f, id);
	flight->next = f->buckets[b];
	f->buckets[b] = flight;
	f->n++;
	TAILQ_INSERT_TAIL(&f->by_age, flight, by_age);
	return flight;
}

struct flight *
flights_find(struct flights *f, const char *id)
{
	struct flight *flight = f->buckets[bucket_of(f, id)];

	while (flight != NULL && strcmp(flight->id, id) != 0)
		flight = flight->next;
	return flight;
}

static void
noted(struct flights *f, struct flight *flight)
{
	if (flight->is_unnoted)
		TAILQ_REMOVE(&f->unnoted, flight, unnoted);
	flight->is_unnoted = false;
}

void
flights_watch(struct flights *f, struct flight *flight)
{
	if (flight->is_watched || f->n_watched >= FLIGHT_MOST_WATCHED)
		return;
	TAILQ_INSERT_TAIL(&f->watched, flight, watched);
	flight->is_watched = true;
	f->n_watched++;
}

void
flights_unwatch(struct flights *f, struct flight *flight)
{
	if (!flight->is_watched)
		return;
	TAILQ_REMOVE(&f->watched, flight, watched);
	flight->is_watched = false;
	f->n_watched--;
}

struct flight *
flights_watched(struct flights *f)
{
	return TAILQ_FIRST(&f->watched);
}

static void
drop(struct flights *f, struct flight *flight)
{
	struct flight **p = &f->buckets[bucket_of(f, flight->id)];

	while (*p != flight)
		p = &(*p)->next;
	*p = flight->next;
	noted(f, flight);
	flights_unwatch(f, flight);
	TAILQ_REMOVE(&f->by_age, flight, by_age);
	f->n--;
	free(flight);
}

void
flights_remove(struct flights *f, const char *id)
{
	struct flight *flight = flights_find(f, id);

	if (flight != NULL)
		drop(f, flight);
}

size_t
flights_count(const struct flights *f)
{
	return f->n;
}

/* -- what is written down -------------------------------------------------- */

static void
note(struct flights *f, struct flight *flight)
{
	struct attempt_result times = {.at_us = flight->accepted_us,
	    .sent_us = flight->sent_us,
	    .accepted_us = flight->accepted_us};

	noted(f, flight);
	store_attempt_step(f->o, flight->job_id, flight->id, ATTEMPT_ACCEPT,
	    ATTEMPT_ACCEPTED, NULL, &times, NULL, NULL);
	store_job_step(f->o, flight->job_id, JOB_ACCEPT, JOB_RUNNING, NULL,
	    NULL, NULL, NULL);
}

void
flights_note(struct flights *f)
{
	struct flight *flight;

	while ((flight = TAILQ_FIRST(&f->unnoted)) != NULL)
		note(f, flight);
}

static void
drop_old(struct flights *f)
{
	int64_t old_us = clock_mono_us() - FLIGHT_KEEP_MS * 1000LL;
	struct flight *flight = TAILQ_FIRST(&f->by_age), *next;

	for (; flight != NULL && flight->made_us < old_us; flight = next) {
		next = TAILQ_NEXT(flight, by_age);
		if (!flight->is_watched)
			drop(f, flight);
	}
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct flights *f = arg;
	struct timeval again = {0, NOTE_MS * 1000};

	(void)fd;
	(void)what;
	flights_note(f);
	drop_old(f);
	if (f->n > 0)
		event_add(f->timer, &again);
}

void
flights_accepted(
    struct flights *f, struct flight *flight, int64_t sent_us, int64_t at_us)
{
	struct timeval soon = {0, NOTE_MS * 1000};

	flight->sent_us = sent_us;
	flight->accepted_us = at_us;
	if (!flight->is_unnoted)
		TAILQ_INSERT_TAIL(&f->unnoted, flight, unnoted);
	flight->is_unnoted = true;
	if (!event_pending(f->timer, EV_TIMEOUT, NULL))
		event_add(f->timer, &soon);
}

/* -- the whole ------------------------------------------------------------- */

struct flights *
flights_new(struct orchestrator *o)
{
	struct flights *f = xcalloc(1, sizeof(*f));

	f->o = o;
	f->n_buckets = FIRST_BUCKETS;
	f->buckets = xcalloc(f->n_buckets, sizeof(struct flight *));
	TAILQ_INIT(&f->by_age);
	TAILQ_INIT(&f->unnoted);
	TAILQ_INIT(&f->watched);
	f->timer = event_new(o->service.base, -1, 0, on_timer, f);
	return f;
}

void
flights_free(struct flights *f)
{
	struct flight *flight;

	if (f == NULL)
		return;
	while ((flight = TAILQ_FIRST(&f->by_age)) != NULL)
		drop(f, flight);
	event_free(f->timer);
	free(f->buckets);
	free(f);
}

/*
 * Asking the services that watch posts: the platform tracker, the AI detector,
 * the moderation service, and who follows an account.
 *
 * Questions wait in a queue per service and go out as its limits let them: so
 * many at once, so many a minute, in batches where the tracker takes them
 * (and one by one, or as the older GET, where it does not: found by asking,
 * and remembered). A service that fails is left alone (breaker.h), one that
 * says Retry-After for that long. Every question has an answer, at the latest
 * when its time is over; WATCH_UNAVAILABLE is no judgement of anybody.
 *
 * Knows no database and no miner: what was answered before, and how much may
 * be asked for whom, is for the caller.
 */
#ifndef VALIDATOR_WATCH_H
#define VALIDATOR_WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "validator/watch_answer.h"

struct err;
struct event_base;
struct metrics;
struct watch;
struct watch_ask;

struct watch_service_setup {
	const char *url;    /* "https://tracker.example.org", a path may
			       follow; NULL or "": there is none, and its
			       questions are unavailable. Copied */
	const char *key;    /* sent as Bearer; NULL or "": none. Copied */
	size_t at_once;	    /* requests; 0: 4 */
	int64_t per_minute; /* requests; 0: no limit */
	int64_t timeout_ms; /* of one request; 0: 60 s */
	int64_t wait_ms;    /* in the queue at most; 0: 15 min */
};

struct watch_setup {
	struct event_base *base;
	struct metrics *metrics;
	bool development; /* plain http and loopback */
	struct watch_service_setup services[WATCH_SERVICES];
	size_t batch;	/* posts in one question to the tracker; 0: 50, 1:
			   never more than one */
	int failures;	/* requests in a row; a service is left alone then, 0: 5
			 */
	int64_t out_ms; /* for so long at first, 0: 10 s */
	int frames;	/* the detector looks at; 0: 10 */
	int sample;	/* followers asked for; 0: 50 */
};

/* WATCH_AUDIENCE without a url is asked at the tracker's. NULL, and why, if it
 * cannot be: a url is none. */
struct watch *watch_new(const struct watch_setup *, struct err *);
/* Cancels all; callbacks do not run. NULL is fine. */
void watch_free(struct watch *);

/* What may still be asked for somebody; each post in a request that is sent
 * takes one. At 0 the answer is unavailable, "budget". */
struct watch_budget {
	int64_t left[WATCH_SERVICES];
};

struct watch_question {
	enum watch_service service;
	const char *platform;	     /* "instagram/reel" */
	const char *id;		     /* canonical; tracker, moderator */
	const char *url;	     /* of the media; detector, moderator */
	const char *caption;	     /* moderator; NULL: not known */
	const char *account;	     /* audience */
	bool wants_media;	     /* tracker: media_url as well */
	struct watch_budget *budget; /* borrowed until the answer; NULL: no
					limit */
};

/*
 * Ask. on_answer runs once, from the loop, never inside this or after
 * watch_cancel(); the answer is borrowed until it returns. Inside it anything
 * of this module may be called, watch_free() too. Strings are copied.
 */
struct watch_ask *watch_ask(struct watch *, const struct watch_question *,
    void (*on_answer)(const struct watch_answer *, void *arg), void *arg);
void watch_cancel(struct watch_ask *);

/* Whether there is such a service, and it is not left alone just now. */
bool watch_has(const struct watch *, enum watch_service);
bool watch_is_out(const struct watch *, enum watch_service);
size_t watch_pending(const struct watch *); /* questions not answered yet */
/* Requests made so far. */
uint64_t watch_requests(const struct watch *, enum watch_service);

#endif

/*
 * The insides of watch.h, for its own files only:
 *   watch.c      questions in, answers out
 *   watch_desk.c one service: who waits, what goes out, what comes back
 *
 * A question is on one list: of its desk while it waits, of its request while
 * that is out, of those to be told when it is answered. Nobody's callback is
 * called but by watch_tell(), from the loop.
 */
#ifndef VALIDATOR_WATCH_IMPL_H
#define VALIDATOR_WATCH_IMPL_H

#include <sys/queue.h>

#include "validator/watch.h"
#include "validator/watch_pace.h"
#include "validator/watch_wire.h"

struct event;
struct http_call;
struct http_client;
struct metric;

struct watch_ask {
	TAILQ_ENTRY(watch_ask) link;
	struct watch_asks *on; /* the list; NULL: being told */
	struct watch_desk *desk;
	struct watch_question question; /* its strings are ours */
	int64_t deadline_us;
	int tries;
	bool is_paid;		     /* its budget has given for it */
	struct watch_answer *answer; /* once it has one */
	void (*on_answer)(const struct watch_answer *, void *);
	void *arg;
};

TAILQ_HEAD(watch_asks, watch_ask);

/* A request that is out. */
struct watch_out {
	LIST_ENTRY(watch_out) link;
	struct watch_desk *desk;
	struct http_call *call;
	enum watch_form form;
	size_t n;
	struct watch_asks asks; /* fewer than n if some were cancelled */
};

struct watch_desk {
	struct watch *watch;
	enum watch_service service;
	struct http_client *client; /* NULL: there is no such service */
	char *url, *authorization;
	size_t at_once;
	int64_t timeout_ms, wait_ms;
	struct watch_pace pace;
	struct event *look; /* there may be something to send */
	struct watch_asks waiting;
	LIST_HEAD(, watch_out) outs;
	size_t n_out;
	enum watch_form form;  /* the tracker's */
	int form_tries;	       /* that were refused in a row */
	int64_t form_until_us; /* then from the first one again */
	uint64_t requests;
	struct metric *sent, *answered[WATCH_UNAVAILABLE + 1], *is_out;
};

struct watch {
	struct event_base *base;
	struct watch_desk desks[WATCH_SERVICES];
	size_t batch;
	int frames, sample;
	struct event *tell;
	struct watch_asks answered;
	size_t pending;
	int busy; /* a callback is on the stack */
	bool dead;
};

/* watch.c */
/* Put it at the end of a list, or of another. */
void watch_move(struct watch_ask *, struct watch_asks *);
/* It has an answer, which is copied with all it holds: told from the loop. */
void watch_answered(struct watch_ask *, const struct watch_answer *);
void watch_unanswered(struct watch_ask *, enum watch_blame, const char *why);

/* watch_desk.c: 0, or -1 and why. */
int watch_desk_init(struct watch_desk *, struct watch *, enum watch_service,
    const struct watch_setup *, struct err *);
void watch_desk_clear(struct watch_desk *);
void watch_desk_wake(struct watch_desk *);

#endif

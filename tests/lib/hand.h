/*
 * Miners played by hand: they take every request they are sent, and the test
 * decides what comes of it.
 *
 * Each has a door on a loopback port. A thread of ours serves them, so that
 * probes are answered while the test is busy; requests for work are kept until
 * the test takes them, in the order of their arrival. hand_join them to the
 * options of a suite, and end that suite before the hand.
 */
#ifndef TESTS_HAND_H
#define TESTS_HAND_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hand;
struct suite;
struct suite_options;

enum { HAND_MAX = 4, HAND_WAIT_MS = 30000 };

/* A request for work. Texts are borrowed from it; NULL: absent. */
struct hand_task {
	int miner;
	char path[64];
	char signed_by[64];
	char traceparent[64];  /* the header; "": none */
	char unsigned_why[80]; /* what epistula_check says; "": it is good */
	json_t *body;
	int64_t arrived_us; /* mono */
	const char *id, *callback_url, *secret, *input_url;
};

/* n of them, who say of each kind in capacities (names separated by spaces)
 * that they take many, or as many as behind "=". NULL, having said why. */
struct hand *hand_new(int n, const char *capacities);
void hand_free(struct hand *); /* NULL is fine */

/* Be the suite's first miners, with the same stake each; and, once it is
 * there, know its hotkeys, for which requests must be signed. */
void hand_join(const struct hand *, struct suite_options *);
void hand_meet(struct hand *, const struct suite *);

/* Say from now on that each takes so many at once of those kinds. */
void hand_say(struct hand *, const char *capacities, int n);

/* Whether requests that come from now on wait for hand_answer; else they are
 * answered 202 at once. */
void hand_hold(struct hand *, bool);

/* The next request nobody took, the caller's to drop; NULL if none comes in
 * time (0: HAND_WAIT_MS, and it is said on stderr). */
struct hand_task *hand_take(struct hand *, int timeout_ms);
void hand_answer(struct hand *, struct hand_task *, int status); /* if held */
void hand_drop(struct hand *, struct hand_task *); /* NULL is fine */

/* That miner is told to stop an attempt: by a signed request to the path of
 * its kind and /cancel. 0; -1 if that does not come in HAND_WAIT_MS. */
int hand_await_cancel(struct hand *, int miner, const char *attempt_id);

#endif

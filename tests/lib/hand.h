/*
 * Miners played by hand: they take every request they are sent, and the test
 * decides what comes of it.
 *
 * Each miner is a door on a loopback port. A thread of ours serves them, so
 * that probes are answered while the test is busy; requests for work are kept
 * until the test takes them, in the order of their arrival. Put the ports into
 * struct suite_miner, and end the suite before the hand.
 */
#ifndef TESTS_HAND_H
#define TESTS_HAND_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hand;
struct hand_request; /* inside hand.c */
struct suite;
struct suite_options;

enum { HAND_MAX = 4, HAND_WAIT_MS = 30000 };

/* A request for work. Texts are borrowed from the body. */
struct hand_task {
	int miner;
	char path[64];
	char signed_by[64];
	char unsigned_why[80]; /* what epistula_check says; "": it is good */
	json_t *body;
	int64_t arrived_us; /* mono */
	const char *id, *callback_url, *secret, *input_url; /* NULL: absent */
	struct hand_request *request;
};

struct hand *hand_new(int n); /* NULL, having said why */
void hand_free(struct hand *);

/* Make them the suite's first miners, with a stake each; capacities are of
 * all the names given, separated by spaces. */
void hand_join(
    struct hand *, struct suite_options *, const char *capacities);
/* The suite is there: requests are checked against its miners' hotkeys. */
void hand_meet(struct hand *, const struct suite *);

/* Whether requests from now on wait for hand_answer; else they are answered
 * 202 at once. */
void hand_hold(struct hand *, bool);

/* The next request nobody has taken; NULL, having said so, if none comes in
 * time (0: HAND_WAIT_MS). */
struct hand_task *hand_take(struct hand *, int timeout_ms);
/* The one for this attempt's or any other's body; as hand_take. */
void hand_answer(struct hand *, struct hand_task *, int status);
void hand_task_free(struct hand *, struct hand_task *); /* NULL is fine */

#endif

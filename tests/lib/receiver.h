/*
 * A receiver of webhooks: keeps what it is sent, and answers as the test says,
 * or not at all until it is let go.
 *
 * A loop in a thread of its own serves a loopback port. End the suite before
 * the receiver.
 */
#ifndef TESTS_RECEIVER_H
#define TESTS_RECEIVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct receiver;

struct received {
	char id[80], timestamp[32], type[64];
	char *signature, *body;
	size_t len; /* of the body */
};

struct receiver *receiver_new(void);   /* NULL, having said why */
void receiver_free(struct receiver *); /* NULL is fine */

char *receiver_url(const struct receiver *); /* the caller frees */
int receiver_port(const struct receiver *);

/* Answer from now on; header and its value, or NULL. */
void receiver_say(
    struct receiver *, int status, const char *header, const char *value);
/* Answer nobody until receiver_let_go, which answers all as was said. */
void receiver_hold(struct receiver *);
void receiver_let_go(struct receiver *);

/* The next message that nobody took, the caller's to drop; NULL, having said
 * so, if none comes in 30 s. */
struct received *receiver_take(struct receiver *);
void received_free(struct received *);

int receiver_count(struct receiver *);	 /* of all that came */
int receiver_waiting(struct receiver *); /* that it answers not yet */
/* Until so many wait at once; 0, or -1 having said how many do. */
int receiver_await_waiting(struct receiver *, int n);

#endif

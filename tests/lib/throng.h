/*
 * A throng of miners beside the suite's own, whose answers the test writes:
 * what they say to probes, what to work, or that they say nothing.
 *
 * Each has a door on a loopback port, served by a thread of ours, and a row in
 * the table of neurons; the weight-setter, which would take the rows away, must
 * be stopped. End the suite before the throng.
 */
#ifndef TESTS_THRONG_H
#define TESTS_THRONG_H

struct throng;
struct suite;

enum { THRONG_MAX = 400, THRONG_UID = 1000 }; /* the first one's */

enum throng_call { THRONG_PROBE, THRONG_WORK, N_THRONG_CALLS };

/* What one of them answers from now on. */
struct throng_answer {
	int status; /* 0: nothing, until throng_let_go */
	const char *body;
	const char *location; /* or NULL */
};

/* n of them, who say at first that they have this capacity (JSON) and take
 * what they are sent. NULL, having said why. */
struct throng *throng_new(int n, const char *capacity);
void throng_free(struct throng *); /* NULL is fine */

/* Be neurons of the suite, with that stake each, until throng_leave. 0 once
 * orchestratord knows that all are up; -1 having said why. */
int throng_join(struct throng *, struct suite *, double alpha);
int throng_leave(struct throng *, struct suite *); /* known to it, too */

/* Texts are copied. miner -1: all of them. */
void throng_say(
    struct throng *, int miner, enum throng_call, const struct throng_answer *);
/* They are asked for their capacity at once, however lately that was done; what
 * they said before is forgotten in the table. */
int throng_probe(struct throng *, struct suite *);

/* How often one (-1: all of them together) was called, and how many calls are
 * waiting for their answer. */
int throng_called(struct throng *, int miner, enum throng_call);
int throng_waiting(struct throng *, enum throng_call);
/* Until so many wait at once; 0, or -1 having said how many there were. */
int throng_await(struct throng *, enum throng_call, int n);
/* Answer all that wait with this status. */
void throng_let_go(struct throng *, int status);

int throng_port(const struct throng *, int miner);
const char *throng_hotkey(const struct throng *, int miner);

#endif

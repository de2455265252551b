/*
 * A crowd of miners beside the suite's own, whose answers the test writes:
 * what they say to probes, what to work, or that they say nothing.
 *
 * Each has a door on a loopback port, served by a thread of ours, and a row in
 * the table of neurons; the weight-setter, which would take the rows away, must
 * be stopped. End the suite before the crowd.
 */
#ifndef TESTS_CROWD_H
#define TESTS_CROWD_H

struct crowd;
struct suite;

enum { CROWD_MAX = 400, CROWD_UID = 1000 }; /* the first one's */

enum crowd_call { CROWD_PROBE, CROWD_WORK, N_CROWD_CALLS };

/* What one of them answers from now on. */
struct crowd_answer {
	int status; /* 0: nothing, until crowd_let_go */
	const char *body;
	const char *location; /* or NULL */
};

/* n of them, who say at first that they have this capacity (JSON) and take
 * what they are sent. NULL, having said why. */
struct crowd *crowd_new(int n, const char *capacity);
void crowd_free(struct crowd *); /* NULL is fine */

/* Be neurons of the suite, with that stake each, until crowd_leave. 0 once
 * orchestratord knows that all are up; -1 having said why. */
int crowd_join(struct crowd *, struct suite *, double alpha);
int crowd_leave(struct crowd *, struct suite *); /* known to it, too */

/* Texts are copied. miner -1: all of them. */
void crowd_say(
    struct crowd *, int miner, enum crowd_call, const struct crowd_answer *);
/* They are asked for their capacity at once, however lately that was done; what
 * they said before is forgotten in the table. */
int crowd_probe(struct crowd *, struct suite *);

/* How often one (-1: all of them together) was called, and how many calls are
 * waiting for their answer. */
int crowd_called(struct crowd *, int miner, enum crowd_call);
int crowd_waiting(struct crowd *, enum crowd_call);
/* Until so many wait at once; 0, or -1 having said how many there were. */
int crowd_await(struct crowd *, enum crowd_call, int n);
/* Answer all that wait with this status. */
void crowd_let_go(struct crowd *, int status);

int crowd_port(const struct crowd *, int miner);
const char *crowd_hotkey(const struct crowd *, int miner);

#endif

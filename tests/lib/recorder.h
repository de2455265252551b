/*
 * A miner that keeps what it is sent, byte for byte.
 *
 * A thread of ours answers on a loopback port: probes with a capacity, work
 * with 202, each on a connection of its own. What comes of the work is the
 * test's to send. End the suite before the recorder.
 */
#ifndef TESTS_RECORDER_H
#define TESTS_RECORDER_H

struct recorder;

/* capacity: the JSON of it, borrowed. NULL, having said why. */
struct recorder *recorder_new(const char *capacity);
void recorder_free(struct recorder *); /* NULL is fine */
int recorder_port(const struct recorder *);

/* The next request for work that nobody took, head and body, the caller's to
 * free; NULL, having said so, if none comes in 30 s. */
char *recorder_take(struct recorder *);
/* The last probe, head and body, the caller's to free; NULL: none came. */
char *recorder_probe(struct recorder *);
/* The body of one, in it. */
const char *recorder_body(const char *request);

#endif

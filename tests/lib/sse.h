/*
 * A listener to server-sent events, over a socket of its own: an event at a
 * time, with a deadline.
 */
#ifndef TESTS_SSE_H
#define TESTS_SSE_H

#include <stdbool.h>

enum { SSE_WAIT_MS = 30000 };

struct sse;

struct sse_event {
	char id[1024], name[64];
	char data[4096];
};

/* GET that path at 127.0.0.1; last_id NULL: without Last-Event-ID. Never
 * NULL. */
struct sse *sse_open(int port, const char *path, const char *last_id);
/* The same with one more header, "Name: value"; or NULL. */
struct sse *sse_open_with(int port, const char *path, const char *header);
void sse_close(struct sse *); /* NULL is fine */

/* Of the answer, once its head is here; 0: none came. */
int sse_status(struct sse *);
/* A header of it; the caller frees. NULL: absent. */
char *sse_header(struct sse *, const char *name);

/*
 * The next event. false: the stream is over, or nothing came in time (0:
 * SSE_WAIT_MS). Comments are passed over, and kept.
 */
bool sse_next(struct sse *, struct sse_event *, int timeout_ms);
/* Whether a comment with that word comes, before any event and in time. */
bool sse_await_comment(struct sse *, const char *word);
/* Whether it ended as answers end, not by a connection that broke. */
bool sse_is_whole(struct sse *);
/* The last comment that was passed over, "" if none; borrowed. */
const char *sse_comment(struct sse *);
/* Milliseconds of the last "retry:", 0 if none. */
int sse_retry_ms(struct sse *);

#endif

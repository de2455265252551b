/*
 * Redis streams on our loop: hints and wake-ups, never the truth.
 *
 * The connection keeps itself up and says nothing of what it lost: whoever
 * listens here also sweeps PostgreSQL on a timer. hiredis 0.14 has no async
 * timeouts, so this file has its own.
 */
#ifndef COMMON_REDIS_H
#define COMMON_REDIS_H

#include <stdbool.h>
#include <stddef.h>

struct event_base;
struct redis;

/* NULL if the URL is refused (common/redis_url.h). */
struct redis *redis_new(struct event_base *, const char *url);
void redis_free(struct redis *); /* NULL is fine */
bool redis_is_up(const struct redis *);

/*
 * XADD with one field "id" and, if not NULL, one field "note"; the stream is
 * trimmed to about REDIS_STREAM_LEN. Lost if the connection is down; on one
 * that reads, too, it waits for the end of that (seconds).
 */
enum { REDIS_STREAM_LEN = 10000 };
void redis_send(
    struct redis *, const char *stream, const char *id, const char *note);

typedef void redis_on_message(const char *id, const char *note, void *arg);

/* Read as a member of a group (each message to one member), or every message
 * from now on. On a connection of its own; the group is made, and made again
 * after FLUSHALL. Ends with redis_free. One group or tail per struct redis. */
void redis_join(struct redis *, const char *stream, const char *group,
    const char *member, redis_on_message *, void *arg);
void redis_tail(
    struct redis *, const char *stream, redis_on_message *, void *arg);

/* The streams, in one place. */
extern const char redis_jobs[], redis_accepted[], redis_results[],
    redis_scores[], redis_weights[], redis_chain[];

#endif

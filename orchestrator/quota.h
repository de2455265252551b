/*
 * How many jobs a key may order in a time, of a kind or of any: places that
 * are counted in PostgreSQL, so that all instances count together. Windows
 * are fixed: they begin at multiples of their length since 1970.
 *
 * A place is taken before the job is made and given back if it is not. One is
 * lost, until its window ends, if the instance dies in between, or PostgreSQL
 * is away then.
 */
#ifndef ORCHESTRATOR_QUOTA_H
#define ORCHESTRATOR_QUOTA_H

#include <jansson.h>
#include <libpq-fe.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct err;
struct http_req;
struct orchestrator;

enum {
	QUOTA_MOST_KIND = 64,
	QUOTA_MOST_JOBS = 1000000000,
	QUOTA_MOST_WINDOW_S = 31 * 86400,
	QUOTA_MOST = 64, /* of one key */
};

/* One of a key's quotas, as it is after a place was asked for. */
struct quota {
	char kind[QUOTA_MOST_KIND + 1]; /* "*": any */
	int64_t jobs, window_s, used;
	int64_t reset_us; /* wall: when its window ends */
};

/* All that a kind is in: that of the kind, and that of any. */
struct quotas {
	struct quota items[2];
	size_t n;
	bool taken;	/* a place in each */
	int64_t now_us; /* wall: when it was asked for */
};

/* on_taken is called once, later; NULL: PostgreSQL is away. */
void quota_take(struct orchestrator *, const char *key_id, const char *kind,
    void (*on_taken)(const struct quotas *, void *arg), void *arg);
void quota_give_back(struct orchestrator *, const char *key_id,
    const char *kind, const struct quotas *);

/* -- pure --------------------------------------------------------------- */

/* Those that are full: when the last of them ends, and the whole seconds from
 * now_us after which whoever waited so long finds room. */
int64_t quota_reset_us(const struct quotas *);
int64_t quota_wait_s(const struct quotas *);

/* draft-ietf-httpapi-ratelimit-headers, structured fields:
 * "jobs";q=600;w=60 and "jobs";r=599;t=12, or "jobs/audio.speak" of a kind. */
void quota_print_policy(const struct quotas *, struct buf *);
void quota_print_state(const struct quotas *, struct buf *);

/* Both, as RateLimit-Policy and RateLimit. */
void quota_reply_headers(struct http_req *, const struct quotas *);

/* What an admin says of a key's quotas: an array of {"kind", "jobs",
 * "window_s"}, each kind once. -1: the field, the limit, the fix. */
int quota_check(const json_t *quotas, struct err *);

#endif

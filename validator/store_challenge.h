/*
 * The table challenge: what challenges.c and challenge_making.c read and
 * write. Each call answers once, later, on the loop; nobody is called back
 * after pg_free.
 */
#ifndef VALIDATOR_STORE_CHALLENGE_H
#define VALIDATOR_STORE_CHALLENGE_H

#include <jansson.h>
#include <stdint.h>

#include "common/pg.h"

struct store;

/* Two results: challenge_state's and challenge_past's. born_since_us: to
 * count challenges from; jobs_since_us: clients' jobs. */
void store_challenge_look(struct store *, int64_t born_since_us,
    int64_t jobs_since_us, int most, pg_on_answer *, void *arg);
/* A row at most. */
void store_challenge_latest(struct store *, pg_on_answer *, void *arg);
void store_challenge_hours(
    struct store *, int64_t since_us, int64_t most, pg_on_answer *, void *arg);

/* births: an array of {"id", "template", "due_us"}. seen_us: as it was read;
 * -1: never. No row in the answer: another instance has planned that time. */
void store_challenge_bear(struct store *, int64_t seen_us, int64_t now_us,
    const json_t *births, pg_on_answer *, void *arg);

void store_challenge_take(struct store *, const char *owner, int64_t now_us,
    int64_t before_us, int64_t lease_until_us, int most, pg_on_answer *,
    void *arg);

struct store_challenge {
	const char *id, *owner;
	const char *params, *expect; /* JSON; expect: NULL: none */
	const char *sha256, *type;   /* of the input; NULL: none */
	int64_t bytes;
	const char *item; /* NULL: made for this one */
};
/* No row in the answer: it is not ours any more. */
void store_challenge_make(struct store *, const struct store_challenge *,
    int64_t now_us, pg_on_answer *, void *arg);
void store_challenge_drop(struct store *, const char *id, const char *owner,
    int64_t now_us, const char *why);

/* keys: texts of an array of PostgreSQL, "{a,b}". */
void store_challenge_uses(
    struct store *, const char *keys, pg_on_answer *, void *arg);
void store_challenge_forget(struct store *, int64_t before_us);

#endif

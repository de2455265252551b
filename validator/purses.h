/*
 * What may still be asked on each hotkey's account in a bucket, and what was
 * spent of it since that was last written down.
 *
 * Pure. The watch takes from a budget as it sends.
 */
#ifndef VALIDATOR_PURSES_H
#define VALIDATOR_PURSES_H

#include <stdint.h>

struct json_t;
struct purses;
struct watch_budget;

/* most: what a hotkey may spend in a bucket. */
struct purses *purses_new(const struct watch_budget *most);
void purses_free(struct purses *); /* NULL is fine */

/* The hotkey's budget, which lives until purses_clear(). used: by service, as
 * it was written down, for one that is not open yet; the first three. */
struct watch_budget *purses_open(
    struct purses *, const char *hotkey, const int64_t used[3]);
/* Of one service alone, which may be any. */
struct watch_budget *purses_open_one(
    struct purses *, const char *hotkey, int service, int64_t used);

/* Rows of post_spend.sql for what was spent since the last time. */
void purses_print(struct purses *, struct json_t *spent);
void purses_clear(struct purses *); /* another bucket may begin */

#endif

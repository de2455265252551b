/*
 * The desk: attempts that ended come in, each leaves judged exactly once.
 *
 * Woken by messages that name an attempt, and by a sweep of the table. It
 * works on one lot at a time: read, judge, write, then the next.
 */
#ifndef VALIDATOR_DESK_H
#define VALIDATOR_DESK_H

#include <stdbool.h>

struct desk;
struct event_base;
struct metrics;
struct policy;
struct store;

/* policy is borrowed and may change between two lots. */
struct desk *desk_new(struct event_base *, struct store *,
    const struct policy *, struct metrics *);
void desk_free(struct desk *); /* NULL is fine */

/* An attempt has ended. What is no uuid is passed over. */
void desk_wake(struct desk *, const char *attempt_id);
/* Look for all that ended. */
void desk_sweep(struct desk *);

/* Take no more. */
void desk_close(struct desk *);
bool desk_is_idle(const struct desk *);

#endif

/*
 * The desk: attempts that ended come in, each leaves judged exactly once.
 *
 * Woken by messages that name an attempt, and by a sweep of the table. It
 * works on one lot at a time: read, judge, write, then the next. What has to
 * be compared with a reference that is not there yet is not judged: that it
 * is wanted is written down, and the attempt comes again when that is settled.
 */
#ifndef VALIDATOR_DESK_H
#define VALIDATOR_DESK_H

#include <stdbool.h>
#include <stdint.h>

#include "validator/audit.h"
#include "validator/reference.h"

struct desk;
struct event_base;
struct metrics;
struct policy;
struct store;

struct desk_setup {
	struct event_base *base;
	struct store *store;
	const struct policy *policy; /* borrowed, may change between lots */
	struct metrics *metrics;
	struct reference_rule rule;
	struct audit_rule audits;
	int64_t wait_ms; /* a judgement waits for a reference at most */
	void (*on_wanted)(void *arg); /* references are wanted */
	void *arg;
};

struct desk *desk_new(const struct desk_setup *);
void desk_free(struct desk *); /* NULL is fine */

/* An attempt has ended. What is no uuid is passed over. NULL is fine, here and
 * below. */
void desk_wake(struct desk *, const char *attempt_id);
/* Look for all that ended. */
void desk_sweep(struct desk *);

/* Take no more. */
void desk_close(struct desk *);
bool desk_is_idle(const struct desk *);

#endif

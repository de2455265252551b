/*
 * Audits whose job is over are settled here: the two results are compared and
 * what they come to is written down, once. (They are begun where the audited
 * attempt is judged, in the same transaction.)
 */
#ifndef VALIDATOR_AUDIT_DESK_H
#define VALIDATOR_AUDIT_DESK_H

#include <stdbool.h>
#include <stdint.h>

struct audit_desk;
struct event_base;
struct metrics;
struct store;

struct audit_setup {
	struct event_base *base;
	struct store *store;
	struct metrics *metrics;
	int distance;	    /* bits by which like pictures may differ */
	int64_t penalty_ms; /* a failure counts for so long */
};

struct audit_desk *audit_desk_new(const struct audit_setup *);
void audit_desk_free(struct audit_desk *); /* NULL is fine */

/* Jobs may be over: look, in a moment. NULL is fine, here and below. */
void audit_desk_wake(struct audit_desk *);

/* Begin nothing more. */
void audit_desk_close(struct audit_desk *);
bool audit_desk_is_idle(const struct audit_desk *);

#endif

/*
 * Never worse than yesterday: what is sent when no vector has come in time, or
 * when a commit was not revealed. What the chain took last, while it is not too
 * old; then, if none has come in time, what the operator chose. It becomes a
 * vector like any other, and goes through the same rules.
 */
#ifndef WEIGHTSETTER_AGAIN_H
#define WEIGHTSETTER_AGAIN_H

#include <stdbool.h>
#include <stdint.h>

struct again;
struct snapshot;
struct store;

enum again_fallback {
	AGAIN_NONE,
	AGAIN_BURN, /* all to the owner's hotkey */
	AGAIN_LAST, /* what was proven last, however old */
};

/* -1 if there is none of that name. */
int again_fallback_of(const char *name);

struct again_rules {
	double after_tempos; /* without anything new; 0: never */
	int64_t max_age_us;  /* of a vector since it was first made */
	enum again_fallback fallback;
};

/* Is it time? fresh is the block of the newest weights that the chain has of
 * us, or will have. Pure. */
bool again_is_due(
    const struct again_rules *, uint64_t block, uint64_t tempo, uint64_t fresh);

struct again *again_new(const struct again_rules *, struct store *,
    uint16_t netuid, uint8_t mecid, void (*on_vector)(void *arg), void *arg);
void again_free(struct again *); /* after its pg; NULL is fine */

/* A commit was not revealed: what it held goes once more, as soon as nothing
 * newer waits. */
void again_lost(struct again *);

/* Nothing waits, at that head: see to it. on_vector is called if there is a
 * vector now. */
void again_consider(struct again *, const struct snapshot *, uint64_t fresh);

#endif

/*
 * Which claims hold, and what is wrong with the others.
 *
 * Pure. A claim holds if the gist lists it, the post carries its proof and is
 * there, nobody claimed post or account before (claim_settle.h), and it does
 * not look like a post that was claimed before: of another hotkey on any site,
 * or of its own on the same one. What is not proven keeps nobody out; what is,
 * does so even where it is not listed any more, as long as the hotkey is
 * registered.
 */
#ifndef VALIDATOR_POSTS_SETTLE_H
#define VALIDATOR_POSTS_SETTLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "validator/claim_platform.h"

enum { POSTS_WHY = 192 };

enum posts_state {
	POSTS_NEW,
	POSTS_HELD,
	POSTS_UNPROVEN,
	POSTS_DUPLICATE,
	POSTS_ACCOUNT,
	POSTS_COPY,
	POSTS_EXPIRED,
	POSTS_GONE,
	POSTS_UNLISTED,
	POSTS_STATES,
};

/* "held"; and back, -1. */
const char *posts_state_name(enum posts_state);
int posts_state_of(const char *name);
/* The word by which a round names it; NULL: it says so otherwise, or may
 * count. */
const char *posts_state_bar(enum posts_state);

enum posts_proof { POSTS_UNSEEN, POSTS_PROVEN, POSTS_NOT };

/* Borrowed. */
struct posts_claim {
	int64_t id;
	const char *hotkey;
	int64_t block;
	int line;
	enum claim_platform platform;
	const char *content;
	const char *account; /* NULL: not known */
	bool is_listed, is_neuron, is_expired, is_gone;
	enum posts_proof proof;
	const char *unproven_why; /* of NOT */
	bool has_hash;
	uint64_t hash;
	/* What was said of it last: */
	enum posts_state was;
	const char *was_why, *was_by; /* or NULL */
};

struct posts_settled {
	enum posts_state state;
	char why[POSTS_WHY]; /* "": nothing is wrong */
	const char *by;	     /* the hotkey that has it, or NULL */
};

/* out has room for n. distance: bits of 64 by which like pictures differ at
 * most; below 0: they are not compared. */
void posts_settle(const struct posts_claim *, size_t n, int distance,
    struct posts_settled *out);

/* Whether it is said of the claim already. */
bool posts_is_same(const struct posts_claim *, const struct posts_settled *);

#endif

/*
 * Who has a post, and an account: whoever claimed it first, by the chain's
 * blocks, then by the hotkey's letters, then by the line.
 *
 * Pure. An account is one hotkey's; a hotkey has one account on a site. Only
 * who has the post has the account by it.
 *
 * Give it what is proven alone (claim_caption.h): a claim that nothing proves
 * must keep nobody out. A claim's block is the finalized block of the
 * snapshot at which its line was first read, not that of the commitment to
 * the gist, which may be edited at any time.
 */
#ifndef VALIDATOR_CLAIM_SETTLE_H
#define VALIDATOR_CLAIM_SETTLE_H

#include <stddef.h>
#include <stdint.h>

#include "validator/claim_platform.h"

enum claim_verdict {
	CLAIM_HOLDS,
	CLAIM_DUPLICATE,     /* another has the post */
	CLAIM_TAKEN_ACCOUNT, /* another hotkey has the account */
	CLAIM_OTHER_ACCOUNT, /* the hotkey has another account on the site */
};

/* A claim, as far as it is looked at here. Borrowed. */
struct claim_entry {
	const char *hotkey;
	int64_t block;
	int line;
	enum claim_platform platform;
	const char *content; /* canonical, as is */
	const char *account; /* ""; or NULL: not known, nothing is asked */
};

struct claim_settled {
	enum claim_verdict verdict;
	size_t by; /* which entry was before it; itself if it holds */
};

/* out has room for n. O(n log n). */
void claim_settle(
    const struct claim_entry *, size_t n, struct claim_settled *out);

const char *claim_verdict_name(enum claim_verdict); /* "duplicate" */
/* A sentence with the other's hotkey and block; n bytes at most. */
void claim_settled_why(const struct claim_entry *entries, size_t which,
    const struct claim_settled *, char *out, size_t n);

#endif

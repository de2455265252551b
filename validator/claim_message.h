/*
 * What a miner signs to claim a post, and the code that it puts into the
 * post's caption. docs/engagement.md gives the bytes.
 *
 * Pure. signerd, or the miner's own hotkey, signs "subnetd/", the domain, a
 * newline and the text: nothing else that a hotkey signs begins so. The code
 * is of what is known before the post is there (chain, subnet, hotkey, site,
 * account and nonce), the signature of that, the post's id and an end. Another
 * hotkey's code for the same account needs another nonce, and to find one that
 * gives the same code takes 2^100 tries.
 */
#ifndef VALIDATOR_CLAIM_MESSAGE_H
#define VALIDATOR_CLAIM_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "validator/claim_platform.h"

struct buf;

#define CLAIM_DOMAIN "engagement-claim"

enum {
	CLAIM_NONCE_BYTES = 16,
	CLAIM_NONCE = 2 * CLAIM_NONCE_BYTES + 1, /* as hex, with its NUL */
	CLAIM_CODE_LETTERS = 20,		 /* of 5 bits each */
	CLAIM_CODE = CLAIM_CODE_LETTERS + 4, /* in fives, with dashes, NUL */
	CLAIM_SIGNATURE = 64,		     /* bytes */
};

struct claim_message {
	const char *genesis; /* of the chain: 64 hex digits, lower case */
	int netuid;
	const char *hotkey; /* SS58 */
	enum claim_platform platform;
	const char *account; /* both canonical */
	const char *content;
	const char *nonce; /* 32 hex digits, lower case */
	int64_t expires_s; /* since 1970 */
};

/* Without what signerd puts in front. */
void claim_message_text(const struct claim_message *, struct buf *);

/* Whether the hotkey signed it. */
bool claim_message_is_signed(
    const struct claim_message *, const uint8_t signature[CLAIM_SIGNATURE]);

/* "4x9kq-02mzt-v7c3h-rj8wd"; content and expires_s are not looked at. */
void claim_message_code(const struct claim_message *, char out[CLAIM_CODE]);

/* Exactly 32 hex digits in lower case. */
bool claim_nonce_is_good(const char *);

#endif

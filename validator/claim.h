/*
 * What a miner claims: the lines of its gist, each a JSON object, read
 * strictly. A line that breaks a rule is answered with its number and why;
 * the others stand.
 *
 *   {"platform": "youtube/short", "content_id": "dQw4w9WgXcQ",
 *    "direct_video_url": "https://..", "account": "@name",
 *    "nonce": "<32 hex>", "expires": 1790000000, "signature": "0x.."}
 *
 * Pure. A line with a signature is proven by it, and the post by its code in
 * the caption (claim_caption.h). One without, as upstream has them, is taken
 * only where the rules say so, and its post must have upstream's tag.
 */
#ifndef VALIDATOR_CLAIM_H
#define VALIDATOR_CLAIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "validator/claim_message.h"

enum {
	CLAIM_MAX_GIST = 256 * 1024, /* bytes */
	CLAIM_MAX_LINE = 4096,
	CLAIM_MAX_CONTENTS = 50, /* of a hotkey */
	CLAIM_MAX_FAULTS = 100,	 /* lines answered; then nothing is read on */
	CLAIM_MAX_URL = 2048,
	CLAIM_MAX_EXPIRES_S = 400 * 86400, /* ahead */
	CLAIM_WHY = 160,
};

struct claim_rules {
	const char *genesis; /* of the chain: 64 hex digits, lower case */
	int netuid;
	int64_t now_s;	    /* since 1970 */
	bool takes_tags;    /* lines without a signature, too */
	bool needs_url;	    /* a line must have a direct_video_url */
	bool development;   /* that may be plain http, and on loopback */
	size_t most;	    /* contents; 0: CLAIM_MAX_CONTENTS */
	uint32_t platforms; /* 1 << enum claim_platform of each; 0: all */
};

struct claim {
	int line; /* from 1 */
	enum claim_platform platform;
	char content[CLAIM_CONTENT];
	char *url; /* direct_video_url; NULL: none */
	/* Of a signed one; "" and 0 of one that is not: */
	bool is_signed;
	char account[CLAIM_ACCOUNT];
	char nonce[CLAIM_NONCE];
	char code[CLAIM_CODE]; /* that its caption must have */
	int64_t expires_s;
	char signature[2 * CLAIM_SIGNATURE + 3]; /* 0x and hex */
};

struct claim_fault {
	int line; /* 0: the whole of the text */
	char why[CLAIM_WHY];
};

struct claims {
	struct claim *list; /* in the order of their lines */
	size_t n;
	struct claim_fault *faults; /* likewise */
	size_t n_faults;
};

/* What `hotkey` claims by these bytes. Clear it. */
void claims_read(const struct claim_rules *, const char *hotkey,
    const void *text, size_t len, struct claims *);
void claims_clear(struct claims *);

#endif

/*
 * Whether a post is its claimant's: what its caption says, and who posted it.
 *
 * Pure. Texts are folded first, as people and keyboards change them: NFKC,
 * lower case, every dash and minus one dash, every space one space, invisible
 * letters left out. The code must stand by itself: no letter or digit touches
 * it on either side.
 */
#ifndef VALIDATOR_CLAIM_CAPTION_H
#define VALIDATOR_CLAIM_CAPTION_H

#include <stdbool.h>
#include <stddef.h>

#include "validator/claim.h"

enum { CLAIM_MAX_CAPTION = 65536 }; /* bytes; what is behind is not read */

/* The code, with or without its dashes or with spaces in their place. */
bool claim_caption_has_code(const char *caption, size_t len, const char *code);

/*
 * Why the post does not prove the claim, or NULL: it does. caption: UTF-8;
 * owner: the account's name, as the tracker says, owner_id: of YouTube, the
 * channel's id. "" or NULL: it did not say, and of the owner nothing is asked
 * then. What is returned is a constant.
 */
const char *claim_unproven(const struct claim *, const char *hotkey,
    const char *caption, const char *owner, const char *owner_id);

#endif

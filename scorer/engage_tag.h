/*
 * The tag by which InfiniteVibe (SN89) knows whose post it is: a fixed phrase
 * in the caption with the last five characters of the hotkey. For
 * compatibility: anybody may write it, and one caption may carry many.
 *
 * Pure.
 */
#ifndef SCORER_ENGAGE_TAG_H
#define SCORER_ENGAGE_TAG_H

#include <stdbool.h>
#include <stddef.h>

enum { ENGAGE_TAG_MAX = 64 }; /* bytes of a tag, its end included */

/* The tag a hotkey (SS58, so ASCII) puts in its captions. */
void engage_tag(const char *hotkey, char out[ENGAGE_TAG_MAX]);

/* Is the tag anywhere in the caption (UTF-8, of len bytes), upper and lower
 * case alike, as CPython's str.lower() has it? Nothing else is made alike. */
bool engage_tag_is_in(const char *hotkey, const char *caption, size_t len);

#endif

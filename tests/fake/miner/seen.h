/*
 * Which requests have been seen, for as long as they could be sent again:
 * two generations of uuids, the older forgotten every SEEN_MS.
 *
 * Pure. So many in one generation that it is full begin the next early.
 */
#ifndef MINER_SEEN_H
#define MINER_SEEN_H

#include <stdbool.h>
#include <stdint.h>

enum { SEEN_MS = 16000, SEEN_SLOTS = 65536 };

struct seen;

struct seen *seen_new(void);
void seen_free(struct seen *); /* NULL is fine */

/* Has it been seen? From now on it has. */
bool seen_before(struct seen *, const char *uuid, int64_t now_ms);

#endif

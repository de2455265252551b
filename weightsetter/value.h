/*
 * Decoded values of the chain as C values. decode.h writes integers beyond
 * 2^53 as decimal texts, so every number is read here.
 *
 * Pure; each returns 0, or -1 and nothing written (of weights: and they are to
 * be cleared).
 */
#ifndef WEIGHTSETTER_VALUE_H
#define WEIGHTSETTER_VALUE_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct uid_weights;

int value_u64(const json_t *, uint64_t *);
/* At most max. */
int value_uint(const json_t *, uint64_t max, uint64_t *);
/* "0x.." of at most max bytes, added to the buf. */
int value_bytes(const json_t *, size_t max, struct buf *);
/* A text that fits into size with its NUL. */
int value_text(const json_t *, char *out, size_t size);
/* [[uid, weight], ...] into weights that hold nothing yet. */
int value_weights(const json_t *, struct uid_weights *);

#endif

/*
 * What the two halves of encoding share: encode.c for types made of types,
 * encode_scalar.c for those with a form of their own in JSON.
 *
 * Private to encode*.c. Where we are in the value is a list of steps on the
 * stack, so that an error can say "SubtensorModule.set_weights.dests[3]".
 */
#ifndef SUBTENSOR_ENCODE_PARTS_H
#define SUBTENSOR_ENCODE_PARTS_H

#include <jansson.h>
#include <stddef.h>

struct buf;
struct err;
struct metadata;
struct type;

struct step {
	const struct step *up;
	const char *name; /* NULL: an item, by its index */
	size_t index;
};

struct encoder {
	const struct metadata *md;
	struct buf *out;
	struct err *err;
	unsigned depth;
	const struct step *at;
};

/* Say where and why in err. Always -1. */
int encoder_refuse(const struct encoder *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Null, or an array or object with nothing in it. */
int encoder_nothing(const struct encoder *, const json_t *);

int encoder_bytes(struct encoder *, const struct type *, const json_t *);
int encoder_account(struct encoder *, const json_t *);
int encoder_primitive(struct encoder *, const struct type *, const json_t *);
int encoder_compact(struct encoder *, const struct type *, const json_t *);
int encoder_bits(struct encoder *, const struct type *, const json_t *);

#endif

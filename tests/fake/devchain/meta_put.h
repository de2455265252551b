/*
 * The bytes of single types of a portable registry: everything a type has but
 * its id. The parts are given as ids that exist already.
 */
#ifndef DEVCHAIN_META_PUT_H
#define DEVCHAIN_META_PUT_H

#include <stddef.h>
#include <stdint.h>

struct buf;

/* How a definition opens; the order is the format's. */
enum shape {
	SHAPE_COMPOSITE,
	SHAPE_VARIANT,
	SHAPE_SEQUENCE,
	SHAPE_ARRAY,
	SHAPE_TUPLE,
	SHAPE_PRIMITIVE,
	SHAPE_COMPACT,
};

/* Vec<String> of "a::b::C"; NULL is the empty path. */
void meta_put_path(struct buf *, const char *path);
/* One type parameter; their number comes before them. */
void meta_put_param(struct buf *, const char *name, uint32_t type);
/* A path, no parameters, the kind. */
void meta_put_head(struct buf *, const char *path, enum shape);
/* A field; name may be NULL, type_name is what the source calls its type. */
void meta_put_field(struct buf *, const char *name, uint32_t type,
    const char *type_name, size_t type_name_len);
/* No documentation: the end of a type, a field and a variant. */
void meta_put_end(struct buf *);

/* Whole types. */
void meta_put_unary(struct buf *, enum shape, uint32_t inner);
void meta_put_array(struct buf *, uint32_t item, uint32_t len);
void meta_put_tuple(struct buf *, const uint32_t *parts, size_t n);
void meta_put_primitive(struct buf *, uint8_t code);
void meta_put_option(struct buf *, uint32_t inner);
void meta_put_result(struct buf *, uint32_t ok, uint32_t error);
void meta_put_bounded(struct buf *, uint32_t item, uint32_t vec);

#endif

/* Writing single types; the format is scale-info's. */
#include "tests/fake/devchain/meta_put.h"

#include <string.h>

#include "common/buf.h"
#include "subtensor/scale.h"

void
meta_put_path(struct buf *b, const char *path)
{
	size_t n = path == NULL ? 0 : 1;

	for (const char *p = path; p != NULL && (p = strstr(p, "::")); p += 2)
		n++;
	scale_put_compact(b, n);
	while (n-- > 0) {
		size_t len =
		    n > 0 ? (size_t)(strstr(path, "::") - path) : strlen(path);

		scale_put_bytes(b, path, len);
		path += len + 2;
	}
}

void
meta_put_param(struct buf *b, const char *name, uint32_t type)
{
	scale_put_str(b, name);
	scale_put_u8(b, 1);
	scale_put_compact(b, type);
}

void
meta_put_end(struct buf *b)
{
	scale_put_compact(b, 0);
}

void
meta_put_head(struct buf *b, const char *path, enum shape shape)
{
	meta_put_path(b, path);
	scale_put_compact(b, 0);
	scale_put_u8(b, shape);
}

void
meta_put_field(struct buf *b, const char *name, uint32_t type,
    const char *type_name, size_t type_name_len)
{
	scale_put_u8(b, name != NULL);
	if (name != NULL)
		scale_put_str(b, name);
	scale_put_compact(b, type);
	scale_put_u8(b, 1);
	scale_put_bytes(b, type_name, type_name_len);
	meta_put_end(b);
}

void
meta_put_unary(struct buf *b, enum shape shape, uint32_t inner)
{
	meta_put_head(b, NULL, shape);
	scale_put_compact(b, inner);
	meta_put_end(b);
}

void
meta_put_array(struct buf *b, uint32_t item, uint32_t len)
{
	meta_put_head(b, NULL, SHAPE_ARRAY);
	scale_put_u32(b, len);
	scale_put_compact(b, item);
	meta_put_end(b);
}

void
meta_put_tuple(struct buf *b, const uint32_t *parts, size_t n)
{
	meta_put_head(b, NULL, SHAPE_TUPLE);
	scale_put_compact(b, n);
	for (size_t i = 0; i < n; i++)
		scale_put_compact(b, parts[i]);
	meta_put_end(b);
}

void
meta_put_primitive(struct buf *b, uint8_t code)
{
	meta_put_head(b, NULL, SHAPE_PRIMITIVE);
	scale_put_u8(b, code);
	meta_put_end(b);
}

static void
unit_variant(struct buf *b, const char *name, uint8_t index)
{
	scale_put_str(b, name);
	scale_put_compact(b, 0);
	scale_put_u8(b, index);
	meta_put_end(b);
}

/* A variant that holds one value of a type parameter. */
static void
value_variant(struct buf *b, const char *name, uint8_t index, uint32_t type)
{
	scale_put_str(b, name);
	scale_put_compact(b, 1);
	scale_put_u8(b, 0); /* no name */
	scale_put_compact(b, type);
	scale_put_u8(b, 0); /* no type name */
	meta_put_end(b);
	scale_put_u8(b, index);
	meta_put_end(b);
}

void
meta_put_option(struct buf *b, uint32_t inner)
{
	meta_put_path(b, "Option");
	scale_put_compact(b, 1);
	meta_put_param(b, "T", inner);
	scale_put_u8(b, SHAPE_VARIANT);
	scale_put_compact(b, 2);
	unit_variant(b, "None", 0);
	value_variant(b, "Some", 1, inner);
	meta_put_end(b);
}

void
meta_put_result(struct buf *b, uint32_t ok, uint32_t error)
{
	meta_put_path(b, "Result");
	scale_put_compact(b, 2);
	meta_put_param(b, "T", ok);
	meta_put_param(b, "E", error);
	scale_put_u8(b, SHAPE_VARIANT);
	scale_put_compact(b, 2);
	value_variant(b, "Ok", 0, ok);
	value_variant(b, "Err", 1, error);
	meta_put_end(b);
}

void
meta_put_bounded(struct buf *b, uint32_t item, uint32_t vec)
{
	meta_put_path(b, "bounded_collections::bounded_vec::BoundedVec");
	scale_put_compact(b, 1);
	meta_put_param(b, "T", item);
	scale_put_u8(b, SHAPE_COMPOSITE);
	scale_put_compact(b, 1);
	meta_put_field(b, NULL, vec, "Vec<T>", strlen("Vec<T>"));
	meta_put_end(b);
}

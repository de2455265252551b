/*
 * SCALE bytes to JSON.
 *
 * Three things bound the work that bytes can ask for: nesting, the bytes
 * themselves, and a budget of values, for there are values without bytes.
 */
#include "subtensor/decode.h"

#include <stdlib.h>

#include "common/err.h"
#include "common/hex.h"
#include "common/xalloc.h"
#include "subtensor/metadata.h"
#include "subtensor/number.h"
#include "subtensor/scale.h"
#include "subtensor/shape.h"
#include "subtensor/ss58.h"
#include "subtensor/utf8.h"

enum { VALUES_PER_BYTE = 16 };

struct decoder {
	const struct metadata *md;
	struct scale_reader *r;
	struct err *err;
	bool explained; /* err says why it failed */
	unsigned depth;
	size_t budget; /* values that may still be made */
};

static json_t *decode(struct decoder *, uint32_t type);

/* Stop, for this reason unless there is an earlier one. */
static json_t *
refuse(struct decoder *d, const char *why)
{
	if (!d->explained)
		err_set(d->err, "byte %zu: %s", d->r->pos, why);
	d->explained = true;
	scale_fail(d->r);
	return NULL;
}

static json_t *
decode_hex(struct decoder *d, size_t len)
{
	const uint8_t *bytes = scale_bytes(d->r, len);
	char *text;
	json_t *json;

	if (bytes == NULL)
		return NULL;
	text = hex_0x(bytes, len);
	json = json_string_nocheck(text);
	free(text);
	return json;
}

static json_t *
decode_account(struct decoder *d)
{
	const uint8_t *key = scale_bytes(d->r, 32);
	char text[SS58_MAX_TEXT];

	if (key == NULL || ss58_encode(SS58_BITTENSOR, key, text) != 0)
		return NULL;
	return json_string_nocheck(text);
}

static json_t *
decode_object(struct decoder *d, const struct field *fields, size_t n)
{
	json_t *object = json_object();

	for (size_t i = 0; i < n && !d->r->failed; i++)
		json_object_set_new_nocheck(
		    object, fields[i].name, decode(d, fields[i].type));
	return object;
}

static json_t *
decode_fields(struct decoder *d, const struct field *fields, size_t n)
{
	json_t *array;

	if (n == 0)
		return json_null();
	if (shape_is_named(fields, n))
		return decode_object(d, fields, n);
	if (n == 1)
		return decode(d, fields[0].type);
	array = json_array();
	for (size_t i = 0; i < n && !d->r->failed; i++)
		json_array_append_new(array, decode(d, fields[i].type));
	return array;
}

static json_t *
decode_variant(struct decoder *d, const struct type *t)
{
	const struct variant *some, *v = type_variant_at(t, scale_u8(d->r));
	bool is_option = shape_is_option(t, &some);
	json_t *object;

	if (d->r->failed)
		return NULL;
	if (v == NULL)
		return refuse(d, "an enum has no variant of that number");
	if (is_option && v != some)
		return json_null();
	if (is_option && !shape_may_be_null(d->md, some->fields[0].type))
		return decode(d, some->fields[0].type);
	object = json_object();
	json_object_set_new_nocheck(
	    object, v->name, decode_fields(d, v->fields, v->n_fields));
	return object;
}

static json_t *
decode_items(struct decoder *d, uint32_t type, size_t n)
{
	json_t *array = json_array();

	for (size_t i = 0; i < n && !d->r->failed; i++)
		json_array_append_new(array, decode(d, type));
	return array;
}

static json_t *
decode_sequence(struct decoder *d, const struct type *t)
{
	size_t n = scale_count(d->r, d->md->types[t->inner].min_bytes);

	if (shape_is_bytes(d->md, t))
		return decode_hex(d, n);
	return decode_items(d, t->inner, n);
}

static json_t *
decode_array(struct decoder *d, const struct type *t)
{
	if (shape_is_bytes(d->md, t))
		return decode_hex(d, t->array_len);
	return decode_items(d, t->inner, t->array_len);
}

static json_t *
decode_str(struct decoder *d)
{
	size_t len = scale_count(d->r, 1);
	struct scale_reader before = *d->r;
	const uint8_t *text = scale_bytes(d->r, len);

	if (text == NULL)
		return NULL;
	if (utf8_valid(text, len))
		return json_stringn_nocheck((const char *)text, len);
	*d->r = before;
	return decode_hex(d, len);
}

static json_t *
decode_char(struct decoder *d)
{
	uint8_t text[UTF8_MAX_BYTES];
	size_t len = utf8_encode(scale_u32(d->r), text);

	if (len == 0)
		return refuse(d, "a character that is none");
	return json_stringn_nocheck((const char *)text, len);
}

static json_t *
decode_primitive(struct decoder *d, const struct type *t)
{
	bool is_signed = false;
	size_t n = shape_integer_bytes(t, &is_signed);
	const uint8_t *le;

	if (t->primitive == PRIM_BOOL)
		return json_boolean(scale_bool(d->r));
	if (t->primitive == PRIM_CHAR)
		return decode_char(d);
	if (t->primitive == PRIM_STR)
		return decode_str(d);
	le = scale_bytes(d->r, n);
	return le != NULL ? number_to_json(le, n, is_signed) : NULL;
}

static json_t *
decode_compact(struct decoder *d, const struct type *t)
{
	int n = shape_compact_bytes(d->md, t->inner);
	uint8_t le[SCALE_WIDE];

	if (n < 0)
		return refuse(d, "a compact of what is no integer");
	if (n == 0)
		return json_null();
	scale_compact_wide(d->r, n, le);
	return number_to_json(le, n, false);
}

/* {"bits": how many, "bytes": "0x..."}, in whole units of the store. */
static json_t *
decode_bits(struct decoder *d, const struct type *t)
{
	bool is_signed = false;
	size_t unit = shape_integer_bytes(&d->md->types[t->inner], &is_signed);
	uint64_t bits = scale_compact(d->r);
	size_t units;

	if (unit == 0 || is_signed)
		return refuse(d, "bits in a store that is no integer");
	if (bits / 8 > scale_left(d->r))
		return refuse(d, "more bits than there are bytes for");
	units = (bits + 8 * unit - 1) / (8 * unit);
	return json_pack("{s:I, s:o?}", "bits", (json_int_t)bits, "bytes",
	    decode_hex(d, units * unit));
}

static json_t *
decode_kind(struct decoder *d, const struct type *t)
{
	switch (t->kind) {
	case TYPE_COMPOSITE:
		if (shape_is_account(d->md, t))
			return decode_account(d);
		return decode_fields(d, t->fields, t->n_fields);
	case TYPE_TUPLE:
		return decode_fields(d, t->fields, t->n_fields);
	case TYPE_VARIANT:
		return decode_variant(d, t);
	case TYPE_SEQUENCE:
		return decode_sequence(d, t);
	case TYPE_ARRAY:
		return decode_array(d, t);
	case TYPE_PRIMITIVE:
		return decode_primitive(d, t);
	case TYPE_COMPACT:
		return decode_compact(d, t);
	case TYPE_BITS:
		return decode_bits(d, t);
	}
	return NULL;
}

static json_t *
decode(struct decoder *d, uint32_t type)
{
	json_t *json;

	if (d->depth >= METADATA_MAX_DEPTH)
		return refuse(d, "the value is nested too deeply");
	if (d->budget == 0)
		return refuse(d, "the value has too many parts");
	d->budget--;
	d->depth++;
	json = decode_kind(d, &d->md->types[type]);
	d->depth--;
	if (!d->r->failed)
		return json;
	json_decref(json);
	return NULL;
}

json_t *
decode_value(const struct metadata *md, uint32_t type, struct scale_reader *r,
    struct err *err)
{
	struct decoder d = {.md = md, .r = r, .err = err};
	json_t *json;

	if (type >= md->n_types) {
		err_set(err, "there is no type %u", type);
		return NULL;
	}
	d.budget = SCALE_MAX_EMPTY + VALUES_PER_BYTE * scale_left(r);
	json = decode(&d, type);
	if (json == NULL)
		refuse(&d, "the value breaks off or is malformed");
	return json;
}

json_t *
decode_all(const struct metadata *md, uint32_t type, const void *data,
    size_t len, struct err *err)
{
	struct scale_reader r;
	json_t *json;

	scale_read_init(&r, data, len);
	json = decode_value(md, type, &r, err);
	if (json == NULL || scale_done(&r))
		return json;
	err_set(err, "%zu bytes behind the value", scale_left(&r));
	json_decref(json);
	return NULL;
}

int
type_is_empty(const struct metadata *md, uint32_t type)
{
	return type < md->n_types && md->types[type].min_bytes == 0;
}

/*
 * JSON to SCALE bytes, for what has a form of its own in JSON: bytes,
 * accounts, texts, integers and bits.
 */
#include "subtensor/encode_parts.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/buf.h"
#include "common/err.h"
#include "common/hex.h"
#include "subtensor/metadata.h"
#include "subtensor/number.h"
#include "subtensor/scale.h"
#include "subtensor/shape.h"
#include "subtensor/ss58.h"
#include "subtensor/utf8.h"

static void
print_path(const struct step *at, struct buf *out)
{
	if (at == NULL)
		return;
	print_path(at->up, out);
	if (at->name == NULL)
		buf_printf(out, "[%zu]", at->index);
	else
		buf_printf(out, "%s%s", out->len > 0 ? "." : "", at->name);
}

int
encoder_refuse(const struct encoder *e, const char *fmt, ...)
{
	struct buf path = {0};
	char why[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	print_path(e->at, &path);
	err_set(
	    e->err, "%s%s%s", buf_str(&path), path.len > 0 ? ": " : "", why);
	buf_free(&path);
	return -1;
}

int
encoder_nothing(const struct encoder *e, const json_t *json)
{
	if (json_is_null(json) ||
	    (json_is_array(json) && json_array_size(json) == 0) ||
	    (json_is_object(json) && json_object_size(json) == 0))
		return 0;
	return encoder_refuse(e, "there is nothing in it, so it must be null");
}

/* "0x..." to its bytes; how many, or -1. */
static long
hex_value(const json_t *json, struct buf *bytes)
{
	const char *text = json_string_value(json);
	size_t len = json_string_length(json);
	long n;

	if (text == NULL || len < 2 || strlen(text) != len ||
	    memcmp(text, "0x", 2) != 0)
		return -1;
	n = hex_decode(text, buf_reserve(bytes, len / 2), len / 2);
	if (n > 0)
		bytes->len += n;
	return n;
}

int
encoder_bytes(struct encoder *e, const struct type *t, const json_t *json)
{
	struct buf bytes = {0};
	bool is_array = t->kind == TYPE_ARRAY;
	int rc = 0;

	if (hex_value(json, &bytes) < 0)
		rc = encoder_refuse(e, "it is no text of 0x and hex digits");
	else if (is_array && bytes.len != t->array_len)
		rc = encoder_refuse(
		    e, "it has %zu bytes, not %u", bytes.len, t->array_len);
	else if (is_array)
		buf_add(e->out, bytes.data, bytes.len);
	else
		scale_put_bytes(e->out, bytes.data, bytes.len);
	buf_free(&bytes);
	return rc;
}

int
encoder_account(struct encoder *e, const json_t *json)
{
	const char *text = json_string_value(json);
	uint8_t key[32];

	if (text == NULL)
		return encoder_refuse(e, "it is no account");
	if (strncmp(text, "0x", 2) == 0) {
		if (hex_decode_exact(text, key, sizeof(key)) != 0)
			return encoder_refuse(e, "it is no account in hex");
	} else if (ss58_decode_account(text, key) != 0) {
		return encoder_refuse(e, "%s is no account here", text);
	}
	buf_add(e->out, key, sizeof(key));
	return 0;
}

static int
encode_char(struct encoder *e, const json_t *json)
{
	const uint8_t *text = (const uint8_t *)json_string_value(json);
	size_t len = json_string_length(json);
	uint32_t code;

	if (text == NULL || len == 0 || utf8_next(text, len, &code) != len)
		return encoder_refuse(e, "it is no single character");
	scale_put_u32(e->out, code);
	return 0;
}

static int
encode_number(struct encoder *e, size_t n, bool is_signed, const json_t *json,
    uint8_t le[SCALE_WIDE])
{
	if (number_from_json(json, n, is_signed, le) == 0)
		return 0;
	return encoder_refuse(e, "it is no integer that fits %c%zu",
	    is_signed ? 'i' : 'u', 8 * n);
}

int
encoder_primitive(struct encoder *e, const struct type *t, const json_t *json)
{
	uint8_t le[SCALE_WIDE];
	bool is_signed = false;
	size_t n = shape_integer_bytes(t, &is_signed);

	if (t->primitive == PRIM_CHAR)
		return encode_char(e, json);
	if (t->primitive == PRIM_BOOL) {
		if (!json_is_boolean(json))
			return encoder_refuse(
			    e, "it is neither true nor false");
		scale_put_u8(e->out, json_is_true(json));
		return 0;
	}
	if (t->primitive == PRIM_STR) {
		if (!json_is_string(json))
			return encoder_refuse(e, "it is no text");
		scale_put_bytes(
		    e->out, json_string_value(json), json_string_length(json));
		return 0;
	}
	if (encode_number(e, n, is_signed, json, le) != 0)
		return -1;
	buf_add(e->out, le, n);
	return 0;
}

int
encoder_compact(struct encoder *e, const struct type *t, const json_t *json)
{
	int n = shape_compact_bytes(e->md, t->inner);
	uint8_t le[SCALE_WIDE];

	if (n < 0)
		return encoder_refuse(
		    e, "it is a compact of what is no integer");
	if (n == 0)
		return encoder_nothing(e, json);
	if (encode_number(e, n, false, json, le) != 0)
		return -1;
	scale_put_compact_wide(e->out, le);
	return 0;
}

int
encoder_bits(struct encoder *e, const struct type *t, const json_t *json)
{
	bool is_signed = false;
	size_t unit = shape_integer_bytes(&e->md->types[t->inner], &is_signed);
	json_int_t bits = json_integer_value(json_object_get(json, "bits"));
	struct buf bytes = {0};
	int rc = 0;

	if (unit == 0 || is_signed)
		return encoder_refuse(e, "bits in a store that is no integer");
	if (hex_value(json_object_get(json, "bytes"), &bytes) < 0 || bits < 0 ||
	    (size_t)bits > 8 * bytes.len ||
	    bytes.len != (bits + 8 * unit - 1) / (8 * unit) * unit) {
		rc = encoder_refuse(
		    e, "it is no {\"bits\": n, \"bytes\": \"0x..\"}");
	} else {
		scale_put_compact(e->out, bits);
		buf_add(e->out, bytes.data, bytes.len);
	}
	buf_free(&bytes);
	return rc;
}

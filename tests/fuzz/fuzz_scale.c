/*
 * SCALE: bytes read as a value of any type of a real registry and written
 * again are the same bytes; JSON written as a value and read again is the
 * same value; and the reader's single steps.
 *
 * The first byte says which of the three, then come the runtime (a byte) and
 * the type's number (two).
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/err.h"
#include "common/xalloc.h"
#include "subtensor/decode.h"
#include "subtensor/metadata.h"
#include "subtensor/scale.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/world.h"

struct value {
	const struct metadata *md;
	uint32_t type;
};

static bool has_str(const struct metadata *, uint32_t type, bool *seen);

static bool
fields_have_str(
    const struct metadata *md, const struct field *f, size_t n, bool *seen)
{
	for (size_t i = 0; i < n; i++)
		if (has_str(md, f[i].type, seen))
			return true;
	return false;
}

static bool
has_str(const struct metadata *md, uint32_t type, bool *seen)
{
	const struct type *t = &md->types[type];

	if (seen[type])
		return false;
	seen[type] = true;
	if (t->kind == TYPE_PRIMITIVE)
		return t->primitive == PRIM_STR;
	for (size_t i = 0; i < t->n_variants; i++)
		if (fields_have_str(md, t->variants[i].fields,
			t->variants[i].n_fields, seen))
			return true;
	if (fields_have_str(md, t->fields, t->n_fields, seen))
		return true;
	return (t->kind == TYPE_SEQUENCE || t->kind == TYPE_ARRAY) &&
	       has_str(md, t->inner, seen);
}

/* A str that is not UTF-8 is shown as hex and written as that text. */
static bool
is_exact(const struct value *v)
{
	bool *seen = xcalloc(v->md->n_types, sizeof(*seen));
	bool found = has_str(v->md, v->type, seen);

	free(seen);
	return !found;
}

static struct value
take_value(struct input *in)
{
	struct value v = {.md = world_get(input_byte(in))};

	v.type = input_u16(in) % v.md->n_types;
	return v;
}

static bool
is_same(const struct buf *b, const struct input *in)
{
	return b->len == in->len &&
	       (b->len == 0 || memcmp(b->data, in->data, b->len) == 0);
}

static void
there_and_back(const struct value *v, const struct input *in)
{
	struct err err = {""};
	struct buf out = {0};
	uint8_t *bytes = input_copy(in);
	json_t *json = decode_all(v->md, v->type, bytes, in->len, &err), *again;

	free(bytes);
	if (json == NULL) {
		input_must(err.text[0] != '\0', "a refusal says why");
		return;
	}
	input_must(encode_value(v->md, v->type, json, &out, &err) == 0,
	    "what was read can be written");
	input_must(!is_exact(v) || is_same(&out, in),
	    "what was read is written as it was");
	again = decode_all(v->md, v->type, out.data, out.len, &err);
	input_must(json_equal(json, again), "what was written reads the same");
	json_decref(again);
	json_decref(json);
	buf_free(&out);
}

/* What JSON says may be said otherwise (hex for an account), bytes not. */
static void
back_and_there(const struct value *v, const struct input *in)
{
	struct err err = {""};
	struct buf out = {0}, twice = {0};
	json_t *json = input_json(in), *read;

	if (json == NULL)
		return;
	if (encode_value(v->md, v->type, json, &out, &err) == 0) {
		read = decode_all(v->md, v->type, out.data, out.len, &err);
		input_must(read != NULL, "what was written can be read");
		input_must(
		    encode_value(v->md, v->type, read, &twice, &err) == 0,
		    "what was read can be written");
		input_must(out.len == twice.len &&
			       (out.len == 0 ||
				   memcmp(out.data, twice.data, out.len) == 0),
		    "it is written alike twice");
		json_decref(read);
	} else {
		input_must(out.len == 0, "a failure leaves no bytes");
		input_must(err.text[0] != '\0', "a refusal says why");
	}
	json_decref(json);
	buf_free(&out);
	buf_free(&twice);
}

enum step {
	STEP_U8,
	STEP_U16,
	STEP_U32,
	STEP_U64,
	STEP_BOOL,
	STEP_COMPACT,
	STEP_WIDE,
	STEP_BYTES,
	STEP_COUNT,
	STEP_STR,
	N_STEPS
};

/* One read, and what was read put into out. */
static void
step(struct scale_reader *r, enum step what, size_t arg, struct buf *out)
{
	uint8_t wide[SCALE_WIDE];
	const uint8_t *p;

	switch (what) {
	case STEP_U8:
		scale_put_u8(out, scale_u8(r));
		break;
	case STEP_U16:
		scale_put_u16(out, scale_u16(r));
		break;
	case STEP_U32:
		scale_put_u32(out, scale_u32(r));
		break;
	case STEP_U64:
		scale_put_u64(out, scale_u64(r));
		break;
	case STEP_BOOL:
		scale_put_u8(out, scale_bool(r));
		break;
	case STEP_COMPACT:
		scale_put_compact(out, scale_compact(r));
		break;
	case STEP_WIDE:
		scale_compact_wide(r, 1 + arg % SCALE_WIDE, wide);
		scale_put_compact_wide(out, wide);
		break;
	case STEP_BYTES:
		p = scale_bytes(r, arg);
		if (p != NULL)
			buf_add(out, p, arg);
		break;
	case STEP_COUNT:
		scale_put_compact(out, scale_count(r, arg));
		break;
	case STEP_STR:
		scale_put_str(out, "");
		input_must(scale_u8(r) == 0 || !r->failed, "errors stick");
		break;
	case N_STEPS:
		scale_fail(r);
		break;
	}
}

/* What is in the buf from there on is just these bytes. */
static bool
is_alike(const struct buf *b, size_t from, const uint8_t *bytes, size_t len)
{
	return b->len - from == len && memcmp(b->data + from, bytes, len) == 0;
}

/*
 * Up to eight steps, chosen by the first eight bytes: each reads what the
 * bytes hold there, or fails for good, and writes the same again.
 */
static void
walk(struct input *in)
{
	uint8_t steps[8];
	struct scale_reader r;
	struct buf out = {0};
	uint8_t *bytes;
	size_t had = 0;

	input_bytes(in, steps, sizeof(steps));
	bytes = input_copy(in);
	scale_read_init(&r, bytes, in->len);
	for (size_t i = 0; i < sizeof(steps) && !r.failed; i++) {
		enum step what = steps[i] % (N_STEPS + 1);
		size_t from = r.pos, was = out.len;

		step(&r, what, steps[i] / (N_STEPS + 1), &out);
		input_must(what == STEP_STR || r.failed || r.pos == from ||
			       is_alike(&out, was, bytes + from, r.pos - from),
		    "a step is written as it was read");
		had = r.failed ? had : r.pos;
	}
	input_must(had <= in->len && scale_left(&r) <= in->len - had &&
		       !(scale_done(&r) && r.failed),
	    "the reader stays within its bytes");
	free(bytes);
	buf_free(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct input in = {p, n};
	uint8_t what = input_byte(&in) % 3;
	struct value v;

	if (what == 2) {
		walk(&in);
		return 0;
	}
	v = take_value(&in);
	if (what == 0)
		there_and_back(&v, &in);
	else
		back_and_there(&v, &in);
	return 0;
}

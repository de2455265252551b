/* SCALE's integers and lengths; see the header for the rules. */
#include "subtensor/scale.h"

#include <assert.h>
#include <string.h>

#include "common/buf.h"

/* The low two bits of a compact's first byte: how wide it is. */
enum { MODE_BYTE, MODE_TWO, MODE_FOUR, MODE_BIG };

enum { MAX_BYTE = 0x3f, MAX_TWO = 0x3fff, MAX_FOUR = 0x3fffffff };

void
scale_read_init(struct scale_reader *r, const void *data, size_t len)
{
	*r = (struct scale_reader){.data = data, .len = len};
}

size_t
scale_left(const struct scale_reader *r)
{
	return r->failed ? 0 : r->len - r->pos;
}

bool
scale_done(const struct scale_reader *r)
{
	return !r->failed && r->pos == r->len;
}

void
scale_fail(struct scale_reader *r)
{
	r->failed = true;
}

const uint8_t *
scale_bytes(struct scale_reader *r, size_t len)
{
	static const uint8_t nothing[1];
	const uint8_t *p;

	if (len > scale_left(r))
		scale_fail(r);
	if (r->failed)
		return NULL;
	p = len > 0 ? r->data + r->pos : nothing;
	r->pos += len;
	return p;
}

static uint64_t
little(struct scale_reader *r, size_t len)
{
	const uint8_t *p = scale_bytes(r, len);
	uint64_t v = 0;

	if (p == NULL)
		return 0;
	for (size_t i = 0; i < len; i++)
		v |= (uint64_t)p[i] << (8 * i);
	return v;
}

uint8_t
scale_u8(struct scale_reader *r)
{
	return little(r, 1);
}

uint16_t
scale_u16(struct scale_reader *r)
{
	return little(r, 2);
}

uint32_t
scale_u32(struct scale_reader *r)
{
	return little(r, 4);
}

uint64_t
scale_u64(struct scale_reader *r)
{
	return little(r, 8);
}

bool
scale_bool(struct scale_reader *r)
{
	uint8_t v = scale_u8(r);

	if (v > 1)
		scale_fail(r);
	return v == 1;
}

/* What a shorter form could have said is refused. */
static uint64_t
above(struct scale_reader *r, uint64_t v, uint64_t least)
{
	if (v <= least)
		scale_fail(r);
	return r->failed ? 0 : v;
}

uint64_t
scale_compact(struct scale_reader *r)
{
	uint8_t first = scale_u8(r);
	size_t len = (first >> 2) + 4;

	switch (first & 3) {
	case MODE_BYTE:
		return first >> 2;
	case MODE_TWO:
		return above(r, first >> 2 | little(r, 1) << 6, MAX_BYTE);
	case MODE_FOUR:
		return above(r, first >> 2 | little(r, 3) << 6, MAX_TWO);
	}
	if (len > 8) {
		scale_fail(r);
		return 0;
	}
	if (len == 4)
		return above(r, little(r, 4), MAX_FOUR);
	return above(r, little(r, len), UINT64_MAX >> (8 * (9 - len)));
}

void
scale_compact_wide(struct scale_reader *r, size_t max, uint8_t out[SCALE_WIDE])
{
	const uint8_t *p;
	size_t len;
	uint64_t v;

	assert(max <= SCALE_WIDE);
	memset(out, 0, SCALE_WIDE);
	if (scale_left(r) == 0 || (r->data[r->pos] & 3) != MODE_BIG ||
	    r->data[r->pos] >> 2 <= 4) {
		v = scale_compact(r);
		for (size_t i = 0; i < 8; i++)
			out[i] = v >> (8 * i);
	} else {
		len = (scale_u8(r) >> 2) + 4;
		p = scale_bytes(r, len);
		if (len > max || p == NULL || p[len - 1] == 0)
			scale_fail(r);
		else
			memcpy(out, p, len);
	}
	for (size_t i = max; i < SCALE_WIDE; i++)
		if (out[i] != 0)
			scale_fail(r);
	if (r->failed)
		memset(out, 0, SCALE_WIDE);
}

size_t
scale_count(struct scale_reader *r, size_t min_size)
{
	uint64_t n = scale_compact(r);
	uint64_t most =
	    min_size > 0 ? scale_left(r) / min_size : SCALE_MAX_EMPTY;

	if (n > most)
		scale_fail(r);
	return r->failed ? 0 : n;
}

static void
put_little(struct buf *b, uint64_t v, size_t len)
{
	uint8_t *p = buf_reserve(b, len);

	for (size_t i = 0; i < len; i++)
		p[i] = v >> (8 * i);
	b->len += len;
}

void
scale_put_u8(struct buf *b, uint8_t v)
{
	put_little(b, v, 1);
}

void
scale_put_u16(struct buf *b, uint16_t v)
{
	put_little(b, v, 2);
}

void
scale_put_u32(struct buf *b, uint32_t v)
{
	put_little(b, v, 4);
}

void
scale_put_u64(struct buf *b, uint64_t v)
{
	put_little(b, v, 8);
}

void
scale_put_compact_wide(struct buf *b, const uint8_t le[SCALE_WIDE])
{
	size_t len = SCALE_WIDE;

	while (len > 4 && le[len - 1] == 0)
		len--;
	if (len > 4 || (le[3] >> 6) != 0) {
		put_little(b, (len - 4) << 2 | MODE_BIG, 1);
		buf_add(b, le, len);
		return;
	}
	scale_put_compact(
	    b, le[0] | le[1] << 8 | le[2] << 16 | (uint32_t)le[3] << 24);
}

void
scale_put_compact(struct buf *b, uint64_t v)
{
	uint8_t le[SCALE_WIDE] = {0};

	if (v <= MAX_BYTE) {
		put_little(b, v << 2 | MODE_BYTE, 1);
	} else if (v <= MAX_TWO) {
		put_little(b, v << 2 | MODE_TWO, 2);
	} else if (v <= MAX_FOUR) {
		put_little(b, v << 2 | MODE_FOUR, 4);
	} else {
		for (size_t i = 0; i < 8; i++)
			le[i] = v >> (8 * i);
		scale_put_compact_wide(b, le);
	}
}

void
scale_put_bytes(struct buf *b, const void *data, size_t len)
{
	scale_put_compact(b, len);
	buf_add(b, data, len);
}

void
scale_put_str(struct buf *b, const char *s)
{
	scale_put_bytes(b, s, strlen(s));
}

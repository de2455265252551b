/* Taking a fuzzer's bytes apart. */
#include "tests/fuzz/input.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/xalloc.h"

void
input_bytes(struct input *in, uint8_t *out, size_t len)
{
	size_t n = len < in->len ? len : in->len;

	memset(out, 0, len);
	if (n > 0)
		memcpy(out, in->data, n);
	in->data += n;
	in->len -= n;
}

uint8_t
input_byte(struct input *in)
{
	uint8_t byte;

	input_bytes(in, &byte, 1);
	return byte;
}

uint16_t
input_u16(struct input *in)
{
	uint8_t low = input_byte(in);

	return low | input_byte(in) << 8;
}

uint64_t
input_u64(struct input *in)
{
	uint64_t v = 0;

	for (unsigned i = 0; i < 8; i++)
		v |= (uint64_t)input_byte(in) << (8 * i);
	return v;
}

char *
input_text(const struct input *in)
{
	char *text = xmalloc(in->len + 1);

	if (in->len > 0)
		memcpy(text, in->data, in->len);
	text[in->len] = '\0';
	return text;
}

uint8_t *
input_copy(const struct input *in)
{
	return in->len > 0 ? xmemdup(in->data, in->len) : xmalloc(0);
}

json_t *
input_json(const struct input *in)
{
	return json_loadb((const char *)in->data, in->len,
	    JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
}

void
input_must(int holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "it does not hold that %s\n", what);
	abort();
}

/* UTF-8, character by character. */
#include "subtensor/utf8.h"

static bool
is_character(uint32_t code)
{
	return code < 0xd800 || (code > 0xdfff && code <= 0x10ffff);
}

static size_t
length_of(uint32_t code)
{
	if (code < 0x80)
		return 1;
	if (code < 0x800)
		return 2;
	return code < 0x10000 ? 3 : 4;
}

/* What the first byte announces; 0 if it cannot be first. */
static size_t
announced(uint8_t first)
{
	if (first < 0x80)
		return 1;
	if (first < 0xc0)
		return 0;
	if (first < 0xe0)
		return 2;
	if (first < 0xf0)
		return 3;
	return first < 0xf8 ? 4 : 0;
}

size_t
utf8_next(const uint8_t *p, size_t len, uint32_t *code)
{
	size_t n = len > 0 ? announced(p[0]) : 0;

	if (n == 0 || n > len)
		return 0;
	*code = n == 1 ? p[0] : p[0] & (0x7f >> n);
	for (size_t i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		*code = *code << 6 | (p[i] & 0x3f);
	}
	return is_character(*code) && length_of(*code) == n ? n : 0;
}

bool
utf8_valid(const uint8_t *p, size_t len)
{
	uint32_t code;

	while (len > 0) {
		size_t n = utf8_next(p, len, &code);

		if (n == 0)
			return false;
		p += n;
		len -= n;
	}
	return true;
}

size_t
utf8_encode(uint32_t code, uint8_t out[UTF8_MAX_BYTES])
{
	static const uint8_t marks[] = {0, 0, 0xc0, 0xe0, 0xf0};
	size_t n;

	if (!is_character(code))
		return 0;
	n = length_of(code);
	for (size_t i = n; i > 1; i--) {
		out[i - 1] = 0x80 | (code & 0x3f);
		code >>= 6;
	}
	out[0] = marks[n] | code;
	return n;
}

/* Bytes as hexadecimal text and back. */
#include "common/hex.h"

#include <string.h>

#include "common/xalloc.h"

static const char digits[] = "0123456789abcdef";

void
hex_encode(const uint8_t *p, size_t len, char *out)
{
	for (size_t i = 0; i < len; i++) {
		*out++ = digits[p[i] >> 4];
		*out++ = digits[p[i] & 15];
	}
	*out = '\0';
}

char *
hex_0x(const uint8_t *p, size_t len)
{
	char *s = xmalloc(2 * len + 3);

	memcpy(s, "0x", 2);
	hex_encode(p, len, s + 2);
	return s;
}

static int
nibble(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

long
hex_decode(const char *text, uint8_t *out, size_t max)
{
	size_t len, i;

	if (text[0] == '0' && text[1] == 'x')
		text += 2;
	len = strlen(text);
	if (len % 2 != 0 || len / 2 > max)
		return -1;
	for (i = 0; i < len / 2; i++) {
		int hi = nibble(text[2 * i]), lo = nibble(text[2 * i + 1]);

		if (hi < 0 || lo < 0)
			return -1;
		out[i] = hi << 4 | lo;
	}
	return len / 2;
}

int
hex_decode_exact(const char *text, uint8_t *out, size_t len)
{
	return hex_decode(text, out, len) == (long)len ? 0 : -1;
}

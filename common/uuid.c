/* UUIDs of version 7 (RFC 9562). */
#include "common/uuid.h"

#include <sodium.h>
#include <string.h>

#include "common/clock.h"
#include "common/hex.h"

void
uuid_v7(int64_t wall_ms, const uint8_t random[10], char out[UUID_TEXT])
{
	uint8_t b[16];
	char hex[33];
	char *p = out;

	for (int i = 0; i < 6; i++)
		b[i] = (uint64_t)wall_ms >> (40 - 8 * i);
	memcpy(b + 6, random, 10);
	b[6] = 0x70 | (b[6] & 0x0f);
	b[8] = 0x80 | (b[8] & 0x3f);
	hex_encode(b, sizeof(b), hex);
	for (int i = 0; i < 32; i++) {
		if (i == 8 || i == 12 || i == 16 || i == 20)
			*p++ = '-';
		*p++ = hex[i];
	}
	*p = '\0';
}

void
uuid_new(char out[UUID_TEXT])
{
	uint8_t random[10];

	randombytes_buf(random, sizeof(random));
	uuid_v7(clock_wall_ms(), random, out);
}

bool
uuid_is_valid(const char *s)
{
	for (int i = 0; i < 36; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash ? s[i] != '-'
			 : s[i] == '\0' ||
			       strchr("0123456789abcdef", s[i]) == NULL)
			return false;
	}
	return s[36] == '\0';
}

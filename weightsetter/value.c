/* Decoded values of the chain as C values. */
#include "weightsetter/value.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/hex.h"
#include "common/xalloc.h"
#include "weightsetter/uid_weights.h"

static int
text_u64(const char *text, uint64_t *out)
{
	unsigned long long v;
	char *end;

	if (text[0] < '0' || text[0] > '9')
		return -1;
	errno = 0;
	v = strtoull(text, &end, 10);
	if (errno != 0 || *end != '\0')
		return -1;
	*out = v;
	return 0;
}

int
value_u64(const json_t *value, uint64_t *out)
{
	if (json_is_string(value))
		return text_u64(json_string_value(value), out);
	if (!json_is_integer(value) || json_integer_value(value) < 0)
		return -1;
	*out = (uint64_t)json_integer_value(value);
	return 0;
}

int
value_uint(const json_t *value, uint64_t max, uint64_t *out)
{
	uint64_t v;

	if (value_u64(value, &v) != 0 || v > max)
		return -1;
	*out = v;
	return 0;
}

int
value_bytes(const json_t *value, size_t max, struct buf *out)
{
	const char *text = json_string_value(value);
	size_t len = json_string_length(value);
	long n;

	if (text == NULL || strncmp(text, "0x", 2) != 0 || len / 2 - 1 > max)
		return -1;
	n = hex_decode(text, buf_reserve(out, len / 2), len / 2);
	if (n < 0)
		return -1;
	out->len += (size_t)n;
	return 0;
}

int
value_text(const json_t *value, char *out, size_t size)
{
	const char *text = json_string_value(value);

	if (text == NULL || json_string_length(value) >= size ||
	    strlen(text) != json_string_length(value))
		return -1;
	memcpy(out, text, strlen(text) + 1);
	return 0;
}

int
value_weights(const json_t *pairs, struct uid_weights *out)
{
	size_t n = json_array_size(pairs);
	uint64_t uid, weight;

	out->uids = xcalloc(n > 0 ? n : 1, sizeof(*out->uids));
	out->weights = xcalloc(n > 0 ? n : 1, sizeof(*out->weights));
	out->n = n;
	for (size_t i = 0; i < n; i++) {
		const json_t *pair = json_array_get(pairs, i);

		if (value_uint(json_array_get(pair, 0), UINT16_MAX, &uid) !=
			0 ||
		    value_uint(json_array_get(pair, 1), UINT16_MAX, &weight) !=
			0)
			return -1;
		out->uids[i] = (uint16_t)uid;
		out->weights[i] = (uint16_t)weight;
	}
	return 0;
}

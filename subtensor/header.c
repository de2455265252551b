/* Headers: from JSON to SCALE, and hashed. */
#include "subtensor/header.h"

#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/hex.h"
#include "subtensor/hash.h"
#include "subtensor/scale.h"

int
header_read_hash(const json_t *value, uint8_t hash[32])
{
	const char *text = json_string_value(value);

	if (text == NULL || strncmp(text, "0x", 2) != 0)
		return -1;
	return hex_decode_exact(text, hash, 32);
}

int
header_read_text(const json_t *value, char hash[HEADER_HASH])
{
	uint8_t bytes[32];

	if (header_read_hash(value, bytes) != 0)
		return -1;
	memcpy(hash, json_string_value(value), HEADER_HASH);
	return 0;
}

int
header_number(const json_t *header, uint64_t *number)
{
	const char *text = json_string_value(json_object_get(header, "number"));
	size_t digits;

	if (text == NULL || strncmp(text, "0x", 2) != 0)
		return -1;
	digits = strspn(text + 2, "0123456789abcdefABCDEF");
	if (digits == 0 || digits > 16 || text[2 + digits] != '\0')
		return -1;
	*number = strtoull(text + 2, NULL, 16);
	return 0;
}

static int
put_hash(const json_t *header, const char *name, struct buf *out)
{
	uint8_t bytes[32];

	if (header_read_hash(json_object_get(header, name), bytes) != 0)
		return -1;
	buf_add(out, bytes, sizeof(bytes));
	return 0;
}

static int
put_number(const json_t *header, struct buf *out)
{
	uint64_t number;

	if (header_number(header, &number) != 0)
		return -1;
	scale_put_compact(out, number);
	return 0;
}

static int
put_log(const json_t *log, struct buf *out)
{
	const char *text = json_string_value(log);
	size_t most = json_string_length(log) / 2;
	long len;

	if (text == NULL || strncmp(text, "0x", 2) != 0 ||
	    most > HEADER_MAX_LOG)
		return -1;
	len = hex_decode(text, buf_reserve(out, most), most);
	if (len < 0)
		return -1;
	out->len += (size_t)len;
	return 0;
}

/* Each log is SCALE already. */
static int
put_digest(const json_t *header, struct buf *out)
{
	const json_t *logs =
	    json_object_get(json_object_get(header, "digest"), "logs");

	if (!json_is_array(logs) || json_array_size(logs) > HEADER_MAX_LOGS)
		return -1;
	scale_put_compact(out, json_array_size(logs));
	for (size_t i = 0; i < json_array_size(logs); i++)
		if (put_log(json_array_get(logs, i), out) != 0)
			return -1;
	return 0;
}

int
header_hash(const json_t *header, uint8_t hash[32])
{
	struct buf bytes = {0};
	int rc = -1;

	if (put_hash(header, "parentHash", &bytes) == 0 &&
	    put_number(header, &bytes) == 0 &&
	    put_hash(header, "stateRoot", &bytes) == 0 &&
	    put_hash(header, "extrinsicsRoot", &bytes) == 0 &&
	    put_digest(header, &bytes) == 0) {
		hash_blake2_256(bytes.data, bytes.len, hash);
		rc = 0;
	}
	buf_free(&bytes);
	return rc;
}

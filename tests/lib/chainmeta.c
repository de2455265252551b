/* Recorded metadata and values. */
#include "tests/lib/chainmeta.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/err.h"
#include "common/hex.h"
#include "common/xalloc.h"
#include "subtensor/decode.h"
#include "subtensor/metadata.h"
#include "tests/lib/chaindata.h"

struct metadata *
chainmeta_load(const char *file)
{
	struct err err = {""};
	size_t len;
	uint8_t *data = chaindata_read(file, &len);
	struct metadata *md = metadata_parse(data, len, &err);

	free(data);
	if (md == NULL)
		fail_msg("%s: %s", file, err.text);
	return md;
}

struct buf
chainmeta_bytes(const char *hex)
{
	struct buf b = {0};
	size_t max = strlen(hex) / 2;
	long n = hex_decode(hex, buf_reserve(&b, max), max);

	if (n < 0)
		fail_msg("no hex: %.40s", hex);
	b.len = n;
	return b;
}

static bool
is_same(const struct buf *a, const struct buf *b)
{
	return a->len == b->len &&
	       (a->len == 0 || memcmp(a->data, b->data, a->len) == 0);
}

bool
chainmeta_is(const struct buf *b, const char *hex)
{
	struct buf want = chainmeta_bytes(hex);
	bool same = b->len == want.len &&
		    (b->len == 0 || memcmp(b->data, want.data, b->len) == 0);

	buf_free(&want);
	return same;
}

json_t *
chainmeta_round_trip(const struct metadata *md, uint32_t type,
    const struct buf *bytes, const char *what)
{
	struct err err = {""};
	struct buf again = {0};
	json_t *json = decode_all(md, type, bytes->data, bytes->len, &err);

	if (json == NULL)
		fail_msg("%s does not decode: %s", what, err.text);
	if (encode_value(md, type, json, &again, &err) != 0)
		fail_msg("%s does not encode: %s", what, err.text);
	if (!is_same(&again, bytes))
		fail_msg("%s encodes to other bytes", what);
	buf_free(&again);
	return json;
}

json_t *
chainmeta_at(const json_t *json, const char *path)
{
	json_t *at = (json_t *)json;

	while (at != NULL && *path != '\0') {
		size_t len = strcspn(path, ".");
		char *key = xstrndup(path, len);

		if (json_is_array(at))
			at = json_array_get(at, strtoul(key, NULL, 10));
		else
			at = json_object_get(at, key);
		free(key);
		path += len + (path[len] == '.');
	}
	return at;
}

/* What the chain itself says. */
#include "tests/demo/chain.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/err.h"
#include "common/hex.h"
#include "common/xalloc.h"
#include "subtensor/decode.h"
#include "subtensor/metadata.h"
#include "subtensor/scale.h"
#include "tests/lib/fetch.h"

/* One call over HTTP; the result is the caller's, NULL having said why. */
static json_t *
call(const char *url, const char *method, json_t *params)
{
	json_t *ask = json_pack("{s:s, s:i, s:s, s:o}", "jsonrpc", "2.0", "id",
	    1, "method", method, "params", params);
	char *text = json_dumps(ask, JSON_COMPACT);
	struct fetch_answer answer;
	json_t *body, *result;

	fetch_post_json(url, text, &answer);
	body = fetch_json(&answer);
	result = json_incref(json_object_get(body, "result"));
	if (result == NULL)
		fprintf(stderr, "demo: %s: %s %.200s\n", method, answer.why,
		    answer.body != NULL ? answer.body : "");
	fetch_clear(&answer);
	json_decref(body);
	json_decref(ask);
	free(text);
	return result;
}

static int
take_hex(json_t *text, struct buf *out)
{
	const char *s = json_string_value(text);
	long n = -1;

	if (s != NULL)
		n = hex_decode(
		    s, buf_reserve(out, strlen(s) / 2 + 1), strlen(s) / 2);
	if (n >= 0)
		out->len += n;
	json_decref(text);
	return n >= 0 ? 0 : -1;
}

/* V15 comes as Option<Vec<u8>>: 01, a compact length, the bytes. */
static struct metadata *
read_metadata(const char *url, const char *hash)
{
	struct buf bytes = {0};
	struct metadata *m = NULL;
	struct scale_reader r;
	struct err err = {"no answer"};

	if (take_hex(call(url, "state_call",
			 json_pack("[s, s, s]", "Metadata_metadata_at_version",
			     "0x0f000000", hash)),
		&bytes) == 0) {
		scale_read_init(&r, bytes.data, bytes.len);
		scale_u8(&r);
		scale_compact(&r);
		if (!r.failed)
			m = metadata_parse(
			    bytes.data + r.pos, scale_left(&r), &err);
	}
	if (m == NULL)
		fprintf(stderr, "demo: metadata: %s\n", err.text);
	buf_free(&bytes);
	return m;
}

/* A storage entry's value at a block as JSON; NULL if there is none. */
static json_t *
read_storage(const char *url, const struct metadata *m, const char *hash,
    const char *entry, json_t *keys)
{
	const struct storage_entry *e =
	    metadata_storage(m, "SubtensorModule", entry, NULL);
	struct buf key = {0}, bytes = {0};
	struct err err = {"not in the metadata"};
	json_t *value = NULL;
	char *hex = NULL;

	if (e != NULL &&
	    storage_key(m, "SubtensorModule", entry, keys, &key, &err) == 0) {
		hex = hex_0x(key.data, key.len);
		if (take_hex(call(url, "state_getStorage",
				 json_pack("[s, s]", hex, hash)),
			&bytes) == 0)
			value = decode_all(
			    m, e->value, bytes.data, bytes.len, &err);
	}
	if (value == NULL)
		fprintf(stderr, "demo: %s: %s\n", entry, err.text);
	json_decref(keys);
	free(hex);
	buf_free(&key);
	buf_free(&bytes);
	return value;
}

static int
read_block(const char *url, struct chain_weights *w)
{
	json_t *hash = call(url, "chain_getFinalizedHead", json_array());
	json_t *header;
	const char *number;

	if (!json_is_string(hash))
		return -1;
	snprintf(w->hash, sizeof(w->hash), "%s", json_string_value(hash));
	header = call(url, "chain_getHeader", json_pack("[o]", hash));
	number = json_string_value(json_object_get(header, "number"));
	w->block = number != NULL ? strtoll(number, NULL, 16) : -1;
	json_decref(header);
	return w->block >= 0 ? 0 : -1;
}

int
chain_read_weights(const char *http_url, int netuid, const char *hotkey,
    struct chain_weights *w)
{
	struct metadata *m = NULL;
	json_t *uid = NULL;

	*w = (struct chain_weights){0};
	if (read_block(http_url, w) == 0)
		m = read_metadata(http_url, w->hash);
	if (m != NULL)
		uid = read_storage(http_url, m, w->hash, "Uids",
		    json_pack("[i, s]", netuid, hotkey));
	if (uid != NULL)
		w->pairs = read_storage(http_url, m, w->hash, "Weights",
		    json_pack("[i, O]", netuid, uid));
	json_decref(uid);
	metadata_free(m);
	return w->pairs != NULL ? 0 : -1;
}

/* subnetctl storage-key and call: what is asked of a chain, as bytes. */
#include <stdlib.h>

#include "common/buf.h"
#include "common/err.h"
#include "subnetctl/chain.h"
#include "subnetctl/chain_input.h"
#include "subtensor/decode.h"
#include "subtensor/metadata.h"
#include "subtensor/storage_key.h"

/* A JSON value, or else the word as a text: an address, hex, a large number.
 * NULL if it is neither. */
static json_t *
key_value(const char *word)
{
	json_t *value =
	    json_loads(word, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, NULL);

	if (value != NULL && !json_is_real(value))
		return value;
	json_decref(value);
	return json_string(word);
}

static json_t *
key_values(const struct chain_args *args, struct err *err)
{
	json_t *keys = json_array();

	for (size_t i = 3; i < args->n_words; i++) {
		if (json_array_append_new(keys, key_value(args->words[i])) == 0)
			continue;
		err_set(err, "key %zu is not UTF-8", i - 3);
		json_decref(keys);
		return NULL;
	}
	return keys;
}

/* {"key", "is_prefix"} */
static json_t *
storage_json(const struct metadata *md, const struct chain_args *args,
    const json_t *keys, struct err *err)
{
	const char *const *w = args->words;
	struct buf key = {0};
	json_t *json = NULL;

	if (storage_key(md, w[1], w[2], keys, &key, err) == 0)
		json = json_pack("{s:o, s:b}", "key",
		    chain_hex_json(key.data, key.len), "is_prefix",
		    json_array_size(keys) <
			metadata_storage(md, w[1], w[2], NULL)->n_hashers);
	buf_free(&key);
	return json;
}

enum ctl_exit
chain_storage_key(struct chain_args *args, json_t **out, struct err *err)
{
	struct metadata *md = chain_metadata(args, args->words[0], err);
	json_t *keys = md != NULL ? key_values(args, err) : NULL;

	if (keys != NULL)
		*out = storage_json(md, args, keys, err);
	json_decref(keys);
	metadata_free(md);
	return *out != NULL ? CTL_OK : CTL_FAILED;
}

/* The arguments as an object, none if they are left out. */
static json_t *
call_args(struct chain_args *args, struct err *err)
{
	json_error_t why;
	char *text;
	json_t *json;

	if (args->n_words < 4)
		return json_object();
	text = chain_text(args, args->words[3], err);
	if (text == NULL)
		return NULL;
	json = json_loads(text, JSON_REJECT_DUPLICATES, &why);
	free(text);
	if (json == NULL)
		err_set(err, "the arguments are not JSON: %s (column %d)",
		    why.text, why.column);
	return json;
}

static json_t *
call_json(const struct metadata *md, const struct chain_args *args,
    const json_t *values, struct err *err)
{
	struct buf call = {0};
	json_t *json = NULL;

	if (encode_call(
		md, args->words[1], args->words[2], values, &call, err) == 0)
		json = json_pack(
		    "{s:o}", "hex", chain_hex_json(call.data, call.len));
	buf_free(&call);
	return json;
}

enum ctl_exit
chain_call_encode(struct chain_args *args, json_t **out, struct err *err)
{
	struct metadata *md = chain_metadata(args, args->words[0], err);
	json_t *values = md != NULL ? call_args(args, err) : NULL;

	if (values != NULL)
		*out = call_json(md, args, values, err);
	json_decref(values);
	metadata_free(md);
	return *out != NULL ? CTL_OK : CTL_FAILED;
}

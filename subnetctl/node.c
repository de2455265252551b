/* A node of the chain, asked at one block. */
#include "subnetctl/node.h"

#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/config.h"
#include "common/err.h"
#include "common/hex.h"
#include "common/xalloc.h"
#include "subnetctl/web.h"
#include "subtensor/decode.h"
#include "subtensor/metadata.h"
#include "subtensor/networks.h"
#include "subtensor/storage_key.h"

char *
node_endpoint(
    const struct config *config, const char **genesis, struct err *err)
{
	const char *name = config_str(config, "subtensor.network");
	const struct network *network = network_find(name);
	char **urls = config_list(config, "subtensor.chain_endpoint");
	char *endpoint = NULL;

	*genesis = NULL;
	if (urls[0] != NULL) {
		endpoint = xstrdup(urls[0]);
	} else if (strstr(name, "://") != NULL) {
		endpoint = xstrdup(name);
	} else if (network != NULL) {
		endpoint = xstrdup(network->urls[0]);
		*genesis = network->genesis;
	} else {
		err_set(err,
		    "subtensor.network: \"%.60s\" is not finney, test, "
		    "archive, local or a ws URL",
		    name);
	}
	config_list_free(urls);
	return endpoint;
}

char *
node_url(const struct config *config, struct err *err)
{
	const char *genesis;
	char *endpoint = node_endpoint(config, &genesis, err);
	char *url = endpoint != NULL ? web_http_url(endpoint) : NULL;

	free(endpoint);
	return url;
}

int
node_take_bytes(json_t *result, struct buf *out, struct err *err)
{
	const char *hex = json_string_value(result);
	int rc = hex != NULL ? 0 : 1;
	long n;

	if (result == NULL)
		return -1;
	if (hex != NULL) {
		n = hex_decode(
		    hex, buf_reserve(out, strlen(hex) / 2), strlen(hex) / 2);
		if (n >= 0)
			out->len += n;
		else
			rc = err_set(err, "the node's answer is not hex");
	}
	json_decref(result);
	return rc;
}

/* The parameters of a call, and the block behind them if one was named. */
static json_t *
at_block(const struct node *node, json_t *params)
{
	if (node->hash != NULL)
		json_array_append_new(params, json_string(node->hash));
	return params;
}

int
node_load_metadata(struct node *node, struct buf *keep, struct err *err)
{
	struct buf blob = {0};
	int rc = node_take_bytes(web_call(node->url, "state_getMetadata",
				     at_block(node, json_array()), err),
	    &blob, err);

	if (rc == 1)
		err_set(err, "%s has no metadata of that block", node->url);
	if (rc == 0)
		node->md = metadata_parse(blob.data, blob.len, err);
	if (rc == 0 && keep != NULL)
		buf_add(keep, blob.data, blob.len);
	buf_free(&blob);
	return node->md != NULL ? 0 : -1;
}

/* The value's bytes; as node_take_bytes(). */
static int
get_storage(const struct node *node, const struct buf *key, struct buf *value,
    struct err *err)
{
	char *hex = hex_0x(key->data, key->len);
	int rc =
	    node_take_bytes(web_call(node->url, "state_getStorage",
				at_block(node, json_pack("[s]", hex)), err),
		value, err);

	free(hex);
	return rc;
}

static json_t *
decode_entry(const struct node *node, const struct storage_entry *e,
    const struct buf *value, bool is_missing, struct err *err)
{
	if (!is_missing)
		return decode_all(
		    node->md, e->value, value->data, value->len, err);
	if (!e->has_default)
		return json_null();
	return decode_all(
	    node->md, e->value, e->fallback, e->fallback_len, err);
}

json_t *
node_read(const struct node *node, const char *pallet, const char *entry,
    json_t *keys, struct err *err)
{
	const struct storage_entry *e =
	    metadata_storage(node->md, pallet, entry, NULL);
	struct buf key = {0}, value = {0};
	json_t *json = NULL;
	int rc = -1;

	if (e == NULL)
		err_set(err, "the runtime has no %s.%s", pallet, entry);
	else if (storage_key(node->md, pallet, entry, keys, &key, err) == 0)
		rc = get_storage(node, &key, &value, err);
	if (rc >= 0)
		json = decode_entry(node, e, &value, rc == 1, err);
	buf_free(&key);
	buf_free(&value);
	json_decref(keys);
	return json;
}

void
node_clear(struct node *node)
{
	metadata_free(node->md);
	free(node->url);
	*node = (struct node){.url = NULL};
}

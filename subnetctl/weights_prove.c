/*
 * subnetctl weights prove: the last proof, and the chain asked again. The
 * block is in the chain, and at that block its storage holds what was sent.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/config.h"
#include "common/err.h"
#include "common/hex.h"
#include "common/pg.h"
#include "common/xalloc.h"
#include "sql.h"
#include "subnetctl/ctl.h"
#include "subnetctl/db.h"
#include "subnetctl/show.h"
#include "subnetctl/web.h"
#include "subtensor/decode.h"
#include "subtensor/metadata.h"
#include "subtensor/networks.h"
#include "subtensor/storage_key.h"

enum { SUBNETS = 4096, N_UIDS = 65536 }; /* of a storage index */

struct node {
	char *url;
	const char *hash; /* the block that is asked about */
	struct metadata *md;
};

/* The first endpoint that was set, or the network's; the caller frees. */
static char *
node_url(const struct config *config, struct err *err)
{
	const char *name = config_str(config, "subtensor.network");
	const struct network *network = network_find(name);
	char **urls = config_list(config, "subtensor.chain_endpoint");
	char *url = NULL;

	if (urls[0] != NULL)
		url = web_http_url(urls[0]);
	else if (network != NULL)
		url = web_http_url(network->urls[0]);
	else
		err_set(
		    err, "\"%s\" is no network: set subtensor.network", name);
	config_list_free(urls);
	return url;
}

/* Bytes of a result in hex; -1 and why, 1 if it is null. */
static int
take_bytes(json_t *result, struct buf *out, struct err *err)
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

/* The runtime's metadata at the block. */
static int
load_metadata(struct node *node, struct err *err)
{
	struct buf blob = {0};
	int rc = take_bytes(web_call(node->url, "state_getMetadata",
				json_pack("[s]", node->hash), err),
	    &blob, err);

	if (rc == 1)
		err_set(err, "%s has no metadata of that block", node->url);
	if (rc == 0)
		node->md = metadata_parse(blob.data, blob.len, err);
	buf_free(&blob);
	return node->md != NULL ? 0 : -1;
}

/* A storage entry of SubtensorModule at the block; keys is taken. Null if
 * there is none; NULL, and why. */
static json_t *
read_entry(
    const struct node *node, const char *entry, json_t *keys, struct err *err)
{
	const struct storage_entry *e =
	    metadata_storage(node->md, "SubtensorModule", entry, NULL);
	struct buf key = {0}, value = {0};
	json_t *json = NULL;
	char *hex;
	int rc = -1;

	if (storage_key(node->md, "SubtensorModule", entry, keys, &key, err) ==
	    0) {
		hex = hex_0x(key.data, key.len);
		rc = take_bytes(web_call(node->url, "state_getStorage",
				    json_pack("[s, s]", hex, node->hash), err),
		    &value, err);
		free(hex);
	}
	if (rc == 1)
		json = json_null();
	else if (rc == 0)
		json =
		    decode_all(node->md, e->value, value.data, value.len, err);
	buf_free(&key);
	buf_free(&value);
	json_decref(keys);
	return json;
}

/* -- comparing ---------------------------------------------------------- */

static int
put(uint16_t *by_uid, const json_t *uid, const json_t *weight)
{
	json_int_t at = json_integer_value(uid);
	json_int_t w = json_integer_value(weight);

	if (!json_is_integer(uid) || at < 0 || at >= N_UIDS || w < 0 ||
	    w >= N_UIDS)
		return -1;
	by_uid[at] = w;
	return 0;
}

/* Of the ledger's row: two lists. */
static void
spread_row(const PGresult *row, uint16_t *by_uid)
{
	json_t *uids = json_loads(pg_text(row, 0, "uids"), 0, NULL);
	json_t *weights = json_loads(pg_text(row, 0, "weights"), 0, NULL);

	for (size_t i = 0; i < json_array_size(uids); i++)
		put(by_uid, json_array_get(uids, i),
		    json_array_get(weights, i));
	json_decref(uids);
	json_decref(weights);
}

/* Of the chain: a list of pairs. What is not listed has no weight. */
static bool
is_same(const json_t *pairs, const PGresult *row)
{
	uint16_t *sent = xcalloc(N_UIDS, sizeof(*sent));
	uint16_t *held = xcalloc(N_UIDS, sizeof(*held));
	bool same = json_is_array(pairs);
	const json_t *pair;
	size_t i;

	spread_row(row, sent);
	json_array_foreach(pairs, i, pair) same =
	    same &&
	    put(held, json_array_get(pair, 0), json_array_get(pair, 1)) == 0;
	same = same && memcmp(sent, held, N_UIDS * sizeof(*sent)) == 0;
	free(sent);
	free(held);
	return same;
}

/* -- asking ------------------------------------------------------------- */

static int
check_block(
    const struct node *node, const PGresult *row, bool *holds, struct err *err)
{
	json_t *hash = web_call(node->url, "chain_getBlockHash",
	    json_pack("[I]", (json_int_t)pg_int(row, 0, "proven_block")), err);

	if (hash == NULL)
		return -1;
	*holds = json_is_string(hash) &&
		 strcmp(json_string_value(hash), node->hash) == 0;
	json_decref(hash);
	return 0;
}

static int
check_weights(const struct ctl *ctl, const struct node *node,
    const PGresult *row, bool *holds, struct err *err)
{
	int netuid = atoi(ctl->netuid);
	json_t *pairs,
	    *uid = read_entry(node, "Uids",
		json_pack("[i, s]", netuid, pg_text(row, 0, "hotkey")), err);

	if (uid == NULL)
		return -1;
	if (!json_is_integer(uid)) {
		json_decref(uid);
		return err_set(err, "the hotkey has no uid at that block");
	}
	pairs = read_entry(node, "Weights",
	    json_pack("[i, o]", netuid + SUBNETS * atoi(ctl->mecid), uid), err);
	if (pairs == NULL)
		return -1;
	*holds = is_same(pairs, row);
	json_decref(pairs);
	return 0;
}

struct proof {
	bool block, weights;
};

static int
ask(const struct ctl *ctl, const PGresult *row, struct proof *proof,
    struct err *err)
{
	struct node node = {.url = node_url(ctl->config, err),
	    .hash = pg_text(row, 0, "proven_hash")};
	int rc = -1;

	*proof = (struct proof){false, false};
	if (node.url != NULL &&
	    check_block(&node, row, &proof->block, err) == 0 &&
	    load_metadata(&node, err) == 0 &&
	    check_weights(ctl, &node, row, &proof->weights, err) == 0)
		rc = 0;
	metadata_free(node.md);
	free(node.url);
	return rc;
}

static void
print(const struct ctl *ctl, const PGresult *row, const struct proof *proof)
{
	json_t *json;

	if (!ctl->json) {
		show_pairs(row, 0);
		printf("%-16s %s\n%-16s %s\n", "block",
		    proof->block ? "is in the chain" : "IS NOT IN THE CHAIN",
		    "storage",
		    proof->weights ? "holds these weights at that block"
				   : "HOLDS OTHER WEIGHTS");
		return;
	}
	json = show_row(row, 0);
	json_object_set_new(json, "block_holds", json_boolean(proof->block));
	json_object_set_new(json, "weights_hold", json_boolean(proof->weights));
	json_object_set_new(
	    json, "holds", json_boolean(proof->block && proof->weights));
	show_json(json);
}

static enum ctl_exit
prove(const struct ctl *ctl, const PGresult *row, struct err *err)
{
	struct proof proof;

	if (PQntuples(row) == 0) {
		err_set(err, "nothing has been proven yet on subnet %s",
		    ctl->netuid);
		return CTL_FAILED;
	}
	if (ask(ctl, row, &proof, err) != 0) {
		err_wrap(err,
		    "the proof at block %s, %s, cannot be checked again (a "
		    "node forgets old blocks; --subtensor.network archive "
		    "does not)",
		    pg_text(row, 0, "proven_block"),
		    pg_text(row, 0, "proven_hash"));
		return CTL_FAILED;
	}
	print(ctl, row, &proof);
	err->text[0] = '\0';
	return proof.block && proof.weights ? CTL_OK : CTL_FAILED;
}

int
ctl_weights_prove(const struct ctl *ctl)
{
	const char *const params[] = {ctl->netuid, ctl->mecid};
	PGconn *conn = ctl_connect(ctl);
	enum ctl_exit code = CTL_FAILED;
	PGresult *row;
	struct err err;

	if (conn == NULL)
		return CTL_FAILED;
	row = db_query(conn, sql_ctl_weight_proven, 2, params, &err);
	PQfinish(conn);
	if (row != NULL)
		code = prove(ctl, row, &err);
	if (code != CTL_OK && err.text[0] != '\0')
		ctl_fail(ctl, code, &err);
	PQclear(row);
	return code;
}

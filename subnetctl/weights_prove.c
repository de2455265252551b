/*
 * subnetctl weights prove: the last proof, and the chain asked again. The
 * block is in the chain, and at that block its storage holds what was sent.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/config.h"
#include "common/err.h"
#include "common/pg.h"
#include "common/xalloc.h"
#include "sql.h"
#include "subnetctl/ctl.h"
#include "subnetctl/db.h"
#include "subnetctl/node.h"
#include "subnetctl/show.h"
#include "subnetctl/web.h"

enum { SUBNETS = 4096, N_UIDS = 65536 }; /* of a storage index */

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
	    *uid = node_read(node, "SubtensorModule", "Uids",
		json_pack("[i, s]", netuid, pg_text(row, 0, "hotkey")), err);

	if (uid == NULL)
		return -1;
	if (!json_is_integer(uid)) {
		json_decref(uid);
		return err_set(err, "the hotkey has no uid at that block");
	}
	pairs = node_read(node, "SubtensorModule", "Weights",
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
	    node_load_metadata(&node, NULL, err) == 0 &&
	    check_weights(ctl, &node, row, &proof->weights, err) == 0)
		rc = 0;
	node_clear(&node);
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

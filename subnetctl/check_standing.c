/*
 * Doctor: the runtime at the head and whether we could sign for it; and how
 * our hotkey stands on the subnet: registered, with a permit, with stake, and
 * when it may set weights again.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/err.h"
#include "common/hex.h"
#include "common/pg.h"
#include "common/xalloc.h"
#include "sql.h"
#include "subnetctl/check.h"
#include "subnetctl/db.h"
#include "subnetctl/node.h"
#include "subnetctl/web.h"
#include "subtensor/extrinsic.h"
#include "subtensor/hash.h"
#include "subtensor/metadata.h"

static const char subtensor[] = "SubtensorModule";

/* -- the runtime ----------------------------------------------------------- */

/* Its version, as the node says it. */
struct version {
	char name[64];
	int64_t spec, transaction;
};

static int
ask_version(const struct node *node, struct version *v, struct err *err)
{
	json_t *json =
	    web_call(node->url, "state_getRuntimeVersion", json_array(), err);
	const char *name = json_string_value(json_object_get(json, "specName"));

	if (json == NULL)
		return -1;
	snprintf(v->name, sizeof(v->name), "%s", name != NULL ? name : "?");
	v->spec = json_integer_value(json_object_get(json, "specVersion"));
	v->transaction =
	    json_integer_value(json_object_get(json, "transactionVersion"));
	json_decref(json);
	return 0;
}

/* Any call's bytes do: what is asked is whether we know all extensions. */
static int
try_signing(const struct metadata *md, struct err *err)
{
	const struct extrinsic_env env = {.spec_version = md->spec_version};
	const uint8_t call[2] = {0};
	struct buf payload = {0};
	int rc = extrinsic_payload(md, &env, call, sizeof(call), &payload, err);

	buf_free(&payload);
	return rc;
}

/* The calls that weights may go by; NULL: the runtime has none of them. */
static const char *
find_weights_call(const struct metadata *md)
{
	static const char *const calls[] = {"set_mechanism_weights",
	    "set_weights", "commit_timelocked_mechanism_weights",
	    "commit_timelocked_weights"};

	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		if (metadata_call(md, subtensor, calls[i], NULL) != NULL)
			return calls[i];
	}
	return NULL;
}

static void
judge_runtime(struct check *c, const struct node *node, const struct version *v,
    const struct buf *blob, int weights_pallet)
{
	const struct pallet *pallet = metadata_pallet(node->md, subtensor);
	struct err err;
	uint8_t hash[32];
	char hex[17];

	hash_blake2_256(blob->data, blob->len, hash);
	hex_encode(hash, 8, hex);
	if (pallet == NULL || find_weights_call(node->md) == NULL) {
		check_fail(c, "%s %lld has no call that sets weights", v->name,
		    (long long)v->spec);
		check_fix(c, "set subtensor.chain_endpoint to a node of a "
			     "subtensor chain");
	} else if (pallet->index != weights_pallet) {
		check_fail(c,
		    "%s is pallet %d of %s %lld, and signerd signs "
		    "for %d",
		    subtensor, pallet->index, v->name, (long long)v->spec,
		    weights_pallet);
		check_fix(c, "set signer.weights_pallet to %d", pallet->index);
	} else if (try_signing(node->md, &err) != 0) {
		check_fail(c, "nothing can be signed for %s %lld: %.160s",
		    v->name, (long long)v->spec, err.text);
		check_fix(c, "upgrade subnetd: until then no weights are set");
	} else {
		check_ok(c, "%s %lld, transactions %lld, metadata V%d %s...",
		    v->name, (long long)v->spec, (long long)v->transaction,
		    node->md->version, hex);
	}
}

void
check_runtime(struct check *c, struct node *node, int weights_pallet)
{
	struct version version;
	struct buf blob = {0};
	struct err err;

	c->name = "runtime";
	if (node->url == NULL) {
		check_skip(c, "the chain cannot be reached");
	} else if (ask_version(node, &version, &err) == 0 &&
		   node_load_metadata(node, &blob, &err) == 0) {
		judge_runtime(c, node, &version, &blob, weights_pallet);
	} else {
		check_fail(c, "%.300s", err.text);
		check_fix(c, "set subtensor.chain_endpoint to a node that "
			     "gives its metadata");
	}
	buf_free(&blob);
}

/* -- our standing ---------------------------------------------------------- */

enum { SUBNETS = 4096, NOT_KNOWN = -1, LATE_TEMPOS = 3 };

struct standing {
	int64_t uid; /* NOT_KNOWN: not registered */
	bool permit;
	double stake, threshold; /* below 0: not known */
	int64_t head, last_update, rate_limit, tempo;
};

/* A number, or a decimal text of one that is too large. */
static int64_t
number_of(const json_t *value)
{
	return json_is_string(value)
		   ? strtoll(json_string_value(value), NULL, 10)
		   : json_integer_value(value);
}

/* An entry by netuid, as a number; 0 where the runtime has none such. */
static int
read_number(const struct node *node, const char *entry, json_t *keys,
    int64_t *out, struct err *err)
{
	json_t *value;

	*out = 0;
	if (metadata_storage(node->md, subtensor, entry, NULL) == NULL) {
		json_decref(keys);
		return 0;
	}
	value = node_read(node, subtensor, entry, keys, err);
	if (value == NULL)
		return -1;
	*out = number_of(value);
	json_decref(value);
	return 0;
}

/* The uid's place of a list by netuid; 0 if the list is shorter. */
static int
read_place(const struct node *node, const char *entry, int index, int64_t uid,
    int64_t *out, struct err *err)
{
	json_t *list =
	    node_read(node, subtensor, entry, json_pack("[i]", index), err);
	const json_t *at = json_array_get(list, (size_t)uid);

	if (list == NULL)
		return -1;
	*out = json_is_boolean(at) ? json_is_true(at) : number_of(at);
	json_decref(list);
	return 0;
}

static int
read_uid(const struct node *node, const struct check_standing *of,
    struct standing *s, struct err *err)
{
	json_t *uid = node_read(node, subtensor, "Uids",
	    json_pack("[i, s]", of->netuid, of->hotkey), err);

	if (uid == NULL)
		return -1;
	s->uid = json_is_integer(uid) ? json_integer_value(uid) : NOT_KNOWN;
	json_decref(uid);
	return 0;
}

static int
read_head(const struct node *node, struct standing *s, struct err *err)
{
	json_t *header =
	    web_call(node->url, "chain_getHeader", json_array(), err);
	const char *number =
	    json_string_value(json_object_get(header, "number"));

	if (header == NULL)
		return -1;
	s->head = number != NULL ? strtoll(number, NULL, 16) : 0;
	json_decref(header);
	return 0;
}

/* What weightsetterd's snapshot says; not known before it wrote one. */
static void
read_stake(const struct check_standing *of, struct standing *s)
{
	struct pg_params p = {.n = 0};
	PGresult *res = NULL;

	s->stake = NOT_KNOWN;
	if (of->conn == NULL)
		return;
	pg_add_int(&p, of->netuid);
	pg_add_text(&p, of->hotkey);
	res = db_query(of->conn, sql_ctl_doctor_stake, p.n, p.values, NULL);
	if (res != NULL && PQntuples(res) == 1)
		s->stake = pg_real(res, 0, "stake");
	PQclear(res);
}

static int
read_standing(const struct node *node, const struct check_standing *of,
    struct standing *s, struct err *err)
{
	int index = of->netuid + SUBNETS * of->mecid;
	int64_t permit = 0, threshold = 0;

	*s = (struct standing){.uid = NOT_KNOWN};
	if (read_uid(node, of, s, err) != 0)
		return -1;
	if (s->uid == NOT_KNOWN)
		return 0;
	if (read_head(node, s, err) != 0 ||
	    read_place(node, "ValidatorPermit", of->netuid, s->uid, &permit,
		err) != 0 ||
	    read_place(
		node, "LastUpdate", index, s->uid, &s->last_update, err) != 0 ||
	    read_number(node, "WeightsSetRateLimit",
		json_pack("[i]", of->netuid), &s->rate_limit, err) != 0 ||
	    read_number(node, "Tempo", json_pack("[i]", of->netuid), &s->tempo,
		err) != 0 ||
	    read_number(
		node, "StakeThreshold", json_array(), &threshold, err) != 0)
		return -1;
	s->permit = permit != 0;
	s->threshold = (double)threshold / 1e9;
	read_stake(of, s);
	return 0;
}

/* Tempos since the chain took weights of ours; below 0: it never did. */
static double
tempos_since(const struct standing *s)
{
	if (s->last_update == 0 || s->tempo <= 0 || s->head < s->last_update)
		return NOT_KNOWN;
	return (double)(s->head - s->last_update) / (double)(s->tempo + 1);
}

static void
say_standing(
    struct check *c, const struct check_standing *of, const struct standing *s)
{
	double since = tempos_since(s);
	int64_t next = s->last_update + s->rate_limit;
	char stake[48] = "", last[96] = "";

	if (s->stake >= 0)
		snprintf(stake, sizeof(stake), ", stake %.1f", s->stake);
	if (since >= 0)
		snprintf(last, sizeof(last),
		    ", weights taken at block %lld, again from %lld",
		    (long long)s->last_update, (long long)next);
	if (since > LATE_TEMPOS) {
		check_warn(c,
		    "uid %lld of subnet %d: the chain took no weights for "
		    "%.1f tempos",
		    (long long)s->uid, of->netuid, since);
		check_fix(c, "subnetctl weights status says what they wait "
			     "for");
	} else {
		check_ok(c, "uid %lld of subnet %d, with a permit%s%s",
		    (long long)s->uid, of->netuid, stake, last);
	}
}

static void
judge_standing(
    struct check *c, const struct check_standing *of, const struct standing *s)
{
	if (s->uid == NOT_KNOWN) {
		check_fail(c, "%s is not registered on subnet %d", of->hotkey,
		    of->netuid);
		check_fix(c,
		    "register it: btcli subnet register --netuid %d; or set "
		    "netuid, wallet.name, wallet.hotkey",
		    of->netuid);
	} else if (s->stake >= 0 && s->stake < s->threshold) {
		check_fail(c,
		    "uid %lld has stake %.1f; setting weights needs %.1f",
		    (long long)s->uid, s->stake, s->threshold);
		check_fix(c, "stake more to %s", of->hotkey);
	} else if (!s->permit) {
		check_fail(c, "uid %lld of subnet %d has no validator permit",
		    (long long)s->uid, of->netuid);
		check_fix(c,
		    "stake more to %s: permits go to the largest "
		    "stakes, at each epoch",
		    of->hotkey);
	} else {
		say_standing(c, of, s);
	}
}

void
check_standing(
    struct check *c, const struct node *node, const struct check_standing *of)
{
	struct standing s;
	struct err err;

	c->name = "standing";
	if (of->hotkey[0] == '\0') {
		check_skip(c, "the hotkey is not known: signerd is not asked, "
			      "and its public file is not here");
	} else if (node->md == NULL) {
		check_skip(c, "the runtime could not be read");
	} else if (read_standing(node, of, &s, &err) == 0) {
		judge_standing(c, of, &s);
	} else {
		check_fail(c, "%.300s", err.text);
		check_fix(c, "set subtensor.chain_endpoint to a node that "
			     "answers");
	}
}

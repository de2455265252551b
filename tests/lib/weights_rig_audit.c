/*
 * What must hold of a weight-setter's world whatever happened. The chain is
 * asked by keys and bytes made here, not by the code under test.
 */
#include "tests/lib/weights_rig.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/hex.h"
#include "common/xalloc.h"
#include "subtensor/hash.h"
#include "tests/lib/db.h"
#include "tests/lib/proc.h"

enum { MECHANISM_STRIDE = 4096 };

void
weights_rig_show(struct weights_rig *w)
{
	PGresult *rows = db_rows(w->db,
	    "select to_char(intended_at, 'HH24:MI:SS.MS'), netuid, mecid, "
	    "state, call, nonce, era_birth, era_death, finalized_block, "
	    "proven_block, reason, left(vector_id::text, 13), "
	    "left(extrinsic_hash, 14) from ledger order by intended_at");

	for (int i = 0; i < PQntuples(rows); i++) {
		for (int k = 0; k < PQnfields(rows); k++)
			fprintf(stderr, "%s ",
			    PQgetisnull(rows, i, k) ? "-"
						    : PQgetvalue(rows, i, k));
		fputc('\n', stderr);
	}
	PQclear(rows);
}

size_t
weights_rig_accepted(struct weights_rig *w)
{
	return proc_count_events(w->chain, "extrinsic.accepted", NULL);
}

static int
complain(struct weights_rig *w, const char *what)
{
	fprintf(stderr, "weights_rig: %s\n", what);
	weights_rig_show(w);
	return -1;
}

/* -- storage ------------------------------------------------------------- */

/* Weights[index][uid]: both keys as they are, little-endian. */
static char *
weights_key(unsigned index, unsigned uid)
{
	uint8_t key[36];

	hash_twox128("SubtensorModule", 15, key);
	hash_twox128("Weights", 7, key + 16);
	key[32] = (uint8_t)index;
	key[33] = (uint8_t)(index >> 8);
	key[34] = (uint8_t)uid;
	key[35] = (uint8_t)(uid >> 8);
	return hex_0x(key, sizeof(key));
}

/* Vec<(u16, u16)> of "{1,2}" and "{3,4}", as hex. Lists below 64 only. */
static char *
weights_value(const char *uids, const char *weights)
{
	uint8_t bytes[1 + 64 * 4];
	size_t n = 0;
	unsigned long uid, weight;
	char *at = (char *)uids, *of = (char *)weights;

	while ((*at == '{' || *at == ',') && n < 63 && at[1] != '}') {
		uid = strtoul(at + 1, &at, 10);
		weight = strtoul(of + 1, &of, 10);
		bytes[1 + n * 4] = (uint8_t)uid;
		bytes[2 + n * 4] = (uint8_t)(uid >> 8);
		bytes[3 + n * 4] = (uint8_t)weight;
		bytes[4 + n * 4] = (uint8_t)(weight >> 8);
		n++;
	}
	bytes[0] = (uint8_t)(n << 2);
	return hex_0x(bytes, 1 + n * 4);
}

static int
check_proven(struct weights_rig *w, PGresult *rows, int i)
{
	unsigned netuid = (unsigned)atoi(PQgetvalue(rows, i, 0));
	unsigned mecid = (unsigned)atoi(PQgetvalue(rows, i, 1));
	char *key = weights_key(mecid * MECHANISM_STRIDE + netuid, 0);
	char *params =
	    xasprintf("[\"%s\",\"%s\"]", key, PQgetvalue(rows, i, 2));
	char *expected =
	    weights_value(PQgetvalue(rows, i, 3), PQgetvalue(rows, i, 4));
	json_t *value = weights_rig_call(w, "state_getStorage", params);
	const char *text = json_string_value(value);
	int failed = text == NULL || strcmp(text, expected) != 0;

	if (failed)
		fprintf(stderr,
		    "weights_rig: proven at %s: the chain has %s, "
		    "the ledger %s\n",
		    PQgetvalue(rows, i, 2), text == NULL ? "nothing" : text,
		    expected);
	json_decref(value);
	free(key);
	free(params);
	free(expected);
	return failed ? -1 : 0;
}

/* Those whose state the chain still has. */
static int
check_all_proven(struct weights_rig *w)
{
	PGresult *rows = db_rows(w->db,
	    "select netuid, mecid, proven_hash, uids, weights from ledger "
	    "where state = 'proven' and proven_hash is not null and "
	    "proven_block > %lld",
	    (long long)weights_rig_finalized(w) - 200);
	int failed = rows == NULL ? -1 : 0;

	for (int i = 0; failed == 0 && i < PQntuples(rows); i++)
		failed = check_proven(w, rows, i);
	PQclear(rows);
	return failed;
}

/* -- the ledger ---------------------------------------------------------- */

int
weights_rig_audit(struct weights_rig *w)
{
	int64_t sent = db_int(w->db,
	    "select count(*) from ledger where extrinsic_hash is not null");

	if ((int64_t)weights_rig_accepted(w) > sent)
		return complain(w, "the chain took more than the ledger knows");
	if (db_int(w->db,
		"select count(*) - count(distinct extrinsic_hash) from ledger "
		"where extrinsic_hash is not null") != 0)
		return complain(w, "an extrinsic has two rows");
	if (db_int(w->db,
		"select count(*) from ledger where state = 'proven' and "
		"proven_hash is null and reveals is null") != 0)
		return complain(w, "a row is proven without a block");
	return check_all_proven(w);
}

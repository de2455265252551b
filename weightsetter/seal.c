/* Commits: a ciphertext, or a hash with its salt. */
#include "weightsetter/seal.h"

#include <sodium.h>
#include <string.h>

#include "common/buf.h"
#include "common/err.h"
#include "common/hex.h"
#include "subtensor/hash.h"
#include "subtensor/scale.h"
#include "subtensor/timelock.h"
#include "weightsetter/ledger.h"

enum { SALT = 16 };

static const char without_hotkey[] = "commit_crv3_weights";

static void
write_hash(struct ledger_row *row, const uint8_t hash[32])
{
	memcpy(row->commit_hash, "0x", 2);
	hex_encode(hash, 32, row->commit_hash + 2);
}

int
seal_timelock(struct ledger_row *row, const struct beacon *beacon,
    uint64_t round, struct buf *out, struct err *err)
{
	struct timelock_secrets secrets;
	struct buf text = {0};
	uint8_t public[32], hash[32];
	int rc;

	if (ss58_decode_account(row->hotkey, public) != 0)
		return err_set(err, "the hotkey is no address");
	row->reveal_round = round;
	timelock_weights(strcmp(row->call, without_hotkey) == 0 ? NULL : public,
	    row->sent.uids, row->sent.weights, row->sent.n, row->version_key,
	    &text);
	timelock_secrets_new(&secrets);
	rc = timelock_encrypt(
	    beacon->public, round, &secrets, text.data, text.len, out, err);
	sodium_memzero(&secrets, sizeof(secrets));
	buf_free(&text);
	if (rc != 0)
		return -1;
	hash_blake2_256(out->data, out->len, hash);
	write_hash(row, hash);
	return 0;
}

static void
put_numbers(struct buf *b, const uint16_t *items, size_t n)
{
	scale_put_compact(b, n);
	for (size_t i = 0; i < n; i++)
		scale_put_u16(b, items[i]);
}

int
seal_hash_of(const struct ledger_row *row, uint8_t hash[32])
{
	struct buf b = {0};
	uint8_t public[32];

	if (ss58_decode_account(row->hotkey, public) != 0)
		return -1;
	buf_add(&b, public, sizeof(public));
	scale_put_u16(&b, snapshot_index(row->netuid, row->mecid));
	put_numbers(&b, row->sent.uids, row->sent.n);
	put_numbers(&b, row->sent.weights, row->sent.n);
	put_numbers(&b, row->salt, row->n_salt);
	scale_put_u64(&b, row->version_key);
	hash_blake2_256(b.data, b.len, hash);
	buf_free(&b);
	return 0;
}

int
seal_hash(struct ledger_row *row, struct err *err)
{
	uint8_t hash[32];

	row->n_salt = SALT;
	randombytes_buf(row->salt, SALT * sizeof(row->salt[0]));
	if (seal_hash_of(row, hash) != 0)
		return err_set(err, "the hotkey is no address");
	write_hash(row, hash);
	return 0;
}

/* AccountInfo's bytes, and the ways an account may be named in a scenario. */
#include "tests/fake/devchain/account.h"

#include <string.h>

#include "common/buf.h"
#include "common/err.h"
#include "common/hex.h"
#include "subtensor/scale.h"
#include "subtensor/ss58.h"
#include "subtensor/suri.h"
#include "tests/fake/devchain/storage.h"

static struct item
account_item(const uint8_t id[32])
{
	return item_with(item("System", "Account"), id, 32);
}

struct account
account_read(const struct view *v, const uint8_t id[32])
{
	struct account a = {0};
	struct bytes b;
	struct scale_reader r;

	view_get(v, account_item(id), &b);
	scale_read_init(&r, b.data, b.len);
	a.nonce = scale_u32(&r);
	a.consumers = scale_u32(&r);
	a.providers = scale_u32(&r);
	a.sufficients = scale_u32(&r);
	a.free = scale_u64(&r);
	return a;
}

void
account_write(
    const struct view *v, const uint8_t id[32], const struct account *a)
{
	struct buf b = {0};

	scale_put_u32(&b, a->nonce);
	scale_put_u32(&b, a->consumers);
	scale_put_u32(&b, a->providers);
	scale_put_u32(&b, a->sufficients);
	scale_put_u64(&b, a->free);
	scale_put_u64(&b, 0); /* reserved */
	scale_put_u64(&b, 0); /* frozen */
	scale_put_u64(&b, 0);
	scale_put_u64(&b, UINT64_C(1) << 63); /* flags: the new logic */
	view_put(v, account_item(id), b.data, b.len);
	buf_free(&b);
}

int
account_parse(const char *text, uint8_t id[32], struct err *err)
{
	struct sr25519_keypair pair;

	if (ss58_decode_account(text, id) == 0)
		return 0;
	if (strncmp(text, "0x", 2) == 0 && hex_decode_exact(text, id, 32) == 0)
		return 0;
	if (suri_to_keypair(text, &pair, err) != 0)
		return err_wrap(err, "\"%s\" is no account", text);
	memcpy(id, pair.public, 32);
	sr25519_wipe(&pair);
	return 0;
}

/* Locks, written into storage. */
#include "tests/fake/devchain/locks.h"

#include <stddef.h>

#include "common/buf.h"
#include "subtensor/scale.h"
#include "tests/fake/devchain/storage.h"
#include "tests/fake/devchain/subnet.h"

static void
put(const struct view *v, struct item at, uint64_t rao, uint32_t block)
{
	struct buf b = {0};

	if (rao == 0) {
		view_delete(v, at);
		return;
	}
	scale_put_u64(&b, rao);
	scale_put_u64(&b, 0); /* no conviction yet */
	scale_put_u64(&b, 0);
	scale_put_u64(&b, block);
	view_put(v, at, b.data, b.len);
	buf_free(&b);
}

/* The sum that the lock is in: the owner's hotkey has others. */
static struct item
sum_of(const struct view *v, uint16_t netuid, const uint8_t hotkey[32],
    bool decays)
{
	if (subnet_is_owner(v, netuid, hotkey))
		return item_net(
		    decays ? "DecayingOwnerLock" : "OwnerLock", netuid);
	return item_net_account(
	    decays ? "DecayingHotkeyLock" : "HotkeyLock", netuid, hotkey);
}

void
locks_put(const struct view *v, uint16_t netuid, const uint8_t hotkey[32],
    uint64_t rao, bool decays, uint32_t block)
{
	uint8_t coldkey[32];
	struct item flag;

	view_account(v, item_account("Owner", hotkey), coldkey);
	flag = item_account_net("DecayingLock", coldkey, netuid);
	put(v, item_with(item_account_net("Lock", coldkey, netuid), hotkey, 32),
	    rao, block);
	put(v, sum_of(v, netuid, hotkey, decays), rao, block);
	put(v, sum_of(v, netuid, hotkey, !decays), 0, block);
	/* Only a lock that does not decay is marked. */
	if (decays || rao == 0)
		view_delete(v, flag);
	else
		view_put_uint(v, flag, 0);
}

/* Every number here is read where finney's runtime reads it. */
#include "tests/fake/devchain/subnet.h"

#include <string.h>

#include "common/buf.h"
#include "subtensor/hash.h"
#include "tests/fake/devchain/storage.h"

size_t
subnet_list(const struct view *v, uint16_t netuids[SUBNET_MAX])
{
	struct buf prefix = {0};
	struct bytes key;
	const struct bytes *after = NULL;
	size_t n = 0;

	item_key(v->md, item_net("NetworksAdded", 0), &prefix);
	prefix.len -= 2;
	while (n < SUBNET_MAX && state_next_key(v->state, v->at, prefix.data,
				     prefix.len, after, &key)) {
		netuids[n++] = key.data[prefix.len] | key.data[prefix.len + 1]
							  << 8;
		after = &key;
	}
	buf_free(&prefix);
	return n;
}

bool
subnet_exists(const struct view *v, uint16_t netuid)
{
	return view_uint(v, item_net("NetworksAdded", netuid)) != 0;
}

bool
subnet_has_mechanism(const struct view *v, uint16_t netuid, uint8_t mecid)
{
	return subnet_exists(v, netuid) &&
	       mecid < view_uint(v, item_net("MechanismCountCurrent", netuid));
}

uint16_t
subnet_n(const struct view *v, uint16_t netuid)
{
	return view_uint(v, item_net("SubnetworkN", netuid));
}

long
subnet_uid(const struct view *v, uint16_t netuid, const uint8_t hotkey[32])
{
	struct item i = item_net_account("Uids", netuid, hotkey);

	return view_has(v, i) ? (long)view_uint(v, i) : -1;
}

void
subnet_hotkey(
    const struct view *v, uint16_t netuid, uint16_t uid, uint8_t hotkey[32])
{
	view_account(v, item_net_uid("Keys", netuid, uid), hotkey);
}

uint64_t
subnet_alpha(const struct view *v, uint16_t netuid, const uint8_t hotkey[32])
{
	return view_uint(
	    v, item_account_net("TotalHotkeyAlpha", hotkey, netuid));
}

uint64_t
subnet_tao(const struct view *v, const uint8_t hotkey[32])
{
	return subnet_alpha(v, 0, hotkey);
}

uint64_t
subnet_stake_weight(
    const struct view *v, uint16_t netuid, const uint8_t hotkey[32])
{
	uint64_t alpha = subnet_alpha(v, netuid, hotkey);
	uint64_t share = view_uint(v, item_plain("TaoWeight"));
	unsigned __int128 tao = subnet_tao(v, hotkey);

	return alpha + (uint64_t)(tao * share / UINT64_MAX);
}

bool
subnet_is_owner(const struct view *v, uint16_t netuid, const uint8_t hotkey[32])
{
	uint8_t owner[32];

	if (!view_has(v, item_net("SubnetOwnerHotkey", netuid)))
		return false;
	view_account(v, item_net("SubnetOwnerHotkey", netuid), owner);
	return memcmp(owner, hotkey, sizeof(owner)) == 0;
}

bool
subnet_has_min_stake(
    const struct view *v, uint16_t netuid, const uint8_t hotkey[32])
{
	return subnet_is_owner(v, netuid, hotkey) ||
	       subnet_stake_weight(v, netuid, hotkey) >=
		   view_uint(v, item_plain("StakeThreshold"));
}

bool
subnet_rate_ok(const struct view *v, uint16_t netuid, uint16_t index,
    uint16_t uid, uint32_t block)
{
	uint64_t last = view_nth(v, item_net("LastUpdate", index), uid);
	uint64_t limit = view_uint(v, item_net("WeightsSetRateLimit", netuid));

	return last == 0 || block - last >= limit;
}

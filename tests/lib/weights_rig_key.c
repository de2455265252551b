/* Who is who in a weights_rig. */
#include "tests/lib/weights_rig_key.h"

#include <stdio.h>

#include "common/err.h"
#include "subtensor/ss58.h"
#include "subtensor/suri.h"

const char weights_rig_seed[] =
    "0x776569676874732061726520746865697220776569676874206f6e6c79212121";

static int
address(const char *suri, char out[64])
{
	struct sr25519_keypair pair;
	struct err err;

	if (suri_to_keypair(suri, &pair, &err) != 0) {
		fprintf(stderr, "weights_rig: %s: %s\n", suri, err.text);
		return -1;
	}
	ss58_encode(SS58_BITTENSOR, pair.public, out);
	sr25519_wipe(&pair);
	return 0;
}

int
weights_rig_hotkey(char out[64])
{
	return address(weights_rig_seed, out);
}

int
weights_rig_miner(size_t number, char out[64])
{
	char suri[32];

	snprintf(suri, sizeof(suri), "//Miner%zu", number);
	return address(suri, out);
}

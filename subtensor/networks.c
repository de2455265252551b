/* The networks by name. */
#include "subtensor/networks.h"

#include <stddef.h>
#include <string.h>

static const char finney_genesis[] =
    "0x2f0555cc76fc2840a25a6ea3b9637146806f1f44b090c175ffde2a7e5ab36c03";

static const struct network networks[] = {
    {"finney",
	{"wss://entrypoint-finney.opentensor.ai:443",
	    "wss://bittensor-finney.api.onfinality.io/public-ws", NULL},
	finney_genesis, true},
    {"archive", {"wss://archive.chain.opentensor.ai:443", NULL}, finney_genesis,
	true},
    {"test", {"wss://test.finney.opentensor.ai:443", NULL}, NULL, true},
    {"local", {"ws://127.0.0.1:9944", NULL}, NULL, false},
};

const struct network *
network_find(const char *name)
{
	for (size_t i = 0; i < sizeof(networks) / sizeof(networks[0]); i++) {
		if (strcmp(networks[i].name, name) == 0)
			return &networks[i];
	}
	return NULL;
}

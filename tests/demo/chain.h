/*
 * What the chain itself says: the validator's weights, read from its storage
 * at the finalized head, by nobody's word but the node's.
 */
#ifndef TESTS_DEMO_CHAIN_H
#define TESTS_DEMO_CHAIN_H

#include <jansson.h>
#include <stdint.h>

struct chain_weights {
	int64_t block;
	char hash[67];
	json_t *pairs; /* [[uid, weight], ...]; the caller's to decref */
};

/* http_url is the node's; hotkey the validator's. 0, or -1 having said why. */
int chain_read_weights(const char *http_url, int netuid, const char *hotkey,
    struct chain_weights *);

#endif

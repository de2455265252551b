/*
 * Who is who in a weights_rig: the validator's hotkey, which is no secret
 * here, and the miners //Miner1, //Miner2, ...
 */
#ifndef TESTS_WEIGHTS_RIG_KEY_H
#define TESTS_WEIGHTS_RIG_KEY_H

#include <stddef.h>

extern const char weights_rig_seed[];

/* Their addresses. 0, or -1 having said why. */
int weights_rig_hotkey(char out[64]);
int weights_rig_miner(size_t number, char out[64]);

#endif

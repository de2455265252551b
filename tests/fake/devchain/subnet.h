/*
 * Subnets and their neurons, read from storage.
 */
#ifndef DEVCHAIN_SUBNET_H
#define DEVCHAIN_SUBNET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct view;

enum { SUBNET_MAX = 64 };

/* The netuids there are, in order; how many. */
size_t subnet_list(const struct view *, uint16_t netuids[SUBNET_MAX]);
bool subnet_exists(const struct view *, uint16_t netuid);
bool subnet_has_mechanism(const struct view *, uint16_t netuid, uint8_t mecid);
uint16_t subnet_n(const struct view *, uint16_t netuid);
/* The hotkey's uid, or -1. */
long subnet_uid(const struct view *, uint16_t netuid, const uint8_t hotkey[32]);
void subnet_hotkey(
    const struct view *, uint16_t netuid, uint16_t uid, uint8_t hotkey[32]);

/* Rao. The tao stake counts by TaoWeight; the weight is the sum. */
uint64_t subnet_alpha(
    const struct view *, uint16_t netuid, const uint8_t hotkey[32]);
uint64_t subnet_tao(const struct view *, const uint8_t hotkey[32]);
uint64_t subnet_stake_weight(
    const struct view *, uint16_t netuid, const uint8_t hotkey[32]);

bool subnet_is_owner(
    const struct view *, uint16_t netuid, const uint8_t hotkey[32]);
/* Owner, or enough stake weight to set weights. */
bool subnet_has_min_stake(
    const struct view *, uint16_t netuid, const uint8_t hotkey[32]);
/* Whether the uid may set or commit weights of a mechanism at the block. */
bool subnet_rate_ok(const struct view *, uint16_t netuid, uint16_t index,
    uint16_t uid, uint32_t block);

#endif

/*
 * What miners tell the chain about themselves: their axon, and commitments.
 */
#ifndef DEVCHAIN_SERVING_H
#define DEVCHAIN_SERVING_H

#include <stddef.h>
#include <stdint.h>

struct call_args;
struct view;
struct work;

int serving_validate_axon(const struct view *, struct call_args *);
int serving_axon(struct work *, struct call_args *);
int serving_commitment(struct work *, struct call_args *);

/* One commitment of raw bytes, written down as if its owner had sent it. */
void serving_put_commitment(const struct view *, uint16_t netuid,
    const uint8_t account[32], uint32_t block, const char *text);

void serving_drop_commitment(
    const struct view *, uint16_t netuid, const uint8_t account[32]);

enum { COMMITMENT_MAX_TEXT = 512 };

#endif

/*
 * Merlin transcripts over STROBE-128: what sr25519 hashes with.
 *
 * A transcript that took in a secret is wiped with merlin_wipe(). Copying the
 * struct clones the transcript.
 */
#ifndef SUBTENSOR_MERLIN_H
#define SUBTENSOR_MERLIN_H

#include <stddef.h>
#include <stdint.h>

struct merlin {
	uint8_t state[200];
	uint8_t pos, pos_begin;
};

void merlin_init(struct merlin *, const char *label);
void merlin_append(
    struct merlin *, const char *label, const void *msg, size_t len);
void merlin_challenge(
    struct merlin *, const char *label, uint8_t *out, size_t len);

/*
 * Bytes of Merlin's transcript RNG: from a copy of the transcript, a secret
 * witness and 32 random bytes. The transcript itself is not changed.
 */
void merlin_witness(const struct merlin *, const char *label,
    const uint8_t *secret, size_t secret_len, const uint8_t random[32],
    uint8_t *out, size_t len);

void merlin_wipe(struct merlin *);

#endif

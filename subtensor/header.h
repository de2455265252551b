/*
 * A block's header, as a node gives it in JSON, and its hash: who names a
 * block by a hash must have the header that it is the hash of.
 *
 * Pure.
 */
#ifndef SUBTENSOR_HEADER_H
#define SUBTENSOR_HEADER_H

#include <jansson.h>
#include <stdint.h>

enum { HEADER_MAX_LOGS = 64, HEADER_MAX_LOG = 4096 };

/* blake2b-256 of the SCALE header: parent, number, state root, extrinsics
 * root, digest. 0, or -1: it is no header. */
int header_hash(const json_t *header, uint8_t hash[32]);

#endif

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

enum {
	HEADER_MAX_LOGS = 64,
	HEADER_MAX_LOG = 1 << 20, /* bytes; one may list a block's hashes */
	HEADER_HASH = 67,	  /* "0x", 64 digits and the NUL */
};

/* A block, by the names a node knows it by. */
struct head {
	uint64_t number;
	char hash[HEADER_HASH];
};

/* The number of a header: "0x.." hex. 0, or -1. */
int header_number(const json_t *header, uint64_t *number);

/* A hash as nodes write it: "0x" and 64 digits. 0, or -1. */
int header_read_hash(const json_t *, uint8_t hash[32]);

/* The same as the text it is. 0, or -1. */
int header_read_text(const json_t *, char hash[HEADER_HASH]);

/* blake2b-256 of the SCALE header: parent, number, state root, extrinsics
 * root, digest. 0, or -1: it is no header. */
int header_hash(const json_t *header, uint8_t hash[32]);

#endif

/*
 * Unpacking for a look: packed bytes of standard input, a piece at a time, no
 * more than was agreed on, kept nowhere; and a word found in what comes in
 * pieces. Only the probe's own program includes this.
 */
#ifndef ORCHESTRATOR_PROBED_INFLATE_H
#define ORCHESTRATOR_PROBED_INFLATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum probed_packing { PROBED_STORED, PROBED_DEFLATED, PROBED_ZLIB };

enum probed_unpacked {
	PROBED_UNPACKED,      /* to its end, or as far as was wanted */
	PROBED_UNPACKED_MORE, /* there is more than `most` */
	PROBED_UNPACKED_BAD,  /* it cannot be unpacked, or has no end */
};

/* false: it was enough. */
typedef bool probed_on_bytes(const uint8_t *, size_t len, void *arg);

/* So many packed bytes from there on, to at most so many; *is how many came.
 * Pieces come in their order. */
enum probed_unpacked probed_unpack(enum probed_packing, int64_t at,
    uint64_t packed, uint64_t most, uint64_t *is, probed_on_bytes *, void *arg);

/* By Knuth, Morris and Pratt: Fast pattern matching in strings, SIAM Journal
 * on Computing 6(2), 1977. Bytes of 0 are passed over, so that a word is found
 * in UTF-16, too. */
enum { PROBED_MAX_WORD = 16 };

struct probed_finder {
	const char *word;
	bool passes_blanks;	       /* as if there were none */
	bool is_whole;		       /* no letter may follow it */
	uint8_t back[PROBED_MAX_WORD]; /* to go on from, by letters had */
	size_t len, have;
	bool is_found;
};

/* A word of at most PROBED_MAX_WORD - 1 bytes. */
void probed_finder_init(struct probed_finder *, const char *word);
void probed_find(struct probed_finder *, const uint8_t *, size_t len);

#endif

/*
 * What the chain's commands are given: hex, numbers, JSON, metadata; on the
 * command line, in files, on stdin. All of it is bounded.
 */
#ifndef SUBNETCTL_CHAIN_INPUT_H
#define SUBNETCTL_CHAIN_INPUT_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct chain_args;
struct err;
struct metadata;

enum {
	CHAIN_MAX_BYTES = 4 * 1024 * 1024,
	/* Those in hex, and JSON around it. */
	CHAIN_MAX_TEXT = 2 * CHAIN_MAX_BYTES + 64 * 1024,
};

/* The word, or what it stands for: "-" is stdin, "@FILE" a file, less the
 * white space at its end. The caller frees; NULL, and why. */
char *chain_text(struct chain_args *, const char *word, struct err *);

/*
 * Bytes added to out from a word as chain_text has it, which is hex with or
 * without 0x, or a JSON-RPC answer whose result is. `what` is it in words.
 */
int chain_hex(struct chain_args *, const char *what, const char *word,
    struct buf *out, struct err *);
int chain_hex_exact(struct chain_args *, const char *what, const char *word,
    uint8_t *out, size_t len, struct err *);

/* A decimal number from min to max. */
int chain_number(const char *what, const char *word, uint64_t min, uint64_t max,
    uint64_t *out, struct err *);

/* A member of a JSON object, a number or its decimal text: 0, 1 if there is
 * none, -1 and why. */
int chain_member(
    const json_t *, const char *name, uint64_t max, uint64_t *, struct err *);

/* The object on stdin, of at most so many bytes of text; the caller decrefs.
 * NULL, and why. */
json_t *chain_stdin_object(struct chain_args *, size_t max_text, struct err *);
/* The same of any value. */
json_t *chain_stdin_json(struct chain_args *, size_t max_text, struct err *);

/* A file's bytes added to out. -1 and why if it cannot be read or has more
 * than max. */
int chain_file(const char *path, size_t max, struct buf *out, struct err *err);

/*
 * A runtime's metadata from a file ("-" is stdin): SCALE, its hex, or the
 * answer of state_getMetadata or of the metadata's runtime API.
 */
struct metadata *chain_metadata(
    struct chain_args *, const char *path, struct err *);

/* {"uids": [...], "values": [...]}, as they are set on chain. */
json_t *chain_u16_json(const uint16_t *uids, const uint16_t *values, size_t n);

/* "0x..." */
json_t *chain_hex_json(const void *, size_t len);

#endif

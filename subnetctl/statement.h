/*
 * Signed statements of scores: what a validator says one hotkey, or all of a
 * round, came to. docs/scores.md gives the bytes.
 *
 * Pure: the numbers come from rows (statement_sign.c) or from
 * somebody's JSON (statement_check.c), the text they are signed as is the same.
 */
#ifndef SUBNETCTL_STATEMENT_H
#define SUBNETCTL_STATEMENT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "subtensor/ss58.h"

struct buf;
struct err;

enum {
	STATEMENT_MAX_ENTRIES = 65536,
	STATEMENT_MAX_JSON = 32 * 1024 * 1024,
	STATEMENT_HASH = 65, /* SHA-256 in hex, with the NUL */
};

/* What signerd is given as the domain. */
#define STATEMENT_OF_ONE "score"
#define STATEMENT_OF_ALL "scores"

struct statement_entry {
	char hotkey[SS58_MAX_TEXT];
	int uid;
	double score, win_rate, weight; /* NaN: none */
	int64_t jobs, successes;
};

struct statement {
	bool whole; /* all of a round; else one entry */
	int netuid, mecid;
	int64_t epoch, block;
	char validator[SS58_MAX_TEXT];
	char inputs_sha256[STATEMENT_HASH], policy_sha256[STATEMENT_HASH];
	struct statement_entry *entries; /* owned; by their hotkeys' bytes */
	size_t n;
	uint8_t signature[64];
};

void statement_clear(struct statement *);

/* The text that is signed, without what signerd puts before it. */
void statement_text(const struct statement *, struct buf *);

/* Is the signature the validator's? */
bool statement_is_signed(const struct statement *);

/* One JSON object, signature and all; the caller's. */
json_t *statement_print(const struct statement *);

/* 0, or -1 and what is missing or wrong; clear it in either case. The
 * signature is not looked at. */
int statement_parse(const json_t *, struct statement *, struct err *);

#endif

/*
 * API keys: "snk_<id>_<secret>", and the roles that they have.
 *
 * The id names the key, in logs and rows, too; the secret proves it, is
 * random, and stands nowhere: a row has its hash, SHA-256 of its characters,
 * which need no salt as there are 256 random bits in them.
 *
 * A key of another system's that was brought along (subnetctl import) is 43
 * letters of base64url, 32 random bytes. Two hashes of it are its id, which
 * begins with "old", and its secret; from there on it is a key as any other.
 */
#ifndef COMMON_API_KEY_H
#define COMMON_API_KEY_H

#include <stdbool.h>
#include <stdint.h>

enum {
	API_KEY_LEAST_ID = 12, /* of [a-z0-9] */
	API_KEY_MOST_ID = 32,
	API_KEY_SECRET = 64, /* of [0-9a-f] */
	API_KEY_OLD = 43,    /* letters of one that was brought along */
	API_KEY_HASH = 32,   /* bytes */
	API_KEY_MOST_TENANT = 64,
	API_KEY_TEXT = 4 + API_KEY_MOST_ID + 1 + API_KEY_SECRET + 1,
};

struct api_key {
	char id[API_KEY_MOST_ID + 1];
	char secret[API_KEY_SECRET + 1];
};

/* -1 if it has neither form. Pure. */
int api_key_parse(const char *text, struct api_key *);
/* As api_key_parse, of those that were brought along alone. */
int api_key_parse_old(const char *text, struct api_key *);
bool api_key_id_is_valid(const char *id); /* pure */

/* Whose jobs its jobs are: 1 to 64 letters, digits, dots, dashes and
 * underscores. Pure. */
bool api_key_tenant_is_valid(const char *name);

/* A new one, of chance; and its text. */
void api_key_make(struct api_key *);
void api_key_print(const struct api_key *, char out[API_KEY_TEXT]);

/* Another secret for the same id. */
void api_key_make_secret(struct api_key *);

void api_key_hash(const char *secret, uint8_t out[API_KEY_HASH]);
/* Takes the same time wherever they differ. */
bool api_key_fits(const char *secret, const uint8_t hash[API_KEY_HASH]);

/* As bits, so that a route can take several. */
enum role {
	ROLE_CLIENT = 1,
	ROLE_MINER = 2,
	ROLE_VALIDATOR = 4,
	ROLE_OPERATOR = 8,
	ROLE_ADMIN = 16,
	ROLES_ALL = 31,
};

/* 0 if there is no such role. */
enum role role_parse(const char *name);
const char *role_name(enum role);

#endif

/* API keys and roles. */
#include "common/api_key.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "common/hex.h"

enum { NEW_ID = 16, OLD_ID = 12 /* bytes */ };

static const char prefix[] = "snk_";
static const char id_characters[] = "abcdefghijklmnopqrstuvwxyz0123456789";
static const char tenant_characters[] =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
static const char secret_characters[] = "0123456789abcdef";
static const char old_characters[] =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
/* 43 letters have two bits more than 32 bytes. */
static const char old_last_characters[] = "AEIMQUYcgkosw048";

static const struct {
	enum role role;
	const char *name;
} roles[] = {
    {ROLE_CLIENT, "client"},
    {ROLE_MINER, "miner"},
    {ROLE_VALIDATOR, "validator"},
    {ROLE_OPERATOR, "operator"},
    {ROLE_ADMIN, "admin"},
};

static bool
is_id(const char *id, size_t len)
{
	return len >= API_KEY_LEAST_ID && len <= API_KEY_MOST_ID &&
	       strspn(id, id_characters) == len;
}

bool
api_key_id_is_valid(const char *id)
{
	return is_id(id, strlen(id));
}

bool
api_key_tenant_is_valid(const char *name)
{
	size_t len = strlen(name);

	return len >= 1 && len <= API_KEY_MOST_TENANT &&
	       strspn(name, tenant_characters) == len;
}

/* The hex of so many bytes of SHA-256 over what it is for and the text. */
static void
digest(const char *what, const char *text, size_t n, char *out)
{
	uint8_t hash[crypto_hash_sha256_BYTES];
	crypto_hash_sha256_state state;

	crypto_hash_sha256_init(&state);
	crypto_hash_sha256_update(
	    &state, (const uint8_t *)what, strlen(what) + 1);
	crypto_hash_sha256_update(&state, (const uint8_t *)text, strlen(text));
	crypto_hash_sha256_final(&state, hash);
	hex_encode(hash, n, out);
	sodium_memzero(hash, sizeof(hash));
}

int
api_key_parse_old(const char *text, struct api_key *key)
{
	char id[2 * OLD_ID + 1];

	if (strlen(text) != API_KEY_OLD ||
	    strspn(text, old_characters) != API_KEY_OLD ||
	    strchr(old_last_characters, text[API_KEY_OLD - 1]) == NULL)
		return -1;
	digest("subnetd/old-key-id", text, OLD_ID, id);
	snprintf(key->id, sizeof(key->id), "old%s", id);
	digest("subnetd/old-key-secret", text, API_KEY_SECRET / 2, key->secret);
	return 0;
}

int
api_key_parse(const char *text, struct api_key *key)
{
	const char *id = text + strlen(prefix), *secret;
	size_t len;

	if (strncmp(text, prefix, strlen(prefix)) != 0)
		return api_key_parse_old(text, key);
	len = strcspn(id, "_");
	if (id[len] != '_' || !is_id(id, len))
		return -1;
	secret = id + len + 1;
	if (strlen(secret) != API_KEY_SECRET ||
	    strspn(secret, secret_characters) != API_KEY_SECRET)
		return -1;
	snprintf(key->id, sizeof(key->id), "%.*s", (int)len, id);
	memcpy(key->secret, secret, sizeof(key->secret));
	return 0;
}

void
api_key_make_secret(struct api_key *key)
{
	uint8_t random[API_KEY_SECRET / 2];

	randombytes_buf(random, sizeof(random));
	hex_encode(random, sizeof(random), key->secret);
	sodium_memzero(random, sizeof(random));
}

void
api_key_make(struct api_key *key)
{
	memset(key->id, 0, sizeof(key->id));
	for (int i = 0; i < NEW_ID; i++)
		key->id[i] = id_characters[randombytes_uniform(
		    sizeof(id_characters) - 1)];
	api_key_make_secret(key);
}

void
api_key_print(const struct api_key *key, char out[API_KEY_TEXT])
{
	snprintf(out, API_KEY_TEXT, "%s%s_%s", prefix, key->id, key->secret);
}

void
api_key_hash(const char *secret, uint8_t out[API_KEY_HASH])
{
	crypto_hash_sha256(out, (const uint8_t *)secret, strlen(secret));
}

bool
api_key_fits(const char *secret, const uint8_t hash[API_KEY_HASH])
{
	uint8_t ours[API_KEY_HASH];

	api_key_hash(secret, ours);
	return sodium_memcmp(ours, hash, sizeof(ours)) == 0;
}

enum role
role_parse(const char *name)
{
	for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++) {
		if (strcmp(roles[i].name, name) == 0)
			return roles[i].role;
	}
	return 0;
}

const char *
role_name(enum role role)
{
	for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++) {
		if (roles[i].role == role)
			return roles[i].name;
	}
	return "nobody";
}

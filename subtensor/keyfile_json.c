/* A key file's JSON, in memory that is locked and wiped. */
#include <sodium.h>
#include <string.h>

#include "common/err.h"
#include "common/hex.h"
#include "subtensor/keyfile_impl.h"
#include "subtensor/ss58.h"

enum { ALIGNMENT = 16 }; /* sodium_malloc() aligns to the end of a page */

static void *
take(size_t size)
{
	if (size > SIZE_MAX - ALIGNMENT)
		return NULL;
	return keyfile_memory((size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT);
}

static void
give_back(void *p)
{
	sodium_free(p);
}

int
keyfile_json_open(
    struct keyfile_json *json, const char *text, size_t len, struct err *err)
{
	json_error_t why;

	json_get_alloc_funcs(&json->old_malloc, &json->old_free);
	json_set_alloc_funcs(take, give_back);
	json->root = json_loadb(
	    text, len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &why);
	if (json_is_object(json->root))
		return 0;
	json_decref(json->root);
	json->root = NULL;
	return err_set(err, "key file is not a JSON object");
}

void
keyfile_json_close(struct keyfile_json *json)
{
	json_decref(json->root);
	json_set_alloc_funcs(json->old_malloc, json->old_free);
}

const char *
keyfile_json_field(const json_t *file, const char *name)
{
	const json_t *value = json_object_get(file, name);

	return json_string_length(value) > 0 ? json_string_value(value) : NULL;
}

/* A public key under name, if it is there: 1, 0, or -1 if it is malformed. */
static int
read_public(
    const json_t *file, const char *name, uint8_t public[32], struct err *err)
{
	const char *text = keyfile_json_field(file, name);

	if (text == NULL)
		return 0;
	if (strcmp(name, "ss58Address") == 0) {
		if (ss58_decode_account(text, public) < 0)
			return err_set(
			    err, "key file's ss58Address is not an address");
		return 1;
	}
	if (hex_decode_exact(text, public, 32) < 0)
		return err_set(err, "key file's %s is not 32 bytes", name);
	return 1;
}

int
keyfile_json_public(
    const json_t *file, uint8_t public[32], bool *public_set, struct err *err)
{
	static const char *const names[] = {
	    "publicKey", "accountId", "ss58Address"};
	bool has_secret = *public_set;
	uint8_t key[32];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		int found = read_public(file, names[i], key, err);

		if (found < 0)
			return -1;
		if (found == 1 && !*public_set) {
			memcpy(public, key, sizeof(key));
			*public_set = true;
		}
		if (found == 1 && memcmp(public, key, sizeof(key)) != 0)
			return err_set(err,
			    "key file's %s does not belong to its %s", names[i],
			    has_secret ? "secret" : "other public keys");
	}
	return 0;
}

size_t
keyfile_trim(const char *text, size_t len)
{
	while (len > 0 && memchr(" \t\r\n", text[len - 1], 4) != NULL)
		len--;
	return len;
}

/* Requests to classic axons: hash, message, headers. */
#include "subtensor/synapse.h"

#include <openssl/evp.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/hex.h"
#include "common/python_text.h"
#include "common/xalloc.h"

enum { SHA3_BYTES = 32, MAX_HEADERS = 24 };

static void
sha3_hex(const void *data, size_t len, char out[SYNAPSE_HASH_TEXT])
{
	uint8_t hash[SHA3_BYTES];

	if (EVP_Digest(data, len, hash, NULL, EVP_sha3_256(), NULL) != 1)
		abort();
	hex_encode(hash, sizeof(hash), out);
}

int
synapse_body_hash(
    const json_t *fields, const json_t *names, char out[SYNAPSE_HASH_TEXT])
{
	struct buf digests = {0}, text = {0};
	const json_t *name;
	int rc = 0;
	size_t i;

	json_array_foreach((json_t *)names, i, name)
	{
		const json_t *field =
		    json_object_get(fields, json_string_value(name));

		buf_reset(&text);
		if (field == NULL || python_str(field, &text) != 0) {
			rc = -1;
			break;
		}
		sha3_hex(buf_str(&text), text.len, out);
		buf_add_str(&digests, out);
	}
	if (rc == 0)
		sha3_hex(buf_str(&digests), digests.len, out);
	buf_free(&digests);
	buf_free(&text);
	return rc;
}

void
synapse_message(const struct synapse_headers *h, char *out)
{
	snprintf(out, SYNAPSE_MAX_MESSAGE, "%lld.%s.%s.%s.%s",
	    (long long)h->nonce_ns, h->dendrite_hotkey, h->axon_hotkey, h->uuid,
	    h->body_hash);
}

/* -- headers --------------------------------------------------------------- */

/* The value that the axon takes for the field until it has read the body. */
static const char *
empty_of(const json_t *value)
{
	switch (json_typeof(value)) {
	case JSON_OBJECT:
		return "{}";
	case JSON_ARRAY:
		return "[]";
	case JSON_STRING:
		return "\"\"";
	case JSON_INTEGER:
		return "0";
	case JSON_REAL:
		return "0.0";
	case JSON_TRUE:
	case JSON_FALSE:
		return "false";
	case JSON_NULL:
		break;
	}
	return "null";
}

static void
add_inputs(char **headers, size_t *n, const json_t *fields)
{
	const char *name;
	json_t *value;

	json_object_foreach((json_t *)fields, name, value)
	{
		const char *empty = empty_of(value);
		char text[16];

		sodium_bin2base64(text, sizeof(text), (const uint8_t *)empty,
		    strlen(empty), sodium_base64_VARIANT_ORIGINAL);
		headers[(*n)++] =
		    xasprintf("bt_header_input_obj_%s: %s", name, text);
	}
}

static size_t
length_of(char *const *headers, size_t n)
{
	size_t bytes = 0;

	for (size_t i = 0; i < n; i++)
		bytes += strlen(headers[i]) + 2;
	return bytes;
}

char **
synapse_headers(const struct synapse_headers *h)
{
	char **out = xcalloc(MAX_HEADERS + SYNAPSE_MAX_FIELDS, sizeof(*out));
	size_t n = 0;

	out[n++] = xstrdup("Content-Type: application/json");
	out[n++] = xasprintf("name: %s", h->name);
	out[n++] = xasprintf("timeout: %d.0", h->timeout_s);
	out[n++] = xasprintf("bt_header_axon_ip: %s", h->axon_ip);
	out[n++] = xasprintf("bt_header_axon_port: %d", h->axon_port);
	out[n++] = xasprintf("bt_header_axon_hotkey: %s", h->axon_hotkey);
	out[n++] = xasprintf("bt_header_dendrite_ip: %s", h->dendrite_ip);
	out[n++] = xasprintf("bt_header_dendrite_version: %d", SYNAPSE_VERSION);
	out[n++] =
	    xasprintf("bt_header_dendrite_nonce: %lld", (long long)h->nonce_ns);
	out[n++] = xasprintf("bt_header_dendrite_uuid: %s", h->uuid);
	out[n++] =
	    xasprintf("bt_header_dendrite_hotkey: %s", h->dendrite_hotkey);
	out[n++] = xasprintf("bt_header_dendrite_signature: %s", h->signature);
	add_inputs(out, &n, h->fields);
	out[n++] = xasprintf("computed_body_hash: %s", h->body_hash);
	out[n++] = xasprintf("total_size: %zu", h->body_len);
	out[n] = xasprintf("header_size: %zu", length_of(out, n));
	return out;
}

void
synapse_free(char **headers)
{
	for (size_t i = 0; headers != NULL && headers[i] != NULL; i++)
		free(headers[i]);
	free(headers);
}

/* -- words ----------------------------------------------------------------- */

bool
synapse_is_name(const char *text)
{
	size_t len = strspn(text, "abcdefghijklmnopqrstuvwxyz"
				  "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");

	return len > 0 && text[len] == '\0' && len < SYNAPSE_MAX_NAME &&
	       strchr("0123456789", text[0]) == NULL;
}

int
synapse_status(const char *text)
{
	if (text == NULL || strlen(text) != 3 ||
	    strspn(text, "0123456789") != 3 || text[0] < '1' || text[0] > '5')
		return 0;
	return atoi(text);
}

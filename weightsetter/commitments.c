/* Commitments as rows. */
#include "weightsetter/commitments.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/err.h"
#include "subtensor/scale.h"
#include "weightsetter/address.h"
#include "weightsetter/reads.h"
#include "weightsetter/value.h"

enum { MAX_FIELD_BYTES = 64 * 1024 };

static const char pallet[] = "Commitments";

/* -- text ---------------------------------------------------------------- */

/* No control characters but tabs and line ends; C1 are C2 80 to C2 9F. */
static bool
is_printable(const uint8_t *p, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if ((p[i] < 0x20 && strchr("\t\n\r", p[i]) == NULL) ||
		    p[i] == '\0' || p[i] == 0x7f)
			return false;
		if (p[i] == 0xc2 && i + 1 < len && p[i + 1] < 0xa0)
			return false;
	}
	return true;
}

json_t *
commitments_text(const void *bytes, size_t len)
{
	if (len == 0 || !is_printable(bytes, len))
		return NULL;
	return json_stringn(bytes, len); /* NULL if it is not UTF-8 */
}

static json_t *
text_or_null(const json_t *hex)
{
	struct buf bytes = {0};
	json_t *text = NULL;

	if (value_bytes(hex, MAX_FIELD_BYTES, &bytes) == 0)
		text = commitments_text(bytes.data, bytes.len);
	buf_free(&bytes);
	return text != NULL ? text : json_null();
}

/* -- what does not decode ------------------------------------------------ */

/* PostgreSQL has no NUL in its texts. */
static bool
has_nul(const json_t *value)
{
	char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
	bool found = text == NULL || strstr(text, "\\u0000") != NULL;

	free(text);
	return found;
}

static json_t *
undecoded(const char *hotkey, const json_t *hex, const char *why)
{
	json_t *reason = json_string(why);

	return json_pack("{s:s, s:O, s:o}", "hotkey", hotkey, "data",
	    (json_t *)hex, "decode_error",
	    reason != NULL ? reason : json_string("it does not decode"));
}

/* The decoded value; NULL, and *row is what is kept instead. */
static json_t *
decode(const struct metadata *md, const char *item, const char *hotkey,
    const json_t *hex, json_t **row)
{
	struct err err = {{0}};
	json_t *value = reads_value(md, pallet, item, hex, &err);

	*row = NULL;
	if (value != NULL && !has_nul(value))
		return value;
	*row = undecoded(
	    hotkey, hex, value == NULL ? err.text : "a text in it has a NUL");
	json_decref(value);
	return NULL;
}

/* -- fields -------------------------------------------------------------- */

static bool
is_hash(const char *variant)
{
	static const char *const hashes[] = {
	    "BlakeTwo256", "Sha256", "Keccak256", "ShaThree256"};

	for (size_t i = 0; i < sizeof(hashes) / sizeof(hashes[0]); i++) {
		if (strcmp(variant, hashes[i]) == 0)
			return true;
	}
	return false;
}

/* The member if it is a number, whatever the runtime says it is. */
static json_t *
number_of(const json_t *value, const char *name)
{
	json_t *number = json_object_get(value, name);
	uint64_t n;

	return value_u64(number, &n) == 0 ? json_incref(number) : NULL;
}

/* Into the row, if it has none before; takes the value, NULL is fine. */
static void
set_first(json_t *row, const char *name, json_t *value)
{
	if (value != NULL && json_object_get(row, name) == NULL)
		json_object_set(row, name, value);
	json_decref(value);
}

static void
take_field(json_t *row, const char *variant, const json_t *value)
{
	if (address_is_raw(variant) && json_object_get(row, "text") == NULL)
		/* Null, too: the first raw field tells, or none. */
		set_first(row, "text", text_or_null(value));
	else if (is_hash(variant))
		set_first(row, "hash", json_incref((json_t *)value));
	else if (strcmp(variant, "TimelockEncrypted") == 0)
		set_first(
		    row, "reveal_round", number_of(value, "reveal_round"));
}

static void
take_fields(json_t *row, const json_t *fields)
{
	const char *variant;
	json_t *field, *value;
	size_t i;

	json_array_foreach((json_t *)fields, i, field)
	{
		json_object_foreach(field, variant, value)
		    take_field(row, variant, value);
	}
}

json_t *
commitments_row(
    const struct metadata *md, const char *hotkey, const json_t *hex)
{
	char address[SNAPSHOT_MAX_ADDRESS];
	json_t *row, *value = decode(md, "CommitmentOf", hotkey, hex, &row);
	json_t *fields;

	if (value == NULL)
		return row;
	fields = json_object_get(json_object_get(value, "info"), "fields");
	row = json_pack("{s:s, s:o*, s:o*, s:O*}", "hotkey", hotkey, "block",
	    number_of(value, "block"), "deposit", number_of(value, "deposit"),
	    "fields", fields);
	take_fields(row, fields);
	if (address_read(value, address) == 0)
		json_object_set_new(row, "address", json_string(address));
	json_decref(value);
	return row;
}

/* -- revealed ------------------------------------------------------------ */

/* The SDK's own encoding may have left a length in front. */
static json_t *
text_behind_length(const json_t *hex)
{
	struct buf bytes = {0};
	struct scale_reader r;
	json_t *text = NULL;
	size_t len;

	if (value_bytes(hex, MAX_FIELD_BYTES, &bytes) == 0) {
		scale_read_init(&r, bytes.data, bytes.len);
		len = scale_count(&r, 1);
		if (!r.failed && len == scale_left(&r))
			text = commitments_text(scale_bytes(&r, len), len);
		else
			text = commitments_text(bytes.data, bytes.len);
	}
	buf_free(&bytes);
	return text;
}

json_t *
commitments_revealed_row(
    const struct metadata *md, const char *hotkey, const json_t *hex)
{
	json_t *row,
	    *list = decode(md, "RevealedCommitments", hotkey, hex, &row);
	json_t *revealed, *pair;
	size_t i;

	if (list == NULL)
		return row;
	revealed = json_array();
	json_array_foreach(list, i, pair)
	{
		const json_t *data = json_array_get(pair, 0);

		json_array_append_new(
		    revealed, json_pack("{s:O*, s:O*, s:o?}", "block",
				  json_array_get(pair, 1), "data", data, "text",
				  text_behind_length(data)));
	}
	json_decref(list);
	return json_pack("{s:s, s:o}", "hotkey", hotkey, "revealed", revealed);
}

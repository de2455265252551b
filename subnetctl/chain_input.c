/* What the chain's commands are given. */
#include "subnetctl/chain_input.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/err.h"
#include "common/hex.h"
#include "common/xalloc.h"
#include "subnetctl/chain.h"
#include "subtensor/metadata.h"
#include "subtensor/scale.h"

enum {
	CHUNK = 64 * 1024,
	MAX_METADATA_TEXT = 2 * METADATA_MAX_BYTES + CHUNK,
};

/* -- files -------------------------------------------------------------- */

static int
read_stream(
    FILE *f, const char *name, size_t max, struct buf *out, struct err *err)
{
	size_t n;

	do {
		n = fread(buf_reserve(out, CHUNK), 1, CHUNK, f);
		out->len += n;
	} while (n > 0 && out->len <= max);
	if (ferror(f))
		return err_set(err, "%s: %s", name, strerror(errno));
	if (out->len > max)
		return err_set(err, "%s is longer than %zu bytes", name, max);
	return 0;
}

static int
read_stdin(
    struct chain_args *args, size_t max, struct buf *out, struct err *err)
{
	if (args->stdin_used)
		return err_set(err, "stdin can be read once: give the other "
				    "argument as @FILE");
	args->stdin_used = true;
	return read_stream(stdin, "stdin", max, out, err);
}

int
chain_file(const char *path, size_t max, struct buf *out, struct err *err)
{
	FILE *f = fopen(path, "rb");
	int rc;

	if (f == NULL)
		return err_set(err, "%s: %s", path, strerror(errno));
	rc = read_stream(f, path, max, out, err);
	fclose(f);
	return rc;
}

static int
read_file(struct chain_args *args, const char *path, size_t max,
    struct buf *out, struct err *err)
{
	if (strcmp(path, "-") == 0)
		return read_stdin(args, max, out, err);
	return chain_file(path, max, out, err);
}

/* -- texts -------------------------------------------------------------- */

static void
trim_end(struct buf *text)
{
	while (text->len > 0 && isspace(text->data[text->len - 1]))
		text->len--;
}

/* As chain_text, of at most so many bytes. */
static char *
text_up_to(
    struct chain_args *args, const char *word, size_t max, struct err *err)
{
	struct buf text = {0};
	const char *path = word[0] == '@' ? word + 1 : word;

	if (word[0] != '@' && strcmp(word, "-") != 0)
		return xstrdup(word);
	if (read_file(args, path, max, &text, err) != 0) {
		buf_free(&text);
		return NULL;
	}
	trim_end(&text);
	if (text.len > 0 && memchr(text.data, '\0', text.len) != NULL) {
		err_set(err, "%s is no text", path);
		buf_free(&text);
		return NULL;
	}
	return buf_take_str(&text);
}

char *
chain_text(struct chain_args *args, const char *word, struct err *err)
{
	return text_up_to(args, word, CHAIN_MAX_TEXT, err);
}

/* The result of a JSON-RPC answer; the caller frees. NULL, and why. */
static char *
result_of(const char *what, const char *text, struct err *err)
{
	json_t *answer = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	const json_t *failure = json_object_get(answer, "error");
	const char *result =
	    json_string_value(json_object_get(answer, "result"));
	char *copy = result != NULL ? xstrdup(result) : NULL;

	if (json_is_object(failure))
		err_set(err, "%s is an error of the node: %s", what,
		    json_string_length(json_object_get(failure, "message")) > 0
			? json_string_value(json_object_get(failure, "message"))
			: "it does not say which");
	else if (copy == NULL)
		err_set(err,
		    "%s is JSON, but no JSON-RPC answer with a text "
		    "in \"result\"",
		    what);
	json_decref(answer);
	return copy;
}

/* Decode text, and free it. */
static int
take_hex(
    const char *what, char *text, size_t max, struct buf *out, struct err *err)
{
	char *inner = NULL;
	const char *hex = text;
	long n = -1;

	if (text[strspn(text, " \t\r\n")] == '{') {
		inner = result_of(what, text, err);
		hex = inner;
	}
	if (hex != NULL) {
		n = hex_decode(hex, buf_reserve(out, strlen(hex) / 2), max);
		if (n < 0)
			err_set(err,
			    "%s is not hex: an even number of digits 0-9, a-f, "
			    "with or without 0x, at most %zu bytes",
			    what, max);
		else
			out->len += n;
	}
	free(inner);
	free(text);
	return n >= 0 ? 0 : -1;
}

int
chain_hex(struct chain_args *args, const char *what, const char *word,
    struct buf *out, struct err *err)
{
	char *text = chain_text(args, word, err);

	if (text == NULL)
		return -1;
	return take_hex(what, text, CHAIN_MAX_BYTES, out, err);
}

int
chain_hex_exact(struct chain_args *args, const char *what, const char *word,
    uint8_t *out, size_t len, struct err *err)
{
	struct buf bytes = {0};
	int rc = chain_hex(args, what, word, &bytes, err);

	if (rc == 0 && bytes.len != len)
		rc = err_set(
		    err, "%s has %zu bytes, not %zu", what, bytes.len, len);
	if (rc == 0)
		memcpy(out, bytes.data, len);
	buf_free(&bytes);
	return rc;
}

static json_t *
numbers(const uint16_t *p, size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, json_integer(p[i]));
	return list;
}

json_t *
chain_u16_json(const uint16_t *uids, const uint16_t *values, size_t n)
{
	return json_pack("{s:o, s:o}", "uids", numbers(uids, n), "values",
	    numbers(values, n));
}

json_t *
chain_hex_json(const void *data, size_t len)
{
	char *hex = hex_0x(data, len);
	json_t *text = json_string(hex);

	free(hex);
	return text;
}

/* -- numbers ------------------------------------------------------------ */

/* Digits alone, of a number up to max. */
static int
read_number(const char *text, uint64_t max, uint64_t *out)
{
	uint64_t n = 0;

	if (*text == '\0')
		return -1;
	for (; *text != '\0'; text++) {
		unsigned digit = (unsigned char)*text - '0';

		if (digit > 9 || n > (UINT64_MAX - digit) / 10)
			return -1;
		n = n * 10 + digit;
	}
	*out = n;
	return n <= max ? 0 : -1;
}

int
chain_number(const char *what, const char *word, uint64_t min, uint64_t max,
    uint64_t *out, struct err *err)
{
	if (read_number(word, max, out) == 0 && *out >= min)
		return 0;
	return err_set(err, "%s is a number from %llu to %llu", what,
	    (unsigned long long)min, (unsigned long long)max);
}

int
chain_member(const json_t *object, const char *name, uint64_t max,
    uint64_t *out, struct err *err)
{
	const json_t *value = json_object_get(object, name);

	if (value == NULL)
		return 1;
	if (json_is_integer(value) && json_integer_value(value) >= 0) {
		*out = json_integer_value(value);
		if (*out <= max)
			return 0;
	}
	if (json_is_string(value) &&
	    read_number(json_string_value(value), max, out) == 0)
		return 0;
	return err_set(err, "\"%s\" is a whole number from 0 to %llu", name,
	    (unsigned long long)max);
}

json_t *
chain_stdin_json(struct chain_args *args, size_t max_text, struct err *err)
{
	char *text = text_up_to(args, "-", max_text, err);
	json_error_t why;
	json_t *json;

	if (text == NULL)
		return NULL;
	json = json_loads(text, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &why);
	free(text);
	if (json == NULL)
		err_set(
		    err, "stdin is not JSON: %s (line %d)", why.text, why.line);
	return json;
}

json_t *
chain_stdin_object(struct chain_args *args, size_t max_text, struct err *err)
{
	json_t *json = chain_stdin_json(args, max_text, err);

	if (json == NULL || json_is_object(json))
		return json;
	err_set(err, "stdin is not a JSON object");
	json_decref(json);
	return NULL;
}

/* -- metadata ----------------------------------------------------------- */

static const char magic[] = {'m', 'e', 't', 'a'};

static bool
has_magic(const uint8_t *data, size_t len)
{
	return len >= sizeof(magic) && memcmp(data, magic, sizeof(magic)) == 0;
}

/*
 * The runtime API's answers are Vec<u8> or an Option of it around the blob:
 * the offset at which the blob begins, 0 if it is not wrapped.
 */
static size_t
wrapping(const struct buf *bytes)
{
	for (size_t start = 0; start <= 1; start++) {
		struct scale_reader r;

		scale_read_init(&r, bytes->data, bytes->len);
		if (start == 1 && scale_u8(&r) != 1)
			continue;
		if (scale_compact(&r) == scale_left(&r) && !r.failed &&
		    has_magic(r.data + r.pos, scale_left(&r)))
			return r.pos;
	}
	return 0;
}

static bool
is_text(const struct buf *bytes)
{
	for (size_t i = 0; i < bytes->len; i++)
		if (bytes->data[i] >= 0x7f ||
		    (bytes->data[i] < ' ' && !isspace(bytes->data[i])))
			return false;
	return true;
}

static int
read_blob(struct chain_args *args, const char *path, struct buf *blob,
    struct err *err)
{
	char *text;

	if (read_file(args, path, MAX_METADATA_TEXT, blob, err) != 0)
		return -1;
	if (blob->len == 0)
		return err_set(err, "%s is empty", path);
	if (!has_magic(blob->data, blob->len) && is_text(blob)) {
		trim_end(blob);
		text = buf_take_str(blob);
		if (take_hex(path, text, METADATA_MAX_BYTES + 16, blob, err) !=
		    0)
			return -1;
	}
	buf_drop(blob, wrapping(blob));
	return 0;
}

struct metadata *
chain_metadata(struct chain_args *args, const char *path, struct err *err)
{
	struct buf blob = {0};
	struct metadata *md = NULL;

	if (read_blob(args, path, &blob, err) == 0) {
		md = metadata_parse(blob.data, blob.len, err);
		if (md == NULL)
			err_wrap(err, "%s", path);
	}
	buf_free(&blob);
	return md;
}

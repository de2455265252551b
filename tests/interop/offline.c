/*
 * offline: what our library makes of things, for the comparison with others'.
 *
 * A JSON object a line on stdin, {"do": what, ...}; an object a line on
 * stdout, in the same order: the answer, or {"error": why}. "metadata" reads
 * a file, which the lines behind it are about. Bytes are 0x and hex.
 */
#include "tests/interop/offline.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/hex.h"
#include "subtensor/metadata.h"

const char *
offline_text(const struct call *c, const char *name)
{
	const char *s = json_string_value(json_object_get(c->in, name));

	return s != NULL ? s : "";
}

uint64_t
offline_number(const struct call *c, const char *name)
{
	return json_integer_value(json_object_get(c->in, name));
}

struct buf
offline_hex(const char *hex)
{
	struct buf b = {0};
	size_t max = strlen(hex) / 2;
	long n = hex_decode(hex, buf_reserve(&b, max + 1), max);

	b.len = n > 0 ? n : 0;
	return b;
}

struct buf
offline_bytes(const struct call *c, const char *name)
{
	return offline_hex(offline_text(c, name));
}

/* Exactly so many; zeros, and a refusal, if there are not. */
bool
offline_exact(struct call *c, const char *name, uint8_t *out, size_t len)
{
	memset(out, 0, len);
	if (hex_decode_exact(offline_text(c, name), out, len) == 0)
		return true;
	err_set(&c->err, "%s is not %zu bytes", name, len);
	return false;
}

void
offline_say_bytes(
    struct call *c, const char *name, const void *data, size_t len)
{
	char *hex = hex_0x(data, len);

	json_object_set_new(c->out, name, json_string(hex));
	free(hex);
}

void
offline_say(struct call *c, const char *name, json_t *value)
{
	json_object_set_new(c->out, name, value);
}

static const struct verb {
	const char *name;
	int (*run)(struct call *);
	bool needs_metadata;
} verbs[] = {{"metadata", offline_metadata, false},
    {"extrinsic", offline_extrinsic, true}, {"parse", offline_parse, true},
    {"storage_key", offline_storage_key, true}, {"era", offline_era, false},
    {"ss58", offline_ss58, false}, {"account", offline_account, false},
    {"sign", offline_sign, false}, {"epistula", offline_epistula, false},
    {"verify", offline_verify, false}, {"beacon", offline_beacon, false},
    {"encrypt", offline_encrypt, false}, {"decrypt", offline_decrypt, false},
    {"pulse", offline_pulse, false}, {"webhook", offline_webhook, false}};

static int
run(struct call *c)
{
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		if (strcmp(verbs[i].name, offline_text(c, "do")) != 0)
			continue;
		if (verbs[i].needs_metadata && c->state->md == NULL)
			return err_set(&c->err, "there is no metadata");
		return verbs[i].run(c);
	}
	return err_set(&c->err, "there is no such thing to do");
}

int
main(void)
{
	struct state state = {0};
	char *line = NULL;
	size_t size = 0;
	ssize_t len;

	if (sodium_init() < 0)
		return 1;
	while ((len = getline(&line, &size, stdin)) > 0) {
		json_t *in = json_loadb(line, len, 0, NULL);
		struct call c = {&state, in, json_object(), {""}};

		if (run(&c) != 0) {
			json_object_clear(c.out);
			offline_say(&c, "error", json_string(c.err.text));
		}
		json_dumpf(c.out, stdout, JSON_COMPACT);
		putchar('\n');
		fflush(stdout);
		json_decref(c.out);
		json_decref(in);
	}
	free(line);
	metadata_free(state.md);
	return 0;
}

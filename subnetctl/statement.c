/* Statements as the text that is signed, and as JSON. */
#include "subnetctl/statement.h"

#include <math.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/err.h"
#include "common/hex.h"
#include "common/xalloc.h"
#include "scorer/run_text.h"
#include "subtensor/sr25519.h"

void
statement_clear(struct statement *s)
{
	free(s->entries);
	memset(s, 0, sizeof(*s));
}

/* -- the text that is signed -------------------------------------------- */

static void
add_real(struct buf *out, const char *before, double v)
{
	buf_add_str(out, before);
	run_text_real(out, v);
}

static void
add_one(const struct statement_entry *e, struct buf *out)
{
	buf_printf(out, "hotkey %s\nuid %d\n", e->hotkey, e->uid);
	add_real(out, "score ", e->score);
	add_real(out, "\nwin_rate ", e->win_rate);
	add_real(out, "\nweight ", e->weight);
	buf_printf(out, "\njobs %lld\nsuccesses %lld\n", (long long)e->jobs,
	    (long long)e->successes);
}

/* The entries are too many for signerd's longest text: it has their hash. */
static void
add_all(const struct statement *s, struct buf *out)
{
	unsigned char digest[crypto_hash_sha256_BYTES];
	char hex[STATEMENT_HASH];
	struct buf lines = {0};

	for (size_t i = 0; i < s->n; i++) {
		const struct statement_entry *e = &s->entries[i];

		buf_printf(&lines, "%s %d", e->hotkey, e->uid);
		add_real(&lines, " ", e->score);
		add_real(&lines, " ", e->win_rate);
		add_real(&lines, " ", e->weight);
		buf_printf(&lines, " %lld %lld\n", (long long)e->jobs,
		    (long long)e->successes);
	}
	crypto_hash_sha256(digest, lines.data, lines.len);
	sodium_bin2hex(hex, sizeof(hex), digest, sizeof(digest));
	buf_printf(out, "entries %zu\nentries_sha256 %s\n", s->n, hex);
	buf_free(&lines);
}

void
statement_text(const struct statement *s, struct buf *out)
{
	buf_printf(out,
	    "netuid %d\nmecid %d\nepoch %lld\nblock %lld\nvalidator %s\n",
	    s->netuid, s->mecid, (long long)s->epoch, (long long)s->block,
	    s->validator);
	buf_printf(out, "inputs_sha256 %s\npolicy_sha256 %s\n",
	    s->inputs_sha256, s->policy_sha256);
	if (s->whole)
		add_all(s, out);
	else
		add_one(&s->entries[0], out);
}

/* signerd signs "subnetd/", the domain, a newline and the text. */
bool
statement_is_signed(const struct statement *s)
{
	struct buf text = {0};
	uint8_t key[32];
	bool is_signed;

	buf_printf(&text, "subnetd/%s\n",
	    s->whole ? STATEMENT_OF_ALL : STATEMENT_OF_ONE);
	statement_text(s, &text);
	is_signed = ss58_decode_account(s->validator, key) == 0 &&
		    sr25519_verify(key, text.data, text.len, s->signature);
	buf_free(&text);
	return is_signed;
}

/* -- to JSON ------------------------------------------------------------ */

static json_t *
real_or_null(double v)
{
	return isfinite(v) ? json_real(v) : json_null();
}

static void
print_entry(const struct statement_entry *e, json_t *to)
{
	json_object_set_new(to, "hotkey", json_string(e->hotkey));
	json_object_set_new(to, "uid", json_integer(e->uid));
	json_object_set_new(to, "score", real_or_null(e->score));
	json_object_set_new(to, "win_rate", real_or_null(e->win_rate));
	json_object_set_new(to, "weight", real_or_null(e->weight));
	json_object_set_new(to, "jobs", json_integer(e->jobs));
	json_object_set_new(to, "successes", json_integer(e->successes));
}

static json_t *
print_entries(const struct statement *s)
{
	json_t *list = json_array();

	for (size_t i = 0; i < s->n; i++) {
		json_t *entry = json_object();

		print_entry(&s->entries[i], entry);
		json_array_append_new(list, entry);
	}
	return list;
}

json_t *
statement_print(const struct statement *s)
{
	char *hex = hex_0x(s->signature, sizeof(s->signature));
	json_t *json = json_pack("{s:i s:i s:I s:I s:s s:s s:s}", "netuid",
	    s->netuid, "mecid", s->mecid, "epoch", (json_int_t)s->epoch,
	    "block", (json_int_t)s->block, "validator", s->validator,
	    "inputs_sha256", s->inputs_sha256, "policy_sha256",
	    s->policy_sha256);

	if (s->whole)
		json_object_set_new(json, "entries", print_entries(s));
	else
		print_entry(&s->entries[0], json);
	json_object_set_new(json, "signature", json_string(hex));
	free(hex);
	return json;
}

/* -- from JSON ---------------------------------------------------------- */

static int
take_int(const json_t *in, const char *name, int64_t max, int64_t *out,
    struct err *err)
{
	const json_t *v = json_object_get(in, name);

	*out = json_integer_value(v);
	if (!json_is_integer(v) || *out < 0 || *out > max)
		return err_set(err, "%s is no whole number from 0 to %lld",
		    name, (long long)max);
	return 0;
}

/* null is none. */
static int
take_real(const json_t *in, const char *name, double *out, struct err *err)
{
	const json_t *v = json_object_get(in, name);

	*out = json_is_null(v) ? NAN : json_number_value(v);
	return json_is_null(v) || json_is_number(v)
		   ? 0
		   : err_set(err, "%s is no number", name);
}

static int
take_hotkey(const json_t *in, const char *name, char out[SS58_MAX_TEXT],
    struct err *err)
{
	const char *text = json_string_value(json_object_get(in, name));
	uint8_t key[32];

	if (text == NULL || ss58_decode_account(text, key) != 0)
		return err_set(err, "%s is no hotkey", name);
	snprintf(out, SS58_MAX_TEXT, "%s", text);
	return 0;
}

static int
take_hash(const json_t *in, const char *name, char out[STATEMENT_HASH],
    struct err *err)
{
	const char *text = json_string_value(json_object_get(in, name));

	if (text == NULL || strlen(text) != STATEMENT_HASH - 1 ||
	    strspn(text, "0123456789abcdef") != STATEMENT_HASH - 1)
		return err_set(
		    err, "%s is no SHA-256 in hex, 64 small digits", name);
	memcpy(out, text, STATEMENT_HASH);
	return 0;
}

static int
take_signature(const json_t *in, uint8_t out[64], struct err *err)
{
	const char *hex = json_string_value(json_object_get(in, "signature"));

	if (hex == NULL || hex_decode_exact(hex, out, 64) != 0)
		return err_set(err, "signature is not 64 bytes in hex");
	return 0;
}

static int
take_head(const json_t *in, struct statement *s, struct err *err)
{
	int64_t netuid = 0, mecid = 0;
	int failed =
	    take_int(in, "netuid", UINT16_MAX, &netuid, err) != 0 ||
	    take_int(in, "mecid", UINT8_MAX, &mecid, err) != 0 ||
	    take_int(in, "epoch", INT64_MAX, &s->epoch, err) != 0 ||
	    take_int(in, "block", INT64_MAX, &s->block, err) != 0 ||
	    take_hotkey(in, "validator", s->validator, err) != 0 ||
	    take_hash(in, "inputs_sha256", s->inputs_sha256, err) != 0 ||
	    take_hash(in, "policy_sha256", s->policy_sha256, err) != 0 ||
	    take_signature(in, s->signature, err) != 0;

	s->netuid = netuid;
	s->mecid = mecid;
	return failed ? -1 : 0;
}

static int
take_entry(const json_t *in, struct statement_entry *e, struct err *err)
{
	int64_t uid = 0;
	int failed =
	    take_hotkey(in, "hotkey", e->hotkey, err) != 0 ||
	    take_int(in, "uid", UINT16_MAX, &uid, err) != 0 ||
	    take_real(in, "score", &e->score, err) != 0 ||
	    take_real(in, "win_rate", &e->win_rate, err) != 0 ||
	    take_real(in, "weight", &e->weight, err) != 0 ||
	    take_int(in, "jobs", INT64_MAX, &e->jobs, err) != 0 ||
	    take_int(in, "successes", INT64_MAX, &e->successes, err) != 0;

	e->uid = uid;
	return failed ? -1 : 0;
}

/* In order, so that no hotkey is there twice. */
static int
take_entries(const json_t *list, struct statement *s, struct err *err)
{
	size_t n = json_array_size(list);

	if (n > STATEMENT_MAX_ENTRIES)
		return err_set(err, "there are %zu entries, more than %d", n,
		    STATEMENT_MAX_ENTRIES);
	s->entries = xcalloc(n + 1, sizeof(*s->entries));
	for (size_t i = 0; i < n; i++) {
		struct statement_entry *e = &s->entries[i];

		if (take_entry(json_array_get(list, i), e, err) != 0)
			return err_wrap(err, "entry %zu", i);
		if (i > 0 && strcmp(e[-1].hotkey, e->hotkey) >= 0)
			return err_set(
			    err, "entry %zu is not in the order of hotkeys", i);
		s->n++;
	}
	return 0;
}

int
statement_parse(const json_t *in, struct statement *s, struct err *err)
{
	const json_t *list = json_object_get(in, "entries");

	*s = (struct statement){.whole = list != NULL};
	if (take_head(in, s, err) != 0)
		return -1;
	if (list != NULL && !json_is_array(list))
		return err_set(err, "entries is no list");
	if (list != NULL)
		return take_entries(list, s, err);
	s->entries = xcalloc(1, sizeof(*s->entries));
	s->n = 1;
	return take_entry(in, &s->entries[0], err);
}

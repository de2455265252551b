/* Lines one by one: JSON, its members, what they say, what was said before. */
#include "validator/claim.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "common/hex.h"
#include "common/http_client.h"
#include "common/xalloc.h"

struct reading {
	const struct claim_rules *rules;
	const char *hotkey;
	size_t most;
	struct claims *claims;
};

/* -- members ------------------------------------------------------------- */

/* Upstream's own notes, which it took from miners: they may be there. */
static const char *const notes[] = {
    "checked_for_ai", "checked_for_content_matching", "contains_subnet_tag"};

static const char *const texts[] = {"platform", "content_id",
    "direct_video_url", "account", "nonce", "signature"};

static bool
is_one_of(const char *name, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(name, names[i]) == 0)
			return true;
	}
	return false;
}

#define IS_ONE_OF(name, names)                                                 \
	is_one_of(name, names, sizeof(names) / sizeof(names[0]))

/* Each member is known, and of its type. A name is a stranger's text. */
static int
check_members(json_t *line, struct err *err)
{
	const char *name;
	json_t *value;

	json_object_foreach(line, name, value)
	{
		if (IS_ONE_OF(name, texts)) {
			if (!json_is_string(value))
				return err_set(err, "%s is no string", name);
		} else if (IS_ONE_OF(name, notes)) {
			if (!json_is_boolean(value))
				return err_set(
				    err, "%s is neither true nor false", name);
		} else if (strcmp(name, "expires") == 0) {
			if (!json_is_integer(value))
				return err_set(
				    err, "expires is no whole number");
		} else {
			return err_set(
			    err, "there is a member that no line has");
		}
	}
	return 0;
}

/* "" if it is absent. */
static const char *
text_of(const json_t *line, const char *name)
{
	const char *text = json_string_value(json_object_get(line, name));

	return text != NULL ? text : "";
}

static bool
has(const json_t *line, const char *name)
{
	return json_object_get(line, name) != NULL;
}

/* -- what they say ------------------------------------------------------- */

static int
take_content(const struct claim_rules *rules, const json_t *line,
    struct claim *c, struct err *err)
{
	int platform = claim_platform_find(text_of(line, "platform"));

	if (!has(line, "platform"))
		return err_set(err, "platform is missing");
	if (!has(line, "content_id"))
		return err_set(err, "content_id is missing");
	if (platform < 0)
		return err_set(err, "the platform is none that we know");
	c->platform = platform;
	if (rules->platforms != 0 && !(rules->platforms >> platform & 1))
		return err_set(err, "%s does not count on this subnet",
		    claim_platform_name(c->platform));
	return claim_content(
	    c->platform, text_of(line, "content_id"), c->content, err);
}

static int
take_url(const struct claim_rules *rules, const json_t *line, struct claim *c,
    struct err *err)
{
	const char *url = text_of(line, "direct_video_url");

	if (!has(line, "direct_video_url"))
		return rules->needs_url
			   ? err_set(err, "direct_video_url is missing")
			   : 0;
	if (strlen(url) > CLAIM_MAX_URL)
		return err_set(err, "direct_video_url is longer than %d bytes",
		    CLAIM_MAX_URL);
	c->url = http_url_clean(url, rules->development, err);
	return c->url != NULL ? 0 : err_wrap(err, "direct_video_url");
}

static int
take_expires(const struct claim_rules *rules, const json_t *line,
    struct claim *c, struct err *err)
{
	json_int_t at = json_integer_value(json_object_get(line, "expires"));

	if (at <= rules->now_s)
		return err_set(err, "it has expired");
	if (at > rules->now_s + CLAIM_MAX_EXPIRES_S)
		return err_set(err, "it expires in more than %d days",
		    CLAIM_MAX_EXPIRES_S / 86400);
	c->expires_s = at;
	return 0;
}

static int
take_nonce(const json_t *line, struct claim *c, struct err *err)
{
	const char *nonce = text_of(line, "nonce");

	if (!claim_nonce_is_good(nonce))
		return err_set(err, "nonce is not 32 hex digits in lower case");
	memcpy(c->nonce, nonce, CLAIM_NONCE);
	return 0;
}

static int
take_signature(const struct reading *r, const json_t *line, struct claim *c,
    struct err *err)
{
	const char *hex = text_of(line, "signature");
	const struct claim_message message = {
	    .genesis = r->rules->genesis,
	    .netuid = r->rules->netuid,
	    .hotkey = r->hotkey,
	    .platform = c->platform,
	    .account = c->account,
	    .content = c->content,
	    .nonce = c->nonce,
	    .expires_s = c->expires_s,
	};
	uint8_t signature[CLAIM_SIGNATURE];

	if (strlen(hex) != sizeof(c->signature) - 1 ||
	    strncmp(hex, "0x", 2) != 0 ||
	    hex_decode_exact(hex, signature, sizeof(signature)) != 0)
		return err_set(err, "signature is not 0x and 64 bytes in hex");
	if (!claim_message_is_signed(&message, signature))
		return err_set(
		    err, "the signature is not this hotkey's of this claim");
	memcpy(c->signature, hex, sizeof(c->signature));
	claim_message_code(&message, c->code);
	c->is_signed = true;
	return 0;
}

static int
take_proof(const struct reading *r, const json_t *line, struct claim *c,
    struct err *err)
{
	static const char *const names[] = {"account", "nonce", "expires"};
	bool is_signed = has(line, "signature");

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (has(line, names[i]) != is_signed)
			return err_set(err,
			    is_signed ? "a signature without %s"
				      : "%s without a signature",
			    names[i]);
	}
	if (!is_signed)
		return r->rules->takes_tags ? 0
					    : err_set(err, "it is not signed");
	if (claim_account(
		c->platform, text_of(line, "account"), c->account, err) != 0 ||
	    take_nonce(line, c, err) != 0 ||
	    take_expires(r->rules, line, c, err) != 0)
		return -1;
	return take_signature(r, line, c, err);
}

/* -- what was said before ------------------------------------------------ */

static bool
is_same_site(const struct claim *a, const struct claim *b)
{
	return strcmp(claim_platform_site(a->platform),
		   claim_platform_site(b->platform)) == 0;
}

/* Two lines of one gist: why the later one does not stand. */
static int
compare(const struct claim *before, const struct claim *c, struct err *err)
{
	const char *site = claim_platform_site(c->platform);

	if (is_same_site(before, c) && strcmp(before->content, c->content) == 0)
		return err_set(err, "%s %s stands in line %d", site, c->content,
		    before->line);
	if (!c->is_signed || !before->is_signed)
		return 0;
	if (is_same_site(before, c) && strcmp(before->account, c->account) != 0)
		return err_set(err, "line %d has another account of %s, %s",
		    before->line, site, before->account);
	if (strcmp(before->nonce, c->nonce) == 0)
		return err_set(err, "line %d has the same nonce", before->line);
	return 0;
}

static int
check_others(const struct reading *r, const struct claim *c, struct err *err)
{
	for (size_t i = 0; i < r->claims->n; i++) {
		if (compare(&r->claims->list[i], c, err) != 0)
			return -1;
	}
	if (r->claims->n == r->most)
		return err_set(
		    err, "there are more than %zu contents", r->most);
	return 0;
}

/* -- lines --------------------------------------------------------------- */

static int
read_line(const struct reading *r, const char *text, size_t len,
    struct claim *c, struct err *err)
{
	json_t *line = NULL;
	int failed = -1;

	if (len > CLAIM_MAX_LINE)
		return err_set(
		    err, "the line is longer than %d bytes", CLAIM_MAX_LINE);
	line = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);
	if (!json_is_object(line))
		err_set(err, "it is no JSON object");
	else
		failed = check_members(line, err) != 0 ||
			 take_content(r->rules, line, c, err) != 0 ||
			 take_url(r->rules, line, c, err) != 0 ||
			 check_others(r, c, err) != 0 ||
			 take_proof(r, line, c, err) != 0 ||
			 check_others(r, c, err) != 0;
	json_decref(line);
	return failed ? -1 : 0;
}

/* Whether there is room for another. */
static bool
note_fault(struct claims *claims, int line, const char *why)
{
	struct claim_fault *f = &claims->faults[claims->n_faults++];

	f->line = line;
	snprintf(f->why, sizeof(f->why), "%s", why);
	if (claims->n_faults < CLAIM_MAX_FAULTS)
		return true;
	f = &claims->faults[claims->n_faults++];
	snprintf(f->why, sizeof(f->why),
	    "too many lines are wrong: none behind line %d is read", line);
	return false;
}

/* Whether more may be read. */
static bool
take_line(const struct reading *r, int number, const char *text, size_t len)
{
	struct claim *c = &r->claims->list[r->claims->n];
	struct err err;

	*c = (struct claim){.line = number};
	if (read_line(r, text, len, c, &err) == 0) {
		r->claims->n++;
		return true;
	}
	free(c->url);
	c->url = NULL;
	return note_fault(r->claims, number, err.text);
}

static bool
is_blank(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (text[i] != ' ' && text[i] != '\t')
			return false;
	}
	return true;
}

void
claims_read(const struct claim_rules *rules, const char *hotkey,
    const void *text, size_t len, struct claims *claims)
{
	const struct reading r = {.rules = rules,
	    .hotkey = hotkey,
	    .most = rules->most != 0 ? rules->most : CLAIM_MAX_CONTENTS,
	    .claims = claims};
	const char *at = text, *end = at + len;
	bool goes_on = true;

	*claims = (struct claims){.n = 0};
	claims->list = xcalloc(r.most + 1, sizeof(*claims->list));
	claims->faults = xcalloc(CLAIM_MAX_FAULTS + 1, sizeof(*claims->faults));
	if (len > CLAIM_MAX_GIST) {
		note_fault(claims, 0, "the gist is longer than 256 KiB");
		return;
	}
	for (int number = 1; goes_on && at < end; number++) {
		const char *stop = memchr(at, '\n', end - at);
		size_t n = (stop != NULL ? stop : end) - at;
		size_t bare = n > 0 && at[n - 1] == '\r' ? n - 1 : n;

		if (!is_blank(at, bare))
			goes_on = take_line(&r, number, at, bare);
		at += n + (stop != NULL);
	}
}

void
claims_clear(struct claims *claims)
{
	for (size_t i = 0; i < claims->n; i++)
		free(claims->list[i].url);
	free(claims->list);
	free(claims->faults);
	*claims = (struct claims){.n = 0};
}

/*
 * What miners commit to and write into their gists: names of gists, lines,
 * ids, accounts; and who of many was first.
 *
 * The first byte chooses which, and for a gist the rules. What is taken must be
 * in the one form that it is written in again, and what is refused says why.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "common/xalloc.h"
#include "tests/fuzz/input.h"
#include "validator/claim.h"
#include "validator/claim_settle.h"
#include "validator/gist_name.h"

enum { NOW = 1790000000, MAX_ENTRIES = 64 };

#define GENESIS                                                                \
	"2f0555cc76fc2840a25a6ea3b9637146806f1f44b090c175ffde2a7e5ab36c03"
#define HOTKEY "5H728gLgx4yuCSVEwGCAfLo3RtzTau9F6cTNqNJtrqqjACWq"

/* -- gists --------------------------------------------------------------- */

static void
check_claim(const struct claim_rules *rules, const struct claim *c)
{
	char again[CLAIM_CONTENT], url[CLAIM_POST_URL], name[CLAIM_ACCOUNT];

	input_must(claim_content(c->platform, c->content, again, NULL) == 0 &&
		       strcmp(c->content, again) == 0,
	    "an id is canonical");
	claim_post_url(c->platform, c->content, url);
	input_must(claim_content(c->platform, url, again, NULL) == 0 &&
		       strcmp(c->content, again) == 0,
	    "a post's URL leads to it");
	input_must(c->url != NULL || !rules->needs_url, "there is a URL");
	input_must(c->is_signed || rules->takes_tags, "it is proven");
	input_must(c->is_signed == (c->code[0] != '\0'), "it has a code");
	if (!c->is_signed)
		return;
	input_must(claim_account(c->platform, c->account, name, NULL) == 0 &&
		       strcmp(c->account, name) == 0,
	    "an account is canonical");
	input_must(c->expires_s > NOW, "it has not expired");
	input_must(claim_nonce_is_good(c->nonce), "it has a nonce");
}

static bool
is_same_post(const struct claim *a, const struct claim *b)
{
	return strcmp(claim_platform_site(a->platform),
		   claim_platform_site(b->platform)) == 0 &&
	       strcmp(a->content, b->content) == 0;
}

/* It goes to logs, rows and JSON as it is. */
static bool
is_plain(const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text < ' ' || *text > '~')
			return false;
	}
	return true;
}

static void
check_claims(const struct claim_rules *rules, const struct claims *claims)
{
	input_must(claims->n <= CLAIM_MAX_CONTENTS, "not too many contents");
	input_must(
	    claims->n_faults <= CLAIM_MAX_FAULTS + 1, "not too many faults");
	for (size_t i = 0; i < claims->n; i++) {
		check_claim(rules, &claims->list[i]);
		for (size_t j = 0; j < i; j++)
			input_must(
			    !is_same_post(&claims->list[i], &claims->list[j]),
			    "a post stands once");
		input_must(
		    i == 0 || claims->list[i - 1].line < claims->list[i].line,
		    "claims are in order");
	}
	for (size_t i = 0; i < claims->n_faults; i++)
		input_must(claims->faults[i].why[0] != '\0' &&
			       is_plain(claims->faults[i].why),
		    "what is refused says why");
}

/* A line by itself stands if it stood among others. */
static void
read_alone(const struct claim_rules *rules, const struct claims *all,
    const uint8_t *p, size_t n)
{
	const uint8_t *end = memchr(p, '\n', n);
	struct claims first;

	claims_read(
	    rules, HOTKEY, p, end != NULL ? (size_t)(end - p) : n, &first);
	input_must((first.n == 1) == (all->n > 0 && all->list[0].line == 1),
	    "the first line is as it is alone");
	claims_clear(&first);
}

static void
read_gist(uint8_t how, const uint8_t *p, size_t n)
{
	const struct claim_rules rules = {
	    .genesis = GENESIS,
	    .netuid = 89,
	    .now_s = NOW,
	    .takes_tags = how & 1,
	    .needs_url = how & 2,
	    .development = how & 4,
	    .most = how & 8 ? 3 : 0,
	    .platforms = how & 16 ? 1 << CLAIM_X_POST : 0,
	};
	struct claims claims;

	claims_read(&rules, HOTKEY, p, n, &claims);
	check_claims(&rules, &claims);
	if (n <= CLAIM_MAX_GIST)
		read_alone(&rules, &claims, p, n);
	claims_clear(&claims);
}

/* As much of a line as there is, over and over: past every limit. */
static void
read_long(uint8_t how, const uint8_t *p, size_t n)
{
	size_t times = n > 0 ? CLAIM_MAX_GIST / n + (how & 32 ? 2 : 0) : 0;
	uint8_t *text = xmalloc(times * n + 1);

	for (size_t i = 0; i < times; i++)
		memcpy(text + i * n, p, n);
	read_gist(how, text, times * n);
	free(text);
}

/* -- words --------------------------------------------------------------- */

static void
read_name(const char *text)
{
	struct err err = {""};
	struct gist_name name;
	char *again;

	if (gist_name_parse(text, &name, &err) != 0) {
		input_must(err.text[0] != '\0', "what is refused says why");
		return;
	}
	again = xasprintf("%s:%s", name.user, name.id);
	input_must(strcmp(again, text) == 0, "a name is what was committed");
	free(again);
	again = gist_name_url("https://a.b", &name);
	input_must(strlen(again) == strlen("https://a.b/") + strlen(text) + 4,
	    "an address has the name");
	free(again);
}

static void
read_words(enum claim_platform platform, const char *text)
{
	char out[CLAIM_CONTENT], again[CLAIM_CONTENT], name[CLAIM_ACCOUNT],
	    name_again[CLAIM_ACCOUNT];
	struct err err = {""};

	if (claim_content(platform, text, out, &err) == 0)
		input_must(claim_content(platform, out, again, &err) == 0 &&
			       strcmp(out, again) == 0,
		    "an id is canonical");
	else
		input_must(err.text[0] != '\0', "what is refused says why");
	err.text[0] = '\0';
	if (claim_account(platform, text, name, &err) == 0)
		input_must(
		    claim_account(platform, name, name_again, &err) == 0 &&
			strcmp(name, name_again) == 0,
		    "an account is canonical");
	else
		input_must(err.text[0] != '\0', "what is refused says why");
	if (claim_platform_find(text) >= 0)
		input_must(strcmp(text, claim_platform_name(
					    claim_platform_find(text))) == 0,
		    "a platform has its name");
}

/* -- who was first ------------------------------------------------------- */

static bool
is_before(const struct claim_entry *a, const struct claim_entry *b)
{
	int order = strcmp(a->hotkey, b->hotkey);

	if (a->block != b->block)
		return a->block < b->block;
	return order != 0 ? order < 0 : a->line < b->line;
}

/* Whether one that holds keeps another from it. */
static bool
is_in_the_way(const struct claim_entry *by, const struct claim_entry *e)
{
	bool same_hotkey = strcmp(by->hotkey, e->hotkey) == 0;

	if (strcmp(claim_platform_site(by->platform),
		claim_platform_site(e->platform)) != 0)
		return false;
	if (strcmp(by->content, e->content) == 0)
		return true;
	if (by->account == NULL || e->account == NULL)
		return false;
	return same_hotkey != (strcmp(by->account, e->account) == 0);
}

/* The plain way: in order, each against all that hold. */
static void
check_settled(const struct claim_entry *entries, size_t n,
    const struct claim_settled *settled)
{
	char why[160];

	for (size_t i = 0; i < n; i++) {
		bool holds = true;

		for (size_t j = 0; j < n; j++) {
			if (settled[j].verdict == CLAIM_HOLDS && j != i &&
			    is_before(&entries[j], &entries[i]) &&
			    is_in_the_way(&entries[j], &entries[i]))
				holds = false;
		}
		input_must(holds == (settled[i].verdict == CLAIM_HOLDS),
		    "who is in nobody's way holds");
		claim_settled_why(entries, i, &settled[i], why, sizeof(why));
		input_must(holds == (why[0] == '\0'), "a loser is told why");
		input_must(claim_verdict_name(settled[i].verdict) != NULL,
		    "a verdict has a name");
	}
}

static void
settle(struct input *in)
{
	static const char *const hotkeys[] = {"5A", "5B", "5C", "5D"};
	static const char *const posts[] = {
	    "a", "b", "c", "d", "e", "f", "g", "h"};
	static const char *const accounts[] = {"@1", "@2", "@3", NULL};
	struct claim_settled settled[MAX_ENTRIES];
	struct claim_entry entries[MAX_ENTRIES] = {0};
	size_t n = 0;

	while (in->len >= 2 && n < MAX_ENTRIES) {
		uint16_t v = input_u16(in);

		entries[n] = (struct claim_entry){
		    .hotkey = hotkeys[v & 3],
		    .block = v >> 2 & 7,
		    .line = n + 1,
		    .platform = (v >> 5 & 7) % N_CLAIM_PLATFORMS,
		    .content = posts[v >> 8 & 7],
		    .account = accounts[v >> 11 & 3],
		};
		n++;
	}
	claim_settle(entries, n, settled);
	check_settled(entries, n, settled);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct input in = {p, n};
	uint8_t how = input_byte(&in);
	char *text;

	if (how < 64) {
		read_gist(how, in.data, in.len);
		return 0;
	}
	if (how < 128) {
		read_long(how, in.data, in.len);
		return 0;
	}
	if (how < 160) {
		settle(&in);
		return 0;
	}
	text = input_text(&in);
	if (how < 192)
		read_name(text);
	else
		read_words(how % N_CLAIM_PLATFORMS, text);
	free(text);
	return 0;
}

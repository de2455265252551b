/*
 * In order: what the claim itself says, then who came first, then who looks
 * like whom.
 */
#include "validator/posts_settle.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/xalloc.h"
#include "validator/claim_settle.h"

enum { MAX_WIDTH = 12 }; /* bits of a band */

static const char *const names[] = {
    [POSTS_NEW] = "new",
    [POSTS_HELD] = "held",
    [POSTS_UNPROVEN] = "unproven",
    [POSTS_DUPLICATE] = "duplicate",
    [POSTS_ACCOUNT] = "account",
    [POSTS_COPY] = "copy",
    [POSTS_EXPIRED] = "expired",
    [POSTS_GONE] = "gone",
    [POSTS_UNLISTED] = "unlisted",
};

const char *
posts_state_name(enum posts_state state)
{
	return names[state];
}

int
posts_state_of(const char *name)
{
	for (int i = 0; i < POSTS_STATES; i++)
		if (strcmp(names[i], name) == 0)
			return i;
	return -1;
}

const char *
posts_state_bar(enum posts_state state)
{
	switch (state) {
	case POSTS_DUPLICATE:
		return "duplicate";
	case POSTS_ACCOUNT:
		return "account_taken";
	case POSTS_COPY:
		return "same_picture";
	case POSTS_EXPIRED:
		return "expired";
	case POSTS_NEW:
	case POSTS_HELD:
	case POSTS_UNPROVEN:
	case POSTS_GONE:
	case POSTS_UNLISTED:
	case POSTS_STATES:
		break;
	}
	return NULL;
}

/* -- what a claim says of itself ---------------------------------------- */

static void
say(struct posts_settled *s, enum posts_state state, const char *why)
{
	s->state = state;
	snprintf(s->why, sizeof(s->why), "%s", why);
	s->by = NULL;
}

static void
judge_alone(const struct posts_claim *c, struct posts_settled *s)
{
	if (!c->is_neuron)
		say(s, POSTS_UNLISTED, "its hotkey is not registered");
	else if (!c->is_listed)
		say(s, POSTS_UNLISTED, "the gist does not list it");
	else if (c->is_gone)
		say(s, POSTS_GONE, "the platform has not got it any more");
	else if (c->is_expired)
		say(s, POSTS_EXPIRED, "the signed claim has expired");
	else if (c->proof == POSTS_UNSEEN)
		say(s, POSTS_NEW, "");
	else if (c->proof == POSTS_NOT)
		say(s, POSTS_UNPROVEN,
		    c->unproven_why != NULL ? c->unproven_why : "");
	else
		say(s, POSTS_HELD, "");
}

/* It keeps others out. */
static bool
has_a_say(const struct posts_claim *c)
{
	return c->is_neuron && !c->is_expired && c->proof == POSTS_PROVEN;
}

/* -- who came first ----------------------------------------------------- */

/* Claims with a say, in their order. */
struct ranks {
	const struct posts_claim *all;
	size_t *at; /* which of all */
	size_t n;
};

static int
by_rank(const void *a, const void *b, void *arg)
{
	const struct posts_claim *all = arg;
	const struct posts_claim *x = &all[*(const size_t *)a];
	const struct posts_claim *y = &all[*(const size_t *)b];
	int diff;

	if (x->block != y->block)
		return x->block < y->block ? -1 : 1;
	diff = strcmp(x->hotkey, y->hotkey);
	if (diff != 0)
		return diff;
	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	return (x->id > y->id) - (x->id < y->id);
}

static void
rank(const struct posts_claim *claims, size_t n, struct ranks *r)
{
	*r = (struct ranks){.all = claims};
	r->at = xcalloc(n + 1, sizeof(*r->at));
	for (size_t i = 0; i < n; i++)
		if (has_a_say(&claims[i]))
			r->at[r->n++] = i;
	qsort_r(r->at, r->n, sizeof(*r->at), by_rank, (void *)claims);
}

static void
bar(const struct claim_entry *entries, size_t which,
    const struct claim_settled *verdict, struct posts_settled *s)
{
	s->state = verdict->verdict == CLAIM_DUPLICATE ? POSTS_DUPLICATE
						       : POSTS_ACCOUNT;
	s->by = entries[verdict->by].hotkey;
	claim_settled_why(entries, which, verdict, s->why, sizeof(s->why));
}

/* holds[i]: r->at[i] has its post. */
static void
settle_order(const struct ranks *r, bool *holds, struct posts_settled *out)
{
	struct claim_entry *entries = xcalloc(r->n + 1, sizeof(*entries));
	struct claim_settled *verdicts = xcalloc(r->n + 1, sizeof(*verdicts));

	for (size_t i = 0; i < r->n; i++) {
		const struct posts_claim *c = &r->all[r->at[i]];

		entries[i] = (struct claim_entry){
		    .hotkey = c->hotkey,
		    .block = c->block,
		    .line = c->line,
		    .platform = c->platform,
		    .content = c->content,
		    .account = c->account,
		};
	}
	claim_settle(entries, r->n, verdicts);
	for (size_t i = 0; i < r->n; i++) {
		holds[i] = verdicts[i].verdict == CLAIM_HOLDS;
		if (!holds[i] && out[r->at[i]].state == POSTS_HELD)
			bar(entries, i, &verdicts[i], &out[r->at[i]]);
	}
	free(entries);
	free(verdicts);
}

/* -- who looks like whom ------------------------------------------------ */

static bool
may_be_copy(const struct posts_claim *before, const struct posts_claim *c)
{
	return strcmp(before->hotkey, c->hotkey) != 0 ||
	       strcmp(claim_platform_site(before->platform),
		   claim_platform_site(c->platform)) == 0;
}

static void
say_copy(const struct posts_claim *before, const struct posts_claim *c,
    struct posts_settled *s)
{
	s->state = POSTS_COPY;
	s->by = before->hotkey;
	snprintf(s->why, sizeof(s->why),
	    "looks like %s:%s, which %s claimed at block %lld (%d bits of 64 "
	    "differ)",
	    claim_platform_name(before->platform), before->content,
	    before->hotkey, (long long)before->block,
	    __builtin_popcountll(before->hash ^ c->hash));
}

/*
 * Hashes by their bands: two that differ in fewer bits than there are bands
 * have one band alike, and only those that have are compared.
 */
struct bands {
	size_t n, width; /* bands; bits of each that are looked at */
	uint32_t *first; /* by band and its bits: 1 + the newest; 0: none */
	uint32_t *next;	 /* by band and which: 1 + the one before it */
	size_t room;
};

static void
bands_init(struct bands *b, int distance, size_t room)
{
	b->n = (size_t)distance + 1;
	b->width = 64 / b->n < MAX_WIDTH ? 64 / b->n : MAX_WIDTH;
	b->room = room;
	b->first = xcalloc(b->n << b->width, sizeof(*b->first));
	b->next = xcalloc(b->n * room + 1, sizeof(*b->next));
}

static void
bands_clear(struct bands *b)
{
	free(b->first);
	free(b->next);
}

static uint32_t *
bands_first(const struct bands *b, size_t band, uint64_t hash)
{
	uint64_t bits =
	    hash >> (band * (64 / b->n)) & (((uint64_t)1 << b->width) - 1);

	return &b->first[(band << b->width) + bits];
}

static void
bands_add(struct bands *b, uint32_t which, uint64_t hash)
{
	for (size_t band = 0; band < b->n; band++) {
		uint32_t *first = bands_first(b, band, hash);

		b->next[band * b->room + which] = *first;
		*first = which + 1;
	}
}

/* The first in order of those it is a copy of, as a place in r; -1: none. */
static long
find_original(const struct ranks *r, const struct bands *b, int distance,
    const struct posts_claim *c)
{
	long found = -1;

	for (size_t band = 0; band < b->n; band++) {
		uint32_t at = *bands_first(b, band, c->hash);

		for (; at > 0; at = b->next[band * b->room + at - 1]) {
			const struct posts_claim *o = &r->all[r->at[at - 1]];

			if ((found < 0 || (long)at - 1 < found) &&
			    __builtin_popcountll(o->hash ^ c->hash) <=
				distance &&
			    may_be_copy(o, c))
				found = (long)at - 1;
		}
	}
	return found;
}

static void
settle_pictures(const struct ranks *r, const bool *holds, int distance,
    struct posts_settled *out)
{
	struct bands bands;

	bands_init(&bands, distance < 63 ? distance : 63, r->n);
	for (size_t i = 0; i < r->n; i++) {
		const struct posts_claim *c = &r->all[r->at[i]];
		struct posts_settled *s = &out[r->at[i]];
		long original = -1;

		if (!holds[i] || !c->has_hash)
			continue;
		if (s->state == POSTS_HELD)
			original = find_original(r, &bands, distance, c);
		if (original >= 0)
			say_copy(&r->all[r->at[original]], c, s);
		else
			bands_add(&bands, (uint32_t)i, c->hash);
	}
	bands_clear(&bands);
}

/* -- the whole ---------------------------------------------------------- */

void
posts_settle(const struct posts_claim *claims, size_t n, int distance,
    struct posts_settled *out)
{
	struct ranks r;
	bool *holds;

	for (size_t i = 0; i < n; i++)
		judge_alone(&claims[i], &out[i]);
	rank(claims, n, &r);
	holds = xcalloc(r.n + 1, sizeof(*holds));
	settle_order(&r, holds, out);
	if (distance >= 0)
		settle_pictures(&r, holds, distance, out);
	free(holds);
	free(r.at);
}

static bool
same_text(const char *a, const char *b)
{
	return strcmp(a != NULL ? a : "", b != NULL ? b : "") == 0;
}

bool
posts_is_same(const struct posts_claim *c, const struct posts_settled *s)
{
	return c->was == s->state && same_text(c->was_why, s->why) &&
	       same_text(c->was_by, s->by);
}

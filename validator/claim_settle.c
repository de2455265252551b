/*
 * In the order of the claims: what each has is noted in a table, by its name;
 * who comes later finds it there.
 */
#include "validator/claim_settle.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "common/xalloc.h"

/* What is had: a post of a site, an account of it, and a hotkey's one account
 * there. */
enum thing { POST, ACCOUNT, HOTKEY, N_THINGS };

struct table {
	const struct claim_entry *entries;
	size_t *slots; /* 1 + an entry's place; 0: free */
	enum thing *things;
	size_t mask;
};

static const char *
name_of(const struct claim_entry *e, enum thing thing)
{
	switch (thing) {
	case POST:
		return e->content;
	case ACCOUNT:
		return e->account;
	case HOTKEY:
	case N_THINGS:
		break;
	}
	return e->hotkey;
}

static bool
is_alike(
    const struct claim_entry *a, const struct claim_entry *b, enum thing thing)
{
	return strcmp(claim_platform_site(a->platform),
		   claim_platform_site(b->platform)) == 0 &&
	       strcmp(name_of(a, thing), name_of(b, thing)) == 0;
}

/* The slot of what is alike, or the free one where it would be. */
static size_t
find(const struct table *t, const struct claim_entry *e, enum thing thing)
{
	const char *name = name_of(e, thing);
	size_t slot = XXH3_64bits_withSeed(name, strlen(name), thing) & t->mask;

	while (t->slots[slot] != 0 &&
	       (t->things[slot] != thing ||
		   !is_alike(&t->entries[t->slots[slot] - 1], e, thing)))
		slot = (slot + 1) & t->mask;
	return slot;
}

/* Who has it, or NULL. */
static const struct claim_entry *
holder(const struct table *t, const struct claim_entry *e, enum thing thing)
{
	size_t slot = find(t, e, thing);

	return t->slots[slot] != 0 ? &t->entries[t->slots[slot] - 1] : NULL;
}

static void
note(struct table *t, const struct claim_entry *e, enum thing thing)
{
	size_t slot = find(t, e, thing);

	if (t->slots[slot] != 0)
		return;
	t->slots[slot] = 1 + (size_t)(e - t->entries);
	t->things[slot] = thing;
}

static bool
has_account(const struct claim_entry *e)
{
	return e->account != NULL && e->account[0] != '\0';
}

/* NULL if nobody was before it. */
static const struct claim_entry *
find_earlier(const struct table *t, const struct claim_entry *e,
    enum claim_verdict *verdict)
{
	const struct claim_entry *by = holder(t, e, POST);

	*verdict = CLAIM_DUPLICATE;
	if (by != NULL || !has_account(e))
		return by;
	*verdict = CLAIM_TAKEN_ACCOUNT;
	by = holder(t, e, ACCOUNT);
	if (by != NULL && strcmp(by->hotkey, e->hotkey) != 0)
		return by;
	*verdict = CLAIM_OTHER_ACCOUNT;
	by = holder(t, e, HOTKEY);
	return by != NULL && strcmp(by->account, e->account) != 0 ? by : NULL;
}

static void
settle_one(struct table *t, size_t which, struct claim_settled *out)
{
	const struct claim_entry *e = &t->entries[which], *by;

	by = find_earlier(t, e, &out->verdict);
	if (by != NULL) {
		out->by = by - t->entries;
		return;
	}
	*out = (struct claim_settled){CLAIM_HOLDS, which};
	note(t, e, POST);
	if (!has_account(e))
		return;
	note(t, e, ACCOUNT);
	note(t, e, HOTKEY);
}

static int
by_age(const void *a, const void *b)
{
	const struct claim_entry *x = *(const struct claim_entry *const *)a;
	const struct claim_entry *y = *(const struct claim_entry *const *)b;
	int order = (x->block > y->block) - (x->block < y->block);

	if (order == 0)
		order = strcmp(x->hotkey, y->hotkey);
	if (order == 0)
		order = (x->line > y->line) - (x->line < y->line);
	return order != 0 ? order : (x > y) - (x < y);
}

void
claim_settle(
    const struct claim_entry *entries, size_t n, struct claim_settled *out)
{
	const struct claim_entry **order = xcalloc(n + 1, sizeof(*order));
	struct table t = {.entries = entries};
	size_t room = 16;

	while (room < 2 * N_THINGS * n)
		room *= 2;
	t.mask = room - 1;
	t.slots = xcalloc(room, sizeof(*t.slots));
	t.things = xcalloc(room, sizeof(*t.things));
	for (size_t i = 0; i < n; i++)
		order[i] = &entries[i];
	qsort(order, n, sizeof(const struct claim_entry *), by_age);
	for (size_t i = 0; i < n; i++) {
		size_t which = order[i] - entries;

		settle_one(&t, which, &out[which]);
	}
	free(t.slots);
	free(t.things);
	free(order);
}

static const char *const names[] = {
    [CLAIM_HOLDS] = "holds",
    [CLAIM_DUPLICATE] = "duplicate",
    [CLAIM_TAKEN_ACCOUNT] = "account_taken",
    [CLAIM_OTHER_ACCOUNT] = "other_account",
};

const char *
claim_verdict_name(enum claim_verdict verdict)
{
	return names[verdict];
}

void
claim_settled_why(const struct claim_entry *entries, size_t which,
    const struct claim_settled *settled, char *out, size_t n)
{
	const struct claim_entry *e = &entries[which];
	const struct claim_entry *by = &entries[settled->by];
	const char *site = claim_platform_site(e->platform);
	long long block = by->block;

	switch (settled->verdict) {
	case CLAIM_HOLDS:
		snprintf(out, n, "%s", "");
		return;
	case CLAIM_DUPLICATE:
		snprintf(out, n, "%s %s is claimed by %s since block %lld",
		    site, e->content, by->hotkey, block);
		return;
	case CLAIM_TAKEN_ACCOUNT:
		snprintf(out, n,
		    "the account %s of %s is claimed by %s since block %lld",
		    e->account, site, by->hotkey, block);
		return;
	case CLAIM_OTHER_ACCOUNT:
		snprintf(out, n,
		    "this hotkey's account of %s is %s since block %lld", site,
		    by->account, block);
		return;
	}
}

/*
 * Words by hand; duplicates by sorting: whoever is not of the first block of
 * those alike is one.
 */
#include "scorer/submission.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/err.h"
#include "common/xalloc.h"

/* -- the text ----------------------------------------------------------- */

static bool
is_of_names(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
}

struct word {
	const char *name;
	char *out; /* SUBMISSION_MAX_NAME + 1 bytes */
	bool may_be_absent;
};

/* Up to the next colon or the end; where it ended, or NULL. */
static const char *
take_word(const char *at, const struct word *w, struct err *err)
{
	size_t len = 0;

	while (is_of_names(at[len]))
		len++;
	if (at[len] != ':' && at[len] != '\0') {
		err_set(err, "%s has a letter that no name has", w->name);
		return NULL;
	}
	if (len == 0 || len > SUBMISSION_MAX_NAME) {
		err_set(err, "%s has 1 to %d letters", w->name,
		    SUBMISSION_MAX_NAME);
		return NULL;
	}
	memcpy(w->out, at, len);
	w->out[len] = '\0';
	if (strcmp(w->out, "None") != 0)
		return at + len;
	w->out[0] = '\0';
	if (w->may_be_absent)
		return at + len;
	err_set(err, "%s is absent", w->name);
	return NULL;
}

static int
take_hash(const char *digits, uint64_t *hash, struct err *err)
{
	uint64_t v = 0;

	for (const char *c = digits; *c != '\0'; c++) {
		if (*c < '0' || *c > '9' || (v == 0 && c > digits) ||
		    v > (UINT64_MAX - (uint64_t)(*c - '0')) / 10)
			return err_set(
			    err, "the hash is no integer of 64 bits");
		v = v * 10 + (uint64_t)(*c - '0');
	}
	*hash = v;
	return 0;
}

int
submission_parse(const char *text, struct submission_words *w, struct err *err)
{
	char hash[SUBMISSION_MAX_NAME + 1];
	const struct word words[] = {
	    {"the namespace", w->namespace, false},
	    {"the name", w->name, false},
	    {"the chat template", w->chat_template, false},
	    {"the hotkey", w->hotkey, true},
	    {"the hash", hash, false},
	    {"the competition", w->competition, true},
	};
	enum { N = sizeof(words) / sizeof(words[0]), LEAST = N - 1 };
	const char *at = text;

	memset(w, 0, sizeof(*w));
	for (int i = 0; i < N; i++) {
		at = take_word(at, &words[i], err);
		if (at == NULL)
			return -1;
		if (*at == '\0' && i + 1 < LEAST)
			return err_set(err, "%s is missing", words[i + 1].name);
		if (*at == '\0')
			break;
		if (i + 1 == N)
			return err_set(err, "there are more than %d words", N);
		at++;
	}
	return take_hash(hash, &w->hash, err);
}

char *
submission_hashed(const struct submission_words *w, const char *hotkey)
{
	return xasprintf(
	    "%s %s %s %s", w->namespace, w->name, w->chat_template, hotkey);
}

const char *
submission_wrong(
    const struct submission_words *w, const char *hotkey, uint64_t expected)
{
	if (w->hotkey[0] != '\0' && strcmp(w->hotkey, hotkey) != 0)
		return "it names another hotkey";
	if (w->hash != expected)
		return "its hash is not that of its words and hotkey";
	return NULL;
}

void
submission_print_hash(uint64_t hash, char out[SUBMISSION_HASH])
{
	snprintf(out, SUBMISSION_HASH, "%016" PRIx64, hash);
}

int
submission_read_hash(const char *text, uint64_t *hash)
{
	if (strlen(text) != SUBMISSION_HASH - 1 ||
	    strspn(text, "0123456789abcdef") != SUBMISSION_HASH - 1)
		return -1;
	*hash = strtoull(text, NULL, 16);
	return 0;
}

/* -- what became of it -------------------------------------------------- */

static const struct {
	const char *name, *status; /* the service's; NULL: it says none */
} states[N_SUBMISSION_STATES] = {
    [SUBMISSION_NONE] = {"none", NULL},
    [SUBMISSION_WRONG] = {"wrong", NULL},
    [SUBMISSION_UNASKED] = {"unasked", NULL},
    [SUBMISSION_UNKNOWN] = {"unknown", NULL},
    [SUBMISSION_QUEUED] = {"queued", "QUEUED"},
    [SUBMISSION_PRECHECK] = {"precheck", "PRECHECK"},
    [SUBMISSION_RUNNING] = {"running", "RUNNING"},
    [SUBMISSION_COMPLETED] = {"completed", "COMPLETED"},
    [SUBMISSION_FAILED] = {"failed", "FAILED"},
};

const char *
submission_state_name(enum submission_state state)
{
	return states[state].name;
}

int
submission_state_of(const char *name)
{
	for (int i = 0; i < N_SUBMISSION_STATES; i++) {
		if (strcmp(states[i].name, name) == 0)
			return i;
	}
	return -1;
}

enum submission_state
submission_status_of(const char *word)
{
	for (int i = 0; i < N_SUBMISSION_STATES; i++) {
		if (states[i].status != NULL &&
		    strcmp(states[i].status, word) == 0)
			return i;
	}
	return SUBMISSION_UNKNOWN;
}

bool
submission_is_final(enum submission_state state)
{
	return state == SUBMISSION_COMPLETED || state == SUBMISSION_FAILED;
}

double
submission_score(const struct submission *s)
{
	return s->state == SUBMISSION_COMPLETED && s->score > 0 ? s->score : 0;
}

/* -- which count -------------------------------------------------------- */

/* Why it could not count whatever the service said. */
static const char *
why_not_there(const struct submission_rule *rule, int64_t block,
    const struct submission *s)
{
	if (s->state == SUBMISSION_NONE)
		return "no submission";
	if (s->state == SUBMISSION_WRONG)
		return "its submission breaks a rule";
	if ((double)s->block < rule->from_block)
		return "submitted before the epoch";
	if (s->block > block)
		return "submitted after the round's block";
	return NULL;
}

static const char *
why_no_score(const struct submission_rule *rule, int64_t at_us,
    const struct submission *s)
{
	if (!submission_is_final(s->state))
		return "not scored yet";
	if (rule->max_age_s > 0 &&
	    (double)s->at_us + rule->max_age_s * 1e6 < (double)at_us)
		return "its score is too old";
	return NULL;
}

struct place {
	const struct submission *s;
	size_t who;
};

static int
by_block(const struct submission *x, const struct submission *y)
{
	return (x->block > y->block) - (x->block < y->block);
}

static int
by_hash(const void *a, const void *b)
{
	const struct submission *x = ((const struct place *)a)->s;
	const struct submission *y = ((const struct place *)b)->s;

	if (x->hash != y->hash)
		return x->hash < y->hash ? -1 : 1;
	return by_block(x, y);
}

static int
by_repo(const void *a, const void *b)
{
	const struct submission *x = ((const struct place *)a)->s;
	const struct submission *y = ((const struct place *)b)->s;
	int order = strcasecmp(x->repo, y->repo);

	return order != 0 ? order : by_block(x, y);
}

/* Sorted, the first of those alike has the least block. */
static void
mark_later(struct place *places, size_t n,
    int (*order)(const void *, const void *),
    bool (*alike)(const struct submission *, const struct submission *),
    bool *later)
{
	const struct submission *first = NULL;

	qsort(places, n, sizeof(*places), order);
	for (size_t i = 0; i < n; i++) {
		if (first == NULL || !alike(first, places[i].s))
			first = places[i].s;
		later[places[i].who] |= places[i].s->block > first->block;
	}
}

static bool
same_hash(const struct submission *x, const struct submission *y)
{
	return x->hash == y->hash;
}

static bool
same_repo(const struct submission *x, const struct submission *y)
{
	return strcasecmp(x->repo, y->repo) == 0;
}

void
submission_check(const struct submission_rule *rule, int64_t block,
    int64_t at_us, const struct submission *const *entries, size_t n,
    const char **why)
{
	struct place *places = xcalloc(n + 1, sizeof(*places));
	bool *later = xcalloc(n + 1, sizeof(*later));
	size_t count = 0;

	for (size_t i = 0; i < n; i++) {
		why[i] = why_not_there(rule, block, entries[i]);
		if (why[i] == NULL)
			places[count++] = (struct place){entries[i], i};
	}
	mark_later(places, count, by_hash, same_hash, later);
	mark_later(places, count, by_repo, same_repo, later);
	for (size_t i = 0; i < n; i++) {
		if (why[i] == NULL && later[i])
			why[i] = "a copy of an earlier submission";
		if (why[i] == NULL)
			why[i] = why_no_score(rule, at_us, entries[i]);
	}
	free(places);
	free(later);
}

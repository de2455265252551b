/* The table of subnetctl's commands. */
#include "subnetctl/command.h"

#include <stdint.h>
#include <string.h>

#include "common/buf.h"
#include "common/config.h"
#include "common/config_parse.h"
#include "common/err.h"
#include "subnetctl/chain.h"

/* Where the help of a short line begins. */
enum { HELP_COLUMN = 26, MAX_LINE = 512 };

size_t
command_words(const struct command *c)
{
	return c->second != NULL ? 2 : 1;
}

/* Do the words begin with the command's? */
static bool
is_named(const struct command *c, const char *const *words, size_t n_words)
{
	if (n_words < command_words(c) || strcmp(words[0], c->first) != 0)
		return false;
	return c->second == NULL || strcmp(words[1], c->second) == 0;
}

const struct command *
command_find(
    const struct commands *all, const char *const *words, size_t n_words)
{
	const struct command *found = NULL;

	for (size_t i = 0; i < all->n; i++) {
		const struct command *c = &all->list[i];

		if (is_named(c, words, n_words) &&
		    (found == NULL || c->second != NULL))
			found = c;
	}
	return found;
}

/* -- words that name none -------------------------------------------------- */

/* The nearer of two, by their distance from a word. */
struct nearest {
	const char *word, *best;
	size_t least;
};

static void
try_word(struct nearest *n, const char *candidate)
{
	size_t d = config_distance(n->word, candidate);

	if (d < n->least) {
		n->least = d;
		n->best = candidate;
	}
}

static int
refuse_first(const struct commands *all, const char *word, struct err *err)
{
	struct nearest near = {word, NULL, SIZE_MAX};
	struct chain_entry entry;

	for (size_t i = 0; i < all->n; i++)
		try_word(&near, all->list[i].first);
	for (size_t i = 0; chain_entry(i, &entry); i++)
		try_word(&near, entry.first);
	return err_set(err,
	    "\"%.60s\" is no command; did you mean %s? subnetctl help names "
	    "them all",
	    word, near.best);
}

static void
add_second(struct buf *list, const char *second)
{
	buf_printf(list, "%s%s", list->len > 0 ? ", " : "", second);
}

/* The words that may stand behind the first, as "list, show"; false if there
 * is no command of that first word. */
static bool
list_seconds(const struct commands *all, const char *first, struct buf *list)
{
	struct chain_entry entry;
	bool found = false;

	for (size_t i = 0; i < all->n; i++) {
		const struct command *c = &all->list[i];

		if (strcmp(c->first, first) != 0)
			continue;
		found = true;
		if (c->second != NULL)
			add_second(list, c->second);
	}
	for (size_t i = 0; chain_entry(i, &entry); i++) {
		if (strcmp(entry.first, first) != 0)
			continue;
		found = true;
		if (entry.second != NULL)
			add_second(list, entry.second);
	}
	return found;
}

static int
refuse_arguments(const struct command *c, size_t n, struct err *err)
{
	return err_set(err, "%zu argument%s too %s; usage: subnetctl %s%s%s %s",
	    n, n == 1 ? " is" : "s are", n < c->min_args ? "few" : "many",
	    c->first, c->second != NULL ? " " : "",
	    c->second != NULL ? c->second : "", c->args);
}

int
command_refuse(const struct commands *all, const char *const *words,
    size_t n_words, struct err *err)
{
	const struct command *c = command_find(all, words, n_words);
	struct buf seconds = {0};

	if (n_words == 0)
		return err_set(
		    err, "a command is missing; subnetctl help names them all");
	if (c != NULL)
		return refuse_arguments(c, n_words - command_words(c), err);
	if (!list_seconds(all, words[0], &seconds))
		refuse_first(all, words[0], err);
	else if (n_words == 1)
		err_set(err, "%s wants another word: %s", words[0],
		    buf_str(&seconds));
	else
		err_set(err, "there is no %s %.60s; there are: %s", words[0],
		    words[1], buf_str(&seconds));
	buf_free(&seconds);
	return -1;
}

/* -- lines ----------------------------------------------------------------- */

void
command_print(FILE *to, const struct command *c)
{
	char line[MAX_LINE];
	int len = snprintf(line, sizeof(line), "  %s%s%s%s%s", c->first,
	    c->second != NULL ? " " : "", c->second != NULL ? c->second : "",
	    c->args[0] != '\0' ? " " : "", c->args);

	if (len + 2 <= HELP_COLUMN)
		fprintf(to, "%-*s%s\n", (int)HELP_COLUMN, line, c->help);
	else
		fprintf(to, "%s\n%*s%s\n", line, (int)HELP_COLUMN, "", c->help);
}

static void
print_keys(FILE *to, const struct commands *all, const struct command *c)
{
	for (const struct config_key *k = all->keys; k->name != NULL; k++) {
		if (command_has_key(c->first, c->second, k))
			fprintf(to, "    --%-20s %s%s%s%s\n", command_flag(k),
			    k->help, k->fallback[0] != '\0' ? " (" : "",
			    k->fallback, k->fallback[0] != '\0' ? ")" : "");
	}
}

static bool
is_matching(const char *first, const char *second, const char *const *words,
    size_t n_words)
{
	if (n_words > 0 && strcmp(first, words[0]) != 0)
		return false;
	return n_words < 2 || second == NULL || strcmp(second, words[1]) == 0;
}

static size_t
print_offline(FILE *to, const char *const *words, size_t n_words)
{
	struct chain_entry e;
	size_t found = 0;

	for (size_t i = 0; chain_entry(i, &e); i++) {
		struct command c = {.first = e.first,
		    .second = e.second,
		    .args = e.usage,
		    .help = e.help};

		if (!is_matching(e.first, e.second, words, n_words))
			continue;
		command_print(to, &c);
		found++;
	}
	return found;
}

size_t
command_print_matching(FILE *to, const struct commands *all,
    const char *const *words, size_t n_words)
{
	size_t found = 0;

	for (size_t i = 0; i < all->n; i++) {
		const struct command *c = &all->list[i];

		if (!is_matching(c->first, c->second, words, n_words))
			continue;
		command_print(to, c);
		print_keys(to, all, c);
		found++;
	}
	return found + print_offline(to, words, n_words);
}

/* -- flags ----------------------------------------------------------------- */

/* One of "scores", "weights plan", "engagement task add", of len bytes. */
static bool
is_of(const char *item, size_t len, const char *first, const char *second)
{
	size_t n = strlen(first), m = second != NULL ? strlen(second) : 0;

	if (len < n || strncmp(item, first, n) != 0)
		return false;
	if (len == n)
		return true;
	if (item[n] != ' ' || second == NULL || len < n + 1 + m ||
	    strncmp(item + n + 1, second, m) != 0)
		return false;
	return len == n + 1 + m || item[n + 1 + m] == ' ';
}

/* Of len bytes, as "scores, weights plan"; is one of them this command? */
static bool
is_among(const char *items, size_t len, const char *first, const char *second)
{
	const char *end = items + len;

	while (items < end) {
		size_t n = strcspn(items, ",:");

		if (is_of(items, n, first, second))
			return true;
		items += n;
		items += strspn(items, ", ");
	}
	return false;
}

bool
command_has_key(
    const char *first, const char *second, const struct config_key *k)
{
	const char *part = k->help;

	for (;;) {
		size_t len = strcspn(part, ":;");

		if (part[len] == ':' && is_among(part, len, first, second))
			return true;
		part += strcspn(part, ";");
		if (*part == '\0')
			return false;
		part += strspn(part, "; ");
	}
}

const char *
command_flag(const struct config_key *k)
{
	static const char own[] = "subnetctl.";

	return strncmp(k->name, own, strlen(own)) == 0 ? k->name + strlen(own)
						       : k->name;
}

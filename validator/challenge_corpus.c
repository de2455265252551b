/* Lines to items, and which item is like a job. */
#include "validator/challenge_corpus.h"

#include <errno.h>
#include <math.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common/err.h"
#include "common/hex.h"
#include "common/xalloc.h"
#include "validator/challenge_sentence.h"

enum { MAX_LINE = 1 << 20 };

/* As far as an item may be from its template, either way. */
static const double near_ratio = 1.25;

static const char *const known_fields[] = {
    "kind", "language", "file", "type", "seconds", "params", "expect", NULL};

struct challenge_corpus {
	struct challenge_item *items;
	size_t n, room;
	/* One item of each kind and language: few, however many items. */
	size_t *sorts, n_sorts;
};

/* -- a line --------------------------------------------------------------- */

static int
check_fields(const json_t *line, struct err *err)
{
	const char *name;
	json_t *value;

	json_object_foreach((json_t *)line, name, value)
	{
		int i = 0;

		while (known_fields[i] != NULL &&
		       strcmp(known_fields[i], name) != 0)
			i++;
		if (known_fields[i] == NULL)
			return err_set(err,
			    "%s is not a field of an item, which has kind, "
			    "language, file, type, seconds, params and expect",
			    name);
	}
	return 0;
}

/* Text of 1 to 200 bytes, or none. */
static int
take_text(const json_t *line, const char *name, bool must, char **out,
    struct err *err)
{
	const json_t *value = json_object_get(line, name);
	size_t len = json_string_length(value);

	if (value == NULL && !must)
		return 0;
	if (len < 1 || len > 200)
		return err_set(
		    err, "%s must be a text of 1 to 200 bytes", name);
	*out = xstrdup(json_string_value(value));
	return 0;
}

/* Nothing beyond the folder. */
static bool
is_inside(const char *name)
{
	return name[0] != '/' && strcmp(name, "..") != 0 &&
	       strncmp(name, "../", 3) != 0 && strstr(name, "/../") == NULL &&
	       (strlen(name) < 3 ||
		   strcmp(name + strlen(name) - 3, "/..") != 0);
}

static int
take_file(const char *folder, const json_t *line, struct challenge_item *item,
    struct err *err)
{
	struct stat st;
	char *name = NULL;

	if (take_text(line, "file", false, &name, err) != 0)
		return -1;
	if (name == NULL)
		return 0;
	if (!is_inside(name)) {
		err_set(err, "file must be a path inside the corpus");
		free(name);
		return -1;
	}
	item->file = xasprintf("%s/%s", folder, name);
	free(name);
	if (stat(item->file, &st) != 0)
		return err_set(err, "file %s: %s", item->file, strerror(errno));
	if (!S_ISREG(st.st_mode) || st.st_size == 0)
		return err_set(err, "file %s is no file, or empty", item->file);
	item->bytes = st.st_size;
	return 0;
}

static int
take_object(const json_t *line, const char *name, json_t **out, struct err *err)
{
	json_t *value = json_object_get(line, name);

	if (value != NULL && !json_is_object(value))
		return err_set(err, "%s must be an object", name);
	*out = json_incref(value);
	return 0;
}

static int
take_seconds(const json_t *line, struct challenge_item *item, struct err *err)
{
	const json_t *value = json_object_get(line, "seconds");

	if (value == NULL)
		return 0;
	item->seconds = json_number_value(value);
	if (!(item->seconds > 0 && item->seconds <= 86400))
		return err_set(err, "seconds must be a number above 0");
	return 0;
}

/* What stands for what: the file by its name and size, as reading all of them
 * would take its time; the parameters by themselves. */
static void
make_key(const char *folder, struct challenge_item *item)
{
	const char *name =
	    item->file != NULL ? item->file + strlen(folder) + 1 : "";
	char *params =
	    item->params == NULL
		? NULL
		: json_dumps(item->params, JSON_COMPACT | JSON_SORT_KEYS);
	char *all = xasprintf("%s %lld %s", name, (long long)item->bytes,
	    params != NULL ? params : "");
	uint8_t hash[16];

	crypto_generichash(
	    hash, sizeof(hash), (uint8_t *)all, strlen(all), NULL, 0);
	hex_encode(hash, sizeof(hash) / 2, item->key);
	free(params);
	free(all);
}

/* An item must have something to send, and say how large that is. */
static int
check_item(const struct challenge_item *item, struct err *err)
{
	if (item->file == NULL && item->params == NULL)
		return err_set(err, "an item has a file, params, or both");
	if (item->type != NULL && item->file == NULL)
		return err_set(err, "type is the file's; there is none");
	if (item->file != NULL && item->type == NULL && item->seconds <= 0)
		return err_set(err,
		    "a recording needs seconds; a file that is to be sent "
		    "as it is, its type");
	if (item->expect == NULL)
		return err_set(err, "expect is missing: the known answer");
	return 0;
}

void
challenge_item_clear(struct challenge_item *item)
{
	free(item->kind);
	free(item->language);
	free(item->file);
	free(item->type);
	json_decref(item->params);
	json_decref(item->expect);
	*item = (struct challenge_item){.kind = NULL};
}

int
challenge_item_parse(const char *folder, const char *text,
    struct challenge_item *item, struct err *err)
{
	json_error_t why;
	json_t *line = json_loads(text, JSON_REJECT_DUPLICATES, &why);
	int failed = -1;

	*item = (struct challenge_item){.kind = NULL};
	if (line == NULL)
		err_set(err, "it is not JSON: %s", why.text);
	else if (!json_is_object(line))
		err_set(err, "it must be an object");
	else
		failed =
		    check_fields(line, err) != 0 ||
		    take_text(line, "kind", true, &item->kind, err) != 0 ||
		    take_text(line, "language", false, &item->language, err) !=
			0 ||
		    take_text(line, "type", false, &item->type, err) != 0 ||
		    take_seconds(line, item, err) != 0 ||
		    take_object(line, "params", &item->params, err) != 0 ||
		    take_object(line, "expect", &item->expect, err) != 0 ||
		    take_file(folder, line, item, err) != 0 ||
		    check_item(item, err) != 0;
	json_decref(line);
	if (failed) {
		challenge_item_clear(item);
		return -1;
	}
	if (item->language == NULL)
		item->language = xstrdup("");
	make_key(folder, item);
	return 0;
}

/* -- the manifest --------------------------------------------------------- */

static bool
is_sort(
    const struct challenge_item *item, const char *kind, const char *language)
{
	return strcmp(item->kind, kind) == 0 &&
	       strcmp(item->language, language != NULL ? language : "") == 0;
}

int
challenge_corpus_knows(
    const struct challenge_corpus *c, const char *kind, const char *language)
{
	for (size_t i = 0; i < c->n_sorts; i++) {
		if (is_sort(&c->items[c->sorts[i]], kind, language))
			return true;
	}
	return false;
}

static void
add_item(struct challenge_corpus *c, const struct challenge_item *item)
{
	if (!challenge_corpus_knows(c, item->kind, item->language)) {
		c->sorts =
		    xrealloc(c->sorts, c->n_sorts + 1, sizeof(*c->sorts));
		c->sorts[c->n_sorts++] = c->n;
	}
	if (c->n == c->room) {
		c->room = c->room > 0 ? 2 * c->room : 64;
		c->items = xrealloc(c->items, c->room, sizeof(*c->items));
	}
	c->items[c->n++] = *item;
}

static bool
is_blank(const char *line)
{
	return line[strspn(line, " \t\r\n")] == '\0';
}

static void
read_lines(FILE *f, const char *folder, struct challenge_corpus *c,
    challenge_corpus_on_bad *on_bad, void *arg)
{
	struct challenge_item item;
	char *line = NULL;
	size_t room = 0, number = 0;
	struct err err;
	ssize_t len;

	while ((len = getline(&line, &room, f)) >= 0) {
		number++;
		if (is_blank(line))
			continue;
		if (c->n == CHALLENGE_MAX_ITEMS)
			err_set(&err, "there are %d items already",
			    CHALLENGE_MAX_ITEMS);
		else if (len > MAX_LINE || strlen(line) != (size_t)len)
			err_set(&err, "it has a NUL, or more than %d bytes",
			    MAX_LINE);
		else if (challenge_item_parse(folder, line, &item, &err) == 0) {
			add_item(c, &item);
			continue;
		}
		on_bad(number, err.text, arg);
	}
	free(line);
}

struct challenge_corpus *
challenge_corpus_read(const char *folder, challenge_corpus_on_bad *on_bad,
    void *arg, struct err *err)
{
	char *path = xasprintf("%s/manifest.jsonl", folder);
	FILE *f = fopen(path, "re");
	struct challenge_corpus *c;

	if (f == NULL) {
		err_set(err, "%s: %s", path, strerror(errno));
		free(path);
		return NULL;
	}
	c = xcalloc(1, sizeof(*c));
	read_lines(f, folder, c, on_bad, arg);
	fclose(f);
	free(path);
	return c;
}

void
challenge_corpus_free(struct challenge_corpus *c)
{
	if (c == NULL)
		return;
	for (size_t i = 0; i < c->n; i++)
		challenge_item_clear(&c->items[i]);
	free(c->items);
	free(c->sorts);
	free(c);
}

size_t
challenge_corpus_size(const struct challenge_corpus *c)
{
	return c->n;
}

const struct challenge_item *
challenge_corpus_item(const struct challenge_corpus *c, size_t i)
{
	return &c->items[i];
}

/* -- likeness ------------------------------------------------------------- */

static size_t
letters_of(const json_t *params)
{
	const char *text = json_string_value(json_object_get(params, "text"));

	return text != NULL ? challenge_sentence_letters(text) : 0;
}

/* Parameters it does not share are other questions: a translation into
 * another language. Those of its own may differ that are what is asked. */
static bool
has_params_of(const struct challenge_item *item, const json_t *params)
{
	const char *name;
	json_t *value;

	json_object_foreach(item->params, name, value)
	{
		const json_t *theirs = json_object_get(params, name);

		if (theirs == NULL)
			return false;
		if (strcmp(name, "text") != 0 &&
		    !json_equal(value, (json_t *)theirs))
			return false;
	}
	return true;
}

/* How far it is: the ratio, 1 or more; HUGE_VAL: it cannot stand for it. */
static double
ratio(double a, double b)
{
	if (!(a > 0 && b > 0))
		return HUGE_VAL;
	return a > b ? a / b : b / a;
}

static double
distance(const struct challenge_item *item, const struct challenge_likeness *l)
{
	if (!is_sort(item, l->kind, l->language) ||
	    (item->file != NULL) != (l->input_type != NULL) ||
	    !has_params_of(item, l->params))
		return HUGE_VAL;
	if (item->type != NULL)
		return strcmp(item->type, l->input_type) == 0
			   ? ratio(item->bytes, l->input_bytes)
			   : HUGE_VAL;
	if (item->file != NULL)
		return ratio(item->seconds, l->seconds);
	return ratio(letters_of(item->params), l->letters);
}

size_t
challenge_corpus_near(const struct challenge_corpus *c,
    const struct challenge_likeness *l,
    const struct challenge_item *items[CHALLENGE_NEAR])
{
	double at[CHALLENGE_NEAR];
	size_t n = 0;

	for (size_t i = 0; i < c->n; i++) {
		double d = distance(&c->items[i], l);
		size_t k = n;

		if (!(d <= near_ratio) ||
		    (n == CHALLENGE_NEAR && d >= at[n - 1]))
			continue;
		if (n == CHALLENGE_NEAR)
			k = n - 1;
		else
			n++;
		for (; k > 0 && at[k - 1] > d; k--) {
			at[k] = at[k - 1];
			items[k] = items[k - 1];
		}
		at[k] = d;
		items[k] = &c->items[i];
	}
	return n;
}

/*
 * The corpus: a folder with jobs whose answers somebody knows, listed in
 * manifest.jsonl, an object a line (docs/challenges.md). A line that is no
 * good is said with its number, and the others are used.
 *
 * Its files are looked for when it is read, and read when they are used.
 */
#ifndef VALIDATOR_CHALLENGE_CORPUS_H
#define VALIDATOR_CHALLENGE_CORPUS_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

struct challenge_corpus;
struct err;

enum {
	CHALLENGE_MAX_ITEMS = 100000,
	CHALLENGE_NEAR = 32, /* items that are thought of at once */
	CHALLENGE_KEY = 17,  /* of an item, with the NUL */
};

struct challenge_item {
	char *kind, *language;	 /* language: "" if it has none */
	char key[CHALLENGE_KEY]; /* hex, of what a miner gets of it */
	char *file;		 /* path; NULL: none */
	char *type;		 /* of the file, if it is sent as it is */
	int64_t bytes;		 /* likewise */
	double seconds;		 /* of a recording; 0: not said */
	json_t *params;		 /* its own; NULL: none */
	json_t *expect;
};

/* Called for each line that is refused. */
typedef void challenge_corpus_on_bad(size_t line, const char *why, void *arg);

/* NULL and why if there is no manifest to be read. */
struct challenge_corpus *challenge_corpus_read(
    const char *folder, challenge_corpus_on_bad *, void *arg, struct err *);
void challenge_corpus_free(struct challenge_corpus *); /* NULL is fine */
size_t challenge_corpus_size(const struct challenge_corpus *);
const struct challenge_item *challenge_corpus_item(
    const struct challenge_corpus *, size_t);

/* Whether it has anything for that kind and language (NULL: none). */
int challenge_corpus_knows(
    const struct challenge_corpus *, const char *kind, const char *language);

/* A line of the manifest. -1 and why. The folder's files are looked at. */
int challenge_item_parse(const char *folder, const char *line,
    struct challenge_item *, struct err *);
void challenge_item_clear(struct challenge_item *);

/* What a client's job is like, as far as an item must be. */
struct challenge_likeness {
	const char *kind, *language; /* language: NULL: none */
	const char *input_type;	     /* NULL: no file */
	int64_t input_bytes;
	double seconds; /* of its sound; 0: not known */
	size_t letters; /* of its text; 0: none */
	const json_t *params;
};

/* Items that could stand for it, the nearest first; how many. An item's own
 * size must be between 4/5 and 5/4 of the template's. */
size_t challenge_corpus_near(const struct challenge_corpus *,
    const struct challenge_likeness *,
    const struct challenge_item *items[CHALLENGE_NEAR]);

#endif

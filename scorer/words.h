/*
 * Lines of words with one space between them, of strangers: taken one after
 * the other. What is wrong first is told with its line; after that nothing is
 * taken any more, and every answer is empty.
 *
 * Pure. `stop` is the character behind a word, a space or a line's end.
 */
#ifndef SCORER_WORDS_H
#define SCORER_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;

/* Begin with {text, text + len, 1, false, err}. */
struct words {
	const char *at, *end;
	size_t line;
	bool failed;
	struct err *err;
};

void words_refuse(struct words *, const char *what);

/* A word of less than `size` bytes. */
void words_take(struct words *, char stop, char *out, size_t size);

/* Digits, or "-" for none. */
int64_t words_int(struct words *, char stop, int64_t none);

/* From 0 to max. */
long words_count(struct words *, char stop, long max);

/* A number, or "-" for NaN. */
double words_real(struct words *, char stop);

/* Just that word. */
void words_name(struct words *, const char *name, char stop);

/* A line of that word and a whole number. */
int64_t words_named(struct words *, const char *name);

/* Does the text go on with these letters? */
bool words_is_next(const struct words *, const char *text);

#endif

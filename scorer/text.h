/*
 * Text as a listener hears it: lower case, no punctuation, single spaces.
 * Two spellings of the same words become the same symbols.
 *
 * Words are parted by spaces; an apostrophe joins ("don't" is "dont"), every
 * other mark parts. Letters with accents are expected composed (NFC). Bytes
 * that are not UTF-8 part words and are otherwise passed over.
 *
 * Pure, and the same under every locale.
 */
#ifndef SCORER_TEXT_H
#define SCORER_TEXT_H

#include <stddef.h>
#include <stdint.h>

enum { TEXT_MAX_BYTES = 262144, TEXT_MAX_SYMBOLS = 16384 };

/* A text's symbols: its words or its letters, as numbers that are equal when
 * they are. */
struct text_symbols {
	uint32_t *at;
	size_t n;
};

/* The next code point of len bytes at *i, which moves behind it; 0xfffd, and
 * one byte further, if it is not UTF-8. */
uint32_t text_next(const char *, size_t len, size_t *i);

/* ASCII, Latin, Greek, Cyrillic and full-width letters; others as they are. */
uint32_t text_lower(uint32_t);

/* The normalised text; the caller frees. NULL if it is over the limit. */
char *text_normalise(const char *);

/* Letters of a normalised text, spaces left out. -1 if there are more than
 * TEXT_MAX_SYMBOLS. Freed by text_symbols_clear(). */
int text_letters(const char *normalised, struct text_symbols *);

/* Words of two normalised texts, numbered alike. -1 if there are more than
 * TEXT_MAX_SYMBOLS in one. */
int text_words(const char *a, const char *b, struct text_symbols *words_a,
    struct text_symbols *words_b);

size_t text_count_words(const char *normalised);
size_t text_count_letters(const char *normalised); /* spaces left out */

void text_symbols_clear(struct text_symbols *);

#endif

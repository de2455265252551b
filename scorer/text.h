/*
 * Texts made comparable, and cut into words and letters.
 *
 * text_normalise() is the stated normalisation, a text as a listener hears
 * it: lower case, no punctuation, single spaces. Words are parted by spaces;
 * an apostrophe joins ("don't" is "dont"), every other mark parts. Accents
 * come out alike whether they were written composed or apart, and so do
 * voiced kana, Hangul, full-width Latin and half-width kana
 * (text_compose.h). Bytes that are not UTF-8 part words and are otherwise
 * passed over.
 *
 * What these make is called prepared: valid UTF-8, words with one space
 * between two and none at the ends.
 *
 * Pure, and the same under every locale.
 */
#ifndef SCORER_TEXT_H
#define SCORER_TEXT_H

#include <stddef.h>
#include <stdint.h>

/* Two hours of speech are about 20,000 words, 110,000 letters. */
enum { TEXT_MAX_BYTES = 524288, TEXT_MAX_SYMBOLS = 131072 };

/* A text's symbols: its words or its letters, as numbers that are equal when
 * they are. */
struct text_symbols {
	uint32_t *at;
	size_t n;
};

/* The next code point of len bytes at *i, which moves behind it; 0xfffd, and
 * one byte further, if it is not UTF-8. */
uint32_t text_next(const char *, size_t len, size_t *i);

/* -- preparing: the caller frees; NULL if it is over TEXT_MAX_BYTES ------- */

char *text_normalise(const char *);

/* The same, and each character of scripts without spaces (han, kana, Thai) is
 * a word of its own. Hangul has spaces. */
char *text_normalise_apart(const char *);

/* The text as it is; bytes that are not UTF-8 become U+FFFD. White space is
 * what Python's str.split() parts words at. */
char *text_plain(const char *);

/* Prepared, with ASCII punctuation at the end of a word, or else at its
 * beginning, made a word of its own: one mark a word, as chrF++ has it. */
char *text_part_marks(const char *prepared);

/* -- cutting prepared texts ----------------------------------------------- */

/* Letters, spaces left out. -1 if there are more than TEXT_MAX_SYMBOLS. Freed
 * by text_symbols_clear(). */
int text_letters(const char *prepared, struct text_symbols *);

/* The same, spaces and all. */
int text_characters(const char *prepared, struct text_symbols *);

/* Words of two texts, numbered alike. -1 if there are more than
 * TEXT_MAX_SYMBOLS in one. */
int text_words(const char *a, const char *b, struct text_symbols *words_a,
    struct text_symbols *words_b);

size_t text_count_words(const char *prepared);
size_t text_count_letters(const char *prepared); /* spaces left out */

void text_symbols_clear(struct text_symbols *);

#endif

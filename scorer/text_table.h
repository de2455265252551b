/*
 * What a code point does in a text, its usual form and its lower case. Small
 * tables of ranges: the scripts of the languages we score, not the whole of
 * Unicode.
 *
 * Pure.
 */
#ifndef SCORER_TEXT_TABLE_H
#define SCORER_TEXT_TABLE_H

#include <stdbool.h>
#include <stdint.h>

enum text_class {
	TEXT_LETTER, /* letters, digits, and what the tables do not know */
	TEXT_JOINS,  /* apostrophes, soft hyphens: as if not there */
	TEXT_PARTS,  /* spaces, punctuation, symbols */
};

enum text_class text_class(uint32_t code);

/* The usual form of full-width Latin, half-width kana, and voicing marks that
 * stand by themselves; others as they are. */
uint32_t text_usual(uint32_t code);

/* Latin, Greek and Cyrillic letters; others as they are. */
uint32_t text_lower(uint32_t code);

/* White space, by Unicode's White_Space and the separators 1c to 1f. */
bool text_is_space(uint32_t code);

/* Written without spaces: han, kana, Thai. */
bool text_is_unspaced(uint32_t code);

#endif

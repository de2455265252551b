/*
 * What a code point does in a text, and its lower case. Small tables of
 * ranges: the scripts of the languages we score, not the whole of Unicode.
 *
 * Pure.
 */
#ifndef SCORER_TEXT_TABLE_H
#define SCORER_TEXT_TABLE_H

#include <stdint.h>

enum text_class {
	TEXT_LETTER, /* letters, digits, and what the tables do not know */
	TEXT_JOINS,  /* apostrophes, soft hyphens: as if not there */
	TEXT_PARTS,  /* spaces, punctuation, symbols */
};

enum text_class text_class(uint32_t code);

#endif

/*
 * One letter of a letter and a mark: accents that were written apart, voiced
 * kana, Hangul of its jamo. The letters of the languages we score and their
 * neighbours in Latin and Cyrillic, not the whole of Unicode's NFC.
 *
 * Pure.
 */
#ifndef SCORER_TEXT_COMPOSE_H
#define SCORER_TEXT_COMPOSE_H

#include <stdint.h>

/*
 * The letter that a lower-case letter and what follows it make together; 0 if
 * they make none. A stress mark on a Cyrillic letter that has no form with it
 * gives the letter alone: it is for readers who learn.
 */
uint32_t text_compose(uint32_t letter, uint32_t mark);

#endif

/*
 * Sentences that nobody has said before, in ten languages: what challenges
 * speak, and ask to be spoken.
 *
 * Pure: the same dice give the same sentences.
 */
#ifndef VALIDATOR_CHALLENGE_SENTENCE_H
#define VALIDATOR_CHALLENGE_SENTENCE_H

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct challenge_dice;

/* Two letters, "en". The language of the others must be known. */
bool challenge_sentence_knows(const char *language);

/* How many letters of it are spoken in a second, at the usual speed. */
double challenge_sentence_rate(const char *language);

/* One more sentence behind what is there: as it is written, and as it is
 * spoken. spoken may be NULL. */
void challenge_sentence_add(const char *language, struct challenge_dice *,
    struct buf *written, struct buf *spoken);

/*
 * A text of about so many letters, as close as a few dozen tries come: a
 * short phrase, or sentences. Both are the caller's to free; spoken may be
 * NULL.
 */
void challenge_sentence_text(const char *language, size_t letters,
    struct challenge_dice *, char **written, char **spoken);

/* Unicode letters of a text in UTF-8. */
size_t challenge_sentence_letters(const char *);

/*
 * A text as somebody writes who wrote that one: without the end's dot, if
 * theirs has none, and without capitals. Changes it.
 */
void challenge_sentence_imitate(char *text, const char *theirs);

#endif

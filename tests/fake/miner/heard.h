/*
 * What the recogniser prints, as an answer: of each utterance a line with its
 * words, and behind it, a line each, the words with their times. Pure.
 */
#ifndef MINER_HEARD_H
#define MINER_HEARD_H

#include <jansson.h>

/* {"text", "segments": [{"start", "end", "text"}], "words": [{"word", "start",
 * "end"}]}, without the last share of the words, which this miner loses. The
 * caller decrefs. */
json_t *heard_answer(const char *printed, double lost);

#endif

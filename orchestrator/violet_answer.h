/*
 * What a miner of Violet's says it made of a task, as a result of ours: its
 * text under our name for it, its language, its segments. What it says of
 * itself (scores, confidence, how long it took) is left out. Pure.
 */
#ifndef ORCHESTRATOR_VIOLET_ANSWER_H
#define ORCHESTRATOR_VIOLET_ANSWER_H

#include <jansson.h>
#include <stdbool.h>

struct err;
struct violet_type;

struct violet_answer {
	bool says_failed; /* or that the file is broken */
	json_t *output;	  /* {"text", ..}; NULL if it failed */
};

/* response_data as it came: JSON, or the text itself. -1 and the reason if
 * there is no such output in it. */
int violet_answer_parse(const struct violet_type *, const char *response_data,
    struct violet_answer *, struct err *);
/* The same of a text that came by itself. */
void violet_answer_text(
    struct violet_answer *, const char *text, const char *language);
void violet_answer_clear(struct violet_answer *);

#endif

/*
 * A scripted post at an hour: its numbers, whether it is there, what it looks
 * like. Pure: a story is JSON as README.md has it, time is an argument.
 */
#ifndef TESTS_WATCH_STORY_H
#define TESTS_WATCH_STORY_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

struct moment {
	double views, likes, comments;
	bool is_gone;
	bool is_failing; /* the tracker has 500 for it */
};

/* A story's value of that name: its own, or its kind's, or NULL. */
json_t *story_value(const json_t *story, const char *name);
double story_number(const json_t *story, const char *name, double otherwise);
/* Borrowed; "" is the last resort. */
const char *story_text(const json_t *story, const char *name);
bool story_flag(const json_t *story, const char *name);
/* Whether stories of that kind are known. */
bool story_is_known(const char *kind);

void story_at(const json_t *story, double hour, struct moment *);

/* An account's followers at an hour. */
double story_followers(const json_t *account, double hour);

/* What its media look like; of is that of the post it is the same as. */
uint64_t story_hash(const json_t *story, const json_t *of);

#endif

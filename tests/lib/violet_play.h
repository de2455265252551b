/*
 * Tasks of Violet's types, played: given to the first of the rig's miners, and
 * brought by it. What goes wrong fails the test.
 */
#ifndef TESTS_VIOLET_PLAY_H
#define TESTS_VIOLET_PLAY_H

#include <jansson.h>

struct violet_rig;

/* As paths name them: "text-translation". The last is NULL. */
extern const char *const violet_play_types[];

/* The first miner is there, and the others take nothing; query: as of
 * puller_poll. */
void violet_play_alone(struct violet_rig *, const char *query);

/* A task of that type, given to the first miner: as it got it, which is the
 * caller's. */
json_t *violet_play_given(struct violet_rig *, const char *type, char id[40]);

/* Its good result, by the way that its type has. */
void violet_play_bring(struct violet_rig *, const char *type, const char *id);

#endif

/*
 * What the services say of a scripted post, as JSON. The caller's to decref.
 */
#ifndef TESTS_WATCH_ANSWERS_H
#define TESTS_WATCH_ANSWERS_H

#include <jansson.h>
#include <stdbool.h>

struct world;

/* The tracker's numbers; NULL, and a status and a word, if there are none. */
json_t *answer_metrics(const struct world *, const char *platform,
    const char *id, bool with_media, int *status, const char **word);
json_t *answer_detection(
    const json_t *story, const json_t *same, bool is_direct, long frames);
json_t *answer_verdict(const json_t *story);
json_t *answer_followers(
    const struct world *, const char *platform, const char *name, long sample);
/* The truth, for a test. */
json_t *answer_state(const struct world *, const json_t *story);

#endif

/*
 * A service that scores submissions, for validatord's tests: it says of each
 * what it was told to say. It lives on a loopback port, in a thread of ours.
 */
#ifndef TESTS_ASSESSOR_H
#define TESTS_ASSESSOR_H

#include <stddef.h>

struct assessor;

/* Who does not send the key gets 401. NULL, having said why. */
struct assessor *assessor_new(const char *key);
void assessor_free(struct assessor *); /* nobody listens then; NULL is fine */

const char *assessor_url(const struct assessor *); /* with a slash behind */

/* What it says from now on of the model of that name: an HTTP status and a
 * body. Of the others it says 404. */
void assessor_say(
    struct assessor *, const char *name, int status, const char *body);
/* To everybody this status, whatever it says else; 0: not any more. */
void assessor_fail(struct assessor *, int status);

/* The last question about that model, with the right key: "namespace name
 * template hash hotkey"; the caller frees. NULL if there was none. */
char *assessor_question(struct assessor *, const char *name);
/* The most that waited for an answer at once. */
size_t assessor_most_at_once(struct assessor *);

#endif

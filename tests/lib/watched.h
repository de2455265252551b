/*
 * The scripted services that watch posts (tests/fake/watch), started for a
 * test and told their script. What cannot be done ends the test, having said
 * why.
 */
#ifndef TESTS_WATCHED_H
#define TESTS_WATCHED_H

#include <jansson.h>

struct watched;

/* Its log goes to that folder. */
struct watched *watched_new(const char *dir);
void watched_free(struct watched *); /* NULL is fine */

/* "http://127.0.0.1:PORT": of all its services, and of gists. */
const char *watched_url(const struct watched *);

void watched_hour(struct watched *, double hour);
/* PUT of a text, JSON; path begins with a slash. */
void watched_put(struct watched *, const char *path, const char *json);
/* The same of JSON that is taken. */
void watched_put_json(struct watched *, const char *path, json_t *);
/* A gist's text; NULL: it is gone. */
void watched_gist(
    struct watched *, const char *user, const char *id, const char *text);
/* What the services have been asked; the caller's to decref. */
json_t *watched_asked(struct watched *);
/* Of that: "requests" or "contents" of one service. */
long watched_count(struct watched *, const char *service, const char *what);

#endif

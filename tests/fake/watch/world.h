/*
 * What was scripted: posts, accounts, gists, what each service does, and the
 * hour. JSON all of it, found by name.
 */
#ifndef TESTS_WATCH_WORLD_H
#define TESTS_WATCH_WORLD_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct err;

enum world_service {
	WORLD_TRACKER,
	WORLD_DETECTOR,
	WORLD_MODERATOR,
	WORLD_AUDIENCE,
	WORLD_GISTS,
	WORLD_SERVICES,
};

struct world_desk {
	json_t *script; /* NULL: ok */
	long first;	/* requests that it is still of; -1: all */
	unsigned long requests, contents;
};

struct world {
	double hour, start_s;
	json_t *contents; /* "instagram/reel/ABC" -> story */
	json_t *media;	  /* a url -> the key of the post it is of */
	json_t *accounts; /* "instagram/someone" -> account */
	json_t *gists;	  /* "user/id" -> gist */
	struct world_desk desks[WORLD_SERVICES];
};

void world_init(struct world *);
void world_clear(struct world *);

/* Take what a PUT brought: 0, or -1 and why. Borrowed. */
int world_put_contents(struct world *, json_t *, struct err *);
int world_put_accounts(struct world *, json_t *, struct err *);
int world_put_gists(struct world *, json_t *, struct err *);
int world_put_service(struct world *, const char *name, json_t *, struct err *);

/* NULL if nobody scripted it. */
json_t *world_content(
    const struct world *, const char *platform, const char *id);
json_t *world_account(
    const struct world *, const char *platform, const char *name);
/* The post whose media are at that url; whether they are the miner's own. */
json_t *world_media(const struct world *, const char *url, bool *is_direct);
/* The post that this one looks like, or NULL. */
json_t *world_same(const struct world *, const json_t *story);
/* Where the platform has its media; the caller frees. */
char *world_media_url(const json_t *story);

const char *world_service_name(enum world_service);
/* What the service does at this hour: its script, or NULL if it is well. One
 * request is counted. */
const json_t *world_mode(struct world *, enum world_service);

#endif

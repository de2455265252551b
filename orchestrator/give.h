/*
 * A stored file as an answer: to clients their results and files, to miners
 * their inputs. Of storage elsewhere, by a URL that is good for a while, or
 * handed through as it comes, as orchestrator.store_redirect says.
 */
#ifndef ORCHESTRATOR_GIVE_H
#define ORCHESTRATOR_GIVE_H

#include <stdint.h>

struct http_req;
struct orchestrator;

enum { GIVE_URL_S = 900 }; /* how long a URL of ours is good for */

struct give {
	const char *id, *sha256; /* what it is kept under */
	const char *type;
	uint64_t bytes;
	int64_t until_s; /* or until then, of the wall clock; 0: no matter */
	/* If it is not there any more: */
	int gone_status;
	const char *gone_code, *gone_why;
};

/* Answers, now or later. */
void give(struct orchestrator *, struct http_req *, const struct give *);

#endif

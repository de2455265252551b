/*
 * Miners' gists, fetched: a few at once, each with a deadline, a size limit
 * and few redirects, and only if they have changed since (ETag).
 *
 * HTTPS alone, public addresses alone (common/http_client.h), unless told
 * that this is development. What comes is a stranger's bytes: claim.h reads
 * them. A host that does not answer, or says 429, is left alone for a while;
 * what is asked for meanwhile is unavailable at once.
 */
#ifndef VALIDATOR_GIST_H
#define VALIDATOR_GIST_H

#include <stdbool.h>
#include <stddef.h>

#include "validator/gist_name.h"

struct err;
struct event_base;
struct gist_fetch;
struct gists;
struct metrics;

enum { GIST_ETAG = 128, GIST_SHA256 = 65, GIST_WHY = 160 };

#define GIST_BASE "https://gist.githubusercontent.com"

enum gist_outcome {
	GIST_READ,	  /* there it is */
	GIST_SAME,	  /* as it was at the etag that was given */
	GIST_GONE,	  /* 404, 410: there is none */
	GIST_REFUSED,	  /* it is there, and breaks a rule: too large */
	GIST_UNAVAILABLE, /* nobody knows; what was known stands */
	N_GIST_OUTCOMES,
};
const char *gist_outcome_name(enum gist_outcome); /* "read" */

/* Borrowed for the call. */
struct gist_answer {
	enum gist_outcome outcome;
	const void *text; /* READ */
	size_t len;
	char sha256[GIST_SHA256]; /* READ: of the text, hex */
	char etag[GIST_ETAG];	  /* READ, SAME: for the next time; "" none */
	char why[GIST_WHY];	  /* of the others */
};

struct gists_setup {
	struct event_base *base;
	struct metrics *metrics;
	const char *url;     /* NULL: GIST_BASE; copied */
	bool development;    /* plain http and loopback */
	size_t at_once;	     /* 0: 8 */
	int timeout_ms;	     /* 0: 15000, redirects and all */
	size_t max_bytes;    /* 0: CLAIM_MAX_GIST */
	int max_redirects;   /* each to a URL under the same rules */
	const char *ca_file; /* NULL: the system's */
};

/* NULL, and why, if the url is no address. */
struct gists *gists_new(const struct gists_setup *, struct err *);
void gists_free(struct gists *); /* cancels all; NULL is fine */

/*
 * etag: of what is known of it; NULL or "": nothing. on_gist runs once, later,
 * never after gist_cancel(); in it fetches may be started and cancelled, and
 * the gists be freed.
 */
struct gist_fetch *gist_fetch(struct gists *, const struct gist_name *,
    const char *etag, void (*on_gist)(const struct gist_answer *, void *arg),
    void *arg);
void gist_cancel(struct gist_fetch *);

/* None is under way. */
bool gists_is_idle(const struct gists *);

#endif

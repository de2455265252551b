/*
 * Miners that post: their hotkeys, gists, accounts and posts, honest and not,
 * in a suite whose services are scripted (watched.h). The hour is the test's,
 * and with each of them the chain goes on by one bucket.
 */
#ifndef TESTS_POSTERS_H
#define TESTS_POSTERS_H

#include <stdbool.h>
#include <stddef.h>

struct posters;
struct suite;
struct watched;

enum { POSTERS_BUCKET = 5 }; /* blocks of an hour */

/* What its gist says. */
enum poster_gist {
	POSTER_OWN,	 /* its own posts */
	POSTER_GRABS,	 /* another's posts, signed by itself */
	POSTER_SHARES,	 /* its code stands in another's captions, too */
	POSTER_VARIANTS, /* one post in many forms */
	POSTER_REPEATS,	 /* another's lines as they are */
	POSTER_BORROWS,	 /* its commitment names another's gist */
	POSTER_RUBBISH,	 /* lines that are none */
	POSTER_SIDES,	 /* posts of its own on another's account */
};

struct poster {
	const char *role;
	const char *story;   /* of its posts: members of an object, or "" */
	const char *account; /* likewise */
	size_t posts;
	double alpha;
	enum poster_gist gist;
	int other;	 /* which poster is robbed, or copied; -1: none */
	int from, until; /* hours in which its gist lists them; 0: always */
	const char *why; /* what must be said of it; NULL: it is honest */
	bool is_unlucky; /* and measured badly all the same */
};

/* Neurons, posts, gists: all of them, before hour 0; the suite's chain makes
 * blocks when it is told to, validatord is not running yet. They live as long
 * as it does. NULL, having said why. */
struct posters *posters_new(
    struct suite *, struct watched *, const struct poster *, size_t n);
void posters_free(struct posters *); /* NULL is fine */

/* Configuration and policy for it: files beside the suite's. 0, or -1. */
int posters_configure(struct suite *, struct watched *, const char *more);

/* The next hour: the services' clock, a bucket of blocks, the gists of that
 * hour, and the validator's cycle of it. is_rough: not everything can be
 * measured. 0, or -1 having said why. */
int posters_hour(struct posters *, bool is_rough);
int posters_now(const struct posters *); /* the hour it was last; -1 */

const char *posters_hotkey(const struct posters *, size_t which);
/* Its score in the newest round, 0 if it has none. */
double posters_score(struct posters *, size_t which);
/* Whether that is said of it: of its posts in the newest round, of its claims,
 * its gist or itself. */
bool posters_is_said(struct posters *, size_t which, const char *why);

/* Who has what in the newest round, by score. */
void posters_print(struct posters *);

#endif

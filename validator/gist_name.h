/*
 * Which gist a miner's commitment names, and where it is read.
 *
 * Pure. The commitment is the text "user:gist_id" and nothing else: a GitHub
 * user (1 to 39 letters, digits, dashes and underscores, a letter or digit
 * first) and the gist's id (1 to 40 hex digits in lower case).
 */
#ifndef VALIDATOR_GIST_NAME_H
#define VALIDATOR_GIST_NAME_H

struct err;

enum { GIST_MAX_USER = 39, GIST_MAX_ID = 40 };

struct gist_name {
	char user[GIST_MAX_USER + 1];
	char id[GIST_MAX_ID + 1];
};

/* 0, or -1 and what is wrong with it. */
int gist_name_parse(const char *commitment, struct gist_name *, struct err *);

/* "https://gist.githubusercontent.com/USER/ID/raw", the base without a slash
 * behind it; the caller frees. */
char *gist_name_url(const char *base, const struct gist_name *);

#endif

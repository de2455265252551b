/*
 * The platforms whose posts may be claimed, and one form of each post's id.
 *
 * Pure. One table has a row for each: how its ids look, what leads to a post.
 * An id is canonical: two texts that lead to the same post give the same id,
 * or one of them gives none. Platforms of one site share their ids, so what
 * names a post is (site, id): a short is the video of the same id.
 */
#ifndef VALIDATOR_CLAIM_PLATFORM_H
#define VALIDATOR_CLAIM_PLATFORM_H

#include <stddef.h>

struct err;

enum claim_platform {
	CLAIM_YOUTUBE_VIDEO,
	CLAIM_YOUTUBE_SHORT,
	CLAIM_INSTAGRAM_REEL,
	CLAIM_INSTAGRAM_POST,
	CLAIM_TIKTOK_VIDEO,
	CLAIM_X_POST,
	N_CLAIM_PLATFORMS,
};

enum {
	CLAIM_CONTENT = 24, /* an id, with its NUL */
	CLAIM_ACCOUNT = 32, /* an account's name, with its NUL */
	CLAIM_POST_URL = 128,
};

/* "youtube/video"; and back, -1 if there is none of that name. */
const char *claim_platform_name(enum claim_platform);
int claim_platform_find(const char *name);

/* "youtube", "instagram", "tiktok", "x"; and what trackers are asked for:
 * "video", "short", "reel", "post". */
const char *claim_platform_site(enum claim_platform);
const char *claim_platform_type(enum claim_platform);

/*
 * An id, or the URL of a post of that site, to the id. 0, or -1 and why.
 * Of URLs only known forms are taken, by http or https, without a user or a
 * port; what is behind the id's part of it does not matter.
 */
int claim_content(enum claim_platform, const char *text,
    char out[CLAIM_CONTENT], struct err *);

/*
 * An account's name in one form: without an @ in front, in lower case where
 * the site does not tell them apart. YouTube: a channel's id (UC..), as it
 * is, or a handle, with an @ in front. 0, or -1 and why.
 */
int claim_account(enum claim_platform, const char *text,
    char out[CLAIM_ACCOUNT], struct err *);

/* Where people see the post. */
void claim_post_url(
    enum claim_platform, const char *content, char out[CLAIM_POST_URL]);

#endif

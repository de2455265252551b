/*
 * Gists, claims, posts and observations in PostgreSQL. As validator/store.h:
 * each call answers once, later, and what is handed out is borrowed for that
 * call.
 */
#ifndef VALIDATOR_STORE_POSTS_H
#define VALIDATOR_STORE_POSTS_H

#include "validator/store.h"

struct posts_claim;
struct posts_now;
struct json_t;

enum { STORE_NO_BUCKET = -1 };

/* -- where the chain is -- */

/* block: -1 before the first snapshot. genesis: NULL, not known. */
typedef void store_on_chain(
    int64_t block, const char *genesis, const char *why, void *arg);
void store_read_chain(struct store *, store_on_chain *, void *arg);

/* Places for observations from one bucket to another; whole partitions before
 * `before` are dropped. */
void store_make_partitions(struct store *, int64_t first, int64_t last,
    int64_t before, store_on_written *, void *arg);

/* -- gists -- */

struct store_gist {
	const char *hotkey;
	const char *text; /* the commitment; of a new one NULL: withdrawn */
	int64_t block;	  /* of one that is new */
	/* Of one that is to be read: */
	const char *etag; /* or NULL */
	int gones;
	int64_t gone_bucket; /* or STORE_NO_BUCKET */
};

/* n of them, or why not. */
typedef void store_on_gists(
    const struct store_gist *, size_t n, const char *why, void *arg);

/* Commitments that are not noted as they are now; at most so many. */
void store_read_gists(struct store *, size_t most, store_on_gists *, void *arg);
/* wrong: the rule it breaks, or NULL. */
void store_note_gist(struct store *, const struct store_gist *,
    const char *wrong, int64_t now_us, store_on_written *, void *arg);

/* Those to be read now, marked; at most so many. */
void store_take_gists(struct store *, const struct posts_now *,
    int64_t asked_before_us, size_t most, store_on_gists *, void *arg);

/* What a gist says: JSON of gist_read.sql. */
struct store_gist_lines {
	const char *hotkey, *text, *etag, *sha256;
	int64_t due_bucket;
	struct json_t *faults, *claims; /* borrowed */
	int64_t new_claims;		/* in a day at most */
	int64_t day_bucket;		/* it began in */
};
/* STORE_TAKEN: there is another gist by now. added: posts that are new. */
typedef void store_on_lines(enum store_outcome, int64_t added, int64_t waiting,
    const char *why, void *arg);
void store_write_lines(struct store *, const struct store_gist_lines *,
    const struct posts_now *, store_on_lines *, void *arg);

/* Or that it says nothing. */
struct store_gist_away {
	const char *hotkey, *text;
	const char *state; /* "read": as it was */
	int64_t due_bucket;
	int gones;
	int64_t gone_bucket; /* or STORE_NO_BUCKET */
	const char *why;     /* or NULL */
	bool unlists;	     /* all that it listed */
};
void store_write_away(struct store *, const struct store_gist_away *,
    int64_t now_us, store_on_written *, void *arg);

/* -- posts -- */

struct store_post_claim {
	int64_t id;
	const char *hotkey;
	const char *account, *code; /* NULL: by tag alone */
	bool was_proven;
};

struct store_post {
	int64_t id;
	const char *platform, *content;
	int measured, gones;
	int64_t gone_bucket;		     /* or STORE_NO_BUCKET */
	const char *owner;		     /* NULL: not known yet */
	const char *hotkey;		     /* at whose cost */
	int64_t used[3];		     /* by enum watch_service */
	int64_t detector_due, moderator_due; /* or STORE_NO_BUCKET */
	double ai, bot, bot_confidence;	     /* NaN: not known */
	int illicit;			     /* -1: not known */
	const struct store_post_claim *claims;
	size_t n_claims;
};

/* n of them, or why not. */
typedef void store_on_posts(
    const struct store_post *, size_t n, const char *why, void *arg);
/* Those to be measured now, marked; at most so many. */
void store_take_posts(struct store *, const struct posts_now *,
    int64_t asked_before_us, size_t most, store_on_posts *, void *arg);

/* JSON of post_look.sql, post_verdicts.sql and post_spend.sql, together or not
 * at all; borrowed. */
struct store_looks {
	struct json_t *posts, *claims, *verdicts, *spent;
};
/* moved: what was written tells whose posts are whose otherwise than before. */
typedef void store_on_looks(
    enum store_outcome, bool moved, const char *why, void *arg);
void store_write_looks(struct store *, const struct store_looks *,
    const struct posts_now *, store_on_looks *, void *arg);

/* -- accounts -- */

struct store_account {
	const char *site, *account, *platform;
	const char *hotkey; /* at whose cost */
	int64_t used;
};
typedef void store_on_accounts(
    const struct store_account *, size_t n, const char *why, void *arg);
void store_take_accounts(struct store *, const struct posts_now *, size_t most,
    store_on_accounts *, void *arg);
/* verdicts, spent: as above. */

/* -- who has what -- */

/* As posts_settle.h wants them, each with what was said of it last. */
typedef void store_on_claims(
    const struct posts_claim *, size_t n, const char *why, void *arg);
void store_read_claims(
    struct store *, int64_t now_us, store_on_claims *, void *arg);
/* JSON of post_settle.sql: those that do not hold any more, and the others;
 * borrowed. */
void store_write_settled(struct store *, struct json_t *lost,
    struct json_t *others, const struct posts_now *, store_on_written *,
    void *arg);

/* -- for a round -- */

struct store_growth {
	const char *hotkey, *content; /* "youtube/short:ID" */
	const char *state;	      /* of the claim */
	int64_t claimed_bucket, claimed_us, published_us; /* INT64_MIN */
	int64_t bucket; /* STORE_NO_BUCKET: nothing was measured */
	bool is_listed, is_gone, is_owned;
	double views, likes, comments, followers; /* NaN: not known */
	double ai, illicit, bot, bot_confidence;  /* likewise */
};
typedef void store_on_growth(
    const struct store_growth *, size_t n, const char *why, void *arg);
/* The next claims behind one ("", "": the first), all that was measured of
 * each in buckets of that range and that `seen` shows. */
struct store_growth_page {
	const char *hotkey, *content, *seen;
	size_t claims; /* at most */
	int64_t first, last;
};
void store_read_growth(struct store *, const struct store_growth_page *,
    store_on_growth *, void *arg);

#endif

/*
 * What posts gained: their observations, bucket by bucket, to one record a
 * post, by the policy's section [engagement].
 *
 * A bucket is a span of blocks (block / bucket_blocks), so that every
 * validator has the same ones. Counts are turned into changes per bucket; a
 * change over a gap is spread over it, so that what could not be fetched
 * changes nothing. Observations are added one at a time in the order of
 * (hotkey, content, bucket) and never kept: no more is held than one post's
 * window.
 *
 * What is lost of a count takes the newest gains with it; what is lost beyond
 * the gains of as many buckets as delay and window have is owed for as long.
 *
 * Pure. A run takes the records: run_add_post() of run.h.
 */
#ifndef SCORER_GROWTH_H
#define SCORER_GROWTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct growth;

enum {
	GROWTH_MAX_KEY = 64,	   /* a hotkey, its end included */
	GROWTH_MAX_CONTENT = 96,   /* "youtube/short:ID" */
	GROWTH_MAX_WHY = 32,	   /* a word, of a-z 0-9 and _ */
	GROWTH_MAX_BUCKETS = 4096, /* of window and delay together */
};

/* The numbers of [engagement] that observations are folded by. */
struct growth_rule {
	double bucket_blocks; /* whole; 300 are an hour */
	double delay;	      /* buckets until a gain counts; whole */
	double window;	      /* buckets that count, before those; whole */
	/* What one more of each is worth. */
	double view, like, comment;
	/* A span of `span` buckets is a spike above a cap of `spike` times the
	 * median of all spans. The higher it is the less it counts: cap * cap /
	 * mean a bucket, and no less than the median. spike_least is a median
	 * of views that anybody has; of likes, comments and followers it is
	 * times rate_most. */
	double span, spike, spike_least;
	double reach;	     /* views a follower and bucket, at most */
	double followers;    /* fewer: nothing counts; unknown: so many */
	double rate_least;   /* likes and comments a view; with fewer, fewer
				views count, and at half of it none */
	double rate_most;    /* more: the likes and comments do not */
	double comment_part; /* of likes and comments, where likes are hidden */
	double hidden;	     /* of the views that count, where both are */
};

/* -- in ------------------------------------------------------------------- */

enum growth_state {
	GROWTH_OK,
	GROWTH_GONE,	    /* for good: confirmed */
	GROWTH_UNAVAILABLE, /* nothing is known: passed over */
};

/* One observation. What is said of the content and its account (from `listed`
 * on) is that of the content's last row. */
struct growth_row {
	const char *hotkey, *content; /* the id in its canonical form */
	int64_t bucket;
	enum growth_state state;
	/* Of OK; NaN or negative: hidden, or not known. */
	double views, likes, comments, followers;
	bool owned; /* the post was shown to be the hotkey's when observed */

	bool listed;	    /* the hotkey still claims it */
	const char *barred; /* a word: why it cannot count; NULL: it may */
	double ai;	    /* the detector's, 0..1; NaN: no verdict yet */
	double illicit;	    /* the moderation's, 0..1; likewise */
	double bots, bots_confidence; /* of the account's followers; likewise */
	int64_t published_us, claimed_us; /* INT64_MIN: not known */
};

/* -- out ------------------------------------------------------------------ */

struct growth_post {
	char hotkey[GROWTH_MAX_KEY], content[GROWTH_MAX_CONTENT];
	char barred[GROWTH_MAX_WHY]; /* "": not */
	bool listed, gone, owned;    /* at the last observation */
	double ai, illicit, bots, bots_confidence, followers; /* NaN: unknown */
	double burst; /* of the account's followers, the share that came in
			 bursts, and is not among `followers`; 0..1 */
	int64_t published_us, claimed_us; /* INT64_MIN: unknown */
	size_t observed; /* observations in the window and delay */
	/* In points, none negative: */
	double waiting; /* gained since, still delayed */
	double gained;	/* in the window: all that it gained there */
	double crowd;	/* of it above the reach of its followers */
	double spike;	/* above the cap of the medians */
	double thin;	/* beyond the least and most rates */
	double value;	/* what is left */
	double debt;	/* lost since and not made good */
};

typedef void growth_on_post(const struct growth_post *, void *arg);

/* The bucket of a block. */
int64_t growth_bucket(const struct growth_rule *, int64_t block);

/* The first bucket whose observations a round of `now` asks for: earlier ones
 * change nothing. */
int64_t growth_first(const struct growth_rule *, int64_t now);

/* `now` is the round's bucket; on_post is called once a content, in order. */
struct growth *growth_begin(
    const struct growth_rule *, int64_t now, growth_on_post *, void *arg);

/* 0; or -1, and nothing is added, if the row is out of order, too late for
 * `now`, or has a text that is too long. */
int growth_add(struct growth *, const struct growth_row *);

/* The last content is told, the whole freed. */
void growth_end(struct growth *);
void growth_free(struct growth *); /* given up; NULL is fine */

#endif

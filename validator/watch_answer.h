/*
 * What the services that watch posts say: the platform tracker, the AI
 * detector, the moderation service. Which of three outcomes an answer is, and
 * what is in it.
 *
 * Pure. Answers are of strangers. Ok: the answer is whole and sound. Gone: the
 * service itself says, in JSON of its own, that there is no such content;
 * whoever acts on that asks for it to be said again. Unavailable: all else,
 * and whoever asked knows as much as before: it is never held against a miner.
 */
#ifndef VALIDATOR_WATCH_ANSWER_H
#define VALIDATOR_WATCH_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;

enum watch_service {
	WATCH_TRACKER,	 /* /get_metrics: a post's numbers */
	WATCH_DETECTOR,	 /* /detect: made by AI? and what it looks like */
	WATCH_MODERATOR, /* /moderate: is it allowed? */
	WATCH_AUDIENCE, /* /get_followers: a sample of an account's followers */
	WATCH_SERVICES,
};

enum watch_outcome { WATCH_OK, WATCH_GONE, WATCH_UNAVAILABLE };

/* Whose doing it is that an answer is unavailable. */
enum watch_blame {
	WATCH_BLAME_NOBODY,
	WATCH_BLAME_QUESTION, /* the service is well, it says */
	WATCH_BLAME_EITHER,   /* it failed at this question, in its own words */
	WATCH_BLAME_SERVICE,
};

enum {
	WATCH_WHY = 128,	   /* letters of a reason */
	WATCH_ACCOUNT = 128,	   /* of an account's name or id */
	WATCH_CATEGORIES = 128,	   /* of a verdict's categories */
	WATCH_MAX_CAPTION = 65536, /* bytes */
	WATCH_MAX_URL = 4096,
	WATCH_MAX_FOLLOWERS = 1000,
	WATCH_MAX_FRAMES = 10000,
	WATCH_MAX_BATCH = 50,
};

/* A post at one moment. -1: not known (withheld, hidden, not said). */
struct watch_metrics {
	int64_t views; /* plays, where the platform tells them apart */
	int64_t likes; /* hidden ones, -1 or Instagram's 3, are -1 */
	int64_t comments;
	int64_t followers;		/* of its account */
	int64_t published_us;		/* wall; 0: not known */
	char account[WATCH_ACCOUNT];	/* the owner's name; "": not known */
	char account_id[WATCH_ACCOUNT]; /* the platform's own id; "" */
	char *caption;			/* NULL: not known */
	char *media_url; /* where the platform has the media; NULL */
};

struct watch_detection {
	double score;  /* 0 to 1, higher: more likely made by AI */
	size_t frames; /* it is the mean of; never 0 */
	bool has_hash;
	uint64_t hash; /* perceptual; like media differ in a few bits */
};

struct watch_verdict {
	bool is_illicit;
	double score;			   /* how sure, 0 to 1; NaN: not said */
	char categories[WATCH_CATEGORIES]; /* "nudity,violence"; "" */
};

/* One of an account's followers. NULL, -1 and 0: not said. */
struct watch_follower {
	char *username, *bio, *location;
	int64_t followers, following, posts; /* -1 */
	int64_t created_us, last_post_us;    /* 0 */
};

struct watch_audience {
	int64_t followers; /* of the account; -1 */
	struct watch_follower *sample;
	size_t n;
};

/* Only the part of the service that was asked is set, and only if ok. */
struct watch_answer {
	enum watch_outcome outcome;
	int status; /* HTTP's; 0: there was none */
	enum watch_blame blame;
	char why[WATCH_WHY]; /* not ok */
	struct watch_metrics metrics;
	struct watch_detection detection;
	struct watch_verdict verdict;
	struct watch_audience audience;
};

/*
 * An HTTP answer to one question about content of that platform ("youtube/
 * short"), from its status and body alone.
 */
void watch_read(enum watch_service, const char *platform, int status,
    const void *body, size_t len, struct watch_answer *);
/* No answer came, and why: unavailable. */
void watch_read_silence(const char *why, struct watch_answer *);
void watch_answer_clear(struct watch_answer *);

/*
 * The tracker's answer to a batch: {"results": [{"platform", "content_type",
 * "content_id", "status", "metrics" | "detail"}, ..]} in any order. NULL and
 * why, if it is not one. Each post's answer is found by its id: what is not
 * there, or there twice, is unavailable.
 */
struct watch_batch;
struct watch_batch *watch_read_batch(
    const void *body, size_t len, struct err *);
void watch_batch_answer(const struct watch_batch *, const char *platform,
    const char *id, struct watch_answer *);
void watch_batch_free(struct watch_batch *); /* NULL is fine */

const char *watch_service_name(enum watch_service); /* "tracker" */
const char *watch_outcome_name(enum watch_outcome); /* "ok" */

#endif

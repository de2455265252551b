/*
 * When challenges come, and after whose likeness: pure.
 *
 * A challenge must not stand out among clients' jobs. So each job of a client
 * gives birth to one with some probability, after a time drawn from the gaps
 * between such jobs; and each is made after a client's job drawn at random
 * among the latest, its template. Where clients send little, a floor is
 * filled up at random, hour by hour as they do send.
 *
 * Clients send jobs of one sort in a row. So when one is due, it is chosen
 * among those that are ready: of the sort of the job that came last, or not,
 * as jobs that came after as long a time were.
 */
#ifndef VALIDATOR_CHALLENGE_H
#define VALIDATOR_CHALLENGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct challenge_dice;

enum {
	CHALLENGE_MAX_PAST = 500,  /* clients' jobs that are looked at */
	CHALLENGE_TEMPLATES = 200, /* of them, a template is drawn among */
	CHALLENGE_MAX_BIRTHS = 64, /* at one look */
	CHALLENGE_HOURS = 24,
};

struct challenge_rule {
	double share;	       /* of all jobs, 0 to 0.5; 0: none are born */
	double least_per_hour; /* the floor; 0: none */
	double most_per_hour;
};

/* A client's job. */
struct challenge_past_job {
	int64_t at_us;	/* wall: it came */
	bool is_usable; /* as a template: we can make one like it */
	uint64_t sort;	/* the same number for the same kind, language, type */
};

struct challenge_past {
	int64_t from_us; /* looked at last; what came since gives birth */
	int64_t now_us;
	/* The latest first; at most CHALLENGE_MAX_PAST. */
	const struct challenge_past_job *jobs;
	size_t n;
	size_t in_last_hour;	  /* clients' jobs */
	size_t born_in_last_hour; /* challenges, by whichever instance */
	/* Clients' jobs by hour of the day (UTC), some days' worth; all zero:
	 * not known, and each hour is taken to be as any other. */
	int64_t by_hour[CHALLENGE_HOURS];
};

struct challenge_birth {
	int64_t due_us;	 /* wall; now_us: it should have been before */
	size_t template; /* of the past's jobs */
};

/*
 * Who is born, into births. look_us: how long until the next look, over
 * which the floor's are spread. What came longer ago than CHALLENGE_MISSED_US
 * has no children: missed is missed.
 */
#define CHALLENGE_MISSED_US (300 * 1000000LL)
size_t challenge_plan(const struct challenge_rule *,
    const struct challenge_past *, int64_t look_us, struct challenge_dice *,
    struct challenge_birth births[CHALLENGE_MAX_BIRTHS]);

/* A gap of the last day that is no longer than most_us: whoever is overdue
 * follows a job that comes now by that. 0 if there is none. */
int64_t challenge_short_gap(const struct challenge_past_job *, size_t n,
    int64_t most_us, struct challenge_dice *);

/*
 * Whether a job that comes so long after the latest of clients is of its sort,
 * as after about as long a time jobs were before. jobs: as in a past, the
 * latest first.
 */
bool challenge_is_alike(const struct challenge_past_job *, size_t n,
    int64_t after_us, struct challenge_dice *);

/* A number for kind, language and file type; NULL is as "". */
uint64_t challenge_sort(
    const char *kind, const char *language, const char *input_type);

/* How much busier an hour (0 to 23) is than the mean; 1 if too little is
 * known to say. */
double challenge_hour_weight(const int64_t by_hour[CHALLENGE_HOURS], int hour);

#endif

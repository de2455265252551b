/* The hours go by as fast as they can be counted. */
#include "tests/demo/posts.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/xalloc.h"
#include "tests/demo/proof.h"
#include "tests/lib/db.h"
#include "tests/lib/posters.h"
#include "tests/lib/sandbox.h"
#include "tests/lib/suite.h"
#include "tests/lib/watched.h"

enum { HOURS = 144, PROOF_HOURS = 24, SAY_HOURS = 24, ALPHA = 100 };

#define POSTER(name, told, followed, lists, whose, since, says)                \
	{                                                                      \
		.role = name, .story = told, .account = followed, .posts = 3,  \
		.alpha = ALPHA, .gist = lists, .other = whose, .from = since,  \
		.why = says                                                    \
	}

static const struct poster people[] = {
    POSTER("honest", "\"rate\":100", "", POSTER_OWN, -1, 0, NULL),
    POSTER("honest", "\"rate\":80", "", POSTER_OWN, -1, 0, NULL),
    POSTER("honest", "\"rate\":60", "", POSTER_OWN, -1, 0, NULL),
    POSTER("grabs", "", "", POSTER_GRABS, 0, 2, "unproven"),
    POSTER("shares", "", "", POSTER_SHARES, 1, 2, "duplicate"),
    POSTER("copies", "\"story\":\"reupload\",\"rate\":90", "", POSTER_OWN, 0, 2,
	"same_picture"),
    POSTER("repeats", "", "", POSTER_REPEATS, 0, 2, "the signature is not"),
    POSTER("bought", "\"story\":\"bought\"", "", POSTER_OWN, -1, 0, "spike"),
    POSTER("likes", "\"story\":\"likes\"", "\"followers\":50,\"growth\":0",
	POSTER_OWN, -1, 0, "few_followers"),
    POSTER(
	"old", "\"story\":\"old\"", "", POSTER_OWN, -1, 0, "older_than_claim"),
    POSTER("human", "\"story\":\"human\",\"rate\":90", "", POSTER_OWN, -1, 0,
	"not_ai"),
    POSTER("bots", "\"rate\":90", "\"audience\":\"bots\"", POSTER_OWN, -1, 0,
	"bots"),
};

enum { N = sizeof(people) / sizeof(people[0]) };

/* Whether they are as they must be. */
static int
look(struct posters *p)
{
	double least = posters_score(p, 2);
	int failed = least > 0 ? 0 : -1;

	for (size_t i = 0; i < N; i++) {
		if (people[i].why == NULL)
			continue;
		if (posters_score(p, i) > least / 5 ||
		    !posters_is_said(p, i, people[i].why)) {
			fprintf(stderr, "demo: %s is not found out\n",
			    people[i].role);
			failed = -1;
		}
	}
	return failed;
}

/* Weights of a round that has something of the last hours. */
static bool
is_proven(struct suite *s, long long block)
{
	return db_int(s->db,
		   "select count(*) from ledger l join weight_vector v on "
		   "v.id = l.vector_id where l.state = 'proven' and "
		   "v.block >= %lld",
		   block) > 0;
}

static int
go_on(struct suite *s, struct posters *p)
{
	long long block;

	while (posters_now(p) + 1 < HOURS) {
		if (posters_hour(p, false) != 0)
			return -1;
		if ((posters_now(p) + 1) % SAY_HOURS == 0)
			printf("day %d: %lld measurements\n",
			    (posters_now(p) + 1) / SAY_HOURS,
			    (long long)db_int(s->db,
				"select count(*) from post_observation"));
		fflush(stdout);
	}
	block = (long long)db_int(s->db, "select max(block) from snapshot");
	for (int i = 0; i < PROOF_HOURS && !is_proven(s, block); i++)
		if (posters_hour(p, false) != 0)
			return -1;
	return is_proven(s, block) ? 0 : -1;
}

static int
show(struct suite *s, struct watched *w)
{
	struct posters *p = posters_new(s, w, people, N);
	int failed = -1;

	if (p != NULL && posters_configure(s, w, "epoch_blocks = 20\n") == 0 &&
	    suite_start(s, SUITE_VALIDATOR) == 0) {
		printf("%d miners have committed to gists with their posts; "
		       "an hour of theirs is %d blocks\n\n",
		    (int)N, (int)POSTERS_BUCKET);
		fflush(stdout);
		failed = go_on(s, p);
	}
	if (!failed) {
		posters_print(p);
		failed = look(p);
	}
	posters_free(p);
	return failed;
}

int
posts_show(const char *dir, struct suite **suite)
{
	const struct suite_options o = {.name = "demo",
	    .dir = dir,
	    .durable = true,
	    .block_ms = -1,
	    .leave_stopped = {
		[SUITE_ORCHESTRATOR] = true, [SUITE_VALIDATOR] = true}};
	struct watched *w;
	int failed;

	printf("starting PostgreSQL, Redis, a development chain, services "
	       "that watch posts and three daemons in %s\n",
	    dir);
	fflush(stdout);
	*suite = suite_new(&o);
	if (*suite == NULL)
		return -1;
	w = watched_new(dir);
	failed = show(*suite, w);
	watched_free(w);
	if (!failed)
		failed = proof_read_back(*suite);
	return failed ? -1 : proof_replay(*suite);
}

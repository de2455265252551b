/*
 * Forty miners post for two hundred hours, honestly and not, and the services
 * that watch them are away now and then: the real validatord and
 * weightsetterd, with an hour that the test sets.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/xalloc.h"
#include "tests/lib/db.h"
#include "tests/lib/posters.h"
#include "tests/lib/proc.h"
#include "tests/lib/sandbox.h"
#include "tests/lib/suite.h"
#include "tests/lib/tool.h"
#include "tests/lib/watched.h"

enum { HOURS = 200, WAIT_MS = 60000, EPOCH = 50 };

#define POOR 0
#define RICH 100
#define HONEST(rate)                                                           \
	{                                                                      \
		.role = "honest", .story = "\"rate\":" #rate, .account = "",   \
		.posts = 3, .alpha = RICH, .other = -1                         \
	}
/* They come second. */
#define CHEAT(name, told, followed, n, lists, whose, says)                     \
	{                                                                      \
		.role = name, .story = told, .account = followed, .posts = n,  \
		.alpha = RICH, .gist = lists, .other = whose, .from = 2,       \
		.why = says                                                    \
	}
/* Honest, of another story. */
#define OTHER(name, told, followed, unlucky)                                   \
	{                                                                      \
		.role = name, .story = told, .account = followed, .posts = 3,  \
		.alpha = RICH, .other = -1, .is_unlucky = unlucky              \
	}

/* The numbers of two that differ only by an outage. */
#define POINTS "\"points\":[[0,0,0,0],[200,16000,800,80]]"

enum {
	VICTIM = 0,
	SHARED = 1,
	COPIED = 2,
	REPEATED = 3,
	BORROWED = 4,
	SIDED = 5,
	STEADY = 15, /* and the next, who is away for some hours */
	ONE_POST = 21,
	COPYING = 24,
};

static const struct poster people[] = {
    HONEST(100),
    HONEST(95),
    HONEST(90),
    HONEST(85),
    HONEST(80),
    HONEST(75),
    HONEST(70),
    HONEST(68),
    HONEST(66),
    HONEST(64),
    HONEST(62),
    HONEST(60),
    HONEST(58),
    HONEST(56),
    HONEST(54),
    OTHER("steady", POINTS, "", false),
    OTHER("away", POINTS ",\"outage\":[40,50]", "", false),
    OTHER("viral", "\"story\":\"viral\"", "\"followers\":100000", true),
    OTHER("withheld", "\"story\":\"withheld\",\"rate\":100", "", true),
    OTHER("hidden -1", "\"rate\":100,\"hidden\":-1", "", false),
    OTHER("hidden 3", "\"rate\":100,\"hidden\":3", "", false),
    {.role = "one post",
	.story = "\"rate\":180",
	.account = "",
	.posts = 1,
	.alpha = RICH,
	.gist = POSTER_VARIANTS,
	.other = -1},
    CHEAT("grabs", "", "", 3, POSTER_GRABS, VICTIM, "unproven"),
    CHEAT("shares", "", "", 3, POSTER_SHARES, SHARED, "duplicate"),
    CHEAT("copies", "\"story\":\"reupload\",\"rate\":90", "", 3, POSTER_OWN,
	COPIED, "same_picture"),
    CHEAT(
	"repeats", "", "", 3, POSTER_REPEATS, REPEATED, "the signature is not"),
    CHEAT(
	"borrows", "", "", 0, POSTER_BORROWS, BORROWED, "the signature is not"),
    CHEAT("sides", "\"rate\":90", "", 3, POSTER_SIDES, SIDED, "account_taken"),
    CHEAT("rubbish", "", "", 0, POSTER_RUBBISH, -1, "platform is missing"),
    {.role = "rotates",
	.story = "\"rate\":90",
	.account = "",
	.posts = 3,
	.alpha = RICH,
	.other = -1,
	.from = 20,
	.until = 150,
	.why = "unlisted"},
    CHEAT("bought", "\"story\":\"bought\"", "", 3, POSTER_OWN, -1, "spike"),
    CHEAT("likes", "\"story\":\"likes\"", "\"followers\":50,\"growth\":0", 3,
	POSTER_OWN, -1, "few_followers"),
    CHEAT("fans", "\"rate\":1", "\"followers\":500,\"bought\":[24,2,5000]", 3,
	POSTER_OWN, -1, "follower_burst"),
    CHEAT(
	"old", "\"story\":\"old\"", "", 3, POSTER_OWN, -1, "older_than_claim"),
    CHEAT("human", "\"story\":\"human\",\"rate\":90,\"direct_ai\":0.95", "", 3,
	POSTER_OWN, -1, "not_ai"),
    CHEAT("undecodable", "\"story\":\"undecodable\",\"rate\":90", "", 3,
	POSTER_OWN, -1, "no_ai_verdict"),
    CHEAT("illicit", "\"story\":\"illicit\",\"rate\":90", "", 3, POSTER_OWN, -1,
	"illicit"),
    CHEAT("bots", "\"rate\":90", "\"audience\":\"bots\"", 3, POSTER_OWN, -1,
	"bots"),
    CHEAT("deleted", "\"story\":\"deleted\",\"rate\":90,\"deleted\":100", "", 3,
	POSTER_OWN, -1, "gone"),
    {.role = "poor",
	.story = "\"rate\":90",
	.account = "",
	.posts = 3,
	.alpha = POOR,
	.other = -1,
	.why = "not enough collateral"},
};

enum { N = sizeof(people) / sizeof(people[0]) };

struct place {
	struct suite *s;
	struct watched *w;
	struct posters *p;
};

static int
set_up(void **state)
{
	const struct suite_options o = {.name = "engagement",
	    .block_ms = -1,
	    .leave_stopped = {
		[SUITE_ORCHESTRATOR] = true, [SUITE_VALIDATOR] = true}};
	struct place *pl = xcalloc(1, sizeof(*pl));

	*state = pl;
	pl->s = suite_new(&o);
	if (pl->s == NULL)
		return -1;
	pl->w = watched_new(sandbox_dir(pl->s->box));
	pl->p = posters_new(pl->s, pl->w, people, N);
	if (pl->p == NULL ||
	    posters_configure(pl->s, pl->w, "epoch_blocks = 50\n") != 0)
		return -1;
	return suite_start(pl->s, SUITE_VALIDATOR);
}

static int
tear_down(void **state)
{
	struct place *pl = *state;
	int status;

	posters_free(pl->p);
	watched_free(pl->w);
	status = suite_end(pl->s, false);
	free(pl);
	return status;
}

/* -- the hours ----------------------------------------------------------- */

/* The tracker has nothing in these, then only nonsense; gists are away, then
 * the detector. */
static void
tell_outages(struct watched *w)
{
	watched_put(w, "/services/tracker",
	    "{\"mode\":\"fail\",\"status\":503,\"hours\":[60,66]}");
	watched_put(
	    w, "/services/gists", "{\"mode\":\"fail\",\"hours\":[70,80]}");
	watched_put(
	    w, "/services/detector", "{\"mode\":\"garbage\",\"hours\":[0,3]}");
	watched_put(
	    w, "/services/moderator", "{\"mode\":\"lost\",\"hours\":[0,5]}");
	watched_put(
	    w, "/services/audience", "{\"mode\":\"fail\",\"hours\":[90,120]}");
}

static bool
is_rough(int hour)
{
	return (hour >= 40 && hour < 50) || (hour >= 60 && hour < 66);
}

static void
go_on(struct place *pl, int until)
{
	while (posters_now(pl->p) + 1 < until)
		assert_int_equal(
		    posters_hour(pl->p, is_rough(posters_now(pl->p) + 1)), 0);
}

static int64_t
count_changes(struct place *pl)
{
	return db_int(pl->s->db, "select count(*) from post_claim_change");
}

static void
nothing_changes_while_services_are_away(void **state)
{
	struct place *pl = *state;
	int64_t changes, measured;

	tell_outages(pl->w);
	go_on(pl, 60);
	changes = count_changes(pl);
	measured = db_int(pl->s->db, "select count(*) from post_observation");
	go_on(pl, 66);
	assert_int_equal(count_changes(pl), changes);
	assert_int_equal(
	    db_int(pl->s->db, "select count(*) from post_observation"),
	    measured);
	assert_true(
	    db_int(pl->s->db,
		"select count(*) from post where away is not null") > 0);
	go_on(pl, 80);
	assert_int_equal(count_changes(pl), changes);
	assert_int_equal(db_int(pl->s->db, "select count(*) from post_claim "
					   "where state = 'unlisted'"),
	    0);
}

static void
who_was_killed_goes_on(void **state)
{
	struct place *pl = *state;
	int64_t measured;

	go_on(pl, 100);
	measured = db_int(pl->s->db, "select count(*) from post_observation");
	suite_kill(pl->s, SUITE_VALIDATOR);
	assert_int_equal(suite_start(pl->s, SUITE_VALIDATOR), 0);
	go_on(pl, 101);
	assert_true(db_int(pl->s->db, "select count(*) from post_observation") >
		    measured);
}

/* And the round behind the last hour. */
static void
two_hundred_hours_go_by(void **state)
{
	struct place *pl = *state;
	long long last;

	go_on(pl, HOURS);
	last = db_int(pl->s->db, "select max(block) from snapshot");
	while (db_int(pl->s->db, "select coalesce(max(block), 0) from "
				 "score_run") < last)
		assert_int_equal(posters_hour(pl->p, false), 0);
	posters_print(pl->p);
}

/* -- what came of it ----------------------------------------------------- */

static double
least_of_the_honest(struct place *pl)
{
	double least = INFINITY;

	for (size_t i = 0; i < N; i++) {
		if (people[i].why == NULL && !people[i].is_unlucky)
			least = fmin(least, posters_score(pl->p, i));
	}
	return least;
}

static void
honest_growth_leads(void **state)
{
	struct place *pl = *state;
	double least = least_of_the_honest(pl);

	assert_true(least > 0);
	for (size_t i = 0; i < N; i++) {
		double score = posters_score(pl->p, i);

		if (people[i].why != NULL && score > least / 10)
			fail_msg("%s has %g, the least of the honest %g",
			    people[i].role, score, least);
	}
	/* Who has more has more. */
	assert_true(posters_score(pl->p, 0) > posters_score(pl->p, 14));
}

static void
each_cheat_is_named(void **state)
{
	struct place *pl = *state;

	for (size_t i = 0; i < N; i++) {
		if (people[i].why != NULL &&
		    !posters_is_said(pl->p, i, people[i].why))
			fail_msg("nobody says \"%s\" of %s", people[i].why,
			    people[i].role);
	}
}

static void
an_outage_costs_nobody(void **state)
{
	struct place *pl = *state;
	double steady = posters_score(pl->p, STEADY);
	double away = posters_score(pl->p, STEADY + 1);

	if (fabs(steady - away) > steady * .01)
		fail_msg("%g without, %g with one", steady, away);
}

static void
one_post_in_many_forms_is_one(void **state)
{
	struct place *pl = *state;

	assert_int_equal(
	    db_int(pl->s->db,
		"select count(*) from post_claim where hotkey = '%s'",
		posters_hotkey(pl->p, ONE_POST)),
	    1);
	assert_int_equal(
	    db_int(pl->s->db,
		"select count(*) from gist_fault where hotkey = '%s'",
		posters_hotkey(pl->p, ONE_POST)),
	    3);
}

/* -- checked by anybody --------------------------------------------------- */

static void
weights_are_proven(void **state)
{
	struct place *pl = *state;

	assert_int_equal(db_wait_int(pl->s->db, 1, WAIT_MS,
			     "select (count(*) > 0)::int from ledger where "
			     "state = 'proven'"),
	    0);
}

static void
a_round_made_again_is_the_same(void **state)
{
	struct place *pl = *state;
	const char *const export[] = {"-c", pl->s->ini, "export", NULL};
	const char *const replay[] = {"replay", NULL};
	struct tool_answer exported, got;

	tool_run(export, NULL, 0, &exported);
	if (exported.status != 0)
		fail_msg("%s", exported.err);
	tool_run(replay, exported.out, strlen(exported.out), &got);
	if (got.status != 0)
		fail_msg("%d %s %s", got.status, got.err, got.out);
	tool_answer_clear(&got);
	tool_answer_clear(&exported);
}

static void
a_miner_is_told_why(void **state)
{
	struct place *pl = *state;
	const char *const args[] = {"-c", pl->s->ini, "engagement", "explain",
	    posters_hotkey(pl->p, COPYING), NULL};
	struct tool_answer got;

	tool_run(args, NULL, 0, &got);
	if (got.status != 0)
		fail_msg("%d %s", got.status, got.err);
	if (strstr(got.out, "copy") == NULL ||
	    strstr(got.out, "looks like") == NULL)
		fail_msg("%s", got.out);
	tool_answer_clear(&got);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(nothing_changes_while_services_are_away),
	    cmocka_unit_test(who_was_killed_goes_on),
	    cmocka_unit_test(two_hundred_hours_go_by),
	    cmocka_unit_test(honest_growth_leads),
	    cmocka_unit_test(each_cheat_is_named),
	    cmocka_unit_test(an_outage_costs_nobody),
	    cmocka_unit_test(one_post_in_many_forms_is_one),
	    cmocka_unit_test(weights_are_proven),
	    cmocka_unit_test(a_round_made_again_is_the_same),
	    cmocka_unit_test(a_miner_is_told_why),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

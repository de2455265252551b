/*
 * What hedges.c makes of a slow attempt: for whom it makes a second one, what
 * that costs, and what is given back. The store, the draw, the sending and the
 * claims are played by the test.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "orchestrator/hedge.c"
#include "orchestrator/hedges.c"

/* Hours, beside which it is no matter how busy the machine is. */
enum { LEAST_MS = 500, TOOK_MS = 3600000, OUT_MS = 2 * TOOK_MS };
#define SLOW_ID "01890000-0000-7000-8000-000000000001"

struct world {
	struct orchestrator o; /* first: what the fakes are handed */
	struct kinds kinds;
	struct kind kind[2]; /* of one capacity key */
	struct miner miner;
	struct flight slow;
	struct job row;
	bool signer_is_down, is_full, waits[2];
	int drawn;	/* miners there are to draw */
	int made;	/* rows the store says it made; -1: it said no */
	int left_ms;	/* of the job's time */
	char done[128]; /* words, each with a space behind */
};

static struct world *world; /* of the test that runs */

static void
note(const char *word)
{
	size_t len = strlen(world->done);

	snprintf(world->done + len, sizeof(world->done) - len, "%s ", word);
}

/* -- the others ------------------------------------------------------------ */

static void
answer_rows(int n, pg_on_answer *on_answer, void *arg)
{
	PGresult *res = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
	PGresAttDesc column = {.name = "id"};
	struct pg_answer answer = {
	    n >= 0 ? PG_DONE : PG_REFUSED, &res, 1, "no", ""};

	PQsetResultAttrs(res, 1, &column);
	for (int i = 0; i < n; i++)
		PQsetvalue(res, i, 0, "x", 1);
	on_answer(&answer, arg);
	PQclear(res);
}

/* There is one attempt. */
struct flight *
flights_find(struct flights *f, const char *id)
{
	(void)f;
	return strcmp(id, SLOW_ID) == 0 ? &world->slow : NULL;
}

void
flights_watch(struct flights *f, struct flight *flight)
{
	(void)f;
	flight->is_watched = true;
}

void
flights_unwatch(struct flights *f, struct flight *flight)
{
	(void)f;
	flight->is_watched = false;
}

struct flight *
flights_watched(struct flights *f)
{
	(void)f;
	return world->slow.is_watched ? &world->slow : NULL;
}

void
store_job_get(
    struct orchestrator *o, const char *id, pg_on_answer *on_answer, void *arg)
{
	(void)o, (void)id;
	note("read");
	answer_rows(1, on_answer, arg);
}

struct job *
store_job_from_row(const struct orchestrator *o, const PGresult *res, int row)
{
	struct job *job = xmemdup(&world->row, sizeof(world->row));

	(void)o, (void)res, (void)row;
	job->deadline_us = clock_wall_us() + world->left_ms * 1000LL;
	return job;
}

void
job_free(struct job *job)
{
	free(job);
}

void
jobs_draw(struct orchestrator *o, const struct job *job, int wanted,
    struct route *route)
{
	(void)o, (void)job;
	assert_int_equal(wanted, 1);
	route->n = world->drawn;
	route->miners[0] = &world->miner;
}

void
route_clear(struct route *route)
{
	(void)route;
}

int64_t
jobs_attempt_deadline_us(const struct job *job)
{
	return job->deadline_us;
}

void
jobs_give_back(
    struct orchestrator *o, const struct kind *kind, const char *hotkey)
{
	(void)o, (void)kind;
	assert_string_equal(hotkey, world->miner.hotkey);
	note("back");
}

void
miner_begin(struct miner *m, const char *capacity_key)
{
	(void)m, (void)capacity_key;
}

void
table_made(struct table *t, const char *hotkey, const char *capacity_key)
{
	(void)t, (void)capacity_key;
	assert_string_equal(hotkey, world->miner.hotkey);
}

struct dispatch *
dispatch_new(struct orchestrator *o, const struct job *job,
    const char *attempt_id, const struct miner *m, int64_t deadline_us)
{
	(void)o, (void)attempt_id, (void)m, (void)deadline_us;
	assert_true(job->is_hedged);
	return (struct dispatch *)world;
}

void
dispatch_start(struct dispatch *d)
{
	(void)d;
	note("send");
}

void
dispatch_drop(struct dispatch *d)
{
	(void)d;
	note("unsent");
}

void
store_attempt_hedge(struct orchestrator *o, const struct job *job,
    const struct route *route, char (*id)[UUID_TEXT], const char *slow_id,
    int64_t deadline_us, pg_on_answer *on_answer, void *arg)
{
	(void)o, (void)job, (void)route, (void)id, (void)deadline_us;
	assert_string_equal(slow_id, SLOW_ID);
	note("make");
	answer_rows(world->made, on_answer, arg);
}

bool
claim_is_taken(const struct claim *c, const struct kind *kind)
{
	(void)c;
	return world->waits[kind - world->kind];
}

bool
claim_has_room(const struct claim *c, const struct kind *kind)
{
	(void)c, (void)kind;
	return !world->is_full;
}

bool
signer_client_is_up(const struct signer_client *s)
{
	(void)s;
	return !world->signer_is_down;
}

const struct kind *
kinds_find(const struct kinds *kinds, const char *name)
{
	(void)name;
	return &kinds->items[0];
}

/* -- the scene ------------------------------------------------------------- */

/* A quick kind of which enough was seen, one token, and an attempt that is
 * slow. */
static int
set_up(void **state)
{
	struct world *w = xcalloc(1, sizeof(*w));
	struct orchestrator *o = &w->o;

	*state = world = w;
	for (int i = 0; i < 2; i++)
		w->kind[i] = (struct kind){.capacity_key = "k", .hedge = true};
	w->kinds = (struct kinds){w->kind, 2};
	w->miner.hotkey = "hotkey";
	w->row = (struct job){
	    .kind = w->kind, .state = JOB_RUNNING, .open = 1, .wanted = 1};
	w->drawn = w->made = 1;
	w->left_ms = TOOK_MS * 2;
	o->kinds = &w->kinds;
	o->router = (struct router *)w;
	o->service.base = event_base_new();
	o->service.metrics = metrics_new();
	o->hedges = hedges_new(o, 0.05, LEAST_MS);
	for (int i = 0; i < HEDGE_LEAST_SEEN; i++) {
		hedges_routed(o->hedges, &w->row, 1);
		hedge_saw(times_of(o->hedges, w->kind), TOOK_MS);
	}
	w->slow = (struct flight){.id = SLOW_ID,
	    .kind = w->kind,
	    .deadline_us = clock_wall_us() + 3600 * 1000000LL,
	    .made_us = clock_mono_us() - OUT_MS * 1000LL};
	hedges_watch(o->hedges, &w->slow);
	return 0;
}

static int
tear_down(void **state)
{
	struct world *w = *state;

	hedges_free(w->o.hedges);
	metrics_free(w->o.service.metrics);
	event_base_free(w->o.service.base);
	free(w);
	return 0;
}

static void
look(struct world *w)
{
	w->done[0] = '\0';
	on_timer(-1, 0, w->o.hedges);
}

/* -- what is done ---------------------------------------------------------- */

static void
a_slow_one_is_hedged_and_that_is_paid(void **state)
{
	struct world *w = *state;

	look(w);
	assert_string_equal(w->done, "read make send ");
	assert_true(w->slow.is_hedged);
	assert_false(hedge_budget_take(&w->o.hedges->budget));
	look(w);
	assert_string_equal(w->done, "");
}

/* For now: it is looked at again. */
static void
what_is_in_its_way_is_waited_for(void **state)
{
	struct world *w = *state;
	bool *const ways[] = {&w->signer_is_down, &w->is_full, &w->waits[0],
	    &w->waits[1], &w->o.service.draining};

	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		*ways[i] = true;
		look(w);
		assert_string_equal(w->done, "");
		*ways[i] = false;
	}
	w->o.router = NULL;
	look(w);
	assert_string_equal(w->done, "");
	w->o.router = (struct router *)w;
	w->slow.made_us += (OUT_MS - TOOK_MS / 2) * 1000LL;
	look(w);
	assert_string_equal(w->done, "");
	w->slow.made_us -= OUT_MS * 1000LL;
	look(w);
	assert_string_equal(w->done, "read make send ");
}

static void
without_a_token_none_is_made(void **state)
{
	struct world *w = *state;

	assert_true(hedge_budget_take(&w->o.hedges->budget));
	look(w);
	assert_string_equal(w->done, "");
	hedge_budget_give_back(&w->o.hedges->budget);
	look(w);
	assert_string_equal(w->done, "read make send ");
}

/* Retries earn nothing, nor do kinds that are not hedged. */
static void
only_first_attempts_earn(void **state)
{
	struct world *w = *state;
	struct job job = w->row;

	assert_true(hedge_budget_take(&w->o.hedges->budget));
	job.tried = json_pack("[s]", "hotkey");
	for (int i = 0; i < 100; i++)
		hedges_routed(w->o.hedges, &job, 1);
	json_decref(job.tried);
	job.tried = NULL;
	w->kind[0].hedge = false;
	for (int i = 0; i < 100; i++)
		hedges_routed(w->o.hedges, &job, 1);
	assert_false(hedge_budget_take(&w->o.hedges->budget));
}

/* Asked once, and the token is there again. */
static void
assert_not_made(struct world *w, const char *done)
{
	look(w);
	assert_string_equal(w->done, done);
	assert_false(w->slow.is_hedged);
	assert_true(hedge_budget_take(&w->o.hedges->budget));
	look(w);
	assert_string_equal(w->done, "");
}

static void
a_job_that_has_a_result_is_left_alone(void **state)
{
	struct world *w = *state;

	w->row.delivered = 1;
	assert_not_made(w, "read ");
}

static void
a_job_without_time_for_it_is_left_alone(void **state)
{
	struct world *w = *state;

	w->left_ms = TOOK_MS / 2;
	assert_not_made(w, "read ");
}

static void
without_a_miner_none_is_made(void **state)
{
	struct world *w = *state;

	w->drawn = 0;
	assert_not_made(w, "read ");
}

static void
what_the_store_refuses_gives_all_back(void **state)
{
	struct world *w = *state;

	w->made = 0;
	assert_not_made(w, "read make unsent back ");
}

static void
a_store_that_fails_gives_all_back(void **state)
{
	struct world *w = *state;

	w->made = -1;
	assert_not_made(w, "read make unsent back ");
}

static void
past_its_deadline_it_is_not_slow_any_more(void **state)
{
	struct world *w = *state;

	w->slow.deadline_us = clock_wall_us();
	look(w);
	assert_string_equal(w->done, "");
	assert_false(w->slow.is_watched);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		a_slow_one_is_hedged_and_that_is_paid, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		what_is_in_its_way_is_waited_for, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		without_a_token_none_is_made, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		only_first_attempts_earn, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		a_job_that_has_a_result_is_left_alone, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		a_job_without_time_for_it_is_left_alone, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		without_a_miner_none_is_made, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		what_the_store_refuses_gives_all_back, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		a_store_that_fails_gives_all_back, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		past_its_deadline_it_is_not_slow_any_more, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

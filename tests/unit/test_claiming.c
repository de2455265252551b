/*
 * When an instance claims and what it asks for; which of what comes is routed,
 * and who has to stand behind others. The store, the routing and the messages
 * are noted down here instead of done; the loop is a real one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "orchestrator/claim.c"
#include "orchestrator/lane.h"
#include "orchestrator/waiting.c"

enum { K, OTHER, N_KINDS };

struct world {
	struct orchestrator o; /* first: what the fakes are handed */
	struct kind kind[N_KINDS];
	struct kinds kinds;
	bool signer_is_up;
	int came;      /* jobs an answer has, of K, for one miner each */
	int uses_slot; /* of the first miner, by each that is routed */
	pg_on_answer *on_answer, *on_wait;
	void *arg, *wait_arg;
	char done[256]; /* words, each with a space behind */
};

static void __attribute__((format(printf, 2, 3)))
note(struct world *w, const char *fmt, ...)
{
	size_t len = strlen(w->done);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(w->done + len, sizeof(w->done) - len, fmt, ap);
	va_end(ap);
}

/* -- the fakes ----------------------------------------------------------- */

void
job_free(struct job *job)
{
	free(job);
}

struct job *
store_job_from_row(const struct orchestrator *o, const PGresult *res, int row)
{
	struct world *w = (struct world *)o;
	struct job *job = xcalloc(1, sizeof(*job));

	(void)res;
	(void)row;
	job->kind = &w->kind[K];
	job->wanted = 1;
	job->deadline_us = clock_wall_us() + 3600000000;
	return job;
}

void
store_job_claim(struct orchestrator *o, const struct claim_ask *asks, size_t n,
    pg_on_answer *on_answer, void *arg)
{
	struct world *w = (struct world *)o;

	note(w, "claim");
	for (size_t i = 0; i < n; i++)
		note(w, ":%s=%d", asks[i].kind, asks[i].room);
	note(w, " ");
	w->on_answer = on_answer;
	w->arg = arg;
}

void
store_job_wait(
    struct orchestrator *o, const char *id, pg_on_answer *on_answer, void *arg)
{
	struct world *w = (struct world *)o;

	(void)id;
	note(w, "wait ");
	w->on_wait = on_answer;
	w->wait_arg = arg;
}

void
jobs_take(struct orchestrator *o, struct job *job)
{
	struct world *w = (struct world *)o;

	note(w, "route ");
	for (int i = 0; i < w->uses_slot; i++)
		miner_begin(&o->table.miners[0], "k");
	job_free(job);
}

const struct kind *
kinds_find(const struct kinds *kinds, const char *name)
{
	for (size_t i = 0; kinds != NULL && i < kinds->n; i++) {
		if (strcmp(kinds->items[i].name, name) == 0)
			return &kinds->items[i];
	}
	return NULL;
}

bool
signer_client_is_up(const struct signer_client *signer)
{
	return ((const struct world *)signer)->signer_is_up;
}

const char redis_jobs[] = "jobs";

void
redis_send(
    struct redis *r, const char *stream, const char *id, const char *text)
{
	(void)id;
	note((struct world *)r, "%s:%s ", stream, text);
}

/* -- the world ----------------------------------------------------------- */

static void
add_miner(struct world *w, const char *key, int slots, int in_flight)
{
	struct miner *m = table_add(&w->o.table);

	m->hotkey = xasprintf("h%zu", w->o.table.n);
	m->address = xstrdup("192.0.2.1:1");
	m->is_up = true;
	miner_say(m, key, slots, NAN);
	lane_find(m, key)->ours = in_flight;
	table_ready(&w->o.table, clock_wall_us());
}

static int
set_up(void **state)
{
	static const char *const names[] = {"k", "other"};
	struct world *w = xcalloc(1, sizeof(*w));

	*state = w;
	for (int i = 0; i < N_KINDS; i++)
		w->kind[i].name = w->kind[i].capacity_key = (char *)names[i];
	w->kinds = (struct kinds){w->kind, N_KINDS};
	w->uses_slot = 1;
	w->signer_is_up = true;
	w->o.kinds = &w->kinds;
	w->o.signer = (struct signer_client *)w;
	w->o.out = (struct redis *)w;
	w->o.service.base = event_base_new();
	w->o.claim = claim_new(&w->o);
	return 0;
}

static int
tear_down(void **state)
{
	struct world *w = *state;

	claim_free(w->o.claim);
	event_base_free(w->o.service.base);
	table_clear(&w->o.table);
	free(w);
	return 0;
}

/* What has happened since this was asked last. */
static void
assert_done(struct world *w, const char *done)
{
	assert_string_equal(w->done, done);
	w->done[0] = '\0';
}

/* What is due is done, and nothing waits for its time. */
static void
turn(struct world *w)
{
	event_base_loop(w->o.service.base, EVLOOP_NONBLOCK);
}

static bool
is_due(struct world *w)
{
	return event_pending(w->o.claim->timer, EV_TIMEOUT, NULL);
}

/* The claim under way is answered with so many jobs. */
static void
answer(struct world *w, int n)
{
	PGresult *res = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
	PGresAttDesc column = {.name = "id"};
	struct pg_answer a = {n >= 0 ? PG_DONE : PG_REFUSED, &res, 1, "no", ""};

	PQsetResultAttrs(res, 1, &column);
	for (int i = 0; i < n; i++)
		PQsetvalue(res, i, 0, "x", 1);
	w->on_answer(&a, w->arg);
	PQclear(res);
}

/* One claim, with that answer. */
static void
claim_once(struct world *w, int n)
{
	claim_in(w->o.claim, 0);
	turn(w);
	answer(w, n);
	w->done[0] = '\0';
}

/* -- what is asked for --------------------------------------------------- */

static void
a_claim_asks_for_what_there_is_room_for(void **state)
{
	struct world *w = *state;

	add_miner(w, "k", 3, 1);
	add_miner(w, "k", 1, 0);
	add_miner(w, "other", 2, 2); /* full */
	claim_in(w->o.claim, 0);
	turn(w);
	assert_done(w, "claim:k=3 ");
}

static void
who_may_not_or_cannot_has_no_room(void **state)
{
	struct world *w = *state;

	for (int i = 0; i < 4; i++)
		add_miner(w, "k", 1, 0);
	w->o.table.miners[0].is_out = true;
	w->o.table.miners[1].is_up = false;
	free(w->o.table.miners[2].address);
	w->o.table.miners[2].address = NULL;
	claim_in(w->o.claim, 0);
	turn(w);
	assert_done(w, "claim:k=1 ");
}

static void
at_most_a_lot_is_asked_for(void **state)
{
	struct world *w = *state;

	add_miner(w, "k", 30, 0);
	add_miner(w, "k", 30, 0);
	claim_in(w->o.claim, 0);
	turn(w);
	assert_done(w, "claim:k=50 ");
}

static void
without_room_nothing_is_asked(void **state)
{
	struct world *w = *state;

	claim_in(w->o.claim, 0);
	turn(w);
	add_miner(w, "k", 1, 1);
	claim_in(w->o.claim, 0);
	turn(w);
	assert_done(w, "");
}

static void
without_signerd_or_while_it_ends_nothing_is_claimed(void **state)
{
	struct world *w = *state;

	add_miner(w, "k", 1, 0);
	w->signer_is_up = false;
	claim_in(w->o.claim, 0);
	turn(w);
	assert_done(w, "");
	assert_true(is_due(w)); /* it may come back */
	w->signer_is_up = true;
	w->o.service.draining = true;
	claim_in(w->o.claim, 0);
	turn(w);
	assert_done(w, "");
}

/* -- what comes ---------------------------------------------------------- */

static void
one_at_a_time(void **state)
{
	struct world *w = *state;

	add_miner(w, "k", 9, 0);
	claim_in(w->o.claim, 0);
	turn(w);
	assert_done(w, "claim:k=9 ");
	claim_in(w->o.claim, 0);
	turn(w);
	assert_done(w, "");
	answer(w, 2);
	turn(w);
	assert_done(w, "route route claim:k=7 ");
	answer(w, 0);
	assert_false(is_due(w));
}

/* Fifty came, and took their room: there may be more. */
static void
when_all_came_the_rest_is_asked_for(void **state)
{
	struct world *w = *state;

	add_miner(w, "k", 60, 0);
	claim_in(w->o.claim, 0);
	turn(w);
	w->done[0] = '\0';
	answer(w, 50);
	w->done[0] = '\0';
	turn(w);
	assert_done(w, "claim:k=10 ");
}

/* They used none of it: asking again at once would go round in a circle. */
static void
what_takes_no_room_is_not_asked_for_again_at_once(void **state)
{
	struct world *w = *state;

	add_miner(w, "k", 1, 0);
	w->uses_slot = 0;
	claim_in(w->o.claim, 0);
	turn(w);
	answer(w, 1);
	assert_false(is_due(w));
}

/* -- who waits ----------------------------------------------------------- */

static void
room_is_claimed_for_those_who_wait(void **state)
{
	struct world *w = *state;

	add_miner(w, "k", 2, 0);
	add_miner(w, "other", 2, 0);
	claim_once(w, 1);
	assert_false(claim_is_taken(w->o.claim, &w->kind[K]));
	claim_room(w->o.claim);
	assert_false(is_due(w));
	claim_note(w->o.claim, &w->kind[K]);
	assert_true(claim_is_taken(w->o.claim, &w->kind[K]));
	assert_false(claim_is_taken(w->o.claim, &w->kind[OTHER]));
	claim_room(w->o.claim);
	turn(w);
	assert_done(w, "claim:k=1:other=2 ");
}

static void
until_a_claim_has_been_answered_a_new_job_stands_behind(void **state)
{
	struct world *w = *state;

	assert_true(claim_is_taken(w->o.claim, &w->kind[K]));
	add_miner(w, "k", 2, 0);
	claim_once(w, -1);
	assert_true(claim_is_taken(w->o.claim, &w->kind[K]));
	claim_once(w, 1);
	assert_false(claim_is_taken(w->o.claim, &w->kind[K]));
}

static void
a_job_that_waits_is_told_to_all(void **state)
{
	struct world *w = *state;

	add_miner(w, "k", 2, 0);
	claim_once(w, 0);
	claim_queued(w->o.claim, "id", &w->kind[K]);
	assert_true(claim_is_taken(w->o.claim, &w->kind[K]));
	turn(w);
	assert_done(w, "jobs:k claim:k=2 ");
}

static void
a_job_that_is_put_back_waits(void **state)
{
	struct job job = {.id = "id"};
	struct pg_answer said = {.outcome = PG_DONE};
	struct world *w = *state;

	add_miner(w, "k", 2, 0);
	claim_once(w, 0);
	job.kind = &w->kind[K];
	claim_put_back(w->o.claim, &job);
	assert_true(claim_is_taken(w->o.claim, &w->kind[K]));
	claim_once(w, 0); /* which could not see it yet */
	w->on_wait(&said, w->wait_arg);
	assert_true(claim_is_taken(w->o.claim, &w->kind[K]));
	assert_true(is_due(w));
}

static void
a_message_says_who_waits(void **state)
{
	static const struct {
		const char *name;
		bool k, other;
	} cases[] = {{"k", true, false}, {"other", false, true},
	    {"none of ours", true, true}, {"", true, true}, {NULL, true, true}};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct world *w;

		set_up(state);
		w = *state;
		add_miner(w, "k", 2, 0);
		add_miner(w, "other", 2, 0);
		claim_once(w, 0);
		claim_told(w->o.claim, cases[i].name);
		assert_int_equal(
		    claim_is_taken(w->o.claim, &w->kind[K]), cases[i].k);
		assert_int_equal(claim_is_taken(w->o.claim, &w->kind[OTHER]),
		    cases[i].other);
		turn(w);
		assert_done(w, "claim:k=2:other=2 ");
		tear_down(state);
	}
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    CASE(a_claim_asks_for_what_there_is_room_for),
	    CASE(who_may_not_or_cannot_has_no_room),
	    CASE(at_most_a_lot_is_asked_for),
	    CASE(without_room_nothing_is_asked),
	    CASE(without_signerd_or_while_it_ends_nothing_is_claimed),
	    CASE(one_at_a_time),
	    CASE(when_all_came_the_rest_is_asked_for),
	    CASE(what_takes_no_room_is_not_asked_for_again_at_once),
	    CASE(room_is_claimed_for_those_who_wait),
	    CASE(until_a_claim_has_been_answered_a_new_job_stands_behind),
	    CASE(a_job_that_waits_is_told_to_all),
	    CASE(a_job_that_is_put_back_waits),
	    cmocka_unit_test(a_message_says_who_waits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

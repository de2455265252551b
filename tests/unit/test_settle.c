/*
 * What a job does next: the verdict on its facts, and what jobs.c makes of a
 * job's row. The store, the sending and the sweep's timer are noted down here
 * instead of done.
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

#include "orchestrator/jobs.c"
#include "orchestrator/lane.h"
#include "orchestrator/states.c"

/* -- the verdict --------------------------------------------------------- */

enum { W = VERDICT_WAIT, F = VERDICT_FINISH, R = VERDICT_RETRY };
enum { G = VERDICT_GIVE_UP, X = VERDICT_EXPIRE };

static const struct {
	struct job_facts
	    facts; /* wanted, min, retries, open, delivered, past */
	int verdict;
} verdicts[] = {
    /* one miner */
    {{1, 1, 2, 1, 0, false}, W},
    {{1, 1, 2, 0, 1, false}, F},
    {{1, 1, 2, 0, 0, false}, R},
    {{1, 1, 0, 0, 0, false}, G},
    {{1, 1, 0, 1, 0, false}, W},
    {{1, 1, 2, 1, 0, true}, X},
    {{1, 1, 0, 0, 0, true}, X},
    {{1, 1, 0, 0, 1, true}, F},
    /* the last result counts even with others under way */
    {{2, 1, 2, 3, 2, false}, F},
    {{2, 1, 2, 3, 2, true}, F},
    {{2, 1, 2, 3, 5, false}, F},
    /* three wanted, one at least */
    {{3, 1, 2, 1, 1, false}, W},
    {{3, 1, 2, 0, 1, false}, R},
    {{3, 1, 0, 0, 1, false}, F},
    {{3, 1, 0, 0, 2, false}, F},
    {{3, 1, 2, 2, 1, true}, F},
    {{3, 1, 2, 3, 0, true}, X},
    /* three wanted, two at least */
    {{3, 2, 0, 0, 1, false}, G},
    {{3, 2, 0, 0, 2, false}, F},
    {{3, 2, 5, 0, 1, true}, X},
    {{3, 2, 5, 1, 2, true}, F},
    /* a budget below nothing is none */
    {{1, 1, -1, 0, 0, false}, G},
};

static void
the_facts_give_the_verdict(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(verdicts) / sizeof(verdicts[0]); i++)
		assert_int_equal(
		    job_settle(&verdicts[i].facts), verdicts[i].verdict);
}

/* Whatever the facts: a verdict that waits is never given without anything to
 * wait for, and past the deadline none waits. */
static void
no_job_waits_for_nothing(void **state)
{
	(void)state;
	for (int i = 0; i < 4 * 4 * 3 * 3 * 4 * 2; i++) {
		int n = i;
		struct job_facts f;

		f.wanted = n % 4 + 1, n /= 4;
		f.min = n % 4 + 1, n /= 4;
		f.retries_left = n % 3, n /= 3;
		f.open = n % 3, n /= 3;
		f.delivered = n % 4, n /= 4;
		f.is_past_deadline = n % 2;
		if (f.open == 0 || f.is_past_deadline)
			assert_int_not_equal(job_settle(&f), VERDICT_WAIT);
		if (f.is_past_deadline || f.retries_left == 0)
			assert_int_not_equal(job_settle(&f), VERDICT_RETRY);
	}
}

/* -- what was done ------------------------------------------------------- */

struct world {
	struct orchestrator o; /* first: what the fakes are handed */
	struct kind kind;
	struct job row;
	const char *tried; /* JSON */
	bool signer_is_up, has_room, others_wait;
	int made;	/* attempts the store says it made; -1: it said no */
	char done[256]; /* words, each with a space behind */
};

static void __attribute__((format(printf, 2, 3)))
note(struct orchestrator *o, const char *fmt, ...)
{
	struct world *w = (struct world *)o;
	size_t len = strlen(w->done);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(w->done + len, sizeof(w->done) - len, fmt, ap);
	va_end(ap);
}

static PGresult *
rows(int n)
{
	PGresult *res = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
	PGresAttDesc column = {.name = "id"};

	PQsetResultAttrs(res, 1, &column);
	for (int i = 0; i < n; i++)
		PQsetvalue(res, i, 0, "x", 1);
	return res;
}

static void
answer_rows(int n, pg_on_answer *on_answer, void *arg)
{
	PGresult *res = n >= 0 ? rows(n) : NULL;
	struct pg_answer answer = {
	    n >= 0 ? PG_DONE : PG_REFUSED, &res, n >= 0, "no", ""};

	on_answer(&answer, arg);
	PQclear(res);
}

void
job_free(struct job *job)
{
	if (job == NULL)
		return;
	json_decref(job->tried);
	free(job);
}

struct job *
store_job_from_row(const struct orchestrator *o, const PGresult *res, int row)
{
	const struct world *w = (const struct world *)o;
	struct job *job = xmemdup(&w->row, sizeof(w->row));

	(void)res;
	assert_int_equal(row, 0);
	job->tried = json_loads(w->tried, 0, NULL);
	return job;
}

void
store_job_get(
    struct orchestrator *o, const char *id, pg_on_answer *on_answer, void *arg)
{
	(void)o;
	(void)id;
	answer_rows(1, on_answer, arg);
}

void
store_job_step(struct orchestrator *o, const char *id, enum job_event event,
    enum job_state to, const char *reason, const char *best,
    void (*on_done)(bool, void *), void *arg)
{
	(void)id;
	(void)on_done;
	(void)arg;
	assert_true(job_is_over(to));
	note(o, "%s%s%s%s%s ", job_event_name(event), reason ? ":" : "",
	    reason ? reason : "", best[0] ? "=" : "", best);
}

void
store_job_requeue(struct orchestrator *o, const char *id, int64_t next_try_us,
    bool takes_budget)
{
	int64_t wait_us = next_try_us - clock_wall_us();

	(void)id;
	assert_true(wait_us > 0 && wait_us < RETRY_MOST_MS * 2000LL);
	note(o, "requeue%s ", takes_budget ? "" : ":free");
}

void
store_job_later(struct orchestrator *o, const char *id, int64_t next_try_us)
{
	(void)id;
	assert_true(next_try_us > clock_wall_us());
	note(o, "later ");
}

void
store_attempt_drop(struct orchestrator *o, const char *job_id)
{
	(void)job_id;
	note(o, "drop ");
}

void
store_attempts_insert(struct orchestrator *o, const struct job *job,
    const struct route *route, char (*ids)[UUID_TEXT], int64_t deadline_us,
    pg_on_answer *on_answer, void *arg)
{
	struct world *w = (struct world *)o;

	assert_true(deadline_us <= job->deadline_us);
	for (int i = 0; i < route->n; i++)
		assert_true(uuid_is_valid(ids[i]));
	note(o, "route:%d ", route->n);
	answer_rows(w->made == 99 ? route->n : w->made, on_answer, arg);
}

void
store_job_accept(struct orchestrator *o, const struct job *job,
    const struct route *route, char (*ids)[UUID_TEXT], int64_t deadline_us,
    pg_on_answer *on_answer, void *arg)
{
	note(o, "accept ");
	store_attempts_insert(o, job, route, ids, deadline_us, on_answer, arg);
}

void
store_job_insert(struct orchestrator *o, const struct job *job,
    pg_on_answer *on_answer, void *arg)
{
	struct world *w = (struct world *)o;

	(void)job;
	note(o, "queue ");
	answer_rows(w->made == -1 ? -1 : 0, on_answer, arg);
}

struct dispatch {
	struct orchestrator *o;
};

struct dispatch *
dispatch_new(struct orchestrator *o, const struct job *job,
    const char *attempt_id, const struct miner *m, int64_t deadline_us)
{
	struct dispatch *d = xcalloc(1, sizeof(*d));

	(void)job;
	(void)attempt_id;
	(void)m;
	(void)deadline_us;
	d->o = o;
	return d;
}

void
dispatch_drop(struct dispatch *d)
{
	note(d->o, "unsent ");
	free(d);
}

void
dispatch_start(struct dispatch *d)
{
	note(d->o, "send ");
	free(d);
}

void
claim_put_back(struct claim *c, const struct job *job)
{
	(void)job;
	note((struct orchestrator *)c, "wait ");
}

bool
claim_has_room(const struct claim *c, const struct kind *kind)
{
	(void)kind;
	return ((const struct world *)c)->has_room;
}

void
claim_room(struct claim *c)
{
	(void)c;
}

void
claim_in(struct claim *c, int64_t ms)
{
	(void)c;
	assert_true(ms > 0);
}

bool
pg_is_up(const struct pg *pg)
{
	(void)pg;
	return true;
}

bool
kind_is_pulled(const struct kind *k)
{
	return k->protocol != NULL && strcmp(k->protocol, "violet") == 0;
}

bool
claim_is_taken(const struct claim *c, const struct kind *kind)
{
	(void)kind;
	return ((const struct world *)c)->others_wait;
}

void
claim_note(struct claim *c, const struct kind *kind)
{
	(void)kind;
	note((struct orchestrator *)c, "noted ");
}

void
claim_queued(struct claim *c, const char *job_id, const struct kind *kind)
{
	(void)job_id;
	(void)kind;
	note((struct orchestrator *)c, "told ");
}

void
hedges_routed(struct hedges *h, const struct job *job, int attempts)
{
	(void)h;
	(void)job;
	assert_true(attempts > 0);
}

bool
signer_client_is_up(const struct signer_client *s)
{
	const struct world *w = (const struct world *)s;

	return w->signer_is_up;
}

/* A job of one miner, half way, with two miners to go to. */
static struct world *
world_new(void)
{
	struct world *w = xcalloc(1, sizeof(*w));

	w->kind.capacity_key = (char *)"k";
	w->kind.attempt_ms = 1000;
	w->row.kind = &w->kind;
	w->row.state = JOB_RUNNING;
	w->row.wanted = w->row.min = 1;
	w->row.retries_left = 1;
	w->row.round_failed = true;
	w->row.deadline_us = clock_wall_us() + 3600000000;
	snprintf(w->row.id, sizeof(w->row.id), "job");
	w->tried = "[]";
	w->signer_is_up = true;
	w->made = 99;
	w->o.signer = (struct signer_client *)w;
	w->o.claim = (struct claim *)w;
	w->o.policy = (struct route_policy){500, 1, .05, .5, .05, .2};
	for (int i = 0; i < 2; i++) {
		struct miner *m = table_add(&w->o.table);

		m->hotkey = xstrdup(i == 0 ? "a" : "b");
		m->address = xstrdup("192.0.2.1:1");
		m->is_up = true;
		miner_say(m, "k", 1, NAN);
	}
	w->o.router = router_new(&w->o.table, &w->o.policy, 0);
	return w;
}

static int
in_flight(const struct world *w, size_t i)
{
	return lane_find(&w->o.table.miners[i], "k")->ours;
}

static void
world_end(struct world *w, const char *done)
{
	assert_string_equal(w->done, done);
	router_free(w->o.router);
	table_clear(&w->o.table);
	free(w);
}

/* -- settling ------------------------------------------------------------ */

enum { HOUR_MS = 3600000, JUST_OVER_MS = -1000, LONG_OVER_MS = -120000 };

static const struct {
	const char *what;
	enum job_state state;
	int wanted, retries, open, received, delivered;
	bool round_failed;
	int deadline_ms; /* from now */
	const char *done;
} settled[] = {
    {"attempts are under way", JOB_RUNNING, 1, 1, 1, 0, 0, true, HOUR_MS, ""},
    {"enough", JOB_RUNNING, 1, 1, 0, 0, 1, true, HOUR_MS, "finish=B drop "},
    {"enough, and nobody had acknowledged", JOB_ASSIGNED, 1, 1, 0, 0, 1, true,
	HOUR_MS, "finish=B drop "},
    {"enough, with one still at work", JOB_RUNNING, 1, 1, 2, 0, 1, true,
	HOUR_MS, "finish=B drop "},
    {"failed", JOB_RUNNING, 1, 1, 0, 0, 0, true, HOUR_MS, "requeue "},
    {"failed, by our own fault", JOB_ASSIGNED, 1, 1, 0, 0, 0, false, HOUR_MS,
	"requeue:free "},
    {"our own fault takes no budget", JOB_ASSIGNED, 1, 0, 0, 0, 0, false,
	HOUR_MS, "requeue:free "},
    {"no budget", JOB_RUNNING, 1, 0, 0, 0, 0, true, HOUR_MS,
	"give_up:no_budget drop "},
    {"one of two is enough when the budget is spent", JOB_RUNNING, 2, 0, 0, 0,
	1, true, HOUR_MS, "finish=B drop "},
    {"too late", JOB_RUNNING, 1, 1, 1, 0, 0, true, JUST_OVER_MS,
	"expire:deadline drop "},
    {"in time, and being looked at", JOB_RUNNING, 1, 1, 1, 1, 0, true,
	JUST_OVER_MS, ""},
    {"in time, but never looked at", JOB_RUNNING, 1, 1, 1, 1, 0, true,
	LONG_OVER_MS, "expire:deadline drop "},
    {"queued: its claim is what it waits for", JOB_QUEUED, 1, 1, 0, 0, 0, true,
	HOUR_MS, ""},
    {"queued by mistake with its result there", JOB_QUEUED, 1, 1, 0, 0, 1, true,
	HOUR_MS, "finish=B drop "},
    {"queued too long", JOB_QUEUED, 1, 1, 0, 0, 0, true, JUST_OVER_MS,
	"expire:deadline drop "},
    {"over", JOB_DONE, 1, 1, 0, 0, 1, true, HOUR_MS, ""},
    {"over, and one attempt was forgotten", JOB_CANCELLED, 1, 1, 1, 0, 0, true,
	HOUR_MS, "drop "},
};

static void
a_job_is_settled(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(settled) / sizeof(settled[0]); i++) {
		struct world *w = world_new();

		w->tried = "[\"a\"]";
		w->row.state = settled[i].state;
		w->row.wanted = settled[i].wanted;
		w->row.retries_left = settled[i].retries;
		w->row.open = settled[i].open;
		w->row.received = settled[i].received;
		w->row.delivered = settled[i].delivered;
		w->row.round_failed = settled[i].round_failed;
		w->row.deadline_us =
		    clock_wall_us() + settled[i].deadline_ms * 1000LL;
		if (settled[i].delivered > 0)
			snprintf(w->row.best, sizeof(w->row.best), "B");
		jobs_settle(&w->o, "job");
		if (strcmp(w->done, settled[i].done) != 0)
			print_error("%s\n", settled[i].what);
		world_end(w, settled[i].done);
	}
}

/* It does not wait for room at those that have failed it, or are down. */
static void
it_is_not_queued_again_for_nobody(void **state)
{
	struct world *w = world_new();

	(void)state;
	w->tried = "[\"a\", \"b\"]";
	jobs_settle(&w->o, "job");
	world_end(w, "give_up:no_miner drop ");

	w = world_new();
	w->tried = "[\"a\", \"b\"]";
	w->row.wanted = 3;
	w->row.delivered = 1;
	jobs_settle(&w->o, "job");
	world_end(w, "finish drop ");

	w = world_new();
	w->tried = "[\"a\", \"b\"]";
	w->has_room = true; /* its claim comes, and ends it */
	jobs_settle(&w->o, "job");
	world_end(w, "requeue ");
}

static void
nobody_ever_took_it(void **state)
{
	struct world *w = world_new();

	(void)state;
	w->row.state = JOB_QUEUED;
	w->row.deadline_us = clock_wall_us() - 1;
	jobs_settle(&w->o, "job");
	world_end(w, "expire:no_miner drop ");
}

/* -- routing ------------------------------------------------------------- */

static struct world *
claimed(void)
{
	struct world *w = world_new();

	w->row.state = JOB_QUEUED;
	return w;
}

static void
take(struct world *w)
{
	jobs_take(&w->o, store_job_from_row(&w->o, NULL, 0));
}

static void
a_claimed_job_is_routed(void **state)
{
	struct world *w = claimed();

	(void)state;
	take(w);
	assert_int_equal(in_flight(w, 0) + in_flight(w, 1), 1);
	world_end(w, "route:1 send ");
}

static void
as_many_are_drawn_as_are_missing(void **state)
{
	struct world *w = claimed();

	(void)state;
	w->row.wanted = 5;
	w->row.delivered = 2;
	w->row.open = 2;
	take(w);
	world_end(w, "route:1 send ");
}

static void
what_others_have_taken_is_not_sent(void **state)
{
	static const int made[] = {0, -1};

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct world *w = claimed();

		w->made = made[i];
		w->row.wanted = 2;
		take(w);
		/* No place at a miner is lost by it. */
		assert_int_equal(in_flight(w, 0), 0);
		assert_int_equal(in_flight(w, 1), 0);
		world_end(w, "route:2 unsent unsent ");
	}
}

static void
without_signerd_no_miner_is_used_up(void **state)
{
	struct world *w = claimed();

	(void)state;
	w->signer_is_up = false;
	take(w);
	world_end(w, "later ");
}

static void
with_all_busy_it_waits(void **state)
{
	struct world *w = claimed();

	(void)state;
	w->tried = "[\"a\"]";
	lane_find(&w->o.table.miners[1], "k")->ours = 1;
	take(w);
	world_end(w, "later ");

	w = claimed();
	lane_find(&w->o.table.miners[0], "k")->ours = 1;
	lane_find(&w->o.table.miners[1], "k")->ours = 1;
	take(w);
	world_end(w, "wait ");
}

static void
before_the_first_miner_is_there_it_waits(void **state)
{
	struct world *w = claimed();

	(void)state;
	table_clear(&w->o.table);
	take(w);
	world_end(w, "wait ");
}

static void
when_all_were_tried_it_ends(void **state)
{
	struct world *w = claimed();

	(void)state;
	w->tried = "[\"a\", \"b\"]";
	take(w);
	world_end(w, "give_up:no_miner drop ");

	w = claimed();
	w->tried = "[\"a\", \"b\"]";
	w->row.wanted = 3;
	w->row.delivered = 1;
	take(w);
	world_end(w, "finish drop ");
}

/* More attempts than any kind asks for today: all of them stay tried. */
static void
no_miner_is_tried_twice_however_many_there_were(void **state)
{
	struct world *w = claimed();
	json_t *tried = json_array();
	char *text;

	(void)state;
	for (int i = 0; i < 200; i++)
		json_array_append_new(tried, json_sprintf("m%d", i));
	json_array_append_new(tried, json_string("a"));
	json_array_append_new(tried, json_string("b"));
	text = json_dumps(tried, 0);
	w->tried = text;
	take(w);
	world_end(w, "give_up:no_miner drop ");
	json_decref(tried);
	free(text);
}

static void
a_claimed_job_that_is_too_late_ends(void **state)
{
	struct world *w = claimed();

	(void)state;
	w->row.deadline_us = clock_wall_us() - 1;
	take(w);
	world_end(w, "expire:no_miner drop ");
}

static void
a_job_of_a_kind_we_do_not_know_is_left_alone(void **state)
{
	struct world *w = claimed();

	(void)state;
	w->row.kind = NULL;
	jobs_settle(&w->o, "job");
	world_end(w, "");
}

/* -- accepting ------------------------------------------------------------ */

static void
on_stored(const struct pg_answer *answer, const struct job *job, void *arg)
{
	assert_non_null(job);
	note(arg, "%s ", answer->outcome == PG_DONE ? "stored" : "refused");
}

static void
accept_job(struct world *w)
{
	struct job *job = xmemdup(&w->row, sizeof(w->row));

	job->state = JOB_QUEUED;
	job->tried = json_array();
	jobs_accept(&w->o, job, on_stored, &w->o);
}

/* Stored first, then sent: with its attempts if somebody can take it. */
static void
a_new_job_is_stored_with_its_attempts(void **state)
{
	struct world *w = world_new();

	(void)state;
	accept_job(w);
	world_end(w, "accept route:1 stored send ");
}

/* Its attempt is there, and its miner asks for it. */
static void
what_miners_ask_for_is_not_sent(void **state)
{
	struct world *w = world_new();

	(void)state;
	w->kind.protocol = (char *)"violet";
	accept_job(w);
	world_end(w, "accept route:1 stored ");
}

static void
a_new_job_that_nobody_can_take_is_queued(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++) {
		struct world *w = world_new();

		w->signer_is_up = i != 1;
		w->others_wait = i == 2;
		for (int k = 0; k < 2; k++)
			lane_find(&w->o.table.miners[k], "k")->ours = i == 0;
		accept_job(w);
		world_end(w, "noted queue stored told ");
	}
}

static void
a_new_job_that_is_not_stored_is_not_sent(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		struct world *w = world_new();

		w->made = -1;
		w->signer_is_up = i == 0;
		accept_job(w);
		assert_int_equal(in_flight(w, 0), 0);
		assert_int_equal(in_flight(w, 1), 0);
		world_end(w, i == 0 ? "accept route:1 refused unsent "
				    : "noted queue refused ");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_new_job_is_stored_with_its_attempts),
	    cmocka_unit_test(what_miners_ask_for_is_not_sent),
	    cmocka_unit_test(a_new_job_that_nobody_can_take_is_queued),
	    cmocka_unit_test(a_new_job_that_is_not_stored_is_not_sent),
	    cmocka_unit_test(the_facts_give_the_verdict),
	    cmocka_unit_test(no_job_waits_for_nothing),
	    cmocka_unit_test(a_job_is_settled),
	    cmocka_unit_test(it_is_not_queued_again_for_nobody),
	    cmocka_unit_test(nobody_ever_took_it),
	    cmocka_unit_test(a_claimed_job_is_routed),
	    cmocka_unit_test(as_many_are_drawn_as_are_missing),
	    cmocka_unit_test(what_others_have_taken_is_not_sent),
	    cmocka_unit_test(without_signerd_no_miner_is_used_up),
	    cmocka_unit_test(with_all_busy_it_waits),
	    cmocka_unit_test(before_the_first_miner_is_there_it_waits),
	    cmocka_unit_test(when_all_were_tried_it_ends),
	    cmocka_unit_test(no_miner_is_tried_twice_however_many_there_were),
	    cmocka_unit_test(a_claimed_job_that_is_too_late_ends),
	    cmocka_unit_test(a_job_of_a_kind_we_do_not_know_is_left_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

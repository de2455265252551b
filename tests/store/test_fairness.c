/*
 * Whose queued jobs are claimed: tenants in turn, by weight and by what their
 * jobs cost, however many each has; each tenant's own in their order. As seen
 * by whoever claims: nothing here reads how it is done.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libpq-fe.h>

#include "common/xalloc.h"
#include "orchestrator/queue.c"
#include "sql.h"
#include "tests/lib/db.h"
#include "tests/lib/stored.h"

#define OURS "01890000-0000-7000-8000-0000000000aa"
#define THEIRS "01890000-0000-7000-8000-0000000000bb"
#define NOW "2026-01-02 04:00:00+00"
#define LEASE "2026-01-02 05:00:00+00"

enum { NOW_S = 1767326400, AGEING_MS = 30000, MOST = 2000 };

/* Tenants go by a letter: big, small, heavy. */
enum { BIG, SMALL, HEAVY, N_TENANTS };
static const char letters[] = "bsh";

struct place {
	struct stored at;
	char order[MOST + 1]; /* the letters of what was claimed */
	size_t n;
	int miners[N_TENANTS]; /* that those asked for */
};

static int
set_up(void **state)
{
	struct place *p = xcalloc(1, sizeof(*p));

	*state = p;
	if (stored_open(&p->at, "fairness") != 0)
		return -1;
	return db_exec(p->at.db,
	    "insert into kind select 1, name, 'native', '/', 'k', 1000, 1000, "
	    "1000, 2, 1, 1, 10, '{}', 0, '{}', 1000, '{}', 'none' "
	    "from unnest('{k,other}'::text[]) as k (name)");
}

static int
tear_down(void **state)
{
	struct place *p = *state;
	int status = stored_end(&p->at);

	free(p);
	return status;
}

static int
empty(void **state)
{
	struct place *p = *state;

	memset(p->order, 0, sizeof(p->order));
	memset(p->miners, 0, sizeof(p->miners));
	p->n = 0;
	return db_exec(p->at.db, "truncate job, tenant, tenant_turn cascade");
}

static void
weigh(struct place *p, int tenant, int weight)
{
	assert_int_equal(
	    db_exec(p->at.db, "insert into tenant values (1, '%c', %d)",
		letters[tenant], weight),
	    0);
}

/* That many of a tenant's jobs for so many miners each, the first of which
 * came so long ago, the others a second later each. */
static void
add_of(struct place *p, const char *kind, int tenant, int n, int miners,
    int age_s, int priority)
{
	int64_t first_us = (NOW_S - (int64_t)age_s) * 1000000;

	assert_int_equal(
	    db_exec(p->at.db,
		"insert into job (id, netuid, kind, state, params, "
		"miners_min, miners_wanted, retries_left, priority, "
		"created_at, deadline_at, rank_at, next_try_at, tenant, "
		"sticky) "
		"select gen_random_uuid(), 1, '%s', 'queued', '{}', 1, %d, 0, "
		"%d, to_timestamp(%lld + i), '" NOW "', "
		"to_timestamp(%lld + i), '" NOW "', '%c', '%c' || i "
		"from generate_series(0, %d) i",
		kind, miners, priority, (long long)(first_us / 1000000),
		(long long)(queue_rank_us(first_us, priority, AGEING_MS) /
			    1000000),
		letters[tenant], letters[tenant], n - 1),
	    0);
}

static void
add(struct place *p, int tenant, int n, int miners)
{
	add_of(p, "k", tenant, n, miners, 20000 - tenant, 0);
}

/* -- claiming ----------------------------------------------------------- */

static void
note(struct place *p, const PGresult *res)
{
	assert_int_equal(PQresultStatus(res), PGRES_TUPLES_OK);
	for (int i = 0; i < PQntuples(res); i++) {
		const char *who = PQgetvalue(res, i, PQfnumber(res, "sticky"));
		const char *miners =
		    PQgetvalue(res, i, PQfnumber(res, "miners_wanted"));

		assert_true(p->n < MOST);
		p->order[p->n++] = who[0];
		p->miners[strchr(letters, who[0]) - letters] += atoi(miners);
	}
}

/* For so many miners; how many jobs came. */
static int
claim(struct place *p, const char *room)
{
	const char *const params[] = {"1", OURS, NOW, LEASE, "{k}", room};
	PGresult *res = PQexecParams(
	    p->at.one, sql_job_claim, 6, NULL, params, NULL, NULL, 0);
	int n = PQntuples(res);

	note(p, res);
	PQclear(res);
	return n;
}

/* In claims of that size, until so many jobs came. */
static void
claim_until(struct place *p, const char *room, size_t n)
{
	while (p->n < n)
		assert_true(claim(p, room) > 0);
}

static int
count(const struct place *p, int tenant, size_t from, size_t to)
{
	int n = 0;

	for (size_t i = from; i < to; i++)
		n += p->order[i] == letters[tenant];
	return n;
}

/* At every moment from..to these two are within a quantum of their weights. */
static void
assert_in_shares(const struct place *p, int one, int weight_one, int other,
    int weight_other, size_t from, size_t to)
{
	for (size_t i = from; i <= to; i++) {
		int a = count(p, one, from, i), b = count(p, other, from, i);

		if (abs(a * weight_other - b * weight_one) >
		    weight_one * weight_other)
			fail_msg("%d and %d of the first %zu: %s", a, b, i,
			    p->order);
	}
}

/* One has ten thousand, one has ten, one weighs three: whatever the claims
 * take at once. */
static void
shares_are_kept(void **state)
{
	static const char *const rooms[] = {"{1}", "{2}", "{7}", "{50}"};

	for (size_t i = 0; i < sizeof(rooms) / sizeof(rooms[0]); i++) {
		struct place *p = *state;

		empty(state);
		add(p, BIG, 10000, 1);
		add(p, SMALL, 10, 1);
		add(p, HEAVY, 1000, 1);
		weigh(p, HEAVY, 3);
		claim_until(p, rooms[i], 250);
		/* Ten rounds of five, and the small one has all it wants. */
		assert_in_shares(p, BIG, 1, SMALL, 1, 0, 49);
		assert_in_shares(p, BIG, 1, HEAVY, 3, 0, 250);
		assert_int_equal(count(p, SMALL, 0, 50), 10);
		assert_int_equal(count(p, SMALL, 50, p->n), 0);
	}
}

static void
a_job_costs_the_miners_it_asks_for(void **state)
{
	struct place *p = *state;

	add(p, BIG, 100, 3);
	add(p, SMALL, 100, 1);
	claim_until(p, "{4}", 80);
	assert_in_range(
	    p->miners[BIG], p->miners[SMALL] - 3, p->miners[SMALL] + 3);
	assert_int_equal(count(p, BIG, 0, 80), 20);
}

/* Room for four is one job of three and one more, which gets what is left. */
static void
no_more_is_taken_than_there_is_room_for(void **state)
{
	struct place *p = *state;

	add(p, BIG, 100, 3);
	assert_int_equal(claim(p, "{1}"), 1);
	assert_int_equal(claim(p, "{4}"), 2);
	assert_int_equal(claim(p, "{6}"), 2);
	assert_int_equal(claim(p, "{50}"), 17);
}

/* Who was away while others were served has the same turns as they, not all
 * those that he missed. */
static void
nobody_keeps_credit(void **state)
{
	struct place *p = *state;

	add(p, BIG, 1000, 1);
	add(p, SMALL, 1, 1);
	claim_until(p, "{50}", 50);
	assert_int_equal(count(p, SMALL, 0, 50), 1);
	add(p, SMALL, 100, 1);
	claim_until(p, "{1}", 110);
	assert_in_shares(p, BIG, 1, SMALL, 1, 50, 110);
	assert_in_range(count(p, SMALL, 50, 110), 29, 31);
}

/* Not even what was left of its last turn. */
static void
nobody_keeps_the_rest_of_a_turn(void **state)
{
	struct place *p = *state;

	add(p, BIG, 1000, 1);
	add(p, SMALL, 2, 1);
	weigh(p, SMALL, 20);
	claim_until(p, "{1}", 4);
	assert_string_equal(p->order, "bssb");
	add_of(p, "k", SMALL, 100, 1, 200, 0);
	claim_until(p, "{1}", 5);
	assert_string_equal(p->order, "bssbb");
}

/* And who was served while nobody else was there owes nothing. */
static void
nobody_owes(void **state)
{
	struct place *p = *state;

	add(p, BIG, 1000, 1);
	claim_until(p, "{7}", 300);
	add(p, SMALL, 100, 1);
	claim_until(p, "{1}", 360);
	assert_in_range(count(p, BIG, 300, 360), 29, 31);
}

/* A job of ten miners is paid for by ten rounds; the other has twenty in
 * each. */
static void
nobody_starves(void **state)
{
	struct place *p = *state;

	add(p, BIG, 1000, 1);
	weigh(p, BIG, 20);
	add(p, SMALL, 1, 10);
	claim_until(p, "{7}", 300);
	assert_int_equal(count(p, SMALL, 0, 300), 1);
	assert_in_range(strchr(p->order, 's') - p->order, 180, 200);
}

/* -- within a tenant ---------------------------------------------------- */

static void
priority_buys_no_others_turn(void **state)
{
	struct place *p = *state;

	add_of(p, "k", BIG, 100, 1, 100, 100);
	add_of(p, "k", SMALL, 100, 1, 100, -100);
	claim_until(p, "{1}", 60);
	assert_in_shares(p, BIG, 1, SMALL, 1, 0, 60);
}

/* The numbers behind the letter of one tenant's first jobs, "0 1 0". */
static void
assert_claims(struct place *p, const char *priorities)
{
	char *text;

	text = db_text(p->at.db,
	    "select string_agg(priority::text, ' ' order by "
	    "rank_at) from job where lease_owner = '" OURS "'");
	assert_string_equal(text, priorities);
	free(text);
}

/* Ten points are worth five minutes. */
static void
priorities_age_within_a_tenant(void **state)
{
	struct place *p = *state;

	add(p, BIG, 100, 1);
	add_of(p, "k", SMALL, 1, 1, 290, 0);
	add_of(p, "k", SMALL, 1, 1, 310, 1);
	add_of(p, "k", SMALL, 1, 1, 0, 10);
	claim(p, "{4}");
	assert_int_equal(count(p, SMALL, 0, 4), 2);
	assert_int_equal(
	    db_int(p->at.db,
		"select count(*) from job where tenant = 's' and "
		"lease_owner = '" OURS "' and priority in (1, 10)"),
	    2);
	db_exec(p->at.db, "delete from job where tenant = 'b'");
	claim(p, "{1}");
	assert_claims(p, "1 10 0");
}

/* -- what came to nothing ----------------------------------------------- */

static void
put_back(struct place *p, const char *tenant)
{
	char *id = db_text(p->at.db,
	    "select id from job where tenant = '%s' and lease_owner = '" OURS
	    "' order by rank_at desc limit 1",
	    tenant);
	const char *const params[] = {id, OURS, NOW};
	PGresult *res = PQexecParams(
	    p->at.one, sql_job_wait, 3, NULL, params, NULL, NULL, 0);

	assert_int_equal(PQresultStatus(res), PGRES_COMMAND_OK);
	assert_string_equal(PQcmdTuples(res), "1");
	PQclear(res);
	free(id);
}

/* It goes first, and others have their turns as if it had gone at once. */
static void
a_job_pays_once(void **state)
{
	struct place *p = *state;

	add(p, BIG, 100, 1);
	add(p, SMALL, 100, 1);
	claim_until(p, "{1}", 1);
	for (int i = 0; i < 5; i++) {
		put_back(p, p->order[0] == 'b' ? "b" : "s");
		claim_until(p, "{1}", p->n + 1);
		assert_int_equal(p->order[p->n - 1], p->order[0]);
	}
	claim_until(p, "{1}", 46);
	assert_in_shares(p, BIG, 1, SMALL, 1, 5, 46);
}

static void
a_kind_has_turns_of_its_own(void **state)
{
	struct place *p = *state;

	add_of(p, "other", SMALL, 100, 1, 500, 0);
	add(p, BIG, 100, 1);
	add(p, SMALL, 100, 1);
	claim_until(p, "{1}", 40);
	assert_in_shares(p, BIG, 1, SMALL, 1, 0, 40);
	assert_int_equal(
	    db_int(p->at.db,
		"select count(*) from job where kind = 'other' and "
		"lease_owner is not null"),
	    0);
}

/* -- two at once -------------------------------------------------------- */

static void
send_their_claim(struct place *p)
{
	const char *const params[] = {"1", THEIRS, NOW, LEASE, "{k}", "{10}"};

	assert_int_equal(PQsendQueryParams(p->at.two, sql_job_claim, 6, NULL,
			     params, NULL, NULL, 0),
	    1);
}

static void
take_their_claim(struct place *p)
{
	PGresult *res;

	while ((res = PQgetResult(p->at.two)) != NULL) {
		note(p, res);
		PQclear(res);
	}
}

/* The second begins while the first is not committed, and so sees the queue
 * as it was before. */
static void
two_never_take_the_same(void **state)
{
	struct place *p = *state;
	PGresult *res;

	add(p, BIG, 10000, 1);
	add(p, SMALL, 100, 1);
	add(p, HEAVY, 1000, 1);
	weigh(p, HEAVY, 3);
	for (int i = 1; i <= 10; i++) {
		PQclear(PQexec(p->at.one, "begin"));
		assert_int_equal(claim(p, "{10}"), 10);
		send_their_claim(p);
		assert_int_equal(
		    db_wait_int(p->at.db, 1, 0,
			"select count(*) from pg_stat_activity where pid = %d "
			"and (wait_event_type = 'Lock' or state = 'idle')",
			PQbackendPID(p->at.two)),
		    0);
		res = PQexec(p->at.one, "commit");
		assert_int_equal(PQresultStatus(res), PGRES_COMMAND_OK);
		PQclear(res);
		take_their_claim(p);
		assert_int_equal(p->n, 20 * i);
		assert_int_equal(
		    db_int(p->at.db, "select count(*) from job where paid"),
		    20 * i);
	}
	/* Both claims of a pair go by the same credit: two quanta. */
	assert_in_range(count(p, BIG, 0, 200), 38, 42);
	assert_in_range(count(p, SMALL, 0, 200), 38, 42);
	assert_in_range(count(p, HEAVY, 0, 200), 114, 126);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(shares_are_kept, empty),
	    cmocka_unit_test_setup(a_job_costs_the_miners_it_asks_for, empty),
	    cmocka_unit_test_setup(
		no_more_is_taken_than_there_is_room_for, empty),
	    cmocka_unit_test_setup(nobody_keeps_credit, empty),
	    cmocka_unit_test_setup(nobody_keeps_the_rest_of_a_turn, empty),
	    cmocka_unit_test_setup(nobody_owes, empty),
	    cmocka_unit_test_setup(nobody_starves, empty),
	    cmocka_unit_test_setup(priority_buys_no_others_turn, empty),
	    cmocka_unit_test_setup(priorities_age_within_a_tenant, empty),
	    cmocka_unit_test_setup(a_job_pays_once, empty),
	    cmocka_unit_test_setup(a_kind_has_turns_of_its_own, empty),
	    cmocka_unit_test_setup(two_never_take_the_same, empty),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

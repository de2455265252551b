/*
 * What PostgreSQL decides about gists and posts: what is due and by whom it is
 * taken, which claims are new and how many, what is measured once for ever,
 * and what a round reads of it in which order.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libpq-fe.h>

#include "common/xalloc.h"
#include "sql.h"
#include "tests/lib/db.h"
#include "tests/lib/stored.h"

#define AT(minute) "2026-01-02 04:" minute ":00+00"

enum { MAX_CELLS = 16 };

static int
set_up(void **state)
{
	return stored_new(state, "posts") != NULL ? 0 : -1;
}

static int
add_neuron(struct stored *p, int uid, const char *hotkey)
{
	return db_exec(p->db,
	    "insert into neuron (netuid, uid, hotkey, coldkey, block, "
	    "alpha_stake, tao_stake, total_stake, validator_permit, "
	    "last_update) values (1, %d, '%s', 'c', 1, 0, 0, 0, false, 0)",
	    uid, hotkey);
}

static int
fresh(void **state)
{
	struct stored *p = *state;

	if (db_exec(p->db,
		"truncate neuron, commitment, gist, gist_fault, post, "
		"post_claim, post_claim_change, post_observation, "
		"post_verdict, post_budget cascade") != 0)
		return -1;
	return add_neuron(p, 1, "5Alice") | add_neuron(p, 2, "5Bob") |
	       db_exec(p->db, "select post_partitions(0, 2000)");
}

/* The rows of a statement, which the caller clears; NULL ends the
 * parameters, "-" is null. */
static PGresult *
ask(PGconn *conn, const char *sql, ...)
{
	const char *params[MAX_CELLS], *param;
	PGresult *res;
	va_list args;
	int n = 0;

	va_start(args, sql);
	while ((param = va_arg(args, const char *)) != NULL)
		params[n++] = strcmp(param, "-") == 0 ? NULL : param;
	va_end(args);
	res = PQexecParams(conn, sql, n, NULL, params, NULL, NULL, 0);
	if (PQresultStatus(res) != PGRES_TUPLES_OK &&
	    PQresultStatus(res) != PGRES_COMMAND_OK)
		fail_msg("%s", PQerrorMessage(conn));
	return res;
}

#define RUN(p, ...) PQclear(ask((p)->one, __VA_ARGS__, NULL))

static const char *
cell(const PGresult *res, int row, const char *column)
{
	return PQgetvalue(res, row, PQfnumber(res, column));
}

static void
assert_count(struct stored *p, int64_t expected, const char *from)
{
	assert_int_equal(
	    db_int(p->db, "select count(*) from %s", from), expected);
}

/* -- gists ---------------------------------------------------------------- */

static void
note(struct stored *p, const char *hotkey)
{
	RUN(p, sql_gist_note, "1", hotkey, "user:01", "100", AT("00"), "-");
}

/* What it lists: JSON of lines, most new ones in a day. */
static void
list(struct stored *p, const char *hotkey, const char *bucket,
    const char *faults, const char *claims, const char *most)
{
	RUN(p, sql_gist_posts, "1", AT("01"), claims);
	RUN(p, sql_gist_read, "1", hotkey, "user:01", AT("01"), bucket, "300",
	    "12", "etag", "sha", faults, claims, most, "0");
}

#define LINE(line, id, code)                                                   \
	"{\"line\":" #line ",\"site\":\"instagram\",\"content\":\"" id         \
	"\",\"platform\":\"instagram/"                                         \
	"reel\",\"account\":\"a\",\"nonce\":\"n\","                            \
	"\"code\":\"" code "\",\"expires\":1900000000,\"signature\":\"0x\"}"

static void
commitments_are_noted_as_they_are(void **state)
{
	struct stored *p = *state;
	PGresult *res;

	assert_int_equal(
	    db_exec(p->db,
		"insert into commitment (netuid, hotkey, read_block, block, "
		"text, address) values (1, '5Alice', 1, 7, 'user:01', null), "
		"(1, '5Bob', 1, 7, '127.0.0.1:80', '127.0.0.1:80'), "
		"(1, '5Nobody', 1, 7, 'user:02', null)"),
	    0);
	res = ask(p->one, sql_gist_new, "1", "10", NULL);
	assert_int_equal(PQntuples(res), 1);
	assert_string_equal(cell(res, 0, "hotkey"), "5Alice");
	assert_string_equal(cell(res, 0, "block"), "7");
	PQclear(res);
	note(p, "5Alice");
	res = ask(p->one, sql_gist_new, "1", "10", NULL);
	assert_int_equal(PQntuples(res), 0);
	PQclear(res);
	/* Withdrawn. */
	assert_int_equal(db_exec(p->db, "delete from commitment"), 0);
	res = ask(p->one, sql_gist_new, "1", "10", NULL);
	assert_int_equal(PQntuples(res), 1);
	assert_true(PQgetisnull(res, 0, PQfnumber(res, "text")));
	PQclear(res);
}

static void
a_gist_is_taken_by_one_at_a_time(void **state)
{
	struct stored *p = *state;
	PGresult *res;

	note(p, "5Alice");
	res = ask(
	    p->one, sql_gist_take, "1", "10", AT("05"), AT("00"), "9", NULL);
	assert_int_equal(PQntuples(res), 1);
	PQclear(res);
	res = ask(
	    p->two, sql_gist_take, "1", "10", AT("05"), AT("00"), "9", NULL);
	assert_int_equal(PQntuples(res), 0);
	PQclear(res);
	/* Nobody came back: again later. */
	res = ask(
	    p->two, sql_gist_take, "1", "10", AT("20"), AT("10"), "9", NULL);
	assert_int_equal(PQntuples(res), 1);
	PQclear(res);
	list(p, "5Alice", "10", "[]", "[]", "9");
	res = ask(
	    p->two, sql_gist_take, "1", "11", AT("40"), AT("30"), "9", NULL);
	assert_int_equal(PQntuples(res), 0); /* due in bucket 12 */
	PQclear(res);
}

static void
lines_become_claims_and_faults(void **state)
{
	struct stored *p = *state;

	note(p, "5Alice");
	list(p, "5Alice", "10", "[{\"line\":3,\"why\":\"no JSON\"}]",
	    "[" LINE(1, "CaaaA", "x") "," LINE(2, "CbbbB", "y") "]", "9");
	assert_count(p, 2, "post where due_bucket = 0");
	assert_count(p, 2,
	    "post_claim where is_listed and state = 'new' and block = 300 and "
	    "bucket = 10 and code in ('x', 'y')");
	assert_count(p, 1, "gist_fault where line = 3 and why = 'no JSON'");
	/* One line less, none wrong any more. */
	list(p, "5Alice", "12", "[]", "[" LINE(1, "CaaaA", "x") "]", "9");
	assert_count(p, 1, "post_claim where is_listed");
	assert_count(p, 0, "gist_fault");
	/* It was there first, and is again. */
	list(p, "5Alice", "14", "[]",
	    "[" LINE(1, "CaaaA", "x") "," LINE(2, "CbbbB", "y") "]", "9");
	assert_count(p, 2, "post_claim where is_listed and bucket = 10");
}

static void
only_so_many_are_new_in_a_day(void **state)
{
	struct stored *p = *state;

	note(p, "5Alice");
	list(p, "5Alice", "10", "[]",
	    "[" LINE(1, "CaaaA", "x") "," LINE(2, "CbbbB", "y") "," LINE(
		3, "CcccC", "z") "]",
	    "2");
	assert_count(p, 2, "post_claim");
	assert_count(
	    p, 1, "gist_fault where line = 3 and why like 'too many new%'");
	/* It is read whole the next time. */
	assert_count(p, 1, "gist where etag is null and state = 'read'");
}

static void
another_code_is_another_proof(void **state)
{
	struct stored *p = *state;

	note(p, "5Alice");
	list(p, "5Alice", "10", "[]", "[" LINE(1, "CaaaA", "x") "]", "9");
	assert_int_equal(
	    db_exec(p->db, "update post_claim set is_proven = true, "
			   "proven_bucket = 10"),
	    0);
	assert_int_equal(db_exec(p->db, "update post set due_bucket = 99"), 0);
	list(p, "5Alice", "12", "[]", "[" LINE(1, "CaaaA", "x") "]", "9");
	assert_count(p, 1, "post_claim where is_proven");
	assert_count(p, 1, "post where due_bucket = 99");
	list(p, "5Alice", "12", "[]", "[" LINE(1, "CaaaA", "y") "]", "9");
	assert_count(p, 1,
	    "post_claim where is_proven is null and proven_bucket is null");
	assert_count(p, 1, "post where due_bucket = 12");
}

static void
what_is_away_changes_nothing_and_gone_unlists(void **state)
{
	struct stored *p = *state;

	note(p, "5Alice");
	list(p, "5Alice", "10", "[]", "[" LINE(1, "CaaaA", "x") "]", "9");
	RUN(p, sql_gist_away, "1", "5Alice", "user:01", AT("02"), "unavailable",
	    "11", "0", "-", "timeout", "false");
	assert_count(p, 1, "post_claim where is_listed");
	RUN(p, sql_gist_away, "1", "5Alice", "another", AT("02"), "gone", "11",
	    "3", "10", "status 404", "true");
	assert_count(p, 1, "post_claim where is_listed");
	RUN(p, sql_gist_away, "1", "5Alice", "user:01", AT("02"), "gone", "11",
	    "3", "10", "status 404", "true");
	assert_count(p, 0, "post_claim where is_listed");
}

/* -- posts ---------------------------------------------------------------- */

static void
claim_one(struct stored *p, const char *hotkey)
{
	note(p, hotkey);
	list(p, hotkey, "10", "[]", "[" LINE(1, "CaaaA", "x") "]", "9");
}

static PGresult *
take(PGconn *conn, const char *bucket, const char *now, const char *before)
{
	return ask(conn, sql_post_take, "1", bucket, now, before, "9", NULL);
}

static void
a_post_is_measured_once_for_all_who_claim_it(void **state)
{
	struct stored *p = *state;
	PGresult *res;

	claim_one(p, "5Bob");
	assert_int_equal(
	    db_exec(p->db, "update post_claim set block = 400"), 0);
	claim_one(p, "5Alice");
	RUN(p, sql_post_spend, "1", "10",
	    "[{\"hotkey\":\"5Alice\",\"service\":\"tracker\",\"used\":4},"
	    "{\"hotkey\":\"5Alice\",\"service\":\"detector\",\"used\":2}]");
	res = take(p->one, "10", AT("05"), AT("00"));
	assert_int_equal(PQntuples(res), 1);
	assert_string_equal(cell(res, 0, "hotkey"), "5Alice"); /* first */
	assert_string_equal(cell(res, 0, "used_tracker"), "4");
	assert_string_equal(cell(res, 0, "used_detector"), "2");
	assert_string_equal(cell(res, 0, "used_moderator"), "0");
	assert_non_null(strstr(cell(res, 0, "claims"), "5Bob"));
	PQclear(res);
	res = take(p->two, "10", AT("05"), AT("00"));
	assert_int_equal(PQntuples(res), 0);
	PQclear(res);
}

static void
what_nobody_lists_is_not_measured(void **state)
{
	struct stored *p = *state;
	PGresult *res;

	claim_one(p, "5Alice");
	assert_int_equal(
	    db_exec(p->db, "update post_claim set is_listed = false"), 0);
	res = take(p->one, "10", AT("05"), AT("00"));
	assert_int_equal(PQntuples(res), 0);
	PQclear(res);
	assert_int_equal(db_exec(p->db, "update post_claim set is_listed = "
					"true; delete from neuron"),
	    0);
	res = take(p->one, "10", AT("05"), AT("00"));
	assert_int_equal(PQntuples(res), 0);
	PQclear(res);
}

/* A look at the one post there is. */
static void
look(struct stored *p, const char *bucket, const char *more, const char *claims)
{
	char *posts =
	    xasprintf("[{\"id\":%lld,\"due\":11,\"measured\":1,\"gones\":0,"
		      "\"is_gone\":false%s}]",
		(long long)db_int(p->db, "select id from post"), more);

	RUN(p, sql_post_look, "1", bucket, "300", AT("05"), posts, claims);
	free(posts);
}

static void
what_was_measured_stays(void **state)
{
	struct stored *p = *state;

	claim_one(p, "5Alice");
	look(p, "10",
	    ",\"state\":\"ok\",\"views\":100,\"owner\":\"me\","
	    "\"published_us\":1700000000000000",
	    "[]");
	look(p, "10", ",\"state\":\"ok\",\"views\":7", "[]");
	assert_count(p, 1, "post_observation");
	assert_count(p, 1,
	    "post_observation where bucket = 10 and views = 100 and likes is "
	    "null");
	assert_count(p, 1, "post where owner = 'me' and bucket = 10");
	/* What could not be measured leaves no row. */
	look(p, "11", ",\"away\":\"status 503\"", "[]");
	assert_count(p, 1, "post_observation");
	assert_count(p, 1,
	    "post where bucket = 10 and away = 'status 503' and owner = 'me'");
}

static void
a_claim_is_proven_since_a_bucket(void **state)
{
	struct stored *p = *state;
	char *proven, *not ;

	claim_one(p, "5Alice");
	proven = xasprintf("[{\"id\":%lld,\"proven\":true,\"why\":null}]",
	    (long long)db_int(p->db, "select id from post_claim"));
	not = xasprintf("[{\"id\":%lld,\"proven\":false,\"why\":\"no code\"}]",
	    (long long)db_int(p->db, "select id from post_claim"));
	look(p, "10", ",\"state\":\"ok\"", proven);
	look(p, "11", ",\"state\":\"ok\"", proven);
	assert_count(p, 1, "post_claim where is_proven and proven_bucket = 10");
	look(p, "12", ",\"state\":\"ok\"", not );
	assert_count(p, 1,
	    "post_claim where not is_proven and proven_bucket is null and "
	    "unproven_why = 'no code'");
	look(p, "13", ",\"state\":\"ok\"", proven);
	assert_count(p, 1, "post_claim where is_proven and proven_bucket = 13");
	free(proven);
	free(not );
}

static void
a_verdict_stands_until_another(void **state)
{
	struct stored *p = *state;

	RUN(p, sql_post_verdicts, "1", AT("05"),
	    "[{\"service\":\"detector\",\"site\":\"x\",\"subject\":\"1\","
	    "\"due\":99,\"answered\":true,\"is_gone\":false,\"score\":0.9,"
	    "\"phash\":-1}]");
	RUN(p, sql_post_verdicts, "1", AT("06"),
	    "[{\"service\":\"detector\",\"site\":\"x\",\"subject\":\"1\","
	    "\"due\":12,\"answered\":false,\"is_gone\":false,"
	    "\"why\":\"status 500\"}]");
	assert_count(p, 1,
	    "post_verdict where score = 0.9 and phash = repeat('1', "
	    "64)::bit(64) and why = 'status 500' and due_bucket = 12 and "
	    "answered_at = '" AT("05") "'");
}

static void
an_account_is_looked_at_by_one_at_a_time(void **state)
{
	struct stored *p = *state;
	PGresult *res;

	claim_one(p, "5Alice");
	assert_int_equal(
	    db_exec(p->db, "update post set owner = 'me'; update post_claim "
			   "set state = 'held'"),
	    0);
	res = ask(p->one, sql_post_accounts, "1", "10", "9", NULL);
	assert_int_equal(PQntuples(res), 1);
	assert_string_equal(cell(res, 0, "account"), "me");
	assert_string_equal(cell(res, 0, "used"), "0");
	PQclear(res);
	res = ask(p->two, sql_post_accounts, "1", "10", "9", NULL);
	assert_int_equal(PQntuples(res), 0);
	PQclear(res);
	res = ask(p->two, sql_post_accounts, "1", "11", "9", NULL);
	assert_int_equal(PQntuples(res), 1);
	PQclear(res);
}

/* -- who has what --------------------------------------------------------- */

static void
a_post_goes_from_one_holder_to_another(void **state)
{
	struct stored *p = *state;
	char *lost, *won;

	claim_one(p, "5Alice");
	claim_one(p, "5Bob");
	assert_int_equal(
	    db_exec(p->db, "update post_claim set state = case when hotkey = "
			   "'5Bob' then 'held' else 'unproven' end"),
	    0);
	lost = xasprintf("[{\"id\":%lld,\"was\":\"held\",\"state\":"
			 "\"duplicate\",\"why\":\"w\",\"by\":\"5Alice\"}]",
	    (long long)db_int(
		p->db, "select id from post_claim where hotkey = '5Bob'"));
	won =
	    xasprintf("[{\"id\":%lld,\"was\":\"unproven\",\"state\":\"held\"}]",
		(long long)db_int(p->db,
		    "select id from post_claim where hotkey = '5Alice'"));
	RUN(p, sql_post_settle, "10", AT("05"), lost);
	RUN(p, sql_post_settle, "10", AT("05"), won);
	assert_count(
	    p, 1, "post_claim where hotkey = '5Alice' and state = 'held'");
	assert_count(p, 1,
	    "post_claim_change where state = 'duplicate' and by_hotkey = "
	    "'5Alice' and n = 1");
	/* Somebody has said so already. */
	RUN(p, sql_post_settle, "10", AT("05"), won);
	assert_count(p, 2, "post_claim_change");
	free(lost);
	free(won);
}

static void
claims_of_hotkeys_that_left_are_read_to_be_ended(void **state)
{
	struct stored *p = *state;
	PGresult *res;

	claim_one(p, "5Alice");
	assert_int_equal(db_exec(p->db, "delete from neuron where hotkey = "
					"'5Alice'"),
	    0);
	res = ask(p->one, sql_post_claims, "1", AT("05"), NULL);
	assert_int_equal(PQntuples(res), 1);
	assert_string_equal(cell(res, 0, "is_neuron"), "f");
	PQclear(res);
	assert_int_equal(
	    db_exec(p->db,
		"update post_claim set is_listed = false, state = 'unlisted'"),
	    0);
	res = ask(p->one, sql_post_claims, "1", AT("05"), NULL);
	assert_int_equal(PQntuples(res), 0);
	PQclear(res);
}

/* -- for dashboards ------------------------------------------------------- */

static void
views_show_what_was_measured_and_what_is_wrong(void **state)
{
	struct stored *p = *state;
	char *lost;

	note(p, "5Alice");
	list(p, "5Alice", "10", "[{\"line\":3,\"why\":\"no JSON\"}]",
	    "[" LINE(1, "CaaaA", "x") "]", "9");
	look(p, "10", ",\"state\":\"ok\",\"views\":100,\"likes\":9", "[]");
	look(p, "13", ",\"state\":\"ok\",\"views\":90,\"likes\":10", "[]");
	lost = xasprintf("[{\"id\":%lld,\"was\":\"new\",\"state\":"
			 "\"copy\",\"why\":\"w\",\"by\":\"5Bob\"}]",
	    (long long)db_int(p->db, "select id from post_claim"));
	RUN(p, sql_post_settle, "13", AT("05"), lost);
	free(lost);
	assert_count(p, 1,
	    "dash_v1.posts where state = 'copy' and views = 90 and by_hotkey = "
	    "'5Bob' and bucket = 13");
	assert_count(p, 1,
	    "dash_v1.growth where bucket = 13 and buckets = 3 and views_more = "
	    "-10 and likes_more = 1");
	assert_count(p, 1, "dash_v1.flags where flag = 'copy' and bucket = 13");
	assert_count(p, 1,
	    "dash_v1.flags where flag = 'line' and why = 'line 3: no JSON'");
	assert_count(p, 1, "dash_v1.gists where claims = 1 and faults = 1");
}

/* -- for a round ---------------------------------------------------------- */

static PGresult *
page(struct stored *p, const char *hotkey, const char *content,
    const char *most, const char *seen)
{
	return ask(p->one, sql_growth_page, "1", hotkey, content, most, "0",
	    "20", seen, NULL);
}

static void
a_round_reads_page_by_page_in_order(void **state)
{
	struct stored *p = *state;
	char *seen;
	PGresult *res;

	note(p, "5Alice");
	list(p, "5Alice", "10", "[]",
	    "[" LINE(1, "CzzzA", "x") "," LINE(2, "CaaaB", "y") "]", "9");
	assert_int_equal(
	    db_exec(p->db,
		"insert into post_observation (post_id, bucket, netuid, block, "
		"at, state, views) select id, b, 1, 1, '" AT(
		    "00") "', 'ok', b "
			  "from post, (values (9), (12), (11)) as t (b) where "
			  "content_id = 'CzzzA'"),
	    0);
	seen = db_text(p->db, "select pg_current_snapshot()::text");
	res = page(p, "", "", "1", seen);
	/* Nothing was measured of the first: one row without a bucket. */
	assert_int_equal(PQntuples(res), 1);
	assert_string_equal(cell(res, 0, "content"), "instagram/reel:CaaaB");
	assert_true(PQgetisnull(res, 0, PQfnumber(res, "bucket")));
	PQclear(res);
	res = page(p, "5Alice", "instagram/reel:CaaaB", "1", seen);
	/* What was before its claim is nobody's. */
	assert_int_equal(PQntuples(res), 2);
	assert_string_equal(cell(res, 0, "bucket"), "11");
	assert_string_equal(cell(res, 1, "bucket"), "12");
	PQclear(res);
	/* What came while the round is read is of the next one. */
	assert_int_equal(
	    db_exec(p->db,
		"insert into post_observation (post_id, bucket, netuid, block, "
		"at, state, views) select id, 13, 1, 1, '" AT(
		    "00") "', 'ok', 1 "
			  "from post where content_id = 'CzzzA'"),
	    0);
	res = page(p, "5Alice", "instagram/reel:CaaaB", "1", seen);
	assert_int_equal(PQntuples(res), 2);
	PQclear(res);
	res = page(p, "5Alice", "instagram/reel:CzzzA", "1", seen);
	assert_int_equal(PQntuples(res), 0);
	PQclear(res);
	free(seen);
}

/* -- partitions ----------------------------------------------------------- */

static void
partitions_are_made_ahead_and_dropped_whole(void **state)
{
	struct stored *p = *state;
	PGresult *res =
	    ask(p->one, sql_post_partitions, "2500", "4100", "1999", NULL);

	assert_string_equal(cell(res, 0, "made"), "2");
	assert_string_equal(cell(res, 0, "dropped"), "1"); /* of 0 to 999 */
	PQclear(res);
	res = ask(p->two, sql_post_partitions, "2500", "4100", "1999", NULL);
	assert_string_equal(cell(res, 0, "made"), "0");
	assert_string_equal(cell(res, 0, "dropped"), "0");
	PQclear(res);
	assert_count(
	    p, 4, "pg_inherits where inhparent = 'post_observation'::regclass");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(commitments_are_noted_as_they_are, fresh),
	    cmocka_unit_test_setup(a_gist_is_taken_by_one_at_a_time, fresh),
	    cmocka_unit_test_setup(lines_become_claims_and_faults, fresh),
	    cmocka_unit_test_setup(only_so_many_are_new_in_a_day, fresh),
	    cmocka_unit_test_setup(another_code_is_another_proof, fresh),
	    cmocka_unit_test_setup(
		what_is_away_changes_nothing_and_gone_unlists, fresh),
	    cmocka_unit_test_setup(
		a_post_is_measured_once_for_all_who_claim_it, fresh),
	    cmocka_unit_test_setup(what_nobody_lists_is_not_measured, fresh),
	    cmocka_unit_test_setup(what_was_measured_stays, fresh),
	    cmocka_unit_test_setup(a_claim_is_proven_since_a_bucket, fresh),
	    cmocka_unit_test_setup(a_verdict_stands_until_another, fresh),
	    cmocka_unit_test_setup(
		an_account_is_looked_at_by_one_at_a_time, fresh),
	    cmocka_unit_test_setup(
		a_post_goes_from_one_holder_to_another, fresh),
	    cmocka_unit_test_setup(
		claims_of_hotkeys_that_left_are_read_to_be_ended, fresh),
	    cmocka_unit_test_setup(
		views_show_what_was_measured_and_what_is_wrong, fresh),
	    cmocka_unit_test_setup(a_round_reads_page_by_page_in_order, fresh),
	    cmocka_unit_test(partitions_are_made_ahead_and_dropped_whole),
	};

	return cmocka_run_group_tests(tests, set_up, stored_free);
}

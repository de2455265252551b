/*
 * What the gate reads and decides; and the keys that an instance remembers:
 * asked for once however many wait, fresh for a while, good for an hour while
 * PostgreSQL is away, and forgotten when they are changed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/buf.h"
#include "common/pg.h"
#include "orchestrator/gate.c"
#include "orchestrator/keys.c"

#define ID "abcdefgh0123"
#define SECRET                                                                 \
	"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define KEY "snk_" ID "_" SECRET

/* -- a world for them --------------------------------------------------- */

static int64_t mono_us = 1000000, wall_us = 1000000000;
static bool is_up = true;
static int n_asked, n_noted;
static pg_on_answer *waiting;
static void *waiting_arg;

int64_t
clock_mono_us(void)
{
	return mono_us;
}

int64_t
clock_wall_us(void)
{
	return wall_us;
}

int64_t
clock_wall_ms(void)
{
	return wall_us / 1000;
}

bool
pg_is_up(const struct pg *pg)
{
	(void)pg;
	return is_up;
}

void
store_key_get(
    struct orchestrator *o, const char *id, pg_on_answer *on_answer, void *arg)
{
	(void)o, (void)id;
	n_asked++;
	waiting = on_answer;
	waiting_arg = arg;
}

void
store_key_used(struct orchestrator *o, const char *id, int64_t now_us)
{
	(void)o, (void)id;
	assert_true(now_us == wall_us);
	n_noted++;
}

const struct principal *
principal_of(const struct http_req *req)
{
	(void)req;
	fail();
	return NULL;
}

/* A row of sql_key_get. */
static PGresult *
row(const char *role, const char *used_us)
{
	static const char *const names[] = {"hash", "role", "tenant",
	    "expires_us", "revoked_us", "used_us", "has_quota"};
	PGresAttDesc columns[7] = {0};
	PGresult *res = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
	char hash[65];
	const char *values[] = {hash, role, "acme", "0", "0", used_us, "t"};
	uint8_t bytes[API_KEY_HASH];

	api_key_hash(SECRET, bytes);
	hex_encode(bytes, sizeof(bytes), hash);
	for (int i = 0; i < 7; i++)
		columns[i].name = (char *)names[i];
	PQsetResultAttrs(res, 7, columns);
	for (int i = 0; i < 7; i++)
		PQsetvalue(res, 0, i, (char *)values[i], strlen(values[i]));
	return res;
}

static void
answer_with(PGresult *res)
{
	PGresult *results[] = {res};
	struct pg_answer done = {PG_DONE, results, 1, "", ""};
	pg_on_answer *on_answer = waiting;

	assert_non_null(on_answer);
	waiting = NULL;
	on_answer(&done, waiting_arg);
	PQclear(res);
}

static void
answer_none(enum pg_outcome outcome)
{
	PGresult *res = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
	PGresult *results[] = {res};
	struct pg_answer none = {outcome, results, 1, "away", ""};
	pg_on_answer *on_answer = waiting;

	assert_non_null(on_answer);
	waiting = NULL;
	on_answer(&none, waiting_arg);
	PQclear(res);
}

struct told {
	int times;
	enum keys_outcome outcome;
	enum role role;
};

static void
on_told(enum keys_outcome outcome, const struct key *key, void *arg)
{
	struct told *told = arg;

	told->times++;
	told->outcome = outcome;
	told->role = key != NULL ? key->role : 0;
}

static struct orchestrator world;

static int
begin(void **state)
{
	is_up = true;
	n_asked = n_noted = 0;
	waiting = NULL;
	*state = keys_new(&world);
	return 0;
}

static int
end(void **state)
{
	keys_free(*state);
	return 0;
}

static void
learn(struct keys *keys, const char *role)
{
	struct told told = {0};

	keys_look_up(keys, ID, on_told, &told);
	answer_with(row(role, "1000000000"));
	assert_int_equal(told.times, 1);
	assert_int_equal(told.outcome, KEYS_FOUND);
}

/* -- what is read ------------------------------------------------------- */

static void
a_key_comes_in_either_header(void **state)
{
	static const struct {
		const char *authorization, *x_api_key;
		enum gate_verdict verdict;
	} cases[] = {
	    {NULL, NULL, GATE_MISSING},
	    {"Bearer " KEY, NULL, GATE_ADMITTED},
	    {"bEARER   " KEY, NULL, GATE_ADMITTED},
	    {NULL, KEY, GATE_ADMITTED},
	    {"Basic abc", NULL, GATE_MISSING},
	    {"Basic abc", KEY, GATE_ADMITTED},
	    {KEY, NULL, GATE_MISSING},
	    {"Bearer x", NULL, GATE_MALFORMED},
	    /* The first one counts, good or not. */
	    {"Bearer x", KEY, GATE_MALFORMED},
	    {NULL, "", GATE_MALFORMED},
	    {NULL, "Bearer " KEY, GATE_MALFORMED},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct api_key key;
		enum gate_verdict got =
		    gate_read(cases[i].authorization, cases[i].x_api_key, &key);

		if (got != cases[i].verdict)
			fail_msg("case %zu: %d", i, got);
		if (got == GATE_ADMITTED)
			assert_string_equal(key.id, ID);
	}
}

static void
a_key_is_judged_by_secret_first(void **state)
{
	enum { NOW = 1000 };
	struct key key = {.id = ID, .role = ROLE_CLIENT};
	char other[] = SECRET;

	(void)state;
	other[63] = '0';
	api_key_hash(SECRET, key.hash);
	assert_int_equal(
	    gate_judge(&key, SECRET, ROLE_CLIENT, NOW), GATE_ADMITTED);
	assert_int_equal(
	    gate_judge(&key, SECRET, ROLE_CLIENT | ROLE_ADMIN, NOW),
	    GATE_ADMITTED);
	assert_int_equal(gate_judge(&key, SECRET, ROLE_ADMIN, NOW), GATE_ROLE);
	assert_int_equal(
	    gate_judge(&key, other, ROLE_CLIENT, NOW), GATE_SECRET);
	key.expires_us = NOW + 1;
	assert_int_equal(
	    gate_judge(&key, SECRET, ROLE_CLIENT, NOW), GATE_ADMITTED);
	key.expires_us = NOW;
	assert_int_equal(
	    gate_judge(&key, SECRET, ROLE_CLIENT, NOW), GATE_EXPIRED);
	key.revoked_us = 1;
	assert_int_equal(
	    gate_judge(&key, SECRET, ROLE_CLIENT, NOW), GATE_REVOKED);
	/* Whoever has not its secret learns nothing of it. */
	assert_int_equal(
	    gate_judge(&key, other, ROLE_CLIENT, NOW), GATE_SECRET);
}

static void
roles_are_named(void **state)
{
	static const struct {
		unsigned roles;
		const char *text;
	} cases[] = {
	    {0, ""},
	    {ROLE_ADMIN, "admin"},
	    {ROLE_CLIENT | ROLE_ADMIN, "client or admin"},
	    {ROLES_ALL, "client, miner, validator, operator or admin"},
	    {ROLE_MINER | GATE_HOTKEY | GATE_URL, "miner"},
	};
	char text[64];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		gate_name_roles(cases[i].roles, text, sizeof(text));
		assert_string_equal(text, cases[i].text);
	}
}

static void
there_are_two_ways_to_stand_open_or_not(void **state)
{
	static const char *const none[] = {"", "no", "Open", "required "};

	(void)state;
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		assert_null(gate_new(&world, none[i]));
}

/* -- what is remembered ------------------------------------------------- */

static void
a_key_is_asked_for_once(void **state)
{
	struct told told[3] = {0};
	struct keys *keys = *state;

	assert_null(keys_get(keys, ID, mono_us));
	for (int i = 0; i < 3; i++)
		keys_look_up(keys, ID, on_told, &told[i]);
	assert_int_equal(n_asked, 1);
	assert_int_equal(told[0].times, 0);
	answer_with(row("operator", "0"));
	for (int i = 0; i < 3; i++) {
		assert_int_equal(told[i].times, 1);
		assert_int_equal(told[i].outcome, KEYS_FOUND);
		assert_int_equal(told[i].role, ROLE_OPERATOR);
	}
}

static void
it_is_taken_for_what_it_was_for_a_while(void **state)
{
	struct keys *keys = *state;
	const struct key *key;

	learn(keys, "client");
	mono_us += KEYS_FRESH_MS * 1000LL - 1;
	key = keys_get(keys, ID, mono_us);
	assert_non_null(key);
	assert_string_equal(key->tenant, "acme");
	assert_true(key->has_quota);
	mono_us += 1;
	assert_null(keys_get(keys, ID, mono_us));
	learn(keys, "miner");
	assert_int_equal(keys_get(keys, ID, mono_us)->role, ROLE_MINER);
	assert_int_equal(n_asked, 2);
}

static void
one_that_is_not_there_is_not_remembered(void **state)
{
	struct told told = {0};
	struct keys *keys = *state;

	learn(keys, "client");
	mono_us += KEYS_FRESH_MS * 1000LL;
	for (int i = 1; i <= 2; i++) {
		keys_look_up(keys, ID, on_told, &told);
		answer_none(PG_DONE);
		assert_int_equal(told.times, i);
		assert_int_equal(told.outcome, KEYS_UNKNOWN);
		assert_null(keys_get(keys, ID, mono_us));
	}
	assert_int_equal(keys->n, 0);
}

static void
it_is_good_for_an_hour_while_postgresql_is_away(void **state)
{
	struct told told = {0};
	struct keys *keys = *state;
	int64_t read_us;

	learn(keys, "client");
	read_us = mono_us;
	mono_us = read_us + KEYS_STALE_MS * 1000LL - 1;
	/* It goes while it is asked, and then it is known to be away. */
	keys_look_up(keys, ID, on_told, &told);
	answer_none(PG_UNKNOWN);
	assert_int_equal(told.outcome, KEYS_FOUND);
	is_up = false;
	keys_look_up(keys, ID, on_told, &told);
	assert_int_equal(told.times, 2);
	assert_int_equal(told.outcome, KEYS_FOUND);
	assert_int_equal(n_asked, 2);
	mono_us += 1;
	keys_look_up(keys, ID, on_told, &told);
	assert_int_equal(told.outcome, KEYS_AWAY);
	/* Of others nobody can tell. */
	told.times = 0;
	keys_look_up(keys, "zzzzzzzzzzzz", on_told, &told);
	assert_int_equal(told.times, 1);
	assert_int_equal(told.outcome, KEYS_AWAY);
}

static void
one_that_is_changed_is_read_again(void **state)
{
	struct told told = {0};
	struct keys *keys = *state;

	learn(keys, "client");
	keys_forget(keys, ID);
	assert_null(keys_get(keys, ID, mono_us));
	/* Changed while it was asked: what comes may be older. */
	keys_look_up(keys, ID, on_told, &told);
	keys_forget(keys, ID);
	answer_with(row("client", "0"));
	assert_int_equal(told.outcome, KEYS_FOUND);
	assert_null(keys_get(keys, ID, mono_us));
}

/* What was known is said meanwhile. */
static void
a_peek_reads_it_again_for_the_next(void **state)
{
	struct keys *keys = *state;

	assert_null(keys_peek(keys, ID, mono_us));
	assert_int_equal(n_asked, 1);
	answer_with(row("client", "0"));
	assert_int_equal(keys_peek(keys, ID, mono_us)->role, ROLE_CLIENT);
	assert_int_equal(n_asked, 1);
	mono_us += KEYS_FRESH_MS * 1000LL;
	for (int i = 0; i < 2; i++)
		assert_int_equal(
		    keys_peek(keys, ID, mono_us)->role, ROLE_CLIENT);
	assert_int_equal(n_asked, 2);
	answer_with(row("miner", "0"));
	assert_int_equal(keys_peek(keys, ID, mono_us)->role, ROLE_MINER);
	is_up = false;
	mono_us += KEYS_STALE_MS * 1000LL;
	assert_int_equal(keys_peek(keys, ID, mono_us)->role, ROLE_MINER);
	assert_null(keys_peek(keys, "zzzzzzzzzzzz", mono_us));
	assert_int_equal(keys->n, 1);
}

static void
so_many_are_remembered_and_so_many_asked_for(void **state)
{
	struct keys *keys = *state;
	struct told told = {0};
	char id[20];

	for (int i = 0; i < KEYS_MOST + 10; i++) {
		snprintf(id, sizeof(id), "key%012d", i);
		keys_look_up(keys, id, on_told, &told);
		answer_with(row("client", "0"));
	}
	assert_int_equal(keys->n, KEYS_MOST);
	assert_null(keys_get(keys, "key000000000000", mono_us));
	assert_non_null(keys_get(keys, id, mono_us));
	n_asked = told.times = 0;
	for (int i = 0; i < KEYS_MOST_ASKED + 10; i++) {
		snprintf(id, sizeof(id), "new%012d", i);
		keys_look_up(keys, id, on_told, &told);
	}
	assert_int_equal(n_asked, KEYS_MOST_ASKED);
	assert_int_equal(told.times, 10);
	assert_int_equal(told.outcome, KEYS_AWAY);
}

static void
its_use_is_noted_once_a_minute(void **state)
{
	struct keys *keys = *state;
	struct told told = {0};
	char used_us[24];

	keys_look_up(keys, ID, on_told, &told);
	answer_with(row("client", "0"));
	assert_int_equal(n_noted, 1);
	snprintf(used_us, sizeof(used_us), "%lld",
	    (long long)wall_us - 60 * 1000000LL);
	keys_look_up(keys, ID, on_told, &told);
	answer_with(row("client", used_us));
	assert_int_equal(n_noted, 1);
	wall_us++;
	keys_look_up(keys, ID, on_told, &told);
	answer_with(row("client", used_us));
	assert_int_equal(n_noted, 2);
}

#define WITH_KEYS(test) cmocka_unit_test_setup_teardown(test, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_key_comes_in_either_header),
	    cmocka_unit_test(a_key_is_judged_by_secret_first),
	    cmocka_unit_test(roles_are_named),
	    cmocka_unit_test(there_are_two_ways_to_stand_open_or_not),
	    WITH_KEYS(a_key_is_asked_for_once),
	    WITH_KEYS(it_is_taken_for_what_it_was_for_a_while),
	    WITH_KEYS(one_that_is_not_there_is_not_remembered),
	    WITH_KEYS(it_is_good_for_an_hour_while_postgresql_is_away),
	    WITH_KEYS(one_that_is_changed_is_read_again),
	    WITH_KEYS(a_peek_reads_it_again_for_the_next),
	    WITH_KEYS(so_many_are_remembered_and_so_many_asked_for),
	    WITH_KEYS(its_use_is_noted_once_a_minute),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

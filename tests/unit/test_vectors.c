/* The vector that waits, with a store of the test's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "weightsetter/refusal.c"
#include "weightsetter/retry.c"
#include "weightsetter/vectors.c"

/* -- in the place of PostgreSQL ------------------------------------------ */

struct fake {
	const char *newest; /* undecided; NULL: none */
	void (*on_vector)(enum store_outcome, struct vector *, void *);
	void (*on_entries)(
	    enum store_outcome, struct vector_entry *, size_t, void *);
	store_cb *on_refused;
	void *arg;
	int looked, superseded;
	char spared[PLAN_ID], refused[PLAN_ID], reason[REFUSAL_MAX + 16];
	const char *open; /* the vector under way */
	int changes;
};

static struct fake fake;

void
vector_free(struct vector *v)
{
	if (v == NULL)
		return;
	free(v->entries);
	free(v);
}

void
store_waiting(struct store *s, uint16_t netuid, uint8_t mecid,
    void (*cb)(enum store_outcome, struct vector *, void *), void *arg)
{
	(void)s;
	assert_int_equal(netuid, 11);
	assert_int_equal(mecid, 1);
	assert_null(fake.on_vector);
	fake.looked++;
	fake.on_vector = cb;
	fake.arg = arg;
}

void
store_entries(struct store *s, const char *vector_id,
    void (*cb)(enum store_outcome, struct vector_entry *, size_t, void *),
    void *arg)
{
	(void)s;
	(void)vector_id;
	fake.on_entries = cb;
	fake.arg = arg;
}

void
store_refuse(struct store *s, const char *vector_id, const char *reason,
    int64_t now_us, store_cb *cb, void *arg)
{
	(void)s;
	(void)now_us;
	snprintf(fake.refused, sizeof(fake.refused), "%s", vector_id);
	snprintf(fake.reason, sizeof(fake.reason), "%s", reason);
	fake.on_refused = cb;
	fake.arg = arg;
}

void
store_supersede(struct store *s, uint16_t netuid, uint8_t mecid,
    const char *waiting, const char *under_way, int64_t now_us)
{
	(void)s;
	(void)netuid;
	(void)mecid;
	(void)waiting;
	(void)now_us;
	fake.superseded++;
	snprintf(fake.spared, sizeof(fake.spared), "%s", under_way);
}

static void
answer_vector(enum store_outcome failed_or_done)
{
	void (*cb)(enum store_outcome, struct vector *, void *) =
	    fake.on_vector;
	struct vector *v = NULL;

	assert_non_null(cb);
	fake.on_vector = NULL;
	if (failed_or_done == STORE_FAILED) {
		cb(STORE_FAILED, NULL, fake.arg);
		return;
	}
	if (fake.newest != NULL) {
		v = xcalloc(1, sizeof(*v));
		snprintf(v->id, sizeof(v->id), "%s", fake.newest);
	}
	cb(v == NULL ? STORE_NOTHING : STORE_DONE, v, fake.arg);
}

static void
answer_entries(enum store_outcome outcome, size_t n)
{
	void (*cb)(enum store_outcome, struct vector_entry *, size_t, void *) =
	    fake.on_entries;

	assert_non_null(cb);
	fake.on_entries = NULL;
	cb(outcome, n == 0 ? NULL : xcalloc(n, sizeof(struct vector_entry)), n,
	    fake.arg);
}

static const char *
under_way(void *arg)
{
	(void)arg;
	return fake.open == NULL ? "" : fake.open;
}

static void
on_change(void *arg)
{
	(void)arg;
	fake.changes++;
}

static struct vectors *
begin(const char *newest)
{
	const struct vectors_parts parts = {.netuid = 11,
	    .mecid = 1,
	    .under_way = under_way,
	    .on_change = on_change};

	fake = (struct fake){.newest = newest};
	return vectors_new(&parts);
}

/* One that is there, with its entries. */
static struct vectors *
begin_with(const char *id)
{
	struct vectors *v = begin(id);

	vectors_wake(v);
	answer_vector(STORE_DONE);
	answer_entries(STORE_DONE, 2);
	return v;
}

/* It did not come through; the tempo is long, the next epoch at 150. */
static void
come_short(
    struct vectors *v, const char *id, const char *reason, uint64_t block)
{
	const struct vectors_when at = {block, 360, 150};

	vectors_failed(v, id, reason, &at);
}

/* -- the tests ----------------------------------------------------------- */

static void
a_vector_is_ready_with_its_entries(void **state)
{
	struct vectors *v = begin("a");

	(void)state;
	assert_null(vectors_ready(v, 1));
	vectors_wake(v);
	assert_null(vectors_ready(v, 1));
	answer_vector(STORE_DONE);
	assert_null(vectors_ready(v, 1));
	assert_int_equal(fake.changes, 0);
	answer_entries(STORE_DONE, 2);
	assert_int_equal(fake.changes, 1);
	assert_string_equal(vectors_ready(v, 1)->id, "a");
	assert_int_equal(vectors_ready(v, 1)->n, 2);
	assert_int_equal(fake.superseded, 1);
	vectors_free(v);
}

static void
the_same_one_is_not_read_twice(void **state)
{
	struct vectors *v = begin_with("a");

	(void)state;
	vectors_wake(v);
	answer_vector(STORE_DONE);
	assert_null(fake.on_entries);
	assert_string_equal(vectors_ready(v, 1)->id, "a");
	vectors_free(v);
}

static void
a_newer_one_takes_its_place(void **state)
{
	struct vectors *v = begin_with("a");

	(void)state;
	fake.open = "a";
	fake.newest = "b";
	vectors_wake(v);
	answer_vector(STORE_DONE);
	assert_string_equal(fake.spared, "a");
	answer_entries(STORE_DONE, 1);
	assert_string_equal(vectors_ready(v, 1)->id, "b");
	/* what becomes of the old one is not the new one's affair */
	come_short(v, "a", "Stale", 1);
	assert_string_equal(vectors_ready(v, 1)->id, "b");
	assert_string_equal(fake.refused, "");
	vectors_free(v);
}

static void
wakes_while_looking_are_one_more_look(void **state)
{
	struct vectors *v = begin(NULL);

	(void)state;
	for (int i = 0; i < 5; i++)
		vectors_wake(v);
	assert_int_equal(fake.looked, 1);
	answer_vector(STORE_DONE);
	assert_int_equal(fake.looked, 2);
	answer_vector(STORE_DONE);
	assert_int_equal(fake.looked, 2);
	assert_null(vectors_ready(v, 1));
	vectors_free(v);
}

static void
what_is_gone_waits_no_longer(void **state)
{
	struct vectors *v = begin_with("a");

	(void)state;
	fake.newest = NULL;
	vectors_wake(v);
	answer_vector(STORE_DONE);
	assert_null(vectors_ready(v, 1));
	vectors_free(v);
}

static void
a_database_away_changes_nothing(void **state)
{
	struct vectors *v = begin_with("a");

	(void)state;
	vectors_wake(v);
	answer_vector(STORE_FAILED);
	assert_string_equal(vectors_ready(v, 1)->id, "a");
	vectors_free(v);
}

static void
entries_that_cannot_be_read_are_asked_for_again(void **state)
{
	struct vectors *v = begin("a");

	(void)state;
	vectors_wake(v);
	answer_vector(STORE_DONE);
	answer_entries(STORE_FAILED, 0);
	assert_null(vectors_ready(v, 1));
	vectors_wake(v);
	answer_vector(STORE_DONE);
	answer_entries(STORE_NOTHING, 0);
	assert_int_equal(vectors_ready(v, 1)->n, 0);
	vectors_free(v);
}

static void
decided_on_while_its_entries_were_read(void **state)
{
	struct vectors *v = begin("a");

	(void)state;
	vectors_wake(v);
	answer_vector(STORE_DONE);
	vectors_refuse(v, "a", "too_old");
	fake.arg = v;
	answer_entries(STORE_DONE, 3);
	assert_null(vectors_ready(v, 1));
	vectors_free(v);
}

static void
what_may_pass_is_tried_again_later(void **state)
{
	struct vectors *v = begin_with("a");

	(void)state;
	come_short(v, "a", "Somehow", 100);
	assert_null(vectors_ready(v, 100));
	assert_non_null(vectors_ready(v, 101));
	come_short(v, "a", "Somehow", 101);
	assert_null(vectors_ready(v, 102));
	assert_non_null(vectors_ready(v, 103));
	assert_string_equal(fake.refused, "");
	vectors_free(v);
}

static void
patience_with_refusals_ends(void **state)
{
	struct vectors *v = begin_with("a");

	(void)state;
	for (int i = 0; i < RETRY_MOST; i++)
		come_short(v, "a", "Somehow", 100);
	assert_string_equal(fake.refused, "a");
	assert_string_equal(fake.reason, "gave_up: Somehow");
	assert_null(vectors_ready(v, 10000));
	vectors_free(v);
}

/* When a vector that failed for that reason at block 100 is tried again. */
static void
each_reason_has_its_own_patience(void **state)
{
	static const struct {
		const char *reason;
		uint64_t at;
	} cases[] = {
	    {"Stale", 101},
	    {"SubtensorModule.CommitRevealEnabled", 101},
	    {"node", 101},
	    {"TemporarilyBanned", 101},
	    {"RateLimitExceeded", 132},
	    {"NeuronNoValidatorPermit", 132},
	    {"UidNotFound", 132},
	    {"Call", 150},
	    {"System.CallFiltered", 150},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct vectors *v = begin_with("a");

		come_short(v, "a", cases[i].reason, 100);
		assert_null(vectors_ready(v, cases[i].at - 1));
		assert_non_null(vectors_ready(v, cases[i].at));
		assert_string_equal(fake.refused, "");
		vectors_free(v);
	}
}

static void
what_keeps_us_from_asking_is_borne(void **state)
{
	struct vectors *v = begin_with("a");

	(void)state;
	for (int i = 0; i < 100; i++)
		come_short(v, "a", "node", 100 + 32 * i);
	assert_string_equal(fake.refused, "");
	assert_non_null(vectors_ready(v, 100000));
	vectors_free(v);
}

static void
what_has_changed_is_tried_at_once_one_time(void **state)
{
	struct vectors *v = begin_with("a");

	(void)state;
	come_short(v, "a", "BadProof", 100);
	assert_non_null(vectors_ready(v, 101));
	for (int i = 0; i < RETRY_MOST; i++)
		come_short(v, "a", "BadProof", 200);
	assert_string_equal(fake.reason, "gave_up: BadProof");
	vectors_free(v);
}

static void
what_would_last_is_refused_at_once(void **state)
{
	struct vectors *v = begin_with("a");

	(void)state;
	come_short(v, "a", "SubtensorModule.DuplicateUids", 100);
	assert_string_equal(fake.refused, "a");
	assert_null(vectors_ready(v, 10000));
	fake.on_refused(STORE_DONE, fake.arg);
	assert_int_equal(fake.looked, 2);
	vectors_free(v);
}

static void
nothing_waits_once_that_was_asked(void **state)
{
	struct vectors *v = begin(NULL);

	(void)state;
	assert_false(vectors_none(v));
	vectors_wake(v);
	assert_false(vectors_none(v));
	answer_vector(STORE_DONE);
	assert_true(vectors_none(v));
	fake.newest = "a";
	vectors_wake(v);
	answer_vector(STORE_DONE);
	assert_false(vectors_none(v));
	assert_string_equal(vectors_waiting(v)->id, "a");
	answer_entries(STORE_DONE, 1);
	assert_false(vectors_none(v));
	vectors_free(v);
}

static void
a_proven_one_makes_room_and_a_failed_one_stays(void **state)
{
	struct vectors *v = begin_with("a");

	(void)state;
	vectors_ended(v, "a", false);
	fake.on_vector = NULL;
	assert_int_equal(fake.superseded, 2);
	v->is_asking = false;
	assert_string_equal(vectors_ready(v, 1)->id, "a");
	vectors_ended(v, "a", true);
	v->is_asking = false;
	assert_null(vectors_ready(v, 1));
	vectors_free(v);
}

static void
a_reason_is_said_once(void **state)
{
	static const char too_fast[] = "too fast", no_permit[] = "no permit";
	struct vectors *v = begin_with("a");

	(void)state;
	assert_true(vectors_wait(v, too_fast));
	assert_false(vectors_wait(v, too_fast));
	assert_true(vectors_wait(v, no_permit));
	vectors_free(v);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_vector_is_ready_with_its_entries),
	    cmocka_unit_test(the_same_one_is_not_read_twice),
	    cmocka_unit_test(a_newer_one_takes_its_place),
	    cmocka_unit_test(wakes_while_looking_are_one_more_look),
	    cmocka_unit_test(what_is_gone_waits_no_longer),
	    cmocka_unit_test(a_database_away_changes_nothing),
	    cmocka_unit_test(entries_that_cannot_be_read_are_asked_for_again),
	    cmocka_unit_test(decided_on_while_its_entries_were_read),
	    cmocka_unit_test(what_may_pass_is_tried_again_later),
	    cmocka_unit_test(patience_with_refusals_ends),
	    cmocka_unit_test(each_reason_has_its_own_patience),
	    cmocka_unit_test(what_keeps_us_from_asking_is_borne),
	    cmocka_unit_test(what_has_changed_is_tried_at_once_one_time),
	    cmocka_unit_test(nothing_waits_once_that_was_asked),
	    cmocka_unit_test(what_would_last_is_refused_at_once),
	    cmocka_unit_test(a_proven_one_makes_room_and_a_failed_one_stays),
	    cmocka_unit_test(a_reason_is_said_once),
	};

	log_set_level(LOG_FATAL);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

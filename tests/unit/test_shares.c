/* How instances share slots: never more than there are, whoever comes and goes.
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

#include "orchestrator/shares.c"

static const int64_t lease_us = 16000000, second_us = 1000000;

/* What PostgreSQL would hold of an instance. */
struct row {
	struct peer peer;
	int64_t seen_us; /* 0: not there */
	bool has_left;
};

enum { MOST = 5, LANES = 40, MOST_SLOTS = 7 };

struct world {
	struct row rows[MOST];
	struct shares all[MOST];
	bool is_alive[MOST];
};

static void
start(struct world *w, int i)
{
	char id[UUID_TEXT];
	static int n;

	snprintf(id, sizeof(id), "01890000-0000-7000-8000-%012d", ++n);
	shares_init(&w->all[i], id, lease_us);
	w->rows[i] = (struct row){0};
	w->is_alive[i] = true;
}

/* It writes its row. */
static void
beat(struct world *w, int i, int64_t now_us)
{
	shares_beat(&w->all[i], now_us);
	w->rows[i].peer = w->all[i].me;
	w->rows[i].seen_us = now_us;
	shares_beaten(&w->all[i], now_us);
}

/* It reads the rows. */
static void
look(struct world *w, int i, int64_t now_us)
{
	struct peer peers[MOST];
	size_t n = 0;

	for (int k = 0; k < MOST; k++) {
		const struct row *row = &w->rows[k];

		if (row->seen_us != 0 && !row->has_left &&
		    row->seen_us >= now_us - lease_us)
			peers[n++] = row->peer;
	}
	for (size_t a = 0; a < n; a++)
		for (size_t b = a + 1; b < n; b++)
			if (strcmp(peers[b].id, peers[a].id) < 0) {
				struct peer p = peers[a];

				peers[a] = peers[b];
				peers[b] = p;
			}
	shares_read(&w->all[i], peers, n);
}

static void
turn(struct world *w, int i, int64_t now_us)
{
	beat(w, i, now_us);
	look(w, i, now_us);
}

/* The shares of a lane, together. */
static int
total(const struct world *w, int slots, uint64_t lane, int64_t now_us)
{
	int sum = 0;

	for (int i = 0; i < MOST; i++) {
		if (w->is_alive[i])
			sum += shares_of(&w->all[i], slots, lane, now_us);
	}
	return sum;
}

/* No lane is given out twice, whatever its slots. */
static void
assert_none_twice(const struct world *w, int64_t now_us)
{
	for (uint64_t k = 0; k < LANES; k++) {
		uint64_t lane =
		    shares_hash("hotkey", (char[]){(char)('a' + k), '\0'});

		for (int slots = 0; slots <= MOST_SLOTS; slots++) {
			int sum = total(w, slots, lane, now_us);

			if (sum > slots)
				fail_msg("%d of %d", sum, slots);
		}
	}
}

static void
assert_all_given(const struct world *w, int64_t now_us)
{
	for (uint64_t k = 0; k < LANES; k++) {
		uint64_t lane =
		    shares_hash("hotkey", (char[]){(char)('a' + k), '\0'});

		for (int slots = 0; slots <= MOST_SLOTS; slots++)
			assert_int_equal(total(w, slots, lane, now_us), slots);
	}
}

/* -- who is alone, who comes, who goes ------------------------------------- */

static void
who_is_alone_has_all_at_once(void **state)
{
	struct world w = {0};

	(void)state;
	assert_int_equal(shares_of(NULL, 3, 1, 0), 3);
	start(&w, 0);
	assert_int_equal(shares_of(&w.all[0], 3, 1, second_us), 0);
	turn(&w, 0, second_us);
	assert_all_given(&w, second_us);
}

static void
who_comes_waits_until_all_know(void **state)
{
	struct world w = {0};
	int64_t now_us = second_us;

	(void)state;
	for (int i = 0; i < 3; i++)
		start(&w, i);
	turn(&w, 0, now_us);
	turn(&w, 1, ++now_us);
	assert_false(shares_are_held(&w.all[1], now_us));
	turn(&w, 0, ++now_us); /* reckons with it, and says so next time */
	turn(&w, 1, ++now_us);
	assert_false(shares_are_held(&w.all[1], now_us));
	turn(&w, 0, ++now_us);
	turn(&w, 1, ++now_us);
	assert_true(shares_are_held(&w.all[1], now_us));
	assert_all_given(&w, now_us);
	/* A third has none as long as one of the two does not know it. */
	turn(&w, 2, ++now_us);
	for (int i = 0; i < 4; i++) {
		turn(&w, 0, ++now_us);
		turn(&w, 2, ++now_us);
		assert_false(shares_are_held(&w.all[2], now_us));
		assert_none_twice(&w, now_us);
	}
	turn(&w, 1, ++now_us);
	turn(&w, 1, ++now_us);
	turn(&w, 2, ++now_us);
	assert_true(shares_are_held(&w.all[2], now_us));
	assert_all_given(&w, now_us);
}

/* Of two that come at once, each sees the other or one of them does. */
static void
two_at_once_are_not_both_alone(void **state)
{
	struct world w = {0};
	int64_t now_us = second_us;

	(void)state;
	start(&w, 0);
	start(&w, 1);
	beat(&w, 0, now_us);
	look(&w, 0, now_us);
	beat(&w, 1, now_us);
	look(&w, 1, now_us);
	assert_true(shares_are_held(&w.all[0], now_us));
	assert_false(shares_are_held(&w.all[1], now_us));

	w = (struct world){0};
	start(&w, 0);
	start(&w, 1);
	beat(&w, 0, now_us);
	beat(&w, 1, now_us);
	look(&w, 0, now_us);
	look(&w, 1, now_us);
	assert_none_twice(&w, now_us);
	for (int i = 0; i < 3; i++) {
		turn(&w, 0, ++now_us);
		turn(&w, 1, ++now_us);
	}
	assert_all_given(&w, now_us);
}

static struct world
pair(int64_t *now_us)
{
	struct world w = {0};

	start(&w, 0);
	start(&w, 1);
	for (int i = 0; i < 4; i++) {
		turn(&w, 0, ++*now_us);
		turn(&w, 1, ++*now_us);
	}
	return w;
}

static void
who_leaves_leaves_all_to_the_others(void **state)
{
	int64_t now_us = second_us;
	struct world w = pair(&now_us);

	(void)state;
	shares_leave(&w.all[1]);
	assert_false(shares_are_held(&w.all[1], now_us));
	w.rows[1].has_left = true;
	turn(&w, 0, ++now_us);
	assert_all_given(&w, now_us);
}

static void
who_is_dead_is_out_after_a_lease(void **state)
{
	int64_t now_us = second_us;
	struct world w = pair(&now_us);

	(void)state;
	w.is_alive[1] = false;
	now_us += lease_us - second_us;
	turn(&w, 0, now_us);
	assert_true(total(&w, 100, 1, now_us) < 100);
	now_us += 2 * second_us;
	turn(&w, 0, now_us);
	assert_all_given(&w, now_us);
}

/* One that was stopped for a while (or could not write) gives up its share
 * before the others take it, and is new when it comes back, even if what they
 * last wrote still has it. */
static void
who_was_silent_is_new_again(void **state)
{
	int64_t now_us = second_us, joined_us;
	struct world w = pair(&now_us);
	int64_t last_us = w.rows[1].seen_us;

	(void)state;
	joined_us = w.all[1].me.joined_us;
	now_us = last_us + lease_us * 3 / 4;
	assert_true(shares_are_held(&w.all[1], now_us - 1));
	assert_false(shares_are_held(&w.all[1], now_us));
	turn(&w, 0, last_us + lease_us - 1);
	now_us = last_us + lease_us + 1;
	look(&w, 0, now_us); /* takes its share, and has not written so */
	turn(&w, 1, now_us);
	assert_true(w.all[1].me.joined_us != joined_us);
	assert_false(shares_are_held(&w.all[1], now_us));
	assert_none_twice(&w, now_us);
	for (int i = 0; i < 3; i++) {
		turn(&w, 0, ++now_us);
		turn(&w, 1, ++now_us);
	}
	assert_all_given(&w, now_us);
}

/* -- anything, in any order ------------------------------------------------ */

static uint32_t
random_of(uint32_t *seed, uint32_t n)
{
	*seed = *seed * 1664525 + 1013904223;
	return (*seed >> 8) % n;
}

static void
step(struct world *w, uint32_t *seed, int64_t now_us)
{
	int i = (int)random_of(seed, MOST);

	if (!w->is_alive[i]) {
		/* A dead one's row stays; its place is another's later. */
		if (w->rows[i].has_left ||
		    w->rows[i].seen_us < now_us - 2 * lease_us)
			start(w, i);
		return;
	}
	switch (random_of(seed, 24)) {
	case 0:
		w->is_alive[i] = false;
		return;
	case 1:
		shares_leave(&w->all[i]);
		w->rows[i].has_left = true;
		w->is_alive[i] = false;
		return;
	case 2:
	case 3:
	case 4:
		return; /* it is slow */
	case 5:
	case 6:
		beat(w, i, now_us);
		return;
	default:
		turn(w, i, now_us);
	}
}

static void
no_slot_is_anybodys_twice(void **state)
{
	int held = 0;

	(void)state;
	for (uint32_t seed = 1; seed <= 20; seed++) {
		struct world w = {0};
		uint32_t s = seed;
		int64_t now_us = 100 * lease_us;

		for (int i = 0; i < 400; i++) {
			now_us += random_of(&s, 1500000);
			step(&w, &s, now_us);
			assert_none_twice(&w, now_us);
			held += total(&w, 1, 7, now_us);
		}
	}
	assert_true(held > 1000); /* or nothing was tried */
}

/* -- the dealing ----------------------------------------------------------- */

static const struct {
	int slots;
	size_t n;
	int least, most;
} dealt[] = {
    {0, 1, 0, 0},
    {1, 1, 1, 1},
    {3, 1, 3, 3},
    {1, 2, 0, 1},
    {2, 2, 1, 1},
    {3, 2, 1, 2},
    {1, 5, 0, 1},
    {7, 5, 1, 2},
    {1000, 3, 333, 334},
};

static void
slots_are_dealt_evenly(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(dealt) / sizeof(dealt[0]); i++) {
		struct shares s = {.is_in = true, .until_us = 1};
		int sum = 0;

		for (s.n = 0; s.n < dealt[i].n; s.n++)
			s.peers[s.n] =
			    shares_hash((char[]){(char)('a' + s.n), '\0'}, "");
		for (s.mine = 0; s.mine < s.n; s.mine++) {
			int n = shares_of(&s, dealt[i].slots, 99, 0);

			assert_in_range(n, dealt[i].least, dealt[i].most);
			sum += n;
		}
		assert_int_equal(sum, dealt[i].slots);
	}
}

/* Lanes of one slot are now this one's, now that one's. */
static void
remainders_are_spread(void **state)
{
	struct shares s = {.is_in = true, .until_us = 1, .n = 2};
	int mine = 0;

	(void)state;
	s.peers[0] = shares_hash("01890000-0000-7000-8000-000000000001", "");
	s.peers[1] = shares_hash("01890000-0000-7000-8000-000000000002", "");
	for (int i = 0; i < 1000; i++) {
		char hotkey[16];

		snprintf(hotkey, sizeof(hotkey), "5F%d", i);
		mine += shares_of(&s, 1, shares_hash(hotkey, "speak"), 0);
	}
	assert_in_range(mine, 400, 600);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(who_is_alone_has_all_at_once),
	    cmocka_unit_test(who_comes_waits_until_all_know),
	    cmocka_unit_test(two_at_once_are_not_both_alone),
	    cmocka_unit_test(who_leaves_leaves_all_to_the_others),
	    cmocka_unit_test(who_is_dead_is_out_after_a_lease),
	    cmocka_unit_test(who_was_silent_is_new_again),
	    cmocka_unit_test(no_slot_is_anybodys_twice),
	    cmocka_unit_test(slots_are_dealt_evenly),
	    cmocka_unit_test(remainders_are_spread),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* When epochs begin on the development chain. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/fake/devchain/epoch.h"

static void
an_epoch_is_due_by_tempo_request_or_age(void **state)
{
	static const struct {
		struct epoch_clock clock;
		uint64_t block;
		bool due;
	} cases[] = {
	    {{.tempo = 20, .last = 80}, 99, false},
	    {{.tempo = 20, .last = 80}, 100, true},
	    {{.tempo = 20, .last = 80}, 101, true},
	    {{.tempo = 0, .last = 80}, 1000, false},
	    {{.tempo = 0, .last = 80, .pending = 90}, 90, false},
	    {{.tempo = 20, .last = 80, .pending = 90}, 89, false},
	    {{.tempo = 20, .last = 80, .pending = 90}, 90, true},
	    {{.tempo = 60000, .last = 80, .since = 50400}, 90, false},
	    {{.tempo = 60000, .last = 80, .since = 50401}, 90, true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (epoch_due(&cases[i].clock, cases[i].block) != cases[i].due)
			fail_msg("case %zu", i);
}

static void
the_block_of_an_epoch_counts_for_the_next_one(void **state)
{
	const struct epoch_clock c = {.tempo = 20, .last = 80, .index = 4};

	(void)state;
	assert_int_equal(epoch_at(&c, 99), 4);
	assert_int_equal(epoch_at(&c, 100), 5);
}

/* Those of the recorded reveal blocks whose period is one epoch from an epoch
 * that is not due yet: the first block of the next. */
static void
the_next_epoch_is_found_by_counting_on(void **state)
{
	static const struct {
		struct epoch_clock clock;
		uint64_t current, next;
	} cases[] = {
	    {{.tempo = 50, .last = 10}, 10, 60},
	    {{.tempo = 360, .last = 720, .index = 2, .since = 2}, 722, 1080},
	    {{.tempo = 360, .last = 720, .pending = 730, .since = 2}, 722, 730},
	    {{.tempo = 360, .last = 720, .since = 50401}, 722, 723},
	    {{.tempo = 0, .last = 720}, 722, 0},
	    {{.tempo = 360, .last = 720, .pending = 723}, 722, 723},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(epoch_next(&cases[i].clock, cases[i].current),
		    cases[i].next);
}

/* Subnet 3 with a tempo of 20: epochs of 21 blocks, 4 blocks early. */
static void
the_older_rule_counts_by_the_blocks_number(void **state)
{
	static const struct epoch_clock c = {
	    .by_number = true, .netuid = 3, .tempo = 20, .last = 7, .index = 9};
	static const struct epoch_clock never = {.by_number = true};
	static const struct {
		uint64_t block, epoch, next;
		bool due;
	} cases[] = {
	    {0, 0, 17, false},
	    {16, 0, 17, false},
	    {17, 1, 38, true},
	    {18, 1, 38, false},
	    {37, 1, 38, false},
	    {38, 2, 59, true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(epoch_at(&c, cases[i].block), cases[i].epoch);
		assert_int_equal(epoch_due(&c, cases[i].block), cases[i].due);
		assert_int_equal(epoch_next(&c, cases[i].block), cases[i].next);
	}
	assert_false(epoch_due(&never, 0));
	assert_int_equal(epoch_next(&never, 5), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_epoch_is_due_by_tempo_request_or_age),
	    cmocka_unit_test(the_block_of_an_epoch_counts_for_the_next_one),
	    cmocka_unit_test(the_next_epoch_is_found_by_counting_on),
	    cmocka_unit_test(the_older_rule_counts_by_the_blocks_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

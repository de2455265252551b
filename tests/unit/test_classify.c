/* The classifier of the blind test: sure where there is something to see,
 * and not where there is nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/lib/classify.c"
#include "tests/lib/dice.h"

enum { ROWS = 500, NOISE = 30 };

/* Rows of noise, in which label decides of one more feature. */
static double
auc_of_rows(double (*feature)(struct dice *, bool label))
{
	struct classify *c = classify_new();
	struct dice dice = {77};
	double auc;

	for (int i = 0; i < ROWS; i++) {
		bool label = dice_between(&dice, 0, 2) == 0;

		classify_row(c, i, label);
		for (int k = 0; k < NOISE; k++) {
			char name[16];

			snprintf(name, sizeof(name), "noise %d", k);
			classify_number(c, name, dice_between(&dice, 0, 99));
		}
		if (feature != NULL)
			classify_number(c, "it", feature(&dice, label));
		classify_word(c, "word", i % 2 == 0 ? "a" : "b");
	}
	auc = classify_auc(c);
	assert_int_equal(
	    classify_count(c, true) + classify_count(c, false), ROWS);
	classify_free(c);
	return auc;
}

static double
larger(struct dice *dice, bool label)
{
	return dice_between(dice, 0, 99) + (label ? 60 : 0);
}

/* Neither larger nor smaller. */
static double
in_the_middle(struct dice *dice, bool label)
{
	return label ? dice_between(dice, 40, 60) : dice_between(dice, 0, 99);
}

static double
always_the_same(struct dice *dice, bool label)
{
	return label ? 64 : dice_between(dice, 20, 160);
}

static double
not_there(struct dice *dice, bool label)
{
	return label ? NAN : dice_between(dice, 0, 99);
}

static void
what_is_there_is_found(void **state)
{
	(void)state;
	assert_true(auc_of_rows(larger) > 0.8);
	assert_true(auc_of_rows(in_the_middle) > 0.65);
	assert_true(auc_of_rows(always_the_same) > 0.95);
	assert_true(auc_of_rows(not_there) > 0.95);
}

static void
what_is_not_there_is_not(void **state)
{
	double auc = auc_of_rows(NULL);

	(void)state;
	assert_true(auc > 0.4 && auc < 0.6);
}

/* Rows that are told by their groups alone, which are never on both sides. */
static void
groups_stay_together(void **state)
{
	struct classify *c = classify_new();
	struct dice dice = {7};

	(void)state;
	for (int i = 0; i < ROWS; i++) {
		int group = i / 2;
		char word[16];

		classify_row(c, group, group % 2);
		snprintf(word, sizeof(word), "%d", group);
		classify_word(c, "group", word);
		classify_number(c, "noise", dice_between(&dice, 0, 99));
	}
	assert_true(classify_auc(c) < 0.65);
	classify_free(c);
}

static void
areas_of_single_features_are_counted(void **state)
{
	static const struct {
		double value;
		bool label;
	} rows[] = {{1, false}, {2, true}, {3, false}, {4, true}, {4, false}};
	struct classify *c = classify_new();

	(void)state;
	for (int i = 0; i < 5; i++) {
		classify_row(c, i, rows[i].label);
		classify_number(c, "up", rows[i].value);
		classify_number(c, "down", -rows[i].value);
		classify_number(c, "flat", 1);
		classify_word(c, "word", rows[i].label ? "yes" : "no");
	}
	/* Of six pairs 3.5 are in order. */
	assert_true(fabs(classify_alone(c, "up") - 3.5 / 6) < 1e-9);
	assert_true(fabs(classify_alone(c, "down") - 3.5 / 6) < 1e-9);
	assert_true(fabs(classify_alone(c, "flat") - 0.5) < 1e-9);
	assert_true(fabs(classify_alone(c, "word") - 1) < 1e-9);
	classify_free(c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_is_there_is_found),
	    cmocka_unit_test(what_is_not_there_is_not),
	    cmocka_unit_test(groups_stay_together),
	    cmocka_unit_test(areas_of_single_features_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

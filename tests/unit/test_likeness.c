/* chrF++, BLEU and ROUGE-L, by figures counted by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/xalloc.h"
#include "scorer/bleu.h"
#include "scorer/chrf.h"
#include "scorer/rouge.h"
#include "scorer/text.h"

static void
assert_near(const char *what, size_t row, double got, double want)
{
	if (!(fabs(got - want) < 1e-12))
		fail_msg("%s, row %zu: %.17g, not %.17g", what, row, got, want);
}

/* -- chrF ------------------------------------------------------------------ */

static const struct {
	const char *reference, *hypothesis;
	struct chrf_rule rule;
	double want;
} chrfs[] = {
    {"a", "a", {6, 0, 2}, 1}, /* five orders have no n-gram */
    {"ab", "aa", {6, 0, 2}, .25},
    {"ab", "aa", {1, 0, 2}, .5},
    {"abc", "a b c", {6, 0, 2}, 1},   /* spaces are no characters */
    {"abc", "a b c", {6, 2, 2}, .75}, /* of two words, none */
    {"abc", "xyz", {6, 2, 2}, 0},
    {"", "", {6, 2, 2}, 0},
    {"a", "", {6, 2, 2}, 0},
    {"", "a", {6, 2, 2}, 0},
    /* Of 4 letters 2, of 2 letters 2: recall counts more. */
    {"abcd", "ab", {1, 0, 1}, 2. / 3},
    {"abcd", "ab", {1, 0, 2}, 5. / 9},
    {"ab", "abcd", {1, 0, 2}, 5. / 6},
    /* Orders 3 and 4 are left out: the hypothesis has none. */
    {"abcd", "ab", {4, 0, 1}, 2 * 5. / 12 / (1 + 5. / 12)},
    /* A repeated n-gram counts as often as the other has it. */
    {"the", "the the the", {0, 1, 1}, .5},
    {"so it is", "so it was", {0, 2, 2}, (2. / 3 + 1. / 2) / 2},
    /* A mark is a word: one of two is there, not none of one. */
    {"yes!", "yes?", {0, 1, 2}, .5},
    {"yes!", "yes !", {0, 1, 2}, 1},
    {"今天好", "今天坏", {2, 0, 1}, (2. / 3 + 1. / 2) / 2},
};

static void
chrf_by_hand(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(chrfs) / sizeof(chrfs[0]); i++) {
		double got = 7;

		assert_int_equal(chrf_score(chrfs[i].reference,
				     chrfs[i].hypothesis, &chrfs[i].rule, &got),
		    0);
		assert_near("chrf", i, got, chrfs[i].want);
	}
}

static void
chrf_plus_plus_is_six_two_two(void **state)
{
	(void)state;
	assert_int_equal(chrf_plus_plus.char_order, 6);
	assert_int_equal(chrf_plus_plus.word_order, 2);
	assert_true(chrf_plus_plus.beta == 2);
}

/* -- BLEU ------------------------------------------------------------------ */

#define SIX "the cat sat on the mat"
#define FIVE "the cat sat on mat"

static const struct {
	const char *reference, *hypothesis;
	struct bleu_rule rule;
	double want, power; /* BLEU = want^power: a root of a fraction */
} bleus[] = {
    {SIX, SIX, {4, BLEU_NONE, 0, false}, 1, 1},
    {SIX, "a dog ran", {4, BLEU_EXP, 0, true}, 0, 1},
    {"", "", {4, BLEU_EXP, 0, true}, 0, 1},
    {SIX, "", {4, BLEU_EXP, 0, true}, 0, 1},
    {"", SIX, {4, BLEU_EXP, 0, true}, 0, 1},
    /* 7/7 words, then 3/6: longer than the reference, no penalty. */
    {"a b c d", "a b c d a b c", {2, BLEU_NONE, 0, false}, 4. / 7 * 3 / 6, .5},
    /* "the the the": two of three, as often as the reference has it. */
    {SIX, "the the the the the the", {1, BLEU_NONE, 0, false}, 2. / 6, 1},
    /* No four in a row is there. */
    {"a b c d e f", "a b c x d e", {4, BLEU_NONE, 0, false}, 0, 1},
    {"a b c d e f", "a b c x d e", {4, BLEU_EPSILON, .1, false},
	5. / 6 * 3 / 5 * 1 / 4 * .1 / 3, .25},
    {"a b c d e f", "a b c x d e", {4, BLEU_EXP, 0, false},
	5. / 6 * 3 / 5 * 1 / 4 * .5 / 3, .25},
    /* Two orders without a match: a half, then a quarter. */
    {"a b c d", "b a d c", {4, BLEU_EXP, 0, false},
	1 * .5 / 3 * .25 / 2 * .125 / 1, .25},
    /* Too short for four: left out, or one that is wrong. */
    {"a b c", "a b c", {4, BLEU_EXP, 0, true}, 1, 1},
    {"a b c", "a b c", {4, BLEU_EXP, 0, false}, .5, .25},
    {"a b c", "a b c", {4, BLEU_EPSILON, .2, false}, .2, .25},
    {"a b c", "a b c", {4, BLEU_NONE, 0, false}, 0, 1},
    {"a b c", "a b c", {4, BLEU_NONE, 0, true}, 1, 1},
};

static void
bleu_by_hand(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bleus) / sizeof(bleus[0]); i++) {
		double got = 7;

		assert_int_equal(bleu_score(bleus[i].reference,
				     bleus[i].hypothesis, &bleus[i].rule, &got),
		    0);
		assert_near("bleu", i, got, pow(bleus[i].want, bleus[i].power));
	}
}

static void
what_is_shorter_pays_for_it(void **state)
{
	const struct bleu_rule rule = {1, BLEU_NONE, 0, false};
	double got = 7;

	(void)state;
	assert_int_equal(bleu_score(SIX, FIVE, &rule, &got), 0);
	assert_near("bleu", 0, got, exp(1 - 6. / 5));
	assert_int_equal(bleu_score(SIX, "the", &rule, &got), 0);
	assert_near("bleu", 1, got, exp(1 - 6.));
}

/* -- ROUGE-L --------------------------------------------------------------- */

static const struct {
	const char *reference, *hypothesis;
	double beta, want;
} rouges[] = {
    {SIX, SIX, 1, 1},
    {SIX, FIVE, 1, 2 * 5. / 11},
    {"police killed the gunman", "police kill the gunman", 1, .75},
    {"police killed the gunman", "the gunman kill police", 1, .5},
    {"a b", "b a", 1, .5},
    {"a b c d", "a b", 1, 2. / 3},
    {"a b c d", "a b", 2, 5. / 9},
    {"a b c d", "a b", .5, 5. / 6},
    {"a", "b", 1, 0},
    {"", "b", 1, 0},
    {"a", "", 1, 0},
    {"", "", 1, 0},
};

static void
rouge_by_hand(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rouges) / sizeof(rouges[0]); i++) {
		double got = 7;

		assert_int_equal(
		    rouge_l(rouges[i].reference, rouges[i].hypothesis,
			rouges[i].beta, &got),
		    0);
		assert_near("rouge_l", i, got, rouges[i].want);
	}
}

/* -- limits ---------------------------------------------------------------- */

static void
what_is_too_long_is_not_measured(void **state)
{
	const size_t n = TEXT_MAX_SYMBOLS + 1;
	char *words = xcalloc(1, 2 * n);
	double got = 7;

	(void)state;
	for (size_t i = 0; i < n; i++)
		memcpy(words + 2 * i, "x ", 2);
	words[2 * n - 1] = '\0';
	assert_int_equal(chrf_score(words, "x", &chrf_plus_plus, &got), -1);
	assert_int_equal(chrf_score("x", words, &chrf_plus_plus, &got), -1);
	assert_int_equal(bleu_score(words, "x", &bleu_sentence, &got), -1);
	assert_int_equal(bleu_score("x", words, &bleu_sentence, &got), -1);
	assert_int_equal(rouge_l(words, "x", 1, &got), -1);
	assert_int_equal(rouge_l("x", words, 1, &got), -1);
	assert_true(got == 7);
	assert_int_equal(rouge_l(words + 2, words + 2, 1, &got), 0);
	assert_true(got == 1);
	assert_int_equal(
	    chrf_score(words + 2, words + 2, &chrf_plus_plus, &got), 0);
	assert_true(got == 1);
	assert_int_equal(
	    bleu_score(words + 2, words + 2, &bleu_sentence, &got), 0);
	assert_true(got == 1);
	free(words);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(chrf_by_hand),
	    cmocka_unit_test(chrf_plus_plus_is_six_two_two),
	    cmocka_unit_test(bleu_by_hand),
	    cmocka_unit_test(what_is_shorter_pays_for_it),
	    cmocka_unit_test(rouge_by_hand),
	    cmocka_unit_test(what_is_too_long_is_not_measured),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Word and letter error rates, counted by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/xalloc.h"
#include "scorer/wer.h"

static const struct {
	const char *known, *heard;
	double want;
} words[] = {
    {"the quick brown fox", "the quick brown fox", 0},
    {"The quick, brown fox!", "the QUICK brown fox", 0},
    {"the quick brown fox", "the quick brown", 1. / 4},		 /* one lost */
    {"the quick brown fox", "the very quick brown fox", 1. / 4}, /* one more */
    {"the quick brown fox", "the slow brown fox", 1. / 4},
    {"the quick brown fox", "a slow red hen", 1},
    {"the quick brown fox", "", 1},
    {"the quick brown fox", "quick the brown fox", 2. / 4}, /* swapped */
    {"please send the report to the whole office before friday evening",
	"please send your report to the whole office before friday evening",
	1. / 11},
    {"she sells sea shells by the sea shore",
	"she sells seashells by the seashore", 4. / 8},
    {"one", "one two", 1}, {"one", "one two three", 2},
    {"one", "four five six", 3}, /* one replaced, two more */
    {"one two", "a b c d e f g h one two", 4}, {"a b", "c d e f", 2},
    {"don't", "don\u2019t", 0},
    {"\u041f\u0440\u0438\u0432\u0435\u0442 \u043c\u0438\u0440",
	"\u043f\u0440\u0438\u0432\u0435\u0442, \u043c\u0438\u0440!", 0},
    /* Without spaces each character is a word, told the language or not. */
    {"今天天气很好", "今天天气很坏。", 1. / 6},
    {"請開 YouTube 看看", "请開youtube看看", 1. / 5},
    {"ラーメンを食べた", "らーめんを食べた", 3. / 8}, {"เด็ก", "เด็ก", 0},
    {"오늘 날씨가 좋다", "오늘 날씨는 좋다", 1. / 3}, /* Hangul has spaces */
};

static void
word_rates_agree_with_counting(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		double rate = -1;

		assert_int_equal(
		    wer_words(words[i].known, words[i].heard, &rate), 0);
		assert_true(fabs(rate - words[i].want) < 1e-15);
	}
}

static const struct {
	const char *known, *heard;
	double want;
} letters[] = {
    {"kitten", "sitting", 3. / 6},
    {"abc", "a b c", 0},
    {"\u4eca\u5929\u5929\u6c14\u5f88\u597d",
	"\u4eca\u5929\u5929\u6c14\u5f88\u597d\u3002", 0},
    {"\u4eca\u5929\u5929\u6c14\u5f88\u597d",
	"\u4eca\u5929\u5929\u6c23\u5f88\u597d", 1. / 6},
    {"\u4eca\u5929\u5929\u6c14\u5f88\u597d", "\u4eca\u5929", 4. / 6},
    {"\u4eca\u5929", "", 1},
};

static void
letter_rates_agree_with_counting(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(letters) / sizeof(letters[0]); i++) {
		double rate = -1;

		assert_int_equal(
		    wer_letters(letters[i].known, letters[i].heard, &rate), 0);
		assert_true(fabs(rate - letters[i].want) < 1e-15);
	}
}

static void
without_known_words_there_is_nothing_to_measure(void **state)
{
	double rate = 7;

	(void)state;
	assert_int_equal(wer_words("", "words", &rate), -1);
	assert_int_equal(wer_words("?!", "", &rate), -1);
	assert_int_equal(wer_letters(" ", "", &rate), -1);
	assert_true(rate == 7);
}

/* n times "x ", without the last space */
static char *
long_text(size_t n, const char *word)
{
	size_t len = strlen(word);
	char *text = xcalloc(1, n * (len + 1) + 1);

	for (size_t i = 0; i < n; i++) {
		memcpy(text + i * (len + 1), word, len);
		text[i * (len + 1) + len] = ' ';
	}
	text[n * (len + 1) - 1] = '\0';
	return text;
}

static void
the_limits_hold_on_both_sides(void **state)
{
	char *known = long_text(WER_MAX_KNOWN, "x");
	char *over = long_text(WER_MAX_KNOWN + 1, "x");
	char *far = long_text(200000, "x");
	char *huge = long_text(TEXT_MAX_BYTES / 2 + 1, "x");
	double rate = 7;

	(void)state;
	assert_int_equal(wer_words(over, "x", &rate), -1);
	assert_int_equal(wer_words(over, far, &rate), -1);
	assert_true(rate == 7);
	assert_int_equal(wer_words(huge, "x", &rate), -1);
	assert_int_equal(wer_words(huge, huge, &rate), -1);
	assert_int_equal(wer_letters(over, "x", &rate), -1);
	assert_true(rate == 7);
	assert_int_equal(wer_words(known, known + 2, &rate), 0);
	assert_true(rate == 1. / WER_MAX_KNOWN);
	assert_int_equal(wer_letters(known, known + 4, &rate), 0);
	assert_true(rate == 2. / WER_MAX_KNOWN);
	assert_int_equal(wer_words("x", known, &rate), 0);
	assert_true(rate == WER_MAX_KNOWN - 1);
	assert_int_equal(wer_words("x", over, &rate), 0);
	assert_true(rate == 1);
	assert_int_equal(wer_words(known, over, &rate), 0);
	assert_true(rate == 1);
	assert_int_equal(wer_letters("x", far, &rate), 0);
	assert_true(rate == 1);
	assert_int_equal(wer_letters("x", huge, &rate), 0);
	assert_true(rate == 1);
	free(huge);
	free(known);
	free(over);
	free(far);
}

/* Of texts that are taken as they are. */
static void
a_unit_is_what_it_says(void **state)
{
	double rate = 7;

	(void)state;
	assert_int_equal(wer_rate("a cat", "A cat", WER_WORDS, &rate), 0);
	assert_true(rate == .5);
	assert_int_equal(wer_rate("a cat", "acat", WER_LETTERS, &rate), 0);
	assert_true(rate == 0);
	assert_int_equal(wer_rate("a cat", "acat", WER_CHARACTERS, &rate), 0);
	assert_true(rate == 1. / 5);
	assert_int_equal(wer_rate("今天 好", "今天好", WER_WORDS, &rate), 0);
	assert_true(rate == 1);
	assert_int_equal(wer_rate("", "", WER_CHARACTERS, &rate), -1);
}

static void
accuracy_is_what_is_left_of_one(void **state)
{
	(void)state;
	assert_true(wer_accuracy(0) == 1);
	assert_true(wer_accuracy(0.25) == 0.75);
	assert_true(wer_accuracy(1) == 0);
	assert_true(wer_accuracy(3) == 0);
	assert_true(wer_accuracy(NAN) == 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(word_rates_agree_with_counting),
	    cmocka_unit_test(letter_rates_agree_with_counting),
	    cmocka_unit_test(without_known_words_there_is_nothing_to_measure),
	    cmocka_unit_test(the_limits_hold_on_both_sides),
	    cmocka_unit_test(a_unit_is_what_it_says),
	    cmocka_unit_test(accuracy_is_what_is_left_of_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Normalising texts, and cutting them up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "common/xalloc.h"
#include "scorer/text.h"

static const struct {
	const char *raw, *want;
} normal[] = {
    {"", ""},
    {"   ", ""},
    {"...!?", ""},
    {"Hello, World!", "hello world"},
    {"  two\t\n  words  ", "two words"},
    {"Don't stop", "dont stop"},
    {"Don\u2019t stop", "dont stop"},
    {"twenty-one", "twenty one"},
    {"twenty \u2014 one", "twenty one"},
    {"\u00bfQu\u00e9 TAL, A\u00d1O?", "qu\u00e9 tal a\u00f1o"},
    {"\u00c4\u00d6\u00dc \u00df", "\u00e4\u00f6\u00fc \u00df"},
    {"\u0104\u0118 \u0141\u00d3D\u0179", "\u0105\u0119 \u0142\u00f3d\u017a"},
    {"\u0178 \u0130I", "\u00ff ii"},
    {"\u0391\u0392\u03a3 \u0386\u038f \u03bf\u03c2",
	"\u03b1\u03b2\u03c3 \u03ac\u03ce \u03bf\u03c3"},
    {"\u041f\u0440\u0418\u0412\u0415\u0422, \u0401\u0416",
	"\u043f\u0440\u0438\u0432\u0435\u0442 \u0451\u0436"},
    {"\u0490\u0404", "\u0491\u0454"},
    {"\u1ea4n \u0110\u1ed8", "\u1ea5n \u0111\u1ed9"},
    {"\u4f60\u597d\u3002\u518d\u898b\uff01", "\u4f60\u597d \u518d\u898b"},
    {"\uff21\uff22\uff23", "\uff41\uff42\uff43"},
    {"\u30c6\u30b9\u30c8\u30fb\u30c6\u30b9\u30c8\u30fc",
	"\u30c6\u30b9\u30c8 \u30c6\u30b9\u30c8\u30fc"},
    {"ab\u00adcd e\u200bf", "abcd ef"},
    {"it \U0001f600 works", "it works"},
    {"bad\xff"
     "bytes",
	"bad bytes"},
    {"cut\xe4\xbd", "cut"},
    {"over\xc0\x80long", "over long"},
    {"half\xed\xa0\x80pair", "half pair"},
    {"3.14 = x_1", "3 14 x 1"},
};

static void
texts_come_out_as_they_are_heard(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(normal) / sizeof(normal[0]); i++) {
		char *got = text_normalise(normal[i].raw);

		assert_string_equal(got, normal[i].want);
		free(got);
	}
}

static void
normalising_twice_changes_nothing(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(normal) / sizeof(normal[0]); i++) {
		char *got = text_normalise(normal[i].want);

		assert_string_equal(got, normal[i].want);
		free(got);
	}
}

static void
a_text_over_the_limit_is_not_looked_at(void **state)
{
	char *text = xcalloc(1, TEXT_MAX_BYTES + 2);

	(void)state;
	memset(text, 'a', TEXT_MAX_BYTES + 1);
	assert_null(text_normalise(text));
	text[TEXT_MAX_BYTES] = '\0';
	free(text_normalise(text));
	free(text);
}

static void
equal_words_get_equal_numbers(void **state)
{
	struct text_symbols a, b;

	(void)state;
	assert_int_equal(text_words("the cat the", "cat thee the", &a, &b), 0);
	assert_int_equal(a.n, 3);
	assert_int_equal(b.n, 3);
	assert_int_equal(a.at[0], a.at[2]);
	assert_int_equal(a.at[1], b.at[0]);
	assert_int_equal(a.at[0], b.at[2]);
	assert_int_not_equal(b.at[1], b.at[2]);
	text_symbols_clear(&a);
	text_symbols_clear(&b);
}

static void
counting_leaves_spaces_out(void **state)
{
	(void)state;
	assert_int_equal(text_count_words(""), 0);
	assert_int_equal(text_count_words("one"), 1);
	assert_int_equal(text_count_words("one two"), 2);
	assert_int_equal(text_count_letters("\u4f60\u597d \u518d"), 3);
	assert_int_equal(text_count_letters(""), 0);
}

static void
too_many_words_or_letters_are_refused(void **state)
{
	size_t n = TEXT_MAX_SYMBOLS + 1;
	char *letters = xcalloc(1, n + 1), *words = xcalloc(1, 2 * n + 1);
	struct text_symbols a, b;

	(void)state;
	memset(letters, 'x', n);
	for (size_t i = 0; i < n; i++)
		memcpy(words + 2 * i, "x ", 2);
	words[2 * n - 1] = '\0';
	assert_int_equal(text_letters(letters, &a), -1);
	assert_int_equal(text_words(words, "x", &a, &b), -1);
	assert_int_equal(text_words("x", words, &a, &b), -1);
	letters[n - 1] = '\0';
	assert_int_equal(text_letters(letters, &a), 0);
	assert_int_equal(a.n, TEXT_MAX_SYMBOLS);
	text_symbols_clear(&a);
	free(letters);
	free(words);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(texts_come_out_as_they_are_heard),
	    cmocka_unit_test(normalising_twice_changes_nothing),
	    cmocka_unit_test(a_text_over_the_limit_is_not_looked_at),
	    cmocka_unit_test(equal_words_get_equal_numbers),
	    cmocka_unit_test(counting_leaves_spaces_out),
	    cmocka_unit_test(too_many_words_or_letters_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

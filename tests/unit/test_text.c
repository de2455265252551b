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
    {"twenty \u2014 one\u2e3atwo", "twenty one two"},
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
    {"\uff21\uff22\uff23 \uff11\uff12", "abc 12"},
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

/* A sentence in each of the ten languages, and what is heard of it. */
static const struct {
	const char *language, *raw, *heard, *apart; /* apart NULL: as heard */
} sentences[] = {
    {"en", "“It’s 5 o’clock,” she said—‘really?’ (Yes…)",
	"its 5 oclock she said really yes", NULL},
    {"es", "¿Qué hora es? ¡Ya son las TRES, señor Núñez!",
	"qué hora es ya son las tres señor núñez", NULL},
    {"fr", "« L’Été, c’est où ? » dit Noël à l’ŒUVRE ; ça va !",
	"lété cest où dit noël à lœuvre ça va", NULL},
    {"de", "„Größe ÄÖÜ“, sagte er; ‚STRAẞE‘ – zu Fuß.",
	"größe äöü sagte er straße zu fuß", NULL},
    {"it", "Perché? È così: l’AMICO andò là; «città»…",
	"perché è così lamico andò là città", NULL},
    {"pt", "Não! Os CORAÇÕES dos avós — à noite, vocês verão.",
	"não os corações dos avós à noite vocês verão", NULL},
    {"ru", "«Ёлка» — Моя; ПОДЪЁМ, чай? За́мок № 5!",
	"ёлка моя подъём чай замок 5", NULL},
    {"ja", "「ラーメン、ｶﾞｲﾄﾞ」は、東京・大阪で１２００円です！",
	"ラーメン ガイド は 東京 大阪で1200円です",
	"ラ ー メ ン ガ イ ド は 東 京 大 阪 で 1200 円 で す"},
    {"ko", "오늘은 “날씨”가 좋네요! 서울ㆍ부산, 네?",
	"오늘은 날씨 가 좋네요 서울 부산 네", NULL},
    {"zh", "《今天》，天气“很好”；我们去ＫＴＶ（三点）。好吗？",
	"今天 天气 很好 我们去ktv 三点 好吗",
	"今 天 天 气 很 好 我 们 去 ktv 三 点 好 吗"},
};

static void
sentences_of_ten_languages(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(sentences) / sizeof(sentences[0]); i++) {
		const char *apart = sentences[i].apart;
		char *got = text_normalise(sentences[i].raw);

		assert_string_equal(got, sentences[i].heard);
		free(got);
		got = text_normalise_apart(sentences[i].raw);
		assert_string_equal(
		    got, apart != NULL ? apart : sentences[i].heard);
		free(got);
	}
}

/* What is written apart: a letter, and its accent as a code point behind. */
static const struct {
	const char *apart, *want;
} accents[] = {
    {"ma\u0303e E\u0301te\u0301 garc\u0327on", "mãe été garçon"},
    {"U\u0308ber Sa\u0300 n\u0303 o\u0302", "über sà ñ ô"},
    {"n\u01da nu\u030c nu\u0308\u030c", "nǚ nǔ nǚ"},
    {"\u0438\u0306 \u0415\u0308 \u0418\u0306", "й ё й"},
    {"\u0437\u0430\u0301\u043c\u043e\u043a \u0435\u0300", "замок ѐ"},
    {"\u304b\u3099 \u30cf\u309a \u30a6\u3099 \u306f\u309b", "が パ ヴ ば"},
    {"\uff8a\uff9f\uff9d \uff76\uff9e", "パン ガ"},
    {"\u1112\u1161\u11ab\u1100\u1173\u11af", "한글"},
    {"\u1100\u1161 \uac00\u11a8 \uac01\u11a8", "가 각 각\u11a8"},
    {"I\u0307 \u0130", "i i"},
    {"x\u0301 \u0301", "x\u0301 \u0301"}, /* no such letter */
    {"a \u0301b", "a \u0301b"},		  /* a space is between */
    {"\u212bngstro\u0308m \u212a \u2126", "ångström k ω"},
};

static void
accents_are_alike_however_they_are_written(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(accents) / sizeof(accents[0]); i++) {
		char *got = text_normalise(accents[i].apart);

		assert_string_equal(got, accents[i].want);
		free(got);
	}
}

static const struct {
	const char *raw, *plain, *parted;
} plains[] = {
    {"", "", ""},
    {" \t ", "", ""},
    {"  Hello,\u00a0 World!\n", "Hello, World!", "Hello , World !"},
    {"a\u3000b\u2003c\u200bd", "a b c\u200bd", "a b c\u200bd"},
    {"bad\xff"
     "byte\x80",
	"bad\ufffd"
	"byte\ufffd",
	"bad\ufffd"
	"byte\ufffd"},
    {"\"quoted\" ... ! (x", "\"quoted\" ... ! (x",
	"\"quoted \" .. . ! ( x"}, /* the end first, and one mark only */
    {"3,5 «что» 「何」", "3,5 «что» 「何」", "3,5 «что» 「何」"},
};

static void
plain_texts_stay_as_they_are(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(plains) / sizeof(plains[0]); i++) {
		char *got = text_plain(plains[i].raw);
		char *parted = text_part_marks(got);

		assert_string_equal(got, plains[i].plain);
		assert_string_equal(parted, plains[i].parted);
		free(got);
		free(parted);
	}
}

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
	const size_t n_normal = sizeof(normal) / sizeof(normal[0]);
	const size_t n_accents = sizeof(accents) / sizeof(accents[0]);

	(void)state;
	for (size_t i = 0; i < n_normal + n_accents; i++) {
		const char *want =
		    i < n_normal ? normal[i].want : accents[i - n_normal].want;
		char *got = text_normalise(want);

		assert_string_equal(got, want);
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
	memset(text, ' ', TEXT_MAX_BYTES + 1);
	assert_null(text_plain(text));
	assert_null(text_normalise_apart(text));
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
	letters[1] = ' ';
	assert_int_equal(text_characters(letters, &a), 0);
	assert_int_equal(a.n, TEXT_MAX_SYMBOLS);
	text_symbols_clear(&a);
	letters[n - 1] = 'x';
	assert_int_equal(text_characters(letters, &a), -1);
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
	    cmocka_unit_test(sentences_of_ten_languages),
	    cmocka_unit_test(accents_are_alike_however_they_are_written),
	    cmocka_unit_test(plain_texts_stay_as_they_are),
	    cmocka_unit_test(normalising_twice_changes_nothing),
	    cmocka_unit_test(a_text_over_the_limit_is_not_looked_at),
	    cmocka_unit_test(equal_words_get_equal_numbers),
	    cmocka_unit_test(counting_leaves_spaces_out),
	    cmocka_unit_test(too_many_words_or_letters_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

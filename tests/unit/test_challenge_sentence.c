/* Sentences for challenges: whole ones, of the length wanted, each its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>

#include "validator/challenge_dice.c"
#include "validator/challenge_english.c"
#include "validator/challenge_lexicon.c"
#include "validator/challenge_sentence.c"

enum { MANY = 300 };

static struct challenge_dice
dice_of(uint8_t seed)
{
	struct challenge_dice dice = {.n = 0};

	memset(dice.key, seed, sizeof(dice.key));
	return dice;
}

/* UTF-8 in whole letters, with nothing left of the tables' own signs. */
static void
assert_is_text(const char *text)
{
	static const char signs[] = "%{}|_\t\n";
	size_t follow = 0;

	if (strpbrk(text, signs) != NULL || strstr(text, "  ") != NULL)
		fail_msg("\"%s\"", text);
	for (const char *p = text; *p != '\0'; p++) {
		bool is_tail = ((unsigned char)*p & 0xc0) == 0x80;

		assert_int_equal(is_tail, follow > 0);
		if (is_tail)
			follow--;
		else if ((unsigned char)*p >= 0xf0)
			follow = 3;
		else if ((unsigned char)*p >= 0xe0)
			follow = 2;
		else if ((unsigned char)*p >= 0xc0)
			follow = 1;
	}
	assert_int_equal(follow, 0);
}

/* Each frame by its own hand, so that none is left out by chance. */
static void
every_frame_is_filled(void **state)
{
	struct challenge_dice dice = dice_of(1);

	(void)state;
	for (int i = 0; i < n_challenge_lexicons; i++) {
		const struct challenge_lexicon *l = &challenge_lexicons[i];

		assert_true(l->letters_per_s > 0);
		for (int k = 0; l->frames[k] != NULL; k++) {
			struct buf written = {0}, spoken = {0};
			struct saying s = {l, &dice, &written, &spoken};

			say_frame(&s, l->frames[k]);
			assert_is_text(buf_str(&written));
			assert_is_text(buf_str(&spoken));
			assert_true(ends_in_mark(buf_str(&written)));
			buf_free(&written);
			buf_free(&spoken);
		}
	}
}

/* What espeak-ng cannot read is never spoken: no Han character. */
static void
assert_is_speakable(const char *text)
{
	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;

		if (c >= 0xe4 && c <= 0xe9)
			fail_msg("spoken as it is written: %s", text);
	}
}

static void
kanji_and_hanzi_are_written_not_spoken(void **state)
{
	static const char *const languages[] = {"ja", "zh"};
	struct challenge_dice dice = dice_of(2);

	(void)state;
	for (int i = 0; i < 2 * MANY; i++) {
		char *written, *spoken;

		challenge_sentence_text(
		    languages[i % 2], 5 + i % 60, &dice, &written, &spoken);
		assert_is_speakable(spoken);
		if (i % 60 > 20)
			assert_string_not_equal(written, spoken);
		free(written);
		free(spoken);
	}
}

/* Within a tenth in the mean, wherever one can choose among lengths. */
static void
texts_have_the_length_wanted(void **state)
{
	static const size_t lengths[] = {30, 60, 120, 400, 2000};
	struct challenge_dice dice = dice_of(3);

	(void)state;
	for (int i = 0; i < n_challenge_lexicons; i++) {
		for (size_t k = 0; k < sizeof(lengths) / sizeof(*lengths);
		     k++) {
			double off = 0;

			for (int n = 0; n < 20; n++) {
				char *text;
				size_t len;

				challenge_sentence_text(
				    challenge_lexicons[i].language, lengths[k],
				    &dice, &text, NULL);
				assert_is_text(text);
				len = challenge_sentence_letters(text);
				off += fabs((double)len / lengths[k] - 1) / 20;
				free(text);
			}
			if (off > 0.1)
				fail_msg("%s, %zu letters: off by %.2f",
				    challenge_lexicons[i].language, lengths[k],
				    off);
		}
	}
}

static void
sentences_are_not_said_twice(void **state)
{
	struct challenge_dice dice = dice_of(4);
	char *texts[MANY];
	int again = 0;

	(void)state;
	for (int i = 0; i < MANY; i++) {
		challenge_sentence_text("en", 60, &dice, &texts[i], NULL);
		for (int k = 0; k < i; k++)
			again += strcmp(texts[i], texts[k]) == 0;
	}
	for (int i = 0; i < MANY; i++)
		free(texts[i]);
	assert_int_equal(again, 0);
}

static void
the_same_dice_say_the_same(void **state)
{
	struct challenge_dice a = dice_of(5), b = dice_of(5);

	(void)state;
	for (int i = 0; i < n_challenge_lexicons; i++) {
		const char *language = challenge_lexicons[i].language;
		char *one, *two;

		challenge_sentence_text(language, 50, &a, &one, NULL);
		challenge_sentence_text(language, 50, &b, &two, NULL);
		assert_string_equal(one, two);
		free(one);
		free(two);
	}
}

static void
texts_are_written_as_theirs(void **state)
{
	static const struct {
		const char *text, *theirs, *is;
	} cases[] = {
	    {"Anna ran.", "Peter sat.", "Anna ran."},
	    {"Anna ran.", "Peter sat", "Anna ran"},
	    {"Anna ran.", "peter sat", "anna ran"},
	    {"Anna ran.", "peter sat?", "anna ran."},
	    {"Did Anna run?", "peter sat", "did anna run?"},
	    {"Anna ran.", "1234", "Anna ran"},
	    {"Anna ran.", "", "Anna ran"},
	    {"本です。", "本です", "本です"},
	    {"本です。", "本です。", "本です。"},
	    {".", "x", "."},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char text[64];

		snprintf(text, sizeof(text), "%s", cases[i].text);
		challenge_sentence_imitate(text, cases[i].theirs);
		assert_string_equal(text, cases[i].is);
	}
}

static void
ten_languages_are_known(void **state)
{
	static const char *const ten[] = {
	    "en", "es", "fr", "de", "it", "pt", "ru", "ja", "ko", "zh"};

	(void)state;
	for (size_t i = 0; i < sizeof(ten) / sizeof(*ten); i++)
		assert_true(challenge_sentence_knows(ten[i]));
	assert_int_equal(n_challenge_lexicons, 10);
	assert_false(challenge_sentence_knows("nl"));
	assert_false(challenge_sentence_knows(""));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_frame_is_filled),
	    cmocka_unit_test(kanji_and_hanzi_are_written_not_spoken),
	    cmocka_unit_test(texts_have_the_length_wanted),
	    cmocka_unit_test(sentences_are_not_said_twice),
	    cmocka_unit_test(the_same_dice_say_the_same),
	    cmocka_unit_test(texts_are_written_as_theirs),
	    cmocka_unit_test(ten_languages_are_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

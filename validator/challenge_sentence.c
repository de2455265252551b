/*
 * A frame is drawn, and a word for each of its slots. Of many texts of about
 * the length the nearest is taken: a text is as long as its sentences happen
 * to be.
 */
#include "validator/challenge_sentence.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "validator/challenge_dice.h"
#include "validator/challenge_lexicon.h"

enum { MAX_TEXTS = 48, MAX_SENTENCES = 4000 };

static const struct challenge_lexicon *
lexicon_of(const char *language)
{
	for (int i = 0; i < n_challenge_lexicons; i++) {
		if (strcmp(challenge_lexicons[i].language, language) == 0)
			return &challenge_lexicons[i];
	}
	return NULL;
}

bool
challenge_sentence_knows(const char *language)
{
	return lexicon_of(language) != NULL;
}

double
challenge_sentence_rate(const char *language)
{
	return lexicon_of(language)->letters_per_s;
}

size_t
challenge_sentence_letters(const char *s)
{
	size_t n = 0;

	for (; *s != '\0'; s++)
		n += ((unsigned char)*s & 0xc0) != 0x80;
	return n;
}

/* -- one sentence --------------------------------------------------------- */

struct saying {
	const struct challenge_lexicon *lexicon;
	struct challenge_dice *dice;
	struct buf *written, *spoken; /* spoken: or NULL */
};

static const char *
draw(struct challenge_dice *dice, const char *const *words)
{
	size_t n = 0;

	while (words[n] != NULL)
		n++;
	return words[challenge_dice_below(dice, n)];
}

static void
say(struct saying *s, const char *written, size_t n_written, const char *spoken,
    size_t n_spoken)
{
	buf_add(s->written, written, n_written);
	if (s->spoken != NULL)
		buf_add(s->spoken, spoken, n_spoken);
}

/* "word", or "written|spoken". */
static void
say_word(struct saying *s, const char *word, size_t len)
{
	const char *bar = memchr(word, '|', len);

	if (bar == NULL)
		say(s, word, len, word, len);
	else
		say(s, word, bar - word, bar + 1, word + len - bar - 1);
}

static void
say_slot(struct saying *s, char slot)
{
	const struct challenge_list *list = s->lexicon->lists;
	const char *word;

	while (list->slot != slot) {
		assert(list->slot != 0);
		list++;
	}
	word = draw(s->dice, list->words);
	say_word(s, word, strlen(word));
}

static void
say_frame(struct saying *s, const char *frame)
{
	while (*frame != '\0') {
		size_t plain = strcspn(frame, "%{");

		say(s, frame, plain, frame, plain);
		frame += plain;
		if (*frame == '%') {
			say_slot(s, frame[1]);
			frame += 2;
		} else if (*frame == '{') {
			size_t len = strcspn(frame, "}");

			say_word(s, frame + 1, len - 1);
			frame += len + 1;
		}
	}
}

/* A sentence that begins with a word of its lists. */
static void
raise_first(struct buf *text, size_t at)
{
	uint8_t *first = text->data + at;

	if (text->len > at && *first >= 'a' && *first <= 'z')
		*first -= 'a' - 'A';
}

static void
say_one(struct saying *s, bool is_phrase)
{
	const char *language = s->lexicon->language;
	bool is_spaced =
	    strcmp(language, "ja") != 0 && strcmp(language, "zh") != 0;
	const char *phrase;
	size_t at;

	if (s->written->len > 0)
		say(s, " ", is_spaced, " ", 1);
	at = s->written->len;
	if (is_phrase) {
		phrase = draw(s->dice, s->lexicon->phrases);
		say_word(s, phrase, strlen(phrase));
	} else {
		say_frame(s, draw(s->dice, s->lexicon->frames));
	}
	raise_first(s->written, at);
}

void
challenge_sentence_add(const char *language, struct challenge_dice *dice,
    struct buf *written, struct buf *spoken)
{
	struct saying s = {lexicon_of(language), dice, written, spoken};

	say_one(&s, false);
}

/* -- a text --------------------------------------------------------------- */

struct attempt_text {
	struct buf written, spoken;
	size_t off; /* letters too many or too few */
};

static void
attempt_clear(struct attempt_text *a)
{
	buf_free(&a->written);
	buf_free(&a->spoken);
}

static size_t
length_of(struct attempt_text *a)
{
	return challenge_sentence_letters(buf_str(&a->written));
}

/* Sentences as long as they leave more than half of the last one's length
 * wanting; short phrases among them, more where there is little room. */
static void
try_text(const char *language, size_t letters, struct challenge_dice *dice,
    struct attempt_text *a)
{
	struct saying s = {lexicon_of(language), dice, &a->written, &a->spoken};
	size_t len = 0, was = 0;

	for (int i = 0; i < MAX_SENTENCES; i++) {
		bool is_tight = letters < len + 3 * s.lexicon->letters_per_s;

		if (len > 0 && len + (len - was) / 2 > letters)
			break;
		was = len;
		say_one(&s, challenge_dice_below(dice, is_tight ? 2 : 8) == 0);
		len = length_of(a);
	}
	a->off = len > letters ? len - letters : letters - len;
}

void
challenge_sentence_text(const char *language, size_t letters,
    struct challenge_dice *dice, char **written, char **spoken)
{
	/* Of a long one any try is near enough, and it costs more. */
	size_t tries = 1 + MAX_TEXTS * 200 / (letters + 200);
	struct attempt_text best = {.off = SIZE_MAX};

	for (size_t i = 0; i < tries; i++) {
		struct attempt_text a = {.off = 0};

		try_text(language, letters, dice, &a);
		if (a.off >= best.off) {
			attempt_clear(&a);
			continue;
		}
		attempt_clear(&best);
		best = a;
	}
	*written = buf_take_str(&best.written);
	if (spoken != NULL)
		*spoken = buf_take_str(&best.spoken);
	attempt_clear(&best);
}

/* -- manners -------------------------------------------------------------- */

static bool
has_capital(const char *s)
{
	for (; *s != '\0'; s++) {
		if (*s >= 'A' && *s <= 'Z')
			return true;
	}
	return false;
}

static bool
has_small(const char *s)
{
	for (; *s != '\0'; s++) {
		if (*s >= 'a' && *s <= 'z')
			return true;
	}
	return false;
}

/* The bytes at the end that are its dot, ASCII or CJK. */
static size_t
dot_of(const char *s)
{
	static const char wide[] = "。";
	size_t len = strlen(s), wide_len = sizeof(wide) - 1;

	if (len > 1 && s[len - 1] == '.')
		return 1;
	if (len > wide_len && strcmp(s + len - wide_len, wide) == 0)
		return wide_len;
	return 0;
}

static bool
ends_in_mark(const char *s)
{
	size_t len = strlen(s);

	return dot_of(s) > 0 || (len > 0 && strchr("?!", s[len - 1]) != NULL);
}

void
challenge_sentence_imitate(char *text, const char *theirs)
{
	if (!ends_in_mark(theirs))
		text[strlen(text) - dot_of(text)] = '\0';
	if (!has_small(theirs) || has_capital(theirs))
		return;
	for (; *text != '\0'; text++) {
		if (*text >= 'A' && *text <= 'Z')
			*text += 'a' - 'A';
	}
}

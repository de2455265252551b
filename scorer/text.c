/*
 * Preparing texts, and cutting them into words and letters.
 *
 * Words are numbered by sorting all of both texts: O(n log n), and the same
 * numbers whatever the order of the two.
 */
#include "scorer/text.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/xalloc.h"
#include "scorer/text_compose.h"
#include "scorer/text_table.h"

enum { REPLACEMENT = 0xfffd };

static bool
is_tail(unsigned char c)
{
	return (c & 0xc0) == 0x80;
}

/* Length and leading bits of the sequence that starts with c; 0: none. */
static size_t
sequence_length(unsigned char c, uint32_t *bits)
{
	if (c < 0x80) {
		*bits = c;
		return 1;
	}
	if (c >= 0xc2 && c <= 0xdf) {
		*bits = c & 0x1f;
		return 2;
	}
	if (c >= 0xe0 && c <= 0xef) {
		*bits = c & 0x0f;
		return 3;
	}
	if (c >= 0xf0 && c <= 0xf4) {
		*bits = c & 0x07;
		return 4;
	}
	return 0;
}

uint32_t
text_next(const char *text, size_t len, size_t *i)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	const unsigned char *p = (const unsigned char *)text + *i;
	uint32_t code = 0;
	size_t n = sequence_length(p[0], &code);

	*i += 1;
	if (n == 0 || n > len - (*i - 1))
		return REPLACEMENT;
	for (size_t k = 1; k < n; k++) {
		if (!is_tail(p[k]))
			return REPLACEMENT;
		code = code << 6 | (p[k] & 0x3f);
	}
	if (code < least[n] || code > 0x10ffff ||
	    (code >= 0xd800 && code <= 0xdfff))
		return REPLACEMENT;
	*i += n - 1;
	return code;
}

static void
add_utf8(struct buf *out, uint32_t code)
{
	if (code < 0x80) {
		buf_add_byte(out, code);
		return;
	}
	if (code < 0x800) {
		buf_add_byte(out, 0xc0 | code >> 6);
	} else if (code < 0x10000) {
		buf_add_byte(out, 0xe0 | code >> 12);
		buf_add_byte(out, 0x80 | (code >> 6 & 0x3f));
	} else {
		buf_add_byte(out, 0xf0 | code >> 18);
		buf_add_byte(out, 0x80 | (code >> 12 & 0x3f));
		buf_add_byte(out, 0x80 | (code >> 6 & 0x3f));
	}
	buf_add_byte(out, 0x80 | (code & 0x3f));
}

/* -- preparing ------------------------------------------------------------ */

/* Letters that come, written once the next says that they are whole. */
struct writer {
	struct buf out;
	uint32_t held; /* 0: none */
	bool parted;   /* a space goes before the one that is held */
	bool is_apart; /* letters of scripts without spaces are words */
	bool was_word; /* the last one written is such a word */
};

static void
write_held(struct writer *w)
{
	bool is_word = w->is_apart && text_is_unspaced(w->held);

	if (w->held == 0)
		return;
	if (w->out.len > 0 && (w->parted || is_word || w->was_word))
		buf_add_byte(&w->out, ' ');
	add_utf8(&w->out, w->held);
	w->was_word = is_word;
	w->parted = false;
	w->held = 0;
}

static void
write_letter(struct writer *w, uint32_t code)
{
	uint32_t whole = w->held != 0 ? text_compose(w->held, code) : 0;

	if (whole == 0) {
		write_held(w);
		whole = code;
	}
	w->held = whole;
}

static void
write_space(struct writer *w)
{
	write_held(w);
	w->parted = true;
}

static char *
normalise(const char *text, bool is_apart)
{
	size_t len = strnlen(text, TEXT_MAX_BYTES + 1);
	struct writer w = {.is_apart = is_apart};

	if (len > TEXT_MAX_BYTES)
		return NULL;
	for (size_t i = 0; i < len;) {
		uint32_t code = text_usual(text_next(text, len, &i));

		switch (text_class(code)) {
		case TEXT_JOINS:
			break;
		case TEXT_PARTS:
			write_space(&w);
			break;
		case TEXT_LETTER:
			write_letter(&w, text_lower(code));
			break;
		}
	}
	write_held(&w);
	return buf_take_str(&w.out);
}

char *
text_normalise(const char *text)
{
	return normalise(text, false);
}

char *
text_normalise_apart(const char *text)
{
	return normalise(text, true);
}

char *
text_plain(const char *text)
{
	size_t len = strnlen(text, TEXT_MAX_BYTES + 1);
	struct buf out = {0};
	bool parted = false;

	if (len > TEXT_MAX_BYTES)
		return NULL;
	for (size_t i = 0; i < len;) {
		uint32_t code = text_next(text, len, &i);

		if (text_is_space(code)) {
			parted = out.len > 0;
			continue;
		}
		if (parted)
			buf_add_byte(&out, ' ');
		parted = false;
		add_utf8(&out, code);
	}
	return buf_take_str(&out);
}

static bool
is_mark(char c)
{
	return strchr("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", c) != NULL;
}

char *
text_part_marks(const char *text)
{
	struct buf out = {0};

	while (*text != '\0') {
		size_t len = strcspn(text, " "), cut = len;

		if (len > 1 && is_mark(text[len - 1]))
			cut = len - 1;
		else if (len > 1 && is_mark(text[0]))
			cut = 1;
		buf_add(&out, text, cut);
		if (cut < len)
			buf_add_byte(&out, ' ');
		buf_add(&out, text + cut, len - cut);
		text += len;
		if (*text == ' ')
			buf_add_byte(&out, *text++);
	}
	return buf_take_str(&out);
}

/* -- cutting -------------------------------------------------------------- */

static int
take_letters(const char *text, bool with_spaces, struct text_symbols *out)
{
	size_t len = strlen(text), n = 0;

	memset(out, 0, sizeof(*out));
	for (size_t i = 0; i < len;)
		n += text_next(text, len, &i) != ' ' || with_spaces;
	if (n > TEXT_MAX_SYMBOLS)
		return -1;
	out->at = xcalloc(n + 1, sizeof(*out->at));
	for (size_t i = 0; i < len;) {
		uint32_t code = text_next(text, len, &i);

		if (code != ' ' || with_spaces)
			out->at[out->n++] = code;
	}
	return 0;
}

int
text_letters(const char *text, struct text_symbols *out)
{
	return take_letters(text, false, out);
}

int
text_characters(const char *text, struct text_symbols *out)
{
	return take_letters(text, true, out);
}

size_t
text_count_words(const char *text)
{
	size_t n = *text != '\0';

	for (; *text != '\0'; text++)
		n += *text == ' ';
	return n;
}

size_t
text_count_letters(const char *text)
{
	size_t n = 0;

	for (; *text != '\0'; text++)
		n += *text != ' ' && !is_tail(*text);
	return n;
}

/* -- numbering words ---------------------------------------------------- */

struct word {
	const char *text;
	size_t len;
	uint32_t *number; /* where its number goes */
};

static int
compare_words(const void *a, const void *b)
{
	const struct word *x = a, *y = b;
	size_t least = x->len < y->len ? x->len : y->len;
	int d = memcmp(x->text, y->text, least);

	if (d != 0)
		return d;
	return (x->len > y->len) - (x->len < y->len);
}

static size_t
cut_words(const char *text, struct word *words, struct text_symbols *out)
{
	size_t n = 0;

	while (*text != '\0') {
		size_t len = strcspn(text, " ");

		words[n] = (struct word){text, len, &out->at[n]};
		n++;
		text += len + (text[len] == ' ');
	}
	out->n = n;
	return n;
}

int
text_words(const char *a, const char *b, struct text_symbols *words_a,
    struct text_symbols *words_b)
{
	size_t n_a = text_count_words(a), n_b = text_count_words(b), n;
	struct word *words;
	uint32_t number = 0;

	memset(words_a, 0, sizeof(*words_a));
	memset(words_b, 0, sizeof(*words_b));
	if (n_a > TEXT_MAX_SYMBOLS || n_b > TEXT_MAX_SYMBOLS)
		return -1;
	words_a->at = xcalloc(n_a + 1, sizeof(*words_a->at));
	words_b->at = xcalloc(n_b + 1, sizeof(*words_b->at));
	words = xcalloc(n_a + n_b + 1, sizeof(*words));
	n = cut_words(a, words, words_a);
	n += cut_words(b, words + n, words_b);
	qsort(words, n, sizeof(*words), compare_words);
	for (size_t i = 0; i < n; i++) {
		if (i > 0 && compare_words(&words[i - 1], &words[i]) != 0)
			number++;
		*words[i].number = number;
	}
	free(words);
	return 0;
}

void
text_symbols_clear(struct text_symbols *symbols)
{
	free(symbols->at);
	memset(symbols, 0, sizeof(*symbols));
}

/*
 * Normalising, and cutting into words and letters.
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

char *
text_normalise(const char *text)
{
	size_t len = strnlen(text, TEXT_MAX_BYTES + 1);
	struct buf out = {0};
	bool parted = false;

	if (len > TEXT_MAX_BYTES)
		return NULL;
	for (size_t i = 0; i < len;) {
		uint32_t code = text_next(text, len, &i);

		switch (text_class(code)) {
		case TEXT_JOINS:
			break;
		case TEXT_PARTS:
			parted = out.len > 0;
			break;
		case TEXT_LETTER:
			if (parted)
				buf_add_byte(&out, ' ');
			parted = false;
			add_utf8(&out, text_lower(code));
			break;
		}
	}
	return buf_take_str(&out);
}

int
text_letters(const char *text, struct text_symbols *out)
{
	size_t len = strlen(text), n = text_count_letters(text);

	memset(out, 0, sizeof(*out));
	if (n > TEXT_MAX_SYMBOLS)
		return -1;
	out->at = xcalloc(n + 1, sizeof(*out->at));
	for (size_t i = 0; i < len;) {
		uint32_t code = text_next(text, len, &i);

		if (code != ' ')
			out->at[out->n++] = code;
	}
	return 0;
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

/* Every count and length is checked before it is used. */
#include "scorer/words.h"

#include <math.h>
#include <string.h>

#include "common/err.h"
#include "scorer/decimal.h"

enum { MAX_WORD = 64, MOST_DIGITS = 18 };

void
words_refuse(struct words *r, const char *what)
{
	if (!r->failed)
		err_set(r->err, "line %zu: %s", r->line, what);
	r->failed = true;
}

/* What is before the next `stop`: its begin; *len is 0 after a failure. It may
 * go over a line's end, which is for the caller to see. */
static const char *
next_word(struct words *r, char stop, size_t *len)
{
	const char *from = r->at, *at;

	*len = 0;
	if (r->failed)
		return from;
	at = memchr(from, stop, r->end - from);
	if (at == NULL || at == from) {
		words_refuse(r, "a word is missing");
		return from;
	}
	*len = at - from;
	r->at = at + 1;
	r->line += stop == '\n';
	return from;
}

void
words_take(struct words *r, char stop, char *out, size_t size)
{
	size_t len;
	const char *from = next_word(r, stop, &len);

	if (len >= size || memchr(from, '\n', len) != NULL ||
	    memchr(from, '\0', len) != NULL) {
		r->line -= stop == '\n';
		words_refuse(r,
		    len >= size ? "a word is too long" : "a word is missing");
		len = 0;
	}
	memcpy(out, from, len);
	out[len] = '\0';
}

/* Digits, or "-" for none. */
int64_t
words_int(struct words *r, char stop, int64_t none)
{
	bool negative = r->at < r->end && *r->at == '-';
	const char *from = r->at + negative, *at = from;
	const char *limit =
	    r->end - from > MOST_DIGITS ? from + MOST_DIGITS : r->end;
	int64_t v = 0;

	if (r->failed)
		return none;
	while (at < limit && (unsigned)(*at - '0') < 10)
		v = v * 10 + (*at++ - '0');
	if (at == r->end || *at != stop || (at == from && !negative)) {
		words_refuse(r, "a whole number is missing, or too large");
		return none;
	}
	r->at = at + 1;
	r->line += stop == '\n';
	if (negative)
		return at == from ? none : -v;
	return v;
}

long
words_count(struct words *r, char stop, long max)
{
	int64_t v = words_int(r, stop, -1);

	if (!r->failed && (v < 0 || v > max))
		words_refuse(r, "a number is out of range");
	return r->failed ? 0 : v;
}

/* A number, or "-" for none. */
double
words_real(struct words *r, char stop)
{
	size_t len;
	const char *word = next_word(r, stop, &len);
	double v;

	if (r->failed || (len == 1 && word[0] == '-'))
		return NAN;
	v = decimal_parse(word, len);
	if (isnan(v))
		words_refuse(r, "a number is none");
	return v;
}

void
words_name(struct words *r, const char *name, char stop)
{
	char word[MAX_WORD];

	words_take(r, stop, word, sizeof(word));
	if (!r->failed && strcmp(word, name) != 0) {
		err_set(r->err, "line %zu: \"%s\" instead of \"%s\"",
		    r->line - (stop == '\n'), word, name);
		r->failed = true;
	}
}

int64_t
words_named(struct words *r, const char *name)
{
	words_name(r, name, ' ');
	return words_int(r, '\n', -1);
}

bool
words_is_next(const struct words *r, const char *text)
{
	size_t len = strlen(text);

	return !r->failed && (size_t)(r->end - r->at) >= len &&
	       memcmp(r->at, text, len) == 0;
}

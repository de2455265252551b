/* JSON values as Python writes them. */
#include "common/python_text.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"

/* Python writes an exponent below 1e-4 and from 1e16 on. */
enum { MOST_DIGITS = 17, LEAST_EXPONENT = -4, MOST_EXPONENT = 16 };

/* -- numbers --------------------------------------------------------------- */

/* The next number of as many digits, away from 0; 9.99 has none. */
static void
count_up(char *scientific)
{
	char *p = strchr(scientific, 'e') - 1;

	for (; p >= scientific && (*p == '9' || *p == '.'); p--) {
		if (*p == '9')
			*p = '0';
	}
	if (p >= scientific && *p != '-')
		(*p)++;
}

/*
 * The digits that are enough, "d.ddde+xx". Those nearest to v need not give
 * v back where the next ones do: beside a power of two the doubles below are
 * twice as dense as those above.
 */
static void
shortest(double v, char text[PYTHON_MAX_REAL])
{
	for (int digits = 1; digits <= MOST_DIGITS; digits++) {
		snprintf(text, PYTHON_MAX_REAL, "%.*e", digits - 1, v);
		if (strtod(text, NULL) == v)
			return;
		count_up(text);
		if (strtod(text, NULL) == v)
			return;
	}
}

/* How many digits are behind the point of v written without an exponent. */
static int
decimals(const char *scientific, int exponent)
{
	const char *point = strchr(scientific, '.');
	int behind = point != NULL ? (int)(strchr(point, 'e') - point) - 1 : 0;

	return behind > exponent ? behind - exponent : 0;
}

void
python_real(double v, char out[PYTHON_MAX_REAL])
{
	char text[PYTHON_MAX_REAL];
	int exponent, n;

	shortest(v, text);
	exponent = atoi(strchr(text, 'e') + 1);
	if (exponent < LEAST_EXPONENT || exponent >= MOST_EXPONENT) {
		memcpy(out, text, sizeof(text));
		return;
	}
	n = decimals(text, exponent);
	snprintf(out, PYTHON_MAX_REAL, "%.*f", n > 0 ? n : 1, v);
}

static void
add_real(struct buf *out, double v)
{
	char text[PYTHON_MAX_REAL];

	python_real(v, text);
	buf_add_str(out, text);
}

/* -- texts ----------------------------------------------------------------- */

/* One character of well-formed UTF-8, as jansson's texts are. */
static uint32_t
next_character(const uint8_t **p)
{
	const uint8_t *s = *p;
	int more = s[0] < 0x80 ? 0 : s[0] < 0xe0 ? 1 : s[0] < 0xf0 ? 2 : 3;
	uint32_t c = more == 0 ? s[0] : s[0] & (0x3f >> more);

	for (int i = 1; i <= more; i++)
		c = c << 6 | (s[i] & 0x3f);
	*p = s + more + 1;
	return c;
}

static void
add_escaped(struct buf *out, uint32_t c)
{
	static const char plain[] = "\"\\\n\r\t\f\b";
	static const char letters[] = "\"\\nrtfb";
	const char *found = c != 0 && c < 0x80 ? strchr(plain, (int)c) : NULL;

	if (found != NULL)
		buf_printf(out, "\\%c", letters[found - plain]);
	else if (c < 0x10000)
		buf_printf(out, "\\u%04x", (unsigned)c);
	else
		buf_printf(out, "\\u%04x\\u%04x",
		    (unsigned)(0xd800 + ((c - 0x10000) >> 10)),
		    (unsigned)(0xdc00 + ((c - 0x10000) & 0x3ff)));
}

static bool
is_plain(uint8_t c)
{
	return c >= ' ' && c < 0x7f && c != '"' && c != '\\';
}

static void
add_text(struct buf *out, const char *text, size_t len)
{
	const uint8_t *p = (const uint8_t *)text, *end = p + len;

	buf_add_byte(out, '"');
	while (p < end) {
		const uint8_t *from = p;

		while (p < end && is_plain(*p))
			p++;
		buf_add(out, from, p - from);
		if (p < end)
			add_escaped(out, next_character(&p));
	}
	buf_add_byte(out, '"');
}

/* -- values ---------------------------------------------------------------- */

static void add_value(struct buf *, const json_t *);

static void
add_object(struct buf *out, const json_t *object)
{
	const char *key, *comma = "";
	json_t *value;

	buf_add_byte(out, '{');
	json_object_foreach((json_t *)object, key, value)
	{
		buf_add_str(out, comma);
		add_text(out, key, strlen(key));
		buf_add_byte(out, ':');
		add_value(out, value);
		comma = ",";
	}
	buf_add_byte(out, '}');
}

static void
add_array(struct buf *out, const json_t *array)
{
	const json_t *value;
	size_t i;

	buf_add_byte(out, '[');
	json_array_foreach((json_t *)array, i, value)
	{
		if (i > 0)
			buf_add_byte(out, ',');
		add_value(out, value);
	}
	buf_add_byte(out, ']');
}

/* jansson reads no deeper than its own limit, so this goes no deeper. */
static void
add_value(struct buf *out, const json_t *value)
{
	switch (json_typeof(value)) {
	case JSON_OBJECT:
		add_object(out, value);
		return;
	case JSON_ARRAY:
		add_array(out, value);
		return;
	case JSON_STRING:
		add_text(
		    out, json_string_value(value), json_string_length(value));
		return;
	case JSON_INTEGER:
		buf_printf(out, "%lld", (long long)json_integer_value(value));
		return;
	case JSON_REAL:
		add_real(out, json_real_value(value));
		return;
	case JSON_TRUE:
		buf_add_str(out, "true");
		return;
	case JSON_FALSE:
		buf_add_str(out, "false");
		return;
	case JSON_NULL:
		buf_add_str(out, "null");
		return;
	}
}

char *
python_json(const json_t *value)
{
	struct buf out = {0};

	add_value(&out, value);
	return buf_take_str(&out);
}

int
python_str(const json_t *value, struct buf *out)
{
	switch (json_typeof(value)) {
	case JSON_OBJECT:
	case JSON_ARRAY:
		return -1;
	case JSON_STRING:
		buf_add(
		    out, json_string_value(value), json_string_length(value));
		return 0;
	case JSON_INTEGER:
		buf_printf(out, "%lld", (long long)json_integer_value(value));
		return 0;
	case JSON_REAL:
		add_real(out, json_real_value(value));
		return 0;
	case JSON_TRUE:
		buf_add_str(out, "True");
		return 0;
	case JSON_FALSE:
		buf_add_str(out, "False");
		return 0;
	case JSON_NULL:
		buf_add_str(out, "None");
		return 0;
	}
	return -1;
}

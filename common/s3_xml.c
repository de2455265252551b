/* What little of S3's XML we need. */
#include "common/s3_xml.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/xalloc.h"

static const struct {
	const char *name;
	char character;
} entities[] = {
    {"&amp;", '&'},
    {"&lt;", '<'},
    {"&gt;", '>'},
    {"&quot;", '"'},
    {"&apos;", '\''},
    {"&#34;", '"'},
    {"&#39;", '\''},
};

enum { N_ENTITIES = sizeof(entities) / sizeof(entities[0]) };

/* How many bytes an entity has; 0 if this is none we know. */
static size_t
entity(const char *p, size_t len, char *out)
{
	for (size_t i = 0; i < N_ENTITIES; i++) {
		size_t n = strlen(entities[i].name);

		if (n > len || memcmp(p, entities[i].name, n) != 0)
			continue;
		*out = entities[i].character;
		return n;
	}
	return 0;
}

static char *
resolve(const char *p, size_t len)
{
	struct buf text = {0};

	for (size_t i = 0; i < len;) {
		char c = p[i];
		size_t n = c == '&' ? entity(p + i, len - i, &c) : 0;

		buf_add_byte(&text, c);
		i += n > 0 ? n : 1;
	}
	return buf_take_str(&text);
}

/* Behind "<element>" or "<element attribute..>"; NULL. */
static const char *
find_open(const char *p, size_t len, const char *element)
{
	size_t n = strlen(element);
	const char *end = p + len, *close;

	while ((p = memchr(p, '<', end - p)) != NULL) {
		p++;
		if ((size_t)(end - p) <= n || memcmp(p, element, n) != 0 ||
		    (p[n] != '>' && p[n] != ' '))
			continue;
		close = memchr(p, '>', end - p);
		return close != NULL && close[-1] != '/' ? close + 1 : NULL;
	}
	return NULL;
}

char *
s3_xml_text(const void *xml, size_t len, const char *element)
{
	const char *begin = xml != NULL ? find_open(xml, len, element) : NULL;
	const char *end;
	size_t left, n = strlen(element);

	if (begin == NULL)
		return NULL;
	left = (const char *)xml + len - begin;
	end = memchr(begin, '<', left);
	if (end == NULL || end - begin > S3_MAX_TEXT ||
	    left - (end - begin) < n + 3 || end[1] != '/' ||
	    memcmp(end + 2, element, n) != 0 || end[n + 2] != '>')
		return NULL;
	return resolve(begin, end - begin);
}

void
s3_xml_begin(struct buf *out)
{
	buf_add_str(out, "<CompleteMultipartUpload>");
}

static void
add_escaped(struct buf *out, const char *text)
{
	for (; *text != '\0'; text++) {
		size_t i = 0;

		while (i < N_ENTITIES && entities[i].character != *text)
			i++;
		if (i < N_ENTITIES)
			buf_add_str(out, entities[i].name);
		else
			buf_add_byte(out, *text);
	}
}

void
s3_xml_part(struct buf *out, int number, const char *etag)
{
	buf_printf(out, "<Part><PartNumber>%d</PartNumber><ETag>", number);
	add_escaped(out, etag);
	buf_add_str(out, "</ETag></Part>");
}

void
s3_xml_end(struct buf *out)
{
	buf_add_str(out, "</CompleteMultipartUpload>");
}

/*
 * multipart/form-data, streaming.
 *
 * The bytes between two boundaries are looked at once. A boundary is CRLF,
 * two dashes and the name; CR cannot stand inside a name, so after a false
 * start the search goes on at the byte that did not fit. The input is read
 * as if a CRLF stood in front of it, so the first boundary is like the rest.
 */
#include "common/multipart.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/buf.h"
#include "common/err.h"
#include "common/multipart_param.h"
#include "common/xalloc.h"

enum { MAX_BOUNDARY = 70 };

enum state {
	PREAMBLE, /* in front of the first boundary: ignored */
	BOUNDARY, /* a boundary has just ended */
	DASH,	  /* ... and one dash followed */
	PADDING,  /* ... and blanks followed */
	NEWLINE,  /* ... and CR followed */
	HEADERS,
	DATA,
	EPILOGUE, /* behind the last boundary: ignored */
	STOPPED,  /* an error was returned */
};

struct multipart {
	struct multipart_events events;
	void *arg;
	enum state state;
	char delimiter[4 + MAX_BOUNDARY + 1];
	size_t delimiter_len;
	size_t matched; /* of the delimiter, at the end of what was fed */
	struct buf head;
	size_t parts;
};

/* What the headers of a part say; the strings are ours. */
struct head {
	char *disposition;
	char *type;
	char *name;
	char *filename;
};

static int
is_boundary(const char *s)
{
	static const char allowed[] = "0123456789abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ'()+_,-./:=? ";
	size_t len = strlen(s);

	return len >= 1 && len <= MAX_BOUNDARY && strspn(s, allowed) == len &&
	       s[len - 1] != ' ';
}

struct multipart *
multipart_new(const char *content_type, const struct multipart_events *events,
    void *arg, struct err *err)
{
	struct multipart *mp;
	char *boundary = NULL;

	if (content_type == NULL ||
	    !multipart_value_is(content_type, "multipart/form-data")) {
		err_set(err, "the body is not multipart/form-data");
		return NULL;
	}
	if (multipart_param(content_type, "boundary", &boundary) != 0 ||
	    boundary == NULL || !is_boundary(boundary)) {
		err_set(err, "no usable boundary in Content-Type");
		free(boundary);
		return NULL;
	}
	mp = xcalloc(1, sizeof(*mp));
	mp->events = *events;
	mp->arg = arg;
	mp->delimiter_len = 4 + strlen(boundary);
	memcpy(mp->delimiter, "\r\n--", 4);
	memcpy(mp->delimiter + 4, boundary, mp->delimiter_len - 4);
	mp->matched = 2;
	free(boundary);
	return mp;
}

void
multipart_free(struct multipart *mp)
{
	if (mp == NULL)
		return;
	buf_free(&mp->head);
	free(mp);
}

/* A callback's refusal, with its own words or ours. */
static int
refused(struct err *err)
{
	if (err != NULL && err->text[0] == '\0')
		err_set(err, "the part was refused");
	return -1;
}

static int
emit(struct multipart *mp, const void *p, size_t len, struct err *err)
{
	if (mp->state != DATA || len == 0)
		return 0;
	return mp->events.on_data(p, len, mp->arg) == 0 ? 0 : refused(err);
}

/* The delimiter is complete: what was in front of it has ended. */
static int
end_data(struct multipart *mp, struct err *err)
{
	bool in_part = mp->state == DATA;

	mp->matched = 0;
	mp->state = BOUNDARY;
	if (in_part && mp->events.on_part_end(mp->arg) != 0)
		return refused(err);
	return 0;
}

/*
 * Bytes up to the next delimiter, handed on in pieces as long as they come.
 * carry is how much of a possible delimiter was in earlier input: it is data
 * after all if the delimiter does not go on.
 */
static long
take_data(struct multipart *mp, const char *p, size_t n, struct err *err)
{
	size_t carry = mp->matched, i = 0;
	const char *cr;

	while (i < n && mp->matched < mp->delimiter_len) {
		if (mp->matched == 0) {
			cr = memchr(p + i, '\r', n - i);
			i = cr != NULL ? (size_t)(cr - p) + 1 : n;
			mp->matched = cr != NULL;
		} else if (p[i] == mp->delimiter[mp->matched]) {
			mp->matched++;
			i++;
		} else {
			if (emit(mp, mp->delimiter, carry, err) != 0)
				return -1;
			carry = 0;
			mp->matched = 0;
		}
	}
	if (emit(mp, p, i - (mp->matched - carry), err) != 0)
		return -1;
	if (mp->matched == mp->delimiter_len && end_data(mp, err) != 0)
		return -1;
	return i;
}

/* One byte behind a boundary: dashes end the form, a newline opens a part. */
static int
take_boundary_end(struct multipart *mp, char byte, struct err *err)
{
	enum state old = mp->state;

	if (old == BOUNDARY && byte == '-')
		mp->state = DASH;
	else if (old == DASH && byte == '-')
		mp->state = EPILOGUE;
	else if ((old == BOUNDARY || old == PADDING) &&
		 (byte == ' ' || byte == '\t'))
		mp->state = PADDING;
	else if ((old == BOUNDARY || old == PADDING) && byte == '\r')
		mp->state = NEWLINE;
	else if (old == NEWLINE && byte == '\n')
		mp->state = HEADERS;
	else
		return err_set(err, "unexpected bytes behind a boundary");
	if (mp->state == HEADERS && ++mp->parts > MULTIPART_MAX_PARTS)
		return err_set(
		    err, "more than %d parts", (int)MULTIPART_MAX_PARTS);
	return 0;
}

static void
head_clear(struct head *head)
{
	free(head->disposition);
	free(head->type);
	free(head->name);
	free(head->filename);
}

static int
is_header_text(const char *line, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (((unsigned char)line[i] < 0x20 && line[i] != '\t') ||
		    line[i] == 0x7f)
			return 0;
	return 1;
}

/* Keep a header's value; once only. */
static int
keep(char **where, const char *name, const char *value, struct err *err)
{
	if (*where != NULL)
		return err_set(err, "%s given twice in a part", name);
	*where = xstrdup(value);
	return 0;
}

static int
read_line(char *line, size_t len, struct head *head, struct err *err)
{
	char *colon = memchr(line, ':', len), *value;

	if (!is_header_text(line, len))
		return err_set(err, "a control character in a part's header");
	if (colon == NULL || colon == line ||
	    strcspn(line, " \t") < (size_t)(colon - line))
		return err_set(err, "a part's header is malformed");
	*colon = '\0';
	value = colon + 1 + strspn(colon + 1, " \t");
	for (char *end = line + len; end > value && strchr(" \t", end[-1]);)
		*--end = '\0';
	if (strcasecmp(line, "content-disposition") == 0)
		return keep(&head->disposition, line, value, err);
	if (strcasecmp(line, "content-type") == 0)
		return keep(&head->type, line, value, err);
	if (strcasecmp(line, "content-transfer-encoding") == 0 &&
	    strcasecmp(value, "binary") != 0 &&
	    strcasecmp(value, "8bit") != 0 && strcasecmp(value, "7bit") != 0)
		return err_set(err, "Content-Transfer-Encoding is not binary");
	return 0;
}

static int
read_disposition(struct head *head, struct err *err)
{
	const char *text = head->disposition;
	char *extended = NULL;

	if (text == NULL || !multipart_value_is(text, "form-data"))
		return err_set(err, "a part without Content-Disposition");
	if (multipart_param(text, "name", &head->name) != 0 ||
	    multipart_param(text, "filename", &head->filename) != 0 ||
	    multipart_param(text, "filename*", &extended) != 0)
		return err_set(err, "Content-Disposition is malformed");
	if (head->filename == NULL && extended != NULL)
		head->filename = multipart_decode_extended(extended);
	free(extended);
	if (head->name == NULL)
		return err_set(err, "a part without a name");
	return 0;
}

/* text is the whole head: lines that end in CRLF, the last one empty. */
static int
read_head(char *text, struct head *head, struct err *err)
{
	char *end;

	for (; strcmp(text, "\r\n") != 0; text = end + 2) {
		end = strstr(text, "\r\n");
		if (end == NULL)
			return err_set(err, "a NUL in a part's header");
		*end = '\0';
		if (read_line(text, end - text, head, err) != 0)
			return -1;
	}
	return read_disposition(head, err);
}

static int
open_part(struct multipart *mp, struct err *err)
{
	struct head head = {0};
	struct multipart_part part;
	int rc = -1;

	buf_str(&mp->head);
	if (read_head((char *)mp->head.data, &head, err) != 0)
		goto done;
	part.name = head.name;
	part.filename = head.filename;
	part.content_type = head.type != NULL ? head.type : "text/plain";
	mp->state = DATA;
	rc = mp->events.on_part(&part, mp->arg) == 0 ? 0 : refused(err);
done:
	head_clear(&head);
	buf_reset(&mp->head);
	return rc;
}

static bool
head_is_complete(const struct buf *head)
{
	if (head->len == 2)
		return memcmp(head->data, "\r\n", 2) == 0;
	return head->len >= 4 &&
	       memcmp(head->data + head->len - 4, "\r\n\r\n", 4) == 0;
}

static int
take_head(struct multipart *mp, char byte, struct err *err)
{
	if (mp->head.len == MULTIPART_MAX_HEADER)
		return err_set(err, "a part's header is too long");
	buf_add_byte(&mp->head, byte);
	return head_is_complete(&mp->head) ? open_part(mp, err) : 0;
}

/* What the state makes of the front of the input; the bytes used, or -1. */
static long
step(struct multipart *mp, const char *p, size_t n, struct err *err)
{
	switch (mp->state) {
	case PREAMBLE:
	case DATA:
		return take_data(mp, p, n, err);
	case BOUNDARY:
	case DASH:
	case PADDING:
	case NEWLINE:
		return take_boundary_end(mp, *p, err) == 0 ? 1 : -1;
	case HEADERS:
		return take_head(mp, *p, err) == 0 ? 1 : -1;
	case EPILOGUE:
		return n;
	case STOPPED:
		return err_set(err, "the form was refused already");
	}
	return -1;
}

int
multipart_feed(
    struct multipart *mp, const void *bytes, size_t n, struct err *err)
{
	const char *p = bytes;
	long used;

	if (err != NULL)
		err->text[0] = '\0';
	while (n > 0) {
		used = step(mp, p, n, err);
		if (used < 0) {
			mp->state = STOPPED;
			return -1;
		}
		p += used;
		n -= used;
	}
	return 0;
}

int
multipart_finish(struct multipart *mp, struct err *err)
{
	if (mp->state != EPILOGUE)
		return err_set(err, "the form ends before its last boundary");
	return 0;
}

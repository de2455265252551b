/*
 * The multipart parser, fed anything, cut anywhere.
 *
 * The first byte seeds the places of the cuts; the rest is a form whose
 * boundary is "B", or, from 0x80 on, a Content-Type, a newline and its form.
 * What it says about the form must not depend on the cuts.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/err.h"
#include "common/multipart.h"
#include "common/xalloc.h"
#include "tests/fuzz/input.h"

static int
on_part(const struct multipart_part *part, void *arg)
{
	buf_printf(arg, "[%s|%s|%s]", part->name,
	    part->filename != NULL ? part->filename : "-", part->content_type);
	return strcmp(part->name, "refused") == 0 ? -1 : 0;
}

static int
on_data(const void *p, size_t n, void *arg)
{
	buf_add(arg, p, n);
	return 0;
}

static int
on_part_end(void *arg)
{
	struct buf *said = arg;

	buf_add_str(said, ".");
	return said->len > 1000 ? -1 : 0;
}

static const struct multipart_events events = {on_part, on_data, on_part_end};

/*
 * Read the form in pieces of up to max bytes, 0: at once; how it ended is
 * noted, too.
 */
static void
parse(const char *type, const uint8_t *p, size_t n, uint32_t x, size_t max,
    struct buf *said)
{
	struct err err = {0};
	struct multipart *mp = multipart_new(type, &events, said, &err);
	int rc = 0;

	if (mp == NULL) {
		buf_add_str(said, err.text);
		return;
	}

	while (n > 0 && rc == 0) {
		size_t take;
		uint8_t *copy;

		x = x * 1664525 + 1013904223;
		take = max > 0 ? 1 + (x >> 8) % max : n;
		take = take < n ? take : n;
		copy = malloc(take);
		memcpy(copy, p, take);
		rc = multipart_feed(mp, copy, take, &err);
		free(copy);
		p += take;
		n -= take;
	}
	if (rc == 0)
		rc = multipart_finish(mp, &err);
	else
		input_must(multipart_feed(mp, "x", 1, NULL) != 0,
		    "a form that was refused stays refused");
	buf_printf(said, "%d %s", rc, rc != 0 ? err.text : "");
	multipart_free(mp);
}

/* The Content-Type in front of the form; the caller frees. */
static char *
take_type(const uint8_t **p, size_t *n)
{
	const uint8_t *end = memchr(*p, '\n', *n);
	size_t len = end != NULL ? (size_t)(end - *p) : *n;
	const struct input line = {*p, len};
	char *type = input_text(&line);

	len += end != NULL;
	*p += len;
	*n -= len;
	return type;
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct buf whole = {0}, pieces = {0};
	uint8_t seed;
	char *type;

	if (n < 2)
		return 0;
	seed = *p++;
	n--;
	type = seed < 0x80 ? xstrdup("multipart/form-data; boundary=B")
			   : take_type(&p, &n);
	parse(type, p, n, seed, 0, &whole);
	parse(type, p, n, seed, 3, &pieces);
	if (whole.len != pieces.len ||
	    memcmp(whole.data, pieces.data, whole.len) != 0)
		abort();
	free(type);
	buf_free(&whole);
	buf_free(&pieces);
	return 0;
}

/*
 * The multipart parser, fed anything, cut anywhere.
 *
 * The first byte seeds the places of the cuts; the rest is a form whose
 * boundary is "B". What it says about the form must not depend on the cuts.
 * Without libFuzzer, replay.c reads files.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/err.h"
#include "common/multipart.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static int
on_part(const struct multipart_part *part, void *arg)
{
	buf_printf(arg, "[%s|%s|%s]", part->name,
	    part->filename != NULL ? part->filename : "-", part->content_type);
	return 0;
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
	buf_add_str(arg, ".");
	return 0;
}

static const struct multipart_events events = {on_part, on_data, on_part_end};

/*
 * Read the form in pieces of up to max bytes, 0: at once; how it ended is
 * noted, too.
 */
static void
parse(const uint8_t *p, size_t n, uint32_t x, size_t max, struct buf *said)
{
	struct err err = {0};
	struct multipart *mp = multipart_new(
	    "multipart/form-data; boundary=B", &events, said, &err);
	int rc = 0;

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
	buf_printf(said, "%d %s", rc, rc != 0 ? err.text : "");
	multipart_free(mp);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct buf whole = {0}, pieces = {0};

	if (n < 2)
		return 0;
	parse(p + 1, n - 1, p[0], 0, &whole);
	parse(p + 1, n - 1, p[0], 3, &pieces);
	if (whole.len != pieces.len ||
	    memcmp(whole.data, pieces.data, whole.len) != 0)
		abort();
	buf_free(&whole);
	buf_free(&pieces);
	return 0;
}

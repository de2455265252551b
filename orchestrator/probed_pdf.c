/*
 * PDF, as far as whether it is whole and has a page (ISO 32000-1): its end
 * mark and the place of its table stand at its end (7.5.5), and each page is
 * an object of type Page (7.7.3.3), plainly or in a packed stream of objects
 * (7.5.7). What is encrypted cannot be looked into, and passes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "orchestrator/probed.h"
#include "orchestrator/probed_inflate.h"

enum {
	TAIL_BYTES = 1024,
	BLOCK = 65536,
	MOST_BEFORE = 1024, /* of a stream's dictionary behind its type */
	MAX_STREAMS = 20000,
	MAX_UNPACKED = 16 * 1024 * 1024,
};

static const char stream_type[] = "ObjStm";

/* -- its end ------------------------------------------------------------- */

/* The last one in bytes that end with a NUL behind them. */
static const char *
find_last(const char *bytes, size_t n, const char *word)
{
	const char *found = NULL, *at = bytes;
	size_t len = strlen(word);

	while ((at = memmem(at, n - (at - bytes), word, len)) != NULL) {
		found = at;
		at += len;
	}
	return found;
}

static int
check_end(struct probed *p)
{
	char tail[TAIL_BYTES + 1];
	int64_t size = probed_size(), table;
	size_t n = probed_read(
	    size > TAIL_BYTES ? size - TAIL_BYTES : 0, tail, TAIL_BYTES);
	const char *place;

	tail[n] = '\0';
	if (find_last(tail, n, "%%EOF") == NULL)
		return probed_fault(p, "truncated",
		    "its end mark is missing; there are %lld bytes",
		    (long long)size);
	place = find_last(tail, n, "startxref");
	if (place == NULL)
		return 0;
	table = strtoll(place + strlen("startxref"), NULL, 10);
	if (table > size)
		return probed_fault(p, "truncated",
		    "it says that its table begins at byte %lld; there are "
		    "%lld",
		    (long long)table, (long long)size);
	return 0;
}

/* -- its pages ----------------------------------------------------------- */

struct search {
	struct probed_finder page;
	bool is_blind; /* some objects could not be looked at */
	int streams;
};

static bool
on_bytes(const uint8_t *bytes, size_t len, void *arg)
{
	struct search *s = arg;

	probed_find(&s->page, bytes, len);
	return !s->page.is_found;
}

/* Where the packed bytes begin behind a stream's type; 0 if nowhere. */
static int64_t
stream_from(int64_t at)
{
	static const char word[] = "stream";
	uint8_t bytes[MOST_BEFORE];
	size_t n = probed_read(at, bytes, sizeof(bytes));
	const uint8_t *begin = memmem(bytes, n, word, strlen(word));
	size_t i;

	if (begin == NULL)
		return 0;
	i = begin - bytes + strlen(word);
	if (i < n && bytes[i] == '\r')
		i++;
	if (i < n && bytes[i] == '\n')
		i++;
	return at + i;
}

static void
look_into_stream(struct search *s, int64_t at)
{
	int64_t from = stream_from(at);
	uint64_t is;

	s->page.have = 0;
	if (from == 0 || s->streams++ >= MAX_STREAMS ||
	    probed_unpack(PROBED_ZLIB, from, probed_size() - from, MAX_UNPACKED,
		&is, on_bytes, s) != PROBED_UNPACKED)
		s->is_blind = true;
	s->page.have = 0;
}

static void
look_into_streams(struct search *s)
{
	static uint8_t block[BLOCK];
	const size_t len = strlen(stream_type);
	int64_t at = 0;
	size_t n;

	while (!s->page.is_found && !s->is_blind &&
	       (n = probed_read(at, block, sizeof(block))) >= len) {
		const uint8_t *found = memmem(block, n, stream_type, len);

		if (found == NULL) {
			at += n - len + 1;
			continue;
		}
		at += found - block + len;
		look_into_stream(s, at);
	}
}

static void
look_at_plain(struct search *s)
{
	static uint8_t block[BLOCK];
	int64_t at = 0;
	size_t n;

	while (!s->page.is_found &&
	       (n = probed_read(at, block, sizeof(block))) > 0) {
		probed_find(&s->page, block, n);
		at += n;
	}
}

int
probed_pdf(struct probed *p)
{
	struct search s = {.is_blind = false};

	snprintf(p->type, sizeof(p->type), "application/pdf");
	if (check_end(p) != 0)
		return -1;
	probed_finder_init(&s.page, "/Type/Page");
	s.page.passes_blanks = true;
	s.page.is_whole = true;
	look_at_plain(&s);
	if (!s.page.is_found)
		look_into_streams(&s);
	if (!s.page.is_found && !s.is_blind)
		return probed_fault(
		    p, "no_content", "there is not one page in it");
	return 0;
}

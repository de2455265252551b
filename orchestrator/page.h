/*
 * What a list is asked with: how many rows, behind which, from when to when;
 * and the header that says where the next page is (RFC 8288). Pure.
 *
 * A cursor is opaque to clients: it is the place of the last row they have.
 * Jobs have theirs by creation, so that new ones do not move a page.
 */
#ifndef ORCHESTRATOR_PAGE_H
#define ORCHESTRATOR_PAGE_H

#include <stdint.h>

#include "common/uuid.h"

struct buf;
struct err;

enum { PAGE_MAX_CURSOR = 64 }; /* bytes of its text */

struct page_cursor {
	int64_t created_us; /* wall */
	char id[UUID_TEXT];
};

/* A whole number from 0 to most, at least least; text NULL: fallback. -1 and
 * the reason, which names it. */
int64_t page_number(const char *name, const char *text, int64_t fallback,
    int64_t least, int64_t most, struct err *);

/* 0, or -1 and the reason. */
int page_cursor_parse(const char *text, struct page_cursor *, struct err *);

/* RFC 3339, as wall time. 0, or -1 and the reason, which names it. */
int page_time(const char *name, const char *text, int64_t *us, struct err *);

/* The header's value: path with those parameters that are not NULL and the
 * cursor. names and values end with a NULL name. */
struct page_param {
	const char *name, *value;
};
void page_link(struct buf *, const char *path, const struct page_param *,
    const char *cursor);

#endif

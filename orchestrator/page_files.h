/*
 * The page's own files: what orchestrator/page/ has, built into the program by
 * orchestrator/page/embed. GET / and GET /page/{file}.
 *
 * A browser runs nothing but these: the policy that goes along lets it load
 * from here alone, and nobody show the page in a frame.
 */
#ifndef ORCHESTRATOR_PAGE_FILES_H
#define ORCHESTRATOR_PAGE_FILES_H

#include <stdbool.h>
#include <stddef.h>

struct http_req;

struct page_file {
	const char *name, *type;
	/* As the header has it, in quotes: a strong one is of bytes, and each
	 * form has its own. */
	const char *etag, *packed_etag;
	const unsigned char *bytes, *packed; /* packed by gzip */
	size_t n_bytes, n_packed;
};

/* Made by orchestrator/page/embed; ends with a NULL name. */
extern const struct page_file page_files_all[];

void page_files_index(struct http_req *, void *orchestrator);
void page_files_show(struct http_req *, void *orchestrator);

/* -- the parts that decide; pure ---------------------------------------- */

const struct page_file *page_files_find(const char *name); /* NULL: none */
/* What Accept-Encoding says of gzip; NULL: the header is absent. */
bool page_files_takes_gzip(const char *accept_encoding);
/* Whether If-None-Match names it. */
bool page_files_is_known(const char *if_none_match, const char *etag);

#endif

/* The page's own files. */
#include "orchestrator/page_files.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/http_server.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/page_api.h"

static const char policy[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self'; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'";

const struct page_file *
page_files_find(const char *name)
{
	for (const struct page_file *f = page_files_all; f->name != NULL; f++) {
		if (strcmp(f->name, name) == 0)
			return f;
	}
	return NULL;
}

/* The next item of a list, from its first character; NULL: no more. */
static const char *
next_item(const char *list, size_t *len)
{
	list += strspn(list, ", \t");
	*len = strcspn(list, ",");
	return *len > 0 ? list : NULL;
}

bool
page_files_takes_gzip(const char *accept_encoding)
{
	static const char gzip[] = "gzip";
	size_t len;

	for (const char *p = accept_encoding; p != NULL; p += len) {
		const char *weight;

		p = next_item(p, &len);
		if (p == NULL)
			return false;
		if (strncasecmp(p, gzip, strlen(gzip)) != 0 ||
		    strchr("; \t,", p[strlen(gzip)]) == NULL)
			continue;
		weight = memchr(p, '=', len);
		return weight == NULL || strtod(weight + 1, NULL) > 0;
	}
	return false;
}

bool
page_files_is_known(const char *if_none_match, const char *etag)
{
	size_t len, wanted = strlen(etag);

	for (const char *p = if_none_match; p != NULL; p += len) {
		p = next_item(p, &len);
		if (p == NULL)
			return false;
		if (*p == '*')
			return true;
		/* A weak one will do: the bytes need not be the same. */
		if (strncmp(p, "W/", 2) == 0) {
			p += 2;
			len -= 2;
		}
		if (len >= wanted && strncmp(p, etag, wanted) == 0)
			return true;
	}
	return false;
}

static void
send_file(struct http_req *req, const struct page_file *f)
{
	bool packed =
	    page_files_takes_gzip(http_req_header(req, "Accept-Encoding"));
	const char *etag = packed ? f->packed_etag : f->etag;

	http_reply_header(req, "Content-Security-Policy", policy);
	http_reply_header(req, "X-Content-Type-Options", "nosniff");
	http_reply_header(req, "Referrer-Policy", "no-referrer");
	http_reply_header(req, "Cache-Control", "no-cache");
	http_reply_header(req, "Vary", "Accept-Encoding");
	http_reply_header(req, "ETag", etag);
	if (page_files_is_known(http_req_header(req, "If-None-Match"), etag)) {
		http_reply(req, 304, NULL, "", 0);
		return;
	}
	if (packed)
		http_reply_header(req, "Content-Encoding", "gzip");
	http_reply(req, 200, f->type, packed ? f->packed : f->bytes,
	    packed ? f->n_packed : f->n_bytes);
}

static void
show(struct http_req *req, const struct orchestrator *o, const char *name)
{
	const struct page_file *f =
	    page_api_is_served(o) ? page_files_find(name) : NULL;

	if (f == NULL)
		http_reply_problem(req, 404, "not_found",
		    page_api_is_served(o) ? "the page has no such file"
					  : "orchestrator.page is off");
	else
		send_file(req, f);
}

void
page_files_index(struct http_req *req, void *orchestrator)
{
	show(req, orchestrator, "index.html");
}

void
page_files_show(struct http_req *req, void *orchestrator)
{
	show(req, orchestrator, http_req_param(req, "file"));
}

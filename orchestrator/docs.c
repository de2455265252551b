/* The door of those who want to know how to ask. */
#include "orchestrator/docs.h"

#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/xalloc.h"
#include "orchestrator/docs_page.h"
#include "orchestrator/openapi.h"
#include "orchestrator/orchestrator.h"

struct docs {
	json_t *document;
	char *openapi; /* its text */
	struct buf page;
};

struct docs *
docs_new(struct err *err)
{
	json_t *document = openapi_document(err);
	struct docs *d;

	if (document == NULL)
		return NULL;
	d = xcalloc(1, sizeof(*d));
	d->openapi = json_dumps(document, JSON_COMPACT);
	docs_page(&d->page, document);
	d->document = document;
	return d;
}

void
docs_free(struct docs *d)
{
	if (d == NULL)
		return;
	json_decref(d->document);
	free(d->openapi);
	buf_free(&d->page);
	free(d);
}

static void
show_openapi(struct http_req *req, void *orchestrator)
{
	const struct docs *d = ((struct orchestrator *)orchestrator)->docs;

	http_reply(
	    req, 200, "application/json", d->openapi, strlen(d->openapi));
}

/* Nothing but what is in the page is loaded or run. */
static void
reply_page(struct http_req *req, const struct buf *page)
{
	http_reply_header(req, "Content-Security-Policy",
	    "default-src 'none'; style-src 'unsafe-inline'");
	http_reply(req, 200, "text/html; charset=utf-8", page->data, page->len);
}

static void
show_docs(struct http_req *req, void *orchestrator)
{
	reply_page(req, &((struct orchestrator *)orchestrator)->docs->page);
}

static void
show_error(struct http_req *req, void *orchestrator)
{
	const struct docs *d = ((struct orchestrator *)orchestrator)->docs;
	const char *code = http_req_param(req, "code");
	const json_t *problem = openapi_problem(d->document, code);
	struct buf page = {0};

	if (problem == NULL) {
		http_reply_problem(req, 404, "not_found",
		    "there is no such code; /docs lists them");
		return;
	}
	docs_problem_page(&page, code, problem);
	reply_page(req, &page);
	buf_free(&page);
}

const struct http_route docs_routes[] = {
    {"GET", "/openapi.json", 0, false, show_openapi, 0},
    {"GET", "/docs", 0, false, show_docs, 0},
    {"GET", "/errors/{code}", 0, false, show_error, 0},
    {NULL, NULL, 0, false, NULL, 0},
};

/* POST /v1/files. */
#include "orchestrator/file_take.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/blobs.h"
#include "common/clock.h"
#include "common/err.h"
#include "common/http_server.h"
#include "common/log.h"
#include "common/uuid.h"
#include "common/xalloc.h"
#include "orchestrator/body.h"
#include "orchestrator/form.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/order.h"
#include "orchestrator/principal.h"
#include "orchestrator/probe.h"
#include "orchestrator/probe_verdict.h"
#include "orchestrator/refusal.h"
#include "orchestrator/store_files.h"

#define MAX_FILE (5ull * 1024 * 1024 * 1024)

struct taking {
	struct orchestrator *o;
	struct http_req *req;
	struct blob_writer *file; /* while it comes as the body itself */
	char id[UUID_TEXT], sha256[65];
	uint64_t bytes;
};

const char *
file_tenant(const struct http_req *req)
{
	return principal_sees(principal_of(req));
}

/* -- ends --------------------------------------------------------------- */

static void
refuse(struct taking *t, int status, const char *code, const char *why)
{
	http_reply_problem(t->req, status, code, "%s", why);
	blob_abort(t->file);
	free(t);
}

/* It is kept already. */
static void
refuse_kept(struct taking *t, int status, const char *code, const char *why)
{
	blob_remove(t->o->blobs, t->id, t->sha256);
	refuse(t, status, code, why);
}

static void
on_stored(const struct pg_answer *answer, void *arg)
{
	struct taking *t = arg;
	char location[64];
	const char *body;

	if (answer->outcome == PG_UNKNOWN) {
		refuse(t, 503, "unknown",
		    "the database went away while the file was stored; send "
		    "it again");
		return;
	}
	if (answer->outcome != PG_DONE) {
		refuse_kept(t, 503, "unavailable",
		    "the file cannot be stored now; nothing was");
		return;
	}
	log_info("file.stored", "id=%s bytes=%llu", t->id,
	    (unsigned long long)t->bytes);
	body = pg_text(answer->results[0], 0, "body");
	snprintf(location, sizeof(location), "/v1/files/%s", t->id);
	http_reply_header(t->req, "Location", location);
	http_reply(t->req, 201, "application/json", body, strlen(body));
	free(t);
}

/* -- from bytes to a row ------------------------------------------------ */

static void
store(struct taking *t, const json_t *measured)
{
	const struct store_file file = {.id = t->id,
	    .tenant = principal_of(t->req)->tenant,
	    .sha256 = t->sha256,
	    .type = json_string_value(json_object_get(measured, "type")),
	    .measured = measured,
	    .bytes = (int64_t)t->bytes,
	    .created_us = clock_wall_us(),
	    .expires_us = clock_wall_us() + t->o->file_ttl_ms * 1000};

	store_file_insert(t->o, &file, on_stored, t);
}

static void
refuse_broken(struct taking *t, const json_t *measured)
{
	const char *fault = probe_fault_said(measured);
	const char *said = json_string_value(json_object_get(measured, "why"));
	char why[640];

	snprintf(why, sizeof(why), "the file is broken: %s; %s",
	    said != NULL ? said : "it does not decode", probe_fault_fix(fault));
	refuse_kept(t, 422, fault, why);
}

static void
on_looked_at(enum probe_outcome outcome, const json_t *measured, void *arg)
{
	struct taking *t = arg;

	switch (outcome) {
	case PROBE_MEASURED:
		store(t, measured);
		return;
	case PROBE_BAD:
		refuse_broken(t, measured);
		return;
	case PROBE_BROKEN:
		refuse_kept(t, 503, "unavailable",
		    "the file could not be looked at; nothing was stored");
		return;
	}
}

static void
on_opened(enum blob_outcome outcome, int fd, uint64_t bytes, const char *why,
    void *arg)
{
	struct taking *t = arg;

	(void)bytes;
	if (outcome == BLOB_DONE) {
		probe_start(t->o->probes, t->id, fd, on_looked_at, t);
		return;
	}
	log_error("store.disk", "why=\"%s\"", why);
	refuse_kept(t, 503, "unavailable", "the file cannot be stored now");
}

static void
on_kept(const char *why, void *arg)
{
	struct taking *t = arg;

	if (why == NULL) {
		blob_open(t->o->blobs, t->id, t->sha256, on_opened, t);
		return;
	}
	log_error("store.disk", "why=\"%s\"", why);
	refuse_kept(t, 503, "unavailable", "the file cannot be stored now");
}

static void
keep(struct taking *t, struct blob_writer *file)
{
	t->file = NULL;
	t->bytes = blob_bytes(file);
	if (t->bytes == 0) {
		blob_abort(file);
		refuse(t, 422, "empty_file", "the file has no bytes");
		return;
	}
	uuid_new(t->id);
	blob_commit(file, t->id, t->sha256, on_kept, t);
}

/* -- the body ----------------------------------------------------------- */

static void
on_form(struct form *form, const struct refusal *r, void *arg)
{
	struct taking *t = arg;
	struct blob_writer *file = form != NULL ? form_take_file(form) : NULL;

	if (form == NULL)
		refuse(t, r->status, r->code, r->why);
	else if (file == NULL)
		refuse(t, 422, "file_missing",
		    "send multipart/form-data with the part file, or the file "
		    "itself with its Content-Type");
	else
		keep(t, file);
	form_free(form);
}

static void
on_data(struct http_req *req, const void *data, size_t len, void *arg)
{
	struct taking *t = arg;
	struct err err;

	(void)req;
	if (blob_write(t->file, data, len, &err) == 0)
		return;
	log_error("store.disk", "why=\"%s\"", err.text);
	refuse(t, 503, "unavailable", "the file cannot be stored now");
}

static void
on_end(struct http_req *req, bool ok, void *arg)
{
	struct taking *t = arg;

	(void)req;
	if (ok)
		keep(t, t->file);
	else
		refuse(t, 400, "incomplete", "the body did not come whole");
}

static void
read_plain(struct taking *t)
{
	struct err err;

	t->file = blob_begin(t->o->blobs, MAX_FILE, &err);
	if (t->file != NULL) {
		http_req_read(t->req, on_data, on_end, t);
		return;
	}
	log_error("store.disk", "why=\"%s\"", err.text);
	refuse(t, 503, "unavailable", "the file cannot be stored now");
}

static bool
is_form(const struct http_req *req)
{
	static const char form[] = "multipart/form-data";
	const char *type = http_req_header(req, "Content-Type");

	return type != NULL && strncasecmp(type, form, strlen(form)) == 0;
}

void
file_take(struct http_req *req, void *orchestrator)
{
	struct taking *t = xcalloc(1, sizeof(*t));
	struct refusal r;

	t->o = orchestrator;
	t->req = req;
	if (order_check_open(t->o, &r) != 0)
		refuse(t, r.status, r.code, r.why);
	else if (is_form(req))
		body_read(req, t->o, "file", MAX_FILE, on_form, t);
	else
		read_plain(t);
}

/* A request's body, read as a form or as JSON. */
#include "orchestrator/body.h"

#include <sodium.h>
#include <stdbool.h>
#include <stdlib.h>

#include "common/err.h"
#include "common/hex.h"
#include "common/http_server.h"
#include "common/log.h"
#include "common/xalloc.h"
#include "orchestrator/form.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/refusal.h"

struct body {
	struct form *form;
	crypto_hash_sha256_state hash;
	char *digest; /* NULL: not wanted */
	void (*on_read)(struct form *, const struct refusal *, void *);
	void *arg;
};

static void
body_refuse(struct body *b, int status, const char *code, const char *why)
{
	struct refusal r;

	refusal_set(&r, status, code, "%s", why);
	b->on_read(NULL, &r, b->arg);
	form_free(b->form);
	free(b);
}

static void
refuse_form(struct body *b)
{
	enum form_fault fault = form_fault(b->form);
	struct err err;

	form_finish(b->form, &err);
	if (fault == FORM_UNSTORED)
		log_error("store.disk", "why=\"%s\"", err.text);
	body_refuse(b, form_fault_status(fault), form_fault_code(fault),
	    fault == FORM_UNSTORED ? "the input cannot be stored now"
				   : err.text);
}

static void
finish_digest(struct body *b)
{
	uint8_t hash[crypto_hash_sha256_BYTES];

	if (b->digest == NULL)
		return;
	crypto_hash_sha256_final(&b->hash, hash);
	hex_encode(hash, sizeof(hash), b->digest);
}

static void
on_end(struct http_req *req, bool ok, void *arg)
{
	struct body *b = arg;
	struct err err;

	(void)req;
	if (!ok) {
		body_refuse(
		    b, 400, "incomplete", "the body did not come whole");
		return;
	}
	if (form_finish(b->form, &err) != 0) {
		refuse_form(b);
		return;
	}
	finish_digest(b);
	b->on_read(b->form, NULL, b->arg);
	free(b);
}

/* An answer ends the reading. */
static void
on_data(struct http_req *req, const void *data, size_t len, void *arg)
{
	struct body *b = arg;

	(void)req;
	if (b->digest != NULL)
		crypto_hash_sha256_update(&b->hash, data, len);
	form_feed(b->form, data, len);
	if (form_fault(b->form) != FORM_GOOD)
		refuse_form(b);
}

void
body_read_as(struct http_req *req, struct orchestrator *o,
    const struct body_wish *wish,
    void (*on_read)(struct form *, const struct refusal *, void *), void *arg)
{
	struct body *b = xcalloc(1, sizeof(*b));
	struct err err;

	b->on_read = on_read;
	b->arg = arg;
	b->form = form_new(o->blobs, http_req_header(req, "Content-Type"),
	    wish->file_part, wish->max_file_bytes, &err);
	b->digest = wish->digest;
	crypto_hash_sha256_init(&b->hash);
	if (b->form == NULL) {
		body_refuse(b, 415, "bad_content_type", err.text);
		return;
	}
	if (wish->max_field > 0)
		form_widen(b->form, wish->max_field);
	http_req_read(req, on_data, on_end, b);
}

void
body_read(struct http_req *req, struct orchestrator *o, const char *file_part,
    uint64_t max_file_bytes,
    void (*on_read)(struct form *, const struct refusal *, void *), void *arg)
{
	struct body_wish wish = {
	    .file_part = file_part, .max_file_bytes = max_file_bytes};

	body_read_as(req, o, &wish, on_read, arg);
}

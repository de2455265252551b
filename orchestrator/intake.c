/*
 * What miners send us. A result goes through here in this order: the secret,
 * the attempt's row, the bytes (in Dippy's form the bytes, the row, the
 * secret), the row's step to received, the answer to the miner, and then, on
 * our own time, the probe and the step to delivered.
 */
#include "orchestrator/intake.h"

#include <stdlib.h>
#include <string.h>

#include "common/blobs.h"
#include "common/clock.h"
#include "common/err.h"
#include "common/http_server.h"
#include "common/log.h"
#include "common/xalloc.h"
#include "orchestrator/accept.h"
#include "orchestrator/form.h"
#include "orchestrator/give.h"
#include "orchestrator/kinds.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/result_form.h"
#include "orchestrator/store.h"
#include "orchestrator/turned_away.h"

/* Dippy's callback names its attempt inside the body, so its file's limit is
 * not known when it begins. */
enum { DIPPY_MAX_FILE = 64 * 1024 * 1024 };

/* A miner calls back once: while the database is away, a few more looks, of
 * up to ten seconds each, before it is told so. */
enum { MAX_TRIES = 2 };

struct intake {
	struct orchestrator *o;
	struct http_req *req;
	struct form *form;
	bool is_dippy;
	int tries;
	struct arrival arrival;
};

/* -- answers ------------------------------------------------------------ */

/* Dippy's miners know {"detail"} and {"status", "message"}. */
static void
answer_problem(
    struct intake *in, int status, const char *code, const char *detail)
{
	json_t *body, *words;
	char *text;

	if (!in->is_dippy) {
		http_reply_problem(in->req, status, code, "%s", detail);
		return;
	}
	words = json_string(detail); /* it may quote what is no UTF-8 */
	if (words == NULL)
		words = json_string(http_status_title(status));
	body = json_pack("{s:o}", "detail", words);
	text = json_dumps(body, JSON_COMPACT);
	http_reply(in->req, status, "application/json", text, strlen(text));
	free(text);
	json_decref(body);
}

static void
answer_status(struct intake *in, const char *status)
{
	char text[256];
	int len;

	if (in->is_dippy)
		len = snprintf(text, sizeof(text),
		    "{\"status\":\"%s\",\"message\":\"Callback processed for "
		    "job %s\"}",
		    strcmp(status, "failed") == 0 ? "error" : "success",
		    in->arrival.attempt_id);
	else
		len =
		    snprintf(text, sizeof(text), "{\"status\":\"%s\"}", status);
	http_reply(in->req, 200, "application/json", text, len);
}

static void
intake_free(struct intake *in)
{
	form_free(in->form);
	arrival_clear(&in->arrival);
	free(in);
}

static void
refuse(struct intake *in, int status, const char *code, const char *detail)
{
	answer_problem(in, status, code, detail);
	intake_free(in);
}

static bool
has_secret(const struct intake *in)
{
	return secrets_check_callback(&in->o->secrets, in->arrival.attempt_id,
	    http_req_header(in->req, "X-Callback-Secret"));
}

/* It is to come again, and many a miner does not: that is not its fault. */
static void
turn_away(struct intake *in, const char *detail)
{
	if (in->arrival.attempt_id[0] != '\0' && has_secret(in))
		turned_away_note(in->o->turned_away, in->arrival.attempt_id);
	refuse(in, 503, "unavailable", detail);
}

/* -- the end: what the form held ---------------------------------------- */

static void
on_accepted(const char *status, void *arg)
{
	struct intake *in = arg;

	if (status == NULL)
		turn_away(in, "the result could not be stored; send it again");
	else if (strcmp(status, "closed") == 0)
		refuse(in, 409, "closed",
		    "the attempt has ended and takes no result");
	else {
		answer_status(in, status);
		intake_free(in);
	}
}

/* Nobody could tell what the row says: ask again, or give up. */
static bool
asks_again(
    struct intake *in, const struct pg_answer *answer, pg_on_answer *on_answer)
{
	if (answer->outcome == PG_DONE)
		return false;
	if (in->tries++ < MAX_TRIES)
		store_attempt_get(in->o, in->arrival.attempt_id, on_answer, in);
	else
		turn_away(in, "the database is away; send the result again");
	return true;
}

static bool
take_id(struct intake *in, const char *id)
{
	if (id == NULL || !uuid_is_valid(id))
		return false;
	snprintf(
	    in->arrival.attempt_id, sizeof(in->arrival.attempt_id), "%s", id);
	return true;
}

/* Whether the body is one to go on with; else it was refused. One that is
 * too large is: as a result that is none. */
static bool
has_form(struct intake *in, bool ok)
{
	struct err err = {""};
	enum form_fault fault;

	in->arrival.at_us = clock_wall_us();
	if (!ok) {
		refuse(in, 400, "incomplete", "the body did not come whole");
		return false;
	}
	if (form_finish(in->form, &err) == 0 ||
	    form_fault(in->form) == FORM_TOO_LARGE)
		return true;
	fault = form_fault(in->form);
	if (fault != FORM_UNSTORED) {
		refuse(in, form_fault_status(fault), form_fault_code(fault),
		    err.text);
		return false;
	}
	log_error("store.disk", "why=\"%s\"", err.text);
	if (in->is_dippy)
		take_id(in, form_field(in->form, "job_id"));
	turn_away(in, "the result cannot be stored now; send it again");
	return false;
}

static void
on_data(struct http_req *req, const void *data, size_t len, void *arg)
{
	struct intake *in = arg;

	(void)req;
	form_feed(in->form, data, len);
}

static void
on_native_end(struct http_req *req, bool ok, void *arg)
{
	struct intake *in = arg;

	(void)req;
	if (!has_form(in, ok))
		return;
	result_form_take(in->form, &in->arrival);
	arrival_accept(in->o, &in->arrival, on_accepted, in);
}

/* -- the native form ---------------------------------------------------- */

static void
read_native(struct intake *in)
{
	const char *type = http_req_header(in->req, "Content-Type");
	struct err err;

	in->form = form_new(in->o->blobs, type, "result",
	    in->arrival.kind->max_output_bytes, &err);
	if (in->form == NULL)
		refuse(in, 415, "bad_content_type", err.text);
	else
		http_req_read(in->req, on_data, on_native_end, in);
}

/* The row first: a result nobody waits for is not read at all. */
static void
on_native_row(const struct pg_answer *answer, void *arg)
{
	struct intake *in = arg;
	const char *done;

	if (asks_again(in, answer, on_native_row))
		return;
	if (arrival_take_row(&in->arrival, in->o, answer->results[0]) != 0) {
		refuse(in, 404, "not_found", "no such attempt");
		return;
	}
	done = arrival_answered(in->arrival.state);
	if (done != NULL)
		on_accepted(done, in);
	else
		read_native(in);
}

static struct intake *
intake_new(struct orchestrator *o, struct http_req *req, bool is_dippy)
{
	struct intake *in = xcalloc(1, sizeof(*in));

	in->o = o;
	in->req = req;
	in->is_dippy = is_dippy;
	return in;
}

/* Without the kinds no attempt can be made sense of. */
static bool
is_starting(struct intake *in)
{
	if (in->o->kinds != NULL)
		return false;
	turn_away(in, "starting; send the result again");
	return true;
}

static void
intake_native(struct http_req *req, void *orchestrator)
{
	struct orchestrator *o = orchestrator;
	struct intake *in = intake_new(o, req, false);

	if (!take_id(in, http_req_param(req, "id"))) {
		refuse(in, 404, "not_found", "no such attempt");
	} else if (is_starting(in)) {
		return;
	} else if (!has_secret(in)) {
		log_warn("callback.refused", "attempt=%s why=secret peer=%s",
		    in->arrival.attempt_id, http_req_peer(req));
		refuse(in, 403, "bad_secret",
		    "X-Callback-Secret is not this attempt's");
	} else if (arrival_take_flight(&in->arrival, o) == 0) {
		read_native(in);
	} else {
		store_attempt_get(o, in->arrival.attempt_id, on_native_row, in);
	}
}

/* -- Dippy's ------------------------------------------------------------ */

/* The row before the secret: Dippy's miners are told 404 of an attempt that
 * is not there, whatever their secret. */
static void
on_dippy_row(const struct pg_answer *answer, void *arg)
{
	struct intake *in = arg;

	if (asks_again(in, answer, on_dippy_row))
		return;
	if (arrival_take_row(&in->arrival, in->o, answer->results[0]) != 0) {
		refuse(in, 404, "not_found", "no such attempt");
	} else if (!has_secret(in)) {
		log_warn("callback.refused", "attempt=%s why=secret peer=%s",
		    in->arrival.attempt_id, http_req_peer(in->req));
		refuse(in, 403, "bad_secret", "Callback secret mismatch");
	} else {
		result_form_take(in->form, &in->arrival);
		arrival_accept(in->o, &in->arrival, on_accepted, in);
	}
}

static void
on_dippy_end(struct http_req *req, bool ok, void *arg)
{
	struct intake *in = arg;

	(void)req;
	if (!has_form(in, ok))
		return;
	if (!take_id(in, form_field(in->form, "job_id")))
		refuse(in, 400, "bad_id", "Invalid job_id provided");
	else
		store_attempt_get(
		    in->o, in->arrival.attempt_id, on_dippy_row, in);
}

static void
intake_dippy(struct http_req *req, void *orchestrator)
{
	struct orchestrator *o = orchestrator;
	struct intake *in = intake_new(o, req, true);
	struct err err;

	if (is_starting(in))
		return;
	in->form = form_new(o->blobs, http_req_header(req, "Content-Type"),
	    "image", DIPPY_MAX_FILE, &err);
	if (in->form == NULL)
		refuse(in, 415, "bad_content_type", err.text);
	else
		http_req_read(req, on_data, on_dippy_end, in);
}

/* -- inputs ------------------------------------------------------------- */

struct input_request {
	struct orchestrator *o;
	struct http_req *req;
	int64_t expires_s;
};

static void
give_input(struct input_request *r, const PGresult *res)
{
	const struct give what = {.id = pg_text(res, 0, "input_of"),
	    .sha256 = pg_text(res, 0, "input_sha256"),
	    .type = pg_text(res, 0, "input_type"),
	    .bytes = pg_int(res, 0, "input_bytes"),
	    .until_s = r->expires_s,
	    .gone_status = 404,
	    .gone_code = "not_found",
	    .gone_why = "no such input"};

	give(r->o, r->req, &what);
}

static void
on_input_row(const struct pg_answer *answer, void *arg)
{
	struct input_request *r = arg;
	const PGresult *res =
	    answer->outcome == PG_DONE ? answer->results[0] : NULL;

	if (res == NULL)
		http_reply_problem(
		    r->req, 503, "unavailable", "the database is away");
	else if (PQntuples(res) == 1 && !pg_is_null(res, 0, "input_sha256"))
		give_input(r, res);
	else
		http_reply_problem(r->req, 404, "not_found", "no such input");
	free(r);
}

static void
intake_input(struct http_req *req, void *orchestrator)
{
	struct orchestrator *o = orchestrator;
	const char *id = http_req_param(req, "id");
	const char *expires = http_req_query(req, "expires");
	const char *signature = http_req_query(req, "signature");
	int64_t expires_s = expires != NULL ? strtoll(expires, NULL, 10) : 0;
	struct input_request *r;

	if (!uuid_is_valid(id) ||
	    !secrets_check_url(&o->secrets, SECRETS_INPUT, id, expires_s,
		signature, clock_wall_us() / 1000000)) {
		http_reply_problem(req, 403, "bad_signature",
		    "the URL's signature is wrong or has expired");
		return;
	}
	r = xcalloc(1, sizeof(*r));
	r->o = o;
	r->req = req;
	r->expires_s = expires_s;
	store_attempt_get(o, id, on_input_row, r);
}

/* Nobody is asked for a key: an attempt has a secret. */
const struct http_route intake_routes[] = {
    {"GET", "/v1/attempts/{id}/input", 0, false, intake_input, 0},
    {"POST", "/v1/attempts/{id}/result", FORM_MAX_BODY, true, intake_native, 0},
    {"POST", "/results/callback", FORM_MAX_BODY, true, intake_dippy, 0},
    {NULL, NULL, 0, false, NULL, 0},
};

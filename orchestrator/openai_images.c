/*
 * POST /v1/images/generations and /v1/images/edits: n pictures are n jobs. The
 * pictures as URLs, which expire, or within the answer (openai_pictures.h).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/http_server.h"
#include "common/pg.h"
#include "common/uuid.h"
#include "common/xalloc.h"
#include "orchestrator/form.h"
#include "orchestrator/give.h"
#include "orchestrator/kinds.h"
#include "orchestrator/openai.h"
#include "orchestrator/openai_call.h"
#include "orchestrator/openai_error.h"
#include "orchestrator/openai_pictures.h"
#include "orchestrator/openai_request.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/result_url.h"
#include "orchestrator/store.h"

enum { URL_S = 3600 };

struct images {
	struct openai_request r; /* first */
	size_t n;
	bool as_url;
	bool has_size; /* as the kind's width and height */
};

/* -- the answer ------------------------------------------------------------ */

/* {"created", "data": [{"url"}, ..]} */
static void
answer_urls(struct openai_call *call)
{
	const struct orchestrator *o = openai_call_orchestrator(call);
	int64_t now_s = clock_wall_us() / 1000000;
	json_t *data = json_array(), *answer;
	char *text;

	for (size_t i = 0; i < openai_call_n(call); i++) {
		char *url = result_url(
		    o, openai_call_result(call, i)->job_id, now_s + URL_S);

		json_array_append_new(data, json_pack("{s:s}", "url", url));
		free(url);
	}
	answer =
	    json_pack("{s:I, s:o}", "created", (json_int_t)now_s, "data", data);
	text = json_dumps(answer, JSON_COMPACT);
	openai_call_answer(call, "application/json", text, strlen(text));
	free(text);
	json_decref(answer);
}

static void
answer_pictures(struct openai_call *call, void *arg)
{
	struct orchestrator *o = openai_call_orchestrator(call);
	const struct openai_result *first = openai_call_result(call, 0);
	struct openai_pictures *p = openai_pictures_new(
	    o->service.base, clock_wall_us() / 1000000, first->type);
	uint64_t bytes;

	(void)arg;
	for (size_t i = 0; i < openai_call_n(call); i++)
		openai_pictures_add(p, openai_call_take_file(call, i, &bytes));
	openai_pictures_send(p, openai_call_take(call));
}

static void
on_drawn(struct openai_call *call, void *arg)
{
	const struct images *g = arg;

	if (g->as_url)
		answer_urls(call);
	else
		openai_call_open(call, answer_pictures);
}

/* -- the request ----------------------------------------------------------- */

/* "1024x768" as the kind's width and height. */
static int
take_size(struct images *g, json_t *params, struct openai_fault *fault)
{
	const struct kind *kind = g->r.kind;
	json_t *given = openai_field(&g->r.fields, "size");
	const char *text = json_string_value(given);
	int width = 0, height = 0, end = 0, result = 0;

	if (given == NULL || openai_has_field(kind, g->r.table, "size") ||
	    (text != NULL && strcmp(text, "auto") == 0)) {
		/* what the kind does, or has taken already */
	} else if (json_object_get(kind->params, "width") == NULL ||
		   json_object_get(kind->params, "height") == NULL) {
		result = openai_fault_set(fault, "size",
		    "%s has a size of its own: size must be auto, or left out",
		    kind->name);
	} else if (text == NULL ||
		   sscanf(text, "%5dx%5d%n", &width, &height, &end) != 2 ||
		   text[end] != '\0' || width < 1 || height < 1) {
		result = openai_fault_set(fault, "size",
		    "size must be auto, or width and height such as "
		    "1024x1024");
	} else {
		g->has_size = true;
		json_object_set_new(params, "width", json_integer(width));
		json_object_set_new(params, "height", json_integer(height));
	}
	json_decref(given);
	return result;
}

static int
take(struct images *g, struct openai_fault *fault)
{
	static const char *const url_first[] = {"url", "b64_json", NULL};
	static const char *const b64_first[] = {"b64_json", "url", NULL};
	bool is_b64 = openai_kind_lists(g->r.table, "b64_json", g->r.model);
	double n = 1;
	int word = openai_request_word(
	    &g->r, "response_format", is_b64 ? b64_first : url_first, fault);

	if (word < 0 ||
	    openai_request_number(&g->r, "n", 1, OPENAI_MAX_JOBS, &n, fault))
		return -1;
	g->n = (size_t)n;
	if (n != (double)g->n)
		return openai_fault_set(fault, "n", "n must be a whole number");
	g->as_url = is_b64 ? word == 1 : word == 0;
	if (g->r.endpoint == OPENAI_EDITS && form_file_bytes(g->r.form) == 0)
		return openai_fault_set(fault, "image",
		    "image is missing or empty: send the picture as the part "
		    "image");
	return 0;
}

/* A seed that was asked for is the first's: the same for all would be the
 * same picture. */
static json_t *
nth_job(const json_t *job, size_t i)
{
	json_t *copy = json_deep_copy(job);
	json_t *params = json_object_get(copy, "params");
	json_t *seed = json_object_get(params, "seed");

	if (i > 0 && json_is_integer(seed))
		json_object_set_new(params, "seed",
		    json_integer((json_integer_value(seed) + i) & 0xffffffff));
	return copy;
}

static void
place(struct openai_call *call, struct images *g, const json_t *job)
{
	struct openai_order order = {
	    .n = g->n, .table = g->r.table, .has_size = g->has_size};

	if (g->r.endpoint == OPENAI_EDITS) {
		order.file = form_take_file(g->r.form);
		order.file_type = form_file_type(g->r.form);
		order.file_field = "image";
	}
	for (size_t i = 0; i < order.n; i++)
		order.jobs[i] = nth_job(job, i);
	openai_call_place(call, &order, on_drawn);
	for (size_t i = 0; i < order.n; i++)
		json_decref((json_t *)order.jobs[i]);
}

static void
start(struct openai_call *call, struct openai_request *r)
{
	struct images *g = (struct images *)r;
	struct openai_fault fault;
	json_t *job = NULL;

	if (take(g, &fault) == 0)
		job = openai_request_job(r, &fault);
	if (job == NULL ||
	    take_size(g, json_object_get(job, "params"), &fault) != 0)
		openai_call_fault(call, &fault);
	else
		place(call, g, job);
	json_decref(job);
}

void
openai_generate(struct http_req *req, void *orchestrator)
{
	openai_request_read(req, orchestrator, OPENAI_GENERATIONS,
	    sizeof(struct images), start);
}

void
openai_edit(struct http_req *req, void *orchestrator)
{
	openai_request_read(
	    req, orchestrator, OPENAI_EDITS, sizeof(struct images), start);
}

/* -- a picture by its URL -------------------------------------------------- */

struct showing {
	struct orchestrator *o;
	struct http_req *req;
	int64_t until_s;
};

static void
refuse_image(
    struct http_req *req, int status, const char *code, const char *why)
{
	const struct openai_error e = {
	    .status = status, .code = code, .why = why};

	openai_error_reply(req, &e);
}

static const char no_picture[] = "the picture is no longer stored";

static void
give_image(struct showing *s, const PGresult *res)
{
	const struct give what = {.id = pg_text(res, 0, "attempt_id"),
	    .sha256 = pg_text(res, 0, "result_sha256"),
	    .type = pg_text(res, 0, "result_type"),
	    .bytes = pg_int(res, 0, "result_bytes"),
	    .until_s = s->until_s,
	    .gone_status = 410,
	    .gone_code = "gone",
	    .gone_why = no_picture};

	give(s->o, s->req, &what);
}

static void
on_image(const struct pg_answer *answer, void *arg)
{
	struct showing *s = arg;
	const PGresult *res =
	    answer->outcome == PG_DONE ? answer->results[0] : NULL;

	if (res == NULL)
		refuse_image(
		    s->req, 503, "unavailable", "the database is away");
	else if (PQntuples(res) == 0 || pg_is_null(res, 0, "result_sha256"))
		refuse_image(s->req, 410, "gone", no_picture);
	else
		give_image(s, res);
	free(s);
}

void
openai_show_image(struct http_req *req, void *orchestrator)
{
	struct orchestrator *o = orchestrator;
	const char *id = http_req_param(req, "id");
	const char *expires = http_req_query(req, "expires");
	int64_t until_s = expires != NULL ? strtoll(expires, NULL, 10) : 0;
	struct showing *s;

	if (!uuid_is_valid(id) ||
	    !secrets_check_url(&o->secrets, SECRETS_RESULT, id, until_s,
		http_req_query(req, "signature"), clock_wall_us() / 1000000)) {
		refuse_image(req, 403, "bad_signature",
		    "this URL is not ours, or is no longer good");
		return;
	}
	s = xcalloc(1, sizeof(*s));
	s->o = o;
	s->req = req;
	s->until_s = until_s;
	store_job_result(o, id, NULL, on_image, s);
}

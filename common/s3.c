/* The S3 client: its life, and what takes one request. */
#include "common/s3.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "common/http_client.h"
#include "common/s3_impl.h"
#include "common/xalloc.h"

enum {
	MAX_CONNECTIONS = 64,
	DEFAULT_RETRY_MS = 200,
};

static const uint64_t default_part_above = 64ull * 1024 * 1024;
static const uint64_t default_part_bytes = 16ull * 1024 * 1024;

static int
check(const struct s3_options *o, struct err *err)
{
	if (o->region[0] == '\0')
		return err_set(err, "store_region must be set");
	if (o->key_id[0] == '\0' || o->secret[0] == '\0')
		return err_set(
		    err, "store_key_id and store_secret must be set");
	return 0;
}

struct s3 *
s3_new(struct event_base *base, const struct s3_options *o, struct err *err)
{
	const struct http_client_options client = {.allow_private = true,
	    .max_connections = MAX_CONNECTIONS,
	    .max_host_connections = MAX_CONNECTIONS};
	struct s3_place place;
	struct s3 *s3;

	if (check(o, err) != 0 || s3_place_init(&place, o->store, o->endpoint,
				      o->region, o->path_style, err) != 0)
		return NULL;
	s3 = xcalloc(1, sizeof(*s3));
	s3->base = base;
	s3->place = place;
	s3->region = xstrdup(o->region);
	s3->id = xstrdup(o->key_id);
	s3->secret = xstrdup(o->secret);
	s3->keys = (struct s3_keys){s3->region, s3->id, s3->secret};
	s3->part_above = o->part_above > 0 ? o->part_above : default_part_above;
	s3->part_bytes = o->part_bytes > 0 ? o->part_bytes : default_part_bytes;
	s3->retry_ms = o->retry_ms > 0 ? o->retry_ms : DEFAULT_RETRY_MS;
	s3->client = http_client_new(base, &client);
	LIST_INIT(&s3->calls);
	LIST_INIT(&s3->ops);
	return s3;
}

void
s3_free(struct s3 *s3)
{
	if (s3 == NULL)
		return;
	while (!LIST_EMPTY(&s3->ops))
		s3_cancel(LIST_FIRST(&s3->ops));
	while (!LIST_EMPTY(&s3->calls))
		s3_call_cancel(LIST_FIRST(&s3->calls));
	http_client_free(s3->client);
	s3_place_clear(&s3->place);
	sodium_memzero(s3->secret, strlen(s3->secret));
	free(s3->secret);
	free(s3->region);
	free(s3->id);
	free(s3);
}

/* -- operations --------------------------------------------------------- */

struct s3_op *
s3_op_new(struct s3 *s3, s3_on_done *on_done, void *arg)
{
	struct s3_op *op = xcalloc(1, sizeof(*op));

	op->s3 = s3;
	op->on_done = on_done;
	op->arg = arg;
	LIST_INSERT_HEAD(&s3->ops, op, link);
	return op;
}

void
s3_op_end(
    struct s3_op *op, enum s3_outcome outcome, uint64_t bytes, const char *why)
{
	const struct s3_result result = {outcome, bytes, why};
	s3_on_done *on_done = op->on_done;
	void *arg = op->arg;

	LIST_REMOVE(op, link);
	free(op);
	on_done(&result, arg);
}

void
s3_cancel(struct s3_op *op)
{
	s3_call_cancel(op->call);
	s3_upload_cancel(op->upload);
	LIST_REMOVE(op, link);
	free(op);
}

static bool
is_missing(const struct s3_answer *answer)
{
	return answer->status == 404 &&
	       strcmp(answer->code, "NoSuchBucket") != 0;
}

static void
on_called(const struct s3_answer *answer, void *arg)
{
	struct s3_op *op = arg;
	uint64_t bytes = 0;

	op->call = NULL;
	if (answer->status >= 200 && answer->status < 300) {
		bytes =
		    strtoull(http_answer_header(answer->http, "Content-Length"),
			NULL, 10);
		s3_op_end(op, S3_DONE, bytes, "");
	} else if (is_missing(answer)) {
		s3_op_end(
		    op, op->is_removal ? S3_DONE : S3_MISSING, 0, answer->why);
	} else {
		s3_op_end(op, S3_FAILED, 0, answer->why);
	}
}

static struct s3_op *
ask_once(struct s3 *s3, const char *method, const char *key,
    s3_on_done *on_done, void *arg)
{
	const struct s3_ask ask = {.method = method, .key = key};
	struct s3_op *op = s3_op_new(s3, on_done, arg);

	op->call = s3_call_start(s3, &ask, NULL, on_called, op);
	return op;
}

struct s3_op *
s3_head(struct s3 *s3, const char *key, s3_on_done *on_done, void *arg)
{
	return ask_once(s3, "HEAD", key, on_done, arg);
}

struct s3_op *
s3_remove(struct s3 *s3, const char *key, s3_on_done *on_done, void *arg)
{
	struct s3_op *op = ask_once(s3, "DELETE", key, on_done, arg);

	op->is_removal = true;
	return op;
}

/* -- reading ------------------------------------------------------------ */

static void
on_piece(const void *data, size_t len, void *arg)
{
	struct s3_op *op = arg;

	op->on_data(data, len, op->arg);
}

static void
on_got(const struct s3_answer *answer, void *arg)
{
	struct s3_op *op = arg;

	op->call = NULL;
	if (answer->status == 200 || answer->status == 206)
		s3_op_end(op, S3_DONE, answer->total, "");
	else if (is_missing(answer))
		s3_op_end(op, S3_MISSING, 0, answer->why);
	else
		s3_op_end(op, S3_FAILED, 0, answer->why);
}

struct s3_op *
s3_get(struct s3 *s3, const char *key, uint64_t offset, uint64_t len,
    void (*on_data)(const void *, size_t, void *), s3_on_done *on_done,
    void *arg)
{
	const struct s3_ask ask = {.method = "GET",
	    .key = key,
	    .offset = offset,
	    .len = len,
	    .is_get = true};
	struct s3_op *op = s3_op_new(s3, on_done, arg);

	op->on_data = on_data;
	op->call = s3_call_start(s3, &ask, on_piece, on_got, op);
	return op;
}

void
s3_pause(struct s3_op *op)
{
	op->call->is_paused = true;
	if (op->call->http != NULL)
		http_call_pause(op->call->http);
}

void
s3_resume(struct s3_op *op)
{
	op->call->is_paused = false;
	if (op->call->http != NULL)
		http_call_resume(op->call->http);
}

char *
s3_url(const struct s3 *s3, const char *key, const char *content_type,
    int64_t now_s, int expires_s)
{
	const struct s3_pair query[] = {
	    {"response-content-type", content_type}};
	char *path = s3_place_path(&s3->place, key), *signature, *url;
	const struct s3_request req = {.method = "GET",
	    .host = s3->place.host,
	    .path = path,
	    .query = query,
	    .n_query = 1};

	signature = s3_presign(&req, &s3->keys, now_s, expires_s);
	url = s3_place_url(&s3->place, path, signature);
	free(signature);
	free(path);
	return url;
}

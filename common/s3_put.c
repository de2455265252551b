/*
 * A file put into the storage: in one request, or a large one in parts, of
 * which some are on their way at once and each is tried again by itself.
 *
 * An upload that is given up is aborted there, on our own time: its parts
 * would be kept, and paid for. Whether one was completed is not known when
 * the answer to that is lost: the object is looked for then.
 */
#include "common/s3_impl.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/http_client.h"
#include "common/s3_xml.h"
#include "common/xalloc.h"

enum { MAX_PARTS = 10000 };

struct part {
	struct s3_upload *upload;
	struct s3_call *call; /* on its way */
	int number;
	char etag[128]; /* "": not there yet */
};

struct s3_upload {
	struct s3_op *op;
	char *key, *id; /* id NULL: not begun */
	int fd;
	uint64_t bytes, part_bytes;
	struct part *parts;
	size_t n_parts, n_begun, n_done;
	struct s3_call *call; /* beginning, completing, looking */
};

static void complete(struct s3_upload *);

static void
upload_free(struct s3_upload *u)
{
	free(u->parts);
	free(u->key);
	free(u->id);
	free(u);
}

static void
on_aborted(const struct s3_answer *answer, void *arg)
{
	(void)answer;
	(void)arg;
}

/* Nobody waits for it, and it outlives the upload. */
static void
abort_there(struct s3_upload *u)
{
	struct s3_ask ask = {.method = "DELETE",
	    .key = u->key,
	    .query = {{"uploadId", u->id}},
	    .n_query = 1};

	if (u->id != NULL)
		s3_call_start(u->op->s3, &ask, NULL, on_aborted, NULL);
}

void
s3_upload_cancel(struct s3_upload *u)
{
	if (u == NULL)
		return;
	s3_call_cancel(u->call);
	for (size_t i = 0; i < u->n_parts; i++)
		s3_call_cancel(u->parts[i].call);
	abort_there(u);
	upload_free(u);
}

static void
fail(struct s3_upload *u, const char *why)
{
	struct s3_op *op = u->op;
	char text[512];

	snprintf(text, sizeof(text), "%s", why);
	op->upload = NULL;
	s3_upload_cancel(u);
	s3_op_end(op, S3_FAILED, 0, text);
}

static void
finish(struct s3_upload *u)
{
	struct s3_op *op = u->op;
	uint64_t bytes = u->bytes;

	op->upload = NULL;
	upload_free(u);
	s3_op_end(op, S3_DONE, bytes, "");
}

static bool
is_good(const struct s3_answer *answer)
{
	return answer->status >= 200 && answer->status < 300 &&
	       answer->code[0] == '\0';
}

/* -- parts -------------------------------------------------------------- */

static void send_parts(struct s3_upload *);

static void
on_part(const struct s3_answer *answer, void *arg)
{
	struct part *part = arg;
	struct s3_upload *u = part->upload;
	const char *etag;

	part->call = NULL;
	if (!is_good(answer)) {
		fail(u, answer->why);
		return;
	}
	etag = http_answer_header(answer->http, "ETag");
	if (etag[0] == '\0' || strlen(etag) >= sizeof(part->etag)) {
		fail(u, "PUT: a part was taken without an ETag");
		return;
	}
	snprintf(part->etag, sizeof(part->etag), "%s", etag);
	if (++u->n_done < u->n_parts)
		send_parts(u);
	else
		complete(u);
}

static void
send_part(struct s3_upload *u)
{
	struct part *part = &u->parts[u->n_begun];
	uint64_t offset = u->n_begun * u->part_bytes;
	uint64_t left = u->bytes - offset;
	char number[16];
	struct s3_ask ask = {.method = "PUT",
	    .key = u->key,
	    .query = {{"partNumber", number}, {"uploadId", u->id}},
	    .n_query = 2,
	    .payload = s3_unsigned,
	    .from_file = true,
	    .fd = u->fd,
	    .offset = offset,
	    .len = left < u->part_bytes ? left : u->part_bytes};

	part->upload = u;
	part->number = (int)++u->n_begun;
	snprintf(number, sizeof(number), "%d", part->number);
	part->call = s3_call_start(u->op->s3, &ask, NULL, on_part, part);
}

static void
send_parts(struct s3_upload *u)
{
	while (u->n_begun < u->n_parts && u->n_begun - u->n_done < S3_AT_ONCE)
		send_part(u);
}

/* -- the beginning and the end ------------------------------------------ */

static void
on_begun(const struct s3_answer *answer, void *arg)
{
	struct s3_upload *u = arg;

	u->call = NULL;
	if (!is_good(answer)) {
		fail(u, answer->why);
		return;
	}
	u->id = s3_xml_text(answer->http->body, answer->http->len, "UploadId");
	if (u->id == NULL || u->id[0] == '\0')
		fail(u, "POST: an upload was begun without an UploadId");
	else
		send_parts(u);
}

static void
begin(struct s3_upload *u)
{
	const struct s3_ask ask = {.method = "POST",
	    .key = u->key,
	    .query = {{"uploads", ""}},
	    .n_query = 1};

	u->call = s3_call_start(u->op->s3, &ask, NULL, on_begun, u);
}

/* Is it there, as long as it was? */
static void
on_found(const struct s3_answer *answer, void *arg)
{
	struct s3_upload *u = arg;
	const char *length = "";

	u->call = NULL;
	if (is_good(answer))
		length = http_answer_header(answer->http, "Content-Length");
	if (length[0] != '\0' && strtoull(length, NULL, 10) == u->bytes)
		finish(u);
	else
		fail(u, "POST: the upload was not completed");
}

static void
look(struct s3_upload *u)
{
	const struct s3_ask ask = {.method = "HEAD", .key = u->key};

	u->call = s3_call_start(u->op->s3, &ask, NULL, on_found, u);
}

/* An answer may have been lost, and the second question found it done. */
static void
on_completed(const struct s3_answer *answer, void *arg)
{
	struct s3_upload *u = arg;

	u->call = NULL;
	if (is_good(answer))
		finish(u);
	else if (answer->status == 0 || answer->status >= 500 ||
		 strcmp(answer->code, "NoSuchUpload") == 0)
		look(u);
	else
		fail(u, answer->why);
}

static void
complete(struct s3_upload *u)
{
	struct s3_ask ask = {.method = "POST",
	    .key = u->key,
	    .query = {{"uploadId", u->id}},
	    .n_query = 1,
	    .payload = s3_unsigned};
	struct buf xml = {0};

	s3_xml_begin(&xml);
	for (size_t i = 0; i < u->n_parts; i++)
		s3_xml_part(&xml, u->parts[i].number, u->parts[i].etag);
	s3_xml_end(&xml);
	ask.body = xml.data;
	ask.body_len = xml.len;
	u->call = s3_call_start(u->op->s3, &ask, NULL, on_completed, u);
	buf_free(&xml);
}

/* -- the whole ---------------------------------------------------------- */

static void
start_upload(struct s3_op *op, const char *key, int fd, uint64_t bytes)
{
	struct s3_upload *u = xcalloc(1, sizeof(*u));
	uint64_t least = (bytes + MAX_PARTS - 1) / MAX_PARTS;

	u->op = op;
	u->key = xstrdup(key);
	u->fd = fd;
	u->bytes = bytes;
	u->part_bytes = op->s3->part_bytes > least ? op->s3->part_bytes : least;
	u->n_parts = (bytes + u->part_bytes - 1) / u->part_bytes;
	u->parts = xcalloc(u->n_parts, sizeof(*u->parts));
	op->upload = u;
	begin(u);
}

static void
on_put(const struct s3_answer *answer, void *arg)
{
	struct s3_op *op = arg;

	op->call = NULL;
	if (is_good(answer))
		s3_op_end(op, S3_DONE, 0, "");
	else
		s3_op_end(op, S3_FAILED, 0, answer->why);
}

struct s3_op *
s3_put(struct s3 *s3, const char *key, int fd, uint64_t bytes,
    const char *sha256, s3_on_done *on_done, void *arg)
{
	const struct s3_ask ask = {.method = "PUT",
	    .key = key,
	    .payload = sha256,
	    .from_file = true,
	    .fd = fd,
	    .len = bytes};
	struct s3_op *op = s3_op_new(s3, on_done, arg);

	if (bytes > s3->part_above)
		start_upload(op, key, fd, bytes);
	else
		op->call = s3_call_start(s3, &ask, NULL, on_put, op);
	return op;
}

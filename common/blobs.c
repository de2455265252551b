/* Files of jobs: their life, and what takes time. */
#include "common/blobs.h"

#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/blobs_impl.h"
#include "common/clock.h"
#include "common/err.h"
#include "common/s3.h"
#include "common/s3_place.h"
#include "common/xalloc.h"

static const uint64_t default_spool_bytes = 20ull * 1024 * 1024 * 1024;

/* Something under way: a file being sent, fetched, removed; or done already,
 * and to be told from the loop. */
struct blob_op {
	LIST_ENTRY(blob_op) link;
	struct blobs *blobs;
	struct event *kick;
	struct s3_op *s3;
	char id[37], sha256[65];
	int fd;
	struct blob_writer *fetched; /* being written */
	enum blob_outcome outcome;
	bool has_failed;
	struct err why;
	blob_on_done *on_done;
	blob_on_open *on_open;
	void *arg;
};

/* -- the whole ---------------------------------------------------------- */

static void
on_sweep(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	blobs_sweep(arg, 0, clock_wall_us() / 1000000);
}

static int
open_s3(struct blobs *blobs, const struct blobs_options *o, struct err *err)
{
	const struct s3_options s3 = {.store = o->store,
	    .endpoint = o->endpoint,
	    .region = o->region,
	    .key_id = o->key_id,
	    .secret = o->secret,
	    .path_style = o->path_style};

	blobs->spool_bytes =
	    o->spool_bytes > 0 ? o->spool_bytes : default_spool_bytes;
	blobs->s3 = s3_new(blobs->base, &s3, err);
	return blobs->s3 != NULL ? 0 : -1;
}

static int
open_folder(struct blobs *blobs, struct err *err)
{
	if (blobs_make_folder(blobs->folder, err) != 0)
		return -1;
	if (access(blobs->folder, W_OK | X_OK) != 0)
		return err_set(err, "cannot write to %s: %s", blobs->folder,
		    strerror(errno));
	return 0;
}

struct blobs *
blobs_new(
    struct event_base *base, const struct blobs_options *o, struct err *err)
{
	struct blobs *blobs = xcalloc(1, sizeof(*blobs));
	bool is_s3 = s3_place_is(o->store);
	struct timeval often = {BLOB_SWEEP_S, 0};

	blobs->base = base;
	blobs->folder = xstrdup(is_s3 ? o->spool : o->store);
	LIST_INIT(&blobs->ops);
	LIST_INIT(&blobs->reads);
	if (open_folder(blobs, err) != 0 ||
	    (is_s3 && open_s3(blobs, o, err) != 0)) {
		blobs_free(blobs);
		return NULL;
	}
	blobs->sweep = event_new(base, -1, EV_PERSIST, on_sweep, blobs);
	event_add(blobs->sweep, &often);
	blobs_sweep(blobs, 0, clock_wall_us() / 1000000);
	return blobs;
}

static void
op_free(struct blob_op *op)
{
	LIST_REMOVE(op, link);
	if (op->s3 != NULL)
		s3_cancel(op->s3);
	if (op->fd >= 0)
		close(op->fd);
	blob_abort(op->fetched);
	event_free(op->kick);
	free(op);
}

void
blobs_free(struct blobs *blobs)
{
	if (blobs == NULL)
		return;
	while (!LIST_EMPTY(&blobs->ops))
		op_free(LIST_FIRST(&blobs->ops));
	while (!LIST_EMPTY(&blobs->reads))
		blob_read_cancel(LIST_FIRST(&blobs->reads));
	s3_free(blobs->s3);
	if (blobs->sweep != NULL)
		event_free(blobs->sweep);
	free(blobs->folder);
	free(blobs);
}

bool
blobs_are_busy(const struct blobs *blobs)
{
	return !LIST_EMPTY(&blobs->ops) || !LIST_EMPTY(&blobs->reads);
}

bool
blobs_are_local(const struct blobs *blobs)
{
	return blobs->s3 == NULL;
}

/* -- ends --------------------------------------------------------------- */

/* Nobody can find the operation while the callback runs. */
static void
tell(struct blob_op *op)
{
	struct blob_op told = *op;
	struct stat st = {0};

	op->fd = -1;
	op_free(op);
	if (told.on_done != NULL)
		told.on_done(told.has_failed ? told.why.text : NULL, told.arg);
	if (told.on_open == NULL)
		return;
	if (told.fd >= 0 && fstat(told.fd, &st) != 0) {
		close(told.fd);
		told.fd = -1;
		told.outcome = BLOB_FAILED;
	}
	told.on_open(
	    told.outcome, told.fd, st.st_size, told.why.text, told.arg);
}

static void
on_kick(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	tell(arg);
}

static void
tell_later(struct blob_op *op)
{
	event_active(op->kick, EV_TIMEOUT, 1);
}

static struct blob_op *
op_new(struct blobs *blobs, const char *id, const char *sha256)
{
	struct blob_op *op = xcalloc(1, sizeof(*op));

	op->blobs = blobs;
	op->fd = -1;
	snprintf(op->id, sizeof(op->id), "%s", id);
	snprintf(op->sha256, sizeof(op->sha256), "%s", sha256);
	op->kick = evtimer_new(blobs->base, on_kick, op);
	LIST_INSERT_HEAD(&blobs->ops, op, link);
	return op;
}

static void
fail(struct blob_op *op, const char *why)
{
	op->has_failed = true;
	op->outcome = BLOB_FAILED;
	err_set(&op->why, "%s", why);
}

/* -- sending ------------------------------------------------------------ */

static void
on_put(const struct s3_result *result, void *arg)
{
	struct blob_op *op = arg;

	op->s3 = NULL;
	close(op->fd);
	op->fd = -1;
	if (result->outcome != S3_DONE)
		fail(op, result->why);
	tell(op);
}

/* The local copy, to the storage. */
static void
put(struct blob_op *op)
{
	struct blobs *blobs = op->blobs;
	char name[BLOB_NAME];
	uint64_t bytes;

	op->fd = blob_open_here(blobs, op->id, op->sha256, &bytes);
	if (op->fd < 0) {
		fail(op, "the local copy is gone");
		tell_later(op);
		return;
	}
	blobs_name(op->id, op->sha256, name);
	op->s3 = s3_put(blobs->s3, name, op->fd, bytes, op->sha256, on_put, op);
}

void
blob_commit(struct blob_writer *w, const char *id, char sha256[65],
    blob_on_done *on_done, void *arg)
{
	struct blobs *blobs = w->blobs;
	struct err err = {""};
	int failed = blob_commit_here(w, id, sha256, &err);
	struct blob_op *op = op_new(blobs, id, sha256);

	op->on_done = on_done;
	op->arg = arg;
	if (failed)
		fail(op, err.text);
	if (failed || blobs->s3 == NULL)
		tell_later(op);
	else
		put(op);
}

void
blob_send(struct blobs *blobs, const char *id, const char *sha256,
    blob_on_done *on_done, void *arg)
{
	struct blob_op *op = op_new(blobs, id, sha256);

	op->on_done = on_done;
	op->arg = arg;
	if (blobs->s3 == NULL)
		tell_later(op);
	else
		put(op);
}

/* -- removing ----------------------------------------------------------- */

/* What could not be removed stays: nothing refers to it. */
static void
on_removed(const struct s3_result *result, void *arg)
{
	struct blob_op *op = arg;

	(void)result;
	op->s3 = NULL;
	tell(op);
}

void
blob_remove(struct blobs *blobs, const char *id, const char *sha256)
{
	char *path = blobs_path(blobs, id, sha256), name[BLOB_NAME];
	struct blob_op *op;

	unlink(path);
	free(path);
	if (blobs->s3 == NULL)
		return;
	op = op_new(blobs, id, sha256);
	blobs_name(id, sha256, name);
	op->s3 = s3_remove(blobs->s3, name, on_removed, op);
}

/* -- opening ------------------------------------------------------------ */

int
blob_open_here(
    struct blobs *blobs, const char *id, const char *sha256, uint64_t *bytes)
{
	char *path = blobs_path(blobs, id, sha256);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;

	free(path);
	if (fd >= 0 && fstat(fd, &st) != 0) {
		close(fd);
		return -1;
	}
	if (fd >= 0)
		*bytes = st.st_size;
	return fd;
}

static void
on_piece(const void *data, size_t len, void *arg)
{
	struct blob_op *op = arg;

	if (blob_write(op->fetched, data, len, &op->why) == 0)
		return;
	op->has_failed = true;
	op->outcome = BLOB_FAILED;
	s3_cancel(op->s3);
	op->s3 = NULL;
	tell_later(op);
}

/* It has come whole: into the spool under its name, if it is what its name
 * says. */
static void
keep_fetched(struct blob_op *op)
{
	struct blob_writer *w = op->fetched;
	char sha256[65];
	uint64_t bytes;

	op->fetched = NULL;
	if (blob_commit_here(w, op->id, sha256, &op->why) != 0) {
		op->outcome = BLOB_FAILED;
		return;
	}
	if (strcmp(sha256, op->sha256) != 0) {
		fail(op, "the storage's file has another hash");
		return;
	}
	op->fd = blob_open_here(op->blobs, op->id, sha256, &bytes);
	if (op->fd < 0)
		fail(op, "the local copy is gone");
}

static void
on_fetched(const struct s3_result *result, void *arg)
{
	struct blob_op *op = arg;

	op->s3 = NULL;
	if (result->outcome == S3_MISSING)
		op->outcome = BLOB_MISSING;
	else if (result->outcome == S3_FAILED)
		fail(op, result->why);
	else
		keep_fetched(op);
	tell(op);
}

static void
fetch(struct blob_op *op)
{
	char name[BLOB_NAME];

	op->fetched = blob_begin(op->blobs, INT64_MAX, &op->why);
	if (op->fetched == NULL) {
		op->outcome = BLOB_FAILED;
		tell_later(op);
		return;
	}
	blobs_name(op->id, op->sha256, name);
	op->s3 =
	    s3_get(op->blobs->s3, name, 0, S3_WHOLE, on_piece, on_fetched, op);
}

void
blob_open(struct blobs *blobs, const char *id, const char *sha256,
    blob_on_open *on_open, void *arg)
{
	struct blob_op *op = op_new(blobs, id, sha256);
	uint64_t bytes;

	op->on_open = on_open;
	op->arg = arg;
	op->fd = blob_open_here(blobs, id, sha256, &bytes);
	if (op->fd < 0 && blobs->s3 != NULL) {
		fetch(op);
		return;
	}
	if (op->fd < 0)
		op->outcome = BLOB_MISSING;
	tell_later(op);
}

bool
blob_is_opening(const struct blobs *blobs, const char *id)
{
	const struct blob_op *op;

	LIST_FOREACH(op, &blobs->ops, link)
	{
		if (op->on_open != NULL && strcmp(op->id, id) == 0)
			return true;
	}
	return false;
}

char *
blob_url(const struct blobs *blobs, const char *id, const char *sha256,
    const char *content_type, int64_t now_s, int expires_s)
{
	char name[BLOB_NAME];

	if (blobs->s3 == NULL)
		return NULL;
	blobs_name(id, sha256, name);
	return s3_url(blobs->s3, name, content_type, now_s, expires_s);
}

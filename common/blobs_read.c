/*
 * A file handed on as it comes: of a folder, a piece each turn of the loop; of
 * the storage, from the spool if it is there, and else as it arrives.
 */
#include "common/blobs_impl.h"

#include <event2/event.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/s3.h"
#include "common/xalloc.h"

struct blob_read {
	LIST_ENTRY(blob_read) link;
	struct blobs *blobs;
	struct s3_op *s3;
	int fd; /* of a local file, or -1 */
	uint64_t offset, left;
	struct event *turn;
	bool is_paused, is_busy, is_dead;
	void (*on_data)(const void *, size_t, void *);
	void (*on_end)(enum blob_outcome, const char *, void *);
	void *arg;
};

static void
read_free(struct blob_read *r)
{
	LIST_REMOVE(r, link);
	if (r->s3 != NULL)
		s3_cancel(r->s3);
	if (r->fd >= 0)
		close(r->fd);
	event_free(r->turn);
	free(r);
}

void
blob_read_cancel(struct blob_read *r)
{
	r->is_dead = true;
	if (!r->is_busy)
		read_free(r);
}

static void
end(struct blob_read *r, enum blob_outcome outcome, const char *why)
{
	void (*on_end)(enum blob_outcome, const char *, void *) = r->on_end;
	void *arg = r->arg;

	read_free(r);
	on_end(outcome, why, arg);
}

/* Whether it is still there. */
static bool
hand_on(struct blob_read *r, const void *data, size_t len)
{
	r->is_busy = true;
	r->on_data(data, len, r->arg);
	r->is_busy = false;
	if (r->is_dead)
		read_free(r);
	else
		return true;
	return false;
}

/* -- a local file ------------------------------------------------------- */

static void
next(struct blob_read *r)
{
	event_active(r->turn, EV_TIMEOUT, 1);
}

static void
on_turn(evutil_socket_t fd, short what, void *arg)
{
	struct blob_read *r = arg;
	size_t want = r->left < BLOB_PIECE ? r->left : BLOB_PIECE;
	char *piece;
	ssize_t n;
	bool is_there;

	(void)fd;
	(void)what;
	if (r->fd < 0) {
		end(r, BLOB_MISSING, "there is no such file");
		return;
	}
	if (r->is_paused)
		return;
	if (r->left == 0) {
		end(r, BLOB_DONE, "");
		return;
	}
	piece = xmalloc(want);
	n = pread(r->fd, piece, want, r->offset);
	if (n <= 0) {
		free(piece);
		end(r, BLOB_FAILED, "the file is shorter than it was");
		return;
	}
	r->offset += n;
	r->left -= n;
	is_there = hand_on(r, piece, n);
	free(piece);
	if (is_there)
		next(r);
}

/* -- the storage -------------------------------------------------------- */

static void
on_piece(const void *data, size_t len, void *arg)
{
	struct blob_read *r = arg;

	r->left -= len;
	hand_on(r, data, len);
}

static void
on_got(const struct s3_result *result, void *arg)
{
	struct blob_read *r = arg;

	r->s3 = NULL;
	if (result->outcome == S3_MISSING)
		end(r, BLOB_MISSING, result->why);
	else if (result->outcome == S3_FAILED)
		end(r, BLOB_FAILED, result->why);
	else if (r->left > 0)
		end(r, BLOB_FAILED, "the storage's file is too short");
	else
		end(r, BLOB_DONE, "");
}

struct blob_read *
blob_read_start(struct blobs *blobs, const char *id, const char *sha256,
    uint64_t offset, uint64_t len,
    void (*on_data)(const void *, size_t, void *),
    void (*on_end)(enum blob_outcome, const char *, void *), void *arg)
{
	struct blob_read *r = xcalloc(1, sizeof(*r));
	char name[BLOB_NAME];
	uint64_t bytes;

	r->blobs = blobs;
	r->offset = offset;
	r->left = len;
	r->on_data = on_data;
	r->on_end = on_end;
	r->arg = arg;
	r->turn = evtimer_new(blobs->base, on_turn, r);
	LIST_INSERT_HEAD(&blobs->reads, r, link);
	r->fd = blob_open_here(blobs, id, sha256, &bytes);
	if (r->fd >= 0 || blobs->s3 == NULL) {
		next(r);
		return r;
	}
	blobs_name(id, sha256, name);
	r->s3 = s3_get(blobs->s3, name, offset, len, on_piece, on_got, r);
	return r;
}

void
blob_read_pause(struct blob_read *r)
{
	r->is_paused = true;
	if (r->s3 != NULL)
		s3_pause(r->s3);
}

void
blob_read_resume(struct blob_read *r)
{
	if (!r->is_paused)
		return;
	r->is_paused = false;
	if (r->s3 != NULL)
		s3_resume(r->s3);
	else
		next(r);
}

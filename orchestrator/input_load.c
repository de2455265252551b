/* A job's input in memory. */
#include "orchestrator/input_load.h"

#include <event2/event.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "common/blobs.h"
#include "common/buf.h"
#include "common/hex.h"
#include "common/xalloc.h"
#include "orchestrator/job.h"
#include "orchestrator/orchestrator.h"

struct input_load {
	struct blob_read *read;
	struct event *deadline;
	struct buf data;
	crypto_hash_sha256_state hash;
	char sha256[65]; /* that it must have */
	void (*on_done)(const char *, const void *, size_t, void *);
	void *arg;
};

static void
load_free(struct input_load *l)
{
	event_free(l->deadline);
	buf_free(&l->data);
	free(l);
}

static void
end(struct input_load *l, const char *why)
{
	l->on_done(why, l->data.data, l->data.len, l->arg);
	load_free(l);
}

void
input_load_cancel(struct input_load *l)
{
	blob_read_cancel(l->read);
	load_free(l);
}

static void
on_deadline(evutil_socket_t fd, short what, void *arg)
{
	struct input_load *l = arg;

	(void)fd;
	(void)what;
	blob_read_cancel(l->read);
	end(l, "the job's input does not come in time");
}

static void
on_data(const void *data, size_t len, void *arg)
{
	struct input_load *l = arg;

	buf_add(&l->data, data, len);
	crypto_hash_sha256_update(&l->hash, data, len);
}

/* What the storage has need not be what we gave it. */
static bool
is_what_it_was(struct input_load *l)
{
	uint8_t hash[crypto_hash_sha256_BYTES];
	char text[65];

	crypto_hash_sha256_final(&l->hash, hash);
	hex_encode(hash, sizeof(hash), text);
	return strcmp(text, l->sha256) == 0;
}

static void
on_end(enum blob_outcome outcome, const char *why, void *arg)
{
	struct input_load *l = arg;

	switch (outcome) {
	case BLOB_DONE:
		end(l, is_what_it_was(l) ? NULL
					 : "the job's input has another hash");
		return;
	case BLOB_MISSING:
		end(l, "the job's input is not there");
		return;
	case BLOB_FAILED:
		end(l, why);
		return;
	}
}

struct input_load *
input_load_start(struct orchestrator *o, const struct job *job,
    int64_t timeout_ms,
    void (*on_done)(const char *, const void *, size_t, void *), void *arg)
{
	const char *of = job->input_of[0] != '\0' ? job->input_of : job->id;
	struct input_load *l = xcalloc(1, sizeof(*l));
	struct timeval timeout = {timeout_ms / 1000, timeout_ms % 1000 * 1000};

	snprintf(l->sha256, sizeof(l->sha256), "%s", job->input_sha256);
	crypto_hash_sha256_init(&l->hash);
	l->on_done = on_done;
	l->arg = arg;
	l->deadline = evtimer_new(o->service.base, on_deadline, l);
	event_add(l->deadline, &timeout);
	l->read = blob_read_start(o->blobs, of, job->input_sha256, 0,
	    job->input_bytes, on_data, on_end, l);
	return l;
}

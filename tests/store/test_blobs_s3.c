/*
 * Files of jobs in S3-compatible storage, by way of a spool: what one instance
 * has committed another can read; the spool may lose everything, and does not
 * grow; and what the storage has is not believed to be what was put there.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utime.h>

#include "common/blobs_impl.h"
#include "common/clock.h"
#include "common/err.h"
#include "common/xalloc.h"
#include "tests/lib/fetch.h"
#include "tests/lib/paths.h"
#include "tests/lib/patience.h"
#include "tests/lib/s3_server.h"
#include "tests/lib/sandbox.h"

enum { PATIENCE_S = 60, LARGE = 3000000, N_INSTANCES = 2 };

static const char id[] = "01234567-89ab-7cde-8f01-23456789abcd";

struct world {
	struct sandbox *box;
	struct s3_server *server;
	struct event_base *base;
	char *spools[N_INSTANCES];
	struct blobs *blobs[N_INSTANCES];
	char *text; /* LARGE letters */
	/* how the last one ended */
	int endings;
	enum blob_outcome outcome;
	int fd;
	uint64_t bytes;
	char why[512];
	/* what was handed on */
	char *got;
	size_t len;
	struct blob_read *read;
	bool pauses;
};

static struct blobs *
instance(struct world *w, int i, uint64_t spool_bytes)
{
	const struct blobs_options o = {.store = "s3://files/p",
	    .endpoint = s3_server_url(w->server),
	    .region = "us-east-1",
	    .key_id = "S3RVER",
	    .secret = "S3RVER",
	    .path_style = true,
	    .spool = w->spools[i],
	    .spool_bytes = spool_bytes};
	struct err err;
	struct blobs *blobs = blobs_new(w->base, &o, &err);

	if (blobs == NULL)
		fail_msg("%s", err.text);
	return blobs;
}

static int
set_up(void **state)
{
	const struct sandbox_options o = {.name = "blobs-s3"};
	struct world *w = xcalloc(1, sizeof(*w));

	w->box = sandbox_new(&o);
	w->server = s3_server_start(w->box);
	w->text = xmalloc(LARGE + 1);
	w->got = xmalloc(LARGE);
	for (int i = 0; i < LARGE; i++)
		w->text[i] = 'a' + i % 23;
	w->text[LARGE] = '\0';
	*state = w;
	return w->server != NULL ? 0 : -1;
}

static int
tear_down(void **state)
{
	struct world *w = *state;
	int failed;

	s3_server_free(w->server);
	failed = sandbox_end(w->box, false);
	free(w->text);
	free(w->got);
	free(w);
	return failed;
}

static int
begin(void **state)
{
	static int n;
	struct world *w = *state;

	w->base = event_base_new();
	s3_server_heal(w->server);
	for (int i = 0; i < N_INSTANCES; i++) {
		char name[32];

		snprintf(name, sizeof(name), "spool-%d", n++);
		w->spools[i] = sandbox_path(w->box, name);
		w->blobs[i] = instance(w, i, 0);
	}
	w->endings = 0;
	w->len = 0;
	w->pauses = false;
	return 0;
}

static int
end(void **state)
{
	struct world *w = *state;

	for (int i = 0; i < N_INSTANCES; i++) {
		blobs_free(w->blobs[i]);
		free(w->spools[i]);
	}
	event_base_free(w->base);
	return 0;
}

/* -- doing things ------------------------------------------------------- */

static void
on_done(const char *why, void *arg)
{
	struct world *w = arg;

	w->endings++;
	snprintf(w->why, sizeof(w->why), "%s", why != NULL ? why : "");
	event_base_loopbreak(w->base);
}

static void
on_open(enum blob_outcome outcome, int fd, uint64_t bytes, const char *why,
    void *arg)
{
	struct world *w = arg;

	w->outcome = outcome;
	w->fd = fd;
	w->bytes = bytes;
	on_done(why, w);
}

static void
run(struct world *w)
{
	patience_dispatch(w->base, PATIENCE_S);
}

static void
store(struct world *w, int i, const char *text, char sha256[65])
{
	struct blob_writer *file = blob_begin(w->blobs[i], LARGE, NULL);

	assert_non_null(file);
	assert_int_equal(blob_write(file, text, strlen(text), NULL), 0);
	blob_commit(file, id, sha256, on_done, w);
	run(w);
}

static enum blob_outcome
look(struct world *w, int i, const char *sha256)
{
	blob_open(w->blobs[i], id, sha256, on_open, w);
	assert_true(blob_is_opening(w->blobs[i], id));
	run(w);
	assert_false(blob_is_opening(w->blobs[i], id));
	assert_true((w->fd >= 0) == (w->outcome == BLOB_DONE));
	return w->outcome;
}

static void
check_text(struct world *w, const char *text)
{
	char *got = xcalloc(1, w->bytes + 1);

	assert_int_equal(w->bytes, strlen(text));
	assert_int_equal(pread(w->fd, got, w->bytes, 0), (ssize_t)w->bytes);
	assert_string_equal(got, text);
	close(w->fd);
	free(got);
}

static bool
is_here(struct world *w, int i, const char *sha256)
{
	uint64_t bytes;
	int fd = blob_open_here(w->blobs[i], id, sha256, &bytes);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

/* -- tests -------------------------------------------------------------- */

static void
what_one_has_committed_another_reads(void **state)
{
	struct world *w = *state;
	char sha256[65];

	assert_false(blobs_are_local(w->blobs[0]));
	store(w, 0, w->text, sha256);
	assert_string_equal(w->why, "");
	assert_true(is_here(w, 0, sha256));
	assert_false(is_here(w, 1, sha256));
	assert_int_equal(look(w, 1, sha256), BLOB_DONE);
	check_text(w, w->text);
	assert_true(is_here(w, 1, sha256)); /* for the next time */
	assert_int_equal(
	    s3_server_count(w->server, "GET /files/p/cd/01234567"), 1);
	assert_int_equal(look(w, 1, sha256), BLOB_DONE);
	check_text(w, w->text);
	assert_int_equal(
	    s3_server_count(w->server, "GET /files/p/cd/01234567"), 1);
}

static void
nothing_is_committed_that_the_storage_has_not(void **state)
{
	struct world *w = *state;
	char sha256[65];

	s3_server_fail(w->server, "PUT", 99, 403, "AccessDenied");
	store(w, 0, "not there", sha256);
	assert_string_equal(w->why, "PUT: 403 AccessDenied");
	s3_server_heal(w->server);
	assert_int_equal(look(w, 1, sha256), BLOB_MISSING);
}

static void
a_removed_file_is_gone_everywhere(void **state)
{
	struct world *w = *state;
	char sha256[65];

	store(w, 0, "to be removed", sha256);
	blob_remove(w->blobs[0], id, sha256);
	while (blobs_are_busy(w->blobs[0]))
		event_base_loop(w->base, EVLOOP_ONCE);
	assert_false(is_here(w, 0, sha256));
	assert_int_equal(look(w, 1, sha256), BLOB_MISSING);
	assert_int_equal(look(w, 0, sha256), BLOB_MISSING);
}

/* Somebody has put other bytes there. */
static void
other_bytes_are_not_taken(void **state)
{
	struct world *w = *state;
	char sha256[65], name[BLOB_NAME], *path;
	FILE *object;

	store(w, 0, "genuine", sha256);
	blobs_name(id, sha256, name);
	path = xasprintf(
	    "%s/s3/files/p/%s._S3rver_object", sandbox_dir(w->box), name);
	object = fopen(path, "r+");
	assert_non_null(object);
	fputs("forgery", object);
	fclose(object);
	free(path);
	assert_int_equal(look(w, 1, sha256), BLOB_FAILED);
	assert_string_equal(w->why, "the storage's file has another hash");
	assert_false(is_here(w, 1, sha256));
}

static void
on_data(const void *data, size_t len, void *arg)
{
	struct world *w = arg;

	assert_true(w->len + len <= LARGE);
	memcpy(w->got + w->len, data, len);
	w->len += len;
	if (!w->pauses)
		return;
	w->pauses = false;
	blob_read_pause(w->read);
	event_base_loopbreak(w->base);
}

static void
on_end(enum blob_outcome outcome, const char *why, void *arg)
{
	struct world *w = arg;

	w->outcome = outcome;
	on_done(why, w);
}

static void
read_stretch(struct world *w, const char *sha256, uint64_t offset, uint64_t len)
{
	w->len = 0;
	w->read = blob_read_start(
	    w->blobs[1], id, sha256, offset, len, on_data, on_end, w);
	run(w);
}

static void
a_stretch_is_handed_on_as_it_comes(void **state)
{
	struct world *w = *state;
	char sha256[65];

	store(w, 0, w->text, sha256);
	read_stretch(w, sha256, 0, LARGE);
	assert_int_equal(w->outcome, BLOB_DONE);
	assert_int_equal(w->len, LARGE);
	assert_memory_equal(w->got, w->text, LARGE);
	read_stretch(w, sha256, 12345, 1000000);
	assert_int_equal(w->len, 1000000);
	assert_memory_equal(w->got, w->text + 12345, 1000000);
	assert_false(is_here(w, 1, sha256)); /* it went through */
	read_stretch(w, sha256, LARGE - 1, 2);
	assert_int_equal(w->outcome, BLOB_FAILED);
	w->pauses = true;
	read_stretch(w, sha256, 0, LARGE);
	assert_true(w->len < LARGE);
	blob_read_resume(w->read);
	run(w);
	assert_int_equal(w->outcome, BLOB_DONE);
	assert_memory_equal(w->got, w->text, LARGE);
	sha256[0] ^= 1;
	read_stretch(w, sha256, 0, 5);
	assert_int_equal(w->outcome, BLOB_MISSING);
}

static void
a_url_is_given_to_clients(void **state)
{
	struct world *w = *state;
	struct fetch_answer answer;
	char sha256[65], *url;

	store(w, 0, "by a url", sha256);
	url = blob_url(w->blobs[0], id, sha256, "text/plain",
	    clock_wall_us() / 1000000, 60);
	assert_int_equal(fetch_get(url, &answer), 0);
	assert_int_equal(answer.status, 200);
	assert_string_equal(answer.body, "by a url");
	fetch_clear(&answer);
	free(url);
}

/* -- the spool ---------------------------------------------------------- */

static void
the_spool_does_not_grow(void **state)
{
	struct world *w = *state;
	struct blob_writer *file;
	char first[65], second[65];
	struct err err;

	blobs_free(w->blobs[0]);
	w->blobs[0] = instance(w, 0, LARGE + 1000);
	store(w, 0, w->text, first);
	assert_true(is_here(w, 0, first));
	store(w, 0, w->text + 1000, second); /* the older one gives way */
	assert_string_equal(w->why, "");
	assert_false(is_here(w, 0, first));
	assert_true(is_here(w, 0, second));
	assert_int_equal(look(w, 1, first), BLOB_DONE); /* the storage has it */
	check_text(w, w->text);
	/* What is being written gives no way. */
	file = blob_begin(w->blobs[0], 2 * LARGE, NULL);
	assert_int_equal(blob_write(file, w->text, LARGE, &err), 0);
	assert_int_equal(blob_write(file, w->text, LARGE, &err), -1);
	assert_non_null(strstr(err.text, "the spool "));
	blob_abort(file);
	store(w, 0, "room again", first);
	assert_string_equal(w->why, "");
}

static void
what_the_spool_has_had_for_long_goes(void **state)
{
	struct world *w = *state;
	int64_t now_s = clock_wall_us() / 1000000;
	struct utimbuf then = {
	    now_s - BLOB_SPOOL_S - 1, now_s - BLOB_SPOOL_S - 1};
	char old[65], new[65], *path;

	store(w, 0, "old", old);
	store(w, 0, "new", new);
	path = blobs_path(w->blobs[0], id, old);
	assert_int_equal(utime(path, &then), 0);
	free(path);
	blobs_free(w->blobs[0]);
	w->blobs[0] = instance(w, 0, 0); /* sweeps as it starts */
	assert_false(is_here(w, 0, old));
	assert_true(is_here(w, 0, new));
	assert_int_equal(look(w, 0, old), BLOB_DONE);
	check_text(w, "old");
}

/* As a child does that has no loop. */
static void
what_was_committed_here_is_sent_on(void **state)
{
	struct world *w = *state;
	struct blob_writer *file = blob_begin(w->blobs[0], 100, NULL);
	char sha256[65];

	blob_write(file, "a child's", 9, NULL);
	assert_int_equal(blob_commit_here(file, id, sha256, NULL), 0);
	assert_int_equal(look(w, 1, sha256), BLOB_MISSING);
	blob_send(w->blobs[0], id, sha256, on_done, w);
	run(w);
	assert_string_equal(w->why, "");
	assert_int_equal(look(w, 1, sha256), BLOB_DONE);
	check_text(w, "a child's");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(what_one_has_committed_another_reads),
	    TEST(nothing_is_committed_that_the_storage_has_not),
	    TEST(a_removed_file_is_gone_everywhere),
	    TEST(other_bytes_are_not_taken),
	    TEST(a_stretch_is_handed_on_as_it_comes),
	    TEST(a_url_is_given_to_clients),
	    TEST(the_spool_does_not_grow),
	    TEST(what_the_spool_has_had_for_long_goes),
	    TEST(what_was_committed_here_is_sent_on),
	};

	if (!s3_server_can_run())
		return 77;
	return cmocka_run_group_tests(tests, set_up, tear_down);
}

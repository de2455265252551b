/* Files of jobs, in a folder of their own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
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
#include "tests/lib/paths.h"

static const char one[] = "01234567-89ab-7cde-8f01-23456789abcd";
static const char two[] = "01234567-89ab-7cde-8f01-23456789abef";

/* sha256 of "hello" and of nothing */
static const char hello_sha256[] = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa"
				   "7425e73043362938b9824";
static const char empty_sha256[] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649"
				   "b934ca495991b7852b855";

struct place {
	char *dir, *folder;
	struct event_base *base;
	struct blobs *blobs;
	/* how the last one ended */
	int endings;
	char why[512];
	enum blob_outcome outcome;
	int fd;
	uint64_t bytes;
	/* what was handed on */
	char text[1000000];
	size_t len;
	struct blob_read *read;
	int pieces;
	bool pauses, cancels;
};

static struct blobs *
open_blobs(struct place *p, struct err *err)
{
	const struct blobs_options o = {.store = p->folder};

	return blobs_new(p->base, &o, err);
}

static int
make_place(void **state)
{
	struct place *p = xcalloc(1, sizeof(*p));

	p->dir = paths_make_tmp();
	p->folder = xasprintf("%s/files", p->dir);
	p->base = event_base_new();
	p->blobs = open_blobs(p, NULL);
	*state = p;
	return p->blobs != NULL ? 0 : -1;
}

static int
end_place(void **state)
{
	struct place *p = *state;

	blobs_free(p->blobs);
	event_base_free(p->base);
	paths_remove(p->dir);
	free(p->folder);
	free(p->dir);
	free(p);
	return 0;
}

/* Files under a folder, at any depth. */
static int
count_files(const char *folder)
{
	DIR *dir = opendir(folder);
	struct dirent *e;
	int n = 0;

	while ((e = readdir(dir)) != NULL) {
		char *path = xasprintf("%s/%s", folder, e->d_name);

		if (e->d_type == DT_DIR && e->d_name[0] != '.')
			n += count_files(path);
		else if (e->d_type == DT_REG)
			n++;
		free(path);
	}
	closedir(dir);
	return n;
}

static void
on_done(const char *why, void *arg)
{
	struct place *p = arg;

	p->endings++;
	snprintf(p->why, sizeof(p->why), "%s", why != NULL ? why : "");
}

static void
on_open(enum blob_outcome outcome, int fd, uint64_t bytes, const char *why,
    void *arg)
{
	struct place *p = arg;

	on_done(why, p);
	p->outcome = outcome;
	p->fd = fd;
	p->bytes = bytes;
}

/* Until one more has ended. */
static void
run(struct place *p)
{
	int before = p->endings;

	for (int i = 0; i < 1000 && p->endings == before; i++)
		event_base_loop(p->base, EVLOOP_NONBLOCK);
	assert_int_equal(p->endings, before + 1);
}

static void
store(struct place *p, const char *id, const char *text, char sha256[65])
{
	struct blob_writer *w = blob_begin(p->blobs, 1000000, NULL);
	int before = p->endings;

	assert_int_equal(blob_write(w, text, strlen(text), NULL), 0);
	assert_int_equal(blob_bytes(w), strlen(text));
	blob_commit(w, id, sha256, on_done, p);
	assert_int_equal(p->endings, before); /* later */
	assert_true(blobs_are_busy(p->blobs));
	run(p);
	assert_false(blobs_are_busy(p->blobs));
	assert_string_equal(p->why, "");
}

static enum blob_outcome
look(struct place *p, const char *id, const char *sha256)
{
	int before = p->endings;

	blob_open(p->blobs, id, sha256, on_open, p);
	assert_int_equal(p->endings, before); /* later */
	run(p);
	assert_true((p->fd >= 0) == (p->outcome == BLOB_DONE));
	return p->outcome;
}

static void
check_holds(
    struct place *p, const char *id, const char *sha256, const char *text)
{
	char got[100] = "";

	assert_int_equal(look(p, id, sha256), BLOB_DONE);
	assert_int_equal(p->bytes, strlen(text));
	assert_int_equal(read(p->fd, got, sizeof(got)), p->bytes);
	assert_string_equal(got, text);
	close(p->fd);
}

static void
what_was_committed_can_be_read(void **state)
{
	struct place *p = *state;
	char sha256[65];

	store(p, one, "hello", sha256);
	assert_string_equal(sha256, hello_sha256);
	check_holds(p, one, sha256, "hello");
	store(p, two, "", sha256);
	assert_string_equal(sha256, empty_sha256);
	check_holds(p, two, sha256, "");
	assert_int_equal(count_files(p->dir), 2);
}

/* Two results race for one attempt: each keeps its own bytes. */
static void
one_id_may_have_two_contents(void **state)
{
	struct place *p = *state;
	char a[65], b[65];

	store(p, one, "first", a);
	store(p, one, "second", b);
	assert_string_not_equal(a, b);
	check_holds(p, one, a, "first");
	check_holds(p, one, b, "second");
	blob_remove(p->blobs, one, b);
	check_holds(p, one, a, "first");
	assert_int_equal(count_files(p->dir), 1);
}

static void
the_same_content_twice_is_one_file(void **state)
{
	struct place *p = *state;
	char a[65], b[65];

	store(p, one, "same", a);
	store(p, one, "same", b);
	assert_string_equal(a, b);
	check_holds(p, one, a, "same");
	assert_int_equal(count_files(p->dir), 1);
}

static void
an_aborted_file_leaves_nothing(void **state)
{
	struct place *p = *state;
	struct blob_writer *w = blob_begin(p->blobs, 100, NULL);

	blob_write(w, "hello", 5, NULL);
	assert_int_equal(count_files(p->dir), 1);
	blob_abort(w);
	assert_int_equal(count_files(p->dir), 0);
	blob_abort(NULL);
}

static void
half_a_file_cannot_be_opened(void **state)
{
	struct place *p = *state;
	struct blob_writer *w = blob_begin(p->blobs, 100, NULL);

	blob_write(w, "hello", 5, NULL);
	assert_int_equal(look(p, one, hello_sha256), BLOB_MISSING);
	blob_abort(w);
}

static void
a_file_is_limited(void **state)
{
	struct place *p = *state;
	struct blob_writer *w = blob_begin(p->blobs, 8, NULL);
	struct err err;

	assert_int_equal(blob_write(w, "12345", 5, &err), 0);
	assert_int_equal(blob_write(w, "6789", 4, &err), -1);
	assert_string_equal(err.text, "more than 8 bytes");
	assert_int_equal(blob_bytes(w), 5);
	assert_int_equal(blob_write(w, "x", SIZE_MAX, &err), -1);
	assert_int_equal(blob_write(w, "678", 3, &err), 0);
	assert_int_equal(blob_write(w, "", 0, &err), 0);
	assert_int_equal(blob_bytes(w), 8);
	blob_abort(w);
}

static void
what_is_not_there_cannot_be_opened(void **state)
{
	struct place *p = *state;
	char sha256[65];

	assert_int_equal(look(p, one, hello_sha256), BLOB_MISSING);
	store(p, one, "hello", sha256);
	assert_int_equal(look(p, two, sha256), BLOB_MISSING);
	assert_int_equal(look(p, one, empty_sha256), BLOB_MISSING);
	blob_remove(p->blobs, two, sha256); /* nothing to remove is fine */
	check_holds(p, one, sha256, "hello");
}

/* Ids begin with the time; folders go by their end. */
static void
files_are_spread_over_folders(void **state)
{
	struct place *p = *state;
	char sha256[65], *path;
	struct stat st;

	store(p, one, "hello", sha256);
	path = xasprintf("%s/cd/%s.%.16s", p->folder, one, hello_sha256);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	free(path);
}

static void
a_folder_that_cannot_be_is_named(void **state)
{
	const struct blobs_options o = {.store = "/proc/no/such"};
	struct place *p = *state;
	struct err err;

	assert_null(blobs_new(p->base, &o, &err));
	assert_string_equal(
	    err.text, "cannot make /proc/no/such: No such file or directory");
}

static void
a_disk_that_refuses_is_named(void **state)
{
	struct place *p = *state;
	struct blob_writer *w = blob_begin(p->blobs, 100, NULL);
	char sha256[65];
	struct err err;

	paths_remove(p->dir);
	assert_null(blob_begin(p->blobs, 100, &err));
	assert_int_equal(strncmp(err.text, "cannot write ", 13), 0);
	blob_commit(w, one, sha256, on_done, p);
	run(p);
	assert_non_null(strstr(p->why, "cannot "));
}

/* What a process that was killed has left. */
static void
what_is_half_written_for_long_is_swept(void **state)
{
	struct place *p = *state;
	struct blob_writer *old = blob_begin(p->blobs, 100, NULL);
	struct blob_writer *now = blob_begin(p->blobs, 100, NULL);
	int64_t now_s = clock_wall_us() / 1000000;
	struct utimbuf then = {
	    now_s - BLOB_LEFT_S - 1, now_s - BLOB_LEFT_S - 1};
	char sha256[65], *path;

	store(p, one, "hello", sha256);
	path = blobs_path(p->blobs, one, sha256);
	assert_int_equal(utime(path, &then), 0);
	free(path);
	assert_int_equal(utime(old->path, &then), 0);
	blobs_free(p->blobs);
	p->blobs = open_blobs(p, NULL);
	assert_int_equal(access(old->path, F_OK), -1);
	assert_int_equal(access(now->path, F_OK), 0);
	/* A store's own file is never too old. */
	check_holds(p, one, sha256, "hello");
	old->blobs = now->blobs = p->blobs;
	blob_abort(old);
	blob_abort(now);
}

/* -- handed on ---------------------------------------------------------- */

static void
on_data(const void *data, size_t len, void *arg)
{
	struct place *p = arg;

	memcpy(p->text + p->len, data, len);
	p->len += len;
	if (++p->pieces > 1)
		return;
	if (p->pauses)
		blob_read_pause(p->read);
	if (p->cancels)
		blob_read_cancel(p->read);
}

static void
on_end(enum blob_outcome outcome, const char *why, void *arg)
{
	struct place *p = arg;

	on_done(why, p);
	p->outcome = outcome;
}

static void
start(struct place *p, const char *sha256, uint64_t offset, uint64_t len)
{
	p->len = p->pieces = 0;
	p->read = blob_read_start(
	    p->blobs, one, sha256, offset, len, on_data, on_end, p);
	assert_int_equal(p->len, 0);
}

static void
a_stretch_is_handed_on(void **state)
{
	struct place *p = *state;
	char sha256[65], *text = xmalloc(900001);

	for (int i = 0; i < 900000; i++)
		text[i] = 'a' + i % 23;
	text[900000] = '\0';
	store(p, one, text, sha256);
	start(p, sha256, 0, 900000);
	run(p);
	assert_int_equal(p->outcome, BLOB_DONE);
	assert_int_equal(p->len, 900000);
	assert_memory_equal(p->text, text, 900000);
	assert_true(p->pieces > 1);
	start(p, sha256, 12345, 300000);
	run(p);
	assert_int_equal(p->len, 300000);
	assert_memory_equal(p->text, text + 12345, 300000);
	start(p, sha256, 899999, 2);
	run(p);
	assert_int_equal(p->outcome, BLOB_FAILED);
	start(p, hello_sha256, 0, 5);
	run(p);
	assert_int_equal(p->outcome, BLOB_MISSING);
	free(text);
}

static void
a_reading_waits_and_is_cancelled(void **state)
{
	struct place *p = *state;
	char sha256[65], *text = xmalloc(900001);
	int before;

	memset(text, 'x', 900000);
	text[900000] = '\0';
	store(p, one, text, sha256);
	p->pauses = true;
	before = p->endings;
	start(p, sha256, 0, 900000);
	for (int i = 0; i < 100; i++)
		event_base_loop(p->base, EVLOOP_NONBLOCK);
	assert_int_equal(p->pieces, 1);
	assert_int_equal(p->endings, before);
	blob_read_resume(p->read);
	run(p);
	assert_int_equal(p->len, 900000);
	p->pauses = false;
	p->cancels = true;
	before = p->endings;
	start(p, sha256, 0, 900000);
	for (int i = 0; i < 100; i++)
		event_base_loop(p->base, EVLOOP_NONBLOCK);
	assert_int_equal(p->pieces, 1);
	assert_int_equal(p->endings, before);
	assert_false(blobs_are_busy(p->blobs));
	free(text);
}

/* Nobody is called back any more. */
static void
what_is_under_way_ends_with_the_blobs(void **state)
{
	struct place *p = *state;
	char sha256[65];
	int before;

	store(p, one, "hello", sha256);
	before = p->endings;
	blob_open(p->blobs, one, sha256, on_open, p);
	start(p, sha256, 0, 5);
	blobs_free(p->blobs);
	p->blobs = NULL;
	event_base_loop(p->base, EVLOOP_NONBLOCK);
	assert_int_equal(p->endings, before);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_place, end_place)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(what_was_committed_can_be_read),
	    TEST(one_id_may_have_two_contents),
	    TEST(the_same_content_twice_is_one_file),
	    TEST(an_aborted_file_leaves_nothing),
	    TEST(half_a_file_cannot_be_opened),
	    TEST(a_file_is_limited),
	    TEST(what_is_not_there_cannot_be_opened),
	    TEST(files_are_spread_over_folders),
	    TEST(a_folder_that_cannot_be_is_named),
	    TEST(a_disk_that_refuses_is_named),
	    TEST(what_is_half_written_for_long_is_swept),
	    TEST(a_stretch_is_handed_on),
	    TEST(a_reading_waits_and_is_cancelled),
	    TEST(what_is_under_way_ends_with_the_blobs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

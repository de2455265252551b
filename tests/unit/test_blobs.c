/* Files of jobs, in a folder of their own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/blobs.c"
#include "tests/lib/paths.h"

static const char one[] = "01234567-89ab-7cde-8f01-23456789abcd";
static const char two[] = "01234567-89ab-7cde-8f01-23456789abef";

/* sha256 of "hello" and of nothing */
static const char hello_sha256[] = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa"
				   "7425e73043362938b9824";
static const char empty_sha256[] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649"
				   "b934ca495991b7852b855";

struct place {
	char *dir;
	struct blobs *blobs;
};

static int
make_place(void **state)
{
	struct place *p = calloc(1, sizeof(*p));
	char *folder;

	p->dir = paths_make_tmp();
	folder = xasprintf("%s/files", p->dir);
	p->blobs = blobs_new(folder, NULL);
	free(folder);
	*state = p;
	return p->blobs != NULL ? 0 : -1;
}

static int
end_place(void **state)
{
	struct place *p = *state;

	blobs_free(p->blobs);
	paths_remove(p->dir);
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
store(struct place *p, const char *id, const char *text, char sha256[65])
{
	struct blob_writer *w = blob_begin(p->blobs, 100, NULL);

	assert_int_equal(blob_write(w, text, strlen(text), NULL), 0);
	assert_int_equal(blob_bytes(w), strlen(text));
	assert_int_equal(blob_commit(w, id, sha256, NULL), 0);
}

static void
check_holds(
    struct place *p, const char *id, const char *sha256, const char *text)
{
	char got[100] = "";
	uint64_t bytes = 99;
	int fd = blob_open(p->blobs, id, sha256, &bytes);

	assert_true(fd >= 0);
	assert_int_equal(bytes, strlen(text));
	assert_int_equal(read(fd, got, sizeof(got)), bytes);
	assert_string_equal(got, text);
	close(fd);
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
	uint64_t bytes;

	blob_write(w, "hello", 5, NULL);
	assert_int_equal(blob_open(p->blobs, one, hello_sha256, &bytes), -1);
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
	uint64_t bytes;
	char sha256[65];

	assert_int_equal(blob_open(p->blobs, one, hello_sha256, &bytes), -1);
	store(p, one, "hello", sha256);
	assert_int_equal(blob_open(p->blobs, two, sha256, &bytes), -1);
	assert_int_equal(blob_open(p->blobs, one, empty_sha256, &bytes), -1);
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
	path = xasprintf("%s/files/cd/%s.%.16s", p->dir, one, hello_sha256);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	free(path);
}

static void
a_folder_that_cannot_be_is_named(void **state)
{
	struct err err;

	(void)state;
	assert_null(blobs_new("/proc/no/such", &err));
	assert_string_equal(
	    err.text, "cannot make /proc/no/such: No such file or directory");
}

static void
a_disk_that_refuses_is_named(void **state)
{
	struct place *p = *state;
	struct err err;

	paths_remove(p->dir);
	assert_null(blob_begin(p->blobs, 100, &err));
	assert_int_equal(strncmp(err.text, "cannot write ", 13), 0);
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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Metadata on disk: whole, or not at all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "weightsetter/cache.c"

static const uint8_t finney[32] = {0x2f, 0x05}, other[32] = {0x2f, 0x06};
static const char blob[] = "meta and what follows";

static int
make_dir(void **state)
{
	static const char template[] = "/tmp/subnetd-cache-XXXXXX";

	*state = mkdtemp(xstrdup(template));
	return *state == NULL ? -1 : 0;
}

static int
remove_dir(void **state)
{
	int rc = rmdir(*state); /* -1: something was left in it */

	free(*state);
	return rc;
}

static size_t
size_at(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 ? (size_t)st.st_size : 0;
}

static void
what_was_written_is_read(void **state)
{
	const struct cache_of of = {*state, finney, 424};
	const struct cache_of not [] = {
	    {*state, finney, 425}, {*state, other, 424}};
	struct buf out = {0};
	struct err err;

	assert_int_equal(cache_read(&of, &out, &err), -1);
	assert_int_equal(cache_write(&of, "old", 3, &err), 0);
	assert_int_equal(cache_write(&of, blob, sizeof(blob), &err), 0);
	assert_int_equal(cache_read(&of, &out, &err), 0);
	assert_int_equal(out.len, sizeof(blob));
	assert_memory_equal(out.data, blob, sizeof(blob));
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(cache_read(&not [i], &out, &err), -1);
	assert_int_equal(out.len, sizeof(blob));
	cache_remove(&of);
	buf_free(&out);
}

/* Cut off at every length, and a bit turned at every place. */
static void
a_broken_file_is_removed(void **state)
{
	const struct cache_of of = {*state, finney, 424};
	char *path = path_of(&of, "");
	struct buf out = {0};
	struct err err;
	size_t len = SUM + sizeof(blob);
	FILE *f;

	for (size_t i = 0; i < 2 * len; i++) {
		assert_int_equal(cache_write(&of, blob, sizeof(blob), &err), 0);
		assert_int_equal(size_at(path), len);
		if (i < len) {
			assert_int_equal(truncate(path, (off_t)i), 0);
		} else {
			int c;

			f = fopen(path, "r+b");
			fseek(f, (long)(i - len), SEEK_SET);
			c = fgetc(f);
			fseek(f, (long)(i - len), SEEK_SET);
			fputc(c ^ 0x10, f);
			fclose(f);
		}
		assert_int_equal(cache_read(&of, &out, &err), -1);
		assert_int_equal(access(path, F_OK), -1);
	}
	assert_int_equal(out.len, 0);
	free(path);
}

static void
a_directory_that_is_not_there_is_said(void **state)
{
	char *dir = xasprintf("%s/none", (char *)*state);
	const struct cache_of of = {dir, finney, 424};
	struct buf out = {0};
	struct err err;

	assert_int_equal(cache_write(&of, blob, sizeof(blob), &err), -1);
	assert_non_null(strstr(err.text, "No such file"));
	assert_int_equal(cache_read(&of, &out, &err), -1);
	free(dir);
}

int
main(void)
{
#define EACH(test) cmocka_unit_test_setup_teardown(test, make_dir, remove_dir)
	const struct CMUnitTest tests[] = {
	    EACH(what_was_written_is_read),
	    EACH(a_broken_file_is_removed),
	    EACH(a_directory_that_is_not_there_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

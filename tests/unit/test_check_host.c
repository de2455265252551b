/* Doctor's checks of the machine it is on, as far as they are arithmetic. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/statvfs.h>

#include <cmocka.h>

/* Disks of which so many of a hundred GiB are left; -1: there is none. */
static int
fake_disk(const char *folder, struct statvfs *v)
{
	*v = (struct statvfs){.f_frsize = 1 << 20, .f_blocks = 100 << 10};
	v->f_bavail = strcmp(folder, "/fine") == 0     ? 50 << 10
		      : strcmp(folder, "/little") == 0 ? 5 << 10
						       : 1;
	return strcmp(folder, "/nowhere") == 0 ? -1 : 0;
}

#define statvfs(folder, v) fake_disk(folder, v)
#include "subnetctl/check.c"
#include "subnetctl/check_host.c"
#include "subnetctl/show.c"
#include "tests/lib/paths.h"

static void
a_unit_says_how_long_it_waits(void **state)
{
	static const struct {
		const char *text;
		int64_t ms;
	} cases[] = {
	    {"", -1},
	    {"[Service]\nExecStart=/x\n", -1},
	    {"[Service]\nTimeoutStopSec=40s\n", 40000},
	    {"TimeoutStopSec=90", 90000},
	    {"TimeoutStopSec=2min\n", 120000},
	    {"TimeoutStopSec=500ms\n", 500},
	    {"#TimeoutStopSec=1s\n TimeoutStopSec=1s\n", -1},
	    {"TimeoutStopSec=10s\nTimeoutStopSec=45s\n", 45000},
	    {"TimeoutStopSec=1min 30s\n", 90000},
	    {"TimeoutStopSec = 2 min\n", 120000},
	    {"TimeoutSec=45\n", 45000},
	    {"TimeoutStopSec=infinity\n", INT64_MAX},
	    {"TimeoutStopSec=0\n", INT64_MAX},
	    {"TimeoutStopSec=soon\nX=1", -1},
	    {"TimeoutStopSec=1min soon\n", -1},
	    {"TimeoutStopSec=99999999999999999999s\n", -1},
	    {"TimeoutStopSecond=5\n", -1},
	    {"TimeoutStopSec=\n", -1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t got = check_unit_parse(cases[i].text);

		if (got != cases[i].ms)
			fail_msg("%s: %lld", cases[i].text, (long long)got);
	}
}

static void
write_file(
    const char *root, const char *folder, const char *name, const char *text)
{
	char *dir = xasprintf("%s%s", root, folder);
	char *path = xasprintf("%s/%s", dir, name);
	FILE *file;

	assert_int_equal(paths_mkdir(dir), 0);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	free(dir);
	free(path);
}

/* A unit, and what an administrator has put beside it: the last word holds. */
static void
what_is_dropped_in_has_the_last_word(void **state)
{
	static const char own[] =
	    "/etc/systemd/system/subnetd-orchestratord.service.d";
	static const char family[] =
	    "/usr/lib/systemd/system/subnetd-.service.d";
	char *root = paths_make_tmp();

	(void)state;
	assert_int_equal(check_unit_grace_ms(root), -1);
	write_file(root, "/usr/lib/systemd/system",
	    "subnetd-orchestratord.service", "TimeoutStopSec=40s\n");
	assert_int_equal(check_unit_grace_ms(root), 40000);
	write_file(root, family, "10-stop.conf", "TimeoutStopSec=50s\n");
	assert_int_equal(check_unit_grace_ms(root), 50000);
	write_file(root, own, "10-stop.conf", "TimeoutStopSec=20s\n");
	write_file(root, own, "20-more.conf", "MemoryMax=1G\n");
	assert_int_equal(check_unit_grace_ms(root), 20000);
	write_file(root, own, "30-stop.conf", "TimeoutStopSec=60s\n");
	assert_int_equal(check_unit_grace_ms(root), 60000);
	paths_remove(root);
	free(root);
}

/* What orchestratord may take: the drain, three seconds for requests at its
 * door, one to end. */
static void
the_supervisor_must_wait_longer_than_we_take(void **state)
{
	static const struct {
		int64_t drain_ms, grace_ms;
		enum check_result result;
		const char *fix;
	} cases[] = {
	    {25000, 28999, CHECK_FAIL, "to 39s"},
	    {25000, 29000, CHECK_OK, ""},
	    {25000, 40000, CHECK_OK, ""},
	    {25000, 10000, CHECK_FAIL, "stop_grace_period"},
	    {0, 3000, CHECK_FAIL, "TimeoutStopSec"},
	    {25000, -1, CHECK_SKIPPED, ""},
	    {25000, INT64_MAX, CHECK_OK, ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct check c;

		check_drain(&c, cases[i].drain_ms, cases[i].grace_ms);
		assert_int_equal(c.result, cases[i].result);
		assert_non_null(strstr(c.fix, cases[i].fix));
		assert_int_equal(c.fix[0] != '\0', c.result == CHECK_FAIL);
	}
}

static void
disks_are_judged_by_what_is_left(void **state)
{
	static const struct {
		uint64_t blocks, left, files, files_left;
		enum check_result result;
	} cases[] = {
	    {1000000, 500000, 1000, 500, CHECK_OK},
	    {1000000, 262144, 1000, 500, CHECK_OK},   /* 1 GiB */
	    {1000000, 262143, 1000, 500, CHECK_FAIL}, /* less */
	    {100000000, 9000000, 1000, 500, CHECK_WARN},
	    {100000000, 11000000, 1000, 500, CHECK_OK},
	    {100000000, 100000, 1000, 500, CHECK_FAIL},
	    {1000000, 500000, 1000, 10, CHECK_FAIL},
	    {1000000, 500000, 0, 0, CHECK_OK}, /* a disk without such a limit */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct statvfs v = {.f_frsize = 4096,
		    .f_blocks = cases[i].blocks,
		    .f_bavail = cases[i].left,
		    .f_files = cases[i].files,
		    .f_favail = cases[i].files_left};
		struct check c = {.result = CHECK_OK};

		judge_folder(&c, "/x", &v);
		assert_int_equal(c.result, cases[i].result);
	}
}

static void
a_disk_that_cannot_be_written_to_is_found(void **state)
{
	struct statvfs v = {.f_frsize = 4096,
	    .f_blocks = 1000000,
	    .f_bavail = 900000,
	    .f_flag = ST_RDONLY};
	struct check c = {.result = CHECK_OK};

	(void)state;
	judge_folder(&c, "/x", &v);
	assert_int_equal(c.result, CHECK_FAIL);
	assert_non_null(strstr(c.what, "only be read"));
}

static void
the_worst_of_the_folders_is_said(void **state)
{
	static const struct {
		const char *folders[3];
		enum check_result result;
		const char *what;
	} cases[] = {
	    {{"/fine", "/little", ""}, CHECK_WARN, "for /little"},
	    {{"/little", "/full", "/fine"}, CHECK_FAIL, "for /full"},
	    {{"/full", "/little", "/nowhere"}, CHECK_FAIL, "for /full"},
	    {{"/nowhere", "/fine", "s3://x"}, CHECK_OK, "for /fine"},
	    {{"/nowhere", "", "s3://x"}, CHECK_SKIPPED, "no folder"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct check c;

		check_disk(&c, cases[i].folders, 3);
		assert_int_equal(c.result, cases[i].result);
		assert_non_null(strstr(c.what, cases[i].what));
		assert_string_equal(c.name, "disk");
	}
}

static void
names_are_looked_up_and_addresses_are_not(void **state)
{
	static const struct check_name addresses[] = {
	    {"a", "ws://127.0.0.1:9944"}, {"b", "redis://[::1]:6379"},
	    {"c", "unix:/run/redis.sock"}, {"d", ""}, {"e", "nonsense"},
	    {"f", "host=/run/postgresql dbname=x"},
	    {"g", "postgresql:///subnetd"}};
	static const struct check_name local[] = {
	    {"a", "postgresql://user@localhost:5432/x"}};
	static const struct check_name nobody[] = {
	    {"a", "ws://localhost"}, {"b.url", "wss://no.such.name.invalid"}};
	struct check c;

	(void)state;
	check_names(&c, addresses, 7);
	assert_int_equal(c.result, CHECK_OK);
	assert_non_null(strstr(c.what, "nothing to look up"));
	check_names(&c, local, 1);
	assert_int_equal(c.result, CHECK_OK);
	assert_non_null(strstr(c.what, "localhost"));
	check_names(&c, nobody, 2);
	assert_int_equal(c.result, CHECK_FAIL);
	assert_non_null(strstr(c.what, "no.such.name.invalid (b.url)"));
	assert_non_null(strstr(c.fix, "correct b.url"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_unit_says_how_long_it_waits),
	    cmocka_unit_test(what_is_dropped_in_has_the_last_word),
	    cmocka_unit_test(the_supervisor_must_wait_longer_than_we_take),
	    cmocka_unit_test(disks_are_judged_by_what_is_left),
	    cmocka_unit_test(a_disk_that_cannot_be_written_to_is_found),
	    cmocka_unit_test(the_worst_of_the_folders_is_said),
	    cmocka_unit_test(names_are_looked_up_and_addresses_are_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

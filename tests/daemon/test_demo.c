/*
 * The demonstration when it does not come to its end: it stops every process
 * it started, says so and where the logs are, and fails.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <dirent.h>
#include <signal.h>

#include "common/buf.h"
#include "common/clock.h"
#include "common/xalloc.h"
#include "tests/lib/paths.h"
#include "tests/lib/proc.h"
#include "tests/lib/sandbox.h"

enum { MAX_PIDS = 128, WAIT_MS = 90000, LEAST_PIDS = 13 };

struct pids {
	pid_t pids[MAX_PIDS];
	size_t n;
};

static int
set_up(void **state)
{
	const struct sandbox_options o = {.name = "test-demo"};

	*state = sandbox_new(&o);
	return *state != NULL ? 0 : -1;
}

static int
tear_down(void **state)
{
	return sandbox_end(*state, false);
}

/* -- processes ---------------------------------------------------------- */

/* The state and the parent of a process; false if it is not there. */
static bool
read_stat(pid_t pid, char *state, pid_t *parent)
{
	char *path = xasprintf("/proc/%d/stat", (int)pid), line[1024] = "";
	FILE *f = fopen(path, "r");
	const char *end;
	int of = 0;

	free(path);
	if (f == NULL)
		return false;
	if (fgets(line, sizeof(line), f) == NULL)
		line[0] = '\0';
	fclose(f);
	end = strrchr(line, ')');
	if (end == NULL || sscanf(end + 1, " %c %d", state, &of) != 2)
		return false;
	*parent = of;
	return true;
}

static bool
has(const struct pids *all, pid_t pid)
{
	for (size_t i = 0; i < all->n; i++) {
		if (all->pids[i] == pid)
			return true;
	}
	return false;
}

/* Add every process whose parent is among them; true if there was one. */
static bool
add_children(struct pids *all)
{
	DIR *dir = opendir("/proc");
	struct dirent *entry;
	size_t before = all->n;

	while ((entry = readdir(dir)) != NULL) {
		pid_t pid = atoi(entry->d_name), parent;
		char state;

		if (pid > 0 && !has(all, pid) &&
		    read_stat(pid, &state, &parent) && has(all, parent) &&
		    all->n < MAX_PIDS)
			all->pids[all->n++] = pid;
	}
	closedir(dir);
	return all->n > before;
}

/* Gone, but for what nobody has waited for yet. */
static void
assert_gone(const struct pids *all)
{
	int64_t until_us = clock_mono_us() + PROC_WAIT_MS * 1000LL;

	for (size_t i = 0; i < all->n; i++) {
		pid_t parent;
		char state;

		while (
		    read_stat(all->pids[i], &state, &parent) && state != 'Z') {
			if (clock_mono_us() > until_us)
				fail_msg(
				    "%d is still there", (int)all->pids[i]);
			proc_nap();
		}
	}
}

/* -- the demonstration -------------------------------------------------- */

static struct proc *
start(struct sandbox *box, const char *name, const char *path)
{
	char *program = paths_program("tests/show");
	const char *argv[] = {program, NULL};
	const char *env[] = {path, NULL};
	struct proc *show = sandbox_start(box, name, argv, env);

	free(program);
	assert_non_null(show);
	return show;
}

static char *
read_log(struct sandbox *box, const char *name)
{
	char *path = xasprintf("%s/%s.log", sandbox_dir(box), name);
	struct buf text = {0};
	FILE *f = fopen(path, "r");
	int c;

	assert_non_null(f);
	while ((c = fgetc(f)) != EOF)
		buf_add_byte(&text, c);
	fclose(f);
	free(path);
	return buf_take_str(&text);
}

static void
await_words(struct sandbox *box, const char *name, const char *words)
{
	int64_t until_us = clock_mono_us() + WAIT_MS * 1000LL;
	char *log = read_log(box, name);

	while (strstr(log, words) == NULL) {
		if (clock_mono_us() > until_us)
			fail_msg("no \"%s\" in\n%s", words, log);
		free(log);
		proc_nap();
		log = read_log(box, name);
	}
	free(log);
}

static void
assert_says(struct sandbox *box, const char *name, const char *words)
{
	char *log = read_log(box, name);

	if (strstr(log, words) == NULL)
		fail_msg("no \"%s\" in\n%s", words, log);
	free(log);
}

static void
an_interrupted_demonstration_stops_all_it_started(void **state)
{
	static const int signals[] = {SIGINT, SIGTERM};
	static const char *const names[] = {"show-int", "show-term"};
	struct sandbox *box = *state;

	for (int i = 0; i < 2; i++) {
		struct proc *show = start(box, names[i], NULL);
		struct pids all = {{proc_pid(show)}, 1};

		await_words(box, names[i], " jobs submitted: ");
		while (add_children(&all))
			continue;
		/* PostgreSQL, Redis, a chain, six miners, four daemons. */
		assert_true(all.n > LEAST_PIDS);
		proc_signal(show, signals[i]);
		assert_int_equal(proc_wait(show, WAIT_MS), EXIT_FAILURE);
		assert_gone(&all);
		assert_says(box, names[i], "the logs are ");
		assert_says(box, names[i], "/demo/*.log");
		sandbox_drop(box, show);
	}
}

static void
a_demonstration_that_cannot_start_says_why(void **state)
{
	struct sandbox *box = *state;
	struct proc *show = start(box, "show-path", "PATH=/nowhere");

	assert_int_equal(proc_wait(show, WAIT_MS), EXIT_FAILURE);
	assert_says(box, "show-path", "No such file or directory");
	assert_says(box, "show-path", "/demo/*.log");
	sandbox_drop(box, show);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_interrupted_demonstration_stops_all_it_started),
	    cmocka_unit_test(a_demonstration_that_cannot_start_says_why),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

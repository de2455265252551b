/* Work in a child: what it says, how it ends, what it leaves behind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdbool.h>
#include <sys/stat.h>

#include "common/clock.h"
#include "tests/lib/paths.h"
#include "tests/lib/proc.h"
#include "validator/challenge_child.c"

enum { LONG_MS = 30000 };

struct heard {
	struct event_base *base;
	int calls;
	json_t *result;
	char why[512];
	char folder[256];
};

static void
on_heard(const json_t *result, const char *why, void *arg)
{
	struct heard *h = arg;

	h->calls++;
	h->result = result != NULL ? json_deep_copy(result) : NULL;
	snprintf(h->why, sizeof(h->why), "%s", why);
	event_base_loopbreak(h->base);
}

/* To its end, or until the loop has nothing to do. */
static void
run_work(struct heard *h, challenge_child_work *work, const void *order,
    int deadline_ms)
{
	struct challenge_child *c;
	struct err err;

	*h = (struct heard){.base = event_base_new()};
	c = challenge_child_start(
	    h->base, work, order, deadline_ms, on_heard, h, &err);
	assert_non_null(c);
	snprintf(h->folder, sizeof(h->folder), "%s", c->folder);
	assert_int_equal(h->calls, 0); /* never before it has returned */
	event_base_dispatch(h->base);
	assert_int_equal(h->calls, 1);
	assert_int_equal(access(h->folder, F_OK), -1);
	event_base_free(h->base);
}

/* -- works ---------------------------------------------------------------- */

static json_t *
say_hello(const void *order, const char *folder, struct err *err)
{
	char *path = xasprintf("%s/left", folder);
	FILE *f = fopen(path, "w");

	(void)err;
	assert_non_null(f);
	fclose(f);
	free(path);
	return json_pack("{s:s}", "hello", (const char *)order);
}

static json_t *
say_no(const void *order, const char *folder, struct err *err)
{
	(void)order;
	(void)folder;
	err_set(err, "not today");
	return NULL;
}

static json_t *
crash(const void *order, const char *folder, struct err *err)
{
	(void)order;
	(void)folder;
	(void)err;
	raise(SIGKILL);
	return NULL;
}

/* And with it a program that would go on; its pid is in the file of that
 * name. */
static json_t *
hang(const void *order, const char *folder, struct err *err)
{
	const char *const argv[] = {"sh", "-c",
	    "echo $$ >\"$0.new\"; mv \"$0.new\" \"$0\"; exec sleep 1000", order,
	    NULL};

	(void)folder;
	challenge_child_run(argv, -1, NULL, err);
	return NULL;
}

/* Whether it is no more, or nobody has buried it yet. */
static bool
is_dead(int pid)
{
	char *path = xasprintf("/proc/%d/stat", pid), state = 'Z';
	FILE *f = fopen(path, "r");

	free(path);
	if (f == NULL)
		return true;
	if (fscanf(f, "%*d %*s %c", &state) != 1)
		state = 'Z';
	fclose(f);
	return state == 'Z';
}

static char *
pid_file(void)
{
	char *build = paths_build();
	char *path = xasprintf("%s/challenge-child.pid", build);

	unlink(path);
	free(build);
	return path;
}

static int
read_pid(const char *path)
{
	FILE *f = fopen(path, "r");
	int pid = 0;

	if (f != NULL && fscanf(f, "%d", &pid) != 1)
		pid = 0;
	if (f != NULL)
		fclose(f);
	return pid;
}

/* What its programs wrote and how they ended. */
static json_t *
run_programs(const void *order, const char *folder, struct err *err)
{
	static const char *const echo[] = {"echo", "some; `words`", NULL};
	static const char *const no[] = {"false", NULL};
	static const char *const none[] = {"no-such-program-here", NULL};
	static const char *const much[] = {"yes", NULL};
	static const char *const fds[] = {
	    "sh", "-c", "ls /proc/self/fd | wc -l", NULL};
	static const char *const limits[] = {
	    "sh", "-c", "ulimit -c; ulimit -t; ulimit -v", NULL};
	struct buf text = {0}, lots = {0}, open = {0}, most = {0};
	struct err why[3];
	json_t *said;
	int failed = 0;

	(void)order;
	(void)folder;
	failed |= challenge_child_run(echo, -1, &text, err) != 0;
	failed |= challenge_child_run(fds, -1, &open, err) != 0;
	failed |= challenge_child_run(limits, -1, &most, err) != 0;
	failed |= challenge_child_run(no, -1, NULL, &why[0]) != -1;
	failed |= challenge_child_run(none, -1, NULL, &why[1]) != -1;
	failed |= challenge_child_run(much, -1, &lots, &why[2]) != -1;
	said = json_pack("{s:b, s:s, s:s, s:i, s:i, s:s, s:s, s:s}", "failed",
	    failed, "text", buf_str(&text), "limits", buf_str(&most), "open",
	    atoi(buf_str(&open)), "lots", (int)lots.len, "no", why[0].text,
	    "none", why[1].text, "much", why[2].text);
	buf_free(&text);
	buf_free(&lots);
	buf_free(&open);
	buf_free(&most);
	return said;
}

/* -- tests ---------------------------------------------------------------- */

static const char *
text_of(const struct heard *h, const char *key)
{
	return json_string_value(json_object_get(h->result, key));
}

static void
what_it_says_is_heard(void **state)
{
	struct heard h;

	(void)state;
	run_work(&h, say_hello, "you", LONG_MS);
	assert_string_equal(text_of(&h, "hello"), "you");
	json_decref(h.result);
	run_work(&h, say_no, NULL, LONG_MS);
	assert_null(h.result);
	assert_string_equal(h.why, "not today");
}

static void
a_crash_is_an_answer(void **state)
{
	struct heard h;

	(void)state;
	run_work(&h, crash, NULL, LONG_MS);
	assert_null(h.result);
	assert_string_equal(h.why, "it ended without a word");
}

static void
out_of_time_it_is_killed_with_its_programs(void **state)
{
	char *path = pid_file();
	int64_t until_us = clock_mono_us() + LONG_MS * 1000LL;
	struct heard h;
	int pid;

	(void)state;
	run_work(&h, hang, path, 4000);
	assert_null(h.result);
	assert_string_equal(h.why, "it took too long");
	pid = read_pid(path);
	assert_true(pid > 1);
	while (!is_dead(pid) && clock_mono_us() < until_us)
		proc_nap();
	assert_true(is_dead(pid));
	unlink(path);
	free(path);
}

/* The first process of a container has what others leave behind. */
static void
its_programs_are_buried_by_the_first_process(void **state)
{
	char *path = pid_file();
	struct heard h;

	(void)state;
	assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
	run_work(&h, hang, path, 4000);
	assert_string_equal(h.why, "it took too long");
	assert_true(read_pid(path) > 1);
	assert_int_equal(waitpid(-1, NULL, 0), -1);
	assert_int_equal(errno, ECHILD);
	assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 0), 0);
	unlink(path);
	free(path);
}

static void
programs_are_run_without_a_shell(void **state)
{
	struct heard h;

	(void)state;
	run_work(&h, run_programs, NULL, LONG_MS);
	assert_non_null(h.result);
	assert_true(json_is_false(json_object_get(h.result, "failed")));
	assert_string_equal(text_of(&h, "text"), "some; `words`\n");
	assert_string_equal(text_of(&h, "limits"),
	    IS_SANITIZED ? "0\n120\nunlimited\n" : "0\n120\n2097152\n");
	/* The standard streams, and what ls itself opens. */
	assert_int_equal(
	    json_integer_value(json_object_get(h.result, "open")), 4);
	assert_in_range(json_integer_value(json_object_get(h.result, "lots")),
	    MAX_OUTPUT, MAX_OUTPUT + 4096);
	assert_string_equal(text_of(&h, "no"), "false ended with status 1");
	assert_string_equal(
	    text_of(&h, "none"), "no-such-program-here ended with status 127");
	assert_string_equal(text_of(&h, "much"), "yes was ended by signal 13");
	json_decref(h.result);
}

static void
cancelled_it_calls_nobody(void **state)
{
	struct heard h = {.base = event_base_new()};
	struct challenge_child *c;
	struct err err;
	pid_t pid;

	(void)state;
	c = challenge_child_start(
	    h.base, hang, "/dev/null/none", LONG_MS, on_heard, &h, &err);
	assert_non_null(c);
	pid = c->pid;
	challenge_child_cancel(c);
	challenge_child_cancel(NULL);
	assert_int_equal(kill(pid, 0), -1);
	event_base_dispatch(h.base);
	assert_int_equal(h.calls, 0);
	event_base_free(h.base);
}

static void
programs_are_found_in_the_path(void **state)
{
	(void)state;
	assert_true(challenge_child_finds("sh"));
	assert_false(challenge_child_finds("no-such-program-here"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_it_says_is_heard),
	    cmocka_unit_test(a_crash_is_an_answer),
	    cmocka_unit_test(out_of_time_it_is_killed_with_its_programs),
	    cmocka_unit_test(its_programs_are_buried_by_the_first_process),
	    cmocka_unit_test(programs_are_run_without_a_shell),
	    cmocka_unit_test(cancelled_it_calls_nobody),
	    cmocka_unit_test(programs_are_found_in_the_path),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * subnetctl top on a real terminal, a pseudo one: it draws, follows the
 * terminal's size and what happens in the database, and leaves the terminal as
 * it was, whether it is told to quit or killed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <fcntl.h>
#include <jansson.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/clock.h"
#include "tests/lib/cluster.h"
#include "tests/lib/db.h"
#include "tests/lib/paths.h"
#include "tests/lib/proc.h"
#include "tests/lib/sandbox.h"

enum { WAIT_US = 30 * 1000000, HEIGHT = 24 };

struct screen {
	int fd;	   /* the terminal's other end */
	int slave; /* kept open, so that it can be looked at */
	struct termios before;
	pid_t pid;
	struct buf seen; /* all that was drawn */
};

static int
set_up(void **state)
{
	const struct sandbox_options o = {.name = "top", .postgres = true};
	struct sandbox *box = sandbox_new(&o);

	*state = box;
	return box == NULL ? -1 : 0;
}

static int
tear_down(void **state)
{
	return sandbox_end(*state, false);
}

/* -- a terminal ------------------------------------------------------------ */

static void
resize(struct screen *s, int width)
{
	const struct winsize size = {
	    .ws_col = (unsigned short)width, .ws_row = HEIGHT};

	assert_int_equal(ioctl(s->slave, TIOCSWINSZ, &size), 0);
}

static void
become_top(struct sandbox *box, const char *program, const char *name)
{
	int fd;

	setsid();
	fd = open(name, O_RDWR); /* and so it is the terminal of the session */
	dup2(fd, STDIN_FILENO);
	dup2(fd, STDOUT_FILENO);
	dup2(fd, STDERR_FILENO);
	execl(program, program, "top", "-c", "/dev/null", "--db.url",
	    sandbox_conninfo(box), "--every", "200ms", NULL);
	_exit(127);
}

static void
start(struct sandbox *box, struct screen *s)
{
	char *program = paths_program("bin/subnetctl");
	char name[128];

	memset(s, 0, sizeof(*s));
	s->fd = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	assert_true(s->fd >= 0);
	assert_int_equal(grantpt(s->fd), 0);
	assert_int_equal(unlockpt(s->fd), 0);
	assert_int_equal(ptsname_r(s->fd, name, sizeof(name)), 0);
	s->slave = open(name, O_RDWR | O_NOCTTY);
	assert_true(s->slave >= 0);
	resize(s, 80);
	assert_int_equal(tcgetattr(s->slave, &s->before), 0);
	s->pid = fork();
	assert_true(s->pid >= 0);
	if (s->pid == 0)
		become_top(box, program, name);
	free(program);
}

/* What it draws until there is such a text behind the first `from` bytes. */
static void
wait_for(struct screen *s, size_t from, const char *text)
{
	int64_t until_us = clock_mono_us() + WAIT_US;

	while (s->seen.len < from ||
	       strstr(buf_str(&s->seen) + from, text) == NULL) {
		struct pollfd p = {s->fd, POLLIN, 0};
		ssize_t n;

		if (clock_mono_us() > until_us || poll(&p, 1, 1000) < 0)
			fail_msg("no \"%s\" in:\n%s", text, buf_str(&s->seen));
		if ((p.revents & POLLIN) == 0)
			continue;
		n = read(s->fd, buf_reserve(&s->seen, 4096), 4096);
		assert_true(n > 0);
		s->seen.len += (size_t)n;
	}
}

static void
press(struct screen *s, const char *key)
{
	assert_int_equal(write(s->fd, key, strlen(key)), strlen(key));
}

static bool
is_as_before(struct screen *s)
{
	struct termios now;

	assert_int_equal(tcgetattr(s->slave, &now), 0);
	return now.c_lflag == s->before.c_lflag &&
	       now.c_iflag == s->before.c_iflag;
}

/* Its status; the terminal is as it was. */
static int
finish(struct screen *s)
{
	int status;

	wait_for(s, 0, "\x1b[?1049l");
	assert_int_equal(waitpid(s->pid, &status, 0), s->pid);
	assert_true(is_as_before(s));
	assert_non_null(strstr(buf_str(&s->seen), "\x1b[?1049h"));
	assert_non_null(strstr(buf_str(&s->seen), "\x1b[?25h"));
	close(s->slave);
	close(s->fd);
	buf_free(&s->seen);
	return status;
}

/* -- the tests ------------------------------------------------------------- */

static void
it_draws_until_it_is_told_to_quit(void **state)
{
	static const char *const keys[] = {"q", "\x03"};

	for (int i = 0; i < 2; i++) {
		struct screen s;
		int status;

		start(*state, &s);
		wait_for(&s, 0, "q quits");
		assert_non_null(strstr(buf_str(&s.seen), "netuid 1"));
		assert_false(is_as_before(&s));
		/* F2, which ends in a Q; the second draw is after it. */
		press(&s, "\x1bOQ");
		for (int k = 0; k < 2; k++)
			wait_for(&s, s.seen.len, "q quits");
		press(&s, " ");
		wait_for(&s, s.seen.len, "paused");
		press(&s, keys[i]);
		status = finish(&s);
		assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	}
}

static void
killed_it_leaves_the_terminal_as_it_was(void **state)
{
	static const int signals[] = {SIGTERM, SIGINT, SIGHUP};

	for (int i = 0; i < 3; i++) {
		struct screen s;
		int status;

		start(*state, &s);
		wait_for(&s, 0, "q quits");
		assert_int_equal(kill(s.pid, signals[i]), 0);
		status = finish(&s);
		assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	}
}

static bool
has_ended(struct screen *s)
{
	int64_t until_us = clock_mono_us() + WAIT_US;
	int status = 0;

	while (waitpid(s->pid, &status, WNOHANG) == 0) {
		if (clock_mono_us() > until_us)
			return false;
		proc_nap();
	}
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static void
it_ends_with_its_terminal(void **state)
{
	struct screen s;

	start(*state, &s);
	wait_for(&s, 0, "q quits");
	close(s.slave);
	close(s.fd);
	assert_true(has_ended(&s));
	buf_free(&s.seen);
}

/* Nobody reads what it draws: a connection hangs. */
static void
it_ends_though_its_terminal_hangs(void **state)
{
	struct pollfd p = {.events = POLLOUT};
	struct screen s;

	start(*state, &s);
	wait_for(&s, 0, "q quits");
	p.fd = s.slave;
	/* Until there is no room, and for some draws more. */
	for (int left = 20; left > 0; left -= poll(&p, 1, 0) == 0) {
		press(&s, "x");
		proc_nap();
	}
	assert_int_equal(kill(s.pid, SIGTERM), 0);
	if (!has_ended(&s)) {
		kill(s.pid, SIGKILL);
		fail_msg("it draws for ever");
	}
	close(s.slave);
	close(s.fd);
	buf_free(&s.seen);
}

static void
it_follows_the_terminals_size(void **state)
{
	struct screen s;
	size_t from;

	start(*state, &s);
	wait_for(&s, 0, "q quits");
	press(&s, " ");
	wait_for(&s, 0, "paused");
	from = s.seen.len;
	resize(&s, 30);
	kill(s.pid, SIGWINCH);
	/* The title ends where the screen does: " subnetd  netuid 1  " and a
	 * time are 29 columns. */
	wait_for(&s, from, "Z \x1b[0m");
	/* What is as wide as the screen keeps its last column. */
	assert_null(strstr(buf_str(&s.seen), "\x1b[0m\x1b[K"));
	press(&s, "q");
	finish(&s);
}

static void
it_goes_on_when_the_database_was_away(void **state)
{
	struct sandbox *box = *state;
	struct screen s;
	size_t from;

	start(box, &s);
	wait_for(&s, 0, "q quits");
	cluster_halt(sandbox_cluster(box), CLUSTER_FAST);
	wait_for(&s, 0, "no connection to PostgreSQL");
	assert_int_equal(cluster_start(sandbox_cluster(box)), 0);
	from = s.seen.len;
	wait_for(&s, from, "no orchestratord was heard of");
	press(&s, "q");
	finish(&s);
}

/* One that does not even say no: the network is away, or its disk. */
static void
a_database_that_hangs_is_given_up(void **state)
{
	struct sandbox *box = *state;
	struct db *db = db_open(sandbox_conninfo(box));
	struct screen s;
	size_t from;
	pid_t server;

	start(box, &s);
	wait_for(&s, 0, "q quits");
	server = (pid_t)db_int(db, "select pid from pg_stat_activity where "
				   "application_name = 'subnetctl'");
	assert_true(server > 1);
	assert_int_equal(kill(server, SIGSTOP), 0);
	from = s.seen.len;
	wait_for(&s, from, "PostgreSQL has not answered in time");
	/* Another of its servers answers. */
	from = s.seen.len;
	wait_for(&s, from, "no orchestratord was heard of");
	press(&s, "q");
	finish(&s);
	assert_int_equal(kill(server, SIGCONT), 0);
	db_close(db);
}

/* -- one look -------------------------------------------------------------- */

#define UUID(n) "01890000-0000-7000-8000-00000000000" #n

static const char *const rows[] = {
    "insert into kind values (7, 'a', 'native', '/a', 'a', 1000, 1000, 1000, "
    "2, 1, 1, 3, '{}', 0, '{}', 1000, '{}', 'none')",
    "insert into job (id, netuid, kind, state, params, miners_min, "
    "miners_wanted, retries_left, created_at, deadline_at, finished_at, "
    "reason, rank_at) select v.id::uuid, 7, 'a', v.state::job_state, '{}', 1, "
    "1, 2, now() - interval '100 s', now() + interval '1 h', case when v.ms > "
    "0 then now() - interval '100 s' + v.ms * interval '1 ms' end, v.reason, "
    "now() from (values ('" UUID(1) "', 'queued', 0, null), ('" UUID(
	2) "', "
	   "'running', 0, null), ('" UUID(3) "', 'done', 1000, null), ('" UUID(
	       4) "', "
		  "'done', 3000, null), ('" UUID(
		      5) "', 'failed', 10, 'no_budget')) v (id, "
			 "state, ms, reason)",
    "insert into neuron values (7, 5, 'm', 'c', 9, 1000000000, 0, 0, false, "
    "8, '127.0.0.1:8091', 7)",
    "insert into miner (netuid, hotkey, is_up) values (7, 'm', true)",
    "insert into attempt (id, job_id, netuid, kind, hotkey, uid, address, "
    "state, receipt, prepared_at, deadline_at) values ('" UUID(
	9) "', "
	   "'" UUID(
	       2) "', 7, 'a', 'm', 5, 'x', 'accepted', '{}', now(), now())",
    "insert into instance (id, program, netuid, started_at, seen_at) values "
    "(gen_random_uuid(), 'orchestratord', 7, now(), now())",
    "insert into setter (netuid, mecid, hotkey, block, at, last_update, "
    "next_block, tempos_behind, committed) values (7, 0, 'v', 100, now(), 90, "
    "110, 0.5, 0)",
    NULL,
};

static double
number(const json_t *json, const char *part, long i, const char *key)
{
	const json_t *row = json_object_get(json, part);

	if (i >= 0)
		row = json_array_get(row, (size_t)i);
	return json_number_value(json_object_get(row, key));
}

static void
one_look_is_text_or_json(void **state)
{
	static const char *const text[] = {"top", "--netuid", "7", NULL};
	static const char *const json[] = {
	    "top", "--netuid", "7", "--json", NULL};
	struct db *db = db_open(sandbox_conninfo(*state));
	struct proc_output got;
	json_t *seen;

	for (int i = 0; rows[i] != NULL; i++)
		assert_int_equal(db_exec(db, "%s", rows[i]), 0);
	db_close(db);
	sandbox_ctl(*state, json, &got);
	seen = json_loads(got.out, 0, NULL);
	if (seen == NULL)
		fail_msg("%d: %s%s", got.status, got.out, got.err);
	assert_true(number(seen, "now", -1, "queued") == 1);
	assert_true(number(seen, "now", -1, "running") == 1);
	assert_true(number(seen, "now", -1, "in_flight") == 1);
	assert_true(number(seen, "now", -1, "accepted") == 5);
	assert_true(number(seen, "now", -1, "done") == 2);
	assert_true(number(seen, "now", -1, "failed") == 1);
	assert_true(number(seen, "now", -1, "p50_ms") == 2000);
	assert_true(number(seen, "now", -1, "up") == 1);
	assert_true(number(seen, "kinds", 0, "queued") == 1);
	assert_true(number(seen, "kinds", 0, "failed") == 1);
	assert_true(number(seen, "miners", 0, "open") == 1);
	assert_true(number(seen, "programs", 0, "n") == 1);
	assert_true(number(seen, "weights", 0, "tempos_behind") == 0.5);
	json_decref(seen);
	proc_output_clear(&got);
	sandbox_ctl(*state, text, &got);
	assert_int_equal(got.status, 0);
	assert_non_null(strstr(got.out, "1 queued"));
	assert_non_null(strstr(got.out, "1 orchestratord"));
	assert_null(strchr(got.out, '\x1b'));
	proc_output_clear(&got);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(it_draws_until_it_is_told_to_quit),
	    cmocka_unit_test(killed_it_leaves_the_terminal_as_it_was),
	    cmocka_unit_test(it_ends_with_its_terminal),
	    cmocka_unit_test(it_ends_though_its_terminal_hangs),
	    cmocka_unit_test(it_follows_the_terminals_size),
	    cmocka_unit_test(it_goes_on_when_the_database_was_away),
	    cmocka_unit_test(a_database_that_hangs_is_given_up),
	    cmocka_unit_test(one_look_is_text_or_json),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

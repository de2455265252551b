/*
 * The four daemons under a service manager, which is this test: it hears that
 * each is ready, what it lacks, that it lives and that it stops.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/notify.h"
#include "common/xalloc.h"
#include "tests/lib/paths.h"
#include "tests/lib/proc.h"
#include "tests/lib/sandbox.h"
#include "tests/lib/suite.h"

/* A sign of life comes every 100 ms. */
enum { PATIENCE_S = 60, MAX_HEARD = 10 * PATIENCE_S };

static const char *const programs[N_SUITE_DAEMONS] = {
    [SUITE_SIGNER] = "signerd",
    [SUITE_WEIGHTSETTER] = "weightsetterd",
    [SUITE_ORCHESTRATOR] = "orchestratord",
    [SUITE_VALIDATOR] = "validatord",
};

struct fixture {
	struct suite *suite;
	struct proc *daemon;
	char name[64]; /* $NOTIFY_SOCKET */
	int fd;
	char heard[1024];
};

/* -- the manager -------------------------------------------------------- */

static void
listen_at(struct fixture *f)
{
	struct timeval patience = {PATIENCE_S, 0};
	struct sockaddr_un address;
	socklen_t len;

	snprintf(f->name, sizeof(f->name), "@subnetd-test-supervised-%d",
	    (int)getpid());
	f->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	assert_true(f->fd >= 0);
	assert_int_equal(setsockopt(f->fd, SOL_SOCKET, SO_RCVTIMEO, &patience,
			     sizeof(patience)),
	    0);
	assert_int_equal(notify_address(f->name, &address, &len, NULL), 0);
	assert_int_equal(bind(f->fd, (struct sockaddr *)&address, len), 0);
}

static const char *
hear(struct fixture *f)
{
	ssize_t n = recv(f->fd, f->heard, sizeof(f->heard) - 1, 0);

	if (n <= 0)
		fail_msg("nothing more was said");
	f->heard[n] = '\0';
	return f->heard;
}

/* Until a datagram has this line. */
static void
hear_line(struct fixture *f, const char *line)
{
	char *wanted = xasprintf("\n%s\n", line);
	bool is_there = false;

	for (int i = 0; i < MAX_HEARD && !is_there; i++) {
		char *text = xasprintf("\n%s", hear(f));

		is_there = strstr(text, wanted) != NULL;
		free(text);
	}
	if (!is_there)
		fail_msg("%s was not said, but %s", line, f->heard);
	free(wanted);
}

static void
launch(struct fixture *f, enum suite_daemon which)
{
	char *name = xasprintf("bin/%s", programs[which]);
	char *program = paths_program(name);
	char *log = xasprintf("%s-supervised", programs[which]);
	char *to = xasprintf("NOTIFY_SOCKET=%s", f->name);
	const char *argv[] = {program, "-c", f->suite->ini, NULL};
	const char *env[] = {to, "WATCHDOG_USEC=200000", NULL};

	f->daemon = sandbox_start(f->suite->box, log, argv, env);
	assert_non_null(f->daemon);
	free(to);
	free(log);
	free(program);
	free(name);
}

/* -- the suite ---------------------------------------------------------- */

static int
set_up(void **state)
{
	struct suite_options o = {
	    .name = "supervised", .n_miners = 1, .miners = {{.alpha = 100}}};
	struct fixture *f = xcalloc(1, sizeof(*f));

	*state = f;
	listen_at(f);
	f->suite = suite_new(&o);
	return f->suite != NULL ? suite_wait_ready(f->suite, 1) : -1;
}

static int
tear_down(void **state)
{
	struct fixture *f = *state;
	int failed = suite_end(f->suite, false);

	close(f->fd);
	free(f);
	return failed;
}

/* -- the tests ---------------------------------------------------------- */

/* The others run: it lacks something at first, or nothing ever. */
static void
each_daemon_tells_how_it_goes(void **state)
{
	struct fixture *f = *state;

	for (int i = 0; i < N_SUITE_DAEMONS; i++) {
		assert_int_equal(suite_stop(f->suite, i), 0);
		launch(f, i);
		assert_int_equal(strncmp(hear(f), "READY=1\nSTATUS=", 15), 0);
		if (strstr(f->heard, "STATUS=ready\n") == NULL)
			hear_line(f, "STATUS=ready");
		hear_line(f, "WATCHDOG=1");
		proc_signal(f->daemon, SIGHUP);
		hear_line(f, "RELOADING=1");
		hear_line(f, "READY=1");
		proc_signal(f->daemon, SIGTERM);
		hear_line(f, "STOPPING=1");
		assert_int_equal(proc_wait(f->daemon, 0), 0);
		sandbox_drop(f->suite->box, f->daemon);
		assert_int_equal(suite_start(f->suite, i), 0);
	}
}

/* A daemon whose database is away is up, says what it lacks, and lives. */
static void
one_that_waits_is_alive_and_says_for_what(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(suite_stop(f->suite, SUITE_ORCHESTRATOR), 0);
	sandbox_redis_halt(f->suite->box);
	launch(f, SUITE_ORCHESTRATOR);
	hear_line(f, "READY=1");
	hear_line(f, "STATUS=not ready: redis");
	hear_line(f, "WATCHDOG=1");
	assert_int_equal(sandbox_redis_start(f->suite->box), 0);
	hear_line(f, "STATUS=ready");
	assert_int_equal(proc_stop(f->daemon), 0);
	sandbox_drop(f->suite->box, f->daemon);
	assert_int_equal(suite_start(f->suite, SUITE_ORCHESTRATOR), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_daemon_tells_how_it_goes),
	    cmocka_unit_test(one_that_waits_is_alive_and_says_for_what),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

/* What a service manager is told, and when it is told nothing. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <event2/event.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/config.h"
#include "common/err.h"
#include "common/notify.h"
#include "common/service.h"
#include "common/xalloc.h"

/* The manager: a socket, and what it hears. */
struct manager {
	int fd;
	char name[64]; /* as $NOTIFY_SOCKET has it */
	char heard[1024];
	struct event_base *base;
	const char *missing;
	struct notify *notify;
};

static int
listen_at(const char *name)
{
	struct sockaddr_un address;
	socklen_t len;
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(notify_address(name, &address, &len, NULL), 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, len), 0);
	return fd;
}

static int
set_up(void **state)
{
	struct manager *m = xcalloc(1, sizeof(*m));

	snprintf(
	    m->name, sizeof(m->name), "@subnetd-test-notify-%d", (int)getpid());
	m->fd = listen_at(m->name);
	m->base = event_base_new();
	m->missing = "";
	setenv("NOTIFY_SOCKET", m->name, 1);
	unsetenv("WATCHDOG_USEC");
	unsetenv("WATCHDOG_PID");
	*state = m;
	return 0;
}

static int
tear_down(void **state)
{
	struct manager *m = *state;

	notify_free(m->notify);
	event_base_free(m->base);
	if (m->fd >= 0)
		close(m->fd);
	unsetenv("NOTIFY_SOCKET");
	free(m);
	return 0;
}

/* The next datagram; "" if there is none. */
static const char *
hear(struct manager *m)
{
	ssize_t n = recv(m->fd, m->heard, sizeof(m->heard) - 1, 0);

	if (n < 0)
		assert_true(errno == EAGAIN || errno == EWOULDBLOCK);
	m->heard[n > 0 ? n : 0] = '\0';
	return m->heard;
}

static void
add_missing(struct buf *missing, void *arg)
{
	const struct manager *m = arg;

	buf_add_str(missing, m->missing);
}

static void
open_notify(struct manager *m)
{
	const struct notify_setup setup = {m->base, add_missing, m};
	struct err err;

	m->notify = notify_new(&setup, &err);
	assert_non_null(m->notify);
	assert_string_equal(err.text, "");
}

/* -- what it is asked ---------------------------------------------------- */

static void
where_nobody_asked_nothing_is_told(void **state)
{
	struct manager *m = *state;
	const struct notify_setup setup = {m->base, NULL, NULL};
	struct err err;

	unsetenv("NOTIFY_SOCKET");
	assert_null(notify_new(&setup, &err));
	assert_string_equal(err.text, "");
	notify_ready(NULL);
	notify_reloading(NULL, 1);
	notify_reloaded(NULL);
	notify_stopping(NULL);
	notify_free(NULL);
	assert_string_equal(hear(m), "");
}

static void
an_address_that_is_none_is_said(void **state)
{
	static const char *const bad[] = {"", "/", "@", "run/notify",
	    "vsock:2:1234",
	    "/1234567890123456789012345678901234567890123456789012345678901234"
	    "56789012345678901234567890123456789012345678"};
	struct manager *m = *state;
	const struct notify_setup setup = {m->base, NULL, NULL};
	struct err err;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		setenv("NOTIFY_SOCKET", bad[i], 1);
		assert_null(notify_new(&setup, &err));
		assert_non_null(strstr(err.text, "NOTIFY_SOCKET"));
	}
}

static void
the_time_for_a_sign_of_life_is_read(void **state)
{
	static const struct {
		const char *usec, *pid;
		int64_t is;
	} cases[] = {
	    {NULL, NULL, 0},
	    {"30000000", NULL, 30000000},
	    {"30000000", "77", 30000000},
	    {"30000000", "78", 0}, /* of another process */
	    {"30000000", "", 0},
	    {"0", NULL, 0},
	    {"-5", NULL, 0},
	    {"5s", NULL, 0},
	    {"", NULL, 0},
	    {"99999999999999999999", NULL, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(
		    notify_watchdog_us(cases[i].usec, cases[i].pid, 77),
		    cases[i].is);
}

static void
no_child_is_asked(void **state)
{
	struct manager *m = *state;

	setenv("WATCHDOG_USEC", "20000", 1);
	setenv("WATCHDOG_PID", "1", 1);
	open_notify(m);
	assert_null(getenv("NOTIFY_SOCKET"));
	assert_null(getenv("WATCHDOG_USEC"));
	assert_null(getenv("WATCHDOG_PID"));
}

static void
a_path_is_an_address_as_well(void **state)
{
	struct manager *m = *state;
	char folder[] = "/tmp/test-notify.XXXXXX";

	assert_non_null(mkdtemp(folder));
	close(m->fd);
	snprintf(m->name, sizeof(m->name), "%s/socket", folder);
	m->fd = listen_at(m->name);
	setenv("NOTIFY_SOCKET", m->name, 1);
	open_notify(m);
	notify_ready(m->notify);
	assert_string_equal(hear(m), "READY=1\nSTATUS=ready\n");
	unlink(m->name);
	rmdir(folder);
}

/* -- what it hears ------------------------------------------------------- */

/* However long that takes: what does not run in the loop is silent. */
static void
only_a_loop_that_turns_gives_a_sign_of_life(void **state)
{
	struct manager *m = *state;

	setenv("WATCHDOG_USEC", "2000", 1);
	open_notify(m);
	notify_ready(m->notify);
	assert_string_equal(hear(m), "READY=1\nSTATUS=ready\n");
	assert_int_equal(poll(NULL, 0, 20), 0);
	assert_string_equal(hear(m), "");
	for (int i = 0; i < 3; i++) {
		event_base_loop(m->base, EVLOOP_ONCE);
		assert_string_equal(hear(m), "WATCHDOG=1\n");
		assert_string_equal(hear(m), "");
	}
}

static void
what_is_missing_is_said_once(void **state)
{
	struct manager *m = *state;

	setenv("WATCHDOG_USEC", "2000", 1);
	m->missing = "postgresql\nredis\n";
	open_notify(m);
	notify_ready(m->notify);
	assert_string_equal(
	    hear(m), "READY=1\nSTATUS=not ready: postgresql, redis\n");
	event_base_loop(m->base, EVLOOP_ONCE);
	assert_string_equal(hear(m), "WATCHDOG=1\n");
	m->missing = "";
	event_base_loop(m->base, EVLOOP_ONCE);
	assert_string_equal(hear(m), "STATUS=ready\nWATCHDOG=1\n");
}

static void
what_is_missing_may_be_much(void **state)
{
	struct manager *m = *state;
	char *many = xmalloc(4096);

	for (int i = 0; i < 2047; i++)
		memcpy(many + 2 * (size_t)i, "x\n", 2);
	many[4094] = '\0';
	m->missing = many;
	open_notify(m);
	notify_ready(m->notify);
	assert_int_equal(
	    strncmp(hear(m), "READY=1\nSTATUS=not ready: x, x", 30), 0);
	assert_in_range(strlen(m->heard), 200, 300);
	assert_int_equal(m->heard[strlen(m->heard) - 1], '\n');
	m->missing = "";
	free(many);
}

/* It had no room when it mattered. */
static void
what_could_not_be_said_is_said_again(void **state)
{
	struct manager *m = *state;
	struct sockaddr_un address;
	socklen_t len;
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	size_t n = 0;

	setenv("WATCHDOG_USEC", "2000", 1);
	assert_int_equal(notify_address(m->name, &address, &len, NULL), 0);
	while (sendto(fd, "x", 1, 0, (struct sockaddr *)&address, len) == 1)
		n++;
	close(fd);
	open_notify(m);
	notify_ready(m->notify);
	for (size_t i = 0; i < n; i++)
		assert_string_equal(hear(m), "x");
	assert_string_equal(hear(m), "");
	event_base_loop(m->base, EVLOOP_ONCE);
	assert_string_equal(hear(m), "READY=1\nSTATUS=ready\nWATCHDOG=1\n");
}

/* -- a daemon ------------------------------------------------------------ */

static const struct config_key keys[] = {
    {"sample.metrics_listen", CONFIG_STRING, "", false, "where to listen", NULL,
	0, 0},
    {NULL, CONFIG_STRING, NULL, false, NULL, NULL, 0, 0},
};

static void
lacks_postgresql(struct buf *missing, void *arg)
{
	(void)arg;
	buf_add_str(missing, "postgresql\n");
}

static void
write_text(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

/* One that is told to read its configuration, which has become this, and then
 * to stop. */
static void
run_daemon(struct manager *m, const char *ini)
{
	char folder[] = "/tmp/test-notify.XXXXXX", path[64];
	char program[] = "sampled", flag[] = "-c";
	char *argv[] = {program, flag, path, NULL};
	struct service s = {.check_ready = lacks_postgresql};

	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/sample.ini", folder);
	write_text(path, "netuid = 1\n");
	assert_int_equal(
	    service_init(&s, "sampled", "sample", keys, 3, argv), -1);
	write_text(path, ini);
	assert_string_equal(hear(m), "");
	assert_int_equal(raise(SIGHUP), 0);
	assert_int_equal(raise(SIGTERM), 0);
	assert_int_equal(service_run(&s, "sample.metrics_listen"), 0);
	service_clear(&s);
	unlink(path);
	rmdir(folder);
}

/* A reload that was refused has ended as well. */
static void
a_daemon_says_how_it_goes(void **state)
{
	static const char *const inis[] = {"netuid = 2\n", "netuid = many\n"};
	struct manager *m = *state;

	for (size_t i = 0; i < sizeof(inis) / sizeof(inis[0]); i++) {
		setenv("NOTIFY_SOCKET", m->name, 1);
		run_daemon(m, inis[i]);
		assert_string_equal(
		    hear(m), "READY=1\nSTATUS=not ready: postgresql\n");
		assert_int_equal(
		    strncmp(hear(m), "RELOADING=1\nMONOTONIC_USEC=", 27), 0);
		assert_true(strtoll(m->heard + 27, NULL, 10) > 0);
		assert_string_equal(hear(m), "READY=1\n");
		assert_string_equal(hear(m),
		    "STOPPING=1\nSTATUS=not ready: draining, postgresql\n");
		assert_string_equal(hear(m), "");
	}
}

/* It cannot be told, and works. */
static void
a_daemon_works_unheard(void **state)
{
	struct manager *m = *state;

	setenv("NOTIFY_SOCKET", "nowhere", 1);
	run_daemon(m, "netuid = 1\n");
	assert_string_equal(hear(m), "");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(where_nobody_asked_nothing_is_told),
	    TEST(an_address_that_is_none_is_said),
	    TEST(the_time_for_a_sign_of_life_is_read),
	    TEST(no_child_is_asked),
	    TEST(a_path_is_an_address_as_well),
	    TEST(only_a_loop_that_turns_gives_a_sign_of_life),
	    TEST(what_is_missing_is_said_once),
	    TEST(what_is_missing_may_be_much),
	    TEST(what_could_not_be_said_is_said_again),
	    TEST(a_daemon_says_how_it_goes),
	    TEST(a_daemon_works_unheard),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

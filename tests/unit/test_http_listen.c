/* Where the HTTP server can listen. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/err.h"
#include "common/http_server.h"
#include "common/xalloc.h"

static const struct http_route no_routes[] = {{NULL, NULL, 0, false, NULL, 0}};

struct listening {
	struct event_base *base;
	struct http_server *server;
	struct err err;
};

static int
set_up(void **state)
{
	struct listening *l = xcalloc(1, sizeof(*l));

	l->base = event_base_new();
	l->server =
	    http_server_new(l->base, no_routes, &http_default_limits, NULL);
	*state = l;
	return 0;
}

static int
tear_down(void **state)
{
	struct listening *l = *state;

	http_server_free(l->server);
	event_base_free(l->base);
	free(l);
	return 0;
}

static void
addresses_are_taken_as_documented(void **state)
{
	static const char *const good[] = {"127.0.0.1:0", "0.0.0.0:0"};
	static const char *const bad[] = {"", "127.0.0.1", "localhost:0",
	    "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:80x",
	    "256.0.0.1:0", "::1:0", "[::1]", "[::1]:0x", "[::1:0", "unix:"};
	struct listening *l = *state;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_int_equal(
		    http_server_listen(l->server, good[i], &l->err), 0);
		assert_true(http_server_port(l->server) > 0);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(
		    http_server_listen(l->server, bad[i], &l->err), -1);
		assert_non_null(
		    strstr(l->err.text, "is not an address to listen on"));
	}
}

static void
ipv6_is_spoken_where_there_is_any(void **state)
{
	struct listening *l = *state;
	int rc = http_server_listen(l->server, "[::1]:0", &l->err);

	if (rc != 0)
		skip();
	assert_true(http_server_port(l->server) > 0);
}

static void
a_port_in_use_is_an_error(void **state)
{
	struct listening *l = *state;
	char *again;

	assert_int_equal(
	    http_server_listen(l->server, "127.0.0.1:0", &l->err), 0);
	again = xasprintf("127.0.0.1:%d", http_server_port(l->server));
	assert_int_equal(http_server_listen(l->server, again, &l->err), -1);
	assert_non_null(strstr(l->err.text, "in use"));
	free(again);
}

static void
a_socket_file_left_over_is_replaced_and_a_live_one_is_not(void **state)
{
	struct listening *l = *state;
	struct sockaddr_un un = {.sun_family = AF_UNIX};
	char dir[] = "/tmp/http-listen-XXXXXX", *address;
	int left = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct stat st;

	assert_non_null(mkdtemp(dir));
	snprintf(un.sun_path, sizeof(un.sun_path), "%s/s", dir);
	address = xasprintf("unix:%s", un.sun_path);
	assert_int_equal(bind(left, (struct sockaddr *)&un, sizeof(un)), 0);
	close(left);
	assert_int_equal(http_server_listen(l->server, address, &l->err), 0);
	assert_int_equal(http_server_listen(l->server, address, &l->err), -1);
	http_server_free(l->server);
	l->server = NULL;
	assert_int_equal(stat(un.sun_path, &st), -1);
	assert_int_equal(rmdir(dir), 0);
	free(address);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		addresses_are_taken_as_documented, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		ipv6_is_spoken_where_there_is_any, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		a_port_in_use_is_an_error, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		a_socket_file_left_over_is_replaced_and_a_live_one_is_not,
		set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

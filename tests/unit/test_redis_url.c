/* redis.url: what is taken apart, and what is not passed over. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/redis_url.h"

static void
a_url_is_a_host_and_a_port_or_a_socket(void **state)
{
	static const struct {
		const char *text, *host;
		int port;
	} cases[] = {{"redis://127.0.0.1:6380", "127.0.0.1", 6380},
	    {"redis://localhost", "localhost", 6379},
	    {"redis://redis_1/", "redis_1", 6379}, {"redis://a:1/0", "a", 1},
	    {"redis://[::1]:6380", "::1", 6380},
	    {"redis://[fe80::1]", "fe80::1", 6379},
	    {"unix:/run/redis.sock", "/run/redis.sock", 0}};
	struct redis_url url;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (redis_url_parse(cases[i].text, &url) != 0)
			fail_msg("%s", cases[i].text);
		assert_string_equal(url.host, cases[i].host);
		assert_int_equal(url.port, cases[i].port);
	}
}

static void
what_is_not_known_is_refused(void **state)
{
	static const char *const cases[] = {"", "unix:", "a:6379", "redis:a",
	    "redis://", "redis://:6379", "redis://a:0", "redis://a:65536",
	    "redis://a:-1", "redis://a:1x", "redis://::1:6379", "redis://[]",
	    "redis://[::1", "redis://[::1]x", "http://a:6379",
	    /* TLS, a database, a password */
	    "rediss://a:6379", "redis://a:1/2", "redis://a/2", "redis://a?db=2",
	    "redis://:secret@a:1", "redis://user@a", "redis://@a",
	    "redis://a:1?password=secret", "redis://a:1/0?password=secret",
	    "redis://a:1#secret"};
	struct redis_url url;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (redis_url_parse(cases[i], &url) == 0)
			fail_msg("%s", cases[i]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_url_is_a_host_and_a_port_or_a_socket),
	    cmocka_unit_test(what_is_not_known_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

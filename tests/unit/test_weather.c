/* What is shown of an endpoint's URL. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

#include "weightsetter/weather.c"

/* In the place of store_weather.c. */
void
store_weather(struct store *store, uint16_t netuid,
    const struct store_weather *rows, size_t n, int64_t now_us)
{
	(void)store;
	(void)netuid;
	(void)rows;
	(void)n;
	(void)now_us;
}

static void
a_name_is_where_it_is_and_no_secret(void **state)
{
	static const char *const names[][2] = {
	    {"wss://entrypoint-finney.opentensor.ai:443",
		"wss://entrypoint-finney.opentensor.ai:443"},
	    {"wss://node.example/v1/secret-key", "wss://node.example"},
	    {"https://node.example?key=secret", "https://node.example"},
	    {"ws://me:secret@127.0.0.1:9944/x", "ws://127.0.0.1:9944"},
	    {"ws://node.example/a@b", "ws://node.example"},
	    {"ws://[::1]:9944", "ws://[::1]:9944"},
	    {"node.example/secret", "node.example"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char *name = weather_name(names[i][0]);

		assert_string_equal(name, names[i][1]);
		free(name);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_name_is_where_it_is_and_no_secret),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* A daemon that is told to end before it is ready. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/config.h"
#include "common/service.h"

static const struct config_key keys[] = {
    {"sample.metrics_listen", CONFIG_STRING, "", false, "where to listen", NULL,
	0, 0},
    {NULL, CONFIG_STRING, NULL, false, NULL, NULL, 0, 0},
};

static void
a_signal_before_the_loop_runs_is_answered_in_it(void **state)
{
	char program[] = "sampled", netuid[] = "--netuid=1";
	char *argv[] = {program, netuid, NULL};
	struct service s = {.program = NULL};

	(void)state;
	assert_int_equal(
	    service_init(&s, "sampled", "sample", keys, 2, argv), -1);
	assert_int_equal(raise(SIGTERM), 0);
	assert_false(s.draining);
	assert_int_equal(service_run(&s, "sample.metrics_listen"), 0);
	assert_true(s.draining);
	/* And one that comes while it takes itself down changes nothing. */
	assert_int_equal(raise(SIGTERM), 0);
	service_clear(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_signal_before_the_loop_runs_is_answered_in_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

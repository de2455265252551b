/* Retry-After as servers write it. */
#include "common/retry_after.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void
both_forms_and_nonsense(void **state)
{
	static const struct {
		const char *value;
		int64_t ms;
	} cases[] = {
	    {"0", 0},
	    {"7", 7000},
	    {"600", 600000},
	    {"86400", 600000},
	    {"99999999999999999999999", 600000},
	    {"Sun, 09 Sep 2001 01:46:45 GMT", 5000},
	    {"Sun, 09 Sep 2001 01:46:35 GMT", 0},
	    {"Mon, 10 Sep 2040 01:46:40 GMT", 600000},
	    {"", -1},
	    {"soon", -1},
	    {"-5", -1},
	    {"1.5.9x", -1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(
		    retry_after_ms(cases[i].value, 1000000000000), cases[i].ms);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(both_forms_and_nonsense),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

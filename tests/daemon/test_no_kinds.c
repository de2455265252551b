/*
 * A subnet where nobody orders jobs (its miners post): the kinds file is an
 * empty list, no miner says where it is, and nothing is wrong with that.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/xalloc.h"
#include "tests/lib/fetch.h"
#include "tests/lib/proc.h"
#include "tests/lib/rig.h"

static void
none_at_all(json_t *kinds)
{
	json_array_clear(kinds);
}

static int
set_up(void **state)
{
	const struct suite_options o = {.name = "no-kinds"};

	return rig_set_up(state, &o, 0, none_at_all);
}

static int
get(struct rig *r, const char *path, struct fetch_answer *answer)
{
	char *url = xasprintf("%s%s", r->s->api_url, path);

	fetch_get(url, answer);
	free(url);
	return answer->status;
}

static void
it_is_ready_without_miners(void **state)
{
	int64_t until_us = clock_mono_us() + PROC_WAIT_MS * 1000LL;
	struct rig *r = *state;
	struct fetch_answer answer;
	int status;

	while ((status = get(r, "/readyz", &answer)) != 200) {
		if (clock_mono_us() > until_us)
			fail_msg("/readyz: %d %s", status, answer.body);
		fetch_clear(&answer);
		proc_nap();
	}
	fetch_clear(&answer);
}

/* NoMiners fires where subnetd_miners is 0. */
static void
of_miners_it_counts_nothing(void **state)
{
	struct rig *r = *state;
	struct fetch_answer answer;

	do {
		assert_int_equal(get(r, "/metrics", &answer), 200);
		assert_null(strstr(answer.body, "subnetd_miners{"));
		if (strstr(answer.body, "subnetd_database_bytes ") != NULL)
			break;
		fetch_clear(&answer);
		proc_nap();
	} while (true);
	fetch_clear(&answer);
}

static void
an_order_is_refused_and_the_page_is_there(void **state)
{
	struct rig *r = *state;
	struct fetch_answer answer;
	char id[40];

	assert_int_equal(
	    suite_submit(r->s,
		"{\"kind\":\"audio.speak\",\"params\":{\"text\":\"Hello.\"}}",
		id),
	    422);
	assert_int_equal(get(r, "/v1/page/now", &answer), 200);
	fetch_clear(&answer);
	assert_int_equal(get(r, "/", &answer), 200);
	fetch_clear(&answer);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(it_is_ready_without_miners),
	    cmocka_unit_test(of_miners_it_counts_nothing),
	    cmocka_unit_test(an_order_is_refused_and_the_page_is_there),
	};

	return cmocka_run_group_tests(tests, set_up, rig_tear_down);
}

/* When an orchestratord that was told to stop may close its doors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "orchestrator/drain.c"

/* What it would look at: not asked here. */
bool
probes_are_busy(const struct probes *probes)
{
	(void)probes;
	return false;
}

void
openai_calls_drain(struct orchestrator *o)
{
	(void)o;
}

void
store_attempt_open(struct orchestrator *o, pg_on_answer *on_answer, void *arg)
{
	(void)o;
	(void)on_answer;
	(void)arg;
}

void
flights_note(struct flights *f)
{
	(void)f;
}

void
miners_leave(struct miners *ms)
{
	(void)ms;
}

static void
it_waits_for_what_is_under_way_but_not_for_ever(void **state)
{
	static const struct {
		struct drain_facts facts;
		bool over;
	} cases[] = {
	    {{100, 200, false, 0}, true},
	    {{100, 200, false, 1}, false},
	    {{100, 200, false, DRAIN_UNKNOWN}, false},
	    {{100, 200, true, 0}, false},
	    {{199, 200, true, 5}, false},
	    {{200, 200, true, 5}, true},
	    {{200, 200, false, DRAIN_UNKNOWN}, true},
	    {{100, 100, false, DRAIN_UNKNOWN}, true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (drain_is_over(&cases[i].facts) != cases[i].over)
			fail_msg("case %zu", i);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(it_waits_for_what_is_under_way_but_not_for_ever),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

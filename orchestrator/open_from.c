/* From which deadline on something can be open. */
#include "orchestrator/open_from.h"

/* How often all is looked at; and how late a row may come that was written
 * by another clock, or by somebody who took his time to commit. */
enum { WHOLE_S = 600, SLACK_S = 5 };

static const int64_t second_us = 1000000;

void
open_from_begin(struct open_from *from, int64_t now_us)
{
	if (now_us - from->whole_us < WHOLE_S * second_us &&
	    now_us >= from->whole_us)
		return;
	*from = (struct open_from){.whole_us = now_us};
}

static int64_t
earlier(int64_t found_us, int64_t slack_us)
{
	return found_us != 0 && found_us < slack_us ? found_us : slack_us;
}

void
open_from_found(
    struct open_from *from, int64_t attempt_us, int64_t job_us, int64_t now_us)
{
	int64_t slack_us = now_us - SLACK_S * second_us;

	from->attempt_us = earlier(attempt_us, slack_us);
	from->job_us = earlier(job_us, slack_us);
}

/* What becomes of a webhook after a try. */
#include "orchestrator/webhooks_plan.h"

/* Times the first wait of 5 s: 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h,
 * 24 h. */
static const int64_t waits[WEBHOOKS_RETRIES] = {
    1, 60, 360, 1440, 3600, 7200, 10080, 14400, 17280};

enum webhooks_verdict
webhooks_judge(int status, int tries)
{
	if (status >= 200 && status < 300)
		return WEBHOOKS_DELIVERED;
	if (status == 410)
		return WEBHOOKS_GONE;
	return tries > WEBHOOKS_RETRIES ? WEBHOOKS_GIVEN_UP : WEBHOOKS_RETRY;
}

int64_t
webhooks_wait_ms(int64_t first_ms, int tries, int status,
    int64_t retry_after_ms, uint32_t random)
{
	int i = tries < 1 ? 0 : tries - 1;
	int64_t ms;

	if (i >= WEBHOOKS_RETRIES)
		i = WEBHOOKS_RETRIES - 1;
	ms = first_ms * waits[i];
	ms += ms * ((int64_t)(random % 401) - 200) / 1000;
	if ((status == 429 || status == 503) && ms < retry_after_ms)
		return retry_after_ms;
	return ms;
}

const char *
webhooks_verdict_name(enum webhooks_verdict verdict)
{
	switch (verdict) {
	case WEBHOOKS_DELIVERED:
		return "delivered";
	case WEBHOOKS_RETRY:
		return "retry";
	case WEBHOOKS_GIVEN_UP:
		return "given_up";
	case WEBHOOKS_GONE:
		return "gone";
	}
	return "?";
}

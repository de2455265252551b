/* How often something that may take long is asked. */
#include "orchestrator/pace.h"

bool
pace_is_over(const struct pace *p, int64_t now_us)
{
	return !p->is_asked && now_us >= p->next_us;
}

void
pace_asked(struct pace *p, int64_t now_us)
{
	p->is_asked = true;
	p->asked_us = now_us;
}

void
pace_answered(struct pace *p, int64_t now_us)
{
	p->is_asked = false;
	p->next_us = now_us + (now_us - p->asked_us) * (p->parts - 1);
}

void
pace_failed(struct pace *p, int64_t now_us)
{
	p->is_asked = false;
	p->next_us = now_us + (now_us - p->asked_us);
}

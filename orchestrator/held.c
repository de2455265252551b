/* Since when the oldest snapshot is held. */
#include "orchestrator/held.h"

#include <stdio.h>
#include <string.h>

int64_t
held_since(
    struct held *held, const char *xmin, int64_t since_us, int64_t now_us)
{
	if (strcmp(held->xmin, xmin) != 0) {
		snprintf(held->xmin, sizeof(held->xmin), "%s", xmin);
		held->seen_us = now_us;
	}
	if (xmin[0] == '\0')
		return 0;
	return since_us != 0 ? since_us : held->seen_us;
}

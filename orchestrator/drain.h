/*
 * The end of an orchestratord that was told to stop: it takes no more jobs,
 * gives those in its queue to the others, and goes on answering miners until
 * its attempts are over or the time it has for that is up.
 */
#ifndef ORCHESTRATOR_DRAIN_H
#define ORCHESTRATOR_DRAIN_H

#include <stdbool.h>
#include <stdint.h>

struct drain;
struct orchestrator;

/* Once; /readyz and POST /v1/jobs say 503 already. Ends with service_stop. */
struct drain *drain_start(struct orchestrator *, int64_t most_ms);
void drain_free(struct drain *); /* NULL is fine */

enum { DRAIN_UNKNOWN = -1 };

/* Whether it may close its doors. Pure; times are mono. */
struct drain_facts {
	int64_t now_us, until_us;
	bool is_busy; /* it has asked something and waits for the answer */
	int64_t open; /* attempts under way, or DRAIN_UNKNOWN */
};
bool drain_is_over(const struct drain_facts *);

#endif

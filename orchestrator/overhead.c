/* What we add to a job's time. */
#include "orchestrator/overhead.h"

#include <stdio.h>

#include "common/metrics.h"

static const char *const part_names[N_OVERHEAD_PARTS] = {
    [OVERHEAD_ACCEPT] = "accept",
    [OVERHEAD_DISPATCH] = "dispatch",
    [OVERHEAD_RESULT] = "result",
};

void
overhead_init(struct overhead *o, struct metrics *m)
{
	char labels[32];

	for (int i = 0; i < N_OVERHEAD_PARTS; i++) {
		snprintf(labels, sizeof(labels), "part=\"%s\"", part_names[i]);
		o->parts[i] = metrics_histogram(m, "subnetd_overhead_seconds",
		    labels, "What we add to a job's time.");
	}
}

/* The wall clock may have been set back meanwhile. */
void
overhead_note(
    struct overhead *o, enum overhead_part part, int64_t from_us, int64_t to_us)
{
	if (from_us != 0 && to_us >= from_us)
		metric_observe(o->parts[part], (double)(to_us - from_us) / 1e6);
}

/* Speed from a latency. */
#include "scorer/speed.h"

#include <math.h>

double
speed_score(double latency_ms, double max_ms)
{
	if (isnan(latency_ms) || !(max_ms > 0))
		return 0;
	if (latency_ms <= 0)
		return 1;
	return latency_ms < max_ms ? 1 - latency_ms / max_ms : 0;
}

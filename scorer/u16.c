/* Max-scaling with rounding half to even. */
#include "scorer/u16.h"

#include <math.h>
#include <string.h>

static uint16_t
round_half_even(double v)
{
	uint32_t low = (uint32_t)v;
	double rest = v - low;

	if (rest > 0.5 || (rest == 0.5 && low % 2 == 1))
		low++;
	return low;
}

int
u16_scale(const double *weights, size_t n, uint16_t *out)
{
	double top = 0;

	memset(out, 0, n * sizeof(*out));
	for (size_t i = 0; i < n; i++) {
		if (!isfinite(weights[i]) || weights[i] < 0)
			return -1;
		if (weights[i] > top)
			top = weights[i];
	}
	if (!(top > 0))
		return -1;
	for (size_t i = 0; i < n; i++)
		out[i] = round_half_even(weights[i] / top * UINT16_MAX);
	return 0;
}
